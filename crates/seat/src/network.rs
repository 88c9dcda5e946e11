//! Keys and genesis of a simulated ledger, always the same.

use crate::{events::BEGIN, machine::Machine, member::Net};
use commonware_p2p::{
    Manager as _,
    simulated::{self, Network as Simulated},
};
use commonware_runtime::{Supervisor as _, deterministic};
use commonware_utils::{NZUsize, TestRng, ordered::Set};
use ding_chain::{
    engine::max_message_size,
    genesis::{self, Dealt, deal_trusted},
    types::{PeerKey, Scheme, peer_key},
};
use ding_primitives::{
    Address, B256, Spec, U256, limits,
    spec::{GENESIS_VERSION, Section},
};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// What each account holds at first.
pub const ENDOWMENT: u64 = 1_000_000_000;
/// Accounts that act for organisations with the notary role.
pub const NOTARIES: usize = 4;

/// A ledger to simulate.
#[derive(Clone, Debug)]
pub struct Network {
    /// The genesis file.
    pub spec: Arc<Spec>,
    /// Private keys of the members, ordered as consensus orders them.
    pub dealt: Arc<Dealt>,
    /// The members' keys, in that order.
    pub keys: Vec<PeerKey>,
}

impl Network {
    /// A ledger of `members` in which `accounts` hold something. The first of them act for the members,
    /// which are notaries. `organisations` stand beside those, and `sections` beside that of `members`.
    ///
    /// # Panics
    ///
    /// If `members` is not in `1..=`[`limits::MEMBERS_MAX`].
    pub fn new(
        members: usize,
        accounts: &[Address],
        organisations: Vec<Section>,
        sections: BTreeMap<String, Section>,
    ) -> Self {
        let names: Vec<String> = (1..=members).map(|i| format!("member-{i}")).collect();
        let dealt = deal_trusted(&mut TestRng::new(7), &names).expect("the number of members is in range");
        let own = dealt
            .validators
            .iter()
            .zip(accounts.iter().take(NOTARIES))
            .map(|(validator, account)| {
                json!({ "name": validator.name, "roles": ["notary"], "accounts": [account], "validators": [validator.key] })
            });
        let organisations: Vec<_> = own.chain(organisations).collect();
        let mut modules = sections;
        modules.insert("members".to_owned(), json!({ "organisations": organisations }));
        let spec = Spec {
            version: GENESIS_VERSION,
            name: "simulated".into(),
            chain_id: 1337,
            timestamp_ms: u64::try_from(BEGIN.as_millis()).unwrap_or_default(),
            public_key: dealt.public_key.clone(),
            sharing: dealt.sharing.clone(),
            validators: dealt.validators.clone(),
            gas_limit: limits::BLOCK_GAS_MAX,
            development: true,
            endowments: accounts.iter().map(|a| (*a, U256::from(ENDOWMENT))).collect(),
            modules,
        };
        let keys = spec.validators.iter().filter_map(|v| peer_key(&v.key)).collect();
        Self { spec: Arc::new(spec), dealt: Arc::new(dealt), keys }
    }

    /// Starts the simulated network between the members. Nobody is linked yet.
    pub fn simulate(&self, context: &deterministic::Context) -> Net {
        let members = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let (simulated, net) = Simulated::new(
            context.child("network"),
            simulated::Config {
                max_size: max_message_size(members),
                max_peers_per_set: NZUsize!(self.keys.len()),
                disconnect_on_block: true,
                tracked_peer_sets: NZUsize!(1),
            },
        );
        simulated.start();
        net.manager().track(0, Set::from_iter_dedup(self.keys.iter().cloned()));
        net
    }

    /// Hash of block 0.
    ///
    /// # Panics
    ///
    /// Never: the genesis made here is sound.
    pub fn genesis_hash(&self) -> B256 {
        genesis::block::<Machine>(&self.spec).expect("the genesis is sound").hash()
    }

    /// The voting key of a member.
    ///
    /// # Panics
    ///
    /// If there is no such member.
    pub fn scheme(&self, index: usize) -> Scheme {
        let share = self.dealt.members.get(index).expect("one share a member").share.clone();
        genesis::signer(&self.spec, &self.genesis_hash(), share).expect("the share fits")
    }
}
