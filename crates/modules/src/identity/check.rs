//! Storage of `identity` compared with its history: invariants I1 to I6.

use super::{
    events::{self, Event},
    standing::Standing,
    state::{
        ACCOUNTS, AUTHORITIES, AUTHORITY_OF, Account, Authority, BINDINGS, Binding, COUNTS, Counts,
        INVITATIONS, Invitation, LIVE, PLACES, STANDINGS,
    },
    terms::{Kind, Level, Status},
};
use crate::{Ctx, Stop, Violation};
use ding_primitives::{Address, B256, Log};
use std::collections::{BTreeMap, BTreeSet};

/// What the events seen so far imply about storage.
#[derive(Default)]
struct Story {
    counts: Counts,
    authorities: BTreeMap<u32, Authority>,
    bindings: BTreeMap<u64, Binding>,
    accounts: BTreeMap<Address, Account>,
    /// Accounts under each root, by place from 1 on.
    places: BTreeMap<u64, Vec<Address>>,
    /// Status, frozen until, end of the last invitation of each account ever named.
    own: BTreeMap<Address, Own>,
    invitations: BTreeMap<(Address, Address), Invitation>,
    /// Those of them that may have been accepted.
    answered: BTreeSet<(Address, Address)>,
}

/// What an account has besides its binding.
#[derive(Clone, Copy, Default)]
struct Own {
    status: Option<Status>,
    frozen_until_ms: u64,
    /// Of the root that it was under when it left.
    root_frozen_until_ms: u64,
    invited_until_ms: u64,
    /// When it came under its binding, if an event says so: of roots only.
    since_ms: Option<u64>,
}

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::begin(ctx, history)?;
    for log in history {
        match events::decode(log) {
            Some(event) => story.tell(&event)?,
            None => Violation::unless("I5", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    story.compare(ctx)
}

fn missing<T>(
    invariant: &'static str,
    found: Option<T>,
    what: impl FnOnce() -> String,
) -> Result<T, Violation> {
    Violation::unless(invariant, found.is_some(), what)?;
    found.ok_or(Violation { module: "", invariant, what: String::new() })
}

impl Story {
    /// Authorities of genesis have no events: those with smaller numbers than the first appointed.
    fn begin(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<Self, Stop> {
        let stored = COUNTS.get(ctx)?;
        let appointed =
            history.iter().filter(|log| matches!(events::decode(log), Some(Event::AuthorityAppointed(_))));
        let appointed = u32::try_from(appointed.count()).unwrap_or(u32::MAX);
        let mut story = Self::default();
        story.counts.bound = stored.bound;
        story.counts.authorities = stored.authorities.saturating_sub(appointed);
        for id in 1..=story.counts.authorities {
            let organisation = AUTHORITIES.get(ctx, id)?.organisation;
            story.authorities.insert(id, Authority { organisation, ..Authority::default() });
        }
        Ok(story)
    }

    fn tell(&mut self, event: &Event) -> Result<(), Violation> {
        match event {
            Event::AuthorityAppointed(event) => {
                self.counts.authorities = self.counts.authorities.saturating_add(1);
                let fresh = event.authority == self.counts.authorities;
                Violation::unless("I5", fresh, || format!("{event:?} is not the next authority"))?;
                let (organisation, from_ms) = (event.organisation, event.fromMs);
                self.authorities
                    .insert(event.authority, Authority { organisation, from_ms, ..Authority::default() });
                Ok(())
            }
            Event::AuthorityDismissed(event) => self.dismissed(event),
            Event::Bound(event) => self.bound(event),
            Event::Renewed(event) => {
                let binding = self.binding(event.binding)?;
                (binding.level, binding.expiry_ms) = (event.level, event.expiryMs);
                Ok(())
            }
            Event::AccountAdded(event) => self.added(event),
            Event::Rotated(event) => self.rotated(event),
            Event::Suspended(event) => {
                self.set_status(event.binding, event.account, event.whole, Status::Suspended)
            }
            Event::Restored(event) => {
                self.set_status(event.binding, event.account, event.whole, Status::Active)
            }
            Event::Revoked(event) => self.revoked(event),
            Event::Invited(event) => {
                let invitation =
                    Invitation { purpose: event.purpose, until_ms: event.untilMs, binding: event.binding };
                self.invitations.insert((event.account, event.inviter), invitation);
                let own = self.own.entry(event.account).or_default();
                own.invited_until_ms = own.invited_until_ms.max(event.untilMs);
                Ok(())
            }
            Event::InvitationWithdrawn(event) => {
                let known = self.invitations.remove(&(event.account, event.inviter));
                Violation::unless("I1", known.is_some(), || format!("{event:?} takes back nothing"))
            }
            Event::FrozenSet(event) => {
                let own = self.own.entry(event.account).or_default();
                own.frozen_until_ms = event.untilMs;
                if event.untilMs == 0 {
                    own.root_frozen_until_ms = 0;
                } else {
                    self.counts.freezes = self.counts.freezes.saturating_add(1);
                }
                Ok(())
            }
        }
    }

    fn binding(&mut self, id: u64) -> Result<&mut Binding, Violation> {
        missing("I5", self.bindings.get_mut(&id), || format!("binding {id} was never made"))
    }

    fn dismissed(&mut self, event: &events::AuthorityDismissed) -> Result<(), Violation> {
        let known = missing("I5", self.authorities.get_mut(&event.authority), || {
            format!("{event:?}: no such authority")
        })?;
        let live = core::mem::take(&mut known.live);
        (known.ended_ms, known.successor) = (event.timestampMs, event.successor);
        Violation::unless("I4", live == event.live && (live == 0 || event.successor != 0), || {
            format!("{event:?}, but {live} live bindings")
        })?;
        if event.successor != 0 {
            self.counts.successions = self.counts.successions.saturating_add(1);
            let heir = missing("I5", self.authorities.get_mut(&event.successor), || {
                format!("{event:?}: no such successor")
            })?;
            heir.live = heir.live.saturating_add(live);
        }
        Ok(())
    }

    fn responsible(&self, authority: u32) -> u32 {
        let mut answers = authority;
        for _ in 0..self.authorities.len() {
            match self.authorities.get(&answers).map_or(0, |authority| authority.successor) {
                0 => break,
                successor => answers = successor,
            }
        }
        answers
    }

    fn count_live(&mut self, authority: u32, more: bool) -> Result<(), Violation> {
        let answers = self.responsible(authority);
        let found = self.authorities.get_mut(&answers);
        let found = missing("I5", found, || format!("there is no authority {answers}"))?;
        found.live = if more { found.live.saturating_add(1) } else { found.live.saturating_sub(1) };
        Ok(())
    }

    fn bound(&mut self, event: &events::Bound) -> Result<(), Violation> {
        self.counts.bindings = self.counts.bindings.saturating_add(1);
        Violation::unless("I5", event.binding == self.counts.bindings, || {
            format!("{event:?} is not the next binding")
        })?;
        let known = Kind::from_number(event.kind).is_some() && Level::from_number(event.level).is_some();
        Violation::unless("I2", known, || format!("{event:?} has an unknown kind or level"))?;
        let twice = self.bindings.values().find(|other| {
            other.status != Status::Revoked.number()
                && (self.responsible(other.authority), other.subject) == (event.authority, event.subject)
        });
        Violation::unless("I3", twice.is_none(), || format!("{event:?} binds again what {twice:?} binds"))?;
        let binding = Binding {
            root: event.account,
            authority: event.authority,
            kind: event.kind,
            level: event.level,
            status: Status::Active.number(),
            further: 0,
            subject: event.subject,
            name_digest: event.nameDigest,
            expiry_ms: event.expiryMs,
            timestamp_ms: event.timestampMs,
            height: event.height,
        };
        self.bindings.insert(event.binding, binding);
        self.places.insert(event.binding, Vec::new());
        self.count_live(event.authority, true)?;
        self.enter(event.account, Account { binding: event.binding, ..Account::default() })?;
        let own = self.own.entry(event.account).or_default();
        (own.status, own.since_ms) = (Some(Status::Active), Some(event.timestampMs));
        Ok(())
    }

    /// An account comes under a binding, for the first time in its life.
    fn enter(&mut self, address: Address, account: Account) -> Result<(), Violation> {
        let before = self.accounts.insert(address, account);
        Violation::unless("I6", before.is_none(), || {
            format!("account {address} came under {account:?} and was under {before:?} before")
        })
    }

    fn added(&mut self, event: &events::AccountAdded) -> Result<(), Violation> {
        let events::AccountAdded { binding: id, account, by } = *event;
        let places = missing("I5", self.places.get_mut(&id), || format!("binding {id} was never made"))?;
        places.push(account);
        let place = u32::try_from(places.len()).unwrap_or(u32::MAX);
        let binding = self.binding(id)?;
        binding.further = u8::try_from(place).unwrap_or(u8::MAX);
        let root = binding.root;
        self.enter(account, Account { binding: id, place, ..Account::default() })?;
        self.own.entry(account).or_default().status = Some(Status::Active);
        self.answered(account, root, by);
        Ok(())
    }

    /// An account that comes under a binding by its own hand accepts the invitation of the root, or of the
    /// account that it follows, which is used up; unless it is an officer of the authority who enters
    /// himself. Events do not tell the two apart.
    fn answered(&mut self, account: Address, inviter: Address, by: Address) {
        if by == account {
            self.answered.insert((account, inviter));
        }
    }

    fn rotated(&mut self, event: &events::Rotated) -> Result<(), Violation> {
        let account = self.account(event.binding, event.account)?;
        let place = core::mem::take(&mut account.place);
        account.successor = event.successor;
        self.enter(event.successor, Account { binding: event.binding, place, ..Account::default() })?;
        let binding = self.binding(event.binding)?;
        let root = binding.root == event.account;
        if root {
            binding.root = event.successor;
        } else {
            let places = self.places.entry(event.binding).or_default();
            let own = usize::try_from(place).ok().and_then(|place| places.get_mut(place.checked_sub(1)?));
            *missing("I1", own, || format!("{event:?}: no place {place}"))? = event.successor;
        }
        let root_frozen = self.root_frozen(event.binding, root);
        let old = self.own.entry(event.account).or_default();
        let status = old.status;
        old.status = Some(Status::Replaced);
        old.root_frozen_until_ms = root_frozen;
        self.own.entry(event.successor).or_default().status = status;
        self.answered(event.successor, event.account, event.by);
        Ok(())
    }

    /// Until when the root of a binding is frozen; 0 for the root itself.
    fn root_frozen(&self, id: u64, is_root: bool) -> u64 {
        let root = self.bindings.get(&id).filter(|_| !is_root).map(|binding| binding.root);
        root.and_then(|root| self.own.get(&root)).map_or(0, |own| own.frozen_until_ms)
    }

    fn account(&mut self, id: u64, address: Address) -> Result<&mut Account, Violation> {
        let found = self.accounts.get_mut(&address).filter(|account| account.binding == id);
        missing("I1", found, || format!("account {address} is not under binding {id}"))
    }

    fn set_status(
        &mut self,
        id: u64,
        address: Address,
        whole: bool,
        status: Status,
    ) -> Result<(), Violation> {
        self.account(id, address)?;
        let binding = self.binding(id)?;
        let is_root = binding.root == address;
        Violation::unless("I1", is_root == whole, || {
            format!("account {address}, root {}: whole {whole}", binding.root)
        })?;
        let before = self.own.get(&address).and_then(|own| own.status);
        let final_before = matches!(before, None | Some(Status::Revoked | Status::Replaced));
        Violation::unless("I6", !final_before, || {
            format!("account {address} became {status} from {before:?}")
        })?;
        self.own.entry(address).or_default().status = Some(status);
        if whole {
            self.binding(id)?.status = status.number();
        }
        Ok(())
    }

    fn revoked(&mut self, event: &events::Revoked) -> Result<(), Violation> {
        let root_frozen = self.root_frozen(event.binding, event.whole);
        self.set_status(event.binding, event.account, event.whole, Status::Revoked)?;
        if event.whole {
            let authority = self.binding(event.binding)?.authority;
            return self.count_live(authority, false);
        }
        let place = core::mem::take(&mut self.account(event.binding, event.account)?.place);
        let places = self.places.entry(event.binding).or_default();
        let index = usize::try_from(place)
            .ok()
            .and_then(|place| place.checked_sub(1))
            .filter(|index| *index < places.len());
        let index = missing("I1", index, || format!("{event:?}: no place {place}"))?;
        places.swap_remove(index);
        let (moved, left) = (places.get(index).copied(), places.len());
        if let Some(account) = moved.and_then(|moved| self.accounts.get_mut(&moved)) {
            account.place = place;
        }
        self.binding(event.binding)?.further = u8::try_from(left).unwrap_or(u8::MAX);
        self.own.entry(event.account).or_default().root_frozen_until_ms = root_frozen;
        Ok(())
    }

    /// The standing that an account should have. `since_ms` is what storage says about the time at which
    /// it came under its binding: only events of roots name it, others came later than their root.
    fn standing(&self, address: &Address, since_ms: u64) -> Standing {
        let own = self.own.get(address).copied().unwrap_or_default();
        let frozen_until_ms = own.frozen_until_ms;
        let Some(account) = self.accounts.get(address) else {
            let invited = own.invited_until_ms != 0;
            let status = if invited { Status::Invited } else { Status::None };
            return Standing {
                status,
                expiry_ms: own.invited_until_ms,
                frozen_until_ms,
                ..Standing::default()
            };
        };
        let binding = self.bindings.get(&account.binding).copied().unwrap_or_default();
        let status = own.status.unwrap_or(Status::None);
        let of_binding = Status::from_number(binding.status).unwrap_or(Status::None);
        let (root_status, root_frozen_until_ms) = match account.place {
            0 => (Status::None, own.root_frozen_until_ms),
            _ => (of_binding, self.root_frozen(account.binding, false)),
        };
        Standing {
            status,
            root_status,
            kind: binding.kind,
            level: binding.level,
            expiry_ms: binding.expiry_ms,
            frozen_until_ms,
            root_frozen_until_ms,
            authority: binding.authority,
            since_ms: own.since_ms.unwrap_or_else(|| since_ms.max(binding.timestamp_ms)),
        }
    }

    fn compare(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let counts = COUNTS.get(ctx)?;
        Violation::unless("I5", counts == self.counts, || {
            format!("counts are {counts:?}, the events say {:?}", self.counts)
        })?;
        self.compare_authorities(ctx)?;
        self.compare_bindings(ctx)?;
        for (address, want) in &self.accounts {
            let found = ACCOUNTS.get(ctx, *address)?;
            Violation::unless("I1", found == *want, || {
                format!("account {address} is {found:?}, the events say {want:?}")
            })?;
        }
        for address in self.own.keys() {
            let found = STANDINGS.get(ctx, *address)?;
            let want = self.standing(address, found.since_ms);
            let same = if self.has_left(address) { left_alike(&found, &want) } else { found == want };
            Violation::unless("I2", same, || {
                format!("standing of {address} is {found:?}, the events say {want:?}")
            })?;
        }
        for (key @ (account, inviter), want) in &self.invitations {
            let found = INVITATIONS.map(ctx, *account)?.get(ctx, *inviter)?;
            let is_used_up = found == Invitation::default() && self.answered.contains(key);
            Violation::unless("I1", found == *want || is_used_up, || {
                format!("{inviter} invites {account} by {found:?}, the events say {want:?}")
            })?;
        }
        Ok(())
    }

    /// Whether an account is no longer among those that steps of the binding reach.
    fn has_left(&self, address: &Address) -> bool {
        self.accounts.get(address).is_some_and(|account| {
            account.place == 0
                && self.bindings.get(&account.binding).is_some_and(|binding| binding.root != *address)
        })
    }

    fn compare_authorities(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let next = self.counts.authorities.saturating_add(1);
        let beyond = AUTHORITIES.find(ctx, next)?;
        Violation::unless("I5", beyond.is_none(), || {
            format!("authority {next} is {beyond:?}, {} are counted", self.counts.authorities)
        })?;
        for (id, want) in &self.authorities {
            let found = AUTHORITIES.get(ctx, *id)?;
            Violation::unless("I4", found == *want, || {
                format!("authority {id} is {found:?}, the events say {want:?}")
            })?;
            let of = AUTHORITY_OF.get(ctx, want.organisation)?;
            let newer = self.authorities.iter().any(|(other, authority)| {
                *other != *id && authority.organisation == want.organisation && authority.ended_ms == 0
            });
            let want_of = if want.ended_ms == 0 { *id } else { 0 };
            Violation::unless("I5", newer || of == want_of, || {
                format!("organisation {} is authority {of}, the events say {want_of}", want.organisation)
            })?;
        }
        Ok(())
    }

    fn compare_bindings(&self, ctx: &mut Ctx<'_>) -> Result<(), Violation> {
        let mut live: BTreeMap<(u32, B256), u64> = BTreeMap::new();
        for (id, want) in &self.bindings {
            let found = BINDINGS.get(ctx, *id)?;
            Violation::unless("I2", found == *want, || {
                format!("binding {id} is {found:?}, the events say {want:?}")
            })?;
            let number = live.entry((want.authority, want.subject)).or_default();
            if want.status != Status::Revoked.number() {
                *number = *id;
            }
            for (place, account) in (1..).zip(self.places.get(id).into_iter().flatten()) {
                let found = PLACES.map(ctx, *id)?.get(ctx, place)?;
                Violation::unless("I1", found == *account, || {
                    format!("place {place} of binding {id} is {found}, the events say {account}")
                })?;
            }
        }
        for ((authority, subject), want) in live {
            let found = LIVE.map(ctx, authority)?.get(ctx, subject)?;
            Violation::unless("I3", found == want, || {
                format!("authority {authority} binds {subject} by {found}, the events say {want}")
            })?;
        }
        Ok(())
    }
}

/// Steps of a binding do not reach an account that left: level, expiry and the binding's status stay as
/// they were then. What is its own is compared.
fn left_alike(found: &Standing, want: &Standing) -> bool {
    let own = |standing: &Standing| {
        let Standing { status, kind, authority, since_ms, .. } = *standing;
        (status, kind, authority, since_ms, standing.frozen_until_ms, standing.root_frozen_until_ms)
    };
    own(found) == own(want)
}
