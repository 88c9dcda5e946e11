//! What can be asked. What there is not, is all zero.

use super::*;

/// So many words of nothing.
fn nothing(words: usize) -> Vec<u8> {
    vec![0; 32 * words]
}

impl Model {
    fn shown(&self, id: u32) -> Option<pilotOfReturn> {
        let pilot = self.pilot(id).ok()?;
        let record = Record {
            indicators: narrow(pilot.goals.len()),
            filings: narrow(pilot.filings.len()),
            adjustments: narrow(pilot.orders.len()),
            removalProposed: pilot.removal.is_some(),
            ..pilot.record.clone()
        };
        let course = Course {
            comments: narrow(pilot.comments.len()),
            objectionsOpen: pilot.objections(0),
            objectionsUpheld: pilot.objections(UPHELD),
            ..pilot.course.clone()
        };
        Some(pilotOfReturn { pilot: record, course })
    }

    fn shown_entity(&self, code: B256) -> Option<Entity> {
        let of = |pilot: &&Pilot| pilot.record.entity == code;
        let pilots = narrow(self.pilots.iter().filter(of).count());
        self.entities.get(&code).map(|known| Entity { pilots, ..known.clone() })
    }

    fn shown_document(&self, number: u32) -> Option<Document> {
        let listed = |kind: u8| self.listed_under(number, kind);
        let (listedZones, listedSpecials) = (listed(COMPREHENSIVE), listed(SPECIAL));
        nth(&self.documents, number).map(|known| Document { listedZones, listedSpecials, ..known.clone() })
    }

    fn shown_goal(&self, id: u32, indicator: u16) -> Option<Indicator> {
        let goal = self.goal(id, indicator).ok()?;
        let lastDay = goal.latest().map_or(0, |entry| entry.day);
        Some(Indicator { entries: narrow(goal.entries.len()), lastDay, ..goal.about.clone() })
    }

    fn entry(&self, id: u32, indicator: u16, entry: u32) -> Option<&Entry> {
        nth(&self.goal(id, indicator).ok()?.entries, entry)
    }

    fn clocks(&self, id: u32) -> Vec<ClockRecord> {
        let Ok(pilot) = self.pilot(id) else { return Vec::new() };
        let today = self.today();
        let record = |(clock, lastDay, provisional): (u8, u32, bool)| ClockRecord {
            clock,
            lastDay,
            provisional,
            passed: today > lastDay,
        };
        self.running(pilot).into_iter().map(record).collect()
    }

    pub(super) fn read(&self, call: &C) -> Vec<u8> {
        let pilot = |id: u32| self.pilot(id).ok();
        match call {
            C::pilotOf(call) => {
                self.shown(call.id).map_or_else(|| nothing(30), |it| pilotOfCall::abi_encode_returns(&it))
            }
            C::clocksOf(call) => clocksOfCall::abi_encode_returns(&self.clocks(call.id)),
            C::entityOf(call) => {
                let known = self.shown_entity(call.entity);
                known.map_or_else(|| nothing(5), |it| entityOfCall::abi_encode_returns(&it))
            }
            C::entityOfAccount(call) => {
                entityOfAccountCall::abi_encode_returns(&self.entity_of(call.account))
            }
            C::livePilots(call) => livePilotsCall::abi_encode_returns(&self.live(call.entity, call.field)),
            C::pilotOfZone(call) => pilotOfZoneCall::abi_encode_returns(&self.of_zone(call.zone)),
            C::documentOf(call) => {
                let known = self.shown_document(call.document);
                known.map_or_else(|| nothing(9), |it| documentOfCall::abi_encode_returns(&it))
            }
            C::indicatorOf(call) => {
                let known = self.shown_goal(call.id, call.indicator);
                known.map_or_else(|| nothing(9), |it| indicatorOfCall::abi_encode_returns(&it))
            }
            C::entryOf(call) => {
                let known = self.entry(call.id, call.indicator, call.entry);
                known.map_or_else(|| nothing(10), entryOfCall::abi_encode_returns)
            }
            C::entryOfDay(entryOfDayCall { id, indicator, day }) => {
                let entry = self.goal(*id, *indicator).map_or(0, |goal| narrow(goal.last_of(*day)));
                let known = self.entry(*id, *indicator, entry).cloned();
                let shown = |record: Entry| entryOfDayReturn { entry, record };
                known.map_or_else(|| nothing(11), |it| entryOfDayCall::abi_encode_returns(&shown(it)))
            }
            C::filingsOf(call) => {
                let numbers = pilot(call.id).map_or_else(Vec::new, |pilot| pilot.filings.clone());
                filingsOfCall::abi_encode_returns(&numbers)
            }
            C::commentOf(call) => {
                let known = pilot(call.id).and_then(|pilot| nth(&pilot.comments, call.number));
                known.map_or_else(|| nothing(5), commentOfCall::abi_encode_returns)
            }
            C::adjustmentOf(call) => {
                let known = pilot(call.id).and_then(|pilot| nth(&pilot.orders, call.number.into()));
                known.map_or_else(|| nothing(8), adjustmentOfCall::abi_encode_returns)
            }
            C::evaluationOf(call) => {
                let known = pilot(call.id).and_then(|pilot| pilot.evaluation.as_ref());
                known.map_or_else(|| nothing(4), evaluationOfCall::abi_encode_returns)
            }
            C::removalOf(call) => {
                let known = pilot(call.id).and_then(|pilot| pilot.removal.as_ref());
                known.map_or_else(|| nothing(4), removalOfCall::abi_encode_returns)
            }
            C::counts(_) => countsCall::abi_encode_returns(&countsReturn {
                pilots: narrow(self.pilots.len()),
                documents: narrow(self.documents.len()),
                entities: narrow(self.entities.len()),
            }),
            C::parameters(_) => parametersCall::abi_encode_returns(&self.parameters),
            _ => Vec::new(),
        }
    }
}
