//! Supervision of services: campaigns of periodic inspection, orders to correct, security assessments.

use super::{
    abi::IFiling::{
        AssessmentDecided, AssessmentReported, CampaignClosed, CampaignOpen, CampaignOpened, Inspected,
        InspectionAnswered, InspectionPassed, NoSuchItem, NotAllowed, NotYet, RectifiedDecided,
        RectifiedReported, answerInspectionCall, closeCampaignCall, decideAssessmentCall,
        decideRectifiedCall, inspectCall, openCampaignCall, passInspectionCall, rectifyCall,
        reportAssessmentCall, reportRectifiedCall,
    },
    clocks, filings,
    hands::{self, Hand, Move, take},
    penalties::{self, Notice},
    state::{ASSESSMENTS, Assessment, CAMPAIGNS, COUNTS, Campaign, Counts, INSPECTIONS, Inspection, Service},
    steps::{State, Step, Track},
    terms::{Clock, Measure},
    texts,
};
use crate::{Ctx, Stop, calendar, storage::Cell};
use ding_primitives::limits;

pub(super) fn open_campaign(ctx: &mut Ctx<'_>, call: openCampaignCall) -> Result<u32, Stop> {
    let openCampaignCall { title, workingDays } = call;
    let hand = hands::authority(ctx, Step::OpenCampaign)?;
    texts::name("title", &title)?;
    clocks::require_period(workingDays)?;
    let counts = COUNTS.get(ctx)?;
    let id = counts.campaigns.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.replace(ctx, &counts, &Counts { campaigns: id, ..counts })?;
    let state = move_campaign(ctx, &hand, Step::OpenCampaign, id, State::None)?;
    let (organisation, day) = (hand.organisation, calendar::today(ctx).get());
    let campaign = Campaign { state, organisation, day, days: workingDays, services: 0, open: 0 };
    CAMPAIGNS.cell(ctx, id)?.insert(ctx, &campaign)?;
    ctx.emit(&CampaignOpened { campaign: id, workingDays, title })?;
    Ok(id)
}

pub(super) fn close_campaign(ctx: &mut Ctx<'_>, call: closeCampaignCall) -> Result<(), Stop> {
    let (place, campaign) = campaign(ctx, call.campaign)?;
    let hand = campaign_hand(ctx, Step::CloseCampaign, &campaign)?;
    let state = move_campaign(ctx, &hand, Step::CloseCampaign, call.campaign, campaign.state)?;
    if campaign.open != 0 {
        return Err(Stop::revert(CampaignOpen { campaign: call.campaign, open: campaign.open }));
    }
    place.replace(ctx, &campaign, &Campaign { state, ..campaign })
}

fn move_campaign(ctx: &mut Ctx<'_>, hand: &Hand, step: Step, id: u32, from: State) -> Result<State, Stop> {
    let moved = Move { step, service: 0, item: id.into(), from, status: State::None };
    take(ctx, hand, moved, None)
}

/// A campaign is run by the organisation that opened it.
fn campaign_hand(ctx: &mut Ctx<'_>, step: Step, campaign: &Campaign) -> Result<Hand, Stop> {
    let hand = hands::authority(ctx, step)?;
    if hand.organisation == campaign.organisation {
        return Ok(hand);
    }
    let Hand { account, organisation, .. } = hand;
    Err(Stop::revert(NotAllowed { step: step.number(), account, organisation }))
}

fn campaign(ctx: &mut Ctx<'_>, id: u32) -> Result<(Cell<Campaign>, Campaign), Stop> {
    let place = CAMPAIGNS.cell(ctx, id)?;
    match place.find(ctx)? {
        Some(campaign) => Ok((place, campaign)),
        None => {
            let count = COUNTS.get(ctx)?.campaigns.into();
            Err(Stop::revert(NoSuchItem { track: Track::Campaign.number(), item: id.into(), count }))
        }
    }
}

pub(super) fn inspect(ctx: &mut Ctx<'_>, call: inspectCall) -> Result<(), Stop> {
    let inspectCall { campaign: number, services } = call;
    texts::list("services", services.len(), limits::FILING_STEP_MAX)?;
    let (place, known) = campaign(ctx, number)?;
    campaign_hand(ctx, Step::Inspect, &known)?;
    if known.state != State::Open {
        return Err(Stop::revert(CampaignClosed { campaign: number }));
    }
    let clock = clocks::start_with(ctx, Clock::Answer, known.days)?;
    let mut new = known;
    for id in services {
        let (place, service, hand) = filings::open(ctx, id, Step::Inspect)?;
        let inspection = move_inspection(ctx, &hand, Step::Inspect, id, &service, Some(clock))?;
        place.replace(ctx, &service, &Service { inspection, ..service })?;
        let (start, days) = (clock.start.get(), clock.days);
        let record = Inspection { campaign: number, clock: clock.clock, start, days, missed: false };
        INSPECTIONS.set(ctx, id, &record)?;
        new.services = new.services.checked_add(1).ok_or_else(Stop::overflow)?;
        new.open = new.open.checked_add(1).ok_or_else(Stop::overflow)?;
        ctx.emit(&Inspected { service: id, campaign: number })?;
    }
    place.replace(ctx, &known, &new)
}

fn move_inspection(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    step: Step,
    id: u64,
    service: &Service,
    clock: Option<clocks::Running>,
) -> Result<State, Stop> {
    let (from, status) = (service.inspection, service.status);
    take(ctx, hand, Move { step, service: id, item: 0, from, status }, clock)
}

pub(super) fn answer(ctx: &mut Ctx<'_>, call: answerInspectionCall) -> Result<(), Stop> {
    let answerInspectionCall { service: id, answer, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Answer)?;
    texts::digest("answer", answer)?;
    texts::long("text", &text)?;
    let inspection = move_inspection(ctx, &hand, Step::Answer, id, &service, None)?;
    place.replace(ctx, &service, &Service { inspection, ..service })?;
    let record = INSPECTIONS.get(ctx, id)?;
    let late = record.running().due(ctx)?.passed(ctx);
    ctx.emit(&InspectionAnswered { service: id, campaign: record.campaign, late, answer, text })
}

pub(super) fn pass(ctx: &mut Ctx<'_>, call: passInspectionCall) -> Result<(), Stop> {
    let passInspectionCall { service: id, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Pass)?;
    texts::long("text", &text)?;
    let inspection = move_inspection(ctx, &hand, Step::Pass, id, &service, None)?;
    place.replace(ctx, &service, &Service { inspection, ..service })?;
    let number = leave_campaign(ctx, id)?;
    ctx.emit(&InspectionPassed { service: id, campaign: number, text })
}

/// Takes a service out of the open ones of its campaign; answers with the campaign, 0 if none.
pub(super) fn leave_campaign(ctx: &mut Ctx<'_>, id: u64) -> Result<u32, Stop> {
    let record = INSPECTIONS.get(ctx, id)?;
    if record.campaign != 0 {
        let (place, known) = campaign(ctx, record.campaign)?;
        let open = known
            .open
            .checked_sub(1)
            .ok_or_else(|| ctx.fault("a campaign with fewer than no inspections"))?;
        place.replace(ctx, &known, &Campaign { open, ..known })?;
    }
    INSPECTIONS.set(ctx, id, &Inspection::default())?;
    Ok(record.campaign)
}

pub(super) fn rectify(ctx: &mut Ctx<'_>, call: rectifyCall) -> Result<u64, Stop> {
    let rectifyCall { service: id, article, breach, workingDays, notice, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Rectify)?;
    if service.inspection == State::InspectionDue {
        // As long as the provider may still answer there is nothing to correct.
        let due = INSPECTIONS.get(ctx, id)?.running().due(ctx)?;
        if !due.passed(ctx) {
            let (day, today) = (due.day.get(), calendar::today(ctx).get());
            return Err(Stop::revert(NotYet { service: id, day, today }));
        }
    }
    let clock = clocks::start_with(ctx, Clock::Correct, workingDays)?;
    let inspection = move_inspection(ctx, &hand, Step::Rectify, id, &service, Some(clock))?;
    let item = penalties::enter(
        ctx,
        &hand,
        (id, &service),
        Measure::Rectify,
        Notice::new(article, breach, notice, text),
    )?;
    if matches!(service.inspection, State::InspectionDue | State::Answered) {
        leave_campaign(ctx, id)?;
    }
    place.replace(ctx, &service, &Service { inspection, ..service })?;
    set_correction(ctx, id, clock, false)?;
    Ok(item)
}

fn set_correction(ctx: &mut Ctx<'_>, id: u64, clock: clocks::Running, missed: bool) -> Result<(), Stop> {
    let (start, days) = (clock.start.get(), clock.days);
    INSPECTIONS.set(ctx, id, &Inspection { campaign: 0, clock: clock.clock, start, days, missed })
}

pub(super) fn report_rectified(ctx: &mut Ctx<'_>, call: reportRectifiedCall) -> Result<(), Stop> {
    let reportRectifiedCall { service: id, report, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::ReportRectified)?;
    texts::digest("report", report)?;
    texts::long("text", &text)?;
    let inspection = move_inspection(ctx, &hand, Step::ReportRectified, id, &service, None)?;
    place.replace(ctx, &service, &Service { inspection, ..service })?;
    let record = INSPECTIONS.get(ctx, id)?;
    let late = record.running().due(ctx)?.passed(ctx);
    INSPECTIONS.set(ctx, id, &Inspection { missed: record.missed || late, ..record })?;
    ctx.emit(&RectifiedReported { service: id, late, report, text })
}

pub(super) fn decide_rectified(ctx: &mut Ctx<'_>, call: decideRectifiedCall) -> Result<(), Stop> {
    let decideRectifiedCall { service: id, accepted, workingDays, text } = call;
    let step = if accepted { Step::AcceptRectified } else { Step::RefuseRectified };
    let (place, service, hand) = filings::open(ctx, id, step)?;
    texts::long("text", &text)?;
    let clock = if accepted {
        if workingDays != 0 {
            return Err(texts::unexpected("workingDays"));
        }
        None
    } else {
        Some(clocks::start_with(ctx, Clock::Correct, workingDays)?)
    };
    let inspection = move_inspection(ctx, &hand, step, id, &service, clock)?;
    place.replace(ctx, &service, &Service { inspection, ..service })?;
    match clock {
        None => INSPECTIONS.set(ctx, id, &Inspection::default())?,
        Some(clock) => {
            let missed = INSPECTIONS.get(ctx, id)?.missed;
            set_correction(ctx, id, clock, missed)?;
        }
    }
    ctx.emit(&RectifiedDecided { service: id, accepted, text })
}

pub(super) fn report_assessment(ctx: &mut Ctx<'_>, call: reportAssessmentCall) -> Result<u64, Stop> {
    let reportAssessmentCall { service: id, goLive, report, subject, institution } = call;
    let (_, service, hand) = filings::open(ctx, id, Step::ReportAssessment)?;
    texts::digest("report", report)?;
    texts::name("subject", &subject)?;
    texts::name("institution", &institution)?;
    let today = calendar::today(ctx);
    let last = today.plus(limits::FILING_DAYS_AHEAD_MAX).ok_or_else(Stop::overflow)?;
    let late = clocks::require_day("goLive", goLive, clocks::GO_LIVE_MIN, last)? <= today;
    let counts = COUNTS.get(ctx)?;
    let item = counts.assessments.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.replace(ctx, &counts, &Counts { assessments: item, ..counts })?;
    let clock = clocks::start(ctx, Clock::DecideAssessment, today)?;
    let (step, from) = (Step::ReportAssessment, State::None);
    let moved = Move { step, service: id, item, from, status: service.status };
    let state = take(ctx, &hand, moved, Some(clock))?;
    let record =
        Assessment { state, service: id, day: today.get(), go_live: goLive, days: clock.days, report };
    ASSESSMENTS.cell(ctx, item)?.insert(ctx, &record)?;
    let event =
        AssessmentReported { assessment: item, service: id, goLive, late, report, subject, institution };
    ctx.emit(&event)?;
    Ok(item)
}

pub(super) fn decide_assessment(ctx: &mut Ctx<'_>, call: decideAssessmentCall) -> Result<(), Stop> {
    let decideAssessmentCall { assessment: item, passed, report, reasons } = call;
    let place = ASSESSMENTS.cell(ctx, item)?;
    let Some(known) = place.find(ctx)? else {
        let count = COUNTS.get(ctx)?.assessments;
        return Err(Stop::revert(NoSuchItem { track: Track::Assessment.number(), item, count }));
    };
    let step = if passed { Step::PassAssessment } else { Step::RefuseAssessment };
    let id = known.service;
    let (_, service, hand) = filings::open(ctx, id, step)?;
    texts::digest("report", report)?;
    texts::long_needed("reasons", &reasons)?;
    let moved = Move { step, service: id, item, from: known.state, status: service.status };
    let state = take(ctx, &hand, moved, None)?;
    place.replace(ctx, &known, &Assessment { state, ..known })?;
    ctx.emit(&AssessmentDecided { assessment: item, service: id, passed, report, reasons })
}
