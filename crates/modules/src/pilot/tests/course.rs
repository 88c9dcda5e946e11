use super::*;
use terms::{Assessment, DocumentKind, Verdict};

fn assess(id: u32, kind: Assessment) -> assessCall {
    assessCall { id, kind: kind.number(), report: digest(5), text: text() }
}

fn evaluate(id: u32, verdict: Verdict) -> evaluateCall {
    evaluateCall { id, verdict: verdict.number(), report: digest(6), text: text() }
}

fn order(id: u32, working_days: u16) -> orderAdjustmentCall {
    orderAdjustmentCall { id, workingDays: working_days, text: "share with the second district".into() }
}

fn reply(id: u32) -> replyAdjustmentCall {
    replyAdjustmentCall { id, text: "done".into(), report: digest(8) }
}

fn settle(id: u32, accepted: bool) -> settleAdjustmentCall {
    settleAdjustmentCall { id, accepted, endDay: 0, text: text() }
}

#[test]
fn a_pilot_goes_from_recommendation_to_acceptance() {
    let mut scene = scene();
    let id = assessed(&mut scene);
    assert_eq!(state_of(&mut scene, id), State::SelfAssessed);
    scene.call(MINISTRY, evaluate(id, Verdict::PartlyMet)).unwrap();
    let document = record(&mut scene, DocumentKind::Acceptance, 0, 0);
    scene.call(CHIEF, acceptCall { id, document }).unwrap();
    assert_eq!(state_of(&mut scene, id), State::Accepted);
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).course.result, document);
    assert_eq!(scene.read(OTHER, livePilotsCall { entity: code(HOSPITAL_CODE), field: 12 }), [0u32; 0]);
    assert_eq!(clocks_of(&mut scene, id), []);
    let refused = wrong_state(id, State::Accepted, Step::Correct);
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-01-13", 1, 10, 1)), refused);
    scene.check();
}

#[test]
fn a_pilot_starts_once_it_says_where_it_runs() {
    let mut scene = scene();
    let id = listed(&mut scene, health());
    assert_eq!(scene.call(HOSPITAL, startCall { id }).map(|_| ()), revert(NotDescribed { id }));
    let range = OutOfRange { what: "chain id".into(), value: 0, min: 1, max: u64::MAX };
    assert_eq!(scene.call(HOSPITAL, description(id, 0)), revert(range));
    let nodes = describeCall { nodes: vec![digest(1); 257], ..description(id, 7) };
    let many = TooMany { what: "nodes".into(), count: 257, max: 256 };
    assert_eq!(scene.call(HOSPITAL, nodes), revert(many));
    scene.call(PROVINCE, description(id, 7)).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Described(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).course.factsDigest, event.digest);
    let refused = not_entitled(PROVINCE, 2, id, Step::Start);
    assert_eq!(scene.call(PROVINCE, startCall { id }).map(|_| ()), refused);
    scene.call(HOSPITAL, startCall { id }).unwrap();
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).course.startDay, day("2026-01-13"));
    scene.check();
}

#[test]
fn an_adjustment_is_ordered_replied_to_refused_and_accepted_with_its_clocks() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    go(&mut scene, "2026-02-10");
    let refused = not_entitled(PROVINCE, 2, id, Step::OrderAdjustment);
    assert_eq!(scene.call(PROVINCE, order(id, 10)), refused);
    assert_eq!(scene.call(MINISTRY, order(id, 10)), Ok(1));
    // Ten working days from 10 February 2026, over the Spring Festival.
    let clocks = clocks_of(&mut scene, id);
    assert_eq!(clocks[0], (Clock::AdjustmentReply, "2026-03-02".into(), false));
    assert_eq!(scene.call(CHIEF, order(id, 10)), wrong_state(id, State::Adjusting, Step::OrderAdjustment));
    assert_eq!(scene.call(MINISTRY, settle(id, true)), revert(NotReplied { id, number: 1 }));
    go(&mut scene, "2026-03-02");
    scene.call(HOSPITAL, reply(id)).unwrap();
    assert_eq!(scene.call(HOSPITAL, reply(id)), revert(RepliedBefore { id, number: 1 }));
    let found = scene.read(OTHER, adjustmentOfCall { id, number: 1 });
    assert_eq!((found.repliedDay, found.late, found.settled), (day("2026-03-02"), false, false));
    assert_eq!(clocks_of(&mut scene, id).len(), 2, "the clock of the reply stopped");
    scene.call(MINISTRY, settle(id, false)).unwrap();
    assert_eq!(clocks_of(&mut scene, id)[0], (Clock::AdjustmentReply, "2026-03-16".into(), false));
    go(&mut scene, "2026-03-17");
    assert_eq!(clocks_of(&mut scene, id)[0], (Clock::AdjustmentReply, "2026-03-16".into(), true));
    // Late: taken and flagged.
    scene.call(HOSPITAL, reply(id)).unwrap();
    assert!(scene.read(OTHER, adjustmentOfCall { id, number: 1 }).late);
    let end = day("2028-06-30");
    scene.call(CHIEF, settleAdjustmentCall { endDay: end, ..settle(id, true) }).unwrap();
    assert_eq!(state_of(&mut scene, id), State::InProgress);
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).course.endDay, end);
    assert_eq!(scene.call(MINISTRY, order(id, 5)), Ok(2));
    scene.check();
}

#[test]
fn goals_change_under_an_order_and_only_then() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let change = changeIndicatorCall { id, indicator: 0, target: 60, due: day("2027-06-30"), reason: text() };
    let refused = wrong_state(id, State::InProgress, Step::Plan);
    assert_eq!(scene.call(HOSPITAL, change.clone()).map(|_| ()), refused);
    scene.call(MINISTRY, order(id, 10)).unwrap();
    scene.call(HOSPITAL, change).unwrap();
    scene.call(HOSPITAL, goal(id)).unwrap();
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).pilot.indicators, 2);
    scene.check();
}

#[test]
fn working_days_and_end_of_an_order_are_bounded() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    for days in [0, 61] {
        let range = OutOfRange { what: "working days".into(), value: days, min: 1, max: 60 };
        assert_eq!(scene.call(MINISTRY, order(id, u16::try_from(days).unwrap())), revert(range));
    }
    scene.call(MINISTRY, order(id, 60)).unwrap();
    scene.call(HOSPITAL, reply(id)).unwrap();
    let today = u64::from(day("2026-01-13"));
    let end = day("2030-01-01");
    let range = OutOfRange {
        what: "last day of the pilot".into(),
        value: end.into(),
        min: today + 1,
        max: today + 1_096,
    };
    assert_eq!(scene.call(MINISTRY, settleAdjustmentCall { endDay: end, ..settle(id, true) }), revert(range));
    assert_eq!(state_of(&mut scene, id), State::Adjusting);
    scene.check();
}

#[test]
fn half_year_assessments_have_a_clock_each_and_late_ones_are_flagged() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let next = |scene: &mut Scene<'_>| {
        let clocks = clocks_of(scene, id);
        clocks.into_iter().find(|(clock, _, _)| *clock == Clock::InterimAssessment).map(|(_, day, _)| day)
    };
    let flagged = |scene: &Scene<'_>| match scene.logs() {
        [log] => match events::decode(log) {
            Some(events::Event::Assessed(event)) => (event.number, event.late),
            other => panic!("{other:?}"),
        },
        logs => panic!("{logs:?}"),
    };
    // Six months from 13 January 2026.
    assert_eq!(next(&mut scene).as_deref(), Some("2026-07-13"));
    go(&mut scene, "2026-07-13");
    scene.call(HOSPITAL, assess(id, Assessment::Interim)).unwrap();
    assert_eq!(flagged(&scene), (1, false));
    assert_eq!(next(&mut scene).as_deref(), Some("2027-01-13"));
    go(&mut scene, "2027-01-14");
    scene.call(HOSPITAL, assess(id, Assessment::Interim)).unwrap();
    assert_eq!(flagged(&scene), (2, true));
    assert_eq!(next(&mut scene).as_deref(), Some("2027-07-13"));
    scene.call(HOSPITAL, assess(id, Assessment::Interim)).unwrap();
    // The fourth would come after the end, 31 December 2027.
    assert_eq!(next(&mut scene), None);
    assert_eq!(clocks_of(&mut scene, id), [(Clock::FinalAssessment, "2027-12-31".into(), false)]);
    scene.check();
}

#[test]
fn a_final_assessment_needs_a_value_of_every_indicator_and_is_flagged_after_the_end() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    assert_eq!(scene.call(HOSPITAL, assess(id, Assessment::Final)), revert(NoValue { id, indicator: 0 }));
    go(&mut scene, "2028-01-01");
    scene.call(HOSPITAL, value(id, "2027-12-31", 41, 900)).unwrap();
    scene.call(HOSPITAL, assess(id, Assessment::Final)).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Assessed(event)) = events::decode(log) else { panic!("{log:?}") };
    assert!(event.late);
    // What was found wrong afterwards is still corrected by a new entry.
    assert_eq!(scene.call(HOSPITAL, correction(id, "2027-12-31", 42, 900, 1)), Ok(2));
    let again = wrong_state(id, State::SelfAssessed, Step::AssessFinal);
    assert_eq!(scene.call(HOSPITAL, assess(id, Assessment::Final)).map(|_| ()), again);
    scene.check();
}

#[test]
fn the_result_is_evaluated_by_the_competent_department_and_accepted_by_somebody_else() {
    let mut scene = scene();
    let id = assessed(&mut scene);
    let accept = acceptCall { id, document: 0 };
    assert_eq!(scene.call(CHIEF, accept.clone()), revert(NotEvaluated { id }));
    let refused = not_entitled(CHIEF, 1, id, Step::Evaluate);
    assert_eq!(scene.call(CHIEF, evaluate(id, Verdict::Met)).map(|_| ()), refused);
    scene.call(CHIEF, assignCompetentCall { id, competent: NATIONAL }).unwrap();
    scene.call(CHIEF, evaluate(id, Verdict::Met)).unwrap();
    assert_eq!(scene.call(DEPUTY, evaluate(id, Verdict::Met)), revert(EvaluatedBefore { id }));
    let same = SamePerson { account: CHIEF, before: CHIEF, id, step: Step::Evaluate.number() };
    assert_eq!(scene.call(CHIEF, accept.clone()), revert(same));
    let list = record(&mut scene, DocumentKind::List, 0, 0);
    let kind = DocumentOfAnotherKind { document: list, kind: 3, wanted: 5 };
    assert_eq!(scene.call(DEPUTY, acceptCall { id, document: list }), revert(kind));
    scene.call(DEPUTY, accept).unwrap();
    assert_eq!(state_of(&mut scene, id), State::Accepted);
    scene.check();
}

#[test]
fn a_result_that_misses_its_goals_is_adjusted_or_removed_but_not_accepted() {
    let mut scene = scene();
    let id = assessed(&mut scene);
    scene.call(MINISTRY, evaluate(id, Verdict::NotMet)).unwrap();
    assert_eq!(scene.call(CHIEF, acceptCall { id, document: 0 }), revert(GoalsNotMet { id }));
    // An order opens it again, and the evaluation falls.
    scene.call(MINISTRY, order(id, 10)).unwrap();
    assert!(!scene.read(OTHER, pilotOfCall { id }).pilot.evaluated);
    scene.call(HOSPITAL, reply(id)).unwrap();
    scene.call(MINISTRY, settle(id, true)).unwrap();
    scene.call(HOSPITAL, assess(id, Assessment::Final)).unwrap();
    assert_eq!(scene.call(CHIEF, acceptCall { id, document: 0 }), revert(NotEvaluated { id }));
    scene.call(MINISTRY, evaluate(id, Verdict::Met)).unwrap();
    scene.call(CHIEF, acceptCall { id, document: 0 }).unwrap();
    scene.check();
}

#[test]
fn a_pilot_is_removed_by_two_people_for_a_named_reason() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    let propose = proposeRemovalCall { id, reason: terms::Reason::Falsified.number(), text: text() };
    assert_eq!(scene.call(CHIEF, removeCall { id, document: 0 }), revert(NoRemoval { id }));
    let unknown = UnknownTerm { what: "reason".into(), number: 8 };
    assert_eq!(scene.call(CHIEF, proposeRemovalCall { reason: 8, ..propose.clone() }), revert(unknown));
    scene.call(CHIEF, propose.clone()).unwrap();
    assert_eq!(scene.call(MINISTRY, propose.clone()), revert(RemovalPending { id, account: CHIEF }));
    let same = SamePerson { account: CHIEF, before: CHIEF, id, step: Step::ProposeRemoval.number() };
    assert_eq!(scene.call(CHIEF, removeCall { id, document: 0 }), revert(same));
    // The pilot goes on while the proposal is open, and the proposal can be dropped.
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 10)).unwrap();
    scene.call(MINISTRY, dropRemovalCall { id, text: text() }).unwrap();
    assert_eq!(scene.read(OTHER, removalOfCall { id }).reason, 0);
    scene.call(MINISTRY, propose).unwrap();
    let refused = not_entitled(MINISTRY, 3, id, Step::Remove);
    assert_eq!(scene.call(MINISTRY, removeCall { id, document: 0 }).map(|_| ()), refused);
    let document = record(&mut scene, DocumentKind::Change, 0, 0);
    scene.call(CHIEF, removeCall { id, document }).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Removed(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.reason, event.document), (1, document));
    assert_eq!(state_of(&mut scene, id), State::Removed);
    scene.check();
}

#[test]
fn a_pending_removal_is_decided_before_the_acceptance() {
    let mut scene = scene();
    let id = assessed(&mut scene);
    scene.call(MINISTRY, evaluate(id, Verdict::Met)).unwrap();
    scene.call(DEPUTY, proposeRemovalCall { id, reason: 7, text: text() }).unwrap();
    let pending = RemovalPending { id, account: DEPUTY };
    assert_eq!(scene.call(CHIEF, acceptCall { id, document: 0 }), revert(pending));
    scene.check();
}

/// Walks pilots at random through every step, by every kind of caller, and follows the table beside.
#[test]
fn random_walks_never_leave_the_table() {
    let mut scene = scene();
    let shortlist = record(&mut scene, DocumentKind::Shortlist, 0, 0);
    let list = record(&mut scene, DocumentKind::List, 0, 0);
    let old = recordDocumentCall {
        kind: DocumentKind::List.number(),
        issuedOn: day("2022-01-30"),
        departments: 16,
        zones: 0,
        specials: 0,
        digest: digest(3),
        number: String::new(),
        title: "Old list".into(),
    };
    let old = scene.call(CHIEF, old).unwrap();
    let mut seed = 7_u64;
    let mut random = move |bound: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    let callers = [CHIEF, DEPUTY, PROVINCE, MINISTRY, HOSPITAL, STRANGER];
    let mut states: std::collections::BTreeMap<u32, State> = std::collections::BTreeMap::new();
    let mut taken: std::collections::BTreeSet<u8> = std::collections::BTreeSet::new();
    let (mut done, mut refused) = (0, 0);
    for turn in 0..6_000_u32 {
        if turn % 9 == 0 {
            scene.later(random(3 * 86_400_000));
        }
        let live = scene.read(OTHER, livePilotsCall { entity: code(HOSPITAL_CODE), field: 12 });
        if live.len() < 2 {
            let end = Day::from_ms(scene.block().timestamp_ms).get() + 400;
            let id = recommend(&mut scene, Proposal { endDay: end, ..health() }, &live).unwrap();
            let due = end - 1;
            scene.call(PROVINCE, addIndicatorCall { due, ..goal(id) }).unwrap();
            states.insert(id, State::Recommended);
            continue;
        }
        let id = live[usize::try_from(random(2)).unwrap()];
        let before = states[&id];
        // Mostly a step that the state allows, sometimes any.
        let allowed: Vec<Step> =
            Step::ALL.iter().copied().filter(|step| random(8) == 0 || step.next(before).is_some()).collect();
        let step = allowed[usize::try_from(random(allowed.len() as u64)).unwrap()];
        // Mostly somebody who may, sometimes anybody.
        let right = match step.rule().unwrap().by[0] {
            terms::Party::Supervisor => [CHIEF, DEPUTY][usize::try_from(random(2)).unwrap()],
            terms::Party::Competent => MINISTRY,
            terms::Party::Recommender => PROVINCE,
            terms::Party::Entity => HOSPITAL,
            terms::Party::Anyone => STRANGER,
        };
        let any = callers[usize::try_from(random(6)).unwrap()];
        let caller = if random(4) == 0 { any } else { right };
        let today = Day::from_ms(scene.block().timestamp_ms).get();
        let beside: Vec<u32> = live
            .iter()
            .copied()
            .filter(|other| *other != id)
            .filter(|other| {
                !matches!(states[other], State::Recommended | State::Reviewed | State::PublicComment)
            })
            .collect();
        let comments = scene.read(OTHER, pilotOfCall { id }).course.comments;
        let last = scene.read(OTHER, entryOfDayCall { id, indicator: 0, day: today }).entry;
        let ok = |result: Result<(), Stop>| match result {
            Ok(()) => true,
            Err(Stop::Revert(_)) => false,
            Err(stop) => panic!("{stop}"),
        };
        let succeeded = ok(match step {
            Step::Plan => {
                let target = i64::from(turn) - 10_000;
                let due = today + 1;
                let call = changeIndicatorCall { id, indicator: 0, target, due, reason: text() };
                scene.call(caller, call).map(|_| ())
            }
            Step::Describe => scene.call(caller, description(id, FAR_CHAIN)).map(|_| ()),
            Step::NameFiling => scene.call(caller, nameFilingCall { id, number: "1".into() }).map(|_| ()),
            Step::Review => {
                let call = reviewCall { id, competent: MINISTRY_ID, opinion: text() };
                scene.call(caller, call).map(|_| ())
            }
            Step::Publish => scene.call(caller, publishCall { id, document: shortlist }).map(|_| ()),
            Step::Comment => scene.call(caller, commentCall { id, kind: 2, text: text() }).map(|_| ()),
            Step::Answer => {
                let numbers = vec![u32::try_from(random(u64::from(comments) + 1)).unwrap()];
                scene.call(caller, answerCall { id, numbers, outcome: 3, text: text() }).map(|_| ())
            }
            Step::List => scene.call(caller, listCall { id, document: list, alongside: beside }).map(|_| ()),
            Step::Enter => {
                let document = if random(3) == 0 { old } else { list };
                scene.call(caller, enterCall { id, document, alongside: beside }).map(|_| ())
            }
            Step::Decline if random(8) == 0 => {
                scene.call(caller, declineCall { id, reason: text() }).map(|_| ())
            }
            Step::Withdraw if random(8) == 0 => {
                scene.call(caller, withdrawCall { id, reason: text() }).map(|_| ())
            }
            Step::Decline | Step::Withdraw => continue,
            Step::Assign => {
                scene.call(caller, assignCompetentCall { id, competent: MINISTRY_ID }).map(|_| ())
            }
            Step::Start => scene.call(caller, startCall { id }).map(|_| ()),
            Step::Report => {
                let call = reportCall { day: today, ..value(id, "2026-01-13", 1, turn.into()) };
                scene.call(caller, call).map(|_| ())
            }
            Step::Correct => {
                let call = correctCall { day: today, ..correction(id, "2026-01-13", 1, 9_000, last) };
                scene.call(caller, call).map(|_| ())
            }
            Step::OrderAdjustment => scene.call(caller, order(id, 5)).map(|_| ()),
            Step::ReplyAdjustment => scene.call(caller, reply(id)).map(|_| ()),
            Step::RefuseReply => scene.call(caller, settle(id, false)).map(|_| ()),
            Step::AcceptReply => scene.call(caller, settle(id, true)).map(|_| ()),
            Step::AssessInterim => scene.call(caller, assess(id, Assessment::Interim)).map(|_| ()),
            Step::AssessFinal => scene.call(caller, assess(id, Assessment::Final)).map(|_| ()),
            Step::Evaluate => scene.call(caller, evaluate(id, Verdict::Met)).map(|_| ()),
            Step::Accept => scene.call(caller, acceptCall { id, document: 0 }).map(|_| ()),
            Step::ProposeRemoval => {
                scene.call(caller, proposeRemovalCall { id, reason: 4, text: text() }).map(|_| ())
            }
            Step::DropRemoval => scene.call(caller, dropRemovalCall { id, text: text() }).map(|_| ()),
            Step::Remove if random(4) == 0 => scene.call(caller, removeCall { id, document: 0 }).map(|_| ()),
            Step::Remove => continue,
        });
        if succeeded {
            let next = step.next(before);
            assert!(next.is_some(), "{step} in {before}");
            states.insert(id, next.unwrap());
            taken.insert(step.number());
            done += 1;
        } else {
            refused += 1;
        }
        assert_eq!(state_of(&mut scene, id), states[&id], "after {step}");
    }
    assert!(done > 500 && refused > 2_000, "{done} done, {refused} refused");
    // Every step but the naming of a filing number, which needs a filing, was taken.
    let missing: Vec<_> = Step::ALL.iter().filter(|step| !taken.contains(&step.number())).collect();
    assert_eq!(missing, [&Step::NameFiling]);
    scene.check();
}

fn word_at(scene: &mut Scene<'_>, slot: U256) -> U256 {
    let place = (state::ADDRESS, slot);
    scene.host_mut().slots().find(|(own, _)| *own == place).map(|(_, word)| word).unwrap_or_default()
}

#[test]
fn check_finds_what_was_changed_behind_the_modules_back() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, value(id, "2026-01-13", 1, 10)).unwrap();
    scene.check();
    let broken = |scene: &mut Scene<'_>, slot: U256, word: U256| {
        let before = word_at(scene, slot);
        scene.host_mut().put(state::ADDRESS, slot, word);
        let found = scene.violation().unwrap_err().invariant;
        scene.host_mut().put(state::ADDRESS, slot, before);
        scene.check();
        found
    };
    let one = U256::ONE;
    let pilot = state::pilot_slot(id);
    let word = word_at(&mut scene, pilot);
    // Accepted without any step.
    let accepted = word - U256::from(5 << 8) + U256::from(8 << 8);
    assert_eq!(broken(&mut scene, pilot, accepted), "P1");
    let held = state::HELD.slot_of_both(code(HOSPITAL_CODE), 12);
    assert_eq!(broken(&mut scene, held, U256::ZERO), "P2");
    let entry = state::ENTRIES.under(id).under(0).slot_of(1);
    let word = word_at(&mut scene, entry);
    assert_eq!(broken(&mut scene, entry, word + one), "P3");
    assert_eq!(broken(&mut scene, state::ENTITY_OF.slot_of(HOSPITAL), one), "P6");
    let goal = state::INDICATORS.slot_of_both(id, 0);
    assert_eq!(broken(&mut scene, goal, one), "P7");
    assert_eq!(broken(&mut scene, state::COUNTS.slot(), one), "P8");
    assert_eq!(broken(&mut scene, state::PARAMETERS.slot(), one), "P8");
}

#[test]
fn check_finds_events_that_the_table_does_not_allow() {
    let mut scene = scene();
    let id = assessed(&mut scene);
    scene.call(MINISTRY, evaluate(id, Verdict::Met)).unwrap();
    scene.call(CHIEF, acceptCall { id, document: 0 }).unwrap();
    let history = scene.history().clone();
    // Without any one event of the story, what follows or what is stored does not fit.
    for (index, log) in history.iter().enumerate() {
        let name = match events::decode(log) {
            Some(event) => format!("{event:?}"),
            None => panic!("{log:?}"),
        };
        scene.history_mut().remove(index);
        assert!(scene.violation().is_err(), "without {name}");
        *scene.history_mut() = history.clone();
    }
    // The same account in both hands.
    let accepted = history.last().unwrap();
    let Some(events::Event::Accepted(event)) = events::decode(accepted) else { panic!("{accepted:?}") };
    let forged = events::Accepted { account: MINISTRY, ..event };
    let data = alloy_sol_types::SolEvent::encode_data(&forged);
    scene.history_mut().last_mut().unwrap().data = data.into();
    assert_eq!(scene.violation().unwrap_err().invariant, "P5");
}

#[test]
fn a_half_year_is_assessed_once() {
    let mut scene = scene();
    let id = running(&mut scene, FAR_CHAIN);
    scene.call(HOSPITAL, assess(id, Assessment::Interim)).unwrap();
    let early = |day_of: &str| OutOfRange {
        what: "day of the half-year assessment".into(),
        value: day(day_of).into(),
        min: day("2026-07-13").into(),
        max: day("2027-12-31").into(),
    };
    let again = scene.call(HOSPITAL, assess(id, Assessment::Interim));
    assert_eq!(again, revert(early("2026-01-13")), "the second half-year has not begun");
    let Err(Stop::Revert(data)) = again else { panic!("{again:?}") };
    let text = decode_revert(&data).unwrap();
    assert!(text.contains("2026-01-13 is given, 2026-07-13 to 2027-12-31 is allowed"), "{text}");
    go(&mut scene, "2026-07-12");
    assert_eq!(scene.call(HOSPITAL, assess(id, Assessment::Interim)), revert(early("2026-07-12")));
    go(&mut scene, "2026-07-13");
    scene.call(HOSPITAL, assess(id, Assessment::Interim)).unwrap();
    scene.check();
}

#[test]
fn a_pilot_starts_on_its_last_day_at_the_latest_and_reports_no_day_after_it() {
    let mut scene = scene();
    let ends = "2026-03-31";
    let id = listed(&mut scene, Proposal { endDay: day(ends), ..health() });
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    let range = |what: &str, value: &str, min: &str| OutOfRange {
        what: what.into(),
        value: day(value).into(),
        min: day(min).into(),
        max: day(ends).into(),
    };
    go(&mut scene, "2026-04-01");
    let late = range("day of the start", "2026-04-01", "2026-01-13");
    assert_eq!(scene.call(HOSPITAL, startCall { id }), revert(late));
    let mut scene = self::scene();
    let id = listed(&mut scene, Proposal { endDay: day(ends), ..health() });
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    go(&mut scene, ends);
    scene.call(HOSPITAL, startCall { id }).unwrap();
    go(&mut scene, "2026-04-01");
    let late = || range("day of the value", "2026-04-01", ends);
    assert_eq!(scene.call(HOSPITAL, value(id, "2026-04-01", 1, 10)), revert(late()));
    assert_eq!(scene.call(HOSPITAL, correction(id, "2026-04-01", 1, 10, 0)), revert(late()));
    scene.call(HOSPITAL, value(id, ends, 1, 10)).unwrap();
    scene.check();
}
