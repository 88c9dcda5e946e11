//! Whoever knows what must hold: hears every final block of every member, and keeps a small model
//! of the ledger of its own to compare with.

mod deaths;
mod facts;
mod fates;
mod model;
mod proofs;
mod rows;

pub use deaths::names_damage;
pub use facts::{Bond, Facts, Order as OrderFact, Proposal};
pub use model::{Model, Reach, Told};

use commonware_utils::sync::Mutex;
use ding_light::{Certificate, ChainKey, certificate::check_trail, tree};
use ding_primitives::{B256, Bytes, Log, Spec, keccak256, limits, ports::FinalizedBlock};
use ding_seat::{
    Witness,
    events::{BEGIN, Events},
    member::Up,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// No final block is further ahead of the true time, milliseconds: what members allow, and how wrong
/// the clocks of a quorum can be here.
const AHEAD_MS_MAX: u64 = limits::CLOCK_AHEAD_MS_MAX + 1_500;

/// The judge of one run. Clones are the same judge.
#[derive(Clone)]
pub struct Judge(Arc<Inner>);

struct Inner {
    events: Events,
    genesis_hash: B256,
    chain_key: ChainKey,
    state: Mutex<State>,
}

/// A transaction that a member took at its door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The member.
    pub member: usize,
    /// Which of its starts.
    pub start: u32,
    /// When, milliseconds since the world began.
    pub at_ms: u64,
    /// Its newest block before it was asked.
    pub head: u64,
}

#[derive(Default)]
struct State {
    /// The one chain, as the first member that had a block showed it.
    chain: BTreeMap<u64, Arc<FinalizedBlock>>,
    /// When a block was first final, milliseconds since the world began.
    newest: (u64, u64),
    /// Who showed which height.
    shown: BTreeSet<(usize, u64)>,
    model: Model,
    taken: BTreeMap<B256, Vec<Taken>>,
    /// What clients sent.
    sent: BTreeMap<B256, Bytes>,
    blame: Option<String>,
    /// Blocks covered by a certificate that verified.
    certified: BTreeSet<u64>,
    /// Certificates that verified, by the hash of their bytes: one that another member shows in the same
    /// bytes is as good.
    verified: BTreeSet<B256>,
    blocks: u64,
}

impl Judge {
    /// A judge for a chain.
    pub fn new(spec: &Spec, genesis_hash: B256, events: Events) -> Self {
        let chain_key = ChainKey::from_bytes(&spec.public_key).expect("a dealt key is one");
        let state = State { model: Model::new(spec), ..State::default() };
        Self(Arc::new(Inner { events, genesis_hash, chain_key, state: Mutex::new(state) }))
    }

    /// What does not hold, if anything.
    pub fn verdict(&self) -> Option<String> {
        self.0.state.lock().blame.clone()
    }

    /// A member took a transaction.
    pub fn taken(&self, hash: B256, taken: Taken) {
        self.0.state.lock().taken.entry(hash).or_default().push(taken);
    }

    /// Every transaction that was taken, with who took it.
    pub fn all_taken(&self) -> BTreeMap<B256, Vec<Taken>> {
        self.0.state.lock().taken.clone()
    }

    /// Looks something up in the model.
    pub fn with<R>(&self, look: impl FnOnce(&mut Model) -> R) -> R {
        look(&mut self.0.state.lock().model)
    }

    /// Height of the newest final block, and when it was first heard of.
    pub fn newest(&self) -> (u64, u64) {
        self.0.state.lock().newest
    }

    /// The block of the one chain at this height.
    pub fn block(&self, height: u64) -> Option<Arc<FinalizedBlock>> {
        self.0.state.lock().chain.get(&height).cloned()
    }

    /// The blocks up to a height, from the first on.
    pub fn blocks_until(&self, height: u64) -> Vec<Arc<FinalizedBlock>> {
        self.0.state.lock().chain.range(1..=height).map(|(_, block)| block.clone()).collect()
    }

    /// Every log in the blocks up to a height, in order.
    pub fn history(&self, height: u64) -> Vec<Log> {
        let state = self.0.state.lock();
        let receipts = state.chain.range(..=height).flat_map(|(_, block)| &block.receipts);
        receipts.flat_map(|receipt| receipt.logs.clone()).collect()
    }

    /// Hash over the chain: headers, receipts.
    pub fn chain_hash(&self) -> B256 {
        let state = self.0.state.lock();
        let mut hash = B256::ZERO;
        for block in state.chain.values() {
            hash = keccak256([hash, block.header.hash()].concat());
        }
        hash
    }

    /// Heights whose certificate was not seen yet.
    pub fn uncertified(&self) -> Vec<u64> {
        let state = self.0.state.lock();
        state.chain.keys().filter(|height| !state.certified.contains(height)).copied().collect()
    }

    /// The chain's key, as a stranger would have it.
    pub fn chain_key(&self) -> &ChainKey {
        &self.0.chain_key
    }

    /// A member shows the certificate that covers the block at `height`.
    pub fn certificate(
        &self,
        member: usize,
        height: u64,
        shown: &ding_chain::reader::Certified,
        probe: bool,
    ) {
        if let Err(why) = self.check_certificate(height, shown, probe) {
            self.blame(Some(member), format!("certificate of block {height}: {why}"));
            return;
        }
        let mut state = self.0.state.lock();
        let heights = shown.headers.iter().map(|header| header.height.get());
        state.certified.extend(heights);
        state.certified.insert(height);
    }

    fn check_certificate(
        &self,
        height: u64,
        shown: &ding_chain::reader::Certified,
        probe: bool,
    ) -> Result<(), String> {
        let certificate = Certificate::from_bytes(&shown.certificate).map_err(|error| error.to_string())?;
        // A threshold signature is the same for everyone, so most members show the very same bytes.
        let bytes = keccak256(&shown.certificate);
        if !self.0.state.lock().verified.contains(&bytes) {
            let verified = certificate.verify(&self.0.chain_key, &self.0.genesis_hash);
            verified.map_err(|error| error.to_string())?;
            self.0.state.lock().verified.insert(bytes);
        }
        let first = check_trail(&shown.headers, &certificate).map_err(|error| error.to_string())?;
        match self.block(height) {
            Some(block) if block.header.hash() == first => {}
            Some(block) => return Err(format!("it covers {first}, final is {}", block.header.hash())),
            None => return Err("nobody heard of that block".into()),
        }
        if probe {
            let mut wrong = shown.certificate.to_vec();
            let place = wrong.len() - 1;
            if let Some(byte) = wrong.get_mut(place) {
                *byte ^= 1;
            }
            let accepted = Certificate::from_bytes(&wrong)
                .is_ok_and(|wrong| wrong.verify(&self.0.chain_key, &self.0.genesis_hash).is_ok());
            if accepted {
                return Err("it still verifies with a bit flipped".into());
            }
            if certificate.verify(&self.0.chain_key, &keccak256(self.0.genesis_hash)).is_ok() {
                return Err("it also verifies for another chain".into());
            }
        }
        Ok(())
    }
}

impl Judge {
    /// A member said no, or nothing, to a question it must have the answer to. Only trouble with its disk
    /// or its end excuse that; they are looked at where they happen.
    pub fn unanswered(&self, member: usize, up: &Up, what: &str) {
        if up.is_sound() {
            self.blame(Some(member), what.into());
        }
    }
}

impl Witness for Judge {
    fn hears(&self, member: usize, block: &Arc<FinalizedBlock>) {
        let height = block.header.height.get();
        let faults = {
            let state = &mut *self.0.state.lock();
            state.hears(member, block, self.0.events.now_ms())
        };
        for fault in faults.what {
            self.blame(Some(member), fault);
        }
        if faults.news {
            let header = &block.header;
            self.0.events.tell(
                Some(member),
                format!(
                    "final {height} {} view {} {} transactions",
                    short(&header.hash()),
                    header.view,
                    header.transaction_count
                ),
            );
        }
    }

    /// The first thing is the verdict.
    fn blame(&self, member: Option<usize>, what: String) {
        self.0.events.tell(member, format!("VIOLATION {what}"));
        let who = member.map(|index| format!("member-{}: ", index + 1)).unwrap_or_default();
        self.0.state.lock().blame.get_or_insert_with(|| format!("{who}{what}"));
    }
}

/// What came of hearing a block.
struct Heard {
    what: Vec<String>,
    news: bool,
}

impl State {
    fn hears(&mut self, member: usize, block: &Arc<FinalizedBlock>, now_ms: u64) -> Heard {
        let height = block.header.height.get();
        let mut what = Vec::new();
        self.shown.insert((member, height));
        if let Some(known) = self.chain.get(&height) {
            if known.header.hash() != block.header.hash() {
                what.push(format!(
                    "two blocks final at height {height}: {} and {}",
                    known.header.hash(),
                    block.header.hash()
                ));
            } else if known.receipts != block.receipts {
                what.push(format!("other receipts of block {height} than the first that showed them"));
            } else if known.transactions != block.transactions {
                what.push(format!("other transactions in block {height}"));
            }
            return Heard { what, news: false };
        }
        let begin_ms = u64::try_from(BEGIN.as_millis()).unwrap_or_default();
        if block.header.timestamp_ms > begin_ms + now_ms + AHEAD_MS_MAX {
            what.push(format!(
                "block {height} is of the future: {} ms ahead of the true time",
                block.header.timestamp_ms - begin_ms - now_ms
            ));
        }
        if tree::receipts_root(&block.receipts) != block.header.receipts_root {
            what.push(format!("receipts of block {height} are not those its header commits to"));
        }
        self.chain.insert(height, block.clone());
        self.blocks += 1;
        if height > self.newest.0 {
            self.newest = (height, now_ms);
        }
        while let Some(next) = self.chain.get(&(self.model.height() + 1)).cloned() {
            what.extend(self.model.block(&next));
        }
        Heard { what, news: true }
    }
}

fn short(hash: &B256) -> String {
    hash.to_string().chars().take(10).collect()
}
