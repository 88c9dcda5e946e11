//! April to July: objections to what was published, periodic inspection, a refusal to correct, the end
//! of a service.

use super::{
    batches::{Register, state},
    contracts,
    names::own_place,
    people::*,
    queries,
    stage::{Deed, Year, day, document, to_filing, to_services},
};
use ding_modules::{
    filing::{
        State,
        abi::IFiling::{
            self, acceptChangeCall, answerInspectionCall, cancelTerminationCall, closeCampaignCall,
            decideObjectionCall, decideRectifiedCall, deregisterCall, imposeFineCall, inspectCall,
            notifyTerminationCall, objectCall, openCampaignCall, passInspectionCall, proposeFineCall,
            rectifyCall, reportChangeCall, reportRectifiedCall, restoreCall, settleFineCall, suspendCall,
        },
        terms::Clock,
    },
    services::abi::IServices,
};
use ding_primitives::{Address, B256};

/// Places in the register.
const DOUBTED: usize = 7;
pub(crate) const FALSE_FILING: usize = 31;
const INSPECTED: core::ops::Range<usize> = 60..100;
const ANSWERS_LATE: usize = 98;
pub(crate) const SILENT: usize = 99;
pub(crate) const ENDING: usize = 120;
const ENDING_TOO_SOON: usize = 121;

/// April: objections to the first batch.
pub(crate) fn objections_are_heard(year: &mut Year, register: &Register) {
    let (doubted, false_filing) = (register.service(DOUBTED).id, register.service(FALSE_FILING).id);
    let object = |service, statement: &str| {
        to_filing(objectCall { service, evidence: document(statement), statement: statement.into() })
    };
    year.go("2026-04-08");
    let first: IFiling::Objected = year.act(NEIGHBOUR, object(false_filing, "服务器不在所填地址")).event();
    year.note_today("an objection is made");
    year.note("the decision on that objection is due", year.deadline(year.today(), 20));
    let _: IFiling::ObjectionOpen = year.refused(NEIGHBOUR, object(false_filing, "again"));
    // The last day ends at midnight.
    year.go_at("2026-04-14", 23, 58);
    let second: IFiling::Objected = year.act(CITIZEN, object(doubted, "名称与另一服务相近")).event();
    assert_eq!(first.dueDay, day("2026-04-14").get());
    year.go_at("2026-04-15", 0, 0);
    let late: IFiling::ObjectionLate = year.refused(CITIZEN, object(register.service(2).id, "too late"));
    assert_eq!((late.dueDay, late.today), (day("2026-04-14").get(), day("2026-04-15").get()));

    year.go("2026-04-24");
    let decide = |objection, upheld, reasons: &str| {
        let report = document(reasons);
        to_filing(decideObjectionCall { objection, upheld, report, reasons: reasons.into() })
    };
    let _: IFiling::NotAllowed = year.refused(BEIJING, decide(second.objection, false, "not ours"));
    year.act(FIRST, decide(second.objection, false, "名称不同"));
    let strike = |objection| {
        to_filing(deregisterCall { service: false_filing, objection, reasons: "备案信息不实".into() })
    };
    let _: IFiling::NotUpheld = year.refused(FIRST, strike(second.objection));
    let _: IFiling::NotUpheld = year.refused(FIRST, strike(first.objection));
    year.act(SECOND, decide(first.objection, true, "现场核查属实"));
    let _: IFiling::WrongState = year.refused(SECOND, decide(first.objection, true, "twice"));
    year.act(FIRST, strike(first.objection));
    year.note_today("a false filing is struck off");
    assert_eq!(state(year, false_filing), State::Deregistered);
    let number = year.service(false_filing).number;
    assert!(!year.view(to_filing, IFiling::isRecordedCall { number }));
    year.chapter_ends();
}

/// Before its end can be announced, the service that will end names the contract it runs on.
fn contract_is_named(year: &mut Year, register: &Register, place: usize) -> Address {
    let (service, who) = (register.service(place), register.provider(place));
    let created = year.create(who, contracts::counter());
    let mut form = service.form.clone();
    form.places.push(own_place(who, created));
    let report = |changed_on, reason: &str| {
        let form = form.clone();
        to_filing(reportChangeCall {
            service: service.id,
            changedOn: changed_on,
            form,
            reason: reason.into(),
        })
    };
    let today = year.today().get();
    let _: IFiling::BadDay = year.refused(who, report(today + 1, ""));
    let reported: IFiling::ChangeReported = year.act(who, report(today, "")).event();
    assert!(!reported.late);
    year.act(FIRST, to_filing(acceptChangeCall { service: service.id, form }));
    created.0
}

/// May: a campaign of periodic inspection over forty services; the end of another is announced.
pub(crate) fn inspection_and_notice_of_an_end(year: &mut Year, register: &Register) -> Address {
    year.go("2026-05-11");
    let open = |days| to_filing(openCampaignCall { title: "2026年定期查验".into(), workingDays: days });
    let _: IFiling::NotAllowed = year.refused(INDUSTRY, open(10));
    let campaign = year.act(FIRST, open(10)).event::<IFiling::CampaignOpened>().campaign;
    let services = register.ids(INSPECTED);
    let inspect = |services: &[u64]| to_filing(inspectCall { campaign, services: services.to_vec() });
    let _: IFiling::NotAllowed = year.refused(BEIJING, inspect(&services));
    let _: IFiling::WrongServiceStatus = year.refused(FIRST, inspect(&[register.service(FALSE_FILING).id]));
    year.act(FIRST, inspect(&services));
    year.note_today("the inspection is opened");
    year.note("answers to the inspection are due", year.clock(services[0], Clock::Answer).0);
    let contract = contract_is_named(year, register, ENDING);

    // Thirty working days before 30 June: the 18th is the last day, the 19th is too late.
    year.go("2026-05-18");
    let notify = |place: usize, planned: &str| {
        let (arrangements, text) = (document("arrangements"), "用户数据导出后停止服务".to_owned());
        let (service, planned) = (register.service(place).id, day(planned).get());
        to_filing(notifyTerminationCall { service, plannedDay: planned, arrangements, text })
    };
    let who = register.provider(ENDING);
    let noticed: IFiling::TerminationNotified = year.act(who, notify(ENDING, "2026-06-30")).event();
    assert_eq!(noticed.latestNotice, year.today().get());
    year.note_today("the end of a service is announced");
    year.note("latest day to announce it", noticed.latestNotice);
    year.note("last day of the ending service", noticed.plannedDay);
    year.go("2026-05-19");
    let who = register.provider(ENDING_TOO_SOON);
    let refused: IFiling::TerminationTooSoon = year.refused(who, notify(ENDING_TOO_SOON, "2026-06-30"));
    assert_eq!(refused.latestNotice, day("2026-05-18").get());
    // Another day is far enough; and who thinks better of it takes the announcement back.
    year.act(who, notify(ENDING_TOO_SOON, "2026-07-01"));
    let cancel = cancelTerminationCall {
        service: register.service(ENDING_TOO_SOON).id,
        reason: "继续运营".into(),
    };
    year.act(who, to_filing(cancel));

    answers_come(year, register);
    year.chapter_ends();
    contract
}

fn answer(service: u64) -> Deed {
    let answer = document(&format!("answer of {service}"));
    to_filing(answerInspectionCall { service, answer, text: "资料已补充".into() })
}

fn order_to_correct(service: u64, article: u8, breach: u8) -> Deed {
    let (notice, text) = (document("order to correct"), "责令限期改正：配合查验".to_owned());
    to_filing(rectifyCall { service, article, breach, workingDays: 10, notice, text })
}

fn answers_come(year: &mut Year, register: &Register) {
    year.go("2026-05-20");
    let in_time: Vec<usize> = INSPECTED.filter(|place| ![ANSWERS_LATE, SILENT].contains(place)).collect();
    year.all(in_time.iter().map(|p| (register.provider(*p), answer(register.service(*p).id))).collect());
    let (late, silent) = (register.service(ANSWERS_LATE).id, register.service(SILENT).id);
    let _: IFiling::NotTheProvider = year.refused(register.provider(0), answer(silent));
    // As long as it may still answer there is nothing to correct.
    let _: IFiling::NotYet = year.refused(FIRST, order_to_correct(silent, 19, 18));
    year.go("2026-05-26");
    let answered: IFiling::InspectionAnswered =
        year.act(register.provider(ANSWERS_LATE), answer(late)).event();
    assert!(answered.late);
    year.note_today("an answer comes late");
    let pass = |service| to_filing(passInspectionCall { service, text: "通过".into() });
    let passed = in_time.iter().map(|place| register.service(*place).id).chain([late]);
    year.all(passed.map(|service| (FIRST, pass(service))).collect());
    let close = to_filing(closeCampaignCall { campaign: 1 });
    assert_eq!(year.refused::<IFiling::CampaignOpen>(FIRST, close.clone()).open, 1);

    // No article punishes silence by itself; not to cooperate (art. 18) falls under art. 19.
    let _: IFiling::BreachNotInArticle = year.refused(FIRST, order_to_correct(silent, 19, 14));
    let _: IFiling::NoSuchArticle = year.refused(FIRST, order_to_correct(silent, 23, 18));
    year.act(FIRST, order_to_correct(silent, 19, 18));
    year.note_today("a silent provider is ordered to correct");
    year.note("the correction is due", year.clock(silent, Clock::Correct).0);
    year.act(FIRST, close);
}

/// June: who does not correct is fined by two people and suspended until it does.
pub(crate) fn a_refusal_is_fined(year: &mut Year, register: &Register) {
    let silent = register.service(SILENT).id;
    let fine = |article, breach, ground, yuan: u64| {
        let (notice, text) = (document("fine"), "逾期未改正".to_owned());
        let amount = yuan * 100;
        to_filing(proposeFineCall {
            service: silent,
            article,
            breach,
            ground,
            amountFen: amount,
            notice,
            text,
        })
    };
    year.go("2026-06-09");
    let _: IFiling::NothingRefused = year.refused(FIRST, fine(19, 18, 1, 20_000));
    year.go("2026-06-10");
    let range: IFiling::FineOutOfRange = year.refused(FIRST, fine(19, 18, 1, 30_001));
    assert_eq!((range.minFen, range.maxFen), (500_000, 3_000_000));
    let _: IFiling::FineOutOfRange = year.refused(FIRST, fine(19, 18, 1, 4_999));
    let _: IFiling::MeasureNotProvided = year.refused(FIRST, fine(20, 8, 1, 10_000));
    let proposed: IFiling::Measured = year.act(FIRST, fine(19, 18, 1, 20_000)).event();
    let impose = to_filing(imposeFineCall { penalty: proposed.penalty });
    let _: IFiling::SameHand = year.refused(FIRST, impose.clone());
    let _: IFiling::SameHand = year.refused(FIRST_AGAIN, impose.clone());
    let imposed: IFiling::FineImposed = year.act(SECOND, impose).event();
    assert_eq!((imposed.first, imposed.second), (FIRST.address(), SECOND.address()));
    year.note_today("the refusal is fined");
    let suspend = suspendCall {
        service: silent,
        article: 19,
        breach: 18,
        fromHeight: 0,
        notice: document("suspension"),
        text: "暂停业务直至改正".into(),
    };
    year.act(SECOND, to_filing(suspend));
    assert_eq!(state(year, silent), State::Suspended);
    let number = year.service(silent).number;
    assert!(!year.view(to_filing, IFiling::isRecordedCall { number }));
    queries::refusal_is_shown(year, register);
    year.chapter_ends();
}

/// End of June: corrected, restored, paid.
pub(crate) fn the_correction_is_accepted(year: &mut Year, register: &Register) {
    let (silent, who) = (register.service(SILENT).id, register.provider(SILENT));
    year.go("2026-06-29");
    let restore = || to_filing(restoreCall { service: silent, fromHeight: 0, text: "已改正".into() });
    let _: IFiling::StillRectifying = year.refused(FIRST, restore());
    let report =
        reportRectifiedCall { service: silent, report: document("correction"), text: "已改正".into() };
    let reported: IFiling::RectifiedReported = year.act(who, to_filing(report)).event();
    assert!(reported.late);
    let decide =
        decideRectifiedCall { service: silent, accepted: true, workingDays: 0, text: "认可".into() };
    year.act(FIRST, to_filing(decide));
    year.act(FIRST, restore());
    year.note_today("the correction is accepted");
    year.act(FIRST, to_filing(settleFineCall { penalty: 2, receipt: document("payment") }));
    assert_eq!(state(year, silent), State::Recorded);
    let fine = year.view(to_filing, IFiling::penaltyCall { id: 2 });
    assert_eq!((State::from_number(fine.state), fine.amountFen), (Some(State::Settled), 2_000_000));
}

/// 1 July: the service whose end was announced is struck off the day after its last.
pub(crate) fn a_service_ends(year: &mut Year, register: &Register, contract: Address) {
    let service = register.service(ENDING).id;
    let strike = to_filing(deregisterCall { service, objection: 0, reasons: "按公告终止服务".into() });
    year.go_at("2026-06-30", 23, 58);
    let early: IFiling::NotYet = year.refused(FIRST, strike.clone());
    assert_eq!(early.day, day("2026-06-30").get());
    year.act(CITIZEN, Deed::new(contract, []));
    year.go("2026-07-01");
    let number = year.service(service).number;
    let struck: IFiling::Deregistered = year.act(FIRST, strike).event();
    assert_eq!((struck.number.as_str(), struck.objection), (number.as_str(), 0));
    year.note_today("the ended service is struck off");
    let stopped: IServices::ServiceStopped = year.refused(CITIZEN, Deed::new(contract, []));
    assert_eq!((stopped.number, stopped.status), (number, 4));
    // What it did stays readable.
    assert_eq!(B256::from_slice(&year.look(&Deed::new(contract, [1]))), B256::with_last_byte(1));
    let verdict = year.view(to_services, IServices::verdictCall { contractAddress: contract });
    assert!(verdict.stopped);
    year.chapter_ends();
}
