use super::*;
use crate::{
    decode_revert,
    members::{Members, OrganisationEntry, Section, abi::IMembers::proposeCall, state},
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, revert},
    registry,
};
use alloy_sol_types::SolCall;
use ding_primitives::{Log, MemberKey, U256};

const BOARD: Address = Address::repeat_byte(0xb0);
const COUNCIL: Address = Address::repeat_byte(0xb1);

/// Organisation 1 runs the validators and decides alone; 2 and 3 are supervisors; 4 is neither.
fn scene() -> Scene<'static> {
    let entry = |name: &str, roles: &[Role], accounts: &[Address]| OrganisationEntry {
        name: name.into(),
        roles: roles.to_vec(),
        accounts: accounts.to_vec(),
        ..OrganisationEntry::default()
    };
    let validators = (1..=4).map(|n| MemberKey(B256::repeat_byte(n))).collect();
    Scene::new(&Members)
        .with_organisation(OrganisationEntry { validators, ..entry("Board", &[], &[BOARD]) })
        .with_organisation(entry("Council", &[Role::Supervisor], &[COUNCIL]))
        .with_organisation(OrganisationEntry {
            code: Some("12330100MB0000027B".into()),
            ..entry("Ministry", &[Role::Supervisor, Role::Court], &[REGISTRAR])
        })
        .with_organisation(entry("Office", &[Role::Notary], &[NOTARY]))
}

fn propose(scene: &mut Scene<'_>, input: Vec<u8>) -> Result<u64, Stop> {
    scene.call(
        BOARD,
        proposeCall { target: ADDRESS, input: input.into(), notBeforeMs: 0, title: "change".into() },
    )
}

/// Has the board propose and approve a call.
fn approve(scene: &mut Scene<'_>, call: &impl SolCall) {
    scene.approve(ADDRESS, &[BOARD], call);
}

/// Has a call decided and carried out.
fn decide<C: SolCall + Clone>(scene: &mut Scene<'_>, call: C) -> Result<C::Return, Stop> {
    approve(scene, &call);
    scene.call(BOARD, call)
}

fn newcomer(name: &str, code: &str, division: u8, roles: u64) -> addOrganisationCall {
    addOrganisationCall { name: name.into(), code: code.into(), division, roles }
}

fn roles(id: u32, roles: u64) -> setRolesCall {
    setRolesCall { id, roles, division: 0 }
}

const SUPERVISOR: u64 = 1 << 1;

/// That proposing the call and making it are both refused with this error.
#[track_caller]
fn refused(scene: &mut Scene<'_>, call: impl SolCall + Clone, error: impl alloy_sol_types::SolError) {
    let data = error.abi_encode();
    assert_eq!(propose(scene, call.abi_encode()), Err(Stop::Revert(data.clone().into())));
    assert!(decode_revert(&data).is_some());
    assert_eq!(scene.call(BOARD, call).err(), Some(Stop::Revert(data.into())));
}

#[test]
fn an_organisation_is_added_by_decision_and_votes_once_it_has_an_account() {
    let mut scene = scene();
    let call = newcomer("浙江省网信办", "11100000MB0000019L", 33, 1 << 4 | SUPERVISOR);
    assert_eq!(decide(&mut scene, call), Ok(5));
    let found = scene.read(STRANGER, organisationCall { id: 5 });
    assert_eq!((found.name.as_str(), found.code.as_str()), ("浙江省网信办", "11100000MB0000019L"));
    assert_eq!((found.division, found.roles, found.accounts), (33, 1 << 4 | SUPERVISOR, 0));
    let supervisors = |scene: &mut Scene<'_>| {
        let target = crate::calendar::state::ADDRESS;
        scene.read(STRANGER, electorateCall { target, start: 0, count: 9 }).organisations
    };
    assert_eq!(supervisors(&mut scene), [2, 3]);
    decide(&mut scene, addAccountCall { id: 5, account: OTHER }).unwrap();
    assert_eq!(supervisors(&mut scene), [2, 3, 5]);
    assert_eq!(scene.within(|ctx| super::super::division_of(ctx, 5)), Ok(33));
    scene.check();
}

#[test]
fn organisations_that_cannot_be_are_refused_by_name() {
    let mut scene = scene();
    let max = U256::from(64);
    let good = "91110000MA00000077";
    let long = "x".repeat(65);
    for (name, characters) in [("", 0), (" a", 2), ("a\u{7}", 2), (long.as_str(), 65)] {
        let error = NameNotAccepted { characters: U256::from(characters), max };
        refused(&mut scene, newcomer(name, good, 0, 0), error);
    }
    refused(&mut scene, newcomer("Ministry", "", 0, 0), NameTaken { organisation: 3 });
    for code in ["91110000ma00000077", "91110000MA00000078", "12"] {
        refused(&mut scene, newcomer("New", code, 0, 0), CodeNotAccepted { code: code.into() });
    }
    refused(&mut scene, newcomer("New", "12330100MB0000027B", 0, 0), CodeTaken { organisation: 3 });
    refused(&mut scene, newcomer("New", "", 0, 1 << 6), UnknownRole { role: 6 });
    refused(&mut scene, newcomer("New", "", 0, 1), UnknownRole { role: 0 });
    for (division, roles) in [(0, 1 << 4), (99, 1 << 4), (10, 0)] {
        refused(&mut scene, newcomer("New", "", division, roles), DivisionNotAccepted { division, roles });
    }
    assert_eq!(scene.read(STRANGER, organisationCountCall {}), 4);
    scene.check();
}

#[test]
fn a_name_that_was_free_when_proposed_may_be_taken_when_carried_out() {
    let mut scene = scene();
    let (first, second) = (newcomer("New", "", 0, 0), newcomer("New", "", 0, 1 << 2));
    approve(&mut scene, &first);
    approve(&mut scene, &second);
    assert_eq!(scene.call(BOARD, second), Ok(5));
    assert_eq!(scene.call(BOARD, first), revert(NameTaken { organisation: 5 }));
    scene.check();
}

#[test]
fn the_last_supervisor_is_not_taken_away_when_proposed_nor_when_carried_out() {
    let mut scene = scene();
    for (of, id, account) in [(COUNCIL, 2, 0xc1), (REGISTRAR, 3, 0xc2), (NOTARY, 4, 0xc3)] {
        scene.call(of, addAccountCall { id, account: Address::repeat_byte(account) }).unwrap();
    }
    // Both can be proposed and approved while there are two.
    approve(&mut scene, &roles(2, 0));
    approve(&mut scene, &roles(3, 1 << 3));
    scene.call(BOARD, roles(2, 0)).unwrap();
    let error = || NobodyWouldDecide { organisation: 3, electorate: 1 };
    assert_eq!(scene.call(BOARD, roles(3, 1 << 3)).map(|_| ()), revert(error()));
    refused(&mut scene, roles(3, 0), error());
    // Another supervisor makes it possible.
    decide(&mut scene, roles(4, SUPERVISOR)).unwrap();
    scene.call(BOARD, roles(3, 1 << 3)).unwrap();
    assert_eq!(scene.read(STRANGER, organisationCall { id: 3 }).roles, 1 << 3);
    scene.check();
}

#[test]
fn supervisors_who_had_two_hands_keep_two() {
    let mut scene = scene();
    // Council and Ministry have an account each.
    refused(&mut scene, roles(2, 0), OneHandLeft { organisation: 2, accounts: 1 });
    let second = Address::repeat_byte(0xc1);
    scene.call(REGISTRAR, addAccountCall { id: 3, account: second }).unwrap();
    decide(&mut scene, roles(2, 0)).unwrap();
    let removal = removeAccountCall { id: 3, account: second };
    let left = || OneHandLeft { organisation: 3, accounts: 1 };
    assert_eq!(propose(&mut scene, removal.abi_encode()), Err(Stop::revert(left())));
    assert_eq!(scene.call(REGISTRAR, removal.clone()).map(|_| ()), revert(left()));
    // A third hand makes it possible, and does not come back as the last.
    scene.call(second, addAccountCall { id: 3, account: OTHER }).unwrap();
    scene.call(REGISTRAR, removal).unwrap();
    let own = removeAccountCall { id: 3, account: REGISTRAR };
    assert_eq!(scene.call(OTHER, own).map(|_| ()), revert(left()));
    scene.check();
}

#[test]
fn a_supervisor_that_began_with_one_hand_may_grow_and_change() {
    let board = OrganisationEntry {
        name: "Board".into(),
        roles: vec![Role::Supervisor],
        accounts: vec![BOARD],
        validators: (1..=4).map(|n| MemberKey(B256::repeat_byte(n))).collect(),
        ..OrganisationEntry::default()
    };
    let office =
        OrganisationEntry { name: "Office".into(), accounts: vec![NOTARY], ..OrganisationEntry::default() };
    let mut scene = Scene::new(&Members).with_organisation(board).with_organisation(office);
    decide(&mut scene, roles(1, SUPERVISOR | 1 << 3)).unwrap();
    refused(&mut scene, roles(1, 0), NobodyWouldDecide { organisation: 1, electorate: 1 });
    scene.call(BOARD, addAccountCall { id: 1, account: OTHER }).unwrap();
    let back = removeAccountCall { id: 1, account: OTHER };
    assert_eq!(
        scene.call(BOARD, back.clone()).map(|_| ()),
        revert(OneHandLeft { organisation: 1, accounts: 1 })
    );
    decide(&mut scene, roles(2, SUPERVISOR)).unwrap();
    scene.call(BOARD, back).unwrap();
    scene.check();
}

#[test]
fn an_organisation_that_votes_keeps_its_last_account() {
    let mut scene = scene();
    for (id, account) in [(1, BOARD), (2, COUNCIL), (3, REGISTRAR)] {
        let call = removeAccountCall { id, account };
        let error = LastAccount { organisation: id, account };
        assert_eq!(propose(&mut scene, call.abi_encode()), Err(Stop::revert(error)));
        let error = LastAccount { organisation: id, account };
        assert_eq!(scene.call(account, call).map(|_| ()), revert(error));
    }
    // One without a vote keeps it from its own hands, not from those of the consortium.
    let call = removeAccountCall { id: 4, account: NOTARY };
    let error = LastAccount { organisation: 4, account: NOTARY };
    assert_eq!(scene.call(NOTARY, call.clone()).map(|_| ()), revert(error));
    decide(&mut scene, call).unwrap();
    assert_eq!(scene.read(STRANGER, organisationOfCall { account: NOTARY }), 0);
    scene.check();
}

#[test]
fn an_organisation_adds_and_removes_its_own_accounts() {
    let mut scene = scene();
    let extra: Vec<Address> = (1..=5).map(Address::repeat_byte).collect();
    for account in &extra {
        scene.call(NOTARY, addAccountCall { id: 4, account: *account }).unwrap();
    }
    let accounts = |scene: &mut Scene<'_>| scene.read(STRANGER, accountsOfCall { id: 4, start: 0, count: 9 });
    assert_eq!(accounts(&mut scene), [&[NOTARY], extra.as_slice()].concat());
    // A new account acts for it at once, and may remove the first.
    scene.call(extra[0], removeAccountCall { id: 4, account: NOTARY }).unwrap();
    assert_eq!(accounts(&mut scene), [extra[4], extra[0], extra[1], extra[2], extra[3]]);
    scene.call(extra[4], removeAccountCall { id: 4, account: extra[3] }).unwrap();
    scene.call(extra[4], removeAccountCall { id: 4, account: extra[4] }).unwrap();
    assert_eq!(accounts(&mut scene), [extra[2], extra[0], extra[1]]);
    assert_eq!(scene.read(STRANGER, organisationOfCall { account: extra[4] }), 0);
    assert!(scene.call(extra[4], addAccountCall { id: 4, account: OTHER }).is_err());
    scene.check();
}

#[test]
fn nobody_touches_accounts_of_others_without_a_decision() {
    let mut scene = scene();
    let call = addAccountCall { id: 2, account: OTHER };
    let digest = keccak256(call.abi_encode());
    let error = || NotProposed { target: ADDRESS, digest };
    for caller in [NOTARY, STRANGER, BOARD] {
        assert_eq!(scene.call(caller, call.clone()).map(|_| ()), revert(error()));
    }
    for account in [Address::ZERO, ADDRESS] {
        refused(&mut scene, addAccountCall { id: 2, account }, AccountCannotSign { account });
    }
    let error = AccountTaken { account: NOTARY, organisation: 4 };
    refused(&mut scene, addAccountCall { id: 2, account: NOTARY }, error);
    let error = NotItsAccount { organisation: 2, account: NOTARY, actual: 4 };
    refused(&mut scene, removeAccountCall { id: 2, account: NOTARY }, error);
    let error = NotItsAccount { organisation: 2, account: OTHER, actual: 0 };
    refused(&mut scene, removeAccountCall { id: 2, account: OTHER }, error);
    for id in [0, 5] {
        refused(&mut scene, addAccountCall { id, account: OTHER }, NoSuchOrganisation { id, count: 4 });
    }
    scene.check();
}

#[test]
fn an_organisation_has_no_more_accounts_than_it_may() {
    let mut scene = scene();
    let max = limits::ORGANISATION_ACCOUNTS_MAX;
    for n in 1..max {
        let account = Address::left_padding_from(&(0xffff_0000 + n).to_be_bytes());
        scene.call(NOTARY, addAccountCall { id: 4, account }).unwrap();
    }
    let error = TooManyAccounts { organisation: 4, max };
    assert_eq!(scene.call(NOTARY, addAccountCall { id: 4, account: OTHER }).map(|_| ()), revert(error));
}

#[test]
fn parameters_stay_in_their_range() {
    let mut scene = scene();
    for parameter in Parameter::ALL {
        let name = parameter.word();
        assert_eq!(scene.read(STRANGER, parameterCall { name }), parameter.usual());
        assert!(parameter.takes(parameter.usual()));
        let (min, max) = parameter.range();
        for value in [min - 1, max + 1, 0, u64::MAX] {
            let error = ParameterOutOfRange { name, value, min, max };
            refused(&mut scene, setParameterCall { name, value }, error);
        }
        for value in [max, min] {
            decide(&mut scene, setParameterCall { name, value }).unwrap();
            assert_eq!(scene.read(STRANGER, parameterCall { name }), value);
        }
    }
    let name = B256::right_padding_from(b"colour");
    refused(&mut scene, setParameterCall { name, value: 1 }, UnknownParameter { name });
    scene.check();
}

#[test]
fn the_genesis_file_may_set_parameters_within_their_range() {
    let section = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let good = section(r#"{"organisations": [], "parameters": {"approval_permille": 750}}"#);
    let mut scene = Scene::new(&Members).with_section("members", good);
    let name = Parameter::ApprovalPermille.word();
    assert_eq!(scene.read(STRANGER, parameterCall { name }), 750);
    for (text, want) in [
        (r#"{"parameters": {"approval_permille": 500}}"#, "outside 501 to 1000"),
        (r#"{"parameters": {"colour": 1}}"#, "no parameter"),
        (r#"{"parameters": {"voting_ms": -1}}"#, ""),
    ] {
        let mut spec = crate::mocks::spec();
        spec.modules.insert("members".into(), section(text));
        let error = registry::check_genesis(&spec).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
    assert!(Section::default().parameters.is_empty());
}

#[test]
fn every_change_says_in_words_what_it_does() {
    let cases: [(Vec<u8>, &str); 5] = [
        (newcomer("New", "", 33, 1 << 4).abi_encode(), "division 33, roles: provincial"),
        (roles(3, 0).abi_encode(), "organisation 3 exactly these roles: none"),
        (addAccountCall { id: 2, account: OTHER }.abi_encode(), "act for organisation 2"),
        (removeAccountCall { id: 2, account: OTHER }.abi_encode(), "no more"),
        (setParameterCall { name: Parameter::VotingMs.word(), value: 5 }.abi_encode(), "voting_ms to 5"),
    ];
    for (input, want) in cases {
        let text = crate::describe_call(ADDRESS, &input).unwrap();
        assert!(text.contains(want), "{text}");
    }
    assert_eq!(crate::describe_call(ADDRESS, &organisationCountCall {}.abi_encode()), None);
    assert_eq!(crate::describe_call(STRANGER, &[]), None);
}

#[test]
fn a_change_that_no_decision_stands_behind_is_found() {
    let mut scene = scene();
    decide(&mut scene, roles(4, SUPERVISOR)).unwrap();
    scene.check();
    // The event of the change without that of the decision.
    let place = scene.history().len() - 2;
    scene.history_mut().remove(place);
    assert_eq!(scene.violation().unwrap_err().invariant, "M5");
    // And roles that no event gave.
    let mut scene = self::scene();
    decide(&mut scene, roles(4, 1 << 3)).unwrap();
    scene.host_mut().put(ADDRESS, state::PROFILES.slot_of(4), U256::from(1 << 2));
    assert_eq!(scene.violation().unwrap_err().invariant, "M8");
}

#[test]
fn only_accounts_change_without_a_decision() {
    let name = Parameter::VotingMs.word();
    let value = Parameter::VotingMs.range().0;
    let changes: [fn(B256, u64) -> Log; 3] = [
        |_, _| {
            log_of(&RolesSet {
                id: 2,
                rolesBefore: SUPERVISOR,
                roles: SUPERVISOR,
                divisionBefore: 0,
                division: 0,
                proposal: 0,
            })
        },
        |name, value| log_of(&ParameterSet { name, before: value, value, proposal: 0 }),
        |_, _| {
            let (name, code) = ("Council".into(), String::new());
            log_of(&OrganisationAdded { id: 2, name, code, division: 0, roles: SUPERVISOR, proposal: 0 })
        },
    ];
    for change in changes {
        let mut scene = scene();
        decide(&mut scene, setParameterCall { name, value }).unwrap();
        scene.call(NOTARY, addAccountCall { id: 4, account: OTHER }).unwrap();
        scene.check();
        scene.history_mut().push(change(name, value));
        assert_eq!(scene.violation().unwrap_err().invariant, "M5");
    }
}

fn log_of(event: &impl alloy_sol_types::SolEvent) -> Log {
    let topics = event.encode_topics().into_iter().map(|word| word.0).collect();
    Log { address: ADDRESS, topics, data: event.encode_data().into() }
}
