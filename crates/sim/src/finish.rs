//! What can be said only when all members are at one block, and when a world ends: every member answers
//! alike, and nothing was lost.

use crate::{clients::patiently, judge::Judge, workload::accounts};
use alloy_sol_types::SolCall as _;
use commonware_runtime::{Clock as _, deterministic};
use ding_chain::{
    Reader,
    reader::{self, Certified, Claim},
};
use ding_execution::fiber::{self, Stack};
use ding_modules::{
    BlockInfo,
    evidence::{abi::IEvidence, state::ADDRESS},
    registry,
};
use ding_primitives::{
    Account, Address, B256, Bytes, Height, U256, limits,
    ports::{ReadError, ReadState},
};
use ding_seat::{
    Witness as _,
    dice::Dice,
    events::Events,
    member::{Member, Up},
};
use std::time::Duration;

/// Heights whose certificates every member is asked for whenever all met, and at the end.
const CERTIFICATES: usize = 4;
const CERTIFICATES_AT_THE_END: usize = 16;
/// Blocks whose rows are held against the chain whenever all met.
const ROWS: u64 = 100;
/// Pause between two looks at whether all members are at one block, and looks, at the end.
const GATHER: Duration = Duration::from_millis(20);
const GATHERINGS: usize = 500;

fn all_up(members: &[Member]) -> Vec<(usize, Up)> {
    members.iter().filter_map(|member| Some((member.index, member.door.up()?))).collect()
}

/// Looks at every member when all are at one block: their rows, a few certificates and proofs, what
/// became of what they took, and one member's modules.
pub async fn met(
    context: &deterministic::Context,
    members: &[Member],
    judge: &Judge,
    dice: &mut Dice,
    now_ms: u64,
) {
    let up = all_up(members);
    // Before anything waits, so that nobody gets a block ahead.
    rows_of(&up, judge, dice, ROWS);
    for (index, up) in &up {
        fates_of(*index, up, judge, now_ms);
    }
    let newest = up.iter().map(|(_, up)| up.reader.head().header.height.get()).min().unwrap_or_default();
    if newest > 0 {
        let heights: Vec<u64> = (0..CERTIFICATES).map(|_| dice.between(1, newest)).collect();
        certificates_of(context, &up, judge, &heights).await;
        proofs_of(context, &up, judge, dice).await;
    }
    if !up.is_empty() {
        let (index, up) = dice.pick(&up);
        while_on(context, up, invariants_of(*index, up, judge)).await;
    }
}

/// Looks at everything once more.
pub async fn finish(
    context: &deterministic::Context,
    members: &[Member],
    judge: &Judge,
    events: &Events,
    dice: &mut Dice,
) {
    let mut up = all_up(members);
    let heads = |up: &[(usize, Up)]| -> Vec<Height> {
        up.iter().map(|(_, up)| up.reader.head().header.height).collect()
    };
    for _ in 0..GATHERINGS {
        let at = heads(&up);
        if at.iter().all(|head| Some(head) == at.first()) {
            break;
        }
        context.sleep(GATHER).await;
        up = all_up(members);
    }
    let at = heads(&up);
    let Some(lowest) = at.iter().min().copied() else { return };
    if at.iter().any(|head| *head != lowest) {
        judge.blame(None, format!("members are not at one block at the end: {at:?}"));
    }
    let hash = rows_of(&up, judge, dice, u64::MAX);
    for (index, up) in &up {
        let state = async {
            accounts_of(*index, up, judge).await;
            modules_of(*index, up, judge).await;
            invariants_of(*index, up, judge).await;
        };
        while_on(context, up, state).await;
        fates_of(*index, up, judge, events.now_ms());
        pending_of(*index, up, judge);
    }
    every_certificate(context, &up, judge, lowest.get()).await;
    if lowest > Height::GENESIS {
        let heights: Vec<u64> = (0..CERTIFICATES_AT_THE_END).map(|_| dice.between(1, lowest.get())).collect();
        certificates_of(context, &up, judge, &heights).await;
        proofs_of(context, &up, judge, dice).await;
    }
    let steps =
        judge.with(|model| format!("{:?}, {} met a stopped service", model.facts().steps(), model.stopped()));
    events.tell(None, format!("events of modules: {steps}"));
    if let Some(hash) = hash {
        events.tell(None, format!("rows up to block {lowest}: {hash}"));
    }
}

/// Every height has a certificate that verifies, at some member.
async fn every_certificate(context: &deterministic::Context, up: &[(usize, Up)], judge: &Judge, lowest: u64) {
    for height in judge.uncertified().into_iter().take_while(|height| *height <= lowest) {
        let mut said = Vec::new();
        for (index, up) in up {
            match certificate(context, up, height).await {
                Ok(shown) => {
                    judge.certificate(*index, height, &shown, false);
                    said.clear();
                    break;
                }
                Err(why) => said.push(format!("member-{}: {why}", index + 1)),
            }
        }
        if !said.is_empty() {
            judge.blame(None, format!("nobody has a certificate of block {height}: {}", said.join("; ")));
            return;
        }
    }
}

/// Every member has certificates of these heights.
async fn certificates_of(
    context: &deterministic::Context,
    up: &[(usize, Up)],
    judge: &Judge,
    heights: &[u64],
) {
    for (index, up) in up {
        for height in heights {
            match certificate(context, up, *height).await {
                Ok(shown) => judge.certificate(*index, *height, &shown, false),
                Err(why) => {
                    judge.unanswered(*index, up, &format!("has no certificate of block {height}: {why}"));
                }
            }
        }
    }
}

async fn certificate(context: &deterministic::Context, up: &Up, height: u64) -> Result<Certified, String> {
    let mut answer = Err("no answer".to_owned());
    for _ in 0..limits::READ_ATTEMPTS_MAX {
        let asked = up.reader.certificate(Height::new(height));
        answer = match patiently(context, asked).await {
            Some(Ok(Some(shown))) => return Ok(shown),
            // Of a block that just became final it is on its way to the archive.
            Some(Ok(None)) => Err("nothing".to_owned()),
            Some(Err(error)) => return Err(error.to_string()),
            None => return answer,
        };
        context.sleep(GATHER).await;
    }
    answer
}

/// Every member proves an account, a slot of a module and one of a contract: of the same state.
async fn proofs_of(context: &deterministic::Context, up: &[(usize, Up)], judge: &Judge, dice: &mut Dice) {
    let account = dice.pick(&accounts()).address();
    let claims =
        [Some(Claim::Account(account)), Some(Judge::module_slot()), judge.any_counter(dice.index(1 << 20))];
    for (index, up) in up {
        for claim in claims.iter().flatten() {
            match patiently(context, up.reader.prove(*claim)).await {
                Some(Ok(Some(package))) => judge.proves(*index, claim, &package),
                Some(Ok(None)) => {
                    judge.unanswered(*index, up, &format!("has nothing to prove {claim:?} with"))
                }
                Some(Err(ReadError::Failed(why))) => {
                    judge.unanswered(*index, up, &format!("proves no {claim:?}: {why}"));
                }
                Some(Err(ReadError::Stale | ReadError::Cancelled)) | None => {}
            }
        }
    }
}

/// Asks a member for much. It may come upon what rotted and end of it, and then it answers no more.
async fn while_on(context: &deterministic::Context, up: &Up, work: impl Future<Output = ()>) {
    let mut work = std::pin::pin!(work);
    loop {
        commonware_macros::select! {
            () = &mut work => return,
            _ = context.sleep(GATHER) => {
                if !up.is_on() {
                    return;
                }
            },
        }
    }
}

async fn accounts_of(index: usize, up: &Up, judge: &Judge) {
    for key in accounts() {
        let address = key.address();
        let Ok(at) = up.reader.account(address).await else {
            judge.blame(Some(index), format!("does not answer for account {address}"));
            return;
        };
        let shown = at.value.map(|account| (account.nonce, account.balance)).unwrap_or_default();
        let want = judge.with(|model| model.account(&address, at.height.get()));
        if at.height.get() > 0 && want.is_some_and(|want| (want.nonce, want.balance) != shown) {
            judge.blame(Some(index), format!("account {address} is {shown:?} at the end, want {want:?}"));
        }
    }
}

async fn modules_of(index: usize, up: &Up, judge: &Judge) {
    let height = up.reader.head().header.height.get();
    let data = alloy_primitives::hex::encode_prefixed(IEvidence::countsCall {}.abi_encode());
    let params = format!("[{{\"to\":\"{ADDRESS}\",\"data\":\"{data}\"}},\"latest\"]");
    let answer = up.call("eth_call", &params).await;
    let counts = judge.with(|model| (model.height() == height).then(|| model.counts()));
    match answer {
        Ok(answer) => {
            let bytes = alloy_primitives::hex::decode(answer.trim_matches('"')).unwrap_or_default();
            let shown = IEvidence::countsCall::abi_decode_returns(&bytes)
                .map(|counts| (counts.records, counts.repeats, counts.attestations));
            if counts.is_some_and(|counts| shown.as_ref().ok() != Some(&counts)) {
                judge.blame(Some(index), format!("evidence counts {shown:?}, its events {counts:?}"));
            }
        }
        Err(error) => judge.blame(Some(index), format!("does not say what evidence counts: {error}")),
    }
    for number in 0..4 {
        let document = judge.with(|model| model.any_document(number * 7));
        let Some(digest) = document else { break };
        let call = IEvidence::recordOfCall { digest };
        let data = alloy_primitives::hex::encode_prefixed(call.abi_encode());
        let params = format!("[{{\"to\":\"{ADDRESS}\",\"data\":\"{data}\"}},\"latest\"]");
        let Ok(answer) = up.call("eth_call", &params).await else { continue };
        let bytes = alloy_primitives::hex::decode(answer.trim_matches('"')).unwrap_or_default();
        let shown = IEvidence::recordOfCall::abi_decode_returns(&bytes)
            .map(|record| (record.depositor, record.height));
        let want = judge.with(|model| model.deposit(&digest));
        if shown.as_ref().ok() != want.as_ref() {
            judge.blame(Some(index), format!("document {digest} is {shown:?}, first deposit {want:?}"));
        }
    }
    let (counters, contracts) = judge.with(|model| (model.counters().clone(), model.contracts().clone()));
    for (counter, want) in counters {
        let shown = up.reader.slot(counter, U256::ZERO).await.map(|at| at.value);
        if shown.as_ref().ok() != Some(&U256::from(want)) {
            judge.blame(Some(index), format!("counter {counter} is at {shown:?}, want {want}"));
        }
    }
    for (contract, length) in contracts {
        let code = up.reader.code(contract).await.map(|at| at.value.len() as u64);
        if code.as_ref().ok() != Some(&length) {
            judge.blame(Some(index), format!("contract {contract} has {code:?} bytes, want {length}"));
        }
    }
}

/// Every module's own check, over the state as this member reads it.
async fn invariants_of(index: usize, up: &Up, judge: &Judge) {
    for _ in 0..limits::READ_ATTEMPTS_MAX {
        let head = up.reader.head();
        let (height, timestamp_ms) = (head.header.height, head.header.timestamp_ms);
        let block = BlockInfo { height, timestamp_ms, chain_id: up.reader.spec().chain_id };
        let history = judge.history(height.get());
        let mut state = At { reader: up.reader.clone(), height, overtaken: false };
        let (mut stack, state) = (Stack::default(), &mut state);
        let result = fiber::run(&mut stack, || {
            let result = registry::check(state, block, &history);
            (result, state.overtaken)
        });
        match result.await {
            // A block came in between: once more.
            Ok((_, true)) => {}
            Ok((Ok(()), false)) => return,
            Ok((Err(violation), false)) => {
                judge.blame(Some(index), format!("after block {height}: {violation}"));
                return;
            }
            Err(error) => {
                judge.blame(Some(index), format!("its modules cannot be checked: {error}"));
                return;
            }
        }
    }
    judge.blame(Some(index), "blocks come faster than its modules can be checked".into());
}

/// What a member answers while its head is one block.
struct At {
    reader: Reader,
    height: Height,
    overtaken: bool,
}

impl At {
    fn now<T>(&mut self, at: reader::At<T>) -> T {
        self.overtaken |= at.height != self.height;
        at.value
    }
}

impl ReadState for At {
    fn account(&mut self, address: Address) -> Result<Option<Account>, ReadError> {
        let at = fiber::block_on(self.reader.account(address)).map_err(|_| ReadError::Cancelled)??;
        Ok(self.now(at))
    }

    fn slot(&mut self, address: Address, slot: U256) -> Result<U256, ReadError> {
        let at = fiber::block_on(self.reader.slot(address, slot)).map_err(|_| ReadError::Cancelled)??;
        Ok(self.now(at))
    }

    fn code(&mut self, hash: B256) -> Result<Bytes, ReadError> {
        Err(ReadError::Failed(format!("no module asks for code, here {hash}")))
    }
}

/// What was taken is in a block, left for a reason that holds, or waits.
fn fates_of(index: usize, up: &Up, judge: &Judge, now_ms: u64) {
    for (hash, takers) in judge.all_taken() {
        let mine = takers.iter().find(|taken| taken.member == index && taken.start == up.start);
        let Some(taken) = mine.filter(|_| judge.with(|model| model.place(&hash)).is_none()) else { continue };
        match up.pool.fate(&hash) {
            Some(fate) => {
                if let Err(why) = judge.check_fate(&hash, taken, &fate, now_ms) {
                    judge.blame(Some(index), format!("{hash} was {fate}, and {why}"));
                }
            }
            None if up.pool.find(&hash).is_none() => {
                judge.blame(Some(index), format!("took {hash} and lost it without a name"));
            }
            None => {}
        }
    }
}

/// What waits waits for one before it.
fn pending_of(index: usize, up: &Up, judge: &Judge) {
    let mut pending = std::collections::BTreeSet::new();
    for content in up.pool.content() {
        pending.extend(content.pending.iter().map(|transaction| transaction.hash()));
    }
    if let Some(hash) = pending.first() {
        judge.blame(Some(index), format!("{hash} could run and still waits ({} do)", pending.len()));
    }
}

/// Rows are the same with everyone, as many as the blocks make, and those of the last `count` blocks
/// are what the blocks say. Hash over all of them.
fn rows_of(up: &[(usize, Up)], judge: &Judge, dice: &mut Dice, count: u64) -> Option<B256> {
    let mut digests = Vec::new();
    for (index, up) in up {
        match up.rows.digest() {
            Ok(digest) => digests.push((*index, digest)),
            Err(error) => judge.blame(Some(*index), format!("rows cannot be read: {error}")),
        }
    }
    judge.same_rows(&digests);
    let (_, digest) = digests.first()?;
    if !up.is_empty() {
        let (index, up) = dice.pick(up);
        if let Err(why) = judge.check_rows(&up.rows.query(), digest.height.get(), count) {
            judge.blame(Some(*index), format!("rows up to block {}: {why}", digest.height));
        }
    }
    Some(digest.hash())
}
