//! The form of a service, its attachments, and the places where it runs.
//!
//! A place on this chain is bound to the service as soon as it is certain whose it is: at once if the
//! form proves that an account of the provider created the contract (the address of a contract is a
//! function of its creator and the creator's nonce), or else when an administration records the
//! filing or accepts the change. So nobody can stop a stranger's contract by filing it.

use super::{
    abi::IFiling::{self, Attachment, BadAttachment, BadPlace, CategoryNotForKind, Form, NotTheCreator},
    clocks, providers,
    state::{PLACES, Place, Provider, Service},
    terms::{Category, Format, Material, ServiceForm},
    texts,
};
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    ctx::gas,
    identity, members, services,
};
use alloy_sol_types::SolValue as _;
use ding_primitives::{Address, B256, limits};

/// What a form says, once it is checked.
pub(super) struct Checked {
    pub category: Category,
    pub form: ServiceForm,
    pub server_division: u32,
    pub go_live: Day,
    /// Whether it has a site.
    pub site: bool,
    pub content: B256,
    /// Places on this chain; bound: created by the provider.
    pub places: Vec<Place>,
}

impl Checked {
    /// A service as this form declares it.
    pub(super) const fn put(&self, service: Service) -> Service {
        let flags = if self.site { service.flags | Service::SITE } else { service.flags & !Service::SITE };
        Service {
            flags,
            go_live: self.go_live.get(),
            category: self.category.number(),
            form: self.form.number(),
            server_division: self.server_division,
            content: self.content,
            ..service
        }
    }
}

/// Checks a form that a provider fills in.
///
/// # Errors
///
/// Reverts with the error that names the field.
pub(super) fn check(ctx: &mut Ctx<'_>, provider: &Provider, form: &Form) -> Result<Checked, Stop> {
    let category = texts::term("category", form.category, Category::from_number)?;
    if category.kinds() & provider.kinds == 0 {
        return Err(Stop::revert(CategoryNotForKind { category: form.category, kinds: provider.kinds }));
    }
    let kind = texts::term("form", form.form, ServiceForm::from_number)?;
    texts::name("name", &form.name)?;
    texts::needed("field", &form.field, limits::FILING_LINE_BYTES_MAX)?;
    texts::long_needed("description", &form.description)?;
    texts::needed("server", &form.server, limits::FILING_LINE_BYTES_MAX)?;
    for (field, text) in [("site", &form.site), ("icp", &form.icp), ("consensus", &form.consensus)] {
        texts::optional(field, text, limits::FILING_LINE_BYTES_MAX)?;
    }
    texts::long("crossBorder", &form.crossBorder)?;
    for (_, text) in public_texts(form) {
        texts::modest(text)?;
    }
    let site = require_icp(kind, form)?;
    match form.serverDivision {
        0 if form.crossBorder.is_empty() => return Err(texts::missing("crossBorder")),
        0 => {}
        division => texts::division(division)?,
    }
    let latest = calendar::today(ctx).plus(limits::FILING_DAYS_AHEAD_MAX).ok_or_else(Stop::overflow)?;
    let go_live = clocks::require_day("goLive", form.goLive, clocks::GO_LIVE_MIN, latest)?;
    let places = local_places(ctx, provider, form)?;
    let content = texts::hash(ctx, &form.abi_encode())?;
    let server_division = form.serverDivision;
    Ok(Checked { category, form: kind, server_division, go_live, site, content, places })
}

/// The texts of a form that the public reads, each with the name of its field: none of them may
/// present the filing as an approval ([`super::terms::approval_wording`]).
pub fn public_texts(form: &Form) -> [(&'static str, &str); 7] {
    [
        ("name", &form.name),
        ("description", &form.description),
        ("field", &form.field),
        ("server", &form.server),
        ("site", &form.site),
        ("consensus", &form.consensus),
        ("crossBorder", &form.crossBorder),
    ]
}

/// A site must hold an ICP filing already.
fn require_icp(kind: ServiceForm, form: &Form) -> Result<bool, Stop> {
    let site = has_site(form);
    if kind == ServiceForm::Website && form.site.is_empty() {
        return Err(texts::missing("site"));
    }
    if site && form.icp.is_empty() {
        return Err(texts::missing("icp"));
    }
    Ok(site)
}

/// Whether a form names a site, not just a client or an official account.
pub(super) fn has_site(form: &Form) -> bool {
    let address = form.site.to_ascii_lowercase();
    form.form == ServiceForm::Website.number()
        || ["http://", "https://", "www."].iter().any(|start| address.starts_with(start))
}

fn local_places(ctx: &mut Ctx<'_>, provider: &Provider, form: &Form) -> Result<Vec<Place>, Stop> {
    if form.places.len() > limits::FILING_PLACES_MAX {
        texts::list("places", form.places.len(), limits::FILING_PLACES_MAX)?;
    }
    let mut local: Vec<Place> = Vec::new();
    for (index, named) in form.places.iter().enumerate() {
        let IFiling::Place { chainId, place, creator, nonce } = *named;
        let twice =
            form.places.iter().take(index).any(|other| (other.chainId, other.place) == (chainId, place));
        if chainId == 0 || place.is_zero() || twice {
            return Err(Stop::revert(BadPlace { place }));
        }
        if chainId != ctx.chain_id() {
            continue;
        }
        let address = Address::from_word(place);
        if address.into_word() != place {
            return Err(Stop::revert(BadPlace { place }));
        }
        let bound = !creator.is_zero();
        if bound {
            require_creator(ctx, provider, address, creator, nonce)?;
        }
        local.push(Place { address, bound });
    }
    Ok(local)
}

/// The contract was created by an account of the provider (Yellow Paper, section 7).
///
/// An organisation names its accounts without asking them, so that a provider's word about another
/// account proves nothing: the creator itself, or another account of the same subject, sends the form.
/// An administration that sends it looked.
fn require_creator(
    ctx: &mut Ctx<'_>,
    provider: &Provider,
    place: Address,
    creator: Address,
    nonce: u64,
) -> Result<(), Stop> {
    ctx.charge(gas::keccak(64))?;
    let caller = ctx.caller();
    let (of_caller, of_creator) =
        (members::organisation_of(ctx, caller)?, members::organisation_of(ctx, creator)?);
    let known =
        !providers::acts_for(provider, caller, of_caller) || identity::same_subject(ctx, caller, creator)?;
    if creator.create(nonce) == place && known && providers::acts_for(provider, creator, of_creator) {
        return Ok(());
    }
    Err(Stop::revert(NotTheCreator { place, creator, nonce }))
}

/// Puts the places of a form in the place of those known, and binds or frees them in `services`.
/// `all` binds every one of them: an administration looked at them.
///
/// # Errors
///
/// Those of `services`: a contract belongs to one live service.
pub(super) fn put_places(
    ctx: &mut Ctx<'_>,
    id: u64,
    service: &Service,
    new: &[Place],
    all: bool,
) -> Result<u8, Stop> {
    let known = places(ctx, id, service)?;
    let key = super::service_key(ctx.chain_id(), id);
    let new: Vec<Place> = new.iter().map(|place| Place { bound: place.bound || all, ..*place }).collect();
    let missing = |of: &[Place], from: &[Place]| -> Vec<Address> {
        let bound = |places: &[Place], address| places.iter().any(|p| p.bound && p.address == address);
        let gone = of.iter().filter(|place| place.bound && !bound(from, place.address));
        gone.map(|place| place.address).collect()
    };
    let (gone, come) = (missing(&known, &new), missing(&new, &known));
    if !gone.is_empty() {
        services::detach(ctx, key, &gone)?;
    }
    if !come.is_empty() {
        services::attach(ctx, key, &come)?;
    }
    let own = PLACES.map(ctx, id)?;
    for (index, place) in (0u32..).zip(&new) {
        own.set(ctx, index, place)?;
    }
    for (index, _) in (0u32..).zip(&known).skip(new.len()) {
        own.set(ctx, index, &Place::default())?;
    }
    u8::try_from(new.len()).map_err(|_| ctx.fault("more places than a filing may name"))
}

/// Places of a service on this chain.
///
/// # Errors
///
/// Out of gas.
pub(super) fn places(ctx: &mut Ctx<'_>, id: u64, service: &Service) -> Result<Vec<Place>, Stop> {
    let own = PLACES.map(ctx, id)?;
    (0..u32::from(service.places)).map(|index| own.get(ctx, index)).collect()
}

/// Checks attachments; answers with the set of their kinds.
///
/// # Errors
///
/// Reverts with `ListSize`, `UnknownTerm`, `BadAttachment` or `Missing`.
pub(super) fn check_attachments(attachments: &[Attachment]) -> Result<u16, Stop> {
    if attachments.len() > limits::FILING_ATTACHMENTS_MAX {
        texts::list("attachments", attachments.len(), limits::FILING_ATTACHMENTS_MAX)?;
    }
    let mut materials = 0;
    for attachment in attachments {
        let Attachment { kind, format, size, digest } = *attachment;
        let material = texts::term("attachment", kind, Material::from_number)?;
        let max = limits::FILING_ATTACHMENT_BYTES_MAX;
        if Format::from_number(format).is_none() || !(1..=max).contains(&size) {
            return Err(Stop::revert(BadAttachment { kind, format, size, max }));
        }
        texts::digest("digest", digest)?;
        materials |= material.bit();
    }
    Ok(materials)
}

/// At most 32 bytes as the high end of a word.
pub(super) fn left_aligned(bytes: &[u8]) -> B256 {
    let mut word = B256::ZERO;
    for (to, from) in word.0.iter_mut().zip(bytes) {
        *to = *from;
    }
    word
}
