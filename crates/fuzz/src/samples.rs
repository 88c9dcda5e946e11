//! Valid things, always the same: a ledger of four members, its first block, and everything that
//! can be said and proven about it.
//!
//! Targets start from their bytes, and the fixed formats are their bytes.

use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::TxKind;
use alloy_sol_types::SolCall as _;
use commonware_codec::Encode as _;
use commonware_consensus::{
    simplex::types::{
        Certificate as Certified, Finalization, Finalize, Notarization, Notarize, Nullification, Nullify,
        Proposal, Vote,
    },
    types::{Epoch, Round, View},
};
use commonware_cryptography::sha256;
use commonware_glue::stateful::db::DatabaseSet as _;
use commonware_parallel::Sequential;
use commonware_runtime::{Runner as _, Supervisor as _, buffer::paged::CacheRef, deterministic};
use commonware_utils::{NZU16, NZUsize, TestRng, non_empty};
use ding_chain::{
    genesis::{self, Dealt, deal_trusted},
    types::{Block, Digest, Scheme, transactions_root},
};
use ding_execution::{
    Env, Mode, execute,
    mocks::{self, MemoryState, Wallet},
};
use ding_light::{
    Certificate, ChainKey, Package, Statement,
    package::Content,
    state::{AccountProof, SlotProof},
    tree,
};
use ding_modules::evidence::{self, abi::IEvidence};
use ding_primitives::{
    Account, Address, B256, Body, Bytes, Header, Height, MemberKey, Receipt, Recovered, Roots, Spec, U256,
    keccak256, limits, spec::GENESIS_VERSION,
};
use ding_state::{Branch, Databases, proof, store};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// Chain id of everything here.
pub const CHAIN_ID: u64 = mocks::CHAIN_ID;
/// Members of the ledger.
pub const MEMBERS: usize = 4;
/// Wallets with a balance; the third acts for a notary's office.
pub const WALLETS: u64 = 4;

/// Keys of the members.
pub static DEALT: LazyLock<Dealt> = LazyLock::new(|| {
    let names: Vec<String> = (1..=MEMBERS).map(|i| format!("member-{i}")).collect();
    deal_trusted(&mut TestRng::new(7), &names).expect("four members can be dealt to")
});

/// The genesis file.
pub static SPEC: LazyLock<Spec> = LazyLock::new(|| {
    let accounts: Vec<Address> = (0..WALLETS).map(|number| Wallet::new(number).address()).collect();
    let organisations = serde_json::json!([
        { "name": "Harbour Notary Office", "code": "12330100MB0000027B", "roles": ["notary"],
          "accounts": [accounts.get(2)], "validators": [DEALT.validators.first().map(|v| v.key)] },
        { "name": "Bureau", "roles": ["supervisor", "court"], "accounts": [accounts.get(3)] },
    ]);
    Spec {
        version: GENESIS_VERSION,
        name: "samples".into(),
        chain_id: CHAIN_ID,
        timestamp_ms: 1_790_000_000_000,
        public_key: DEALT.public_key.clone(),
        sharing: DEALT.sharing.clone(),
        validators: DEALT.validators.clone(),
        gas_limit: limits::BLOCK_GAS_MAX,
        development: true,
        endowments: accounts.iter().map(|a| (*a, U256::from(10u64.pow(18)))).collect(),
        modules: BTreeMap::from([(
            "members".to_owned(),
            serde_json::json!({ "organisations": organisations }),
        )]),
    }
});

/// Block 0.
pub static GENESIS: LazyLock<Block> =
    LazyLock::new(|| genesis::block::<deterministic::Context>(&SPEC).expect("the genesis file is sound"));

/// The chain's key.
pub static CHAIN_KEY: LazyLock<ChainKey> =
    LazyLock::new(|| ChainKey::from_bytes(&SPEC.public_key).expect("the dealt key is a key"));

/// The voting keys, in the order of the members.
pub static SCHEMES: LazyLock<Vec<Scheme>> = LazyLock::new(|| {
    let sign = |member: &genesis::DealtMember| {
        genesis::signer(&SPEC, &GENESIS.hash(), member.share.clone()).expect("the share fits")
    };
    DEALT.members.iter().map(sign).collect()
});

static TRANSACTIONS: LazyLock<Vec<Arc<Recovered>>> = LazyLock::new(|| {
    let mut first = Wallet::new(0);
    let mut second = Wallet::new(1);
    let mut notary = Wallet::new(2);
    let deposit = IEvidence::depositCall {
        digest: keccak256("a file"),
        sm3: keccak256("the same file"),
        kind: 6,
        provenance: keccak256("a report"),
        referenceId: B256::ZERO,
        operation: keccak256("operation 1"),
    };
    let batch = IEvidence::depositBatchCall {
        root: keccak256("a batch"),
        count: 5,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: keccak256("a reference"),
        operation: B256::ZERO,
    };
    let attest =
        IEvidence::attestCall { digest: keccak256("a file"), opinion: 1, report: keccak256("a finding") };
    let listed = AccessList(vec![AccessListItem {
        address: evidence::state::ADDRESS,
        storage_keys: vec![B256::ZERO, keccak256("slot")],
    }]);
    // SSTORE(5, 7); emits LOG1 with two bytes; the code that stays is one STOP.
    let code = [0x60, 7, 0x60, 5, 0x55, 0x60, 9, 0x60, 2, 0x5f, 0xa1, 0x60, 1, 0x5f, 0xf3];
    let [legacy, older] = first.older_transfers(Address::repeat_byte(0x35), 7);
    vec![
        legacy,
        older,
        first.transfer(second.address(), 1_000),
        first.create(code.to_vec()),
        second.call(evidence::state::ADDRESS, deposit.abi_encode()),
        second.call(evidence::state::ADDRESS, batch.abi_encode()),
        notary.call(evidence::state::ADDRESS, attest.abi_encode()),
        // Refused by the module: the receipt of a failure.
        notary.call(evidence::state::ADDRESS, attest.abi_encode()),
        notary.send(TxKind::Call(evidence::state::ADDRESS), U256::ZERO, deposit.abi_encode().into(), listed),
    ]
});

/// Transactions of every kind, as block 1 has them.
pub fn transactions() -> &'static [Arc<Recovered>] {
    &TRANSACTIONS
}

/// The body of block 1.
pub fn body() -> Body {
    Body { transactions: TRANSACTIONS.iter().map(|t| t.transaction().clone()).collect() }
}

fn leader() -> MemberKey {
    SPEC.validators.first().map(|v| v.key).expect("there are validators")
}

/// What block 1 says of itself to its transactions: as a member would execute it.
fn env() -> Env {
    Env {
        chain_id: CHAIN_ID,
        height: Height::new(1),
        timestamp_ms: SPEC.timestamp_ms + 5_000,
        parent_hash: GENESIS.hash(),
        beneficiary: leader().address(),
        gas_limit: SPEC.gas_limit,
        bound: false,
    }
}

/// State after block 1, and its receipts.
static EXECUTED: LazyLock<(MemoryState, Vec<Receipt>, u64, ding_primitives::Changes)> = LazyLock::new(|| {
    let mut state = MemoryState::default();
    let outcome =
        execute(&mut state, &SPEC, &env(), &TRANSACTIONS, Mode::Verify).expect("the sample transactions run");
    state.apply(&outcome.changes);
    (state, outcome.receipts, outcome.gas_used, outcome.changes)
});

/// The receipts of block 1.
pub fn receipts() -> Vec<Receipt> {
    EXECUTED.1.clone()
}

/// The accounts and slots after block 1.
pub fn state() -> &'static MemoryState {
    &EXECUTED.0
}

/// The contract that block 1 created.
pub static CONTRACT: LazyLock<Address> =
    LazyLock::new(|| receipts().iter().find_map(|receipt| receipt.created).expect("one is created"));

/// Proofs that the store made of the state after block 1.
#[derive(Debug)]
pub struct Proofs {
    /// Roots of the three databases.
    pub roots: Roots,
    /// Some accounts.
    pub accounts: Vec<(Address, Account, AccountProof)>,
    /// Some slots: of modules, held and absent, and of the contract.
    pub slots: Vec<(Address, U256, U256, SlotProof)>,
}

/// Proofs of the state after block 1.
pub static PROOFS: LazyLock<Proofs> = LazyLock::new(|| {
    deterministic::Runner::default().start(|context| async move {
        let cache = CacheRef::new(NZU16!(4096), NZUsize!(256));
        let databases: Databases<deterministic::Context> = Databases::<deterministic::Context>::init(
            context.child("state"),
            store::config("s", &cache),
            None,
        )
        .await;
        let branch = Branch::latest(&databases).await.commit(&EXECUTED.3).await.expect("the store commits");
        let roots = store::commitments::<deterministic::Context>(&branch);
        databases.apply(branch).await;
        let readers = databases.readers();
        let mut accounts = Vec::new();
        for address in state().accounts.keys().take(8) {
            let proved = proof::account(&readers, address).await.expect("the store reads");
            let proved = proved.expect("it is there");
            accounts.push((*address, proved.value, proved.proof));
        }
        let module = evidence::state::ADDRESS;
        let absent = [U256::from(77), evidence::state::record_slot(keccak256("never"))];
        let wanted = state()
            .slots
            .keys()
            .copied()
            .filter(|(address, _)| *address == module || *address == *CONTRACT)
            .take(10)
            .chain(absent.map(|slot| (module, slot)))
            .chain([(*CONTRACT, U256::from(5))]);
        let mut slots = Vec::new();
        for (address, slot) in wanted {
            let proved = proof::slot(&readers, &address, &slot).await.expect("the store reads");
            let proved = proved.expect("it is there or absent");
            slots.push((address, slot, proved.value, proved.proof));
        }
        Proofs { roots, accounts, slots }
    })
});

/// The header of block 1.
pub static HEADER: LazyLock<Header> = LazyLock::new(|| Header {
    epoch: 0,
    view: 3,
    parent_view: 0,
    leader: leader(),
    parent: GENESIS.hash(),
    height: Height::new(1),
    timestamp_ms: env().timestamp_ms,
    transactions_root: transactions_root(&body()),
    receipts_root: tree::receipts_root(&EXECUTED.1),
    roots: PROOFS.roots,
    gas_used: EXECUTED.2,
    gas_limit: SPEC.gas_limit,
    transaction_count: u32::try_from(TRANSACTIONS.len()).unwrap_or(u32::MAX),
});

/// Block 1.
pub fn block() -> Block {
    Block::new(HEADER.clone(), body()).expect("the header fits the body")
}

fn proposal() -> Proposal<Digest> {
    let round = Round::new(Epoch::new(HEADER.epoch), View::new(HEADER.view));
    Proposal::new(round, View::new(HEADER.parent_view), sha256::Digest(HEADER.hash().0))
}

fn round() -> Round {
    Round::new(Epoch::zero(), View::new(2))
}

/// One vote of each kind for block 1.
pub fn votes() -> Vec<Vote<Scheme, Digest>> {
    let scheme = SCHEMES.first().expect("there are members");
    vec![
        Vote::Notarize(Notarize::sign(scheme, proposal()).expect("a member votes")),
        Vote::Nullify(Nullify::sign::<Digest>(scheme, round()).expect("a member votes")),
        Vote::Finalize(Finalize::sign(scheme, proposal()).expect("a member votes")),
    ]
}

/// The finalization of block 1.
pub static FINALIZATION: LazyLock<Finalization<Scheme, Digest>> = LazyLock::new(|| {
    let votes: Vec<_> = SCHEMES
        .iter()
        .take(3)
        .map(|scheme| Finalize::sign(scheme, proposal()).expect("a member votes"))
        .collect();
    let verifier = SCHEMES.first().expect("there are members");
    Finalization::from_finalizes(verifier, non_empty![@votes.iter()], &Sequential)
        .expect("three of four are a quorum")
});

/// A certificate of each kind.
pub fn certificates() -> Vec<Certified<Scheme, Digest>> {
    let notarizes: Vec<_> =
        SCHEMES.iter().take(3).filter_map(|scheme| Notarize::sign(scheme, proposal())).collect();
    let nullifies: Vec<_> =
        SCHEMES.iter().take(3).filter_map(|scheme| Nullify::sign::<Digest>(scheme, round())).collect();
    let verifier = SCHEMES.first().expect("there are members");
    let notarization = Notarization::from_notarizes(verifier, non_empty![@notarizes.iter()], &Sequential);
    let nullification = Nullification::from_nullifies(verifier, non_empty![@nullifies.iter()], &Sequential);
    vec![
        Certified::Notarization(notarization.expect("a quorum")),
        Certified::Nullification(nullification.expect("a quorum")),
        Certified::Finalization(FINALIZATION.clone()),
    ]
}

/// The certificate of block 1, as light readers see it.
pub static CERTIFICATE: LazyLock<Certificate> = LazyLock::new(|| {
    let certificate = Certificate::from_bytes(&FINALIZATION.encode()).expect("the engine's bytes");
    certificate.verify(&CHAIN_KEY, &GENESIS.hash()).expect("a quorum signed it");
    certificate
});

/// A package with statements of every kind about block 1.
pub static PACKAGE: LazyLock<Package> = LazyLock::new(|| {
    let receipts = receipts();
    let hashes: Vec<B256> = TRANSACTIONS.iter().map(|t| t.hash()).collect();
    let log = |transaction: usize| Statement::Log {
        transaction: u32::try_from(transaction).unwrap_or(u32::MAX),
        log: 0,
        receipt: receipts.get(transaction).cloned().expect("in range"),
        proof: tree::prove_receipt(&receipts, transaction).expect("in range"),
    };
    let transaction = |index: usize, content| Statement::Transaction {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        content,
        proof: tree::prove_transaction(&hashes, index).expect("in range"),
    };
    let raw = |index: usize| -> Bytes {
        TRANSACTIONS.get(index).map(|t| t.transaction().raw().clone()).unwrap_or_default()
    };
    let mut statements = vec![
        log(4),
        transaction(2, Content::Hash(hashes.get(2).copied().unwrap_or_default())),
        transaction(5, Content::Envelope(raw(5))),
    ];
    for (address, account, proof) in PROOFS.accounts.iter().take(2) {
        statements.push(Statement::Account { address: *address, account: *account, proof: proof.clone() });
    }
    let kinds: [fn(&SlotProof) -> bool; 3] = [
        |proof| matches!(proof, SlotProof::Module(_)),
        |proof| matches!(proof, SlotProof::ModuleAbsent(_)),
        |proof| matches!(proof, SlotProof::Contract(_)),
    ];
    for kind in kinds {
        let (address, slot, value, proof) =
            PROOFS.slots.iter().find(|(.., proof)| kind(proof)).expect("one of each kind");
        let (address, slot, value) = (*address, *slot, *value);
        statements.push(Statement::Slot { address, slot, value, proof: proof.clone() });
    }
    let headers = vec![HEADER.clone()];
    Package::new(&SPEC.name, GENESIS.hash(), CHAIN_KEY.clone(), headers, CERTIFICATE.clone(), statements)
        .expect("within the limits")
});
