//! What stories ask of the model: calls drawn from bytes, and lives of orders from beginning to end.

use super::*;

/// Who is ordered: nobody whose transactions a block would refuse then.
fn target(number: u8) -> Address {
    let contract = |via: Via| via.contract().unwrap_or_default();
    match number % 8 {
        0 | 1 => contract(Via::CallTwice),
        2 => contract(Via::CallAndForget),
        3 => NOBODY,
        4 => contract(Via::Call),
        5 => wallet(0),
        6 => Address::ZERO,
        _ => Address::repeat_byte(0x78),
    }
}

/// An order to give information.
pub(super) fn inquiry(account: Address, workingDays: u16) -> Draft {
    Draft {
        action: 5,
        targetKind: 2,
        target: account.into_word(),
        fromHeight: 0,
        untilMs: 0,
        workingDays,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: "a law".into(),
    }
}

impl Model {
    fn draw_number(&self, feed: &mut Feed<'_>) -> u64 {
        let place = usize::from(feed.byte() % 8);
        self.orders.keys().nth(place).copied().unwrap_or(2_026_000_009)
    }
}

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    const LATER_MS: u64 = calendar::Model::LATER_MS;

    fn new() -> Self {
        Self {
            orders: BTreeMap::new(),
            tallies: BTreeMap::new(),
            freezes: BTreeMap::new(),
            days: calendar::Model::new(),
        }
    }

    fn reads(call: &C) -> bool {
        matches!(call, C::order(_) | C::appealOf(_) | C::ordersOf(_) | C::tally(_) | C::freezesOf(_))
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        match call {
            C::draft(call) => self.draft(caller, &call.what, now),
            C::approve(call) => self.approve(caller, call.number, now),
            C::decline(call) => self.decline(caller, call.number, call.reasons, now),
            C::withdraw(call) => self.withdraw(caller, call.number, now),
            C::answer(call) => self.answer_order(caller, call.number, call.digest, now),
            C::settle(call) => self.settle(caller, call, now),
            C::appeal(call) => self.appeal(caller, call.number, call.grounds, now),
            C::decideAppeal(call) => self.decide_appeal(caller, call, now),
            read => Ok((self.read(read, now), Vec::new())),
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let number = |feed: &mut Feed<'_>| self.draw_number(feed);
        match kind {
            0 => {
                let (action, plain) = (feed.byte() % 10, feed.byte());
                let account = target(feed.byte());
                let days = feed.pick(&[5, 1, 250, 251, 0]).unwrap_or_default();
                let ends = [0, HOUR_MS, 24 * HOUR_MS, 1];
                let end = feed.pick(&ends).filter(|end| *end != 0).map_or(0, |end| now.timestamp_ms + end);
                let refersTo = number(feed);
                let fits = Draft {
                    action,
                    untilMs: if action == FREEZE { end } else { 0 },
                    refersTo: if lifts(action) { refersTo } else { 0 },
                    ..inquiry(account, if has_clock(action) { days } else { 0 })
                };
                let what = match plain {
                    0..240 => fits,
                    240 => Draft { targetKind: 1, ..fits },
                    241 => Draft { targetKind: 3, ..fits },
                    242 => Draft { target: B256::repeat_byte(7), ..fits },
                    243 => Draft { fromHeight: 9, ..fits },
                    244 => Draft { untilMs: now.timestamp_ms, ..fits },
                    245 => Draft { workingDays: days, ..fits },
                    246 => Draft { refersTo, ..fits },
                    247 => Draft { scope: 1, ..fits },
                    248 => Draft { scope: 1 << 7, caseNumber: digest(1), ..fits },
                    249 => Draft { scope: 1, caseNumber: digest(1), content: digest(2), ..fits },
                    250 => Draft { basis: String::new(), ..fits },
                    251 => Draft { basis: " ".into(), ..fits },
                    252 => Draft { basis: "x".repeat(limits::ORDER_BASIS_BYTES_MAX + 1), ..fits },
                    253 => Draft { basis: "x".repeat(limits::ORDER_BASIS_BYTES_MAX), ..fits },
                    254 => Draft { untilMs: 1 << 48, ..fits },
                    255 => Draft { caseNumber: digest(3), ..fits },
                };
                C::draft(draftCall { what })
            }
            1 => C::approve(approveCall { number: number(feed) }),
            2 => {
                let number = number(feed);
                if feed.byte().is_multiple_of(2) {
                    C::decline(declineCall { number, reasons: digest(feed.byte()) })
                } else {
                    C::withdraw(withdrawCall { number })
                }
            }
            3 => {
                let (number, digest) = (number(feed), digest(feed.byte() % 3));
                match feed.byte() % 3 {
                    0 => C::answer(answerCall { number, digest }),
                    byte => C::settle(settleCall { number, accepted: byte == 1, digest, finding: digest }),
                }
            }
            _ => {
                let (number, grounds) = (number(feed), digest(feed.byte() % 3));
                match feed.byte() % 3 {
                    0 => C::appeal(appealCall { number, grounds }),
                    byte => C::decideAppeal(decideAppealCall { number, revoke: byte == 1, reasons: grounds }),
                }
            }
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let (kind, number) = (feed.byte() % 5, self.draw_number(feed));
        match kind {
            0 => C::order(orderCall { number }),
            1 => C::appealOf(appealOfCall { number }),
            2 => C::ordersOf(ordersOfCall { year: 2026 }),
            3 => C::tally(tallyCall { year: 2026, action: feed.byte() % 10 }),
            _ => C::freezesOf(freezesOfCall { account: target(feed.byte()) }),
        }
    }

    /// Often exactly to a time that matters to an order, or a moment before it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, early) = (feed.byte(), u64::from(feed.byte() % 2));
        let order = self.orders.values().nth(usize::from(byte % 8));
        let midnight = |day: u32| u64::from(day) * 24 * HOUR_MS - 8 * HOUR_MS;
        match (byte / 8, order) {
            (0, Some(order)) => order.what.untilMs.saturating_sub(early),
            (1, Some(order)) => order.drafted_ms + limits::ORDER_DRAFT_MS_MAX + 1 - early,
            (2, Some(order)) => midnight(self.due(order, now).map_or(1, |(day, _)| day + 1)) - early,
            (3, Some(order)) if order.decided_ms != 0 => {
                midnight(self.sixty(day_at(order.decided_ms), now) + 1) - early
            }
            _ => now.timestamp_ms + u64::from(byte) * HOUR_MS,
        }
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    // Kind, who, way, and what belongs to it; orders by their place.
    let draft = |who: u8, action: u8, plain: u8, target: u8, days: u8, end: u8, refers: u8| {
        vec![0, who, 0, action, plain, target, days, end, refers]
    };
    let freeze = |end: u8| draft(0, FREEZE, 0, 3, 0, end, 9);
    let inquire = || draft(0, 5, 0, 0, 0, 0, 9);
    let approve = |who: u8, place: u8| vec![1, who, 0, place];
    let decline = |who: u8, place: u8| vec![2, who, 0, place, 0, 1];
    let withdraw = |who: u8, place: u8| vec![2, who, 0, place, 1];
    // Through the contract that calls twice, which is the target, or by its colleague.
    let answer = |who: u8, way: u8, place: u8, digest: u8| vec![3, who, way, place, digest, 0];
    let settle = |who: u8, place: u8, accepted: u8| vec![3, who, 0, place, 1, accepted];
    let appeal = |who: u8, way: u8, place: u8, grounds: u8| vec![4, who, way, place, grounds, 0];
    let judge = |who: u8, way: u8, place: u8, revoke: u8| vec![4, who, way, place, 1, revoke];
    let ask = |mut call: Vec<u8>| {
        if let Some(kind) = call.first_mut() {
            *kind += 7;
        }
        call
    };
    let order = |place: u8| vec![6, 0, place];
    let reports = || vec![6, 1, 0, 6, 2, 0, 6, 3, 0, 3, 6, 4, 0, 3];
    let wait = |kind: u8, early: u8| vec![5, kind * 8, early];
    let mut seeds: Vec<Vec<u8>> = vec![
        // A freeze by two hands, released by two.
        [
            ask(freeze(0)),
            freeze(0),
            ask(approve(0, 0)),
            ask(approve(1, 0)),
            approve(2, 0),
            order(0),
            draft(2, RELEASE, 0, 3, 0, 0, 0),
            approve(2, 1),
            approve(0, 1),
            order(0),
            reports(),
        ]
        .concat(),
        // A freeze that ends by itself, and one that outlasts it.
        [
            freeze(1),
            freeze(2),
            approve(2, 0),
            approve(2, 1),
            vec![6, 4, 0, 3],
            wait(0, 1),
            vec![6, 4, 0, 3],
            wait(0, 0),
            vec![6, 4, 0, 3],
            ask(draft(2, RELEASE, 0, 3, 0, 0, 0)),
            draft(2, RELEASE, 0, 3, 0, 0, 1),
            approve(0, 2),
            vec![6, 4, 0, 3],
            order(0),
        ]
        .concat(),
        // More freezes than an account can have.
        [vec![freeze(0); 5], (0..5).map(|place| approve(2, place)).collect(), vec![vec![6, 4, 0, 3]]]
            .concat()
            .concat(),
        // Dropped, and too old.
        [
            inquire(),
            decline(0, 0),
            ask(decline(2, 0)),
            decline(2, 0),
            inquire(),
            withdraw(2, 1),
            withdraw(0, 1),
            inquire(),
            vec![5, 10, 1],
            ask(approve(2, 2)),
            vec![5, 10, 0],
            approve(2, 2),
        ]
        .concat(),
        // Answered in time and too late, accepted and not.
        [
            inquire(),
            approve(2, 0),
            answer(3, 0, 0, 1),
            ask(answer(1, 0, 0, 1)),
            answer(1, 0, 0, 0),
            wait(2, 1),
            ask(answer(1, 0, 0, 1)),
            wait(2, 0),
            order(0),
            answer(1, 0, 0, 1),
            settle(2, 0, 1),
            settle(0, 0, 2),
            answer(3, 8, 0, 1),
            settle(0, 0, 1),
            reports(),
        ]
        .concat(),
        // An appeal, decided by a third hand.
        [
            draft(0, FREEZE, 0, 0, 0, 0, 9),
            approve(2, 0),
            appeal(3, 0, 0, 1),
            appeal(1, 0, 0, 0),
            appeal(1, 0, 0, 1),
            appeal(1, 0, 0, 1),
            judge(0, 0, 0, 1),
            judge(2, 0, 0, 1),
            ask(judge(3, 1, 0, 1)),
            judge(3, 1, 0, 1),
            order(0),
            reports(),
        ]
        .concat(),
        [
            draft(2, 6, 0, 0, 1, 0, 9),
            approve(0, 0),
            wait(3, 1),
            ask(appeal(1, 0, 0, 1)),
            wait(3, 0),
            appeal(1, 0, 0, 1),
        ]
        .concat(),
        [
            inquire(),
            approve(2, 0),
            appeal(1, 9, 0, 1),
            judge(1, 1, 0, 2),
            order(0),
            draft(0, LIFT, 0, 0, 0, 0, 0),
            approve(2, 1),
            order(0),
        ]
        .concat(),
    ];
    // Parts that an action does not have, all kinds of targets, and every action.
    seeds.push((240..=255).flat_map(|plain| draft(0, 5, plain, 0, 0, 0, 9)).collect());
    seeds.push((240..=255).flat_map(|plain| draft(2, FREEZE, plain, 0, 0, 1, 9)).collect());
    seeds.push((240..=255).flat_map(|plain| draft(2, DISCLOSE, plain, 0, 0, 1, 9)).collect());
    seeds.push((0..8).flat_map(|target| ask(draft(0, FREEZE, 0, target, 0, 0, 9))).collect());
    seeds.push((0..10).flat_map(|action| ask(draft(0, action, 0, 0, 0, 0, 0))).collect());
    seeds.push((0..5).flat_map(|days| ask(draft(0, 6, 0, 0, days, 0, 0))).collect());
    seeds.extend((1..10).map(|way| {
        let draft = vec![0, 3, way, FREEZE, 0, 3, 0, 0, 9];
        [ask(draft.clone()), draft, freeze(0), vec![1, 3, way, 0], ask(vec![1, 3, way, 1]), order(1)].concat()
    }));
    seeds
}
