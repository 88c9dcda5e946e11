//! What stories ask of the model: calls drawn from bytes.
//!
//! A call is drawn from four bytes: what it is, of which pilot, and two about the rest. Low bytes give what
//! is mostly taken, and high ones each kind of mistake.

use super::*;

/// Bytes of one call.
struct Drawn {
    what: u8,
    id: u8,
    kind: u8,
    more: u8,
}

/// From here on a byte names a pilot by its number.
const BY_NUMBER: u8 = 200;

/// A text: one that may stand, or one of each kind of mistake.
fn text_of(byte: u8) -> String {
    match byte {
        249 => " a text\nin lines ".into(),
        250 => String::new(),
        251 => " \n".into(),
        252 => "长".repeat(limits::PILOT_TEXT_CHARS_MAX + 1),
        253 => "a\ttext".into(),
        254 => "长".repeat(limits::PILOT_TEXT_CHARS_MAX),
        _ => "a text".into(),
    }
}

/// A name: the same.
fn name(byte: u8) -> String {
    let long = "长".repeat(limits::PILOT_TITLE_CHARS_MAX);
    match byte {
        246 => "Ｎａｍｅ".into(),
        247 => "a\u{7}name".into(),
        248 => "a\u{200b}name".into(),
        249 => "e\u{301}".into(),
        250 => String::new(),
        251 => "  ".into(),
        252 => " a name".into(),
        253 => long + "长",
        254 => long,
        _ => "a name".into(),
    }
}

/// A digest; a high byte gives none.
fn report(byte: u8) -> B256 {
    if byte == 248 { B256::ZERO } else { B256::repeat_byte(1 + byte % 7) }
}

fn account(byte: u8) -> Address {
    let others = [start::BOUND, start::port(), super::super::NOBODY, Address::ZERO, ADDRESS];
    let modules = [Address::with_last_byte(1), <super::super::members::Model as super::super::Model>::MODULE];
    let more = others.into_iter().chain(modules);
    let wallets = (0..<Model as super::super::Model>::WALLETS).map(wallet);
    let all: Vec<Address> = wallets.chain(more).collect();
    all.get(usize::from(byte) % all.len()).copied().unwrap_or_default()
}

fn entity(byte: u8) -> B256 {
    let codes = [start::HOSPITAL_CODE, start::BANK_CODE, start::PORT_CODE, start::COMPANY_CODE];
    match codes.get(usize::from(byte % 6)) {
        Some(code) => start::word(code),
        None if byte % 6 == 4 => start::word(start::BOUND_CODE),
        None => B256::ZERO,
    }
}

/// A code as people write it, rightly and wrongly.
fn code(byte: u8) -> String {
    match byte % 16 {
        0 => start::COMPANY_CODE.into(),
        1 => start::BOUND_CODE.into(),
        2 => start::HOSPITAL_CODE.into(),
        3 => " 9133-0100 ma0000023p".into(),
        4 => "９1330100MA0000023P".into(),
        5 => "91330100MA0000023Q".into(),
        6 => "91330100MA0000024P".into(),
        7 => "9133O100MA0000023P".into(),
        8 => "91330100MA0000023".into(),
        9 => "91330100MA0000023PP".into(),
        10 => String::new(),
        11 => "I1330100MA0000023P".into(),
        12 => "码".repeat(18),
        13 => format!("{}{}", " ".repeat(limits::ID_TEXT_BYTES_MAX - 18), start::COMPANY_CODE),
        14 => format!("{}{}", " ".repeat(limits::ID_TEXT_BYTES_MAX - 17), start::COMPANY_CODE),
        _ => "91330A00MA0000023P".into(),
    }
}

/// A filing number as people write it.
fn number(byte: u8) -> String {
    match byte % 18 {
        0 => start::RECORDED[0].into(),
        1 => start::RECORDED[1].into(),
        2 => start::SUSPENDED.into(),
        3 => "33010626000000020014".into(),
        4 => format!("京网信备{}号", start::RECORDED[0]),
        5 => format!("浙网信备{}号", start::RECORDED[0]),
        6 => "11010819 7159-6078003x".into(),
        7 => String::new(),
        8 => "1101082600000001001".into(),
        9 => "A1010826000000010016".into(),
        10 => "99010826000000010016".into(),
        11 => format!("{}号", start::RECORDED[0]),
        12 => "号".repeat(300),
        13 => "11010826000000010015".into(),
        16 => start::RECORDED[2].into(),
        14 => format!("{}{}", " ".repeat(limits::ID_TEXT_BYTES_MAX), start::RECORDED[0]),
        _ => format!("京网信备{}", start::RECORDED[1]),
    }
}

/// A proposal: one of a few, or one of each kind of mistake.
fn proposal(id: u8, kind: u8, today: u32, latest: u32) -> Proposal {
    let plain = match id % 8 {
        0 => start::special(start::HOSPITAL_CODE, 12, 33),
        1 => start::special(start::BANK_CODE, 16, 11),
        2 => start::comprehensive(start::HOSPITAL_CODE, 10, 33),
        3 => start::comprehensive(start::PORT_CODE, 4, 44),
        4 => Proposal { zone: 4, ..start::special(start::PORT_CODE, 7, 44) },
        5 => start::comprehensive(start::BANK_CODE, 1, 11),
        6 => start::special(start::HOSPITAL_CODE, 13, 12),
        _ => start::special(start::COMPANY_CODE, 1, 33),
    };
    match kind {
        200 => Proposal { kind: 0, ..plain },
        201 => Proposal { kind: 3, ..plain },
        202 => Proposal { kind: SPECIAL, field: 0, ..plain },
        203 => Proposal { kind: SPECIAL, field: 17, ..plain },
        204 => Proposal { kind: COMPREHENSIVE, field: 1, ..plain },
        205 => Proposal { kind: COMPREHENSIVE, field: 0, zone: 0, ..plain },
        206 => Proposal { zone: 16, ..plain },
        207 => Proposal { zone: 2, ..plain },
        208 => Proposal { division: 99, ..plain },
        209 => Proposal { division: 0, ..plain },
        210 => Proposal { material: B256::ZERO, ..plain },
        211 => Proposal { endDay: today, ..plain },
        212 => Proposal { endDay: latest, ..plain },
        213 => Proposal { endDay: latest + 1, ..plain },
        214 => Proposal { endDay: u32::MAX, ..plain },
        215 => Proposal { endDay: today + 1, ..plain },
        216 => Proposal { field: 16, ..plain },
        217 => Proposal { entity: B256::ZERO, ..plain },
        byte => Proposal { endDay: today + 10 + u32::from(byte % 8) * 60, title: name(byte), ..plain },
    }
}

/// Pilots named alongside: those that are meant, or others.
fn alongside(byte: u8, mut meant: Vec<u32>) -> Vec<u32> {
    match byte {
        200 => meant.clear(),
        201 => meant.push(1),
        202 => meant.extend(meant.clone()),
        203 => meant.reverse(),
        204 => meant.truncate(meant.len().saturating_sub(1)),
        205 => meant.push(u32::MAX),
        _ => {}
    }
    meant
}

impl Model {
    /// A pilot of which a step could be taken now, or the one that is named.
    fn pick(&self, step: u8, byte: u8) -> u32 {
        if byte >= BY_NUMBER {
            return u32::from(byte - BY_NUMBER);
        }
        let able: Vec<u32> = (1..)
            .zip(&self.pilots)
            .filter(|(_, pilot)| rule(step).from.contains(&pilot.record.state))
            .map(|(id, _)| id)
            .collect();
        let place = usize::from(byte).checked_rem(able.len());
        place.and_then(|place| able.get(place)).copied().unwrap_or(0)
    }

    fn ends_of(&self, id: u32) -> u32 {
        self.pilot(id).map_or(0, |pilot| pilot.course.endDay)
    }

    fn draw_source(&self, drawn: &Drawn, today: u32) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        match what % 4 {
            0 => {
                let [commentDays, reportDays, durationDays, assessmentMonths] = match kind % 16 {
                    0 => [1, 0, 30, 1],
                    1 => [60, 30, 3_650, 24],
                    2 => [0, 1, 1_096, 6],
                    3 => [61, 1, 1_096, 6],
                    4 => [7, 31, 1_096, 6],
                    5 => [7, 1, 29, 6],
                    6 => [7, 1, 3_651, 6],
                    7 => [7, 1, 1_096, 0],
                    8 => [7, 1, 1_096, 25],
                    9 => [20, 3, 720, 12],
                    10 => [7, 0, 100, 3],
                    _ => [7, u16::from(more % 5), 1_096, 6],
                };
                let call = setParametersCall { commentDays, reportDays, durationDays, assessmentMonths };
                C::setParameters(call)
            }
            1 => {
                let issuedOn = match more % 8 {
                    0 => today,
                    1 => start::first_day() - 1,
                    2 => start::first_day(),
                    3 => today + 1,
                    4 => u32::MAX,
                    5 => 0,
                    _ => today - u32::from(more),
                };
                C::recordDocument(recordDocumentCall {
                    kind: if kind >= BY_NUMBER { kind - BY_NUMBER } else { 1 + kind % 6 },
                    issuedOn,
                    departments: u16::from(kind),
                    zones: u16::from(id % 3),
                    specials: u16::from(id / 3 % 3),
                    digest: report(id),
                    number: if more % 2 == 0 { String::new() } else { name(id) },
                    title: name(more),
                })
            }
            2 => C::registerEntity(registerEntityCall {
                code: code(id),
                name: name(more),
                division: [33, 11, 44, 99, 12, 0][usize::from(kind % 6)],
                account: account(more),
            }),
            _ => C::changeEntity(changeEntityCall {
                entity: entity(id),
                name: name(kind),
                account: account(more),
            }),
        }
    }

    fn draw_goal(&self, drawn: &Drawn, id: u32, today: u32) -> C {
        let Drawn { kind, more, .. } = *drawn;
        let (end, plain) = (self.ends_of(id), addIndicatorCall { due: today + 5, ..start::goal(id) });
        let unit = |unit: &str| addIndicatorCall { unit: unit.into(), ..plain.clone() };
        let named = |name: &str| addIndicatorCall { name: name.into(), ..plain.clone() };
        C::addIndicator(match kind {
            200 => unit(""),
            201 => unit(&"h".repeat(limits::PILOT_UNIT_BYTES_MAX)),
            202 => unit(&"h".repeat(limits::PILOT_UNIT_BYTES_MAX + 1)),
            203 => unit(&"时".repeat(limits::PILOT_UNIT_BYTES_MAX / 3 + 1)),
            204 => unit(" h"),
            205 => unit("Price/day"),
            206 => unit("h\u{200b}"),
            207 => named("Token price"),
            208 => named("Pricing of tokenised papers"),
            209 => named("链上币价"),
            210 => named("daily YIELDS"),
            211 => addIndicatorCall { decimals: limits::PILOT_DECIMALS_MAX, ..plain },
            212 => addIndicatorCall { decimals: limits::PILOT_DECIMALS_MAX + 1, ..plain },
            213 => addIndicatorCall { target: plain.baseline, ..plain },
            214 => addIndicatorCall { baseline: i64::MIN, target: i64::MAX, ..plain },
            215 => addIndicatorCall { due: end, ..plain },
            216 => addIndicatorCall { due: end + 1, ..plain },
            217 => addIndicatorCall { due: today, ..plain },
            218 => addIndicatorCall { due: today - 1, ..plain },
            219 => addIndicatorCall { due: u32::MAX, ..plain },
            _ => addIndicatorCall { name: name(more), target: i64::from(kind), ..plain },
        })
    }

    fn draw_application(&self, drawn: &Drawn, today: u32) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let target = |step: u8| self.pick(step, id);
        match what % 6 {
            0 => {
                let latest = today + u32::from(self.parameters.durationDays);
                let proposal = proposal(id, kind, today, latest);
                let alongside = alongside(more, self.live(proposal.entity, proposal.field));
                C::recommend(recommendCall { proposal, alongside })
            }
            1 => self.draw_goal(drawn, target(step::PLAN), today),
            2 => {
                let id = target(step::PLAN);
                let indicator = if kind >= BY_NUMBER { u16::from(kind) } else { u16::from(kind % 2) };
                let known = self.goal(id, 0).map_or(0, |goal| goal.about.baseline);
                C::changeIndicator(changeIndicatorCall {
                    id,
                    indicator,
                    target: if more == 240 { known } else { i64::from(kind) },
                    due: [today + 9, self.ends_of(id), today, today - 1, self.ends_of(id) + 1]
                        [usize::from(more / 8 % 5)],
                    reason: text_of(more),
                })
            }
            3 => {
                let id = target(step::DESCRIBE);
                let chain = [samples::CHAIN_ID, start::FAR, 8, 0, u64::MAX][usize::from(kind % 5)];
                let plain = start::description(id, chain);
                C::describe(match more {
                    200 => describeCall { nodes: vec![B256::ZERO; limits::PILOT_NODES_MAX + 1], ..plain },
                    201 => describeCall { nodes: vec![B256::ZERO; limits::PILOT_NODES_MAX], ..plain },
                    202 => describeCall { peers: vec![0; limits::PILOT_PEERS_MAX + 1], ..plain },
                    203 => describeCall { peers: vec![0; limits::PILOT_PEERS_MAX], ..plain },
                    204 => describeCall { software: "x".repeat(limits::NAME_CHARS_MAX + 1), ..plain },
                    205 => describeCall { version: "x".repeat(limits::NAME_CHARS_MAX + 1), ..plain },
                    206 => describeCall { nodes: Vec::new(), peers: Vec::new(), ..plain },
                    207..=231 => describeCall { version: name(more + 24), ..plain },
                    _ => describeCall { software: name(more), ..plain },
                })
            }
            4 => C::nameFiling(nameFilingCall { id: target(step::NAME_FILING), number: number(kind) }),
            _ => C::dropFiling(dropFilingCall { id: target(step::NAME_FILING), number: number(kind) }),
        }
    }

    fn draw_listing(&self, drawn: &Drawn) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let target = |step: u8| self.pick(step, id);
        let competent = [3, 1, 2, 4, 5, 0, 9][usize::from(kind % 7)];
        let document = |kind: u8, wanted: u32| if kind < BY_NUMBER { wanted } else { u32::from(kind - 200) };
        match what % 9 {
            0 => C::review(reviewCall { id: target(step::REVIEW), competent, opinion: text_of(more) }),
            1 => C::assignCompetent(assignCompetentCall { id: target(step::ASSIGN), competent }),
            2 => C::publish(publishCall {
                id: target(step::PUBLISH),
                document: document(kind, start::SHORTLISTED),
            }),
            3 => C::comment(commentCall {
                id: target(step::COMMENT),
                kind: if kind >= BY_NUMBER { kind - BY_NUMBER } else { 1 + kind % 3 },
                text: text_of(more),
            }),
            4 => {
                let first = u32::from(kind % 16) + 1;
                let numbers = match more {
                    200 => Vec::new(),
                    201 => vec![first, first],
                    202 => vec![first, 0],
                    203 => vec![first, u32::MAX],
                    204 => vec![first; limits::MODULE_PAGE_MAX as usize + 1],
                    205 => vec![first + 1, first],
                    206 => (1..=u32::from(kind)).collect(),
                    _ => vec![first],
                };
                C::answer(answerCall {
                    id: target(step::ANSWER),
                    numbers,
                    outcome: [3, 1, 2, 0, 4][usize::from(kind / 16 % 5)],
                    text: text_of(more),
                })
            }
            5 => {
                let id = target(step::LIST);
                let alongside = alongside(more, self.listed_beside(id));
                C::list(listCall { id, document: document(kind, 4), alongside })
            }
            6 => {
                let id = target(step::ENTER);
                let alongside = alongside(more, self.listed_beside(id));
                C::enter(enterCall { id, document: document(kind, 3), alongside })
            }
            7 => C::decline(declineCall { id: target(step::DECLINE), reason: text_of(more) }),
            _ => C::withdraw(withdrawCall { id: target(step::WITHDRAW), reason: text_of(more) }),
        }
    }

    /// A day of a value, and a height of the pilot's chain.
    fn draw_place(&self, id: u32, kind: u8, more: u8, now: Now) -> (u16, u32, u64) {
        let today = day_at(now.timestamp_ms);
        let begun = self.pilot(id).map_or(0, |pilot| pilot.course.startDay);
        let day = match kind % 8 {
            number @ 0..=3 => today - u32::from(number),
            4 => today + 1,
            5 => begun.saturating_sub(1),
            6 => begun,
            _ => u32::MAX,
        };
        let heights = [now.height - 1, 500, 501, 499, now.height, 0, u64::MAX, 1];
        (u16::from(kind / 8 % 4), day, heights[usize::from(more % 8)])
    }

    fn draw_run(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let (value, source) = (i64::from(more) - 100, report(kind));
        match what % 4 {
            0 => C::start(startCall { id: self.pick(step::START, id) }),
            1 => {
                let id = self.pick(step::REPORT, id);
                let (indicator, day, sourceHeight) = self.draw_place(id, kind, more, now);
                C::report(reportCall { id, indicator, day, value, sourceHeight, source })
            }
            2 => {
                let id = self.pick(step::CORRECT, id);
                let (indicator, day, sourceHeight) = self.draw_place(id, kind, more, now);
                let last = self.goal(id, indicator).map_or(0, |goal| narrow(goal.last_of(day)));
                let refersTo = if more / 8 == 29 { last + 1 } else { last };
                let reason = text_of(more);
                C::correct(correctCall { id, indicator, day, value, sourceHeight, source, refersTo, reason })
            }
            _ => {
                let form = if kind >= BY_NUMBER { kind - BY_NUMBER } else { 1 + kind % 2 };
                let step = if form == 2 { step::FINAL } else { step::INTERIM };
                C::assess(assessCall {
                    id: self.pick(step, id),
                    kind: form,
                    report: report(more),
                    text: text_of(more),
                })
            }
        }
    }

    fn draw_watch(&self, drawn: &Drawn, today: u32) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let text = text_of(more);
        let document = if kind < BY_NUMBER { 0 } else { u32::from(kind - BY_NUMBER) };
        match what % 8 {
            0 => C::orderAdjustment(orderAdjustmentCall {
                id: self.pick(step::ORDER, id),
                workingDays: match kind {
                    200 => 0,
                    201 => limits::PILOT_REPLY_DAYS_MAX,
                    202 => limits::PILOT_REPLY_DAYS_MAX + 1,
                    days => 1 + u16::from(days % 20),
                },
                text,
            }),
            1 => C::replyAdjustment(replyAdjustmentCall {
                id: self.pick(step::REPLY, id),
                text,
                report: report(kind),
            }),
            2 => {
                let latest = today + u32::from(self.parameters.durationDays);
                C::settleAdjustment(settleAdjustmentCall {
                    id: self.pick(step::AGREE, id),
                    accepted: kind % 2 == 0,
                    endDay: [0, today + 1, latest, latest + 1, today, today + 90, u32::MAX]
                        [usize::from(kind / 2 % 7)],
                    text,
                })
            }
            3 => C::evaluate(evaluateCall {
                id: self.pick(step::EVALUATE, id),
                verdict: if kind >= BY_NUMBER { kind - BY_NUMBER } else { 1 + kind % 3 },
                report: report(more),
                text,
            }),
            4 => C::accept(acceptCall { id: self.pick(step::ACCEPT, id), document }),
            5 => C::proposeRemoval(proposeRemovalCall {
                id: self.pick(step::PROPOSE_REMOVAL, id),
                reason: if kind >= BY_NUMBER { kind - BY_NUMBER } else { 1 + kind % 7 },
                text,
            }),
            6 => C::dropRemoval(dropRemovalCall { id: self.pick(step::DROP_REMOVAL, id), text }),
            _ => C::remove(removeCall { id: self.pick(step::REMOVE, id), document }),
        }
    }

    /// Last days of all clocks that run.
    fn ends(&self, now: Now) -> Vec<u32> {
        let asked = Self { now, ..self.clone() };
        let clocks = asked.pilots.iter().flat_map(|pilot| asked.running(pilot));
        let mut ends: Vec<u32> = clocks.map(|(_, day, _)| day).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|end| *end + 1 > asked.today());
        ends
    }
}

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    const LATER_MS: u64 = <calendar::Model as super::super::Model>::LATER_MS;
    const DECIDES: bool = true;
    const WALLETS: usize = 9;
    const GAS: u64 = 2_000_000;

    fn spec() -> Spec {
        start::spec()
    }

    fn before() -> Vec<(usize, Address, Vec<u8>)> {
        start::before()
    }

    fn new() -> Self {
        start::beginning()
    }

    fn reads(call: &C) -> bool {
        matches!(
            call,
            C::pilotOf(_)
                | C::clocksOf(_)
                | C::entityOf(_)
                | C::entityOfAccount(_)
                | C::livePilots(_)
                | C::pilotOfZone(_)
                | C::documentOf(_)
                | C::indicatorOf(_)
                | C::entryOf(_)
                | C::entryOfDay(_)
                | C::filingsOf(_)
                | C::commentOf(_)
                | C::adjustmentOf(_)
                | C::evaluationOf(_)
                | C::removalOf(_)
                | C::counts(_)
                | C::parameters(_)
        )
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        (self.caller, self.now) = (caller, now);
        let output = self.write(call)?;
        Ok((output, std::mem::take(&mut self.logs)))
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let drawn = Drawn { what: feed.byte(), id: feed.byte(), kind: feed.byte(), more: feed.byte() };
        let today = day_at(now.timestamp_ms);
        match kind {
            0 => self.draw_source(&drawn, today),
            1 => self.draw_application(&drawn, today),
            2 => self.draw_listing(&drawn),
            3 => self.draw_run(&drawn, now),
            _ => self.draw_watch(&drawn, today),
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, now: Now) -> C {
        let (what, first, second) = (feed.byte() % 17, feed.byte(), feed.byte());
        let (id, number, today) = (u32::from(first), u32::from(second % 16), day_at(now.timestamp_ms));
        let indicator = u16::from(second / 16 % 4);
        match what {
            0 => C::pilotOf(pilotOfCall { id }),
            1 => C::clocksOf(clocksOfCall { id }),
            2 => C::entityOf(entityOfCall { entity: entity(first) }),
            3 => C::entityOfAccount(entityOfAccountCall { account: account(first) }),
            4 => C::livePilots(livePilotsCall { entity: entity(first), field: second }),
            5 => C::pilotOfZone(pilotOfZoneCall { zone: first }),
            6 => C::documentOf(documentOfCall { document: id }),
            7 => C::indicatorOf(indicatorOfCall { id, indicator: second.into() }),
            8 => C::entryOf(entryOfCall { id, indicator, entry: number }),
            9 => C::entryOfDay(entryOfDayCall { id, indicator, day: today + 2 - number }),
            10 => C::filingsOf(filingsOfCall { id }),
            11 => C::commentOf(commentOfCall { id, number }),
            12 => C::adjustmentOf(adjustmentOfCall { id, number: second.into() }),
            13 => C::evaluationOf(evaluationOfCall { id }),
            14 => C::removalOf(removalOfCall { id }),
            15 => C::counts(countsCall {}),
            _ => C::parameters(parametersCall {}),
        }
    }

    /// Often to the last moment of the last day of a clock, or the first after it, or to when a decision
    /// lapses.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, edge) = (feed.byte(), feed.byte() % 6);
        let midnight = |day: u32| u64::from(day) * DAY_MS - 8 * 3_600_000;
        let ends = self.ends(now);
        let place = usize::from(byte).checked_rem(ends.len()).and_then(|place| ends.get(place).copied());
        let lapses = self.decisions.ends().next_back();
        match (edge, place) {
            (0, Some(end)) => midnight(end + 1),
            (1, Some(end)) => midnight(end + 1) - 1,
            (2, _) => now.timestamp_ms + u64::from(byte) * DAY_MS,
            (3, _) => lapses.unwrap_or(now.timestamp_ms).saturating_sub(u64::from(byte % 2)),
            (4, _) => midnight(day_at(now.timestamp_ms) + 1 + u32::from(byte)) - 1,
            _ => now.timestamp_ms + u64::from(byte) * 3_600_000,
        }
    }

    /// The two that supervise vote at once.
    fn decide(&mut self, call: &C, now: Now) -> Vec<(usize, Vec<u8>)> {
        let C::setParameters(wanted) = call else { return Vec::new() };
        if Self::are_sound(wanted).is_err() {
            return Vec::new();
        }
        self.decisions.decide(ADDRESS, call.abi_encode(), "parameters", &[start::CHIEF, start::OTHER], now)
    }
}
