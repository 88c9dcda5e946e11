//! Keys and genesis of a simulated ledger, from a seed.

use crate::workload::accounts;
use commonware_utils::TestRng;
use ding_chain::{
    genesis::{Dealt, deal_trusted},
    types::{PeerKey, peer_key},
};
use ding_primitives::{Spec, U256, limits, spec::GENESIS_VERSION};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// A ledger to simulate.
#[derive(Clone, Debug)]
pub struct Network {
    /// The genesis file.
    pub spec: Arc<Spec>,
    /// Private keys of the members, ordered as consensus orders them.
    pub dealt: Arc<Dealt>,
}

impl Network {
    /// A ledger of `members`, always the same for the same number.
    ///
    /// # Panics
    ///
    /// If `members` is not in `1..=`[`limits::MEMBERS_MAX`].
    pub fn new(members: usize) -> Self {
        let names: Vec<String> = (1..=members).map(|i| format!("member-{i}")).collect();
        let dealt = deal_trusted(&mut TestRng::new(7), &names).expect("the number of members is in range");
        let accounts = accounts();
        let organisations: Vec<_> = dealt
            .validators
            .iter()
            .zip(&accounts)
            .map(|(validator, account)| {
                json!({ "name": validator.name, "roles": ["notary"], "accounts": [account.address()], "validators": [validator.key] })
            })
            .collect();
        let spec = Spec {
            version: GENESIS_VERSION,
            name: "simulated".into(),
            chain_id: 1337,
            timestamp_ms: 0,
            public_key: dealt.public_key.clone(),
            sharing: dealt.sharing.clone(),
            validators: dealt.validators.clone(),
            gas_limit: limits::BLOCK_GAS_MAX,
            development: true,
            endowments: accounts.iter().map(|a| (a.address(), U256::from(1_000_000_000u64))).collect(),
            modules: BTreeMap::from([("members".to_owned(), json!({ "organisations": organisations }))]),
        };
        Self { spec: Arc::new(spec), dealt: Arc::new(dealt) }
    }

    /// The members' keys, ordered.
    pub fn keys(&self) -> Vec<PeerKey> {
        self.spec.validators.iter().filter_map(|v| peer_key(&v.key)).collect()
    }
}
