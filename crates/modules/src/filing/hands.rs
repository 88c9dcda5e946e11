//! Who takes a step, and the taking of it: every change of state in `filing` goes through [`take`].

use super::{
    abi::IFiling::{
        NotAllowed, NotTheProvider, OutsideDivision, SameHand, Stepped, WrongServiceStatus, WrongState,
    },
    clocks::Running,
    providers,
    state::{Provider, Service},
    steps::{Actor, State, Step, Timing},
    terms::Clock,
};
use crate::{
    Ctx, Stop, calendar, identity,
    members::{self, Role},
};
use ding_primitives::Address;

/// Who takes a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    /// The account.
    pub account: Address,
    /// The organisation it acts for; 0 if none.
    pub organisation: u32,
    /// In which part.
    pub actor: Actor,
}

/// What a step moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// The step.
    pub step: Step,
    /// The service; 0 for campaigns.
    pub service: u64,
    /// Number of the item; 0 on tracks of a service.
    pub item: u64,
    /// State of the track.
    pub from: State,
    /// State of the filing.
    pub status: State,
}

/// The caller, in the part in which it may take a step that concerns a provider.
///
/// # Errors
///
/// Reverts with `NotTheProvider`, `OutsideDivision` or `NotAllowed`.
pub(super) fn hand(ctx: &mut Ctx<'_>, step: Step, id: u32, provider: &Provider) -> Result<Hand, Stop> {
    let by = step.rule().by;
    let account = ctx.caller();
    if by.contains(&Actor::Anyone) {
        let organisation = members::organisation_of(ctx, account)?;
        return Ok(Hand { account, organisation, actor: Actor::Anyone });
    }
    if by.contains(&Actor::Provider) {
        let organisation = members::organisation_of(ctx, account)?;
        if providers::acts_for(provider, account, organisation) {
            return Ok(Hand { account, organisation, actor: Actor::Provider });
        }
        return Err(Stop::revert(NotTheProvider { provider: id, account }));
    }
    let hand = authority(ctx, step)?;
    let of_provider = members::organisation_of(ctx, provider.account)?;
    if providers::acts_for(provider, account, hand.organisation)
        || (of_provider != 0 && of_provider == hand.organisation)
    {
        // Nobody decides on filings of its own.
        let Hand { organisation, .. } = hand;
        return Err(Stop::revert(NotAllowed { step: step.number(), account, organisation }));
    }
    if hand.actor == Actor::Provincial {
        let own = members::division_of(ctx, hand.organisation)?;
        if u32::from(own) != provider.division / 10_000 {
            let (organisation, division) = (hand.organisation, provider.division);
            return Err(Stop::revert(OutsideDivision { organisation, own, division }));
        }
    }
    Ok(hand)
}

/// The caller as an administration that may take a step, whatever the division.
///
/// # Errors
///
/// Reverts with `NotAllowed`.
pub(super) fn authority(ctx: &mut Ctx<'_>, step: Step) -> Result<Hand, Stop> {
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    for (actor, role) in [(Actor::Supervisor, Role::Supervisor), (Actor::Provincial, Role::Provincial)] {
        if step.rule().by.contains(&actor) && members::has(ctx, organisation, role)? {
            return Ok(Hand { account, organisation, actor });
        }
    }
    Err(Stop::revert(NotAllowed { step: step.number(), account, organisation }))
}

/// Refuses a second hand that is the first: the same account, or another account of the same subject.
///
/// # Errors
///
/// Reverts with `SameHand`.
pub(super) fn require_other(ctx: &mut Ctx<'_>, first: Address, second: Address) -> Result<(), Stop> {
    if identity::same_subject(ctx, first, second)? {
        return Err(Stop::revert(SameHand { account: second }));
    }
    Ok(())
}

/// A move of a filing on its own track.
pub(super) const fn filing(step: Step, id: u64, service: &Service) -> Move {
    Move { step, service: id, item: 0, from: service.status, status: service.status }
}

/// Whether the table has a step here, whoever takes it.
///
/// # Errors
///
/// Reverts with `WrongState` or `WrongServiceStatus`.
pub(super) fn require_possible(moved: &Move) -> Result<(), Stop> {
    let Move { step, service, from, status, .. } = *moved;
    let rule = step.rule();
    if !rule.during.is_empty() && !rule.during.contains(&status) {
        return Err(Stop::revert(WrongServiceStatus {
            service,
            status: status.number(),
            step: step.number(),
        }));
    }
    if !rule.from.contains(&from) {
        let (track, state) = (rule.track.number(), from.number());
        return Err(Stop::revert(WrongState { service, track, state, step: step.number() }));
    }
    Ok(())
}

/// Takes a step: checks it against the table, says so, and answers with the state that follows.
///
/// # Errors
///
/// As [`require_possible`]; a fault if the clock is not the table's.
pub(super) fn take(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    moved: Move,
    clock: Option<Running>,
) -> Result<State, Stop> {
    require_possible(&moved)?;
    let Move { step, service, item, from, status } = moved;
    let rule = step.rule();
    let to = rule.to.unwrap_or(from);
    ctx.invariant("F3 a step is in the table", step.allows(from, to, hand.actor, status))?;
    ctx.invariant("F6 the clock is the step's", fits(rule.timing, clock))?;
    let Running { clock, start, days } = clock.unwrap_or(Running::NONE);
    ctx.emit(&Stepped {
        service,
        track: rule.track.number(),
        step: step.number(),
        item,
        from: from.number(),
        to: to.number(),
        actor: hand.actor.number(),
        account: hand.account,
        organisation: hand.organisation,
        day: calendar::today(ctx).get(),
        clock: clock.map_or(0, Clock::number),
        clockStart: start.get(),
        clockDays: days,
    })?;
    Ok(to)
}

/// Whether a clock is what a step does to it.
pub(super) fn fits(timing: Timing, clock: Option<Running>) -> bool {
    let running = clock.and_then(|running| running.clock);
    match timing {
        Timing::Keeps => true,
        Timing::Stops => running.is_none(),
        Timing::Starts(Clock::File) => matches!(running, Some(Clock::File | Clock::MakeUp)),
        Timing::Starts(clock) => running == Some(clock),
    }
}
