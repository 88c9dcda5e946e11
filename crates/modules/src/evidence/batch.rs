//! The Merkle tree of a batch of files, built by depositors and walked by verifiers.
//!
//! With `h` = SHA-256 (FIPS 180-4) over the SHA-256 digests of n files, in the depositor's order:
//!
//! - a leaf is `h(0x00 || digest)`, a node `h(0x01 || left || right)` (RFC 6962 section 2.1 for the
//!   prefixes: no node can be taken for a leaf);
//! - each level pairs its nodes from the left; an odd last node moves up unchanged;
//! - the node that is alone on its level is the root;
//! - a path holds the siblings from the leaf up; a level where the node moved up unchanged has none.
//!
//! The same file may stand in several places. A batch holds 2 to [`limits::EVIDENCE_BATCH_MAX`]
//! files where it is deposited; the functions here take any number from 1 on.

use ding_primitives::{B256, limits};
use sha2::{Digest as _, Sha256};

/// Root of the tree over the files' SHA-256 digests; `None` without files, or with more than
/// [`limits::EVIDENCE_BATCH_MAX`].
pub fn root(files: &[B256]) -> Option<B256> {
    let mut level = leaves(files)?;
    while level.len() > 1 {
        level = parents(&level);
    }
    level.first().copied()
}

/// Path of the file at `index`: siblings from the leaf up; `None` if there is no such file, or there
/// are more than [`limits::EVIDENCE_BATCH_MAX`].
pub fn path(files: &[B256], index: u32) -> Option<Vec<B256>> {
    let mut index = usize::try_from(index).ok().filter(|index| *index < files.len())?;
    let mut level = leaves(files)?;
    let mut path = Vec::new();
    while level.len() > 1 {
        path.extend(level.get(index ^ 1));
        level = parents(&level);
        index /= 2;
    }
    Some(path)
}

/// Whether the file with this SHA-256 digest stands at `index` of a batch of `count` files with
/// this root.
pub fn verify(root: &B256, count: u32, index: u32, file: &B256, path: &[B256]) -> bool {
    if index >= count || count > limits::EVIDENCE_BATCH_MAX {
        return false;
    }
    let (mut node, mut index, mut width) = (leaf(file), index, count);
    let mut siblings = path.iter();
    while width > 1 {
        // The last node of an odd level has no sibling and moves up.
        if index ^ 1 < width {
            let Some(sibling) = siblings.next() else { return false };
            node = if index % 2 == 0 { parent(&node, sibling) } else { parent(sibling, &node) };
        }
        index /= 2;
        width = width.div_ceil(2);
    }
    siblings.next().is_none() && node == *root
}

fn leaves(files: &[B256]) -> Option<Vec<B256>> {
    let fits =
        u32::try_from(files.len()).is_ok_and(|count| (1..=limits::EVIDENCE_BATCH_MAX).contains(&count));
    fits.then(|| files.iter().map(leaf).collect())
}

fn parents(level: &[B256]) -> Vec<B256> {
    level
        .chunks(2)
        .map(|pair| match pair {
            [left, right] => parent(left, right),
            [odd, ..] => *odd,
            [] => B256::ZERO,
        })
        .collect()
}

fn leaf(file: &B256) -> B256 {
    sha256(&[&[0], file.as_slice()])
}

fn parent(left: &B256, right: &B256) -> B256 {
    sha256(&[&[1], left.as_slice(), right.as_slice()])
}

fn sha256(parts: &[&[u8]]) -> B256 {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    B256::from_slice(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::b256;

    fn files(count: u32) -> Vec<B256> {
        (0..count).map(|n| sha256(&[&n.to_be_bytes()])).collect()
    }

    /// The definition once more, as a recursion from the root: the left part is the largest power of
    /// two below the number of leaves.
    fn root_by_recursion(files: &[B256]) -> B256 {
        match files {
            [file] => leaf(file),
            _ => {
                let (left, right) = files.split_at(files.len().next_power_of_two() / 2);
                parent(&root_by_recursion(left), &root_by_recursion(right))
            }
        }
    }

    #[test]
    fn the_root_is_the_one_computed_by_another_program() {
        // python3: hashlib, files = sha256 of 0, 1, 2 as four big-endian bytes, tree by hand.
        let expected = b256!("b1782769b8906e20ab9b2648e93f64b15e98d20ebdc70e9d5dd2737378bfa0cd");
        assert_eq!(root(&files(3)), Some(expected));
    }

    #[test]
    fn pairing_from_the_left_equals_the_recursive_definition() {
        for count in 1..70 {
            assert_eq!(root(&files(count)), Some(root_by_recursion(&files(count))), "{count} files");
        }
    }

    #[test]
    fn every_file_of_every_small_batch_verifies_and_nothing_else_does() {
        for count in 1..20 {
            let files = files(count);
            let root = root(&files).unwrap();
            for (index, file) in (0..).zip(&files) {
                let path = path(&files, index).unwrap();
                assert!(verify(&root, count, index, file, &path));
                for (other_index, other) in (0..).zip(&files) {
                    assert_eq!(verify(&root, count, other_index, file, &path), other_index == index);
                    assert_eq!(verify(&root, count, index, other, &path), other_index == index);
                }
                for step in 0..path.len() {
                    let mut damaged = path.clone();
                    damaged[step].0[7] ^= 1;
                    assert!(!verify(&root, count, index, file, &damaged));
                    assert!(!verify(&root, count, index, file, &path[..step]));
                }
                let longer = [path.as_slice(), &[root]].concat();
                assert!(!verify(&root, count, index, file, &longer));
            }
        }
    }

    #[test]
    fn a_node_is_never_taken_for_a_file() {
        let files = files(4);
        let root = root(&files).unwrap();
        let left = parent(&leaf(&files[0]), &leaf(&files[1]));
        let right = parent(&leaf(&files[2]), &leaf(&files[3]));
        assert!(!verify(&root, 2, 0, &left, &[right]));
        assert!(!verify(&root, 1, 0, &root, &[]));
    }

    #[test]
    fn no_files_and_too_many_have_no_root() {
        assert_eq!(root(&[]), None);
        assert_eq!(path(&[], 0), None);
        assert_eq!(path(&files(3), 3), None);
        let many = vec![B256::ZERO; limits::EVIDENCE_BATCH_MAX as usize + 1];
        assert_eq!(root(&many), None);
        assert!(!verify(&B256::ZERO, u32::MAX, 0, &B256::ZERO, &[]));
        assert!(!verify(&B256::ZERO, 0, 0, &B256::ZERO, &[]));
    }
}
