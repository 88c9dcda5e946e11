//! What stories ask of the model: calls drawn from bytes, and lives of proposals from beginning to end.

use super::*;

fn draw_account(feed: &mut Feed<'_>) -> Address {
    match feed.byte() % 9 {
        number @ 0..=3 => wallet(number.into()),
        4 => Via::Call.contract().unwrap_or_default(),
        5 => Via::CallTwice.contract().unwrap_or_default(),
        6 => NOBODY,
        7 => Address::ZERO,
        _ => ADDRESS,
    }
}

/// A target, and calls of it.
fn draw_target(model: &Model, feed: &mut Feed<'_>) -> (Address, Vec<u8>) {
    match feed.byte() % 8 {
        0 => (calendar::state::ADDRESS, table().abi_encode()),
        1 => (once::state::ADDRESS, model.draw_change(feed).abi_encode()),
        2 => (wallet(1), Vec::new()),
        _ => (ADDRESS, model.draw_change(feed).abi_encode()),
    }
}

/// A table of a year that may be proposed.
fn table() -> ICalendar::loadTableCall {
    ICalendar::loadTableCall {
        year: 2030,
        holidays: vec![1, 2],
        makeupDays: Vec::new(),
        effectiveDay: 0,
        source: B256::repeat_byte(1),
    }
}

impl Model {
    /// Something to decide: often what somebody proposed, or what is in the way of it.
    fn draw_change(&self, feed: &mut Feed<'_>) -> C {
        let kind = feed.byte() % 10;
        let id = u32::from(feed.byte() % 6);
        let roles = || [0, SUPERVISOR, 1 << 2, PROVINCIAL, SUPERVISOR | 1 << 3, 1 << 6, ROLES];
        match kind {
            0 => C::addOrganisation(addOrganisationCall {
                name: feed.pick(&["Insurer", "Bureau", "保险", " Insurer", ""]).unwrap_or_default().into(),
                code: feed.pick(&CODES).unwrap_or_default().into(),
                division: feed.pick(&[0, 11, 33, 99, 10]).unwrap_or_default(),
                roles: feed.pick(&roles()).unwrap_or_default(),
            }),
            1 => C::setRoles(setRolesCall {
                id,
                roles: feed.pick(&roles()).unwrap_or_default(),
                division: feed.pick(&[0, 11, 33, 99, 10]).unwrap_or_default(),
            }),
            2 => C::addAccount(addAccountCall { id, account: draw_account(feed) }),
            3 => C::removeAccount(removeAccountCall { id, account: draw_account(feed) }),
            4 => {
                let name = ["participation_permille", "approval_permille", "voting_ms", "execution_ms", "x"];
                let values = [
                    [0, 1, 501, 667, 1_000, 1_001],
                    [500, 501, 667, 750, 1_000, 1_001],
                    [HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS, 90 * DAY_MS, 90 * DAY_MS + 1, 0],
                    [DAY_MS - 1, DAY_MS, 2 * DAY_MS, 365 * DAY_MS, 365 * DAY_MS + 1, 0],
                ];
                let place = usize::from(feed.byte()) % name.len();
                let value = values.get(place).and_then(|values| feed.pick(values)).unwrap_or_default();
                C::setParameter(setParameterCall { name: word(name[place]), value })
            }
            _ => {
                let known = self.motions.get(usize::from(feed.byte()) % self.motions.len().max(1));
                let call = known.and_then(|motion| C::abi_decode_validate(&motion.input).ok());
                call.unwrap_or_else(|| C::proposalCount(proposalCountCall {}))
            }
        }
    }
}

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;

    fn new() -> Self {
        let organisations = ORGANISATIONS.iter().map(|entry| Organisation {
            name: entry.name.clone(),
            code: String::new(),
            roles: entry.roles.iter().map(|role| 1u64 << role.number()).sum(),
            division: 0,
            accounts: entry.accounts.clone(),
            validators: u32::try_from(entry.validators.len()).unwrap_or(u32::MAX),
        });
        Self {
            organisations: organisations.collect(),
            motions: Vec::new(),
            parameters: PARAMETERS.map(|(_, value, ..)| value),
        }
    }

    fn reads(call: &C) -> bool {
        !matches!(
            call,
            C::propose(_)
                | C::vote(_)
                | C::withdraw(_)
                | C::addOrganisation(_)
                | C::setRoles(_)
                | C::addAccount(_)
                | C::removeAccount(_)
                | C::setParameter(_)
        )
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        match call {
            C::propose(call) => self.propose(caller, call, now),
            C::vote(call) => self.vote(caller, call, now),
            C::withdraw(call) => self.withdraw(caller, call.id, now),
            call => self.govern(caller, call, now),
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let id = |feed: &mut Feed<'_>| u64::from(feed.byte() % 6);
        match kind {
            0 => {
                let times =
                    [0, 0, 1, HOUR_MS, limits::PROPOSAL_AHEAD_MS_MAX, limits::PROPOSAL_AHEAD_MS_MAX + 1];
                let ahead = feed.pick(&times).unwrap_or_default();
                let long = "长".repeat(limits::PROPOSAL_TITLE_CHARS_MAX);
                let title = match feed.byte() % 6 {
                    0 => String::new(),
                    1 => format!("{long}长"),
                    2 => " a title".into(),
                    3 => long,
                    _ => "a title".into(),
                };
                let (target, input) = draw_target(self, feed);
                C::propose(proposeCall {
                    target,
                    input: input.into(),
                    notBeforeMs: if ahead == 0 { 0 } else { now.timestamp_ms + ahead },
                    title,
                })
            }
            1 | 2 => C::vote(voteCall { id: id(feed), approve: !feed.byte().is_multiple_of(3) }),
            3 => C::withdraw(withdrawCall { id: id(feed) }),
            _ => self.draw_change(feed),
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let kind = feed.byte() % 14;
        let (first, second) = (feed.byte() % 7, feed.byte());
        let (id, organisation, start) = (first.into(), first.into(), first.into());
        let count = feed.pick(&[1, 2, 256, 257, 0]).unwrap_or_default();
        let account = draw_account(feed);
        match kind {
            0 => C::proposalCount(proposalCountCall {}),
            1 => C::proposal(proposalCall { id }),
            2 => C::proposals(proposalsCall { start: id, count }),
            3 => C::tally(tallyCall { id }),
            4 => C::voteOf(voteOfCall { id, organisation_: u32::from(second % 6) }),
            5 => {
                let target = if second % 2 == 0 { calendar::state::ADDRESS } else { account };
                C::electorate(electorateCall { target, start, count })
            }
            6 => {
                let name = PARAMETERS.get(usize::from(first)).map_or("x", |(name, ..)| name);
                C::parameter(parameterCall { name: word(name) })
            }
            7 => C::organisationCount(organisationCountCall {}),
            8 => C::organisation(organisationCall { id: organisation }),
            9 => C::organisationOf(organisationOfCall { account }),
            10 => C::accountsOf(accountsOfCall { id: organisation, start: u32::from(second % 4), count }),
            11 => C::hasRole(hasRoleCall { account, role: first }),
            12 => C::organisationHasRole(organisationHasRoleCall { id: organisation, role: second % 7 }),
            _ => {
                let (target, input) = draw_target(self, feed);
                C::rehearse(rehearseCall { target, input: input.into() })
            }
        }
    }

    /// Often exactly to a time that matters to a proposal, or a moment before it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, early) = (feed.byte(), u64::from(feed.byte() % 2));
        let motion = self.motions.get(usize::from(byte % 8));
        match (byte / 8, motion) {
            (0, Some(motion)) => motion.ends_ms - early,
            (1, Some(motion)) => motion.not_before_ms.saturating_sub(early),
            (2, Some(motion)) => self.lapses_ms(motion) - early,
            _ => now.timestamp_ms + u64::from(byte) * HOUR_MS,
        }
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    // What: kind, organisation, and what belongs to it. 5 and beyond: what motion number so proposed.
    let insurer = [0, 0, 0, 1, 0, 2];
    let again = |number: u8| [5, 0, number];
    let propose = |who: u8, what: &[u8]| [&[0, who, 0, 0, 4, 3][..], what].concat();
    let later = |who: u8, what: &[u8]| [&[0, who, 0, 3, 4, 3][..], what].concat();
    let vote = |who: u8, id: u8, approve: u8| vec![1, who, 0, id, approve];
    let withdraw = |who: u8, id: u8| vec![3, who, 0, id];
    let act = |who: u8, way: u8, what: &[u8]| [&[4, who, way][..], what].concat();
    let ask = |mut call: Vec<u8>| {
        if let Some(kind) = call.first_mut() {
            *kind += 7;
        }
        call
    };
    let look = |what: u8, first: u8, second: u8| vec![6, what, first, second, 2, 3];
    let [end, before_end] = [0, 1].map(|early| vec![5, 0, early]);
    let [start, before_start] = [0, 1].map(|early| vec![5, 8, early]);
    let [lapse, before_lapse] = [0, 1].map(|early| vec![5, 16, early]);
    let decided = |what: &[u8]| [propose(0, what), vote(1, 1, 1), ask(vote(2, 1, 1)), vote(2, 1, 1)].concat();
    let done = |what: &[u8]| [decided(what), ask(act(1, 0, &again(0))), act(1, 0, &again(0))].concat();
    let changes: [&[u8]; 7] = [
        &insurer,
        // The third office notaries; the bureau loses its role; the first office gets an account.
        &[1, 4, 2, 0],
        &[1, 3, 0, 0],
        &[2, 1, 6],
        &[2, 4, 3],
        &[3, 2, 5],
        &[4, 0, 1, 4],
    ];
    let mut seeds: Vec<Vec<u8>> = changes
        .iter()
        .map(|what| [done(what), look(1, 1, 0), look(8, 4, 0), look(5, 0, 1), act(0, 0, &again(0))].concat())
        .collect();
    // Through contracts: the first way is an organisation's own.
    seeds.extend((1..10).map(|way| {
        let vote = |who: u8, way: u8| vec![1, who, way, 1, 1];
        let all = [vote(0, way), ask(vote(3, way)), vote(3, way), vote(2, 0), act(3, way, &again(0))];
        [propose(1, &insurer), all.concat(), ask(act(3, way, &again(0))), look(3, 1, 0)].concat()
    }));
    let tally = look(3, 1, 0);
    seeds.extend([
        // Votes that change, a rejection, a withdrawal.
        [
            propose(0, &insurer),
            vote(0, 1, 0),
            tally,
            vote(0, 1, 1),
            look(4, 1, 1),
            vote(3, 1, 1),
            ask(vote(1, 1, 0)),
            vote(1, 1, 0),
            vote(2, 1, 0),
            vote(2, 1, 1),
            look(1, 1, 0),
            propose(2, &insurer),
            withdraw(0, 2),
            withdraw(2, 2),
            look(1, 2, 0),
        ]
        .concat(),
        // Votes in time and too late.
        [
            propose(0, &insurer),
            vote(0, 1, 1),
            before_end,
            ask(vote(1, 1, 1)),
            look(1, 1, 0),
            end,
            vote(1, 1, 1),
            look(1, 1, 0),
            propose(1, &insurer),
            withdraw(0, 1),
        ]
        .concat(),
        // Carried out not too early and not too late.
        [
            later(0, &insurer),
            vote(0, 1, 1),
            vote(1, 1, 1),
            act(1, 0, &again(0)),
            before_start,
            ask(act(1, 0, &again(0))),
            start,
            ask(act(1, 0, &again(0))),
            before_lapse,
            ask(act(1, 0, &again(0))),
            lapse,
            act(1, 0, &again(0)),
            look(1, 1, 0),
            propose(0, &insurer),
        ]
        .concat(),
        // The third office gets an account and a vote while others vote.
        [
            propose(0, &[2, 4, 3]),
            vote(0, 1, 1),
            vote(1, 1, 1),
            propose(1, &insurer),
            vote(0, 2, 1),
            act(1, 0, &again(0)),
            vote(1, 2, 1),
            look(3, 2, 0),
            look(5, 0, 1),
            vote(3, 2, 1),
            act(3, 0, &again(1)),
        ]
        .concat(),
        // Own accounts, come and gone, and the last ones.
        [
            act(0, 0, &[2, 1, 6]),
            act(0, 0, &[3, 1, 4]),
            look(10, 1, 0),
            act(0, 0, &[3, 1, 6]),
            act(0, 0, &[3, 1, 0]),
            act(2, 0, &[3, 3, 2]),
            act(0, 0, &[2, 1, 1]),
            act(0, 0, &[2, 1, 7]),
            act(0, 0, &[2, 1, 8]),
        ]
        .concat(),
        // The supervisors decide on tables.
        [
            vec![0, 1, 0, 0, 4, 0],
            vec![0, 0, 0, 0, 4, 0],
            ask(vote(1, 1, 1)),
            vote(0, 1, 1),
            vote(2, 1, 1),
            look(1, 1, 0),
            propose(0, &[1, 1, 0, 0]),
            vote(0, 2, 1),
            vote(1, 2, 1),
            act(0, 0, &again(1)),
            propose(0, &[1, 3, 0, 0]),
        ]
        .concat(),
    ]);
    // Exactly as many as it takes, when that is all of them; and a vote against that makes enough votes.
    let newcomer = || [propose(0, &insurer), vote(0, 2, 1), vote(1, 2, 1), look(1, 2, 0)].concat();
    let last = |approve: u8| [ask(vote(2, 2, approve)), vote(2, 2, approve), look(1, 2, 0)].concat();
    seeds.push([done(&[4, 0, 1, 4]), newcomer(), last(1)].concat());
    seeds.push([done(&[4, 0, 1, 4]), newcomer(), last(0)].concat());
    seeds.push([done(&[4, 0, 0, 4]), newcomer(), last(0)].concat());
    // Proposed again while it is open, approved, and carried out.
    let twice = ask(propose(1, &insurer));
    seeds.push([propose(0, &insurer), twice.clone(), done(&insurer), twice].concat());
    seeds.push([decided(&insurer), ask(propose(1, &insurer)), propose(2, &insurer)].concat());
    // The bureau voted on a table, and supervises no more: its vote does not count.
    seeds.push(
        [
            vec![0, 0, 0, 0, 4, 0],
            vote(2, 1, 1),
            look(3, 1, 0),
            propose(0, &[1, 3, 0, 0]),
            vote(0, 2, 1),
            vote(1, 2, 1),
            act(0, 0, &again(1)),
            look(3, 1, 0),
            ask(vote(2, 1, 1)),
            vote(0, 1, 1),
            look(1, 1, 0),
        ]
        .concat(),
    );
    // What is refused when it is proposed.
    let titles = (0..6).flat_map(|title| [7, 0, 0, 0, title, 3, 0, 0, 0, 1, 0, 2]);
    let targets = (0..3).flat_map(|target| [7, 0, 0, 0, 4, target, 0, 0, 0, 1, 0, 2]);
    let times = (0..6).flat_map(|time| [7, 0, 0, time, 4, 3, 0, 0, 0, 1, 0, 2]);
    let additions = [[1, 1, 0, 2], [0, 2, 0, 2], [3, 1, 0, 2], [0, 1, 3, 2], [0, 1, 0, 3], [0, 1, 0, 5]];
    let additions = additions.into_iter().flat_map(|what| [&[7, 0, 0, 0, 4, 3, 0, 0][..], &what].concat());
    let shares = (0..4)
        .flat_map(|name| [0, 2, 5].into_iter().flat_map(move |value| [7, 0, 0, 0, 4, 3, 4, 0, name, value]));
    seeds.extend([titles.chain(targets).collect(), times.chain(additions).collect(), shares.collect()]);
    seeds.push((0..14).flat_map(|what| look(what, 1, 1)).collect());
    seeds
}
