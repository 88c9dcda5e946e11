use super::{abi::IFiling::*, steps::State as S, terms::*, *};
use crate::{
    calendar::Day,
    decode_revert,
    members::{OrganisationEntry, Role},
    mocks::{Scene, digest, revert},
};
use alloy_sol_types::{SolCall, SolError as _};
use ding_primitives::{Address, address};

mod decisions;
mod identities;
mod later;
mod life;
mod measures;
mod publication;
mod refusals;
mod storage;
mod walk;

/// Two people of the national administration.
const CHIEF: Address = address!("00000000000000000000000000000000000000c1");
const DEPUTY: Address = address!("00000000000000000000000000000000000000c2");
/// Provincial administrations of Beijing and Guangdong.
const BEIJING: Address = address!("00000000000000000000000000000000000000d1");
const GUANGDONG: Address = address!("00000000000000000000000000000000000000d4");
/// Account of the provider, and one more of its organisation.
const FIRM: Address = address!("00000000000000000000000000000000000000e1");
const BRANCH: Address = address!("00000000000000000000000000000000000000e2");
const OTHER_FIRM: Address = address!("00000000000000000000000000000000000000e3");
/// An account of a provider that an organisation without a code calls its own, and one of that organisation.
const LURED: Address = address!("00000000000000000000000000000000000000e4");
const LURER: Address = address!("00000000000000000000000000000000000000e5");
/// Account of an identity authority.
const OFFICE: Address = address!("00000000000000000000000000000000000000e9");
const CITIZEN: Address = address!("00000000000000000000000000000000000000f1");
const RIVAL: Address = address!("00000000000000000000000000000000000000f2");

const CODE: &str = "91110000MA00000077";
const OTHER_CODE: &str = "91440300MA0000031P";

fn on(year: u32, month: u8, day: u8) -> Day {
    Day::from_civil(year, month, day).unwrap()
}

/// A story about filings: who does what on which day.
struct Stage {
    scene: Scene<'static>,
}

impl Stage {
    /// The administrations and a member organisation that files, at ten in the morning of a day.
    fn on(year: u32, month: u8, day: u8) -> Self {
        let province = |name: &str, division, account| OrganisationEntry {
            name: name.into(),
            roles: vec![Role::Provincial],
            division: Some(division),
            accounts: vec![account],
            ..OrganisationEntry::default()
        };
        let scene = Scene::new(&Filing)
            .organisation("National administration", &[Role::Supervisor], &[CHIEF, DEPUTY])
            .with_organisation(province("Administration of Beijing", 11, BEIJING))
            .with_organisation(province("Administration of Guangdong", 44, GUANGDONG))
            .with_organisation(OrganisationEntry {
                name: "Harbour Chain".into(),
                code: Some(CODE.into()),
                accounts: vec![FIRM, BRANCH],
                ..OrganisationEntry::default()
            })
            .organisation("Identity office", &[], &[OFFICE])
            .organisation("Sirens", &[], &[LURED, LURER])
            .with_section(
                "identity",
                serde_json::json!({"authorities": [{"organisation": "Identity office"}]}),
            )
            .at_time(Self::morning(Self::day(year, month, day)));
        Self { scene }
    }

    fn day(year: u32, month: u8, day: u8) -> Day {
        on(year, month, day)
    }

    fn morning(day: Day) -> u64 {
        day.start_ms() + 10 * 60 * 60 * 1_000
    }

    /// Goes to the morning of a day.
    fn go(&mut self, year: u32, month: u8, day: u8) {
        self.scene.next_block_at(Self::morning(on(year, month, day)));
    }

    fn call<C: SolCall>(&mut self, caller: Address, call: C) -> Result<C::Return, Stop> {
        self.scene.call(caller, call)
    }

    fn read<C: SolCall>(&mut self, call: C) -> C::Return {
        self.scene.read(CITIZEN, call)
    }

    fn service(&mut self, id: u64) -> ServiceRecord {
        self.read(serviceCall { id })
    }

    fn status(&mut self, id: u64) -> S {
        S::from_number(self.service(id).status).unwrap()
    }

    /// The clocks of a service: which, last day, provisional, overdue.
    fn clocks(&mut self, service: u64) -> Vec<(Clock, Day, bool, bool)> {
        let clocks = self.read(clocksOfCall { service });
        let look = |clock: ClockState| {
            let name = Clock::from_number(clock.clock).unwrap();
            (name, Day::new(clock.dueDay), clock.provisional, clock.overdue)
        };
        clocks.into_iter().map(look).collect()
    }

    fn register(&mut self, account: Address, subject: Subject) -> u32 {
        self.call(account, registerProviderCall { subject }).unwrap()
    }

    /// A filing that is submitted: its provider is registered if it is not yet.
    fn filed(&mut self) -> u64 {
        let provider = match self.read(providerOfCall { account: FIRM }) {
            0 => self.register(FIRM, firm()),
            provider => provider,
        };
        let today = Day::from_ms(self.scene.block().timestamp_ms);
        let form = Form { goLive: today.get(), ..form() };
        self.call(FIRM, fileCall { provider, form, attachments: attachments() }).unwrap()
    }

    /// A recorded service.
    fn recorded(&mut self) -> u64 {
        let service = self.filed();
        self.record(service, "");
        service
    }

    /// Both hands of a record.
    fn record(&mut self, service: u64, number: &str) {
        let propose = proposeRecordCall { service, number: number.into(), confirmed: false };
        self.call(CHIEF, propose).unwrap();
        self.second_hand(DEPUTY, &[service]).unwrap();
    }

    /// Records services under the numbers that are proposed for them now.
    fn second_hand(&mut self, account: Address, services: &[u64]) -> Result<recordReturn, Stop> {
        let numbers = services.iter().map(|service| self.read(proposalCall { service: *service }).number);
        let numbers = numbers.collect();
        self.call(account, recordCall { services: services.to_vec(), numbers })
    }

    /// A service recorded and published today, in the batch with this number.
    fn published(&mut self, batch: u32) -> u64 {
        let service = self.recorded();
        self.publish(batch, vec![service]).unwrap();
        service
    }

    fn publish(&mut self, batch: u32, services: Vec<u64>) -> Result<publishBatchReturn, Stop> {
        let day = Day::from_ms(self.scene.block().timestamp_ms).get();
        self.call(CHIEF, publishBatchCall { batch, services, day, document: digest(0xdd) })
    }

    /// Checks the invariants of every module.
    fn check(mut self) {
        self.scene.check_all();
    }
}

fn firm() -> Subject {
    Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: CODE.into(),
        name: "海港链科技有限公司".into(),
        subject: B256::ZERO,
        person: digest(0x11),
        details: digest(0x12),
    }
}

fn other_firm() -> Subject {
    Subject { uscc: OTHER_CODE.into(), name: "Delta Works".into(), division: 440_305, ..firm() }
}

fn individual() -> Subject {
    Subject {
        nature: 2,
        idType: 2,
        uscc: String::new(),
        name: String::new(),
        subject: digest(0x21),
        ..firm()
    }
}

fn form() -> Form {
    Form {
        name: "提单存证".into(),
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
        goLive: on(2026, 2, 10).get(),
        places: vec![],
    }
}

fn attachments() -> Vec<Attachment> {
    [1, 2, 3, 4, 5, 6].map(|kind| Attachment { kind, format: 1, size: 1_000, digest: digest(kind) }).to_vec()
}

/// A contract of this chain that is listed without a proof.
fn place(address: Address) -> Place {
    Place { chainId: 1337, place: address.into_word(), creator: Address::ZERO, nonce: 0 }
}

/// A contract of this chain and who created it.
fn own_place(creator: Address, nonce: u64) -> Place {
    Place { creator, nonce, ..place(creator.create(nonce)) }
}

fn fine(service: u64, article: u8, breach: u8, ground: u8, yuan: u64) -> proposeFineCall {
    let amount = yuan * 100;
    proposeFineCall { service, article, breach, ground, amountFen: amount, notice: digest(1), text: text() }
}

fn text() -> String {
    "as found".into()
}
