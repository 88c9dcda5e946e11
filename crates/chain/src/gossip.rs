//! Spreads admitted transactions, and tells the other members how far this one is.
//!
//! Members are fully connected, so one hop reaches everyone: what entered at a member's doors it
//! sends to all others, again while it waits too long; what came from a peer it does not pass on.

use crate::{
    shared::{PARALLEL_FROM, PeerState, Shared, now_ms},
    types::{PeerKey, member_key},
};
use bytes::BufMut;
use commonware_codec::{
    Buf, DecodeExt as _, Encode as _, EncodeSize, Error as CodecError, RangeCfg, Read, ReadExt as _, Write,
};
use commonware_macros::select;
use commonware_p2p::{Blocker, Receiver, Recipients, Sender};
use commonware_parallel::Strategy;
use commonware_runtime::{Clock, Handle, IoBuf, Metrics, Spawner, Storage};
use ding_primitives::{
    Account, Address, Height, Recovered, Transaction, limits,
    planted::{self, Planted},
    ports::{ReadError, TransactionSource},
    transaction::recover,
};
use ding_state::Branch;
use std::{sync::Arc, time::Duration};

/// How often members tell each other where they are.
const STATUS_INTERVAL: Duration = Duration::from_millis(limits::PEER_STATUS_MS);

/// The same while some of them were not heard of: who just connected is to know.
const CONNECTING_INTERVAL: Duration = Duration::from_millis(100);

/// A message of the gossip channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Signed transactions, as they are.
    Transactions(Vec<bytes::Bytes>),
    /// The sender's latest final block.
    Status(Height),
}

/// Layout: tag (1: 0 transactions, 1 status) | count (varint), for each length (varint) and bytes |
/// or height (8).
impl Write for Message {
    fn write(&self, buf: &mut impl BufMut) {
        match self {
            Self::Transactions(list) => {
                buf.put_u8(0);
                list.write(buf);
            }
            Self::Status(height) => {
                buf.put_u8(1);
                buf.put_u64(height.get());
            }
        }
    }
}

impl EncodeSize for Message {
    fn encode_size(&self) -> usize {
        1 + match self {
            Self::Transactions(list) => list.encode_size(),
            Self::Status(_) => 8,
        }
    }
}

impl Read for Message {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, CodecError> {
        match u8::read(buf)? {
            0 => {
                let bounds = (
                    RangeCfg::from(0..=limits::GOSSIP_TRANSACTIONS_MAX),
                    RangeCfg::from(0..=limits::TRANSACTION_BYTES_MAX),
                );
                Ok(Self::Transactions(Vec::<bytes::Bytes>::read_cfg(buf, &bounds)?))
            }
            1 => Ok(Self::Status(Height::new(u64::read(buf)?))),
            _ => Err(CodecError::Invalid("Message", "unknown tag")),
        }
    }
}

/// Gossip of one member.
pub(crate) struct Gossip<E: commonware_storage::Context + Spawner, T, S, B> {
    pub shared: Arc<Shared<E>>,
    pub source: T,
    pub strategy: S,
    pub blocker: B,
}

impl<E, T, S, B> Gossip<E, T, S, B>
where
    E: Clock + Spawner + Storage + Metrics,
    T: TransactionSource,
    S: Strategy,
    B: Blocker<PublicKey = PeerKey>,
{
    /// Starts both directions; they end with their context.
    pub(crate) fn start(
        self,
        context: &E,
        sender: impl Sender<PublicKey = PeerKey>,
        receiver: impl Receiver<PublicKey = PeerKey>,
    ) -> (Handle<()>, Handle<()>) {
        let (shared, source) = (self.shared.clone(), self.source.clone());
        let out = context.child("gossip_out").spawn(move |context| send(context, shared, source, sender));
        let into = context.child("gossip_in").spawn(move |context| self.receive(context, receiver));
        (out, into)
    }

    async fn receive(mut self, context: E, mut receiver: impl Receiver<PublicKey = PeerKey>) {
        while let Ok((peer, bytes)) = receiver.recv().await {
            match Message::decode(bytes) {
                Ok(Message::Status(height)) => {
                    let state = PeerState { height, heard_ms: now_ms(&context) };
                    let before = self.shared.hear(member_key(&peer), state);
                    if planted::is(Planted::ShutOutInnocent) && before.is_some_and(|b| b.height > height) {
                        let _ = self.blocker.block(peer);
                    }
                }
                Ok(Message::Transactions(list)) => {
                    if let Err(error) =
                        admit(&context, &self.shared, &self.source, &self.strategy, list).await
                    {
                        tracing::warn!(%error, "transactions of a peer could not be looked at");
                    }
                }
                Err(error) => {
                    // Our own limits bound what an honest member sends, so this one is not.
                    tracing::warn!(%peer, %error, "peer sent what no member sends");
                    let _ = self.blocker.block(peer);
                }
            }
        }
    }
}

async fn admit<E, T, S>(
    context: &E,
    shared: &Shared<E>,
    source: &T,
    strategy: &S,
    list: Vec<bytes::Bytes>,
) -> Result<(), ReadError>
where
    E: Clock + Spawner + Storage + Metrics,
    T: TransactionSource,
    S: Strategy,
{
    let chain_id = shared.spec.chain_id;
    let fresh: Vec<Transaction> = {
        list.into_iter()
            .map(|raw| Transaction::from_raw(ding_primitives::Bytes(raw)))
            .filter(|t: &Transaction| source.find(&t.hash()).is_none() && !shared.is_recent(&t.hash()))
            .collect()
    };
    let recovered: Vec<Option<Arc<Recovered>>> = {
        let find = |t: Transaction| match shared.known(&t.hash(), source) {
            Some(known) => Some(known),
            None => recover(t, chain_id).ok().map(Arc::new),
        };
        if fresh.len() < PARALLEL_FROM {
            fresh.into_iter().map(find).collect()
        } else {
            strategy.map_collect_vec(fresh, find)
        }
    };
    let recovered: Vec<Arc<Recovered>> = recovered.into_iter().flatten().collect();
    let Some(databases) = shared.databases.get() else { return Ok(()) };
    let now = now_ms(context);
    let senders: Vec<Address> = recovered.iter().map(|t| t.sender()).collect();
    for _ in 0..limits::READ_ATTEMPTS_MAX {
        let mut branch = Branch::latest(databases).await;
        match branch.prefetch(senders.clone(), Vec::new()).await {
            Err(ReadError::Stale) => continue,
            Err(error) => return Err(error),
            Ok(()) => {}
        }
        for transaction in &recovered {
            let account = branch.account(transaction.sender()).await?.unwrap_or(Account::EMPTY);
            source.admit_from_peer(transaction.clone(), account, now);
        }
        return Ok(());
    }
    Err(ReadError::Stale)
}

async fn send<E, T>(
    context: E,
    shared: Arc<Shared<E>>,
    source: T,
    mut sender: impl Sender<PublicKey = PeerKey>,
) where
    E: Clock + Spawner + Storage + Metrics,
    T: TransactionSource,
{
    let mut next_status = context.current();
    loop {
        if context.current() >= next_status {
            let message = Message::Status(shared.head().header.height);
            sender.send(Recipients::All, IoBuf::from(message.encode()), false);
            let complete = shared.connected(now_ms(&context)) >= shared.spec.validators.len();
            next_status = context.current() + if complete { STATUS_INTERVAL } else { CONNECTING_INTERVAL };
        }
        loop {
            let batch = source.outgoing(limits::GOSSIP_BYTES_MAX, now_ms(&context));
            if batch.is_empty() {
                break;
            }
            for part in batch.chunks(limits::GOSSIP_TRANSACTIONS_MAX) {
                let list = part.iter().map(|t| t.raw().0.clone()).collect();
                sender.send(Recipients::All, IoBuf::from(Message::Transactions(list).encode()), false);
            }
        }
        select! {
            _ = source.changed() => {},
            _ = context.sleep_until(next_status) => {},
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_wire_and_oversized_ones_do_not() {
        for message in [
            Message::Status(Height::new(9)),
            Message::Transactions(vec![bytes::Bytes::from_static(b"a"), bytes::Bytes::new()]),
        ] {
            assert_eq!(Message::decode(message.encode()).unwrap(), message);
        }
        let many = Message::Transactions(vec![bytes::Bytes::new(); limits::GOSSIP_TRANSACTIONS_MAX + 1]);
        assert!(Message::decode(many.encode()).is_err());
        let large =
            Message::Transactions(vec![bytes::Bytes::from(vec![0; limits::TRANSACTION_BYTES_MAX + 1])]);
        assert!(Message::decode(large.encode()).is_err());
    }
}
