//! From the list to the end: the start, orders, assessments, judgement, removal; and the clocks.

use super::*;

/// What clocks wait for.
const COMMENTS: u8 = 1;
const REPLY: u8 = 2;
const HALF_YEAR: u8 = 3;
const END: u8 = 4;

impl Model {
    pub(super) fn start(&mut self, call: &startCall) -> Result<(), Refusal> {
        let id = call.id;
        let Pilot { record, course, filings, .. } = self.may(id, step::START)?;
        let (account, today) = self.here();
        words::range("day of the start", today, course.listedDay, course.endDay)?;
        if record.chainId == 0 {
            return refuse(NotDescribed { id });
        }
        for number in filings {
            self.require_recorded(id, *number)?;
        }
        let endDay = course.endDay;
        let parametersReturn { reportDays, assessmentMonths, .. } = self.parameters;
        self.go(id, step::START, |pilot| {
            pilot.report_days = reportDays;
            (pilot.course.startDay, pilot.course.assessmentMonths) = (today, assessmentMonths);
        });
        self.emit(&Started { id, endDay, assessmentMonths, account, today });
        Ok(())
    }

    /// Last day to reply to an order, and whether that is provisional.
    fn reply_end(&self, order: &Adjustment) -> (u32, bool) {
        self.days.after(self.today(), order.orderedDay, order.workingDays.into())
    }

    /// Last day of the next half-year, if it ends before the pilot.
    fn half_year_end(&self, pilot: &Pilot) -> Option<(u32, bool)> {
        let Course { startDay, endDay, assessmentMonths, .. } = pilot.course;
        let next = calendar::months_after(startDay, assessmentMonths * (pilot.record.assessments + 1));
        (next < endDay).then(|| self.days.not_a_day_of_rest(self.today(), next))
    }

    /// Clocks of a pilot that run: what each waits for, its last day, and whether that is provisional.
    pub(super) fn running(&self, pilot: &Pilot) -> Vec<(u8, u32, bool)> {
        let clock = |number: u8, (day, provisional): (u32, bool)| (number, day, provisional);
        let assessments = || {
            let half = self.half_year_end(pilot).map(|end| clock(HALF_YEAR, end));
            half.into_iter().chain([clock(END, (pilot.course.endDay, false))])
        };
        match pilot.record.state {
            COMMENTED => vec![clock(COMMENTS, self.comments_end(&pilot.course))],
            RUNNING => assessments().collect(),
            ADJUSTING => {
                let open = pilot.orders.last().filter(|order| order.repliedDay == 0);
                open.map(|order| clock(REPLY, self.reply_end(order)))
                    .into_iter()
                    .chain(assessments())
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn order_adjustment(&mut self, call: &orderAdjustmentCall) -> Result<Vec<u8>, Refusal> {
        let orderAdjustmentCall { id, workingDays, text } = call.clone();
        let number = narrow(self.may(id, step::ORDER)?.orders.len() + 1);
        words::range("working days", workingDays, 1_u64, limits::PILOT_REPLY_DAYS_MAX)?;
        words::text("order", &text)?;
        let (account, today) = self.here();
        let order = Adjustment {
            account,
            orderedDay: today,
            workingDays,
            repliedDay: 0,
            late: false,
            settled: false,
            orderDigest: digest_of(&text),
            replyDigest: B256::ZERO,
        };
        let (lastDay, provisional) = self.reply_end(&order);
        self.go(id, step::ORDER, |pilot| {
            pilot.record.evaluated = false;
            pilot.orders.push(order);
        });
        let organisation = start::organisation_of(account);
        self.emit(&AdjustmentOrdered {
            id,
            number,
            organisation,
            workingDays,
            lastDay,
            provisional,
            text,
            account,
            today,
        });
        Ok(orderAdjustmentCall::abi_encode_returns(&number))
    }

    /// The last order to a pilot that is adjusting, with its number.
    fn order(&self, id: u32) -> Result<(u16, Adjustment), Refusal> {
        let orders = &self.pilot(id)?.orders;
        let last = orders.last().expect("who adjusts was ordered to");
        Ok((narrow(orders.len()), last.clone()))
    }

    /// Takes a step, and puts the last order down as it became.
    fn renew(&mut self, id: u32, step: u8, order: Adjustment) {
        self.go(id, step, |pilot| pilot.orders.last_mut().into_iter().for_each(|last| *last = order.clone()));
    }

    pub(super) fn reply_adjustment(&mut self, call: &replyAdjustmentCall) -> Result<(), Refusal> {
        let replyAdjustmentCall { id, text, report } = call.clone();
        self.may(id, step::REPLY)?;
        words::text("reply", &text)?;
        let ((account, today), (number, order)) = (self.here(), self.order(id)?);
        if order.repliedDay != 0 {
            return refuse(RepliedBefore { id, number });
        }
        let late = today > self.reply_end(&order).0;
        let replyDigest = digest_of(&text);
        self.renew(id, step::REPLY, Adjustment { repliedDay: today, late, replyDigest, ..order });
        self.emit(&AdjustmentReplied { id, number, late, text, report, account, today });
        Ok(())
    }

    pub(super) fn settle_adjustment(&mut self, call: &settleAdjustmentCall) -> Result<(), Refusal> {
        let settleAdjustmentCall { id, accepted, endDay, text } = call.clone();
        let step = if accepted { step::AGREE } else { step::REFUSE };
        let known = self.may(id, step)?.course.endDay;
        words::text("finding", &text)?;
        let ((account, today), (number, order)) = (self.here(), self.order(id)?);
        if order.repliedDay == 0 {
            return refuse(NotReplied { id, number });
        }
        if !accepted {
            words::range("last day of the pilot, which a refusal leaves", endDay, 0_u64, 0_u64)?;
            let replyDigest = B256::ZERO;
            let again = Adjustment { orderedDay: today, repliedDay: 0, late: false, replyDigest, ..order };
            let ((lastDay, provisional), workingDays) = (self.reply_end(&again), again.workingDays);
            self.renew(id, step, again);
            self.emit(&ReplyRefused { id, number, workingDays, lastDay, provisional, text, account, today });
            return Ok(());
        }
        if endDay != 0 {
            let latest = today + u32::from(self.parameters.durationDays);
            words::range("last day of the pilot", endDay, today + 1, latest)?;
        }
        self.renew(id, step, Adjustment { settled: true, ..order });
        let endDay = if endDay == 0 { known } else { endDay };
        self.change(id, |pilot| pilot.course.endDay = endDay);
        self.emit(&ReplyAccepted { id, number, endDay, text, account, today });
        Ok(())
    }

    pub(super) fn assess(&mut self, call: &assessCall) -> Result<(), Refusal> {
        let assessCall { id, kind, report, text } = call.clone();
        words::term("kind of assessment", kind, 2)?;
        let step = if kind == 1 { step::INTERIM } else { step::FINAL };
        let pilot = self.may(id, step)?;
        words::there("assessment", report)?;
        words::text("assessment", &text)?;
        let ((account, today), end) = (self.here(), pilot.course.endDay);
        let mut number = pilot.record.assessments;
        let late = if kind == 1 {
            // Not before the half-year began.
            let begins =
                calendar::months_after(pilot.course.startDay, pilot.course.assessmentMonths * number);
            if today < begins {
                words::range("day of the half-year assessment", today, begins, end.max(begins))?;
            }
            number += 1;
            today > self.half_year_end(pilot).map_or(end, |(day, _)| day)
        } else {
            if let Some(place) = pilot.goals.iter().position(|goal| goal.entries.is_empty()) {
                return refuse(NoValue { id, indicator: narrow(place) });
            }
            today > end
        };
        self.go(id, step, |pilot| pilot.record.assessments = number);
        self.emit(&Assessed { id, kind, number, late, report, text, account, today });
        Ok(())
    }

    pub(super) fn evaluate(&mut self, call: &evaluateCall) -> Result<(), Refusal> {
        let evaluateCall { id, verdict, report, text } = call.clone();
        let evaluated = self.may(id, step::EVALUATE)?.record.evaluated;
        words::term("verdict", verdict, NOT_MET)?;
        words::there("evaluation", report)?;
        words::text("evaluation", &text)?;
        if evaluated {
            return refuse(EvaluatedBefore { id });
        }
        let (account, today) = self.here();
        self.go(id, step::EVALUATE, |pilot| {
            pilot.record.evaluated = true;
            pilot.evaluation = Some(evaluationOfReturn { account, verdict, day: today, report });
        });
        let organisation = start::organisation_of(account);
        self.emit(&Evaluated { id, verdict, organisation, report, text, account, today });
        Ok(())
    }

    pub(super) fn accept(&mut self, call: &acceptCall) -> Result<(), Refusal> {
        let acceptCall { id, document } = *call;
        let Pilot { record, evaluation, removal, .. } = self.may(id, step::ACCEPT)?;
        let Some(evaluation) = evaluation.as_ref().filter(|_| record.evaluated) else {
            return refuse(NotEvaluated { id });
        };
        if let Some(removal) = removal {
            return refuse(RemovalPending { id, account: removal.account });
        }
        if evaluation.verdict == NOT_MET {
            return refuse(GoalsNotMet { id });
        }
        self.require_other_hand(id, evaluation.account, step::EVALUATE)?;
        self.document_or_none(document, ACCEPTANCE)?;
        self.go(id, step::ACCEPT, |pilot| pilot.course.result = document);
        let (account, today) = self.here();
        self.emit(&Accepted { id, document, account, today });
        Ok(())
    }

    pub(super) fn propose_removal(&mut self, call: &proposeRemovalCall) -> Result<(), Refusal> {
        let proposeRemovalCall { id, reason, text } = call.clone();
        let pending = self.may(id, step::PROPOSE_REMOVAL)?.removal.clone();
        words::term("reason", reason, 7)?;
        words::text("reason", &text)?;
        if let Some(known) = pending {
            return refuse(RemovalPending { id, account: known.account });
        }
        let ((account, today), textDigest) = (self.here(), digest_of(&text));
        let removal = removalOfReturn { account, reason, day: today, textDigest };
        self.go(id, step::PROPOSE_REMOVAL, |pilot| pilot.removal = Some(removal));
        let organisation = start::organisation_of(account);
        self.emit(&RemovalProposed { id, reason, organisation, text, account, today });
        Ok(())
    }

    pub(super) fn drop_removal(&mut self, call: &dropRemovalCall) -> Result<(), Refusal> {
        let dropRemovalCall { id, text } = call.clone();
        let pending = self.may(id, step::DROP_REMOVAL)?.removal.is_some();
        words::text("reason", &text)?;
        if !pending {
            return refuse(NoRemoval { id });
        }
        self.go(id, step::DROP_REMOVAL, |pilot| pilot.removal = None);
        let (account, today) = self.here();
        self.emit(&RemovalDropped { id, text, account, today });
        Ok(())
    }

    pub(super) fn remove(&mut self, call: &removeCall) -> Result<(), Refusal> {
        let removeCall { id, document } = *call;
        let Some(removal) = self.may(id, step::REMOVE)?.removal.clone() else {
            return refuse(NoRemoval { id });
        };
        self.require_other_hand(id, removal.account, step::PROPOSE_REMOVAL)?;
        self.document_or_none(document, CHANGE)?;
        self.go(id, step::REMOVE, |pilot| pilot.course.result = document);
        let ((account, today), reason) = (self.here(), removal.reason);
        self.emit(&Removed { id, document, reason, account, today });
        Ok(())
    }
}
