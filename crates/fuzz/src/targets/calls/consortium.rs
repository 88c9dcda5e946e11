//! Who runs the chains of the stories, and what they decide by vote, for models other than that of `members`.

use super::{
    Address, BTreeMap, Log, Now, OrganisationEntry, Refusal, Role, SPEC, Spec, U256, log,
    members::APPROVAL_PERMILLE, refuse, samples, wallet,
};
use alloy_sol_types::SolCall as _;
use ding_modules::members::{
    Section,
    abi::IMembers::{Executed, NoVote, NotApproved, NotProposed, proposeCall, voteCall},
    state::ADDRESS as MEMBERS,
};
use ding_primitives::keccak256;

/// A proposal that was approved can be carried out for thirty days.
pub(super) const EXECUTION_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// An organisation, and for whom accounts act. What else there is of it stands where it is written down.
pub(super) fn organisation(name: &str, roles: &[Role], accounts: Vec<Address>) -> OrganisationEntry {
    OrganisationEntry { name: name.into(), roles: roles.to_vec(), accounts, ..OrganisationEntry::default() }
}

/// Each runs a validator, as long as there are some.
pub(super) fn seated<const N: usize>(entries: [OrganisationEntry; N]) -> Vec<OrganisationEntry> {
    let mut entries = Vec::from(entries);
    for (entry, validator) in entries.iter_mut().zip(&samples::SPEC.validators) {
        entry.validators = vec![validator.key];
    }
    entries
}

/// Number of the organisation that an account acts for, counted from 1; 0 if none.
pub(super) fn number_of(entries: &[OrganisationEntry], account: Address) -> u32 {
    let of = (1..).zip(entries).find(|(_, entry)| entry.accounts.contains(&account));
    of.map_or(0, |(number, _)| number)
}

/// A chain once they run it.
pub(super) fn run_by(entries: &[OrganisationEntry], mut spec: Spec) -> Spec {
    let parameters = BTreeMap::from([("approval_permille".into(), APPROVAL_PERMILLE)]);
    let section = Section { organisations: entries.to_vec(), parameters };
    spec.modules.insert("members".into(), serde_json::to_value(section).unwrap_or_default());
    spec
}

/// The chain of most stories, run by them, on which the first wallets have something.
pub(super) fn chain(entries: &[OrganisationEntry], wallets: usize) -> Spec {
    let mut spec = run_by(entries, SPEC.clone());
    let balance = U256::from(10u64.pow(18));
    spec.endowments = (0..wallets).map(|number| (wallet(number), balance)).collect();
    spec
}

/// What was decided by vote, by the call that it allows.
#[derive(Clone, Debug, Default)]
pub(super) struct Decisions {
    made: BTreeMap<Vec<u8>, Decision>,
    proposals: u64,
}

#[derive(Clone, Copy, Debug)]
struct Decision {
    id: u64,
    decided_ms: u64,
    done: bool,
}

impl Decision {
    const fn status(&self, now: Now) -> u8 {
        if self.done {
            5
        } else if now.timestamp_ms >= self.decided_ms + EXECUTION_MS {
            7
        } else {
            2
        }
    }
}

/// Who carries out what was decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    pub(super) account: Address,
    pub(super) organisation: u32,
    /// Whether its organisation is of those who decide.
    pub(super) has_vote: bool,
    /// 1: the supervisors decide; 2: those who run validators.
    pub(super) electorate: u8,
}

impl Decisions {
    /// None yet, after so many proposals of others.
    pub(super) const fn after(proposals: u64) -> Self {
        Self { made: BTreeMap::new(), proposals }
    }

    /// Decides on a call of a module now, if that is not decided already: what is sent to propose it, by
    /// the first of those who vote for it.
    pub(super) fn decide(
        &mut self,
        target: Address,
        input: Vec<u8>,
        title: &str,
        voters: &[usize],
        now: Now,
    ) -> Vec<(usize, Vec<u8>)> {
        if self.made.get(&input).is_some_and(|known| known.status(now) == 2) {
            return Vec::new();
        }
        self.proposals += 1;
        let id = self.proposals;
        self.made.insert(input.clone(), Decision { id, decided_ms: now.timestamp_ms, done: false });
        let propose = proposeCall { target, input: input.into(), notBeforeMs: 0, title: title.into() };
        let proposed = voters.first().map(|first| (*first, propose.abi_encode()));
        let vote = voteCall { id, approve: true }.abi_encode();
        proposed.into_iter().chain(voters.iter().map(|voter| (*voter, vote.clone()))).collect()
    }

    /// Carries out what was decided on a call. Number of the proposal, and what `members` says.
    pub(super) fn carry_out(
        &mut self,
        target: Address,
        input: &[u8],
        hand: Hand,
        now: Now,
    ) -> Result<(u64, Log), Refusal> {
        let Hand { account, organisation, has_vote, electorate } = hand;
        let Some(decision) = self.made.get_mut(input) else {
            return refuse(NotProposed { target, digest: keccak256(input) });
        };
        let (id, status) = (decision.id, decision.status(now));
        if status != 2 {
            return refuse(NotApproved { id, status });
        }
        if !has_vote {
            return refuse(NoVote { account, organisation, electorate });
        }
        decision.done = true;
        let executed = Executed { id, target, organisation, account, timestampMs: now.timestamp_ms };
        Ok((id, log(MEMBERS, &executed)))
    }

    /// One of the calls that were decided on, perhaps carried out.
    pub(super) fn any(&self, number: u8) -> Option<&[u8]> {
        let place = usize::from(number).checked_rem(self.made.len())?;
        self.made.keys().nth(place).map(Vec::as_slice)
    }

    /// When what was decided can be carried out no more, in the order of the calls.
    pub(super) fn ends(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.made.values().map(|known| known.decided_ms + EXECUTION_MS)
    }
}
