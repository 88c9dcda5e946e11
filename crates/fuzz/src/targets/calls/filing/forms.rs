//! What is declared of a service, and what is attached.

use super::people::{division, list_size, long_text, missing, modest, named, term, text, there};
use super::*;

/// The first day of the Provisions: 2019-02-15.
const IN_FORCE: u32 = 17_942;
/// The earliest day that a form may name: 2009-01-03.
const EARLIEST: u32 = 14_247;

pub(super) fn content(form: &Form) -> B256 {
    keccak256(form.abi_encode())
}

/// A line of a form.
fn line(field: &str, value: &str, needed: bool) -> Result<(), Refusal> {
    text(field, value, limits::FILING_LINE_BYTES_MAX, needed)
}

/// A website is a site, and whatever has an address of the web.
pub(super) fn has_site(form: &Form) -> bool {
    let site = form.site.to_ascii_lowercase();
    form.form == 1 || site.starts_with("http://") || site.starts_with("https://") || site.starts_with("www.")
}

impl Model {
    /// Refuses a day outside of a range.
    pub(super) fn require_day(field: &str, day: u32, min: u32, max: u32) -> Result<(), Refusal> {
        if (min..=max).contains(&day) {
            return Ok(());
        }
        refuse(BadDay { field: field.into(), day, min, max })
    }

    /// A day that has come.
    pub(super) fn require_past(&self, field: &str, day: u32) -> Result<(), Refusal> {
        Self::require_day(field, day, EARLIEST, self.today())
    }

    /// A day that is not too far away.
    pub(super) fn require_near(&self, field: &str, day: u32) -> Result<(), Refusal> {
        Self::require_day(field, day, EARLIEST, self.today() + limits::FILING_DAYS_AHEAD_MAX)
    }

    /// Whether a form says what it has to; its places on this chain.
    pub(super) fn require_form(&self, provider: u32, form: &Form) -> Result<Vec<(Address, bool)>, Refusal> {
        term("category", form.category.into(), 3)?;
        let kinds = self.provider(provider)?.subject.kinds;
        let able = match form.category {
            1 => 3,
            2 => 1,
            _ => 2,
        };
        if kinds & able == 0 {
            return refuse(CategoryNotForKind { category: form.category, kinds });
        }
        term("form", form.form.into(), 7)?;
        named("name", &form.name)?;
        line("field", &form.field, true)?;
        long_text("description", &form.description, true)?;
        line("server", &form.server, true)?;
        line("site", &form.site, false)?;
        line("icp", &form.icp, false)?;
        line("consensus", &form.consensus, false)?;
        long_text("crossBorder", &form.crossBorder, false)?;
        for text in [
            &form.name,
            &form.description,
            &form.field,
            &form.server,
            &form.site,
            &form.consensus,
            &form.crossBorder,
        ] {
            modest(text)?;
        }
        if form.form == 1 && form.site.is_empty() {
            return missing("site");
        }
        if has_site(form) && form.icp.is_empty() {
            return missing("icp");
        }
        if form.serverDivision != 0 {
            division(form.serverDivision)?;
        } else if form.crossBorder.is_empty() {
            return missing("crossBorder");
        }
        self.require_near("goLive", form.goLive)?;
        self.require_places(provider, form)
    }

    /// Whether places are listed once, addresses, and created by whom they say.
    fn require_places(&self, provider: u32, form: &Form) -> Result<Vec<(Address, bool)>, Refusal> {
        if form.places.len() > limits::FILING_PLACES_MAX {
            list_size("places", form.places.len(), limits::FILING_PLACES_MAX)?;
        }
        let (mut seen, mut here) = (Vec::new(), Vec::new());
        for Place { chainId, place, creator, nonce } in form.places.iter().cloned() {
            if chainId == 0 || place.is_zero() || seen.contains(&(chainId, place)) {
                return refuse(BadPlace { place });
            }
            seen.push((chainId, place));
            if chainId != samples::CHAIN_ID {
                continue;
            }
            let address = Address::from_word(place);
            if address.into_word() != place {
                return refuse(BadPlace { place });
            }
            if !creator.is_zero() {
                let own = self.acts_for(provider, creator);
                let tells = creator == self.caller || !self.acts_for(provider, self.caller);
                if creator.create(nonce) != address || !own || !tells {
                    return refuse(NotTheCreator { place: address, creator, nonce });
                }
            }
            here.push((address, !creator.is_zero()));
        }
        Ok(here)
    }

    /// The kinds attached.
    pub(super) fn require_attachments(attachments: &[Attachment]) -> Result<u16, Refusal> {
        if attachments.len() > limits::FILING_ATTACHMENTS_MAX {
            list_size("attachments", attachments.len(), limits::FILING_ATTACHMENTS_MAX)?;
        }
        let mut materials = 0;
        for Attachment { kind, format, size, digest } in attachments.iter().cloned() {
            term("attachment", kind.into(), 7)?;
            let max = limits::FILING_ATTACHMENT_BYTES_MAX;
            if !(1..=3).contains(&format) || size == 0 || size > max {
                return refuse(BadAttachment { kind, format, size, max });
            }
            there("digest", digest)?;
            materials |= 1 << kind;
        }
        Ok(materials)
    }

    /// Whether everything that a record needs was attached; imported filings have it on paper.
    pub(super) fn require_materials(&self, id: u64) -> Result<(), Refusal> {
        let service = self.service(id)?;
        let needed = 0b101_1110 | if has_site(&service.form) { 1 << 5 } else { 0 };
        let missing = needed & !service.materials;
        if missing == 0 || service.flags & 2 != 0 {
            return Ok(());
        }
        refuse(MaterialsMissing { service: id, missing })
    }

    /// The clock to file, from the day of going live, or from when there were Provisions.
    pub(super) fn to_file(&self, go_live: u32) -> Runs {
        if go_live < IN_FORCE {
            return (2, IN_FORCE, self.period(2));
        }
        (1, go_live, self.period(1))
    }
}
