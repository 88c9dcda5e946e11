//! Storage of `pilot` compared with its history: invariants P1 to P8.

mod story;

use self::story::Story;
use super::{
    events,
    state::{
        ADJUSTMENTS, COMMENTS, COMMENTS_OF, COUNTS, DOCUMENTS, ENTITIES, ENTITY_OF, ENTRIES, EVALUATIONS,
        FILINGS, HELD, INDICATORS, LAST_ENTRY, OF_ZONE, PARAMETERS, PILOTS, PLANS, REMOVALS,
    },
};
use crate::{Ctx, Violation};
use core::fmt::Debug;
use ding_primitives::Log;

pub(super) fn check(ctx: &mut Ctx<'_>, history: &[Log]) -> Result<(), Violation> {
    let mut story = Story::default();
    for log in history {
        match events::decode(log) {
            Some(event) => story.tell(event)?,
            None => Violation::unless("P8", false, || {
                format!("a log of the module is none of its events: {log:?}")
            })?,
        }
    }
    compare(ctx, &story)
}

fn compare(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    same("P8", "counts", &COUNTS.get(ctx)?, &story.counts)?;
    same("P8", "parameters", &PARAMETERS.get(ctx)?, &story.parameters)?;
    for (id, want) in &story.pilots {
        same("P1", format!("pilot {id}"), &PILOTS.get(ctx, *id)?, want)?;
    }
    for (id, want) in &story.plans {
        same("P4", format!("plan of pilot {id}"), &PLANS.get(ctx, *id)?, want)?;
    }
    for (entity, want) in &story.entities {
        same("P6", format!("entity {entity}"), &ENTITIES.get(ctx, *entity)?, want)?;
    }
    for (account, want) in &story.accounts {
        same("P6", format!("entity of {account}"), &ENTITY_OF.get(ctx, *account)?, want)?;
    }
    for ((entity, field), want) in &story.held {
        let found = HELD.map(ctx, *entity)?.get(ctx, (*field).into())?;
        same("P2", format!("pilots of {entity} in field {field}"), found.pilots(), want.as_slice())?;
    }
    for (zone, want) in &story.zones {
        same("P2", format!("pilot of zone {zone}"), &OF_ZONE.get(ctx, (*zone).into())?, want)?;
    }
    for (document, want) in &story.documents {
        same("P4", format!("document {document}"), &DOCUMENTS.get(ctx, *document)?, want)?;
    }
    compare_values(ctx, story)?;
    compare_dealings(ctx, story)
}

fn compare_values(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for ((id, indicator), want) in &story.indicators {
        let found = INDICATORS.map(ctx, *id)?.get(ctx, (*indicator).into())?;
        same("P7", format!("indicator {indicator} of pilot {id}"), &found, want)?;
    }
    for ((id, indicator, number), want) in &story.entries {
        let found = ENTRIES.map(ctx, *id)?.map(ctx, (*indicator).into())?.get(ctx, *number)?;
        same("P3", format!("entry {number} of indicator {indicator} of pilot {id}"), &found, want)?;
    }
    for ((id, indicator, day), want) in &story.last_entries {
        let found = LAST_ENTRY.map(ctx, *id)?.map(ctx, (*indicator).into())?.get(ctx, *day)?;
        same("P3", format!("last entry of day {day}, indicator {indicator}, pilot {id}"), &found, want)?;
    }
    Ok(())
}

fn compare_dealings(ctx: &mut Ctx<'_>, story: &Story) -> Result<(), Violation> {
    for (id, want) in &story.filings {
        let places = FILINGS.map(ctx, *id)?;
        for (place, number) in (0u32..).zip(want) {
            same("P7", format!("filing number {place} of pilot {id}"), &places.get(ctx, place)?, number)?;
        }
    }
    for ((id, number), want) in &story.comments {
        let found = COMMENTS.map(ctx, *id)?.get(ctx, *number)?;
        same("P7", format!("comment {number} on pilot {id}"), &found, want)?;
    }
    for ((id, account), want) in &story.comments_of {
        let found = COMMENTS_OF.map(ctx, *id)?.get(ctx, *account)?;
        same("P7", format!("comments of {account} on pilot {id}"), &found, want)?;
    }
    for ((id, number), want) in &story.adjustments {
        let found = ADJUSTMENTS.map(ctx, *id)?.get(ctx, (*number).into())?;
        same("P7", format!("order {number} to pilot {id}"), &found, want)?;
    }
    for (id, want) in &story.evaluations {
        same("P5", format!("evaluation of pilot {id}"), &EVALUATIONS.get(ctx, *id)?, want)?;
    }
    for (id, want) in &story.removals {
        same("P5", format!("removal of pilot {id}"), &REMOVALS.get(ctx, *id)?, want)?;
    }
    Ok(())
}

fn same<T: PartialEq + Debug + ?Sized>(
    invariant: &'static str,
    what: impl Into<String>,
    found: &T,
    want: &T,
) -> Result<(), Violation> {
    Violation::unless(invariant, found == want, || {
        format!("{}: {found:?} in storage, {want:?} in events", what.into())
    })
}
