//! The module `members` once more: who has a vote, what the votes on a proposal decide and when, and what
//! the consortium decides about itself.
//!
//! Who has a vote is asked of every organisation each time, and whether a proposal is decided by trying
//! every way in which those who have not voted could still vote.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

mod stories;

pub(in crate::targets) use stories::seeds;

use super::{
    Address, Answer, B256, Feed, Log, NOBODY, Now, ORGANISATIONS, Refusal, Via, log, refuse, wallet,
};
use alloy_primitives::FixedBytes;
use alloy_sol_types::{SolCall as _, SolError as _, SolInterface as _};
use ding_modules::{
    calendar::{self, abi::ICalendar},
    members::{
        abi::IMembers::{self, IMembersCalls as C, *},
        state::ADDRESS,
    },
    once,
};
use ding_primitives::{U256, keccak256, limits};
use std::collections::BTreeMap;

/// As the stories' genesis file sets it.
pub(super) const APPROVAL_PERMILLE: u64 = 600;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const SUPERVISOR: u64 = 1 << 1;
const PROVINCIAL: u64 = 1 << 4;
/// Five roles.
const ROLES: u64 = 0b11_1110;
/// Codes that stories name; one is none.
const CODES: [&str; 3] = ["", "91110000MA00000077", "91110000MA00000078"];
/// Divisions that stories name; the last two are none.
const DIVISIONS: [u8; 4] = [11, 33, 99, 10];
/// Name, value in genesis, least and most.
const PARAMETERS: [(&str, u64, u64, u64); 4] = [
    ("participation_permille", 500, 1, 1_000),
    ("approval_permille", APPROVAL_PERMILLE, 501, 1_000),
    ("voting_ms", 7 * DAY_MS, HOUR_MS, 90 * DAY_MS),
    ("execution_ms", 30 * DAY_MS, DAY_MS, 365 * DAY_MS),
];
const PARTICIPATION: usize = 0;
const APPROVAL: usize = 1;
const VOTING: usize = 2;
const EXECUTION: usize = 3;

#[derive(Clone, Debug)]
struct Organisation {
    name: String,
    code: String,
    roles: u64,
    division: u8,
    accounts: Vec<Address>,
    validators: u32,
}

impl Organisation {
    /// Whether it has a vote.
    fn votes(&self, electorate: u8) -> bool {
        let entitled = if electorate == 1 { self.roles & SUPERVISOR != 0 } else { self.validators > 0 };
        entitled && !self.accounts.is_empty()
    }
}

#[derive(Clone, Debug)]
struct Motion {
    target: Address,
    input: Vec<u8>,
    by: u32,
    proposer: Address,
    not_before_ms: u64,
    ends_ms: u64,
    decided_ms: u64,
    /// 1 open, 2 approved, 3 rejected, 4 withdrawn, 5 carried out.
    fate: u8,
    title: B256,
    votes: BTreeMap<u32, bool>,
}

/// Everything the consortium said.
#[derive(Clone, Debug)]
pub(super) struct Model {
    organisations: Vec<Organisation>,
    motions: Vec<Motion>,
    parameters: [u64; 4],
}

/// The supervisors decide on what they supervise, those who run validators on all else.
fn electorate_of(target: Address) -> u8 {
    use ding_modules::{filing, orders, pilot, services};
    let supervised = [
        calendar::state::ADDRESS,
        filing::state::ADDRESS,
        pilot::state::ADDRESS,
        orders::state::ADDRESS,
        services::state::ADDRESS,
    ];
    if supervised.contains(&target) { 1 } else { 2 }
}

fn word(name: &str) -> B256 {
    B256::right_padding_from(name.as_bytes())
}

fn place_of(name: B256) -> Result<usize, Refusal> {
    let place = PARAMETERS.iter().position(|(known, ..)| word(known) == name);
    place.map_or_else(|| refuse(UnknownParameter { name }), Ok)
}

fn fits(text: &str, max: usize) -> bool {
    let count = text.chars().count();
    count > 0 && count <= max && !text.chars().any(char::is_control) && text.trim() == text
}

fn not_decided(target: Address, input: &[u8]) -> Refusal {
    let mut selector = [0; 4];
    selector.iter_mut().zip(input).for_each(|(to, from)| *to = *from);
    NotDecidedByVote { target, selector: FixedBytes(selector) }.abi_encode()
}

fn size(length: usize) -> U256 {
    U256::from(length)
}

impl Model {
    fn count(&self) -> u32 {
        u32::try_from(self.organisations.len()).unwrap_or(u32::MAX)
    }

    fn organisation(&self, id: u32) -> Result<&Organisation, Refusal> {
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let found = place.and_then(|place| self.organisations.get(place));
        found.map_or_else(|| refuse(NoSuchOrganisation { id, count: self.count() }), Ok)
    }

    fn change(&mut self, id: u32, change: impl FnOnce(&mut Organisation)) {
        let place = usize::try_from(id).unwrap_or(usize::MAX).wrapping_sub(1);
        self.organisations.get_mut(place).map(change);
    }

    fn organisation_of(&self, account: Address) -> u32 {
        let acts = |organisation: &Organisation| organisation.accounts.contains(&account);
        (1..).zip(&self.organisations).find(|(_, one)| acts(one)).map_or(0, |(id, _)| id)
    }

    fn electors(&self, electorate: u8) -> Vec<u32> {
        let all = (1..).zip(&self.organisations);
        all.filter(|(_, one)| one.votes(electorate)).map(|(id, _)| id).collect()
    }

    fn require_vote(&self, account: Address, electorate: u8) -> Result<u32, Refusal> {
        let organisation = self.organisation_of(account);
        if self.electors(electorate).contains(&organisation) {
            return Ok(organisation);
        }
        refuse(NoVote { account, organisation, electorate })
    }

    fn motion(&self, id: u64) -> Result<&Motion, Refusal> {
        let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let found = place.and_then(|place| self.motions.get(place));
        found.map_or_else(|| refuse(NoSuchProposal { id, count: self.motions.len() as u64 }), Ok)
    }

    fn motion_mut(&mut self, id: u64) -> Option<&mut Motion> {
        self.motions.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    const fn parameter(&self, place: usize) -> u64 {
        self.parameters[place]
    }

    /// From when on an approved motion can be carried out no more.
    fn lapses_ms(&self, motion: &Motion) -> u64 {
        motion.decided_ms.max(motion.not_before_ms) + self.parameter(EXECUTION)
    }

    fn status(&self, motion: &Motion, now: Now) -> u8 {
        match motion.fate {
            1 if now.timestamp_ms >= motion.ends_ms => 6,
            2 if now.timestamp_ms >= self.lapses_ms(motion) => 7,
            fate => fate,
        }
    }

    fn require_open(&self, id: u64, now: Now) -> Result<&Motion, Refusal> {
        let motion = self.motion(id)?;
        match self.status(motion, now) {
            1 => Ok(motion),
            status => refuse(NotOpen { id, status }),
        }
    }

    /// For, against, and how many could vote.
    fn tally(&self, motion: &Motion) -> (u32, u32, u32) {
        let (mut approvals, mut rejections, mut all) = (0, 0, 0);
        for elector in self.electors(electorate_of(motion.target)) {
            all += 1;
            match motion.votes.get(&elector) {
                Some(true) => approvals += 1,
                Some(false) => rejections += 1,
                None => {}
            }
        }
        (approvals, rejections, all)
    }

    /// What is decided however the others vote; `None` if it depends on them.
    fn outcome(&self, (approvals, rejections, all): (u32, u32, u32)) -> Option<bool> {
        let share = |votes: u32| u64::from(votes) * 1_000;
        let passes = |yes: u32, no: u32| {
            share(yes) >= self.parameter(APPROVAL) * u64::from(all)
                && share(yes + no) >= self.parameter(PARTICIPATION) * u64::from(all)
        };
        let silent = all - approvals - rejections;
        let ends: Vec<bool> = (0..=silent)
            .flat_map(|yes| (0..=silent - yes).map(move |no| (yes, no)))
            .map(|(yes, no)| passes(approvals + yes, rejections + no))
            .collect();
        match (all, ends.iter().all(|passed| *passed), ends.iter().any(|passed| *passed)) {
            (0, ..) => None,
            (_, true, _) => Some(true),
            (_, _, false) => Some(false),
            _ => None,
        }
    }

    fn latest(&self, target: Address, input: &[u8]) -> Option<(u64, &Motion)> {
        let all = (1..).zip(&self.motions);
        all.filter(|(_, motion)| motion.target == target && motion.input == input).last()
    }

    fn rehearse(&self, target: Address, input: &[u8]) -> Result<u8, Refusal> {
        if input.len() > limits::PROPOSAL_INPUT_BYTES_MAX {
            let max = size(limits::PROPOSAL_INPUT_BYTES_MAX);
            return refuse(InputTooLong { length: size(input.len()), max });
        }
        if target == ADDRESS {
            match C::abi_decode_validate(input) {
                Ok(C::addOrganisation(call)) => self.check_addition(&call)?,
                Ok(C::setRoles(call)) => self.check_roles(&call)?,
                Ok(C::addAccount(call)) => self.check_new_account(&call)?,
                Ok(C::removeAccount(call)) => self.check_removal(&call, false)?,
                Ok(C::setParameter(call)) => Self::check_parameter(&call)?,
                _ => return Err(not_decided(target, input)),
            }
        } else if target != calendar::state::ADDRESS {
            return Err(not_decided(target, input));
        }
        Ok(electorate_of(target))
    }

    fn propose(&mut self, caller: Address, call: &proposeCall, now: Now) -> Answer {
        let proposeCall { target, input, notBeforeMs, title } = call.clone();
        let electorate = self.rehearse(target, &input)?;
        let by = self.require_vote(caller, electorate)?;
        if !fits(&title, limits::PROPOSAL_TITLE_CHARS_MAX) {
            let (characters, max) = (title.chars().count(), limits::PROPOSAL_TITLE_CHARS_MAX);
            return refuse(TitleNotAccepted { characters: size(characters), max: size(max) });
        }
        let latestMs = now.timestamp_ms + limits::PROPOSAL_AHEAD_MS_MAX;
        if notBeforeMs > latestMs {
            return refuse(NotBeforeTooLate { notBeforeMs, latestMs });
        }
        if let Some((id, known)) = self.latest(target, &input)
            && [1, 2].contains(&self.status(known, now))
        {
            return refuse(AlreadyProposed { id });
        }
        let ends_ms = now.timestamp_ms + self.parameter(VOTING);
        self.motions.push(Motion {
            target,
            input: input.to_vec(),
            by,
            proposer: caller,
            not_before_ms: notBeforeMs,
            ends_ms,
            decided_ms: 0,
            fate: 1,
            title: keccak256(&title),
            votes: BTreeMap::new(),
        });
        let id = self.motions.len() as u64;
        let event = Proposed {
            id,
            target,
            organisation: by,
            proposer: caller,
            notBeforeMs,
            endsMs: ends_ms,
            input,
            title,
        };
        Ok((proposeCall::abi_encode_returns(&id), vec![log(ADDRESS, &event)]))
    }

    fn vote(&mut self, account: Address, call: &voteCall, now: Now) -> Answer {
        let voteCall { id, approve } = *call;
        let target = self.require_open(id, now)?.target;
        let organisation = self.require_vote(account, electorate_of(target))?;
        let timestampMs = now.timestamp_ms;
        if let Some(motion) = self.motion_mut(id) {
            motion.votes.insert(organisation, approve);
        }
        let tally = self.tally(self.motion(id)?);
        let (approvals, rejections, electorate) = tally;
        let mut logs = vec![log(
            ADDRESS,
            &Voted { id, organisation, account, approve, approvals, rejections, electorate },
        )];
        let mut fate = 1;
        if let Some(approved) = self.outcome(tally) {
            fate = if approved { 2 } else { 3 };
            let event = Decided { id, approved, approvals, rejections, electorate, timestampMs };
            logs.push(log(ADDRESS, &event));
            if let Some(motion) = self.motion_mut(id) {
                (motion.fate, motion.decided_ms) = (fate, timestampMs);
            }
        }
        Ok((voteCall::abi_encode_returns(&fate), logs))
    }

    fn withdraw(&mut self, account: Address, id: u64, now: Now) -> Answer {
        let organisation = self.require_open(id, now)?.by;
        if self.organisation_of(account) != organisation {
            return refuse(NotTheProposer { id, organisation });
        }
        if let Some(motion) = self.motion_mut(id) {
            motion.fate = 4;
        }
        Ok((Vec::new(), vec![log(ADDRESS, &Withdrawn { id, account })]))
    }

    /// Carries out what was decided.
    fn take(&mut self, account: Address, call: &C, now: Now) -> Result<(u64, Log), Refusal> {
        let (target, input) = (ADDRESS, call.abi_encode());
        let Some((id, motion)) = self.latest(target, &input) else {
            return refuse(NotProposed { target, digest: keccak256(&input) });
        };
        let status = self.status(motion, now);
        if status != 2 {
            return refuse(NotApproved { id, status });
        }
        let (notBeforeMs, nowMs) = (motion.not_before_ms, now.timestamp_ms);
        if nowMs < notBeforeMs {
            return refuse(NotYet { id, notBeforeMs, nowMs });
        }
        let organisation = self.require_vote(account, electorate_of(target))?;
        if let Some(motion) = self.motion_mut(id) {
            motion.fate = 5;
        }
        Ok((id, log(ADDRESS, &Executed { id, target, organisation, account, timestampMs: nowMs })))
    }

    fn check_addition(&self, call: &addOrganisationCall) -> Result<(), Refusal> {
        let addOrganisationCall { name, code, division, roles } = call;
        if !fits(name, limits::NAME_CHARS_MAX) {
            let (characters, max) = (size(name.chars().count()), size(limits::NAME_CHARS_MAX));
            return refuse(NameNotAccepted { characters, max });
        }
        let first = |is: &dyn Fn(&Organisation) -> bool| {
            (1..).zip(&self.organisations).find(|(_, one)| is(one)).map(|(id, _)| id)
        };
        if let Some(organisation) = first(&|one| one.name == *name) {
            return refuse(NameTaken { organisation });
        }
        if !code.is_empty() {
            if *code != CODES[1] {
                return refuse(CodeNotAccepted { code: code.clone() });
            }
            if let Some(organisation) = first(&|one| one.code == *code) {
                return refuse(CodeTaken { organisation });
            }
        }
        Self::require_roles(*roles, *division)
    }

    fn require_roles(roles: u64, division: u8) -> Result<(), Refusal> {
        if let Some(role) = (0..64).find(|role| roles & !ROLES & (1 << role) != 0) {
            return refuse(UnknownRole { role });
        }
        let known = DIVISIONS[..2].contains(&division);
        if known || division == 0 && roles & PROVINCIAL == 0 {
            return Ok(());
        }
        refuse(DivisionNotAccepted { division, roles })
    }

    /// Nothing may leave nobody to vote, nor take from supervisors who have two hands or more the last
    /// but one. `after` is what would be.
    fn require_hands(&self, after: &Self, organisation: u32) -> Result<(), Refusal> {
        let hands = |model: &Self| {
            let supervise = model.organisations.iter().filter(|one| one.votes(1));
            supervise.map(|one| one.accounts.len() as u64).sum::<u64>()
        };
        let (had, accounts) = (hands(self), hands(after));
        if had >= 2 && accounts < 2 { refuse(OneHandLeft { organisation, accounts }) } else { Ok(()) }
    }

    fn check_roles(&self, call: &setRolesCall) -> Result<(), Refusal> {
        let setRolesCall { id, roles, division } = *call;
        self.organisation(id)?;
        Self::require_roles(roles, division)?;
        let mut after = self.clone();
        after.change(id, |one| one.roles = roles);
        for electorate in [1, 2] {
            if !self.electors(electorate).is_empty() && after.electors(electorate).is_empty() {
                return refuse(NobodyWouldDecide { organisation: id, electorate });
            }
        }
        self.require_hands(&after, id)
    }

    fn check_new_account(&self, call: &addAccountCall) -> Result<(), Refusal> {
        let addAccountCall { id, account } = *call;
        self.organisation(id)?;
        if account.is_zero() || account == ADDRESS {
            return refuse(AccountCannotSign { account });
        }
        match self.organisation_of(account) {
            0 => Ok(()),
            organisation => refuse(AccountTaken { account, organisation }),
        }
    }

    fn check_removal(&self, call: &removeAccountCall, own: bool) -> Result<(), Refusal> {
        let removeAccountCall { id: organisation, account } = *call;
        let known = self.organisation(organisation)?;
        let actual = self.organisation_of(account);
        if actual != organisation {
            return refuse(NotItsAccount { organisation, account, actual });
        }
        if known.accounts.len() == 1 && (own || known.votes(1) || known.votes(2)) {
            return refuse(LastAccount { organisation, account });
        }
        let mut after = self.clone();
        after.change(organisation, |one| one.accounts.retain(|one| *one != account));
        self.require_hands(&after, organisation)
    }

    fn check_parameter(call: &setParameterCall) -> Result<(), Refusal> {
        let setParameterCall { name, value } = *call;
        let (_, _, min, max) = PARAMETERS[place_of(name)?];
        if value < min || value > max {
            return refuse(ParameterOutOfRange { name, value, min, max });
        }
        Ok(())
    }

    /// Carries out what changes the consortium; its own organisation needs no decision.
    fn govern(&mut self, by: Address, call: &C, now: Now) -> Answer {
        let own = |id: u32| id != 0 && self.organisation_of(by) == id;
        match call.clone() {
            C::addOrganisation(one) => {
                self.check_addition(&one)?;
                let (proposal, executed) = self.take(by, call, now)?;
                let addOrganisationCall { name, code, division, roles } = one;
                self.organisations.push(Organisation {
                    name: name.clone(),
                    code: code.clone(),
                    roles,
                    division,
                    accounts: Vec::new(),
                    validators: 0,
                });
                let id = self.count();
                let event = OrganisationAdded { id, name, code, division, roles, proposal };
                Ok((addOrganisationCall::abi_encode_returns(&id), vec![executed, log(ADDRESS, &event)]))
            }
            C::setRoles(one) => {
                self.check_roles(&one)?;
                let (proposal, executed) = self.take(by, call, now)?;
                let setRolesCall { id, roles, division } = one;
                let Organisation { roles: rolesBefore, division: divisionBefore, .. } =
                    self.organisation(id)?.clone();
                self.change(id, |one| (one.roles, one.division) = (roles, division));
                let event = RolesSet { id, rolesBefore, roles, divisionBefore, division, proposal };
                Ok((Vec::new(), vec![executed, log(ADDRESS, &event)]))
            }
            C::addAccount(one) => {
                self.check_new_account(&one)?;
                let addAccountCall { id, account } = one;
                let taken = if own(id) { None } else { Some(self.take(by, call, now)?) };
                self.change(id, |one| one.accounts.push(account));
                let proposal = taken.as_ref().map_or(0, |(proposal, _)| *proposal);
                let event = log(ADDRESS, &AccountAdded { id, account, by, proposal });
                Ok((Vec::new(), taken.into_iter().map(|(_, executed)| executed).chain([event]).collect()))
            }
            C::removeAccount(one) => {
                let removeAccountCall { id, account } = one;
                let own = own(id);
                self.check_removal(&one, own)?;
                let taken = if own { None } else { Some(self.take(by, call, now)?) };
                // The last one takes its place.
                self.change(id, |one| {
                    if let Some(place) = one.accounts.iter().position(|one| *one == account) {
                        one.accounts.swap_remove(place);
                    }
                });
                let proposal = taken.as_ref().map_or(0, |(proposal, _)| *proposal);
                let event = log(ADDRESS, &AccountRemoved { id, account, by, proposal });
                Ok((Vec::new(), taken.into_iter().map(|(_, executed)| executed).chain([event]).collect()))
            }
            C::setParameter(one) => {
                Self::check_parameter(&one)?;
                let (proposal, executed) = self.take(by, call, now)?;
                let setParameterCall { name, value } = one;
                let before = std::mem::replace(&mut self.parameters[place_of(name)?], value);
                let event = ParameterSet { name, before, value, proposal };
                Ok((Vec::new(), vec![executed, log(ADDRESS, &event)]))
            }
            read => self.read(&read, now),
        }
    }

    fn shown(&self, id: u64, now: Now) -> Result<Proposal, Refusal> {
        let motion = self.motion(id)?;
        Ok(Proposal {
            id,
            target: motion.target,
            organisation: motion.by,
            proposer: motion.proposer,
            status: self.status(motion, now),
            notBeforeMs: motion.not_before_ms,
            endsMs: motion.ends_ms,
            decidedMs: motion.decided_ms,
            digest: keccak256(&motion.input),
            titleDigest: motion.title,
        })
    }

    fn read(&self, call: &C, now: Now) -> Answer {
        let page = |count: u32| {
            let max = 256;
            if count > max { refuse(PageTooLarge { count, max }) } else { Ok(count as usize) }
        };
        let role =
            |role: u8| if (1..=5).contains(&role) { Ok(1 << role) } else { refuse(UnknownRole { role }) };
        let bytes = match call {
            C::proposalCount(_) => proposalCountCall::abi_encode_returns(&(self.motions.len() as u64)),
            C::proposal(call) => proposalCall::abi_encode_returns(&self.shown(call.id, now)?),
            C::proposals(call) => {
                let count = page(call.count)?;
                let ids = (1..=self.motions.len() as u64).skip_while(|id| *id < call.start).take(count);
                let found: Result<Vec<_>, _> = ids.map(|id| self.shown(id, now)).collect();
                proposalsCall::abi_encode_returns(&found?)
            }
            C::tally(call) => {
                let (approvals, rejections, electorate_) = self.tally(self.motion(call.id)?);
                tallyCall::abi_encode_returns(&tallyReturn { approvals, rejections, electorate_ })
            }
            C::voteOf(call) => {
                let motion = self.motion(call.id)?;
                self.organisation(call.organisation_)?;
                let vote = motion.votes.get(&call.organisation_);
                voteOfCall::abi_encode_returns(&vote.map_or(0, |approve| if *approve { 1 } else { 2 }))
            }
            C::electorate(call) => {
                let (count, electorate_) = (page(call.count)?, electorate_of(call.target));
                let mut organisations = self.electors(electorate_);
                organisations.retain(|id| *id >= call.start);
                organisations.truncate(count);
                electorateCall::abi_encode_returns(&electorateReturn { electorate_, organisations })
            }
            C::rehearse(call) => rehearseCall::abi_encode_returns(&self.rehearse(call.target, &call.input)?),
            C::parameter(call) => parameterCall::abi_encode_returns(&self.parameter(place_of(call.name)?)),
            C::organisationCount(_) => organisationCountCall::abi_encode_returns(&self.count()),
            C::organisation(call) => {
                let one = self.organisation(call.id)?;
                organisationCall::abi_encode_returns(&IMembers::Organisation {
                    name: one.name.clone(),
                    code: one.code.clone(),
                    roles: one.roles,
                    division: one.division,
                    accounts: u32::try_from(one.accounts.len()).unwrap_or(u32::MAX),
                    validators: one.validators,
                    observers: 0,
                })
            }
            C::organisationOf(call) => {
                organisationOfCall::abi_encode_returns(&self.organisation_of(call.account))
            }
            C::accountsOf(call) => {
                let count = page(call.count)?;
                let accounts = self.organisation(call.id)?.accounts.iter().copied();
                accountsOfCall::abi_encode_returns(&accounts.skip(call.start as usize).take(count).collect())
            }
            C::hasRole(call) => {
                let bit = role(call.role)?;
                let has =
                    self.organisation(self.organisation_of(call.account)).map(|one| one.roles & bit != 0);
                hasRoleCall::abi_encode_returns(&has.unwrap_or(false))
            }
            C::organisationHasRole(call) => {
                let bit = role(call.role)?;
                organisationHasRoleCall::abi_encode_returns(&(self.organisation(call.id)?.roles & bit != 0))
            }
            // Stories draw no others.
            _ => Vec::new(),
        };
        Ok((bytes, Vec::new()))
    }
}
