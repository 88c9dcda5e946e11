//! Storage of `services` compared with its history: invariants S1 to S5.

use super::{
    events::{self, Event},
    life,
    state::{Clock, GUARD, HOLDS, Head, Hold, SERVICE_OF, SERVICES, Service, Status},
};
use crate::{Ctx, Violation, calendar::Day, ids::FilingNumber};
use ding_primitives::{Address, B256, Log, is_module_address};
use std::collections::BTreeMap;

/// What the events seen so far imply about storage.
#[derive(Default)]
struct Story {
    services: BTreeMap<B256, (Service, Vec<Hold>)>,
    addresses: BTreeMap<Address, B256>,
}

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::default();
    for log in history {
        match events::decode(log) {
            Some(event) => story.take(event)?,
            None => Violation::unless("S1", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    story.compare(ctx)
}

impl Story {
    fn take(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Declared(event) => {
                let head =
                    Head { division: event.division, go_live: Day::new(event.goLive), ..Head::default() };
                let service = Service {
                    head,
                    number: None,
                    provider: event.provider,
                    kept: is_module_address(&event.by),
                };
                let twice = self.services.insert(event.id, (service, Vec::new()));
                Violation::unless("S3", twice.is_none(), || format!("{} was declared twice", event.id))
            }
            Event::ClockSet(event) => self.change("S3", event.id, |service, _| {
                let (start, working_days) = (Day::new(event.startDay), event.workingDays);
                service.head.clock = (working_days > 0).then_some(Clock { start, working_days });
                service.head.due_ms = event.dueMs;
                true
            }),
            Event::ContractAdded(event) => self.added(event.id, event.contractAddress, event.formerly),
            Event::ContractRemoved(event) => {
                let before = self.addresses.remove(&event.contractAddress);
                self.change("S1", event.id, |service, _| {
                    service.head.contracts = service.head.contracts.saturating_sub(1);
                    before == Some(event.id)
                })
            }
            Event::Recorded(event) => self.change("S3", event.id, |service, _| {
                let declared = service.head.status == Status::Declared;
                service.head.status = Status::Recorded;
                service.head.division = event.division;
                service.number = FilingNumber::parse(&event.number).ok();
                declared && service.head.ends_height == 0 && service.number.is_some()
            }),
            Event::Suspended(event) => self.change("S5", event.id, |_, holds| {
                holds.push(Hold {
                    from_height: event.fromHeight,
                    lifted_height: 0,
                    until_ms: event.untilMs,
                    reference: event.referenceId,
                    by: event.by,
                });
                true
            }),
            Event::Restored(event) => self.change("S5", event.id, |_, holds| {
                let own = |hold: &&mut Hold| hold.is(event.by, event.referenceId) && hold.lifted_height == 0;
                let found = holds.iter_mut().rev().find(own);
                found.map(|hold| hold.lifted_height = event.fromHeight).is_some()
            }),
            Event::Deregistered(event) => self.change("S3", event.id, |service, _| {
                let before = core::mem::replace(&mut service.head.ends_height, event.fromHeight);
                before == 0
            }),
        }
    }

    /// Changes a service that was declared.
    fn change(
        &mut self,
        invariant: &'static str,
        id: B256,
        change: impl FnOnce(&mut Service, &mut Vec<Hold>) -> bool,
    ) -> Result<(), Violation> {
        let fits = self.services.get_mut(&id).is_some_and(|(service, holds)| change(service, holds));
        Violation::unless(invariant, fits, || format!("an event of service {id} does not follow: {id}"))
    }

    fn added(&mut self, id: B256, address: Address, formerly: B256) -> Result<(), Violation> {
        let before = self.addresses.insert(address, id).unwrap_or_default();
        Violation::unless("S1", before == formerly && formerly != id, || {
            format!("{address} comes to {id} from {formerly}, it belonged to {before}")
        })?;
        if !formerly.is_zero() {
            self.change("S1", formerly, |service, _| {
                service.head.contracts = service.head.contracts.saturating_sub(1);
                service.head.ends_height != 0
            })?;
        }
        self.change("S1", id, |service, _| {
            service.head.contracts = service.head.contracts.saturating_add(1);
            true
        })
    }

    fn compare(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let mut armed = 0u64;
        for (id, (want, holds)) in &self.services {
            let found = SERVICES.get(ctx, *id)?;
            let want = Service { head: Head { holds: found.head.holds, ..want.head }, ..*want };
            let invariant = if found.head.contracts == want.head.contracts { "S3" } else { "S1" };
            Violation::unless(invariant, found == want, || {
                format!("service {id}: {found:?} in storage, {want:?} in events")
            })?;
            compare_holds(ctx, *id, &found, holds)?;
            compare_number(ctx, *id, &found)?;
            armed = armed.saturating_add(found.head.is_armed().into());
        }
        for (address, want) in &self.addresses {
            let found = SERVICE_OF.get(ctx, *address)?;
            Violation::unless("S1", found == *want, || {
                format!("{address} belongs to {found} in storage, to {want} in events")
            })?;
        }
        let guard = GUARD.get(ctx)?;
        Violation::unless("S4", guard == armed, || format!("the guard says {guard}, {armed} are armed"))
    }
}

fn compare_holds(ctx: &mut Ctx<'_>, id: B256, service: &Service, want: &[Hold]) -> Result<(), Violation> {
    let (height, now_ms) = (ctx.height().get(), ctx.timestamp_ms());
    let own = HOLDS.map(ctx, id)?;
    let mut found = Vec::new();
    for place in 0..service.head.holds.into() {
        found.push(own.get(ctx, place)?);
    }
    let live = |holds: &[Hold]| {
        let mut live: Vec<Hold> =
            holds.iter().filter(|hold| !hold.is_over(height, now_ms)).copied().collect();
        live.sort_unstable_by_key(|hold| (hold.by, hold.reference));
        live
    };
    Violation::unless("S5", live(&found) == live(want), || {
        format!("service {id}: suspensions {found:?} in storage, {want:?} in events")
    })
}

fn compare_number(ctx: &mut Ctx<'_>, id: B256, service: &Service) -> Result<(), Violation> {
    let Some(number) = service.number else { return Ok(()) };
    let holder = life::of_number(ctx, &number)?;
    let ended = service.head.ends_height != 0;
    Violation::unless("S2", (holder == Some(id)) != ended, || {
        format!("{number} of service {id} (struck off: {ended}) stands for {holder:?}")
    })
}
