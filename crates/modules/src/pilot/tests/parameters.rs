use super::*;
use crate::members::{self, abi::IMembers};

fn set() -> setParametersCall {
    setParametersCall { commentDays: 10, reportDays: 3, durationDays: 730, assessmentMonths: 3 }
}

fn propose(scene: &mut Scene<'_>, by: Address, input: Vec<u8>) -> Result<u64, Stop> {
    let call = IMembers::proposeCall {
        target: state::ADDRESS,
        input: input.into(),
        notBeforeMs: 0,
        title: "Longer public comment".into(),
    };
    scene.call_of(members::state::ADDRESS, by, call)
}

#[test]
fn parameters_are_set_by_a_decision_of_the_supervisors_and_hold_from_then_on() {
    let mut scene = scene();
    let usual = scene.read(OTHER, parametersCall {});
    assert_eq!((usual.commentDays, usual.reportDays), (7, 1));
    assert_eq!((usual.durationDays, usual.assessmentMonths), (1_096, 6));
    let before = published(&mut scene, health(), &[]);
    // Not without a decision, whoever asks.
    for account in [CHIEF, STRANGER] {
        let Err(Stop::Revert(data)) = scene.call(account, set()) else { panic!("it was set") };
        assert!(IMembers::IMembersErrors::abi_decode_validate(&data).is_ok(), "{data}");
        assert!(decode_revert(&data).is_some());
    }
    assert!(propose(&mut scene, MINISTRY, set().abi_encode()).is_err(), "it has no vote");
    let id = propose(&mut scene, CHIEF, set().abi_encode()).unwrap();
    scene.call_of(members::state::ADDRESS, DEPUTY, IMembers::voteCall { id, approve: true }).unwrap();
    scene.call(DEPUTY, set()).unwrap();
    let event = scene.logs().iter().find_map(events::decode).unwrap();
    assert!(matches!(event, events::Event::ParametersSet(event) if event.decision == id));
    assert_eq!(scene.read(OTHER, parametersCall {}).commentDays, 10);
    // A clock that runs keeps its length; a new one has the new.
    let after = published(&mut scene, Proposal { field: 11, ..health() }, &[]);
    assert_eq!(clocks_of(&mut scene, before)[0].1, "2026-01-12");
    assert_eq!(clocks_of(&mut scene, after)[0].1, "2026-01-15");
    assert!(scene.call(DEPUTY, set()).is_err(), "a decision is carried out once");
    scene.check_all();
}

#[test]
fn a_proposal_out_of_range_or_of_another_function_is_refused_when_it_is_made() {
    let mut scene = scene();
    for (call, what, value, min, max) in [
        (setParametersCall { commentDays: 0, ..set() }, "days of comment", 0, 1, 60),
        (setParametersCall { reportDays: 31, ..set() }, "days to report", 31, 0, 30),
        (setParametersCall { durationDays: 29, ..set() }, "days of a pilot", 29, 30, 3_650),
        (setParametersCall { assessmentMonths: 25, ..set() }, "months between assessments", 25, 1, 24),
    ] {
        let refused = OutOfRange { what: what.into(), value, min, max };
        assert_eq!(propose(&mut scene, CHIEF, call.abi_encode()), revert(refused.clone()));
        assert_eq!(scene.call(CHIEF, call).map(|_| ()), revert(refused));
    }
    assert!(propose(&mut scene, CHIEF, startCall { id: 1 }.abi_encode()).is_err());
    assert!(propose(&mut scene, CHIEF, [&set().abi_encode()[..], &[0]].concat()).is_err());
    let described = Pilot.describe(&set().abi_encode()).unwrap();
    assert!(described.contains("10 days for comments") && described.contains("730 days"), "{described}");
    assert_eq!(Pilot.describe(&startCall { id: 1 }.abi_encode()), None);
}
