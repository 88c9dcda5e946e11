//! What the events seen so far imply about storage.

use super::super::{
    checks,
    events::{self, Event},
    machine::{State, Step},
    state::{
        Adjustment, Comment, Counts, Document, Entity, Entry, Evaluation, Indicator, Parameters, Pilot, Plan,
        Removal,
    },
    terms::{Assessment, CommentKind, Kind, Outcome},
};
use crate::{Stop, Violation, calendar::Day};
use ding_primitives::{Address, B256, keccak256};
use std::collections::BTreeMap;

/// Storage as the events tell it.
#[derive(Default)]
pub(super) struct Story {
    pub counts: Counts,
    pub parameters: Parameters,
    pub pilots: BTreeMap<u32, Pilot>,
    pub plans: BTreeMap<u32, Plan>,
    pub entities: BTreeMap<B256, Entity>,
    pub accounts: BTreeMap<Address, B256>,
    pub held: BTreeMap<(B256, u8), Vec<u32>>,
    pub zones: BTreeMap<u8, u32>,
    pub documents: BTreeMap<u32, Document>,
    pub indicators: BTreeMap<(u32, u16), Indicator>,
    pub entries: BTreeMap<(u32, u16, u32), Entry>,
    pub last_entries: BTreeMap<(u32, u16, u32), u32>,
    pub filings: BTreeMap<u32, Vec<B256>>,
    pub comments: BTreeMap<(u32, u32), Comment>,
    pub comments_of: BTreeMap<(u32, Address), u32>,
    pub adjustments: BTreeMap<(u32, u16), Adjustment>,
    pub evaluations: BTreeMap<u32, Evaluation>,
    pub removals: BTreeMap<u32, Removal>,
}

fn digest(text: &str) -> B256 {
    keccak256(text.as_bytes())
}

fn broken(invariant: &'static str, what: String) -> Violation {
    Violation { module: "", invariant, what }
}

fn next<T: TryFrom<u64> + Into<u64>>(number: T) -> Result<T, Violation> {
    checks::more(number).map_err(|stop: Stop| broken("P8", stop.to_string()))
}

impl Story {
    /// Adds one event.
    pub(super) fn tell(&mut self, event: Event) -> Result<(), Violation> {
        use Event as E;
        match event {
            E::DocumentRecorded(e) => self.document_recorded(&e),
            E::EntityRegistered(e) => self.entity_registered(&e),
            E::EntityChanged(e) => self.entity_changed(&e),
            E::Recommended(e) => self.recommended(&e),
            E::IndicatorAdded(e) => self.indicator_added(&e),
            E::IndicatorChanged(e) => self.indicator_changed(&e),
            E::Described(e) => {
                self.step(e.id, Step::Describe)?.chain_id = e.chainId;
                self.plan(e.id)?.facts = e.digest;
                Ok(())
            }
            E::FilingNamed(e) => {
                let pilot = self.step(e.id, Step::NameFiling)?;
                pilot.filings = next(pilot.filings)?;
                self.filings.entry(e.id).or_default().push(e.number);
                Ok(())
            }
            E::FilingDropped(e) => self.filing_dropped(&e),
            E::Reviewed(e) => {
                self.step(e.id, Step::Review)?.competent = e.competent;
                self.plan(e.id)?.reviewer = e.account;
                Ok(())
            }
            E::CompetentAssigned(e) => {
                self.step(e.id, Step::Assign)?.competent = e.competent;
                Ok(())
            }
            E::Published(e) => {
                self.step(e.id, Step::Publish)?;
                let plan = self.plan(e.id)?;
                (plan.published, plan.comment_days, plan.shortlist) = (e.today, e.commentDays, e.document);
                Ok(())
            }
            E::Commented(e) => self.commented(&e),
            E::Answered(e) => self.answered(&e),
            E::Listed(e) => self.listed(&e),
            E::Entered(e) => self.entered_from_old_list(&e),
            E::Declined(e) => self.ended(e.id, Step::Decline),
            E::Withdrawn(e) => self.ended(e.id, Step::Withdraw),
            E::Started(e) => {
                let known = Some(self.parameters).filter(|set| *set != Parameters::default());
                let report_days = known.unwrap_or(Parameters::DEFAULT).report_days;
                self.step(e.id, Step::Start)?.report_days = report_days;
                let plan = self.plan(e.id)?;
                (plan.start, plan.assessment_months) = (e.today, e.assessmentMonths);
                let end = plan.end;
                Violation::unless("P1", e.endDay == end && e.today <= end, || {
                    format!("pilot ends on {end}: {e:?}")
                })
            }
            E::Reported(e) => self.reported(&e),
            E::Corrected(e) => self.corrected(&e),
            E::AdjustmentOrdered(e) => self.adjustment_ordered(&e),
            E::AdjustmentReplied(e) => {
                let order = self.order(e.id, Step::ReplyAdjustment, e.number)?;
                (order.replied, order.late, order.reply) = (e.today, e.late, digest(&e.text));
                Ok(())
            }
            E::ReplyRefused(e) => {
                let order = self.order(e.id, Step::RefuseReply, e.number)?;
                (order.ordered, order.replied, order.late, order.reply) = (e.today, 0, false, B256::ZERO);
                Ok(())
            }
            E::ReplyAccepted(e) => {
                self.order(e.id, Step::AcceptReply, e.number)?.settled = true;
                self.plan(e.id)?.end = e.endDay;
                Ok(())
            }
            E::Assessed(e) if e.kind == Assessment::Final.number() => {
                self.step(e.id, Step::AssessFinal).map(|_| ())
            }
            E::Assessed(e) => {
                let pilot = self.step(e.id, Step::AssessInterim)?;
                pilot.interims = next(pilot.interims)?;
                let (want, id) = (pilot.interims, e.id);
                Violation::unless("P1", e.number == want, || {
                    format!("assessment {want} of pilot {id}: {e:?}")
                })
            }
            E::Evaluated(e) => {
                let pilot = self.step(e.id, Step::Evaluate)?;
                let twice = core::mem::replace(&mut pilot.evaluated, true);
                let evaluation =
                    Evaluation { account: e.account, verdict: e.verdict, day: e.today, report: e.report };
                self.evaluations.insert(e.id, evaluation);
                Violation::unless("P5", !twice, || format!("pilot {} was evaluated twice", e.id))
            }
            E::Accepted(e) => {
                let evaluator = self.evaluations.get(&e.id).map(|evaluation| evaluation.account);
                self.two_hands(e.id, evaluator, e.account)?;
                self.plan(e.id)?.result = e.document;
                self.ended(e.id, Step::Accept)
            }
            E::RemovalProposed(e) => {
                self.step(e.id, Step::ProposeRemoval)?.removal = true;
                let text = digest(&e.text);
                let removal = Removal { account: e.account, reason: e.reason, day: e.today, text };
                self.removals.insert(e.id, removal);
                Ok(())
            }
            E::RemovalDropped(e) => {
                self.step(e.id, Step::DropRemoval)?.removal = false;
                self.removals.insert(e.id, Removal::default());
                Ok(())
            }
            E::Removed(e) => {
                let proposer = self.removals.get(&e.id).map(|removal| removal.account);
                self.two_hands(e.id, proposer, e.account)?;
                self.plan(e.id)?.result = e.document;
                self.ended(e.id, Step::Remove)
            }
            E::ParametersSet(e) => {
                self.parameters = Parameters {
                    comment_days: e.commentDays,
                    report_days: e.reportDays,
                    duration_days: e.durationDays,
                    assessment_months: e.assessmentMonths,
                };
                Ok(())
            }
        }
    }

    /// Takes a step, which the table must allow.
    fn step(&mut self, id: u32, step: Step) -> Result<&mut Pilot, Violation> {
        let pilot =
            self.pilots.get_mut(&id).ok_or_else(|| broken("P1", format!("{step} with no pilot {id}")))?;
        let next = State::from_number(pilot.state).and_then(|state| step.next(state));
        let next =
            next.ok_or_else(|| broken("P1", format!("{step} with pilot {id} in state {}", pilot.state)))?;
        pilot.state = next.number();
        Ok(pilot)
    }

    fn plan(&mut self, id: u32) -> Result<&mut Plan, Violation> {
        self.plans.get_mut(&id).ok_or_else(|| broken("P1", format!("no plan of pilot {id}")))
    }

    /// A step to a final state, which frees field and zone.
    fn ended(&mut self, id: u32, step: Step) -> Result<(), Violation> {
        let pilot = *self.step(id, step)?;
        let held = self.held.entry((pilot.entity, pilot.field)).or_default();
        held.retain(|own| *own != id);
        if pilot.kind == Kind::Comprehensive.number() {
            self.zones.insert(pilot.zone, 0);
        }
        Ok(())
    }

    fn two_hands(&self, id: u32, first: Option<Address>, second: Address) -> Result<(), Violation> {
        Violation::unless("P5", first.is_some_and(|first| first != second), || {
            format!("pilot {id}: {first:?} took the first step and {second} the second")
        })
    }

    fn document_recorded(&mut self, e: &events::DocumentRecorded) -> Result<(), Violation> {
        self.counts.documents = next(self.counts.documents)?;
        let want = self.counts.documents;
        let document = Document {
            kind: e.kind,
            issued: e.issuedOn,
            departments: e.departments,
            zones: e.zones,
            specials: e.specials,
            recorded: e.today,
            digest: e.digest,
            ..Document::default()
        };
        self.documents.insert(e.document, document);
        Violation::unless("P8", e.document == want, || format!("document {want}: {e:?}"))
    }

    fn entity_registered(&mut self, e: &events::EntityRegistered) -> Result<(), Violation> {
        self.counts.entities = next(self.counts.entities)?;
        let entity = Entity {
            account: e.account,
            division: e.division,
            pilots: 0,
            registered: e.today,
            name: digest(&e.name),
        };
        let twice = self.entities.insert(e.entity, entity);
        Violation::unless("P6", twice.is_none(), || format!("entity {} was registered twice", e.entity))?;
        self.act_for(e.account, e.entity)
    }

    fn entity_changed(&mut self, e: &events::EntityChanged) -> Result<(), Violation> {
        let known = self.entities.get_mut(&e.entity);
        let entity = known.ok_or_else(|| broken("P6", format!("no entity was registered: {e:?}")))?;
        let before = entity.account;
        (entity.account, entity.name) = (e.account, digest(&e.name));
        Violation::unless("P6", before == e.before, || format!("account {before}, not that of {e:?}"))?;
        self.accounts.insert(before, B256::ZERO);
        self.act_for(e.account, e.entity)
    }

    fn act_for(&mut self, account: Address, entity: B256) -> Result<(), Violation> {
        let other = self.accounts.insert(account, entity).filter(|other| !other.is_zero());
        Violation::unless("P6", other.is_none(), || format!("{account} acts for {entity} and {other:?}"))
    }

    fn recommended(&mut self, e: &events::Recommended) -> Result<(), Violation> {
        self.counts.pilots = next(self.counts.pilots)?;
        let want = self.counts.pilots;
        Violation::unless("P8", e.id == want, || format!("pilot {want}: {e:?}"))?;
        let entity = self.entities.get_mut(&e.entity);
        let entity = entity.ok_or_else(|| broken("P6", format!("no entity was registered: {e:?}")))?;
        entity.pilots = next(entity.pilots)?;
        let held = self.held.entry((e.entity, e.field)).or_default();
        let named = held.len() == e.alongside.len() && held.iter().all(|id| e.alongside.contains(id));
        Violation::unless("P2", named, || format!("{held:?} are live beside {e:?}"))?;
        held.push(e.id);
        if e.kind == Kind::Comprehensive.number() {
            let other = self.zones.insert(e.zone, e.id).filter(|other| *other != 0);
            Violation::unless("P2", other.is_none(), || format!("zone {} has pilot {other:?}", e.zone))?;
        }
        let pilot = Pilot {
            kind: e.kind,
            state: State::Recommended.number(),
            field: e.field,
            zone: e.zone,
            division: e.division,
            recommender: e.organisation,
            entity: e.entity,
            ..Pilot::default()
        };
        self.pilots.insert(e.id, pilot);
        self.plans.insert(e.id, Plan { title: digest(&e.title), end: e.endDay, ..Plan::default() });
        Ok(())
    }

    fn indicator_added(&mut self, e: &events::IndicatorAdded) -> Result<(), Violation> {
        let pilot = self.step(e.id, Step::Plan)?;
        let place = pilot.indicators;
        pilot.indicators = next(place)?;
        let indicator = Indicator {
            name: digest(&e.name),
            unit: B256::right_padding_from(e.unit.as_bytes()),
            decimals: e.decimals,
            baseline: e.baseline,
            target: e.target,
            due: e.due,
            ..Indicator::default()
        };
        self.indicators.insert((e.id, e.indicator), indicator);
        Violation::unless("P7", e.indicator == place, || format!("indicator {place}: {e:?}"))
    }

    fn indicator_changed(&mut self, e: &events::IndicatorChanged) -> Result<(), Violation> {
        self.step(e.id, Step::Plan)?;
        let indicator = self.indicator(e.id, e.indicator)?;
        let before = (next(indicator.revisions)?, indicator.target, indicator.due);
        Violation::unless("P7", before == (e.revision, e.targetBefore, e.dueBefore), || {
            format!("{before:?} was before {e:?}")
        })?;
        (indicator.revisions, indicator.target, indicator.due) = (e.revision, e.target, e.due);
        Ok(())
    }

    fn indicator(&mut self, id: u32, indicator: u16) -> Result<&mut Indicator, Violation> {
        let known = self.indicators.get_mut(&(id, indicator));
        known.ok_or_else(|| broken("P7", format!("no indicator {indicator} of pilot {id}")))
    }

    fn filing_dropped(&mut self, e: &events::FilingDropped) -> Result<(), Violation> {
        let pilot = self.step(e.id, Step::NameFiling)?;
        pilot.filings = pilot.filings.saturating_sub(1);
        let numbers = self.filings.entry(e.id).or_default();
        match numbers.iter().position(|number| *number == e.number) {
            Some(place) => {
                numbers.swap_remove(place);
                Ok(())
            }
            None => Err(broken("P7", format!("a number that was never named: {e:?}"))),
        }
    }

    fn commented(&mut self, e: &events::Commented) -> Result<(), Violation> {
        self.step(e.id, Step::Comment)?;
        let plan = self.plan(e.id)?;
        plan.comments = next(plan.comments)?;
        plan.open = plan.open.saturating_add(u32::from(e.kind == CommentKind::Objection.number()));
        let want = plan.comments;
        let comment =
            Comment { account: e.account, kind: e.kind, outcome: 0, day: e.today, text: digest(&e.text) };
        self.comments.insert((e.id, e.number), comment);
        let mine = self.comments_of.entry((e.id, e.account)).or_default();
        *mine = mine.saturating_add(1);
        Violation::unless("P7", e.number == want, || format!("comment {want}: {e:?}"))
    }

    fn answered(&mut self, e: &events::Answered) -> Result<(), Violation> {
        self.step(e.id, Step::Answer)?;
        let open = self.comments.get_mut(&(e.id, e.number)).filter(|comment| comment.outcome == 0);
        let comment = open.ok_or_else(|| broken("P7", format!("no open comment for {e:?}")))?;
        comment.outcome = e.outcome;
        let objection = comment.kind == CommentKind::Objection.number();
        let plan = self.plan(e.id)?;
        plan.open = plan.open.saturating_sub(u32::from(objection));
        let upheld = objection && e.outcome == Outcome::Upheld.number();
        plan.upheld = plan.upheld.saturating_add(u32::from(upheld));
        Ok(())
    }

    fn listed(&mut self, e: &events::Listed) -> Result<(), Violation> {
        let pilot = *self.step(e.id, Step::List)?;
        let plan = self.plan(e.id)?;
        (plan.listed, plan.list) = (e.today, e.document);
        let plan = *plan;
        let heard = e.commentLastDay >= plan.published.saturating_add(plan.comment_days.into())
            && e.today > e.commentLastDay
            && (plan.open, plan.upheld) == (0, 0);
        Violation::unless("P4", heard, || format!("{plan:?} before {e:?}"))?;
        self.two_hands(e.id, Some(plan.reviewer), e.account)?;
        self.put_on_list(e.id, &pilot, e.document, &e.alongside)
    }

    fn entered_from_old_list(&mut self, e: &events::Entered) -> Result<(), Violation> {
        let pilot = *self.step(e.id, Step::Enter)?;
        let plan = self.plan(e.id)?;
        (plan.listed, plan.list) = (e.listedOn, e.document);
        let reviewer = plan.reviewer;
        self.two_hands(e.id, Some(reviewer), e.account)?;
        let issued = self.documents.get(&e.document).map(|list| list.issued);
        Violation::unless("P4", issued == Some(e.listedOn), || format!("issued {issued:?}, entered {e:?}"))?;
        self.put_on_list(e.id, &pilot, e.document, &e.alongside)
    }

    fn put_on_list(
        &mut self,
        id: u32,
        pilot: &Pilot,
        document: u32,
        alongside: &[u32],
    ) -> Result<(), Violation> {
        let before = |state: u8| state <= State::PublicComment.number();
        let held = self.held.get(&(pilot.entity, pilot.field)).cloned().unwrap_or_default();
        let beside = held.iter().filter(|other| **other != id);
        let beside = beside.filter(|other| self.pilots.get(other).is_some_and(|pilot| !before(pilot.state)));
        let beside: Vec<u32> = beside.copied().collect();
        let named = beside.len() == alongside.len() && beside.iter().all(|id| alongside.contains(id));
        Violation::unless("P2", named, || format!("{beside:?} are on the list beside {id}"))?;
        let list = self.documents.get_mut(&document);
        let list = list.ok_or_else(|| broken("P4", format!("pilot {id} is on no list")))?;
        let (stated, listed) = if pilot.kind == Kind::Comprehensive.number() {
            (list.zones, &mut list.listed_zones)
        } else {
            (list.specials, &mut list.listed_specials)
        };
        *listed = next(*listed)?;
        let listed = *listed;
        Violation::unless("P4", stated == 0 || listed <= stated, || {
            format!("document {document} counts {stated}, {listed} are listed")
        })
    }

    fn reported(&mut self, e: &events::Reported) -> Result<(), Violation> {
        self.step(e.id, Step::Report)?;
        let entry = Entry {
            value: e.value,
            source_height: e.sourceHeight,
            chain_id: e.chainId,
            day: e.day,
            refers_to: 0,
            account: e.account,
            timestamp_ms: e.timestampMs,
            height: e.height,
            correction: false,
            source: e.source,
        };
        self.entered(e.id, e.indicator, e.entry, entry)
    }

    fn corrected(&mut self, e: &events::Corrected) -> Result<(), Violation> {
        self.step(e.id, Step::Correct)?;
        let entry = Entry {
            value: e.value,
            source_height: e.sourceHeight,
            chain_id: e.chainId,
            day: e.day,
            refers_to: e.refersTo,
            account: e.account,
            timestamp_ms: e.timestampMs,
            height: e.height,
            correction: true,
            source: e.source,
        };
        self.entered(e.id, e.indicator, e.entry, entry)
    }

    fn entered(&mut self, id: u32, number: u16, entry_number: u32, entry: Entry) -> Result<(), Violation> {
        let Plan { start, end, .. } = *self.plan(id)?;
        let indicator = self.indicator(id, number)?;
        indicator.entries = next(indicator.entries)?;
        let want = indicator.entries;
        if entry.day >= indicator.last_day {
            (indicator.last_day, indicator.last_height, indicator.last_chain) =
                (entry.day, entry.source_height, entry.chain_id);
        }
        let last = self.last_entries.insert((id, number, entry.day), entry_number).unwrap_or(0);
        let right = entry_number == want
            && entry.refers_to == last
            && entry.source_height != 0
            && (start..=end).contains(&entry.day)
            && entry.day <= Day::from_ms(entry.timestamp_ms).get();
        Violation::unless("P3", right, || {
            format!("entry {want} of indicator {number} of pilot {id}, after entry {last}: {entry:?}")
        })?;
        self.entries.insert((id, number, entry_number), entry);
        Ok(())
    }

    fn adjustment_ordered(&mut self, e: &events::AdjustmentOrdered) -> Result<(), Violation> {
        let pilot = self.step(e.id, Step::OrderAdjustment)?;
        (pilot.adjustments, pilot.evaluated) = (next(pilot.adjustments)?, false);
        let want = pilot.adjustments;
        let order = Adjustment {
            account: e.account,
            ordered: e.today,
            working_days: e.workingDays,
            order: digest(&e.text),
            ..Adjustment::default()
        };
        self.adjustments.insert((e.id, e.number), order);
        Violation::unless("P7", e.number == want, || format!("order {want}: {e:?}"))
    }

    /// Takes a step with an order to adjust.
    fn order(&mut self, id: u32, step: Step, number: u16) -> Result<&mut Adjustment, Violation> {
        let current = self.step(id, step)?.adjustments;
        let order = self.adjustments.get_mut(&(id, number)).filter(|_| number == current);
        order.ok_or_else(|| broken("P7", format!("{step} of order {number} to pilot {id}")))
    }
}
