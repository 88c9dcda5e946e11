//! Providers: who files services, and the accounts that act for them.
//!
//! An organisation is known by its unified social credit code, which is public; an individual by a
//! salted commitment only. A code has one provider, an account is in charge of at most one.

use super::{
    abi::IFiling::{
        AccountInCharge, AccountSet, AlreadyRegistered, BadCode, NoSuchProvider, NotTheProvider,
        OrganisationOnly, OtherCode, OtherNature, OtherProvince, ProviderChanged, ProviderRegistered,
        Subject, UnknownTerm, WrongIdType, changeProviderCall, registerProviderCall, setAccountCall,
    },
    clocks, hands,
    state::{COUNTS, Counts, PROVIDER_OF, PROVIDER_OF_CODE, PROVIDERS, Provider},
    steps::Step,
    terms::{Clock, IdType, Kind, Nature},
    texts,
};
use crate::{
    Ctx, Stop, calendar,
    identity::{self, Subject as Bound},
    members,
    storage::Cell,
    uscc,
};
use alloy_sol_types::SolValue as _;
use ding_primitives::{Address, B256};

/// Whether an account, or the organisation it belongs to, acts for a provider.
pub(super) fn acts_for(provider: &Provider, account: Address, organisation: u32) -> bool {
    (!account.is_zero() && account == provider.account)
        || (organisation != 0 && organisation == provider.organisation)
}

/// A provider and its place.
///
/// # Errors
///
/// Reverts with `NoSuchProvider`.
pub(super) fn get(ctx: &mut Ctx<'_>, id: u32) -> Result<(Cell<Provider>, Provider), Stop> {
    let place = PROVIDERS.cell(ctx, id)?;
    match place.find(ctx)? {
        Some(provider) => Ok((place, provider)),
        None => {
            let count = COUNTS.get(ctx)?.providers;
            Err(Stop::revert(NoSuchProvider { provider: id, count }))
        }
    }
}

/// What a subject's form says, once it is checked.
struct Checked {
    nature: Nature,
    /// Credit code, left-aligned ASCII, or commitment of an individual.
    identity: B256,
    content: B256,
}

pub(super) fn register(ctx: &mut Ctx<'_>, call: registerProviderCall) -> Result<u32, Stop> {
    let account = ctx.caller();
    add(ctx, account, call.subject)
}

/// Registers a provider with an account, or without one.
pub(super) fn add(ctx: &mut Ctx<'_>, account: Address, subject: Subject) -> Result<u32, Stop> {
    let checked = check(ctx, &subject)?;
    require_free(ctx, account)?;
    if checked.nature == Nature::Organisation {
        let known = PROVIDER_OF_CODE.get(ctx, checked.identity)?;
        if known != 0 {
            return Err(Stop::revert(AlreadyRegistered { provider: known }));
        }
    }
    require_subject(ctx, account, subject.nature, checked.identity)?;
    let counts = COUNTS.get(ctx)?;
    let id = counts.providers.checked_add(1).ok_or_else(Stop::overflow)?;
    COUNTS.replace(ctx, &counts, &Counts { providers: id, ..counts })?;
    let organisation = own_organisation(ctx, account, checked.nature, checked.identity)?;
    let provider = Provider {
        account,
        organisation,
        nature: subject.nature,
        id_type: subject.idType,
        kinds: subject.kinds,
        division: subject.division,
        identity: checked.identity,
        person: subject.person,
        content: checked.content,
        ..Provider::default()
    };
    PROVIDERS.cell(ctx, id)?.insert(ctx, &provider)?;
    if checked.nature == Nature::Organisation {
        PROVIDER_OF_CODE.set(ctx, checked.identity, &id)?;
    }
    if !account.is_zero() {
        PROVIDER_OF.set(ctx, account, &id)?;
    }
    let content = checked.content;
    ctx.emit(&ProviderRegistered { provider: id, account, organisation, subject, content })?;
    Ok(id)
}

pub(super) fn change(ctx: &mut Ctx<'_>, call: changeProviderCall) -> Result<(), Stop> {
    let changeProviderCall { provider: id, subject, changedOn, reason } = call;
    let (place, known) = get(ctx, id)?;
    let account = ctx.caller();
    let organisation = members::organisation_of(ctx, account)?;
    if moves(&known, &subject) {
        // Nobody leaves the administration that supervises it by saying so.
        require_mover(ctx, id, &known, &subject)?;
    } else if !acts_for(&known, account, organisation) {
        return Err(Stop::revert(NotTheProvider { provider: id, account }));
    }
    let checked = check(ctx, &subject)?;
    if subject.nature != known.nature {
        return Err(texts::unexpected("nature"));
    }
    if checked.nature == Nature::Organisation && checked.identity != known.identity {
        return Err(Stop::revert(OtherCode { account, bound: known.identity, given: checked.identity }));
    }
    require_subject(ctx, known.account, subject.nature, checked.identity)?;
    texts::long("reason", &reason)?;
    let today = calendar::today(ctx);
    let day = clocks::require_day("changedOn", changedOn, clocks::GO_LIVE_MIN, today)?;
    let late = clocks::start(ctx, Clock::Change, day)?.due(ctx)?.passed(ctx);
    let content = checked.content;
    let new = Provider {
        id_type: subject.idType,
        kinds: subject.kinds,
        division: subject.division,
        identity: checked.identity,
        person: subject.person,
        content,
        ..known
    };
    place.replace(ctx, &known, &new)?;
    ctx.emit(&ProviderChanged { provider: id, account, changedOn, late, subject, content, reason })
}

/// Whether a provider with services would come under the administration of another province.
const fn moves(known: &Provider, subject: &Subject) -> bool {
    known.services > 0 && known.division / 10_000 != subject.division / 10_000
}

fn require_mover(ctx: &mut Ctx<'_>, id: u32, known: &Provider, subject: &Subject) -> Result<(), Stop> {
    match hands::authority(ctx, Step::Import) {
        Ok(_) => Ok(()),
        Err(Stop::Revert(_)) => {
            let (division, given) = (known.division, subject.division);
            Err(Stop::revert(OtherProvince { provider: id, division, given }))
        }
        Err(other) => Err(other),
    }
}

pub(super) fn set_account(ctx: &mut Ctx<'_>, call: setAccountCall) -> Result<(), Stop> {
    let setAccountCall { provider: id, account, reason } = call;
    let (place, known) = get(ctx, id)?;
    let by = ctx.caller();
    let of_caller = members::organisation_of(ctx, by)?;
    if !acts_for(&known, by, of_caller) {
        hands::authority(ctx, Step::Import)?;
    }
    if account.is_zero() {
        return Err(texts::missing("account"));
    }
    texts::long("reason", &reason)?;
    require_free(ctx, account)?;
    require_subject(ctx, account, known.nature, known.identity)?;
    if !known.account.is_zero() {
        PROVIDER_OF.set(ctx, known.account, &0)?;
    }
    PROVIDER_OF.set(ctx, account, &id)?;
    let nature = texts::term("nature", known.nature, Nature::from_number)?;
    let organisation = own_organisation(ctx, account, nature, known.identity)?;
    let new = Provider { account, organisation, ..known };
    place.replace(ctx, &known, &new)?;
    ctx.emit(&AccountSet { provider: id, account, before: known.account, by, organisation, reason })
}

/// The organisation whose accounts act for a provider with this account: the one that bears its code.
/// An organisation names its accounts without asking them, so that belonging to it is not enough.
fn own_organisation(
    ctx: &mut Ctx<'_>,
    account: Address,
    nature: Nature,
    identity: B256,
) -> Result<u32, Stop> {
    if account.is_zero() || nature != Nature::Organisation {
        return Ok(0);
    }
    let organisation = members::organisation_of(ctx, account)?;
    let code = members::state::PROFILES.get(ctx, organisation)?.code;
    Ok(if code == identity { organisation } else { 0 })
}

/// An account takes charge of one provider.
fn require_free(ctx: &mut Ctx<'_>, account: Address) -> Result<(), Stop> {
    match PROVIDER_OF.get(ctx, account)? {
        0 => Ok(()),
        provider => Err(Stop::revert(AccountInCharge { account, provider })),
    }
}

/// An account whose subject the ledger knows (`identity`, or the code of its organisation in
/// `members`) is in charge of no other one.
fn require_subject(ctx: &mut Ctx<'_>, account: Address, nature: u8, given: B256) -> Result<(), Stop> {
    if account.is_zero() {
        return Ok(());
    }
    let other = |bound| Err(Stop::revert(OtherCode { account, bound, given }));
    if let Some(Bound { kind, subject, .. }) = identity::subject_of(ctx, account)? {
        let own = if nature == Nature::Organisation.number() {
            identity::Kind::Organisation
        } else {
            identity::Kind::Person
        };
        if kind != own.number() {
            return Err(Stop::revert(OtherNature { account, boundKind: kind, nature }));
        }
        if subject != given {
            return other(subject);
        }
    }
    let organisation = members::organisation_of(ctx, account)?;
    let code = members::state::PROFILES.get(ctx, organisation)?.code;
    if code.is_zero() || code == given { Ok(()) } else { other(code) }
}

fn check(ctx: &mut Ctx<'_>, subject: &Subject) -> Result<Checked, Stop> {
    let Subject { nature, idType, kinds, division, .. } = *subject;
    let known = texts::term("nature", nature, Nature::from_number)?;
    let id_type = texts::term("identity document", idType, IdType::from_number)?;
    let all = Kind::ALL.iter().fold(0, |bits, kind| bits | kind.number());
    if kinds == 0 || kinds & !all != 0 {
        let vocabulary = "kinds of provider".into();
        return Err(Stop::revert(UnknownTerm { vocabulary, number: kinds.into() }));
    }
    texts::division(division)?;
    if (known == Nature::Organisation) != (id_type == IdType::CreditCode) {
        return Err(Stop::revert(WrongIdType { nature, idType }));
    }
    let identity = match known {
        Nature::Organisation => {
            texts::name("name", &subject.name)?;
            texts::modest(&subject.name)?;
            if !subject.subject.is_zero() {
                return Err(texts::unexpected("subject"));
            }
            code(&subject.uscc)?
        }
        Nature::Individual => {
            if kinds & Kind::Technology.number() != 0 {
                return Err(Stop::revert(OrganisationOnly { kinds }));
            }
            // A person's name is personal data and has no place on the ledger.
            for (field, text) in [("uscc", &subject.uscc), ("name", &subject.name)] {
                if !text.is_empty() {
                    return Err(texts::unexpected(field));
                }
            }
            texts::digest("subject", subject.subject)?;
            subject.subject
        }
    };
    texts::digest("person", subject.person)?;
    texts::digest("details", subject.details)?;
    let content = texts::hash(ctx, &subject.abi_encode())?;
    Ok(Checked { nature: known, identity, content })
}

/// A credit code, normalised and checked, as the high end of a word.
pub(super) fn code(text: &str) -> Result<B256, Stop> {
    let code = uscc::parse(text).map_err(|reason| {
        Stop::revert(BadCode { uscc: text.chars().take(32).collect(), reason: reason.to_string() })
    })?;
    Ok(super::forms::left_aligned(code.as_bytes()))
}
