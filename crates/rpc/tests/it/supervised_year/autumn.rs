//! September to December: changes in time and late, an assessment of a new function, the tables of the
//! next year, and the report of this one.

use super::{
    batches::{FIRST_BATCH, Register},
    people::*,
    stage::{Year, day, document, to_calendar, to_filing, to_members, to_orders},
};
use alloy_sol_types::SolCall as _;
use ding_modules::{
    calendar::{Day, abi::ICalendar, state::ADDRESS as CALENDAR},
    filing::{
        State,
        abi::IFiling::{
            self, Form, acceptChangeCall, decideAssessmentCall, fileCall, objectCall, reportAssessmentCall,
            reportChangeCall, returnChangeCall,
        },
        terms::Clock,
    },
    members::abi::IMembers::{self, proposeCall, voteCall},
    orders::{abi::IOrders, terms::Action},
};

/// Places in the register.
const IN_TIME: usize = 3;
const TOO_LATE: usize = 4;
const RENEWED: usize = 44;

/// September and October: a change is to be told within five working days.
pub(crate) fn changes_are_told(year: &mut Year, register: &Register) {
    year.go("2026-09-28");
    year.note_today("two platforms move");
    let change = |place: usize| {
        let form = register.service(place).form.clone();
        Form { server: format!("{}（新）", form.server).replace('（', " ").replace('）', ""), ..form }
    };
    let report = |place: usize, reason: &str| {
        let changed_on = day("2026-09-28").get();
        let (service, form) = (register.service(place).id, change(place));
        to_filing(reportChangeCall { service, changedOn: changed_on, form, reason: reason.into() })
    };
    let unchanged = reportChangeCall {
        service: register.service(IN_TIME).id,
        changedOn: day("2026-09-28").get(),
        form: register.service(IN_TIME).form.clone(),
        reason: String::new(),
    };
    let _: IFiling::NothingChanged = year.refused(register.provider(IN_TIME), to_filing(unchanged));

    // A Saturday on which people work, after the holidays: still in time.
    year.go("2026-10-10");
    let told: IFiling::ChangeReported = year.act(register.provider(IN_TIME), report(IN_TIME, "")).event();
    assert!(!told.late);
    year.note("the change is to be told", told.dueDay);
    year.note(
        "the decision on the change is due",
        year.clock(register.service(IN_TIME).id, Clock::DecideChange).0,
    );
    year.go("2026-10-12");
    let late: IFiling::ChangeReported =
        year.act(register.provider(TOO_LATE), report(TOO_LATE, "经办人休假")).event();
    assert!(late.late, "a late change is taken and flagged");
    year.note_today("a change is told late");

    objections_end(year, register);
    year.go("2026-10-20");
    let accept =
        |place: usize, form: Form| to_filing(acceptChangeCall { service: register.service(place).id, form });
    let _: IFiling::OtherChange = year.refused(FIRST, accept(IN_TIME, change(TOO_LATE)));
    year.act(FIRST, accept(IN_TIME, change(IN_TIME)));
    let back = |reasons: &str| {
        let service = register.service(TOO_LATE).id;
        to_filing(returnChangeCall { service, codes: vec![7], reasons: reasons.into() })
    };
    let _: IFiling::OutsideDivision = year.refused(BEIJING, back("不属本地"));
    year.act(FIRST, back("请补充新机房合同"));
    year.act(register.provider(TOO_LATE), report(TOO_LATE, "经办人休假"));
    year.act(FIRST, accept(TOO_LATE, change(TOO_LATE)));
    year.note_today("the changes are accepted");
    year.chapter_ends();
}

/// The ten working days for objections to the second batch.
fn objections_end(year: &mut Year, register: &Register) {
    let object = |place: usize| {
        let (evidence, statement) = (document("evidence"), "与我单位服务同名".to_owned());
        to_filing(objectCall { service: register.service(place).id, evidence, statement })
    };
    year.go("2026-10-15");
    year.act(NEIGHBOUR, object(FIRST_BATCH + 5));
    year.go("2026-10-16");
    let late: IFiling::ObjectionLate = year.refused(NEIGHBOUR, object(FIRST_BATCH + 6));
    assert_eq!(late.dueDay, day("2026-10-15").get());
}

/// November: a new function is assessed before it goes live (art. 9).
pub(crate) fn a_new_function_is_assessed(year: &mut Year, register: &Register) {
    year.go("2026-11-02");
    let service = register.service(RENEWED).id;
    let report = |go_live: &str| {
        to_filing(reportAssessmentCall {
            service,
            goLive: day(go_live).get(),
            report: document("assessment"),
            subject: "批量出证功能".into(),
            institution: "评估机构甲".into(),
        })
    };
    let reported: IFiling::AssessmentReported =
        year.act(register.provider(RENEWED), report("2026-12-01")).event();
    assert!(!reported.late, "told before it goes live");
    year.note_today("a new function is reported");
    year.note("the new function goes live", reported.goLive);
    year.note("the decision on the assessment is due", year.deadline(year.today(), 20));
    let decide = |passed| {
        let (report, reasons) = (document("finding"), "符合要求".to_owned());
        to_filing(decideAssessmentCall { assessment: reported.assessment, passed, report, reasons })
    };
    let _: IFiling::NotAllowed = year.refused(INDUSTRY, decide(true));
    year.go("2026-11-13");
    year.act(SECOND, decide(true));
    let _: IFiling::WrongState = year.refused(SECOND, decide(false));
    let assessment = year.view(to_filing, IFiling::assessmentCall { id: reported.assessment });
    assert_eq!(State::from_number(assessment.state), Some(State::Done));
}

/// December: a clock runs into a year without a table; the table comes by vote, and the clock stands.
pub(crate) fn the_next_year_gets_its_table(year: &mut Year, register: &Register) {
    year.go("2026-12-10");
    let firm = &register.firms[2];
    let nth = register.services.iter().filter(|service| service.firm == 2).count();
    let form = firm.form(nth, "2026-12-10");
    let attachments = super::names::attachments(&form);
    let file = fileCall { provider: register.providers[2], form, attachments };
    let id = year.act(firm.who, to_filing(file)).event::<IFiling::Submitted>().service;
    let (guessed, provisional, _) = year.clock(id, Clock::Decide);
    assert!(provisional);
    year.note("a decision is due, provisionally", guessed);

    // The table in this story is made up; the real one is announced by the State Council's office.
    year.go("2026-12-11");
    let in_year = |date: &str| day(date).day_of_year();
    let stretch = |first: &str, last: &str| in_year(first)..=in_year(last);
    let load = |makeup: &str| ICalendar::loadTableCall {
        year: 2027,
        holidays: stretch("2027-01-01", "2027-01-03").chain(stretch("2027-02-05", "2027-02-11")).collect(),
        makeupDays: vec![in_year(makeup)],
        effectiveDay: 0,
        source: document("notice of the holidays of 2027"),
    };
    let propose = |call: &ICalendar::loadTableCall| {
        let input = call.abi_encode().into();
        to_members(proposeCall { target: CALENDAR, input, notBeforeMs: 0, title: "Table of 2027".into() })
    };
    let _: ICalendar::MakeupOnWorkingDay = year.refused(FIRST, propose(&load("2027-02-04")));
    let good = load("2027-02-20");
    let _: IMembers::NoVote = year.refused(BEIJING, propose(&good));
    let _: IMembers::NotProposed = year.refused(FIRST, to_calendar(good.clone()));
    let id_of_vote = year.act(FIRST, propose(&good)).event::<IMembers::Proposed>().id;
    let decided: IMembers::Decided =
        year.act(SECOND, to_members(voteCall { id: id_of_vote, approve: true })).event();
    assert!(decided.approved);
    let loaded: ICalendar::TableLoaded = year.act(SECOND, to_calendar(good)).event();
    assert_eq!((loaded.year, loaded.version), (2027, 1));
    year.note_today("the table of 2027 is loaded");
    let (due, provisional, _) = year.clock(id, Clock::Decide);
    assert!(!provisional && due > guessed, "{} after {}", Day::new(due), Day::new(guessed));
    year.note("the same decision is due, by the table", due);
    year.chapter_ends();
}

/// The last day: what happened in the year to orders of each kind.
pub(crate) fn the_year_is_reported(year: &mut Year) {
    let tally = |year: &Year, action: Action| {
        year.view(to_orders, IOrders::tallyCall { year: 2026, action: action.number() })
    };
    let suspensions = tally(year, Action::Suspend);
    assert_eq!(
        [suspensions.drafted, suspensions.approved, suspensions.appealed, suspensions.granted],
        [1, 1, 1, 1]
    );
    let disclosures = tally(year, Action::Disclose);
    assert_eq!(
        [
            disclosures.drafted,
            disclosures.dropped,
            disclosures.approved,
            disclosures.answered,
            disclosures.late
        ],
        [2, 1, 1, 1, 0]
    );
    assert_eq!(tally(year, Action::Freeze).drafted, 0);
    let counts = year.view(to_filing, IFiling::countsCall {});
    assert_eq!((counts.objections, counts.penalties, counts.assessments, counts.campaigns), (3, 3, 1, 1));
    assert_eq!((counts.services, counts.batches), (507, 2));
    year.chapter_ends();
}
