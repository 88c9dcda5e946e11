//! One transaction inside a block: rules, run, result.

use crate::{
    admission::{self, Refusal},
    evm::{self, Machine, NoResult, Purpose},
};
use ding_modules::Fault;
use ding_primitives::{Address, Log, Recovered, limits, ports::ReadError};
use revm::context::{
    TxEnv,
    result::{ExecutionResult, Output},
};

/// What became of a transaction that stands in the block.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) success: bool,
    pub(crate) gas_used: u64,
    pub(crate) created: Option<Address>,
    pub(crate) logs: Vec<Log>,
    /// The broken invariant that undid it, if one did.
    pub(crate) fault: Option<Fault>,
}

/// Why a transaction does not stand in the block.
#[derive(Debug)]
pub(crate) enum NotDone {
    Refused(Refusal),
    Read(ReadError),
}

/// Runs one transaction in a block with `gas_left` and keeps its changes in the journal.
pub(crate) fn run(
    machine: &mut Machine<'_>,
    transaction: &Recovered,
    block_gas: u64,
    gas_left: u64,
) -> Result<Done, NotDone> {
    let initial = admission::check_envelope(transaction, block_gas).map_err(NotDone::Refused)?;
    let gas = transaction.gas_limit();
    if gas > gas_left {
        return Err(NotDone::Refused(Refusal::BlockFull { gas, left: gas_left }));
    }
    match evm::run(machine, environment(transaction), initial, Purpose::Block) {
        Ok(result) => Ok(Done::from(result)),
        Err(NoResult::Refused(refusal)) => Err(NotDone::Refused(refusal)),
        Err(NoResult::Read(error)) => Err(NotDone::Read(error)),
        Err(NoResult::Fault(fault)) => {
            // The sender cannot have meant it, yet the transaction must not come back for ever: it
            // takes all its gas and its nonce, and leaves nothing else.
            evm::keep_nonce_of_faulted(machine, transaction.sender()).map_err(NotDone::Read)?;
            Ok(Done { success: false, gas_used: gas, created: None, logs: Vec::new(), fault: Some(fault) })
        }
    }
}

/// The transaction as revm takes it. Price is zero whatever the envelope offers.
fn environment(transaction: &Recovered) -> TxEnv {
    let access_list = transaction.access_list().filter(|list| !list.is_empty()).cloned();
    TxEnv {
        // revm looks at the access list of any type but legacy.
        tx_type: u8::from(access_list.is_some()),
        caller: transaction.sender(),
        gas_limit: transaction.gas_limit(),
        gas_price: 0,
        kind: transaction.to(),
        value: transaction.value(),
        data: transaction.input().clone(),
        nonce: transaction.nonce(),
        chain_id: None,
        access_list: access_list.unwrap_or_default(),
        gas_priority_fee: None,
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: Vec::new(),
    }
}

impl From<ExecutionResult> for Done {
    fn from(result: ExecutionResult) -> Self {
        let gas_used = result.tx_gas_used();
        match result {
            ExecutionResult::Success { logs, output, .. } => Self {
                success: true,
                gas_used,
                created: match output {
                    Output::Create(_, created) => created,
                    Output::Call(_) => None,
                },
                logs: logs.into_iter().map(log).collect(),
                fault: None,
            },
            ExecutionResult::Revert { .. } | ExecutionResult::Halt { .. } => {
                Self { success: false, gas_used, created: None, logs: Vec::new(), fault: None }
            }
        }
    }
}

fn log(log: revm::primitives::Log) -> Log {
    let (topics, data) = log.data.split();
    debug_assert!(data.len() <= limits::LOG_DATA_BYTES_MAX, "gas bounds the data of a log");
    Log { address: log.address, topics, data }
}
