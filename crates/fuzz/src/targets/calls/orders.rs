//! The module `orders` once more, for accounts that are bound to nobody: two hands for each order, what
//! lifts it, answers and appeals, and who is frozen until when.
//!
//! Services and disclosures are left out; what is said of them is only that the parts of a draft are
//! checked.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod stories;

pub(in crate::targets) use stories::seeds;

use super::{
    Address, Answer, B256, Feed, Log, NOBODY, Now, Refusal, Via, calendar, calendar::day_at, digest, log,
    organisation_of, refuse, wallet,
};
use alloy_sol_types::SolCall as _;
use ding_modules::{
    identity::{self, abi::IIdentity::FrozenSet},
    orders::{
        abi::IOrders::{self, IOrdersCalls as C, *},
        state::ADDRESS,
    },
};
use ding_primitives::{keccak256, limits};
use std::collections::BTreeMap;

const HOUR_MS: u64 = 3_600_000;
/// A freeze without an end, as `identity` has it.
const NEVER_MS: u64 = identity::standing::NEVER_MS;
const FREEZES_MAX: usize = 4;
const FREEZE: u8 = 3;
const RELEASE: u8 = 4;
const DISCLOSE: u8 = 7;
const LIFT: u8 = 8;

#[derive(Clone, Debug)]
struct Written {
    what: Draft,
    authority: u32,
    issuer: Address,
    second: Address,
    drafted_ms: u64,
    decided_ms: u64,
    from_height: u64,
    status: u8,
    answer: B256,
    appeal: Option<Appeal>,
}

impl Written {
    fn account(&self) -> Address {
        Address::from_word(self.what.target)
    }

    /// In force, or answered, until its time is over.
    const fn status(&self, now: Now) -> u8 {
        let over = self.what.untilMs != 0 && now.timestamp_ms >= self.what.untilMs;
        if over && (self.status == 2 || self.status == 3) { 9 } else { self.status }
    }

    fn appealed(&self) -> u8 {
        self.appeal.as_ref().map_or(0, |appeal| appeal.state)
    }

    /// How long it freezes an account, if it does.
    fn freezes_until(&self, now: Now) -> Option<u64> {
        let freezes = self.what.action == FREEZE && self.status(now) == 2;
        freezes.then_some(if self.what.untilMs == 0 { NEVER_MS } else { self.what.untilMs })
    }
}

/// Every order, by its number, and what a year's report counts.
#[derive(Clone)]
pub(super) struct Model {
    orders: BTreeMap<u64, Written>,
    /// By year and action.
    tallies: BTreeMap<(u32, u8), Tally>,
    /// Freezes of an account in the order in which they began.
    freezes: BTreeMap<Address, Vec<u64>>,
    days: calendar::Model,
}

const fn nothing() -> Tally {
    Tally { drafted: 0, approved: 0, dropped: 0, lifted: 0, answered: 0, late: 0, appealed: 0, granted: 0 }
}

/// The national administration.
fn supervisor(account: Address) -> Result<u32, Refusal> {
    match organisation_of(account) {
        organisation @ (1 | 3) => Ok(organisation),
        organisation => refuse(RoleRequired { account, organisation, role: 1 }),
    }
}

const fn lifts(action: u8) -> bool {
    matches!(action, 2 | RELEASE | LIFT)
}

const fn has_clock(action: u8) -> bool {
    matches!(action, 5..=DISCLOSE)
}

fn another(number: u64, account: Address, other: Address) -> Result<(), Refusal> {
    if account == other { refuse(SamePerson { number, account, other }) } else { Ok(()) }
}

fn given(digest: B256) -> Result<(), Refusal> {
    if digest.is_zero() { refuse(DigestRequired {}) } else { Ok(()) }
}

fn ends(untilMs: u64, now: Now) -> Result<(), Refusal> {
    let nowMs = now.timestamp_ms;
    let fits = untilMs == 0 || (untilMs > nowMs && untilMs < 1 << 48);
    if fits { Ok(()) } else { refuse(OrderEnd { untilMs, nowMs }) }
}

impl Model {
    fn order(&self, number: u64) -> Result<&Written, Refusal> {
        self.orders.get(&number).map_or_else(|| refuse(NoSuchOrder { number }), Ok)
    }

    /// The order, which must have one of these states for a step.
    fn at(&self, number: u64, step: u8, states: &[u8], now: Now) -> Result<&Written, Refusal> {
        let order = self.order(number)?;
        let status = order.status(now);
        if states.contains(&status) { Ok(order) } else { refuse(WrongOrderStatus { number, status, step }) }
    }

    fn change(&mut self, number: u64, change: impl FnOnce(&mut Written)) {
        self.orders.get_mut(&number).map(change);
    }

    fn count(&mut self, action: u8, now: Now, count: impl FnOnce(&mut Tally)) {
        let year = calendar::date(day_at(now.timestamp_ms)).year;
        count(self.tallies.entry((year.into(), action)).or_insert_with(nothing));
    }

    /// Day of the last working day to answer, and whether that is provisional.
    fn due(&self, order: &Written, now: Now) -> Option<(u32, bool)> {
        let days = order.what.workingDays;
        let decided = days != 0 && order.decided_ms != 0;
        decided.then(|| self.days.after(day_at(now.timestamp_ms), day_at(order.decided_ms), days.into()))
    }

    fn is_late(&self, order: &Written, now: Now) -> bool {
        self.due(order, now).is_some_and(|(day, _)| day_at(now.timestamp_ms) > day)
    }

    /// Sixty days from a day on, and no day of rest.
    fn sixty(&self, from: u32, now: Now) -> u32 {
        self.days.not_a_day_of_rest(day_at(now.timestamp_ms), from + 60).0
    }

    fn require_target(number: u64, account: Address, order: &Written) -> Result<(), Refusal> {
        let target = order.account();
        let organisation = organisation_of(account);
        if account == target || (organisation != 0 && organisation == organisation_of(target)) {
            return Ok(());
        }
        refuse(NotTheTarget { number, account })
    }

    fn require_parts(what: &Draft, now: Now) -> Result<(), Refusal> {
        let action = what.action;
        if !(1..=8).contains(&action) {
            return refuse(UnknownAction { action });
        }
        let takes = match what.targetKind {
            1 => matches!(action, 1 | 2 | 5 | 6 | LIFT),
            2 => action > 2,
            _ => false,
        };
        let padded = what.target.iter().take(12).all(|byte| *byte == 0);
        if !takes || what.target.is_zero() || (what.targetKind == 2 && !padded) {
            return refuse(WrongTarget { action, targetKind: what.targetKind, target: what.target });
        }
        // There, needed, allowed.
        let parts = [
            ("fromHeight", what.fromHeight != 0, false, action <= 2),
            ("untilMs", what.untilMs != 0, false, matches!(action, 1 | FREEZE | DISCLOSE)),
            ("workingDays", what.workingDays != 0, has_clock(action), has_clock(action)),
            ("refersTo", what.refersTo != 0, lifts(action), lifts(action)),
            ("scope", what.scope != 0, action == DISCLOSE, action == DISCLOSE),
            ("caseNumber", !what.caseNumber.is_zero(), action == DISCLOSE, true),
        ];
        for (part, there, needed, allowed) in parts {
            if needed && !there {
                return refuse(PartRequired { action, part: part.into() });
            }
            if there && !allowed {
                return refuse(PartNotTaken { action, part: part.into() });
            }
        }
        let (length, max) = (what.basis.len() as u64, limits::ORDER_BASIS_BYTES_MAX as u64);
        if length > max || what.basis.trim().is_empty() {
            return refuse(BasisLength { length, max });
        }
        if what.workingDays > limits::ORDER_WORKING_DAYS_MAX {
            let max = limits::ORDER_WORKING_DAYS_MAX;
            return refuse(WorkingDays { workingDays: what.workingDays, max });
        }
        ends(what.untilMs, now)?;
        if what.scope > 0b111_1111 {
            return refuse(UnknownFields { scope: what.scope, known: 0b111_1111 });
        }
        Ok(())
    }

    /// What a lifting order refers to: of the action that it lifts, with the same target, and binding.
    fn require_to_lift(&self, what: &Draft, now: Now) -> Result<(), Refusal> {
        let number = what.refersTo;
        let lifted = self.order(number)?;
        let (action, status) = (lifted.what.action, lifted.status(now));
        let fits = match action {
            1 => what.action == 2,
            FREEZE => what.action == RELEASE,
            5..=DISCLOSE => what.action == LIFT,
            _ => false,
        };
        let same = (lifted.what.targetKind, lifted.what.target) == (what.targetKind, what.target);
        if fits && same && matches!(status, 2 | 3) {
            return Ok(());
        }
        refuse(NotToLift { number, action, status })
    }

    fn draft(&mut self, issuer: Address, what: &Draft, now: Now) -> Answer {
        Self::require_parts(what, now)?;
        if what.targetKind == 1 {
            return refuse(NoSuchService { id: what.target });
        }
        let authority = supervisor(issuer)?;
        let account = Address::from_word(what.target);
        if what.action == FREEZE
            && let Ok(organisation) = supervisor(account)
        {
            return refuse(ProtectedAccount { account, organisation });
        }
        if what.action == DISCLOSE {
            return refuse(NotBound { account });
        }
        if lifts(what.action) {
            self.require_to_lift(what, now)?;
        }
        let year: u32 = calendar::date(day_at(now.timestamp_ms)).year.into();
        let number = u64::from(year) * 1_000_000 + u64::from(self.of_year(year)) + 1;
        let drafted_ms = now.timestamp_ms;
        self.orders.insert(
            number,
            Written {
                what: what.clone(),
                authority,
                issuer,
                second: Address::ZERO,
                drafted_ms,
                decided_ms: 0,
                from_height: what.fromHeight,
                status: 1,
                answer: B256::ZERO,
                appeal: None,
            },
        );
        self.count(what.action, now, |tally| tally.drafted += 1);
        let (target, order) = (what.target, what.clone());
        let event = OrderDrafted { number, target, authority, issuer, timestampMs: drafted_ms, order };
        Ok((draftCall::abi_encode_returns(&number), vec![log(ADDRESS, &event)]))
    }

    fn of_year(&self, year: u32) -> u32 {
        let numbers = self.orders.keys().filter(|number| **number / 1_000_000 == u64::from(year));
        u32::try_from(numbers.count()).unwrap_or(u32::MAX)
    }

    fn approve(&mut self, approver: Address, number: u64, now: Now) -> Answer {
        let old = self.at(number, 1, &[1], now)?.clone();
        supervisor(approver)?;
        another(number, approver, old.issuer)?;
        let lifetimeMs = limits::ORDER_DRAFT_MS_MAX;
        if now.timestamp_ms - old.drafted_ms > lifetimeMs {
            return refuse(DraftTooOld { number, draftedMs: old.drafted_ms, lifetimeMs });
        }
        ends(old.what.untilMs, now)?;
        let (target, action, timestampMs) = (old.what.target, old.what.action, now.timestamp_ms);
        let fromHeight = old.from_height.max(now.height + 1);
        self.change(number, |order| {
            order.status = if lifts(action) { 4 } else { 2 };
            (order.second, order.decided_ms, order.from_height) = (approver, timestampMs, fromHeight);
        });
        self.count(action, now, |tally| tally.approved += 1);
        let (dueDay, provisional) = self.due(self.order(number)?, now).unwrap_or_default();
        let subject = B256::ZERO;
        let approved =
            OrderApproved { number, target, approver, fromHeight, dueDay, provisional, subject, timestampMs };
        let mut logs = vec![log(ADDRESS, &approved)];
        if lifts(action) {
            self.require_to_lift(&old.what, now)?;
            let lifted = old.what.refersTo;
            let action = self.order(lifted)?.what.action;
            self.change(lifted, |order| order.status = 7);
            self.count(action, now, |tally| tally.lifted += 1);
            logs.push(log(ADDRESS, &OrderLifted { number: lifted, target, by: number, timestampMs }));
            logs.extend(self.thaw(lifted, now)?);
        } else if action == FREEZE {
            let account = old.account();
            let mut live = self.live(account, now);
            live.retain(|other| *other != number);
            live.push(number);
            if live.len() > FREEZES_MAX {
                return refuse(TooManyFreezes { account, max: FREEZES_MAX as u64 });
            }
            self.freezes.insert(account, live);
            logs.push(self.frozen(account, now));
        }
        Ok((approveCall::abi_encode_returns(&fromHeight), logs))
    }

    /// Numbers of the orders that freeze an account now.
    fn live(&self, account: Address, now: Now) -> Vec<u64> {
        let all = self.freezes.get(&account).cloned().unwrap_or_default();
        let freezes =
            |number: &u64| self.orders.get(number).is_some_and(|order| order.freezes_until(now).is_some());
        all.into_iter().filter(freezes).collect()
    }

    /// What `identity` says of the account then.
    fn frozen(&self, account: Address, now: Now) -> Log {
        let ends = self
            .live(account, now)
            .into_iter()
            .filter_map(|number| self.orders.get(&number).and_then(|order| order.freezes_until(now)));
        log(identity::state::ADDRESS, &FrozenSet { account, untilMs: ends.max().unwrap_or(0) })
    }

    /// An order ended before its time.
    fn thaw(&mut self, number: u64, now: Now) -> Result<Option<Log>, Refusal> {
        let order = self.order(number)?;
        if order.what.action != FREEZE {
            return Ok(None);
        }
        let account = order.account();
        let live = self.live(account, now);
        self.freezes.insert(account, live);
        Ok(Some(self.frozen(account, now)))
    }

    fn decline(&mut self, account: Address, number: u64, reasons: B256, now: Now) -> Answer {
        let old = self.at(number, 3, &[1], now)?.clone();
        supervisor(account)?;
        another(number, account, old.issuer)?;
        let timestampMs = now.timestamp_ms;
        self.change(number, |order| {
            (order.status, order.second, order.decided_ms) = (6, account, timestampMs);
        });
        self.count(old.what.action, now, |tally| tally.dropped += 1);
        let event = OrderDeclined { number, target: old.what.target, account, reasons, timestampMs };
        Ok((Vec::new(), vec![log(ADDRESS, &event)]))
    }

    fn withdraw(&mut self, account: Address, number: u64, now: Now) -> Answer {
        let old = self.at(number, 2, &[1], now)?.clone();
        if account != old.issuer {
            return refuse(NotTheIssuer { number, issuer: old.issuer });
        }
        self.change(number, |order| order.status = 5);
        self.count(old.what.action, now, |tally| tally.dropped += 1);
        let event = OrderWithdrawn { number, target: old.what.target, timestampMs: now.timestamp_ms };
        Ok((Vec::new(), vec![log(ADDRESS, &event)]))
    }

    fn answer_order(&mut self, account: Address, number: u64, digest: B256, now: Now) -> Answer {
        let states: &[u8] = if has_clock(self.order(number)?.what.action) { &[2, 3] } else { &[] };
        let old = self.at(number, 4, states, now)?.clone();
        Self::require_target(number, account, &old)?;
        given(digest)?;
        let late = self.is_late(&old, now);
        self.change(number, |order| (order.status, order.answer) = (3, digest));
        self.count(old.what.action, now, |tally| {
            tally.answered += 1;
            tally.late += u32::from(late);
        });
        let (target, timestampMs) = (old.what.target, now.timestamp_ms);
        let event = OrderAnswered { number, target, account, digest, late, timestampMs };
        Ok((answerCall::abi_encode_returns(&late), vec![log(ADDRESS, &event)]))
    }

    fn settle(&mut self, account: Address, call: &settleCall, now: Now) -> Answer {
        let settleCall { number, accepted, digest, finding } = *call;
        let old = self.at(number, if accepted { 5 } else { 6 }, &[3], now)?.clone();
        let organisation = supervisor(account)?;
        if organisation != old.authority {
            return refuse(NotTheAuthority { number, authority: old.authority, organisation });
        }
        if digest != old.answer {
            return refuse(AnswerReplaced { number, answer: old.answer, digest });
        }
        self.change(number, |order| order.status = if accepted { 4 } else { 2 });
        let (target, timestampMs) = (old.what.target, now.timestamp_ms);
        let event = OrderSettled { number, target, account, accepted, digest, finding, timestampMs };
        Ok((Vec::new(), vec![log(ADDRESS, &event)]))
    }

    fn appeal(&mut self, account: Address, number: u64, grounds: B256, now: Now) -> Answer {
        let old = self.order(number)?.clone();
        Self::require_target(number, account, &old)?;
        given(grounds)?;
        if old.appealed() != 0 {
            return refuse(AppealedBefore { number, appeal: old.appealed() });
        }
        let status = old.status(now);
        if !matches!(status, 2 | 3) && (status != 4 || lifts(old.what.action)) {
            return refuse(WrongOrderStatus { number, status, step: 10 });
        }
        let (today, lastDay) = (day_at(now.timestamp_ms), self.sixty(day_at(old.decided_ms), now));
        if today > lastDay {
            return refuse(AppealTooLate { number, lastDay, today });
        }
        let timestampMs = now.timestamp_ms;
        let appeal = Appeal {
            state: 1,
            appellant: account,
            filedMs: timestampMs,
            grounds,
            decider: Address::ZERO,
            decidedMs: 0,
            reasons: B256::ZERO,
        };
        self.change(number, |order| order.appeal = Some(appeal));
        self.count(old.what.action, now, |tally| tally.appealed += 1);
        let (target, dueDay) = (old.what.target, self.sixty(today, now));
        let event = AppealFiled { number, target, account, grounds, dueDay, timestampMs };
        Ok((Vec::new(), vec![log(ADDRESS, &event)]))
    }

    fn decide_appeal(&mut self, account: Address, call: &decideAppealCall, now: Now) -> Answer {
        let decideAppealCall { number, revoke, reasons } = *call;
        let old = self.order(number)?.clone();
        supervisor(account)?;
        another(number, account, old.issuer)?;
        another(number, account, old.second)?;
        let Some(filed) = old.appeal.clone().filter(|appeal| appeal.state == 1) else {
            return refuse(NoOpenAppeal { number, appeal: old.appealed() });
        };
        another(number, account, filed.appellant)?;
        given(reasons)?;
        let status = old.status(now);
        let revoked = revoke && matches!(status, 2..=4);
        let timestampMs = now.timestamp_ms;
        let state = if revoke { 3 } else { 2 };
        let decided = Appeal { state, decider: account, decidedMs: timestampMs, reasons, ..filed };
        self.change(number, |order| {
            order.appeal = Some(decided);
            order.status = if revoked { 8 } else { order.status };
        });
        if revoke {
            self.count(old.what.action, now, |tally| tally.granted += 1);
        }
        let target = old.what.target;
        let event = AppealDecided { number, target, account, revoked: revoke, reasons, timestampMs };
        let thawed = if revoked { self.thaw(number, now)? } else { None };
        Ok((Vec::new(), [log(ADDRESS, &event)].into_iter().chain(thawed).collect()))
    }

    fn shown(&self, number: u64, now: Now) -> IOrders::Order {
        let nobody = Written {
            what: Draft {
                action: 0,
                targetKind: 0,
                basis: String::new(),
                ..stories::inquiry(Address::ZERO, 0)
            },
            authority: 0,
            issuer: Address::ZERO,
            second: Address::ZERO,
            drafted_ms: 0,
            decided_ms: 0,
            from_height: 0,
            status: 0,
            answer: B256::ZERO,
            appeal: None,
        };
        let known = self.orders.get(&number);
        let order = known.unwrap_or(&nobody);
        let what = &order.what;
        let words = [keccak256(&what.basis), what.caseNumber, what.content].map(|word| word.0).concat();
        let (due, status) = (self.due(order, now), order.status(now));
        let (dueDay, provisional) = due.unwrap_or_default();
        IOrders::Order {
            status,
            action: what.action,
            targetKind: what.targetKind,
            target: what.target,
            authority: order.authority,
            issuer: order.issuer,
            second: order.second,
            draftedMs: order.drafted_ms,
            decidedMs: order.decided_ms,
            fromHeight: order.from_height,
            untilMs: what.untilMs,
            workingDays: what.workingDays,
            dueDay,
            provisional,
            overdue: status == 2 && self.is_late(order, now),
            refersTo: what.refersTo,
            scope: what.scope,
            delivered: 0,
            matter: known.map_or(B256::ZERO, |_| keccak256(words)),
            answer: order.answer,
            subject: B256::ZERO,
            appeal: order.appealed(),
        }
    }

    fn read(&self, call: &C, now: Now) -> Vec<u8> {
        match call {
            C::order(call) => orderCall::abi_encode_returns(&self.shown(call.number, now)),
            C::appealOf(call) => {
                let filed = self.orders.get(&call.number).and_then(|order| order.appeal.clone());
                let none = Appeal {
                    state: 0,
                    appellant: Address::ZERO,
                    filedMs: 0,
                    grounds: B256::ZERO,
                    decider: Address::ZERO,
                    decidedMs: 0,
                    reasons: B256::ZERO,
                };
                appealOfCall::abi_encode_returns(&filed.unwrap_or(none))
            }
            C::ordersOf(call) => ordersOfCall::abi_encode_returns(&self.of_year(call.year)),
            C::tally(call) => {
                let tally = self.tallies.get(&(call.year, call.action)).cloned();
                tallyCall::abi_encode_returns(&tally.unwrap_or_else(nothing))
            }
            C::freezesOf(call) => freezesOfCall::abi_encode_returns(&self.live(call.account, now)),
            // Stories draw no others.
            _ => Vec::new(),
        }
    }
}
