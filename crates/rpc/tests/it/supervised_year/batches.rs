//! Filing, decision and publication: 197 services in March, 309 in September.

use super::{
    contracts,
    founding::{false_registrations_are_refused, providers_are_registered},
    names::{Firm, attachments, own_place},
    people::*,
    queries,
    stage::{Deed, Year, day, document, to_filing, to_services},
};
use ding_modules::{
    filing::{
        State,
        abi::IFiling::{
            self, Form, draftCall, fileCall, forwardCall, proposalCall, proposeRecordCall, publishBatchCall,
            recordCall, resubmitCall, returnFilingCall, submitCall,
        },
        terms::Clock,
    },
    ids::FilingNumber,
    services::abi::IServices,
};
use ding_primitives::{Address, limits};

/// A filed service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) id: u64,
    pub(crate) firm: usize,
    pub(crate) form: Form,
    /// The contract it runs on, if it named one.
    pub(crate) contract: Option<Address>,
}

/// What the year has brought so far.
#[derive(Default)]
pub(crate) struct Register {
    pub(crate) firms: Vec<Firm>,
    pub(crate) providers: Vec<u32>,
    pub(crate) services: Vec<Service>,
}

/// Services in the first batch, and companies that provide them: eighteen hold fifty, the others one.
pub(crate) const FIRST_BATCH: usize = 197;
const FIRST_FIRMS: usize = 165;
const OF_EIGHTEEN: [usize; 18] = [5, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2];
/// The same of the second batch: the eighteen file one more each.
pub(crate) const SECOND_BATCH: usize = 309;
const SECOND_FIRMS: usize = SECOND_BATCH - OF_EIGHTEEN.len();

/// Places in the register of the services with a story of their own.
pub(crate) const THIN: usize = 0;
pub(crate) const RETURNED: usize = 20;
pub(crate) const OVERDUE: usize = 195;
pub(crate) const LATE: usize = 196;

impl Register {
    pub(crate) fn service(&self, place: usize) -> &Service {
        &self.services[place]
    }

    /// Account of the provider of a service.
    pub(crate) fn provider(&self, place: usize) -> Who {
        self.firms[self.services[place].firm].who
    }

    /// Files the next service of a company.
    fn next(&self, firm: usize, go_live: &str) -> Form {
        let nth = self.services.iter().filter(|service| service.firm == firm).count();
        self.firms[firm].form(nth, go_live)
    }

    /// Files one service of each of these companies, in this order, provided from today on.
    fn file(&mut self, year: &mut Year, firms: &[usize]) {
        let today = year.today().to_string();
        let forms: Vec<(usize, Form)> = firms.iter().map(|firm| (*firm, self.next(*firm, &today))).collect();
        let file = |(firm, form): &(usize, Form)| {
            let (provider, attachments) = (self.providers[*firm], attachments(form));
            (self.firms[*firm].who, to_filing(fileCall { provider, form: form.clone(), attachments }))
        };
        let done = year.all(forms.iter().map(file).collect());
        for ((firm, form), done) in forms.into_iter().zip(done) {
            let id = done.event::<IFiling::Submitted>().service;
            self.services.push(Service { id, firm, form, contract: None });
        }
    }

    /// The provincial administrations pass on what they received, in their divisions.
    fn forward(&self, year: &mut Year, places: impl Iterator<Item = usize>) {
        let forward = |place: usize| {
            let service = self.service(place);
            let who = province(self.firms[service.firm].division)?;
            let opinion = "材料齐全".to_owned();
            Some((who, to_filing(forwardCall { service: service.id, opinion })))
        };
        let deeds: Vec<_> = places.filter_map(forward).collect();
        if !deeds.is_empty() {
            year.all(deeds);
        }
    }

    /// One person proposes numbers, another records.
    fn record(&self, year: &mut Year, places: impl Iterator<Item = usize>) {
        let ids: Vec<u64> = places.map(|place| self.service(place).id).collect();
        year.all(ids.iter().map(|id| (FIRST, propose(*id))).collect());
        for chunk in ids.chunks(limits::FILING_STEP_MAX / 2) {
            year.act(SECOND, record_as_proposed(year, chunk));
        }
    }

    pub(crate) fn ids(&self, places: core::ops::Range<usize>) -> Vec<u64> {
        self.services[places].iter().map(|service| service.id).collect()
    }
}

fn propose(service: u64) -> Deed {
    to_filing(proposeRecordCall { service, number: String::new(), confirmed: false })
}

pub(crate) fn state(year: &Year, id: u64) -> State {
    State::from_number(year.service(id).status).unwrap()
}

/// Creates the contract on which the next service of a company runs, and names it in the form.
fn with_contract(year: &mut Year, who: Who, form: &mut Form) -> Address {
    let created = year.create(who, contracts::counter());
    form.places.push(own_place(who, created));
    created.0
}

/// January: 196 of the first 197 services are filed in three weeks.
pub(crate) fn the_first_are_filed(year: &mut Year, register: &mut Register) {
    year.go("2026-01-07");
    register.firms = (0..FIRST_FIRMS).map(Firm::new).collect();
    register.providers = providers_are_registered(year, &register.firms);
    false_registrations_are_refused(year, &register.firms[0], &Firm::new(FIRST_FIRMS + SECOND_FIRMS));

    // The order in which companies file: the eighteen first, one service a turn.
    let mut order: Vec<usize> = (0..5)
        .flat_map(|turn| (0..18).filter(move |firm| OF_EIGHTEEN[*firm] > turn))
        .chain(18..FIRST_FIRMS)
        .collect();
    assert_eq!(order.len(), FIRST_BATCH);
    let late = order.remove(LATE);
    let weeks = ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16"].into_iter();
    let weeks = weeks.chain(["2026-01-19", "2026-01-20", "2026-01-21", "2026-01-22", "2026-01-23"]);
    let weeks = weeks.chain(["2026-01-26", "2026-01-27", "2026-01-28", "2026-01-29"]);
    for (date, firms) in weeks.zip(order[..OVERDUE].chunks(14)) {
        year.go(date);
        register.file(year, firms);
    }
    year.go("2026-01-30");
    register.file(year, &order[OVERDUE..]);
    year.note_today("the last of the first are filed");
    assert_eq!(register.services.len(), FIRST_BATCH - 1);
    assert_eq!(late, register.firms[FIRST_FIRMS - 1].place);

    what_is_no_filing_is_refused(year, register);
    // The provinces look first, each in its own division.
    let beijing = register.service(THIN).id;
    let opinion = String::new;
    let elsewhere = to_filing(forwardCall { service: beijing, opinion: opinion() });
    let outside: IFiling::OutsideDivision = year.refused(ZHEJIANG, elsewhere.clone());
    assert_eq!((outside.own, outside.division), (33, 110_108));
    let _: IFiling::NotAllowed = year.refused(FIRST, elsewhere);
    register.forward(year, 0..FIRST_BATCH - 1);
    assert_eq!(state(year, beijing), State::Forwarded);
    year.chapter_ends();
}

fn what_is_no_filing_is_refused(year: &mut Year, register: &Register) {
    let firm = &register.firms[0];
    let provider = register.providers[0];
    let good = register.next(0, "2026-01-29");
    let file = |form: Form| {
        let attachments = attachments(&form);
        to_filing(fileCall { provider, form, attachments })
    };
    let _: IFiling::NotTheProvider = year.refused(register.firms[1].who, file(good.clone()));
    let no_server = Form { server: String::new(), ..good.clone() };
    assert_eq!(year.refused::<IFiling::Missing>(firm.who, file(no_server)).field, "server");
    let no_icp = Form { form: 1, site: "https://x.example.cn".into(), icp: String::new(), ..good.clone() };
    assert_eq!(year.refused::<IFiling::Missing>(firm.who, file(no_icp)).field, "icp");
    let boast = Form { description: "已获国家网信办批准".into(), ..good.clone() };
    let _: IFiling::ApprovalWording = year.refused(firm.who, file(boast));
    // A resident ID by accident: the door finds it and says so.
    let leak = Form { description: "联系人证件 990000199001010017".into(), ..good };
    year.turned_away(firm.who, file(leak), "personal data");
}

/// February and March: returns, records, a service that was filed too late, one decided too late.
pub(crate) fn the_first_are_decided(year: &mut Year, register: &mut Register) {
    // A filing with an attachment missing goes back with reasons, on 3 February.
    year.go("2026-02-03");
    let (returned, who) = (register.service(RETURNED).clone(), register.provider(RETURNED));
    let send_back = |answer_days| {
        let reasons = "许可证照片无法辨认".to_owned();
        to_filing(returnFilingCall {
            service: returned.id,
            codes: vec![3, 4],
            reasons,
            answerDays: answer_days,
        })
    };
    let _: IFiling::PeriodRange = year.refused(FIRST, send_back(0));
    year.act(FIRST, send_back(10));
    year.note_today("a filing is returned");
    year.note("the supplement is due", year.clock(returned.id, Clock::Supplement).0);
    let _: IFiling::WrongState = year.refused(FIRST, propose(returned.id));

    // The first week's filings are due from 9 February on; two people decide on the 6th.
    year.go("2026-02-06");
    year.note("decisions of the first day are due", year.clock(register.service(THIN).id, Clock::Decide).0);
    queries::queue_of_the_first_week(year, register);
    year.act(FIRST, propose(register.service(THIN).id));
    let record = record_as_proposed(year, &[register.service(THIN).id]);
    let _: IFiling::SameHand = year.refused(FIRST, record.clone());
    let _: IFiling::SameHand = year.refused(FIRST_AGAIN, record.clone());
    let _: IFiling::NotAllowed = year.refused(BEIJING, record.clone());
    let recorded: IFiling::Recorded = year.act(SECOND, record).event();
    assert_eq!((recorded.first, recorded.second), (FIRST.address(), SECOND.address()));
    let number = FilingNumber::parse(&recorded.number).unwrap();
    assert_eq!((number.division(), number.year(), number.check()), (110_108, 2026, Ok(())));
    year.note_today("the first numbers are given");
    register.record(year, (1..70).filter(|place| *place != RETURNED));

    // Resubmitted whole, a lacking filing goes the same way again.
    year.go("2026-02-11");
    let whole = attachments(&returned.form);
    let lacking = whole.iter().filter(|attachment| attachment.kind != 1).cloned().collect();
    let resubmit = |attachments| {
        to_filing(resubmitCall { service: returned.id, form: returned.form.clone(), attachments })
    };
    year.act(who, resubmit(lacking));
    let missing: IFiling::MaterialsMissing = year.refused(FIRST, propose(returned.id));
    assert_eq!(missing.missing, 1 << 1);
    year.act(SECOND, send_back(5));
    year.act(who, resubmit(whole));
    year.note_today("the supplement comes");
    year.note("the returned filing is due again", year.clock(returned.id, Clock::Decide).0);

    a_service_waits_too_long(year, register);
    year.go("2026-02-13");
    register.record(year, (70..140).chain([RETURNED]));
    // The third week's are due from a Saturday on, on which people work; one is overlooked.
    year.go("2026-02-27");
    year.note(
        "decisions fall due on a make-up Saturday",
        year.clock(register.service(140).id, Clock::Decide).0,
    );
    register.record(year, (140..LATE).filter(|place| *place != OVERDUE));
    a_service_comes_late(year, register);

    year.go_at("2026-03-05", 23, 50);
    let overdue = register.service(OVERDUE).id;
    let (due, _, over) = year.clock(overdue, Clock::Decide);
    assert_eq!((due, over), (day("2026-03-05").get(), false));
    year.note("the overlooked decision is due", due);
    year.go("2026-03-06");
    assert!(year.clock(overdue, Clock::Decide).2, "the administration is a day late");
    year.note_today("the overlooked decision is made");
    queries::queue_with_an_overdue_decision(year, register);
    register.record(year, [OVERDUE, LATE].into_iter());
    year.chapter_ends();
}

/// A service goes live on 10 February and is declared, but not filed.
fn a_service_waits_too_long(year: &mut Year, register: &mut Register) {
    let firm = FIRST_FIRMS - 1;
    let who = register.firms[firm].who;
    year.go("2026-02-12");
    let mut form = register.next(firm, "2026-02-10");
    let contract = with_contract(year, who, &mut form);
    let declare = draftCall { provider: register.providers[firm], form: form.clone() };
    let id = year.act(who, to_filing(declare)).event::<IFiling::Declared>().service;
    let (due, provisional, over) = year.clock(id, Clock::File);
    assert_eq!((due, provisional, over), (day("2026-03-02").get(), false, false));
    year.note("a service goes live", day("2026-02-10").get());
    year.note("the filing of that service is due", due);
    register.services.push(Service { id, firm, form, contract: Some(contract) });
    year.act(CITIZEN, Deed::new(contract, []));
}

/// It runs until the end of its last day, then every call is refused; filed late it runs again.
fn a_service_comes_late(year: &mut Year, register: &Register) {
    let service = register.service(LATE).clone();
    let (who, contract) = (register.provider(LATE), service.contract.unwrap());
    year.go_at("2026-03-02", 23, 59);
    year.act(CITIZEN, Deed::new(contract, []));
    year.go_at("2026-03-03", 0, 0);
    let stopped: IServices::ServiceStopped = year.refused(CITIZEN, Deed::new(contract, []));
    assert_eq!((stopped.number.as_str(), stopped.status), ("", 1));
    year.note_today("the unfiled service stops");
    let attachments = attachments(&service.form);
    let submitted: IFiling::Submitted =
        year.act(who, to_filing(submitCall { service: service.id, attachments })).event();
    assert!(submitted.late, "a late filing is taken and flagged");
    year.act(CITIZEN, Deed::new(contract, []));
    assert_eq!(year.service(service.id).flags & 1, 1);
    let verdict = year.view(to_services, IServices::verdictCall { contractAddress: contract });
    assert!(!verdict.stopped);
}

/// 30 March: the first batch is published.
pub(crate) fn the_first_batch_is_published(year: &mut Year, register: &Register) {
    year.go("2026-03-30");
    let services = register.ids(0..FIRST_BATCH);
    publish(year, 1, &services, FIRST_BATCH);
    year.note_today("the first batch is published");
    let objections = year.clock(services[0], Clock::Object).0;
    year.note("objections to the first batch end", objections);
    queries::batch_is_public(year, register, 1);
    year.chapter_ends();
}

fn publish(year: &mut Year, batch: u32, services: &[u64], count: usize) {
    let today = year.today().get();
    let publish = |batch, day| {
        let document = document(&format!("public list of batch {batch}"));
        to_filing(publishBatchCall { batch, services: services.to_vec(), day, document })
    };
    let _: IFiling::BatchOutOfOrder = year.refused(FIRST, publish(batch + 1, today));
    let _: IFiling::NotAllowed = year.refused(BEIJING, publish(batch, today));
    let _: IFiling::BadDay = year.refused(FIRST, publish(batch, today + 1));
    let published: IFiling::Published = year.act(FIRST, publish(batch, today)).event();
    assert_eq!((published.services.len(), published.workingDays), (count, 10));
    let _: IFiling::AlreadyPublished = year.refused(FIRST, publish(batch + 1, today));
    let entry = year.view(to_filing, IFiling::batchCall { number: batch });
    assert_eq!((entry.count as usize, entry.day), (count, today));
}

/// August and September: 309 further services.
pub(crate) fn the_second_batch_is_filed_and_published(year: &mut Year, register: &mut Register) {
    year.go("2026-08-14");
    let firms: Vec<Firm> = (FIRST_FIRMS..FIRST_FIRMS + SECOND_FIRMS).map(Firm::new).collect();
    register.providers.extend(providers_are_registered(year, &firms));
    register.firms.extend(firms);
    let order: Vec<usize> = (0..18).chain(FIRST_FIRMS..FIRST_FIRMS + SECOND_FIRMS).collect();
    let days = ["2026-08-17", "2026-08-18", "2026-08-19", "2026-08-20", "2026-08-21"].into_iter();
    let days = days.chain(["2026-08-24", "2026-08-25", "2026-08-26", "2026-08-27", "2026-08-28"]);
    for (date, firms) in days.zip(order.chunks(31)) {
        year.go(date);
        register.file(year, firms);
    }
    let all = FIRST_BATCH..FIRST_BATCH + SECOND_BATCH;
    assert_eq!(register.services.len(), all.end);
    year.go("2026-09-02");
    register.forward(year, all.clone());
    let first = register.service(all.start).id;
    year.note("the first decisions on the second batch are due", year.clock(first, Clock::Decide).0);
    for (date, half) in [("2026-09-09", all.start..all.start + 155), ("2026-09-16", all.start + 155..all.end)]
    {
        year.go(date);
        register.record(year, half);
    }
    year.go("2026-09-24");
    publish(year, 2, &register.ids(all), SECOND_BATCH);
    year.note_today("the second batch is published");
    year.note("objections to the second batch end", year.clock(first, Clock::Object).0);
    let counts = year.view(to_filing, IFiling::countsCall {});
    assert_eq!((counts.providers, counts.services, counts.batches), (456, 506, 2));
    queries::batch_is_public(year, register, 2);
    year.chapter_ends();
}

/// The second hand's call, with the numbers that stand proposed.
fn record_as_proposed(year: &Year, services: &[u64]) -> Deed {
    let number = |service: &u64| year.view(to_filing, proposalCall { service: *service }).number;
    to_filing(recordCall { services: services.to_vec(), numbers: services.iter().map(number).collect() })
}
