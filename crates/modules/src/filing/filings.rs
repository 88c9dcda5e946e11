//! From the form to the number: declare, submit, take back, send back, pass on, record.

use super::{
    abi::IFiling::{
        Attachment, Declared, Form, Forwarded, MaterialsMissing, NoSuchService, NotProposed, RecordProposed,
        Recorded, Returned, Submitted, TooManyServices, Withdrawn, draftCall, fileCall, forwardCall,
        importFilingCall, importFilingReturn, proposeRecordCall, recordCall, resubmitCall, returnFilingCall,
        submitCall, withdrawCall,
    },
    clocks::{self, Running},
    forms::{self, Checked},
    hands::{self, Hand, take},
    numbers, providers,
    state::{
        ADDRESS, COUNTS, Counts, PROPOSALS, PROVIDER_OF_CODE, PROVIDERS, Proposal, Provider, SERVICES,
        Service,
    },
    steps::Step,
    terms::{Clock, Material, Nature},
    texts,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    ids::FilingNumber,
    services::{self, Declaration},
    storage::Cell,
};
use ding_primitives::limits;

/// Services of one provider: its filing numbers count them with three digits.
const SERVICES_MAX: u32 = FilingNumber::SERVICE_MAX as u32;
/// Numbers of services, as the records hold them.
const SERVICE_BITS: u32 = 40;

/// A service and its place.
///
/// # Errors
///
/// Reverts with `NoSuchService`.
pub(super) fn get(ctx: &mut Ctx<'_>, id: u64) -> Result<(Cell<Service>, Service), Stop> {
    let place = SERVICES.cell(ctx, id)?;
    match place.find(ctx)? {
        Some(service) => Ok((place, service)),
        None => {
            let count = COUNTS.get(ctx)?.services;
            Err(Stop::revert(NoSuchService { service: id, count }))
        }
    }
}

/// A service, its place, and the caller in its part.
///
/// # Errors
///
/// As [`get`] and [`hands::hand`].
pub(super) fn open(ctx: &mut Ctx<'_>, id: u64, step: Step) -> Result<(Cell<Service>, Service, Hand), Stop> {
    let (place, service) = get(ctx, id)?;
    let (_, provider) = providers::get(ctx, service.provider)?;
    let hand = hands::hand(ctx, step, service.provider, &provider)?;
    Ok((place, service, hand))
}

/// A step on the filing's own track; the service as it stands after it.
pub(super) fn step(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    step: Step,
    id: u64,
    service: &Service,
    clock: Option<Running>,
) -> Result<Service, Stop> {
    let status = take(ctx, hand, hands::filing(step, id, service), clock)?;
    Ok(clock.unwrap_or(Running::NONE).put(Service { status, ..*service }))
}

pub(super) fn draft(ctx: &mut Ctx<'_>, call: draftCall) -> Result<u64, Stop> {
    let (id, _) = declare(ctx, call.provider, call.form)?;
    Ok(id)
}

pub(super) fn file(ctx: &mut Ctx<'_>, call: fileCall) -> Result<u64, Stop> {
    let (id, service) = declare(ctx, call.provider, call.form)?;
    let place = SERVICES.cell(ctx, id)?;
    let hand = own_hand(ctx, Step::Submit, &service)?;
    receive(ctx, &hand, Step::Submit, &place, (id, service, service), call.attachments)?;
    Ok(id)
}

pub(super) fn submit(ctx: &mut Ctx<'_>, call: submitCall) -> Result<(), Stop> {
    let (place, service, hand) = open(ctx, call.service, Step::Submit)?;
    receive(ctx, &hand, Step::Submit, &place, (call.service, service, service), call.attachments)
}

fn own_hand(ctx: &mut Ctx<'_>, step: Step, service: &Service) -> Result<Hand, Stop> {
    let (_, provider) = providers::get(ctx, service.provider)?;
    hands::hand(ctx, step, service.provider, &provider)
}

fn declare(ctx: &mut Ctx<'_>, provider_id: u32, form: Form) -> Result<(u64, Service), Stop> {
    let (place, provider) = providers::get(ctx, provider_id)?;
    let hand = hands::hand(ctx, Step::Declare, provider_id, &provider)?;
    let checked = forms::check(ctx, &provider, &form)?;
    let clock = clocks::to_file(ctx, checked.go_live)?;
    create(ctx, &hand, Step::Declare, (place, provider_id, provider), (checked, form), clock)
}

/// A new service, by declaration or import.
fn create(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    step_taken: Step,
    (place, provider_id, provider): (Cell<Provider>, u32, Provider),
    (checked, form): (Checked, Form),
    clock: Running,
) -> Result<(u64, Service), Stop> {
    if provider.services >= SERVICES_MAX {
        return Err(Stop::revert(TooManyServices { provider: provider_id, max: SERVICES_MAX }));
    }
    let counts = COUNTS.get(ctx)?;
    let id = counts.services.checked_add(1).ok_or_else(Stop::overflow)?;
    ctx.invariant("F4 numbers of services fit their records", id >> SERVICE_BITS == 0)?;
    COUNTS.replace(ctx, &counts, &Counts { services: id, ..counts })?;
    let services = provider.services.saturating_add(1);
    place.replace(ctx, &provider, &Provider { services, ..provider })?;
    let blank = Service { provider: provider_id, ..Service::default() };
    let service = checked.put(step(ctx, hand, step_taken, id, &blank, Some(clock))?);
    let key = super::service_key(ctx.chain_id(), id);
    services::declare(
        ctx,
        &Declaration {
            id: key,
            // An imported provider may have no account yet: this register answers for it.
            provider: if provider.account.is_zero() { ADDRESS } else { provider.account },
            division: u8::try_from(provider.division / 10_000).unwrap_or(0),
            go_live: checked.go_live,
            clock: (step_taken == Step::Declare).then(|| outer(clock)),
            contracts: &[],
        },
    )?;
    let places = forms::put_places(ctx, id, &blank, &checked.places, false)?;
    let service = Service { places, ..service };
    SERVICES.cell(ctx, id)?.insert(ctx, &service)?;
    ctx.emit(&Declared { service: id, provider: provider_id, form, content: checked.content })?;
    Ok((id, service))
}

/// Takes a filing in: the clock to decide starts. `known` is what storage holds, `new` what the form
/// made of it.
fn receive(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    step_taken: Step,
    place: &Cell<Service>,
    (id, known, new): (u64, Service, Service),
    attachments: Vec<Attachment>,
) -> Result<(), Stop> {
    let materials = forms::check_attachments(&attachments)?;
    let due = Running::of(&known).due(ctx)?;
    let late = due.passed(ctx);
    let today = calendar::today(ctx);
    let clock = clocks::start(ctx, Clock::Decide, today)?;
    let service = step(ctx, hand, step_taken, id, &Service { status: known.status, ..new }, Some(clock))?;
    let first_late = late && step_taken == Step::Submit;
    let flags = if first_late { service.flags | Service::LATE } else { service.flags };
    place.replace(ctx, &known, &Service { materials, flags, ..service })?;
    let key = super::service_key(ctx.chain_id(), id);
    services::set_clock(ctx, key, None)?;
    let provider = service.provider;
    ctx.emit(&Submitted { service: id, provider, dueDay: due.day.get(), late, materials, attachments })
}

pub(super) fn resubmit(ctx: &mut Ctx<'_>, call: resubmitCall) -> Result<(), Stop> {
    let resubmitCall { service: id, form, attachments } = call;
    let (place, known, hand) = open(ctx, id, Step::Resubmit)?;
    let (_, provider) = providers::get(ctx, known.provider)?;
    let checked = forms::check(ctx, &provider, &form)?;
    // The clock may have run out, and what is stopped lets no place go: so the clock stops first.
    hands::require_possible(&hands::filing(Step::Resubmit, id, &known))?;
    services::set_clock(ctx, super::service_key(ctx.chain_id(), id), None)?;
    let places = forms::put_places(ctx, id, &known, &checked.places, false)?;
    let new = checked.put(Service { places, ..known });
    ctx.emit(&Declared { service: id, provider: known.provider, form, content: checked.content })?;
    receive(ctx, &hand, Step::Resubmit, &place, (id, known, new), attachments)
}

pub(super) fn withdraw(ctx: &mut Ctx<'_>, call: withdrawCall) -> Result<(), Stop> {
    let withdrawCall { service: id, reason } = call;
    let (place, service, hand) = open(ctx, id, Step::Withdraw)?;
    texts::long("reason", &reason)?;
    let new = step(ctx, &hand, Step::Withdraw, id, &service, None)?;
    place.replace(ctx, &service, &new)?;
    numbers::give_up(ctx, id)?;
    let key = super::service_key(ctx.chain_id(), id);
    services::deregister(ctx, key, 0)?;
    ctx.emit(&Withdrawn { service: id, reason })
}

pub(super) fn send_back(ctx: &mut Ctx<'_>, call: returnFilingCall) -> Result<(), Stop> {
    let returnFilingCall { service: id, codes, reasons, answerDays } = call;
    let (place, service, hand) = open(ctx, id, Step::Return)?;
    texts::reasons(&codes)?;
    texts::long_needed("reasons", &reasons)?;
    let clock = clocks::start_with(ctx, Clock::Supplement, answerDays)?;
    let new = step(ctx, &hand, Step::Return, id, &service, Some(clock))?;
    place.replace(ctx, &service, &new)?;
    numbers::give_up(ctx, id)?;
    // A service that went live without a record stops when neither the time to file nor the time to
    // supplement is left.
    let filing = clocks::to_file(ctx, Day::new(service.go_live))?;
    let later = if filing.due(ctx)?.day > clock.due(ctx)?.day { filing } else { clock };
    let key = super::service_key(ctx.chain_id(), id);
    services::set_clock(ctx, key, Some(outer(later)))?;
    ctx.emit(&Returned { service: id, codes, reasons })
}

pub(super) fn forward(ctx: &mut Ctx<'_>, call: forwardCall) -> Result<(), Stop> {
    let forwardCall { service: id, opinion } = call;
    let (place, service, hand) = open(ctx, id, Step::Forward)?;
    texts::long("opinion", &opinion)?;
    let new = step(ctx, &hand, Step::Forward, id, &service, Some(Running::of(&service)))?;
    place.replace(ctx, &service, &new)?;
    ctx.emit(&Forwarded { service: id, opinion })
}

pub(super) fn propose_record(ctx: &mut Ctx<'_>, call: proposeRecordCall) -> Result<String, Stop> {
    let proposeRecordCall { service: id, number, confirmed } = call;
    let (_, service, hand) = open(ctx, id, Step::ProposeRecord)?;
    propose(ctx, &hand, id, &service, &number, confirmed)
}

/// First hand of a record.
fn propose(
    ctx: &mut Ctx<'_>,
    hand: &Hand,
    id: u64,
    service: &Service,
    text: &str,
    confirmed: bool,
) -> Result<String, Stop> {
    require_materials(id, service)?;
    let clock = Some(Running::of(service));
    step(ctx, hand, Step::ProposeRecord, id, service, clock)?;
    let (number, confirmed) = if text.is_empty() {
        (numbers::form(ctx, id, service.provider)?, false)
    } else {
        numbers::given(ctx, id, service.provider, text, confirmed)?
    };
    let proposal = Proposal {
        account: hand.account,
        confirmed,
        given: !text.is_empty(),
        number: numbers::field(&number),
    };
    PROPOSALS.set(ctx, id, &proposal)?;
    let imported = service.flags & Service::IMPORTED != 0;
    let (account, number) = (hand.account, number.as_str().to_owned());
    ctx.emit(&RecordProposed { service: id, account, number: number.clone(), confirmed, imported })?;
    Ok(number)
}

/// A record needs all its attachments; a filing of the earlier register has them on paper.
fn require_materials(id: u64, service: &Service) -> Result<(), Stop> {
    if service.flags & Service::IMPORTED != 0 {
        return Ok(());
    }
    let missing = Material::required(service.flags & Service::SITE != 0) & !service.materials;
    if missing == 0 { Ok(()) } else { Err(Stop::revert(MaterialsMissing { service: id, missing })) }
}

pub(super) fn record(ctx: &mut Ctx<'_>, call: recordCall) -> Result<(), Stop> {
    let recordCall { services, numbers } = call;
    texts::list("services", services.len(), limits::FILING_STEP_MAX)?;
    if numbers.len() != services.len() {
        return Err(texts::list_size("numbers", numbers.len(), services.len()));
    }
    services.into_iter().zip(numbers).try_for_each(|(id, number)| record_one(ctx, id, &number))
}

/// Second hand of a record, under the number that it saw.
fn record_one(ctx: &mut Ctx<'_>, id: u64, seen: &str) -> Result<(), Stop> {
    let (place, service, hand) = open(ctx, id, Step::Record)?;
    let proposal = PROPOSALS.find(ctx, id)?.ok_or_else(|| Stop::revert(NotProposed { service: id }))?;
    hands::require_other(ctx, proposal.account, hand.account)?;
    require_materials(id, &service)?;
    numbers::require_seen(id, &proposal, seen)?;
    let number = numbers::confirm(ctx, id, service.provider, &proposal)?;
    let new = step(ctx, &hand, Step::Record, id, &service, None)?;
    let bound: Vec<_> = forms::places(ctx, id, &service)?;
    forms::put_places(ctx, id, &service, &bound, true)?;
    let key = super::service_key(ctx.chain_id(), id);
    services::record(ctx, key, &number)?;
    let flags = if proposal.confirmed { new.flags | Service::CONFIRMED } else { new.flags };
    let recorded_on = calendar::today(ctx).get();
    let new = Service { number: proposal.number, recorded_on, flags, ..new };
    place.replace(ctx, &service, &new)?;
    PROPOSALS.set(ctx, id, &Proposal::default())?;
    ctx.emit(&Recorded {
        service: id,
        key,
        first: proposal.account,
        second: hand.account,
        number: number.as_str().into(),
        late: service.flags & Service::LATE != 0,
    })
}

pub(super) fn import(ctx: &mut Ctx<'_>, call: importFilingCall) -> Result<importFilingReturn, Stop> {
    let importFilingCall { subject, account, form, number, confirmed } = call;
    let hand = hands::authority(ctx, Step::Import)?;
    if number.is_empty() {
        return Err(texts::missing("number"));
    }
    let known = if subject.nature == Nature::Organisation.number() {
        PROVIDER_OF_CODE.get(ctx, providers::code(&subject.uscc)?)?
    } else {
        0
    };
    let provider = if known == 0 { providers::add(ctx, account, subject)? } else { known };
    let place = PROVIDERS.cell(ctx, provider)?;
    let held = place.get(ctx)?;
    if known != 0 && !account.is_zero() && account != held.account {
        return Err(texts::unexpected("account"));
    }
    let checked = forms::check(ctx, &held, &form)?;
    let today = calendar::today(ctx);
    let clock = clocks::start(ctx, Clock::Decide, today)?;
    let created = create(ctx, &hand, Step::Import, (place, provider, held), (checked, form), clock)?;
    let (id, service) = created;
    let flagged = Service { flags: service.flags | Service::IMPORTED, ..service };
    SERVICES.cell(ctx, id)?.replace(ctx, &service, &flagged)?;
    propose(ctx, &hand, id, &flagged, &number, confirmed)?;
    Ok(importFilingReturn { provider, service: id })
}

/// A clock as `services` keeps it.
const fn outer(clock: Running) -> services::Clock {
    services::Clock { start: clock.start, working_days: clock.days }
}
