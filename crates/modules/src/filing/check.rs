//! Storage of `filing` compared with its history: invariants F1 to F9.

mod story;

use self::story::Story;
use super::{
    numbers,
    state::{
        ADDRESS, ASSESSMENTS, BATCHES, CAMPAIGNS, CHANGES, COUNTS, INSPECTIONS, OBJECTIONS, PENALTIES,
        PROVIDER_OF, PROVIDER_OF_CODE, PROVIDERS, Provider, SERVICE_OF_NUMBER, SERVICES, SUBJECT_NUMBERS,
        TERMINATIONS,
    },
    steps::{State, Track},
    terms::Nature,
};
use crate::{Ctx, Violation, once};
use ding_primitives::Log;
use std::collections::BTreeMap;

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::new(ctx.chain_id());
    for log in history {
        story.tell(log)?;
    }
    counts(ctx, &story)?;
    providers(ctx, &story)?;
    services(ctx, &story)?;
    numbers_lead(ctx, &story)?;
    items(ctx, &story)?;
    campaigns(ctx, &story)?;
    for (number, want) in &story.batches {
        let found = BATCHES.get(ctx, *number)?;
        Violation::unless("F7", found == *want, || {
            format!("batch {number}: {found:?} in storage, {want:?} in events")
        })?;
    }
    Ok(())
}

fn counts(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    let (found, want) = (COUNTS.get(ctx)?, story.counts());
    Violation::unless("F4", found == want, || format!("{found:?} in storage, {want:?} in events"))
}

fn providers(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for (id, want) in &story.providers {
        let found = PROVIDERS.get(ctx, *id)?;
        // Subject number and sequence are chosen, not told.
        let Provider { subject_number, sequence, .. } = found;
        let same = found == Provider { subject_number, sequence, ..*want };
        Violation::unless("F4", same, || format!("provider {id}: {found:?} in storage, {want:?} in events"))?;
        if subject_number != 0 {
            let owner = SUBJECT_NUMBERS.get(ctx, subject_number)?;
            Violation::unless("F1", owner == *id, || {
                format!("subject number {subject_number} of provider {id} leads to {owner}")
            })?;
        }
        if !want.account.is_zero() {
            let leads = PROVIDER_OF.get(ctx, want.account)?;
            Violation::unless("F4", leads == *id, || format!("{} leads to provider {leads}", want.account))?;
        }
        if want.nature == Nature::Organisation.number() {
            let leads = PROVIDER_OF_CODE.get(ctx, want.identity)?;
            Violation::unless("F4", leads == *id, || format!("the code of {id} leads to {leads}"))?;
        }
    }
    Ok(())
}

fn services(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for (id, want) in &story.services {
        let found = SERVICES.get(ctx, *id)?;
        let clock = |of: &super::state::Service| (of.clock, of.clock_start, of.clock_days);
        Violation::unless("F6", clock(&found) == clock(want), || {
            format!("service {id}: {:?} in storage, {:?} in events", clock(&found), clock(want))
        })?;
        Violation::unless("F4", found == *want, || {
            format!("service {id}: {found:?} in storage, {want:?} in events")
        })?;
        if want.status.is_final() {
            continue;
        }
        if want.change == State::ChangePending {
            let change = CHANGES.get(ctx, *id)?;
            let told = story.clocks.get(&(Track::Change, *id)).map(|clock| (clock.start.get(), clock.days));
            Violation::unless("F6", told == Some((change.start, change.days)), || {
                format!("change of service {id}: {change:?} in storage, {told:?} in events")
            })?;
        }
        if matches!(want.inspection, State::InspectionDue | State::Rectifying) {
            let running = INSPECTIONS.get(ctx, *id)?.running();
            let told = story.clocks.get(&(Track::Inspection, *id)).copied();
            Violation::unless("F6", told == Some(running), || {
                format!("inspection of service {id}: {running:?} in storage, {told:?} in events")
            })?;
        }
        if want.termination == State::Notified {
            let planned = TERMINATIONS.get(ctx, *id)?.planned;
            let told = story.clocks.get(&(Track::Termination, *id)).map(|clock| clock.start.get());
            Violation::unless("F6", told == Some(planned), || {
                format!("end of service {id}: {planned} in storage, {told:?} in events")
            })?;
        }
    }
    Ok(())
}

fn numbers_lead(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for (number, id) in &story.numbers {
        let leads = SERVICE_OF_NUMBER.get(ctx, *number)?;
        Violation::unless("F1", leads == *id, || format!("number {number} leads to {leads}, not to {id}"))?;
        let live = story.services.get(id).is_some_and(|service| service.status.is_live());
        let key = super::service_key(ctx.chain_id(), *id);
        let held = once::held(ctx, ADDRESS, numbers::REGISTER, *number)?.map(|entry| entry.content);
        Violation::unless("F2", held == live.then_some(key), || {
            format!("number {number} of service {id}, live {live}: once holds it for {held:?}")
        })?;
    }
    Ok(())
}

fn items(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for ((track, item), want) in &story.items {
        let found = match track {
            Track::Objection => {
                let found = OBJECTIONS.get(ctx, *item)?;
                (found.service, found.state)
            }
            Track::Penalty => {
                let found = PENALTIES.get(ctx, *item)?;
                (found.service, found.state)
            }
            Track::Assessment => {
                let found = ASSESSMENTS.get(ctx, *item)?;
                (found.service, found.state)
            }
            Track::Campaign => (0, CAMPAIGNS.get(ctx, u32::try_from(*item).unwrap_or(0))?.state),
            Track::Filing | Track::Change | Track::Inspection | Track::Termination => continue,
        };
        Violation::unless("F4", found == (want.service, want.state), || {
            format!("{track} {item}: {found:?} in storage, {want:?} in events")
        })?;
    }
    for (item, want) in &story.fines {
        let found = PENALTIES.get(ctx, *item)?;
        Violation::unless("F8", found.amount_fen == want.amountFen && found.article == want.article, || {
            format!("fine {item}: {found:?} in storage, {want:?} in events")
        })?;
        let hands = story.hands.get(item).copied().unwrap_or_default();
        Violation::unless("F5", (found.account, found.second) == hands, || {
            format!("fine {item}: {found:?} in storage, hands {hands:?} in events")
        })?;
    }
    Ok(())
}

fn campaigns(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    let mut open: BTreeMap<u32, u32> = BTreeMap::new();
    for (id, service) in &story.services {
        let asked = matches!(service.inspection, State::InspectionDue | State::Answered);
        if let Some(campaign) = story.asked.get(id).filter(|_| asked && !service.status.is_final()) {
            let count = open.entry(*campaign).or_default();
            *count = count.saturating_add(1);
        }
    }
    for (id, services) in &story.campaigns {
        let found = CAMPAIGNS.get(ctx, *id)?;
        let want = (*services, open.get(id).copied().unwrap_or(0));
        Violation::unless("F4", (found.services, found.open) == want, || {
            format!("campaign {id}: {found:?} in storage, {want:?} inspected and open in events")
        })?;
    }
    Ok(())
}
