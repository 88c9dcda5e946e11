//! Measures against providers (arts. 19 to 22): warning, suspension, fine, and the register of all of
//! them. What an article allows is data: see [`super::table`].

use super::{
    abi::IFiling::{
        BreachNotInArticle, FineDropped, FineImposed, FineOutOfRange, FineSettled, HeightPassed,
        MeasureNotProvided, Measured, NoSuchItem, NotAllowed, NothingRefused, Restored, StillRectifying,
        dropFineCall, imposeFineCall, proposeFineCall, restoreCall, settleFineCall, suspendCall, warnCall,
    },
    clocks::{self, Running},
    filings,
    hands::{self, Hand, Move, take},
    state::{COUNTS, Counts, INSPECTIONS, PENALTIES, Penalty, SUSPENSIONS, Service, WARNINGS},
    steps::{Actor, State, Step, Track},
    table,
    terms::{Article, Clock, Duty, Ground, Measure},
    texts,
};
use crate::{
    Ctx, Stop, calendar, members,
    services::{self, Suspension},
    storage::Cell,
};
use ding_primitives::{Address, B256, Height};

/// What a notice to a provider says.
pub(super) struct Notice {
    article: u8,
    breach: u8,
    ground: u8,
    amount_fen: u64,
    from_height: u64,
    notice: B256,
    text: String,
}

impl Notice {
    /// A notice of a measure that is no fine.
    pub(super) const fn new(article: u8, breach: u8, notice: B256, text: String) -> Self {
        Self { article, breach, ground: 0, amount_fen: 0, from_height: 0, notice, text }
    }
}

/// Enters an order, warning or suspension in the register.
///
/// # Errors
///
/// Reverts if the article does not punish the breach or does not provide the measure.
pub(super) fn enter(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    of: (u64, &Service),
    measure: Measure,
    notice: Notice,
) -> Result<u64, Stop> {
    register(ctx, hand, of, measure, notice, Step::EnterMeasure)
}

fn register(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    (id, service): (u64, &Service),
    measure: Measure,
    notice: Notice,
    step: Step,
) -> Result<u64, Stop> {
    let Notice { article, breach, ground, amount_fen, from_height, notice, text } = notice;
    texts::digest("notice", notice)?;
    texts::long_needed("text", &text)?;
    let Article { min_fen, max_fen, .. } = require_measure(ctx, article, breach, measure)?;
    let counts = COUNTS.get(ctx)?;
    let item = counts.penalties.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.replace(ctx, &counts, &Counts { penalties: item, ..counts })?;
    let moved = Move { step, service: id, item, from: State::None, status: service.status };
    let state = take(ctx, hand, moved, None)?;
    let penalty = Penalty {
        account: hand.account,
        state,
        measure: Some(measure),
        article,
        breach,
        ground,
        day: calendar::today(ctx).get(),
        second: Address::ZERO,
        service: id,
        amount_fen,
        notice,
    };
    PENALTIES.cell(ctx, item)?.insert(ctx, &penalty)?;
    ctx.emit(&Measured {
        penalty: item,
        service: id,
        measure: measure.number(),
        article,
        breach,
        ground,
        amountFen: amount_fen,
        minFen: min_fen,
        maxFen: max_fen,
        fromHeight: from_height,
        notice,
        text,
    })?;
    Ok(item)
}

/// What the article provides, if it punishes the breach with the measure.
fn require_measure(ctx: &mut Ctx<'_>, article: u8, breach: u8, measure: Measure) -> Result<Article, Stop> {
    let provided = table::article(ctx, article)?;
    let duty = texts::term("breach", breach, Duty::from_number)?;
    if provided.breaches & duty.bit() == 0 {
        return Err(Stop::revert(BreachNotInArticle { article, breach }));
    }
    if provided.measures & measure.bit() == 0 {
        return Err(Stop::revert(MeasureNotProvided { article, measure: measure.number() }));
    }
    Ok(provided)
}

pub(super) fn warn(ctx: &mut Ctx<'_>, call: warnCall) -> Result<u64, Stop> {
    let warnCall { service: id, article, breach, workingDays, notice, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Warn)?;
    let clock = clocks::start_with(ctx, Clock::Correct, workingDays)?;
    let new = filings::step(ctx, &hand, Step::Warn, id, &service, Some(clock))?;
    place.replace(ctx, &service, &new)?;
    let item = enter(ctx, &hand, (id, &service), Measure::Warn, Notice::new(article, breach, notice, text))?;
    WARNINGS.set(ctx, id, &item)?;
    Ok(item)
}

pub(super) fn suspend(ctx: &mut Ctx<'_>, call: suspendCall) -> Result<u64, Stop> {
    let suspendCall { service: id, article, breach, fromHeight, notice, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Suspend)?;
    let from = height(ctx, fromHeight)?;
    let new = filings::step(ctx, &hand, Step::Suspend, id, &service, None)?;
    place.replace(ctx, &service, &new)?;
    let from_height = from.get();
    let notice = Notice { from_height, ..Notice::new(article, breach, notice, text) };
    let item = enter(ctx, &hand, (id, &service), Measure::Suspend, notice)?;
    SUSPENSIONS.set(ctx, id, &item)?;
    let key = super::service_key(ctx.chain_id(), id);
    services::suspend(ctx, key, Suspension { reference: item, from_height, until_ms: 0 })?;
    Ok(item)
}

pub(super) fn restore(ctx: &mut Ctx<'_>, call: restoreCall) -> Result<(), Stop> {
    let restoreCall { service: id, fromHeight, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Restore)?;
    texts::long_needed("text", &text)?;
    let from = height(ctx, fromHeight)?;
    let new = filings::step(ctx, &hand, Step::Restore, id, &service, None)?;
    if matches!(service.inspection, State::Rectifying | State::Rectified) {
        return Err(Stop::revert(StillRectifying { service: id }));
    }
    place.replace(ctx, &service, &new)?;
    let warning = WARNINGS.get(ctx, id)?;
    if warning != 0 {
        require_own_or_national(ctx, &hand, warning)?;
        WARNINGS.set(ctx, id, &0)?;
    }
    if service.status == State::Suspended {
        let key = super::service_key(ctx.chain_id(), id);
        let reference = SUSPENSIONS.get(ctx, id)?;
        require_own_or_national(ctx, &hand, reference)?;
        services::restore(ctx, key, reference, from.get())?;
    }
    ctx.emit(&Restored { service: id, fromHeight: from.get(), text })
}

/// A provincial administration lifts what it imposed itself; the national one whatever stands.
fn require_own_or_national(ctx: &mut Ctx<'_>, hand: &Hand, measure: u64) -> Result<(), Stop> {
    let imposed_by = PENALTIES.get(ctx, measure)?.account;
    let own = members::organisation_of(ctx, imposed_by)? == hand.organisation;
    if own || hand.actor == Actor::Supervisor {
        return Ok(());
    }
    let Hand { account, organisation, .. } = *hand;
    Err(Stop::revert(NotAllowed { step: Step::Restore.number(), account, organisation }))
}

/// The height from which a decision holds: 0 for the next block, or a later one.
fn height(ctx: &Ctx<'_>, from: u64) -> Result<Height, Stop> {
    let height = ctx.height().get();
    match from {
        0 => Ok(ctx.height().next()),
        from if from > height => Ok(Height::new(from)),
        from => Err(Stop::revert(HeightPassed { fromHeight: from, height })),
    }
}

pub(super) fn propose_fine(ctx: &mut Ctx<'_>, call: proposeFineCall) -> Result<u64, Stop> {
    let proposeFineCall { service: id, article, breach, ground, amountFen, notice, text } = call;
    let (_, service, hand) = filings::open(ctx, id, Step::ProposeFine)?;
    let known = texts::term("ground", ground, Ground::from_number)?;
    require_range(ctx, article, breach, amountFen)?;
    if known == Ground::Refusal && !refused(ctx, id, &service)? {
        return Err(Stop::revert(NothingRefused { service: id }));
    }
    let notice = Notice { ground, amount_fen: amountFen, ..Notice::new(article, breach, notice, text) };
    register(ctx, &hand, (id, &service), Measure::Fine, notice, Step::ProposeFine)
}

fn require_range(ctx: &mut Ctx<'_>, article: u8, breach: u8, amount: u64) -> Result<(), Stop> {
    let Article { min_fen, max_fen, .. } = require_measure(ctx, article, breach, Measure::Fine)?;
    if (min_fen..=max_fen).contains(&amount) {
        return Ok(());
    }
    Err(Stop::revert(FineOutOfRange { article, amountFen: amount, minFen: min_fen, maxFen: max_fen }))
}

/// Whether a time limit to correct passed in vain: that of an order or of a warning.
fn refused(ctx: &mut Ctx<'_>, id: u64, service: &Service) -> Result<bool, Stop> {
    let correction = INSPECTIONS.get(ctx, id)?;
    if correction.missed {
        return Ok(true);
    }
    if service.inspection == State::Rectifying && correction.running().due(ctx)?.passed(ctx) {
        return Ok(true);
    }
    Ok(service.status == State::Warned && Running::of(service).due(ctx)?.passed(ctx))
}

pub(super) fn impose(ctx: &mut Ctx<'_>, call: imposeFineCall) -> Result<(), Stop> {
    let item = call.penalty;
    let (place, penalty, service, hand) = open(ctx, item, Step::ImposeFine)?;
    let state = move_fine(ctx, &hand, Step::ImposeFine, item, &penalty, &service)?;
    hands::require_other(ctx, penalty.account, hand.account)?;
    // The table may have changed since the proposal: what is imposed is what it provides now.
    require_range(ctx, penalty.article, penalty.breach, penalty.amount_fen)?;
    place.replace(ctx, &penalty, &Penalty { state, second: hand.account, ..penalty })?;
    let (first, second) = (penalty.account, hand.account);
    ctx.emit(&FineImposed { penalty: item, service: penalty.service, first, second })
}

pub(super) fn drop_fine(ctx: &mut Ctx<'_>, call: dropFineCall) -> Result<(), Stop> {
    let dropFineCall { penalty: item, reason } = call;
    let (place, penalty, service, hand) = open(ctx, item, Step::DropFine)?;
    texts::long_needed("reason", &reason)?;
    let state = move_fine(ctx, &hand, Step::DropFine, item, &penalty, &service)?;
    place.replace(ctx, &penalty, &Penalty { state, ..penalty })?;
    ctx.emit(&FineDropped { penalty: item, service: penalty.service, reason })
}

pub(super) fn settle(ctx: &mut Ctx<'_>, call: settleFineCall) -> Result<(), Stop> {
    let settleFineCall { penalty: item, receipt } = call;
    let (place, penalty, service, hand) = open(ctx, item, Step::SettleFine)?;
    texts::digest("receipt", receipt)?;
    if penalty.measure != Some(Measure::Fine) {
        let measure = penalty.measure.map_or(0, Measure::number);
        return Err(Stop::revert(MeasureNotProvided { article: penalty.article, measure }));
    }
    let state = move_fine(ctx, &hand, Step::SettleFine, item, &penalty, &service)?;
    place.replace(ctx, &penalty, &Penalty { state, ..penalty })?;
    ctx.emit(&FineSettled { penalty: item, service: penalty.service, receipt })
}

fn move_fine(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    step: Step,
    item: u64,
    penalty: &Penalty,
    service: &Service,
) -> Result<State, Stop> {
    let (from, status) = (penalty.state, service.status);
    take(ctx, hand, Move { step, service: penalty.service, item, from, status }, None)
}

fn open(ctx: &mut Ctx<'_>, item: u64, step: Step) -> Result<(Cell<Penalty>, Penalty, Service, Hand), Stop> {
    let place = PENALTIES.cell(ctx, item)?;
    let Some(penalty) = place.find(ctx)? else {
        let count = COUNTS.get(ctx)?.penalties;
        return Err(Stop::revert(NoSuchItem { track: Track::Penalty.number(), item, count }));
    };
    let (_, service, hand) = filings::open(ctx, penalty.service, step)?;
    Ok((place, penalty, service, hand))
}
