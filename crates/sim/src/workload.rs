//! What clients sign: transfers, calls of modules, contracts that are created, run, revert and run
//! out of gas, and things no ledger should take.

use crate::{cast::ACCOUNTS, judge::Judge};
use alloy_consensus::{SignableTransaction as _, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::{Decodable2718 as _, Encodable2718 as _};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256, uint};
use alloy_signer::SignerSync as _;
use alloy_signer_local::PrivateKeySigner;
use alloy_sol_types::SolCall as _;
use ding_modules::{
    evidence::{self, abi::IEvidence},
    once,
};
use ding_seat::byzantine::Junk;
use std::sync::Arc;

/// Order of the group of secp256k1 (SEC 2, section 2.4.1).
const SECP256K1_ORDER: U256 = uint!(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141_U256);

/// Gas that is enough for everything here.
pub const GAS: u64 = 2_000_000;
/// Gas for which a call starts and cannot finish.
pub const TOO_LITTLE_GAS: u64 = 24_000;

/// The clients' keys, always the same.
pub fn accounts() -> Vec<PrivateKeySigner> {
    (0..ACCOUNTS)
        .filter_map(|index| PrivateKeySigner::from_bytes(&keccak256(format!("client {index}"))).ok())
        .collect()
}

/// Accounts that hold something and belong to nobody here: what a flood is signed with.
const STRANGERS: usize = 16;

/// Everybody who holds something at first: the clients, then strangers.
pub fn holders() -> Vec<PrivateKeySigner> {
    accounts().into_iter().chain(strangers()).collect()
}

fn strangers() -> impl Iterator<Item = PrivateKeySigner> {
    (0..STRANGERS)
        .filter_map(|index| PrivateKeySigner::from_bytes(&keccak256(format!("stranger {index}"))).ok())
}

/// How far a stranger counts ahead of what is final.
const JUNK_AHEAD: u64 = 20;

/// Valid transactions of strangers, as many as anybody asks for: they move nothing, and are about
/// what could come next.
pub fn junk(judge: Judge, chain_id: u64) -> Junk {
    let keys: Vec<PrivateKeySigner> = strangers().collect();
    Arc::new(move |dice| {
        let (key, other) = (dice.pick(&keys).clone(), dice.pick(&keys).address());
        let next = judge.with(|model| model.account(&key.address(), model.height()));
        let nonce = next.map_or(0, |holding| holding.nonce) + dice.below(JUNK_AHEAD);
        Order::transfer(other, 0).sign(&key, chain_id, nonce, 0).into()
    })
}

/// What a transaction asks for, before it has a sender and a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Recipient, or a contract to be made.
    pub to: TxKind,
    /// Balance sent along.
    pub value: u64,
    /// Call data or init code.
    pub input: Bytes,
    /// Gas.
    pub gas: u64,
    /// What must come of it.
    pub expect: Expect,
}

/// What must come of a transaction that stands in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It succeeds.
    Success,
    /// It fails.
    Failure,
    /// Either: it depends on what came before.
    Either,
}

impl Order {
    /// A call of a function of a module, of which anything may come.
    pub fn ask(to: Address, call: &impl alloy_sol_types::SolCall) -> Self {
        Self::call(to, call.abi_encode(), Expect::Either)
    }

    /// Has a forwarder call these, as its code does it.
    pub fn forward(forwarder: Address, to: &[Address]) -> Self {
        let input: Vec<u8> = to.iter().flat_map(|to| to.into_word().0).collect();
        Self::call(forwarder, input, Expect::Success)
    }

    /// Hands a call on to the once-only register through a contract, so that many share its registers.
    pub fn register(register: Address, call: &impl alloy_sol_types::SolCall) -> Self {
        Self::call(register, call.abi_encode(), Expect::Either)
    }

    fn call(to: Address, input: impl Into<Bytes>, expect: Expect) -> Self {
        Self { to: TxKind::Call(to), value: 0, input: input.into(), gas: GAS, expect }
    }

    /// Moves a balance.
    pub fn transfer(to: Address, value: u64) -> Self {
        Self { value, ..Self::call(to, Bytes::new(), Expect::Success) }
    }

    /// Deposits a document.
    pub fn deposit(digest: B256) -> Self {
        Self::call(evidence::state::ADDRESS, deposit(digest), Expect::Success)
    }

    /// Deposits the root of a batch of two.
    pub fn batch(root: B256) -> Self {
        let call = IEvidence::depositBatchCall {
            root,
            count: 2,
            kind: 0,
            provenance: B256::ZERO,
            referenceId: B256::ZERO,
            operation: B256::ZERO,
        };
        Self::call(evidence::state::ADDRESS, call.abi_encode(), Expect::Success)
    }

    /// A notary's word on a document; refused if it is no notary or spoke before.
    pub fn attest(digest: B256, opinion: u8) -> Self {
        let call = IEvidence::attestCall { digest, opinion, report: keccak256(digest) };
        Self::call(evidence::state::ADDRESS, call.abi_encode(), Expect::Either)
    }

    /// Makes a contract.
    pub fn create(runtime: &[u8]) -> Self {
        let input = init_code(runtime).into();
        Self { to: TxKind::Create, value: 0, input, gas: GAS, expect: Expect::Success }
    }

    /// Counts one up in a counter.
    pub fn count(counter: Address) -> Self {
        Self::call(counter, Bytes::new(), Expect::Success)
    }

    /// Counts one up and takes it back.
    pub fn count_and_revert(counter: Address) -> Self {
        Self::call(counter, vec![1], Expect::Failure)
    }

    /// Counts one up without the gas for it.
    pub fn count_out_of_gas(counter: Address) -> Self {
        Self { gas: TOO_LITTLE_GAS, ..Self::call(counter, Bytes::new(), Expect::Failure) }
    }

    /// Has a teller tell its events.
    pub fn tell(teller: Address) -> Self {
        Self::call(teller, Bytes::new(), Expect::Success)
    }

    /// Deposits through a contract, which then undoes everything if `undo`.
    pub fn deposit_through(proxy: Address, digest: B256, undo: bool) -> Self {
        let mut input = deposit(digest);
        let expect = if undo { Expect::Failure } else { Expect::Success };
        if undo {
            input.push(1);
        }
        Self::call(proxy, input, expect)
    }

    /// Signs it.
    ///
    /// # Panics
    ///
    /// If a local key cannot sign: that would be a fault of this program.
    pub fn sign(&self, key: &PrivateKeySigner, chain_id: u64, nonce: u64, price: u128) -> Vec<u8> {
        let transaction = TxEip1559 {
            chain_id,
            nonce,
            gas_limit: self.gas,
            max_fee_per_gas: price,
            max_priority_fee_per_gas: 0,
            to: self.to,
            value: U256::from(self.value),
            access_list: Default::default(),
            input: self.input.clone(),
        };
        let signature = key.sign_hash_sync(&transaction.signature_hash()).expect("a local key signs");
        TxEnvelope::from(transaction.into_signed(signature)).encoded_2718()
    }

    /// Signs it, and gives the twin of the signature that anybody can make of it without the key
    /// (EIP-2): the same public key comes from both.
    ///
    /// # Panics
    ///
    /// As [`Self::sign`].
    pub fn sign_twin(&self, key: &PrivateKeySigner, chain_id: u64, nonce: u64) -> Vec<u8> {
        let raw = self.sign(key, chain_id, nonce, 0);
        let envelope = TxEnvelope::decode_2718(&mut raw.as_slice()).expect("just encoded");
        let TxEnvelope::Eip1559(signed) = envelope else { unreachable!("what is signed here") };
        let (transaction, signature, _) = signed.into_parts();
        let twin = Signature::new(signature.r(), SECP256K1_ORDER - signature.s(), !signature.v());
        TxEnvelope::from(transaction.into_signed(twin)).encoded_2718()
    }
}

fn deposit(digest: B256) -> Vec<u8> {
    let call = IEvidence::depositCall {
        digest,
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    call.abi_encode()
}

/// Code that returns `runtime`: PUSH1 length, DUP1, PUSH1 9, PUSH0, CODECOPY, PUSH0, RETURN.
fn init_code(runtime: &[u8]) -> Vec<u8> {
    let length = u8::try_from(runtime.len()).unwrap_or(u8::MAX);
    let mut code = vec![0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3];
    code.extend_from_slice(runtime);
    code
}

/// A contract that counts its calls in slot 0, and takes the count back if it is called with data:
/// sstore(0, sload(0) + 1); if calldatasize() { revert(0, 0) }
pub const COUNTER: &[u8] =
    &[0x60, 0x01, 0x5f, 0x54, 0x01, 0x5f, 0x55, 0x36, 0x60, 0x0c, 0x57, 0x00, 0x5b, 0x5f, 0x5f, 0xfd];

/// A contract that tells two events: log1(0, 0, 1); log1(0, 0, 2)
pub const TELLER: &[u8] = &[0x60, 0x01, 0x5f, 0x5f, 0xa1, 0x60, 0x02, 0x5f, 0x5f, 0xa1, 0x00];

/// A contract that hands a deposit on to `evidence`, and reverts if there is a byte more than that:
/// calldatacopy(0, 0, 196); pop(call(gas(), evidence, 0, 0, 196, 0, 0));
/// if calldatasize() != 196 { revert(0, 0) }
pub fn proxy() -> Vec<u8> {
    let mut code = vec![0x60, 0xc4, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x60, 0xc4, 0x5f, 0x5f, 0x73];
    code.extend_from_slice(evidence::state::ADDRESS.as_slice());
    code.extend_from_slice(&[0x5a, 0xf1, 0x50]);
    code.extend_from_slice(&[0x36, 0x60, 0xc4, 0x14, 0x60, 0x2d, 0x57, 0x5f, 0x5f, 0xfd, 0x5b, 0x00]);
    code
}

/// A counter that belongs to services: told apart from the others by its length.
pub const SHOP: &[u8] =
    &[0x60, 0x01, 0x5f, 0x54, 0x01, 0x5f, 0x55, 0x36, 0x60, 0x0c, 0x57, 0x00, 0x5b, 0x5f, 0x5f, 0xfd, 0x00];

/// How a contract runs another's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// CALL.
    Call,
    /// CALLCODE.
    CallCode,
    /// DELEGATECALL.
    Delegate,
    /// CALL of three, one after the other, whatever comes of each.
    Batch,
}

/// Targets of a batch.
pub const BATCH: usize = 3;

impl Way {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Call, Self::CallCode, Self::Delegate, Self::Batch];

    /// A contract that runs the code at the address in its call data, and reverts if that does. Padded,
    /// so that each is known by its length.
    pub fn code(self) -> Vec<u8> {
        let once = |instruction: u8, value: &[u8], length: usize| {
            let call = [&[0x5f, 0x5f, 0x5f, 0x5f], value, &[0x5f, 0x35, 0x5a, instruction]].concat();
            let landing = u8::try_from(call.len() + 6).unwrap_or(u8::MAX);
            let mut code = [&call[..], &[0x60, landing, 0x57, 0x5f, 0x5f, 0xfd, 0x5b, 0x00]].concat();
            code.resize(length, 0x00);
            code
        };
        match self {
            Self::Call => once(0xf1, &[0x5f], 18),
            Self::CallCode => once(0xf2, &[0x5f], 19),
            Self::Delegate => once(0xf4, &[], 20),
            Self::Batch => {
                let each = |at: u8| [0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x60, 32 * at, 0x35, 0x5a, 0xf1, 0x50];
                [each(0), each(1), each(2)].concat()
            }
        }
    }

    /// Whose slot 0 counts.
    pub const fn counts_itself(self) -> bool {
        matches!(self, Self::CallCode | Self::Delegate)
    }
}

/// A contract that hands everything on to `once`, and reverts if that does: its registers are
/// everybody's.
pub fn register() -> Vec<u8> {
    let mut code = vec![0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73];
    code.extend_from_slice(once::state::ADDRESS.as_slice());
    code.extend_from_slice(&[0x5a, 0xf1]);
    let landing = u8::try_from(code.len() + 6).unwrap_or(u8::MAX);
    code.extend_from_slice(&[0x60, landing, 0x57, 0x5f, 0x5f, 0xfd, 0x5b, 0x00]);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_are_known_by_their_length_and_jump_where_they_land() {
        let mut all: Vec<Vec<u8>> = Way::ALL.iter().map(|way| way.code()).collect();
        all.extend([register(), proxy(), COUNTER.to_vec(), SHOP.to_vec(), TELLER.to_vec()]);
        let lengths: std::collections::BTreeSet<usize> = all.iter().map(Vec::len).collect();
        assert_eq!(lengths.len(), all.len());
        for way in [Way::Call, Way::CallCode, Way::Delegate] {
            let code = way.code();
            let jump = code.windows(3).find(|code| (code[0], code[2]) == (0x60, 0x57)).unwrap();
            assert_eq!(code[usize::from(jump[1])], 0x5b, "{way:?}");
        }
        let code = register();
        assert_eq!(code[usize::from(code[code.len() - 7])], 0x5b);
    }

    #[test]
    fn a_twin_is_another_signature_of_the_same_signer() {
        let key = &accounts()[3];
        let order = Order::transfer(Address::ZERO, 1);
        let read = |raw: Vec<u8>| TxEnvelope::decode_2718(&mut raw.as_slice()).unwrap();
        let (one, twin) = (read(order.sign(key, 7, 2, 0)), read(order.sign_twin(key, 7, 2)));
        assert_eq!(one.signature_hash(), twin.signature_hash());
        assert_ne!(one.tx_hash(), twin.tx_hash());
        assert!(twin.signature().normalize_s().is_some());
        let signer = twin.signature().recover_address_from_prehash(&twin.signature_hash()).unwrap();
        assert_eq!(signer, key.address());
    }

    #[test]
    fn a_deposit_is_as_long_as_the_proxy_hands_on() {
        assert_eq!(deposit(B256::ZERO).len(), 196);
        assert_eq!((proxy().len(), proxy()[0x2d]), (47, 0x5b));
    }
}
