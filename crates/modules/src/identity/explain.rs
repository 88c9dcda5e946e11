//! The errors of `identity`, in sentences that say what to do.

use super::{
    abi::IIdentity::{IIdentityErrors as E, *},
    standing::NEVER_MS,
    terms::{Kind, Level, Purpose, Reason, Status},
};
use crate::{
    Module as _,
    members::Members,
    words::{moment, numbered, span, word},
};
use ding_primitives::limits;

/// One arm an error: the match is exhaustive, so an error without a sentence does not compile. One of
/// `members` is explained there.
pub(super) fn explain(error: E, revert: &[u8]) -> Option<String> {
    Some(match error {
        E::NotAnAuthority(NotAnAuthority { account, organisation: 0 }) => {
            format!(
                "account {account} acts for no organisation; send with an account of an identity authority"
            )
        }
        E::NotAnAuthority(NotAnAuthority { account, organisation }) => format!(
            "account {account} acts for organisation {organisation}, which is no identity authority now; have it appointed by vote"
        ),
        E::AuthorityNotYet(AuthorityNotYet { authority, fromMs, nowMs }) => format!(
            "authority {authority} begins at {}, it is {}; wait until then",
            moment(fromMs),
            moment(nowMs)
        ),
        E::AlreadyAuthority(AlreadyAuthority { organisation, authority }) => {
            format!("organisation {organisation} is authority {authority} already; dismiss that first")
        }
        E::NoSuchAuthority(NoSuchAuthority { authority, count }) => {
            format!("there is no authority {authority}; {}", numbered(count))
        }
        E::AlreadyDismissed(AlreadyDismissed { authority, endedMs }) => {
            format!("authority {authority} was dismissed at {}; name another", moment(endedMs))
        }
        E::TooManyAuthorities(TooManyAuthorities { max }) => {
            format!("this chain has had {max} authorities, dismissed ones counted; no more are possible")
        }
        E::BindingsLive(BindingsLive { authority, live }) => format!(
            "authority {authority} answers for {live} live bindings; name the authority that takes them over"
        ),
        E::SuccessorNotAccepted(SuccessorNotAccepted { authority, successor }) => format!(
            "authority {successor} cannot take over from {authority}: it is the same, dismissed, or has not begun; name another"
        ),
        E::NameNotAccepted(NameNotAccepted { characters, max }) => format!(
            "a name of {characters} characters is not accepted: 1 to {max}, composed (NFC), none of them a control or invisible sign, no spaces at the ends"
        ),
        E::TimeNotAccepted(TimeNotAccepted { timeMs, nowMs, maxMs }) => {
            format!(
                "{} is not accepted here; name a time after {} and until {}",
                moment(timeMs),
                moment(nowMs),
                moment(maxMs)
            )
        }
        E::UnknownSubjectKind(UnknownSubjectKind { kind }) => {
            format!("there is no kind {kind}; kinds are {}", list(Kind::ALL, Kind::number))
        }
        E::UnknownLevel(UnknownLevel { level }) => {
            format!("there is no level {level}; levels are {}", list(Level::ALL, Level::number))
        }
        E::UnknownReason(UnknownReason { reason }) => {
            format!("there is no reason {reason}; reasons are {}", list(Reason::ALL, Reason::number))
        }
        E::UnknownPurpose(UnknownPurpose { purpose }) => {
            format!("there is no purpose {purpose}; purposes are {}", list(Purpose::ALL, Purpose::number))
        }
        E::SubjectNotAccepted(SubjectNotAccepted { kind: 1, .. }) => {
            "the commitment to the person is all zero; send sm3 of salt and value as the interface says"
                .into()
        }
        E::SubjectNotAccepted(SubjectNotAccepted { .. }) => {
            "an organisation is known by its code; send zero as subject".into()
        }
        E::CodeNotAccepted(CodeNotAccepted { kind: 1, .. }) => {
            "a person has no unified social credit code; send zero as code".into()
        }
        E::CodeNotAccepted(CodeNotAccepted { code, .. }) => format!(
            "{} is no unified social credit code that checks: 18 capital letters and digits from the left, zeros behind",
            word(&code)
        ),
        E::AccountNotAccepted(AccountNotAccepted { account }) => {
            format!("account {account} can sign nothing; name the account of a key")
        }
        E::AlreadyBound(AlreadyBound { account, binding, status }) => format!(
            "account {account} is under binding {binding} ({}); use another account, or revoke it there first",
            status_name(status)
        ),
        E::AccountRetired(AccountRetired { account, binding, status }) => format!(
            "account {account} is {} (binding {binding}) and never bound again; use a new account",
            status_name(status)
        ),
        E::SubjectBound(SubjectBound { subject, authority, binding, root }) => format!(
            "the subject {} has the live binding {binding} of authority {authority} on account {root}; add accounts to it, rotate or revoke it",
            word(&subject)
        ),
        E::NotBound(NotBound { account }) => {
            format!("account {account} is under no binding; let an identity authority bind it")
        }
        E::NoSuchBinding(NoSuchBinding { binding, count }) => {
            format!("there is no binding {binding}; {}", numbered(count))
        }
        E::NotResponsible(NotResponsible { binding, responsible, authority }) => format!(
            "authority {responsible} answers for binding {binding}, not authority {authority}; ask there"
        ),
        E::WrongStatus(WrongStatus { account, status }) => {
            format!("account {account} is {}; this step is not possible from there", status_name(status))
        }
        E::AccountFrozen(AccountFrozen { account, untilMs }) => format!(
            "account {account} is frozen{}, by orders against it or the root of its binding; it is replaced when they have ended or been lifted, so suspend it until then if its key is lost",
            if untilMs >= NEVER_MS { " without end".into() } else { format!(" until {}", moment(untilMs)) }
        ),
        E::NotInForce(NotInForce { account, status }) => format!(
            "account {account} has no standing now ({}, or expired, or frozen); ask its identity authority",
            status_name(status)
        ),
        E::NotTheRoot(NotTheRoot { account, root }) => {
            format!("account {account} is not the root of its binding; send with, or name, {root}")
        }
        E::TooManyAccounts(TooManyAccounts { binding, max }) => {
            format!("binding {binding} has {max} accounts, more are not allowed; revoke one first")
        }
        E::SameAccount(SameAccount { account }) => {
            format!("{account} cannot stand on both sides; name another account")
        }
        E::NotInvited(NotInvited { account, inviter, untilMs: 0, .. }) => {
            format!("{inviter} has no invitation open for {account}; let it invite first")
        }
        E::NotInvited(NotInvited { account, inviter, untilMs, nowMs }) => format!(
            "the invitation of {account} by {inviter} ended at {}, it is {}; let it invite again, and accept within {}",
            moment(untilMs),
            moment(nowMs),
            span(limits::IDENTITY_INVITATION_MS)
        ),
        E::SupervisorNotFrozen(SupervisorNotFrozen { account, organisation }) => format!(
            "account {account} acts for organisation {organisation}, a supervisor, and is not frozen; propose its removal in members instead"
        ),
        E::NoSuchOrganisation(_) => return Members.explain(revert),
    })
}

fn status_name(status: u8) -> &'static str {
    Status::from_number(status).map_or("in an unknown status", Status::name)
}

fn list<T: Copy + core::fmt::Display>(terms: &[T], number: impl Fn(T) -> u8) -> String {
    terms.iter().map(|term| format!("{} {term}", number(*term))).collect::<Vec<_>>().join(", ")
}
