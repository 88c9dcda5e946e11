//! Long random lives of a pool, compared after every step with a pool that keeps one plain list
//! and searches it anew for each question.

#![expect(clippy::cast_possible_truncation, reason = "dice have few sides")]

use super::{
    scene::{Tx, account, address, final_block, spec},
    *,
};
use std::collections::BTreeSet;

const SENDERS: u8 = 7;
const STEPS: usize = 2_500;
const BOUNDS: PoolLimits = PoolLimits {
    transactions: 24,
    bytes: 3_200,
    sender_transactions: 5,
    idle_senders: 1_000,
    fates: 100_000,
    lifetime_ms: 40,
};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

#[derive(Clone)]
struct Entry {
    tx: Arc<Recovered>,
    arrival: usize,
    since_ms: u64,
    local: bool,
}

/// The naive pool.
#[derive(Default)]
struct Model {
    entries: Vec<Entry>,
    /// What the pool was told of each account.
    nonces: BTreeMap<Address, u64>,
    arrivals: usize,
}

/// Behind a gap, distance from the account, arrival: greatest leaves first.
type Far = (bool, u64, usize);

impl Model {
    fn nonce(&self, sender: Address) -> u64 {
        self.nonces.get(&sender).copied().unwrap_or_default()
    }

    fn at(&self, sender: Address, nonce: u64) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tx.sender() == sender && entry.tx.nonce() == nonce)
    }

    fn run(&self, sender: Address, from: u64) -> Vec<&Entry> {
        (from.max(self.nonce(sender))..).map_while(|nonce| self.at(sender, nonce)).collect()
    }

    fn far(&self, sender: Address, nonce: u64, arrival: usize) -> Far {
        let gapped = (self.nonce(sender)..nonce).any(|before| self.at(sender, before).is_none());
        (gapped, nonce - self.nonce(sender), arrival)
    }

    fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.tx.size()).sum()
    }

    fn furthest(&self) -> Option<(Far, B256)> {
        let far = |entry: &Entry| self.far(entry.tx.sender(), entry.tx.nonce(), entry.arrival);
        self.entries.iter().map(|entry| (far(entry), entry.tx.hash())).max()
    }

    /// What should happen, and the hashes that leave by it with their fates' first words.
    fn submit(
        &mut self,
        tx: &Arc<Recovered>,
        account_nonce: u64,
        now_ms: u64,
        local: bool,
    ) -> (String, Vec<(B256, &'static str)>) {
        let (sender, nonce) = (tx.sender(), tx.nonce());
        let mut left = Vec::new();
        if let Some(known) = self.entries.iter_mut().find(|entry| entry.tx.hash() == tx.hash()) {
            let first = local && !known.local;
            known.local |= local;
            return (if first { "known" } else { "already known" }.into(), left);
        }
        let at = account_nonce.max(self.nonce(sender));
        if nonce < at {
            return ("nonce too low".into(), left);
        }
        let stranger = !self.nonces.contains_key(&sender);
        self.raise(sender, at, &mut left);
        let mut arrival = self.arrivals;
        let mut after = self.entries.clone();
        let mut outcome = "new";
        if let Some(old) = self.at(sender, nonce) {
            let (have, offer) = (old.tx.offered_price(), tx.offered_price());
            if offer * 10 < have * 11 || offer <= have {
                return ("replacement transaction underpriced".into(), left);
            }
            (arrival, outcome) = (old.arrival, "replaced");
            let hash = old.tx.hash();
            after.retain(|entry| entry.tx.hash() != hash);
            left.push((hash, "replaced"));
        }
        after.push(Entry { tx: tx.clone(), arrival, since_ms: now_ms, local });
        let before = core::mem::replace(&mut self.entries, after);
        let settled = left.iter().filter(|(_, why)| *why == "overtaken").copied().collect::<Vec<_>>();
        let of_sender = self.entries.iter().filter(|entry| entry.tx.sender() == sender);
        if of_sender.clone().count() > BOUNDS.sender_transactions {
            let last = of_sender.max_by_key(|entry| entry.tx.nonce()).unwrap().tx.hash();
            if last == tx.hash() {
                self.entries = before;
                return ("txpool is full for this sender".into(), settled);
            }
            self.entries.retain(|entry| entry.tx.hash() != last);
            left.push((last, "evicted"));
        }
        while self.entries.len() > BOUNDS.transactions || self.bytes() > BOUNDS.bytes {
            let (_, hash) = self.furthest().unwrap();
            if hash == tx.hash() {
                self.entries = before;
                // A refused stranger leaves no trace.
                if stranger {
                    self.nonces.remove(&sender);
                }
                return ("txpool is full".into(), settled);
            }
            self.entries.retain(|entry| entry.tx.hash() != hash);
            left.push((hash, "evicted"));
        }
        self.arrivals += 1;
        (outcome.into(), left)
    }

    fn raise(&mut self, sender: Address, nonce: u64, left: &mut Vec<(B256, &'static str)>) {
        let nonce = nonce.max(self.nonce(sender));
        self.nonces.insert(sender, nonce);
        self.entries.retain(|entry| {
            let stays = entry.tx.sender() != sender || entry.tx.nonce() >= nonce;
            if !stays {
                left.push((entry.tx.hash(), "overtaken"));
            }
            stays
        });
    }

    fn finalized(&mut self, block: &[Arc<Recovered>], now_ms: u64) -> Vec<(B256, &'static str)> {
        let mut left = Vec::new();
        let included: Vec<B256> = block.iter().map(|tx| tx.hash()).collect();
        self.entries.retain(|entry| !included.contains(&entry.tx.hash()));
        for tx in block {
            self.raise(tx.sender(), tx.nonce() + 1, &mut left);
        }
        self.entries.retain(|entry| {
            let stays = entry.since_ms + BOUNDS.lifetime_ms >= now_ms;
            if !stays {
                left.push((entry.tx.hash(), "expired"));
            }
            stays
        });
        left
    }

    fn choose(&self, budget: Budget, next: &BTreeMap<Address, u64>) -> Vec<B256> {
        let mut runs: Vec<Vec<&Entry>> = (0..SENDERS)
            .map(address)
            .map(|sender| self.run(sender, next.get(&sender).copied().unwrap_or_default()))
            .collect();
        let (mut gas, mut bytes, mut chosen) = (0, 0, Vec::new());
        for round in 0.. {
            runs.retain(|run| run.len() > round);
            runs.sort_by_key(|run| run[round].arrival);
            if runs.is_empty() {
                break;
            }
            let mut stays = Vec::new();
            for run in &runs {
                let entry = run[round];
                let size = ding_primitives::block::body_bytes(entry.tx.transaction());
                let fits = chosen.len() < budget.transactions
                    && gas + entry.tx.gas_limit() <= budget.gas
                    && bytes + size <= budget.bytes;
                if fits {
                    gas += entry.tx.gas_limit();
                    bytes += size;
                    chosen.push(entry.tx.hash());
                }
                stays.push(fits);
            }
            let mut stays = stays.into_iter();
            runs.retain(|_| stays.next().unwrap());
        }
        chosen
    }

    fn ready(&self, next: &BTreeMap<Address, u64>) -> usize {
        let run = |sender| self.run(sender, next.get(&sender).copied().unwrap_or_default()).len();
        (0..SENDERS).map(address).map(run).sum()
    }
}

/// Both pools, the blocks in flight, and where every admitted transaction went.
struct Life {
    dice: Dice,
    pool: Pool,
    model: Model,
    signed: BTreeMap<Tx, Arc<Recovered>>,
    in_flight: Vec<Vec<Arc<Recovered>>>,
    admitted: BTreeSet<B256>,
    gone: BTreeMap<B256, &'static str>,
    now_ms: u64,
    seen: BTreeMap<String, usize>,
}

impl Life {
    fn tx(&mut self) -> (u8, Arc<Recovered>) {
        let sender = self.dice.roll(SENDERS.into()) as u8;
        let base = self.model.nonce(address(sender));
        let mut tx = Tx::new(sender, (base + self.dice.roll(12)).saturating_sub(self.dice.roll(3)));
        tx.price = [0, 0, 10, 11, 12, 100][self.dice.roll(6) as usize];
        if self.dice.roll(6) == 0 {
            tx = tx.data(200 * (1 + self.dice.roll(3) as usize));
        }
        (sender, self.signed.entry(tx).or_insert_with(|| tx.sign()).clone())
    }

    fn next(&self) -> BTreeMap<Address, u64> {
        self.in_flight.iter().flatten().map(|tx| (tx.sender(), tx.nonce() + 1)).collect()
    }

    fn admit(&mut self) {
        let (sender, tx) = self.tx();
        // Sometimes the caller read the account a block ago, sometimes it knows more than the pool.
        let mut nonce = self.model.nonce(address(sender)).saturating_sub(self.dice.roll(2));
        if self.dice.roll(40) == 0 {
            nonce += 1 + self.dice.roll(2);
        }
        let account = Account { nonce, ..account(1_000) };
        let local = self.dice.roll(2) == 0;
        let (want, left) = self.model.submit(&tx, nonce, self.now_ms, local);
        if local {
            let got = match self.pool.submit(tx.clone(), account, self.now_ms) {
                Ok(Admitted::New) => "new".into(),
                Ok(Admitted::Known) => "known".into(),
                Ok(Admitted::Replaced(_)) => "replaced".into(),
                Err(refused) => refused.to_string(),
            };
            assert!(got.starts_with(&want), "{got} instead of {want}");
        } else {
            self.pool.admit_from_peer(tx.clone(), account, self.now_ms);
        }
        if ["new", "replaced"].contains(&want.as_str()) {
            self.admitted.insert(tx.hash());
            self.gone.remove(&tx.hash());
        }
        self.went(left);
        *self.seen.entry(want).or_default() += 1;
    }

    fn went(&mut self, left: Vec<(B256, &'static str)>) {
        for (hash, why) in left {
            assert!(
                self.pool.fate(&hash).unwrap().to_string().starts_with(why),
                "{:?}",
                self.pool.fate(&hash)
            );
            assert_eq!(self.gone.insert(hash, why), None);
            *self.seen.entry(why.into()).or_default() += 1;
        }
    }

    /// A proposer builds on the blocks in flight.
    fn propose(&mut self) {
        let budget = Budget {
            transactions: 1 + self.dice.roll(12) as usize,
            bytes: 400 + self.dice.roll(1_000) as usize,
            gas: 60_000 + self.dice.roll(300_000),
        };
        let next = self.next();
        let chosen = self.pool.choose(budget, &next);
        let hashes: Vec<B256> = chosen.iter().map(|tx| tx.hash()).collect();
        assert_eq!(hashes, self.model.choose(budget, &next));
        assert!(self.in_flight.iter().flatten().all(|tx| !hashes.contains(&tx.hash())));
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), hashes.len(), "twice in one block");
        let mut block = chosen;
        if self.dice.roll(4) == 0 {
            // Another member's block: a transaction that this pool may never have seen.
            let foreign = Tx::new(self.dice.roll(SENDERS.into()) as u8, 0).price(77);
            let sender = address(foreign.sender);
            let in_block = block.iter().filter(|tx| tx.sender() == sender).map(|tx| tx.nonce() + 1).max();
            let nonce =
                in_block.or(next.get(&sender).copied()).unwrap_or_default().max(self.model.nonce(sender));
            let foreign = Tx { nonce, ..foreign };
            block.push(self.signed.entry(foreign).or_insert_with(|| foreign.sign()).clone());
        }
        self.in_flight.push(block);
    }

    fn finalize(&mut self) {
        let block = if self.in_flight.is_empty() { vec![] } else { self.in_flight.remove(0) };
        for tx in &block {
            if self.admitted.contains(&tx.hash()) && self.pool.find(&tx.hash()).is_some() {
                assert_eq!(self.gone.insert(tx.hash(), "included"), None);
                *self.seen.entry("included".into()).or_default() += 1;
            }
        }
        let left = self.model.finalized(&block, self.now_ms);
        self.pool.finalized(&final_block(block, self.now_ms));
        self.went(left);
    }

    fn compare(&self) {
        self.pool.shared.book.lock().check();
        let status = self.pool.status();
        assert_eq!(status.pending + status.queued, self.model.entries.len());
        assert_eq!(status.pending, self.model.ready(&BTreeMap::new()));
        assert_eq!(status.bytes, self.model.bytes());
        assert!(status.pending + status.queued <= BOUNDS.transactions && status.bytes <= BOUNDS.bytes);
        let next = self.next();
        assert_eq!(self.pool.ready(&next, usize::MAX), self.model.ready(&next));
        for sender in (0..SENDERS).map(address) {
            let run = self.model.run(sender, 0).len() as u64;
            let want = (run > 0).then(|| self.model.nonce(sender) + run);
            assert_eq!(self.pool.next_nonce(sender), want);
        }
        for hash in &self.admitted {
            let waits = self.pool.find(hash).is_some();
            assert_eq!(waits, self.model.entries.iter().any(|entry| entry.tx.hash() == *hash));
            assert!(
                waits != self.gone.contains_key(hash),
                "every admitted transaction waits or left by name"
            );
        }
    }
}

#[test]
fn a_long_random_life_is_that_of_the_naive_pool() {
    let mut seen = BTreeMap::new();
    for seed in 0..6 {
        let mut life = Life {
            dice: Dice(seed),
            pool: Pool::new(spec(), BOUNDS),
            model: Model::default(),
            signed: BTreeMap::new(),
            in_flight: vec![],
            admitted: BTreeSet::new(),
            gone: BTreeMap::new(),
            now_ms: 1_000,
            seen: BTreeMap::new(),
        };
        for _ in 0..STEPS {
            match life.dice.roll(20) {
                0..14 => life.admit(),
                14..16 if life.in_flight.len() < 3 => life.propose(),
                16..18 => life.finalize(),
                18 => life.now_ms += life.dice.roll(12),
                _ => drop(life.pool.outgoing(life.dice.roll(2_000) as usize, life.now_ms)),
            }
            life.compare();
        }
        for (what, count) in life.seen {
            *seen.entry(what).or_insert(0) += count;
        }
    }
    let want = [
        "already known",
        "evicted",
        "expired",
        "included",
        "known",
        "new",
        "nonce too low",
        "overtaken",
        "replaced",
        "replacement transaction underpriced",
        "txpool is full",
        "txpool is full for this sender",
    ];
    for what in want {
        assert!(seen.get(what).copied().unwrap_or(0) > 20, "{what} is too rare to mean anything: {seen:?}");
    }
}

#[test]
fn the_same_calls_give_the_same_blocks() {
    let life = |seed| {
        let mut dice = Dice(seed);
        let pool = Pool::new(spec(), PoolLimits::default());
        let mut blocks = Vec::new();
        for _ in 0..200 {
            let sender = dice.roll(SENDERS.into()) as u8;
            let _ = pool.submit(Tx::new(sender, dice.roll(20)).sign(), account(1), 0);
            if dice.roll(10) == 0 {
                let budget = Budget { transactions: 4, bytes: 10_000, gas: limits::BLOCK_GAS_MAX };
                let chosen = pool.choose(budget, &BTreeMap::new());
                blocks.push(chosen.iter().map(|tx| tx.hash()).collect::<Vec<_>>());
                pool.finalized(&final_block(chosen, 0));
            }
        }
        blocks
    };
    assert_eq!(life(3), life(3));
    assert_ne!(life(3), life(4));
}
