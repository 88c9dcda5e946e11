//! What the supervised part of the sample chain is about: filings with a batch, a pilot, orders,
//! votes, a table of working days, standings; and a question for each method that shows them.

use super::super::modules::supervised;
use alloy_sol_types::SolCall;
use ding_chain::reader::Look as _;
use ding_execution::mocks::Wallet;
use ding_modules::{
    calendar::{Day, abi::ICalendar, state::ADDRESS as CALENDAR},
    filing::{abi::IFiling::*, state::ADDRESS as FILING},
    identity::{abi::IIdentity, state::ADDRESS as IDENTITY},
    ids::FilingNumber,
    members::{abi::IMembers, state::ADDRESS as MEMBERS},
    orders::{abi::IOrders, state::ADDRESS as ORDERS},
    pilot::{abi::IPilot, state::ADDRESS as PILOT},
};
use ding_primitives::{Address, B256, spec::Section};
use ding_rpc::mocks::Chain;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FIRM_CODE: &str = "91110000MA00000077";
const UNIT_CODE: &str = "12330100MB0000027B";
const ORDER: u64 = 2_023_000_001;

/// Numbers of the wallets of two supervisors, a province, a firm and a citizen.
const CHIEF: u64 = 2;
const DEPUTY: u64 = 3;
const PROVINCE: u64 = 4;
const FIRM: u64 = 5;
const CITIZEN: u64 = 6;

fn address(wallet: u64) -> Address {
    Wallet::new(wallet).address()
}

/// Sections of the genesis file that give them their roles.
pub(super) fn sections() -> BTreeMap<String, Section> {
    let sections = json!({
        "members": {"organisations": [
            {"name": "Office", "roles": ["supervisor"], "accounts": [address(CHIEF), address(DEPUTY)]},
            {"name": "Beijing", "roles": ["provincial"], "division": 11, "accounts": [address(PROVINCE)]},
            {"name": "Harbour Chain Ltd", "code": FIRM_CODE, "accounts": [address(FIRM)]},
        ]},
        "identity": {"authorities": [{"organisation": "Office"}]},
    });
    serde_json::from_value(sections).expect("sections are an object")
}

fn number() -> String {
    FilingNumber::form(110_108, 2023, 7, 1).expect("it is a number").as_str().into()
}

/// A block for each step.
pub(super) fn play(chain: &Chain) {
    let mut wallets: BTreeMap<u64, Wallet> = BTreeMap::new();
    let mut step = |who: u64, to: Address, input: Vec<u8>| {
        let wallet = wallets.entry(who).or_insert_with(|| Wallet::new(who));
        let block = chain.seal(vec![wallet.call(to, input)]);
        assert!(block.receipts.iter().all(|receipt| receipt.success), "step {} fails", block.header.height);
    };
    let today = Day::from_ms(chain.head_block().header.timestamp_ms).get();
    let subject =
        Subject {
            uscc: FIRM_CODE.into(), name: "海港链科技有限公司".into(), ..supervised::subject()
        };
    step(FIRM, FILING, registerProviderCall { subject }.abi_encode());
    for name in ["提单存证服务", "供应链溯源"] {
        let form = Form {
            name: name.into(),
            field: "物流".into(),
            server: "北京市海淀区".into(),
            goLive: today,
            ..supervised::form()
        };
        let attachments = supervised::attachments();
        step(FIRM, FILING, fileCall { provider: 1, form, attachments }.abi_encode());
    }
    step(CHIEF, FILING, proposeRecordCall { service: 1, number: number(), confirmed: false }.abi_encode());
    step(DEPUTY, FILING, recordCall { services: vec![1], numbers: vec![number()] }.abi_encode());
    let document = B256::repeat_byte(0xdd);
    step(CHIEF, FILING, publishBatchCall { batch: 1, services: vec![1], day: today, document }.abi_encode());
    let entity = IPilot::registerEntityCall {
        code: UNIT_CODE.into(),
        name: "第三医院".into(),
        division: 33,
        account: address(CITIZEN),
    };
    step(CHIEF, PILOT, entity.abi_encode());
    let proposal = IPilot::Proposal {
        kind: 2,
        entity: B256::right_padding_from(UNIT_CODE.as_bytes()),
        field: 12,
        zone: 0,
        division: 33,
        endDay: today + 500,
        title: "检查结果互认".into(),
        material: B256::repeat_byte(9),
    };
    step(CHIEF, PILOT, IPilot::recommendCall { proposal, alongside: vec![] }.abi_encode());
    let goal = IPilot::addIndicatorCall {
        id: 1,
        name: "互认次数".into(),
        unit: "次".into(),
        decimals: 0,
        baseline: 0,
        target: 1_000,
        due: today + 400,
    };
    step(CHIEF, PILOT, goal.abi_encode());
    let what = IOrders::Draft {
        action: 5,
        targetKind: 2,
        target: address(FIRM).into_word(),
        fromHeight: 0,
        untilMs: 0,
        workingDays: 10,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: "第十八条".into(),
    };
    step(CHIEF, ORDERS, IOrders::draftCall { what }.abi_encode());
    step(DEPUTY, ORDERS, IOrders::approveCall { number: ORDER }.abi_encode());
    let load = ICalendar::loadTableCall {
        year: 2024,
        holidays: vec![1],
        makeupDays: vec![],
        effectiveDay: today,
        source: B256::repeat_byte(1),
    };
    let input = load.abi_encode().into();
    let propose =
        IMembers::proposeCall { target: CALENDAR, input, notBeforeMs: 0, title: "放假安排".into() };
    step(CHIEF, MEMBERS, propose.abi_encode());
    step(CHIEF, MEMBERS, IMembers::voteCall { id: 1, approve: true }.abi_encode());
    step(CHIEF, CALENDAR, load.abi_encode());
    let bind = IIdentity::bindCall {
        account: address(CITIZEN),
        kind: 1,
        subject: B256::repeat_byte(0x77),
        level: 3,
        expiryMs: Day::new(today + 200).start_ms(),
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    step(CHIEF, IDENTITY, bind.abi_encode());
    chain.check_modules().expect("the modules' invariants hold");
}

/// Questions that find something.
pub(super) fn questions() -> Vec<(&'static str, Value)> {
    let (firm, citizen) = (address(FIRM), address(CITIZEN));
    vec![
        ("ding_filings", json!({"state": "recorded", "kind": "application", "provider": 1, "division": 11})),
        ("ding_filings", json!({"batch": 1, "text": "存证", "limit": "0x1"})),
        ("ding_filings", json!({"after": "0x2", "limit": 1})),
        ("ding_filing", json!({"number": number()})),
        ("ding_filing", json!({"service": 2, "limit": 2, "after": "0x3"})),
        ("ding_provider", json!({"id": 1})),
        ("ding_batches", json!({"limit": 500})),
        ("ding_batch", json!({"number": 1})),
        (
            "ding_pilots",
            json!({"state": "recommended", "field": "health", "class": "livelihood", "text": "第三医院"}),
        ),
        ("ding_pilot", json!({"id": 1})),
        ("ding_orders", json!({"state": "in-force", "target": firm, "year": 2023, "action": "inquire"})),
        ("ding_order", json!({"number": ORDER})),
        ("ding_orderReport", json!({"year": 2023})),
        ("ding_organisations", json!({})),
        ("ding_proposals", json!({"state": "carried out"})),
        ("ding_proposal", json!({"id": 1})),
        ("ding_authorities", json!({})),
        ("ding_standings", json!({"account": citizen, "authority": 1, "status": "active"})),
        ("ding_calendar", json!({"year": 2024})),
        ("ding_once", json!({"owner": FILING})),
        ("ding_queue", json!({"kind": "filing", "division": 11, "by": "2099-01-01", "overdue": false})),
        ("ding_queue", json!({"organisation": 2, "role": "provincial", "limit": 1})),
        ("ding_search", json!({"text": "海港链", "kinds": ["service", "provider"]})),
        ("ding_search", json!({"text": number(), "limit": 1})),
    ]
}

/// Fields and terms of these questions, for the engine's dictionary.
pub(super) const WORDS: &[&str] = &[
    "\"account\":",
    "\"action\":",
    "\"after\":",
    "\"authority\":",
    "\"batch\":",
    "\"by\":",
    "\"class\":",
    "\"division\":",
    "\"field\":",
    "\"holder\":",
    "\"id\":",
    "\"key\":",
    "\"kind\":",
    "\"kinds\":[",
    "\"limit\":",
    "\"number\":",
    "\"organisation\":",
    "\"overdue\":",
    "\"owner\":",
    "\"provider\":",
    "\"register\":",
    "\"role\":",
    "\"service\":",
    "\"state\":",
    "\"status\":",
    "\"target\":",
    "\"text\":",
    "\"year\":",
    "\"zone\":",
    "\"recorded\"",
    "\"recommended\"",
    "\"in-force\"",
    "\"active\"",
    "\"carried out\"",
    "\"filing\"",
    "\"pilot\"",
    "\"order\"",
    "\"proposal\"",
    "\"2026-11-22\"",
];
