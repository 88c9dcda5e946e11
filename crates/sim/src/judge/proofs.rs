//! Proofs: what a member proves is what was asked for, and what the one chain says.

use super::Judge;
use ding_chain::reader::Claim;
use ding_light::package::{Package, Proven, Verified};
use ding_modules::{
    evidence::state::{ADDRESS, COUNTS, Counts},
    storage::Stored as _,
};
use ding_primitives::{Address, Height, U256};
use ding_seat::Witness as _;

/// Kinds of claims.
const KINDS: usize = 5;

impl Judge {
    /// Something that a member can be asked to prove: of an account that a client holds, a
    /// transaction, an event, a slot of a contract, or one of a module.
    pub fn any_claim(&self, number: usize, account: Address) -> Option<Claim> {
        let drawn = number / KINDS;
        match number % KINDS {
            0 => Some(Claim::Account(account)),
            1 => self.with(|model| model.any_place(drawn)).map(|(_, (height, transaction))| {
                Claim::Transaction { height: Height::new(height), transaction }
            }),
            2 => {
                let (_, (height, transaction)) = self.with(|model| model.any_place(drawn))?;
                let block = self.block(height)?;
                let logs = block.receipts.get(transaction)?.logs.len();
                let log = drawn.checked_rem(logs)?;
                Some(Claim::Log { height: Height::new(height), transaction, log })
            }
            3 => self.any_counter(drawn),
            _ => Some(Self::module_slot()),
        }
    }

    /// A slot of a module whose value the model knows.
    pub const fn module_slot() -> Claim {
        Claim::Slot(ADDRESS, COUNTS.slot())
    }

    /// The slot of a counter that moved.
    pub fn any_counter(&self, drawn: usize) -> Option<Claim> {
        self.with(|model| {
            let mut moved = model.counters().iter().filter(|(_, count)| **count > 0);
            let count = moved.clone().count();
            let (address, _) = moved.nth(drawn.checked_rem(count)?)?;
            Some(Claim::Slot(*address, U256::ZERO))
        })
    }

    /// Whether a member at this height has something to prove the claim with.
    pub fn is_provable(&self, claim: &Claim, head: Height) -> bool {
        match claim {
            // Endowed by the genesis.
            Claim::Account(_) => head > Height::GENESIS,
            Claim::Transaction { height, .. } | Claim::Log { height, .. } => *height <= head,
            Claim::Slot(address, _) => {
                head > Height::GENESIS
                    && (*address == ADDRESS || self.with(|model| model.height() <= head.get()))
            }
        }
    }

    /// A member proves a claim.
    pub fn proves(&self, member: usize, claim: &Claim, package: &Package) {
        let proven = package.verify(Some(self.chain_key()));
        let checked = match &proven {
            Err(why) => Err(format!("does not verify: {why}")),
            Ok(verified) => self.check_proof(claim, verified),
        };
        if let Err(why) = checked {
            self.blame(Some(member), format!("its proof of {claim:?} {why}"));
        }
    }

    /// Whether an altered proof proves another log of the same receipt, which is as true as the one that was
    /// asked for: where it stands in the receipt is a number of the statement.
    pub fn is_another_log(&self, asked: &Claim, verified: &Verified) -> bool {
        let (Claim::Log { height, transaction, log: place }, [Proven::Log { index, .. }]) =
            (asked, verified.statements.as_slice())
        else {
            return false;
        };
        let log = usize::try_from(*index).unwrap_or(usize::MAX);
        let other = Claim::Log { height: *height, transaction: *transaction, log };
        log != *place && self.check_proof(&other, verified).is_ok()
    }

    fn check_proof(&self, claim: &Claim, verified: &Verified) -> Result<(), String> {
        let height = verified.block.height.get();
        let block =
            self.block(height).ok_or_else(|| format!("is of block {height}, of which nobody heard"))?;
        for named in [&verified.block, &verified.certified] {
            let known = self.block(named.height.get());
            if known.is_some_and(|known| known.header.hash() != named.hash) {
                return Err("is of another chain".into());
            }
        }
        let [proven] = verified.statements.as_slice() else {
            return Err(format!("has {} statements", verified.statements.len()));
        };
        let is_right = match (claim, proven) {
            (Claim::Account(asked), Proven::Account { address, account }) => {
                let want = self.with(|model| {
                    (height <= model.height()).then(|| model.account(address, height)).flatten()
                });
                asked == address
                    && want.is_none_or(|want| (want.nonce, want.balance) == (account.nonce, account.balance))
            }
            (Claim::Transaction { height: asked, transaction }, Proven::Transaction { index, hash, raw }) => {
                let want = block.transactions.get(*transaction);
                let whole = raw.as_ref().zip(want).is_some_and(|(raw, want)| raw == want.transaction().raw());
                asked.get() == height
                    && usize::try_from(*index) == Ok(*transaction)
                    && want.is_some_and(|want| want.hash() == *hash)
                    && whole
            }
            (
                Claim::Log { height: asked, transaction: of, log: place },
                Proven::Log { transaction, index, log },
            ) => {
                let want = block.receipts.get(*of).and_then(|receipt| receipt.logs.get(*place));
                asked.get() == height
                    && usize::try_from(*transaction) == Ok(*of)
                    && usize::try_from(*index) == Ok(*place)
                    && want == Some(log)
            }
            (Claim::Slot(address, slot), Proven::Slot { address: of, slot: at, value }) => {
                (address, slot) == (of, at) && self.slot_may_be(address, height, *value)
            }
            (Claim::Slot(address, slot), Proven::Absent { address: of, slot: at }) => {
                (address, slot) == (of, at) && self.slot_may_be(address, height, U256::ZERO)
            }
            _ => false,
        };
        if is_right {
            return Ok(());
        }
        Err(format!("says of block {height}: {proven:?}"))
    }

    /// Whether a slot that was asked for can have this value: counters are known, and what `evidence`
    /// counted.
    fn slot_may_be(&self, address: &Address, height: u64, value: U256) -> bool {
        self.with(|model| {
            if model.height() != height {
                return true;
            }
            if *address == ADDRESS {
                let (records, repeats, attestations) = model.counts();
                return Counts { records, repeats, attestations }.to_words() == [value];
            }
            model.counters().get(address).is_none_or(|count| U256::from(*count) == value)
        })
    }
}
