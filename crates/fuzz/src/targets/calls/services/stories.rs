//! What stories ask of the model: calls drawn from bytes, and lives of services from beginning to end.

use super::*;
use ding_modules::members::abi::IMembers::{proposeCall, voteCall};
use ding_primitives::Spec;

/// Whose contract a service may claim.
fn address(number: u8) -> Address {
    let contract = |via: Via| via.contract().unwrap_or_default();
    match number % 16 {
        number @ (0..=5 | 9) => start::shop(number),
        6 => contract(Via::CallTwice),
        7 => contract(Via::Call),
        8 => contract(Via::Delegate),
        10 => start::created(),
        11 => evidence::state::ADDRESS,
        12 => NOBODY,
        13 => ADDRESS,
        14 => Address::with_last_byte(1),
        _ => Address::ZERO,
    }
}

/// A few addresses, or many.
fn addresses(feed: &mut Feed<'_>) -> Vec<Address> {
    let count = feed.byte();
    let many = |batch: u8, count: u8| {
        (0..count).map(|place| Address::right_padding_from(&[0xbb, batch, place])).collect()
    };
    match count {
        0..=239 => (0..count % 4).map(|_| address(feed.byte())).collect(),
        240..=249 => many(count - 240, 64),
        250 => many(0, 65),
        _ => many(count, 1),
    }
}

fn id(feed: &mut Feed<'_>) -> B256 {
    match feed.byte() % 8 {
        6 => *start::FILED,
        7 => B256::repeat_byte(7),
        number => digest(number),
    }
}

fn number(feed: &mut Feed<'_>) -> String {
    let texts = [
        start::NUMBERS[0],
        start::NUMBERS[1],
        start::NUMBERS[2],
        "浙网信备33010626000000020014号",
        "京网信备 1101 0819-71596078 003x 号",
        // Its check is wrong.
        "44030526000000030011",
        "330106260000000200150",
        "99010626000000020014",
        "京网信备33010626000000020014号",
        "3301062600000002001Y",
        "",
        "44030526000000030011号",
    ];
    let text = feed.pick(&texts).unwrap_or_default();
    if text.is_empty() { "长".repeat(usize::from(feed.byte())) } else { text.into() }
}

fn account(feed: &mut Feed<'_>) -> Address {
    match feed.byte() % 8 {
        7 => Address::ZERO,
        6 => NOBODY,
        number => wallet(usize::from(number)),
    }
}

fn day(feed: &mut Feed<'_>, now: Now) -> u32 {
    let today = day_at(now.timestamp_ms);
    match feed.byte() {
        0..=63 => today,
        number @ 64..=127 => today + u32::from(number - 64),
        number @ 128..=191 => today - u32::from(number - 128),
        // Into a year without a table.
        number @ 192..=247 => today + 4 * u32::from(number - 157),
        248 => today + 366,
        249 => today + 367,
        250 => u32::MAX,
        _ => 0,
    }
}

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    const LATER_MS: u64 = calendar::Model::LATER_MS;
    const DECIDES: bool = true;
    const WALLETS: usize = 5;
    const GAS: u64 = 8_000_000;

    fn spec() -> Spec {
        start::spec()
    }

    fn before() -> Vec<(usize, Address, Vec<u8>)> {
        start::before()
    }

    fn new() -> Self {
        start::beginning()
    }

    fn reads(call: &C) -> bool {
        !matches!(
            call,
            C::declare(_)
                | C::record(_)
                | C::addContracts(_)
                | C::removeContracts(_)
                | C::deregister(_)
                | C::refresh(_)
        )
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        self.begin(now);
        // A stopped contract may look, and only that; stories do not have it look (see `draw`).
        if let Some((number, status)) = self.stopped.get(&caller).filter(|_| !Self::reads(call)) {
            return refuse(ServiceStopped { number: number.clone(), status: *status });
        }
        match call {
            C::declare(call) => self.declare(caller, call, now),
            C::record(call) => self.record(caller, call, now),
            C::addContracts(call) => self.add(caller, call),
            C::removeContracts(call) => self.remove(caller, call, now),
            C::deregister(call) => self.deregister(caller, call.id, now),
            C::refresh(call) => self.refresh(call.id, now),
            read => self.read(read, now).map(|bytes| (bytes, Vec::new())),
        }
    }

    /// Reads go through contracts only while no service has one: a stopped contract answers whoever asks
    /// and refuses a transaction, and the model does not know which of both it is told.
    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let id = id(feed);
        match kind {
            0 => C::deregister(deregisterCall { id }),
            1 => {
                let (provider, division) = (account(feed), feed.pick(&[33, 11, 44, 12, 0, 99]));
                let (goLive, contracts) = (day(feed, now), addresses(feed));
                let division = division.unwrap_or_default();
                C::declare(declareCall { id, provider, division, goLive, contracts })
            }
            2 => match feed.byte() % 3 {
                0 => C::refresh(refreshCall { id }),
                _ => C::record(recordCall { id, number: number(feed) }),
            },
            3 => match feed.byte() % 3 {
                0 => C::removeContracts(removeContractsCall { id, contracts: addresses(feed) }),
                _ => C::addContracts(addContractsCall { id, contracts: addresses(feed) }),
            },
            _ => {
                let bound = VIAS.into_iter().filter_map(Via::contract);
                let any = bound.into_iter().any(|contract| self.contracts.contains_key(&contract));
                match feed.byte() % 2 {
                    0 if !any => self.draw_read(feed, now),
                    _ => C::deregister(deregisterCall { id }),
                }
            }
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        match feed.byte() % 7 {
            0 => C::service(serviceCall { id: id(feed) }),
            1 => C::serviceOf(serviceOfCall { contractAddress: address(feed.byte()) }),
            2 => C::serviceOfNumber(serviceOfNumberCall { number: number(feed) }),
            3 => C::verdict(verdictCall { contractAddress: address(feed.byte()) }),
            4 => C::holds(holdsCall { id: id(feed) }),
            5 => C::dueDay(dueDayCall { id: id(feed) }),
            _ => C::armed(armedCall {}),
        }
    }

    /// Often exactly to a time that matters to a service, or a moment before it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, early) = (feed.byte(), u64::from(feed.byte() % 2));
        let service = self.services.values().nth(usize::from(byte % 8));
        let then = match (byte / 8, service) {
            (0, Some(service)) => service.clock.map(|clock| clock.due_ms),
            (1, Some(service)) => service.clock.map(|clock| midnight(self.due(clock, now).0 + 1)),
            (2 | 3, Some(service)) => service.holds.get(usize::from(byte / 8 - 2)).map(|hold| hold.untilMs),
            (4, _) => self.motions.values().nth(usize::from(byte % 8)).map(|motion| motion.ends_ms),
            (5, _) => {
                let motion = self.motions.values().nth(usize::from(byte % 8));
                motion.map(|motion| motion.decided_ms + EXECUTION_MS)
            }
            (6, _) => Some(midnight(day_at(now.timestamp_ms) + 1 + u32::from(byte % 8))),
            _ => Some(now.timestamp_ms + u64::from(byte) * 3_600_000),
        };
        then.unwrap_or(now.timestamp_ms).saturating_sub(early)
    }

    /// Who proposed votes at once, another one too: for one service only when it is asked again. What could
    /// not be carried out is not proposed.
    fn decide(&mut self, call: &C, now: Now) -> Vec<(usize, Vec<u8>)> {
        let C::deregister(deregisterCall { id }) = call else { return Vec::new() };
        let known = self.motions.get(id).copied().filter(|motion| [1, 2].contains(&motion.status(now)));
        if known.is_none() && (self.own(*id).is_err() || self.going_on(*id).is_err()) {
            return Vec::new();
        }
        let vote = |id: u64| voteCall { id, approve: true }.abi_encode();
        let mut sent = Vec::new();
        let mut motion = known.unwrap_or_else(|| {
            self.proposals += 1;
            let (input, title) = (call.abi_encode().into(), "struck off".into());
            let propose = proposeCall { target: ADDRESS, input, notBeforeMs: 0, title }.abi_encode();
            sent.extend([(start::PROPOSER, propose), (start::PROPOSER, vote(self.proposals))]);
            let ends_ms = now.timestamp_ms + VOTING_MS;
            Motion { id: self.proposals, ends_ms, decided_ms: 0, done: false }
        });
        let hesitates = known.is_none() && *id == digest(5);
        if motion.status(now) == 1 && !hesitates {
            motion.decided_ms = now.timestamp_ms;
            sent.push((start::OTHER, vote(motion.id)));
        }
        self.motions.insert(*id, motion);
        sent
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    // Kind, who, way, service, and what belongs to it.
    let declare = |who: u8, way: u8, id: u8, division: u8, day: u8, contracts: &[u8]| {
        let count = u8::try_from(contracts.len()).unwrap_or_default();
        [&[1, who, way, id, 4, division, day, count][..], contracts].concat()
    };
    let refresh = |who: u8, way: u8, id: u8| vec![2, who, way, id, 0];
    let record = |who: u8, way: u8, id: u8, number: u8| vec![2, who, way, id, 1, number];
    let remove = |who: u8, way: u8, id: u8, contract: u8| vec![3, who, way, id, 0, 1, contract];
    let add = |who: u8, way: u8, id: u8, contract: u8| vec![3, who, way, id, 1, 1, contract];
    let many = |id: u8, count: u8| vec![3, 0, 0, id, 1, count];
    let strike = |who: u8, way: u8, id: u8| vec![0, who, way, id];
    let carry_out = |who: u8, way: u8, id: u8| vec![4, who, way, id, 1];
    let ask = |mut call: Vec<u8>| {
        if let Some(kind) = call.first_mut() {
            *kind += 7;
        }
        call
    };
    let look = |what: u8, of: u8| vec![6, what, of];
    let service = |id: u8| [look(0, id), look(4, id), look(5, id)].concat();
    let verdicts = |contracts: &[u8]| contracts.iter().flat_map(|contract| look(3, *contract)).collect();
    let wait = |what: u8, place: u8, early: u8| vec![5, what * 8 + place, early];
    // From 56 on.
    let hours = |hours: u8| vec![5, hours, 0];
    let tick = || refresh(4, 0, 1);
    let block = || [tick(), look(6, 0)].concat();
    let mut seeds: Vec<Vec<u8>> = vec![
        // What there is at the beginning.
        (1..=4).flat_map(service).collect(),
        [service(6), service(7), verdicts(&[1, 2, 3, 10, 12])].concat(),
        (0..10).chain([11]).flat_map(|number| look(2, number)).collect(),
        (0..16).flat_map(|contract| look(1, contract)).collect(),
        // Declared, recorded, struck off, and another one gets its number and its contract.
        [
            ask(declare(0, 0, 4, 1, 0, &[4])),
            declare(0, 0, 4, 1, 0, &[4]),
            service(4),
            ask(record(2, 0, 4, 2)),
            record(2, 0, 4, 2),
            record(2, 0, 4, 2),
            service(4),
            strike(2, 0, 4),
            look(3, 4),
            look(2, 2),
        ]
        .concat(),
        [
            declare(3, 0, 4, 1, 0, &[4]),
            record(3, 0, 4, 4),
            strike(0, 0, 4),
            strike(3, 0, 4),
            strike(1, 8, 4),
            ask(carry_out(2, 0, 4)),
            carry_out(2, 0, 4),
            declare(0, 0, 5, 1, 0, &[4]),
            record(0, 0, 5, 2),
            look(0, 4),
            look(1, 4),
            ask(declare(0, 0, 4, 1, 0, &[4])),
            ask(record(0, 0, 4, 2)),
            ask(refresh(0, 0, 4)),
        ]
        .concat(),
        // A second vote comes later, and what was decided too late.
        [
            declare(0, 0, 5, 1, 0, &[5]),
            strike(2, 0, 5),
            ask(carry_out(2, 0, 5)),
            strike(3, 0, 5),
            wait(5, 0, 1),
            ask(carry_out(2, 0, 5)),
            wait(5, 0, 0),
            ask(carry_out(2, 0, 5)),
            strike(2, 0, 5),
            strike(2, 0, 5),
            service(5),
        ]
        .concat(),
        [
            declare(0, 0, 5, 1, 0, &[5]),
            strike(2, 0, 5),
            wait(4, 0, 1),
            ask(carry_out(2, 0, 5)),
            wait(4, 0, 0),
            ask(carry_out(2, 0, 5)),
        ]
        .concat(),
        // The time to file ends, by the second table later than by the first.
        [
            wait(0, 0, 1),
            look(3, 1),
            wait(0, 0, 0),
            look(3, 1),
            look(5, 1),
            wait(1, 0, 1),
            look(3, 1),
            wait(1, 0, 0),
            look(3, 1),
            look(0, 1),
            ask(remove(0, 0, 1, 1)),
            record(0, 0, 1, 0),
        ]
        .concat(),
        [hours(200), refresh(4, 0, 1), look(0, 1), look(5, 1), look(6, 0), wait(0, 0, 0), look(3, 1)]
            .concat(),
        // By the second table earlier.
        [
            declare(0, 0, 4, 0, 64 + 30, &[4]),
            look(5, 4),
            hours(200),
            look(5, 4),
            look(0, 4),
            wait(1, 3, 0),
            ask(add(0, 0, 4, 5)),
            look(3, 4),
            ask(refresh(4, 0, 4)),
            refresh(4, 0, 4),
            look(3, 4),
        ]
        .concat(),
        // Without a table for the year nothing is over for certain.
        [
            declare(0, 0, 4, 0, 247, &[4]),
            service(4),
            wait(0, 3, 0),
            look(3, 4),
            look(5, 4),
            wait(0, 0, 0),
            look(3, 4),
            refresh(0, 0, 4),
        ]
        .concat(),
        // Suspensions come and go with blocks, and end with time.
        [
            verdicts(&[1, 2, 3]),
            block(),
            verdicts(&[3]),
            block(),
            verdicts(&[3]),
            block(),
            block(),
            verdicts(&[1]),
        ]
        .concat(),
        [
            look(4, 2),
            look(4, 3),
            hours(56),
            look(4, 2),
            ask(refresh(4, 0, 2)),
            refresh(4, 0, 2),
            look(4, 2),
            hours(30),
            refresh(4, 0, 3),
            look(6, 0),
            remove(1, 0, 2, 2),
            remove(3, 0, 3, 3),
            look(1, 3),
        ]
        .concat(),
        [block(), block(), block(), block(), block(), look(3, 2), block(), block(), look(3, 2)].concat(),
        // To the moment before a suspension ends, and to its end; and block by block to where one is lifted.
        [
            wait(2, 1, 1),
            look(3, 2),
            look(4, 2),
            wait(2, 1, 0),
            look(3, 2),
            look(0, 2),
            look(4, 2),
            block(),
            block(),
            wait(2, 2, 1),
            look(3, 3),
            wait(2, 2, 0),
            look(3, 3),
        ]
        .concat(),
        [hours(57), [refresh(4, 0, 7), look(3, 2)].concat().repeat(7)].concat(),
        // Struck off with the next block: its addresses may move at once, but not out of it.
        [
            declare(0, 0, 5, 1, 0, &[5, 4]),
            strike(2, 0, 5),
            strike(2, 0, 5),
            remove(0, 0, 5, 4),
            add(0, 0, 1, 5),
            look(0, 5),
            look(1, 5),
            ask(remove(0, 0, 5, 4)),
            ask(add(0, 0, 5, 0)),
            look(3, 4),
            look(3, 5),
        ]
        .concat(),
        // Decided of what is not there, and of what is struck off already.
        [strike(2, 0, 7), strike(2, 0, 0), strike(2, 0, 3), look(0, 3), look(2, 1), strike(2, 0, 3)].concat(),
        // Forwarding contracts of a service are stopped with it.
        [
            add(0, 0, 2, 7),
            ask(refresh(0, 1, 2)),
            add(0, 1, 2, 4),
            add(0, 0, 2, 6),
            add(0, 0, 2, 8),
            refresh(0, 8, 2),
            refresh(0, 3, 2),
            refresh(0, 2, 2),
            ask(refresh(0, 8, 2)),
            ask(refresh(0, 2, 2)),
            ask(refresh(0, 3, 2)),
            look(3, 7),
            hours(57),
            ask(refresh(0, 1, 2)),
        ]
        .concat(),
        // Contracts come and go.
        [
            declare(0, 0, 4, 0, 0, &[]),
            add(0, 0, 4, 4),
            add(1, 0, 4, 4),
            add(1, 0, 4, 1),
            ask(add(0, 0, 4, 13)),
            ask(add(0, 0, 4, 14)),
            ask(add(0, 0, 4, 15)),
            add(0, 0, 4, 11),
            remove(0, 0, 4, 4),
            ask(remove(0, 0, 4, 4)),
            ask(remove(0, 0, 4, 1)),
            ask(add(3, 0, 4, 5)),
            ask(add(4, 0, 4, 5)),
            look(0, 4),
        ]
        .concat(),
        [
            many(1, 240),
            many(1, 241),
            many(1, 242),
            ask(many(1, 243)),
            ask(many(1, 250)),
            ask(many(4, 250)),
            look(0, 1),
            vec![3, 0, 0, 1, 1, 2, 4, 4],
            vec![3, 0, 0, 1, 1, 0],
            vec![3, 0, 0, 1, 0, 0],
        ]
        .concat(),
        [
            declare(0, 0, 4, 0, 0, &[]),
            many(4, 240),
            many(4, 241),
            many(4, 242),
            many(4, 243),
            look(0, 4),
            ask(many(4, 251)),
            vec![3, 0, 0, 4, 0, 243],
            many(4, 251),
            look(0, 4),
        ]
        .concat(),
        // A module keeps a service.
        [
            ask(record(0, 0, 6, 1)),
            ask(add(0, 0, 6, 4)),
            ask(remove(0, 0, 6, 10)),
            ask(declare(0, 0, 6, 1, 0, &[])),
            refresh(4, 0, 6),
            look(3, 10),
            strike(2, 0, 6),
            look(3, 10),
            service(6),
        ]
        .concat(),
    ];
    // What may not be declared, and not recorded.
    seeds.push((0..5).flat_map(|who| ask(declare(who, 0, 4, 0, 0, &[4]))).collect());
    seeds.push((0..6).flat_map(|division| ask(declare(0, 0, 4, division, 0, &[4]))).collect());
    seeds.push([0, 1, 2, 7].into_iter().flat_map(|id| ask(declare(0, 0, id, 0, 0, &[4]))).collect());
    seeds.push(
        [70, 130, 200, 248, 249, 250, 251]
            .into_iter()
            .flat_map(|day| ask(declare(0, 0, 4, 0, day, &[4])))
            .collect(),
    );
    seeds.push((0..10).chain([11]).flat_map(|number| ask(record(0, 0, 1, number))).collect());
    // Nothing, and a long text.
    seeds.push([ask(record(0, 0, 1, 10)), vec![0], ask(record(0, 0, 1, 10)), vec![200]].concat());
    seeds.push(
        (0..5)
            .flat_map(|who| ask(record(who, 0, 1, 0)))
            .chain((0..8).flat_map(|id| ask(record(0, 0, id, 2))))
            .collect(),
    );
    seeds.push((0..8).flat_map(|id| [ask(remove(0, 0, id, 2)), ask(strike(0, 0, id))].concat()).collect());
    seeds.push(
        [vec![8, 0, 0, 4, 7, 0, 0, 0], ask(declare(0, 0, 4, 0, 0, &[4, 4, 5])), ask(refresh(0, 0, 7))]
            .concat(),
    );
    // Through contracts.
    seeds.extend((1..10).map(|way| {
        let life = [declare(3, way, 4, 0, 0, &[4]), add(3, way, 4, 5), record(3, way, 4, 2)];
        let more = [
            refresh(3, way, 2),
            strike(3, way, 4),
            ask(refresh(3, way, 1)),
            ask(vec![4, 3, way, 0, 0, 0, 2]),
        ];
        [life.concat(), more.concat(), look(0, 4)].concat()
    }));
    seeds
}
