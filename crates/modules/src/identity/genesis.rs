//! The section of the genesis file that says who may act on the chain.
//!
//! ```json
//! {"admission": "bound", "authorities": [{"organisation": "Harbour Identity Office", "name": "…"}]}
//! ```
//!
//! `bound`: a transaction of an account without standing is refused. `open`, the default, is for
//! development. An authority is an organisation of the section `members`, by its name; its own name is
//! the organisation's unless another is given. Genesis emits no events: the file itself is the record.

use super::{authorities, state::COUNTS};
use crate::{Ctx, Stop, ids, members};
use ding_primitives::{Spec, limits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The section `modules.identity` of a genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Whether accounts without standing are refused.
    #[serde(default)]
    pub admission: Admission,
    /// Authorities from the first block on; the first has number 1.
    #[serde(default)]
    pub authorities: Vec<AuthorityEntry>,
}

/// Who may act on a chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admission {
    /// Everybody who is not frozen.
    #[default]
    Open,
    /// Accounts with standing, and those of organisations of the consortium.
    Bound,
}

/// An identity authority in the genesis file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorityEntry {
    /// Name of the organisation in the section `members`.
    pub organisation: String,
    /// What people call it as an authority; empty for the organisation's name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Whether a chain refuses accounts without standing. Asked once when a node starts: it reads the
/// genesis file.
pub fn bound(spec: &Spec) -> bool {
    Section::of(spec).is_ok_and(|section| section.admission == Admission::Bound)
}

impl Section {
    /// Reads and checks the section of a genesis file; open and empty if there is none.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong and why.
    pub fn of(spec: &Spec) -> Result<Self, String> {
        let section = match spec.modules.get("identity") {
            Some(section) => Self::deserialize(section).map_err(|error| error.to_string())?,
            None => return Ok(Self::default()),
        };
        section.resolve(spec)?;
        Ok(section)
    }

    /// Number of the organisation and name of each authority.
    fn resolve(&self, spec: &Spec) -> Result<Vec<(u32, &str)>, String> {
        let members = members::Section::of(spec).map_err(|reason| format!("section members: {reason}"))?;
        let count = u32::try_from(self.authorities.len()).unwrap_or(u32::MAX);
        if count > limits::IDENTITY_AUTHORITIES_MAX {
            return Err(format!(
                "{count} authorities, at most {} are allowed",
                limits::IDENTITY_AUTHORITIES_MAX
            ));
        }
        let mut seen = BTreeSet::new();
        let mut resolved = Vec::new();
        for entry in &self.authorities {
            let of = |reason: String| format!("authority {:?}: {reason}", entry.organisation);
            let place = members.organisations.iter().position(|known| known.name == entry.organisation);
            let place =
                place.ok_or_else(|| of("no organisation of the section members has this name".into()))?;
            let organisation = u32::try_from(place + 1).map_err(|error| of(error.to_string()))?;
            if members.organisations.get(place).is_none_or(|known| known.accounts.is_empty()) {
                return Err(of("the organisation has no account that could bind anybody".into()));
            }
            if !seen.insert(organisation) {
                return Err(of("the organisation is named twice".into()));
            }
            let name = if entry.name.is_empty() { &entry.organisation } else { &entry.name };
            ids::check_name(name, limits::NAME_CHARS_MAX).map_err(|error| of(error.to_string()))?;
            resolved.push((organisation, name.as_str()));
        }
        let somebody = members.organisations.iter().any(|organisation| !organisation.accounts.is_empty());
        if self.admission == Admission::Bound && !somebody {
            return Err(
                "admission is \"bound\", but no organisation has an account: nobody could ever act".into()
            );
        }
        Ok(resolved)
    }
}

/// Writes the section into storage.
pub(super) fn write(ctx: &mut Ctx<'_>, spec: &Spec) -> Result<(), Stop> {
    let section = Section::of(spec).map_err(|reason| ctx.fault(reason))?;
    if section.admission == Admission::Bound {
        let mut counts = COUNTS.get(ctx)?;
        counts.bound = true;
        COUNTS.set(ctx, &counts)?;
    }
    for (organisation, name) in section.resolve(spec).map_err(|reason| ctx.fault(reason))? {
        authorities::write(ctx, organisation, name, 0)?;
    }
    Ok(())
}
