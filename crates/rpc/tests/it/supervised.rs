//! `ding_*` questions about the supervised part: transactions run by the real modules, rows, answers.

use crate::{
    readmodel::{Folder, wait, with_rows_of},
    world::{Chain, World},
};
use alloy_sol_types::SolCall;
use ding_execution::mocks::Wallet;
use ding_light::{ChainKey, Package, Proven};
use ding_modules::{
    calendar::{Day, abi::ICalendar, state::ADDRESS as CALENDAR},
    evidence::{abi::IEvidence, state::ADDRESS as EVIDENCE},
    filing::{abi::IFiling::*, state::ADDRESS as FILING},
    identity::{abi::IIdentity, state::ADDRESS as IDENTITY},
    ids::FilingNumber,
    members::{abi::IMembers, state::ADDRESS as MEMBERS},
    orders::{abi::IOrders, state::ADDRESS as ORDERS},
    pilot::{abi::IPilot, state::ADDRESS as PILOT},
    services::{abi::IServices, state::ADDRESS as SERVICES},
};
use ding_primitives::{Address, B256, Bytes};
use ding_readmodel::ReadModel;
use serde_json::{Value, json};
use std::sync::Arc;

const CODE: &str = "91110000MA00000077";

/// Who acts: wallets of the supervisor (two), the province, the firm, and anybody.
struct Cast {
    chief: Wallet,
    deputy: Wallet,
    firm: Wallet,
    citizen: Wallet,
    world: World,
    rows: Arc<ReadModel>,
    _folder: Folder,
}

impl Cast {
    async fn new(name: &str) -> Self {
        let [chief, deputy, province, firm] = [0, 1, 2, 3].map(|number| Wallet::new(number).address());
        let modules = json!({
            "members": {"organisations": [
                {"name": "国家管理机构", "roles": ["supervisor"], "accounts": [chief, deputy]},
                {"name": "Beijing Administration", "roles": ["provincial"], "division": 11, "accounts": [province]},
                {"name": "Harbour Chain Ltd", "code": CODE, "accounts": [firm]},
            ]},
            "identity": {"authorities": [{"organisation": "国家管理机构"}]},
        });
        let folder = Folder::new(name);
        let chain = Chain::of(serde_json::from_value(modules).unwrap());
        let (world, rows) = with_rows_of(chain, &folder).await;
        let [chief, deputy, firm, citizen] = [0, 1, 3, 4].map(Wallet::new);
        Self { chief, deputy, firm, citizen, world, rows, _folder: folder }
    }

    /// Sends a call in a block of its own; it must succeed.
    fn send<C: SolCall>(&mut self, who: fn(&mut Self) -> &mut Wallet, to: Address, call: &C) {
        let transaction = who(self).call(to, call.abi_encode());
        let block = self.world.chain.seal(vec![transaction]);
        assert!(block.receipts[0].success, "{}", C::SIGNATURE);
        wait(&self.rows, block.header.height.get());
    }

    fn today(&self) -> u32 {
        use ding_chain::reader::Look as _;
        Day::from_ms(self.world.chain.head_block().header.timestamp_ms).get()
    }

    /// Registers the firm and files a service.
    fn filed(&mut self, name: &str) {
        if self.today() == 0 {
            self.world.chain.seal(Vec::new());
        }
        let go_live = self.today();
        let form = form(name, go_live);
        self.send(|cast| &mut cast.firm, FILING, &fileCall { provider: 1, form, attachments: attachments() });
    }

    fn register(&mut self) {
        self.send(|cast| &mut cast.firm, FILING, &registerProviderCall { subject: subject() });
    }

    fn record(&mut self, service: u64) {
        let number = FilingNumber::form(110_108, 2023, 7, service.try_into().unwrap()).unwrap();
        let number = String::from(number.as_str());
        let propose = proposeRecordCall { service, number: number.clone(), confirmed: false };
        self.send(|cast| &mut cast.chief, FILING, &propose);
        let record = recordCall { services: vec![service], numbers: vec![number] };
        self.send(|cast| &mut cast.deputy, FILING, &record);
    }

    async fn get(&self, method: &str, wanted: Value) -> Value {
        self.world.get(method, json!([wanted])).await
    }

    async fn refuse(&self, method: &str, wanted: Value, code: i64, text: &str) {
        self.world.refuse(method, json!([wanted])).await.is(code, text);
    }
}

fn subject() -> Subject {
    Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: CODE.into(),
        name: "海港链科技有限公司".into(),
        subject: B256::ZERO,
        person: B256::repeat_byte(0x11),
        details: B256::repeat_byte(0x12),
    }
}

fn form(name: &str, go_live: u32) -> Form {
    Form {
        name: name.into(),
        category: 2,
        form: 1,
        field: "物流".into(),
        site: "https://bills.example.cn".into(),
        icp: "京ICP备00000001号-1".into(),
        description: "Deposits of bills of lading.".into(),
        server: "北京市海淀区".into(),
        serverDivision: 110_108,
        consensus: "simplex".into(),
        crossBorder: String::new(),
        goLive: go_live,
        places: vec![],
    }
}

fn attachments() -> Vec<Attachment> {
    (1..=6).map(|kind| Attachment { kind, format: 1, size: 1_000, digest: B256::repeat_byte(kind) }).collect()
}

fn items(list: &Value) -> &Vec<Value> {
    list["items"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filing_is_listed_found_and_searched_for() {
    let mut cast = Cast::new("filings").await;
    cast.world.chain.seal(Vec::new());
    cast.register();
    cast.filed("提单存证服务");
    cast.filed("供应链溯源");
    cast.record(1);
    let day = cast.today();
    let publish = publishBatchCall { batch: 1, services: vec![1], day, document: B256::repeat_byte(0xdd) };
    cast.send(|cast| &mut cast.chief, FILING, &publish);

    let list = cast.get("ding_filings", json!({})).await;
    assert_eq!(items(&list).len(), 2);
    assert_eq!((&list["next"], &list["height"]), (&Value::Null, &json!("0x7")));
    assert_eq!(cast.world.get("ding_filings", json!([])).await, list, "the object may be left out");
    let first = &items(&list)[1];
    assert_eq!(
        (&first["service"], &first["state"], &first["batch"]),
        (&json!(1), &json!("recorded"), &json!(1))
    );
    assert_eq!((&first["category"], &first["form"]), (&json!("application"), &json!("website")));
    let number = first["number"].as_str().unwrap().to_owned();

    let page = cast.get("ding_filings", json!({"limit": 1})).await;
    assert_eq!((items(&page).len(), &page["next"]), (1, &json!("0x2")));
    let next = cast.get("ding_filings", json!({"limit": "0x1", "after": page["next"]})).await;
    assert_eq!((&items(&next)[0]["service"], &next["next"]), (&json!(1), &Value::Null));
    for (filter, count) in [
        (json!({"state": "submitted"}), 1),
        (json!({"kind": "application", "division": 11, "provider": 1}), 2),
        (json!({"batch": 1, "text": "存证"}), 1),
        (json!({"text": "存证服", "state": "submitted"}), 0),
    ] {
        assert_eq!(items(&cast.get("ding_filings", filter.clone()).await).len(), count, "{filter}");
    }

    let filing = cast.get("ding_filing", json!({"number": number})).await;
    assert_eq!(filing, cast.get("ding_filing", json!({"service": 1})).await);
    assert_eq!(filing["providerDetails"]["uscc"], json!(CODE));
    assert_eq!(filing["declared"]["description"], json!("Deposits of bills of lading."));
    assert_eq!(filing["objectionsUntil"]["provisional"], json!(true), "2023 has no table");
    let steps = filing["steps"]["items"].as_array().unwrap();
    assert_eq!(steps[0]["event"], json!("Published"));
    let recorded = steps.iter().find(|step| step["event"] == "Recorded").unwrap();
    assert_eq!(recorded["fields"]["number"], json!(number));
    assert!(
        steps.iter().any(|step| step["fields"]["step"] == "record" && step["fields"]["to"] == "recorded")
    );
    let transaction = cast.world.chain.block(7).transactions[0].hash();
    assert_eq!((&steps[0]["transactionHash"], &steps[0]["height"]), (&json!(transaction), &json!("0x7")));

    let batch = cast.get("ding_batch", json!({"number": 1})).await;
    assert_eq!((&items(&batch)[0]["number"], &batch["services"]), (&json!(number), &json!(1)));
    assert_eq!(items(&cast.get("ding_batches", json!({})).await).len(), 1);
    let provider = cast.get("ding_provider", json!({"id": 1})).await;
    assert_eq!((&provider["name"], &provider["services"]), (&json!("海港链科技有限公司"), &json!(2)));

    let hits = cast.get("ding_search", json!({"text": number})).await;
    assert_eq!(items(&hits)[0]["exact"], json!(true));
    let hits = cast.get("ding_search", json!({"text": "溯源", "kinds": ["service"]})).await;
    assert_eq!(items(&hits)[0]["name"], json!("供应链溯源"));
    let hits = cast.get("ding_search", json!({"text": "海港链"})).await;
    assert_eq!(items(&hits).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_says_what_whom_by_when_and_that_a_table_is_missing() {
    let mut cast = Cast::new("queue").await;
    cast.world.chain.seal(Vec::new());
    cast.register();
    let late = form("迟到", Day::from_civil(2023, 9, 1).unwrap().get());
    cast.send(|cast| &mut cast.firm, FILING, &draftCall { provider: 1, form: late });
    cast.filed("新服务");
    let queue = cast.get("ding_queue", json!({})).await;
    let [overdue, open] = &items(&queue)[..] else { panic!("{queue}") };
    assert_eq!(
        (&overdue["name"], &overdue["overdue"], &overdue["step"]),
        (&json!("迟到"), &json!(true), &json!("submit"))
    );
    assert_eq!((&overdue["due"], &overdue["by"]), (&json!("2023-09-15"), &json!(["provider"])));
    assert_eq!((&open["clock"], &open["workingDays"]), (&json!("decide-filing"), &json!(20)));
    assert_eq!((&open["overdue"], &open["provisional"]), (&json!(false), &json!(true)));
    assert_eq!(open["by"], json!(["provincial", "supervisor"]));
    let page = cast.get("ding_queue", json!({"limit": 1})).await;
    let next = cast.get("ding_queue", json!({"limit": 1, "after": page["next"]})).await;
    assert_eq!((&items(&next)[0], &next["next"]), (open, &Value::Null));
    for (filter, count) in [
        (json!({"organisation": 2}), 1),
        (json!({"organisation": 3}), 1),
        (json!({"role": "provider"}), 1),
        (json!({"division": 11}), 2),
        (json!({"division": 33}), 0),
        (json!({"by": "2023-10-01"}), 1),
        (json!({"overdue": false}), 1),
        (json!({"kind": "filing"}), 2),
        (json!({"kind": "pilot"}), 0),
    ] {
        assert_eq!(items(&cast.get("ding_queue", filter.clone()).await).len(), count, "{filter}");
    }
    let filing = cast.get("ding_filing", json!({"service": 1})).await;
    assert_eq!(&filing["clocks"][0], overdue);
    cast.refuse("ding_queue", json!({"by": "tomorrow"}), -32602, "not a day").await;
    cast.refuse("ding_queue", json!({"role": "king"}), -32602, "role is \"king\"; it is one of: provider")
        .await;
    cast.refuse("ding_queue", json!({"after": "7"}), -32602, "after is no cursor").await;
    cast.refuse("ding_queue", json!({"organisation": 9}), -32602, "there is no organisation 9").await;
    cast.refuse("ding_queue", json!({"division": 330100}), -32602, "first two digits").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_votes_standings_and_tables_are_shown() {
    let mut cast = Cast::new("orders").await;
    cast.world.chain.seal(Vec::new());
    let firm = cast.firm.address();
    let citizen = cast.citizen.address();
    let draft = IOrders::draftCall {
        what: IOrders::Draft {
            action: 5,
            targetKind: 2,
            target: firm.into_word(),
            fromHeight: 0,
            untilMs: 0,
            workingDays: 10,
            refersTo: 0,
            scope: 0,
            caseNumber: B256::ZERO,
            content: B256::ZERO,
            basis: "第十八条".into(),
        },
    };
    cast.send(|cast| &mut cast.chief, ORDERS, &draft);
    let queue = cast.get("ding_queue", json!({"kind": "order"})).await;
    assert_eq!(items(&queue)[0]["name"], json!(format!("inquire account {firm}")));
    cast.send(|cast| &mut cast.deputy, ORDERS, &IOrders::approveCall { number: 2_023_000_001 });
    let list = cast.get("ding_orders", json!({"state": "in-force", "target": firm, "year": 2023})).await;
    assert_eq!(items(&list).len(), 1);
    assert_eq!(items(&cast.get("ding_orders", json!({"action": "freeze"})).await).len(), 0);
    assert_eq!(items(&cast.get("ding_orders", json!({"target": 1})).await).len(), 0);
    let order = cast.get("ding_order", json!({"number": 2_023_000_001_u64})).await;
    assert_eq!((&order["target"], &order["action"]), (&json!(firm), &json!("inquire")));
    assert_eq!(
        (&order["clocks"][0]["step"], &order["clocks"][0]["by"]),
        (&json!("answer"), &json!(["target"]))
    );
    assert_eq!(order["steps"]["items"][1]["fields"]["order"]["action"], json!("inquire"));
    let report = cast.get("ding_orderReport", json!({"year": 2023})).await;
    assert_eq!((&items(&report)[0]["approved"], &report["year"]), (&json!(1), &json!(2023)));

    let load = ICalendar::loadTableCall {
        year: 2024,
        holidays: vec![1],
        makeupDays: vec![],
        effectiveDay: cast.today(),
        source: B256::repeat_byte(1),
    };
    let input = load.abi_encode().into();
    let propose =
        IMembers::proposeCall { target: CALENDAR, input, notBeforeMs: 0, title: "放假安排".into() };
    cast.send(|cast| &mut cast.chief, MEMBERS, &propose);
    cast.send(|cast| &mut cast.chief, MEMBERS, &IMembers::voteCall { id: 1, approve: true });
    let proposals = cast.get("ding_proposals", json!({"state": "approved"})).await;
    assert!(items(&proposals)[0]["changes"].as_str().unwrap().contains("load the table of 2024"));
    let proposal = cast.get("ding_proposal", json!({"id": 1})).await;
    assert_eq!((&proposal["approvals"], &proposal["votes"][0]["approve"]), (&json!(1), &json!(true)));
    assert_eq!(proposal["clocks"][0]["step"], json!("carry-out"));
    cast.send(|cast| &mut cast.chief, CALENDAR, &load);
    let table = cast.get("ding_calendar", json!({"year": 2024})).await;
    assert_eq!((&table["inEffect"], &table["tables"][0]["holidays"]), (&json!(1), &json!(["2024-01-01"])));
    let of_genesis = cast.get("ding_calendar", json!({"year": 2026})).await;
    assert_eq!(of_genesis["tables"][0]["workingDays"], json!(248));
    assert!(of_genesis["tables"][0]["makeup"].as_array().unwrap().contains(&json!("2026-10-10")));
    cast.refuse("ding_calendar", json!({"year": 2030}), -32001, "not found: there is no table of 2030").await;

    let bind = IIdentity::bindCall {
        account: citizen,
        kind: 1,
        subject: B256::repeat_byte(0x77),
        level: 3,
        expiryMs: Day::from_civil(2024, 6, 1).unwrap().start_ms(),
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    cast.send(|cast| &mut cast.chief, IDENTITY, &bind);
    let standings =
        cast.get("ding_standings", json!({"account": citizen, "authority": 1, "status": "active"})).await;
    assert_eq!(
        (&items(&standings)[0]["inForce"], &items(&standings)[0]["kind"]),
        (&json!(true), &json!("person"))
    );
    assert!(!standings.to_string().contains("7777777777"), "no commitment is shown");
    assert_eq!(items(&cast.get("ding_authorities", json!({})).await)[0]["bindings"], json!(1));
    let organisations = cast.get("ding_organisations", json!({})).await;
    assert_eq!(items(&organisations)[0]["roles"], json!(["supervisor"]));
    cast.register();
    cast.filed("服务");
    cast.record(1);
    assert!(!items(&cast.get("ding_once", json!({"owner": FILING})).await).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pilot_is_listed_and_shown_with_what_is_to_be_done() {
    let mut cast = Cast::new("pilots").await;
    cast.world.chain.seal(Vec::new());
    let account = cast.citizen.address();
    let code = "12330100MB0000027B";
    let entity =
        IPilot::registerEntityCall { code: code.into(), name: "第三医院".into(), division: 33, account };
    cast.send(|cast| &mut cast.chief, PILOT, &entity);
    let proposal = IPilot::Proposal {
        kind: 2,
        entity: B256::right_padding_from(code.as_bytes()),
        field: 12,
        zone: 0,
        division: 33,
        endDay: Day::from_civil(2025, 6, 30).unwrap().get(),
        title: "检查结果互认".into(),
        material: B256::repeat_byte(9),
    };
    cast.send(|cast| &mut cast.chief, PILOT, &IPilot::recommendCall { proposal, alongside: vec![] });
    let goal = IPilot::addIndicatorCall {
        id: 1,
        name: "互认次数".into(),
        unit: "次".into(),
        decimals: 0,
        baseline: 0,
        target: 1_000,
        due: Day::from_civil(2025, 6, 1).unwrap().get(),
    };
    cast.send(|cast| &mut cast.chief, PILOT, &goal);
    let filter =
        json!({"state": "recommended", "field": "health", "class": "livelihood", "text": "第三医院"});
    let list = cast.get("ding_pilots", filter).await;
    assert_eq!(
        (&items(&list)[0]["entity"], &items(&list)[0]["entityName"]),
        (&json!(code), &json!("第三医院"))
    );
    let pilot = cast.get("ding_pilot", json!({"id": 1})).await;
    assert_eq!(pilot["indicators"][0]["target"], json!("1000"));
    assert_eq!(
        (&pilot["clocks"][0]["step"], &pilot["clocks"][0]["by"]),
        (&json!("review"), &json!(["supervisor"]))
    );
    assert_eq!(pilot["steps"]["items"][0]["event"], json!("IndicatorAdded"));
    assert_eq!(pilot["steps"]["items"][1]["fields"]["endDay"], json!("2025-06-30"));
    cast.refuse("ding_pilot", json!({"id": 2}), -32001, "not found: there is no pilot 2").await;
    cast.refuse("ding_pilots", json!({"zone": "atlantis"}), -32602, "zone is \"atlantis\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_are_refused_with_what_is_wrong() {
    let cast = Cast::new("bad").await;
    cast.world.chain.seal(Vec::new());
    wait(&cast.rows, 1);
    for (method, wanted, text) in [
        ("ding_filings", json!({"colour": 1}), "unknown field `colour`"),
        ("ding_filings", json!({"state": "lost"}), "state is \"lost\"; it is one of: none, draft"),
        ("ding_filings", json!({"division": 1}), "division is 1; give two digits for a province, like 33"),
        ("ding_filings", json!({"division": 990_101}), "division is 990101"),
        (
            "ding_queue",
            json!({"kind": "ship"}),
            "kind is \"ship\"; it is one of: filing, order, pilot, proposal",
        ),
        ("ding_filings", json!({"limit": 0}), "limit is 0; a page has 1 to 500 rows"),
        ("ding_filings", json!({"limit": 501}), "limit is 501"),
        ("ding_filings", json!({"after": "next"}), "after is no cursor"),
        ("ding_filings", json!({"after": "0x"}), "after is no cursor"),
        ("ding_filings", json!({"text": ""}), "the text is empty"),
        ("ding_filings", json!({"text": "\u{0}\u{1}"}), "the text is empty"),
        ("ding_filings", json!({"provider": -1}), "invalid argument 1"),
        ("ding_filings", json!({"provider": 4_294_967_296_u64}), "too large"),
        ("ding_filings", json!("all"), "invalid argument 1"),
        ("ding_filing", json!({}), "name either number"),
        ("ding_filing", json!({"number": "x", "service": 1}), "name either number"),
        ("ding_filing", json!({"number": "1101"}), "no filing number"),
        ("ding_batch", json!({}), "number is missing"),
        ("ding_order", json!({}), "number is missing"),
        ("ding_orders", json!({"target": "0x12"}), "not a target"),
        ("ding_orders", json!({"target": [1]}), "not a target"),
        ("ding_search", json!({"kinds": ["service"]}), "text is missing"),
        ("ding_search", json!({"text": "x", "kinds": ["ship"]}), "a kind is \"ship\""),
        ("ding_search", json!({"text": "长".repeat(200)}), "200 characters"),
        ("ding_calendar", json!({"year": "soon"}), "invalid argument 1"),
        ("ding_calendar", json!({"year": 2026, "month": 1}), "unknown field `month`"),
        ("ding_standings", json!({"account": "0x1"}), "invalid argument 1"),
    ] {
        cast.refuse(method, wanted, -32602, text).await;
    }
    for (method, wanted) in [
        ("ding_filing", json!({"service": 1})),
        ("ding_filing", json!({"number": "11010826000000010016"})),
        ("ding_provider", json!({"id": 1})),
        ("ding_batch", json!({"number": 1})),
        ("ding_order", json!({"number": 1})),
        ("ding_proposal", json!({"id": 1})),
    ] {
        cast.refuse(method, wanted, -32001, "not found: there is no").await;
    }
    cast.world.refuse("ding_filings", json!([{}, {}])).await.is(-32602, "too many arguments");
    for text in ["\"", "a*b\"c", "') OR 1=1 --", "NEAR(", "name : x", "%_%"] {
        let hits = cast.get("ding_search", json!({"text": text})).await;
        assert!(items(&hits).is_empty(), "{text}");
    }
}

#[tokio::test]
async fn a_member_without_a_read_model_says_so() {
    let world = World::started().await;
    for method in ["ding_filings", "ding_queue", "ding_pilots", "ding_organisations"] {
        world.refuse(method, json!([])).await.is(-32002, "runs without a read model");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_suspended_service_recorded_can_still_be_proven() {
    use ding_chain::reader::Look as _;
    let mut cast = Cast::new("supervised-proof").await;
    cast.world.chain.seal(Vec::new());
    let id = B256::repeat_byte(1);
    let (provider, go_live) = (cast.firm.address(), cast.today());
    let declare =
        IServices::declareCall { id, provider, division: 11, goLive: go_live, contracts: vec![EVIDENCE] };
    cast.send(|cast| &mut cast.chief, SERVICES, &declare);
    let record = IServices::recordCall { id, number: "11010826000000010016".into() };
    cast.send(|cast| &mut cast.chief, SERVICES, &record);
    let deposit = |number| IEvidence::depositCall {
        digest: B256::repeat_byte(number),
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    cast.send(|cast| &mut cast.citizen, EVIDENCE, &deposit(9));
    let what = IOrders::Draft {
        action: 1,
        targetKind: 1,
        target: id,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: B256::ZERO,
        basis: "第十五条".into(),
    };
    cast.send(|cast| &mut cast.chief, ORDERS, &IOrders::draftCall { what });
    cast.send(|cast| &mut cast.deputy, ORDERS, &IOrders::approveCall { number: 2_023_000_001 });
    let again = cast.citizen.call(EVIDENCE, deposit(8).abi_encode());
    let block = cast.world.chain.seal(vec![again]);
    assert!(!block.receipts[0].success, "the service is suspended");
    wait(&cast.rows, block.header.height.get());
    let logs = cast.world.get("eth_getLogs", json!([{"fromBlock": "0x1", "address": EVIDENCE}])).await;
    assert_eq!(logs.as_array().unwrap().len(), 1, "{logs}");
    let answer = cast.get("ding_getProof", json!({"log": logs[0]})).await;
    let package: Bytes = serde_json::from_value(answer["package"].clone()).unwrap();
    let key = ChainKey::from_bytes(&cast.world.chain.spec().public_key).unwrap();
    let verified = Package::from_bytes(&package).unwrap().verify(Some(&key)).unwrap();
    assert!(matches!(&verified.statements[..], [Proven::Log { log, .. }] if log.address == EVIDENCE));
}

/// Order No. 3, article 17: records are kept for six months at least, and given on lawful inquiry.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_hundred_and_eighty_four_days_records_are_still_answered_and_proven() {
    use ding_chain::reader::Look as _;
    const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
    let mut cast = Cast::new("supervised-kept").await;
    cast.world.chain.seal(Vec::new());
    cast.register();
    cast.filed("提单存证");
    let deposit = IEvidence::depositCall {
        digest: B256::repeat_byte(9),
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    cast.send(|cast| &mut cast.citizen, EVIDENCE, &deposit);
    let kept = cast.world.chain.head_block().header.clone();
    let later = cast.world.chain.seal_at(kept.timestamp_ms + 184 * DAY_MS, Vec::new());
    wait(&cast.rows, later.header.height.get());
    // The filing, out of the rows and out of the logs.
    let filings = cast.get("ding_filings", json!({})).await;
    assert_eq!((items(&filings).len(), &items(&filings)[0]["state"]), (1, &json!("submitted")));
    let filed = cast.world.get("eth_getLogs", json!([{"fromBlock": "0x1", "address": FILING}])).await;
    assert!(filed.as_array().unwrap().len() >= 3, "{filed}");
    // The deposit: its log, its block, and the proof of it.
    let logs = cast.world.get("eth_getLogs", json!([{"fromBlock": "0x1", "address": EVIDENCE}])).await;
    assert_eq!(logs.as_array().unwrap().len(), 1, "{logs}");
    let hash = logs[0]["transactionHash"].clone();
    let receipt = cast.world.get("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!(receipt["blockNumber"], json!(format!("{:#x}", kept.height.get())));
    let answer = cast.get("ding_getProof", json!({"log": logs[0]})).await;
    let package: Bytes = serde_json::from_value(answer["package"].clone()).unwrap();
    let key = ChainKey::from_bytes(&cast.world.chain.spec().public_key).unwrap();
    let verified = Package::from_bytes(&package).unwrap().verify(Some(&key)).unwrap();
    assert!(matches!(&verified.statements[..], [Proven::Log { log, .. }] if log.address == EVIDENCE));
}
