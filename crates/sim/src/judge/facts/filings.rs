//! The filing register: who took which step in which part, whose hands recorded and fined.

use super::{Deed, Facts, people::People};
use ding_modules::{
    filing::{
        self,
        events::{Taken, taken},
        steps::{Actor, Step, Track},
    },
    members::Role,
};
use ding_primitives::{Address, B256};
use std::collections::BTreeMap;

/// Who files services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Provider {
    account: Address,
    organisation: u32,
    province: u32,
}

impl Provider {
    fn is(&self, account: Address, people: &People) -> bool {
        let organisation = people.organisation_of(account);
        (!account.is_zero() && account == self.account)
            || (organisation != 0 && organisation == self.organisation)
    }
}

/// A filing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filing {
    /// Its id in `services`.
    key: B256,
    provider: u32,
    /// Who proposed last which number.
    proposed: Option<(Address, String)>,
    /// Number under which it was recorded.
    number: Option<String>,
}

/// Providers, filings, and who began an item (an objection, a measure).
#[derive(Clone, Debug, Default)]
pub(super) struct Filings {
    providers: BTreeMap<u32, Provider>,
    services: BTreeMap<u64, Filing>,
    begun: BTreeMap<(Track, u64), Address>,
}

impl Filings {
    /// Number proposed last for a filing.
    pub(super) fn proposed(&self, filing: u64) -> Option<&str> {
        let (_, number) = self.services.get(&filing)?.proposed.as_ref()?;
        Some(number)
    }

    /// The province of a recorded service: where its provider is now.
    pub(super) fn province_of(&self, key: B256) -> Option<u32> {
        let recorded = |filing: &&Filing| filing.key == key && filing.number.is_some();
        let provider = self.services.values().find(recorded)?.provider;
        self.providers.get(&provider).map(|provider| provider.province)
    }
}

impl Deed {
    /// Whether one of these steps was taken with a filing that `services` knows by this id.
    pub(super) fn stepped(&self, id: B256, steps: &[Step]) -> bool {
        self.taken.iter().any(|(key, taken)| *key == id && steps.contains(&taken.step))
    }

    /// Who took a step last.
    fn hand(&self, step: Step, service: u64, item: u64) -> Option<Address> {
        let same = |taken: &&Taken| (taken.step, taken.service, taken.item) == (step, service, item);
        self.taken.iter().rev().map(|(_, taken)| taken).find(same).map(|taken| taken.account)
    }
}

impl Facts {
    pub(super) fn filing(&mut self, event: filing::events::Event, deed: &mut Deed) -> Result<(), String> {
        use filing::events::Event as E;
        match event {
            E::Stepped(e) => {
                let taken = taken(&e).ok_or_else(|| format!("a step in unknown terms: {e:?}"))?;
                deed.taken.push((filing::service_key(self.chain_id, taken.service), taken));
                self.step(&taken)?;
            }
            E::ProviderRegistered(e) => {
                let (account, organisation) = (e.account, e.organisation);
                let provider = Provider { account, organisation, province: e.subject.division / 10_000 };
                self.filings.providers.insert(e.provider, provider);
            }
            E::ProviderChanged(e) => {
                self.provides_or_supervises(e.provider, e.account)?;
                if let Some(known) = self.filings.providers.get_mut(&e.provider) {
                    known.province = e.subject.division / 10_000;
                }
            }
            E::AccountSet(e) => {
                self.provides_or_supervises(e.provider, e.by)?;
                if let Some(known) = self.filings.providers.get_mut(&e.provider) {
                    (known.account, known.organisation) = (e.account, e.organisation);
                }
            }
            E::Declared(e) => {
                self.counts.filings = self.counts.filings.max(e.service);
                let known = self.filings.services.entry(e.service).or_default();
                let new = core::mem::replace(&mut known.provider, e.provider) == 0;
                known.key = filing::service_key(self.chain_id, e.service);
                let begins = |(_, taken): &&(B256, Taken)| {
                    taken.service == e.service && matches!(taken.step, Step::Declare | Step::Import)
                };
                if new {
                    let begun = deed.taken.iter().rev().find(begins);
                    let (_, taken) =
                        begun.ok_or_else(|| format!("filing {} was begun by nobody", e.service))?;
                    self.part(taken)?;
                }
            }
            E::Published(e) => self.counts.batches = self.counts.batches.max(e.batch),
            E::RecordProposed(e) => {
                let by = deed.hand(Step::ProposeRecord, e.service, 0);
                if by != Some(e.account) {
                    return Err(format!(
                        "{} proposes for filing {}, the step is {by:?}'s",
                        e.account, e.service
                    ));
                }
                self.known_filing(e.service)?.proposed = Some((e.account, e.number));
            }
            E::Recorded(e) => {
                let what = format!("filing {} is recorded", e.service);
                if e.key != filing::service_key(self.chain_id, e.service) {
                    return Err(format!("{what} as service {}, which is another's id", e.key));
                }
                let second = deed.hand(Step::Record, e.service, 0);
                let known = self.known_filing(e.service)?;
                let first = known.proposed.clone();
                if first != Some((e.first, e.number.clone())) || second != Some(e.second) {
                    return Err(format!(
                        "{what} under {} by {} and {}, proposed was {first:?}, the step is {second:?}'s",
                        e.number, e.first, e.second
                    ));
                }
                if let Some(before) = known.number.replace(e.number) {
                    return Err(format!("{what} again, it was under {before}"));
                }
                self.people.two(&what, e.first, e.second)?;
            }
            E::FineImposed(e) => {
                let first = self.filings.begun.get(&(Track::Penalty, e.penalty)).copied();
                let second = deed.hand(Step::ImposeFine, e.service, e.penalty);
                if (first, second) != (Some(e.first), Some(e.second)) {
                    return Err(format!(
                        "fine {} by {} and {}, the steps are {first:?}'s and {second:?}'s",
                        e.penalty, e.first, e.second
                    ));
                }
            }
            E::Measured(e) => deed.measures.push((filing::service_key(self.chain_id, e.service), e.penalty)),
            E::ArticleSet(e) => deed.decided(filing::state::ADDRESS, e.proposal)?,
            E::PeriodSet(e) => deed.decided(filing::state::ADDRESS, e.proposal)?,
            _ => {}
        }
        Ok(())
    }

    /// One number for a filing: the register's and that of `services` are the same.
    pub(super) fn numbers_agree(&self) -> Result<(), String> {
        for Filing { key, number, .. } in self.filings.services.values() {
            let known = self.services.get(key).and_then(|service| service.number.as_ref());
            if known != number.as_ref() {
                return Err(format!(
                    "service {key} is recorded under {known:?}, its filing under {number:?}"
                ));
            }
        }
        Ok(())
    }

    fn known_filing(&mut self, id: u64) -> Result<&mut Filing, String> {
        self.filings.services.get_mut(&id).ok_or_else(|| format!("filing {id} was never declared"))
    }

    /// A step by whoever may take it; two hands where it is the second.
    fn step(&mut self, taken: &Taken) -> Result<(), String> {
        let Taken { service, track, item, step, account, .. } = *taken;
        let begins = matches!(step, Step::Declare | Step::Import);
        if begins {
            // Whose filing it is follows.
            return Ok(());
        }
        self.part(taken)?;
        match step {
            Step::Object | Step::ProposeFine => {
                self.filings.begun.insert((track, item), account);
            }
            Step::Uphold | Step::Dismiss | Step::ImposeFine => match self.filings.begun.get(&(track, item)) {
                Some(first) => self.people.two(&format!("{step} of {track} {item}"), *first, account)?,
                None => return Err(format!("{step} of {track} {item} of filing {service}: nobody began it")),
            },
            _ => {}
        }
        Ok(())
    }

    /// An account takes a step in the part that the event names.
    fn part(&self, taken: &Taken) -> Result<(), String> {
        let Taken { service, step, actor, account, organisation, .. } = *taken;
        let people = &self.people;
        let filing = self.filings.services.get(&service);
        let provider = filing.and_then(|filing| self.filings.providers.get(&filing.provider));
        let own = provider.is_some_and(|provider| provider.is(account, people));
        // These are taken over no provider's head: an old register is entered, a list published.
        let general = matches!(step, Step::Import | Step::Publish);
        let is = match actor {
            Actor::Supervisor => people.is(account, Role::Supervisor) && (general || !own),
            Actor::Provincial => match provider {
                Some(provider) => people.is_of_province(account, provider.province) && !own,
                None => people.is(account, Role::Provincial),
            },
            Actor::Provider => own,
            Actor::Anyone => true,
        };
        if !is || people.organisation_of(account) != organisation || (service != 0 && provider.is_none()) {
            return Err(format!(
                "{step} of filing {service} by {account} of organisation {organisation} as {actor}, which it is not"
            ));
        }
        Ok(())
    }

    fn provides_or_supervises(&self, provider: u32, account: Address) -> Result<(), String> {
        let own = self.filings.providers.get(&provider).is_some_and(|known| known.is(account, &self.people));
        if own || self.people.is(account, Role::Supervisor) {
            return Ok(());
        }
        Err(format!("provider {provider} is changed by {account}, which does not act for it"))
    }
}
