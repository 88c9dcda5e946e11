//! Whether a member that stopped said that its store is damaged, or just fell over it.

/// How our crates and the library's store name what is wrong with it.
const NAMES: [&str; 19] = [
    "journal",
    "archive",
    "checksum",
    "Checksum",
    "database",
    "metadata",
    "store failed",
    "state of this member is damaged",
    "io error",
    "Io(",
    "orrupt",
    "finalized blocks",
    "finalization",
    "notarization",
    "state sync state",
    "receipts of block",
    "failed to get block",
    "stored block",
    "sync floor block",
];

/// How Rust says that code met what it did not expect.
const PANICS: [&str; 12] = [
    "index out of bounds",
    "out of range for slice",
    "slice index starts at",
    "range start index",
    "range end index",
    "`Option::unwrap()`",
    "with overflow",
    "divide by zero",
    "unreachable code",
    "capacity overflow",
    "assertion `",
    "not a char boundary",
];

/// Whether these last words name damage of a store.
pub fn names_damage(words: &str) -> bool {
    // Where it was says nothing: every panic in a journal's code is in a journal's file.
    let words = match words.rsplit_once(" (") {
        Some((words, place)) if place.contains(".rs:") => words,
        _ => words,
    };
    NAMES.iter().any(|name| words.contains(name)) && !PANICS.iter().any(|panic| words.contains(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_store_names_damage_and_a_panic_in_its_code_does_not() {
        for named in [
            "did not start: the last block of the archive cannot be read: the store failed: no receipts of block 45 in the archive",
            "database init failed (index 0, type DB1): Database(Journal(Runtime(InvalidChecksum))) (commonware-glue-2026.10.0/src/stateful/db/mod.rs:1075)",
            "failed to get finalization: journal error: checksum mismatch: expected=1, found=2 (commonware-consensus-2026.10.0/src/marshal/core/actor.rs:2068)",
            "processed position must be backed by a stored block (commonware-consensus-2026.10.0/src/marshal/core/actor.rs:907)",
            "failed to initialize notarized archive (commonware-consensus-2026.10.0/src/marshal/core/cache.rs:210)",
        ] {
            assert!(names_damage(named), "{named}");
        }
        for fallen in [
            "index out of bounds: the len is 3 but the index is 9 (commonware-storage-2026.10.0/src/journal/mod.rs:9)",
            "called `Option::unwrap()` on a `None` value (commonware-storage-2026.10.0/src/archive/mod.rs:9)",
            "range end index 9 out of range for slice of length 3 in the journal",
            "its engine ended: closed",
            "",
        ] {
            assert!(!names_damage(fallen), "{fallen}");
        }
    }
}
