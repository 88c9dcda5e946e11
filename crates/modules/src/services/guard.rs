//! Whether a call may go on: what the ledger asks before it runs a frame that may write.
//!
//! Execution asks [`verdict`] once for each callee: for CALL the called address, for DELEGATECALL
//! and CALLCODE the address of the code. Frames that cannot write (STATICCALL and whatever runs
//! below it) are not asked about. Who reads the slots is a parameter, so that the answer costs no
//! gas and leaves nothing warm.
//!
//! What it costs: the [`GUARD`] slot, once a block; while it is 0, nothing else. Then two slots for
//! each callee that was not asked about in this block: its service, and the first word of that
//! service. Further words are read only of services that were suspended, and of one that refuses: to
//! name its number, and, where the time to file is over, to count its days anew.
//!
//! The end of that time is as it was when the clock was wound. A table that came since may give more
//! time, and the end may have been provisional. So before a service is stopped for it, its days are
//! counted by the tables in effect; an end that is still provisional stops nothing.
//!
//! Everything that could change an answer takes effect in the next block at the earliest when the
//! slots are read as they were at the end of the parent block. Then the answer for a callee is the
//! same throughout a block, whatever the transactions before it did, and can be kept.

use super::state::{ADDRESS, GUARD, HOLDS, Head, Hold, SERVICE_OF, SERVICES, Service, Status};
use crate::{
    calendar::{self, Day, period},
    ids::FilingNumber,
    storage::Stored as _,
};
use ding_primitives::{Address, B256, U256};

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The service.
    pub service: B256,
    /// Its filing number, if it has one.
    pub number: Option<FilingNumber>,
    /// Suspended, struck off, or declared: the time to file is over.
    pub status: Status,
}

impl Stopped {
    /// The Solidity error, encoded: what the refused frame reverts with.
    pub fn revert_data(&self) -> ding_primitives::Bytes {
        use alloy_sol_types::SolError as _;
        super::abi::IServices::ServiceStopped {
            number: self.number.map(|number| number.as_str().into()).unwrap_or_default(),
            status: self.status.number(),
        }
        .abi_encode()
        .into()
    }
}

/// The slots of this module that a call of `callee` certainly asks for.
pub fn likely_reads(callee: Address) -> [U256; 2] {
    [GUARD.slot(), SERVICE_OF.slot_of(callee)]
}

/// Whether a call of `callee` that may write is refused in a block of this height and time. `read`
/// gives the word in a slot of a module, this one or the calendar.
///
/// # Errors
///
/// Those of `read`.
pub fn verdict<E>(
    mut read: impl FnMut(Address, U256) -> Result<U256, E>,
    callee: Address,
    height: u64,
    now_ms: u64,
) -> Result<Option<Stopped>, E> {
    let mut own = |slot| read(ADDRESS, slot);
    if own(GUARD.slot())?.is_zero() {
        return Ok(None);
    }
    let service = B256::from(own(SERVICE_OF.slot_of(callee))?);
    if service.is_zero() {
        return Ok(None);
    }
    let slot = SERVICES.slot_of(service);
    let Some(head) = Head::from_word(own(slot)?) else { return Ok(None) };
    let Some(status) = stopped(&head, |place| hold(&mut own, service, place), height, now_ms)? else {
        return Ok(None);
    };
    if status == Status::Declared && !is_overdue(&mut read, &head, now_ms)? {
        return Ok(None);
    }
    let number = B256::from(read(ADDRESS, slot.wrapping_add(U256::ONE))?);
    Ok(Some(Stopped { service, number: FilingNumber::from_word(number).ok(), status }))
}

fn hold<E>(read: &mut impl FnMut(U256) -> Result<U256, E>, service: B256, place: u32) -> Result<Hold, E> {
    let word = read(HOLDS.slot_of_both(service, place))?;
    Ok(Hold::from_words(&[word]).unwrap_or_default())
}

/// Whether the clock of a service ran out as it was wound.
pub(super) const fn ran_out(head: &Head, now_ms: u64) -> bool {
    head.due_ms != 0 && now_ms >= head.due_ms
}

/// Whether the time to file is over for certain, by the tables in effect today.
fn is_overdue<E>(
    read: &mut impl FnMut(Address, U256) -> Result<U256, E>,
    head: &Head,
    now_ms: u64,
) -> Result<bool, E> {
    let Some(clock) = head.clock else { return Ok(false) };
    let tables = |slot| read(calendar::state::ADDRESS, slot);
    let due = period::after_by(tables, Day::from_ms(now_ms), clock.start, clock.working_days)?;
    Ok(due.is_some_and(|due| due.is_over_for_certain(now_ms)))
}

/// What stops a service in a block of this height and time; `hold` gives its suspensions by place.
/// [`Status::Declared`] says that its clock ran out as it was wound.
pub(super) fn stopped<E>(
    head: &Head,
    mut hold: impl FnMut(u32) -> Result<Hold, E>,
    height: u64,
    now_ms: u64,
) -> Result<Option<Status>, E> {
    if head.ends_height != 0 && height >= head.ends_height {
        return Ok(Some(Status::Deregistered));
    }
    for place in 0..head.holds.into() {
        if hold(place)?.is_in_force(height, now_ms) {
            return Ok(Some(Status::Suspended));
        }
    }
    Ok(ran_out(head, now_ms).then_some(Status::Declared))
}

/// Status of a service as people see it: what stops it, or else how far its filing has come.
pub(super) fn status<E>(
    service: &Service,
    hold: impl FnMut(u32) -> Result<Hold, E>,
    height: u64,
    now_ms: u64,
) -> Result<Status, E> {
    Ok(stopped(&service.head, hold, height, now_ms)?.unwrap_or(service.head.status))
}
