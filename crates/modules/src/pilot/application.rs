//! From a recommendation to the list: review, comments of the public, listing.

use super::{
    abi::IPilot as api,
    checks, clocks,
    hands::{self, Taken, take, today},
    machine::{State, Step},
    parameters, sources,
    state::{
        COMMENTS, COMMENTS_OF, COUNTS, Comment, ENTITIES, Entity, FIRST_DAY, HELD, OF_ZONE, PILOTS, PLANS,
        Pilot, Plan,
    },
    terms::{CommentKind, DocumentKind, Field, Kind, Outcome, Zone},
};
use crate::{
    Ctx, Stop,
    calendar::Deadline,
    members::{self, Role},
};
use ding_primitives::{B256, limits};

/// Recommends a pilot.
pub(super) fn recommend(ctx: &mut Ctx<'_>, call: api::recommendCall) -> Result<u32, Stop> {
    let api::recommendCall { proposal, alongside } = call;
    let api::Proposal { kind, entity, field, zone, division, endDay, title, material } = proposal;
    let organisation = sources::require_recommender(ctx, division)?;
    let what = require_subject(kind, field, zone, division)?;
    checks::line("title", &title, limits::PILOT_TITLE_CHARS_MAX)?;
    checks::digest("application material", material)?;
    let today = today(ctx);
    let parameters = parameters::current(ctx)?;
    let last = today.saturating_add(parameters.duration_days.into());
    checks::range("last day of the pilot", endDay, today.saturating_add(1), last)?;
    let carrier = ENTITIES.cell(ctx, entity)?;
    let known = carrier.find(ctx)?.ok_or_else(|| Stop::revert(api::NoSuchEntity { entity }))?;

    let mut counts = COUNTS.get(ctx)?;
    counts.pilots = checks::more(counts.pilots)?;
    let id = counts.pilots;
    occupy(ctx, id, what, entity, field, zone, &alongside)?;
    let pilot = Pilot {
        kind,
        state: State::Recommended.number(),
        field,
        zone,
        division,
        recommender: organisation,
        entity,
        ..Pilot::default()
    };
    PILOTS.cell(ctx, id)?.insert(ctx, &pilot)?;
    let plan = Plan { title: checks::digest_of(ctx, &title)?, end: endDay, ..Plan::default() };
    PLANS.cell(ctx, id)?.insert(ctx, &plan)?;
    carrier.replace(ctx, &known, &Entity { pilots: checks::more(known.pilots)?, ..known })?;
    COUNTS.set(ctx, &counts)?;
    ctx.emit(&api::Recommended {
        id,
        entity,
        organisation,
        kind,
        field,
        zone,
        division,
        endDay,
        alongside,
        material,
        title,
        account: ctx.caller(),
        today,
    })?;
    Ok(id)
}

/// Kind, field, zone and division that fit together.
fn require_subject(kind: u8, field: u8, zone: u8, division: u8) -> Result<Kind, Stop> {
    let what = checks::known("kind of pilot", kind, Kind::from_number(kind))?;
    match (what, field) {
        (Kind::Comprehensive, 0) => {}
        (Kind::Special, 1..) => {
            checks::known("field", field, Field::from_number(field))?;
        }
        _ => return Err(Stop::revert(api::FieldNotForKind { kind, field })),
    }
    sources::require_division(division)?;
    if zone == 0 {
        return if what == Kind::Special { Ok(what) } else { Err(Stop::revert(api::ZoneRequired {})) };
    }
    let own = checks::known("zone", zone, Zone::from_number(zone))?.division();
    if own != division {
        return Err(Stop::revert(api::ZoneElsewhere { zone, division, own }));
    }
    Ok(what)
}

/// Takes the zone of a comprehensive pilot and a place in the entity's field.
fn occupy(
    ctx: &mut Ctx<'_>,
    id: u32,
    kind: Kind,
    entity: B256,
    field: u8,
    zone: u8,
    alongside: &[u32],
) -> Result<(), Stop> {
    if kind == Kind::Comprehensive {
        let place = OF_ZONE.cell(ctx, zone.into())?;
        match place.get(ctx)? {
            0 => place.set(ctx, &id)?,
            other => return Err(Stop::revert(api::ZoneTaken { zone, id: other })),
        }
    }
    let place = HELD.map(ctx, entity)?.cell(ctx, field.into())?;
    let held = place.get(ctx)?;
    require_alongside(entity, field, held.pilots(), alongside)?;
    let max = limits::PILOTS_OF_FIELD_MAX;
    let more = held.with(id).ok_or_else(|| Stop::revert(api::FieldFull { entity, field, max }))?;
    place.set(ctx, &more)
}

/// Every live pilot of the entity in the field is named, and nothing else, each once.
fn require_alongside(entity: B256, field: u8, live: &[u32], named: &[u32]) -> Result<(), Stop> {
    if let Some(id) = live.iter().copied().find(|id| !named.contains(id)) {
        return Err(Stop::revert(api::FieldTaken { entity, field, id }));
    }
    if let Some(id) = named.iter().copied().find(|id| !live.contains(id)) {
        return Err(Stop::revert(api::NotAlongside { entity, field, id }));
    }
    checks::count("pilots named alongside", named.len(), live.len())
}

/// Reviews a pilot favourably.
pub(super) fn review(ctx: &mut Ctx<'_>, call: api::reviewCall) -> Result<(), Stop> {
    let api::reviewCall { id, competent, opinion } = call;
    let mut taken = take(ctx, id, Step::Review)?;
    if taken.pilot.indicators == 0 {
        return Err(Stop::revert(api::NoIndicators { id }));
    }
    require_competent(ctx, competent)?;
    checks::text("opinion", &opinion)?;
    taken.pilot.competent = competent;
    taken.save(ctx)?;
    let Taken { account, today, .. } = taken;
    taken.change_plan(ctx, |plan| plan.reviewer = account)?;
    ctx.emit(&api::Reviewed { id, competent, opinion, account, today })
}

/// Assigns another competent department.
pub(super) fn assign_competent(ctx: &mut Ctx<'_>, call: api::assignCompetentCall) -> Result<(), Stop> {
    let api::assignCompetentCall { id, competent } = call;
    let mut taken = take(ctx, id, Step::Assign)?;
    require_competent(ctx, competent)?;
    taken.pilot.competent = competent;
    taken.save(ctx)?;
    let Taken { account, before, .. } = taken;
    ctx.emit(&api::CompetentAssigned { id, before: before.competent, competent, account })
}

fn require_competent(ctx: &mut Ctx<'_>, organisation: u32) -> Result<(), Stop> {
    let able = members::has(ctx, organisation, Role::Competent)?
        || members::has(ctx, organisation, Role::Supervisor)?;
    if able { Ok(()) } else { Err(Stop::revert(api::CompetentRequired { organisation })) }
}

/// Opens a pilot to comments.
pub(super) fn publish(ctx: &mut Ctx<'_>, call: api::publishCall) -> Result<(), Stop> {
    let api::publishCall { id, document } = call;
    let taken = take(ctx, id, Step::Publish)?;
    sources::document(ctx, document, DocumentKind::Shortlist)?;
    taken.save(ctx)?;
    let comment_days = parameters::current(ctx)?.comment_days;
    let Taken { account, today, .. } = taken;
    let plan = taken.change_plan(ctx, |plan| {
        plan.published = today;
        plan.comment_days = comment_days;
        plan.shortlist = document;
    })?;
    let Deadline { day, provisional } = clocks::comments(ctx, &plan)?;
    ctx.emit(&api::Published {
        id,
        document,
        commentDays: comment_days,
        lastDay: day.get(),
        provisional,
        account,
        today,
    })
}

/// A comment of the public.
pub(super) fn comment(ctx: &mut Ctx<'_>, call: api::commentCall) -> Result<u32, Stop> {
    let api::commentCall { id, kind, text } = call;
    let taken = take(ctx, id, Step::Comment)?;
    let Taken { account, today, .. } = taken;
    let what = checks::known("kind of comment", kind, CommentKind::from_number(kind))?;
    checks::text("comment", &text)?;
    let plan = PLANS.get(ctx, id)?;
    let deadline = clocks::comments(ctx, &plan)?;
    if deadline.passed(ctx) {
        return Err(Stop::revert(api::CommentsClosed { id, lastDay: deadline.day.get() }));
    }
    let number = checks::more(plan.comments)?;
    checks::range("number of comments", number, 1u32, limits::PILOT_COMMENTS_MAX)?;
    let own = COMMENTS_OF.map(ctx, id)?.cell(ctx, account)?;
    let mine = checks::more(own.get(ctx)?)?;
    checks::range("number of comments of one account", mine, 1u32, limits::PILOT_COMMENTS_OF_ACCOUNT_MAX)?;
    own.set(ctx, &mine)?;
    let digest = checks::digest_of(ctx, &text)?;
    let comment = Comment { account, kind, outcome: 0, day: today, text: digest };
    COMMENTS.map(ctx, id)?.cell(ctx, number)?.insert(ctx, &comment)?;
    let open = if what == CommentKind::Objection { checks::more(plan.open)? } else { plan.open };
    taken.change_plan(ctx, |plan| {
        plan.comments = number;
        plan.open = open;
    })?;
    ctx.emit(&api::Commented { id, number, kind, text, account, today })?;
    Ok(number)
}

/// Answers comments.
pub(super) fn answer(ctx: &mut Ctx<'_>, call: api::answerCall) -> Result<(), Stop> {
    let api::answerCall { id, numbers, outcome, text } = call;
    let taken = take(ctx, id, Step::Answer)?;
    let Taken { account, today, .. } = taken;
    let what = checks::known("outcome", outcome, Outcome::from_number(outcome))?;
    checks::text("answer", &text)?;
    let many = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    checks::range("number of comments to answer", many, 1u32, limits::MODULE_PAGE_MAX)?;
    let Plan { comments: count, mut open, mut upheld, .. } = PLANS.get(ctx, id)?;
    let comments = COMMENTS.map(ctx, id)?;
    for number in numbers {
        let place = comments.cell(ctx, number)?;
        let Some(before) = place.find(ctx)? else {
            return Err(Stop::revert(api::NoSuchComment { id, number, count }));
        };
        if before.outcome != 0 {
            return Err(Stop::revert(api::AnsweredBefore { id, number }));
        }
        place.replace(ctx, &before, &Comment { outcome, ..before })?;
        if before.kind == CommentKind::Objection.number() {
            open = open.checked_sub(1).ok_or_else(|| ctx.fault("P4 fewer objections open than there are"))?;
            upheld = if what == Outcome::Upheld { checks::more(upheld)? } else { upheld };
        }
        ctx.emit(&api::Answered { id, number, outcome, text: text.clone(), account, today })?;
    }
    taken.change_plan(ctx, |plan| (plan.open, plan.upheld) = (open, upheld))?;
    Ok(())
}

/// Puts a pilot on the list.
pub(super) fn list(ctx: &mut Ctx<'_>, call: api::listCall) -> Result<(), Stop> {
    let api::listCall { id, document, alongside } = call;
    let taken = take(ctx, id, Step::List)?;
    let plan = PLANS.get(ctx, id)?;
    taken.require_other_hand(ctx, plan.reviewer, Step::Review)?;
    let deadline = clocks::comments(ctx, &plan)?;
    let comment_last_day = deadline.day.get();
    if !deadline.passed(ctx) {
        return Err(Stop::revert(api::CommentsOpen { id, lastDay: comment_last_day }));
    }
    if plan.open != 0 {
        return Err(Stop::revert(api::ObjectionsOpen { id, count: plan.open }));
    }
    if plan.upheld != 0 {
        return Err(Stop::revert(api::ObjectionsUpheld { id, count: plan.upheld }));
    }
    let Taken { account, today, .. } = taken;
    put_on_list(ctx, &taken, document, today, &alongside)?;
    ctx.emit(&api::Listed { id, document, alongside, commentLastDay: comment_last_day, account, today })
}

/// Enters a pilot that was listed before this ledger began.
pub(super) fn enter(ctx: &mut Ctx<'_>, call: api::enterCall) -> Result<(), Stop> {
    let api::enterCall { id, document, alongside } = call;
    let taken = take(ctx, id, Step::Enter)?;
    let reviewer = PLANS.get(ctx, id)?.reviewer;
    taken.require_other_hand(ctx, reviewer, Step::Review)?;
    let issued = sources::document(ctx, document, DocumentKind::List)?.issued;
    let first_day = FIRST_DAY.get(ctx)?;
    if issued >= first_day {
        return Err(Stop::revert(api::ListTooRecent { document, issuedOn: issued, firstDay: first_day }));
    }
    put_on_list(ctx, &taken, document, issued, &alongside)?;
    let Taken { account, today, .. } = taken;
    ctx.emit(&api::Entered { id, document, alongside, listedOn: issued, account, today })
}

/// Books a pilot under a list, beside the others of its entity in its field.
fn put_on_list(
    ctx: &mut Ctx<'_>,
    taken: &Taken,
    document: u32,
    listed: u32,
    alongside: &[u32],
) -> Result<(), Stop> {
    let pilot = taken.pilot;
    let beside = listed_beside(ctx, taken.id, &pilot)?;
    require_alongside(pilot.entity, pilot.field, &beside, alongside)?;
    let kind = Kind::from_number(pilot.kind).ok_or_else(|| ctx.fault("P1 a pilot without a kind"))?;
    sources::book(ctx, document, kind)?;
    taken.save(ctx)?;
    taken.change_plan(ctx, |plan| (plan.listed, plan.list) = (listed, document))?;
    Ok(())
}

/// Other pilots of the same entity in the same field that are on the list.
fn listed_beside(ctx: &mut Ctx<'_>, id: u32, pilot: &Pilot) -> Result<Vec<u32>, Stop> {
    let held = HELD.map(ctx, pilot.entity)?.get(ctx, pilot.field.into())?;
    let mut listed = Vec::new();
    for other in held.pilots().iter().copied().filter(|other| *other != id) {
        let state = hands::find(ctx, other).and_then(|other| hands::state_of(ctx, &other))?;
        if !matches!(state, State::Recommended | State::Reviewed | State::PublicComment) {
            listed.push(other);
        }
    }
    Ok(listed)
}

/// Ends a recommendation.
pub(super) fn decline(ctx: &mut Ctx<'_>, call: api::declineCall) -> Result<(), Stop> {
    let api::declineCall { id, reason } = call;
    let taken = take(ctx, id, Step::Decline)?;
    checks::text("reason", &reason)?;
    taken.save(ctx)?;
    ctx.emit(&api::Declined { id, reason, account: taken.account, today: taken.today })
}

/// Takes a recommendation back.
pub(super) fn withdraw(ctx: &mut Ctx<'_>, call: api::withdrawCall) -> Result<(), Stop> {
    let api::withdrawCall { id, reason } = call;
    let taken = take(ctx, id, Step::Withdraw)?;
    checks::text("reason", &reason)?;
    taken.save(ctx)?;
    ctx.emit(&api::Withdrawn { id, reason, account: taken.account, today: taken.today })
}
