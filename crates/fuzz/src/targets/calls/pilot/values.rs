//! Values of goals, day by day.

use super::*;

/// A value as somebody enters it.
struct Value {
    id: u32,
    indicator: u16,
    day: u32,
    value: i64,
    sourceHeight: u64,
    source: B256,
}

impl Model {
    /// The last entry of the day of a value, and the last day on which that day's value is reported;
    /// unless no value can be of this day and this height.
    fn place(&self, value: &Value) -> Result<(u32, u32), Refusal> {
        let Value { id, indicator, day, sourceHeight, .. } = *value;
        let (Pilot { record, course, report_days, .. }, today) = (self.pilot(id)?, self.today());
        if sourceHeight == 0 {
            return refuse(NoSourceHeight {});
        }
        let height = self.now.height;
        if record.chainId == samples::CHAIN_ID && sourceHeight >= height {
            return refuse(FutureHeight { sourceHeight, height });
        }
        if day > today {
            return refuse(FutureDay { day, today });
        }
        if day < course.startDay {
            return refuse(DayBeforeStart { day, startDay: course.startDay });
        }
        words::range("day of the value", day, course.startDay, course.endDay)?;
        let goal = self.goal(id, indicator)?;
        // A later day is held against what counts for the latest one, if that is of the same chain.
        let held = goal.latest().filter(|entry| entry.chainId == record.chainId && entry.day < day);
        if let Some(latest) = held.filter(|entry| sourceHeight < entry.sourceHeight) {
            let (lastDay, lastHeight) = (latest.day, latest.sourceHeight);
            return refuse(HeightGoesBack { day, sourceHeight, lastDay, lastHeight });
        }
        Ok((narrow(goal.last_of(day)), day + u32::from(*report_days)))
    }

    /// Adds an entry; gives its number and chain.
    fn put(&mut self, step: u8, value: &Value, refersTo: u32, correction: bool) -> (u32, u64) {
        let Value { id, indicator, day, value, sourceHeight, source } = *value;
        let (account, Now { height, timestamp_ms: timestampMs }) = (self.caller, self.now);
        let (mut number, mut chain) = (0, 0);
        self.go(id, step, |pilot| {
            let chainId = pilot.record.chainId;
            let entry = Entry {
                day,
                value,
                refersTo,
                correction,
                chainId,
                sourceHeight,
                source,
                account,
                height,
                timestampMs,
            };
            if let Some(goal) = pilot.goals.get_mut(usize::from(indicator)) {
                goal.entries.push(entry);
                (number, chain) = (narrow(goal.entries.len()), chainId);
            }
        });
        (number, chain)
    }

    pub(super) fn report(&mut self, call: &reportCall) -> Result<Vec<u8>, Refusal> {
        let reportCall { id, indicator, day, value, sourceHeight, source } = *call;
        self.may(id, step::REPORT)?;
        let given = Value { id, indicator, day, value, sourceHeight, source };
        let (last, lastDay) = self.place(&given)?;
        if last != 0 || self.today() > lastDay {
            return refuse(DayClosed { day, entry: last, lastDay });
        }
        let (entry, chainId) = self.put(step::REPORT, &given, 0, false);
        let (account, Now { height, timestamp_ms: timestampMs }) = (self.caller, self.now);
        self.emit(&Reported {
            id,
            indicator,
            entry,
            day,
            value,
            chainId,
            sourceHeight,
            source,
            account,
            height,
            timestampMs,
        });
        Ok(reportCall::abi_encode_returns(&entry))
    }

    pub(super) fn correct(&mut self, call: &correctCall) -> Result<Vec<u8>, Refusal> {
        let correctCall { id, indicator, day, value, sourceHeight, source, refersTo, reason } = call.clone();
        self.may(id, step::CORRECT)?;
        words::text("reason", &reason)?;
        let given = Value { id, indicator, day, value, sourceHeight, source };
        let (last, lastDay) = self.place(&given)?;
        if refersTo != last {
            return refuse(NotTheLastEntry { day, given: refersTo, last });
        }
        if last == 0 && self.today() <= lastDay {
            return refuse(DayOpen { day, lastDay });
        }
        let (entry, chainId) = self.put(step::CORRECT, &given, refersTo, true);
        let (account, Now { height, timestamp_ms: timestampMs }) = (self.caller, self.now);
        self.emit(&Corrected {
            id,
            indicator,
            entry,
            refersTo,
            day,
            value,
            chainId,
            sourceHeight,
            source,
            reason,
            account,
            height,
            timestampMs,
        });
        Ok(correctCall::abi_encode_returns(&entry))
    }
}
