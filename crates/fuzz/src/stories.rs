//! What modules keep: stories that were told once, and every slot that is written when they are told
//! again.
//!
//! `fixtures/stories.txt` has the stories: genesis files and calls, as they were sent under one
//! `STORE_VERSION`. The calls of today's targets grow and change; these do not, so that a slot that is
//! written otherwise means another layout, and nothing else.
//!
//! ```text
//! store VERSION
//! genesis HEIGHT TIME_MS SECTIONS      a chain, and what happens on it before each of its stories
//! call TIME_MS MODULE CALLER INPUT
//! story NAME OF_MODULE
//! call …
//! ```

use crate::targets;
use alloy_sol_types::SolCall;
use ding_modules::{
    BlockInfo, Call, Module,
    calendar::{Day, abi::ICalendar, state::ADDRESS as CALENDAR},
    evidence::{Evidence, abi::IEvidence},
    filing::{abi::IFiling, state::ADDRESS as FILING, terms::Article},
    members::{Members, OrganisationEntry, Role, abi::IMembers, state::ADDRESS as MEMBERS, terms::Parameter},
    mocks::{NOTARY, OTHER, REGISTRAR, STRANGER, Scene, Sent, digest},
    pilot::{abi::IPilot, state::ADDRESS as PILOT},
    registry::MODULES,
};
use ding_node::start::STORE_VERSION;
use ding_primitives::{Address, B256, MemberKey, U256, address};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// A chain and what happens on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chain {
    height: u64,
    timestamp_ms: u64,
    sections: Map<String, Value>,
    beginning: Vec<Sent>,
    stories: Vec<Story>,
}

/// What happens to some things of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Story {
    name: String,
    module: String,
    calls: Vec<Sent>,
}

/// Why the stories cannot be told.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}", path = path().display())]
pub struct StoriesError {
    why: String,
}

fn wrong(why: impl Into<String>) -> StoriesError {
    StoriesError { why: why.into() }
}

/// Where the stories are.
pub fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/stories.txt")
}

/// Every slot that the stories write, by the module whose it is: story (2 bytes; the beginning
/// of a chain counts as one), call (2, 0 for genesis), slot (32), word (32); ordered.
///
/// # Errors
///
/// The file is missing or damaged, was written under another store version, or has a call that modules
/// refuse now.
pub fn written() -> Result<BTreeMap<&'static str, Vec<u8>>, StoriesError> {
    let text = fs::read_to_string(path()).map_err(|error| wrong(error.to_string()))?;
    let chains = read(&text)?;
    let mut written = BTreeMap::new();
    let mut number = 0;
    for chain in &chains {
        let (mut scene, mut slots) = (on_stage(chain, Members.name())?, Slots::new());
        note(&mut written, &mut slots, &mut scene, number, 0);
        tell(&mut scene, &chain.beginning, "the beginning", |call, scene| {
            note(&mut written, &mut slots, scene, number, call);
        })?;
        for story in &chain.stories {
            number += 1;
            let mut scene = on_stage(chain, &story.module)?;
            tell(&mut scene, &chain.beginning, &story.name, |_, _| ())?;
            let mut slots = slots.clone();
            tell(&mut scene, &story.calls, &story.name, |call, scene| {
                note(&mut written, &mut slots, scene, number, call);
            })?;
        }
        number += 1;
    }
    Ok(written)
}

type Slots = BTreeMap<(Address, U256), U256>;
type Written = BTreeMap<&'static str, Vec<u8>>;

fn on_stage(chain: &Chain, module: &str) -> Result<Scene<'static>, StoriesError> {
    let known = MODULES.iter().find(|known| known.name() == module);
    let module: &'static dyn Module = *known.ok_or_else(|| wrong(format!("there is no module {module}")))?;
    // From the back: organisations come before the authorities that they are.
    let scene = chain
        .sections
        .iter()
        .rev()
        .fold(Scene::new(module), |scene, (name, section)| scene.with_section(name, section.clone()));
    Ok(scene.at_time(chain.timestamp_ms).at_height(chain.height))
}

/// Adds what was written since `slots`, and brings them up to date.
fn note(written: &mut Written, slots: &mut Slots, scene: &mut Scene<'_>, story: u16, call: u16) {
    let now: Slots = scene.host_mut().slots().collect();
    let gone = slots.keys().filter(|place| !now.contains_key(*place)).map(|place| (*place, U256::ZERO));
    let new = now.iter().filter(|(place, word)| slots.get(*place) != Some(word)).map(|(p, w)| (*p, *w));
    let changes: BTreeMap<_, _> = gone.chain(new).collect();
    for ((address, slot), word) in changes {
        let owner = MODULES.iter().find(|module| module.address() == address);
        let bytes = written.entry(owner.map_or("nobody", |module| module.name())).or_default();
        bytes.extend(story.to_be_bytes());
        bytes.extend(call.to_be_bytes());
        bytes.extend(slot.to_be_bytes::<32>());
        bytes.extend(word.to_be_bytes::<32>());
    }
    *slots = now;
}

fn tell(
    scene: &mut Scene<'_>,
    calls: &[Sent],
    story: &str,
    mut after: impl FnMut(u16, &mut Scene<'_>),
) -> Result<(), StoriesError> {
    for (number, call) in (1..).zip(calls) {
        if call.timestamp_ms > scene.block().timestamp_ms {
            scene.next_block_at(call.timestamp_ms);
        }
        let sent = Call { module: call.module, ..scene.direct(call.caller, &call.input) };
        if let Err(stop) = scene.send(sent) {
            return Err(wrong(format!(
                "call {number} of {story} was taken when it was told, and is refused now: {stop}. \
                 If that is meant, raise STORE_VERSION: members' data was written by such calls"
            )));
        }
        after(number, scene);
    }
    Ok(())
}

/// Reads the file.
fn read(text: &str) -> Result<Vec<Chain>, StoriesError> {
    let mut lines = (1..).zip(text.lines());
    let version = lines.next().and_then(|(_, line)| line.strip_prefix("store "));
    if version != Some(&STORE_VERSION.to_string()) {
        let version = version.unwrap_or("none");
        return Err(wrong(format!(
            "told under store version {version}, this one is {STORE_VERSION}; \
             DING_REGENERATE=1 cargo test -p ding-fuzz --test formats tells them anew"
        )));
    }
    let mut chains: Vec<Chain> = Vec::new();
    for (number, line) in lines {
        let damaged = || wrong(format!("line {number} is no story"));
        let words: Vec<&str> = line.splitn(5, ' ').collect();
        let chain = chains.last_mut();
        match (words.as_slice(), chain) {
            (["genesis", height, timestamp_ms, ..], _) => {
                let sections = line.splitn(4, ' ').nth(3).ok_or_else(damaged)?;
                chains.push(Chain {
                    height: height.parse().map_err(|_| damaged())?,
                    timestamp_ms: timestamp_ms.parse().map_err(|_| damaged())?,
                    sections: serde_json::from_str(sections).map_err(|_| damaged())?,
                    ..Chain::default()
                });
            }
            (["story", name, module], Some(chain)) => chain.stories.push(Story {
                name: (*name).to_owned(),
                module: (*module).to_owned(),
                calls: Vec::new(),
            }),
            (["call", timestamp_ms, module, caller, input], Some(chain)) => {
                let calls = match chain.stories.last_mut() {
                    Some(story) => &mut story.calls,
                    None => &mut chain.beginning,
                };
                calls.push(Sent {
                    timestamp_ms: timestamp_ms.parse().map_err(|_| damaged())?,
                    module: module.parse().map_err(|_| damaged())?,
                    caller: caller.parse().map_err(|_| damaged())?,
                    input: input.parse().map_err(|_| damaged())?,
                });
            }
            _ => return Err(damaged()),
        }
    }
    Ok(chains)
}

fn show(chains: &[Chain]) -> String {
    let mut text = format!("store {STORE_VERSION}\n");
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let call = |Sent { timestamp_ms, module, caller, input }: &Sent| {
        format!("call {timestamp_ms} {module:#x} {caller:#x} {input}")
    };
    for Chain { height, timestamp_ms, sections, beginning, stories } in chains {
        line(format!("genesis {height} {timestamp_ms} {}", Value::Object(sections.clone())));
        beginning.iter().for_each(|sent| line(call(sent)));
        for Story { name, module, calls } in stories {
            line(format!("story {name} {module}"));
            calls.iter().for_each(|sent| line(call(sent)));
        }
    }
    text
}

// --- Telling them the first time ---------------------------------------------------------------

/// A story that is being told.
pub(crate) struct Told {
    name: String,
    module: &'static str,
    /// The block on which it begins, and the calls before it.
    block: BlockInfo,
    before: usize,
    /// The chain.
    pub(crate) scene: Scene<'static>,
}

impl Told {
    /// Begins a story about a module on a chain; all that is there was called in one block.
    pub(crate) fn begin(name: String, module: &dyn Module, scene: Scene<'static>) -> Self {
        Self { name, module: module.name(), block: scene.block(), before: scene.sent().len(), scene }
    }
}

/// Writes the file if there is none of this store version.
///
/// # Errors
///
/// The disk refuses.
pub fn renew() -> Result<(), StoriesError> {
    let known = fs::read_to_string(path())
        .is_ok_and(|text| text.lines().next() == Some(&format!("store {STORE_VERSION}")));
    if known {
        return Ok(());
    }
    fs::write(path(), show(&told())).map_err(|error| wrong(error.to_string()))
}

/// The stories as today's targets tell them, those of one beginning together.
fn told() -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for told in targets::told().into_iter().chain([decisions(), deposits()]) {
        let (beginning, calls) = told.scene.sent().split_at(told.before);
        let sections = told.scene.sections().iter();
        let chain = Chain {
            height: told.block.height.get(),
            timestamp_ms: told.block.timestamp_ms,
            sections: sections.map(|(name, section)| (name.clone(), section.clone())).collect(),
            beginning: beginning.to_vec(),
            stories: Vec::new(),
        };
        let story = Story { name: told.name, module: told.module.into(), calls: calls.to_vec() };
        match chains.iter_mut().find(|known| Chain { stories: Vec::new(), ..(*known).clone() } == chain) {
            Some(known) => known.stories.push(story),
            None => chains.push(Chain { stories: vec![story], ..chain }),
        }
    }
    chains
}

/// What organisations decide about themselves, and supervisors about the calendar.
fn decisions() -> Told {
    const KEYS: [MemberKey; 3] =
        [MemberKey(B256::repeat_byte(1)), MemberKey(B256::repeat_byte(2)), MemberKey(B256::repeat_byte(9))];
    let [first, second, observer] = KEYS;
    let entry = |name: &str, roles: &[Role], accounts: &[Address], validator| OrganisationEntry {
        name: name.into(),
        roles: roles.to_vec(),
        accounts: accounts.to_vec(),
        validators: vec![validator],
        ..OrganisationEntry::default()
    };
    let office = OrganisationEntry {
        code: Some("12330100MB0000027B".into()),
        observers: vec![observer],
        ..entry("Harbour Notary Office", &[Role::Notary], &[NOTARY], first)
    };
    let bureau = entry("Bureau", &[Role::Supervisor], &[REGISTRAR, OTHER], second);
    let scene = Scene::new(&Members).with_organisation(office).with_organisation(bureau);
    let mut told = Told::begin("members-0".into(), &Members, scene.at_time(NOON_MS).at_height(7));
    let scene = &mut told.scene;
    let add = IMembers::addOrganisationCall {
        name: "Zhejiang Administration".into(),
        code: "91110000MA00000077".into(),
        division: 33,
        roles: Role::Provincial.bit(),
    };
    decided(scene, MEMBERS, add);
    decided(scene, MEMBERS, IMembers::addAccountCall { id: 3, account: STRANGER });
    decided(scene, MEMBERS, IMembers::addAccountCall { id: 3, account: MORE });
    decided(scene, MEMBERS, IMembers::setRolesCall { id: 1, roles: Role::Court.bit(), division: 0 });
    decided(scene, MEMBERS, IMembers::removeAccountCall { id: 3, account: STRANGER });
    let name = Parameter::VotingMs.word();
    decided(scene, MEMBERS, IMembers::setParameterCall { name, value: 5 * 24 * 3_600_000 });
    let today = Day::from_ms(NOON_MS).get();
    let table = |holidays, effective, source| ICalendar::loadTableCall {
        year: 2027,
        holidays,
        makeupDays: vec![2],
        effectiveDay: effective,
        source: digest(source),
    };
    decided(scene, CALENDAR, table(vec![1, 4], today, 5));
    decided(scene, CALENDAR, table(vec![1, 4, 5], today + 20, 6));
    decided(scene, FILING, IFiling::setPeriodCall { clock: 1, workingDays: 12, from: today + 30 });
    let Article { breaches, measures, .. } = Article::of(19).unwrap_or_default();
    let article = IFiling::setArticleCall {
        article: 19,
        minFen: 600_000,
        maxFen: 2_500_000,
        breaches,
        measures,
        from: today + 40,
    };
    decided(scene, FILING, article);
    let parameters =
        IPilot::setParametersCall { commentDays: 10, reportDays: 3, durationDays: 730, assessmentMonths: 4 };
    decided(scene, PILOT, parameters);
    let roles = Role::Provincial.bit() | Role::Competent.bit();
    let input = IMembers::setRolesCall { id: 3, roles, division: 33 }.abi_encode();
    for (id, verdict) in [(12, None), (13, Some(false))] {
        scene.next_block();
        let propose = IMembers::proposeCall {
            target: MEMBERS,
            input: input.clone().into(),
            notBeforeMs: NOON_MS + 3_600_000,
            title: "one role more".into(),
        };
        taken(scene, MEMBERS, REGISTRAR, propose);
        scene.next_block();
        match verdict {
            Some(approve) => taken(scene, MEMBERS, NOTARY, IMembers::voteCall { id, approve }),
            None => taken(scene, MEMBERS, REGISTRAR, IMembers::withdrawCall { id }),
        }
    }
    told
}

/// Files that are deposited, once more, in a batch and under an operation, and what offices say of them.
fn deposits() -> Told {
    let scene = Scene::new(&Evidence).notaries(&[NOTARY, REGISTRAR]);
    let mut told = Told::begin("evidence-0".into(), &Evidence, scene.at_time(NOON_MS).at_height(7));
    let address = Evidence.address();
    let deposit = |operation| IEvidence::depositCall {
        digest: digest(1),
        sm3: digest(2),
        kind: 6,
        provenance: digest(3),
        referenceId: digest(4),
        operation,
    };
    let batch = IEvidence::depositBatchCall {
        root: digest(6),
        count: 3,
        kind: 2,
        provenance: digest(7),
        referenceId: digest(8),
        operation: digest(9),
    };
    let attest = |opinion| IEvidence::attestCall { digest: digest(1), opinion, report: digest(10 + opinion) };
    let scene = &mut told.scene;
    for (caller, operation) in [(STRANGER, digest(5)), (OTHER, B256::ZERO), (STRANGER, digest(5))] {
        scene.next_block();
        taken(scene, address, caller, deposit(operation));
    }
    scene.next_block();
    taken(scene, address, OTHER, batch);
    for (caller, opinion) in [(NOTARY, 1), (REGISTRAR, 2)] {
        scene.next_block();
        taken(scene, address, caller, attest(opinion));
    }
    told
}

/// Noon of 10 February 2026 in Beijing.
const NOON_MS: u64 = 1_770_696_000_000;
/// An account of no organisation.
const MORE: Address = address!("00000000000000000000000000000000000000b3");

fn taken<C: SolCall>(scene: &mut Scene<'_>, module: Address, caller: Address, call: C) {
    if let Err(stop) = scene.call_of(module, caller, call) {
        panic!("a story has {}: {stop}", C::SIGNATURE);
    }
}

/// Proposes a call, votes for it and carries it out.
fn decided<C: SolCall>(scene: &mut Scene<'_>, module: Address, call: C) {
    scene.next_block();
    let voters = if module == MEMBERS { vec![NOTARY, REGISTRAR] } else { vec![REGISTRAR] };
    scene.approve(module, &voters, &call);
    scene.next_block();
    taken(scene, module, REGISTRAR, call);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layout of what is never written is not fixed.
    #[test]
    fn every_module_writes_in_the_stories() {
        let written = written().unwrap();
        for module in MODULES {
            let bytes = written.get(module.name()).map_or(0, Vec::len);
            assert!(bytes > 0, "no story writes a slot of {}", module.name());
        }
        assert!(!written.contains_key("nobody"), "a slot of no module was written");
    }

    #[test]
    fn stories_that_are_told_today_are_taken_and_read_back() {
        let chains = told();
        let names: Vec<&str> =
            chains.iter().flat_map(|chain| &chain.stories).map(|story| story.name.as_str()).collect();
        for module in MODULES {
            let first = format!("{}-0", module.name());
            assert!(names.contains(&first.as_str()), "nothing is told of {}", module.name());
        }
        assert!(chains.iter().flat_map(|chain| &chain.stories).all(|story| !story.calls.is_empty()));
        assert_eq!(read(&show(&chains)).unwrap(), chains);
    }

    #[test]
    fn stories_of_another_store_version_and_damaged_ones_are_refused_by_name() {
        let why = |text: &str| read(text).unwrap_err().to_string();
        assert!(why("store 0\n").contains("store version 0"), "{}", why("store 0\n"));
        assert!(why("").contains("store version none"));
        let damaged = why(&format!("store {STORE_VERSION}\nstory a calendar\n"));
        assert!(damaged.contains("line 2 is no story"), "{damaged}");
    }
}
