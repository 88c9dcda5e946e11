//! January: who takes part, and who may act at all.

use super::{
    names::Firm,
    people::*,
    stage::{Deed, Year, document, to_filing, to_identity, to_members},
};
use ding_modules::{
    filing::abi::IFiling::{self, registerProviderCall},
    identity::{
        abi::IIdentity::{self, addAccountCall, bindCall},
        commitment,
    },
    members::abi::IMembers::{self, NoVote, proposeCall, voteCall},
};
use ding_primitives::{Address, B256};

/// The document of a citizen: a resident ID of a division that does not exist. It stays with the
/// identity office; the ledger sees its commitment.
pub(crate) const CITIZEN_DOCUMENT: &str = "990000199001010017";
/// The office's salt for this citizen.
pub(crate) const CITIZEN_SALT: [u8; 16] = *b"sixteen random b";

/// Binds the account of a person.
pub(crate) fn bind_person(who: Who, subject: B256, level: u8) -> (Who, Deed) {
    let call = bindCall {
        account: who.address(),
        kind: 1,
        subject,
        level,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    (OFFICE, to_identity(call))
}

/// Binds the account of an organisation.
pub(crate) fn bind_organisation(account: Address, code: &str, name: &str) -> (Who, Deed) {
    let call = bindCall {
        account,
        kind: 2,
        subject: B256::ZERO,
        level: 4,
        expiryMs: 0,
        code: B256::right_padding_from(code.as_bytes()),
        nameDigest: document(name),
    };
    (OFFICE, to_identity(call))
}

/// The people of the administration and of the public, and a second identity authority by vote.
pub(crate) fn people_are_bound(year: &mut Year) {
    year.go("2026-01-05");
    year.note_today("the ledger begins");
    // Nobody acts whom no authority bound: the door says so before it costs anything.
    let subject = Firm::new(0).subject();
    let register = || to_filing(registerProviderCall { subject: subject.clone() });
    year.turned_away(STRANGER, register(), "account_not_bound");
    year.turned_away(Who::firm(0), register(), "account_not_bound");

    let person = |who: Who| document(&format!("commitment to {who:?}"));
    let citizen = commitment::commit(&CITIZEN_SALT, CITIZEN_DOCUMENT.as_bytes());
    year.all(vec![
        bind_person(FIRST, person(FIRST), 4),
        bind_person(SECOND, person(SECOND), 4),
        bind_person(THIRD, person(THIRD), 4),
        bind_person(CITIZEN, citizen, 3),
        bind_person(NEIGHBOUR, person(NEIGHBOUR), 2),
        (OFFICE, to_identity(addAccountCall { root: FIRST.address(), account: FIRST_AGAIN.address() })),
    ]);
    // One person, one root; and only an authority binds.
    let (_, again) = bind_person(STRANGER, citizen, 3);
    let taken: IIdentity::SubjectBound = year.refused(OFFICE, again.clone());
    assert_eq!(taken.root, CITIZEN.address());
    let _: IIdentity::NotAnAuthority = year.refused(FIRST, again.clone());
    let _: IIdentity::NotAnAuthority = year.refused(OTHER_OFFICE, again);

    // Those who run the chain appoint another authority: three of four.
    year.go("2026-01-06");
    let appoint = IIdentity::appointCall {
        organisation: OF_OTHER_OFFICE,
        name: "Other identity office".into(),
        fromMs: 0,
    };
    let target = ding_modules::identity::state::ADDRESS;
    let input = alloy_sol_types::SolCall::abi_encode(&appoint).into();
    let propose = proposeCall { target, input, notBeforeMs: 0, title: "A second identity authority".into() };
    let _: NoVote = year.refused(SHANGHAI, to_members(propose.clone()));
    let proposed: IMembers::Proposed = year.act(FIRST, to_members(propose)).event();
    let vote = |approve| to_members(voteCall { id: proposed.id, approve });
    year.act(FIRST, vote(true));
    year.act(BEIJING, vote(true));
    let _: IMembers::NotApproved = year.refused(OFFICE, to_identity(appoint.clone()));
    let decided: IMembers::Decided = year.act(INDUSTRY, vote(true)).event();
    assert!((decided.approved, decided.approvals, decided.electorate) == (true, 3, 4));
    year.act(INDUSTRY, to_identity(appoint));
    year.note_today("a second identity authority is appointed");
    let authority = year.view(to_identity, IIdentity::authorityCall { id: 2 });
    assert_eq!((authority.organisation, authority.live), (OF_OTHER_OFFICE, 0));
}

/// Binds companies and registers them as providers; gives their numbers.
pub(crate) fn providers_are_registered(year: &mut Year, firms: &[Firm]) -> Vec<u32> {
    let bind = |firm: &Firm| bind_organisation(firm.who.address(), &firm.code, &firm.name);
    year.all(firms.iter().map(bind).collect());
    let register = |firm: &Firm| (firm.who, to_filing(registerProviderCall { subject: firm.subject() }));
    let registered = year.all(firms.iter().map(register).collect());
    registered.iter().map(|done| done.event::<IFiling::ProviderRegistered>().provider).collect()
}

/// What a registration refuses.
pub(crate) fn false_registrations_are_refused(year: &mut Year, known: &Firm, other: &Firm) {
    let register = |firm: &Firm, subject| (firm.who, to_filing(registerProviderCall { subject }));
    let (office, bind) = bind_organisation(other.who.address(), &other.code, &other.name);
    year.act(office, bind);
    let (_, again) = register(known, known.subject());
    let _: IFiling::AccountInCharge = year.refused(known.who, again);
    // Another's code; a code in lower case is read like the code it is, a wrong one is none.
    let (who, stolen) = register(other, IFiling::Subject { uscc: known.code.clone(), ..other.subject() });
    let _: IFiling::AlreadyRegistered = year.refused(who, stolen);
    let mut wrong = other.code.clone();
    wrong.replace_range(2..3, if wrong.starts_with("914") { "5" } else { "4" });
    let (who, wrong) = register(other, IFiling::Subject { uscc: wrong, ..other.subject() });
    let _: IFiling::BadCode = year.refused(who, wrong);
    let boast = IFiling::Subject { name: format!("{}（国家认证）", other.name), ..other.subject() };
    let (who, boast) = register(other, boast);
    let _: IFiling::ApprovalWording = year.refused(who, boast);
}
