//! The yearly report: how often what happened.

use super::{
    state::{TALLIES, Tally},
    terms::Action,
};
use crate::{Ctx, Stop, calendar};

/// Counts something that happened today.
pub(super) fn count(
    ctx: &mut Ctx<'_>,
    action: Action,
    which: impl FnOnce(&mut Tally) -> &mut u32,
) -> Result<(), Stop> {
    let year = calendar::today(ctx).year();
    let cell = TALLIES.map(ctx, year)?.cell(ctx, action.number().into())?;
    let old = cell.get(ctx)?;
    let mut new = old;
    let number = which(&mut new);
    *number = number.checked_add(1).ok_or_else(Stop::overflow)?;
    cell.replace(ctx, &old, &new)
}
