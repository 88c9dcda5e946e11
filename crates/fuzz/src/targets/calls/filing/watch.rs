//! Inspections, corrections, measures, assessments, and the penalty table.

use super::life::require_days;
use super::people::{listed, long_text, named, not_expected, term, there};
use super::*;

/// Duties that can be breached.
const DUTIES: [u8; 16] = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 21, 31];

/// A day as texts have it.
fn written(day: u32) -> String {
    let calendar::Date { year, .. } = calendar::date(day);
    let first = (0..day).rev().take_while(|day| calendar::date(*day).year == year).last().unwrap_or(day);
    let (mut month, mut rest) = (1, day - first);
    let february = if calendar::date(first + 365).year == year { 29 } else { 28 };
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if rest < length {
            break;
        }
        (month, rest) = (month + 1, rest - length);
    }
    format!("{year:04}-{month:02}-{:02}", rest + 1)
}

/// What each article provides from the beginning.
pub(super) fn first_articles() -> BTreeMap<u8, Vec<ArticleRecord>> {
    let bits = |numbers: &[u8]| numbers.iter().map(|number| 1u32 << number).sum();
    let article = |minFen, maxFen, breaches: &[u8], measures| {
        vec![ArticleRecord { minFen, maxFen, breaches: bits(breaches), measures, from: 0 }]
    };
    BTreeMap::from([
        (19, article(500_000, 3_000_000, &[5, 6, 7, 9, 21, 13, 15, 17, 18], 0b1_1110)),
        (20, article(0, 0, &[8, 16], 0b1110)),
        (21, article(2_000_000, 3_000_000, &[10], 0b1_1110)),
        (22, article(1_000_000, 3_000_000, &[11, 12], 0b1_0110)),
    ])
}

/// The usual lengths of clocks; 0 for those that somebody sets each time.
pub(super) fn first_periods() -> BTreeMap<u8, Vec<(u32, u16)>> {
    let days = [10, 20, 20, 0, 5, 20, 10, 20, 0, 0, 30, 20];
    (1..).zip(days.map(|days| vec![(0, days)])).collect()
}

/// A measure, as a call names it.
struct Measure<'a> {
    measure: u8,
    article: u8,
    breach: u8,
    ground: u8,
    amountFen: u64,
    fromHeight: u64,
    notice: B256,
    text: &'a str,
}

impl Model {
    /// Working days of a clock today.
    pub(super) fn period(&self, clock: u8) -> u16 {
        let today = self.today();
        let versions = self.periods.get(&clock).map_or(&[][..], Vec::as_slice);
        versions.iter().rev().find(|(from, _)| *from <= today).map_or(0, |(_, days)| *days)
    }

    /// What an article provides today.
    pub(super) fn article(&self, number: u8) -> Option<&ArticleRecord> {
        let today = self.today();
        self.articles.get(&number)?.iter().rev().find(|entry| entry.from <= today)
    }

    fn campaign(&self, id: u32) -> Result<&CampaignRecord, Refusal> {
        let count = number_of(self.campaigns.len());
        nth(&self.campaigns, id.into())
            .map_or_else(|| refuse(NoSuchItem { track: CAMPAIGN, item: id.into(), count }), Ok)
    }

    pub(super) fn open_campaign(&mut self, call: &openCampaignCall) -> Result<Vec<u8>, Refusal> {
        let openCampaignCall { title, workingDays } = call.clone();
        let actor = self.actor(80, None)?;
        named("title", &title)?;
        require_days(workingDays)?;
        let (organisation, day) = (organisation_of(self.caller), self.today());
        self.campaigns.push(CampaignRecord {
            state: 0,
            organisation,
            day,
            workingDays,
            services: 0,
            open: 0,
        });
        let campaign = u32::try_from(self.campaigns.len()).unwrap_or(u32::MAX);
        self.go(0, 80, campaign.into(), actor, None)?;
        self.emit(&CampaignOpened { campaign, workingDays, title });
        Ok(openCampaignCall::abi_encode_returns(&campaign))
    }

    /// A campaign is run by the organisation that opened it.
    fn run(&self, id: u32, step: u8) -> Result<u8, Refusal> {
        let opened_by = self.campaign(id)?.organisation;
        let actor = self.actor(step, None)?;
        let (account, organisation) = (self.caller, organisation_of(self.caller));
        if opened_by == organisation { Ok(actor) } else { refuse(NotAllowed { step, account, organisation }) }
    }

    pub(super) fn inspect(&mut self, call: &inspectCall) -> Result<Vec<u8>, Refusal> {
        let inspectCall { campaign: id, services } = call.clone();
        listed("services", services.len(), limits::FILING_STEP_MAX)?;
        let campaign = self.campaign(id)?.clone();
        self.run(id, 30)?;
        if campaign.state != 41 {
            return refuse(CampaignClosed { campaign: id });
        }
        let runs = (9, self.today(), campaign.workingDays);
        for service in services {
            let actor = self.open(service, 30)?;
            self.go(service, 30, 0, actor, Some(runs))?;
            self.change(service, |service| (service.campaign, service.missed) = (id, false));
            self.emit(&Inspected { service, campaign: id });
            alter(&mut self.campaigns, id.into(), |campaign| {
                campaign.services += 1;
                campaign.open += 1;
            });
        }
        Ok(Vec::new())
    }

    pub(super) fn answer_inspection(&mut self, call: &answerInspectionCall) -> Result<Vec<u8>, Refusal> {
        let answerInspectionCall { service: id, answer, text } = call.clone();
        let actor = self.open(id, 31)?;
        there("answer", answer)?;
        long_text("text", &text, false)?;
        let (late, campaign) = (self.runs_late(id, INSPECTION)?, self.service(id)?.campaign);
        self.go(id, 31, 0, actor, None)?;
        self.emit(&InspectionAnswered { service: id, campaign, late, answer, text });
        Ok(Vec::new())
    }

    /// Whether the last day of a track's clock is over.
    fn runs_late(&self, id: u64, track: u8) -> Result<bool, Refusal> {
        Ok(self.service(id)?.clocks.get(&track).is_some_and(|clock| self.is_over(*clock)))
    }

    /// An inspection is no longer open in its campaign.
    pub(super) fn leave_campaign(&mut self, id: u64) {
        let campaign = self.service(id).map_or(0, |service| service.campaign);
        alter(&mut self.campaigns, campaign.into(), |campaign| campaign.open -= 1);
        self.change(id, |service| (service.campaign, service.missed) = (0, false));
    }

    pub(super) fn pass_inspection(&mut self, call: &passInspectionCall) -> Result<Vec<u8>, Refusal> {
        let passInspectionCall { service: id, text } = call.clone();
        let actor = self.open(id, 32)?;
        long_text("text", &text, false)?;
        let campaign = self.service(id)?.campaign;
        self.go(id, 32, 0, actor, None)?;
        self.leave_campaign(id);
        self.emit(&InspectionPassed { service: id, campaign, text });
        Ok(Vec::new())
    }

    pub(super) fn close_campaign(&mut self, call: &closeCampaignCall) -> Result<Vec<u8>, Refusal> {
        let id = call.campaign;
        let actor = self.run(id, 81)?;
        self.go(0, 81, id.into(), actor, None)?;
        let open = self.campaign(id)?.open;
        if open != 0 {
            return refuse(CampaignOpen { campaign: id, open });
        }
        Ok(Vec::new())
    }

    /// Whether an article provides a measure for a breach; the range of its fines.
    fn require_article(&self, article: u8, breach: u8, measure: u8) -> Result<(u64, u64), Refusal> {
        let Some(entry) = self.article(article) else { return refuse(NoSuchArticle { article }) };
        if !DUTIES.contains(&breach) {
            return refuse(UnknownTerm { vocabulary: "breach".into(), number: breach.into() });
        }
        if entry.breaches & (1 << breach) == 0 {
            return refuse(BreachNotInArticle { article, breach });
        }
        if entry.measures & (1 << measure) == 0 {
            return refuse(MeasureNotProvided { article, measure });
        }
        Ok((entry.minFen, entry.maxFen))
    }

    /// Enters a measure in the register: by step 60 or 64.
    fn enter_measure(&mut self, id: u64, step: u8, actor: u8, given: &Measure<'_>) -> Result<u64, Refusal> {
        there("notice", given.notice)?;
        long_text("text", given.text, true)?;
        let Measure { measure, article, breach, ground, amountFen, fromHeight, notice, .. } = *given;
        let (minFen, maxFen) = self.require_article(article, breach, measure)?;
        let (account, day) = (self.caller, self.today());
        self.penalties.push(PenaltyRecord {
            service: id,
            state: 0,
            measure,
            article,
            breach,
            ground,
            day,
            amountFen,
            account,
            second: Address::ZERO,
            notice,
        });
        let penalty = number_of(self.penalties.len());
        self.go(id, step, penalty, actor, None)?;
        let text = given.text.to_owned();
        self.emit(&Measured {
            penalty,
            service: id,
            measure,
            article,
            breach,
            ground,
            amountFen,
            minFen,
            maxFen,
            fromHeight,
            notice,
            text,
        });
        Ok(penalty)
    }

    pub(super) fn rectify(&mut self, call: &rectifyCall) -> Result<Vec<u8>, Refusal> {
        let rectifyCall { service: id, article, breach, workingDays, notice, text } = call.clone();
        let actor = self.open(id, 33)?;
        let (today, before) = (self.today(), self.state(id, INSPECTION, 0));
        if before == 21 && !self.runs_late(id, INSPECTION)? {
            let clock = self.service(id)?.clocks.get(&INSPECTION).copied().unwrap_or_default();
            return refuse(NotYet { service: id, day: self.due(clock).0, today });
        }
        require_days(workingDays)?;
        self.go(id, 33, 0, actor, Some((10, today, workingDays)))?;
        let given = Measure {
            measure: 1,
            article,
            breach,
            ground: 0,
            amountFen: 0,
            fromHeight: 0,
            notice,
            text: &text,
        };
        let penalty = self.enter_measure(id, 64, actor, &given)?;
        if matches!(before, 21 | 22) {
            self.leave_campaign(id);
        }
        self.change(id, |service| service.missed = false);
        Ok(rectifyCall::abi_encode_returns(&penalty))
    }

    pub(super) fn report_rectified(&mut self, call: &reportRectifiedCall) -> Result<Vec<u8>, Refusal> {
        let reportRectifiedCall { service: id, report, text } = call.clone();
        let actor = self.open(id, 34)?;
        there("report", report)?;
        long_text("text", &text, false)?;
        let late = self.runs_late(id, INSPECTION)?;
        self.go(id, 34, 0, actor, None)?;
        self.change(id, |service| service.missed |= late);
        self.emit(&RectifiedReported { service: id, late, report, text });
        Ok(Vec::new())
    }

    pub(super) fn decide_rectified(&mut self, call: &decideRectifiedCall) -> Result<Vec<u8>, Refusal> {
        let decideRectifiedCall { service: id, accepted, workingDays, text } = call.clone();
        let step = if accepted { 35 } else { 36 };
        let actor = self.open(id, step)?;
        long_text("text", &text, false)?;
        if !accepted {
            require_days(workingDays)?;
        } else if workingDays != 0 {
            return not_expected("workingDays");
        }
        let today = self.today();
        self.go(id, step, 0, actor, Some((10, today, workingDays)))?;
        if accepted {
            self.change(id, |service| service.missed = false);
        }
        self.emit(&RectifiedDecided { service: id, accepted, text });
        Ok(Vec::new())
    }

    pub(super) fn warn(&mut self, call: &warnCall) -> Result<Vec<u8>, Refusal> {
        let warnCall { service: id, article, breach, workingDays, notice, text } = call.clone();
        let actor = self.open(id, 9)?;
        require_days(workingDays)?;
        let today = self.today();
        self.go(id, 9, 0, actor, Some((10, today, workingDays)))?;
        let given = Measure {
            measure: 2,
            article,
            breach,
            ground: 0,
            amountFen: 0,
            fromHeight: 0,
            notice,
            text: &text,
        };
        let penalty = self.enter_measure(id, 64, actor, &given)?;
        self.change(id, |service| service.warning = penalty);
        Ok(warnCall::abi_encode_returns(&penalty))
    }

    /// The height from which something holds.
    fn height(&self, fromHeight: u64) -> Result<u64, Refusal> {
        let height = self.now.height;
        match fromHeight {
            0 => Ok(height + 1),
            later if later > height => Ok(later),
            fromHeight => refuse(HeightPassed { fromHeight, height }),
        }
    }

    pub(super) fn suspend(&mut self, call: &suspendCall) -> Result<Vec<u8>, Refusal> {
        let suspendCall { service: id, article, breach, fromHeight, notice, text } = call.clone();
        let actor = self.open(id, 10)?;
        let fromHeight = self.height(fromHeight)?;
        self.go(id, 10, 0, actor, None)?;
        let given =
            Measure { measure: 3, article, breach, ground: 0, amountFen: 0, fromHeight, notice, text: &text };
        let penalty = self.enter_measure(id, 64, actor, &given)?;
        self.change(id, |service| service.suspension = penalty);
        self.tell_suspended(id, penalty, fromHeight)?;
        Ok(suspendCall::abi_encode_returns(&penalty))
    }

    /// A province lifts what it imposed itself.
    fn require_liftable(&self, actor: u8, measure: u64) -> Result<(), Refusal> {
        let (account, organisation) = (self.caller, organisation_of(self.caller));
        let own =
            nth(&self.penalties, measure).is_some_and(|entry| organisation_of(entry.account) == organisation);
        if own || actor == SUPERVISOR {
            return Ok(());
        }
        refuse(NotAllowed { step: 11, account, organisation })
    }

    pub(super) fn restore(&mut self, call: &restoreCall) -> Result<Vec<u8>, Refusal> {
        let restoreCall { service: id, fromHeight, text } = call.clone();
        let actor = self.open(id, 11)?;
        long_text("text", &text, true)?;
        let fromHeight = self.height(fromHeight)?;
        let suspended = self.state(id, FILING, 0) == 7;
        self.go(id, 11, 0, actor, None)?;
        if matches!(self.state(id, INSPECTION, 0), 23 | 24) {
            return refuse(StillRectifying { service: id });
        }
        let Service { warning, suspension, .. } = *self.service(id)?;
        if warning != 0 {
            self.require_liftable(actor, warning)?;
            self.change(id, |service| service.warning = 0);
        }
        if suspended {
            self.require_liftable(actor, suspension)?;
            self.tell_restored(id, suspension, fromHeight);
        }
        self.emit(&Restored { service: id, fromHeight, text });
        Ok(Vec::new())
    }

    /// Whether an article provides a fine for a breach, and one of this amount.
    fn require_fine(&self, article: u8, breach: u8, amountFen: u64) -> Result<(), Refusal> {
        let (minFen, maxFen) = self.require_article(article, breach, 4)?;
        if (minFen..=maxFen).contains(&amountFen) {
            return Ok(());
        }
        refuse(FineOutOfRange { article, amountFen, minFen, maxFen })
    }

    pub(super) fn propose_fine(&mut self, call: &proposeFineCall) -> Result<Vec<u8>, Refusal> {
        let proposeFineCall { service: id, article, breach, ground, amountFen, notice, text } = call.clone();
        let actor = self.open(id, 60)?;
        term("ground", ground.into(), 2)?;
        self.require_fine(article, breach, amountFen)?;
        if ground == 1 && !self.refused(id)? {
            return refuse(NothingRefused { service: id });
        }
        let given =
            Measure { measure: 4, article, breach, ground, amountFen, fromHeight: 0, notice, text: &text };
        let penalty = self.enter_measure(id, 60, actor, &given)?;
        Ok(proposeFineCall::abi_encode_returns(&penalty))
    }

    /// Whether a time to correct passed in vain: that of an order or of a warning.
    fn refused(&self, id: u64) -> Result<bool, Refusal> {
        let correcting = self.state(id, INSPECTION, 0) == 23 && self.runs_late(id, INSPECTION)?;
        let warned = self.state(id, FILING, 0) == 6 && self.runs_late(id, FILING)?;
        Ok(self.service(id)?.missed || correcting || warned)
    }

    fn fine(&self, id: u64) -> Result<&PenaltyRecord, Refusal> {
        let count = number_of(self.penalties.len());
        nth(&self.penalties, id).map_or_else(|| refuse(NoSuchItem { track: PENALTY, item: id, count }), Ok)
    }

    pub(super) fn impose_fine(&mut self, penalty: u64) -> Result<Vec<u8>, Refusal> {
        let PenaltyRecord { service, account: first, article, breach, amountFen, .. } =
            *self.fine(penalty)?;
        let (actor, second) = (self.open(service, 61)?, self.caller);
        self.go(service, 61, penalty, actor, None)?;
        if first == second {
            return refuse(SameHand { account: second });
        }
        self.require_fine(article, breach, amountFen)?;
        alter(&mut self.penalties, penalty, |entry| entry.second = second);
        self.emit(&FineImposed { penalty, service, first, second });
        Ok(Vec::new())
    }

    pub(super) fn drop_fine(&mut self, call: &dropFineCall) -> Result<Vec<u8>, Refusal> {
        let dropFineCall { penalty, reason } = call.clone();
        let service = self.fine(penalty)?.service;
        let actor = self.open(service, 62)?;
        long_text("reason", &reason, true)?;
        self.go(service, 62, penalty, actor, None)?;
        self.emit(&FineDropped { penalty, service, reason });
        Ok(Vec::new())
    }

    pub(super) fn settle_fine(&mut self, call: &settleFineCall) -> Result<Vec<u8>, Refusal> {
        let settleFineCall { penalty, receipt } = *call;
        let PenaltyRecord { service, measure, article, .. } = *self.fine(penalty)?;
        let actor = self.open(service, 63)?;
        there("receipt", receipt)?;
        if measure != 4 {
            return refuse(MeasureNotProvided { article, measure });
        }
        self.go(service, 63, penalty, actor, None)?;
        self.emit(&FineSettled { penalty, service, receipt });
        Ok(Vec::new())
    }

    pub(super) fn report_assessment(&mut self, call: &reportAssessmentCall) -> Result<Vec<u8>, Refusal> {
        let reportAssessmentCall { service: id, goLive, report, subject, institution } = call.clone();
        let actor = self.open(id, 70)?;
        there("report", report)?;
        named("subject", &subject)?;
        named("institution", &institution)?;
        self.require_near("goLive", goLive)?;
        let day = self.today();
        self.assessments.push(AssessmentRecord { service: id, state: 0, day, goLive, report });
        let assessment = number_of(self.assessments.len());
        self.go(id, 70, assessment, actor, None)?;
        let late = goLive <= day;
        self.emit(&AssessmentReported {
            assessment,
            service: id,
            goLive,
            late,
            report,
            subject,
            institution,
        });
        Ok(reportAssessmentCall::abi_encode_returns(&assessment))
    }

    pub(super) fn decide_assessment(&mut self, call: &decideAssessmentCall) -> Result<Vec<u8>, Refusal> {
        let decideAssessmentCall { assessment, passed, report, reasons } = call.clone();
        let count = number_of(self.assessments.len());
        let Some(entry) = nth(&self.assessments, assessment) else {
            return refuse(NoSuchItem { track: ASSESSMENT, item: assessment, count });
        };
        let (id, step) = (entry.service, if passed { 71 } else { 72 });
        let actor = self.open(id, step)?;
        there("report", report)?;
        long_text("reasons", &reasons, true)?;
        self.go(id, step, assessment, actor, None)?;
        self.emit(&AssessmentDecided { assessment, service: id, passed, report, reasons });
        Ok(Vec::new())
    }

    /// The decision that a call carries out, which is done then.
    fn decided(&mut self, input: &[u8]) -> Result<u64, Refusal> {
        let (account, organisation) = (self.caller, organisation_of(self.caller));
        let has_vote = matches!(organisation, 1 | 2);
        let hand = Hand { account, organisation, has_vote, electorate: 1 };
        let (id, executed) = self.decisions.carry_out(ADDRESS, input, hand, self.now)?;
        self.logs.push(executed);
        Ok(id)
    }

    /// Whether an article contradicts itself.
    pub(super) const fn is_sound(call: &setArticleCall) -> bool {
        let setArticleCall { article, minFen, maxFen, breaches, measures, .. } = *call;
        let fines = measures & (1 << 4) != 0;
        article >= 19
            && article <= 22
            && minFen <= maxFen
            && maxFen <= limits::FILING_FINE_FEN_MAX
            && fines == (minFen > 0)
            && fines == (maxFen > 0)
            && measures != 0
            && measures & !0b1_1110 == 0
            && breaches != 0
            && breaches & !0b1000_0000_0010_0111_1111_1111_1110_0000 == 0
    }

    /// The day from which a decision holds.
    fn require_from(&self, from: u32) -> Result<u32, Refusal> {
        let today = self.today();
        Self::require_day("from", from, 0, today + limits::FILING_DAYS_AHEAD_MAX)?;
        Ok(from.max(today))
    }

    /// Whether no two articles would punish the same on the same day: what this one provides until the
    /// day of the new, and the new from then on.
    fn require_apart(&self, call: &setArticleCall, from: u32) -> Result<(), Refusal> {
        let (article, today) = (call.article, self.today());
        let now = self.article(article).map_or(0, |entry| entry.breaches);
        for other in (19..=22).filter(|other| *other != article) {
            let held = self.article(other).map_or(0, |entry| entry.breaches);
            let next =
                self.articles.get(&other).and_then(|list| list.iter().find(|entry| entry.from > today));
            let meet = match next {
                Some(next) if next.from < from && next.breaches & now != 0 => {
                    Some((next.breaches & now, next.from))
                }
                Some(next) if from < next.from && held & call.breaches != 0 => {
                    Some((held & call.breaches, from))
                }
                Some(next) if next.breaches & call.breaches != 0 => {
                    Some((next.breaches & call.breaches, next.from.max(from)))
                }
                None if held & call.breaches != 0 => Some((held & call.breaches, from)),
                _ => None,
            };
            if let Some((shared, day)) = meet {
                let duty = shared.trailing_zeros();
                let reason = format!("duty {duty} falls under article {other} already (on {})", written(day));
                return refuse(BadArticle { article, reason });
            }
        }
        Ok(())
    }

    pub(super) fn set_article(&mut self, call: &setArticleCall) -> Result<Vec<u8>, Refusal> {
        let proposal = self.decided(&call.abi_encode())?;
        let setArticleCall { article, minFen, maxFen, breaches, measures, from } = *call;
        let (from, day) = (self.require_from(from)?, self.today());
        self.require_apart(call, from)?;
        let versions = self.articles.entry(article).or_default();
        versions.retain(|entry| entry.from <= day);
        for entry in versions.iter_mut() {
            entry.from = entry.from.max(1);
        }
        versions.push(ArticleRecord { minFen, maxFen, breaches, measures, from });
        self.emit(&ArticleSet { article, proposal, day, minFen, maxFen, breaches, measures, from });
        Ok(Vec::new())
    }

    /// Whether a call sets the length of a clock that has one.
    pub(super) fn require_period_call(call: &setPeriodCall) -> Result<(), Refusal> {
        term("clock", call.clock.into(), 12)?;
        if matches!(call.clock, 4 | 9 | 10) {
            return not_expected("workingDays");
        }
        require_days(call.workingDays)
    }

    pub(super) fn set_period(&mut self, call: &setPeriodCall) -> Result<Vec<u8>, Refusal> {
        let proposal = self.decided(&call.abi_encode())?;
        let setPeriodCall { clock, workingDays, from } = *call;
        let (from, day) = (self.require_from(from)?, self.today());
        let versions = self.periods.entry(clock).or_default();
        versions.retain(|(from, _)| *from <= day);
        versions.push((from, workingDays));
        self.emit(&PeriodSet { clock, proposal, day, workingDays, from });
        Ok(Vec::new())
    }
}
