//! Analysed contract code, kept by all chains of the process together.
//!
//! Code is named by its hash and never changes, so what is here is right for whoever asks. Bounded
//! in bytes by two generations: what nobody asked for while the younger one filled is forgotten.

use alloy_primitives::map::HashMap;
use ding_primitives::{B256, Holding, limits};
use revm::bytecode::Bytecode;
use std::sync::{LazyLock, Mutex, PoisonError};

static CODES: LazyLock<Mutex<Codes>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Codes {
    young: HashMap<B256, Bytecode>,
    old: HashMap<B256, Bytecode>,
    young_bytes: usize,
    old_bytes: usize,
}

/// The analysed code with this hash, if it is here.
pub(crate) fn find(hash: &B256) -> Option<Bytecode> {
    CODES.lock().unwrap_or_else(PoisonError::into_inner).find(hash)
}

/// Keeps analysed code under its hash.
pub(crate) fn keep(hash: B256, code: Bytecode) {
    CODES.lock().unwrap_or_else(PoisonError::into_inner).keep(hash, code);
}

/// Forgets all analysed code. For a simulator that plays several processes in one: a member that
/// starts again then reads code from its own store, as a real one would.
pub fn forget() {
    *CODES.lock().unwrap_or_else(PoisonError::into_inner) = Codes::default();
}

/// How much analysed code is kept, of all chains of the process.
pub fn holding() -> Holding {
    let codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
    Holding::new("bytes of analysed code", codes.bytes(), limits::CODE_CACHE_BYTES)
}

impl Codes {
    const fn bytes(&self) -> usize {
        self.young_bytes.saturating_add(self.old_bytes)
    }

    fn find(&mut self, hash: &B256) -> Option<Bytecode> {
        if let Some(code) = self.young.get(hash) {
            return Some(code.clone());
        }
        let code = self.old.remove(hash)?;
        self.old_bytes = self.old_bytes.saturating_sub(footprint(&code));
        self.keep(*hash, code.clone());
        Some(code)
    }

    fn keep(&mut self, hash: B256, code: Bytecode) {
        let bytes = footprint(&code);
        if self.young_bytes.saturating_add(bytes) > limits::CODE_CACHE_BYTES / 2 {
            self.old = core::mem::take(&mut self.young);
            self.old_bytes = core::mem::take(&mut self.young_bytes);
        }
        if self.young.insert(hash, code).is_none() {
            self.young_bytes = self.young_bytes.saturating_add(bytes);
        }
    }
}

/// Padded code, one bit a byte of jump table, and the entry itself.
fn footprint(code: &Bytecode) -> usize {
    code.bytes_ref().len().saturating_mul(9) / 8 + 256
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::keccak256;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes_when_the_room_is_full() {
        let mut codes = Codes::default();
        let body = vec![0x5b; limits::CODE_BYTES_MAX];
        let first = keccak256(0u64.to_be_bytes());
        let enough = 4 * limits::CODE_CACHE_BYTES / limits::CODE_BYTES_MAX;
        for i in 0..enough as u64 {
            codes.keep(keccak256(i.to_be_bytes()), Bytecode::new_legacy(body.clone().into()));
            assert!(codes.find(&first).is_some(), "asked for at {i}");
            let held: usize = codes.young.values().chain(codes.old.values()).map(footprint).sum();
            assert!(held <= limits::CODE_CACHE_BYTES, "{held} bytes at {i}");
            assert_eq!(codes.bytes(), held, "what is told is what is held, at {i}");
        }
        assert!(codes.find(&keccak256(1u64.to_be_bytes())).is_none());
        assert!(codes.find(&keccak256((enough as u64 - 1).to_be_bytes())).is_some());
    }
}
