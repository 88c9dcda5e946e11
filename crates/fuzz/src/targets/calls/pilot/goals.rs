//! What a pilot sets out to reach, where it runs, and which filed services it uses.

use super::*;

impl Model {
    pub(super) fn add_indicator(&mut self, call: &addIndicatorCall) -> Result<Vec<u8>, Refusal> {
        let addIndicatorCall { id, name, unit, decimals, baseline, target, due } = call.clone();
        let known = self.may(id, step::PLAN)?.goals.len();
        words::title("name of the indicator", &name)?;
        words::line("unit", &unit, limits::PILOT_UNIT_BYTES_MAX)?;
        words::count("bytes of the unit", unit.len(), limits::PILOT_UNIT_BYTES_MAX)?;
        words::sober(&name)?;
        words::sober(&unit)?;
        words::range("decimals", decimals, 0_u64, limits::PILOT_DECIMALS_MAX)?;
        self.require_goal(id, baseline, target, due)?;
        words::range("number of indicators", known as u64 + 1, 1_u64, limits::PILOT_INDICATORS_MAX)?;
        let about = Indicator {
            nameDigest: digest_of(&name),
            unit: B256::right_padding_from(unit.as_bytes()),
            decimals,
            baseline,
            target,
            due,
            revisions: 0,
            entries: 0,
            lastDay: 0,
        };
        self.go(id, step::PLAN, |pilot| pilot.goals.push(Goal { about, entries: Vec::new() }));
        let (indicator, account) = (narrow(known), self.caller);
        self.emit(&IndicatorAdded { id, indicator, decimals, baseline, target, due, name, unit, account });
        Ok(addIndicatorCall::abi_encode_returns(&indicator))
    }

    pub(super) fn change_indicator(&mut self, call: &changeIndicatorCall) -> Result<(), Refusal> {
        let changeIndicatorCall { id, indicator, target, due, reason } = call.clone();
        self.may(id, step::PLAN)?;
        words::text("reason", &reason)?;
        let known = self.goal(id, indicator)?.about.clone();
        self.require_goal(id, known.baseline, target, due)?;
        let revision = known.revisions + 1;
        self.go(id, step::PLAN, |pilot| {
            if let Some(goal) = pilot.goals.get_mut(usize::from(indicator)) {
                (goal.about.target, goal.about.due, goal.about.revisions) = (target, due, revision);
            }
        });
        let (targetBefore, dueBefore, account) = (known.target, known.due, self.caller);
        self.emit(&IndicatorChanged {
            id,
            indicator,
            revision,
            targetBefore,
            target,
            dueBefore,
            due,
            reason,
            account,
        });
        Ok(())
    }

    /// A goal of a pilot that there is.
    pub(super) fn goal(&self, id: u32, indicator: u16) -> Result<&Goal, Refusal> {
        let goals = &self.pilot(id)?.goals;
        let count = narrow(goals.len());
        let found = goals.get(usize::from(indicator));
        found.map_or_else(|| refuse(NoSuchIndicator { id, indicator, count }), Ok)
    }

    /// A goal changes something, from today to the pilot's last day.
    fn require_goal(&self, id: u32, baseline: i64, target: i64, due: u32) -> Result<(), Refusal> {
        if target == baseline {
            return refuse(NoGoal { baseline });
        }
        words::range("day of the target", due, self.today(), self.pilot(id)?.course.endDay)
    }

    pub(super) fn describe(&mut self, call: &describeCall) -> Result<(), Refusal> {
        let describeCall { id, chainId, software, version, nodes, peers } = call.clone();
        let Record { state, chainId: known, .. } = self.may(id, step::DESCRIBE)?.record;
        words::range("chain id", chainId, 1_u64, u64::MAX)?;
        if state == RUNNING && chainId != known {
            return refuse(ChainFixed { id, chainId: known });
        }
        words::line("software", &software, limits::NAME_CHARS_MAX)?;
        words::line("version", &version, limits::NAME_CHARS_MAX)?;
        words::count("nodes", nodes.len(), limits::PILOT_NODES_MAX)?;
        words::count("peers", peers.len(), limits::PILOT_PEERS_MAX)?;
        let mut facts = Described {
            id,
            chainId,
            software,
            version,
            nodes,
            peers,
            digest: B256::ZERO,
            account: self.caller,
        };
        let Described { software, version, nodes, peers, .. } = &facts;
        let said = (chainId, software.clone(), version.clone(), nodes.clone(), peers.clone());
        facts.digest = keccak256(said.abi_encode_params());
        self.go(id, step::DESCRIBE, |pilot| {
            (pilot.record.chainId, pilot.course.factsDigest) = (chainId, facts.digest);
        });
        self.emit(&facts);
        Ok(())
    }

    pub(super) fn name_filing(&mut self, call: &nameFilingCall) -> Result<(), Refusal> {
        let (id, account) = (call.id, self.caller);
        let named = self.may(id, step::NAME_FILING)?.filings.clone();
        let number = filing_number(&call.number)?;
        if named.contains(&number) {
            return refuse(FilingNamedBefore { id, number });
        }
        self.require_recorded(id, number)?;
        let many = named.len() as u64 + 1;
        words::range("number of filing numbers", many, 1_u64, limits::PILOT_FILINGS_MAX)?;
        self.go(id, step::NAME_FILING, |pilot| pilot.filings.push(number));
        self.emit(&FilingNamed { id, number, account });
        Ok(())
    }

    pub(super) fn require_recorded(&self, id: u32, number: B256) -> Result<(), Refusal> {
        if self.recorded.contains(&number) { Ok(()) } else { refuse(FilingNotRecorded { id, number }) }
    }

    /// The last number takes the place of the one that goes.
    pub(super) fn drop_filing(&mut self, call: &dropFilingCall) -> Result<(), Refusal> {
        let (id, account) = (call.id, self.caller);
        let named = self.may(id, step::NAME_FILING)?.filings.clone();
        let number = filing_number(&call.number)?;
        let Some(place) = named.iter().position(|own| *own == number) else {
            return refuse(FilingNotNamed { id, number });
        };
        self.go(id, step::NAME_FILING, |pilot| {
            pilot.filings.swap_remove(place);
        });
        self.emit(&FilingDropped { id, number, account });
        Ok(())
    }
}

/// A number out of a text; its check may be wrong.
fn filing_number(text: &str) -> Result<B256, Refusal> {
    let short = text.len() <= limits::ID_TEXT_BYTES_MAX;
    match filing::taken_out(text).ok().filter(|_| short) {
        Some(number) => Ok(start::word(&number)),
        None => {
            let number = text.chars().take(limits::ID_TEXT_BYTES_MAX).collect();
            refuse(FilingNumberInvalid { number })
        }
    }
}
