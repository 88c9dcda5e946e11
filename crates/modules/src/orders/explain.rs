//! What the errors of `orders` mean.

use super::{
    abi::IOrders::IOrdersErrors as E,
    terms::{Action, Field, Status, Step, TargetKind},
};
use crate::{
    Module as _,
    identity::Identity,
    members::Members,
    services::Services,
    words::{moment, span},
};

fn action(number: u8) -> &'static str {
    Action::from_number(number).map_or("an unknown action", Action::name)
}

fn status(number: u8) -> &'static str {
    Status::from_number(number).map_or("unknown", Status::name)
}

fn date(day: u32) -> String {
    crate::calendar::Day::new(day).to_string()
}

/// A part of a draft, in words.
fn part(name: &str) -> Option<&'static str> {
    Some(match name {
        "fromHeight" => "a block to begin with",
        "untilMs" => "an end",
        "workingDays" => "a number of working days to answer in",
        "refersTo" => "the number of the order that it lifts",
        "scope" => "the fields that are to be disclosed",
        "caseNumber" => "a case number",
        _ => return None,
    })
}

/// A sentence; errors of `members` and `services` are explained there.
pub(super) fn explain(error: E, revert: &[u8]) -> Option<String> {
    Some(match error {
        E::NoSuchOrder(e) => {
            format!("there is no order {}; numbers are like 2026000001, the first of 2026", e.number)
        }
        E::UnknownAction(e) => {
            let known = Action::ALL.map(|action| format!("{} {action}", action.number())).join(", ");
            format!("there is no action {}; actions are {known}", e.action)
        }
        E::WrongTarget(e) => {
            let kind = TargetKind::from_number(e.targetKind).map_or("unknown", TargetKind::name);
            format!(
                "an order to {} against {} of the kind {} ({kind}): suspend and restore take a service, \
                 freeze, release and disclose an account, padded to a word",
                action(e.action),
                e.target,
                e.targetKind
            )
        }
        E::PartRequired(e) => {
            let words = part(&e.part).map_or_else(|| e.part.clone(), |words| format!("{words} ({})", e.part));
            format!("an order to {} needs {words}", action(e.action))
        }
        E::PartNotTaken(e) => {
            let words = part(&e.part).map_or_else(String::new, |words| format!(" ({words})"));
            format!("an order to {} takes no {}{words}; leave it out, or send zero", action(e.action), e.part)
        }
        E::BasisLength(e) => {
            format!("the legal basis has {} bytes; name law and article in 1 to {} bytes", e.length, e.max)
        }
        E::WorkingDays(e) => {
            format!("{} working days to answer; at most {} can be given", e.workingDays, e.max)
        }
        E::OrderEnd(e) => {
            format!(
                "the order would end at {}, it is {}; choose an end after that",
                moment(e.untilMs),
                moment(e.nowMs)
            )
        }
        E::UnknownFields(e) => {
            format!("the scope {:#b} names fields beyond {:#b}: {}", e.scope, e.known, Field::names(e.known))
        }
        E::ProtectedAccount(e) => format!(
            "account {} acts for organisation {}, a supervisor; it is not frozen but removed by a vote",
            e.account, e.organisation
        ),
        E::TooManyFreezes(e) => {
            format!("account {} is frozen by {} orders, the most there can be", e.account, e.max)
        }
        E::TooManyOrders(e) => format!("{} orders were drafted in {}, the most there can be", e.max, e.year),
        E::NotToLift(e) => format!(
            "order {} ({}) is {}, or has another target or needs another kind of order to lift it",
            e.number,
            action(e.action),
            status(e.status)
        ),
        E::NotTheAuthority(e) => format!(
            "order {} was issued by organisation {}; organisation {} has no say in it",
            e.number, e.authority, e.organisation
        ),
        E::SamePerson(e) => format!(
            "{} acted on order {} already, and {} is the same person; somebody else has to do this",
            e.other, e.number, e.account
        ),
        E::NotTheIssuer(e) => {
            format!(
                "order {} was drafted by {}, who alone takes it back; decline it instead",
                e.number, e.issuer
            )
        }
        E::WrongOrderStatus(e) => format!(
            "order {} is {}; the step \"{}\" is not for orders in this state",
            e.number,
            status(e.status),
            Step::from_number(e.step).map_or("unknown", Step::name)
        ),
        E::DraftTooOld(e) => format!(
            "order {} was drafted at {}; a draft is approved within {}, draft it anew",
            e.number,
            moment(e.draftedMs),
            span(e.lifetimeMs)
        ),
        E::NotTheTarget(e) => {
            format!(
                "{} is not the target of order {}, nor of its organisation or subject",
                e.account, e.number
            )
        }
        E::WrongAction(e) => {
            format!("order {} is one to {}, which does not know this step", e.number, action(e.action))
        }
        E::DigestRequired(_) => "the digest is all zero; send the digest of the document".into(),
        E::AnswerReplaced(e) => format!(
            "the answer to order {} is {} by now, not {}; read that one, then settle",
            e.number, e.answer, e.digest
        ),
        E::NotTheIdentityAuthority(e) => format!(
            "{} does not act for the identity authority that bound the account of order {}",
            e.account, e.number
        ),
        E::BeyondScope(e) => format!(
            "order {}: fields {} ({:#b}) were asked for, allowed are {} ({:#b})",
            e.number,
            Field::names(e.asked),
            e.asked,
            Field::names(e.allowed),
            e.allowed
        ),
        E::AppealedBefore(e) => format!(
            "there was an appeal against order {} ({}); there is one at most",
            e.number,
            super::terms::Appealed::from_number(e.appeal).map_or("unknown", super::terms::Appealed::name)
        ),
        E::AppealTooLate(e) => format!(
            "order {} could be appealed against until {}, it is {}",
            e.number,
            date(e.lastDay),
            date(e.today)
        ),
        E::NoOpenAppeal(e) => format!(
            "no appeal against order {} awaits a decision ({})",
            e.number,
            super::terms::Appealed::from_number(e.appeal).map_or("unknown", super::terms::Appealed::name)
        ),
        E::NoSuchService(_) | E::OutOfDivision(_) => return Services.explain(revert),
        E::NotBound(_) => return Identity.explain(revert),
        E::RoleRequired(_) => return Members.explain(revert),
    })
}
