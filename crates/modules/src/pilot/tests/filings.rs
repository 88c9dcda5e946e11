use super::*;
use crate::filing::{
    abi::IFiling::{self, Attachment, Form, Subject},
    state::ADDRESS as FILING,
};

/// The hospital files a service that goes live today, and the supervisors record it.
fn recorded(scene: &mut Scene<'_>) -> (u64, String) {
    let subject = Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 330_106,
        uscc: HOSPITAL_CODE.into(),
        name: "Third Hospital".into(),
        subject: B256::ZERO,
        person: digest(0x11),
        details: digest(0x12),
    };
    let provider = scene.call_of(FILING, HOSPITAL, IFiling::registerProviderCall { subject }).unwrap();
    let form = Form {
        name: "Results for patients".into(),
        category: 2,
        form: 1,
        field: "health".into(),
        site: "https://results.example.cn".into(),
        icp: "浙ICP备00000001号-1".into(),
        description: "Examination results.".into(),
        server: "Hangzhou".into(),
        serverDivision: 330_106,
        consensus: "simplex".into(),
        crossBorder: String::new(),
        goLive: Day::from_ms(scene.block().timestamp_ms).get(),
        places: vec![],
    };
    let attachment = |kind| Attachment { kind, format: 1, size: 1_000, digest: digest(kind) };
    let attachments = [1, 2, 3, 4, 5, 6].map(attachment).to_vec();
    let service = scene.call_of(FILING, HOSPITAL, IFiling::fileCall { provider, form, attachments }).unwrap();
    let propose = IFiling::proposeRecordCall { service, number: String::new(), confirmed: false };
    let number = scene.call_of(FILING, CHIEF, propose).unwrap();
    let second = IFiling::recordCall { services: vec![service], numbers: vec![number.clone()] };
    scene.call_of(FILING, DEPUTY, second).unwrap();
    (service, number)
}

#[test]
fn a_pilot_names_recorded_filing_numbers_and_no_others() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let (_, number) = recorded(&mut scene);
    let name = |number: &str| nameFilingCall { id, number: number.into() };
    for wrong in ["", "33010626", "33010626000000020015x"] {
        let refused = FilingNumberInvalid { number: wrong.into() };
        assert_eq!(scene.call(HOSPITAL, name(wrong)).map(|_| ()), revert(refused));
    }
    // Well formed, but nobody has it.
    let stray = "33010626000000020014";
    let refused = FilingNotRecorded { id, number: code(stray) };
    assert_eq!(scene.call(HOSPITAL, name(stray)).map(|_| ()), revert(refused));
    scene.call(HOSPITAL, name(&number)).unwrap();
    let [word] = scene.read(OTHER, filingsOfCall { id })[..] else { panic!("one number") };
    let twice = FilingNamedBefore { id, number: word };
    assert_eq!(scene.call(HOSPITAL, name(&number)).map(|_| ()), revert(twice));
    assert_eq!(
        scene.call(STRANGER, name(&number)).map(|_| ()),
        not_entitled(STRANGER, 0, id, Step::NameFiling)
    );
    scene.check_all();
}

#[test]
fn a_dropped_number_is_gone_and_the_others_stay() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let (_, number) = recorded(&mut scene);
    scene.on(&Pilot);
    let drop = dropFilingCall { id, number: number.clone() };
    let Err(Stop::Revert(data)) = scene.call(HOSPITAL, drop.clone()) else { panic!("dropped") };
    assert!(decode_revert(&data).unwrap().contains("does not name"));
    scene.call(HOSPITAL, nameFilingCall { id, number: number.clone() }).unwrap();
    scene.call(HOSPITAL, drop).unwrap();
    assert_eq!(scene.read(OTHER, filingsOfCall { id }), [B256::ZERO; 0]);
    scene.call(HOSPITAL, nameFilingCall { id, number }).unwrap();
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).pilot.filings, 1);
    scene.check_all();
}

#[test]
fn a_pilot_does_not_start_while_a_service_that_it_uses_is_suspended() {
    let mut scene = scene();
    let id = listed(&mut scene, health());
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    let (service, number) = recorded(&mut scene);
    scene.call(HOSPITAL, nameFilingCall { id, number }).unwrap();
    let [word] = scene.read(OTHER, filingsOfCall { id })[..] else { panic!("one number") };
    let notice = digest(0x33);
    let stop = IFiling::suspendCall { service, article: 21, breach: 10, fromHeight: 0, notice, text: text() };
    scene.call_of(FILING, CHIEF, stop).unwrap();
    let refused = FilingNotRecorded { id, number: word };
    assert_eq!(scene.call(HOSPITAL, startCall { id }).map(|_| ()), revert(refused));
    // Without the service, or with it restored, the pilot begins.
    let number = String::from_utf8(word[..20].to_vec()).unwrap();
    scene.call(HOSPITAL, dropFilingCall { id, number }).unwrap();
    scene.call(HOSPITAL, startCall { id }).unwrap();
    scene.check_all();
}

#[test]
fn a_pilot_that_uses_no_filed_service_names_none_and_starts() {
    let mut scene = scene();
    let id = listed(&mut scene, health());
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    assert_eq!(scene.read(OTHER, filingsOfCall { id }), [B256::ZERO; 0]);
    scene.call(HOSPITAL, startCall { id }).unwrap();
    assert_eq!(state_of(&mut scene, id), State::InProgress);
    scene.check_all();
}
