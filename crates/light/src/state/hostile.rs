//! Proofs made by someone who wants to deceive, or to stop the reader: never accepted, never a
//! panic (arithmetic is checked in this build), never more memory than the limits allow.

use super::{tests::*, *};
use commonware_runtime::{Runner as _, Supervisor as _, deterministic};
use commonware_storage::{
    mmr::Location,
    qmdb::{current::proof::constant::OperationProof, floor::Proportional},
};
use commonware_utils::NZU64;

/// Numbers that decoders and arithmetic trip over.
const NUMBERS: [u64; 14] = [
    0,
    1,
    63,
    64,
    511,
    512,
    513,
    1 << 31,
    u32::MAX as u64,
    (1 << 61) + 511,
    (1 << 62) - 1,
    1 << 62,
    u64::MAX - 1,
    u64::MAX,
];

/// A small generator (xorshift64), so that a failure repeats.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        match self.below(4) {
            0 => 0,
            1 => 0xff,
            2 => 0x80,
            _ => self.next().to_be_bytes()[0],
        }
    }
}

/// Every proof with its counters, digests and optional parts bent, one or two at a time.
fn bend(proof: &HeldUnordered, noise: &mut Noise) -> HeldUnordered {
    let mut bent = proof.clone();
    for _ in 0..=noise.below(2) {
        let number = NUMBERS[noise.below(NUMBERS.len())];
        match noise.below(7) {
            0 => bent.loc = Location::new(number),
            1 => bent.range_proof.proof.leaves = Location::new(number),
            2 => bent.range_proof.proof.inactive_peaks = usize::try_from(number).unwrap(),
            3 => bent.range_proof.proof.digests.truncate(noise.below(8)),
            4 => bent
                .range_proof
                .proof
                .digests
                .resize(noise.below(limits::STATE_PROOF_DIGESTS_MAX), Digest([3; 32])),
            5 => {
                bent.range_proof.partial_chunk_digest = if bent.range_proof.partial_chunk_digest.is_some() {
                    None
                } else {
                    Some(Digest([4; 32]))
                };
            }
            _ => bent.chunk = [noise.byte(); BITMAP_CHUNK_BYTES],
        }
    }
    bent
}

#[test]
fn bent_proofs_are_refused_without_a_panic() {
    let world = world(600);
    let (address, held) = account(5);
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    let mut refused = 0;
    for _ in 0..20_000 {
        let bent = bend(&world.account.0, &mut noise);
        if bent == world.account.0 {
            continue;
        }
        // As a value in memory, and as what a reader would make of its bytes.
        let bent = AccountProof(bent);
        assert!(bent.verify(&address, &held, &world.roots).is_err(), "{bent:?}");
        if let Ok(read) = AccountProof::from_bytes(&bent.to_bytes()) {
            assert!(read.verify(&address, &held, &world.roots).is_err(), "{read:?}");
        }
        refused += 1;
    }
    assert!(refused > 15_000, "{refused}");
}

#[test]
fn proofs_overwritten_with_noise_are_refused_without_a_panic() {
    let world = world(600);
    let mut noise = Noise(0x2545_f491_4f6c_dd1d);
    let checks: [(&SlotProof, Address, U256, U256); 3] = [
        (&world.held, MODULE_ADDRESS, n(5), word(5)),
        (&world.removed, MODULE_ADDRESS, n(9), U256::ZERO),
        (&world.contract, CONTRACT_ADDRESS, n(5), word(5)),
    ];
    for round in 0..30_000 {
        let (proof, address, slot, value) = &checks[round % checks.len()];
        let good = proof.to_bytes();
        let mut bytes = good.clone();
        let start = noise.below(bytes.len());
        let end = (start + 1 + noise.below(12)).min(bytes.len());
        for byte in &mut bytes[start..end] {
            *byte = noise.byte();
        }
        if noise.below(4) == 0 {
            bytes.truncate(start);
        }
        if bytes == good {
            continue;
        }
        let refused =
            SlotProof::from_bytes(&bytes).and_then(|proof| proof.verify(address, slot, value, &world.roots));
        assert!(refused.is_err(), "bytes {start}..{end}");
    }
}

#[test]
fn the_last_commit_of_a_filled_database_does_not_prove_it_empty() {
    deterministic::Runner::default().start(|context| async move {
        let modules = Modules::init(context.child("modules"), config("m"), None).await.unwrap();
        let modules = commit!(modules, (0..40).map(|i| slot_write(&MODULE_ADDRESS, i, Some(word(i)))));
        let loc = modules.bounds().end.checked_sub(1).unwrap();
        let (range_proof, _, chunks) = modules.range_proof(loc, NZU64!(1)).await.unwrap();
        let operation = OperationProof { loc, chunk: chunks[0], range_proof };
        let root = commitment(modules.root());
        let roots = Roots { accounts: root, modules: root, contracts: root };
        for metadata in [None, Some(Word::new([0; 32]))] {
            let forged = AbsentOrdered::Commit(operation.clone(), metadata);
            let forged = SlotProof::from_commonware_module_absent(forged);
            for slot in [5, 5_000] {
                let refused = forged.verify(&MODULE_ADDRESS, &n(slot), &U256::ZERO, &roots);
                assert!(matches!(refused, Err(ProofError::Mismatch { .. })), "slot {slot}");
            }
        }
    });
}

#[test]
fn neighbours_that_are_not_next_to_each_other_prove_nothing() {
    deterministic::Runner::default().start(|context| async move {
        let modules = Modules::init(context.child("modules"), config("m"), None).await.unwrap();
        let modules = commit!(modules, (0..40).map(|i| slot_write(&MODULE_ADDRESS, i, Some(word(i)))));
        let root = commitment(modules.root());
        let roots = Roots { accounts: root, modules: root, contracts: root };
        let absent = module_key(&MODULE_ADDRESS, 5_000);
        let AbsentOrdered::KeyValue(proof, neighbour) = modules.exclusion_proof(&absent).await.unwrap()
        else {
            panic!("the database is not empty");
        };
        // Stretch the gap over every held slot: the gap is part of what is proven.
        for slot in 0..40 {
            let key = module_key(&MODULE_ADDRESS, slot);
            let mut stretched = neighbour.clone();
            stretched.next_key = stretched.key.clone();
            if key == stretched.key {
                continue;
            }
            let forged =
                SlotProof::from_commonware_module_absent(AbsentOrdered::KeyValue(proof.clone(), stretched));
            assert!(forged.verify(&MODULE_ADDRESS, &n(slot), &U256::ZERO, &roots).is_err(), "slot {slot}");
        }
    });
}
