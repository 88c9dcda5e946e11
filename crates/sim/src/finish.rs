//! What can be said only when a world ends: every member answers alike, and nothing was lost.

use crate::{judge::Judge, workload::accounts};
use alloy_sol_types::SolCall as _;
use ding_chain::{Reader, reader};
use ding_execution::fiber::{self, Stack};
use ding_modules::{
    BlockInfo,
    evidence::{abi::IEvidence, state::ADDRESS},
    registry,
};
use ding_primitives::{
    Account, Address, B256, Bytes, Height, U256, keccak256, limits,
    ports::{ReadError, ReadState},
};
use ding_readmodel::LogFilter;
use ding_seat::{
    Witness as _,
    events::Events,
    member::{Member, Up},
};

/// Looks at everything once more.
pub async fn finish(members: &[Member], judge: &Judge, events: &Events) {
    let up: Vec<(usize, Up)> =
        members.iter().filter_map(|member| Some((member.index, member.door.up()?))).collect();
    let Some(lowest) = up.iter().map(|(_, up)| up.reader.head().header.height).min() else { return };
    let mut rows: Option<(usize, B256)> = None;
    for (index, up) in &up {
        accounts_of(*index, up, judge).await;
        modules_of(*index, up, judge).await;
        invariants_of(*index, up, judge).await;
        waiting_of(*index, up, judge);
        match rows_of(up, lowest, judge.logs_until(lowest.get())) {
            Err(error) => judge.blame(Some(*index), format!("rows cannot be read: {error}")),
            Ok(hash) => match rows {
                None => rows = Some((*index, hash)),
                Some((_, first)) if first == hash => {}
                Some((other, _)) => judge.blame(
                    Some(*index),
                    format!("other rows up to block {lowest} than member-{}", other + 1),
                ),
            },
        }
    }
    let steps =
        judge.with(|model| format!("{:?}, {} met a stopped service", model.facts().steps(), model.stopped()));
    events.tell(None, format!("events of modules: {steps}"));
    if let Some((_, hash)) = rows {
        events.tell(None, format!("rows up to block {lowest}: {hash}"));
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

/// What was taken is in a block, left with a name, or waits for one before it.
fn waiting_of(index: usize, up: &Up, judge: &Judge) {
    let mut pending = std::collections::BTreeSet::new();
    for content in up.pool.content() {
        pending.extend(content.pending.iter().map(|transaction| transaction.hash()));
    }
    for (hash, takers) in judge.all_taken() {
        let mine = takers.iter().any(|taken| taken.member == index && taken.start == up.start);
        if !mine || judge.with(|model| model.place(&hash)).is_some() || up.pool.fate(&hash).is_some() {
            continue;
        }
        if up.pool.find(&hash).is_none() {
            judge.blame(Some(index), format!("took {hash} and lost it without a name"));
        }
    }
    if let Some(hash) = pending.first() {
        judge.blame(Some(index), format!("{hash} could run and still waits ({} do)", pending.len()));
    }
}

/// Hash over the rows up to a height.
fn rows_of(up: &Up, height: Height, logs: usize) -> Result<B256, String> {
    let query = up.rows.query();
    let text = |error: ding_readmodel::QueryError| error.to_string();
    let mut all = String::new();
    let mut before = Some(height.next());
    let mut blocks = 0;
    loop {
        let page = query.blocks(before, 500).map_err(text)?;
        let Some(last) = page.last() else { break };
        before = Some(last.height);
        blocks += page.len() as u64;
        all.push_str(&format!("{page:?}"));
    }
    if blocks != height.get() {
        return Err(format!("{blocks} blocks up to {height}"));
    }
    let filter = LogFilter { from: Height::GENESIS, to: height, addresses: Vec::new(), topics: Vec::new() };
    let found = query.logs(&filter, 10_000).map_err(text)?;
    if found.len() != logs {
        return Err(format!("{} logs up to block {height}, its receipts have {logs}", found.len()));
    }
    all.push_str(&format!("{found:?}"));
    all.push_str(&format!("{:?}", query.evidence_latest(None, 1_000).map_err(text)?));
    Ok(keccak256(all))
}
