//! Who is who, as the genesis file and the events of `members` and `identity` say it: organisations
//! with their roles, accounts that act for them, bindings, freezes.
//!
//! Roles are held against what was decided before an event, in the same block too: modules ask their
//! own storage. Who may send is held against what was known before the block.

use super::Deed;
use alloy_sol_types::SolCall as _;
use ding_modules::{
    identity::{self, abi::IIdentity},
    members::{self, Role, terms::SUPERVISED},
    orders,
    orders::abi::IOrders,
};
use ding_primitives::{Address, B256, Spec};
use std::collections::BTreeMap;

/// What an account is to its identity authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It may accept.
    Invited(Address),
    /// It acts.
    Active,
    /// Suspended by itself or with its binding.
    Suspended,
    /// Revoked or replaced.
    Retired,
}

impl Bond {
    /// The graver of two.
    const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Retired, _) | (_, Self::Retired) => Self::Retired,
            (Self::Suspended, _) | (_, Self::Suspended) => Self::Suspended,
            _ => self,
        }
    }
}

/// An organisation of the consortium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Organisation {
    pub(super) roles: u64,
    pub(super) division: u8,
    pub(super) validates: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Authority {
    organisation: u32,
    ended: bool,
    successor: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Binding {
    root: Address,
    authority: u32,
    kind: u8,
    subject: B256,
    expiry_ms: u64,
    bond: Bond,
}

/// An account that stands, or stood, under a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Account {
    binding: u64,
    /// Its own; that of a root is its binding's.
    bond: Bond,
    /// Until when the root was frozen as it left.
    left_frozen_ms: u64,
}

/// An invitation, of several the last that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Invitation {
    inviter: Address,
    until_ms: u64,
}

/// Everybody.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    pub(super) bound: bool,
    organisations: BTreeMap<u32, Organisation>,
    acts_for: BTreeMap<Address, u32>,
    authorities: BTreeMap<u32, Authority>,
    bindings: BTreeMap<u64, Binding>,
    accounts: BTreeMap<Address, Account>,
    invitations: BTreeMap<Address, Invitation>,
    frozen: BTreeMap<Address, u64>,
}

impl People {
    /// As the genesis file has them.
    pub(super) fn new(spec: &Spec) -> Self {
        let mut people = Self { bound: identity::bound(spec), ..Self::default() };
        let founded = members::Section::of(spec).map(|section| section.organisations).unwrap_or_default();
        let authorities = identity::Section::of(spec).map(|section| section.authorities).unwrap_or_default();
        for (number, entry) in (1..).zip(founded) {
            let organisation = Organisation {
                roles: entry.roles.iter().fold(0, |bits, role| bits | role.bit()),
                division: entry.division.unwrap_or(0),
                validates: !entry.validators.is_empty(),
            };
            people.found(number, organisation, &entry.accounts);
            if let Some(place) = authorities.iter().position(|each| each.organisation == entry.name) {
                people.appoint(u32::try_from(place + 1).unwrap_or(u32::MAX), number);
            }
        }
        people
    }

    pub(super) fn found(&mut self, number: u32, organisation: Organisation, accounts: &[Address]) {
        self.organisations.insert(number, organisation);
        self.acts_for.extend(accounts.iter().map(|account| (*account, number)));
    }

    pub(super) fn appoint(&mut self, authority: u32, organisation: u32) {
        self.authorities.insert(authority, Authority { organisation, ended: false, successor: 0 });
    }

    /// The organisation that an account acts for; 0 if none.
    pub(super) fn organisation_of(&self, account: Address) -> u32 {
        self.acts_for.get(&account).copied().unwrap_or(0)
    }

    /// Whether an organisation has a role.
    pub(super) fn has(&self, organisation: u32, role: Role) -> bool {
        self.organisations.get(&organisation).is_some_and(|known| known.roles & role.bit() != 0)
    }

    /// Whether an account acts for an organisation with a role.
    pub(super) fn is(&self, account: Address, role: Role) -> bool {
        self.has(self.organisation_of(account), role)
    }

    /// Whether an organisation is the administration of a province.
    pub(super) fn administers(&self, organisation: u32, province: u32) -> bool {
        let own = self.organisations.get(&organisation).map_or(0, |known| u32::from(known.division));
        province != 0 && own == province && self.has(organisation, Role::Provincial)
    }

    /// Whether an account acts for the administration of a province.
    pub(super) fn is_of_province(&self, account: Address, province: u32) -> bool {
        self.administers(self.organisation_of(account), province)
    }

    /// Whether an account supervises what belongs to a province (0: to none): the national
    /// administration everything, a provincial one its own.
    pub(super) fn supervises(&self, account: Address, province: u32) -> bool {
        self.is(account, Role::Supervisor) || self.is_of_province(account, province)
    }

    /// Whether two accounts are one person, as far as the ledger shows.
    pub(super) fn same(&self, first: Address, second: Address) -> bool {
        if first == second {
            return true;
        }
        match (self.subject(first), self.subject(second)) {
            (Some(first), Some(second)) => first == second,
            _ => false,
        }
    }

    fn subject(&self, account: Address) -> Option<(u8, B256)> {
        self.binding_of(account).map(|binding| (binding.kind, binding.subject))
    }

    /// The second of two hands is another person's than the first.
    pub(super) fn two(&self, what: &str, first: Address, second: Address) -> Result<(), String> {
        if self.same(first, second) {
            return Err(format!("{what} with one hand: {first} and {second} are one person"));
        }
        Ok(())
    }

    /// What an account is.
    pub(super) fn bond(&self, account: Address) -> Option<Bond> {
        match self.accounts.get(&account) {
            Some(known) => self.binding_of(account).map(|binding| known.bond.with(binding.bond)),
            None => self.invitations.get(&account).map(|known| Bond::Invited(known.inviter)),
        }
    }

    fn binding_of(&self, account: Address) -> Option<&Binding> {
        self.accounts.get(&account).and_then(|known| self.bindings.get(&known.binding))
    }

    /// Until when an account is frozen, by itself or with its root; 0 if it never was.
    fn frozen_until(&self, account: Address) -> u64 {
        let of = |account: Address| self.frozen.get(&account).copied().unwrap_or(0);
        let with_root = match self.accounts.get(&account) {
            Some(known) if known.bond == Bond::Retired => known.left_frozen_ms,
            Some(_) => self.binding_of(account).map_or(0, |binding| of(binding.root)),
            None => 0,
        };
        of(account).max(with_root)
    }

    /// Whether a transaction may stand in a block; why not. Whoever acts for an organisation needs no
    /// binding, but a freeze, a suspension and a revocation hold for it too.
    pub(super) fn may_send(
        &self,
        sender: Address,
        to: Option<Address>,
        input: &[u8],
        now_ms: u64,
    ) -> Result<(), String> {
        let calls = |module: Address, selector: [u8; 4]| to == Some(module) && input.starts_with(&selector);
        let until_ms = self.frozen_until(sender);
        if now_ms < until_ms {
            let open = [IOrders::answerCall::SELECTOR, IOrders::appealCall::SELECTOR];
            if !open.into_iter().any(|selector| calls(orders::state::ADDRESS, selector)) {
                return Err(format!("{sender} is frozen until {until_ms}"));
            }
            return Ok(());
        }
        if !self.bound {
            return Ok(());
        }
        let lacks = match self.bond(sender) {
            Some(bond @ (Bond::Suspended | Bond::Retired)) => {
                return Err(format!("{sender} may not send: {bond:?}"));
            }
            Some(Bond::Active) => {
                let expiry_ms = self.binding_of(sender).map_or(0, |binding| binding.expiry_ms);
                (expiry_ms != 0 && now_ms >= expiry_ms).then(|| format!("its standing ended at {expiry_ms}"))
            }
            Some(Bond::Invited(_)) => {
                let until_ms = self.invitations.get(&sender).map_or(0, |known| known.until_ms);
                let accepts = calls(identity::state::ADDRESS, IIdentity::acceptCall::SELECTOR);
                (now_ms >= until_ms || !accepts).then(|| format!("it was only invited, until {until_ms}"))
            }
            None => Some("it was never bound".into()),
        };
        match lacks {
            Some(why) if self.organisation_of(sender) == 0 => Err(format!("{sender} may not send: {why}")),
            _ => Ok(()),
        }
    }

    /// Whether an account's organisation has a vote on calls of a module.
    pub(super) fn votes(&self, account: Address, organisation: u32, target: Address) -> Result<(), String> {
        let known = self.organisations.get(&organisation).copied().unwrap_or_default();
        let entitled = if SUPERVISED.contains(&target) {
            known.roles & Role::Supervisor.bit() != 0
        } else {
            known.validates
        };
        if entitled && self.organisation_of(account) == organisation {
            return Ok(());
        }
        Err(format!("{account} votes for organisation {organisation} on {target}, and has no vote there"))
    }

    pub(super) fn members(&mut self, event: &members::events::Event, deed: &Deed) -> Result<(), String> {
        use members::events::Event as E;
        match event {
            E::OrganisationAdded(e) => {
                deed.decided(members::state::ADDRESS, e.proposal)?;
                let added = Organisation { roles: e.roles, division: e.division, validates: false };
                if self.organisations.insert(e.id, added).is_some() {
                    return Err(format!("organisation {} is added twice", e.id));
                }
            }
            E::RolesSet(e) => {
                deed.decided(members::state::ADDRESS, e.proposal)?;
                let Some(known) = self.organisations.get_mut(&e.id) else {
                    return Err(format!("roles of organisation {}, which nobody added", e.id));
                };
                if (known.roles, known.division) != (e.rolesBefore, e.divisionBefore) {
                    return Err(format!("roles of organisation {} were {known:?}: {e:?}", e.id));
                }
                (known.roles, known.division) = (e.roles, e.division);
            }
            E::AccountAdded(e) => {
                self.own_or_decided(e.id, e.by, e.proposal, deed)?;
                if let Some(other) = self.acts_for.insert(e.account, e.id) {
                    return Err(format!("{} acts for organisations {other} and {}", e.account, e.id));
                }
            }
            E::AccountRemoved(e) => {
                self.own_or_decided(e.id, e.by, e.proposal, deed)?;
                if self.acts_for.remove(&e.account) != Some(e.id) {
                    return Err(format!("{} leaves organisation {} and was not of it", e.account, e.id));
                }
            }
            E::ParameterSet(e) => deed.decided(members::state::ADDRESS, e.proposal)?,
            _ => {}
        }
        Ok(())
    }

    fn own_or_decided(&self, id: u32, by: Address, proposal: u64, deed: &Deed) -> Result<(), String> {
        match proposal {
            0 if self.organisation_of(by) == id => Ok(()),
            0 => Err(format!("accounts of organisation {id} are changed by {by}, which is none of them")),
            _ => deed.decided(members::state::ADDRESS, proposal),
        }
    }

    pub(super) fn identity(&mut self, event: &identity::events::Event, deed: &Deed) -> Result<(), String> {
        use identity::events::Event as E;
        match event {
            E::AuthorityAppointed(e) => {
                deed.decided(identity::state::ADDRESS, e.proposal)?;
                self.appoint(e.authority, e.organisation);
            }
            E::AuthorityDismissed(e) => {
                deed.decided(identity::state::ADDRESS, e.proposal)?;
                if let Some(known) = self.authorities.get_mut(&e.authority) {
                    (known.ended, known.successor) = (true, e.successor);
                }
            }
            E::Bound(e) => {
                self.require_authority(e.by, e.authority)?;
                let binding = Binding {
                    root: e.account,
                    authority: e.authority,
                    kind: e.kind,
                    subject: e.subject,
                    expiry_ms: e.expiryMs,
                    bond: Bond::Active,
                };
                self.bindings.insert(e.binding, binding);
                self.join(e.account, e.binding, Bond::Active)?;
            }
            E::Renewed(e) => {
                self.require_responsible(e.by, e.binding)?;
                self.binding(e.binding)?.expiry_ms = e.expiryMs;
            }
            E::AccountAdded(e) => {
                self.require_responsible_or_accepted(e.by, e.binding, e.account)?;
                self.join(e.account, e.binding, Bond::Active)?;
            }
            E::Rotated(e) => {
                self.require_responsible_or_accepted(e.by, e.binding, e.successor)?;
                let bond = self.accounts.get(&e.account).map_or(Bond::Active, |known| known.bond);
                let root = self.binding(e.binding)?.root;
                self.leave(e.account, e.binding)?;
                self.join(e.successor, e.binding, bond)?;
                // A freeze goes with the place.
                let frozen = [e.account, e.successor].map(|account| self.frozen.get(&account).copied());
                if let Some(until_ms) = frozen.into_iter().flatten().max() {
                    self.frozen.insert(e.successor, until_ms);
                }
                if root == e.account {
                    self.binding(e.binding)?.root = e.successor;
                }
            }
            E::Suspended(e) => {
                self.require_responsible(e.by, e.binding)?;
                self.set(e.account, e.binding, e.whole, Bond::Suspended)?;
            }
            E::Restored(e) => {
                self.require_responsible(e.by, e.binding)?;
                self.set(e.account, e.binding, e.whole, Bond::Active)?;
            }
            E::Revoked(e) => {
                let by_root = !e.whole && self.binding(e.binding)?.root == e.by;
                if !by_root {
                    self.require_responsible(e.by, e.binding)?;
                }
                if e.whole {
                    self.set(e.account, e.binding, true, Bond::Retired)?;
                } else {
                    self.leave(e.account, e.binding)?;
                }
            }
            E::Invited(e) => {
                let invitation = Invitation { inviter: e.inviter, until_ms: e.untilMs };
                let known = self.invitations.entry(e.account).or_insert(invitation);
                known.until_ms = known.until_ms.max(e.untilMs);
            }
            E::FrozenSet(e) => {
                self.frozen.insert(e.account, e.untilMs);
                if let Some(known) = self.accounts.get_mut(&e.account).filter(|_| e.untilMs == 0) {
                    known.left_frozen_ms = 0;
                }
            }
            E::InvitationWithdrawn(_) => {}
        }
        Ok(())
    }

    fn binding(&mut self, id: u64) -> Result<&mut Binding, String> {
        self.bindings.get_mut(&id).ok_or_else(|| format!("binding {id} was never made"))
    }

    fn join(&mut self, account: Address, binding: u64, bond: Bond) -> Result<(), String> {
        match self.accounts.insert(account, Account { binding, bond, left_frozen_ms: 0 }) {
            Some(before) => Err(format!("{account} comes under binding {binding} and was bound: {before:?}")),
            None => Ok(()),
        }
    }

    /// An account is replaced, or revoked by itself.
    fn leave(&mut self, account: Address, binding: u64) -> Result<(), String> {
        let root = self.binding(binding)?.root;
        let left_frozen_ms = if root == account { 0 } else { self.frozen.get(&root).copied().unwrap_or(0) };
        let left = Account { binding, bond: Bond::Retired, left_frozen_ms };
        match self.accounts.insert(account, left) {
            Some(known) if known.binding == binding && known.bond != Bond::Retired => Ok(()),
            known => Err(format!("{account} leaves binding {binding} and was {known:?}")),
        }
    }

    /// Gives an account a status of its own, a root with its whole binding.
    fn set(&mut self, account: Address, binding: u64, whole: bool, bond: Bond) -> Result<(), String> {
        let of = self.binding(binding)?;
        if (of.root == account) != whole {
            return Err(format!("{account} is {bond:?}, whole binding: {whole}; its root is {}", of.root));
        }
        if of.bond == Bond::Retired {
            return Err(format!("{account} is {bond:?} after binding {binding} was revoked"));
        }
        if whole {
            of.bond = bond;
            return Ok(());
        }
        match self.accounts.get_mut(&account) {
            Some(known) if known.binding == binding && known.bond != Bond::Retired => {
                known.bond = bond;
                Ok(())
            }
            known => Err(format!("{account} is {bond:?} under binding {binding} and was {known:?}")),
        }
    }

    /// Whether an account acts for an identity authority that was not dismissed.
    fn require_authority(&self, by: Address, authority: u32) -> Result<(), String> {
        let organisation = self.organisation_of(by);
        match self.authorities.get(&authority) {
            Some(known) if !known.ended && known.organisation == organisation => Ok(()),
            known => {
                Err(format!("{by} of organisation {organisation} acts as authority {authority}: {known:?}"))
            }
        }
    }

    fn require_responsible(&self, by: Address, binding: u64) -> Result<(), String> {
        let mut answers = self.bindings.get(&binding).map_or(0, |known| known.authority);
        for _ in 0..self.authorities.len() {
            match self.authorities.get(&answers).map(|known| known.successor) {
                None | Some(0) => break,
                Some(successor) => answers = successor,
            }
        }
        self.require_authority(by, answers).map_err(|why| format!("a step of binding {binding}: {why}"))
    }

    /// The authority takes a step with an account, or the account accepts an invitation to it.
    fn require_responsible_or_accepted(
        &self,
        by: Address,
        binding: u64,
        account: Address,
    ) -> Result<(), String> {
        if by == account && self.invitations.contains_key(&account) {
            return Ok(());
        }
        self.require_responsible(by, binding)
    }

    /// Whether an account acts for the authority that answers for another account's binding.
    pub(super) fn discloses(&self, by: Address, account: Address) -> Result<(), String> {
        let binding = self.accounts.get(&account).map_or(0, |known| known.binding);
        self.require_responsible(by, binding)
    }
}
