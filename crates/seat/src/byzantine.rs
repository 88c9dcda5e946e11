//! Members that are up to no good. At most f of n = 3f + 1 are, and whatever they do, the others
//! keep one chain.
//!
//! A bad member runs the real code with the real keys; its messages are changed on their way out.
//! One file for each way to be bad.

mod bad_root;
mod conflict;
mod equivocate;
mod flood;
mod garbage;
mod replay;
mod withhold;

use crate::{dice::Dice, network::Network};
use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_consensus::simplex::types::{Finalize, Notarize, Proposal, Vote};
use commonware_runtime::IoBuf;
use commonware_utils::sync::Mutex;
use ding_chain::types::{Block, Digest, PeerKey, Scheme, member_key};
use std::sync::Arc;

/// Makes valid transactions, signed by somebody, for who floods.
pub type Junk = Arc<dyn Fn(&mut Dice) -> bytes::Bytes + Send + Sync>;

/// A message: its channel, to whom, what.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Channel, as [`ding_chain::channels`] numbers them.
    pub channel: u64,
    /// Recipients.
    pub to: Vec<PeerKey>,
    /// Bytes.
    pub message: IoBuf,
}

impl Letter {
    fn with(&self, message: impl Into<IoBuf>) -> Self {
        Self { message: message.into(), ..self.clone() }
    }
}

/// The ways there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Shows different blocks of one view to different members.
    Equivocate,
    /// Votes for blocks that exclude each other.
    Conflict,
    /// Proposes blocks whose state is not what their transactions make.
    BadRoot,
    /// Keeps to itself what it should say.
    Withhold,
    /// Says everything again and again, and much else.
    Flood,
    /// Sends bytes that mean nothing, on every channel.
    Garbage,
    /// Sends what it said long ago, and votes of other epochs.
    Replay,
}

impl Kind {
    /// Every way.
    pub const ALL: [Self; 7] = [
        Self::Equivocate,
        Self::Conflict,
        Self::BadRoot,
        Self::Withhold,
        Self::Flood,
        Self::Garbage,
        Self::Replay,
    ];
}

/// What a bad member does with what it is about to say.
trait Meddle: Send + 'static {
    /// What leaves instead of one message.
    fn change(&mut self, culprit: &Culprit, dice: &mut Dice, letter: Letter) -> Vec<Letter>;
}

/// Who is bad, and what it can sign with.
struct Culprit {
    me: PeerKey,
    /// Its number, and how many there are.
    place: (u64, u64),
    scheme: Scheme,
}

impl Culprit {
    /// A block that it proposes itself, if this is one.
    fn own_block(&self, message: &IoBuf) -> Option<Block> {
        let block = Block::decode(message.clone()).ok()?;
        (block.header().leader == member_key(&self.me)).then_some(block)
    }

    /// The payload of its vote for a block of its own, if this is one.
    fn own_vote(&self, message: &IoBuf) -> Option<[u8; 32]> {
        let Some(Vote::Notarize(vote)) = vote(message) else { return None };
        let (index, members) = self.place;
        // Leaders take turns.
        (vote.proposal.round.view().get() % members == index).then_some(vote.proposal.payload.0)
    }

    fn notarize(&self, proposal: &Proposal<Digest>, payload: Digest) -> Option<IoBuf> {
        let proposal = Proposal::new(proposal.round, proposal.parent, payload);
        let vote = Notarize::<Scheme, Digest>::sign(&self.scheme, proposal)?;
        Some(IoBuf::from(Vote::Notarize(vote).encode()))
    }

    fn finalize(&self, proposal: &Proposal<Digest>, payload: Digest) -> Option<IoBuf> {
        let proposal = Proposal::new(proposal.round, proposal.parent, payload);
        let vote = Finalize::<Scheme, Digest>::sign(&self.scheme, proposal)?;
        Some(IoBuf::from(Vote::Finalize(vote).encode()))
    }
}

fn vote(message: &IoBuf) -> Option<Vote<Scheme, Digest>> {
    Vote::decode(message.clone()).ok()
}

/// A member's bad will. Clones are the same.
#[derive(Clone)]
pub struct Evil(Arc<Inner>);

struct Inner {
    culprit: Culprit,
    state: Mutex<(Dice, Box<dyn Meddle>)>,
}

impl Evil {
    /// Makes a member bad.
    ///
    /// # Panics
    ///
    /// If there is no such member.
    pub fn new(kind: Kind, network: &Network, index: usize, dice: Dice, junk: Junk) -> Self {
        let me = network.keys.get(index).expect("a member").clone();
        let meddle: Box<dyn Meddle> = match kind {
            Kind::Equivocate => Box::new(equivocate::Equivocate::default()),
            Kind::Conflict => Box::new(conflict::Conflict::default()),
            Kind::BadRoot => Box::new(bad_root::BadRoot::default()),
            Kind::Withhold => Box::new(withhold::Withhold::new(&mut dice.fork("withhold"))),
            Kind::Flood => Box::new(flood::Flood::new(junk)),
            Kind::Garbage => Box::new(garbage::Garbage),
            Kind::Replay => Box::new(replay::Replay::default()),
        };
        let place = (index as u64, network.keys.len() as u64);
        let culprit = Culprit { me, place, scheme: network.scheme(index) };
        Self(Arc::new(Inner { culprit, state: Mutex::new((dice, meddle)) }))
    }

    /// What leaves instead of one message.
    pub fn change(&self, letter: Letter) -> Vec<Letter> {
        let (dice, meddle) = &mut *self.0.state.lock();
        meddle.change(&self.0.culprit, dice, letter)
    }
}
