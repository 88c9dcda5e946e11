//! Events of `once`: who holds which key.

use super::{At, Rows, int};
use ding_modules::once::{State, events::Event};
use ding_primitives::{Address, B256};

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, _at: &At) -> rusqlite::Result<()> {
    match event {
        Event::Reserved(e) => {
            let state = State::Reserved.number();
            put(rows, (e.owner, e.register, e.key), e.content, e.holder, (state, e.untilMs, e.height))
        }
        Event::Confirmed(e) => {
            let state = if e.forEver { State::Kept } else { State::Confirmed };
            put(rows, (e.owner, e.register, e.key), e.content, e.holder, (state.number(), 0, e.height))
        }
        // Another reservation of the key follows in the same call.
        Event::Lapsed(_) => Ok(()),
        Event::Released(e) => rows
            .run(
                "UPDATE supervision_once SET state = 0, until_ms = 0 \
                 WHERE key = ?1 AND register = ?2 AND owner = ?3",
                (e.key.as_slice(), e.register.as_slice(), e.owner.as_slice()),
            )
            .map(drop),
        Event::Transferred(e) => rows
            .run(
                "UPDATE supervision_once SET holder = ?4 WHERE key = ?1 AND register = ?2 AND owner = ?3",
                (e.key.as_slice(), e.register.as_slice(), e.owner.as_slice(), e.to.as_slice()),
            )
            .map(drop),
    }
}

fn put(
    rows: &Rows<'_>,
    (owner, register, key): (Address, B256, B256),
    content: B256,
    holder: Address,
    (state, until_ms, height): (u8, u64, u64),
) -> rusqlite::Result<()> {
    rows.run(
        "INSERT INTO supervision_once (owner, register, key, content, holder, state, until_ms, height) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (key, register, owner) DO UPDATE SET content = ?4, holder = ?5, state = ?6, until_ms = ?7, \
         height = ?8",
        (
            owner.as_slice(),
            register.as_slice(),
            key.as_slice(),
            content.as_slice(),
            holder.as_slice(),
            state,
            int(until_ms),
            int(height),
        ),
    )
    .map(drop)
}
