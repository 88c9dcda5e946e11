//! Batches of recorded services, published together, and objections to what was published.

use super::{
    abi::IFiling::{
        AlreadyPublished, BatchOutOfOrder, NoSuchItem, NotImported, NotPublished, Objected, ObjectionDecided,
        ObjectionLate, ObjectionOpen, Published, decideObjectionCall, objectCall, publishBatchCall,
    },
    clocks::{self, Running},
    filings,
    hands::{self, Hand, Move, take},
    numbers,
    state::{
        BATCHES, Batch, COUNTS, Counts, LAST_BATCH_DAY, OBJECTIONS, OPEN_OBJECTIONS, Objection, Service,
    },
    steps::{State, Step, Track},
    terms::Clock,
    texts,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    storage::Cell,
};
use ding_primitives::{B256, limits};

pub(super) fn publish(ctx: &mut Ctx<'_>, call: publishBatchCall) -> Result<(), Stop> {
    let publishBatchCall { batch: number, services, day, document } = call;
    let hand = hands::authority(ctx, Step::Publish)?;
    let counts = COUNTS.get(ctx)?;
    let next = counts.batches.checked_add(1).ok_or_else(Stop::overflow)?;
    if number != next {
        return Err(Stop::revert(BatchOutOfOrder { batch: number, next }));
    }
    texts::list("services", services.len(), limits::FILING_BATCH_MAX)?;
    texts::digest("document", document)?;
    let earliest = Day::new(LAST_BATCH_DAY.get(ctx)?);
    let today = calendar::today(ctx);
    let day = clocks::require_day("day", day, earliest, today)?;
    let mut list = Vec::new();
    for id in &services {
        let word = publish_one(ctx, &hand, *id, number, day)?;
        list.extend_from_slice(word.as_slice());
    }
    let list = texts::hash(ctx, &list)?;
    let count = u32::try_from(services.len()).map_err(|_| Stop::overflow())?;
    let days = clocks::days(ctx, Clock::Object)?;
    let batch = Batch { day: day.get(), count, days, list, document };
    BATCHES.cell(ctx, number)?.insert(ctx, &batch)?;
    LAST_BATCH_DAY.set(ctx, &day.get())?;
    COUNTS.replace(ctx, &counts, &Counts { batches: number, ..counts })?;
    ctx.emit(&Published { batch: number, day: day.get(), workingDays: days, services, list, document })
}

/// Puts a service into a batch; answers with its number as a word.
fn publish_one(ctx: &mut Ctx<'_>, hand: &Hand, id: u64, batch: u32, day: Day) -> Result<B256, Stop> {
    let (place, service) = filings::get(ctx, id)?;
    if service.batch != 0 {
        return Err(Stop::revert(AlreadyPublished { service: id, batch: service.batch }));
    }
    let today = calendar::today(ctx);
    if day < today && service.flags & Service::IMPORTED == 0 {
        return Err(Stop::revert(NotImported { service: id, day: day.get(), today: today.get() }));
    }
    let clock = Some(Running::of(&service));
    let new = filings::step(ctx, hand, Step::Publish, id, &service, clock)?;
    place.replace(ctx, &service, &Service { batch, ..new })?;
    Ok(numbers::stored(ctx, service.number)?.to_word())
}

pub(super) fn object(ctx: &mut Ctx<'_>, call: objectCall) -> Result<u64, Stop> {
    let objectCall { service: id, evidence, statement } = call;
    let (_, service, hand) = filings::open(ctx, id, Step::Object)?;
    texts::digest("evidence", evidence)?;
    texts::long_needed("statement", &statement)?;
    let window =
        clocks::objections(ctx, &service)?.ok_or_else(|| Stop::revert(NotPublished { service: id }))?;
    let due = window.due(ctx)?;
    let today = calendar::today(ctx);
    if due.passed(ctx) {
        let (due, today) = (due.day.get(), today.get());
        return Err(Stop::revert(ObjectionLate { service: id, dueDay: due, today }));
    }
    let open = OPEN_OBJECTIONS.map(ctx, id)?.cell(ctx, hand.account)?;
    let before = open.get(ctx)?;
    if before != 0 {
        return Err(Stop::revert(ObjectionOpen { service: id, objection: before }));
    }
    let counts = COUNTS.get(ctx)?;
    let item = counts.objections.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.replace(ctx, &counts, &Counts { objections: item, ..counts })?;
    let clock = clocks::start(ctx, Clock::DecideObjection, today)?;
    let from = State::None;
    let moved = Move { step: Step::Object, service: id, item, from, status: service.status };
    let state = take(ctx, &hand, moved, Some(clock))?;
    let (account, days) = (hand.account, clock.days);
    let objection = Objection { account, state, day: today.get(), service: id, days, evidence };
    OBJECTIONS.cell(ctx, item)?.insert(ctx, &objection)?;
    open.set(ctx, &item)?;
    ctx.emit(&Objected { objection: item, service: id, dueDay: due.day.get(), evidence, statement })?;
    Ok(item)
}

pub(super) fn decide(ctx: &mut Ctx<'_>, call: decideObjectionCall) -> Result<(), Stop> {
    let decideObjectionCall { objection: item, upheld, report, reasons } = call;
    let (place, objection) = get(ctx, item)?;
    let step = if upheld { Step::Uphold } else { Step::Dismiss };
    let (_, service, hand) = filings::open(ctx, objection.service, step)?;
    texts::digest("report", report)?;
    texts::long_needed("reasons", &reasons)?;
    // Nobody decides on an objection of its own.
    hands::require_other(ctx, objection.account, hand.account)?;
    let id = objection.service;
    let moved = Move { step, service: id, item, from: objection.state, status: service.status };
    let state = take(ctx, &hand, moved, None)?;
    place.replace(ctx, &objection, &Objection { state, ..objection })?;
    OPEN_OBJECTIONS.map(ctx, id)?.set(ctx, objection.account, &0)?;
    ctx.emit(&ObjectionDecided { objection: item, service: id, upheld, report, reasons })
}

/// An objection and its place.
///
/// # Errors
///
/// Reverts with `NoSuchItem`.
pub(super) fn get(ctx: &mut Ctx<'_>, item: u64) -> Result<(Cell<Objection>, Objection), Stop> {
    let place = OBJECTIONS.cell(ctx, item)?;
    match place.find(ctx)? {
        Some(objection) => Ok((place, objection)),
        None => {
            let count = COUNTS.get(ctx)?.objections;
            Err(Stop::revert(NoSuchItem { track: Track::Objection.number(), item, count }))
        }
    }
}
