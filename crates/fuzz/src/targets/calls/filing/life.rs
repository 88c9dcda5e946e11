//! From the declaration of a service to its end: filings, records, batches, objections, changes.

use super::forms::content;
use super::others::key;
use super::people::{code, list_size, listed, long_text, missing, not_expected, term, there, word};
use super::*;

/// Reasons to send something back.
fn require_codes(codes: &[u8]) -> Result<(), Refusal> {
    listed("codes", codes.len(), limits::FILING_REASONS_MAX)?;
    let mut seen = Vec::new();
    for code in codes {
        term("reason", (*code).into(), 9)?;
        if seen.contains(code) {
            return not_expected(&format!("code {code} twice"));
        }
        seen.push(*code);
    }
    Ok(())
}

/// Working days that an office sets.
pub(super) fn require_days(workingDays: u16) -> Result<(), Refusal> {
    let (min, max) = (1, limits::FILING_PERIOD_DAYS_MAX);
    if workingDays < min || workingDays > max {
        return refuse(PeriodRange { workingDays, min, max });
    }
    Ok(())
}

impl Model {
    /// Enters a service by declaration (step 1) or import (step 3).
    fn create(&mut self, provider: u32, step: u8, actor: u8, form: &Form) -> Result<u64, Refusal> {
        let places = self.require_form(provider, form)?;
        let known = nth_mut(&mut self.providers, provider.into());
        let holder = known.map_or(ADDRESS, |provider| {
            provider.services += 1;
            if provider.account.is_zero() { ADDRESS } else { provider.account }
        });
        self.services.push(Service {
            provider,
            form: form.clone(),
            states: BTreeMap::new(),
            clocks: BTreeMap::new(),
            flags: if step == 3 { 2 } else { 0 },
            recorded_on: 0,
            batch: 0,
            materials: 0,
            number: String::new(),
            proposed: None,
            pending: B256::ZERO,
            campaign: 0,
            planned: 0,
            published: None,
            places: Vec::new(),
            missed: false,
            warning: 0,
            suspension: 0,
            outer: Outer { holder, ..Outer::default() },
        });
        let id = number_of(self.services.len());
        let runs = (step == 1).then(|| self.to_file(form.goLive));
        self.go(id, step, 0, actor, runs)?;
        self.tell_declared(id, runs)?;
        self.put_places(id, places, false)?;
        self.emit(&Declared { service: id, provider, form: form.clone(), content: content(form) });
        Ok(id)
    }

    fn declare(&mut self, provider: u32, form: &Form) -> Result<u64, Refusal> {
        let actor = self.actor(1, Some(provider))?;
        self.create(provider, 1, actor, form)
    }

    pub(super) fn draft_service(&mut self, call: &draftCall) -> Result<Vec<u8>, Refusal> {
        let id = self.declare(call.provider, &call.form)?;
        Ok(draftCall::abi_encode_returns(&id))
    }

    pub(super) fn file(&mut self, call: &fileCall) -> Result<Vec<u8>, Refusal> {
        let id = self.declare(call.provider, &call.form)?;
        self.receive(id, 2, &call.attachments)?;
        Ok(fileCall::abi_encode_returns(&id))
    }

    /// Takes a filing in, for the first time or again.
    fn receive(&mut self, id: u64, step: u8, attachments: &[Attachment]) -> Result<(), Refusal> {
        let materials = Self::require_attachments(attachments)?;
        let clock = self.service(id)?.clocks.get(&FILING).copied().unwrap_or_default();
        let (provider, (dueDay, _), late) =
            (self.service(id)?.provider, self.due(clock), self.is_over(clock));
        self.go(id, step, 0, PROVIDER, None)?;
        self.change(id, |service| {
            service.materials = materials;
            service.flags |= u8::from(late && step == 2);
        });
        self.set_clock(id, None)?;
        let attachments = attachments.to_vec();
        self.emit(&Submitted { service: id, provider, dueDay, late, materials, attachments });
        Ok(())
    }

    pub(super) fn submit(&mut self, call: &submitCall) -> Result<Vec<u8>, Refusal> {
        self.open(call.service, 2)?;
        self.receive(call.service, 2, &call.attachments)?;
        Ok(Vec::new())
    }

    pub(super) fn resubmit(&mut self, call: &resubmitCall) -> Result<Vec<u8>, Refusal> {
        let resubmitCall { service: id, form, attachments } = call.clone();
        self.open(id, 6)?;
        let provider = self.service(id)?.provider;
        let places = self.require_form(provider, &form)?;
        self.stands(id, 6, 0)?;
        self.set_clock(id, None)?;
        self.put_places(id, places, false)?;
        self.change(id, |service| service.form = form.clone());
        let content = content(&form);
        self.emit(&Declared { service: id, provider, form, content });
        self.receive(id, 6, &attachments)?;
        Ok(Vec::new())
    }

    pub(super) fn withdraw(&mut self, call: &withdrawCall) -> Result<Vec<u8>, Refusal> {
        let withdrawCall { service: id, reason } = call.clone();
        let actor = self.open(id, 4)?;
        long_text("reason", &reason, false)?;
        self.go(id, 4, 0, actor, None)?;
        self.give_up(id);
        self.tell_end(id);
        self.emit(&Withdrawn { service: id, reason });
        Ok(Vec::new())
    }

    pub(super) fn return_filing(&mut self, call: &returnFilingCall) -> Result<Vec<u8>, Refusal> {
        let returnFilingCall { service: id, codes, reasons, answerDays } = call.clone();
        let actor = self.open(id, 5)?;
        require_codes(&codes)?;
        long_text("reasons", &reasons, true)?;
        require_days(answerDays)?;
        let supplement = (4, self.today(), answerDays);
        self.go(id, 5, 0, actor, Some(supplement))?;
        self.give_up(id);
        // It runs until neither time is left.
        let filing = self.to_file(self.service(id)?.form.goLive);
        let later = if self.due(filing).0 > self.due(supplement).0 { filing } else { supplement };
        self.set_clock(id, Some(later))?;
        self.emit(&Returned { service: id, codes, reasons });
        Ok(Vec::new())
    }

    pub(super) fn forward(&mut self, call: &forwardCall) -> Result<Vec<u8>, Refusal> {
        let forwardCall { service: id, opinion } = call.clone();
        let actor = self.open(id, 7)?;
        long_text("opinion", &opinion, false)?;
        self.go(id, 7, 0, actor, None)?;
        self.emit(&Forwarded { service: id, opinion });
        Ok(Vec::new())
    }

    /// The first hand of a record.
    fn propose(&mut self, id: u64, actor: u8, text: &str, confirmed: bool) -> Result<String, Refusal> {
        self.require_materials(id)?;
        self.go(id, 13, 0, actor, None)?;
        let (number, confirmed) = if text.is_empty() {
            (self.formed_number(id)?, false)
        } else {
            self.given_number(id, text, confirmed)?
        };
        let (account, given, imported) = (self.caller, !text.is_empty(), self.service(id)?.flags & 2 != 0);
        let proposed = Proposed { number: number.clone(), account, confirmed, given };
        self.change(id, |service| service.proposed = Some(proposed));
        self.emit(&RecordProposed { service: id, account, number: number.clone(), confirmed, imported });
        Ok(number)
    }

    pub(super) fn propose_record(&mut self, call: &proposeRecordCall) -> Result<Vec<u8>, Refusal> {
        let proposeRecordCall { service: id, number, confirmed } = call.clone();
        let actor = self.open(id, 13)?;
        let formed = self.propose(id, actor, &number, confirmed)?;
        Ok(proposeRecordCall::abi_encode_returns(&formed))
    }

    pub(super) fn record(&mut self, call: &recordCall) -> Result<Vec<u8>, Refusal> {
        let recordCall { services, numbers } = call;
        listed("services", services.len(), limits::FILING_STEP_MAX)?;
        if numbers.len() != services.len() {
            list_size("numbers", numbers.len(), services.len())?;
        }
        for (id, number) in services.iter().zip(numbers) {
            self.record_one(*id, number)?;
        }
        Ok(Vec::new())
    }

    fn record_one(&mut self, id: u64, seen: &str) -> Result<(), Refusal> {
        let actor = self.open(id, 8)?;
        let Some(proposal) = self.service(id)?.proposed.clone() else {
            return refuse(NotProposed { service: id });
        };
        let Proposed { number, account: first, confirmed, .. } = proposal.clone();
        let second = self.caller;
        if first == second {
            return refuse(SameHand { account: second });
        }
        self.require_materials(id)?;
        let given = numbers::read_number(seen)?;
        if number != given {
            return refuse(OtherNumber { service: id, proposed: number, given });
        }
        self.make_own(id, &proposal)?;
        self.go(id, 8, 0, actor, None)?;
        let places = self.service(id)?.places.clone();
        self.put_places(id, places, true)?;
        let (late, today) = (self.service(id)?.flags & 1 != 0, self.today());
        self.change(id, |service| {
            service.number = number.clone();
            service.recorded_on = today;
            service.proposed = None;
            service.flags |= if confirmed { 4 } else { 0 };
        });
        self.tell_recorded(id, &number);
        self.emit(&Recorded { service: id, key: key(id), first, second, number, late });
        Ok(())
    }

    pub(super) fn import(&mut self, call: &importFilingCall) -> Result<Vec<u8>, Refusal> {
        let importFilingCall { subject, account, form, number, confirmed } = call.clone();
        let actor = self.actor(3, None)?;
        if number.is_empty() {
            return missing("number");
        }
        let known = if subject.nature == 1 { self.of_code(word(&code(&subject.uscc)?)) } else { 0 };
        let provider = if known == 0 { self.enter(account, &subject)? } else { known };
        if known != 0 && !account.is_zero() && account != self.provider(known)?.account {
            return not_expected("account");
        }
        let service = self.create(provider, 3, actor, &form)?;
        self.propose(service, actor, &number, confirmed)?;
        Ok(importFilingCall::abi_encode_returns(&importFilingReturn { provider, service }))
    }

    pub(super) fn publish(&mut self, call: &publishBatchCall) -> Result<Vec<u8>, Refusal> {
        let publishBatchCall { batch, services, day, document } = call.clone();
        let actor = self.actor(14, None)?;
        let next = u32::try_from(self.batches.len()).unwrap_or(u32::MAX) + 1;
        if batch != next {
            return refuse(BatchOutOfOrder { batch, next });
        }
        listed("services", services.len(), limits::FILING_BATCH_MAX)?;
        there("document", document)?;
        let (today, workingDays) = (self.today(), self.period(7));
        Self::require_day("day", day, self.batches.last().map_or(0, |last| last.day), today)?;
        let mut words = Vec::new();
        for id in services.iter().copied() {
            let service = self.service(id)?;
            if service.batch != 0 {
                return refuse(AlreadyPublished { service: id, batch: service.batch });
            }
            if day != today && service.flags & 2 == 0 {
                return refuse(NotImported { service: id, day, today });
            }
            self.go(id, 14, 0, actor, None)?;
            words.extend(self.number_word(id).0);
            self.change(id, |service| {
                (service.batch, service.published) = (batch, Some((7, day, workingDays)));
            });
        }
        let list = keccak256(words);
        let count = u32::try_from(services.len()).unwrap_or(u32::MAX);
        self.batches.push(BatchRecord { day, count, workingDays, list, document });
        self.emit(&Published { batch, day, workingDays, services, list, document });
        Ok(Vec::new())
    }

    pub(super) fn object(&mut self, call: &objectCall) -> Result<Vec<u8>, Refusal> {
        let objectCall { service: id, evidence, statement } = call.clone();
        let actor = self.open(id, 50)?;
        there("evidence", evidence)?;
        long_text("statement", &statement, true)?;
        let Some(window) = self.service(id)?.published else {
            return refuse(NotPublished { service: id });
        };
        let (today, (dueDay, _), account) = (self.today(), self.due(window), self.caller);
        if today > dueDay {
            return refuse(ObjectionLate { service: id, dueDay, today });
        }
        let open = self
            .objections
            .iter()
            .position(|entry| entry.service == id && entry.account == account && entry.state == 41);
        if let Some(place) = open {
            return refuse(ObjectionOpen { service: id, objection: number_of(place + 1) });
        }
        self.objections.push(ObjectionRecord { service: id, state: 0, account, day: today, evidence });
        let objection = number_of(self.objections.len());
        self.go(id, 50, objection, actor, None)?;
        self.emit(&Objected { objection, service: id, dueDay, evidence, statement });
        Ok(objectCall::abi_encode_returns(&objection))
    }

    fn objection(&self, id: u64) -> Result<&ObjectionRecord, Refusal> {
        let count = number_of(self.objections.len());
        nth(&self.objections, id).map_or_else(|| refuse(NoSuchItem { track: OBJECTION, item: id, count }), Ok)
    }

    pub(super) fn decide_objection(&mut self, call: &decideObjectionCall) -> Result<Vec<u8>, Refusal> {
        let decideObjectionCall { objection, upheld, report, reasons } = call.clone();
        let ObjectionRecord { service: id, account, .. } = *self.objection(objection)?;
        let step = if upheld { 51 } else { 52 };
        let actor = self.open(id, step)?;
        there("report", report)?;
        long_text("reasons", &reasons, true)?;
        if account == self.caller {
            return refuse(SameHand { account });
        }
        self.go(id, step, objection, actor, None)?;
        self.emit(&ObjectionDecided { objection, service: id, upheld, report, reasons });
        Ok(Vec::new())
    }

    pub(super) fn report_change(&mut self, call: &reportChangeCall) -> Result<Vec<u8>, Refusal> {
        let reportChangeCall { service: id, changedOn, form, reason } = call.clone();
        let actor = self.open(id, 20)?;
        long_text("reason", &reason, false)?;
        self.require_form(self.service(id)?.provider, &form)?;
        let content = content(&form);
        if content == forms::content(&self.service(id)?.form) {
            return refuse(NothingChanged { service: id });
        }
        self.require_past("changedOn", changedOn)?;
        let clock = (5, changedOn, self.period(5));
        let ((dueDay, _), late) = (self.due(clock), self.is_over(clock));
        self.go(id, 20, 0, actor, None)?;
        self.change(id, |service| service.pending = content);
        self.emit(&ChangeReported { service: id, changedOn, dueDay, late, form, content, reason });
        Ok(Vec::new())
    }

    pub(super) fn accept_change(&mut self, call: &acceptChangeCall) -> Result<Vec<u8>, Refusal> {
        let acceptChangeCall { service: id, form } = call.clone();
        let actor = self.open(id, 21)?;
        self.go(id, 21, 0, actor, None)?;
        let (given, Service { pending: reported, provider, .. }) =
            (content(&form), self.service(id)?.clone());
        if given != reported {
            return refuse(OtherChange { service: id, reported, given });
        }
        let places = self.require_form(provider, &form)?;
        self.put_places(id, places, true)?;
        self.change(id, |service| service.form = form);
        self.emit(&ChangeAccepted { service: id, content: given });
        Ok(Vec::new())
    }

    pub(super) fn return_change(&mut self, call: &returnChangeCall) -> Result<Vec<u8>, Refusal> {
        let returnChangeCall { service: id, codes, reasons } = call.clone();
        let actor = self.open(id, 22)?;
        require_codes(&codes)?;
        long_text("reasons", &reasons, true)?;
        self.go(id, 22, 0, actor, None)?;
        let content = self.service(id)?.pending;
        self.emit(&ChangeReturned { service: id, content, codes, reasons });
        Ok(Vec::new())
    }

    pub(super) fn notify(&mut self, call: &notifyTerminationCall) -> Result<Vec<u8>, Refusal> {
        let notifyTerminationCall { service: id, plannedDay, arrangements, text } = call.clone();
        let actor = self.open(id, 40)?;
        there("arrangements", arrangements)?;
        long_text("text", &text, true)?;
        let today = self.today();
        Self::require_day("plannedDay", plannedDay, today, today + limits::FILING_DAYS_AHEAD_MAX)?;
        let latestNotice = self.days_before(plannedDay, self.period(11));
        if today > latestNotice {
            return refuse(TerminationTooSoon { plannedDay, latestNotice, today });
        }
        self.go(id, 40, 0, actor, Some((11, plannedDay, 0)))?;
        self.change(id, |service| service.planned = plannedDay);
        self.emit(&TerminationNotified { service: id, plannedDay, latestNotice, arrangements, text });
        Ok(Vec::new())
    }

    pub(super) fn cancel(&mut self, call: &cancelTerminationCall) -> Result<Vec<u8>, Refusal> {
        let cancelTerminationCall { service: id, reason } = call.clone();
        let actor = self.open(id, 41)?;
        long_text("reason", &reason, false)?;
        self.go(id, 41, 0, actor, None)?;
        self.change(id, |service| service.planned = 0);
        self.emit(&TerminationCancelled { service: id, reason });
        Ok(Vec::new())
    }

    pub(super) fn deregister(&mut self, call: &deregisterCall) -> Result<Vec<u8>, Refusal> {
        let deregisterCall { service: id, objection, reasons } = call.clone();
        let actor = self.open(id, 12)?;
        long_text("reasons", &reasons, true)?;
        self.go(id, 12, 0, actor, None)?;
        let (today, Service { planned: day, number, .. }) = (self.today(), self.service(id)?.clone());
        if objection == 0 && (day == 0 || today <= day) {
            return refuse(NotYet { service: id, day, today });
        }
        if objection != 0 {
            let ObjectionRecord { service, state, .. } = *self.objection(objection)?;
            if service != id || state != 42 {
                return refuse(NotUpheld { service: id, objection });
            }
        }
        if matches!(self.state(id, INSPECTION, 0), 21 | 22) {
            self.leave_campaign(id);
        }
        self.release(&number);
        self.tell_end(id);
        self.emit(&Deregistered { service: id, key: key(id), objection, number, reasons });
        Ok(Vec::new())
    }
}
