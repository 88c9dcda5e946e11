use super::{abi::IMembers::*, *};
use crate::{
    genesis as run_genesis,
    mocks::{self, MapHost, NOTARY, OTHER, REGISTRAR, STRANGER, Scene, revert},
    registry,
};
use ding_primitives::{B256, Height, MemberKey, U256};

fn key(number: u8) -> MemberKey {
    MemberKey(B256::repeat_byte(number))
}

fn harbour() -> OrganisationEntry {
    OrganisationEntry {
        name: "杭州港公证处 Harbour Notary Office".into(),
        code: Some("12330100MB0000027B".into()),
        roles: vec![Role::Notary, Role::Court],
        division: Some(33),
        accounts: vec![NOTARY, REGISTRAR],
        validators: vec![key(1), key(2)],
        observers: vec![key(9)],
    }
}

fn spec(organisations: Vec<OrganisationEntry>) -> Spec {
    let mut spec = mocks::spec();
    spec.modules.insert(
        "members".into(),
        serde_json::to_value(Section { organisations, ..Section::default() }).unwrap(),
    );
    spec
}

/// A scene that begins with this genesis file.
fn scene(organisations: Vec<OrganisationEntry>) -> Scene<'static> {
    let mut scene = Scene::new(&Members);
    *scene.host_mut() = MapHost::new(scene.block());
    run_genesis(scene.host_mut(), &spec(organisations)).unwrap();
    scene
}

#[test]
fn what_genesis_says_can_be_read() {
    let mut scene = scene(vec![harbour(), OrganisationEntry { name: "Bureau".into(), ..Default::default() }]);
    assert_eq!(scene.read(STRANGER, organisationCountCall {}), 2);
    let found = scene.read(STRANGER, organisationCall { id: 1 });
    let want = Organisation {
        name: harbour().name,
        code: "12330100MB0000027B".into(),
        roles: 0b1100,
        division: 33,
        accounts: 2,
        validators: 2,
        observers: 1,
    };
    assert_eq!(found, want);
    assert_eq!(scene.read(STRANGER, organisationCall { id: 2 }).code, "");
    assert_eq!(scene.read(STRANGER, organisationOfCall { account: REGISTRAR }), 1);
    assert_eq!(scene.read(STRANGER, organisationOfCall { account: OTHER }), 0);
    assert_eq!(scene.read(STRANGER, accountsOfCall { id: 1, start: 1, count: 256 }), vec![REGISTRAR]);
    scene.check();
}

#[test]
fn the_validators_are_those_of_the_genesis_file_whoever_runs_them() {
    let mut scene = scene(vec![harbour()]);
    let keys: Vec<B256> = (1..=4).map(B256::repeat_byte).collect();
    assert_eq!(scene.read(STRANGER, validatorsCall {}), keys);
    assert_eq!(scene.read(STRANGER, observersCall {}), vec![key(9).0]);
    for (number, votes, follows, organisation) in
        [(1, true, false, 1), (3, true, false, 0), (9, false, true, 1), (7, false, false, 0)]
    {
        let key = key(number).0;
        assert_eq!(scene.read(STRANGER, isValidatorCall { key }), votes);
        assert_eq!(scene.read(STRANGER, isObserverCall { key }), follows);
        assert_eq!(scene.read(STRANGER, organisationOfKeyCall { key }), organisation);
    }
}

#[test]
fn roles_are_those_of_the_organisation() {
    let mut scene = scene(vec![
        harbour(),
        OrganisationEntry { name: "Bureau".into(), accounts: vec![OTHER], ..Default::default() },
    ]);
    for (account, role, has) in [
        (NOTARY, Role::Notary, true),
        (NOTARY, Role::Supervisor, false),
        (OTHER, Role::Notary, false),
        (STRANGER, Role::Notary, false),
    ] {
        assert_eq!(scene.read(STRANGER, hasRoleCall { account, role: role.number() }), has);
    }
    assert!(scene.read(STRANGER, organisationHasRoleCall { id: 1, role: 3 }));
    assert!(!scene.read(STRANGER, organisationHasRoleCall { id: 2, role: 3 }));
    let unknown = hasRoleCall { account: NOTARY, role: 64 };
    assert_eq!(scene.call(STRANGER, unknown), revert(UnknownRole { role: 64 }));
}

#[test]
fn what_is_not_there_is_refused_by_name() {
    let mut scene = scene(vec![harbour()]);
    for id in [0, 2] {
        let refused = NoSuchOrganisation { id, count: 1 };
        assert_eq!(scene.call(STRANGER, organisationCall { id }), revert(refused));
    }
    let page = accountsOfCall { id: 1, start: 0, count: 257 };
    assert_eq!(scene.call(STRANGER, page), revert(PageTooLarge { count: 257, max: 256 }));
    let page = accountsOfCall { id: 1, start: u32::MAX, count: 256 };
    assert_eq!(scene.read(STRANGER, page), Vec::<Address>::new());
}

#[test]
fn a_chain_without_a_section_still_knows_its_validators() {
    let mut scene = Scene::new(&Members);
    assert_eq!(scene.read(STRANGER, organisationCountCall {}), 0);
    assert_eq!(scene.read(STRANGER, validatorsCall {}).len(), 4);
    scene.check();
}

#[test]
fn every_broken_entry_of_the_section_is_named() {
    type Break = fn(&mut OrganisationEntry);
    let cases: [(Break, &str); 15] = [
        (|o| o.name.clear(), "0 characters"),
        (|o| o.name = "x".repeat(65), "65 characters"),
        (|o| o.name = " x".into(), "spaces"),
        (|o| o.name = "a\nb".into(), "control"),
        (|o| o.name = "Bureau".into(), "taken"),
        (|o| o.code = Some("12330100MB0000027C".into()), "check character"),
        (|o| o.division = Some(0), "division 0"),
        (|o| o.division = Some(99), "division 99"),
        (|o| (o.roles, o.division) = (vec![Role::Provincial], None), "division 0"),
        (|o| o.accounts.push(NOTARY), "named twice"),
        (|o| o.accounts.push(Address::ZERO), "sign nothing"),
        (|o| o.accounts.push(state::ADDRESS), "sign nothing"),
        (|o| o.validators.push(key(5)), "not among the validators"),
        (|o| o.observers.push(key(3)), "is a validator"),
        (|o| o.observers.push(key(9)), "named twice"),
    ];
    for (change, want) in cases {
        let mut broken = harbour();
        change(&mut broken);
        let spec = spec(vec![OrganisationEntry { name: "Bureau".into(), ..Default::default() }, broken]);
        let error = registry::check_genesis(&spec).unwrap_err().to_string();
        assert!(error.contains("modules.members") && error.contains(want), "{error}");
        let block = crate::BlockInfo { height: Height::GENESIS, timestamp_ms: 0, chain_id: 1 };
        assert!(matches!(run_genesis(&mut MapHost::new(block), &spec), Err(Stop::Fault(_))));
    }
}

#[test]
fn too_many_organisations_and_observers_are_refused() {
    let entry = |n: usize| OrganisationEntry { name: format!("Office {n}"), ..Default::default() };
    let many = spec((0..=limits::ORGANISATIONS_MAX).map(entry).collect());
    assert!(registry::check_genesis(&many).unwrap_err().to_string().contains("1025 organisations"));
    let observers = (0..=limits::OBSERVERS_MAX).map(|n| MemberKey(U256::from(n).into())).collect();
    let crowd = spec(vec![OrganisationEntry { observers, ..entry(1) }]);
    assert!(registry::check_genesis(&crowd).unwrap_err().to_string().contains("65 observers"));
}

#[test]
fn unknown_fields_roles_and_shapes_are_refused() {
    for (text, want) in [
        (r#"{"organisations": [], "colour": 1}"#, "colour"),
        (r#"{"organisations": [{"name": "a", "roles": ["king"]}]}"#, "king"),
        (r#"{"organisations": [{"name": "a", "accounts": ["0x12"]}]}"#, "length"),
        (r#"[1]"#, ""),
        ("null", ""),
    ] {
        let mut spec = mocks::spec();
        spec.modules.insert("members".into(), serde_json::from_str(text).unwrap());
        let error = registry::check_genesis(&spec).unwrap_err().to_string();
        assert!(error.contains(want), "{error}");
    }
}

#[test]
fn tampered_storage_is_found() {
    let places: [(U256, U256, &str); 4] = [
        (ORGANISATION_OF.slot_of(NOTARY), U256::from(2), "M1"),
        (SEATS.slot_of(key(1).0), U256::ZERO, "M2"),
        (SEATS.slot_of(key(9).0), U256::from(0x01_0000_0001_u64), "M2"),
        (SEATS.slot_of(key(3).0), U256::from(0x01_0000_0001_u64), "M3"),
    ];
    for (slot, word, invariant) in places {
        let mut scene = scene(vec![harbour()]);
        scene.check();
        scene.host_mut().put(state::ADDRESS, slot, word);
        assert_eq!(scene.violation().unwrap_err().invariant, invariant);
    }
}
