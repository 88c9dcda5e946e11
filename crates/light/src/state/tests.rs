use super::*;
use commonware_parallel::Sequential;
use commonware_runtime::{Runner as _, Supervisor as _, buffer::paged::CacheRef, deterministic};
use commonware_storage::{
    journal::contiguous::fixed::Config as LogConfig,
    mmr::full::Config as TreeConfig,
    qmdb::{
        current::{FixedConfig, ordered, unordered},
        floor::Proportional,
    },
    translator::EightCap,
};
use commonware_utils::{NZU16, NZU64, NZUsize};
use ding_primitives::{DatabaseCommitment, address, keccak256};

pub(super) type Context = deterministic::Context;
type Accounts = unordered::fixed::Db<Family, Context, Key, AccountValue, Sha256, EightCap, 64, Sequential>;
pub(super) type Modules = ordered::fixed::Db<Family, Context, Key, Word, Sha256, EightCap, 64, Sequential>;
type Contracts = unordered::fixed::Db<Family, Context, Key, Word, Sha256, EightCap, 64, Sequential>;

pub(crate) const MODULE_ADDRESS: Address = address!("00000000000000000000000000000000000d0002");
pub(crate) const CONTRACT_ADDRESS: Address = address!("1111111111111111111111111111111111111111");

/// Account `i` of the world.
pub(crate) fn account(i: u64) -> (Address, Account) {
    let address = Address::from_slice(&keccak256(i.to_be_bytes())[..20]);
    (address, Account { nonce: i, balance: U256::from(i * 1_000), code_hash: keccak256([1]) })
}

/// Value of slot `i`, module's and contract's alike.
pub(crate) fn word(i: u64) -> U256 {
    U256::from(i * 7 + 1)
}

/// A state as members hold it, and proofs that its store made.
pub(crate) struct World {
    pub(crate) roots: Roots,
    /// Of account 5.
    pub(crate) account: AccountProof,
    /// Of slot 5 of the module.
    pub(crate) held: SlotProof,
    /// Of slot 5,000 of the module, never written.
    pub(crate) never: SlotProof,
    /// Of slot 9 of the module, written and removed.
    pub(crate) removed: SlotProof,
    /// Of slot 5 of the contract.
    pub(crate) contract: SlotProof,
    /// Of account 7, before it was written a second time, with the roots of then.
    pub(crate) before: (AccountProof, Roots),
}

pub(super) fn config(name: &str) -> FixedConfig<EightCap, Sequential> {
    let page_cache = CacheRef::new(NZU16!(4096), NZUsize!(256));
    FixedConfig {
        merkle_config: TreeConfig {
            journal_partition: format!("{name}-nodes"),
            metadata_partition: format!("{name}-meta"),
            items_per_blob: NZU64!(4096),
            write_buffer: NZUsize!(4096),
            replay_buffer: NZUsize!(4096),
            strategy: Sequential,
            page_cache: page_cache.clone(),
        },
        journal_config: LogConfig {
            partition: format!("{name}-log"),
            items_per_blob: NZU64!(4096),
            write_buffer: NZUsize!(4096),
            replay_buffer: NZUsize!(4096),
            page_cache,
        },
        grafted_metadata_partition: format!("{name}-grafted"),
        translator: EightCap,
        init_cache: None,
        init_buffer: NZUsize!(65536),
        init_concurrency: (),
    }
}

macro_rules! commit {
    ($db:ident, $writes:expr) => {{
        let mut batch = $db.new_batch();
        for (key, value) in $writes {
            batch = batch.write(key, value);
        }
        let merkleized = batch.merkleize(&$db, None, &mut Proportional).await.unwrap();
        $db.apply_batch(merkleized).await.unwrap().commit().await.unwrap()
    }};
}

pub(super) fn commitment(root: Digest) -> DatabaseCommitment {
    DatabaseCommitment { root: B256::new(root.0), ops_root: B256::ZERO, start: 0, end: 1 }
}

pub(super) use commit;

fn account_write(i: u64, account: Account) -> (Key, Option<AccountValue>) {
    let (address, _) = self::account(i);
    (Key::new(keys::account_key(&address)), Some(AccountValue::new(keys::encode_account(&account))))
}

pub(super) fn slot_write(address: &Address, i: u64, value: Option<U256>) -> (Key, Option<Word>) {
    (module_key(address, i), value.map(|value| Word::new(keys::encode_word(&value))))
}

pub(super) fn module_key(address: &Address, i: u64) -> Key {
    Key::new(keys::slot_key(address, &U256::from(i)))
}

/// Builds a state of `size` accounts and slots of each kind (a few of them written twice or removed).
pub(crate) fn world(size: u64) -> World {
    assert!(size > 9 && size < 5_000);
    deterministic::Runner::default().start(|context| async move {
        let accounts = Accounts::init(context.child("accounts"), config("a"), None).await.unwrap();
        let modules = Modules::init(context.child("modules"), config("m"), None).await.unwrap();
        let contracts = Contracts::init(context.child("contracts"), config("c"), None).await.unwrap();

        // The first block writes everything; accounts 3 and 7 are older than their last value.
        let older = |i: u64| Account { nonce: 1_000_000, ..account(i).1 };
        let accounts = commit!(
            accounts,
            (0..size).map(|i| account_write(i, if i == 3 || i == 7 { older(i) } else { account(i).1 }))
        );
        let modules = commit!(modules, (0..size).map(|i| slot_write(&MODULE_ADDRESS, i, Some(word(i)))));
        let contracts =
            commit!(contracts, (0..size).map(|i| slot_write(&CONTRACT_ADDRESS, i, Some(word(i)))));
        let before = accounts.key_value_proof(Key::new(keys::account_key(&account(7).0))).await.unwrap();
        let before = AccountProof::from_commonware(before);
        let roots_before = Roots {
            accounts: commitment(accounts.root()),
            modules: commitment(modules.root()),
            contracts: commitment(contracts.root()),
        };

        // The second block overwrites and removes.
        let accounts = commit!(accounts, [3, 7].map(|i| account_write(i, account(i).1)));
        let modules = commit!(modules, [slot_write(&MODULE_ADDRESS, 9, None)]);
        let contracts = commit!(contracts, [slot_write(&CONTRACT_ADDRESS, 9, None)]);

        let account_proof =
            accounts.key_value_proof(Key::new(keys::account_key(&account(5).0))).await.unwrap();
        let held = modules.key_value_proof(module_key(&MODULE_ADDRESS, 5)).await.unwrap();
        let never = modules.exclusion_proof(&module_key(&MODULE_ADDRESS, 5_000)).await.unwrap();
        let removed = modules.exclusion_proof(&module_key(&MODULE_ADDRESS, 9)).await.unwrap();
        let contract = contracts.key_value_proof(module_key(&CONTRACT_ADDRESS, 5)).await.unwrap();
        World {
            roots: Roots {
                accounts: commitment(accounts.root()),
                modules: commitment(modules.root()),
                contracts: commitment(contracts.root()),
            },
            account: AccountProof::from_commonware(account_proof),
            held: SlotProof::from_commonware_module(held),
            never: SlotProof::from_commonware_module_absent(never),
            removed: SlotProof::from_commonware_module_absent(removed),
            contract: SlotProof::from_commonware_contract(contract),
            before: (before, roots_before),
        }
    })
}

pub(super) fn n(i: u64) -> U256 {
    U256::from(i)
}

#[test]
fn what_the_store_proves_is_accepted_for_states_of_many_sizes() {
    // Bitmap pieces hold 512 operations: below one, at its edge, in the middle, several.
    for size in [10, 300, 505, 511, 512, 513, 1_500] {
        let world = world(size);
        let (address, held) = account(5);
        world.account.verify(&address, &held, &world.roots).unwrap();
        world.held.verify(&MODULE_ADDRESS, &n(5), &word(5), &world.roots).unwrap();
        world.never.verify(&MODULE_ADDRESS, &n(5_000), &U256::ZERO, &world.roots).unwrap();
        world.removed.verify(&MODULE_ADDRESS, &n(9), &U256::ZERO, &world.roots).unwrap();
        world.contract.verify(&CONTRACT_ADDRESS, &n(5), &word(5), &world.roots).unwrap();
    }
}

#[test]
fn proofs_survive_their_bytes() {
    let world = world(1_500);
    assert_eq!(AccountProof::from_bytes(&world.account.to_bytes()).unwrap(), world.account);
    for proof in [&world.held, &world.never, &world.removed, &world.contract] {
        let bytes = proof.to_bytes();
        assert!(bytes.len() < 1_000, "{}", bytes.len());
        assert_eq!(&SlotProof::from_bytes(&bytes).unwrap(), proof);
        for end in 0..bytes.len() {
            assert!(SlotProof::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert!(SlotProof::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
    }
}

#[test]
fn another_value_key_or_root_is_refused() {
    let world = world(600);
    let (address, held) = account(5);
    let refused =
        |result: Result<(), ProofError>| assert!(matches!(result, Err(ProofError::Mismatch { .. })));
    refused(world.account.verify(&address, &Account { nonce: 6, ..held }, &world.roots));
    refused(world.account.verify(&account(6).0, &held, &world.roots));
    refused(world.account.verify(&address, &held, &world.before.1));
    refused(world.held.verify(&MODULE_ADDRESS, &n(5), &word(6), &world.roots));
    refused(world.held.verify(&MODULE_ADDRESS, &n(6), &word(5), &world.roots));
    refused(world.contract.verify(&CONTRACT_ADDRESS, &n(5), &word(6), &world.roots));
    refused(world.contract.verify(&Address::repeat_byte(0x22), &n(5), &word(5), &world.roots));
}

#[test]
fn a_value_that_was_overwritten_is_no_longer_proven() {
    let world = world(600);
    let (proof, then) = &world.before;
    let (address, now) = account(7);
    let older = Account { nonce: 1_000_000, ..now };
    proof.verify(&address, &older, then).unwrap();
    assert!(proof.verify(&address, &older, &world.roots).is_err());
    assert!(proof.verify(&address, &now, &world.roots).is_err());
}

#[test]
fn a_held_slot_cannot_be_called_absent() {
    let world = world(600);
    // The neighbours that prove 5,000 absent say nothing about any slot that is held.
    for held in (0..600).filter(|i| *i != 9) {
        assert!(world.never.verify(&MODULE_ADDRESS, &n(held), &U256::ZERO, &world.roots).is_err(), "{held}");
    }
    assert!(matches!(
        world.held.verify(&MODULE_ADDRESS, &n(5), &U256::ZERO, &world.roots),
        Err(ProofError::OtherPresence { .. })
    ));
    assert!(matches!(
        world.never.verify(&MODULE_ADDRESS, &n(5_000), &n(1), &world.roots),
        Err(ProofError::OtherPresence { .. })
    ));
}

#[test]
fn a_slot_is_proven_in_the_database_it_lives_in() {
    // S1: the modules' database does not hold the contract's slot, and that proves nothing.
    let world = world(600);
    for proof in [&world.held, &world.never] {
        assert!(matches!(
            proof.verify(&CONTRACT_ADDRESS, &n(5), &U256::ZERO, &world.roots),
            Err(ProofError::OtherDatabase { want: "contracts", .. })
        ));
    }
    assert!(matches!(
        world.contract.verify(&MODULE_ADDRESS, &n(5), &word(5), &world.roots),
        Err(ProofError::OtherDatabase { want: "modules", .. })
    ));
}

#[test]
fn any_flipped_bit_of_a_proof_is_refused() {
    let world = world(600);
    let (address, held) = account(5);
    let account_bytes = world.account.to_bytes();
    let checks: [(&SlotProof, Address, U256, U256); 4] = [
        (&world.held, MODULE_ADDRESS, n(5), word(5)),
        (&world.never, MODULE_ADDRESS, n(5_000), U256::ZERO),
        (&world.removed, MODULE_ADDRESS, n(9), U256::ZERO),
        (&world.contract, CONTRACT_ADDRESS, n(5), word(5)),
    ];
    for bit in 0..8 {
        for index in 0..account_bytes.len() {
            let mut flipped = account_bytes.clone();
            flipped[index] ^= 1 << bit;
            let refused = AccountProof::from_bytes(&flipped)
                .and_then(|proof| proof.verify(&address, &held, &world.roots));
            assert!(refused.is_err(), "account proof, byte {index} bit {bit}");
        }
        for (proof, address, slot, value) in &checks {
            let bytes = proof.to_bytes();
            for index in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[index] ^= 1 << bit;
                let refused = SlotProof::from_bytes(&flipped)
                    .and_then(|proof| proof.verify(address, slot, value, &world.roots));
                assert!(refused.is_err(), "slot {slot} proof, byte {index} bit {bit}");
            }
        }
    }
}

#[test]
fn a_proof_with_too_many_digests_is_refused_before_it_is_read() {
    let mut proof = world(20).account.0;
    proof.range_proof.proof.digests = vec![Digest([0; 32]); limits::STATE_PROOF_DIGESTS_MAX];
    let bytes = AccountProof(proof.clone()).to_bytes();
    assert!(bytes.len() <= limits::STATE_PROOF_BYTES_MAX);
    assert!(AccountProof::from_bytes(&bytes).is_ok());
    proof.range_proof.proof.digests.push(Digest([0; 32]));
    assert!(matches!(
        AccountProof::from_bytes(&AccountProof(proof).to_bytes()),
        Err(ProofError::Malformed(_))
    ));
}

#[test]
fn an_empty_module_database_proves_every_slot_absent() {
    deterministic::Runner::default().start(|context| async move {
        let modules = Modules::init(context.child("modules"), config("m"), None).await.unwrap();
        let modules = commit!(modules, [slot_write(&MODULE_ADDRESS, 1, Some(word(1)))]);
        let modules = commit!(modules, [slot_write(&MODULE_ADDRESS, 1, None)]);
        let proof = modules.exclusion_proof(&module_key(&MODULE_ADDRESS, 1)).await.unwrap();
        let proof =
            SlotProof::from_bytes(&SlotProof::from_commonware_module_absent(proof).to_bytes()).unwrap();
        let root = commitment(modules.root());
        let roots = Roots { accounts: root, modules: root, contracts: root };
        proof.verify(&MODULE_ADDRESS, &n(1), &U256::ZERO, &roots).unwrap();
        proof.verify(&MODULE_ADDRESS, &n(2), &U256::ZERO, &roots).unwrap();
    });
}
