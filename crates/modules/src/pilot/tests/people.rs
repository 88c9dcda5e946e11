use super::*;
use crate::identity::{abi::IIdentity, state::ADDRESS as IDENTITY};

/// An identity authority of the consortium.
const OFFICE: Address = address!("0000000000000000000000000000000000000071");

/// A chain whose fifth organisation is an identity authority.
fn bound_scene() -> Scene<'static> {
    let admin = |name: &str, role, division, accounts: &[Address]| OrganisationEntry {
        name: name.into(),
        roles: vec![role],
        division,
        accounts: accounts.to_vec(),
        ..OrganisationEntry::default()
    };
    let member = OrganisationEntry {
        name: "Harbour Bank".into(),
        code: Some(BANK_CODE.into()),
        accounts: vec![BANK],
        ..OrganisationEntry::default()
    };
    let authorities = serde_json::json!({"authorities": [{"organisation": "Identity Office"}]});
    Scene::new(&Pilot)
        .with_organisation(admin("National Administration", Role::Supervisor, None, &[CHIEF, DEPUTY]))
        .with_organisation(admin("Province 33", Role::Provincial, Some(33), &[PROVINCE]))
        .with_organisation(admin("Ministry", Role::Competent, None, &[MINISTRY]))
        .with_organisation(member)
        .organisation("Identity Office", &[], &[OFFICE])
        .with_section("identity", authorities)
        .at_time(noon("2026-01-05"))
}

fn bind(scene: &mut Scene<'_>, account: Address, kind: u8, subject: B256, code: B256) {
    let name_digest = if kind == 2 { digest(9) } else { B256::ZERO };
    let call =
        IIdentity::bindCall { account, kind, subject, level: 2, expiryMs: 0, code, nameDigest: name_digest };
    scene.call_of(IDENTITY, OFFICE, call).unwrap();
}

fn register(code: &str, account: Address) -> registerEntityCall {
    registerEntityCall { code: code.into(), name: "Hospital".into(), division: 33, account }
}

#[test]
fn an_entity_cannot_take_an_account_that_is_bound_to_another_code() {
    let mut scene = bound_scene();
    let own = code(HOSPITAL_CODE);
    bind(&mut scene, HOSPITAL, 2, B256::ZERO, own);
    bind(&mut scene, STRANGER, 1, digest(1), B256::ZERO);
    let other = "51100000MJ0000018U";
    // Bound by an authority, and a member of the consortium.
    for (account, bound) in [(HOSPITAL, own), (BANK, code(BANK_CODE))] {
        let refused = AccountOfAnother { account, entity: code(other), bound };
        assert_eq!(scene.call(PROVINCE, register(other, account)), revert(refused));
    }
    assert_eq!(scene.call(PROVINCE, register(HOSPITAL_CODE, HOSPITAL)), Ok(own));
    assert_eq!(scene.call(PROVINCE, register(BANK_CODE, BANK)), Ok(code(BANK_CODE)));
    // A person may act for an organisation.
    assert_eq!(scene.call(PROVINCE, register(other, STRANGER)), Ok(code(other)));
    scene.check_all();
}

#[test]
fn two_accounts_of_one_person_are_one_hand() {
    let mut scene = bound_scene();
    scene.call(PROVINCE, register(HOSPITAL_CODE, HOSPITAL)).unwrap();
    bind(&mut scene, CHIEF, 1, digest(1), B256::ZERO);
    let invite = IIdentity::inviteCall { account: DEPUTY, purpose: 1 };
    scene.call_of(IDENTITY, CHIEF, invite).unwrap();
    scene.call_of(IDENTITY, DEPUTY, IIdentity::acceptCall { inviter: CHIEF }).unwrap();
    let id = published(&mut scene, health(), &[]);
    go(&mut scene, "2026-01-13");
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    let same = SamePerson { account: DEPUTY, before: CHIEF, id, step: Step::Review.number() };
    let call = listCall { id, document, alongside: vec![] };
    assert_eq!(scene.call(DEPUTY, call).map(|_| ()), revert(same));
    assert_eq!(state_of(&mut scene, id), State::PublicComment);
    scene.check_all();
}
