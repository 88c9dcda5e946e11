//! What stories ask of the model: who is there before them, calls drawn from bytes, and lives of accounts
//! from binding to end.

use super::*;
use crate::targets::calls::{
    OrganisationEntry, Role,
    consortium::{self, organisation, seated},
    second_block,
};
use alloy_sol_types::SolInterface as _;
use ding_modules::orders::{
    self,
    abi::IOrders::{self, Draft},
};
use ding_primitives::Spec;
use std::{collections::BTreeMap as Map, sync::LazyLock};

/// Organisations of the stories; the first two are authorities in genesis.
pub(super) const COUNT: u32 = 5;
/// Those that run a validator and have an account.
pub(super) const VOTERS: [u32; 3] = [1, 2, 3];
/// How long a contract with a binding is frozen.
const FROZEN_MS: u64 = 2 * DAY_MS;
/// The first order of the year in which the stories are.
const FIRST_ORDER: u64 = 2_023_000_001;

fn contract(via: Via) -> Address {
    via.contract().unwrap_or_default()
}

/// Root of a binding with nearly all the accounts that it may have.
const CROWDED: Address = Address::repeat_byte(0x79);
/// An account under it that is frozen for good.
const FROZEN: Address = Address::repeat_byte(0x7a);
/// Frozen for good, and bound to nobody.
const FROZEN_STRANGER: Address = Address::repeat_byte(0x7b);
const NEW: Address = Address::repeat_byte(0x7c);
/// Nobody freezes it.
const CALM: Address = Address::repeat_byte(0x7d);

static ORGANISATIONS: LazyLock<Vec<OrganisationEntry>> = LazyLock::new(|| {
    seated([
        organisation("First office", &[Role::Notary], vec![wallet(0), contract(Via::CallTwice)]),
        organisation("Second office", &[], vec![wallet(1), contract(Via::CallAndForget)]),
        organisation("Bureau", &[Role::Supervisor], vec![wallet(2), wallet(3)]),
        // Nobody acts for it.
        organisation("Third office", &[], Vec::new()),
        // It runs no validator.
        organisation("Fourth office", &[], vec![wallet(8)]),
    ])
});

/// Number of the organisation that an account acts for; 0 if none.
pub(super) fn organisation_of(account: Address) -> u32 {
    consortium::number_of(&ORGANISATIONS, account)
}

/// The block before all stories.
fn beginning() -> Now {
    second_block::<Model>()
}

/// A person by a commitment.
fn person(account: Address, subject: B256, level: u8, expiryMs: u64) -> bindCall {
    let (code, nameDigest) = (B256::ZERO, digest(5));
    bindCall { account, kind: PERSON, subject, level, expiryMs, code, nameDigest }
}

/// An organisation by its code.
fn firm(account: Address, code: B256, level: u8, expiryMs: u64) -> bindCall {
    let (subject, nameDigest) = (B256::ZERO, digest(4));
    bindCall { account, kind: ORGANISATION, subject, level, expiryMs, code, nameDigest }
}

/// Who bound whom before the stories.
fn bound() -> Vec<(usize, C)> {
    let add = |who: usize, root, account| (who, C::addAccount(addAccountCall { root, account }));
    let month = beginning().timestamp_ms + 30 * DAY_MS;
    let bind = |who: usize, call| (who, C::bind(call));
    let mut calls = vec![
        bind(0, person(wallet(4), digest(1), 2, month)),
        add(0, wallet(4), wallet(5)),
        bind(1, firm(contract(Via::Call), written(CODES[0]), 4, 0)),
        add(1, contract(Via::Call), contract(Via::Static)),
        bind(1, person(CROWDED, digest(2), 1, 0)),
        add(1, CROWDED, FROZEN),
    ];
    calls.extend((0..13).map(|number| add(1, CROWDED, filler(number))));
    calls
}

const fn filler(number: u8) -> Address {
    Address::repeat_byte(0x20 + number)
}

/// Whom the bureau freezes before the stories, and until when; 0 for no end. None of them signs.
fn freezes() -> [(Address, u64); 3] {
    let end = beginning().timestamp_ms + FROZEN_MS;
    [(contract(Via::Call), end), (FROZEN, 0), (FROZEN_STRANGER, 0)]
}

fn freeze(account: Address, untilMs: u64) -> Vec<u8> {
    let what = Draft {
        action: 3,
        targetKind: 2,
        target: account.into_word(),
        fromHeight: 0,
        untilMs,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: "a law".into(),
    };
    IOrders::draftCall { what }.abi_encode()
}

/// As the second block leaves it.
static BEGINNING: LazyLock<Model> = LazyLock::new(|| {
    let named = ORGANISATIONS.iter().take(2).map(|entry| entry.name.clone());
    let offices =
        (1..).zip(named).map(|(organisation, name)| Office { organisation, name, from_ms: 0, ended: None });
    let mut model = Model {
        offices: offices.collect(),
        ties: Vec::new(),
        places: Map::new(),
        offers: Map::new(),
        invited: Map::new(),
        frozen: Map::new(),
        decisions: Decisions::default(),
    };
    for (who, call) in bound() {
        super::super::Model::answer(&mut model, wallet(who), &call, beginning()).expect("all of it succeeds");
    }
    let end = |until: u64| if until == 0 { (1 << 48) - 1 } else { until };
    model.frozen = freezes().into_iter().map(|(account, until)| (account, end(until))).collect();
    model
});

/// Few accounts, in every situation.
fn somebody(number: u8) -> Address {
    let accounts = [
        wallet(4),
        wallet(5),
        wallet(6),
        wallet(7),
        contract(Via::Call),
        contract(Via::Static),
        CROWDED,
        FROZEN,
        FROZEN_STRANGER,
        NOBODY,
        NEW,
        filler(0),
        filler(1),
        contract(Via::CallTwice),
        wallet(0),
        wallet(8),
        ADDRESS,
        Address::ZERO,
    ];
    accounts.get(usize::from(number) % accounts.len()).copied().unwrap_or_default()
}

fn draw_account(feed: &mut Feed<'_>) -> Address {
    somebody(feed.byte())
}

fn draw_reason(feed: &mut Feed<'_>) -> u8 {
    match feed.byte() {
        255 => 0,
        254 => 10,
        byte => 1 + byte % 9,
    }
}

fn draw_level(feed: &mut Feed<'_>) -> u8 {
    match feed.byte() {
        255 => 0,
        254 => 5,
        byte => 1 + byte % 4,
    }
}

fn draw_end(feed: &mut Feed<'_>, now: Now) -> u64 {
    let now = now.timestamp_ms;
    let longest = now + limits::IDENTITY_EXPIRY_MS_MAX;
    let ends = [0, now + HOUR_MS, now + 8 * DAY_MS, longest, longest + 1, now, now + 1, 1, 1 << 48];
    feed.pick(&ends).unwrap_or_default()
}

/// Mostly somebody who can be bound.
fn draw_binding(feed: &mut Feed<'_>, now: Now) -> bindCall {
    let (account, subject) = (draw_account(feed), feed.byte());
    let (level, end, odd) = (draw_level(feed), draw_end(feed, now), feed.byte());
    let code = CODES.map(written)[usize::from(subject / 6) % 2];
    let one = person(account, digest(subject), level, end);
    let many = firm(account, code, level, end);
    let strange = |place: usize, byte: u8| {
        let mut strange = code;
        strange.0[place] = byte;
        bindCall { code: strange, ..many.clone() }
    };
    match odd {
        240 => bindCall { kind: 0, ..one },
        241 => bindCall { kind: 3, ..one },
        242 => bindCall { subject: B256::ZERO, ..one },
        243 => bindCall { subject: digest(1), ..many },
        244 => bindCall { code, ..one },
        245 => bindCall { code: B256::ZERO, ..many },
        246 => strange(17, b'8'),
        247 => strange(18, b'0'),
        248 => strange(31, 1),
        249 => strange(8, b'm'),
        250 => bindCall { subject: code, ..one },
        251 => bindCall { nameDigest: B256::ZERO, ..one },
        252 => bindCall { nameDigest: B256::ZERO, ..many },
        odd if odd % 2 == 0 => one,
        _ => many,
    }
}

fn draw_name(feed: &mut Feed<'_>) -> String {
    let long = "长".repeat(limits::NAME_CHARS_MAX);
    match feed.byte() % 12 {
        6 => String::new(),
        7 => format!("{long}长"),
        8 => " An office".into(),
        9 => "An\u{200b}office".into(),
        10 => "An\noffice".into(),
        11 => long,
        _ => "An office".into(),
    }
}

impl Model {
    /// What is decided by vote.
    fn draw_decided(feed: &mut Feed<'_>, now: Now) -> C {
        let now = now.timestamp_ms;
        if feed.byte().is_multiple_of(2) {
            let latest = (1 << 48) - 1;
            return C::appoint(appointCall {
                organisation: feed.pick(&[5, 4, 3, 1, 2, 6, 0]).unwrap_or_default(),
                name: draw_name(feed),
                fromMs: feed.pick(&[0, now + HOUR_MS, 1, now, latest, latest + 1]).unwrap_or_default(),
            });
        }
        C::dismiss(dismissCall {
            authority: u32::from(feed.byte() % 5),
            successor: u32::from(feed.byte() % 5),
            reason: draw_reason(feed),
        })
    }

    /// What was decided, and perhaps not carried out.
    fn draw_known(&self, feed: &mut Feed<'_>, now: Now) -> C {
        let known = self.decisions.any(feed.byte()).and_then(|input| C::abi_decode_validate(input).ok());
        known.unwrap_or_else(|| Self::draw_decided(feed, now))
    }

    /// A call of an account into a binding. Nobody who signs comes under a frozen root: no block would
    /// take its transactions then.
    fn draw_account_step(&self, feed: &mut Feed<'_>, now: Now) -> C {
        let (rotates, first, second) = (feed.byte() % 2 == 1, draw_account(feed), draw_account(feed));
        let binding = self.places.get(&first).map_or(0, |place| place.tie);
        if !rotates {
            let account = if self.frozen_until(first, now) == 0 { second } else { CALM };
            return C::addAccount(addAccountCall { root: first, account });
        }
        let root = self.tie(binding).is_ok_and(|tie| tie.root() == first);
        let successor = if root && self.frozen_until(second, now) != 0 { CALM } else { second };
        C::rotate(rotateCall { account: first, successor, reason: draw_reason(feed) })
    }

    /// Whether the consortium would decide on it.
    fn check(&self, call: &C, now: Now) -> bool {
        match call {
            C::appoint(call) => {
                Self::check_appoint(call).is_ok() && self.require_appointable(call.organisation).is_ok()
            }
            C::dismiss(call) => {
                Self::check_dismiss(call).is_ok() && self.require_dismissible(call, now).is_ok()
            }
            _ => false,
        }
    }
}

impl super::super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    const DECIDES: bool = true;
    const WALLETS: usize = 9;

    fn spec() -> Spec {
        let mut spec = consortium::chain(&ORGANISATIONS, Self::WALLETS);
        let authorities = serde_json::json!([
            { "organisation": "First office" }, { "organisation": "Second office" }
        ]);
        spec.modules.insert("identity".into(), serde_json::json!({ "authorities": authorities }));
        spec
    }

    fn before() -> Vec<(usize, Address, Vec<u8>)> {
        let bound = bound().into_iter().map(|(who, call)| (who, ADDRESS, call.abi_encode()));
        let orders = orders::state::ADDRESS;
        let drafts = freezes().into_iter().map(|(account, until)| (2, orders, freeze(account, until)));
        let approvals = (FIRST_ORDER..)
            .take(freezes().len())
            .map(|number| (3, orders, IOrders::approveCall { number }.abi_encode()));
        bound.chain(drafts).chain(approvals).collect()
    }

    fn new() -> Self {
        BEGINNING.clone()
    }

    fn reads(call: &C) -> bool {
        !matches!(
            call,
            C::appoint(_)
                | C::dismiss(_)
                | C::bind(_)
                | C::renew(_)
                | C::addAccount(_)
                | C::rotate(_)
                | C::suspend(_)
                | C::restore(_)
                | C::revoke(_)
                | C::invite(_)
                | C::withdrawInvitation(_)
                | C::accept(_)
        )
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        match call {
            C::appoint(call) => self.appoint(caller, call, now),
            C::dismiss(call) => self.dismiss(caller, call, now),
            C::bind(call) => self.bind(caller, call, now),
            C::renew(call) => self.renew(caller, call, now),
            C::addAccount(call) => self.add_account(caller, call, now),
            C::rotate(call) => self.rotate(caller, call, now),
            C::suspend(call) => self.suspend(caller, call, now),
            C::restore(call) => self.restore(caller, call, now),
            C::revoke(call) => self.revoke(caller, call, now),
            C::invite(call) => self.invite(caller, call, now),
            C::withdrawInvitation(call) => self.withdraw_invitation(caller, call.account, now),
            C::accept(call) => self.accept(caller, call.inviter, now),
            read => self.read(read, now),
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        match (kind, feed.byte()) {
            (0, _) => Self::draw_decided(feed, now),
            (1, byte) if byte % 3 == 2 => C::renew(renewCall {
                binding: u64::from(feed.byte() % 6),
                level: draw_level(feed),
                expiryMs: draw_end(feed, now),
            }),
            (1, _) => C::bind(draw_binding(feed, now)),
            (2, _) => self.draw_account_step(feed, now),
            (3, byte) => {
                let (account, reason) = (draw_account(feed), draw_reason(feed));
                match byte % 3 {
                    0 => C::suspend(suspendCall { account, reason }),
                    1 => C::restore(restoreCall { account, reason }),
                    _ => C::revoke(revokeCall { account, reason }),
                }
            }
            (_, byte) => {
                let account = draw_account(feed);
                match byte % 4 {
                    0 => C::invite(inviteCall {
                        account,
                        purpose: feed.pick(&[ACT, SUCCEED, ACT, SUCCEED, 0, 3]).unwrap_or_default(),
                    }),
                    1 => C::accept(acceptCall { inviter: account }),
                    2 => C::withdrawInvitation(withdrawInvitationCall { account }),
                    _ => self.draw_known(feed, now),
                }
            }
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, _now: Now) -> C {
        let (kind, first, second) = (feed.byte() % 12, feed.byte(), feed.byte());
        let (account, other, number) = (somebody(first), somebody(second), first % 6);
        match kind {
            0 => C::standingOf(standingOfCall { account }),
            1 => C::levelOf(levelOfCall { account }),
            2 => C::isBound(isBoundCall { account, minLevel: second % 6 }),
            3 => C::subjectOf(subjectOfCall { account }),
            4 => C::isSameSubject(isSameSubjectCall { first: account, second: other }),
            5 => C::binding(bindingCall { id: number.into() }),
            6 => C::accountsOf(accountsOfCall { id: number.into() }),
            7 => {
                let subject = match second % 8 {
                    6 => written(CODES[0]),
                    7 => written(CODES[1]),
                    number => digest(number),
                };
                C::liveBinding(liveBindingCall { authority: number.into(), subject })
            }
            8 => C::invitation(invitationCall { account, inviter: other }),
            9 => C::authority(authorityCall { id: number.into() }),
            10 => C::authorityOf(authorityOfCall { organisation: number.into() }),
            _ => C::counts(countsCall {}),
        }
    }

    /// Often exactly to a time that matters, or a moment before it.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, early) = (feed.byte(), u64::from(feed.byte() % 2));
        let place = usize::from(byte % 8);
        let found = match byte / 8 {
            0 => self.ties.get(place).map(|tie| tie.expiry_ms),
            1 => self.offers.values().nth(place).map(|offer| offer.until_ms),
            2 => self.offices.get(place).map(|office| office.from_ms),
            3 => self.decisions.ends().nth(place),
            4 => Some(beginning().timestamp_ms + FROZEN_MS),
            _ => None,
        };
        // Proposals hold times of 48 bits; nobody waits for the last of them.
        match found.filter(|time| *time < 1 << 47) {
            Some(time) => time.saturating_sub(early),
            None => now.timestamp_ms + u64::from(byte) * HOUR_MS,
        }
    }

    fn decide(&mut self, call: &C, now: Now) -> Vec<(usize, Vec<u8>)> {
        if !self.check(call, now) {
            return Vec::new();
        }
        // Two of three.
        self.decisions.decide(ADDRESS, call.abi_encode(), "an authority", &[0, 1], now)
    }
}
