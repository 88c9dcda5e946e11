//! What can be asked.

use super::people::{code, term};
use super::*;

fn nobody() -> ProviderRecord {
    ProviderRecord {
        account: Address::ZERO,
        organisation: 0,
        nature: 0,
        idType: 0,
        kinds: 0,
        division: 0,
        services: 0,
        subjectNumber: 0,
        sequence: 0,
        uscc: B256::ZERO,
        subject: B256::ZERO,
        person: B256::ZERO,
        content: B256::ZERO,
    }
}

fn no_service() -> ServiceRecord {
    ServiceRecord {
        provider: 0,
        status: 0,
        change: 0,
        inspection: 0,
        termination: 0,
        flags: 0,
        category: 0,
        form: 0,
        serverDivision: 0,
        goLive: 0,
        recordedOn: 0,
        batch: 0,
        materials: 0,
        places: 0,
        number: String::new(),
        content: B256::ZERO,
    }
}

impl Model {
    /// The nth working day before a day.
    pub(super) fn days_before(&self, planned: u32, days: u16) -> u32 {
        let (mut day, mut left) = (planned, days);
        while left > 0 && day > 1 {
            day -= 1;
            left -= u16::from(self.days.after(self.today(), day - 1, 1).0 == day);
        }
        day
    }

    fn shown_provider(&self, id: u32) -> ProviderRecord {
        let Ok(provider) = self.provider(id) else { return nobody() };
        let subject = &provider.subject;
        ProviderRecord {
            account: provider.account,
            organisation: provider.organisation,
            nature: subject.nature,
            idType: subject.idType,
            kinds: subject.kinds,
            division: subject.division,
            services: provider.services,
            subjectNumber: provider.subject_number,
            sequence: provider.sequence,
            uscc: if subject.nature == 1 { provider.who } else { B256::ZERO },
            subject: subject.subject,
            person: subject.person,
            content: people::content(subject),
        }
    }

    fn shown_service(&self, id: u64) -> ServiceRecord {
        let Ok(service) = self.service(id) else { return no_service() };
        let state = |track| service.states.get(&track).copied().unwrap_or(0);
        ServiceRecord {
            provider: service.provider,
            status: state(FILING),
            change: state(CHANGE),
            inspection: state(INSPECTION),
            termination: state(TERMINATION),
            // A fourth bit that the interface does not name: it has a site.
            flags: service.flags | if forms::has_site(&service.form) { 8 } else { 0 },
            category: service.form.category,
            form: service.form.form,
            serverDivision: service.form.serverDivision,
            goLive: service.form.goLive,
            recordedOn: service.recorded_on,
            batch: service.batch,
            materials: service.materials,
            places: u8::try_from(service.places.len()).unwrap_or(u8::MAX),
            number: service.number.clone(),
            content: forms::content(&service.form),
        }
    }

    fn shown_clocks(&self, id: u64) -> Result<Vec<ClockState>, Refusal> {
        let service = self.service(id)?;
        if matches!(self.state(id, FILING, 0), 8 | 9) {
            return Ok(Vec::new());
        }
        let shown = |runs: Runs| {
            let (clock, start, workingDays) = runs;
            let (dueDay, provisional) = self.due(runs);
            let overdue = self.is_over(runs);
            ClockState { clock, start, workingDays, dueDay, provisional, overdue }
        };
        Ok(service.clocks.values().chain(&service.published).copied().map(shown).collect())
    }

    pub(super) fn read(&self, call: &C) -> Result<Vec<u8>, Refusal> {
        Ok(match call {
            C::provider(call) => providerCall::abi_encode_returns(&self.shown_provider(call.id)),
            C::providerOf(call) => providerOfCall::abi_encode_returns(&self.in_charge(call.account)),
            C::providerOfCode(call) => {
                let code = people::word(&code(&call.uscc)?);
                providerOfCodeCall::abi_encode_returns(&self.of_code(code))
            }
            C::service(call) => serviceCall::abi_encode_returns(&self.shown_service(call.id)),
            C::serviceOfNumber(call) => {
                serviceOfNumberCall::abi_encode_returns(&self.of_number(&call.number)?)
            }
            C::isRecorded(call) => {
                let status = self.state(self.of_number(&call.number)?, FILING, 0);
                isRecordedCall::abi_encode_returns(&matches!(status, 5 | 6))
            }
            C::proposal(call) => {
                let proposed = self.service(call.service).ok().and_then(|service| service.proposed.clone());
                let (number, account, confirmed) =
                    proposed.map(|known| (known.number, known.account, known.confirmed)).unwrap_or_default();
                proposalCall::abi_encode_returns(&proposalReturn { number, account, confirmed })
            }
            C::placesOf(call) => {
                let known = self.service(call.service)?.places.iter().copied();
                let (places, bound) = known.unzip();
                placesOfCall::abi_encode_returns(&placesOfReturn { places, bound })
            }
            C::clocksOf(call) => clocksOfCall::abi_encode_returns(&self.shown_clocks(call.service)?),
            C::article(articleCall { number: article }) => match self.article(*article) {
                Some(entry) => articleCall::abi_encode_returns(entry),
                None => return refuse(NoSuchArticle { article: *article }),
            },
            C::period(call) => {
                term("clock", call.clock.into(), 12)?;
                periodCall::abi_encode_returns(&self.period(call.clock))
            }
            other => self.read_item(other),
        })
    }

    fn read_item(&self, call: &C) -> Vec<u8> {
        match call {
            C::batch(call) => {
                let none =
                    BatchRecord { day: 0, count: 0, workingDays: 0, list: B256::ZERO, document: B256::ZERO };
                batchCall::abi_encode_returns(nth(&self.batches, call.number.into()).unwrap_or(&none))
            }
            C::objection(call) => {
                let none = ObjectionRecord {
                    service: 0,
                    state: 0,
                    account: Address::ZERO,
                    day: 0,
                    evidence: B256::ZERO,
                };
                objectionCall::abi_encode_returns(nth(&self.objections, call.id).unwrap_or(&none))
            }
            C::penalty(call) => {
                let none = PenaltyRecord {
                    service: 0,
                    state: 0,
                    measure: 0,
                    article: 0,
                    breach: 0,
                    ground: 0,
                    day: 0,
                    amountFen: 0,
                    account: Address::ZERO,
                    second: Address::ZERO,
                    notice: B256::ZERO,
                };
                penaltyCall::abi_encode_returns(nth(&self.penalties, call.id).unwrap_or(&none))
            }
            C::assessment(call) => {
                let none = AssessmentRecord { service: 0, state: 0, day: 0, goLive: 0, report: B256::ZERO };
                assessmentCall::abi_encode_returns(nth(&self.assessments, call.id).unwrap_or(&none))
            }
            C::campaign(call) => {
                let none = CampaignRecord {
                    state: 0,
                    organisation: 0,
                    day: 0,
                    workingDays: 0,
                    services: 0,
                    open: 0,
                };
                campaignCall::abi_encode_returns(nth(&self.campaigns, call.id.into()).unwrap_or(&none))
            }
            _ => countsCall::abi_encode_returns(&countsReturn {
                providers: u32::try_from(self.providers.len()).unwrap_or(u32::MAX),
                services: number_of(self.services.len()),
                batches: u32::try_from(self.batches.len()).unwrap_or(u32::MAX),
                objections: number_of(self.objections.len()),
                penalties: number_of(self.penalties.len()),
                assessments: number_of(self.assessments.len()),
                campaigns: u32::try_from(self.campaigns.len()).unwrap_or(u32::MAX),
            }),
        }
    }
}
