//! A year under supervision, played by the real modules: what they emit becomes blocks, and what they
//! say of their storage is what the rows are held against.

#![allow(dead_code, reason = "tests each use a part of this")]
#![allow(clippy::unwrap_used, reason = "for tests")]

use crate::chain::{Dice, account, block_at, receipt, spec};
use alloy_primitives::TxKind;
use alloy_sol_types::SolCall;
use ding_modules::{
    Stop,
    calendar::{Day, abi::ICalendar, state::ADDRESS as CALENDAR},
    filing::{Filing, abi::IFiling::*, state::ADDRESS as FILING},
    identity::{abi::IIdentity, state::ADDRESS as IDENTITY},
    members::{abi::IMembers, state::ADDRESS as MEMBERS},
    mocks::Scene,
    orders::{abi::IOrders, state::ADDRESS as ORDERS},
    pilot::{abi::IPilot, state::ADDRESS as PILOT},
};
use ding_primitives::{Address, B256, Bytes, Log, ports::FinalizedBlock};
use std::sync::Arc;

/// Code of the firm, and of a hospital.
pub const CODE: &str = "91110000MA00000077";
pub const HOSPITAL_CODE: &str = "12330100MB0000027B";

pub fn chief() -> Address {
    account(1)
}

pub fn deputy() -> Address {
    account(2)
}

pub fn province() -> Address {
    account(3)
}

pub fn firm() -> Address {
    account(4)
}

pub fn ministry() -> Address {
    account(5)
}

pub fn hospital() -> Address {
    Address::with_last_byte(0xb1)
}

pub fn citizen() -> Address {
    Address::with_last_byte(0xb2)
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Ten in the morning.
pub fn morning(text: &str) -> u64 {
    day(text).start_ms() + 10 * 3_600_000
}

pub struct Story {
    pub scene: Scene<'static>,
    pub blocks: Vec<Arc<FinalizedBlock>>,
    dice: Dice,
}

impl Story {
    pub fn on(today: &str) -> Self {
        let mut scene = Scene::new(&Filing);
        // From the back: organisations come before the authorities that they are.
        for (name, section) in spec().modules.iter().rev() {
            scene = scene.with_section(name, section.clone());
        }
        let genesis = block_at(None, 1, 7, vec![], vec![]);
        Self { scene: scene.at_time(morning(today)), blocks: vec![genesis], dice: Dice(11) }
    }

    /// Goes to the morning of a day; the block of that moment is empty.
    pub fn go(&mut self, to: &str) {
        self.scene.next_block_at(morning(to));
        self.seal(vec![]);
    }

    pub fn now_ms(&self) -> u64 {
        self.scene.block().timestamp_ms
    }

    fn seal(&mut self, logs: Vec<Log>) {
        let transaction = self.dice.transaction(TxKind::Call(FILING), Bytes::new());
        let (transactions, receipts) =
            if logs.is_empty() { (vec![], vec![]) } else { (vec![transaction], vec![receipt(logs)]) };
        let parent = self.blocks.last().cloned();
        let salt = self.dice.roll();
        self.blocks.push(block_at(parent.as_deref(), self.now_ms(), salt, transactions, receipts));
    }

    /// The logs of every transaction so far.
    pub fn logs(&self) -> Vec<Vec<Log>> {
        let receipts = self.blocks.iter().flat_map(|block| &block.receipts);
        receipts.map(|receipt| receipt.logs.clone()).collect()
    }

    pub fn call<C: SolCall>(&mut self, module: Address, caller: Address, call: C) -> Result<C::Return, Stop> {
        let answer = self.scene.call_of(module, caller, call)?;
        let logs = self.scene.logs().to_vec();
        self.seal(logs);
        Ok(answer)
    }

    pub fn filing<C: SolCall>(&mut self, caller: Address, call: C) -> C::Return {
        self.call(FILING, caller, call).unwrap_or_else(|stop| panic!("{stop:?}"))
    }

    pub fn pilot<C: SolCall>(&mut self, caller: Address, call: C) -> C::Return {
        self.call(PILOT, caller, call).unwrap_or_else(|stop| panic!("{stop:?}"))
    }

    pub fn order<C: SolCall>(&mut self, caller: Address, call: C) -> C::Return {
        self.call(ORDERS, caller, call).unwrap_or_else(|stop| panic!("{stop:?}"))
    }

    pub fn identity<C: SolCall>(&mut self, caller: Address, call: C) -> C::Return {
        self.call(IDENTITY, caller, call).unwrap_or_else(|stop| panic!("{stop:?}"))
    }

    /// A proposal of the supervisors' organisation; open.
    pub fn propose<C: SolCall>(&mut self, target: Address, call: &C, title: &str) -> u64 {
        let input = call.abi_encode().into();
        let call = IMembers::proposeCall { target, input, notBeforeMs: 0, title: title.into() };
        self.call(MEMBERS, chief(), call).unwrap()
    }

    /// Loads a table of working days, by vote.
    pub fn load_table(&mut self, year: u16, holidays: Vec<u16>) {
        let effective = Day::from_ms(self.now_ms()).get();
        let load = ICalendar::loadTableCall {
            year,
            holidays,
            makeupDays: vec![],
            effectiveDay: effective,
            source: B256::repeat_byte(5),
        };
        let id = self.propose(CALENDAR, &load, "放假安排 2027");
        self.call(MEMBERS, chief(), IMembers::voteCall { id, approve: true }).unwrap();
        self.call(CALENDAR, chief(), load).unwrap();
    }

    pub fn register(&mut self) -> u32 {
        self.filing(firm(), registerProviderCall { subject: subject() })
    }

    pub fn today(&self) -> u32 {
        Day::from_ms(self.now_ms()).get()
    }

    /// A service that goes live today, submitted by the first provider.
    pub fn filed(&mut self, name: &str) -> u64 {
        let form = Form { goLive: self.today(), ..form(name) };
        self.filing(firm(), fileCall { provider: 1, form, attachments: attachments() })
    }

    /// Both hands of a record; answers the number.
    pub fn recorded(&mut self, service: u64) -> String {
        let number =
            self.filing(chief(), proposeRecordCall { service, number: String::new(), confirmed: false });
        self.filing(deputy(), recordCall { services: vec![service], numbers: vec![number.clone()] });
        number
    }

    pub fn publish(&mut self, batch: u32, services: Vec<u64>) {
        let day = self.today();
        self.filing(chief(), publishBatchCall { batch, services, day, document: B256::repeat_byte(0xdd) });
    }

    pub fn document(&mut self, kind: u8) -> u32 {
        let issued = self.today();
        self.pilot(
            chief(),
            IPilot::recordDocumentCall {
                kind,
                issuedOn: issued,
                departments: 17,
                zones: 15,
                specials: 164,
                digest: B256::repeat_byte(kind),
                number: format!("网信〔2026〕{kind}号"),
                title: "试点名单".into(),
            },
        )
    }

    /// An entity and its pilot, recommended, with one goal.
    pub fn recommended(&mut self) -> u32 {
        self.pilot(
            chief(),
            IPilot::registerEntityCall {
                code: HOSPITAL_CODE.into(),
                name: "第三医院".into(),
                division: 33,
                account: hospital(),
            },
        );
        let proposal = IPilot::Proposal {
            kind: 2,
            entity: B256::right_padding_from(HOSPITAL_CODE.as_bytes()),
            field: 12,
            zone: 0,
            division: 33,
            endDay: day("2027-12-31").get(),
            title: "检查结果互认".into(),
            material: B256::repeat_byte(9),
        };
        let id = self.pilot(chief(), IPilot::recommendCall { proposal, alongside: vec![] });
        self.pilot(
            chief(),
            IPilot::addIndicatorCall {
                id,
                name: "互认次数".into(),
                unit: "次".into(),
                decimals: 0,
                baseline: 0,
                target: 1_000,
                due: day("2027-06-30").get(),
            },
        );
        id
    }

    /// Every kind of row at least once.
    pub fn whole() -> Self {
        let mut story = Self::on("2026-01-05");
        story.register();
        let pilot = story.recommended();
        story.pilot(deputy(), IPilot::reviewCall { id: pilot, competent: 4, opinion: "可行".into() });
        let shortlist = story.document(2);
        story.pilot(chief(), IPilot::publishCall { id: pilot, document: shortlist });
        for kind in [1, 2] {
            let text = "我有意见".into();
            story.pilot(citizen(), IPilot::commentCall { id: pilot, kind, text });
        }
        story.go("2026-01-14");
        story.pilot(
            chief(),
            IPilot::answerCall { id: pilot, numbers: vec![2], outcome: 3, text: "不采纳".into() },
        );
        let list = story.document(3);
        story.pilot(chief(), IPilot::listCall { id: pilot, document: list, alongside: vec![] });
        let service = story.filed("提单存证服务");
        let number = story.recorded(service);
        story.publish(1, vec![service]);
        story.pilot(hospital(), IPilot::nameFilingCall { id: pilot, number });
        story.pilot(
            hospital(),
            IPilot::describeCall {
                id: pilot,
                chainId: 7001,
                software: "ding".into(),
                version: "1".into(),
                nodes: vec![B256::repeat_byte(1)],
                peers: vec![],
            },
        );
        story.pilot(hospital(), IPilot::startCall { id: pilot });
        let report = IPilot::reportCall {
            id: pilot,
            indicator: 0,
            day: day("2026-01-14").get(),
            value: 12,
            sourceHeight: 4,
            source: B256::ZERO,
        };
        story.pilot(hospital(), report);
        story.filing(
            citizen(),
            objectCall { service, evidence: B256::repeat_byte(1), statement: "名称不实".into() },
        );
        let other = story.filed("供应链\"溯源\" OR NOT*");
        story.filing(
            chief(),
            returnFilingCall { service: other, codes: vec![3], reasons: "缺材料".into(), answerDays: 5 },
        );
        let changed = Form { goLive: day("2026-01-14").get(), ..form("提单存证服务二期") };
        let today = story.today();
        story.filing(
            firm(),
            reportChangeCall { service, changedOn: today, form: changed, reason: String::new() },
        );
        let campaign = story.filing(chief(), openCampaignCall { title: "年度检查".into(), workingDays: 10 });
        story.filing(chief(), inspectCall { campaign, services: vec![service] });
        let text = || "见通知".to_owned();
        story.filing(
            chief(),
            warnCall {
                service,
                article: 19,
                breach: 5,
                workingDays: 10,
                notice: B256::repeat_byte(3),
                text: text(),
            },
        );
        story.filing(chief(), fine(service));
        for (account, subject) in [(citizen(), 1), (Address::with_last_byte(0xb3), 2)] {
            story.identity(
                chief(),
                IIdentity::bindCall {
                    account,
                    kind: 1,
                    subject: B256::repeat_byte(subject),
                    level: 3,
                    expiryMs: morning("2027-01-05"),
                    code: B256::ZERO,
                    nameDigest: B256::ZERO,
                },
            );
        }
        story.identity(chief(), IIdentity::suspendCall { account: citizen(), reason: 7 });
        let order = story.order(chief(), draft(5, firm(), 10));
        story.order(deputy(), IOrders::approveCall { number: order });
        story.load_table(2027, vec![1, 4]);
        story
    }
}

fn fine(service: u64) -> proposeFineCall {
    proposeFineCall {
        service,
        article: 19,
        breach: 5,
        ground: 2,
        amountFen: 1_000_000,
        notice: B256::repeat_byte(4),
        text: "情节严重".into(),
    }
}

/// A draft of an order against an account.
pub fn draft(action: u8, target: Address, working_days: u16) -> IOrders::draftCall {
    IOrders::draftCall {
        what: IOrders::Draft {
            action,
            targetKind: 2,
            target: target.into_word(),
            fromHeight: 0,
            untilMs: 0,
            workingDays: working_days,
            refersTo: 0,
            scope: 0,
            caseNumber: B256::ZERO,
            content: B256::ZERO,
            basis: "区块链信息服务管理规定 第十八条".into(),
        },
    }
}

pub fn subject() -> Subject {
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

pub fn form(name: &str) -> Form {
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
        goLive: 0,
        places: vec![],
    }
}

pub fn attachments() -> Vec<Attachment> {
    (1..=6).map(|kind| Attachment { kind, format: 1, size: 1_000, digest: B256::repeat_byte(kind) }).collect()
}
