//! Where the stories of `services` begin: who is who, and what there is already.
//!
//! | Service | What of it |
//! |---|---|
//! | `digest(1)` | declared, with a clock; suspended for a while |
//! | `digest(2)` | recorded; suspended at once for two days, and from block 6 on until block 9 |
//! | `digest(3)` | recorded in another division; suspended from block 5 on for three days |
//! | [`FILED`] | kept by `filing`, with a clock that ends soon |

use super::{
    super::{self as calls, Model as _, Now},
    *,
};
use crate::targets::modules::supervised;
use ding_execution::mocks;
use ding_modules::{
    calendar::abi::ICalendar::{ICalendarCalls, loadTableCall},
    filing::{
        self,
        abi::IFiling::{Form, Place, draftCall, registerProviderCall},
    },
    members::{OrganisationEntry, Role, Section},
    orders::{
        self,
        abi::IOrders::{self, approveCall},
    },
};
use ding_primitives::{Spec, U256};
use std::sync::LazyLock;

/// Who proposes to strike a service off.
pub(super) const PROPOSER: usize = 0;
/// Who votes too.
pub(super) const OTHER: usize = 2;
/// Who provides services.
pub(super) const PROVIDER: usize = 4;
/// Numbers of a service in each of two divisions, and one more.
pub(super) const NUMBERS: [&str; 3] =
    ["33010626000000020014", "11010826000000010016", "1101081971596078003X"];
/// Days after which the second table of 2026 holds.
const SECOND_TABLE: u32 = 5;

/// The service that `filing` keeps.
pub(super) static FILED: LazyLock<B256> = LazyLock::new(|| filing::service_key(mocks::CHAIN_ID, 1));

/// When the second block is.
pub(super) fn second_block() -> Now {
    let env = mocks::env(2);
    Now { height: 2, timestamp_ms: env.timestamp_ms + calendar::Model::LATER_MS }
}

fn today() -> u32 {
    day_at(second_block().timestamp_ms)
}

/// A contract that the provider created.
pub(super) fn created() -> Address {
    wallet(PROVIDER).create(7)
}

/// Addresses of applications that nobody calls.
pub(super) const fn shop(number: u8) -> Address {
    Address::repeat_byte(0xa0 + number)
}

static ORGANISATIONS: LazyLock<Vec<OrganisationEntry>> = LazyLock::new(|| {
    let contract = |via: Via| via.contract().unwrap_or_default();
    let organisations = [
        ("First office", vec![Role::Supervisor], None, vec![wallet(0), contract(Via::Call)]),
        ("Second office", vec![Role::Provincial], Some(33), vec![wallet(1), contract(Via::CallTwice)]),
        ("Bureau", vec![Role::Supervisor], None, vec![wallet(2), contract(Via::CallAndForget)]),
        ("Third office", vec![Role::Notary], Some(11), vec![]),
        ("Fourth office", vec![Role::Provincial], Some(11), vec![wallet(3)]),
    ];
    let entry = |(name, roles, division, accounts): (&str, _, _, _)| OrganisationEntry {
        name: name.into(),
        roles,
        division,
        accounts,
        ..OrganisationEntry::default()
    };
    let mut entries: Vec<_> = organisations.into_iter().map(entry).collect();
    for (entry, validator) in entries.iter_mut().zip(&calls::SPEC.validators) {
        entry.validators = vec![validator.key];
    }
    entries
});

/// Number of the organisation that an account acts for; 0 if none.
pub(super) fn place_of(account: Address) -> u32 {
    let place = ORGANISATIONS.iter().position(|entry| entry.accounts.contains(&account));
    place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or(0)
}

/// The chain: two supervisors, two provincial administrations, and everybody endowed.
pub(super) fn spec() -> Spec {
    let mut spec = calls::SPEC.clone();
    let section = Section { organisations: ORGANISATIONS.clone(), ..Section::default() };
    spec.modules.insert("members".into(), serde_json::to_value(section).unwrap_or_default());
    let balance = U256::from(10u64.pow(18));
    spec.endowments = (0..Model::WALLETS).map(|number| (wallet(number), balance)).collect();
    spec
}

/// A table that adds two holidays in January, which makes time longer, and takes most of those in February
/// away, which makes it shorter.
fn table() -> ICalendarCalls {
    ICalendarCalls::loadTable(loadTableCall {
        year: 2026,
        holidays: vec![1, 2, 3, 21, 22, 48, 49],
        makeupDays: vec![4, 45],
        effectiveDay: today() + SECOND_TABLE,
        source: B256::repeat_byte(2),
    })
}

fn declarations() -> [declareCall; 3] {
    let declare = |number: u8, division: u8| declareCall {
        id: digest(number),
        provider: wallet(PROVIDER),
        division,
        goLive: today(),
        contracts: vec![shop(number)],
    };
    [declare(1, 33), declare(2, 33), declare(3, 11)]
}

fn records() -> [recordCall; 2] {
    [(2, NUMBERS[0]), (3, NUMBERS[1])]
        .map(|(id, number)| recordCall { id: digest(id), number: number.into() })
}

/// Suspensions by order: of which service, from which block on, for how many days. The third is lifted
/// from block 9 on.
fn suspensions() -> [(u8, u64, u64); 4] {
    [(1, 7, 1), (2, 0, 2), (2, 6, 0), (3, 5, 3)]
}

const LIFTED: (usize, u64) = (2, 9);

fn ends(days: u64) -> u64 {
    if days == 0 { 0 } else { second_block().timestamp_ms + days * DAY_MS }
}

/// Number of an order, by its place.
fn order_number(place: usize) -> u64 {
    2_026_000_001 + place as u64
}

fn order(action: u8, id: u8, fromHeight: u64, untilMs: u64, refersTo: u64) -> Vec<u8> {
    let what = IOrders::Draft {
        action,
        targetKind: 1,
        target: digest(id),
        fromHeight,
        untilMs,
        workingDays: 0,
        refersTo,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: "a law".into(),
    };
    IOrders::draftCall { what }.abi_encode()
}

/// Provided since some days, at a place that the provider created.
fn form() -> Form {
    let (place, creator) = (created().into_word(), wallet(PROVIDER));
    let place = Place { chainId: mocks::CHAIN_ID, place, creator, nonce: 7 };
    Form { goLive: filed_live(), places: vec![place], ..supervised::form() }
}

fn filed_live() -> u32 {
    today() - 8
}

/// What everybody sent before.
pub(super) fn before() -> Vec<(usize, Address, Vec<u8>)> {
    let mut sent = Vec::new();
    for (who, input) in calendar::Model::new().decide(&table(), second_block()) {
        sent.push((who, members::state::ADDRESS, input));
    }
    sent.push((PROPOSER, calendar::Model::MODULE, table().abi_encode()));
    let to_filing = |input: Vec<u8>| (PROVIDER, filing::state::ADDRESS, input);
    sent.push(to_filing(registerProviderCall { subject: supervised::subject() }.abi_encode()));
    sent.push(to_filing(draftCall { provider: 1, form: form() }.abi_encode()));
    sent.extend(declarations().map(|call| (PROPOSER, ADDRESS, call.abi_encode())));
    sent.extend(records().map(|call| (PROPOSER, ADDRESS, call.abi_encode())));
    let mut orders: Vec<Vec<u8>> =
        suspensions().into_iter().map(|(id, from, days)| order(1, id, from, ends(days), 0)).collect();
    let (lifted, from) = LIFTED;
    orders.push(order(2, 2, from, 0, order_number(lifted)));
    for (place, input) in orders.into_iter().enumerate() {
        let approve = approveCall { number: order_number(place) }.abi_encode();
        sent.push((PROPOSER, orders::state::ADDRESS, input));
        sent.push((OTHER, orders::state::ADDRESS, approve));
    }
    sent
}

/// What came of it.
static BEGINNING: LazyLock<Model> = LazyLock::new(|| {
    let now = second_block();
    let mut days = calendar::Model::new();
    let votes = days.decide(&table(), now);
    days.answer(wallet(PROPOSER), &table(), now).expect("the table is decided");
    let mut model = Model {
        services: BTreeMap::new(),
        contracts: BTreeMap::from([(created(), *FILED)]),
        motions: BTreeMap::new(),
        proposals: u64::from(!votes.is_empty()),
        days,
        height: now.height,
        stopped: BTreeMap::new(),
    };
    let filed = super::Service {
        provider: wallet(PROVIDER),
        division: 11,
        go_live: filed_live(),
        number: String::new(),
        kept: true,
        clock: None,
        holds: Vec::new(),
        ends: 0,
    };
    model.services.insert(*FILED, filed);
    model.wind(*FILED, Some((filed_live(), WORKING_DAYS)), now);
    for call in declarations() {
        model.declare(wallet(PROPOSER), &call, now).expect("it can be declared");
    }
    for call in records() {
        model.record(wallet(PROPOSER), &call, now).expect("it can be recorded");
    }
    for (place, (id, from, days)) in suspensions().into_iter().enumerate() {
        let liftedHeight = if place == LIFTED.0 { LIFTED.1 } else { 0 };
        let (by, referenceId) = (orders::state::ADDRESS, order_number(place));
        let (fromHeight, untilMs) = (from.max(now.height + 1), ends(days));
        model.suspend(digest(id), Hold { by, referenceId, fromHeight, liftedHeight, untilMs });
    }
    model
});

/// Where a story begins.
pub(super) fn beginning() -> Model {
    BEGINNING.clone()
}
