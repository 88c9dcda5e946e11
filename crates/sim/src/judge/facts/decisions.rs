//! Orders: who had a hand in which, and what came of them.

use super::{Deed, Facts};
use ding_modules::{
    identity::standing::NEVER_MS,
    members::Role,
    orders::{self, Action, TargetKind},
};
use ding_primitives::{Address, B256};

/// An order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who drafted it.
    pub issuer: Address,
    /// Who approved it.
    pub second: Option<Address>,
    /// What it does.
    pub action: u8,
    /// Kind of its target.
    pub kind: u8,
    /// Against whom.
    pub target: B256,
    /// The last answer or delivery; zero if there was none.
    pub answer: B256,
    /// Withdrawn, declined, lifted or revoked.
    pub over: bool,
    /// The organisation that issued it.
    authority: u32,
    /// The order that it lifts, or 0.
    refers_to: u64,
    until_ms: u64,
    scope: u32,
    delivered: u32,
    appellant: Option<Address>,
}

impl Order {
    fn account(&self) -> Address {
        Address::from_word(self.target)
    }

    fn action(&self) -> Option<Action> {
        Action::from_number(self.action)
    }
}

/// What a decision of two people does to a service or an account, in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The service is suspended by the order with this number.
    Suspends(B256, u64),
    /// That suspension ends.
    Restores(B256, u64),
    /// The account is frozen, at least until then.
    Freezes(Address, u64),
    /// A freeze of the account ends; others may go on.
    Releases(Address),
}

impl Deed {
    /// What was done follows from a decision, which has this effect once.
    pub(super) fn follows(&mut self, what: &str, fits: impl Fn(&Effect) -> bool) -> Result<(), String> {
        match self.effects.iter().position(fits) {
            Some(place) => {
                self.effects.remove(place);
                Ok(())
            }
            None => Err(format!("{what} by order, and no second person decided that")),
        }
    }

    /// Every approved suspension and freeze came.
    pub(super) fn nothing_lacks(&self) -> Result<(), String> {
        let lacks = |effect: &&Effect| matches!(effect, Effect::Suspends(..) | Effect::Freezes(..));
        match self.effects.iter().find(lacks) {
            Some(effect) => Err(format!("an order was approved and has no effect: {effect:?}")),
            None => Ok(()),
        }
    }
}

/// How an order ends what it does.
fn undone(number: u64, order: &Order) -> Option<Effect> {
    match order.action() {
        Some(Action::Suspend) => Some(Effect::Restores(order.target, number)),
        Some(Action::Freeze) => Some(Effect::Releases(order.account())),
        _ => None,
    }
}

impl Facts {
    pub(super) fn order(
        &mut self,
        event: &orders::events::Event,
        now_ms: u64,
        deed: &mut Deed,
    ) -> Result<(), String> {
        use orders::events::Event as E;
        match event {
            E::Drafted(e) => {
                let order = Order {
                    issuer: e.issuer,
                    second: None,
                    action: e.order.action,
                    kind: e.order.targetKind,
                    target: e.target,
                    answer: B256::ZERO,
                    over: false,
                    authority: e.authority,
                    refers_to: e.order.refersTo,
                    until_ms: e.order.untilMs,
                    scope: e.order.scope,
                    delivered: 0,
                    appellant: None,
                };
                self.supervised(e.number, &order, e.issuer, "drafted")?;
                self.issued(e.number, &order, e.issuer, "drafted")?;
                if let Some(lifted) = self.orders.get(&order.refers_to)
                    && lifted.authority != order.authority
                    && !self.people.is(e.issuer, Role::Supervisor)
                {
                    return Err(format!("order {} lifts one of another organisation: {lifted:?}", e.number));
                }
                if self.orders.insert(e.number, order).is_some() {
                    return Err(format!("order {} is drafted twice", e.number));
                }
            }
            E::Approved(e) => {
                let order = self.second(e.number, e.approver, "approved")?;
                self.supervised(e.number, &order, order.issuer, "approved while issued")?;
                self.issued(e.number, &order, order.issuer, "approved while issued")?;
                if order.second.is_some() || order.over {
                    return Err(format!("order {} is approved and was not a draft", e.number));
                }
                self.drafted(e.number)?.second = Some(e.approver);
                let end = if order.until_ms == 0 { NEVER_MS } else { order.until_ms.min(NEVER_MS) };
                match order.action() {
                    Some(Action::Suspend) => deed.effects.push(Effect::Suspends(order.target, e.number)),
                    Some(Action::Freeze) => deed.effects.push(Effect::Freezes(order.account(), end)),
                    _ => {}
                }
            }
            E::Declined(e) => {
                self.second(e.number, e.account, "declined")?;
                self.drafted(e.number)?.over = true;
            }
            E::Withdrawn(e) => self.drafted(e.number)?.over = true,
            E::Lifted(e) => {
                let by = *self.drafted(e.by)?;
                let order = *self.drafted(e.number)?;
                let fits = by.refers_to == e.number
                    && by.second.is_some()
                    && (by.kind, by.target) == (order.kind, order.target)
                    && order.action().and_then(Action::lifted_by).map(Action::number) == Some(by.action);
                if !fits || order.over {
                    return Err(format!("order {} is lifted by {}: {order:?}, {by:?}", e.number, e.by));
                }
                deed.effects.extend(undone(e.number, &order));
                self.drafted(e.number)?.over = true;
            }
            E::Answered(e) => {
                let order = *self.drafted(e.number)?;
                self.targeted(e.number, &order, e.account, "answered")?;
                self.drafted(e.number)?.answer = e.digest;
            }
            E::Delivered(e) => {
                let order = *self.drafted(e.number)?;
                let why = |why: String| format!("order {} is delivered: {why}", e.number);
                self.people.discloses(e.account, order.account()).map_err(why)?;
                within(e.number, order.scope, e.fields)?;
                let order = self.drafted(e.number)?;
                (order.answer, order.delivered) = (e.digest, order.delivered | e.fields);
            }
            E::Looked(e) => {
                let order = *self.drafted(e.number)?;
                self.supervised(e.number, &order, e.account, "looked at")?;
                self.issued(e.number, &order, e.account, "looked at")?;
                within(e.number, order.delivered, e.fields)?;
                if order.until_ms != 0 && now_ms >= order.until_ms {
                    return Err(format!(
                        "order {} ended at {}, and somebody looks",
                        e.number, order.until_ms
                    ));
                }
            }
            E::Settled(e) => {
                let order = *self.drafted(e.number)?;
                let roles = [Role::Supervisor, Role::Provincial];
                let orphan = !roles.into_iter().any(|role| self.people.has(order.authority, role));
                self.supervised(e.number, &order, e.account, "settled")?;
                if !(orphan && self.people.is(e.account, Role::Supervisor)) {
                    self.issued(e.number, &order, e.account, "settled")?;
                }
                if e.digest != order.answer {
                    let last = order.answer;
                    return Err(format!(
                        "order {} is settled by {}, its answer is {last}",
                        e.number, e.digest
                    ));
                }
            }
            E::AppealFiled(e) => {
                let order = *self.drafted(e.number)?;
                self.targeted(e.number, &order, e.account, "appealed against")?;
                if self.drafted(e.number)?.appellant.replace(e.account).is_some() {
                    return Err(format!("order {} is appealed against twice", e.number));
                }
            }
            E::AppealDecided(e) => {
                let order = *self.drafted(e.number)?;
                let what = format!("appeal against order {}", e.number);
                if !self.people.is(e.account, Role::Supervisor) {
                    return Err(format!("{what} is decided by {}, no supervisor", e.account));
                }
                if order.appellant.is_none() {
                    return Err(format!("{what} is decided, and nobody appealed"));
                }
                for other in [Some(order.issuer), order.second, order.appellant].into_iter().flatten() {
                    self.people.two(&what, other, e.account)?;
                }
                if e.revoked {
                    deed.effects.extend(undone(e.number, &order));
                    self.drafted(e.number)?.over = true;
                }
            }
        }
        Ok(())
    }

    fn drafted(&mut self, number: u64) -> Result<&mut Order, String> {
        self.orders.get_mut(&number).ok_or_else(|| format!("order {number} was never drafted"))
    }

    /// Every order is two-handed, and both hands are supervisors'.
    fn second(&mut self, number: u64, account: Address, what: &str) -> Result<Order, String> {
        let order = *self.drafted(number)?;
        self.people.two(&format!("order {number} is drafted and {what}"), order.issuer, account)?;
        self.supervised(number, &order, account, what)?;
        Ok(order)
    }

    /// An account supervises the target: the national administration every one, a provincial one the
    /// services of its province.
    fn supervised(&self, number: u64, order: &Order, account: Address, what: &str) -> Result<(), String> {
        let province = match TargetKind::from_number(order.kind) {
            Some(TargetKind::Service) => match self.services.get(&order.target) {
                Some(service) => self.filings.province_of(order.target).unwrap_or(service.province),
                None => return Err(format!("order {number} against no service: {order:?}")),
            },
            _ => 0,
        };
        if self.people.supervises(account, province) {
            return Ok(());
        }
        Err(format!("order {number} is {what} by {account}, which does not supervise its target"))
    }

    /// An account acts for the organisation that issued the order.
    fn issued(&self, number: u64, order: &Order, account: Address, what: &str) -> Result<(), String> {
        let organisation = self.people.organisation_of(account);
        if organisation != 0 && organisation == order.authority {
            return Ok(());
        }
        Err(format!(
            "order {number} of organisation {} is {what} by {account} of organisation {organisation}",
            order.authority
        ))
    }

    /// An account is the target, or a colleague, or of the same subject. Who provides a service is the
    /// register's to say.
    fn targeted(&self, number: u64, order: &Order, account: Address, what: &str) -> Result<(), String> {
        let target = match TargetKind::from_number(order.kind) {
            Some(TargetKind::Account) => order.account(),
            _ => return Ok(()),
        };
        let organisation = self.people.organisation_of(account);
        let colleague = organisation != 0 && organisation == self.people.organisation_of(target);
        if colleague || self.people.same(account, target) {
            return Ok(());
        }
        Err(format!("order {number} is {what} by {account}, its target is {target}"))
    }
}

fn within(number: u64, allowed: u32, asked: u32) -> Result<(), String> {
    if asked & !allowed == 0 {
        return Ok(());
    }
    Err(format!("order {number} allows {allowed:#b}, {asked:#b} was handed over or looked at"))
}
