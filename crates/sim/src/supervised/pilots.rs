//! Steps of pilots.

use super::*;
use ding_modules::pilot::abi::IPilot::*;

const MODULE: Address = pilot::state::ADDRESS;

impl Draw<'_> {
    pub(super) fn pilot(&mut self) -> Step {
        let counts = self.model.facts().counts();
        let (today, some, flag) = (self.today(), digest(self.dice.below(9)), self.flag());
        let entity = B256::right_padding_from(CARRIER_CODE.as_bytes());
        let officer = self.supervisor();
        if counts.pilots == 0 {
            return self.beginning(officer, entity);
        }
        let id = counts.pilots - u32::try_from(self.dice.below(counts.pilots.min(3).into())).unwrap_or(0);
        let document = u32::try_from(self.dice.between(1, u64::from(counts.documents).max(1))).unwrap_or(1);
        let carrier = if self.dice.chance(930) { CARRIER } else { self.anybody() };
        let ministry = if self.dice.chance(930) { MINISTRY } else { self.anybody() };
        let anybody = self.anybody();
        let (alongside, report) = (Vec::new(), some);
        match self.dice.below(26) {
            0 | 1 => self.beginning(officer, entity),
            2 | 3 => {
                let call = addIndicatorCall {
                    id,
                    name: "Hours of a case".into(),
                    unit: "h".into(),
                    decimals: 1,
                    baseline: 480,
                    target: 40,
                    due: today + 300,
                };
                self.ask(if flag { officer } else { carrier }, MODULE, &call)
            }
            4 | 5 => self.ask(officer, MODULE, &reviewCall { id, competent: MINISTRY_ID, opinion: text() }),
            6 => self.ask(officer, MODULE, &publishCall { id, document }),
            7 => {
                let kind = self.small(1, 3);
                self.ask(anybody, MODULE, &commentCall { id, kind, text: text() })
            }
            8 => {
                let numbers = vec![u32::from(self.small(1, 3))];
                let call = answerCall { id, numbers, outcome: self.small(1, 3), text: text() };
                self.ask(officer, MODULE, &call)
            }
            9 => self.ask(officer, MODULE, &listCall { id, document, alongside }),
            10..=12 => self.ask(officer, MODULE, &enterCall { id, document, alongside }),
            13 if flag => self.ask(officer, MODULE, &declineCall { id, reason: text() }),
            14..=15 => {
                let call = describeCall {
                    id,
                    chainId: 1337,
                    software: "ding".into(),
                    version: "0.4.0".into(),
                    nodes: vec![digest(1), digest(2)],
                    peers: vec![2, 3],
                };
                self.ask(carrier, MODULE, &call)
            }
            16 | 17 => self.ask(carrier, MODULE, &startCall { id }),
            18 | 19 => {
                let height = self.model.height();
                let value = i64::from(self.small(1, 200));
                let call =
                    reportCall { id, indicator: 0, day: today, value, sourceHeight: height, source: some };
                self.ask(carrier, MODULE, &call)
            }
            20 => self.ask(ministry, MODULE, &orderAdjustmentCall { id, workingDays: 5, text: text() }),
            21 => self.ask(carrier, MODULE, &replyAdjustmentCall { id, text: text(), report }),
            22 => {
                let call = settleAdjustmentCall { id, accepted: flag, endDay: 0, text: text() };
                self.ask(ministry, MODULE, &call)
            }
            23 => {
                let kind = self.small(1, 2);
                self.ask(carrier, MODULE, &assessCall { id, kind, report, text: text() })
            }
            24 => {
                let verdict = self.small(1, 3);
                self.ask(ministry, MODULE, &evaluateCall { id, verdict, report, text: text() })
            }
            _ if flag => self.ask(officer, MODULE, &acceptCall { id, document }),
            _ => {
                let reason = self.small(1, 3);
                self.ask(officer, MODULE, &proposeRemovalCall { id, reason, text: text() })
            }
        }
    }

    /// What there has to be before a pilot moves.
    fn beginning(&mut self, officer: usize, entity: B256) -> Step {
        let (today, division) = (self.today(), 33);
        match self.dice.below(5) {
            0 => {
                let account = self.address(CARRIER);
                let name = "Third Hospital".into();
                let call = registerEntityCall { code: CARRIER_CODE.into(), name, division, account };
                self.ask(officer, MODULE, &call)
            }
            1 | 2 => {
                let call = recordDocumentCall {
                    kind: self.small(2, 3),
                    issuedOn: today - u32::from(self.small(0, 100)),
                    departments: 17,
                    zones: 15,
                    specials: 164,
                    digest: digest(self.dice.below(9)),
                    number: "中网办秘字〔2026〕1号".into(),
                    title: "List of pilots".into(),
                };
                self.ask(officer, MODULE, &call)
            }
            _ => {
                let proposal = Proposal {
                    kind: 2,
                    entity,
                    field: self.small(1, 4),
                    zone: 0,
                    division,
                    endDay: today + 600,
                    title: "Sharing of examination results".into(),
                    material: digest(0x77),
                };
                self.ask(officer, MODULE, &recommendCall { proposal, alongside: Vec::new() })
            }
        }
    }
}
