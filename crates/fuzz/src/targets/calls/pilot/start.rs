//! Where the stories of `pilot` begin: who is who, and what there is already.
//!
//! | Pilot | Entity, field | What of it |
//! |---|---|---|
//! | 1 | hospital, health | recommended, with a goal |
//! | 2 | bank, trade finance | reviewed; its service was suspended |
//! | 3 | hospital, zone of Hangzhou | public comment, with an objection |
//! | 4 | bank, trade finance | entered from an old list, described, with a filing number |
//! | 5 | bank, manufacturing | in progress on this chain |
//! | 6 | hospital, education | in progress on another chain, with two goals and some values |
//! | 7 | bank, energy | under an order |
//! | 8 | hospital, civil affairs | self-assessed |
//! | 9 | bank, government services | under an order that was replied to |
//! | 10 | hospital, social security | evaluated by a supervisor |
//! | 11 | bank, tax and fees | in progress, its removal proposed |
//! | 12 | hospital, copyright | evaluated: goals not met |
//! | 13 | port, procuratorate, zone of Guangzhou | public comment |
//! | 14 to 20 | bank, cross-border finance | recommended; the first with nearly all the goals it may have |

use super::{super::Model as _, *};
use crate::targets::{calls::mocks, modules::supervised};
use ding_modules::{
    filing::{self as filings, abi::IFiling},
    identity::{self, abi::IIdentity},
};

/// Who proposes what the supervisors decide, and who votes too.
pub(super) const CHIEF: usize = 0;
pub(super) const OTHER: usize = 2;
const DEPUTY: usize = 1;
const MINISTRY: usize = 3;
const PROVINCE: usize = 4;
const HOSPITAL: usize = 5;
const BANK: usize = 6;
const COMPANY: usize = 7;
const OFFICE: usize = 8;

/// Codes of the entities, of an organisation of the consortium, and of one that an authority bound.
pub(super) const HOSPITAL_CODE: &str = "12330100MB0000027B";
pub(super) const BANK_CODE: &str = "91110000MA00000077";
pub(super) const PORT_CODE: &str = "91440300MA0000031P";
pub(super) const COMPANY_CODE: &str = "91330100MA0000023P";
pub(super) const BOUND_CODE: &str = "51100000MJ0000018U";

/// An account that an authority bound to [`BOUND_CODE`].
pub(super) const BOUND: Address = Address::repeat_byte(0x7c);

/// Filing numbers of services that are recorded, and one of a service that is suspended in the end.
pub(super) const RECORDED: [&str; 3] =
    ["11010826000000010016", "1101081971596078003X", "11010826000000010020"];
pub(super) const SUSPENDED: &str = "11010821000000030000";

/// Numbers of documents.
pub(super) const SHORTLISTED: u32 = 2;
const OLD_LIST: u32 = 3;

/// A chain on which pilots run.
pub(super) const FAR: u64 = 7_001;
/// Goals of the pilot that may have one more.
const GOALS: u16 = limits::PILOT_INDICATORS_MAX - 1;
/// Comments of an account that may make one more.
const REMARKS: u32 = limits::PILOT_COMMENTS_OF_ACCOUNT_MAX - 1;
/// Days after which the second table of 2026 holds.
const SECOND_TABLE: u32 = 9;

fn contract(via: Via) -> Address {
    via.contract().unwrap_or_default()
}

/// The contract that acts for the port.
pub(super) fn port() -> Address {
    contract(Via::CallAndForget)
}

/// An identifier, left-aligned in a word.
pub(super) fn word(text: &str) -> B256 {
    B256::right_padding_from(text.as_bytes())
}

/// Organisations of the stories, by number from 1 on.
static ORGANISATIONS: LazyLock<Vec<OrganisationEntry>> = LazyLock::new(|| {
    let bureau = vec![wallet(CHIEF), wallet(DEPUTY), contract(Via::Call)];
    let ministry = vec![wallet(MINISTRY), contract(Via::CallTwice)];
    let province = organisation("Zhejiang", &[Role::Provincial], vec![wallet(PROVINCE)]);
    let company = organisation("Company", &[], vec![wallet(COMPANY)]);
    seated([
        organisation("Bureau", &[Role::Supervisor], bureau),
        organisation("Other bureau", &[Role::Supervisor], vec![wallet(OTHER)]),
        organisation("Ministry", &[Role::Competent], ministry),
        OrganisationEntry { division: Some(33), ..province },
        OrganisationEntry { code: Some(COMPANY_CODE.into()), ..company },
        organisation("Office", &[], vec![wallet(OFFICE)]),
    ])
});

/// Number of the organisation that an account acts for; 0 if none.
pub(super) fn organisation_of(account: Address) -> u32 {
    consortium::number_of(&ORGANISATIONS, account)
}

/// What an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Office {
    National,
    Competent,
    Provincial(u8),
    None,
}

pub(super) const fn office(organisation: u32) -> Office {
    match organisation {
        1 | 2 => Office::National,
        3 => Office::Competent,
        4 => Office::Provincial(33),
        _ => Office::None,
    }
}

pub(super) const fn supervises(organisation: u32) -> bool {
    matches!(office(organisation), Office::National)
}

/// The organisation whose code an account shows.
pub(super) fn code_of(account: Address) -> Option<B256> {
    if account == BOUND {
        return Some(word(BOUND_CODE));
    }
    (account == wallet(COMPANY)).then(|| word(COMPANY_CODE))
}

/// Whether an authority bound both accounts to one person.
pub(super) fn are_one_person(first: Address, second: Address) -> bool {
    let person = [wallet(CHIEF), wallet(DEPUTY)];
    person.contains(&first) && person.contains(&second)
}

fn now() -> Now {
    second_block::<Model>()
}

fn today() -> u32 {
    day_at(now().timestamp_ms)
}

/// The day of the genesis file.
pub(super) fn first_day() -> u32 {
    day_at(mocks::env(0).timestamp_ms)
}

/// The chain: those organisations, an identity authority, and everybody endowed.
pub(super) fn spec() -> Spec {
    let mut spec = consortium::chain(&ORGANISATIONS, Model::WALLETS);
    spec.timestamp_ms = mocks::env(0).timestamp_ms;
    let authorities = serde_json::json!([{ "organisation": "Office" }]);
    spec.modules.insert("identity".into(), serde_json::json!({ "authorities": authorities }));
    spec
}

/// A table that adds holidays in January and takes most of those in February away.
static TABLE: LazyLock<calendar::Later> =
    LazyLock::new(|| calendar::Later::new(&[1, 2, 3, 23, 26, 48, 49], today() + SECOND_TABLE, now()));

/// Transactions of wallets.
type Sent = Vec<(usize, Vec<u8>)>;

fn text() -> String {
    "considered".into()
}

/// Who is bound to whom.
fn bindings() -> Vec<Vec<u8>> {
    let (chief, deputy) = (wallet(CHIEF), wallet(DEPUTY));
    let person = IIdentity::bindCall {
        account: chief,
        kind: 1,
        subject: B256::repeat_byte(1),
        level: 2,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    let firm = IIdentity::bindCall {
        account: BOUND,
        kind: 2,
        subject: B256::ZERO,
        code: word(BOUND_CODE),
        nameDigest: B256::repeat_byte(4),
        ..person
    };
    vec![
        person.abi_encode(),
        IIdentity::addAccountCall { root: chief, account: deputy }.abi_encode(),
        firm.abi_encode(),
    ]
}

/// Services of the bank, all of them recorded.
fn services() -> Sent {
    let register = IFiling::registerProviderCall { subject: supervised::subject() };
    let mut sent = vec![(BANK, register.abi_encode())];
    for (service, number) in (1..).zip(RECORDED.into_iter().chain([SUSPENDED])) {
        let form = IFiling::Form {
            name: format!("Service {service}"),
            goLive: today(),
            places: Vec::new(),
            ..supervised::form()
        };
        let attachments = supervised::attachments();
        let number: String = number.into();
        let propose = IFiling::proposeRecordCall { service, number: number.clone(), confirmed: true };
        let record = IFiling::recordCall { services: vec![service], numbers: vec![number] };
        sent.push((BANK, IFiling::fileCall { provider: 1, form, attachments }.abi_encode()));
        sent.push((CHIEF, propose.abi_encode()));
        sent.push((OTHER, record.abi_encode()));
    }
    sent
}

/// The last of them is suspended.
fn suspension() -> Vec<u8> {
    let (fromHeight, notice) = (0, B256::repeat_byte(3));
    let what = IFiling::suspendCall { service: 4, article: 19, breach: 18, fromHeight, notice, text: text() };
    what.abi_encode()
}

fn document(kind: u8, issuedOn: u32, zones: u16, specials: u16) -> C {
    C::recordDocument(recordDocumentCall {
        kind,
        issuedOn,
        departments: 17,
        zones,
        specials,
        digest: B256::repeat_byte(kind),
        number: String::new(),
        title: "A document".into(),
    })
}

fn entity(code: &str, division: u8, account: Address) -> C {
    C::registerEntity(registerEntityCall { code: code.into(), name: "An entity".into(), division, account })
}

/// A special pilot outside the zones.
pub(super) fn special(code: &str, field: u8, division: u8) -> Proposal {
    Proposal {
        kind: SPECIAL,
        entity: word(code),
        field,
        zone: 0,
        division,
        endDay: today() + 400,
        title: "A pilot".into(),
        material: B256::repeat_byte(7),
    }
}

/// A comprehensive pilot of a zone.
pub(super) fn comprehensive(code: &str, zone: u8, division: u8) -> Proposal {
    Proposal { kind: COMPREHENSIVE, zone, ..special(code, 0, division) }
}

pub(super) fn goal(id: u32) -> addIndicatorCall {
    addIndicatorCall {
        id,
        name: "办件平均时长".into(),
        unit: "小时".into(),
        decimals: 1,
        baseline: 480,
        target: 40,
        due: today() + 300,
    }
}

pub(super) fn description(id: u32, chainId: u64) -> describeCall {
    describeCall {
        id,
        chainId,
        software: "ding".into(),
        version: "0.4.0".into(),
        nodes: vec![B256::repeat_byte(1), B256::repeat_byte(2)],
        peers: vec![2, 3],
    }
}

/// Calls in the order in which they are sent, and how many pilots they recommend.
#[derive(Default)]
struct Script {
    calls: Vec<(usize, C)>,
    pilots: u32,
}

impl Script {
    fn send(&mut self, who: usize, call: C) {
        self.calls.push((who, call));
    }

    /// A pilot with a goal; gives its number.
    fn recommended(&mut self, who: usize, proposal: Proposal, alongside: Vec<u32>) -> u32 {
        self.send(who, C::recommend(recommendCall { proposal, alongside }));
        self.pilots += 1;
        self.send(who, C::addIndicator(goal(self.pilots)));
        self.pilots
    }

    fn reviewed(&mut self, who: usize, proposal: Proposal, competent: u32) -> u32 {
        let id = self.recommended(who, proposal, Vec::new());
        self.send(CHIEF, C::review(reviewCall { id, competent, opinion: text() }));
        id
    }

    fn published(&mut self, who: usize, proposal: Proposal) -> u32 {
        let id = self.reviewed(who, proposal, 3);
        self.send(CHIEF, C::publish(publishCall { id, document: SHORTLISTED }));
        id
    }

    /// A pilot of the bank, or of the hospital, that runs on a chain.
    fn running(&mut self, bank: bool, field: u8, competent: u32, chain: u64) -> u32 {
        let (code, division, owner) =
            if bank { (BANK_CODE, 11, BANK) } else { (HOSPITAL_CODE, 33, HOSPITAL) };
        let who = if bank { MINISTRY } else { PROVINCE };
        let id = self.reviewed(who, special(code, field, division), competent);
        let alongside = Vec::new();
        self.send(OTHER, C::enter(enterCall { id, document: OLD_LIST, alongside }));
        self.send(owner, C::describe(description(id, chain)));
        self.send(owner, C::start(startCall { id }));
        id
    }

    /// A pilot of the hospital with a value and an assessment of its own.
    fn assessed(&mut self, field: u8, competent: u32) -> u32 {
        let id = self.running(false, field, competent, FAR);
        self.value(HOSPITAL, id, 0, 500);
        let (report, text) = (B256::repeat_byte(5), text());
        self.send(HOSPITAL, C::assess(assessCall { id, kind: 2, report, text }));
        id
    }

    fn value(&mut self, who: usize, id: u32, indicator: u16, sourceHeight: u64) {
        let (day, source) = (today(), B256::ZERO);
        self.send(who, C::report(reportCall { id, indicator, day, value: 45, sourceHeight, source }));
    }

    fn ordered(&mut self, field: u8) -> u32 {
        let id = self.running(true, field, 3, FAR);
        self.send(MINISTRY, C::orderAdjustment(orderAdjustmentCall { id, workingDays: 10, text: text() }));
        id
    }

    fn evaluated(&mut self, who: usize, id: u32, verdict: u8) {
        let (report, text) = (B256::repeat_byte(6), text());
        self.send(who, C::evaluate(evaluateCall { id, verdict, report, text }));
    }
}

/// What everybody sent to the module.
fn script() -> Vec<(usize, C)> {
    let mut script = Script::default();
    let (long_ago, today) = (first_day() - 100, today());
    for (kind, issued, zones, specials) in [
        (1, long_ago, 0, 0),
        (SHORTLIST, today, 15, 164),
        (LIST, long_ago, 1, 0),
        (LIST, today, 1, 1),
        (CHANGE, today, 0, 0),
        (ACCEPTANCE, today, 0, 0),
    ] {
        script.send(CHIEF, document(kind, issued, zones, specials));
    }
    script.send(PROVINCE, entity(HOSPITAL_CODE, 33, wallet(HOSPITAL)));
    script.send(MINISTRY, entity(BANK_CODE, 11, wallet(BANK)));
    script.send(CHIEF, entity(PORT_CODE, 44, port()));

    script.recommended(PROVINCE, special(HOSPITAL_CODE, 12, 33), Vec::new());
    let beside = script.reviewed(MINISTRY, special(BANK_CODE, 13, 11), 3);
    script.send(BANK, C::nameFiling(nameFilingCall { id: beside, number: SUSPENDED.into() }));
    let id = script.published(PROVINCE, comprehensive(HOSPITAL_CODE, 10, 33));
    script.send(COMPANY, C::comment(commentCall { id, kind: OBJECTION, text: text() }));
    for _ in 0..REMARKS {
        script.send(BANK, C::comment(commentCall { id, kind: 3, text: text() }));
    }
    let id = script.recommended(MINISTRY, special(BANK_CODE, 13, 11), vec![beside]);
    script.send(CHIEF, C::review(reviewCall { id, competent: 3, opinion: text() }));
    script.send(OTHER, C::enter(enterCall { id, document: OLD_LIST, alongside: Vec::new() }));
    script.send(BANK, C::describe(description(id, FAR)));
    script.send(BANK, C::nameFiling(nameFilingCall { id, number: RECORDED[0].into() }));
    script.running(true, 1, 1, samples::CHAIN_ID);
    let id = script.running(false, 11, 3, FAR);
    script.value(HOSPITAL, id, 0, 500);
    script.ordered(2);
    script.assessed(9, 3);
    let id = script.ordered(3);
    let report = B256::repeat_byte(8);
    script.send(BANK, C::replyAdjustment(replyAdjustmentCall { id, text: text(), report }));
    let id = script.assessed(10, 1);
    script.evaluated(CHIEF, id, 1);
    let id = script.running(true, 5, 3, FAR);
    script.send(CHIEF, C::proposeRemoval(proposeRemovalCall { id, reason: 4, text: text() }));
    let id = script.assessed(8, 3);
    script.evaluated(MINISTRY, id, NOT_MET);
    script.published(CHIEF, Proposal { zone: 4, ..special(PORT_CODE, 7, 44) });
    let mut alongside = Vec::new();
    for _ in 1..limits::PILOTS_OF_FIELD_MAX {
        let id = script.recommended(CHIEF, special(BANK_CODE, 16, 11), alongside.clone());
        alongside.push(id);
    }
    let full = alongside.first().copied().unwrap_or_default();
    for _ in 1..GOALS {
        script.send(BANK, C::addIndicator(goal(full)));
    }
    // A second goal of the sixth, which may be written under an order only.
    script.send(CHIEF, C::orderAdjustment(orderAdjustmentCall { id: 6, workingDays: 1, text: text() }));
    script.send(HOSPITAL, C::addIndicator(goal(6)));
    script.send(HOSPITAL, C::replyAdjustment(replyAdjustmentCall { id: 6, text: text(), report }));
    let settled = settleAdjustmentCall { id: 6, accepted: true, endDay: 0, text: text() };
    script.send(CHIEF, C::settleAdjustment(settled));
    script.calls
}

/// As genesis leaves it, with the days of the calendar as they will be.
fn first() -> Model {
    Model {
        pilots: Vec::new(),
        documents: Vec::new(),
        entities: BTreeMap::new(),
        parameters: parametersReturn {
            commentDays: 7,
            reportDays: 1,
            durationDays: 1_096,
            assessmentMonths: 6,
        },
        // After that on the table.
        decisions: Decisions::after(1),
        days: TABLE.days.clone(),
        recorded: RECORDED.into_iter().chain([SUSPENDED]).map(word).collect(),
        caller: Address::ZERO,
        now: Now { height: 0, timestamp_ms: 0 },
        logs: Vec::new(),
    }
}

/// What everybody sent to the module, and what came of it.
static PLAYED: LazyLock<(Vec<(usize, C)>, Model)> = LazyLock::new(|| {
    let (mut model, calls) = (first(), script());
    for (who, call) in &calls {
        let answer = model.answer(wallet(*who), call, now());
        assert!(answer.is_ok(), "{call:?}: {:?}", answer.map_err(hex::encode));
    }
    model.recorded.retain(|number| *number != word(SUSPENDED));
    (calls, model)
});

/// Where a story begins.
pub(super) fn beginning() -> Model {
    PLAYED.1.clone()
}

/// What everybody sent before.
pub(super) fn before() -> Vec<(usize, Address, Vec<u8>)> {
    let mut sent = TABLE.sent.clone();
    sent.extend(bindings().into_iter().map(|input| (OFFICE, identity::state::ADDRESS, input)));
    sent.extend(services().into_iter().map(|(who, input)| (who, filings::state::ADDRESS, input)));
    sent.extend(PLAYED.0.iter().map(|(who, call)| (*who, ADDRESS, call.abi_encode())));
    sent.push((CHIEF, filings::state::ADDRESS, suspension()));
    sent
}
