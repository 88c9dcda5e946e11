//! What the events of `filing` say, in order: the state that storage should be in.

use crate::{
    Violation,
    calendar::Day,
    filing::{
        abi::IFiling::{
            Declared, Deregistered, FineImposed, Form, Measured, ProviderRegistered, Published, Recorded,
            Stepped, Subject, Submitted,
        },
        clocks::Running,
        events::{self, Event, Taken},
        forms, hands, numbers, providers,
        state::{Batch, Counts, Provider, Service},
        steps::{State, Step, Track},
        terms::{Article, Measure, Nature},
    },
};
use alloy_sol_types::SolValue as _;
use ding_primitives::{Address, B256, Log, keccak256};
use std::collections::BTreeMap;

/// An objection, measure, assessment or campaign.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Item {
    pub service: u64,
    pub state: State,
    /// Day of the last step.
    pub day: u32,
}

/// What an article provides, as the decisions so far say.
#[derive(Clone, Copy, Debug)]
struct Provided {
    now: Article,
    next: Option<(u32, Article)>,
}

impl Provided {
    fn on(&self, day: u32) -> Article {
        self.next.filter(|(from, _)| *from <= day).map_or(self.now, |(_, next)| next)
    }
}

/// What the events seen so far imply about storage.
#[derive(Default)]
pub(super) struct Story {
    chain_id: u64,
    pub providers: BTreeMap<u32, Provider>,
    pub services: BTreeMap<u64, Service>,
    pub items: BTreeMap<(Track, u64), Item>,
    pub clocks: BTreeMap<(Track, u64), Running>,
    pub numbers: BTreeMap<B256, u64>,
    pub batches: BTreeMap<u32, Batch>,
    pub fines: BTreeMap<u64, Measured>,
    /// First and second hand of fines.
    pub hands: BTreeMap<u64, (Address, Address)>,
    /// Campaign that a service was last asked under.
    pub asked: BTreeMap<u64, u32>,
    /// Services ever asked, by campaign.
    pub campaigns: BTreeMap<u32, u32>,
    changes: BTreeMap<u64, Form>,
    /// First hand of a record, and whether the number was confirmed.
    proposals: BTreeMap<u64, (Address, bool)>,
    planned: BTreeMap<u64, u32>,
    articles: BTreeMap<u8, Provided>,
    last: Option<Taken>,
    /// Account that took the last step.
    hand: Address,
}

impl Story {
    pub(super) fn new(chain_id: u64) -> Self {
        Self { chain_id, ..Self::default() }
    }

    pub(super) fn counts(&self) -> Counts {
        let items = |track| self.items.keys().filter(|(of, _)| *of == track).count();
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Counts {
            providers: small(self.providers.len()),
            services: self.services.len() as u64,
            objections: items(Track::Objection) as u64,
            penalties: items(Track::Penalty) as u64,
            assessments: items(Track::Assessment) as u64,
            campaigns: small(items(Track::Campaign)),
            batches: small(self.batches.len()),
        }
    }

    pub(super) fn tell(&mut self, log: &Log) -> Result<(), Violation> {
        let Some(event) = events::decode(log) else {
            return Violation::unless("F4", false, || {
                format!("a log of the module is none of its events: {log:?}")
            });
        };
        match event {
            Event::Stepped(e) => self.stepped(&e)?,
            Event::ProviderRegistered(e) => self.registered(&e)?,
            Event::ProviderChanged(e) => {
                if let Some(known) = self.providers.get_mut(&e.provider) {
                    *known = provider(known, &e.subject);
                }
            }
            Event::AccountSet(e) => {
                if let Some(known) = self.providers.get_mut(&e.provider) {
                    *known = Provider { account: e.account, organisation: e.organisation, ..*known };
                }
            }
            Event::Declared(e) => self.declared(&e)?,
            Event::Submitted(e) => self.submitted(&e),
            Event::RecordProposed(e) => {
                let own = self.taken(Step::ProposeRecord, Some(e.service), 0) && e.account == self.hand;
                Violation::unless("F5", own, || format!("{e:?} after {:?} by {}", self.last, self.hand))?;
                self.proposals.insert(e.service, (e.account, e.confirmed));
            }
            Event::Recorded(e) => self.recorded(&e)?,
            Event::Published(e) => self.published(&e)?,
            Event::Objected(e) => self.in_time("objection", e.objection, e.dueDay)?,
            Event::ChangeReported(e) => drop(self.changes.insert(e.service, e.form)),
            Event::ChangeAccepted(e) => {
                let form = self.changes.remove(&e.service);
                if let Some((form, known)) = form.zip(self.services.get_mut(&e.service)) {
                    *known = service(known, &form, self.chain_id);
                }
            }
            Event::TerminationNotified(e) => {
                self.planned.insert(e.service, e.plannedDay);
                self.in_time("end of service", e.service, e.latestNotice)?;
            }
            Event::Deregistered(e) => self.deregistered(&e)?,
            Event::Inspected(e) => {
                self.asked.insert(e.service, e.campaign);
                let count = self.campaigns.entry(e.campaign).or_default();
                *count = count.saturating_add(1);
            }
            Event::Measured(e) => self.measured(e)?,
            Event::FineImposed(e) => self.fined(&e)?,
            Event::ArticleSet(e) => {
                let known = self.provided(e.article);
                let (min_fen, max_fen) = (e.minFen, e.maxFen);
                let next = Article { min_fen, max_fen, breaches: e.breaches, measures: e.measures };
                let new = Provided { now: known.on(e.day), next: Some((e.from, next)) };
                self.articles.insert(e.article, new);
            }
            Event::CampaignOpened(e) => drop(self.campaigns.entry(e.campaign).or_default()),
            Event::Withdrawn(_)
            | Event::Returned(_)
            | Event::Forwarded(_)
            | Event::ObjectionDecided(_)
            | Event::ChangeReturned(_)
            | Event::TerminationCancelled(_)
            | Event::InspectionAnswered(_)
            | Event::InspectionPassed(_)
            | Event::RectifiedReported(_)
            | Event::RectifiedDecided(_)
            | Event::Restored(_)
            | Event::FineDropped(_)
            | Event::FineSettled(_)
            | Event::AssessmentReported(_)
            | Event::AssessmentDecided(_)
            | Event::PeriodSet(_) => {}
        }
        Ok(())
    }

    fn stepped(&mut self, event: &Stepped) -> Result<(), Violation> {
        let Some(taken) = events::taken(event) else {
            return Violation::unless("F3", false, || format!("{event:?} names an unknown term"));
        };
        let Taken { service: id, track, item, step, from, to, actor, .. } = taken;
        let known = self.services.get(&id).copied().unwrap_or_default();
        let was = match track {
            Track::Filing => known.status,
            Track::Change => known.change,
            Track::Inspection => known.inspection,
            Track::Termination => known.termination,
            _ => self.items.get(&(track, item)).map_or(State::None, |item| item.state),
        };
        let rule = step.rule();
        let allowed = track == rule.track && from == was && step.allows(from, to, actor, known.status);
        Violation::unless("F3", allowed, || format!("{taken:?} from {was} while {}", known.status))?;
        let clock = Running { clock: taken.clock, start: taken.start, days: taken.days };
        Violation::unless("F6", hands::fits(rule.timing, Some(clock)), || {
            format!("{taken:?} with another clock than its own")
        })?;
        match track {
            Track::Filing => {
                let flags = if step == Step::Import { known.flags | Service::IMPORTED } else { known.flags };
                self.services.insert(id, clock.put(Service { status: to, flags, ..known }));
            }
            Track::Change => drop(self.services.insert(id, Service { change: to, ..known })),
            Track::Inspection => drop(self.services.insert(id, Service { inspection: to, ..known })),
            Track::Termination => drop(self.services.insert(id, Service { termination: to, ..known })),
            _ => {
                let new = Item { service: id, state: to, day: event.day };
                let before = self.items.insert((track, item), new);
                Violation::unless("F3", before.is_none_or(|before| before.service == id), || {
                    format!("{taken:?} is about another service than before")
                })?;
            }
        }
        if step == Step::ProposeFine {
            self.hands.insert(item, (event.account, Address::ZERO));
        }
        self.clocks.insert((track, id), clock);
        (self.last, self.hand) = (Some(taken), event.account);
        Ok(())
    }

    fn registered(&mut self, event: &ProviderRegistered) -> Result<(), Violation> {
        let blank =
            Provider { account: event.account, organisation: event.organisation, ..Provider::default() };
        let twice = self.providers.insert(event.provider, provider(&blank, &event.subject));
        Violation::unless("F4", twice.is_none(), || format!("provider {} registered twice", event.provider))
    }

    fn declared(&mut self, event: &Declared) -> Result<(), Violation> {
        let known = self.services.get(&event.service).copied().unwrap_or_default();
        if known.provider == 0
            && let Some(provider) = self.providers.get_mut(&event.provider)
        {
            provider.services = provider.services.saturating_add(1);
        }
        let same = known.provider == 0 || known.provider == event.provider;
        Violation::unless("F1", same, || format!("{event:?} under another provider than before"))?;
        let new = service(&Service { provider: event.provider, ..known }, &event.form, self.chain_id);
        Violation::unless("F4", new.content == event.content, || {
            format!("service {} with another digest than its form", event.service)
        })?;
        self.services.insert(event.service, new);
        Ok(())
    }

    fn submitted(&mut self, event: &Submitted) {
        let first = self.last.is_some_and(|taken| taken.step == Step::Submit);
        if let Some(known) = self.services.get_mut(&event.service) {
            known.materials = event.materials;
            known.flags |= if event.late && first { Service::LATE } else { 0 };
        }
    }

    fn recorded(&mut self, event: &Recorded) -> Result<(), Violation> {
        let (first, confirmed) = self.proposals.remove(&event.service).unwrap_or_default();
        let hands = (event.first, event.second) == (first, self.hand) && first != self.hand;
        Violation::unless("F5", hands && self.taken(Step::Record, Some(event.service), 0), || {
            format!("{event:?}, proposed by {first}, after {:?} by {}", self.last, self.hand)
        })?;
        let Ok(number) = crate::ids::FilingNumber::parse(&event.number) else {
            return Violation::unless("F1", false, || format!("{event:?} has no number"));
        };
        let twice = self.numbers.insert(number.to_word(), event.service);
        Violation::unless("F1", twice.is_none(), || {
            format!("number {} belongs to {} and {twice:?}", event.number, event.service)
        })?;
        let day = self.last.map_or(0, |taken| taken.day.get());
        let known = self.services.entry(event.service).or_default();
        Violation::unless("F1", known.number.is_zero(), || format!("{event:?} is a second number"))?;
        known.number = numbers::field(&number);
        known.recorded_on = day;
        known.flags |= if confirmed { Service::CONFIRMED } else { 0 };
        Ok(())
    }

    fn published(&mut self, event: &Published) -> Result<(), Violation> {
        let mut list = Vec::new();
        for id in &event.services {
            let known = self.services.entry(*id).or_default();
            Violation::unless("F7", known.batch == 0, || {
                format!("service {id} is published in batches {} and {}", known.batch, event.batch)
            })?;
            known.batch = event.batch;
            list.extend_from_slice(forms::left_aligned(known.number.as_slice()).as_slice());
        }
        let want = keccak256(&list);
        Violation::unless("F7", want == event.list, || {
            format!("batch {} has list {}, its numbers give {want}", event.batch, event.list)
        })?;
        let count = u32::try_from(event.services.len()).unwrap_or(u32::MAX);
        let (day, days, document) = (event.day, event.workingDays, event.document);
        self.batches.insert(event.batch, Batch { day, count, days, list: want, document });
        Ok(())
    }

    /// The step just taken is not later than this day.
    fn in_time(&self, what: &str, id: u64, due: u32) -> Result<(), Violation> {
        let day = self.last.map_or(u32::MAX, |taken| taken.day.get());
        Violation::unless("F9", day <= due, || {
            format!("{what} {id} on {}, in time until {}", Day::new(day), Day::new(due))
        })
    }

    fn deregistered(&self, event: &Deregistered) -> Result<(), Violation> {
        let day = self.last.map_or(0, |taken| taken.day.get());
        let known = self.services.get(&event.service).copied().unwrap_or_default();
        let holds = if event.objection == 0 {
            let planned = self.planned.get(&event.service).copied().unwrap_or(u32::MAX);
            known.termination == State::Notified && day > planned
        } else {
            let objection = self.items.get(&(Track::Objection, event.objection));
            objection.is_some_and(|item| item.service == event.service && item.state == State::Upheld)
        };
        Violation::unless("F9", holds, || format!("{event:?} on {} without its ground", Day::new(day)))
    }

    fn measured(&mut self, event: Measured) -> Result<(), Violation> {
        let day = self.items.get(&(Track::Penalty, event.penalty)).map_or(0, |item| item.day);
        let provided = self.provided(event.article).on(day);
        let measure = Measure::from_number(event.measure);
        let fine = measure == Some(Measure::Fine);
        let in_range = !fine || (provided.min_fen..=provided.max_fen).contains(&event.amountFen);
        let holds = in_range
            && (event.minFen, event.maxFen) == (provided.min_fen, provided.max_fen)
            && provided.breaches & 1_u32.checked_shl(event.breach.into()).unwrap_or(0) != 0
            && measure.is_some_and(|measure| provided.measures & measure.bit() != 0);
        Violation::unless("F8", holds, || format!("{event:?} under {provided:?}"))?;
        if fine {
            self.fines.insert(event.penalty, event);
        }
        Ok(())
    }

    fn fined(&mut self, event: &FineImposed) -> Result<(), Violation> {
        let (first, _) = self.hands.get(&event.penalty).copied().unwrap_or_default();
        let hands = (event.first, event.second) == (first, self.hand) && first != self.hand;
        Violation::unless("F5", hands && self.taken(Step::ImposeFine, None, event.penalty), || {
            format!("{event:?}, proposed by {first}, after {:?} by {}", self.last, self.hand)
        })?;
        self.hands.insert(event.penalty, (event.first, event.second));
        Ok(())
    }

    /// Whether the last step was this one, with this service and item.
    fn taken(&self, step: Step, service: Option<u64>, item: u64) -> bool {
        self.last.is_some_and(|last| {
            last.step == step && last.item == item && service.is_none_or(|service| last.service == service)
        })
    }

    fn provided(&self, article: u8) -> Provided {
        let usual = Provided { now: Article::of(article).unwrap_or_default(), next: None };
        self.articles.get(&article).copied().unwrap_or(usual)
    }
}

fn provider(known: &Provider, subject: &Subject) -> Provider {
    let organisation = subject.nature == Nature::Organisation.number();
    let code = providers::code(&subject.uscc).unwrap_or_default();
    Provider {
        nature: subject.nature,
        id_type: subject.idType,
        kinds: subject.kinds,
        division: subject.division,
        identity: if organisation { code } else { subject.subject },
        person: subject.person,
        content: keccak256(subject.abi_encode()),
        ..*known
    }
}

fn service(known: &Service, form: &Form, chain_id: u64) -> Service {
    let places = form.places.iter().filter(|place| place.chainId == chain_id).count();
    let site = if forms::has_site(form) { Service::SITE } else { 0 };
    Service {
        flags: known.flags & !Service::SITE | site,
        go_live: form.goLive,
        places: u8::try_from(places).unwrap_or(u8::MAX),
        category: form.category,
        form: form.form,
        server_division: form.serverDivision,
        content: keccak256(form.abi_encode()),
        ..*known
    }
}
