//! Who takes a step: the pilot's state and the caller compared with the table.

use super::{
    abi::IPilot as api,
    machine::{State, Step},
    neighbours,
    state::{COUNTS, ENTITY_OF, HELD, OF_ZONE, PILOTS, PLANS, Pilot, Plan},
    terms::{Kind, Party},
};
use crate::{
    Ctx, Stop, calendar,
    members::{self, Role},
};
use ding_primitives::Address;

/// A step that the table allows, about to be taken.
pub(super) struct Taken {
    /// Number of the pilot.
    pub id: u32,
    /// The pilot as it was.
    pub before: Pilot,
    /// The pilot as it becomes.
    pub pilot: Pilot,
    /// Who takes the step.
    pub account: Address,
    /// The organisation that this account acts for, or 0.
    pub organisation: u32,
    /// Today in Beijing.
    pub today: u32,
}

/// The pilot with this number.
pub(super) fn find(ctx: &mut Ctx<'_>, id: u32) -> Result<Pilot, Stop> {
    match PILOTS.find(ctx, id)? {
        Some(pilot) => Ok(pilot),
        None => Err(Stop::revert(api::NoSuchPilot { id, count: COUNTS.get(ctx)?.pilots })),
    }
}

/// Where a pilot stands.
pub(super) fn state_of(ctx: &Ctx<'_>, pilot: &Pilot) -> Result<State, Stop> {
    State::from_number(pilot.state).ok_or_else(|| ctx.fault(format!("P1 a pilot in state {}", pilot.state)))
}

/// Begins a step: the caller may take it, and the pilot's state allows it.
pub(super) fn take(ctx: &mut Ctx<'_>, id: u32, step: Step) -> Result<Taken, Stop> {
    let before = find(ctx, id)?;
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    let mut entitled = false;
    for party in step.rule().map_or(&[][..], |rule| rule.by) {
        entitled = entitled || is_party(ctx, &before, *party, account, organisation)?;
    }
    if !entitled {
        return Err(Stop::revert(api::NotEntitled { account, organisation, id, step: step.number() }));
    }
    let Some(next) = step.next(state_of(ctx, &before)?) else {
        return Err(Stop::revert(api::WrongState { id, state: before.state, step: step.number() }));
    };
    let pilot = Pilot { state: next.number(), ..before };
    Ok(Taken { id, before, pilot, account, organisation, today: today(ctx) })
}

fn is_party(
    ctx: &mut Ctx<'_>,
    pilot: &Pilot,
    party: Party,
    account: Address,
    organisation: u32,
) -> Result<bool, Stop> {
    Ok(match party {
        Party::Supervisor => members::has(ctx, organisation, Role::Supervisor)?,
        Party::Competent => organisation != 0 && organisation == pilot.competent,
        Party::Recommender => organisation != 0 && organisation == pilot.recommender,
        Party::Entity => ENTITY_OF.get(ctx, account)? == pilot.entity,
        Party::Anyone => true,
    })
}

impl Taken {
    /// Writes what changed. A pilot that reached a final state frees its field and zone.
    pub(super) fn save(&self, ctx: &mut Ctx<'_>) -> Result<(), Stop> {
        PILOTS.cell(ctx, self.id)?.replace(ctx, &self.before, &self.pilot)?;
        if state_of(ctx, &self.pilot)?.is_final() {
            release(ctx, self.id, &self.pilot)?;
        }
        Ok(())
    }

    /// Refuses a step by the person who took the one before it.
    pub(super) fn require_other_hand(
        &self,
        ctx: &mut Ctx<'_>,
        before: Address,
        step: Step,
    ) -> Result<(), Stop> {
        let Self { id, account, .. } = *self;
        if account == before || neighbours::same_subject(ctx, account, before)? {
            return Err(Stop::revert(api::SamePerson { account, before, id, step: step.number() }));
        }
        Ok(())
    }

    /// Changes the second record of the pilot.
    pub(super) fn change_plan(
        &self,
        ctx: &mut Ctx<'_>,
        change: impl FnOnce(&mut Plan),
    ) -> Result<Plan, Stop> {
        let place = PLANS.cell(ctx, self.id)?;
        let before = place.get(ctx)?;
        let mut plan = before;
        change(&mut plan);
        place.replace(ctx, &before, &plan)?;
        Ok(plan)
    }
}

fn release(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot) -> Result<(), Stop> {
    let place = HELD.map(ctx, pilot.entity)?.cell(ctx, pilot.field.into())?;
    let held = place.get(ctx)?;
    ctx.invariant("P2 a live pilot is held by its entity", held.pilots().contains(&id))?;
    place.set(ctx, &held.without(id))?;
    if pilot.kind == Kind::Comprehensive.number() {
        OF_ZONE.set(ctx, pilot.zone.into(), &0)?;
    }
    Ok(())
}

/// Today in Beijing.
pub(super) fn today(ctx: &Ctx<'_>) -> u32 {
    calendar::today(ctx).get()
}
