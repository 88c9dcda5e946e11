//! Accounts from a seed, and the transactions they sign before the clock starts.

use super::contract;
use alloy_consensus::{SignableTransaction as _, TxLegacy};
use alloy_eips::eip2718::Encodable2718 as _;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256, keccak256};
use secp256k1::{Message, PublicKey, Secp256k1, SecretKey, SignOnly, ecdsa::RecoveryId};

/// What each transaction of the load does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Deposits a digest with the evidence module.
    Native,
    /// Transfers an ERC-20 token that the tool deploys first.
    Erc20,
    /// Transfers one unit of the balance that the tool hands out first.
    Transfer,
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Native => "native",
            Self::Erc20 => "erc20",
            Self::Transfer => "transfer",
        })
    }
}

/// An account of the load.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) key: SecretKey,
    pub(super) address: Address,
    /// Nonce of its next transaction.
    pub(super) nonce: u64,
}

/// First account of the mnemonic `test test test test test test test test test test test junk`:
/// public knowledge, for development chains only.
const TEST_KEY: B256 =
    alloy_primitives::b256!("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

/// The account that development chains endow.
pub(super) fn test_account() -> Option<Account> {
    from_secret(&Secp256k1::signing_only(), TEST_KEY)
}

fn from_secret(curve: &Secp256k1<SignOnly>, secret: B256) -> Option<Account> {
    let key = SecretKey::from_byte_array(secret.0).ok()?;
    let public = PublicKey::from_secret_key(curve, &key).serialize_uncompressed();
    let address = Address::from_raw_public_key(public.get(1..)?);
    Some(Account { key, address, nonce: 0 })
}

/// `count` accounts that follow from `seed`. The first one deploys contracts.
pub(super) fn accounts(seed: &str, count: usize) -> Vec<Account> {
    let curve = Secp256k1::signing_only();
    let base = keccak256(seed);
    // A hash outside the curve's order is skipped; nobody has ever seen one.
    (0u64..)
        .filter_map(|number| {
            from_secret(&curve, keccak256([base.as_slice(), &number.to_be_bytes()].concat()))
        })
        .take(count)
        .collect()
}

/// What all transactions of the load have in common.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) chain_id: u64,
    pub(super) gas_price: u128,
    pub(super) gas_limit: u64,
    /// Token or module.
    pub(super) contract: Address,
}

/// A signed transaction.
pub(super) struct Signed {
    pub(super) hash: B256,
    pub(super) raw: Vec<u8>,
}

impl Plan {
    /// Recipient, value and data of transaction `number` of the load; each `number` is used once
    /// by one account with one nonce, which makes digests fresh in every run.
    pub(super) fn action(&self, accounts: &[Account], number: usize) -> (Address, U256, Bytes) {
        let count = accounts.len().max(1);
        let (sender, round) = (number % count, number / count);
        // Neighbours that change from round to round, never the sender itself unless it is alone.
        let other = (sender + 1 + round % count.saturating_sub(1).max(1)) % count;
        let to = accounts.get(other).map_or(Address::ZERO, |account| account.address);
        match self.kind {
            Kind::Erc20 => (self.contract, U256::ZERO, contract::transfer(to)),
            Kind::Transfer => (to, U256::ONE, Bytes::new()),
            Kind::Native => {
                let (address, nonce) = accounts
                    .get(sender)
                    .map_or((Address::ZERO, 0), |account| (account.address, account.nonce + round as u64));
                let digest = keccak256([address.as_slice(), &nonce.to_be_bytes()].concat());
                (self.contract, U256::ZERO, contract::deposit(digest))
            }
        }
    }

    fn transaction(&self, nonce: u64, to: TxKind, value: U256, input: Bytes) -> TxLegacy {
        let Self { chain_id, gas_price, gas_limit, .. } = *self;
        TxLegacy { chain_id: Some(chain_id), nonce, gas_price, gas_limit, to, value, input }
    }

    /// Signs one transaction of `account` and moves its nonce on.
    pub(super) fn sign_next(&self, account: &mut Account, to: TxKind, value: U256, input: Bytes) -> Signed {
        let signed =
            sign(&Secp256k1::signing_only(), &account.key, self.transaction(account.nonce, to, value, input));
        account.nonce += 1;
        signed
    }

    /// Signs the whole load on all cores. Transaction `i` is the `i / accounts`-th of account
    /// `i % accounts`.
    pub(super) fn sign_all(&self, accounts: &[Account], count: usize) -> Vec<Signed> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let share = count.div_ceil(threads).max(1);
        let part = |from: usize| {
            let curve = Secp256k1::signing_only();
            (from..count.min(from + share))
                .filter_map(|number| {
                    let account = accounts.get(number % accounts.len().max(1))?;
                    let nonce = account.nonce + (number / accounts.len().max(1)) as u64;
                    let (to, value, input) = self.action(accounts, number);
                    Some(sign(&curve, &account.key, self.transaction(nonce, TxKind::Call(to), value, input)))
                })
                .collect::<Vec<_>>()
        };
        std::thread::scope(|scope| {
            let parts: Vec<_> =
                (0..count).step_by(share).map(|from| scope.spawn(move || part(from))).collect();
            // A panic of a part is a defect of this file; it goes on here.
            let join = |part: std::thread::ScopedJoinHandle<'_, Vec<Signed>>| {
                part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            parts.into_iter().flat_map(join).collect()
        })
    }
}

fn sign(curve: &Secp256k1<SignOnly>, key: &SecretKey, transaction: TxLegacy) -> Signed {
    let digest = Message::from_digest(transaction.signature_hash().0);
    let (parity, bytes) = curve.sign_ecdsa_recoverable(digest, key).serialize_compact();
    let is_odd = parity != RecoveryId::Zero;
    let signature = Signature::from_bytes_and_parity(&bytes, is_odd);
    let signed = transaction.into_signed(signature);
    Signed { hash: *signed.hash(), raw: signed.encoded_2718() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ding_primitives::{Transaction, transaction::recover};
    use std::collections::BTreeSet;

    fn plan(kind: Kind) -> Plan {
        Plan { kind, chain_id: 1337, gas_price: 0, gas_limit: 100_000, contract: Address::repeat_byte(7) }
    }

    #[test]
    fn the_test_account_is_the_one_that_everybody_knows() {
        let want = alloy_primitives::address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
        assert_eq!(test_account().unwrap().address, want);
    }

    #[test]
    fn every_transaction_has_its_sender_its_nonce_and_its_hash() {
        let mut accounts = accounts("seed", 7);
        accounts[3].nonce = 40;
        for kind in [Kind::Native, Kind::Erc20, Kind::Transfer] {
            let signed = plan(kind).sign_all(&accounts, 31);
            assert_eq!(signed.len(), 31);
            for (number, signed) in signed.iter().enumerate() {
                let found = recover(Transaction::from_raw(signed.raw.clone().into()), 1337).unwrap();
                let account = &accounts[number % 7];
                assert_eq!((found.sender(), found.hash()), (account.address, signed.hash));
                assert_eq!(found.nonce(), account.nonce + (number / 7) as u64);
                assert_ne!(found.to(), TxKind::Call(account.address), "nobody pays himself");
            }
        }
    }

    #[test]
    fn no_digest_is_deposited_twice() {
        let accounts = accounts("seed", 3);
        let data: BTreeSet<_> =
            (0..60).map(|number| plan(Kind::Native).action(&accounts, number).2).collect();
        assert_eq!(data.len(), 60);
    }

    #[test]
    fn one_seed_gives_the_same_accounts_and_another_gives_others() {
        let addresses = |seed| accounts(seed, 4).iter().map(|account| account.address).collect::<Vec<_>>();
        assert_eq!(addresses("a"), addresses("a"));
        assert!(addresses("a").iter().all(|address| !addresses("b").contains(address)));
    }
}
