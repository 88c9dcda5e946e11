//! What the errors of `pilot` mean, with their numbers and what to do.

use super::{
    abi::IPilot::IPilotErrors,
    machine::{State, Step},
    terms::{DocumentKind, Field, Kind, Zone},
};
use crate::{
    Module as _,
    calendar::Day,
    ids::{self, FilingNumber},
    members::Members,
    uscc,
};
use ding_primitives::{B256, limits};

/// A sentence about an error; one of `members` is explained there.
pub(super) fn explain(error: IPilotErrors, revert: &[u8]) -> Option<String> {
    use IPilotErrors as E;
    Some(match error {
        E::NoSuchPilot(e) => format!("there is no pilot {}; {}", e.id, numbered(e.count)),
        E::WrongState(e) => {
            let state = State::from_number(e.state).map_or("unknown", State::name);
            let step = Step::from_number(e.step);
            let (name, states) = step.map_or(("this step", String::new()), |s| (s.name(), s.states()));
            format!("pilot {} is in the state {state}; {name} is done in the states: {states}", e.id)
        }
        E::NotEntitled(e) => {
            let step = Step::from_number(e.step);
            let (name, parties) = step.map_or(("this step", String::new()), |s| (s.name(), s.parties()));
            let own = organisation(e.organisation);
            format!("account {} ({own}) may not do {name} with pilot {}; {parties} may", e.account, e.id)
        }
        E::RecommenderRequired(e) => format!(
            "account {} ({}) may not recommend; supervisors, provincial administrations and competent departments may",
            e.account,
            organisation(e.organisation)
        ),
        E::OutsideDivision(e) => format!(
            "organisation {} is the administration of division {}, not of {}; ask the one of that division",
            e.organisation, e.own, e.wanted
        ),
        E::CompetentRequired(e) => format!(
            "organisation {} has neither the role competent nor supervisor, so it cannot follow a pilot; name another",
            e.organisation
        ),
        E::SamePerson(e) => {
            let step = Step::from_number(e.step).map_or("the earlier step", Step::name);
            format!(
                "account {} belongs to whoever did {step} for pilot {} as {}; a second person has to do this",
                e.account, e.id, e.before
            )
        }
        E::UnknownTerm(e) => format!("there is no {} with the number {}", e.what, e.number),
        E::FieldNotForKind(e) if e.field == 0 => {
            format!("a special pilot has a field; fields are {}", Field::listed())
        }
        E::FieldNotForKind(e) => format!(
            "a pilot of kind {} has no field of its own, field {} is given; send 0, or kind {}",
            e.kind,
            e.field,
            Kind::Special.number()
        ),
        E::ZoneRequired(_) => format!("a comprehensive pilot has a zone; zones are {}", Zone::listed()),
        E::ZoneElsewhere(e) => format!(
            "zone {} lies in division {}, not in {}; correct one of the two",
            e.zone, e.own, e.division
        ),
        E::UnknownDivision(e) => {
            format!("there is no division {}; send the first two digits of GB/T 2260", e.division)
        }
        E::ZoneTaken(e) => {
            format!("zone {} has pilot {}, which has not ended; one at a time", e.zone, e.id)
        }
        E::FieldTaken(e) => format!(
            "{} has pilot {} in {}; name it (alongside) if both are meant, or wait for its end",
            code(e.entity),
            e.id,
            field(e.field)
        ),
        E::NotAlongside(e) => format!(
            "pilot {} is none of {} in {} at this stage; name only those that are",
            e.id,
            code(e.entity),
            field(e.field)
        ),
        E::FieldFull(e) => format!(
            "{} has {} pilots in {} that have not ended, which is the most",
            code(e.entity),
            e.max,
            field(e.field)
        ),
        E::CodeInvalid(e) => {
            let reason = match ids::normalise(&e.code).map(|normal| uscc::check(&normal)) {
                Some(Err(error)) => error.to_string(),
                _ => "it is too long".into(),
            };
            format!("{:?} is no unified social credit code: {reason}", e.code)
        }
        E::EntityKnown(e) => format!(
            "{} is registered, account {} acts for it; change it if that is wrong",
            code(e.entity),
            e.account
        ),
        E::NoSuchEntity(e) => format!("{} is not registered; register it first", code(e.entity)),
        E::AccountUnusable(e) => format!("account {} can sign nothing; name one that can", e.account),
        E::AccountTaken(e) => {
            format!("account {} acts for {}; an account acts for one entity", e.account, code(e.entity))
        }
        E::AccountOfAnother(e) => format!(
            "account {} is bound to {}, so it cannot act for {}; name an account of that entity",
            e.account,
            code(e.bound),
            code(e.entity)
        ),
        E::NotTheEntity(e) => format!(
            "account {} does not act for {}; its own account or a supervisor changes it",
            e.account,
            code(e.entity)
        ),
        E::TextSize(e) => {
            format!("{} has {} characters; 1 to {} are allowed", e.what, e.chars, e.max)
        }
        E::TextForm(e) => format!(
            "{} has control or invisible characters, spaces at its ends, or is not in Unicode form NFC; remove them",
            e.what
        ),
        E::ZeroDigest(e) => format!("the digest of the {} is all zero; send it", e.what),
        E::OutOfRange(e) => {
            let [value, min, max] = [e.value, e.min, e.max].map(|number| amount(&e.what, number));
            let allowed = if min == max { min } else { format!("{min} to {max}") };
            format!("{}: {value} is given, {allowed} is allowed", e.what)
        }
        E::TooMany(e) => format!("{}: {} are given, at most {} are allowed", e.what, e.count, e.max),
        E::ForbiddenWord(e) => format!(
            "{:?} speaks of {:?}: a pilot is about what is done, not about what something sells for; name another measure",
            e.text, e.word
        ),
        E::NoSuchIndicator(e) => format!(
            "pilot {} has {} indicators, numbered from 0; there is no {}",
            e.id, e.count, e.indicator
        ),
        E::NoGoal(e) => format!("target and baseline are both {}; a goal changes something", e.baseline),
        E::NoIndicators(e) => format!("pilot {} has no indicator; add one before the review", e.id),
        E::NotDescribed(e) => {
            format!("pilot {} does not say on which chain it runs; describe it first", e.id)
        }
        E::ChainFixed(e) => format!(
            "pilot {} runs on chain {}, which changes only under an adjustment order",
            e.id, e.chainId
        ),
        E::FilingNumberInvalid(e) => {
            let reason = FilingNumber::parse(&e.number).err().map(|error| error.to_string());
            format!("{:?} is no filing number: {}", e.number, reason.unwrap_or_else(|| "it is too long".into()))
        }
        E::FilingNotRecorded(e) => format!(
            "pilot {} uses {}, which the filing register does not have as a live number; file the service first",
            e.id,
            code(e.number)
        ),
        E::FilingNamedBefore(e) => format!("pilot {} names {} already", e.id, code(e.number)),
        E::FilingNotNamed(e) => format!("pilot {} does not name {}", e.id, code(e.number)),
        E::NoSuchDocument(e) => format!(
            "there is no document {}; {}, record it first",
            e.document,
            numbered(e.count)
        ),
        E::DocumentOfAnotherKind(e) => {
            let name = |number| DocumentKind::from_number(number).map_or("unknown", DocumentKind::name);
            format!("document {} is a {}; a {} is needed", e.document, name(e.kind), name(e.wanted))
        }
        E::ListFull(e) => {
            let kind = Kind::from_number(e.kind).map_or("such", Kind::name);
            format!("document {} counts {} {kind} pilots, and as many are listed under it", e.document, e.count)
        }
        E::ListTooRecent(e) => format!(
            "list {} was issued on {}, this ledger began on {}; only older lists are entered, others go through public comment",
            e.document,
            day(e.issuedOn),
            day(e.firstDay)
        ),
        E::CommentsOpen(e) => format!(
            "the public may comment on pilot {} until the end of {}; list it after that",
            e.id,
            day(e.lastDay)
        ),
        E::CommentsClosed(e) => {
            format!("comments on pilot {} were taken until the end of {}", e.id, day(e.lastDay))
        }
        E::NoSuchComment(e) => format!(
            "pilot {} has {} comments, numbered from 1; there is no {}",
            e.id, e.count, e.number
        ),
        E::AnsweredBefore(e) => format!("comment {} on pilot {} was answered", e.number, e.id),
        E::ObjectionsOpen(e) => {
            format!("{} objections to pilot {} have no answer; answer them first", e.count, e.id)
        }
        E::ObjectionsUpheld(e) => format!(
            "{} objections to pilot {} were upheld; decline it, and have it recommended anew once corrected",
            e.count, e.id
        ),
        E::FutureDay(e) => format!("{} has not begun; today is {}", day(e.day), day(e.today)),
        E::DayBeforeStart(e) => {
            format!("{} is before the pilot began, on {}", day(e.day), day(e.startDay))
        }
        E::DayClosed(e) if e.entry != 0 => {
            format!("{} has entry {}; correct it by a new entry that refers to it", day(e.day), e.entry)
        }
        E::DayClosed(e) => format!(
            "{} closed at the end of {}; enter the value as a correction, with the reason",
            day(e.day),
            day(e.lastDay)
        ),
        E::DayOpen(e) => format!(
            "{} has no value and is open until the end of {}; report it",
            day(e.day),
            day(e.lastDay)
        ),
        E::NotTheLastEntry(e) => format!(
            "the last entry of {} is {} (0: none), {} is given; refer to the last",
            day(e.day),
            e.last,
            e.given
        ),
        E::NoSourceHeight(_) => {
            "the value names no source height; send the height of the pilot's chain at which it can be recomputed"
                .into()
        }
        E::FutureHeight(e) => format!(
            "source height {} is not finished; this block has height {}, send a lower one",
            e.sourceHeight, e.height
        ),
        E::HeightGoesBack(e) => format!(
            "source height {} of {} is below {}, that of the earlier {}; send the height of the day's end",
            e.sourceHeight,
            day(e.day),
            e.lastHeight,
            day(e.lastDay)
        ),
        E::RepliedBefore(e) => {
            format!("order {} to pilot {} has a reply that waits to be settled", e.number, e.id)
        }
        E::NotReplied(e) => format!("order {} to pilot {} has no reply yet", e.number, e.id),
        E::NoValue(e) => format!(
            "indicator {} of pilot {} has no value; report it before the final assessment",
            e.indicator, e.id
        ),
        E::NotEvaluated(e) => {
            format!("the result of pilot {} was not evaluated by its competent department", e.id)
        }
        E::EvaluatedBefore(e) => format!(
            "the result of pilot {} was evaluated; order an adjustment if it should change",
            e.id
        ),
        E::GoalsNotMet(e) => format!(
            "the competent department found that pilot {} did not meet its goals; order an adjustment or remove it",
            e.id
        ),
        E::RemovalPending(e) => {
            format!("account {} proposed to remove pilot {}; decide or drop that first", e.account, e.id)
        }
        E::NoRemoval(e) => format!("nobody proposed to remove pilot {}; propose it first", e.id),
        E::RoleRequired(_) => return Members.explain(revert),
    })
}

fn organisation(number: u32) -> String {
    if number == 0 { "of no organisation".into() } else { format!("of organisation {number}") }
}

/// How many there are, after something that is not there was named.
fn numbered(count: u32) -> String {
    match count {
        0 => "there are none yet".into(),
        1 => "there is one, number 1".into(),
        count => format!("they are numbered 1 to {count}"),
    }
}

/// A number of what a range is about: days by their date.
fn amount(what: &str, number: u64) -> String {
    let day = what.starts_with("day of") || what.starts_with("last day of");
    match u32::try_from(number) {
        Ok(0) if day => "none".into(),
        Ok(number) if day => Day::new(number).to_string(),
        _ => number.to_string(),
    }
}

fn field(number: u8) -> String {
    let name = Field::from_number(number).map(|field| format!("the field {field}"));
    name.unwrap_or_else(|| "comprehensive pilots".into())
}

fn day(number: u32) -> Day {
    Day::new(number)
}

/// An identifier in a word, as text.
fn code(word: B256) -> String {
    let text: Vec<u8> = word.iter().copied().take_while(|byte| *byte != 0).collect();
    match String::from_utf8(text) {
        Ok(text) if !text.is_empty() && text.len() <= limits::ID_TEXT_BYTES_MAX => text,
        _ => word.to_string(),
    }
}
