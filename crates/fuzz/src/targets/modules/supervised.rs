//! The modules of the supervised part, and `members`: a chain on which every role is taken and
//! something of every kind is there already, and calls of one module by everybody.
//!
//! What is done only by decision is decided first: an input can have the consortium propose and vote on
//! the very call that it makes then.

mod stories;

use self::stories::Step;
use super::{compose, encoded, send};
use crate::{feed::Feed, stories::Told};
use alloy_json_abi::{JsonAbi, StateMutability};
use alloy_sol_types::{SolCall, SolValue as _};
use ding_modules::{
    Module,
    calendar::{self, Calendar, Day},
    filing::{self, Filing, abi::IFiling},
    identity::{self, Identity, abi::IIdentity},
    ids::FilingNumber,
    members::{
        self, Members, OrganisationEntry, Parameter, Role, Section,
        abi::IMembers::{self, proposeCall, voteCall},
    },
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, digest},
    once::Once,
    orders::{self, Orders, abi::IOrders},
    pilot::{self, Pilot, abi::IPilot},
    registry::MODULES,
    services::{self, Services, abi::IServices},
};
use ding_primitives::{Address, B256, MemberKey, address};
use std::{collections::BTreeMap, sync::LazyLock};

/// A second person of the national administration.
const SECOND: Address = address!("00000000000000000000000000000000000000c2");
/// A third.
const THIRD: Address = address!("00000000000000000000000000000000000000c7");
/// The administration of Beijing.
const PROVINCE: Address = address!("00000000000000000000000000000000000000c3");
/// A competent department.
const MINISTRY: Address = address!("00000000000000000000000000000000000000c4");
/// An identity authority.
const OFFICE: Address = address!("00000000000000000000000000000000000000c5");
/// A member organisation that files services.
const FIRM: Address = address!("00000000000000000000000000000000000000c6");
/// A contract of a service.
const SHOP: Address = address!("00000000000000000000000000000000c0ffee01");

/// The first contract of the firm, or somebody with the key to its address.
const CREATED: Address = address!("00000000000000000000000000000000c0ffee02");

const CALLERS: [Address; 11] =
    [REGISTRAR, SECOND, PROVINCE, MINISTRY, OFFICE, FIRM, STRANGER, OTHER, NOTARY, CREATED, THIRD];
/// Of the organisations that run a validator; the first proposes, and supervises.
const VOTERS: [Address; 4] = [REGISTRAR, MINISTRY, FIRM, NOTARY];
const CODE: &str = "91110000MA00000077";
const CARRIER_CODE: &str = "12330100MB0000027B";
const NUMBER: &str = "11010826000000010016";
/// Calls of one input.
const CALLS_MAX: usize = 20;
/// Enough for the longest form.
const GAS: u64 = 8_000_000;

fn now_ms() -> u64 {
    Day::from_civil(2026, 2, 10).map_or(0, |day| day.start_ms() + 12 * 3_600_000)
}

fn today() -> u32 {
    Day::from_ms(now_ms()).get()
}

static MEMBERS: LazyLock<serde_json::Value> = LazyLock::new(|| {
    let entry = |name: &str, roles: &[Role], accounts: &[Address]| OrganisationEntry {
        name: name.into(),
        roles: roles.to_vec(),
        accounts: accounts.to_vec(),
        ..OrganisationEntry::default()
    };
    // The genesis file of scenes has four validators.
    let runs = |number: u8| vec![MemberKey(digest(number))];
    let organisations = vec![
        OrganisationEntry {
            validators: runs(1),
            ..entry("Administration", &[Role::Supervisor], &[REGISTRAR, SECOND, THIRD])
        },
        OrganisationEntry {
            division: Some(11),
            ..entry("Administration of Beijing", &[Role::Provincial], &[PROVINCE])
        },
        OrganisationEntry { validators: runs(2), ..entry("Ministry", &[Role::Competent], &[MINISTRY]) },
        OrganisationEntry { observers: runs(9), ..entry("Identity Office", &[], &[OFFICE]) },
        OrganisationEntry {
            code: Some(CODE.into()),
            validators: runs(3),
            ..entry("Harbour Chain", &[], &[FIRM])
        },
        OrganisationEntry { validators: runs(4), ..entry("Notary", &[Role::Notary], &[NOTARY]) },
    ];
    serde_json::to_value(Section { organisations, ..Section::default() }).unwrap_or_default()
});

/// Where every input begins, for calls of this module.
fn scene(module: &'static dyn Module) -> Scene<'static> {
    let mut scene = SCENE.clone();
    scene.on(module);
    scene
}

/// The chain, with something of every kind on it.
static SCENE: LazyLock<Scene<'static>> = LazyLock::new(|| {
    let identity = serde_json::json!({ "authorities": [{ "organisation": "Identity Office" }] });
    let mut scene = Scene::new(&Members)
        .with_section("members", MEMBERS.clone())
        .with_section("identity", identity)
        .at_time(now_ms())
        .at_height(7);
    let bind = IIdentity::bindCall {
        account: OTHER,
        kind: 1,
        subject: digest(1),
        level: 2,
        expiryMs: 0,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    done(&mut scene, identity::state::ADDRESS, OFFICE, bind);
    let declare = IServices::declareCall {
        id: digest(1),
        provider: FIRM,
        division: 11,
        goLive: today(),
        contracts: vec![SHOP],
    };
    done(&mut scene, services::state::ADDRESS, REGISTRAR, declare);
    let record = IServices::recordCall { id: digest(1), number: NUMBER.into() };
    done(&mut scene, services::state::ADDRESS, REGISTRAR, record);
    done(&mut scene, filing::state::ADDRESS, FIRM, IFiling::registerProviderCall { subject: subject() });
    let file = IFiling::fileCall { provider: 1, form: form(), attachments: attachments() };
    done(&mut scene, filing::state::ADDRESS, FIRM, file);
    let entity = IPilot::registerEntityCall {
        code: CARRIER_CODE.into(),
        name: "Third Hospital".into(),
        division: 11,
        account: STRANGER,
    };
    done(&mut scene, pilot::state::ADDRESS, REGISTRAR, entity);
    let recommend = IPilot::recommendCall { proposal: proposal(), alongside: Vec::new() };
    done(&mut scene, pilot::state::ADDRESS, REGISTRAR, recommend);
    done(&mut scene, orders::state::ADDRESS, REGISTRAR, IOrders::draftCall { what: draft() });
    scene
});

/// Interfaces of all modules.
static ABIS: LazyLock<BTreeMap<&str, JsonAbi>> =
    LazyLock::new(|| MODULES.iter().map(|module| (module.name(), (module.interface().abi)())).collect());

fn done<C: SolCall>(scene: &mut Scene<'_>, module: Address, caller: Address, call: C) {
    if let Err(stop) = scene.call_of(module, caller, call) {
        panic!("the story begins with {}: {stop}", C::SIGNATURE);
    }
}

pub(in crate::targets) fn subject() -> IFiling::Subject {
    IFiling::Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: CODE.into(),
        name: "Harbour Chain".into(),
        subject: B256::ZERO,
        person: digest(0x11),
        details: digest(0x12),
    }
}

pub(in crate::targets) fn form() -> IFiling::Form {
    IFiling::Form {
        name: "Bills of lading".into(),
        category: 2,
        form: 1,
        field: "logistics".into(),
        site: "https://bills.example.cn".into(),
        icp: "京ICP备00000001号-1".into(),
        description: "Deposits of bills of lading.".into(),
        server: "Beijing".into(),
        serverDivision: 110_108,
        consensus: "simplex".into(),
        crossBorder: String::new(),
        goLive: today() - 3,
        places: vec![],
    }
}

pub(in crate::targets) fn attachments() -> Vec<IFiling::Attachment> {
    [1, 2, 3, 4, 5, 6]
        .map(|kind| IFiling::Attachment { kind, format: 1, size: 1_000, digest: digest(kind) })
        .to_vec()
}

fn proposal() -> IPilot::Proposal {
    IPilot::Proposal {
        kind: 2,
        entity: B256::right_padding_from(CARRIER_CODE.as_bytes()),
        field: 12,
        zone: 0,
        division: 11,
        endDay: today() + 600,
        title: "Sharing of examination results".into(),
        material: digest(0x77),
    }
}

fn draft() -> IOrders::Draft {
    IOrders::Draft {
        action: 1,
        targetKind: 1,
        target: digest(1),
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: digest(0x55),
        basis: "Order No. 3 of the CAC, art. 15".into(),
    }
}

static POOLS: LazyLock<compose::Pools> = LazyLock::new(|| {
    let mut words: Vec<B256> = (0..6).map(digest).collect();
    words.extend([CODE, CARRIER_CODE, NUMBER].map(|text| B256::right_padding_from(text.as_bytes())));
    words.extend([OTHER.into_word(), STRANGER.into_word(), B256::repeat_byte(0xff)]);
    words.extend(Parameter::ALL.map(Parameter::word));
    compose::Pools {
        addresses: [
            &CALLERS[..],
            &[SHOP, CREATED, filing::state::ADDRESS, members::state::ADDRESS, identity::state::ADDRESS],
        ]
        .concat(),
        words,
        texts: vec![
            "as found",
            "?",
            "",
            CODE,
            CARRIER_CODE,
            NUMBER,
            "Third Hospital",
            "小时",
            "https://bills.example.cn",
            "京ICP备00000001号-1",
        ],
        now_ms: now_ms(),
        today: today().into(),
        inputs: stories::decisions().into_iter().map(|(_, input)| input).collect(),
        structs: vec![
            ("nature", 9, subject().abi_encode_params()),
            ("name", 13, form().abi_encode_params()),
            ("kind", 8, proposal().abi_encode_params()),
            ("action", 11, draft().abi_encode_params()),
        ],
    }
});

/// Has the consortium decide on a call of the module, as far as it may be decided by vote and those who
/// vote still do. The lowest bits of `against` say who votes against it.
fn decide(
    mut scene: Scene<'static>,
    module: &'static dyn Module,
    input: &[u8],
    against: u8,
) -> Scene<'static> {
    scene.on(&Members);
    let input = input.to_vec().into();
    let propose = proposeCall { target: module.address(), input, notBeforeMs: 0, title: "as found".into() }
        .abi_encode();
    let answer;
    (scene, answer) = send(scene, &Members, VOTERS[0], 0, GAS, &propose);
    let proposed = answer.and_then(|output| proposeCall::abi_decode_returns_validate(&output).ok());
    for (place, voter) in VOTERS.into_iter().enumerate() {
        let Some(id) = proposed else { break };
        let vote = voteCall { id, approve: against >> place & 1 == 0 }.abi_encode();
        (scene, _) = send(scene, &Members, voter, 0, GAS, &vote);
    }
    scene.on(module);
    scene
}

/// Input: calls of caller, flags, gas if they say so, and call data: its length and bytes, or a
/// function and arguments for it if the flags say so; then, as the flags say, how much later it is, or
/// who votes against the call before it is made.
///
/// Gives the selectors of the calls that were taken.
fn play(module: &'static dyn Module, input: &[u8]) -> Vec<[u8; 4]> {
    let mut taken = Vec::new();
    let abi = ABIS.get(module.name()).expect("a module of the ledger");
    let mut feed = Feed::new(input);
    let mut scene = scene(module);
    for _ in 0..CALLS_MAX {
        if feed.is_empty() {
            break;
        }
        let caller = feed.pick(&CALLERS).unwrap_or_default();
        let flags = feed.byte();
        let gas = if flags & 8 == 0 { GAS } else { u64::from(feed.short()) * 16 };
        let data =
            if flags & 32 == 0 { compose::call(&mut feed, abi, &POOLS) } else { feed.string().to_vec() };
        match flags >> 6 {
            1 => scene.next_block(),
            2 => scene.later(u64::from(feed.byte()) * 12 * 3_600_000),
            3 => {
                // Mostly nobody.
                let against = feed.byte().saturating_sub(240);
                scene = decide(scene, module, &data, against);
            }
            _ => {}
        }
        let answer;
        (scene, answer) = send(scene, module, caller, flags, gas, &data);
        taken.extend(data.first_chunk::<4>().filter(|_| answer.is_some()));
    }
    scene.check_all();
    taken
}

/// Every story, told a block a step.
pub(in crate::targets) fn told() -> Vec<Told> {
    let modules: [&'static dyn Module; 7] =
        [&Calendar, &Identity, &Once, &Services, &Filing, &Pilot, &Orders];
    let mut all = Vec::new();
    for module in modules {
        for (number, story) in stories::of(module.name()).into_iter().enumerate() {
            let mut told = Told::begin(format!("{}-{number}", module.name()), module, scene(module));
            for step in story {
                told.scene.next_block();
                if step.decided {
                    told.scene = decide(told.scene, module, &step.data, 0);
                }
                // What is refused writes nothing.
                let _ = told.scene.send(told.scene.direct(step.who, &step.data));
            }
            all.push(told);
        }
    }
    all
}

pub(in crate::targets) fn members(input: &[u8]) {
    let _ = play(&Members, input);
}

pub(in crate::targets) fn calendar(input: &[u8]) {
    let _ = play(&Calendar, input);
}

pub(in crate::targets) fn identity(input: &[u8]) {
    let _ = play(&Identity, input);
}

pub(in crate::targets) fn once(input: &[u8]) {
    let _ = play(&Once, input);
}

pub(in crate::targets) fn services(input: &[u8]) {
    let _ = play(&Services, input);
}

pub(in crate::targets) fn filing(input: &[u8]) {
    let _ = play(&Filing, input);
}

pub(in crate::targets) fn pilot(input: &[u8]) {
    let _ = play(&Pilot, input);
}

pub(in crate::targets) fn orders(input: &[u8]) {
    let _ = play(&Orders, input);
}

/// Each function once with the same arguments, as a call, as a read and by decision, and what happens in
/// the lives of things.
fn seeds(module: &'static dyn Module) -> Vec<Vec<u8>> {
    let abi = (module.interface().abi)();
    let mut seeds = Vec::new();
    for (place, function) in (0u8..).zip(abi.functions()) {
        // One for each argument: "1" as a number, the first struct, a digest, an officer.
        let arguments = vec![9; function.inputs.len() * 2];
        let caller = place % 6;
        seeds.push([&[caller, 0, place][..], &arguments].concat());
        seeds.push([&[caller, 0x41, place][..], &arguments].concat());
        if !matches!(function.state_mutability, StateMutability::View | StateMutability::Pure) {
            seeds.push([&[0, 0xc0, place][..], &arguments].concat());
        }
    }
    for story in stories::of(module.name()) {
        let place = |who: Address| CALLERS.iter().position(|caller| *caller == who).unwrap_or_default();
        let number = |who: Address| u8::try_from(place(who)).unwrap_or_default();
        let step = |Step { who, data, decided }: &Step| {
            let (flags, votes): (u8, &[u8]) = if *decided { (0xe0, &[0]) } else { (32, &[]) };
            [encoded(number(*who), flags, data), votes.to_vec()].concat()
        };
        seeds.push(story.iter().flat_map(step).collect());
    }
    seeds
}

pub(in crate::targets) fn members_seeds() -> Vec<Vec<u8>> {
    seeds(&Members)
}

pub(in crate::targets) fn calendar_seeds() -> Vec<Vec<u8>> {
    seeds(&Calendar)
}

pub(in crate::targets) fn identity_seeds() -> Vec<Vec<u8>> {
    seeds(&Identity)
}

pub(in crate::targets) fn once_seeds() -> Vec<Vec<u8>> {
    seeds(&Once)
}

pub(in crate::targets) fn services_seeds() -> Vec<Vec<u8>> {
    seeds(&Services)
}

pub(in crate::targets) fn filing_seeds() -> Vec<Vec<u8>> {
    seeds(&Filing)
}

pub(in crate::targets) fn pilot_seeds() -> Vec<Vec<u8>> {
    seeds(&Pilot)
}

pub(in crate::targets) fn orders_seeds() -> Vec<Vec<u8>> {
    seeds(&Orders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::{Random, mutate};
    use std::collections::BTreeSet;

    /// A story that nobody takes starts nothing; and every decision is carried out, but the one that would
    /// leave the supervisors with one hand.
    #[test]
    fn most_steps_of_the_stories_are_taken() {
        let modules: [&'static dyn Module; 8] =
            [&Members, &Calendar, &Identity, &Once, &Services, &Filing, &Pilot, &Orders];
        let mut undone = Vec::new();
        for module in modules {
            for (at, story) in stories::of(module.name()).into_iter().enumerate() {
                let mut scene = scene(module);
                let mut refused = Vec::new();
                for Step { who, data, decided } in &story {
                    if *decided {
                        scene = decide(scene, module, data, 0);
                    }
                    if let Err(stop) = scene.send(scene.direct(*who, data)) {
                        undone.extend(decided.then(|| format!("{} {stop}", module.name())));
                        refused.push(format!("{} {stop}", hex::encode(&data[..4])));
                    }
                }
                assert!(refused.len() <= 2, "{} {at}: {refused:#?}", module.name());
            }
        }
        assert_eq!(undone.len(), 1, "{undone:#?}");
    }

    /// What is composed has to get past the decoders, or nothing behind them is tried.
    #[test]
    fn composed_calls_reach_most_functions_of_every_module() {
        let modules: [(&'static dyn Module, usize); 8] = [
            (&Members, 100),
            (&Calendar, 100),
            (&Identity, 95),
            (&Once, 100),
            (&Services, 100),
            (&Filing, 90),
            (&Pilot, 90),
            (&Orders, 100),
        ];
        for (module, percent) in modules {
            let (seeds, mut random) = (seeds(module), Random::new(7));
            let mut taken: BTreeSet<_> = seeds.iter().flat_map(|seed| play(module, seed)).collect();
            for _ in 0..40 {
                let [one, other] = [0, 1].map(|_| &seeds[random.below(seeds.len())]);
                taken.extend(play(module, &mutate(&mut random, one, other, 16_384)));
            }
            let abi = (module.interface().abi)();
            let missing: Vec<&str> = abi
                .functions()
                .filter(|function| !taken.contains(&function.selector().0))
                .map(|function| function.name.as_str())
                .collect();
            let all = abi.functions().count();
            let reached = (all - missing.len()) * 100 / all;
            println!("{}: {reached} % of {all}, not {missing:?}", module.name());
            assert!(reached >= percent, "{}: {reached} %, not {missing:?}", module.name());
        }
    }
}
