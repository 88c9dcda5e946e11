//! What anyone may read.

use super::{
    abi::IFiling::{
        ArticleRecord, AssessmentRecord, BatchRecord, CampaignRecord, ObjectionRecord, PenaltyRecord,
        ProviderRecord, ServiceRecord, countsReturn, placesOfReturn, proposalReturn,
    },
    clocks, filings, forms, numbers, providers,
    state::{
        ASSESSMENTS, BATCHES, CAMPAIGNS, COUNTS, Counts, OBJECTIONS, PENALTIES, PROPOSALS, PROVIDER_OF_CODE,
        PROVIDERS, Provider, SERVICE_OF_NUMBER, SERVICES, Service,
    },
    table,
    terms::{Article, Clock, Measure, Nature},
    texts,
};
use crate::{Ctx, Stop, ids::FilingNumber};
use ding_primitives::B256;

pub(super) fn provider(ctx: &mut Ctx<'_>, id: u32) -> Result<ProviderRecord, Stop> {
    let found = PROVIDERS.find(ctx, id)?.unwrap_or_default();
    let Provider { account, organisation, nature, kinds, division, services, sequence, .. } = found;
    let organisation_code = nature == Nature::Organisation.number();
    Ok(ProviderRecord {
        account,
        organisation,
        nature,
        idType: found.id_type,
        kinds,
        division,
        services,
        subjectNumber: found.subject_number,
        sequence,
        uscc: if organisation_code { found.identity } else { B256::ZERO },
        subject: if organisation_code { B256::ZERO } else { found.identity },
        person: found.person,
        content: found.content,
    })
}

pub(super) fn provider_of_code(ctx: &mut Ctx<'_>, uscc: &str) -> Result<u32, Stop> {
    PROVIDER_OF_CODE.get(ctx, providers::code(uscc)?)
}

pub(super) fn service(ctx: &mut Ctx<'_>, id: u64) -> Result<ServiceRecord, Stop> {
    let found = SERVICES.find(ctx, id)?.unwrap_or_default();
    let Service { provider, flags, category, form, batch, materials, places, content, .. } = found;
    Ok(ServiceRecord {
        provider,
        status: found.status.number(),
        change: found.change.number(),
        inspection: found.inspection.number(),
        termination: found.termination.number(),
        flags,
        category,
        form,
        serverDivision: found.server_division,
        goLive: found.go_live,
        recordedOn: found.recorded_on,
        batch,
        materials,
        places,
        number: numbers::text(found.number),
        content,
    })
}

pub(super) fn service_of_number(ctx: &mut Ctx<'_>, number: &str) -> Result<u64, Stop> {
    SERVICE_OF_NUMBER.get(ctx, numbers::parse(number)?.to_word())
}

/// Whether a number belongs to a service that is recorded and not suspended.
pub(super) fn is_recorded(ctx: &mut Ctx<'_>, number: &FilingNumber) -> Result<bool, Stop> {
    let id = SERVICE_OF_NUMBER.get(ctx, number.to_word())?;
    if id == 0 {
        return Ok(false);
    }
    let status = SERVICES.get(ctx, id)?.status;
    Ok(status.is_live() && status != super::State::Suspended)
}

pub(super) fn proposal(ctx: &mut Ctx<'_>, id: u64) -> Result<proposalReturn, Stop> {
    let found = PROPOSALS.find(ctx, id)?.unwrap_or_default();
    let number = numbers::text(found.number);
    Ok(proposalReturn { number, account: found.account, confirmed: found.confirmed })
}

pub(super) fn places_of(ctx: &mut Ctx<'_>, id: u64) -> Result<placesOfReturn, Stop> {
    let (_, service) = filings::get(ctx, id)?;
    let places = forms::places(ctx, id, &service)?;
    let (places, bound) = places.into_iter().map(|place| (place.address, place.bound)).unzip();
    Ok(placesOfReturn { places, bound })
}

pub(super) fn batch(ctx: &mut Ctx<'_>, number: u32) -> Result<BatchRecord, Stop> {
    let found = BATCHES.find(ctx, number)?.unwrap_or_default();
    let (day, count, list, document) = (found.day, found.count, found.list, found.document);
    Ok(BatchRecord { day, count, workingDays: found.days, list, document })
}

pub(super) fn objection(ctx: &mut Ctx<'_>, id: u64) -> Result<ObjectionRecord, Stop> {
    let found = OBJECTIONS.find(ctx, id)?.unwrap_or_default();
    Ok(ObjectionRecord {
        service: found.service,
        state: found.state.number(),
        account: found.account,
        day: found.day,
        evidence: found.evidence,
    })
}

pub(super) fn penalty(ctx: &mut Ctx<'_>, id: u64) -> Result<PenaltyRecord, Stop> {
    let found = PENALTIES.find(ctx, id)?.unwrap_or_default();
    Ok(PenaltyRecord {
        service: found.service,
        state: found.state.number(),
        measure: found.measure.map_or(0, Measure::number),
        article: found.article,
        breach: found.breach,
        ground: found.ground,
        day: found.day,
        amountFen: found.amount_fen,
        account: found.account,
        second: found.second,
        notice: found.notice,
    })
}

pub(super) fn assessment(ctx: &mut Ctx<'_>, id: u64) -> Result<AssessmentRecord, Stop> {
    let found = ASSESSMENTS.find(ctx, id)?.unwrap_or_default();
    Ok(AssessmentRecord {
        service: found.service,
        state: found.state.number(),
        day: found.day,
        goLive: found.go_live,
        report: found.report,
    })
}

pub(super) fn campaign(ctx: &mut Ctx<'_>, id: u32) -> Result<CampaignRecord, Stop> {
    let found = CAMPAIGNS.find(ctx, id)?.unwrap_or_default();
    Ok(CampaignRecord {
        state: found.state.number(),
        organisation: found.organisation,
        day: found.day,
        workingDays: found.days,
        services: found.services,
        open: found.open,
    })
}

pub(super) fn article(ctx: &mut Ctx<'_>, number: u8) -> Result<ArticleRecord, Stop> {
    let Article { min_fen, max_fen, breaches, measures } = table::article(ctx, number)?;
    let from = table::article_from(ctx, number)?;
    Ok(ArticleRecord { minFen: min_fen, maxFen: max_fen, breaches, measures, from })
}

pub(super) fn period(ctx: &mut Ctx<'_>, clock: u8) -> Result<u16, Stop> {
    let clock = texts::term("clock", clock, Clock::from_number)?;
    clocks::days(ctx, clock)
}

pub(super) fn counts(ctx: &mut Ctx<'_>) -> Result<countsReturn, Stop> {
    let Counts { providers, services, objections, penalties, assessments, campaigns, batches } =
        COUNTS.get(ctx)?;
    Ok(countsReturn { providers, services, batches, objections, penalties, assessments, campaigns })
}
