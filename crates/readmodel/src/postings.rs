//! Look-up tables that grow at one end only.
//!
//! A table sorted by hash takes every new row at a random place: once it is larger than the page
//! cache, each row rewrites a page of its own. Here the rows are cut into *segments* by age, and
//! only the newest segment, which is small, is ever written. A question visits every segment that
//! can hold an answer: a few microseconds each.
//!
//! A row is one integer, the key of its table:
//!
//! ```text
//! | 0 (1 bit) | segment | fingerprint of the value | place in the segment |
//! ```
//!
//! Fingerprints may collide, by chance or because someone wants them to: whoever asks compares the
//! full value in the row that a place leads to.

use rusqlite::Connection;

/// A look-up table: from a fingerprint to the places (ordinals) that have it.
#[derive(Debug)]
pub(crate) struct Postings {
    /// Where a batch collects the keys of this table.
    pub(crate) slot: usize,
    /// Adds a key, if it is not there.
    pub(crate) insert: &'static str,
    /// Keys between two keys, last one first.
    pub(crate) select: &'static str,
    /// Bits of a place within its segment.
    pub(crate) place_bits: u32,
    /// Bits of a fingerprint.
    pub(crate) fingerprint_bits: u32,
}

impl Postings {
    /// The first ordinal that has no key.
    pub(crate) const fn capacity(&self) -> u64 {
        1 << (63 - self.fingerprint_bits)
    }

    /// The segment of an ordinal.
    pub(crate) const fn segment(&self, ordinal: u64) -> u64 {
        ordinal >> self.place_bits
    }

    /// Ordinals of one segment.
    pub(crate) const fn segment_len(&self) -> u64 {
        1 << self.place_bits
    }

    /// The first ordinal of a segment.
    pub(crate) const fn segment_start(&self, segment: u64) -> u64 {
        segment << self.place_bits
    }

    /// The key of `ordinal` under the value that hashes to `hash`.
    pub(crate) const fn key(&self, hash: u64, ordinal: u64) -> i64 {
        let place = ordinal & (self.segment_len() - 1);
        (self.base(hash, self.segment(ordinal)) | place).cast_signed()
    }

    /// First and last key of the value that hashes to `hash` in a segment.
    pub(crate) const fn range(&self, hash: u64, segment: u64) -> (i64, i64) {
        let base = self.base(hash, segment);
        (base.cast_signed(), (base | (self.segment_len() - 1)).cast_signed())
    }

    /// The ordinal in a key.
    pub(crate) const fn ordinal(&self, key: i64) -> u64 {
        let key = key.cast_unsigned();
        let place = key & (self.segment_len() - 1);
        self.segment_start(key >> (self.fingerprint_bits + self.place_bits)) | place
    }

    const fn base(&self, hash: u64, segment: u64) -> u64 {
        let fingerprint = hash >> (64 - self.fingerprint_bits);
        (segment << (self.fingerprint_bits + self.place_bits)) | (fingerprint << self.place_bits)
    }

    /// Ordinals under `hash`, newest first, of those below `end`, until `visit` says stop.
    pub(crate) fn newest_first<E: From<rusqlite::Error>>(
        &self,
        sql: &Connection,
        hash: u64,
        end: u64,
        mut visit: impl FnMut(u64) -> Result<Visit, E>,
    ) -> Result<(), E> {
        let Some(newest) = end.checked_sub(1) else { return Ok(()) };
        let mut select = sql.prepare_cached(self.select)?;
        for segment in (0..=self.segment(newest)).rev() {
            let (first, mut last) = self.range(hash, segment);
            if segment == self.segment(newest) {
                last = self.key(hash, newest);
            }
            let mut rows = select.query((first, last))?;
            while let Some(row) = rows.next()? {
                if visit(self.ordinal(row.get(0)?))? == Visit::Stop {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Whether a walk goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// Show the next one.
    Continue,
    /// Enough.
    Stop,
}

/// Mixes bytes into 64 bits of which all are used. Equal on every machine and in every release:
/// the keys in the file depend on it.
pub(crate) fn mix(kind: u64, bytes: &[u8]) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = kind.wrapping_add(1).wrapping_mul(K);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_be_bytes(word)).wrapping_mul(K);
        hash ^= hash >> 32;
    }
    hash.wrapping_mul(K)
}

/// The first eight bytes of something that is itself a hash.
pub(crate) const fn head(hash: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Postings =
        Postings { slot: 0, insert: "", select: "", place_bits: 16, fingerprint_bits: 27 };

    #[test]
    fn a_key_leads_back_to_its_ordinal_and_lies_in_the_range_of_its_value() {
        for ordinal in [0, 1, 65_535, 65_536, 1 << 35, TABLE.capacity() - 1] {
            for hash in [0, 1 << 40, u64::MAX] {
                let key = TABLE.key(hash, ordinal);
                let (first, last) = TABLE.range(hash, TABLE.segment(ordinal));
                assert!(key >= 0 && first <= key && key <= last, "{ordinal} {hash}");
                assert_eq!(TABLE.ordinal(key), ordinal);
            }
        }
    }

    #[test]
    fn later_segments_have_larger_keys_whatever_the_value() {
        assert!(TABLE.key(u64::MAX, 65_535) < TABLE.key(0, 65_536));
    }

    #[test]
    fn mixing_tells_kinds_lengths_and_small_numbers_apart() {
        let mut seen = std::collections::BTreeSet::new();
        for kind in 0..6 {
            for number in 0..1_000u64 {
                let mut word = [0; 32];
                word[24..].copy_from_slice(&number.to_be_bytes());
                assert!(seen.insert(mix(kind, &word) >> 34), "{kind} {number}");
            }
        }
        assert_ne!(mix(0, &[0; 20]), mix(0, &[0; 32]));
    }
}
