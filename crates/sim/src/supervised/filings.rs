//! Steps of filings.

use super::*;
use ding_modules::filing::abi::IFiling::*;

const MODULE: Address = filing::state::ADDRESS;
/// The latest services are those that something happens to.
const LATEST: u64 = 4;

fn firm() -> Subject {
    Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division: 110_108,
        uscc: FIRM_CODE.into(),
        name: "Harbour Chain".into(),
        subject: B256::ZERO,
        person: digest(0x11),
        details: digest(0x12),
    }
}

fn attachments() -> Vec<Attachment> {
    let each = |kind: u8| Attachment { kind, format: 1, size: 1_000, digest: digest(kind.into()) };
    [1, 2, 3, 4, 5, 6].map(each).to_vec()
}

impl Draw<'_> {
    /// A form that `who` sends: mostly with a proof only where it made the contract itself.
    fn form(&mut self, who: usize) -> Form {
        let shops = self.of_length(SHOP.len());
        let mut places = Vec::new();
        if !shops.is_empty() && self.dice.chance(700) {
            let shop = *self.dice.pick(&shops);
            let maker = self.model.maker(&shop);
            let own = maker.filter(|(creator, _)| *creator == self.address(who));
            let (creator, nonce) = if self.dice.chance(900) { own } else { maker }.unwrap_or_default();
            places.push(Place { chainId: 1337, place: shop.into_word(), creator, nonce });
        }
        Form {
            name: format!("Bills of lading {}", self.dice.below(20)),
            category: 2,
            form: 1,
            field: "logistics".into(),
            site: "https://bills.example.cn".into(),
            icp: "京ICP备00000001号-1".into(),
            description: "Deposits of bills of lading.".into(),
            server: "Beijing".into(),
            serverDivision: 110_108,
            consensus: "simplex".into(),
            crossBorder: String::new(),
            goLive: self.today() - 3,
            places,
        }
    }

    pub(super) fn filing(&mut self) -> Step {
        let counts = self.model.facts().counts();
        let firm_account = self.mostly(FIRM);
        if counts.filings == 0 {
            let form = self.form(firm_account);
            return if self.flag() {
                self.ask(firm_account, MODULE, &registerProviderCall { subject: firm() })
            } else {
                let file = fileCall { provider: 1, form, attachments: attachments() };
                self.ask(firm_account, MODULE, &file)
            };
        }
        let back = self.dice.below(counts.filings.min(LATEST));
        let service = counts.filings - back;
        if self.flag() { self.of_firm(firm_account, service) } else { self.of_administration(service) }
    }

    fn of_firm(&mut self, who: usize, service: u64) -> Step {
        let (some, today) = (digest(self.dice.below(9)), self.today());
        match self.dice.below(12) {
            0 | 1 => {
                let form = self.form(who);
                self.ask(who, MODULE, &fileCall { provider: 1, form, attachments: attachments() })
            }
            2 => {
                let form = self.form(who);
                self.ask(who, MODULE, &draftCall { provider: 1, form })
            }
            3 => self.ask(who, MODULE, &submitCall { service, attachments: attachments() }),
            4 => {
                let form = self.form(who);
                self.ask(who, MODULE, &resubmitCall { service, form, attachments: attachments() })
            }
            5 => {
                let (form, changedOn) = (self.form(who), today - 2);
                self.ask(who, MODULE, &reportChangeCall { service, changedOn, form, reason: text() })
            }
            6 => {
                let call = notifyTerminationCall {
                    service,
                    plannedDay: today + 60,
                    arrangements: some,
                    text: text(),
                };
                self.ask(who, MODULE, &call)
            }
            7 => self.ask(who, MODULE, &cancelTerminationCall { service, reason: text() }),
            8 => self.ask(who, MODULE, &answerInspectionCall { service, answer: some, text: text() }),
            9 => self.ask(who, MODULE, &reportRectifiedCall { service, report: some, text: text() }),
            10 if self.dice.chance(200) => self.ask(who, MODULE, &withdrawCall { service, reason: text() }),
            _ => {
                let who = self.anybody();
                self.ask(who, MODULE, &objectCall { service, evidence: some, statement: text() })
            }
        }
    }

    fn of_administration(&mut self, service: u64) -> Step {
        let counts = self.model.facts().counts();
        let (some, today, flag) = (digest(self.dice.below(9)), self.today(), self.flag());
        let days = u16::from(self.small(1, 9));
        let item = self.dice.between(1, 6);
        let (article, breach) = *self.dice.pick(&[(19, 17), (19, 13), (21, 10), (22, 11), (20, 8)]);
        let campaign = u32::from(self.small(1, 3));
        let who = self.supervisor();
        match self.dice.below(24) {
            0..=4 => {
                let call = proposeRecordCall { service, number: String::new(), confirmed: flag };
                self.ask(who, MODULE, &call)
            }
            5..=9 => {
                let numbers = vec![self.model.facts().proposed(service)];
                self.ask(who, MODULE, &recordCall { services: vec![service], numbers })
            }
            10 | 11 => {
                let batch = counts.batches + 1;
                let call = publishBatchCall { batch, services: vec![service], day: today, document: some };
                self.ask(who, MODULE, &call)
            }
            12 => {
                let call = returnFilingCall { service, codes: vec![1], reasons: text(), answerDays: days };
                self.ask(who, MODULE, &call)
            }
            13 => {
                let who = self.mostly(PROVINCE);
                self.ask(who, MODULE, &forwardCall { service, opinion: text() })
            }
            14 => {
                let call =
                    decideObjectionCall { objection: item, upheld: flag, report: some, reasons: text() };
                self.ask(who, MODULE, &call)
            }
            15 => {
                let call =
                    deregisterCall { service, objection: if flag { 0 } else { item }, reasons: text() };
                self.ask(who, MODULE, &call)
            }
            16 => self.ask(who, MODULE, &openCampaignCall { title: "walk".into(), workingDays: days }),
            17 => self.ask(who, MODULE, &inspectCall { campaign, services: vec![service] }),
            18 => {
                let call =
                    rectifyCall { service, article, breach, workingDays: days, notice: some, text: text() };
                self.ask(who, MODULE, &call)
            }
            19 => {
                let workingDays = if flag { 0 } else { days };
                let call = decideRectifiedCall { service, accepted: flag, workingDays, text: text() };
                self.ask(who, MODULE, &call)
            }
            20 | 21 => {
                let call =
                    suspendCall { service, article, breach, fromHeight: 0, notice: some, text: text() };
                self.ask(who, MODULE, &call)
            }
            22 => self.ask(who, MODULE, &restoreCall { service, fromHeight: 0, text: text() }),
            _ if flag => self.ask(who, MODULE, &imposeFineCall { penalty: item }),
            _ => {
                let call = proposeFineCall {
                    service,
                    article,
                    breach,
                    ground: 1 + (article % 2),
                    amountFen: 2_000_000,
                    notice: some,
                    text: text(),
                };
                self.ask(who, MODULE, &call)
            }
        }
    }
}
