//! Who votes: the organisations of each electorate, a bit each, so that counting votes costs the
//! same however many there are.
//!
//! An organisation is of an electorate if it has what the electorate asks for (the role supervisor,
//! or a validator) and an account with which to vote.

use super::{
    abi::IMembers::{NoVote, NobodyWouldDecide, OneHandLeft},
    organisation_of,
    state::{ACCOUNTS, BALLOTS, COUNT, ELECTORATES, PROFILES, Profile},
    terms::{Electorate, Role},
};
use crate::{Ctx, Stop};
use ding_primitives::{Address, U256};

/// Accounts without which nothing is done that takes two people.
const TWO: u64 = 2;

/// Votes as counted over those who have one now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many approve.
    pub approvals: u32,
    /// How many reject.
    pub rejections: u32,
    /// How many have a vote.
    pub electorate: u32,
}

impl Tally {
    /// What is decided whatever the outstanding votes say: `None` if nothing is yet. `participation`
    /// and `approval` are thousandths of the electorate.
    pub fn outcome(&self, participation: u64, approval: u64) -> Option<bool> {
        let share = |votes: u32| u64::from(votes).saturating_mul(1_000);
        let all = u64::from(self.electorate);
        let needed = approval.saturating_mul(all);
        let voted = self.approvals.saturating_add(self.rejections);
        if all == 0 {
            return None;
        }
        if share(self.approvals) >= needed && share(voted) >= participation.saturating_mul(all) {
            return Some(true);
        }
        let reachable = self.electorate.saturating_sub(self.rejections);
        (share(reachable) < needed).then_some(false)
    }
}

/// Where the bit of an organisation stands: entry and place.
pub(super) fn seat(organisation: u32) -> (u32, usize) {
    let index = organisation.saturating_sub(1);
    (index / 256, (index % 256) as usize)
}

/// Number of entries that may hold bits.
fn entries(ctx: &mut Ctx<'_>) -> Result<u32, Stop> {
    Ok(COUNT.get(ctx)?.div_ceil(256))
}

fn key(electorate: Electorate, entry: u32) -> u32 {
    u32::from(electorate.number()) * 256 + entry
}

/// Whether an organisation with this profile and number of accounts is of the electorate.
pub(super) fn entitled(electorate: Electorate, profile: &Profile, accounts: u64) -> bool {
    accounts > 0
        && match electorate {
            Electorate::Supervisors => profile.roles & Role::Supervisor.bit() != 0,
            Electorate::Validators => profile.validators > 0,
        }
}

/// Whether an organisation has a vote; organisation 0, which is none, has not.
pub(super) fn holds(ctx: &mut Ctx<'_>, electorate: Electorate, organisation: u32) -> Result<bool, Stop> {
    let (entry, place) = seat(organisation);
    Ok(organisation != 0 && ELECTORATES.get(ctx, key(electorate, entry))?.bit(place))
}

/// Number of the caller's organisation, which must have a vote.
pub(super) fn require_vote(ctx: &mut Ctx<'_>, electorate: Electorate) -> Result<u32, Stop> {
    let account = ctx.caller();
    let organisation = organisation_of(ctx, account)?;
    if holds(ctx, electorate, organisation)? {
        return Ok(organisation);
    }
    Err(Stop::revert(NoVote { account, organisation, electorate: electorate.number() }))
}

/// Counts the votes on a proposal over those who have one now.
pub(super) fn count(ctx: &mut Ctx<'_>, electorate: Electorate, proposal: u64) -> Result<Tally, Stop> {
    let mut tally = Tally::default();
    let ballots = BALLOTS.map(ctx, proposal)?;
    for entry in 0..entries(ctx)? {
        let voters = ELECTORATES.get(ctx, key(electorate, entry))?;
        let given = ballots.get(ctx, entry)?;
        tally.approvals += ones(given.approve & voters);
        tally.rejections += ones(given.reject & voters);
        tally.electorate += ones(voters);
    }
    Ok(tally)
}

fn ones(word: U256) -> u32 {
    u32::try_from(word.count_ones()).unwrap_or(u32::MAX)
}

fn size(ctx: &mut Ctx<'_>, electorate: Electorate) -> Result<u32, Stop> {
    let mut size = 0;
    for entry in 0..entries(ctx)? {
        size += ones(ELECTORATES.get(ctx, key(electorate, entry))?);
    }
    Ok(size)
}

/// Numbers of the organisations of the electorate, from `start` on, at most `max`.
pub(super) fn page(
    ctx: &mut Ctx<'_>,
    electorate: Electorate,
    start: u32,
    max: u32,
) -> Result<Vec<u32>, Stop> {
    let (mut found, mut entry, mut voters) = (Vec::new(), u32::MAX, U256::ZERO);
    let last = COUNT.get(ctx)?;
    for organisation in start.max(1)..=last {
        let (at, place) = seat(organisation);
        if found.len() >= max as usize {
            break;
        }
        if at != entry {
            (entry, voters) = (at, ELECTORATES.get(ctx, key(electorate, at))?);
        }
        if voters.bit(place) {
            found.push(organisation);
        }
    }
    Ok(found)
}

/// Refuses that an organisation gets this profile and number of accounts if nobody would be left to
/// decide.
pub(super) fn require_decidable(
    ctx: &mut Ctx<'_>,
    organisation: u32,
    profile: &Profile,
    accounts: u64,
) -> Result<(), Stop> {
    for electorate in Electorate::ALL {
        if !entitled(electorate, profile, accounts)
            && holds(ctx, electorate, organisation)?
            && size(ctx, electorate)? == 1
        {
            return Err(Stop::revert(NobodyWouldDecide { organisation, electorate: electorate.number() }));
        }
    }
    Ok(())
}

/// Refuses that supervisors, who have two accounts or more together, are left with one when an
/// organisation goes from one profile and number of accounts to another: records, fines and orders
/// take two people. Those who began with one account may grow, and stay with one until then.
pub(super) fn require_two_hands(
    ctx: &mut Ctx<'_>,
    organisation: u32,
    before: &Profile,
    accounts_before: u64,
    after: &Profile,
    accounts_after: u64,
) -> Result<(), Stop> {
    let hands = |profile: &Profile, accounts| {
        if entitled(Electorate::Supervisors, profile, accounts) { accounts } else { 0 }
    };
    let (had, left) = (hands(before, accounts_before), hands(after, accounts_after));
    if left >= had || left >= TWO {
        return Ok(());
    }
    let mut others = 0u64;
    for other in page(ctx, Electorate::Supervisors, 1, u32::MAX)? {
        if other != organisation {
            others = others.saturating_add(ACCOUNTS.list(ctx, other)?.len(ctx)?);
        }
        if others >= TWO {
            return Ok(());
        }
    }
    if others.saturating_add(had) < TWO || others.saturating_add(left) >= TWO {
        return Ok(());
    }
    Err(Stop::revert(OneHandLeft { organisation, accounts: others.saturating_add(left) }))
}

/// Gives an organisation its votes, or takes them, after something about it changed.
pub(super) fn refresh(ctx: &mut Ctx<'_>, organisation: u32) -> Result<(), Stop> {
    let profile = PROFILES.get(ctx, organisation)?;
    let accounts = ACCOUNTS.list(ctx, organisation)?.len(ctx)?;
    let (entry, place) = seat(organisation);
    for electorate in Electorate::ALL {
        let cell = ELECTORATES.cell(ctx, key(electorate, entry))?;
        let before = cell.get(ctx)?;
        let mut after = before;
        after.set_bit(place, entitled(electorate, &profile, accounts));
        cell.replace(ctx, &before, &after)?;
    }
    Ok(())
}

/// Whether the caller acts for this organisation.
pub(super) fn is_own(ctx: &mut Ctx<'_>, organisation: u32, caller: Address) -> Result<bool, Stop> {
    Ok(organisation != 0 && organisation_of(ctx, caller)? == organisation)
}

#[cfg(test)]
mod tests;
