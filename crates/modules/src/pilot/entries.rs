//! Values of indicators, day by day. An entry is never overwritten: a correction is a new entry that
//! names the one before.
//!
//! A day is open until its first value, or until the end of the `report_days`th day after it, as the
//! parameter was when the pilot began. From then on it is closed, and takes corrections only. Days after
//! the pilot's last one take no values. The last entry of a day is the one that counts.
//! Each entry names the height of the pilot's chain at which the value can be recomputed; that a
//! height of another chain exists is not known here, so only heights of this chain are held against
//! the present one.

use super::{
    abi::IPilot as api,
    checks,
    hands::{Taken, take},
    machine::Step,
    state::{ENTRIES, Entry, INDICATORS, Indicator, LAST_ENTRY, PLANS, Plan},
};
use crate::{Ctx, Stop, storage::Cell};
use ding_primitives::B256;

/// What is entered.
struct Value {
    indicator: u16,
    day: u32,
    value: i64,
    source_height: u64,
    source: B256,
}

/// The day that a value is for, as it is now.
struct Slot {
    indicator: Cell<Indicator>,
    known: Indicator,
    last: Cell<u32>,
    /// Number of the day's last entry, or 0.
    last_entry: u32,
    /// Last day on which the day's value can be reported.
    last_day: u32,
}

/// Reports the value of an open day.
pub(super) fn report(ctx: &mut Ctx<'_>, call: api::reportCall) -> Result<u32, Stop> {
    let api::reportCall { id, indicator, day, value, sourceHeight, source } = call;
    let taken = take(ctx, id, Step::Report)?;
    let value = Value { indicator, day, value, source_height: sourceHeight, source };
    let slot = slot(ctx, &taken, &value)?;
    if slot.last_entry != 0 || taken.today > slot.last_day {
        let (entry, last_day) = (slot.last_entry, slot.last_day);
        return Err(Stop::revert(api::DayClosed { day, entry, lastDay: last_day }));
    }
    let entry = enter(ctx, &taken, &value, &slot, false)?;
    ctx.emit(&api::Reported {
        id,
        indicator,
        entry,
        day,
        value: value.value,
        chainId: taken.pilot.chain_id,
        sourceHeight,
        source,
        account: taken.account,
        height: ctx.height().get(),
        timestampMs: ctx.timestamp_ms(),
    })?;
    Ok(entry)
}

/// Adds an entry to a closed day.
pub(super) fn correct(ctx: &mut Ctx<'_>, call: api::correctCall) -> Result<u32, Stop> {
    let api::correctCall { id, indicator, day, value, sourceHeight, source, refersTo, reason } = call;
    let taken = take(ctx, id, Step::Correct)?;
    checks::text("reason", &reason)?;
    let value = Value { indicator, day, value, source_height: sourceHeight, source };
    let slot = slot(ctx, &taken, &value)?;
    if refersTo != slot.last_entry {
        let last = slot.last_entry;
        return Err(Stop::revert(api::NotTheLastEntry { day, given: refersTo, last }));
    }
    if slot.last_entry == 0 && taken.today <= slot.last_day {
        return Err(Stop::revert(api::DayOpen { day, lastDay: slot.last_day }));
    }
    let entry = enter(ctx, &taken, &value, &slot, true)?;
    ctx.emit(&api::Corrected {
        id,
        indicator,
        entry,
        refersTo,
        day,
        value: value.value,
        chainId: taken.pilot.chain_id,
        sourceHeight,
        source,
        reason,
        account: taken.account,
        height: ctx.height().get(),
        timestampMs: ctx.timestamp_ms(),
    })?;
    Ok(entry)
}

/// The place of a value, which must be of a day that was and of a height that is.
fn slot(ctx: &mut Ctx<'_>, taken: &Taken, value: &Value) -> Result<Slot, Stop> {
    let Taken { id, pilot, today, .. } = *taken;
    let Value { indicator: number, day, source_height, .. } = *value;
    if source_height == 0 {
        return Err(Stop::revert(api::NoSourceHeight {}));
    }
    let height = ctx.height().get();
    if pilot.chain_id == ctx.chain_id() && source_height >= height {
        return Err(Stop::revert(api::FutureHeight { sourceHeight: source_height, height }));
    }
    if day > today {
        return Err(Stop::revert(api::FutureDay { day, today }));
    }
    let Plan { start, end, .. } = PLANS.get(ctx, id)?;
    if day < start {
        return Err(Stop::revert(api::DayBeforeStart { day, startDay: start }));
    }
    checks::range("day of the value", day, start, end)?;
    let indicator = INDICATORS.map(ctx, id)?.cell(ctx, number.into())?;
    let count = pilot.indicators;
    let missing = || Stop::revert(api::NoSuchIndicator { id, indicator: number, count });
    let known = indicator.find(ctx)?.ok_or_else(missing)?;
    let behind = known.last_chain == pilot.chain_id && source_height < known.last_height;
    if day > known.last_day && behind {
        return Err(Stop::revert(api::HeightGoesBack {
            day,
            sourceHeight: source_height,
            lastDay: known.last_day,
            lastHeight: known.last_height,
        }));
    }
    let last = LAST_ENTRY.map(ctx, id)?.map(ctx, number.into())?.cell(ctx, day)?;
    let last_entry = last.get(ctx)?;
    let last_day = day.saturating_add(pilot.report_days.into());
    Ok(Slot { indicator, known, last, last_entry, last_day })
}

/// Writes an entry behind those that are there.
fn enter(
    ctx: &mut Ctx<'_>,
    taken: &Taken,
    value: &Value,
    slot: &Slot,
    correction: bool,
) -> Result<u32, Stop> {
    let Value { indicator, day, value, source_height, source } = *value;
    let (timestamp_ms, height) = (ctx.timestamp_ms(), ctx.height().get());
    ctx.invariant("P3 an entry holds height and time", timestamp_ms >> 48 == 0 && height >> 40 == 0)?;
    let number = checks::more(slot.known.entries)?;
    let entry = Entry {
        value,
        source_height,
        chain_id: taken.pilot.chain_id,
        day,
        refers_to: slot.last_entry,
        account: taken.account,
        timestamp_ms,
        height,
        correction,
        source,
    };
    let place = ENTRIES.map(ctx, taken.id)?.map(ctx, indicator.into())?.cell(ctx, number)?;
    let taken_place = place.find(ctx)?;
    ctx.invariant("P3 an entry is never overwritten", taken_place.is_none())?;
    place.insert(ctx, &entry)?;
    slot.last.set(ctx, &number)?;
    let mut changed = Indicator { entries: number, ..slot.known };
    // A correction of the latest day also corrects the height that later days are held against.
    if day >= slot.known.last_day {
        (changed.last_day, changed.last_height, changed.last_chain) =
            (day, source_height, taken.pilot.chain_id);
    }
    slot.indicator.replace(ctx, &slot.known, &changed)?;
    taken.save(ctx)?;
    Ok(number)
}
