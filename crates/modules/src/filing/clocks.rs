//! Legal clocks: when they start, how long they run, and what is due.
//!
//! Only the start and the number of working days are kept. The last day is computed from the
//! calendar's tables whenever somebody asks, so that a new or corrected table counts at once for
//! whatever is still open.

use super::{
    abi::IFiling::{BadDay, ClockState, PeriodRange},
    state::{BATCHES, CHANGES, INSPECTIONS, PERIODS, Service, TERMINATIONS},
    steps::State,
    terms::Clock,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day, Deadline},
};
use ding_primitives::limits;

/// First day of the Provisions: services that were provided before it make their filing up (art. 23).
pub const IN_FORCE: Day = Day::new(17_942); // 2019-02-15
/// Earliest go-live day that a form may name: the first public blockchain, 2009-01-03.
pub const GO_LIVE_MIN: Day = Day::new(14_247);

/// A clock that runs, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Which; `None`: none runs.
    pub clock: Option<Clock>,
    /// Day of the event that started it; that day is not counted.
    pub start: Day,
    /// Working days.
    pub days: u16,
}

impl Running {
    /// No clock.
    pub const NONE: Self = Self { clock: None, start: Day::new(0), days: 0 };

    /// The clock of a filing.
    pub const fn of(service: &Service) -> Self {
        Self { clock: service.clock, start: Day::new(service.clock_start), days: service.clock_days }
    }

    /// Puts the clock into a filing.
    pub const fn put(self, service: Service) -> Service {
        Service { clock: self.clock, clock_start: self.start.get(), clock_days: self.days, ..service }
    }

    /// Its last day.
    ///
    /// # Errors
    ///
    /// Out of gas.
    pub fn due(&self, ctx: &mut Ctx<'_>) -> Result<Deadline, Stop> {
        calendar::after(ctx, self.start, self.days)
    }
}

/// Working days of a clock today; 0 for one that the step that starts it sets.
///
/// # Errors
///
/// Out of gas.
pub fn days(ctx: &mut Ctx<'_>, clock: Clock) -> Result<u16, Stop> {
    let set = PERIODS.get(ctx, clock.number().into())?;
    let today = calendar::today(ctx).get();
    let days = if set.next_from != 0 && set.next_from <= today { set.next_days } else { set.days };
    Ok(if days == 0 { clock.days().unwrap_or(0) } else { days })
}

/// Starts a clock of statutory length.
///
/// # Errors
///
/// Out of gas.
pub(super) fn start(ctx: &mut Ctx<'_>, clock: Clock, start: Day) -> Result<Running, Stop> {
    Ok(Running { clock: Some(clock), start, days: days(ctx, clock)? })
}

/// Starts a clock today with a length that the caller sets.
///
/// # Errors
///
/// Reverts with `PeriodRange`.
pub(super) fn start_with(ctx: &mut Ctx<'_>, clock: Clock, days: u16) -> Result<Running, Stop> {
    require_period(days)?;
    Ok(Running { clock: Some(clock), start: calendar::today(ctx), days })
}

/// The clock to file a service: ten working days from its go-live day, or what art. 23 gives to one
/// that is older than the Provisions.
///
/// # Errors
///
/// Out of gas.
pub(super) fn to_file(ctx: &mut Ctx<'_>, go_live: Day) -> Result<Running, Stop> {
    if go_live < IN_FORCE { start(ctx, Clock::MakeUp, IN_FORCE) } else { start(ctx, Clock::File, go_live) }
}

/// Refuses a time limit out of bounds.
///
/// # Errors
///
/// Reverts with `PeriodRange`.
pub(super) fn require_period(days: u16) -> Result<(), Stop> {
    let max = limits::FILING_PERIOD_DAYS_MAX;
    if (1..=max).contains(&days) {
        return Ok(());
    }
    Err(Stop::revert(PeriodRange { workingDays: days, min: 1, max }))
}

/// Refuses a day outside of a range.
///
/// # Errors
///
/// Reverts with `BadDay`.
pub(super) fn require_day(field: &str, day: u32, min: Day, max: Day) -> Result<Day, Stop> {
    if (min.get()..=max.get()).contains(&day) {
        return Ok(Day::new(day));
    }
    Err(Stop::revert(BadDay { field: field.into(), day, min: min.get(), max: max.get() }))
}

/// When objections to a published service end; `None` if it is not published.
///
/// # Errors
///
/// Out of gas.
pub(super) fn objections(ctx: &mut Ctx<'_>, service: &Service) -> Result<Option<Running>, Stop> {
    if service.batch == 0 {
        return Ok(None);
    }
    let batch = BATCHES.get(ctx, service.batch)?;
    Ok(Some(Running { clock: Some(Clock::Object), start: Day::new(batch.day), days: batch.days }))
}

/// The clocks that run for a service.
///
/// # Errors
///
/// Out of gas.
pub(super) fn of(ctx: &mut Ctx<'_>, id: u64, service: &Service) -> Result<Vec<ClockState>, Stop> {
    let mut clocks = Vec::new();
    if service.status.is_final() {
        return Ok(clocks);
    }
    let filing = Running::of(service);
    if filing.clock.is_some() {
        clocks.push(look(ctx, filing)?);
    }
    if service.change == State::ChangePending {
        let change = CHANGES.get(ctx, id)?;
        let clock = Some(Clock::DecideChange);
        clocks.push(look(ctx, Running { clock, start: Day::new(change.start), days: change.days })?);
    }
    if matches!(service.inspection, State::InspectionDue | State::Rectifying) {
        let inspection = INSPECTIONS.get(ctx, id)?;
        clocks.push(look(ctx, inspection.running())?);
    }
    if service.termination == State::Notified {
        let start = Day::new(TERMINATIONS.get(ctx, id)?.planned);
        clocks.push(look(ctx, Running { clock: Some(Clock::Terminate), start, days: 0 })?);
    }
    if let Some(objections) = objections(ctx, service)? {
        clocks.push(look(ctx, objections)?);
    }
    Ok(clocks)
}

impl super::state::Inspection {
    /// Its clock.
    pub const fn running(&self) -> Running {
        Running { clock: self.clock, start: Day::new(self.start), days: self.days }
    }
}

fn look(ctx: &mut Ctx<'_>, running: Running) -> Result<ClockState, Stop> {
    let due = running.due(ctx)?;
    Ok(ClockState {
        clock: running.clock.map_or(0, Clock::number),
        start: running.start.get(),
        workingDays: running.days,
        dueDay: due.day.get(),
        provisional: due.provisional,
        overdue: due.passed(ctx),
    })
}
