//! Filings, pilots, orders, votes and the queue, against the modules that emitted the events.

use crate::{
    chain::{Shelf, account, block, event, receipt},
    story::{self, CODE, Story, chief, citizen, day, deputy, firm, morning},
    support::{Folder, reached},
};
use ding_modules::{
    calendar::Day,
    filing::{State, Step, Track, abi::IFiling::*, terms::Clock},
    members::{abi::IMembers, state::ADDRESS as MEMBERS, terms::Status as ProposalStatus},
    orders::{Status, abi::IOrders},
    pilot::abi::IPilot,
};
use ding_primitives::{B256, Height, limits};
use ding_readmodel::{
    DutyRow, FilingFilter, Hit, OnceFilter, OrderFilter, Page, Party, PilotFilter, Query, QueryError,
    QueueFilter, ReadModel, ServiceKey, Source, StandingFilter, Thing,
};

const FIRST: Page = Page { after: None, limit: 100 };

fn opened(folder: &Folder, story: &Story) -> ReadModel {
    let model = folder.open();
    model.start(Shelf::of(&story.blocks)).unwrap();
    reached(&model, story.blocks.len() as u64 - 1);
    model
}

/// Rows of what happened so far, in a file of their own.
fn look<T>(story: &Story, ask: impl FnOnce(&Query) -> T) -> T {
    let folder = Folder::new();
    let model = opened(&folder, story);
    ask(&model.query())
}

/// The clocks of a service as its module computes them: which, last day, provisional, overdue.
fn clocks_of_module(story: &mut Story, service: u64) -> Vec<(u8, Day, bool, bool)> {
    let clocks = story.scene.read(citizen(), clocksOfCall { service });
    let mut clocks: Vec<_> =
        clocks.iter().map(|c| (c.clock, Day::new(c.dueDay), c.provisional, c.overdue)).collect();
    clocks.sort_unstable();
    clocks
}

/// The same by the rows.
fn clocks_of_rows(story: &Story, service: u64) -> Vec<(u8, Day, bool, bool)> {
    let now = story.now_ms();
    let filing =
        look(story, |query| query.filing(&ServiceKey::Id(service), FIRST, now).unwrap().unwrap().value);
    let of_module = |duty: &&DutyRow| {
        [Track::Filing, Track::Change, Track::Inspection, Track::Termination]
            .iter()
            .any(|track| track.number() == duty.slot)
    };
    let mut clocks: Vec<_> = filing
        .duties
        .iter()
        .filter(of_module)
        .filter_map(|duty| {
            let end = duty.due.or(duty.not_before)?;
            Some((duty.clock, end.day, end.provisional, now >= end.day.end_ms()))
        })
        .collect();
    if let Some(until) =
        filing.objections_until.filter(|_| !State::from_number(filing.service.state).unwrap().is_final())
    {
        clocks.push((Clock::Object.number(), until.day, until.provisional, now >= until.day.end_ms()));
    }
    clocks.sort_unstable();
    clocks
}

#[test]
fn a_filing_is_found_by_its_number_with_provider_form_clocks_and_steps() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let service = story.filed("提单存证服务");
    let number = story.recorded(service);
    story.publish(1, vec![service]);
    let now = story.now_ms();
    look(&story, |query| {
        let found = query.filing(&ServiceKey::Number(number.clone()), FIRST, now).unwrap().unwrap();
        assert_eq!(found.height, Height::new(story.blocks.len() as u64 - 1));
        let filing = found.value;
        assert_eq!((filing.service.id, &filing.service.number), (service, &number));
        assert_eq!(filing.service.name, "提单存证服务");
        assert_eq!(filing.service.state, State::Recorded.number());
        assert_eq!(filing.service.recorded_on, day("2026-02-10"));
        assert_eq!((filing.service.batch, filing.service.first_hand), (1, None));
        let provider = filing.provider.unwrap();
        assert_eq!((provider.id, &provider.uscc[..], provider.account), (1, CODE, firm()));
        assert_eq!((provider.organisation, provider.services), (3, 1));
        assert!(filing.form.unwrap().topics.len() == 3, "the event that declares it");
        // Ten working days from 10 February, around the holidays of 2026.
        assert_eq!(filing.objections_until.unwrap().day, day("2026-03-02"));
        let steps: Vec<_> = filing.history.rows.iter().map(|row| row.place.height.get()).collect();
        assert!(steps.is_sorted_by(|a, b| a >= b) && steps.len() >= 8, "{steps:?}");

        let batch = query.batch(1, FIRST).unwrap().unwrap();
        assert_eq!((batch.batch.services, batch.list.rows.len()), (1, 1));
        let line = &batch.list.rows[0];
        assert_eq!((&line.number, &line.provider[..]), (&number, "海港链科技有限公司"));
        assert_eq!(query.batch(2, FIRST).unwrap(), None);
        assert!(query.filing(&ServiceKey::Id(99), FIRST, now).unwrap().is_none());
        let bad = query.filing(&ServiceKey::Number("12".into()), FIRST, now);
        assert!(matches!(bad, Err(QueryError::Invalid(_))), "{bad:?}");
    });
}

#[test]
fn clocks_by_the_rows_are_those_of_the_module_through_a_whole_life() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let form = Form { goLive: story.today(), ..story::form("夜航") };
    let service = story.filing(firm(), draftCall { provider: 1, form });
    let mut seen = 0;
    let mut compare = |story: &mut Story| {
        let module = clocks_of_module(story, service);
        seen += module.len();
        assert_eq!(clocks_of_rows(story, service), module, "on {}", Day::from_ms(story.now_ms()));
    };
    compare(&mut story);
    story.go("2026-03-03");
    compare(&mut story);
    story.filing(firm(), submitCall { service, attachments: story::attachments() });
    compare(&mut story);
    let codes = vec![1];
    story.filing(chief(), returnFilingCall { service, codes, reasons: "补充".into(), answerDays: 7 });
    compare(&mut story);
    let form = Form { goLive: day("2026-02-10").get(), ..story::form("夜航") };
    story.filing(firm(), resubmitCall { service, form, attachments: story::attachments() });
    compare(&mut story);
    story.recorded(service);
    compare(&mut story);
    story.publish(1, vec![service]);
    compare(&mut story);
    let form = Form { goLive: day("2026-02-10").get(), ..story::form("夜航二期") };
    let changed = story.today();
    story.filing(
        firm(),
        reportChangeCall { service, changedOn: changed, form: form.clone(), reason: String::new() },
    );
    compare(&mut story);
    let campaign = story.filing(chief(), openCampaignCall { title: "检查".into(), workingDays: 10 });
    story.filing(chief(), inspectCall { campaign, services: vec![service] });
    compare(&mut story);
    story.go("2026-12-21");
    compare(&mut story);
    story.filing(chief(), acceptChangeCall { service, form });
    let renamed = look(&story, |query| query.filings(&FilingFilter::default(), FIRST).unwrap());
    assert_eq!(renamed.rows[0].name, "夜航二期");
    story.filing(firm(), answerInspectionCall { service, answer: B256::repeat_byte(1), text: String::new() });
    let order = rectifyCall {
        service,
        article: 19,
        breach: 5,
        workingDays: 20,
        notice: B256::repeat_byte(2),
        text: "限期改正".into(),
    };
    story.filing(chief(), order);
    // Twenty working days run into 2027, which has no table.
    compare(&mut story);
    assert!(clocks_of_rows(&story, service).iter().any(|(_, _, provisional, _)| *provisional));
    story.load_table(2027, vec![1, 4, 5]);
    compare(&mut story);
    assert!(!clocks_of_rows(&story, service).iter().any(|(_, _, provisional, _)| *provisional));
    let planned = day("2027-04-30").get();
    let notice = notifyTerminationCall {
        service,
        plannedDay: planned,
        arrangements: B256::repeat_byte(3),
        text: "停止服务".into(),
    };
    story.filing(firm(), notice);
    compare(&mut story);
    assert!(seen > 15, "{seen}");
}

#[test]
fn the_queue_has_the_overdue_first_then_by_day_then_what_has_no_day() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let late = story.filing(
        firm(),
        draftCall { provider: 1, form: Form { goLive: story.today(), ..story::form("迟到") } },
    );
    story.go("2026-12-21");
    let new = story.filed("新服务");
    let fast = story.filed("快服务");
    story.filing(
        chief(),
        returnFilingCall { service: fast, codes: vec![3], reasons: "缺".into(), answerDays: 3 },
    );
    let pilot = story.recommended();
    let now = story.now_ms();
    let queue = |story: &Story, filter: QueueFilter| {
        look(story, |query| query.queue(&filter, None, 100, now).unwrap()).rows
    };
    let all = queue(&story, QueueFilter::default());
    let shown: Vec<_> = all
        .iter()
        .map(|duty| (duty.source, duty.thing, duty.overdue, duty.due.map(|due| (due.day, due.provisional))))
        .collect();
    assert_eq!(
        shown,
        [
            (Source::Filing, late, true, Some((day("2026-03-02"), false))),
            (Source::Filing, fast, false, Some((day("2026-12-24"), false))),
            // Monday to Friday, because 2027 has no table yet.
            (Source::Filing, new, false, Some((day("2027-01-18"), true))),
            (Source::Pilot, u64::from(pilot), false, None),
        ]
    );
    assert_eq!(all[0].parties, [Party::Provider]);
    assert_eq!((all[0].step, all[0].clock), (Step::Submit.number(), Clock::File.number()));
    assert_eq!((all[2].step, &all[2].name[..]), (Step::ProposeRecord.number(), "新服务"));

    // A table that makes 4 January a holiday moves what is open and makes it certain.
    story.load_table(2027, vec![1, 4]);
    let due = queue(&story, QueueFilter::default())[2].due.unwrap();
    assert_eq!((due.day, due.provisional), (day("2027-01-20"), false));

    let things = |filter| queue(&story, filter).iter().map(|duty| duty.thing).collect::<Vec<_>>();
    assert_eq!(things(QueueFilter { overdue: Some(true), ..Default::default() }), [late]);
    assert_eq!(things(QueueFilter { by: Some(day("2026-12-24")), ..Default::default() }), [late, fast]);
    assert_eq!(things(QueueFilter { party: Some(Party::Provider), ..Default::default() }), [late, fast]);
    // The firm acts as provider, the province for its division, the supervisors for everything open.
    assert_eq!(things(QueueFilter { organisation: Some(3), ..Default::default() }), [late, fast]);
    assert_eq!(things(QueueFilter { organisation: Some(2), ..Default::default() }), [new]);
    assert_eq!(things(QueueFilter { organisation: Some(1), ..Default::default() }), [new, pilot.into()]);
    assert_eq!(things(QueueFilter { division: Some(33), ..Default::default() }), [u64::from(pilot)]);
    look(&story, |query| {
        let nobody = query.queue(&QueueFilter { organisation: Some(77), ..Default::default() }, None, 5, now);
        assert!(matches!(nobody, Err(QueryError::Invalid(_))), "{nobody:?}");
        // One by one, the pages are the whole.
        let (mut after, mut paged) = (None, Vec::new());
        loop {
            let page = query.queue(&QueueFilter::default(), after, 1, now).unwrap();
            paged.extend(page.rows.iter().map(|duty| (duty.source, duty.thing)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged.len(), 4);
        assert_eq!(paged, all.iter().map(|duty| (duty.source, duty.thing)).collect::<Vec<_>>());
    });
}

#[test]
fn votes_are_in_the_queue_of_those_who_did_not_vote_until_the_time_is_over() {
    let mut story = Story::on("2026-03-02");
    let table = ding_modules::calendar::abi::ICalendar::loadTableCall {
        year: 2027,
        holidays: vec![1],
        makeupDays: vec![],
        effectiveDay: story.today(),
        source: B256::repeat_byte(1),
    };
    let id = story.propose(ding_modules::calendar::state::ADDRESS, &table, "放假安排");
    let now = story.now_ms();
    let of = |story: &Story, organisation, now| {
        let filter = QueueFilter { organisation: Some(organisation), ..Default::default() };
        look(story, |query| query.queue(&filter, None, 10, now).unwrap()).rows
    };
    let mine = of(&story, 1, now);
    assert_eq!((mine.len(), mine[0].source, mine[0].thing, mine[0].step), (1, Source::Proposal, id, 1));
    assert_eq!(mine[0].due.unwrap().day, day("2026-03-09"));
    assert!(of(&story, 3, now).is_empty(), "the firm has no vote");
    assert!(of(&story, 1, morning("2026-03-10")).is_empty(), "the vote is over");
    look(&story, |query| {
        let state = |now| query.proposals(None, FIRST, now).unwrap().rows[0].status_at(now);
        assert_eq!(state(now), Some(ProposalStatus::Open));
        assert_eq!(state(morning("2026-03-10")), Some(ProposalStatus::Ended));
        let ended = query.proposals(Some(ProposalStatus::Ended), FIRST, now).unwrap();
        assert!(ended.rows.is_empty());
    });
    story.call(MEMBERS, chief(), IMembers::voteCall { id, approve: true }).unwrap();
    let mine = of(&story, 1, now);
    assert_eq!((mine.len(), mine[0].step), (1, 2), "now it is to be carried out");
    look(&story, |query| {
        let found = query.proposal(id, FIRST, now).unwrap().unwrap().value;
        assert_eq!((found.proposal.approvals, found.proposal.voters), (1, 1));
        assert_eq!(found.votes[0].organisation, 1);
        assert_eq!(found.parameters.len(), 4);
        assert_eq!(found.history.rows.len(), 3);
    });
    story.call(ding_modules::calendar::state::ADDRESS, chief(), table).unwrap();
    assert!(of(&story, 1, now).is_empty());
    look(&story, |query| {
        let tables = query.calendar(2027).unwrap();
        assert_eq!((tables.rows.len(), tables.rows[0].version, tables.rows[0].proposal), (1, 1, id));
        assert_eq!(query.calendar(2026).unwrap().rows[0].working, 248);
        assert!(query.calendar(2031).unwrap().rows.is_empty());
    });
}

#[test]
fn an_order_is_found_by_target_state_and_year_and_counted() {
    let mut story = Story::on("2026-12-21");
    let number = story.order(chief(), story::draft(5, firm(), 10));
    let now = story.now_ms();
    let duties =
        |story: &Story, now| look(story, |query| query.order(number, FIRST, now).unwrap().unwrap().value);
    assert_eq!(duties(&story, now).duties[0].parties, [Party::Issuer]);
    story.order(deputy(), IOrders::approveCall { number });
    let module =
        story.scene.call_of(ding_modules::orders::state::ADDRESS, citizen(), IOrders::orderCall { number });
    let module = module.unwrap();
    let order = duties(&story, now);
    let due = order.duties[0].due.unwrap();
    assert_eq!((due.day, due.provisional), (Day::new(module.dueDay), module.provisional));
    assert!(due.provisional, "2027 has no table");
    assert_eq!((order.order.status, order.order.second), (Status::InForce.number(), Some(deputy())));
    assert_eq!((order.duties[0].organisation, &order.duties[0].parties[..]), (3, &[Party::Target][..]));
    story.go("2027-02-01");
    let now = story.now_ms();
    assert!(duties(&story, now).duties[0].overdue);
    story.order(firm(), IOrders::answerCall { number, digest: B256::repeat_byte(1) });
    story.order(firm(), IOrders::appealCall { number, grounds: B256::repeat_byte(2) });
    let found = duties(&story, now);
    assert!(found.order.late);
    assert_eq!(found.duties.len(), 2, "an answer to settle and an appeal to decide");
    look(&story, |query| {
        let list = |filter: OrderFilter| query.orders(&filter, FIRST, now).unwrap().rows.len();
        assert_eq!(list(OrderFilter { target: Some(firm().into_word()), ..Default::default() }), 1);
        assert_eq!(list(OrderFilter { target: Some(B256::ZERO), ..Default::default() }), 0);
        assert_eq!(list(OrderFilter { year: Some(2026), ..Default::default() }), 1);
        assert_eq!(list(OrderFilter { year: Some(2027), ..Default::default() }), 0);
        assert_eq!(list(OrderFilter { status: Some(Status::Answered), ..Default::default() }), 1);
        assert_eq!(list(OrderFilter { status: Some(Status::Expired), ..Default::default() }), 0);
        assert_eq!(list(OrderFilter { action: Some(5), ..Default::default() }), 1);
        let report = query.order_report(2026).unwrap().rows;
        assert_eq!((report.len(), report[0].drafted, report[0].approved), (1, 1, 1));
        let next = query.order_report(2027).unwrap().rows;
        assert_eq!((next[0].answered, next[0].late, next[0].appealed), (1, 1, 1));
    });
    for (year, rows) in [(2026, 1), (2027, 1)] {
        let tally = IOrders::tallyCall { year, action: 5 };
        let module = story.scene.call_of(ding_modules::orders::state::ADDRESS, citizen(), tally).unwrap();
        let report = look(&story, |query| query.order_report(year).unwrap().rows);
        assert_eq!(report.len(), rows);
        let row = &report[0];
        assert_eq!(
            (module.drafted, module.approved, module.answered, module.late, module.appealed),
            (row.drafted, row.approved, row.answered, row.late, row.appealed)
        );
    }
}

#[test]
fn a_pilot_is_found_with_entity_indicators_entries_and_comments() {
    let story = Story::whole();
    let now = story.now_ms();
    look(&story, |query| {
        let pilot = query.pilot(1, FIRST, now).unwrap().unwrap().value;
        assert_eq!(pilot.pilot.title, "检查结果互认");
        assert_eq!((pilot.pilot.competent, pilot.pilot.class, pilot.pilot.field), (4, 3, 12));
        assert_eq!(pilot.entity.unwrap().name, "第三医院");
        assert_eq!((pilot.indicators.len(), pilot.indicators[0].value), (1, Some(12)));
        assert_eq!((pilot.entries.len(), pilot.entries[0].value, pilot.entries[0].corrects), (1, 12, None));
        assert_eq!(pilot.comments.len(), 2);
        assert_eq!((pilot.comments[0].kind, pilot.comments[0].outcome), (2, 3));
        assert_eq!((pilot.pilot.comments, pilot.pilot.objections), (2, 0));
        assert_eq!(pilot.filings.len(), 1);
        assert!(pilot.description.is_some() && pilot.pilot.chain_id == 7001);
        // A half-year and a final assessment.
        assert_eq!(pilot.duties.len(), 2);
        assert_eq!(pilot.duties[0].due.unwrap().day, day("2026-07-14"));
        assert!(pilot.duties.iter().all(|duty| duty.parties == [Party::Entity]));
        let list = |filter: PilotFilter| query.pilots(&filter, FIRST).unwrap().rows.len();
        assert_eq!(list(PilotFilter::default()), 1);
        assert_eq!(list(PilotFilter { text: Some("第三医".into()), ..Default::default() }), 1);
        assert_eq!(list(PilotFilter { field: Some(12), class: Some(3), ..Default::default() }), 1);
        assert_eq!(list(PilotFilter { field: Some(1), ..Default::default() }), 0);
        assert_eq!(list(PilotFilter { zone: Some(1), ..Default::default() }), 0);
        assert!(query.pilot(2, FIRST, now).unwrap().is_none());
    });
}

#[test]
fn the_listing_of_a_pilot_begins_when_the_public_had_its_time() {
    let mut story = Story::on("2026-01-05");
    let id = story.recommended();
    story.pilot(deputy(), IPilot::reviewCall { id, competent: 4, opinion: "可行".into() });
    let document = story.document(2);
    story.pilot(chief(), IPilot::publishCall { id, document });
    let now = story.now_ms();
    let duties = look(&story, |query| query.pilot(id, FIRST, now).unwrap().unwrap().value.duties);
    assert_eq!(duties.len(), 1);
    assert_eq!((duties[0].due, duties[0].not_before.unwrap().day), (None, day("2026-01-12")));
    assert!(!duties[0].overdue);
}

#[test]
fn organisations_and_authorities_of_genesis_are_there_without_an_event() {
    let mut story = Story::on("2026-01-05");
    story.go("2026-01-06");
    look(&story, |query| {
        let organisations = query.organisations(FIRST).unwrap().rows;
        let names: Vec<_> = organisations.iter().map(|row| (row.id, row.name.as_str())).collect();
        assert_eq!(names[0], (1, "国家管理机构"));
        assert_eq!((names.len(), organisations[1].division, organisations[0].accounts), (4, 11, 2));
        let authorities = query.authorities(FIRST).unwrap().rows;
        assert_eq!((authorities.len(), authorities[0].organisation), (1, 1));
        let page = query.organisations(Page { after: Some(1), limit: 2 }).unwrap();
        assert_eq!((page.rows[0].id, page.rows.len(), page.next), (2, 2, Some(3)));
        assert_eq!(query.search("国家管", &[], FIRST).unwrap().rows.len(), 2);
    });
}

#[test]
fn standings_say_where_accounts_stand_and_nothing_about_whom_they_are_bound_to() {
    let story = Story::whole();
    look(&story, |query| {
        let all = query.standings(&StandingFilter::default(), FIRST).unwrap().rows;
        assert_eq!(all.len(), 2);
        let filter = StandingFilter { account: Some(citizen()), ..Default::default() };
        let mine = &query.standings(&filter, FIRST).unwrap().rows[0];
        assert_eq!((mine.status, mine.binding_status, mine.level, mine.authority), (2, 2, 3, 1));
        let active = StandingFilter { status: Some(1), authority: Some(1), ..Default::default() };
        assert_eq!(query.standings(&active, FIRST).unwrap().rows.len(), 1);
    });
    let folder = Folder::new();
    drop(opened(&folder, &story));
    let rows = crate::support::dump(&folder.file());
    let commitment = rusqlite::types::Value::Blob(vec![1; 32]);
    for (table, rows) in
        rows.iter().filter(|(table, _)| table.contains("standings") || table.contains("bindings"))
    {
        assert!(!rows.iter().flatten().any(|value| *value == commitment), "{table}");
    }
}

#[test]
fn numbers_that_services_hold_are_in_the_once_only_register() {
    let story = Story::whole();
    look(&story, |query| {
        let keys = query.once(&OnceFilter::default(), FIRST).unwrap().rows;
        assert!(!keys.is_empty());
        let owner = Some(ding_modules::filing::state::ADDRESS);
        assert!(!query.once(&OnceFilter { owner, ..Default::default() }, FIRST).unwrap().rows.is_empty());
        let nobody = OnceFilter { holder: Some(account(77)), ..Default::default() };
        assert!(query.once(&nobody, FIRST).unwrap().rows.is_empty());
    });
}

#[test]
fn a_service_that_an_order_stops_is_found_as_suspended_and_the_order_is_called_after_what_it_does() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let (stopped, other) = (story.filed("被停服务"), story.filed("别的服务"));
    story.recorded(stopped);
    story.recorded(other);
    let key = look(&story, |query| query.filings(&FilingFilter::default(), FIRST).unwrap().rows)
        .iter()
        .find(|row| row.id == stopped)
        .map(|row| row.key);
    let mut draft = story::draft(1, firm(), 0);
    draft.what.targetKind = 1;
    draft.what.target = key.unwrap();
    draft.what.untilMs = morning("2026-03-10");
    let number = story.order(chief(), draft);
    let suspended = FilingFilter { state: Some(State::Suspended.number()), ..Default::default() };
    let found = |story: &Story| {
        let rows = look(story, |query| query.filings(&suspended, FIRST).unwrap().rows);
        rows.iter().map(|row| (row.id, row.stopped_by)).collect::<Vec<_>>()
    };
    assert_eq!(found(&story), [], "a draft stops nothing");
    let now = story.now_ms();
    let queue = look(&story, |query| query.queue(&QueueFilter::default(), None, 9, now).unwrap().rows);
    let full = look(&story, |query| query.filing(&ServiceKey::Id(stopped), FIRST, now).unwrap().unwrap());
    let name = format!("suspend service 京网信备{}号 被停服务", full.value.service.number);
    assert_eq!((queue[0].number.clone(), &queue[0].name), (number.to_string(), &name));
    let hits = look(&story, |query| query.search(&number.to_string(), &[], FIRST).unwrap().rows);
    assert!(hits[0].name.starts_with(&name) && hits[0].name.contains("第十八条"), "{hits:?}");

    story.order(deputy(), IOrders::approveCall { number });
    assert_eq!(found(&story), [(stopped, Some(number))]);
    let state =
        |story: &Story| look(story, |query| query.filings(&FilingFilter::default(), FIRST).unwrap().rows);
    assert!(state(&story).iter().all(|row| row.state == State::Recorded.number()));
    // It ends by itself.
    story.go("2026-03-11");
    story.filed("后来的服务");
    assert_eq!(found(&story), []);
    assert!(state(&story).iter().all(|row| row.stopped_by.is_none()));
}

#[test]
fn services_are_listed_by_what_runs_beside_their_filing_and_the_queue_by_what_it_is_about() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let changed = story.filed("变更服务");
    story.recorded(changed);
    let waiting = story.filed("等待服务");
    let pilot = story.recommended();
    let today = story.today();
    let form = Form { server: "上海市".into(), goLive: today, ..story::form("变更服务") };
    story
        .filing(firm(), reportChangeCall { service: changed, changedOn: today, form, reason: String::new() });
    look(&story, |query| {
        let ids = |state: State| {
            let filter = FilingFilter { state: Some(state.number()), ..Default::default() };
            query.filings(&filter, FIRST).unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(State::ChangePending), [changed]);
        assert_eq!(ids(State::Submitted), [waiting]);
        assert!(ids(State::Open).is_empty());
        let about = |source: Source| {
            let filter = QueueFilter { source: Some(source), ..Default::default() };
            let rows = query.queue(&filter, None, 9, story.now_ms()).unwrap().rows;
            assert!(rows.iter().all(|row| row.source == source));
            rows.iter().map(|row| row.thing).collect::<Vec<_>>()
        };
        assert_eq!(about(Source::Pilot), [u64::from(pilot)]);
        let mut filings = about(Source::Filing);
        filings.sort_unstable();
        assert_eq!(filings, [changed, waiting]);
        assert!(about(Source::Order).is_empty());
        // Codes are kept as words and shown as text.
        let hits = query.search("第三医院", &[Thing::Entity], FIRST).unwrap().rows;
        assert_eq!((hits.len(), hits[0].code.len()), (1, 18), "{hits:?}");
    });
}

fn names(hits: &[Hit]) -> Vec<(Thing, &str)> {
    hits.iter().map(|hit| (hit.thing, hit.name.as_str())).collect()
}

#[test]
fn a_search_finds_parts_of_names_and_numbers_in_both_scripts_exact_numbers_first() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let bills = story.filed("提单存证服务 Harbour Bills");
    let number = story.recorded(bills);
    let trace = story.filed("供应链溯源");
    look(&story, |query| {
        let find = |text: &str| query.search(text, &[], FIRST).unwrap().rows;
        for text in ["提单存", "存证服务", "harbour bil", "ＨＡＲＢＯＵＲ Ｂ", "单存", "提", "Ha"]
        {
            assert!(names(&find(text)).contains(&(Thing::Service, "提单存证服务 Harbour Bills")), "{text}");
        }
        assert_eq!(names(&find("供应链")), [(Thing::Service, "供应链溯源")]);
        // The provider's name leads to the provider and to its services.
        let by_provider = find("海港链科技");
        assert_eq!(
            by_provider.iter().map(|hit| hit.thing).collect::<Vec<_>>(),
            [Thing::Service, Thing::Service, Thing::Provider]
        );
        for text in [number.clone(), format!("京网信备{number}号"), number[..8].to_owned()] {
            let hits = find(&text);
            assert_eq!((hits[0].thing, hits[0].number), (Thing::Service, bills), "{text}");
            assert_eq!(hits[0].exact, text.len() > 8);
        }
        // Most of a number is looked for from its beginning; a long word of a name is no number.
        assert_eq!(find(&number[..17])[0].number, bills);
        assert!(find(&number[2..19]).is_empty());
        assert_eq!(find("Harbour Bills").len(), 1);
        // The last characters of a name, and ones that no name has.
        for (text, count) in [("溯源", 1), ("源", 1), ("ls", 1), ("龘", 0), ("龘龘", 0)] {
            assert_eq!(find(text).len(), count, "{text}");
        }
        // The code of the firm is that of the provider and of the organisation.
        let exact: Vec<_> = find(CODE).iter().filter(|hit| hit.exact).map(|hit| hit.thing).collect();
        assert_eq!(exact, [Thing::Provider, Thing::Organisation]);
        assert_eq!(query.search(CODE, &[Thing::Organisation], FIRST).unwrap().rows.len(), 1);
        let list =
            query.filings(&FilingFilter { text: Some("海港".into()), ..Default::default() }, FIRST).unwrap();
        assert_eq!(list.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [trace, bills]);
        assert!(find("没有这个名字").is_empty());
    });
}

#[test]
fn a_search_takes_every_text_as_a_text() {
    let story = Story::whole();
    look(&story, |query| {
        let find = |text: &str| query.search(text, &[], FIRST);
        assert_eq!(
            names(&find("\"溯源\" OR NOT*").unwrap().rows),
            [(Thing::Service, "供应链\"溯源\" OR NOT*")]
        );
        for text in
            ["\"", "\"\"\"", "a*", "name:x", "NEAR(a b)", "x OR y", "^abc", "-abc", "(", "';--", "%%%", "___"]
        {
            assert!(find(text).unwrap().rows.iter().all(|hit| hit.name.contains('"')), "{text}");
        }
        assert_eq!(find("供应链\u{0}\"溯源").unwrap().rows.len(), 0, "a control character is a space");
        for text in ["", "   ", "\u{0}", "\u{1}\n"] {
            assert!(matches!(find(text), Err(QueryError::Invalid(_))), "{text:?}");
        }
        let long = "长".repeat(limits::SEARCH_TEXT_CHARS_MAX + 1);
        assert!(matches!(find(&long), Err(QueryError::Invalid(_))));
        assert!(find(&long[..limits::SEARCH_TEXT_CHARS_MAX * 3]).unwrap().rows.is_empty());
    });
}

#[test]
fn names_with_control_characters_and_syntax_are_kept_and_found() {
    // Events of a chain whose module let them through: rows take whatever events say.
    let declared = |name: &str| Declared {
        service: 1,
        provider: 1,
        form: Form { name: name.into(), ..story::form("") },
        content: B256::ZERO,
    };
    let mut blocks = Story::on("2026-01-05").blocks;
    for name in ["旧名字在此", "a\u{0}b\u{7}c 新名字 \"*' OR"] {
        let mut log = event(&declared(name));
        log.address = ding_modules::filing::state::ADDRESS;
        let transaction =
            crate::chain::Dice(3).transaction(alloy_primitives::TxKind::Create, Default::default());
        blocks.push(block(
            blocks.last().map(|block| &**block),
            5,
            vec![transaction],
            vec![receipt(vec![log])],
        ));
    }
    let folder = Folder::new();
    let model = folder.open();
    model.start(Shelf::of(&blocks)).unwrap();
    reached(&model, blocks.len() as u64 - 1);
    let query = model.query();
    let found = query.search("新名字 \"*' o", &[], FIRST).unwrap().rows;
    assert_eq!(found[0].name, "a\u{0}b\u{7}c 新名字 \"*' OR", "as it was written");
    assert!(query.search("旧名字", &[], FIRST).unwrap().rows.is_empty(), "the old name is gone");
    assert_eq!(query.search("B C", &[], FIRST).unwrap().rows.len(), 1);
}

#[test]
fn lists_are_cut_into_pages_and_filtered() {
    let mut story = Story::on("2026-02-10");
    story.register();
    let services: Vec<u64> = (0..7).map(|n| story.filed(&format!("第{n}号服务"))).collect();
    let numbers: Vec<String> = services[..3].iter().map(|service| story.recorded(*service)).collect();
    story.publish(1, vec![services[2], services[0]]);
    look(&story, |query| {
        let ids = |filter: &FilingFilter, page| {
            let list = query.filings(filter, page).unwrap();
            (list.rows.iter().map(|row| row.id).collect::<Vec<_>>(), list.next)
        };
        let all = FilingFilter::default();
        assert_eq!(ids(&all, Page { after: None, limit: 3 }), (vec![7, 6, 5], Some(5)));
        assert_eq!(ids(&all, Page { after: Some(5), limit: 3 }), (vec![4, 3, 2], Some(2)));
        assert_eq!(ids(&all, Page { after: Some(2), limit: 3 }), (vec![1], None));
        let filter = |change: fn(&mut FilingFilter)| {
            let mut filter = FilingFilter::default();
            change(&mut filter);
            ids(&filter, FIRST).0
        };
        assert_eq!(filter(|f| f.state = Some(State::Recorded.number())), [3, 2, 1]);
        assert_eq!(filter(|f| f.batch = Some(1)), [3, 1]);
        assert_eq!(filter(|f| f.division = Some(11)).len(), 7);
        assert_eq!(filter(|f| f.division = Some(110_108)).len(), 7);
        assert_eq!(filter(|f| f.division = Some(33)).len(), 0);
        assert_eq!(filter(|f| f.provider = Some(2)).len(), 0);
        assert_eq!(filter(|f| f.category = Some(2)).len(), 7);
        let text = FilingFilter { text: Some("号服务".into()), ..Default::default() };
        assert_eq!(ids(&text, Page { after: None, limit: 5 }), (vec![7, 6, 5, 4, 3], Some(3)));
        assert_eq!(ids(&text, Page { after: Some(3), limit: 5 }), (vec![2, 1], None));
        let short = FilingFilter { text: Some("号服".into()), state: Some(2), ..Default::default() };
        assert_eq!(ids(&short, Page { after: Some(6), limit: 5 }), (vec![5, 4], None));
        // The batch keeps the order in which it was published.
        let batch = query.batch(1, FIRST).unwrap().unwrap().list.rows;
        assert_eq!(batch.iter().map(|line| &line.number).collect::<Vec<_>>(), [&numbers[2], &numbers[0]]);
        // Hits come page by page, too, none twice.
        let paged = |text: &str, limit| {
            let (mut after, mut hits) = (None, Vec::new());
            loop {
                let page = query.search(text, &[], Page { after, limit }).unwrap();
                hits.extend(page.rows.iter().map(|hit| hit.id));
                after = page.next;
                if after.is_none() {
                    return hits;
                }
            }
        };
        for limit in [1, 2, 100] {
            assert_eq!(paged(CODE, limit).len(), 2, "a provider and an organisation have this code");
            assert_eq!(paged(&numbers[0], limit).len(), 1);
            assert_eq!(paged("海港链", limit).len(), 8, "seven services and their provider");
        }
        let hits = paged("服务", 2);
        assert_eq!(hits.len(), 7);
        assert!(hits.is_sorted_by(|a, b| a > b));
    });
}
