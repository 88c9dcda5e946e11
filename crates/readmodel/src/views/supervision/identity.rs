//! Events of `identity`: authorities, bindings and standings. What an account is bound to, even as a
//! commitment, is not kept here: nobody looks people up in these rows.

use super::{
    At, Rows,
    history::{Thing, tell},
    int,
    names::{self, Names},
};
use ding_modules::identity::{events::Event, terms::Status};
use ding_primitives::Address;
use rusqlite::params;

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<()> {
    match event {
        Event::AuthorityAppointed(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_authorities (id, organisation, name, from_ms, dismissed_ms, \
                 successor, proposal) VALUES (?1, ?2, ?3, ?4, 0, 0, ?5)",
                (e.authority, e.organisation, &e.name, int(e.fromMs), int(e.proposal)),
            )?;
            names::put(
                rows,
                Thing::Authority,
                e.authority.into(),
                Names { name: &e.name, ..Names::default() },
            )?;
            tell(rows, Thing::Authority, e.authority.into(), at)
        }
        Event::AuthorityDismissed(e) => {
            rows.run(
                "UPDATE supervision_authorities SET dismissed_ms = ?2, successor = ?3, proposal = ?4 WHERE id = ?1",
                (e.authority, int(e.timestampMs), e.successor, int(e.proposal)),
            )?;
            tell(rows, Thing::Authority, e.authority.into(), at)
        }
        Event::Bound(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_bindings (id, authority, kind, level, root, expiry_ms, status, \
                 bound_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    int(e.binding),
                    e.authority,
                    e.kind,
                    e.level,
                    e.account.as_slice(),
                    int(e.expiryMs),
                    Status::Active.number(),
                    int(e.timestampMs),
                ],
            )?;
            set(rows, e.account, e.binding, Status::Active, 0, at)
        }
        Event::Renewed(e) => rows
            .run(
                "UPDATE supervision_bindings SET level = ?2, expiry_ms = ?3 WHERE id = ?1",
                (int(e.binding), e.level, int(e.expiryMs)),
            )
            .map(drop),
        Event::AccountAdded(e) => set(rows, e.account, e.binding, Status::Active, 0, at),
        Event::Rotated(e) => {
            set(rows, e.account, e.binding, Status::Replaced, e.reason, at)?;
            rows.run(
                "UPDATE supervision_standings SET successor = ?2 WHERE account = ?1",
                (e.account.as_slice(), e.successor.as_slice()),
            )?;
            rows.run(
                "UPDATE supervision_bindings SET root = ?3 WHERE id = ?1 AND root = ?2",
                (int(e.binding), e.account.as_slice(), e.successor.as_slice()),
            )?;
            set(rows, e.successor, e.binding, Status::Active, e.reason, at)
        }
        Event::Suspended(e) => {
            standing(rows, (e.binding, e.account, e.whole), Status::Suspended, e.reason, at)
        }
        Event::Restored(e) => standing(rows, (e.binding, e.account, e.whole), Status::Active, e.reason, at),
        Event::Revoked(e) => standing(rows, (e.binding, e.account, e.whole), Status::Revoked, e.reason, at),
        Event::FrozenSet(e) => {
            rows.run(
                "INSERT INTO supervision_standings (account, binding, status, reason, frozen_ms, changed_ms) \
                 VALUES (?1, 0, 0, 0, ?2, ?3) ON CONFLICT (account) DO UPDATE SET frozen_ms = ?2, changed_ms = ?3",
                (e.account.as_slice(), int(e.untilMs), int(at.timestamp_ms)),
            )
            .map(drop)
        }
        // An invitation gives no standing.
        Event::Invited(_) | Event::InvitationWithdrawn(_) => Ok(()),
    }
}

fn set(
    rows: &Rows<'_>,
    account: Address,
    binding: u64,
    status: Status,
    reason: u8,
    at: &At,
) -> rusqlite::Result<()> {
    rows.run(
        "INSERT INTO supervision_standings (account, binding, status, reason, frozen_ms, changed_ms) \
         VALUES (?1, ?2, ?3, ?4, 0, ?5) ON CONFLICT (account) DO UPDATE SET binding = ?2, status = ?3, \
         reason = ?4, changed_ms = ?5",
        (account.as_slice(), int(binding), status.number(), reason, int(at.timestamp_ms)),
    )
    .map(drop)
}

fn standing(
    rows: &Rows<'_>,
    (binding, account, whole): (u64, Address, bool),
    status: Status,
    reason: u8,
    at: &At,
) -> rusqlite::Result<()> {
    if whole {
        rows.run(
            "UPDATE supervision_bindings SET status = ?2 WHERE id = ?1",
            (int(binding), status.number()),
        )?;
    }
    set(rows, account, binding, status, reason, at)
}
