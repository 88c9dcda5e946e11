//! Pilots: who took which step in which part.

use super::{Deed, Facts};
use ding_modules::{members::Role, pilot};
use ding_primitives::{Address, B256};
use std::collections::BTreeMap;

/// In which part a step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Supervisor,
    Competent,
    Recommender,
    Entity,
}

const SUPERVISOR: &[Part] = &[Part::Supervisor];
const WATCHERS: &[Part] = &[Part::Competent, Part::Supervisor];
const APPLICANTS: &[Part] = &[Part::Entity, Part::Recommender];
const ENTITY: &[Part] = &[Part::Entity];

/// A pilot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pilot {
    entity: B256,
    recommender: u32,
    competent: u32,
    /// Who reviewed, evaluated, and proposed to remove it last.
    first: [Option<Address>; 3],
}

const REVIEWER: usize = 0;
const EVALUATOR: usize = 1;
const REMOVER: usize = 2;

/// Entities with their accounts, and pilots.
#[derive(Clone, Debug, Default)]
pub(super) struct Pilots {
    entities: BTreeMap<B256, Address>,
    pilots: BTreeMap<u32, Pilot>,
}

impl Facts {
    pub(super) fn pilot(&mut self, event: &pilot::events::Event, deed: &Deed) -> Result<(), String> {
        use pilot::events::Event as E;
        match event {
            E::DocumentRecorded(e) => {
                self.counts.documents = self.counts.documents.max(e.document);
                let is = self.people.is(e.account, Role::Supervisor);
                claims(is, "a source document is recorded", e.account)
            }
            E::EntityRegistered(e) => {
                self.recommends("an entity is registered", e.organisation, e.division)?;
                self.pilots.entities.insert(e.entity, e.account);
                Ok(())
            }
            E::EntityChanged(e) => {
                let before = self.pilots.entities.insert(e.entity, e.account);
                let is = before == Some(e.by) || self.people.is(e.by, Role::Supervisor);
                claims(is && before == Some(e.before), "an entity is changed", e.by)
            }
            E::Recommended(e) => {
                self.counts.pilots = self.counts.pilots.max(e.id);
                self.acts("a pilot is recommended", e.account, e.organisation)?;
                self.recommends("a pilot is recommended", e.organisation, e.division)?;
                let pilot = Pilot { entity: e.entity, recommender: e.organisation, ..Pilot::default() };
                self.pilots.pilots.insert(e.id, pilot);
                Ok(())
            }
            E::IndicatorAdded(e) => self.takes(e.id, "goals", e.account, APPLICANTS),
            E::IndicatorChanged(e) => self.takes(e.id, "goals", e.account, APPLICANTS),
            E::Described(e) => self.takes(e.id, "description", e.account, APPLICANTS),
            E::FilingNamed(e) => self.takes(e.id, "filing numbers", e.account, APPLICANTS),
            E::FilingDropped(e) => self.takes(e.id, "filing numbers", e.account, APPLICANTS),
            E::Reviewed(e) => {
                self.takes(e.id, "review", e.account, SUPERVISOR)?;
                self.assign(e.id, e.competent)?;
                self.first(e.id, REVIEWER, e.account)
            }
            E::CompetentAssigned(e) => {
                self.takes(e.id, "assignment", e.account, SUPERVISOR)?;
                self.assign(e.id, e.competent)
            }
            E::Published(e) => self.takes(e.id, "publication", e.account, SUPERVISOR),
            E::Answered(e) => self.takes(e.id, "answer to comments", e.account, SUPERVISOR),
            E::Listed(e) => {
                self.takes(e.id, "listing", e.account, SUPERVISOR)?;
                self.after(e.id, REVIEWER, "listing", e.account)
            }
            E::Entered(e) => {
                self.takes(e.id, "entry", e.account, SUPERVISOR)?;
                self.after(e.id, REVIEWER, "entry", e.account)
            }
            E::Declined(e) => self.takes(e.id, "refusal", e.account, SUPERVISOR),
            E::Withdrawn(e) => self.takes(e.id, "withdrawal", e.account, &[Part::Recommender]),
            E::Started(e) => self.takes(e.id, "start", e.account, ENTITY),
            E::Reported(e) => self.takes(e.id, "report", e.account, ENTITY),
            E::Corrected(e) => self.takes(e.id, "correction", e.account, ENTITY),
            E::AdjustmentOrdered(e) => {
                self.acts("an adjustment is ordered", e.account, e.organisation)?;
                self.takes(e.id, "order to adjust", e.account, WATCHERS)
            }
            E::AdjustmentReplied(e) => self.takes(e.id, "reply", e.account, ENTITY),
            E::ReplyRefused(e) => self.takes(e.id, "finding", e.account, WATCHERS),
            E::ReplyAccepted(e) => self.takes(e.id, "finding", e.account, WATCHERS),
            E::Assessed(e) => self.takes(e.id, "assessment", e.account, ENTITY),
            E::Evaluated(e) => {
                self.acts("a pilot is evaluated", e.account, e.organisation)?;
                self.takes(e.id, "evaluation", e.account, &[Part::Competent])?;
                self.first(e.id, EVALUATOR, e.account)
            }
            E::Accepted(e) => {
                self.takes(e.id, "acceptance", e.account, SUPERVISOR)?;
                self.after(e.id, EVALUATOR, "acceptance", e.account)
            }
            E::RemovalProposed(e) => {
                self.acts("a removal is proposed", e.account, e.organisation)?;
                self.takes(e.id, "proposal to remove", e.account, WATCHERS)?;
                self.first(e.id, REMOVER, e.account)
            }
            E::RemovalDropped(e) => self.takes(e.id, "dropping of a removal", e.account, WATCHERS),
            E::Removed(e) => {
                self.takes(e.id, "removal", e.account, SUPERVISOR)?;
                self.after(e.id, REMOVER, "removal", e.account)
            }
            E::ParametersSet(e) => deed.decided(pilot::state::ADDRESS, e.decision),
            E::Commented(_) => Ok(()),
        }
    }

    fn known_pilot(&mut self, id: u32) -> Result<&mut Pilot, String> {
        self.pilots.pilots.get_mut(&id).ok_or_else(|| format!("pilot {id} was never recommended"))
    }

    /// An account takes a step in one of these parts.
    fn takes(&mut self, id: u32, what: &str, account: Address, parts: &[Part]) -> Result<(), String> {
        let pilot = *self.known_pilot(id)?;
        let organisation = self.people.organisation_of(account);
        let is = |part: &Part| match part {
            Part::Supervisor => self.people.has(organisation, Role::Supervisor),
            Part::Competent => organisation != 0 && organisation == pilot.competent,
            Part::Recommender => organisation != 0 && organisation == pilot.recommender,
            Part::Entity => self.pilots.entities.get(&pilot.entity) == Some(&account),
        };
        if parts.iter().any(is) {
            return Ok(());
        }
        Err(format!("{what} of pilot {id} by {account} of organisation {organisation}, want {parts:?}"))
    }

    fn acts(&self, what: &str, account: Address, organisation: u32) -> Result<(), String> {
        let own = self.people.organisation_of(account);
        claims(own == organisation, &format!("{what} for organisation {organisation}"), account)
    }

    /// Supervisor, competent department, or the administration of the province.
    fn recommends(&self, what: &str, organisation: u32, province: u8) -> Result<(), String> {
        let is = self.people.has(organisation, Role::Supervisor)
            || self.people.has(organisation, Role::Competent)
            || self.people.administers(organisation, province.into());
        if is {
            Ok(())
        } else {
            Err(format!("{what} by organisation {organisation}, which recommends nothing"))
        }
    }

    fn assign(&mut self, id: u32, competent: u32) -> Result<(), String> {
        let able = [Role::Competent, Role::Supervisor].into_iter();
        if !able.into_iter().any(|role| self.people.has(competent, role)) {
            return Err(format!("organisation {competent} watches pilot {id} and is not competent"));
        }
        self.known_pilot(id)?.competent = competent;
        Ok(())
    }

    fn first(&mut self, id: u32, which: usize, account: Address) -> Result<(), String> {
        if let Some(first) = self.known_pilot(id)?.first.get_mut(which) {
            *first = Some(account);
        }
        Ok(())
    }

    /// Another person than the one who took the step before it.
    fn after(&mut self, id: u32, which: usize, what: &str, account: Address) -> Result<(), String> {
        let what = format!("{what} of pilot {id}");
        match self.known_pilot(id)?.first.get(which).copied().flatten() {
            Some(first) => self.people.two(&what, first, account),
            None => Err(format!("{what} by {account}, and nobody went before")),
        }
    }
}

fn claims(is: bool, what: &str, account: Address) -> Result<(), String> {
    if is { Ok(()) } else { Err(format!("{what} by {account}, which may not")) }
}
