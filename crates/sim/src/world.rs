//! One world: four members, their network, their clients, and everything that the plan does to them.

use crate::{
    alarm, cast,
    clients::{Clients, patiently},
    finish,
    judge::{Judge, names_damage},
    plan::{Action, BLOCK_AFTER_HEAL_MS, MEET_AFTER_HEAL_MS, MEMBERS, Plan, Weather},
    workload::{holders, junk},
};
use commonware_p2p::simulated::Link;
use commonware_runtime::{Clock as _, Runner as _, Spawner as _, Supervisor as _, deterministic};
use commonware_utils::Probability;
use ding_chain::replay::Report;
use ding_primitives::{Address, B256, keccak256, limits};
use ding_seat::{
    Witness,
    byzantine::{self, Evil, Junk},
    dice::Dice,
    disk::{Crash, Done, How, Trouble},
    events::{BEGIN, Events},
    member::{Member, Net},
    network::Network,
    wire::Mess,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// How often the world looks after its members, milliseconds.
const TICK_MS: u64 = 500;
/// Looking at everything when a plan has come to its end takes at most this long; a world that goes on
/// waits for something that never comes.
const LATE: Duration = Duration::from_secs(600);
/// While at most one member is in trouble, blocks follow each other within this time, milliseconds.
const BLOCK_IN_CALM_MS: u64 = 20_000;
/// Who was shut out for being bad is let in again after so many looks: members do it after a minute
/// (`ding_chain::network`), here it is sooner, so that more of what it does is heard.
const LET_IN_TICKS: u64 = 8;
/// What a disk did is a reason to stop for this long, milliseconds; later only to who says that it is a
/// store that failed.
const REASON_MS: u64 = 10_000;
/// An operator starts a member again this long after it stopped by itself, milliseconds.
const OPERATOR_MS: u64 = 4_000;

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What did not hold, if anything.
    pub blame: Option<String>,
    /// Hash over everything that happened: events, chain, and each step of the runtime.
    pub hash: B256,
    /// Height of the chain.
    pub height: u64,
    /// Transactions in it.
    pub transactions: usize,
    /// Those of them that failed.
    pub failed: u64,
    /// Starts of members.
    pub starts: u32,
    /// Simulated time, milliseconds.
    pub simulated_ms: u64,
    /// What happened, if it was not printed.
    pub lines: Vec<String>,
}

/// Runs the world of a plan.
pub fn run(plan: &Plan, aloud: bool) -> Outcome {
    ding_execution::forget_code();
    alarm::listen(None);
    alarm::take();
    let folder = Folder::new(plan.seed);
    let config = deterministic::Config::new()
        .with_seed(plan.seed)
        .with_start_time(UNIX_EPOCH + BEGIN)
        .with_timeout(None)
        .with_catch_panics(false);
    let path = folder.0.clone();
    let plan = plan.clone();
    deterministic::Runner::new(config).start(|context| async move {
        let last = Duration::from_millis(plan.length_ms) + LATE;
        let mut world = World::new(context.child("world"), plan, aloud, &path).await;
        let lived = commonware_macros::select! {
            () = world.live() => true,
            _ = context.sleep(last) => false,
        };
        if !lived {
            world.judge.blame(None, "something that was waited for never came".into());
        }
        world.outcome()
    })
}

/// Whether a sync was of marks up to where a cache of blocks was found sound. They are written again when it
/// is opened, and nobody relies on them before the sync was seen to succeed, which may be when that cache
/// is next written: without them more of it is read when it is opened.
fn is_of_marks(sync: &str) -> bool {
    sync.contains("-marshal-cache-cache-") && sync.contains("-metadata/")
}

/// A folder for rows, gone with the run.
struct Folder(PathBuf);

impl Folder {
    fn new(seed: u64) -> Self {
        let shm = Path::new("/dev/shm");
        let base = if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() };
        let path = base.join(format!("ding-sim-{}-{seed}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let _ = std::fs::create_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct World {
    context: deterministic::Context,
    plan: Plan,
    dice: Dice,
    network: Network,
    net: Net,
    members: Vec<Member>,
    clients: Clients,
    judge: Judge,
    events: Events,
    weather: Weather,
    cuts: BTreeSet<(usize, usize)>,
    /// Members whose links are unlike the others.
    slow: BTreeMap<usize, Weather>,
    /// Whether the member that may be bad is, now.
    bad_now: bool,
    /// What floods are made of.
    junk: Junk,
    /// Members whose disk read wrong or rotted: they may have to be given a new one.
    rotten: BTreeSet<usize>,
    /// Members that may have said two things: bad ones, and those that forgot what they said because their
    /// disk read it wrong. Others may have shut them out.
    suspect: BTreeSet<usize>,
    /// Members that were bad.
    evil: BTreeSet<usize>,
    /// When an operator looks after a member that stopped by itself.
    operator: BTreeMap<usize, u64>,
    /// When everything healed, the height then, whether a block came since, whether all met since.
    heal: Option<Heal>,
    /// Since when at most one member is in trouble.
    calm_ms: Option<u64>,
    /// Members in trouble of their own.
    troubled: BTreeSet<usize>,
    ticks: u64,
    /// When all members were looked after last.
    looked_ms: u64,
    bursts: u64,
}

#[derive(Clone, Copy, Debug)]
struct Heal {
    at_ms: u64,
    height: u64,
    block: bool,
    met: bool,
}

impl World {
    async fn new(context: deterministic::Context, plan: Plan, aloud: bool, folder: &Path) -> Self {
        let dice = Dice::new(plan.seed).fork("world");
        let addresses: Vec<Address> = holders().iter().map(|key| key.address()).collect();
        let sections = cast::sections(&mut dice.fork("genesis"));
        let network = Network::new(MEMBERS, &addresses, cast::organisations(&addresses), sections);
        let events = Events::new(context.child("events"), aloud);
        let genesis_hash = network.genesis_hash();
        let judge = Judge::new(&network.spec, genesis_hash, events.clone());
        let net = network.simulate(&context);
        let members: Vec<Member> =
            (0..MEMBERS).map(|index| Member::new(&context, index, &dice, folder)).collect();
        let junk = junk(judge.clone(), network.spec.chain_id);
        let clients = Clients {
            doors: members.iter().map(|member| member.door.clone()).collect(),
            judge: judge.clone(),
            events: events.clone(),
            chain_id: network.spec.chain_id,
        };
        Self {
            context,
            plan,
            dice,
            network,
            net,
            members,
            clients,
            judge,
            events,
            weather: Weather::FAIR,
            cuts: BTreeSet::new(),
            slow: BTreeMap::new(),
            bad_now: false,
            junk,
            rotten: BTreeSet::new(),
            suspect: BTreeSet::new(),
            evil: BTreeSet::new(),
            operator: BTreeMap::new(),
            heal: None,
            calm_ms: None,
            troubled: BTreeSet::new(),
            ticks: 0,
            looked_ms: 0,
            bursts: 0,
        }
    }

    fn outcome(&self) -> Outcome {
        let audit = self.context.auditor().state();
        let chain = self.judge.chain_hash();
        let hash = keccak256([self.events.hash().as_slice(), chain.as_slice(), audit.as_bytes()].concat());
        let (transactions, failed) = self.judge.with(|model| (model.transactions(), model.failed()));
        Outcome {
            blame: self.judge.verdict(),
            hash,
            height: self.judge.newest().0,
            transactions,
            failed,
            starts: self.members.iter().map(|member| member.starts).sum(),
            simulated_ms: self.events.now_ms(),
            lines: self.events.take(),
        }
    }

    async fn live(&mut self) {
        self.link_all().await;
        for index in 0..MEMBERS {
            self.start(index).await;
        }
        let actions: Vec<_> = self.plan.actions.clone();
        let mut actions = actions.into_iter().peekable();
        loop {
            let now = self.events.now_ms();
            while let Some((_, action)) = actions.next_if(|(at, _)| *at <= now) {
                self.act(action).await;
            }
            self.tick().await;
            if self.judge.verdict().is_some() {
                return;
            }
            let now = self.events.now_ms();
            if now >= self.plan.length_ms {
                break;
            }
            let next = actions.peek().map_or(self.plan.length_ms, |(at, _)| *at);
            let pause = next.saturating_sub(now).clamp(1, TICK_MS);
            self.context.sleep(Duration::from_millis(pause)).await;
        }
        self.finish().await;
    }

    async fn start(&mut self, index: usize) {
        self.operator.remove(&index);
        let Self { context, net, network, judge, events, .. } = self;
        let judge: Arc<dyn Witness> = Arc::new(judge.clone());
        let Some(member) = self.members.get_mut(index).filter(|member| !member.is_running()) else { return };
        member.start(context, net, network, &judge, events).await;
    }

    async fn crash(&mut self, index: usize, crash: Crash) {
        let Some(member) = self.members.get_mut(index).filter(|member| member.is_running()) else { return };
        self.events.tell(Some(index), format!("loses power, unsynced writes: {crash:?}"));
        member.crash(&self.net, &self.network, crash).await;
    }

    /// Sets a member's clock. One that is set back further than a process bears starts that member again,
    /// with all that it wrote, as the program does.
    async fn set_clock(&mut self, index: usize, ahead_ms: i64, drift_ppm: i64) {
        let Some(member) = self.members.get_mut(index) else { return };
        let now = self.context.current();
        let before = member.watch.show(now);
        member.watch.set(now, ahead_ms, drift_ppm);
        let back = before.duration_since(member.watch.show(now)).unwrap_or_default();
        if back > Duration::from_millis(limits::CLOCK_BACK_MS_MAX) && member.is_running() {
            let words = format!("its clock was set back by {} ms, it starts again", back.as_millis());
            self.events.tell(Some(index), words);
            member.crash(&self.net, &self.network, Crash::Kept).await;
            self.start(index).await;
        }
    }

    async fn link_all(&mut self) {
        for (from, sender) in self.network.keys.iter().enumerate() {
            for (to, receiver) in self.network.keys.iter().enumerate() {
                if from == to {
                    continue;
                }
                let _ = self.net.remove_link(sender.clone(), receiver.clone()).await;
                if self.cuts.contains(&(from, to)) {
                    continue;
                }
                let slow = self.slow.get(&from).or_else(|| self.slow.get(&to));
                let Weather { latency_ms, jitter_ms, loss } = *slow.unwrap_or(&self.weather);
                let link = Link {
                    latency: Duration::from_millis(latency_ms),
                    jitter: Duration::from_millis(jitter_ms),
                    success_rate: Probability::new(1000 - loss.min(1000), 1000)
                        .expect("no more than a thousand of a thousand"),
                };
                let _ = self.net.add_link(sender.clone(), receiver.clone(), link).await;
            }
        }
    }

    async fn act(&mut self, action: Action) {
        if action.is_trouble() {
            self.heal = None;
        }
        match &action {
            Action::Crash(index, _)
            | Action::Mess(index, _)
            | Action::Disk(index, _)
            | Action::Rot(index, _)
            | Action::Clock(index, ..)
            | Action::Slow(index, _)
            | Action::Evil(index, _) => {
                self.troubled.insert(*index);
            }
            _ => {}
        }
        match action {
            Action::Crash(index, crash) => self.crash(index, crash).await,
            Action::Start(index) => self.start(index).await,
            Action::Weather(weather) => {
                self.events.tell(
                    None,
                    format!(
                        "links: {} ms \u{b1} {} ms, {} of 1000 lost",
                        weather.latency_ms, weather.jitter_ms, weather.loss
                    ),
                );
                self.weather = weather;
                self.link_all().await;
            }
            Action::Cut(from, to) => {
                self.events.tell(None, format!("cut from member-{} to member-{}", from + 1, to + 1));
                self.cuts.insert((from, to));
                let keys = &self.network.keys;
                if let (Some(from), Some(to)) = (keys.get(from), keys.get(to)) {
                    let _ = self.net.remove_link(from.clone(), to.clone()).await;
                }
            }
            Action::Mess(index, mess) => {
                self.events.tell(
                    Some(index),
                    format!(
                        "of 1000 messages {} go twice, {} up to {} ms late",
                        mess.twice, mess.late, mess.late_ms
                    ),
                );
                if let Some(member) = self.members.get(index) {
                    member.post.set_mess(mess);
                }
            }
            Action::Disk(index, trouble) => {
                self.events.tell(Some(index), format!("{trouble:?}"));
                if trouble.flips > 0 {
                    self.rotten.insert(index);
                    self.suspect.insert(index);
                }
                if let Some(member) = self.members.get(index) {
                    member.disk.set_trouble(trouble);
                }
            }
            Action::Rot(index, bits) => {
                let Some(member) = self.members.get(index).filter(|member| !member.is_running()) else {
                    return;
                };
                let places = member.disk.rot(bits);
                self.rotten.insert(index);
                self.suspect.insert(index);
                self.events.tell(Some(index), format!("its disk rots: {}", places.join(", ")));
            }
            Action::Clock(index, ahead_ms, drift_ppm) => {
                self.events.tell(
                    Some(index),
                    format!("its clock is {ahead_ms} ms ahead and gains {drift_ppm} millionths"),
                );
                self.set_clock(index, ahead_ms, drift_ppm).await;
            }
            Action::Evil(index, kind) => {
                self.events.tell(Some(index), format!("turns bad: {kind:?}"));
                self.suspect.insert(index);
                self.evil.insert(index);
                if kind == byzantine::Kind::Garbage {
                    self.judge.with(|model| model.spoils());
                }
                let dice = self.dice.fork(&format!("evil {}", self.ticks));
                let evil = Evil::new(kind, &self.network, index, dice, self.junk.clone());
                self.bad_now = true;
                if let Some(member) = self.members.get(index) {
                    member.post.set_evil(Some(evil));
                }
            }
            Action::Burst(count, span_ms) => {
                self.bursts += 1;
                let dice = self.dice.fork(&format!("burst {}", self.bursts));
                let clients = self.clients.clone();
                let work = self.context.child("clients");
                work.spawn(move |context| clients.burst(context, dice, count, span_ms));
            }
            Action::Slow(index, weather) => {
                self.events.tell(
                    Some(index),
                    format!(
                        "its links: {} ms \u{b1} {} ms, {} of 1000 lost",
                        weather.latency_ms, weather.jitter_ms, weather.loss
                    ),
                );
                self.slow.insert(index, weather);
                self.link_all().await;
            }
            Action::Pay => {
                for index in 0..MEMBERS {
                    let dice = self.dice.fork(&format!("payment at {index}, {}", self.ticks));
                    let clients = self.clients.clone();
                    let work = self.context.child("payment");
                    work.spawn(move |context| clients.pay(context, dice, index));
                }
            }
            Action::Heal => self.heal_all().await,
        }
    }

    async fn heal_all(&mut self) {
        self.events.tell(None, "everything heals");
        self.weather = Weather::FAIR;
        self.cuts.clear();
        self.slow.clear();
        self.bad_now = false;
        self.troubled.clear();
        self.link_all().await;
        self.check_blocked().await;
        self.let_in().await;
        for index in 0..MEMBERS {
            if let Some(member) = self.members.get(index) {
                member.post.set_mess(Mess::default());
                member.post.set_evil(None);
                member.disk.set_trouble(Trouble::default());
            }
            self.set_clock(index, 0, 0).await;
            self.start(index).await;
        }
        let height = self.judge.newest().0;
        self.heal = Some(Heal { at_ms: self.events.now_ms(), height, block: false, met: false });
    }

    /// Whoever was shut out for being bad is let in again. More than once, until it has caught up: it
    /// may honestly repeat a vote that contradicts what it sent when it was bad.
    async fn let_in(&self) {
        for (from, to) in self.net.blocked().await.unwrap_or_default() {
            let _ = self.net.unblock(from, to).await;
        }
    }

    /// Looks after everyone.
    async fn tick(&mut self) {
        self.ticks += 1;
        if self.heal.is_some_and(|heal| !heal.met) {
            self.check_blocked().await;
            self.let_in().await;
        }
        if self.bad_now && self.ticks.is_multiple_of(LET_IN_TICKS) {
            // It goes on being bad where it would be silent for a minute.
            self.check_blocked().await;
            self.let_in().await;
        }
        for index in 0..MEMBERS {
            self.look_after(index).await;
        }
        self.looked_ms = self.events.now_ms();
        let now = self.events.now_ms();
        let due: Vec<usize> =
            self.operator.iter().filter(|(_, at)| **at <= now).map(|(index, _)| *index).collect();
        for index in due {
            self.start(index).await;
        }
        for words in alarm::take().into_iter().filter(|words| !self.is_of_bad(words)) {
            self.judge.blame(None, format!("alarm: {words}"));
        }
        if self.check_heal(now) {
            finish::met(&self.context, &self.members, &self.judge, &mut self.dice, now).await;
        }
        self.check_calm(now);
        if self.ticks.is_multiple_of(4) {
            self.check_certificate().await;
            self.check_limits().await;
            self.check_blocked().await;
        }
    }

    /// Whether an alarm is that somebody refused a block of a leader that was bad, as it should.
    fn is_of_bad(&self, alarm: &str) -> bool {
        let mut bad = self.evil.iter().filter_map(|index| self.network.keys.get(*index));
        bad.any(|key| alarm.contains(&key.to_string()))
    }

    /// Notices a member that stopped by itself: only a disk that failed, just before, is a reason to; and
    /// of what a disk holds or read wrong it says so.
    async fn look_after(&mut self, index: usize) {
        let Some(member) = self.members.get_mut(index) else { return };
        let Some(death) = member.death() else {
            // Whoever runs on after a failed sync relies on what may go with the power.
            let done = if member.is_running() { member.disk.done() } else { Vec::new() };
            let old = |done: &&Done| done.how == How::FailedSync && done.at_ms + REASON_MS < self.looked_ms;
            if let Some(sync) = done.iter().find(|done| old(done) && !is_of_marks(&done.what)) {
                let what = format!("goes on though at {} ms the {}", sync.at_ms, sync.what);
                self.judge.blame(Some(index), what);
            }
            return;
        };
        let done = member.disk.done();
        self.events.tell(Some(index), format!("stops: {death}"));
        // The process is gone, the machine is not: what was written is kept.
        member.crash(&self.net, &self.network, Crash::Kept).await;
        if done.iter().any(|done| done.how == How::Wrong) {
            // A start repairs what it reads, so a bit that was read wrong once may be wrong for good.
            self.rotten.insert(index);
        }
        let rotten = self.rotten.contains(&index);
        // It was still alive when it was looked after before, which may be a while ago. A sync that
        // failed may be noticed only when something is written again, which is said then.
        let named = names_damage(&death);
        let mut failed = done.iter().rev().filter(|done| done.how != How::Wrong);
        let reason = failed.find(|done| named || self.looked_ms <= done.at_ms + REASON_MS);
        match (reason, rotten) {
            (Some(reason), _) => {
                self.events
                    .tell(Some(index), format!("reason: {} (and {} more)", reason.what, done.len() - 1));
            }
            (None, true) if named => {}
            (None, true) => {
                self.judge.blame(Some(index), format!("fell over what is on its disk: {death}"));
                return;
            }
            (None, false) => {
                self.judge.blame(Some(index), format!("stopped without a reason: {death}"));
                return;
            }
        }
        if rotten && done.is_empty() {
            // Nothing is wrong with the disk any more but what is on it.
            self.events.tell(Some(index), "gets a new disk");
            member.wipe();
            self.rotten.remove(&index);
            self.forgive(index).await;
        }
        self.operator.insert(index, self.events.now_ms() + OPERATOR_MS);
    }

    /// What a member said that its old disk forgot is forgotten. Its new disk knows nothing either, and
    /// from here on that must not make it say two things.
    async fn forgive(&mut self, index: usize) {
        self.check_blocked().await;
        if !self.evil.contains(&index) {
            self.suspect.remove(&index);
        }
        let Some(key) = self.network.keys.get(index).cloned() else { return };
        for (from, to) in self.net.blocked().await.unwrap_or_default() {
            if to == key {
                let _ = self.net.unblock(from, to).await;
            }
        }
    }

    /// The member that has all the trouble there is, if it is one: the others are a quorum.
    fn only_troubled(&self) -> Option<usize> {
        if self.weather != Weather::FAIR {
            return None;
        }
        let down = self.members.iter().filter(|member| member.door.up().is_none()).map(|member| member.index);
        let troubled: BTreeSet<usize> = self.troubled.iter().copied().chain(down).collect();
        (0..MEMBERS).find(|one| {
            troubled.iter().all(|index| index == one)
                && self.cuts.iter().all(|(from, to)| from == one || to == one)
        })
    }

    /// Whatever happens to one member, the others go on.
    fn check_calm(&mut self, now: u64) {
        let Some(one) = self.only_troubled() else {
            self.calm_ms = None;
            return;
        };
        let since = *self.calm_ms.get_or_insert(now);
        let (newest, at_ms) = self.judge.newest();
        if now > since.max(at_ms) + BLOCK_IN_CALM_MS {
            self.calm_ms = None;
            self.judge.blame(
                None,
                format!("no block after {newest} for 20 s, and at most member-{} is in trouble", one + 1),
            );
        }
    }

    /// After everything healed there is a block soon, and all meet. Whether they just met.
    fn check_heal(&mut self, now: u64) -> bool {
        let Some(heal) = &mut self.heal else { return false };
        let (newest, _) = self.judge.newest();
        if !heal.block && newest > heal.height {
            heal.block = true;
            self.events.tell(None, format!("a block {} ms after everything healed", now - heal.at_ms));
        }
        if !heal.block && now > heal.at_ms + BLOCK_AFTER_HEAL_MS {
            let height = heal.height;
            self.heal = None;
            self.judge.blame(None, format!("no block after {height} within 10 s after everything healed"));
            return false;
        }
        let heads: Vec<Option<u64>> = self
            .members
            .iter()
            .map(|member| member.door.up().map(|up| up.reader.head().header.height.get()))
            .collect();
        let meet = heal.block && !heal.met && heads.iter().all(|head| *head == Some(newest));
        if meet {
            heal.met = true;
            self.events.tell(
                None,
                format!("all members at block {newest} {} ms after everything healed", now - heal.at_ms),
            );
        }
        if !heal.met && now > heal.at_ms + MEET_AFTER_HEAL_MS {
            self.heal = None;
            self.judge.blame(
                None,
                format!("members did not meet within 60 s after everything healed: {heads:?} of {newest}"),
            );
        }
        meet
    }

    /// Asks members for certificates that nobody showed yet. Who has none may have no block there: at
    /// the end somebody must.
    async fn check_certificate(&mut self) {
        let open = self.judge.uncertified();
        for _ in 0..open.len().min(4) {
            let height = *self.dice.pick(&open);
            let index = self.dice.index(MEMBERS);
            let Some(up) = self.members.get(index).and_then(|member| member.door.up()) else { continue };
            let asked = up.reader.certificate(ding_primitives::Height::new(height));
            let Some(Ok(Some(shown))) = patiently(&self.context, asked).await else { continue };
            let probe = self.dice.chance(100);
            self.judge.certificate(index, height, &shown, probe);
        }
    }

    /// Everything that grows in a member is within its bound. The members' bounds are so small that
    /// ordinary work reaches them.
    async fn check_limits(&mut self) {
        // Somebody installs filters at the doors and forgets about them.
        let topics = "0x5555555555555555555555555555555555555555555555555555555555555555";
        let filter = format!("[{{\"topics\":{:?}}}]", vec![topics; self.dice.index(3)]);
        let index = self.dice.index(MEMBERS);
        if let Some(up) = self.members.get(index).and_then(|member| member.door.up()) {
            // Refused if too many are there.
            let _ = patiently(&self.context, up.call("eth_newFilter", &filter)).await;
        }
        for member in &self.members {
            let Some(up) = member.door.up() else { continue };
            for holding in up.holdings().into_iter().filter(|holding| !holding.is_within()) {
                self.judge.blame(Some(member.index), format!("over its limit, {holding}"));
            }
        }
    }

    /// No sound member shuts a sound one out.
    async fn check_blocked(&self) {
        for (from, to) in self.net.blocked().await.unwrap_or_default() {
            let index = |key| self.network.keys.iter().position(|k| k == key);
            let (Some(from), Some(to)) = (index(&from), index(&to)) else { continue };
            if !self.suspect.contains(&to) && !self.evil.contains(&from) {
                self.judge.blame(Some(from), format!("shut member-{} out, which did nothing", to + 1));
            }
        }
    }

    /// A member's whole archive is executed again from the genesis: state, receipts, certificates and
    /// the modules' own checks.
    async fn replay(&mut self, index: usize) {
        let Some(member) = self.members.get_mut(index) else { return };
        let Some(head) = member.door.up().map(|up| up.reader.head()) else { return };
        let replayed = member.replay(&self.context, &self.net, &self.network, head.header.height).await;
        let Report { blocks, transactions, certificates, head: last, .. } = match replayed {
            Ok(report) => report,
            Err(what) => return self.judge.blame(Some(index), format!("executed again: {what}")),
        };
        // What it had archived and not told of yet is final, so the others tell of it.
        let told = patiently(&self.context, async {
            while self.judge.newest().0 < blocks {
                self.context.sleep(Duration::from_millis(TICK_MS)).await;
            }
        });
        let _ = told.await;
        let known = self.judge.block(blocks).map(|block| block.header.hash());
        if blocks != 0 && known != Some(last) {
            let words = format!("executed again: its block {blocks} is {last}, that of all is {known:?}");
            return self.judge.blame(Some(index), words);
        }
        let words = format!(
            "executed again: {blocks} blocks, {transactions} transactions, {certificates} certificates"
        );
        self.events.tell(Some(index), words);
    }

    /// What can be said only at the end.
    async fn finish(&mut self) {
        finish::finish(&self.context, &self.members, &self.judge, &self.events, &mut self.dice).await;
        // Who ended of what it was asked for now ended with a reason, or not.
        for index in 0..MEMBERS {
            self.look_after(index).await;
        }
        if self.judge.verdict().is_none() {
            // One whose disk is sound: damage is found and named, and would say nothing of execution.
            let sound = |one: &&Member| one.is_running() && !self.rotten.contains(&one.index);
            let sound: Vec<usize> = self.members.iter().filter(sound).map(|one| one.index).collect();
            if !sound.is_empty() {
                let index = *self.dice.pick(&sound);
                self.replay(index).await;
            }
        }
        for words in alarm::take().into_iter().filter(|words| !self.is_of_bad(words)) {
            self.judge.blame(None, format!("alarm: {words}"));
        }
        let (height, _) = self.judge.newest();
        self.events.tell(None, format!("ends at block {height}"));
    }
}
