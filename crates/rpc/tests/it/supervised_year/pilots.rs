//! Pilots: fifteen zones and 164 entities, from the recommendation to the half-year assessment.

use super::{
    batches::Register,
    founding::bind_organisation,
    names,
    people::*,
    queries,
    stage::{Deed, Year, day, document, to_filing, to_pilot},
};
use ding_modules::{
    filing::abi::IFiling,
    pilot::{
        abi::IPilot::{
            self, Proposal, addIndicatorCall, answerCall, assessCall, commentCall, correctCall, declineCall,
            describeCall, listCall, nameFilingCall, orderAdjustmentCall, proposeRemovalCall, publishCall,
            recommendCall, recordDocumentCall, registerEntityCall, removeCall, replyAdjustmentCall,
            reportCall, reviewCall, settleAdjustmentCall, startCall,
        },
        machine::State,
        terms::{Clock, Zone},
    },
};
use ding_primitives::{B256, limits};

pub(crate) const ZONES: usize = 15;
pub(crate) const SPECIALS: usize = 164;
/// One more was recommended than the list counts.
const RECOMMENDED: usize = ZONES + SPECIALS + 1;
/// Numbers of documents, in the order in which they are recorded.
const SHORTLIST: u32 = 2;
const LIST: u32 = 3;
/// Pilots that begin at once.
pub(crate) const STARTED: usize = 24;
/// Places of pilots with a story: one that the public objects to, one that is adjusted, one removed.
const DOUBTED: usize = 40;
const ADJUSTED: usize = 16;
const REMOVED: usize = 23;
/// Chain on which the pilots of the story run.
const CHAIN: u64 = 88_001;

/// A recommended pilot.
#[derive(Clone, Debug)]
pub(crate) struct Pilot {
    pub(crate) id: u32,
    pub(crate) who: Who,
    pub(crate) name: String,
    recommender: Who,
    competent: u32,
    proposal: Proposal,
}

/// The pilots of the year.
#[derive(Default)]
pub(crate) struct Pilots(pub(crate) Vec<Pilot>);

fn plan(place: usize) -> (String, Pilot) {
    let zone = Zone::ALL.get(place);
    let division = zone.map_or_else(|| Zone::ALL[place * 7 % ZONES].division(), |zone| zone.division());
    let field = if zone.is_some() { 0 } else { u8::try_from((place - ZONES) % 16 + 1).unwrap() };
    let finance = field >= 13;
    let (code, name) = names::unit(place, division);
    let (competent, department) = if finance { (OF_FINANCE, FINANCE) } else { (OF_INDUSTRY, INDUSTRY) };
    let name = zone.map_or(name, |zone| format!("{}试点办公室", zone.official()));
    let proposal = Proposal {
        kind: if zone.is_some() { 1 } else { 2 },
        entity: B256::right_padding_from(code.as_bytes()),
        field,
        zone: zone.map_or(0, |zone| zone.number()),
        division,
        endDay: day("2028-06-01").get(),
        title: format!("{name}区块链创新应用试点"),
        material: document(&name),
    };
    let recommender = province(u32::from(division) * 10_000).unwrap_or(department);
    (code, Pilot { id: 0, who: Who::unit(place), name, recommender, competent, proposal })
}

fn record(kind: u8, issued: &str, departments: u16, counts: (u16, u16), title: &str) -> Deed {
    to_pilot(recordDocumentCall {
        kind,
        issuedOn: day(issued).get(),
        departments,
        zones: counts.0,
        specials: counts.1,
        digest: document(title),
        number: String::new(),
        title: title.into(),
    })
}

fn recommend(proposal: &Proposal) -> Deed {
    to_pilot(recommendCall { proposal: proposal.clone(), alongside: Vec::new() })
}

pub(crate) fn state(year: &Year, id: u32) -> State {
    State::from_number(year.view(to_pilot, IPilot::pilotOfCall { id }).pilot.state).unwrap()
}

fn clock(year: &Year, id: u32, clock: Clock) -> u32 {
    let clocks = year.view(to_pilot, IPilot::clocksOfCall { id });
    clocks.iter().find(|found| found.clock == clock.number()).unwrap().lastDay
}

impl Pilots {
    pub(crate) fn get(&self, place: usize) -> &Pilot {
        &self.0[place]
    }

    /// The same step for many, each taken by whom `by` names.
    fn each(
        &self,
        year: &mut Year,
        places: core::ops::Range<usize>,
        by: impl Fn(&Pilot) -> Who,
        deed: impl Fn(&Pilot) -> Deed,
    ) {
        year.all(self.0[places].iter().map(|pilot| (by(pilot), deed(pilot))).collect());
    }
}

/// 1 and 2 June: regions and departments recommend.
pub(crate) fn pilots_are_recommended(year: &mut Year, register: &Register) -> Pilots {
    year.go("2026-06-01");
    year.act(FIRST, record(1, "2026-06-01", 18, (0, 0), "关于申报区块链创新应用试点的通知"));
    let _: IPilot::FutureDay = year.refused(FIRST, record(2, "2026-06-02", 17, (15, 164), "公示名单"));
    let _: IPilot::RoleRequired = year.refused(INDUSTRY, record(2, "2026-06-01", 17, (15, 164), "公示名单"));
    let (codes, mut plans): (Vec<String>, Vec<Pilot>) = (0..RECOMMENDED).map(plan).unzip();
    let bind = |(code, pilot): (&String, &Pilot)| bind_organisation(pilot.who.address(), code, &pilot.name);
    year.all(codes.iter().zip(&plans).map(bind).collect());
    let enter = |(code, pilot): (&String, &Pilot)| {
        let (code, name, division) = (code.clone(), pilot.name.clone(), pilot.proposal.division);
        let account = pilot.who.address();
        (pilot.recommender, to_pilot(registerEntityCall { code, name, division, account }))
    };
    year.all(codes.iter().zip(&plans).map(enter).collect());
    let recommend_it = |pilot: &Pilot| (pilot.recommender, recommend(&pilot.proposal));
    let mut recommended = year.all(plans[..RECOMMENDED - 1].iter().map(recommend_it).collect());
    let (who, last) = recommend_it(&plans[RECOMMENDED - 1]);
    recommended.push(year.act(who, last));
    for (pilot, done) in plans.iter_mut().zip(recommended) {
        pilot.id = done.event::<IPilot::Recommended>().id;
    }
    let pilots = Pilots(plans);
    year.note_today("pilots are recommended");
    what_is_no_recommendation_is_refused(year, &pilots);

    year.go("2026-06-02");
    let all = 0..RECOMMENDED;
    let review = |pilot: &Pilot| {
        to_pilot(reviewCall { id: pilot.id, competent: pilot.competent, opinion: "同意".into() })
    };
    let unplanned: IPilot::NoIndicators = year.refused(FIRST, review(pilots.get(0)));
    assert_eq!(unplanned.id, pilots.get(0).id);
    pilots.each(
        year,
        all.clone(),
        |pilot| pilot.who,
        |pilot| {
            to_pilot(addIndicatorCall {
                id: pilot.id,
                name: "每日上链业务量".into(),
                unit: "笔".into(),
                decimals: 0,
                baseline: 1_000,
                target: 5_000,
                due: day("2028-06-01").get(),
            })
        },
    );
    let priced = |name: &str| addIndicatorCall {
        id: pilots.get(20).id,
        name: name.into(),
        unit: "元".into(),
        decimals: 2,
        baseline: 1,
        target: 2,
        due: day("2028-06-01").get(),
    };
    let word: IPilot::ForbiddenWord = year.refused(pilots.get(20).who, to_pilot(priced("代币价格")));
    assert_eq!(word.word, "代币");
    // A pilot names services only that are recorded.
    let number = year.service(register.service(0).id).number;
    let name = |pilot: &Pilot, number: &str| to_pilot(nameFilingCall { id: pilot.id, number: number.into() });
    let struck = year.service(register.service(super::spring::FALSE_FILING).id).number;
    let _: IPilot::FilingNotRecorded = year.refused(pilots.get(16).who, name(pilots.get(16), &struck));
    pilots.each(year, 0..STARTED, |pilot| pilot.who, |pilot| name(pilot, &number));
    let _: IPilot::NotEntitled = year.refused(INDUSTRY, review(pilots.get(0)));
    pilots.each(year, all, |_| FIRST, review);
    year.chapter_ends();
    pilots
}

fn what_is_no_recommendation_is_refused(year: &mut Year, pilots: &Pilots) {
    let special = pilots.get(ZONES);
    let again = recommend(&special.proposal);
    let taken: IPilot::FieldTaken = year.refused(special.recommender, again);
    assert_eq!(taken.id, special.id);
    let zone = pilots.get(0);
    let _: IPilot::ZoneTaken = year.refused(FIRST, recommend(&zone.proposal));
    let elsewhere = Proposal { division: 31, ..zone.proposal.clone() };
    let _: IPilot::ZoneElsewhere = year.refused(FIRST, recommend(&elsewhere));
    let unknown = Proposal { field: 17, ..special.proposal.clone() };
    let _: IPilot::UnknownTerm = year.refused(FIRST, recommend(&unknown));
    let _: IPilot::OutsideDivision =
        year.refused(BEIJING, recommend(&Proposal { division: 31, ..special.proposal.clone() }));
}

/// June: seven days of public comment, and the list.
pub(crate) fn pilots_are_listed(year: &mut Year, pilots: &Pilots) {
    year.go("2026-06-12");
    year.act(FIRST, record(2, "2026-06-12", 17, (15, 164), "区块链创新应用试点公示名单"));
    let publish = |document| move |pilot: &Pilot| to_pilot(publishCall { id: pilot.id, document });
    let _: IPilot::DocumentOfAnotherKind = year.refused(FIRST, publish(1)(pilots.get(0)));
    pilots.each(year, 0..RECOMMENDED, |_| FIRST, publish(SHORTLIST));
    year.note_today("the shortlist is published");
    let doubted = pilots.get(DOUBTED);
    year.note("public comments end", clock(year, doubted.id, Clock::PublicComment));

    year.go("2026-06-16");
    let comment = |kind, text: &str| to_pilot(commentCall { id: doubted.id, kind, text: text.into() });
    year.act(NEIGHBOUR, comment(2, "与已有系统重复建设"));
    year.act(CITIZEN, comment(1, "支持"));
    let leak = comment(3, "联系电话 13800138000");
    year.turned_away(CITIZEN, leak, "personal data");
    // The seventh day is a holiday, and so are the next two: the public has the Monday after them too.
    year.go_at("2026-06-22", 23, 50);
    let list = |pilot: &Pilot, document| to_pilot(listCall { id: pilot.id, document, alongside: Vec::new() });
    let _: IPilot::CommentsOpen = year.refused(SECOND, list(pilots.get(0), LIST));
    year.act(NEIGHBOUR, comment(3, "补充意见"));
    year.go("2026-06-23");
    let _: IPilot::CommentsClosed = year.refused(CITIZEN, comment(1, "迟到"));
    year.act(FIRST, record(3, "2026-06-23", 16, (15, 164), "区块链创新应用试点入选名单"));
    let _: IPilot::SamePerson = year.refused(FIRST, list(pilots.get(0), LIST));
    let _: IPilot::SamePerson = year.refused(FIRST_AGAIN, list(pilots.get(0), LIST));
    let open: IPilot::ObjectionsOpen = year.refused(SECOND, list(doubted, LIST));
    assert_eq!(open.count, 1);
    let answer = answerCall { id: doubted.id, numbers: vec![1], outcome: 3, text: "范围不同".into() };
    year.act(FIRST, to_pilot(answer));
    pilots.each(year, 0..ZONES + SPECIALS, |_| SECOND, |pilot| list(pilot, LIST));
    year.note_today("zones and entities are listed");
    // The list counts 164: the 165th finds no place on it.
    let last = pilots.get(RECOMMENDED - 1);
    let full: IPilot::ListFull = year.refused(SECOND, list(last, LIST));
    assert_eq!(full.count, 164);
    year.act(FIRST, to_pilot(declineCall { id: last.id, reason: "名额已满".into() }));
    year.note("pilots end", year.view(to_pilot, IPilot::pilotOfCall { id: last.id - 1 }).course.endDay);
    let listed = year.view(to_pilot, IPilot::documentOfCall { document: LIST });
    assert_eq!((listed.listedZones, listed.listedSpecials, listed.departments), (15, 164, 16));
    queries::pilots_are_shown(year, pilots);
    year.chapter_ends();
}

fn report(pilot: &Pilot, date: &str, value: i64, height: u64) -> Deed {
    let source = document(&format!("{} {date}", pilot.id));
    to_pilot(reportCall {
        id: pilot.id,
        indicator: 0,
        day: day(date).get(),
        value,
        sourceHeight: height,
        source,
    })
}

/// 30 June: 24 of them begin, and report from the first day on.
pub(crate) fn pilots_begin(year: &mut Year, pilots: &Pilots) {
    year.go("2026-06-30");
    let start = |pilot: &Pilot| to_pilot(startCall { id: pilot.id });
    let first = pilots.get(0);
    let _: IPilot::NotDescribed = year.refused(first.who, start(first));
    pilots.each(
        year,
        0..STARTED,
        |pilot| pilot.who,
        |pilot| {
            to_pilot(describeCall {
                id: pilot.id,
                chainId: CHAIN,
                software: "ding".into(),
                version: "0.1".into(),
                nodes: (0..4).map(|node| document(&format!("node {node} of {}", pilot.id))).collect(),
                peers: vec![CHAIN + 1],
            })
        },
    );
    let _: IPilot::NotEntitled = year.refused(INDUSTRY, start(first));
    pilots.each(year, 0..STARTED, |pilot| pilot.who, start);
    year.note_today("pilots begin");
    year.note("the first half-year assessment is due", clock(year, first.id, Clock::InterimAssessment));
    pilots.each(year, 0..STARTED, |pilot| pilot.who, |pilot| report(pilot, "2026-06-30", 1_200, 10_000));
    let _: IPilot::FutureDay = year.refused(first.who, report(first, "2026-07-01", 1_200, 10_001));
    year.chapter_ends();
}

/// July and August: a correction of a value, an order to adjust and a late reply.
pub(crate) fn a_pilot_is_adjusted(year: &mut Year, pilots: &Pilots) {
    let pilot = pilots.get(ADJUSTED);
    year.go("2026-07-27");
    year.act(pilot.who, report(pilot, "2026-07-27", 900, 40_000));
    let closed: IPilot::DayClosed = year.refused(pilot.who, report(pilot, "2026-07-27", 950, 40_000));
    let _: IPilot::DayClosed = year.refused(pilot.who, report(pilot, "2026-07-20", 950, 39_000));
    let _: IPilot::NoSourceHeight = year.refused(pilot.who, report(pilot, "2026-07-26", 950, 0));
    let correct = correctCall {
        id: pilot.id,
        indicator: 0,
        day: day("2026-07-27").get(),
        value: 940,
        sourceHeight: 40_000,
        source: document("recount"),
        refersTo: closed.entry,
        reason: "漏计一个节点".into(),
    };
    year.act(pilot.who, to_pilot(correct));
    let call = IPilot::entryOfDayCall { id: pilot.id, indicator: 0, day: day("2026-07-27").get() };
    let counts = year.view(to_pilot, call).record;
    assert_eq!((counts.value, counts.refersTo, counts.correction), (940, closed.entry, true));
    let before = year.view(to_pilot, IPilot::entryOfCall { id: pilot.id, indicator: 0, entry: closed.entry });
    assert_eq!(before.value, 900, "what was entered stays");

    let order = orderAdjustmentCall {
        id: pilot.id, workingDays: 5, text: "业务量低于基线，说明原因".into()
    };
    let _: IPilot::NotEntitled = year.refused(FINANCE, to_pilot(order.clone()));
    let ordered: IPilot::AdjustmentOrdered = year.act(INDUSTRY, to_pilot(order)).event();
    year.note_today("a pilot is ordered to adjust");
    year.note("the reply is due", ordered.lastDay);
    year.go("2026-08-04");
    let text = || "已增加节点".to_owned();
    let settle = settleAdjustmentCall { id: pilot.id, accepted: true, endDay: 0, text: text() };
    let _: IPilot::NotReplied = year.refused(INDUSTRY, to_pilot(settle.clone()));
    let reply = replyAdjustmentCall { id: pilot.id, text: text(), report: document("reply") };
    let replied: IPilot::AdjustmentReplied = year.act(pilot.who, to_pilot(reply)).event();
    assert!(replied.late);
    year.note_today("the reply comes late");
    year.act(INDUSTRY, to_pilot(settle));
    assert_eq!(state(year, pilot.id), State::InProgress);
    year.chapter_ends();
}

/// November: a pilot that falsified its numbers is taken off the list by two people.
pub(crate) fn a_pilot_is_removed(year: &mut Year, pilots: &Pilots) {
    let pilot = pilots.get(REMOVED);
    year.go("2026-11-16");
    let propose = proposeRemovalCall { id: pilot.id, reason: 1, text: "填报数据无法复算".into() };
    let _: IPilot::NotEntitled = year.refused(FINANCE, to_pilot(propose.clone()));
    year.act(FIRST, to_pilot(propose));
    let remove = to_pilot(removeCall { id: pilot.id, document: 0 });
    let _: IPilot::NotEntitled = year.refused(INDUSTRY, remove.clone());
    let _: IPilot::SamePerson = year.refused(FIRST, remove.clone());
    year.act(SECOND, remove);
    year.note_today("a pilot is taken off the list");
    assert_eq!(state(year, pilot.id), State::Removed);
}

/// December: the half-year assessments, all but two.
pub(crate) fn half_a_year_is_assessed(year: &mut Year, pilots: &Pilots) {
    year.go("2026-12-28");
    let assess = |pilot: &Pilot| {
        let report = document(&format!("assessment of {}", pilot.id));
        to_pilot(assessCall { id: pilot.id, kind: 1, report, text: "进展正常".into() })
    };
    let removed = pilots.get(REMOVED);
    let _: IPilot::WrongState = year.refused(removed.who, assess(removed));
    pilots.each(year, 2..REMOVED, |pilot| pilot.who, assess);
    year.note_today("half a year is assessed");
    year.go("2026-12-31");
    let late: IPilot::Assessed = year.act(pilots.get(0).who, assess(pilots.get(0))).event();
    assert!(late.late && limits::PILOT_ASSESSMENT_MONTHS_MAX >= 6);
    let open = clock(year, pilots.get(1).id, Clock::InterimAssessment);
    assert!(open < year.today().get(), "the other is overdue");
    let number = year.service(1).number;
    assert!(year.view(to_filing, IFiling::isRecordedCall { number }));
}
