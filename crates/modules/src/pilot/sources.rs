//! Source documents and entities: what a pilot refers to.
//!
//! Figures about the programme differ between documents (departments 18, 17, 16; special pilots 164,
//! 165): each document keeps the figures that it gives, and a list takes no more pilots than it counts.

use super::{
    abi::IPilot as api,
    checks,
    hands::today,
    neighbours,
    state::{COUNTS, DOCUMENTS, Document, ENTITIES, ENTITY_OF, Entity},
    terms::{DocumentKind, Kind},
};
use crate::{
    Ctx, Stop,
    ids::{self, Province},
    members::{self, Role},
    uscc,
};
use ding_primitives::{Address, B256, is_module_address, limits};

/// Records a source document.
pub(super) fn record_document(ctx: &mut Ctx<'_>, call: api::recordDocumentCall) -> Result<u32, Stop> {
    let api::recordDocumentCall { kind, issuedOn, departments, zones, specials, digest, number, title } =
        call;
    let account = ctx.caller();
    members::require_role(ctx, account, Role::Supervisor)?;
    checks::known("kind of document", kind, DocumentKind::from_number(kind))?;
    let today = today(ctx);
    if issuedOn > today {
        return Err(Stop::revert(api::FutureDay { day: issuedOn, today }));
    }
    checks::digest("document", digest)?;
    checks::line("title", &title, limits::PILOT_TITLE_CHARS_MAX)?;
    if !number.is_empty() {
        checks::line("number of the document", &number, limits::PILOT_TITLE_CHARS_MAX)?;
    }
    let mut counts = COUNTS.get(ctx)?;
    counts.documents = checks::more(counts.documents)?;
    let document = counts.documents;
    let record = Document {
        kind,
        issued: issuedOn,
        departments,
        zones,
        specials,
        recorded: today,
        digest,
        ..Document::default()
    };
    DOCUMENTS.cell(ctx, document)?.insert(ctx, &record)?;
    COUNTS.set(ctx, &counts)?;
    ctx.emit(&api::DocumentRecorded {
        document,
        kind,
        issuedOn,
        departments,
        zones,
        specials,
        digest,
        number,
        title,
        account,
        today,
    })?;
    Ok(document)
}

/// A document that must be of a kind.
pub(super) fn document(ctx: &mut Ctx<'_>, document: u32, wanted: DocumentKind) -> Result<Document, Stop> {
    let Some(record) = DOCUMENTS.find(ctx, document)? else {
        let count = COUNTS.get(ctx)?.documents;
        return Err(Stop::revert(api::NoSuchDocument { document, count }));
    };
    if record.kind != wanted.number() {
        let wanted = wanted.number();
        return Err(Stop::revert(api::DocumentOfAnotherKind { document, kind: record.kind, wanted }));
    }
    Ok(record)
}

/// A document that may be missing.
pub(super) fn document_or_none(ctx: &mut Ctx<'_>, number: u32, wanted: DocumentKind) -> Result<(), Stop> {
    if number == 0 { Ok(()) } else { document(ctx, number, wanted).map(|_| ()) }
}

/// Books a pilot of this kind under a list, which takes no more than it counts.
pub(super) fn book(ctx: &mut Ctx<'_>, number: u32, kind: Kind) -> Result<(), Stop> {
    let before = document(ctx, number, DocumentKind::List)?;
    let mut after = before;
    let (stated, listed) = match kind {
        Kind::Comprehensive => (before.zones, &mut after.listed_zones),
        Kind::Special => (before.specials, &mut after.listed_specials),
    };
    if stated != 0 && *listed >= stated {
        return Err(Stop::revert(api::ListFull { document: number, kind: kind.number(), count: stated }));
    }
    *listed = checks::more(*listed)?;
    DOCUMENTS.cell(ctx, number)?.replace(ctx, &before, &after)
}

/// Registers an entity.
pub(super) fn register_entity(ctx: &mut Ctx<'_>, call: api::registerEntityCall) -> Result<B256, Stop> {
    let api::registerEntityCall { code, name, division, account } = call;
    let organisation = require_recommender(ctx, division)?;
    let entity = code_word(code)?;
    if let Some(known) = ENTITIES.find(ctx, entity)? {
        return Err(Stop::revert(api::EntityKnown { entity, account: known.account }));
    }
    require_division(division)?;
    checks::line("name", &name, limits::PILOT_TITLE_CHARS_MAX)?;
    require_free_account(ctx, account, entity)?;
    let today = today(ctx);
    let record =
        Entity { account, division, pilots: 0, registered: today, name: checks::digest_of(ctx, &name)? };
    ENTITIES.cell(ctx, entity)?.insert(ctx, &record)?;
    ENTITY_OF.set(ctx, account, &entity)?;
    let mut counts = COUNTS.get(ctx)?;
    counts.entities = checks::more(counts.entities)?;
    COUNTS.set(ctx, &counts)?;
    ctx.emit(&api::EntityRegistered { entity, account, organisation, division, name, today })?;
    Ok(entity)
}

/// Changes name or account of an entity.
pub(super) fn change_entity(ctx: &mut Ctx<'_>, call: api::changeEntityCall) -> Result<(), Stop> {
    let api::changeEntityCall { entity, name, account } = call;
    let known = ENTITIES.find(ctx, entity)?.ok_or_else(|| Stop::revert(api::NoSuchEntity { entity }))?;
    let by = ctx.caller();
    if by != known.account {
        let organisation = members::organisation_of(ctx, by)?;
        if !members::has(ctx, organisation, Role::Supervisor)? {
            return Err(Stop::revert(api::NotTheEntity { account: by, entity }));
        }
    }
    checks::line("name", &name, limits::PILOT_TITLE_CHARS_MAX)?;
    if account != known.account {
        require_free_account(ctx, account, entity)?;
        ENTITY_OF.set(ctx, known.account, &B256::ZERO)?;
        ENTITY_OF.set(ctx, account, &entity)?;
    }
    let changed = Entity { account, name: checks::digest_of(ctx, &name)?, ..known };
    ENTITIES.cell(ctx, entity)?.replace(ctx, &known, &changed)?;
    ctx.emit(&api::EntityChanged { entity, account, before: known.account, name, by })
}

/// The organisation that the caller acts for, which must be one that recommends: supervisor,
/// competent department, or the provincial administration of the division.
pub(super) fn require_recommender(ctx: &mut Ctx<'_>, division: u8) -> Result<u32, Stop> {
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    if members::has(ctx, organisation, Role::Supervisor)? || members::has(ctx, organisation, Role::Competent)?
    {
        return Ok(organisation);
    }
    if !members::has(ctx, organisation, Role::Provincial)? {
        return Err(Stop::revert(api::RecommenderRequired { account, organisation }));
    }
    let own = members::division_of(ctx, organisation)?;
    if own != division {
        return Err(Stop::revert(api::OutsideDivision { organisation, own, wanted: division }));
    }
    Ok(organisation)
}

/// The first two digits of a division of GB/T 2260.
pub(super) fn require_division(division: u8) -> Result<(), Stop> {
    match Province::from_code(division) {
        Some(_) => Ok(()),
        None => Err(Stop::revert(api::UnknownDivision { division })),
    }
}

/// The code in normal form, left-aligned.
fn code_word(code: String) -> Result<B256, Stop> {
    match ids::normalise(&code).filter(|normal| uscc::check(normal).is_ok()) {
        Some(normal) => Ok(B256::right_padding_from(normal.as_bytes())),
        None => Err(Stop::revert(api::CodeInvalid {
            code: code.chars().take(limits::ID_TEXT_BYTES_MAX).collect(),
        })),
    }
}

/// An account that can sign, acts for no other entity, and is not bound to another organisation.
fn require_free_account(ctx: &mut Ctx<'_>, account: Address, entity: B256) -> Result<(), Stop> {
    if account.is_zero() || is_module_address(&account) {
        return Err(Stop::revert(api::AccountUnusable { account }));
    }
    let other = ENTITY_OF.get(ctx, account)?;
    if !other.is_zero() && other != entity {
        return Err(Stop::revert(api::AccountTaken { account, entity: other }));
    }
    let bound = neighbours::organisation_code(ctx, account)?;
    if !bound.is_zero() && bound != entity {
        return Err(Stop::revert(api::AccountOfAnother { account, entity, bound }));
    }
    Ok(())
}
