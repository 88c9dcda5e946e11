//! What clients ask of the supervised part: everybody takes steps of every module in any order,
//! mostly steps that could be taken now, sometimes as the wrong person.

#![expect(non_snake_case, reason = "fields of the interfaces bear Solidity names")]

use crate::{
    cast::{
        CARRIER, CARRIER_CODE, CITIZENS, FIRM, FIRM_CODE, MINISTRY, MINISTRY_ID, OFFICE, OFFICERS, PROVINCE,
        VOTERS,
    },
    judge::{Bond, Model, Reach, Told},
    workload::{BATCH, Expect, Order, SHOP, Way, register},
};
use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use ding_modules::{
    calendar::Day,
    evidence, filing,
    identity::{self, abi::IIdentity},
    ids::FilingNumber,
    members::{self, Role, abi::IMembers},
    once::{self, abi::IOnce},
    orders::{self, Action, TargetKind, abi::IOrders},
    pilot,
    services::{self, abi::IServices},
};
use ding_seat::dice::Dice;
use std::ops::Range;

mod filings;
mod pilots;

/// A step: who takes it, what it is, what must come of it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number of the account.
    pub who: usize,
    /// What is sent.
    pub order: Order,
    /// What must come of it.
    pub told: Told,
}

/// Contracts of services.
const SHOPS: usize = 5;
/// Services that are declared without a filing.
const SERVICES: u64 = 3;
/// The latest orders are those that something happens to.
const ORDERS: usize = 6;

/// Draws a step over what is known of the ledger. `now_ms` is the time, since 1970.
pub fn draw(dice: &mut Dice, model: &Model, accounts: &[Address], now_ms: u64) -> Step {
    let mut draw = Draw { dice, model, accounts, now_ms };
    let shops = draw.of_length(SHOP.len());
    let attached = shops.iter().filter(|shop| model.facts().is_attached(shop)).count();
    if attached == 0 && draw.dice.chance(300) {
        // Nothing could be stopped yet.
        return if shops.is_empty() { draw.reach() } else { draw.service() };
    }
    match draw.dice.below(100) {
        0..=20 => draw.reach(),
        21..=38 => draw.order(),
        39..=48 => draw.identity(),
        49..=56 => draw.service(),
        57..=66 => draw.once(),
        67..=80 => draw.filing(),
        81..=93 => draw.pilot(),
        94 | 95 => draw.membership(),
        _ => draw.vote(),
    }
}

struct Draw<'a> {
    dice: &'a mut Dice,
    model: &'a Model,
    accounts: &'a [Address],
    now_ms: u64,
}

fn digest(number: u64) -> B256 {
    alloy_primitives::keccak256(number.to_be_bytes())
}

fn text() -> String {
    "as found".into()
}

impl Draw<'_> {
    fn address(&self, who: usize) -> Address {
        self.accounts.get(who).copied().unwrap_or_default()
    }

    fn one_of(&mut self, range: Range<usize>) -> usize {
        range.start + self.dice.index(range.len())
    }

    fn anybody(&mut self) -> usize {
        self.one_of(0..self.accounts.len())
    }

    /// Usually one of these, sometimes anybody.
    fn mostly(&mut self, range: Range<usize>) -> usize {
        if self.dice.chance(920) { self.one_of(range) } else { self.anybody() }
    }

    fn supervisor(&mut self) -> usize {
        let range = if self.dice.chance(850) { OFFICERS } else { PROVINCE };
        self.mostly(range)
    }

    fn small(&mut self, low: u8, high: u8) -> u8 {
        u8::try_from(self.dice.between(low.into(), high.into())).unwrap_or(low)
    }

    fn flag(&mut self) -> bool {
        self.dice.chance(500)
    }

    fn today(&self) -> u32 {
        Day::from_ms(self.now_ms).get()
    }

    /// A time soon, or none.
    fn soon(&mut self, longest_ms: u64) -> u64 {
        self.now_ms + self.dice.between(2_000, longest_ms)
    }

    fn step(&self, who: usize, order: Order) -> Step {
        let told = Told::of(order.expect, None);
        Step { who, order, told }
    }

    fn ask(&self, who: usize, module: Address, call: &impl SolCall) -> Step {
        self.step(who, Order::ask(module, call))
    }

    fn of_length(&self, length: usize) -> Vec<Address> {
        let contracts = self.model.contracts().iter();
        contracts.filter(|(_, code)| **code == length as u64).map(|(address, _)| *address).collect()
    }

    /// A call of a service, straight or through a contract.
    fn reach(&mut self) -> Step {
        let shops = self.of_length(SHOP.len());
        let who = self.anybody();
        if shops.len() < SHOPS && self.dice.chance(if shops.is_empty() { 1_000 } else { 250 }) {
            let who = self.one_of(FIRM);
            return self.step(who, Order::create(SHOP));
        }
        if shops.is_empty() {
            return self.step(who, Order::create(SHOP));
        }
        let attached: Vec<Address> =
            shops.iter().copied().filter(|shop| self.model.facts().is_attached(shop)).collect();
        let shop = match attached.is_empty() {
            false if self.dice.chance(800) => *self.dice.pick(&attached),
            _ => *self.dice.pick(&shops),
        };
        if self.dice.chance(300) {
            let order = Order::count(shop);
            let told = Told::of(order.expect, Some(shop));
            return Step { who, order, told };
        }
        let way = *self.dice.pick(&Way::ALL);
        let code = way.code();
        let Some(forwarder) = self.of_length(code.len()).first().copied() else {
            return self.step(who, Order::create(&code));
        };
        let mut reaches = [None; BATCH];
        let mut targets = vec![shop];
        if way == Way::Batch {
            targets.extend([*self.dice.pick(&shops), *self.dice.pick(&shops)]);
        }
        for (reach, target) in reaches.iter_mut().zip(&targets) {
            let counts = if way.counts_itself() { forwarder } else { *target };
            *reach = Some(Reach { target: *target, counts });
        }
        let order = Order::forward(forwarder, &targets);
        let told = Told { reaches, goes_on: way == Way::Batch, ..Told::of(Expect::Success, None) };
        Step { who, order, told }
    }

    fn order(&mut self) -> Step {
        let known: Vec<(u64, crate::judge::OrderFact)> =
            self.model.facts().orders().iter().rev().map(|(number, order)| (*number, *order)).collect();
        let drafts: Vec<_> = known
            .iter()
            .filter(|(_, order)| order.second.is_none() && !order.over)
            .take(ORDERS)
            .copied()
            .collect();
        let live: Vec<_> = known
            .iter()
            .filter(|(_, order)| order.second.is_some() && !order.over)
            .take(ORDERS)
            .copied()
            .collect();
        let module = orders::state::ADDRESS;
        let some = digest(self.dice.below(5));
        if !drafts.is_empty() && self.dice.chance(550) {
            let (number, _) = *self.dice.pick(&drafts);
            let who = self.supervisor();
            return match self.dice.below(12) {
                0 => self.ask(who, module, &IOrders::declineCall { number, reasons: some }),
                1 => self.ask(who, module, &IOrders::withdrawCall { number }),
                _ => self.ask(who, module, &IOrders::approveCall { number }),
            };
        }
        if !live.is_empty() && self.dice.chance(350) {
            let (number, order) = *self.dice.pick(&live);
            let target = self.accounts.iter().position(|account| account.into_word() == order.target);
            let target = target.unwrap_or(FIRM.start);
            let (authority, officer) = (self.one_of(OFFICE), self.supervisor());
            let (fields, flag) = (u32::from(self.small(1, 3)), self.flag());
            return match self.dice.below(7) {
                0 | 1 => self.ask(target, module, &IOrders::appealCall { number, grounds: some }),
                2 => self.ask(target, module, &IOrders::answerCall { number, digest: some }),
                3 => self.ask(authority, module, &IOrders::deliverCall { number, fields, digest: some }),
                4 => self.ask(officer, module, &IOrders::lookCall { number, fields, matches: flag }),
                5 => {
                    let digest = if self.dice.chance(800) { order.answer } else { some };
                    let call = IOrders::settleCall { number, accepted: flag, digest, finding: some };
                    self.ask(officer, module, &call)
                }
                _ => {
                    let call = IOrders::decideAppealCall { number, revoke: flag, reasons: some };
                    self.ask(officer, module, &call)
                }
            };
        }
        let what = self.draft(&live);
        let who = self.supervisor();
        self.ask(who, module, &IOrders::draftCall { what })
    }

    /// A new order, or one that lifts another.
    fn draft(&mut self, live: &[(u64, crate::judge::OrderFact)]) -> IOrders::Draft {
        let empty = |action: Action, kind: TargetKind, target: B256| IOrders::Draft {
            action: action.number(),
            targetKind: kind.number(),
            target,
            fromHeight: 0,
            untilMs: 0,
            workingDays: 0,
            refersTo: 0,
            scope: 0,
            caseNumber: B256::ZERO,
            content: digest(1),
            basis: "Order No. 3 of the CAC, art. 15".into(),
        };
        if !live.is_empty() && self.dice.chance(550) {
            let (number, order) = *self.dice.pick(live);
            let lifting = Action::from_number(order.action).and_then(Action::lifted_by);
            if let (Some(lifting), Some(kind)) = (lifting, TargetKind::from_number(order.kind)) {
                return IOrders::Draft { refersTo: number, ..empty(lifting, kind, order.target) };
            }
        }
        let services: Vec<B256> = self.model.facts().services().keys().copied().collect();
        let service = if services.is_empty() { digest(0) } else { *self.dice.pick(&services) };
        let whom = if self.flag() { self.one_of(CITIZENS) } else { self.anybody() };
        let account = self.address(whom).into_word();
        let until = if self.flag() { 0 } else { self.soon(60_000) };
        match self.dice.below(10) {
            0..=3 => {
                let later = self.model.height() + self.dice.between(2, 6);
                let from = if self.dice.chance(700) { 0 } else { later };
                let suspend = empty(Action::Suspend, TargetKind::Service, service);
                IOrders::Draft { untilMs: until, fromHeight: from, ..suspend }
            }
            4..=6 => IOrders::Draft { untilMs: until, ..empty(Action::Freeze, TargetKind::Account, account) },
            7 => IOrders::Draft { workingDays: 10, ..empty(Action::Inquire, TargetKind::Service, service) },
            8 => IOrders::Draft { workingDays: 3, ..empty(Action::Rectify, TargetKind::Account, account) },
            _ => IOrders::Draft {
                workingDays: 3,
                scope: 3,
                caseNumber: digest(2),
                ..empty(Action::Disclose, TargetKind::Account, account)
            },
        }
    }

    fn identity(&mut self) -> Step {
        use IIdentity::*;
        let module = identity::state::ADDRESS;
        let free: Vec<usize> = (FIRM.end..self.accounts.len())
            .filter(|who| self.model.facts().bond(&self.address(*who)).is_none())
            .collect();
        let authority = self.mostly(OFFICE);
        if !free.is_empty() && self.dice.chance(450) {
            let whom = *self.dice.pick(&free);
            let account = self.address(whom);
            let bind = bindCall {
                account,
                kind: 1,
                subject: digest(100 + self.dice.below(8)),
                level: self.small(1, 4),
                expiryMs: if self.dice.chance(850) { 0 } else { self.soon(90_000) },
                code: B256::ZERO,
                nameDigest: B256::ZERO,
            };
            return self.ask(authority, module, &bind);
        }
        if self.dice.chance(60) {
            return self.two_of_one_subject(authority);
        }
        let whom = self.one_of(CARRIER..self.accounts.len());
        let other = self.anybody();
        let (account, successor) = (self.address(whom), self.address(other));
        let reason = self.small(1, 9);
        match (self.model.facts().bond(&account), self.dice.below(10)) {
            (Some(Bond::Invited(inviter)), 0..=7) => self.ask(whom, module, &acceptCall { inviter }),
            (Some(Bond::Suspended), 0..=6) => self.ask(authority, module, &restoreCall { account, reason }),
            (_, 0 | 1) => self.ask(authority, module, &suspendCall { account, reason }),
            (_, 2) => self.ask(authority, module, &rotateCall { account, successor, reason }),
            (_, 3) => self.ask(authority, module, &addAccountCall { root: account, account: successor }),
            (_, 4 | 5) => {
                let purpose = self.small(1, 2);
                self.ask(whom, module, &inviteCall { account: successor, purpose })
            }
            (_, 6) => self.ask(whom, module, &withdrawInvitationCall { account: successor }),
            (_, 7) => {
                let binding = self.dice.between(1, self.model.facts().counts().bindings + 1);
                let expiryMs = if self.dice.chance(600) { 0 } else { self.soon(60_000) };
                let call = renewCall { binding, level: self.small(1, 4), expiryMs };
                self.ask(authority, module, &call)
            }
            (_, 8) if self.dice.chance(300) => self.ask(authority, module, &revokeCall { account, reason }),
            _ => self.ask(authority, module, &restoreCall { account, reason }),
        }
    }

    /// Two officers are bound to one subject: they are one hand from then on.
    fn two_of_one_subject(&mut self, authority: usize) -> Step {
        let module = identity::state::ADDRESS;
        let (root, account) = (self.address(OFFICERS.start), self.address(OFFICERS.start + 1));
        if self.model.facts().bond(&root).is_some() {
            return self.ask(authority, module, &IIdentity::addAccountCall { root, account });
        }
        let bind = IIdentity::bindCall {
            account: root,
            kind: 1,
            subject: digest(99),
            level: 2,
            expiryMs: 0,
            code: B256::ZERO,
            nameDigest: B256::ZERO,
        };
        self.ask(authority, module, &bind)
    }

    /// Citizens come to act for organisations, and leave them; mostly colleagues say so.
    fn membership(&mut self) -> Step {
        let module = members::state::ADDRESS;
        let whom = self.one_of(CITIZENS);
        let account = self.address(whom);
        let own = self.model.facts().organisation_of(&account);
        let acts = |who: &usize| self.model.facts().organisation_of(&self.address(*who)) == own;
        let colleague = (0..CARRIER).find(acts).unwrap_or(whom);
        if own != 0 && self.dice.chance(700) {
            let who = if self.dice.chance(900) { colleague } else { self.anybody() };
            return self.ask(who, module, &IMembers::removeAccountCall { id: own, account });
        }
        let range = [OFFICERS, PROVINCE, OFFICE, FIRM];
        let range = self.dice.pick(&range).clone();
        let who = self.mostly(range.clone());
        let id = self.model.facts().organisation_of(&self.address(range.start));
        self.ask(who, module, &IMembers::addAccountCall { id, account })
    }

    /// Services that are declared without a filing.
    fn service(&mut self) -> Step {
        use IServices::*;
        let module = services::state::ADDRESS;
        let shops = self.of_length(SHOP.len());
        let free: Vec<Address> =
            shops.iter().copied().filter(|shop| !self.model.facts().is_attached(shop)).collect();
        let id = digest(200 + self.dice.below(SERVICES));
        let officer = self.supervisor();
        let mut contracts = Vec::new();
        if !free.is_empty() {
            contracts.push(*self.dice.pick(&free));
        }
        if self.dice.chance(100) {
            contracts.push(evidence::state::ADDRESS);
        }
        let known = self.model.facts().services().get(&id).cloned();
        match (known, self.dice.below(10)) {
            (None, _) => {
                let provider = FIRM.start + self.dice.index(3);
                let provider = self.address(provider);
                let goLive = self.today();
                let division = if self.dice.chance(900) { 11 } else { 33 };
                self.ask(officer, module, &declareCall { id, provider, division, goLive, contracts })
            }
            (Some(service), 0..=4) if service.number.is_none() => {
                let filer = 5_000 + u32::from(self.small(0, 1));
                let number = FilingNumber::form(110_108, 2026, filer, 1);
                let number = number.map(|number| number.as_str().to_owned()).unwrap_or_default();
                self.ask(officer, module, &recordCall { id, number })
            }
            (_, 0..=6) if !contracts.is_empty() => {
                self.ask(officer, module, &addContractsCall { id, contracts })
            }
            (_, 7) if !shops.is_empty() => {
                let contracts = vec![*self.dice.pick(&shops)];
                self.ask(officer, module, &removeContractsCall { id, contracts })
            }
            _ => {
                let who = self.anybody();
                self.ask(who, module, &refreshCall { id })
            }
        }
    }

    /// Several race for few keys of registers that are everybody's.
    fn once(&mut self) -> Step {
        use IOnce::*;
        let code = register();
        let who = self.anybody();
        let Some(owner) = self.of_length(code.len()).first().copied() else {
            return self.step(who, Order::create(&code));
        };
        let (name, key) = (digest(300), digest(301 + self.dice.below(4)));
        let content = digest(310 + self.dice.below(2));
        let (first, second) = (self.one_of(CITIZENS), self.one_of(CITIZENS));
        let (holder, other) = (self.address(first), self.address(second));
        let owner = if self.dice.chance(900) { owner } else { once::state::ADDRESS };
        let order = match self.dice.below(10) {
            0..=4 => {
                let untilMs = self.soon(60_000);
                Order::register(owner, &reserveCall { register: name, key, content, holder, untilMs })
            }
            5 | 6 => {
                let forEver = self.dice.chance(200);
                Order::register(owner, &confirmCall { register: name, key, content, holder, forEver })
            }
            7 | 8 => Order::register(owner, &releaseCall { register: name, key, holder }),
            _ => Order::register(owner, &transferCall { register: name, key, from: holder, to: other }),
        };
        self.step(who, order)
    }

    fn vote(&mut self) -> Step {
        use IMembers::*;
        let module = members::state::ADDRESS;
        let proposals: Vec<(u64, crate::judge::Proposal)> = self
            .model
            .facts()
            .proposals()
            .iter()
            .filter(|(_, proposal)| proposal.open || proposal.approved)
            .map(|(id, proposal)| (*id, proposal.clone()))
            .collect();
        let supervised = [services::state::ADDRESS, filing::state::ADDRESS, pilot::state::ADDRESS];
        if !proposals.is_empty() && self.dice.chance(750) {
            let (id, proposal) = self.dice.pick(&proposals).clone();
            let range = if supervised.contains(&proposal.target) { OFFICERS } else { VOTERS };
            let who = self.mostly(range);
            if proposal.approved {
                let order = Order {
                    input: proposal.input,
                    ..Order::ask(proposal.target, &voteCall { id, approve: true })
                };
                return self.step(who, order);
            }
            let approve = self.dice.chance(800);
            return if self.dice.chance(60) {
                self.ask(who, module, &withdrawCall { id })
            } else {
                self.ask(who, module, &voteCall { id, approve })
            };
        }
        let ids: Vec<B256> = self.model.facts().services().keys().copied().collect();
        let (target, input, range) = match self.dice.below(7) {
            0 => {
                let name = B256::right_padding_from(b"approval_permille");
                let value = self.dice.between(500, 800);
                (module, setParameterCall { name, value }.abi_encode(), VOTERS)
            }
            1 => {
                let name = format!("Observer {}", self.dice.below(4));
                let call = addOrganisationCall { name, code: String::new(), division: 0, roles: 0 };
                (module, call.abi_encode(), VOTERS)
            }
            2 if !ids.is_empty() && self.dice.chance(300) => {
                let id = *self.dice.pick(&ids);
                (services::state::ADDRESS, IServices::deregisterCall { id }.abi_encode(), OFFICERS)
            }
            2 | 3 => {
                let workingDays = u16::from(self.small(5, 20));
                let call = filing::abi::IFiling::setPeriodCall { clock: 12, workingDays, from: self.today() };
                (filing::state::ADDRESS, call.abi_encode(), OFFICERS)
            }
            4 => {
                let call = pilot::abi::IPilot::setParametersCall {
                    commentDays: 5,
                    reportDays: u16::from(self.small(1, 9)),
                    durationDays: 730,
                    assessmentMonths: 6,
                };
                (pilot::state::ADDRESS, call.abi_encode(), OFFICERS)
            }
            5 => {
                // The province loses its role, and gets it again.
                let id = self.model.facts().organisation_of(&self.address(PROVINCE.start));
                let roles = if self.flag() { Role::Provincial.bit() } else { 0 };
                (module, setRolesCall { id, roles, division: 11 }.abi_encode(), VOTERS)
            }
            _ => {
                let call =
                    IIdentity::appointCall { organisation: MINISTRY_ID, name: String::new(), fromMs: 0 };
                (identity::state::ADDRESS, call.abi_encode(), VOTERS)
            }
        };
        let who = self.mostly(range);
        let propose = proposeCall { target, input: input.into(), notBeforeMs: 0, title: "as agreed".into() };
        self.ask(who, module, &propose)
    }
}
