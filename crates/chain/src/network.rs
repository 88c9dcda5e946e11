//! The authenticated network between members: who is where, and the channels of the chain.

use crate::{channels, engine::max_message_size, types::PeerKey};
use commonware_cryptography::{ChaCha20Poly1305, Signer as _, ed25519};
use commonware_p2p::{
    Address, AddressableManager as _,
    authenticated::lookup::{self, Oracle, Receiver, Sender},
};
use commonware_runtime::{Clock, Handle, Metrics, Network, Quota, Resolver, Spawner};
use commonware_stream::{
    cups::{self, Cups},
    sake::{self, Sake},
};
use commonware_utils::{NZU32, NZUsize, ordered::Map};
use ding_primitives::{B256, limits, namespace};
use rand_core::CryptoRng;
use std::{net::SocketAddr, num::NonZeroUsize, time::Duration};

/// Clocks of two members may differ this much when they connect.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// Messages waiting for one actor of the network.
const MAILBOX: NonZeroUsize = NZUsize!(limits::ACTOR_MESSAGES_MAX);

/// A network that is not started yet.
pub struct Prepared<E: Clock> {
    /// Channels in the order of [`channels`].
    pub channels: [(Sender<PeerKey, E>, Receiver<PeerKey>); channels::COUNT],
    /// Who is connected; also shuts peers out.
    pub oracle: Oracle<PeerKey>,
    start: Box<dyn FnOnce() -> Handle<()> + Send>,
}

impl<E: Clock> Prepared<E> {
    /// Begins to listen and to dial everyone.
    pub fn start(self) -> Handle<()> {
        (self.start)()
    }

    /// Takes the network apart: its channels, its oracle and its start.
    #[expect(clippy::type_complexity, reason = "three parts, each named by its field")]
    pub fn split(
        self,
    ) -> (
        [(Sender<PeerKey, E>, Receiver<PeerKey>); channels::COUNT],
        Oracle<PeerKey>,
        Box<dyn FnOnce() -> Handle<()> + Send>,
    ) {
        (self.channels, self.oracle, self.start)
    }
}

/// Prepares the network of one member. `members` lists all members with their addresses, this one
/// included; peers authenticate with their ed25519 keys, so an address may change or be shared.
pub fn prepare<E>(
    context: E,
    identity: ed25519::PrivateKey,
    genesis_hash: &B256,
    listen: SocketAddr,
    members: Map<PeerKey, Address>,
) -> Prepared<E>
where
    E: Spawner + Clock + CryptoRng + Network + Resolver + Metrics,
{
    let count = NonZeroUsize::new(members.len()).unwrap_or(NZUsize!(1));
    let me = identity.public_key();
    tracing::info!(%me, %listen, members = count, "joining the network");
    let handshake = Cups::<_, ChaCha20Poly1305>::new(
        Sake {
            signer: identity,
            synchrony_bound: CLOCK_TOLERANCE,
            max_handshake_age: CLOCK_TOLERANCE,
            version: sake::Version::V1,
        },
        cups::Version::V1,
    );
    let members_u32 = u32::try_from(count.get()).unwrap_or(u32::MAX);
    let mut config = lookup::Config::local(
        handshake,
        &namespace::peer_to_peer(genesis_hash),
        listen,
        count,
        max_message_size(members_u32),
        MAILBOX,
    );
    // Keys authenticate; members behind one address or with a changing one are welcome.
    config.bypass_ip_check = true;
    config.tracked_peer_sets = NZUsize!(1);
    config.ping_frequency = Duration::from_millis(limits::PEER_PING_MS);
    config.dial_frequency = Duration::from_millis(100);
    config.peer_connection_cooldown = Duration::from_millis(200);
    config.allowed_handshake_rate_per_ip = Quota::per_second(NZU32!(256));
    config.allowed_handshake_rate_per_subnet = Quota::per_second(NZU32!(512));
    config.block_duration = Duration::from_secs(60);
    let (mut network, mut oracle) = lookup::Network::new(context, config);
    let _ = oracle.track(0, members);
    let channels = channels::quotas().map(|(id, quota)| network.register(id, quota));
    Prepared { channels, oracle, start: Box::new(move || network.start()) }
}
