//! What happens to a recorded service from its provider's side: changes, and its end.

use super::{
    abi::IFiling::{
        ChangeAccepted, ChangeReported, ChangeReturned, Deregistered, NotUpheld, NotYet, NothingChanged,
        OtherChange, TerminationCancelled, TerminationNotified, TerminationTooSoon, acceptChangeCall,
        cancelTerminationCall, deregisterCall, notifyTerminationCall, reportChangeCall, returnChangeCall,
    },
    clocks::{self, Running},
    filings, forms,
    hands::{Move, take},
    numbers, providers, publishing,
    state::{CHANGES, Change, Service, TERMINATIONS, Termination},
    steps::{State, Step},
    supervision,
    terms::Clock,
    texts,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    services,
};
use alloy_sol_types::SolValue as _;
use ding_primitives::limits;

pub(super) fn report(ctx: &mut Ctx<'_>, call: reportChangeCall) -> Result<(), Stop> {
    let reportChangeCall { service: id, changedOn, form, reason } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::ReportChange)?;
    texts::long("reason", &reason)?;
    let (_, provider) = providers::get(ctx, service.provider)?;
    let content = forms::check(ctx, &provider, &form)?.content;
    if content == service.content {
        return Err(Stop::revert(NothingChanged { service: id }));
    }
    let today = calendar::today(ctx);
    let day = clocks::require_day("changedOn", changedOn, clocks::GO_LIVE_MIN, today)?;
    let due = clocks::start(ctx, Clock::Change, day)?.due(ctx)?;
    let late = due.passed(ctx);
    let clock = clocks::start(ctx, Clock::DecideChange, today)?;
    let from = service.change;
    let moved = Move { step: Step::ReportChange, service: id, item: 0, from, status: service.status };
    let change = take(ctx, &hand, moved, Some(clock))?;
    place.replace(ctx, &service, &Service { change, ..service })?;
    let days = clock.days;
    CHANGES.set(ctx, id, &Change { changed_on: changedOn, start: today.get(), days, content })?;
    let due = due.day.get();
    ctx.emit(&ChangeReported { service: id, changedOn, dueDay: due, late, form, content, reason })
}

pub(super) fn accept(ctx: &mut Ctx<'_>, call: acceptChangeCall) -> Result<(), Stop> {
    let acceptChangeCall { service: id, form } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::AcceptChange)?;
    let from = service.change;
    let moved = Move { step: Step::AcceptChange, service: id, item: 0, from, status: service.status };
    let change = take(ctx, &hand, moved, None)?;
    let reported = CHANGES.get(ctx, id)?.content;
    let given = texts::hash(ctx, &form.abi_encode())?;
    if reported != given {
        return Err(Stop::revert(OtherChange { service: id, reported, given }));
    }
    let (_, provider) = providers::get(ctx, service.provider)?;
    let checked = forms::check(ctx, &provider, &form)?;
    let places = forms::put_places(ctx, id, &service, &checked.places, true)?;
    place.replace(ctx, &service, &checked.put(Service { change, places, ..service }))?;
    ctx.emit(&ChangeAccepted { service: id, content: reported })
}

pub(super) fn send_back(ctx: &mut Ctx<'_>, call: returnChangeCall) -> Result<(), Stop> {
    let returnChangeCall { service: id, codes, reasons } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::ReturnChange)?;
    texts::reasons(&codes)?;
    texts::long_needed("reasons", &reasons)?;
    let from = service.change;
    let moved = Move { step: Step::ReturnChange, service: id, item: 0, from, status: service.status };
    let change = take(ctx, &hand, moved, None)?;
    place.replace(ctx, &service, &Service { change, ..service })?;
    let content = CHANGES.get(ctx, id)?.content;
    ctx.emit(&ChangeReturned { service: id, content, codes, reasons })
}

pub(super) fn notify_end(ctx: &mut Ctx<'_>, call: notifyTerminationCall) -> Result<(), Stop> {
    let notifyTerminationCall { service: id, plannedDay, arrangements, text } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::NotifyTermination)?;
    texts::digest("arrangements", arrangements)?;
    texts::long_needed("text", &text)?;
    let today = calendar::today(ctx);
    let last = today.plus(limits::FILING_DAYS_AHEAD_MAX).ok_or_else(Stop::overflow)?;
    let planned = clocks::require_day("plannedDay", plannedDay, today, last)?;
    let notice = clocks::days(ctx, Clock::Terminate)?;
    let latest = calendar::before(ctx, planned, notice)?.day;
    if today > latest {
        let (latest, today) = (latest.get(), today.get());
        return Err(Stop::revert(TerminationTooSoon { plannedDay, latestNotice: latest, today }));
    }
    let clock = Running { clock: Some(Clock::Terminate), start: planned, days: 0 };
    let from = service.termination;
    let moved = Move { step: Step::NotifyTermination, service: id, item: 0, from, status: service.status };
    let termination = take(ctx, &hand, moved, Some(clock))?;
    place.replace(ctx, &service, &Service { termination, ..service })?;
    TERMINATIONS.set(ctx, id, &Termination { planned: plannedDay, notified: today.get(), arrangements })?;
    let latest = latest.get();
    ctx.emit(&TerminationNotified { service: id, plannedDay, latestNotice: latest, arrangements, text })
}

pub(super) fn cancel_end(ctx: &mut Ctx<'_>, call: cancelTerminationCall) -> Result<(), Stop> {
    let cancelTerminationCall { service: id, reason } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::CancelTermination)?;
    texts::long("reason", &reason)?;
    let from = service.termination;
    let moved = Move { step: Step::CancelTermination, service: id, item: 0, from, status: service.status };
    let termination = take(ctx, &hand, moved, None)?;
    place.replace(ctx, &service, &Service { termination, ..service })?;
    ctx.emit(&TerminationCancelled { service: id, reason })
}

pub(super) fn deregister(ctx: &mut Ctx<'_>, call: deregisterCall) -> Result<(), Stop> {
    let deregisterCall { service: id, objection, reasons } = call;
    let (place, service, hand) = filings::open(ctx, id, Step::Deregister)?;
    texts::long_needed("reasons", &reasons)?;
    let new = filings::step(ctx, &hand, Step::Deregister, id, &service, None)?;
    if objection == 0 {
        require_ended(ctx, id, &service)?;
    } else {
        let (_, known) = publishing::get(ctx, objection)?;
        if known.service != id || known.state != State::Upheld {
            return Err(Stop::revert(NotUpheld { service: id, objection }));
        }
    }
    place.replace(ctx, &service, &new)?;
    if matches!(service.inspection, State::InspectionDue | State::Answered) {
        supervision::leave_campaign(ctx, id)?;
    }
    numbers::release(ctx, service.number)?;
    let key = super::service_key(ctx.chain_id(), id);
    services::deregister(ctx, key, 0)?;
    let number = numbers::text(service.number);
    ctx.emit(&Deregistered { service: id, key, objection, number, reasons })
}

/// The provider announced the end, and the planned last day is over.
fn require_ended(ctx: &mut Ctx<'_>, id: u64, service: &Service) -> Result<(), Stop> {
    let today = calendar::today(ctx);
    let planned = TERMINATIONS.get(ctx, id)?.planned;
    let notified = service.termination == State::Notified;
    if notified && today > Day::new(planned) {
        return Ok(());
    }
    let day = if notified { planned } else { 0 };
    Err(Stop::revert(NotYet { service: id, day, today: today.get() }))
}
