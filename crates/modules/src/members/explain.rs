//! The errors of `members`, in sentences that say what to do.

use super::{
    abi::IMembers::{IMembersErrors as E, *},
    terms::{Electorate, Parameter, Role, Status},
};
use crate::words::{moment, numbered, word};

/// One arm an error: the match is exhaustive, so an error without a sentence does not compile.
pub(super) fn explain(error: E) -> String {
    match error {
        E::NoSuchOrganisation(NoSuchOrganisation { id, count }) => {
            format!("there is no organisation {id}; {}", numbered(count))
        }
        E::UnknownRole(UnknownRole { role }) => {
            let roles = Role::ALL.map(|role| format!("{} {}", role.number(), role.name())).join(", ");
            format!("there is no role {role}; roles are {roles}")
        }
        E::PageTooLarge(PageTooLarge { count, max }) => {
            format!("{count} entries asked for, one answer holds {max}; ask in pages")
        }
        E::RoleRequired(RoleRequired { account, organisation, role }) => {
            let role =
                Role::from_number(role).map_or_else(|| format!("number {role}"), |role| role.name().into());
            match organisation {
                0 => format!("account {account} acts for no organisation; the role {role} is required"),
                _ => format!(
                    "account {account} acts for organisation {organisation}, which does not have the role {role}"
                ),
            }
        }
        E::NoVote(NoVote { account, organisation, electorate }) => {
            let who = Electorate::name(electorate);
            match organisation {
                0 => format!("account {account} acts for no organisation; {who} decide on this"),
                _ => format!(
                    "account {account} acts for organisation {organisation}, which has no vote here; {who} decide on this"
                ),
            }
        }
        E::NotDecidedByVote(NotDecidedByVote { target, selector }) => format!(
            "function {selector} of {target} is not decided by vote; name a module and a function that takes a decision"
        ),
        E::InputTooLong(InputTooLong { length, max }) => {
            format!("the proposed call has {length} bytes, a proposal holds {max}; split it")
        }
        E::TitleNotAccepted(TitleNotAccepted { characters, max }) => format!(
            "a title of {characters} characters; write 1 to {max}, no control characters, no spaces at its ends"
        ),
        E::NotBeforeTooLate(NotBeforeTooLate { notBeforeMs, latestMs }) => format!(
            "it could be carried out only from {} on, a year ahead is {}; propose it later",
            moment(notBeforeMs),
            moment(latestMs)
        ),
        E::AlreadyProposed(AlreadyProposed { id }) => {
            format!("proposal {id} is the same call and still pending; vote on it instead")
        }
        E::NoSuchProposal(NoSuchProposal { id, count }) => {
            format!("there is no proposal {id}; {}", numbered(count))
        }
        E::NotOpen(NotOpen { id, status }) => {
            format!("proposal {id} is {} and takes no votes; propose again if need be", name(status))
        }
        E::NotTheProposer(NotTheProposer { id, organisation }) => {
            format!("proposal {id} is of organisation {organisation}; only that one may withdraw it")
        }
        E::NotProposed(NotProposed { target, digest }) => format!(
            "nobody proposed this call of {target} (input digest {digest}); propose exactly this input and have it approved first"
        ),
        E::NotApproved(NotApproved { id, status }) => {
            format!("this call is proposal {id}, which is {}, not approved", name(status))
        }
        E::NotYet(NotYet { id, notBeforeMs, nowMs }) => format!(
            "proposal {id} may be carried out from {} on, it is {}; wait until then",
            moment(notBeforeMs),
            moment(nowMs)
        ),
        E::NobodyWouldDecide(NobodyWouldDecide { organisation, electorate }) => format!(
            "organisation {organisation} is the last of the {}; without it nothing could be decided, so add another first",
            Electorate::name(electorate)
        ),
        E::OneHandLeft(OneHandLeft { organisation, accounts }) => format!(
            "supervisors would have {accounts} account left after this change of organisation {organisation}, and records, fines and orders take two people; add an account or a supervisor first"
        ),
        E::LastAccount(LastAccount { organisation, account }) => format!(
            "account {account} is the last of organisation {organisation}, which could not act any more; add another first"
        ),
        E::NameNotAccepted(NameNotAccepted { characters, max }) => format!(
            "a name of {characters} characters; write 1 to {max}, no control characters, no spaces at its ends"
        ),
        E::NameTaken(NameTaken { organisation }) => {
            format!("the name belongs to organisation {organisation}; choose another")
        }
        E::CodeNotAccepted(CodeNotAccepted { code }) => format!(
            "{code:?} is no unified social credit code: 18 digits and capital letters with two check characters"
        ),
        E::CodeTaken(CodeTaken { organisation }) => {
            format!("the code belongs to organisation {organisation}; an organisation is named once")
        }
        E::DivisionNotAccepted(DivisionNotAccepted { division, roles }) => format!(
            "division {division} does not fit the roles {}; a provincial administration names the first two digits of its division (GB/T 2260)",
            Role::names(roles)
        ),
        E::TooManyOrganisations(TooManyOrganisations { max }) => {
            format!("the ledger holds {max} organisations and no more")
        }
        E::TooManyAccounts(TooManyAccounts { organisation, max }) => {
            format!("organisation {organisation} has {max} accounts or more; remove one first")
        }
        E::AccountCannotSign(AccountCannotSign { account }) => {
            format!("no key signs for account {account}; name the address of a key")
        }
        E::AccountTaken(AccountTaken { account, organisation }) => {
            format!("account {account} acts for organisation {organisation}; an account acts for one")
        }
        E::NotItsAccount(NotItsAccount { organisation, account, actual }) => match actual {
            0 => format!("account {account} acts for no organisation, so not for {organisation}"),
            _ => format!("account {account} acts for organisation {actual}, not for {organisation}"),
        },
        E::UnknownParameter(UnknownParameter { name }) => {
            let names = Parameter::ALL.map(Parameter::name).join(", ");
            format!("there is no parameter {}; the parameters are {names}", word(&name))
        }
        E::ParameterOutOfRange(ParameterOutOfRange { name, value, min, max }) => {
            format!("{} cannot be {value}; it is {min} to {max}", word(&name))
        }
    }
}

fn name(status: u8) -> String {
    Status::from_number(status).map_or_else(|| format!("in state {status}"), |status| status.name().into())
}
