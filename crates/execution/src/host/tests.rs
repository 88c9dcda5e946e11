use super::*;
use crate::{
    evm::{assemble, run_hook},
    mocks::{MemoryState, env},
};
use ding_modules::evidence::state::ADDRESS as MODULE;
use ding_primitives::{B256, Changes, limits, ports::ReadError};

const SLOT: U256 = U256::ONE;

/// What a hook over `state` answers, the gas it used, and what stays changed after it.
fn hook(
    state: &mut MemoryState,
    gas: u64,
    work: impl FnOnce(&mut JournalHost<'_, '_>) -> Result<(), Stop>,
) -> Result<(Result<(), Stop>, u64, Changes), ReadError> {
    let mut machine = assemble(state, &env(2), limits::TRANSACTION_GAS_MAX);
    let mut left = gas;
    let result = run_hook(&mut machine, &mut left, work)?;
    let journal = &machine.ctx.journaled_state;
    Ok((result, gas - left, journal.database.changes(&journal.inner.state)))
}

fn holding(word: u64) -> MemoryState {
    let mut state = MemoryState::default();
    state.slots.insert((MODULE, SLOT), U256::from(word));
    state
}

#[test]
fn storage_and_logs_cost_what_the_opcodes_cost() {
    type Work = fn(&mut JournalHost<'_, '_>) -> Result<(), Stop>;
    let log = || Log { address: MODULE, topics: vec![B256::ZERO; 3], data: vec![0; 100].into() };
    let cases: [(&str, u64, u64, Work); 8] = [
        ("cold read", 5, 2_100, |host| host.sload(MODULE, SLOT).map(drop)),
        ("warm read", 5, 2_200, |host| {
            host.sload(MODULE, SLOT).and_then(|_| host.sload(MODULE, SLOT)).map(drop)
        }),
        ("new slot", 0, 22_100, |host| host.sstore(MODULE, SLOT, U256::from(9))),
        ("changed slot", 5, 5_000, |host| host.sstore(MODULE, SLOT, U256::from(9))),
        ("same word", 5, 2_200, |host| host.sstore(MODULE, SLOT, U256::from(5))),
        ("changed twice", 5, 5_100, |host| {
            host.sstore(MODULE, SLOT, U256::from(9))?;
            host.sstore(MODULE, SLOT, U256::from(8))
        }),
        ("work", 5, 777, |host| host.charge(777)),
        ("nothing", 5, 0, |_| Ok(())),
    ];
    for (name, word, want, work) in cases {
        let (result, used, _) = hook(&mut holding(word), 100_000, work).unwrap();
        assert_eq!((result, used), (Ok(()), want), "{name}");
    }
    let (result, used, _) = hook(&mut holding(5), 100_000, |host| host.emit(log())).unwrap();
    assert_eq!((result, used), (Ok(()), 375 + 3 * 375 + 100 * 8));
}

#[test]
fn clearing_a_slot_is_refunded() {
    let (result, ..) = hook(&mut holding(5), 100_000, |host| {
        host.sstore(MODULE, SLOT, U256::ZERO)?;
        assert_eq!(host.gas.refunded(), 4_800);
        host.sstore(MODULE, SLOT, U256::from(5))?;
        assert_eq!(host.gas.refunded(), 2_800, "EIP-3529: taken back, and the write was cheap after all");
        Ok(())
    })
    .unwrap();
    assert_eq!(result, Ok(()));
}

#[test]
fn what_cannot_be_paid_is_not_read() {
    let mut state = holding(5);
    let (result, ..) = hook(&mut state, 2_099, |host| host.sload(MODULE, SLOT).map(drop)).unwrap();
    assert_eq!(result, Err(Stop::OutOfGas));
    let (result, ..) = hook(&mut state, 2_200, |host| host.sstore(MODULE, SLOT, U256::ZERO)).unwrap();
    assert_eq!(result, Err(Stop::OutOfGas), "EIP-2200: nothing is written from a stipend");
    assert!(state.reads <= 2, "accounts only: {}", state.reads);
}

#[test]
fn a_hook_that_stops_leaves_nothing_behind() {
    for stop in [Stop::OutOfGas, Stop::fault("x", "y"), Stop::Revert(Vec::new().into())] {
        let wrote = hook(&mut holding(5), 100_000, |host| {
            host.sstore(MODULE, SLOT, U256::from(6))?;
            Err(stop.clone())
        });
        let (result, used, changes) = wrote.unwrap();
        assert_eq!((result, used, changes), (Err(stop), 5_000, Changes::default()));
    }
    let (_, _, changes) =
        hook(&mut holding(5), 100_000, |host| host.sstore(MODULE, SLOT, U256::from(6))).unwrap();
    assert_eq!(changes.slots.into_iter().collect::<Vec<_>>(), [((MODULE, SLOT), U256::from(6))]);
}

#[test]
fn a_failing_store_is_told_even_if_the_module_keeps_silent() {
    let mut state = MemoryState { fails_at: Some(1), ..holding(5) };
    let error = hook(&mut state, 100_000, |host| {
        let seen = host.sload(MODULE, SLOT);
        assert!(matches!(seen, Err(Stop::Fault(_))));
        Ok(())
    });
    assert_eq!(error.unwrap_err(), ReadError::Failed("read 1 fails".into()));
}

#[test]
fn a_static_call_and_an_impossible_log_are_faults_of_the_module() {
    let mut state = holding(5);
    let mut machine = assemble(&mut state, &env(2), limits::TRANSACTION_GAS_MAX);
    let block = machine.precompiles.block();
    let mut host = JournalHost::new(&mut machine.ctx, block, 100_000, true);
    assert!(matches!(host.sstore(MODULE, SLOT, U256::ZERO), Err(Stop::Fault(_))));
    assert!(matches!(host.emit(Log::default()), Err(Stop::Fault(_))));
    assert_eq!(host.sload(MODULE, SLOT), Ok(U256::from(5)));
    let mut host = JournalHost::new(&mut machine.ctx, block, 100_000, false);
    let log = Log { topics: vec![B256::ZERO; 5], ..Log::default() };
    assert!(matches!(host.emit(log), Err(Stop::Fault(_))));
}
