//! Identity: real names at the back, pseudonyms at the front.
//!
//! An *authority* ([`authorities`]), an organisation appointed by vote, checks who somebody is, outside
//! of the ledger, and binds an account to that *subject* ([`bindings`]): a person, known here only by a
//! salted commitment ([`commitment`]), or an organisation, known by its unified social credit code. The
//! account is the *root* of the binding; up to [`ding_primitives::limits::IDENTITY_ACCOUNTS_MAX`] accounts stand under one
//! ([`accounts`]). On a chain whose genesis file says `bound`, nobody else may send a transaction
//! ([`standing`]).
//!
//! - The authority renews, suspends, restores, revokes, adds and rotates accounts of the bindings it
//!   answers for. A root also invites further accounts and revokes them, and any account invites its
//!   own successor; the invited account accepts.
//! - A key that is replaced keeps its place in the history: the old account is never bound again and
//!   names its successor.
//! - An authority that is dismissed while its bindings live names a successor, which answers for them.
//! - A supervisor's order freezes an account ([`set_frozen`]), bound or not, on open chains too.
//!
//! One live binding for each authority and subject: the authority uses the same salt for a subject as
//! long as it lives, which its register keeps. Salt destroyed, the commitment says nothing about anybody,
//! and everything here still holds.
//!
//! Who can link what: whoever reads the ledger sees which accounts are under one binding, and the code of
//! an organisation; only the authority can say which person a commitment stands for, and it discloses
//! that by an order, on record (module `orders`). Bindings of one person by two authorities cannot be
//! linked, because their salts differ.
//!
//! Invariants ([`Identity::check`]):
//! - I1 an account stands under one binding, at one place, and that place names it.
//! - I2 the standing of an account is what the steps of its binding, its own, and orders made of it.
//! - I3 an authority has at most one live binding of a subject, and [`state::LIVE`] names it.
//! - I4 an authority answers for as many live bindings as it counts; a dismissed one for none.
//! - I5 numbers of bindings and authorities are those of the events (and of genesis); successors do not
//!   go in a circle.
//! - I6 an account that was revoked or replaced is never bound again, and keeps its binding.

pub mod abi;
pub mod accounts;
pub mod authorities;
pub mod bindings;
mod check;
pub mod commitment;
pub mod events;
mod explain;
pub mod genesis;
pub mod standing;
pub mod state;
pub mod terms;
#[cfg(test)]
mod tests;
mod views;

use self::{
    abi::IIdentity::{self, *},
    state::{ACCOUNTS, BINDINGS, COUNTS, STANDINGS},
};
pub use self::{
    bindings::set_frozen,
    genesis::{Admission, AuthorityEntry, Section, bound},
    standing::{Refusal, Standing},
    terms::{Kind, Level, Purpose, Reason, Status},
    views::{
        Subject, bound_accounts, level_of, require_authority_of, same_subject, subject_of, were_same_subject,
    },
};
use crate::{
    Ctx, Interface, Module, Stop, Violation, dispatch, members, stop::IModule::UnknownFunction, words::moment,
};
use alloy_primitives::FixedBytes;
use alloy_sol_types::SolInterface as _;
use ding_primitives::{Address, Bytes, Log, Spec, U256};

/// The module.
pub struct Identity;

impl Module for Identity {
    fn name(&self) -> &'static str {
        "identity"
    }

    fn address(&self) -> Address {
        state::ADDRESS
    }

    fn interface(&self) -> Interface {
        Interface { name: "IIdentity", source: include_str!("abi.rs"), abi: IIdentity::abi::contract }
    }

    fn call(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<Bytes, Stop> {
        use IIdentityCalls as C;
        match dispatch::decode::<C>(input)? {
            C::appoint(call) => dispatch::write(ctx, call, authorities::appoint),
            C::dismiss(call) => dispatch::write(ctx, call, authorities::dismiss),
            C::bind(call) => dispatch::write(ctx, call, bindings::bind),
            C::renew(call) => dispatch::write(ctx, call, bindings::renew),
            C::addAccount(call) => dispatch::write(ctx, call, accounts::add_account),
            C::rotate(call) => dispatch::write(ctx, call, accounts::rotate),
            C::suspend(call) => dispatch::write(ctx, call, bindings::suspend),
            C::restore(call) => dispatch::write(ctx, call, bindings::restore),
            C::revoke(call) => dispatch::write(ctx, call, bindings::revoke),
            C::invite(call) => dispatch::write(ctx, call, accounts::invite),
            C::withdrawInvitation(call) => dispatch::write(ctx, call, accounts::withdraw_invitation),
            C::accept(call) => dispatch::write(ctx, call, accounts::accept),
            C::standingOf(call) => dispatch::read(ctx, call, views::standing_of),
            C::levelOf(call) => dispatch::read(ctx, call, |ctx, call| {
                Ok(level_of(ctx, call.account)?.map_or(0, Level::number))
            }),
            C::isBound(call) => dispatch::read(ctx, call, views::is_bound),
            C::subjectOf(call) => dispatch::read(ctx, call, views::subject),
            C::isSameSubject(call) => {
                dispatch::read(ctx, call, |ctx, call| same_subject(ctx, call.first, call.second))
            }
            C::binding(call) => dispatch::read(ctx, call, views::binding),
            C::accountsOf(call) => dispatch::read(ctx, call, views::accounts_of),
            C::liveBinding(call) => dispatch::read(ctx, call, views::live_binding),
            C::invitation(call) => dispatch::read(ctx, call, views::invitation),
            C::authority(call) => dispatch::read(ctx, call, views::authority),
            C::authorityOf(call) => dispatch::read(ctx, call, views::authority_of),
            C::counts(call) => dispatch::read(ctx, call, views::counts),
        }
    }

    fn explain(&self, revert: &[u8]) -> Option<String> {
        dispatch::decode_error(revert).and_then(|error| explain::explain(error, revert))
    }

    fn check_proposal(&self, input: &[u8]) -> Result<(), Stop> {
        use IIdentityCalls as C;
        match dispatch::decode_exact::<C>(input)? {
            C::appoint(call) => authorities::check_appoint(&call),
            C::dismiss(call) => authorities::check_dismiss(&call),
            other => Err(Stop::revert(UnknownFunction { selector: FixedBytes(other.selector()) })),
        }
    }

    fn rehearse(&self, ctx: &mut Ctx<'_>, input: &[u8]) -> Result<(), Stop> {
        use IIdentityCalls as C;
        self.check_proposal(input)?;
        match dispatch::decode_exact::<C>(input)? {
            C::appoint(call) => authorities::require_appointable(ctx, &call),
            C::dismiss(call) => authorities::require_dismissible(ctx, &call).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn describe(&self, input: &[u8]) -> Option<String> {
        use IIdentityCalls as C;
        match dispatch::decode::<C>(input).ok()? {
            C::appoint(appointCall { organisation, name, fromMs: 0 }) => {
                Some(format!("appoint organisation {organisation} as identity authority {name:?}, at once"))
            }
            C::appoint(appointCall { organisation, name, fromMs }) => Some(format!(
                "appoint organisation {organisation} as identity authority {name:?}, from {}",
                moment(fromMs)
            )),
            C::dismiss(dismissCall { authority, successor, reason }) => {
                let reason = Reason::from_number(reason).map_or("unknown", Reason::name);
                let heir = match successor {
                    0 => "nobody takes over".to_string(),
                    _ => format!("authority {successor} answers for its bindings"),
                };
                Some(format!("dismiss identity authority {authority} (reason: {reason}); {heir}"))
            }
            _ => None,
        }
    }

    fn check_genesis(&self, spec: &Spec) -> Result<(), String> {
        Section::of(spec).map(|_| ())
    }

    fn genesis(&self, ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
        genesis::write(ctx, spec)
    }

    fn check(&self, ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
        check::check(ctx, history)
    }

    fn likely_reads(&self, caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
        likely_reads(caller, input)
    }
}

fn likely_reads(caller: Address, input: &[u8]) -> Vec<(Address, U256)> {
    use IIdentityCalls as C;
    let own = |slot: U256| (state::ADDRESS, slot);
    let standing = |account: Address| own(STANDINGS.slot_of(account));
    let account = |account: Address| own(ACCOUNTS.slot_of(account));
    let acting = (members::state::ADDRESS, members::state::organisation_slot(caller));
    match dispatch::decode::<C>(input) {
        Ok(C::bind(call)) => {
            vec![acting, own(COUNTS.slot()), standing(call.account), account(call.account)]
        }
        Ok(C::addAccount(call)) => {
            vec![
                acting,
                account(call.root),
                standing(call.root),
                account(call.account),
                standing(call.account),
            ]
        }
        Ok(C::renew(call)) => vec![acting, own(BINDINGS.slot_of(call.binding))],
        Ok(C::suspend(call)) => vec![acting, account(call.account), standing(call.account)],
        Ok(C::restore(call)) => vec![acting, account(call.account), standing(call.account)],
        Ok(C::revoke(call)) => vec![acting, account(call.account), standing(call.account)],
        Ok(C::accept(call)) => {
            vec![account(call.inviter), standing(call.inviter), account(caller), standing(caller)]
        }
        Ok(C::standingOf(call)) => vec![standing(call.account), account(call.account)],
        Ok(C::levelOf(call)) => vec![standing(call.account)],
        Ok(C::isBound(call)) => vec![standing(call.account)],
        Ok(C::subjectOf(call)) => vec![account(call.account)],
        _ => Vec::new(),
    }
}
