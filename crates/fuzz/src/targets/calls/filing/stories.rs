//! What stories ask of the model: calls drawn from bytes.

use super::drafts::{attachments, codes, days, form, subject, words};
use super::*;

pub(super) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Bytes of one call.
struct Drawn {
    what: u8,
    id: u8,
    kind: u8,
    more: u8,
}

impl Model {
    /// A service of which a step could be taken now, or now and then any.
    fn pick(&self, step: u8, byte: u8) -> u64 {
        let able: Vec<u64> =
            (1..=number_of(self.services.len())).filter(|id| self.stands(*id, step, 0).is_ok()).collect();
        let place = usize::from(byte).checked_rem(able.len());
        match place.and_then(|place| able.get(place)) {
            Some(id) if byte < 240 => *id,
            _ => u64::from(byte % 12),
        }
    }

    /// An item of which a step could be taken now.
    fn pick_item(&self, step: u8, byte: u8) -> u64 {
        let states: Vec<u8> = match rule(step).track {
            OBJECTION => self.objections.iter().map(|entry| entry.state).collect(),
            PENALTY => self.penalties.iter().map(|entry| entry.state).collect(),
            ASSESSMENT => self.assessments.iter().map(|entry| entry.state).collect(),
            _ => self.campaigns.iter().map(|entry| entry.state).collect(),
        };
        let able: Vec<u64> = (1..)
            .zip(states)
            .filter(|(_, state)| rule(step).from.contains(state))
            .map(|(id, _)| id)
            .collect();
        let place = usize::from(byte).checked_rem(able.len());
        match place.and_then(|place| able.get(place)) {
            Some(id) if byte < 240 => *id,
            _ => u64::from(byte % 6),
        }
    }

    fn proposed_number(&self, id: u64) -> String {
        let known = self.service(id).ok().and_then(|service| service.proposed.clone());
        known.map_or_else(|| "11010826000000010016".into(), |proposed| proposed.number)
    }

    /// Numbers that might be given.
    fn draw_number(&self, byte: u8) -> String {
        let known = self.services.get(usize::from(byte % 8)).map(|service| service.number.clone());
        match byte {
            0..120 => String::new(),
            120 => "11010826000000010016".into(),
            121 => "11010826000000010017".into(),
            122 => "33010626000000020014".into(),
            123 => "4403052600000003001x".into(),
            124 => "1101081971596078003X".into(),
            125 => "1101081".into(),
            126 => "A1010826000000010016".into(),
            127 => "99010826000000010016".into(),
            128 => "11010899000000010010".into(),
            129 => " 11010826000000010016".into(),
            130 => "１1010826000000010016".into(),
            131 => "京网信备11010826000000010016号".into(),
            132 => "粤网信备11010826000000010016号".into(),
            133 => "11010826000000010000".into(),
            _ => known.unwrap_or_default(),
        }
    }

    fn draw_people(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let provider = u32::from(id % 5);
        let today = day_at(now.timestamp_ms);
        let from = [0, today, today + 1, today + 5, today + 4_000][usize::from(more % 5)];
        match what % 5 {
            0 => {
                let [minFen, maxFen] = match kind % 6 {
                    0 => [0, 0],
                    1 => [5, 4],
                    2 => [0, limits::FILING_FINE_FEN_MAX + 1],
                    3 => [0, 5],
                    4 => [2_500_000, 3_000_000],
                    _ => [100_000, 9_000_000],
                };
                C::setArticle(setArticleCall {
                    article: [19, 20, 21, 22, 23, 19][usize::from(id % 6)],
                    minFen,
                    maxFen,
                    breaches: [1 << 18, 1 << 11, 0, 1 << 18 | 1 << 5, 1 << 30][usize::from(kind % 5)],
                    measures: [0b1_1110, 0b10, 0, 0b10_0000, 0b1_0010][usize::from(kind / 8 % 5)],
                    from,
                })
            }
            1 => C::setPeriod(setPeriodCall { clock: id % 14, workingDays: days(kind), from }),
            2 => C::registerProvider(registerProviderCall { subject: subject(kind) }),
            3 => C::changeProvider(changeProviderCall {
                provider,
                subject: subject(kind),
                changedOn: [today, today - 10, today + 1, 0, today - 7, today - 8][usize::from(more % 6)],
                reason: words(more),
            }),
            _ => C::setAccount(setAccountCall {
                provider,
                account: [wallet(usize::from(kind % 9)), Address::ZERO, NOBODY]
                    [usize::from(more % 8 / 6 + more % 8 / 7)],
                reason: words(more),
            }),
        }
    }

    fn draw_filing(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let today = day_at(now.timestamp_ms);
        let provider = u32::from(id % 4);
        let form = form(kind, today);
        match what % 10 {
            0 => C::draft(draftCall { provider, form }),
            1 => C::submit(submitCall { service: self.pick(2, id), attachments: attachments(kind) }),
            2 => C::file(fileCall { provider, form, attachments: attachments(more) }),
            3 => C::withdraw(withdrawCall { service: self.pick(4, id), reason: words(kind) }),
            4 => C::returnFiling(returnFilingCall {
                service: self.pick(5, id),
                codes: codes(kind),
                reasons: words(more),
                answerDays: days(more),
            }),
            5 => {
                C::resubmit(resubmitCall { service: self.pick(6, id), form, attachments: attachments(more) })
            }
            6 => C::forward(forwardCall { service: self.pick(7, id), opinion: words(kind) }),
            7 => C::proposeRecord(proposeRecordCall {
                service: self.pick(13, id),
                number: self.draw_number(kind),
                confirmed: more % 2 == 1,
            }),
            8 => {
                let service = self.pick(8, id);
                let number = self.proposed_number(service);
                let (services, numbers) = match kind {
                    250 => (vec![service], Vec::new()),
                    251 => (Vec::new(), Vec::new()),
                    252 => (vec![service], vec!["11010826000000010016".into()]),
                    253 => (vec![service, service], vec![number.clone(), number]),
                    _ => (vec![service], vec![number]),
                };
                C::record(recordCall { services, numbers })
            }
            _ => C::importFiling(importFilingCall {
                subject: subject(id),
                account: [Address::ZERO, wallet(5), wallet(7), wallet(3)][usize::from(more % 4)],
                form: super::drafts::form(more, today),
                number: self.draw_number(kind),
                confirmed: more / 4 % 2 == 1,
            }),
        }
    }

    fn draw_record(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let today = day_at(now.timestamp_ms);
        match what % 9 {
            0 => {
                let first = self.pick(14, id);
                let services = match more {
                    250 => Vec::new(),
                    251 => vec![first, first],
                    252 => vec![first, 1],
                    _ => vec![first],
                };
                C::publishBatch(publishBatchCall {
                    batch: u32::try_from(self.batches.len()).unwrap_or(0) + u32::from(kind < 240),
                    services,
                    day: [today, today, today, today - 5, today + 1, 0][usize::from(more % 6)],
                    document: digest(kind.wrapping_add(1)),
                })
            }
            1 => C::object(objectCall {
                service: self.pick(50, id),
                evidence: digest(1 + kind % 5 + u8::from(more == 255)),
                statement: words(more),
            }),
            2 => C::decideObjection(decideObjectionCall {
                objection: self.pick_item(51, id),
                upheld: kind.is_multiple_of(2),
                report: digest(kind.wrapping_add(1)),
                reasons: words(more),
            }),
            3 => C::reportChange(reportChangeCall {
                service: self.pick(20, id),
                changedOn: [today, today - 6, today - 7, today + 1, 0, today - 8][usize::from(more % 6)],
                form: form(kind, today),
                reason: words(more),
            }),
            4 => {
                let service = self.pick(21, id);
                let pending = self.service(service).map(|service| service.pending).unwrap_or_default();
                let reported = (0..16)
                    .flat_map(|kind| (0..8).map(move |ago| form(kind, today - ago)))
                    .find(|form| forms::content(form) == pending && kind < 240);
                let form = reported.unwrap_or_else(|| form(kind, today));
                C::acceptChange(acceptChangeCall { service, form })
            }
            5 => C::returnChange(returnChangeCall {
                service: self.pick(22, id),
                codes: codes(kind),
                reasons: words(more),
            }),
            6 => C::notifyTermination(notifyTerminationCall {
                service: self.pick(40, id),
                plannedDay: match kind {
                    240 => 0,
                    241 => today + limits::FILING_DAYS_AHEAD_MAX,
                    242 => today + limits::FILING_DAYS_AHEAD_MAX + 1,
                    243 => today,
                    number => today + 30 + u32::from(number % 32),
                },
                arrangements: digest(more.wrapping_add(1)),
                text: words(more),
            }),
            7 => C::cancelTermination(cancelTerminationCall {
                service: self.pick(41, id),
                reason: words(kind),
            }),
            _ => C::deregister(deregisterCall {
                service: self.pick(12, id),
                objection: u64::from(kind % 4),
                reasons: words(more),
            }),
        }
    }

    fn draw_watch(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let today = day_at(now.timestamp_ms);
        let campaign = |step, byte| u32::try_from(self.pick_item(step, byte)).unwrap_or(0);
        match what % 10 {
            0 => C::openCampaign(openCampaignCall { title: words(more), workingDays: days(kind) }),
            1 => {
                let service = self.pick(30, id);
                let services = match more {
                    250 => Vec::new(),
                    251 => vec![service, service],
                    252 => vec![2, 3],
                    _ => vec![service],
                };
                C::inspect(inspectCall { campaign: campaign(81, kind), services })
            }
            2 => C::answerInspection(answerInspectionCall {
                service: self.pick(31, id),
                answer: digest(kind.wrapping_add(1)),
                text: words(more),
            }),
            3 => C::passInspection(passInspectionCall { service: self.pick(32, id), text: words(more) }),
            4 => C::closeCampaign(closeCampaignCall { campaign: campaign(81, id) }),
            5 => C::rectify(rectifyCall {
                service: self.pick(33, id),
                article: article(kind),
                breach: breach(kind),
                workingDays: days(more),
                notice: digest(kind.wrapping_add(1)),
                text: words(more),
            }),
            6 => C::reportRectified(reportRectifiedCall {
                service: self.pick(34, id),
                report: digest(kind.wrapping_add(1)),
                text: words(more),
            }),
            7 => {
                let accepted = kind.is_multiple_of(2);
                let workingDays = if accepted == (more < 200) { 0 } else { days(more) };
                C::decideRectified(decideRectifiedCall {
                    service: self.pick(35, id),
                    accepted,
                    workingDays,
                    text: words(more),
                })
            }
            8 => C::reportAssessment(reportAssessmentCall {
                service: self.pick(70, id),
                goLive: [today + 20, today, 0, today + 4_000, today + 1][usize::from(kind % 5)],
                report: digest(kind.wrapping_add(1)),
                subject: words(more),
                institution: words(if more > 240 { more } else { 0 }),
            }),
            _ => C::decideAssessment(decideAssessmentCall {
                assessment: self.pick_item(71, id),
                passed: kind.is_multiple_of(2),
                report: digest(kind.wrapping_add(1)),
                reasons: words(more),
            }),
        }
    }

    fn draw_measure(&self, drawn: &Drawn, now: Now) -> C {
        let Drawn { what, id, kind, more } = *drawn;
        let fromHeight = [0, 0, now.height + 1, now.height, now.height + 3, 1][usize::from(more % 6)];
        let (article, breach, notice) = (article(kind), breach(kind), digest(kind.wrapping_add(1)));
        match what % 7 {
            0 => C::warn(warnCall {
                service: self.pick(9, id),
                article,
                breach,
                workingDays: days(more),
                notice,
                text: words(more),
            }),
            1 => C::suspend(suspendCall {
                service: self.pick(10, id),
                article,
                breach,
                fromHeight,
                notice,
                text: words(more),
            }),
            2 => C::restore(restoreCall { service: self.pick(11, id), fromHeight, text: words(more) }),
            3 => {
                let fines = [2_000_000, 500_000, 499_999, 3_000_000, 3_000_001, 0];
                C::proposeFine(proposeFineCall {
                    service: self.pick(60, id),
                    article,
                    breach,
                    ground: [2, 1, 2, 1, 3, 0][usize::from(more / 8 % 6)],
                    amountFen: fines[usize::from(more % 8 % 6)],
                    notice,
                    text: words(more),
                })
            }
            4 => C::imposeFine(imposeFineCall { penalty: self.pick_item(61, id) }),
            5 => C::dropFine(dropFineCall { penalty: self.pick_item(62, id), reason: words(more) }),
            _ => C::settleFine(settleFineCall {
                penalty: self.pick_item(63, id),
                receipt: digest(more.wrapping_add(1)),
            }),
        }
    }

    /// Runs of the clocks of all services.
    fn ends(&self, now: Now) -> Vec<u32> {
        let mut asked = self.clone();
        asked.now = now;
        let clocks =
            asked.services.iter().flat_map(|service| service.clocks.values().chain(&service.published));
        let mut ends: Vec<u32> = clocks.map(|runs| asked.due(*runs).0).collect();
        ends.sort_unstable();
        ends.dedup();
        ends.retain(|end| *end + 1 > asked.today());
        ends
    }
}

/// An article of the table, mostly.
const fn article(number: u8) -> u8 {
    match number % 16 {
        0..=9 => 19,
        10 => 20,
        11 => 21,
        12 => 22,
        13 => 18,
        _ => 23,
    }
}

/// A breach that the article punishes, mostly.
const fn breach(number: u8) -> u8 {
    match number % 16 {
        0..=7 => 18,
        8 => 21,
        9 => 32,
        10 => 8,
        11 => 10,
        12 => 11,
        _ => 5,
    }
}

/// What happens before every story, and the model after it.
type Played = (Vec<(usize, Vec<u8>)>, Model);

/// As genesis leaves it.
fn first() -> Model {
    Model {
        providers: Vec::new(),
        services: Vec::new(),
        batches: Vec::new(),
        objections: Vec::new(),
        penalties: Vec::new(),
        assessments: Vec::new(),
        campaigns: Vec::new(),
        articles: watch::first_articles(),
        periods: watch::first_periods(),
        numbers: BTreeMap::new(),
        kept: BTreeMap::new(),
        subject_numbers: BTreeMap::new(),
        belongs: BTreeMap::new(),
        decisions: Decisions::default(),
        days: <calendar::Model as super::super::Model>::new(),
        caller: Address::ZERO,
        now: Now { height: 0, timestamp_ms: 0 },
        logs: Vec::new(),
    }
}

/// Services 1 filed, 2 and 3 recorded and published, 4 declared, 5 returned, 6 recorded and inspected.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let (mut model, mut calls) = (first(), Vec::new());
    let now = second_block::<Model>();
    let today = day_at(now.timestamp_ms);
    let mut send = |model: &mut Model, who: usize, call: C| {
        use super::super::Model as _;
        let answer = model.answer(wallet(who), &call, now);
        assert!(answer.is_ok(), "{call:?}: {:?}", answer.map_err(hex::encode));
        calls.push((who, call.abi_encode()));
    };
    let file = |provider, number: u8| {
        C::file(fileCall { provider, form: form(number, today), attachments: attachments(0) })
    };
    send(&mut model, 3, C::registerProvider(registerProviderCall { subject: subject(0) }));
    send(&mut model, 4, C::registerProvider(registerProviderCall { subject: subject(2) }));
    send(&mut model, 3, file(1, 0));
    send(&mut model, 3, file(1, 1));
    send(&mut model, 4, file(2, 4));
    send(&mut model, 3, C::draft(draftCall { provider: 1, form: form(3, today) }));
    send(&mut model, 3, file(1, 9));
    send(&mut model, 4, file(2, 2));
    let returned = returnFilingCall { service: 5, codes: vec![3], reasons: words(0), answerDays: 10 };
    send(&mut model, 0, C::returnFiling(returned));
    for service in [2, 3, 6] {
        let number = String::new();
        send(&mut model, 0, C::proposeRecord(proposeRecordCall { service, number, confirmed: false }));
        let numbers = vec![model.proposed_number(service)];
        send(&mut model, 1, C::record(recordCall { services: vec![service], numbers }));
    }
    let document = digest(1);
    let batch = publishBatchCall { batch: 1, services: vec![2, 3], day: today, document };
    send(&mut model, 0, C::publishBatch(batch));
    send(&mut model, 0, C::openCampaign(openCampaignCall { title: words(0), workingDays: 10 }));
    send(&mut model, 0, C::inspect(inspectCall { campaign: 1, services: vec![6] }));
    (calls, model)
});

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    const LATER_MS: u64 = <calendar::Model as super::super::Model>::LATER_MS;
    const DECIDES: bool = true;
    const WALLETS: usize = 7;
    const GAS: u64 = 3_000_000;

    fn spec() -> Spec {
        consortium::chain(&ORGANISATIONS, Self::WALLETS)
    }

    fn before() -> Vec<(usize, Address, Vec<u8>)> {
        PLAYED.0.iter().map(|(who, input)| (*who, ADDRESS, input.clone())).collect()
    }

    fn new() -> Self {
        PLAYED.1.clone()
    }

    fn reads(call: &C) -> bool {
        matches!(
            call,
            C::provider(_)
                | C::providerOf(_)
                | C::providerOfCode(_)
                | C::service(_)
                | C::serviceOfNumber(_)
                | C::isRecorded(_)
                | C::proposal(_)
                | C::placesOf(_)
                | C::clocksOf(_)
                | C::batch(_)
                | C::objection(_)
                | C::penalty(_)
                | C::assessment(_)
                | C::campaign(_)
                | C::article(_)
                | C::period(_)
                | C::counts(_)
        )
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        (self.caller, self.now) = (caller, now);
        let output = self.write(call)?;
        Ok((output, std::mem::take(&mut self.logs)))
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let drawn = Drawn { what: feed.byte(), id: feed.byte(), kind: feed.byte(), more: feed.byte() };
        match kind {
            0 => self.draw_people(&drawn, now),
            1 => self.draw_filing(&drawn, now),
            2 => self.draw_record(&drawn, now),
            3 => self.draw_watch(&drawn, now),
            _ => self.draw_measure(&drawn, now),
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let (what, id) = (feed.byte() % 17, feed.byte());
        let small = id % 10;
        match what {
            0 => C::provider(providerCall { id: small.into() }),
            1 => C::providerOf(providerOfCall { account: wallet(usize::from(small)) }),
            2 => C::providerOfCode(providerOfCodeCall { uscc: subject(id).uscc }),
            3 => C::service(serviceCall { id: small.into() }),
            4 => C::serviceOfNumber(serviceOfNumberCall { number: self.draw_number(id) }),
            5 => C::isRecorded(isRecordedCall { number: self.draw_number(id) }),
            6 => C::proposal(proposalCall { service: small.into() }),
            7 => C::placesOf(placesOfCall { service: small.into() }),
            8 => C::clocksOf(clocksOfCall { service: small.into() }),
            9 => C::batch(batchCall { number: small.into() }),
            10 => C::objection(objectionCall { id: small.into() }),
            11 => C::penalty(penaltyCall { id: small.into() }),
            12 => C::assessment(assessmentCall { id: small.into() }),
            13 => C::campaign(campaignCall { id: small.into() }),
            14 => C::article(articleCall { number: 18 + id % 6 }),
            15 => C::period(periodCall { clock: id % 14 }),
            _ => C::counts(countsCall {}),
        }
    }

    /// Often to the last moment of the last day of a clock, or the first after it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, edge) = (feed.byte(), feed.byte() % 4);
        let midnight = |day: u32| u64::from(day) * DAY_MS - 8 * 3_600_000;
        let ends = self.ends(now);
        let place = usize::from(byte).checked_rem(ends.len()).and_then(|place| ends.get(place).copied());
        match (edge, place) {
            (0, Some(end)) => midnight(end + 1),
            (1, Some(end)) => midnight(end + 1) - 1,
            (2, _) => now.timestamp_ms + u64::from(byte) * DAY_MS,
            _ => now.timestamp_ms + u64::from(byte) * 3_600_000,
        }
    }

    fn decide(&mut self, call: &C, now: Now) -> Vec<(usize, Vec<u8>)> {
        let fits = match call {
            C::setArticle(call) => Self::is_sound(call),
            C::setPeriod(call) => Self::require_period_call(call).is_ok(),
            _ => false,
        };
        if !fits {
            return Vec::new();
        }
        self.decisions.decide(ADDRESS, call.abi_encode(), "a rule", &[0, 1], now)
    }
}
