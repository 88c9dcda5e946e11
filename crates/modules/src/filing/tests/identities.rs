//! What the register of identities says about an account holds here too.

use super::*;
use crate::identity::{self, abi::IIdentity};

impl Stage {
    /// The identity authority binds an account: to a person by commitment, or to an organisation.
    fn bind(&mut self, account: Address, commitment: B256, code: &str) {
        let organisation = !code.is_empty();
        let bind = IIdentity::bindCall {
            account,
            kind: if organisation { 2 } else { 1 },
            subject: commitment,
            level: 2,
            expiryMs: 0,
            code: B256::right_padding_from(code.as_bytes()),
            nameDigest: if organisation { digest(9) } else { B256::ZERO },
        };
        self.scene.call_of(identity::state::ADDRESS, OFFICE, bind).unwrap();
    }
}

#[test]
fn a_bound_account_registers_its_own_subject_and_no_other() {
    let mut stage = Stage::on(2026, 2, 10);
    stage.bind(CITIZEN, digest(0x21), "");
    stage.bind(OTHER_FIRM, B256::ZERO, OTHER_CODE);
    let register = |subject| registerProviderCall { subject };
    let nature = |account, kind, nature| OtherNature { account, boundKind: kind, nature };
    assert_eq!(stage.call(CITIZEN, register(other_firm())), revert(nature(CITIZEN, 1, 1)));
    assert_eq!(stage.call(OTHER_FIRM, register(individual())), revert(nature(OTHER_FIRM, 2, 2)));
    let stranger = Subject { subject: digest(0x33), ..individual() };
    let other = OtherCode { account: CITIZEN, bound: digest(0x21), given: digest(0x33) };
    assert_eq!(stage.call(CITIZEN, register(stranger.clone())), revert(other.clone()));
    let wrong = Subject { uscc: "91310000MA0000015F".into(), ..other_firm() };
    let Err(Stop::Revert(data)) = stage.call(OTHER_FIRM, register(wrong)) else { panic!("another code") };
    assert!(decode_revert(&data).unwrap().contains(OTHER_CODE));
    let citizen = stage.register(CITIZEN, individual());
    stage.register(OTHER_FIRM, other_firm());
    let change = changeProviderCall {
        provider: citizen,
        subject: stranger,
        changedOn: on(2026, 2, 10).get(),
        reason: String::new(),
    };
    assert_eq!(stage.call(CITIZEN, change), revert(other));
    stage.check();
}

#[test]
fn two_accounts_of_one_person_are_one_hand() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    stage.bind(CHIEF, digest(0x41), "");
    let add = IIdentity::addAccountCall { root: CHIEF, account: DEPUTY };
    stage.scene.call_of(identity::state::ADDRESS, OFFICE, add).unwrap();
    let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
    stage.call(CHIEF, propose).unwrap();
    assert_eq!(stage.second_hand(DEPUTY, &[service]), revert(SameHand { account: DEPUTY }));
    assert_eq!(stage.status(service), S::Submitted);
    stage.check();
}

#[test]
fn a_fine_is_imposed_by_another_person_than_the_one_who_proposed_it() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.recorded();
    let item = stage.call(CHIEF, fine(service, 19, 17, 2, 5_000)).unwrap();
    stage.bind(CHIEF, digest(0x41), "");
    let add = IIdentity::addAccountCall { root: CHIEF, account: DEPUTY };
    stage.scene.call_of(identity::state::ADDRESS, OFFICE, add).unwrap();
    let impose = imposeFineCall { penalty: item };
    assert_eq!(stage.call(DEPUTY, impose.clone()), revert(SameHand { account: DEPUTY }));
    stage.call(BEIJING, impose).unwrap();
    stage.check();
}
