//! Inspection, correction, measures, assessments.

use super::*;

fn order(service: u64, days: u16) -> rectifyCall {
    rectifyCall { service, article: 19, breach: 17, workingDays: days, notice: digest(1), text: text() }
}

fn warning(service: u64) -> warnCall {
    warnCall { service, article: 19, breach: 13, workingDays: 5, notice: digest(1), text: text() }
}

fn suspension(service: u64) -> suspendCall {
    suspendCall { service, article: 21, breach: 10, fromHeight: 0, notice: digest(1), text: text() }
}

#[test]
fn a_campaign_asks_takes_answers_and_closes_when_all_are_done() {
    let mut stage = Stage::on(2026, 3, 2);
    let (first, second) = (stage.recorded(), stage.recorded());
    let campaign =
        stage.call(BEIJING, openCampaignCall { title: "2026 spring".into(), workingDays: 5 }).unwrap();
    let inspect = |services: &[u64]| inspectCall { campaign, services: services.to_vec() };
    let refused = NotAllowed { step: 30, account: GUANGDONG, organisation: 3 };
    assert_eq!(stage.call(GUANGDONG, inspect(&[first])), revert(refused));
    stage.call(BEIJING, inspect(&[first, second])).unwrap();
    assert_eq!(stage.clocks(first), [(Clock::Answer, on(2026, 3, 9), false, false)]);
    let twice = WrongState { service: first, track: 3, state: 21, step: 30 };
    assert_eq!(stage.call(BEIJING, inspect(&[first])), revert(twice));
    let pass = |service| passInspectionCall { service, text: String::new() };
    let unanswered = WrongState { service: first, track: 3, state: 21, step: 32 };
    assert_eq!(stage.call(BEIJING, pass(first)), revert(unanswered));
    let answer = |service| answerInspectionCall { service, answer: digest(3), text: text() };
    stage.call(FIRM, answer(first)).unwrap();
    stage.call(BEIJING, pass(first)).unwrap();
    let open = CampaignOpen { campaign, open: 1 };
    assert_eq!(stage.call(BEIJING, closeCampaignCall { campaign }), revert(open));
    stage.go(2026, 3, 10);
    stage.call(FIRM, answer(second)).unwrap();
    let late = stage.scene.logs().iter().find_map(|log| match events::decode(log)? {
        events::Event::InspectionAnswered(event) => Some(event.late),
        _ => None,
    });
    assert_eq!(late, Some(true), "a late answer is taken and flagged");
    stage.call(BEIJING, pass(second)).unwrap();
    stage.call(BEIJING, closeCampaignCall { campaign }).unwrap();
    assert_eq!(stage.call(BEIJING, inspect(&[first])), revert(CampaignClosed { campaign }));
    let record = stage.read(campaignCall { id: campaign });
    assert_eq!((record.services, record.open, record.state), (2, 0, S::Done.number()));
    stage.check();
}

#[test]
fn a_service_that_stays_silent_is_ordered_to_correct_after_its_time() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let campaign = stage.call(CHIEF, openCampaignCall { title: "2026".into(), workingDays: 5 }).unwrap();
    stage.call(CHIEF, inspectCall { campaign, services: vec![service] }).unwrap();
    let early = NotYet { service, day: on(2026, 3, 9).get(), today: on(2026, 3, 2).get() };
    assert_eq!(stage.call(CHIEF, order(service, 5)), revert(early));
    stage.go(2026, 3, 10);
    let item = stage.call(CHIEF, order(service, 5)).unwrap();
    assert_eq!(stage.read(penaltyCall { id: item }).measure, Measure::Rectify.number());
    assert_eq!(stage.clocks(service), [(Clock::Correct, on(2026, 3, 17), false, false)]);
    stage.call(CHIEF, closeCampaignCall { campaign }).unwrap();
    stage.check();
}

#[test]
fn a_correction_is_reported_refused_ordered_again_and_accepted() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    stage.call(BEIJING, order(service, 5)).unwrap();
    let report = || reportRectifiedCall { service, report: digest(4), text: text() };
    assert!(stage.call(CITIZEN, report()).is_err());
    stage.call(FIRM, report()).unwrap();
    let decide = |accepted, days| decideRectifiedCall { service, accepted, workingDays: days, text: text() };
    let range = PeriodRange { workingDays: 0, min: 1, max: 250 };
    assert_eq!(stage.call(BEIJING, decide(false, 0)), revert(range));
    stage.call(BEIJING, decide(false, 3)).unwrap();
    assert_eq!(stage.clocks(service), [(Clock::Correct, on(2026, 3, 5), false, false)]);
    stage.call(FIRM, report()).unwrap();
    let field = NotExpected { field: "workingDays".into() };
    assert_eq!(stage.call(BEIJING, decide(true, 3)), revert(field));
    stage.call(BEIJING, decide(true, 0)).unwrap();
    assert_eq!(stage.service(service).inspection, 0);
    assert!(stage.clocks(service).is_empty());
    stage.check();
}

#[test]
fn a_warned_service_is_suspended_until_it_is_corrected() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(FIRM, firm());
    let form = Form { places: vec![own_place(FIRM, 1)], ..form() };
    let service = stage.call(FIRM, fileCall { provider, form, attachments: attachments() }).unwrap();
    stage.record(service, "");
    let number = stage.service(service).number;
    let status = |stage: &mut Stage| {
        let key = service_key(1337, service);
        stage.scene.within(|ctx| crate::services::status(ctx, key)).unwrap().unwrap()
    };
    stage.call(BEIJING, warning(service)).unwrap();
    assert_eq!(stage.clocks(service), [(Clock::Correct, on(2026, 3, 9), false, false)]);
    assert!(stage.read(isRecordedCall { number: number.clone() }));
    stage.call(BEIJING, order(service, 5)).unwrap();
    let item = stage.call(CHIEF, suspension(service)).unwrap();
    assert_eq!(stage.status(service), S::Suspended);
    assert!(!stage.read(isRecordedCall { number }));
    assert_eq!(status(&mut stage), crate::services::Status::Recorded, "from the next block on");
    stage.scene.next_block();
    assert_eq!(status(&mut stage), crate::services::Status::Suspended);
    let restore = |from_height| restoreCall { service, fromHeight: from_height, text: text() };
    assert_eq!(stage.call(CHIEF, restore(0)), revert(StillRectifying { service }));
    stage.call(FIRM, reportRectifiedCall { service, report: digest(4), text: text() }).unwrap();
    let accept = decideRectifiedCall { service, accepted: true, workingDays: 0, text: text() };
    stage.call(CHIEF, accept).unwrap();
    let height = stage.scene.block().height.get();
    assert_eq!(stage.call(CHIEF, restore(height)), revert(HeightPassed { fromHeight: height, height }));
    let above = NotAllowed { step: Step::Restore.number(), account: BEIJING, organisation: 2 };
    assert_eq!(stage.call(BEIJING, restore(0)), revert(above), "what the national administration imposed");
    stage.call(CHIEF, restore(0)).unwrap();
    stage.scene.next_block();
    assert_eq!(status(&mut stage), crate::services::Status::Recorded);
    assert_eq!(stage.status(service), S::Recorded);
    // Suspended a second time it is a new measure.
    let again = stage.call(CHIEF, suspension(service)).unwrap();
    assert!(again > item);
    stage.call(CHIEF, restore(0)).unwrap();
    // A province lifts its own suspension.
    stage.call(BEIJING, suspension(service)).unwrap();
    stage.call(BEIJING, restore(0)).unwrap();
    stage.check();
}

#[test]
fn a_fine_takes_two_people_and_stays_in_the_range_of_its_article() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    for (article, breach, yuan, min, max) in [
        (19, 17, 4_999, 5_000, 30_000),
        (19, 17, 30_001, 5_000, 30_000),
        (21, 10, 19_999, 20_000, 30_000),
        (22, 11, 9_999, 10_000, 30_000),
    ] {
        let refused = FineOutOfRange { article, amountFen: yuan * 100, minFen: min * 100, maxFen: max * 100 };
        assert_eq!(stage.call(CHIEF, fine(service, article, breach, 2, yuan)), revert(refused));
    }
    let item = stage.call(CHIEF, fine(service, 19, 17, 2, 5_000)).unwrap();
    let impose = || imposeFineCall { penalty: item };
    assert_eq!(stage.call(CHIEF, impose()), revert(SameHand { account: CHIEF }));
    let settle = || settleFineCall { penalty: item, receipt: digest(9) };
    let open = WrongState { service, track: 6, state: S::Open.number(), step: 63 };
    assert_eq!(stage.call(CHIEF, settle()), revert(open));
    stage.call(DEPUTY, impose()).unwrap();
    assert_eq!(
        stage.read(penaltyCall { id: item }),
        PenaltyRecord {
            service,
            state: S::Imposed.number(),
            measure: Measure::Fine.number(),
            article: 19,
            breach: 17,
            ground: 2,
            day: on(2026, 3, 2).get(),
            amountFen: 500_000,
            account: CHIEF,
            second: DEPUTY,
            notice: digest(1),
        }
    );
    stage.call(CHIEF, settle()).unwrap();
    let dropped = stage.call(DEPUTY, fine(service, 21, 10, 2, 30_000)).unwrap();
    stage.call(DEPUTY, dropFineCall { penalty: dropped, reason: text() }).unwrap();
    let done = WrongState { service, track: 6, state: S::Dropped.number(), step: 61 };
    assert_eq!(stage.call(CHIEF, imposeFineCall { penalty: dropped }), revert(done));
    stage.check();
}

#[test]
fn a_measure_names_an_article_that_punishes_the_breach_with_it() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let cases: [(proposeFineCall, Stop); 6] = [
        (fine(service, 18, 17, 2, 5_000), Stop::revert(NoSuchArticle { article: 18 })),
        (fine(service, 23, 17, 2, 5_000), Stop::revert(NoSuchArticle { article: 23 })),
        (fine(service, 21, 17, 2, 20_000), Stop::revert(BreachNotInArticle { article: 21, breach: 17 })),
        // No article of the table punishes a late announcement of the end.
        (fine(service, 22, 31, 2, 20_000), Stop::revert(BreachNotInArticle { article: 22, breach: 31 })),
        // Article 20 refers to the Cybersecurity Law.
        (fine(service, 20, 8, 2, 20_000), Stop::revert(MeasureNotProvided { article: 20, measure: 4 })),
        (
            fine(service, 19, 99, 2, 5_000),
            Stop::revert(UnknownTerm { vocabulary: "breach".into(), number: 99 }),
        ),
    ];
    for (call, want) in cases {
        assert_eq!(stage.call(CHIEF, call).err(), Some(want));
    }
    let suspend = suspendCall { article: 22, breach: 11, ..suspension(service) };
    assert_eq!(stage.call(CHIEF, suspend), revert(MeasureNotProvided { article: 22, measure: 3 }));
    assert_eq!(stage.status(service), S::Recorded);
    stage.check();
}

#[test]
fn every_duty_of_the_provisions_is_punished_under_its_article_and_no_other() {
    // Articles 19 to 22 as drawn in the Provisions; `None`: none of them names the duty.
    let drawn = |duty: Duty| match duty {
        Duty::Security | Duty::Ability | Duty::Rules | Duty::Assessment | Duty::Change => Some(19),
        Duty::ShowNumber | Duty::Risk | Duty::Logs | Duty::Cooperation => Some(19),
        Duty::Identity | Duty::Users => Some(20),
        Duty::Content => Some(21),
        Duty::Filing | Duty::Truth => Some(22),
        Duty::Inspection | Duty::Termination => None,
    };
    let mut stage = Stage::on(2026, 3, 2);
    for duty in Duty::ALL {
        for article in Article::NUMBERS {
            let service = stage.recorded();
            let breach = duty.number();
            let done = stage.call(CHIEF, rectifyCall { article, breach, ..order(service, 5) });
            if drawn(duty) != Some(article) {
                assert_eq!(done, revert(BreachNotInArticle { article, breach }), "{duty} under {article}");
                continue;
            }
            let item = done.unwrap();
            let entry = stage.read(penaltyCall { id: item });
            assert_eq!((entry.article, entry.breach, entry.measure), (article, breach, 1), "{duty}");
            stage.call(CHIEF, warnCall { article, breach, ..warning(service) }).unwrap();
            // What is not corrected in time is a refusal, and costs what the article says.
            stage.scene.later(20 * 24 * 60 * 60 * 1_000);
            let refusal = fine(service, article, breach, Ground::Refusal.number(), 30_000);
            let fined = stage.call(CHIEF, refusal);
            let none = Stop::revert(MeasureNotProvided { article, measure: Measure::Fine.number() });
            assert_eq!(fined.err(), (article == 20).then_some(none), "{duty}");
            let stopped = stage.call(CHIEF, suspendCall { article, breach, ..suspension(service) });
            let none = Stop::revert(MeasureNotProvided { article, measure: Measure::Suspend.number() });
            assert_eq!(stopped.err(), (article == 22).then_some(none), "{duty}");
        }
    }
    stage.check();
}

#[test]
fn a_fine_for_refusal_needs_a_time_limit_that_passed_in_vain() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let refusal = || fine(service, 19, 17, Ground::Refusal.number(), 5_000);
    assert_eq!(stage.call(CHIEF, refusal()), revert(NothingRefused { service }));
    stage.call(CHIEF, order(service, 5)).unwrap();
    assert_eq!(stage.call(CHIEF, refusal()), revert(NothingRefused { service }));
    stage.go(2026, 3, 10);
    stage.call(CHIEF, refusal()).unwrap();
    // A late report does not undo that the limit was missed.
    stage.call(FIRM, reportRectifiedCall { service, report: digest(4), text: text() }).unwrap();
    stage.call(CHIEF, refusal()).unwrap();
    let other = stage.recorded();
    stage.call(CHIEF, warning(other)).unwrap();
    let warned = || fine(other, 19, 13, Ground::Refusal.number(), 5_000);
    assert_eq!(stage.call(CHIEF, warned()), revert(NothingRefused { service: other }));
    stage.go(2026, 3, 18);
    stage.call(CHIEF, warned()).unwrap();
    stage.check();
}

#[test]
fn a_service_that_was_not_filed_is_ordered_and_fined_under_article_22() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let service = stage.call(FIRM, draftCall { provider, form: form() }).unwrap();
    stage.go(2026, 3, 3);
    let call = rectifyCall { article: 22, breach: 11, ..order(service, 5) };
    stage.call(BEIJING, call).unwrap();
    let wrong = WrongState { service, track: 1, state: S::Draft.number(), step: 9 };
    assert_eq!(stage.call(BEIJING, warning(service)), revert(wrong));
    stage.go(2026, 3, 11);
    let item = stage.call(BEIJING, fine(service, 22, 11, 1, 10_000)).unwrap();
    stage.call(CHIEF, imposeFineCall { penalty: item }).unwrap();
    stage.check();
}

#[test]
fn an_inspected_service_that_is_struck_off_leaves_its_campaign() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let end = notifyTerminationCall {
        service,
        plannedDay: on(2026, 6, 30).get(),
        arrangements: digest(7),
        text: text(),
    };
    stage.call(FIRM, end).unwrap();
    let campaign = stage.call(CHIEF, openCampaignCall { title: "2026".into(), workingDays: 100 }).unwrap();
    stage.call(CHIEF, inspectCall { campaign, services: vec![service] }).unwrap();
    stage.go(2026, 7, 1);
    stage.call(CHIEF, deregisterCall { service, objection: 0, reasons: text() }).unwrap();
    assert!(stage.clocks(service).is_empty());
    stage.call(CHIEF, closeCampaignCall { campaign }).unwrap();
    stage.check();
}

#[test]
fn a_security_assessment_is_reported_before_going_live_and_a_later_report_is_flagged() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let report = |go_live: Day| reportAssessmentCall {
        service,
        goLive: go_live.get(),
        report: digest(5),
        subject: "cross-chain transfer".into(),
        institution: "Institute of Assessment".into(),
    };
    let late = |stage: &Stage| {
        stage.scene.logs().iter().find_map(|log| match events::decode(log)? {
            events::Event::AssessmentReported(event) => Some(event.late),
            _ => None,
        })
    };
    let early = stage.call(FIRM, report(on(2026, 3, 3))).unwrap();
    assert_eq!(late(&stage), Some(false));
    let today = stage.call(FIRM, report(on(2026, 3, 2))).unwrap();
    assert_eq!(late(&stage), Some(true));
    let decide =
        |assessment, passed| decideAssessmentCall { assessment, passed, report: digest(6), reasons: text() };
    stage.call(BEIJING, decide(early, true)).unwrap();
    stage.call(CHIEF, decide(today, false)).unwrap();
    let states = [early, today].map(|id| stage.read(assessmentCall { id }).state);
    assert_eq!(states, [S::Done.number(), S::Refused.number()]);
    let again = WrongState { service, track: 7, state: S::Done.number(), step: 72 };
    assert_eq!(stage.call(CHIEF, decide(early, false)), revert(again));
    assert_eq!(stage.call(CHIEF, decide(7, true)), revert(NoSuchItem { track: 7, item: 7, count: 2 }));
    stage.check();
}

#[test]
fn a_province_lifts_its_own_warning_and_none_of_the_national_administration() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let restore = || restoreCall { service, fromHeight: 0, text: text() };
    let above = || NotAllowed { step: Step::Restore.number(), account: BEIJING, organisation: 2 };
    stage.call(BEIJING, warning(service)).unwrap();
    stage.call(BEIJING, restore()).unwrap();
    stage.call(CHIEF, warning(service)).unwrap();
    assert_eq!(stage.call(BEIJING, restore()), revert(above()));
    // Nor by suspending the service itself, and lifting that.
    stage.call(BEIJING, suspension(service)).unwrap();
    assert_eq!(stage.call(BEIJING, restore()), revert(above()));
    stage.call(CHIEF, restore()).unwrap();
    // A warning that was lifted stands in nobody's way.
    stage.call(BEIJING, suspension(service)).unwrap();
    stage.call(BEIJING, restore()).unwrap();
    stage.check();
}

#[test]
fn only_a_fine_is_imposed_and_another_measure_says_how_it_stands() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let penalty = stage.call(BEIJING, order(service, 5)).unwrap();
    let stands =
        WrongState { service, track: 6, state: S::Imposed.number(), step: Step::ImposeFine.number() };
    for account in [BEIJING, CHIEF] {
        assert_eq!(stage.call(account, imposeFineCall { penalty }), revert(stands.clone()));
    }
    stage.check();
}
