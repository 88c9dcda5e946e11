//! What a block's header commits to besides the state: its transactions and their receipts.
//!
//! Both are binary Merkle trees over SHA-256 (`commonware_storage::bmt`): each leaf is hashed with
//! its position, and the root with the number of leaves. The leaf of a transaction is its hash
//! (Keccak-256 of the signed envelope); the leaf of a receipt is the SHA-256 of its encoding.

use bytes::BufMut;
use commonware_codec::{Buf, Encode as _, EncodeSize, Error, Read, Write};
use commonware_cryptography::{Hasher as _, Sha256, sha256::Digest};
use commonware_storage::bmt::{Builder, Proof, Tree};
use ding_primitives::{B256, Receipt};

/// Root over the hashes of a block's transactions, in order.
pub fn transactions_root(hashes: &[B256]) -> B256 {
    root(&transactions_tree(hashes))
}

/// Root over a block's receipts, in order.
pub fn receipts_root(receipts: &[Receipt]) -> B256 {
    root(&receipts_tree(receipts))
}

/// Proves that the transaction at `index` is one of these; `None` if there is no such index.
pub fn prove_transaction(hashes: &[B256], index: usize) -> Option<TransactionProof> {
    prove(&transactions_tree(hashes), index).map(TransactionProof)
}

/// Proves that the receipt at `index` is one of these; `None` if there is no such index.
pub fn prove_receipt(receipts: &[Receipt], index: usize) -> Option<ReceiptProof> {
    prove(&receipts_tree(receipts), index).map(ReceiptProof)
}

/// Path from a transaction to the header's `transactions_root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionProof(Proof<Digest>);

impl TransactionProof {
    /// Whether the block with this root has the transaction with this hash at `index`.
    pub fn verify(&self, root: &B256, index: u32, hash: &B256) -> bool {
        self.0.verify_element_inclusion::<Sha256>(&Digest(hash.0), index, &Digest(root.0)).is_ok()
    }
}

/// Path from a receipt to the header's `receipts_root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof(Proof<Digest>);

impl ReceiptProof {
    /// Whether the block with this root has this receipt at `index`.
    pub fn verify(&self, root: &B256, index: u32, receipt: &Receipt) -> bool {
        self.0.verify_element_inclusion::<Sha256>(&receipt_leaf(receipt), index, &Digest(root.0)).is_ok()
    }
}

/// Most leaves one proof speaks about.
const LEAVES: usize = 1;

macro_rules! codec {
    ($($proof:ident),*) => {$(
        /// Layout: leaf count (4) | digest count (varint) | digests from leaf to root (32 each).
        impl Write for $proof {
            fn write(&self, buf: &mut impl BufMut) {
                self.0.write(buf);
            }
        }

        impl EncodeSize for $proof {
            fn encode_size(&self) -> usize {
                self.0.encode_size()
            }
        }

        impl Read for $proof {
            type Cfg = ();

            // LIMIT: `bmt` allows 32 digests for each leaf, one per level of the deepest tree.
            fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
                Proof::read_cfg(buf, &LEAVES).map(Self)
            }
        }
    )*};
}

codec!(TransactionProof, ReceiptProof);

fn transactions_tree(hashes: &[B256]) -> Tree<Digest> {
    let mut builder = Builder::<Sha256>::new(hashes.len());
    for hash in hashes {
        builder.add(&Digest(hash.0));
    }
    builder.build()
}

fn receipts_tree(receipts: &[Receipt]) -> Tree<Digest> {
    let mut builder = Builder::<Sha256>::new(receipts.len());
    for receipt in receipts {
        builder.add(&receipt_leaf(receipt));
    }
    builder.build()
}

fn receipt_leaf(receipt: &Receipt) -> Digest {
    Sha256::hash(&[&receipt.encode()])
}

fn root(tree: &Tree<Digest>) -> B256 {
    B256::new(tree.root().0)
}

fn prove(tree: &Tree<Digest>, index: usize) -> Option<Proof<Digest>> {
    tree.proof(u32::try_from(index).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use commonware_codec::DecodeExt as _;
    use ding_primitives::{Address, Bytes, Log, keccak256};

    fn receipt(number: u64) -> Receipt {
        Receipt {
            success: true,
            gas_used: 21_000 + number,
            cumulative_gas_used: 21_000 * (number + 1),
            created: None,
            logs: vec![Log {
                address: Address::repeat_byte(3),
                topics: vec![keccak256(number.to_be_bytes())],
                data: Bytes::from(vec![7; 64]),
            }],
        }
    }

    #[test]
    fn every_receipt_of_blocks_of_many_sizes_is_provable_and_no_other() {
        for count in [1, 2, 3, 7, 8, 9, 100] {
            let receipts: Vec<_> = (0..count).map(receipt).collect();
            let root = receipts_root(&receipts);
            for (index, held) in receipts.iter().enumerate() {
                let proof = prove_receipt(&receipts, index).unwrap();
                let proof = ReceiptProof::decode(proof.encode()).unwrap();
                let index = u32::try_from(index).unwrap();
                assert!(proof.verify(&root, index, held), "{index} of {count}");
                assert!(!proof.verify(&root, index + 1, held));
                assert!(!proof.verify(&root, index, &receipt(count)));
                assert!(!proof.verify(&B256::ZERO, index, held));
            }
            assert!(prove_receipt(&receipts, receipts.len()).is_none());
        }
    }

    #[test]
    fn every_transaction_is_provable_at_its_place_only() {
        let hashes: Vec<_> = (0..5u8).map(B256::repeat_byte).collect();
        let root = transactions_root(&hashes);
        for index in 0..5 {
            let proof = prove_transaction(&hashes, index).unwrap();
            for (place, hash) in hashes.iter().enumerate() {
                assert_eq!(proof.verify(&root, u32::try_from(place).unwrap(), hash), place == index);
            }
        }
    }

    #[test]
    fn an_empty_block_has_a_root_and_nothing_to_prove() {
        assert_ne!(transactions_root(&[]), B256::ZERO);
        assert_eq!(transactions_root(&[]), receipts_root(&[]));
        assert!(prove_transaction(&[], 0).is_none());
        assert!(prove_receipt(&[], 0).is_none());
    }

    #[test]
    fn a_root_depends_on_content_order_and_count() {
        let (a, b) = (B256::repeat_byte(1), B256::repeat_byte(2));
        let roots = [
            transactions_root(&[a, b]),
            transactions_root(&[b, a]),
            transactions_root(&[a]),
            transactions_root(&[a, b, b]),
        ];
        for (i, left) in roots.iter().enumerate() {
            for right in &roots[i + 1..] {
                assert_ne!(left, right);
            }
        }
    }

    #[test]
    fn a_root_is_the_tree_that_the_format_describes() {
        // Three leaves by hand: position | leaf, pairs, the odd one doubled, count | top.
        let sha = |parts: &[&[u8]]| Sha256::hash(parts).0;
        let leaves = [B256::repeat_byte(1), B256::repeat_byte(2), B256::repeat_byte(3)];
        let at = |i: u8| sha(&[&[0, 0, 0, i], leaves[usize::from(i)].as_slice()]);
        let left = sha(&[&at(0), &at(1)]);
        let right = sha(&[&at(2), &at(2)]);
        let top = sha(&[&left, &right]);
        assert_eq!(transactions_root(&leaves).0, sha(&[&[0, 0, 0, 3], &top]));
    }

    #[test]
    fn a_proof_longer_than_any_tree_is_refused() {
        let long = TransactionProof(Proof { leaf_count: 1, siblings: vec![Digest([0; 32]); 33] });
        assert!(TransactionProof::decode(long.encode()).is_err());
    }
}
