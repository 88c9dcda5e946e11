use super::*;
use crate::{
    duties::Tables,
    pilot::duties::{Duty, Facts, duties},
};

/// What a reader of events knows of a pilot: the table of [`crate::pilot::duties`].
fn facts(history: &[Log], id: u32) -> Facts {
    use events::Event as E;
    let mut facts = Facts {
        state: State::Recommended,
        published: Day::default(),
        comment_days: 0,
        objections: 0,
        start: Day::default(),
        assessment_months: 0,
        end: Day::default(),
        interims: 0,
        order: None,
        evaluated: false,
        removal: false,
    };
    let mut objections = std::collections::BTreeSet::new();
    for event in history.iter().filter_map(events::decode) {
        let mut step = |step: Step| facts.state = step.next(facts.state).unwrap();
        match event {
            E::Recommended(e) if e.id == id => facts.end = Day::new(e.endDay),
            E::Reviewed(e) if e.id == id => step(Step::Review),
            E::Published(e) if e.id == id => {
                step(Step::Publish);
                (facts.published, facts.comment_days) = (Day::new(e.today), e.commentDays);
            }
            E::Commented(e) if e.id == id && e.kind == 2 => {
                objections.insert(e.number);
            }
            E::Answered(e) if e.id == id => {
                objections.remove(&e.number);
            }
            E::Listed(e) if e.id == id => step(Step::List),
            E::Started(e) if e.id == id => {
                step(Step::Start);
                (facts.start, facts.assessment_months) = (Day::new(e.today), e.assessmentMonths);
            }
            E::AdjustmentOrdered(e) if e.id == id => {
                step(Step::OrderAdjustment);
                facts.order = Some((Day::new(e.today), e.workingDays));
                facts.evaluated = false;
            }
            E::AdjustmentReplied(e) if e.id == id => facts.order = None,
            E::ReplyRefused(e) if e.id == id => {
                facts.order = Some((Day::new(e.today), e.workingDays));
            }
            E::ReplyAccepted(e) if e.id == id => {
                step(Step::AcceptReply);
                facts.end = Day::new(e.endDay);
            }
            E::Assessed(e) if e.id == id && e.kind == 1 => facts.interims += 1,
            E::Assessed(e) if e.id == id => step(Step::AssessFinal),
            E::Evaluated(e) if e.id == id => facts.evaluated = true,
            E::Accepted(e) if e.id == id => step(Step::Accept),
            E::RemovalProposed(e) if e.id == id => facts.removal = true,
            E::RemovalDropped(e) if e.id == id => facts.removal = false,
            E::Removed(e) if e.id == id => step(Step::Remove),
            _ => {}
        }
    }
    facts.objections = u32::try_from(objections.len()).unwrap();
    facts
}

/// The queue of a reader of events: steps in order, and the clocks must be those of the ledger.
fn queue(scene: &mut Scene<'_>, id: u32) -> Vec<Step> {
    let facts = facts(scene.history(), id);
    let found: Vec<Duty> = duties(&facts);
    let tables = Tables::of(&crate::mocks::spec()).unwrap();
    let today = Day::from_ms(scene.block().timestamp_ms);
    let mut clocks: Vec<(Clock, String)> = Vec::new();
    for (clock, start, length) in found.iter().filter_map(|duty| duty.clock) {
        let last = tables.last_day(today, start, length).unwrap().day;
        if !clocks.iter().any(|(own, _)| *own == clock) {
            clocks.push((clock, last.to_string()));
        }
    }
    let ledger: Vec<_> = clocks_of(scene, id).into_iter().map(|(clock, day, _)| (clock, day)).collect();
    assert_eq!(clocks, ledger, "{facts:?}");
    for duty in &found {
        assert_eq!(duty.by, duty.step.rule().unwrap().by);
        let waits = facts.state == State::Adjusting && duty.step == Step::AssessFinal;
        assert_eq!(duty.step.next(facts.state).is_none(), waits, "{} in {}", duty.step, facts.state);
    }
    found.iter().map(|duty| duty.step).collect()
}

#[test]
fn the_queue_that_events_give_has_the_clocks_of_the_ledger_at_every_turn() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Review]);
    scene.call(PROVINCE, goal(id)).unwrap();
    scene.call(CHIEF, reviewCall { id, competent: MINISTRY_ID, opinion: text() }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Publish]);
    let document = record(&mut scene, terms::DocumentKind::Shortlist, 15, 164);
    scene.call(CHIEF, publishCall { id, document }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::List]);
    scene.call(STRANGER, commentCall { id, kind: 2, text: text() }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Answer, Step::List]);
    scene.call(CHIEF, answerCall { id, numbers: vec![1], outcome: 3, text: text() }).unwrap();
    go(&mut scene, "2026-01-13");
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    scene.call(DEPUTY, listCall { id, document, alongside: vec![] }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Start]);
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    scene.call(HOSPITAL, startCall { id }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::AssessInterim, Step::AssessFinal]);
    scene.call(MINISTRY, orderAdjustmentCall { id, workingDays: 10, text: text() }).unwrap();
    let under_order = [Step::ReplyAdjustment, Step::AssessInterim, Step::AssessFinal];
    assert_eq!(queue(&mut scene, id), under_order);
    go(&mut scene, "2026-02-11");
    scene.call(HOSPITAL, replyAdjustmentCall { id, text: text(), report: B256::ZERO }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::AcceptReply, Step::AssessInterim, Step::AssessFinal]);
    let settle = settleAdjustmentCall { id, accepted: false, endDay: 0, text: text() };
    scene.call(MINISTRY, settle.clone()).unwrap();
    assert_eq!(queue(&mut scene, id), under_order);
    scene.call(HOSPITAL, replyAdjustmentCall { id, text: text(), report: B256::ZERO }).unwrap();
    let end = day("2026-06-30");
    scene.call(MINISTRY, settleAdjustmentCall { accepted: true, endDay: end, ..settle }).unwrap();
    // The pilot ends before a half-year assessment would be due.
    assert_eq!(queue(&mut scene, id), [Step::AssessFinal]);
    scene.call(HOSPITAL, value(id, "2026-02-11", 45, 10)).unwrap();
    scene.call(HOSPITAL, assessCall { id, kind: 2, report: digest(5), text: text() }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Evaluate]);
    scene.call(MINISTRY, evaluateCall { id, verdict: 1, report: digest(6), text: text() }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Accept]);
    scene.call(MINISTRY, proposeRemovalCall { id, reason: 7, text: text() }).unwrap();
    assert_eq!(queue(&mut scene, id), [Step::Accept, Step::Remove]);
    scene.call(CHIEF, removeCall { id, document: 0 }).unwrap();
    assert_eq!(queue(&mut scene, id), []);
}

#[test]
fn a_new_parameter_leaves_the_clocks_of_a_running_pilot() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let before = clocks_of(&mut scene, id);
    let slot = state::PARAMETERS.slot();
    // Two months instead of six, from now on.
    let word = U256::from(7) | U256::from(1) << 16 | U256::from(1_096) << 32 | U256::from(2) << 48;
    scene.host_mut().put(state::ADDRESS, slot, word);
    assert_eq!(clocks_of(&mut scene, id), before);
}
