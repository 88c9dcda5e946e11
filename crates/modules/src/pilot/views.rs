//! What can be read of pilots.

use super::{
    abi::IPilot as api,
    goals,
    state::{
        ADJUSTMENTS, COMMENTS, DOCUMENTS, ENTITIES, ENTRIES, EVALUATIONS, Entry, HELD, INDICATORS,
        LAST_ENTRY, PILOTS, PLANS, Plan, REMOVALS,
    },
};
use crate::{Ctx, Stop};
use ding_primitives::B256;

pub(super) fn pilot_of(ctx: &mut Ctx<'_>, call: api::pilotOfCall) -> Result<api::pilotOfReturn, Stop> {
    let pilot = PILOTS.find(ctx, call.id)?.unwrap_or_default();
    let plan = if pilot.kind == 0 { Plan::default() } else { PLANS.get(ctx, call.id)? };
    let record = api::Record {
        kind: pilot.kind,
        state: pilot.state,
        entity: pilot.entity,
        field: pilot.field,
        zone: pilot.zone,
        division: pilot.division,
        recommender: pilot.recommender,
        competent: pilot.competent,
        chainId: pilot.chain_id,
        indicators: pilot.indicators,
        filings: pilot.filings,
        adjustments: pilot.adjustments,
        assessments: pilot.interims,
        evaluated: pilot.evaluated,
        removalProposed: pilot.removal,
    };
    let course = api::Course {
        titleDigest: plan.title,
        factsDigest: plan.facts,
        publishedDay: plan.published,
        commentDays: plan.comment_days,
        listedDay: plan.listed,
        startDay: plan.start,
        endDay: plan.end,
        assessmentMonths: plan.assessment_months,
        comments: plan.comments,
        objectionsOpen: plan.open,
        objectionsUpheld: plan.upheld,
        reviewer: plan.reviewer,
        shortlist: plan.shortlist,
        list: plan.list,
        result: plan.result,
    };
    Ok(api::pilotOfReturn { pilot: record, course })
}

pub(super) fn entity_of(ctx: &mut Ctx<'_>, call: api::entityOfCall) -> Result<api::Entity, Stop> {
    let entity = ENTITIES.find(ctx, call.entity)?.unwrap_or_default();
    Ok(api::Entity {
        account: entity.account,
        division: entity.division,
        pilots: entity.pilots,
        registeredDay: entity.registered,
        nameDigest: entity.name,
    })
}

pub(super) fn live_pilots(ctx: &mut Ctx<'_>, call: api::livePilotsCall) -> Result<Vec<u32>, Stop> {
    Ok(HELD.map(ctx, call.entity)?.get(ctx, call.field.into())?.pilots().to_vec())
}

pub(super) fn document_of(ctx: &mut Ctx<'_>, call: api::documentOfCall) -> Result<api::Document, Stop> {
    let document = DOCUMENTS.find(ctx, call.document)?.unwrap_or_default();
    Ok(api::Document {
        kind: document.kind,
        issuedOn: document.issued,
        departments: document.departments,
        zones: document.zones,
        specials: document.specials,
        listedZones: document.listed_zones,
        listedSpecials: document.listed_specials,
        recordedDay: document.recorded,
        digest: document.digest,
    })
}

pub(super) fn indicator_of(ctx: &mut Ctx<'_>, call: api::indicatorOfCall) -> Result<api::Indicator, Stop> {
    let indicator = INDICATORS.map(ctx, call.id)?.find(ctx, call.indicator.into())?.unwrap_or_default();
    Ok(api::Indicator {
        nameDigest: indicator.name,
        unit: indicator.unit,
        decimals: indicator.decimals,
        baseline: indicator.baseline,
        target: indicator.target,
        due: indicator.due,
        revisions: indicator.revisions,
        entries: indicator.entries,
        lastDay: indicator.last_day,
    })
}

pub(super) fn entry_of(ctx: &mut Ctx<'_>, call: api::entryOfCall) -> Result<api::Entry, Stop> {
    let api::entryOfCall { id, indicator, entry } = call;
    let found = ENTRIES.map(ctx, id)?.map(ctx, indicator.into())?.find(ctx, entry)?;
    Ok(shown(found.unwrap_or_default()))
}

pub(super) fn entry_of_day(
    ctx: &mut Ctx<'_>,
    call: api::entryOfDayCall,
) -> Result<api::entryOfDayReturn, Stop> {
    let api::entryOfDayCall { id, indicator, day } = call;
    let entry = LAST_ENTRY.map(ctx, id)?.map(ctx, indicator.into())?.get(ctx, day)?;
    let record = entry_of(ctx, api::entryOfCall { id, indicator, entry })?;
    Ok(api::entryOfDayReturn { entry, record })
}

fn shown(entry: Entry) -> api::Entry {
    api::Entry {
        day: entry.day,
        value: entry.value,
        refersTo: entry.refers_to,
        correction: entry.correction,
        chainId: entry.chain_id,
        sourceHeight: entry.source_height,
        source: entry.source,
        account: entry.account,
        height: entry.height,
        timestampMs: entry.timestamp_ms,
    }
}

pub(super) fn filings_of(ctx: &mut Ctx<'_>, call: api::filingsOfCall) -> Result<Vec<B256>, Stop> {
    let count = PILOTS.find(ctx, call.id)?.unwrap_or_default().filings;
    goals::filings(ctx, call.id, count)
}

pub(super) fn comment_of(ctx: &mut Ctx<'_>, call: api::commentOfCall) -> Result<api::CommentRecord, Stop> {
    let comment = COMMENTS.map(ctx, call.id)?.find(ctx, call.number)?.unwrap_or_default();
    Ok(api::CommentRecord {
        account: comment.account,
        kind: comment.kind,
        outcome: comment.outcome,
        day: comment.day,
        textDigest: comment.text,
    })
}

pub(super) fn adjustment_of(ctx: &mut Ctx<'_>, call: api::adjustmentOfCall) -> Result<api::Adjustment, Stop> {
    let order = ADJUSTMENTS.map(ctx, call.id)?.find(ctx, call.number.into())?.unwrap_or_default();
    Ok(api::Adjustment {
        account: order.account,
        orderedDay: order.ordered,
        workingDays: order.working_days,
        repliedDay: order.replied,
        late: order.late,
        settled: order.settled,
        orderDigest: order.order,
        replyDigest: order.reply,
    })
}

pub(super) fn evaluation_of(
    ctx: &mut Ctx<'_>,
    call: api::evaluationOfCall,
) -> Result<api::evaluationOfReturn, Stop> {
    let evaluation = EVALUATIONS.find(ctx, call.id)?.unwrap_or_default();
    Ok(api::evaluationOfReturn {
        account: evaluation.account,
        verdict: evaluation.verdict,
        day: evaluation.day,
        report: evaluation.report,
    })
}

pub(super) fn removal_of(ctx: &mut Ctx<'_>, call: api::removalOfCall) -> Result<api::removalOfReturn, Stop> {
    let removal = REMOVALS.find(ctx, call.id)?.unwrap_or_default();
    Ok(api::removalOfReturn {
        account: removal.account,
        reason: removal.reason,
        day: removal.day,
        textDigest: removal.text,
    })
}
