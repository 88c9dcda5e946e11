//! Where the stories of `services` begin: who is who, and what there is already.
//!
//! | Service | What of it |
//! |---|---|
//! | `digest(1)` | declared, with a clock; suspended for a while |
//! | `digest(2)` | recorded; suspended at once for two days, and from block 6 on until block 9 |
//! | `digest(3)` | recorded in another division; suspended from block 5 on for three days |
//! | [`FILED`] | kept by `filing`, with a clock that ends soon |

use super::{
    super::{
        Model as _, Now,
        consortium::{self, organisation, seated},
        second_block,
    },
    *,
};
use crate::targets::modules::supervised;
use ding_execution::mocks;
use ding_modules::{
    filing::{
        self,
        abi::IFiling::{Form, Place, draftCall, registerProviderCall},
    },
    members::{OrganisationEntry, Role},
    orders::{
        self,
        abi::IOrders::{self, approveCall},
    },
};
use ding_primitives::Spec;
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

pub(super) fn now() -> Now {
    second_block::<Model>()
}

fn today() -> u32 {
    day_at(now().timestamp_ms)
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
    let acting = |number: usize, via: Via| vec![wallet(number), contract(via)];
    let second = organisation("Second office", &[Role::Provincial], acting(1, Via::CallTwice));
    let third = organisation("Third office", &[Role::Notary], Vec::new());
    let fourth = organisation("Fourth office", &[Role::Provincial], vec![wallet(3)]);
    seated([
        organisation("First office", &[Role::Supervisor], acting(0, Via::Call)),
        OrganisationEntry { division: Some(33), ..second },
        organisation("Bureau", &[Role::Supervisor], acting(2, Via::CallAndForget)),
        OrganisationEntry { division: Some(11), ..third },
        OrganisationEntry { division: Some(11), ..fourth },
    ])
});

/// Number of the organisation that an account acts for; 0 if none.
pub(super) fn place_of(account: Address) -> u32 {
    consortium::number_of(&ORGANISATIONS, account)
}

/// The chain: two supervisors, two provincial administrations, and everybody endowed.
pub(super) fn spec() -> Spec {
    consortium::chain(&ORGANISATIONS, Model::WALLETS)
}

/// A table that adds two holidays in January, which makes time longer, and takes most of those in February
/// away, which makes it shorter.
static TABLE: LazyLock<calendar::Later> =
    LazyLock::new(|| calendar::Later::new(&[1, 2, 3, 21, 22, 48, 49], today() + SECOND_TABLE, now()));

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
    if days == 0 { 0 } else { now().timestamp_ms + days * DAY_MS }
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
    let mut sent = TABLE.sent.clone();
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
    let now = now();
    let mut model = Model {
        services: BTreeMap::new(),
        contracts: BTreeMap::from([(created(), *FILED)]),
        motions: BTreeMap::new(),
        // The one on the table.
        proposals: 1,
        days: TABLE.days.clone(),
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
