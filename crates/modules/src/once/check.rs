//! Storage of `once` compared with its history: invariants O1 to O4.

use super::{
    Entry, State,
    events::{self, Confirmed, Event, Lapsed, Released, Reserved, Transferred},
    state::ENTRIES,
};
use crate::{Ctx, Violation};
use ding_primitives::{Address, B256, Log};
use std::collections::BTreeMap;

type Place = (Address, B256, B256);

/// What the events seen so far imply about storage; `None` where a key was held before.
#[derive(Default)]
struct Story(BTreeMap<Place, Option<Entry>>);

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::default();
    for log in history {
        match events::decode(log) {
            Some(Event::Reserved(event)) => story.reserved(&event)?,
            Some(Event::Lapsed(event)) => story.lapsed(&event)?,
            Some(Event::Confirmed(event)) => story.confirmed(&event)?,
            Some(Event::Released(event)) => story.released(&event)?,
            Some(Event::Transferred(event)) => story.transferred(&event)?,
            None => Violation::unless("O2", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    for ((owner, register, key), want) in story.0 {
        let found = ENTRIES.map(ctx, owner)?.map(ctx, register)?.find(ctx, key)?;
        Violation::unless("O2", found == want, || {
            format!("{key} in {register} of {owner}: {found:?} in storage, {want:?} in events")
        })?;
    }
    Ok(())
}

impl Story {
    fn held(&self, place: Place) -> Option<Entry> {
        self.0.get(&place).copied().flatten()
    }

    fn reserved(&mut self, event: &Reserved) -> Result<(), Violation> {
        let place = (event.owner, event.register, event.key);
        let entry = Entry {
            holder: event.holder,
            until_ms: event.untilMs,
            height: event.height,
            state: State::Reserved,
            content: event.content,
        };
        let before = self.held(place);
        Violation::unless("O1", before.is_none(), || {
            format!("{event:?} takes a key that is held: {before:?}")
        })?;
        self.0.insert(place, Some(entry));
        Ok(())
    }

    fn lapsed(&mut self, event: &Lapsed) -> Result<(), Violation> {
        let place = (event.owner, event.register, event.key);
        let before = self.held(place);
        let over = before.is_some_and(|entry| {
            entry.state == State::Reserved
                && (entry.holder, entry.until_ms) == (event.holder, event.untilMs)
                && entry.until_ms <= event.nowMs
        });
        Violation::unless("O1", over, || format!("{event:?} ends {before:?}"))?;
        self.0.insert(place, None);
        Ok(())
    }

    fn confirmed(&mut self, event: &Confirmed) -> Result<(), Violation> {
        let place = (event.owner, event.register, event.key);
        let before = self.held(place);
        let own = before.filter(|entry| {
            entry.state == State::Reserved && (entry.holder, entry.content) == (event.holder, event.content)
        });
        Violation::unless("O4", own.is_some(), || format!("{event:?} confirms {before:?}"))?;
        let state = if event.forEver { State::Kept } else { State::Confirmed };
        self.0.insert(place, own.map(|entry| Entry { until_ms: 0, height: event.height, state, ..entry }));
        Ok(())
    }

    fn released(&mut self, event: &Released) -> Result<(), Violation> {
        let place = (event.owner, event.register, event.key);
        let before = self.held(place);
        Violation::unless("O3", before.is_none_or(|entry| entry.state != State::Kept), || {
            format!("{event:?} releases {before:?}")
        })?;
        Violation::unless("O1", before.is_some_and(|entry| entry.holder == event.holder), || {
            format!("{event:?} releases {before:?}")
        })?;
        self.0.insert(place, None);
        Ok(())
    }

    fn transferred(&mut self, event: &Transferred) -> Result<(), Violation> {
        let place = (event.owner, event.register, event.key);
        let before = self.held(place);
        let own = before.filter(|entry| entry.holder == event.from);
        Violation::unless("O1", own.is_some(), || format!("{event:?} passes on {before:?}"))?;
        self.0.insert(place, own.map(|entry| Entry { holder: event.to, ..entry }));
        Ok(())
    }
}
