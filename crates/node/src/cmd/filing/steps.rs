//! Every step of the module as a command: its arguments, and the call they make.

use super::{
    forms::{self, FormArgs, ProviderName, ServiceName, SubjectArgs, attachments},
    tell,
};
use crate::{
    cmd::{
        desk::{Act, Desk, Done, Told},
        words::{self, Attached, Numbers, Salts, article, day, digest, fen, name, text, word},
    },
    failure::Failure,
    text::plural,
};
use alloy_sol_types::SolCall;
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::*,
        state::ADDRESS,
        terms::{Clock, Duty, Ground, Measure, Reason},
    },
    ids::FilingNumber,
    members::{abi::IMembers::proposeCall, state::ADDRESS as MEMBERS},
};
use ding_primitives::{Address, B256, Bytes, limits};

/// What a measure rests on.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Breach {
    /// Article of the penalty table: 19 to 22.
    #[arg(long, value_parser = article)]
    article: u8,
    /// Duty that was breached, by name or article; of article 11 paragraph (1) 11, (2) 21, (3) 31.
    #[arg(long, value_parser = word::<Duty>)]
    breach: Duty,
    /// The notice to the provider, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
    notice: B256,
    /// What happened, in words.
    #[arg(long, value_parser = text)]
    text: String,
}

/// A decision of the supervisors: proposed to their vote first, carried out afterwards.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Decision {
    /// Put it to the vote of the supervisors under this title; without it the approved decision is
    /// carried out.
    #[arg(long, value_name = "TITLE")]
    propose: Option<String>,
}

/// The steps. Services are named by their number in the register or their filing number, providers
/// by number or credit code.
#[derive(Debug, Subcommand)]
pub(super) enum Step {
    /// Register the signing account as a provider (主体信息).
    Register(SubjectArgs),
    /// Declare a provider's data anew; to be told within five working days.
    ChangeProvider {
        /// The provider.
        provider: ProviderName,
        #[command(flatten)]
        subject: SubjectArgs,
        /// Day of the change.
        #[arg(long, value_parser = day)]
        changed_on: Day,
        /// Why it comes late.
        #[arg(long, value_parser = text, default_value = "")]
        reason: String,
    },
    /// Put another account in charge of a provider.
    SetAccount {
        /// The provider.
        provider: ProviderName,
        /// The account.
        #[arg(long)]
        account: Address,
        /// Why.
        #[arg(long, value_parser = text, default_value = "")]
        reason: String,
    },
    /// Declare a service without filing it yet.
    Draft {
        /// The provider.
        #[arg(long)]
        provider: ProviderName,
        #[command(flatten)]
        form: FormArgs,
    },
    /// Submit a drafted service.
    Submit {
        /// The service.
        service: ServiceName,
        /// A material: KIND=FILE, once for each. Kinds: licence, person-document,
        /// authenticity-statement, product-description, icp-filing, management-rules, other.
        #[arg(long = "attach", value_name = "KIND=FILE", value_parser = words::attachment)]
        attachments: Vec<Attached>,
    },
    /// Declare a service and submit it at once (备案).
    File {
        /// The provider.
        #[arg(long)]
        provider: ProviderName,
        #[command(flatten)]
        form: FormArgs,
        /// A material: KIND=FILE, once for each; kinds as for `submit`.
        #[arg(long = "attach", value_name = "KIND=FILE", value_parser = words::attachment)]
        attachments: Vec<Attached>,
    },
    /// Take a filing back before it is recorded, for good.
    Withdraw {
        /// The service.
        service: ServiceName,
        /// Why.
        #[arg(long, value_parser = text, default_value = "")]
        reason: String,
    },
    /// Send an incomplete filing back with reasons (art. 12).
    Return {
        /// The service.
        service: ServiceName,
        /// What is missing or wrong, once for each: subject, person-in-charge, material-missing,
        /// material-unreadable, statement, icp-filing, description, management-mechanism, other.
        #[arg(long = "reason", required = true, value_parser = word::<Reason>)]
        codes: Vec<Reason>,
        /// The reasons in words.
        #[arg(long, value_parser = text)]
        reasons: String,
        /// Working days to supplement it.
        #[arg(long)]
        answer_days: u16,
    },
    /// Submit a returned filing again; what is not named stays as it was.
    Resubmit {
        /// The service.
        service: ServiceName,
        #[command(flatten)]
        form: FormArgs,
        /// A material: KIND=FILE, once for each; all of them again. Kinds as for `submit`.
        #[arg(long = "attach", value_name = "KIND=FILE", value_parser = words::attachment)]
        attachments: Vec<Attached>,
    },
    /// Pass a filing on after the provincial review.
    Forward {
        /// The service.
        service: ServiceName,
        /// Opinion of the provincial administration.
        #[arg(long, value_parser = text, default_value = "")]
        opinion: String,
    },
    /// First hand of a record: propose the filing number, or have one formed.
    Propose {
        /// The service.
        service: ServiceName,
        /// A filing number that was given elsewhere.
        #[arg(long, default_value = "")]
        number: String,
        /// Take a number although its check digit is wrong, its subject number another provider's or its
        /// year impossible; compare it with the public list first.
        #[arg(long, requires = "number")]
        confirmed: bool,
    },
    /// Second hand: record services whose numbers another person proposed, many at once if need be.
    Record {
        /// Numbers of services: 7, 1-197, or 1-3,7.
        services: Numbers,
    },
    /// Publish recorded services in a batch.
    Publish {
        /// Numbers of services, in the order of the list: 7, 1-197, or 1-3,7.
        services: Numbers,
        /// Number of the batch: one more than the last.
        #[arg(long)]
        batch: u32,
        /// Day of publication; earlier than today for imported services only.
        #[arg(long, value_parser = day)]
        day: Option<Day>,
        /// The published list, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        document: B256,
    },
    /// Object to a published service, within ten working days.
    Object {
        /// The service.
        service: ServiceName,
        /// The evidence, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        evidence: B256,
        /// What is wrong with the filing.
        #[arg(long, value_parser = text)]
        statement: String,
    },
    /// Decide an objection.
    DecideObjection {
        /// Number of the objection.
        objection: u64,
        /// Uphold or dismiss it.
        #[arg(long, value_enum)]
        outcome: Upheld,
        /// The report, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The reasons.
        #[arg(long, value_parser = text)]
        reasons: String,
    },
    /// Report that a service changed, within five working days; what is not named stays as it was.
    ReportChange {
        /// The service.
        service: ServiceName,
        /// Day of the change.
        #[arg(long, value_parser = day)]
        changed_on: Day,
        #[command(flatten)]
        form: FormArgs,
        /// Why it comes late.
        #[arg(long, value_parser = text, default_value = "")]
        reason: String,
    },
    /// Take the reported change into the record.
    AcceptChange {
        /// The service.
        service: ServiceName,
    },
    /// Send the reported change back with reasons.
    ReturnChange {
        /// The service.
        service: ServiceName,
        /// What is missing or wrong, once for each; as for `return`.
        #[arg(long = "reason", required = true, value_parser = word::<Reason>)]
        codes: Vec<Reason>,
        /// The reasons in words.
        #[arg(long, value_parser = text)]
        reasons: String,
    },
    /// Announce the end of a service, at least thirty working days before.
    NotifyTermination {
        /// The service.
        service: ServiceName,
        /// Last day of the service.
        #[arg(long, value_parser = day)]
        planned: Day,
        /// The arrangements for users and data, or their SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        arrangements: B256,
        /// What users are told.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Take the announcement of the end back.
    CancelTermination {
        /// The service.
        service: ServiceName,
        /// Why.
        #[arg(long, value_parser = text, default_value = "")]
        reason: String,
    },
    /// Strike a service off, after its last day or an upheld objection; for good.
    Deregister {
        /// The service.
        service: ServiceName,
        /// The upheld objection; without it the provider's notice is the ground.
        #[arg(long, default_value_t = 0)]
        objection: u64,
        /// The reasons.
        #[arg(long, value_parser = text)]
        reasons: String,
    },
    /// Open a campaign of periodic inspection (art. 14).
    OpenCampaign {
        /// What it is about.
        #[arg(long, value_parser = text)]
        title: String,
        /// Working days to answer.
        #[arg(long)]
        working_days: u16,
    },
    /// Ask services for information under a campaign.
    Inspect {
        /// Number of the campaign.
        campaign: u32,
        /// Numbers of services: 7, 1-197, or 1-3,7.
        services: Numbers,
    },
    /// Answer an inspection.
    Answer {
        /// The service.
        service: ServiceName,
        /// The answer, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        answer: B256,
        /// The answer in short.
        #[arg(long, value_parser = text, default_value = "")]
        text: String,
    },
    /// Close the inspection of a service that answered well.
    Pass {
        /// The service.
        service: ServiceName,
        /// Remarks.
        #[arg(long, value_parser = text, default_value = "")]
        text: String,
    },
    /// End a campaign whose inspections are all closed.
    CloseCampaign {
        /// Number of the campaign.
        campaign: u32,
    },
    /// Order a provider to correct within a time limit (责令限期改正).
    Rectify {
        /// The service.
        service: ServiceName,
        #[command(flatten)]
        breach: Breach,
        /// Working days to correct.
        #[arg(long)]
        working_days: u16,
    },
    /// Report that a service was corrected.
    ReportRectified {
        /// The service.
        service: ServiceName,
        /// The report, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The report in short.
        #[arg(long, value_parser = text, default_value = "")]
        text: String,
    },
    /// Accept the correction, or order it again.
    DecideRectified {
        /// The service.
        service: ServiceName,
        /// Accept or refuse it.
        #[arg(long, value_enum)]
        outcome: Accepted,
        /// Working days to correct again, if it is refused.
        #[arg(long, default_value_t = 0)]
        working_days: u16,
        /// Remarks.
        #[arg(long, value_parser = text, default_value = "")]
        text: String,
    },
    /// Warn a recorded service (警告).
    Warn {
        /// The service.
        service: ServiceName,
        #[command(flatten)]
        breach: Breach,
        /// Working days to correct.
        #[arg(long)]
        working_days: u16,
    },
    /// Suspend a recorded service until it is corrected (暂停业务): its calls are refused.
    Suspend {
        /// The service.
        service: ServiceName,
        #[command(flatten)]
        breach: Breach,
        /// First height at which calls are refused; 0: the next.
        #[arg(long, default_value_t = 0)]
        from_height: u64,
    },
    /// Lift a warning or a suspension.
    Restore {
        /// The service.
        service: ServiceName,
        /// First height at which calls are let through; 0: the next.
        #[arg(long, default_value_t = 0)]
        from_height: u64,
        /// Why.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// First hand of a fine (罚款).
    ProposeFine {
        /// The service.
        service: ServiceName,
        #[command(flatten)]
        breach: Breach,
        /// Ground: refusal-to-correct, serious-circumstances.
        #[arg(long, value_parser = word::<Ground>)]
        ground: Ground,
        /// Amount in yuan.
        #[arg(long, value_name = "YUAN", value_parser = fen)]
        amount: u64,
    },
    /// Second hand: impose a fine that another person proposed.
    ImposeFine {
        /// Number of the fine in the register of measures.
        penalty: u64,
    },
    /// Give up a proposed fine.
    DropFine {
        /// Number of the fine.
        penalty: u64,
        /// Why.
        #[arg(long, value_parser = text)]
        reason: String,
    },
    /// Book a fine as paid.
    SettleFine {
        /// Number of the fine.
        penalty: u64,
        /// The receipt, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        receipt: B256,
    },
    /// Report the security assessment of a new function (art. 9).
    Assess {
        /// The service.
        service: ServiceName,
        /// Day on which the function is to go live.
        #[arg(long, value_parser = day)]
        go_live: Day,
        /// The assessment, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The new product, application or function.
        #[arg(long, value_parser = text)]
        subject: String,
        /// Institution that assessed it.
        #[arg(long, value_parser = name)]
        institution: String,
    },
    /// Decide a reported assessment.
    DecideAssessment {
        /// Number of the assessment.
        assessment: u64,
        /// Pass or refuse it.
        #[arg(long, value_enum)]
        outcome: Passed,
        /// The report, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The reasons.
        #[arg(long, value_parser = text)]
        reasons: String,
    },
    /// Set what an article of the penalty table provides, by vote of the supervisors.
    SetArticle {
        /// The article: 19 to 22.
        #[arg(value_parser = article)]
        article: u8,
        /// Least fine in yuan; 0 with --max 0: the article provides none.
        #[arg(long, value_name = "YUAN", value_parser = fen)]
        min: u64,
        /// Highest fine in yuan.
        #[arg(long, value_name = "YUAN", value_parser = fen)]
        max: u64,
        /// Duties whose breach falls under it, once for each.
        #[arg(long = "breach", required = true, value_parser = word::<Duty>)]
        breaches: Vec<Duty>,
        /// Measures that may be taken, once for each: order-to-correct, warning, suspension, fine.
        #[arg(long = "measure", required = true, value_parser = word::<Measure>)]
        measures: Vec<Measure>,
        /// Day from which it holds.
        #[arg(long, value_parser = day)]
        from: Day,
        #[command(flatten)]
        decision: Decision,
    },
    /// Set the working days of a clock, by vote of the supervisors.
    SetPeriod {
        /// The clock: file, make-up-filing, decide-filing, report-change, decide-change, object,
        /// decide-objection, terminate, decide-assessment.
        #[arg(value_parser = word::<Clock>)]
        clock: Clock,
        /// Working days.
        #[arg(long)]
        working_days: u16,
        /// Day from which it holds.
        #[arg(long, value_parser = day)]
        from: Day,
        #[command(flatten)]
        decision: Decision,
    },
}

/// What becomes of an objection.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Upheld {
    /// The objection is right.
    Upheld,
    /// It is not.
    Dismissed,
}

/// What becomes of a correction.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Accepted {
    /// It is enough.
    Accepted,
    /// It is not.
    Refused,
}

/// What becomes of an assessment.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Passed {
    /// It is passed.
    Passed,
    /// It is refused.
    Refused,
}

/// A call of this module.
fn act(call: &impl SolCall) -> Act {
    Act::new(ADDRESS, call)
}

impl Decision {
    /// The call that proposes a decision, or the one that carries it out.
    fn act(self, call: &impl SolCall) -> Act {
        let Some(title) = self.propose else { return act(call) };
        let input: Bytes = call.abi_encode().into();
        Act::new(MEMBERS, &proposeCall { target: ADDRESS, input, notBeforeMs: 0, title })
    }
}

fn numbers(codes: &[Reason]) -> Vec<u8> {
    codes.iter().map(|code| code.number()).collect()
}

impl Step {
    /// Takes the step and says what it led to.
    ///
    /// # Errors
    ///
    /// The ledger does not take it, in the module's words.
    pub(super) async fn take(self, desk: &Desk) -> Result<(), Failure> {
        let each = match self {
            Self::Record { services: Numbers(services) } => {
                let mut acts = Vec::new();
                for part in services.chunks(limits::FILING_STEP_MAX) {
                    acts.push(record(desk, part.to_vec()).await?);
                }
                acts
            }
            Self::Inspect { campaign, services: Numbers(services) } => {
                in_parts(&services, |services| act(&inspectCall { campaign, services }))
            }
            other => vec![other.act(desk).await?],
        };
        let mut told = Told::default();
        let mut last = Done::Rehearsed;
        for act in &each {
            last = desk.take(act).await?;
            if let Done::Taken(receipt) = &last {
                tell::receipt(&mut told, receipt);
            }
        }
        tell::clocks(desk, &mut told).await?;
        desk.report(&last, told)
    }

    /// The call that the arguments make.
    #[expect(clippy::too_many_lines, reason = "a row for each step, none of them deep")]
    async fn act(self, desk: &Desk) -> Result<Act, Failure> {
        Ok(match self {
            Self::Register(args) => {
                let (subject, salts) = args.subject()?;
                keeping(desk, salts, act(&registerProviderCall { subject })).await?
            }
            Self::ChangeProvider { provider, subject, changed_on, reason } => {
                let provider = provider.id(desk).await?;
                let (subject, salts) = subject.subject()?;
                let call = changeProviderCall { provider, subject, changedOn: changed_on.get(), reason };
                keeping(desk, salts, act(&call)).await?
            }
            Self::SetAccount { provider, account, reason } => {
                let provider = provider.id(desk).await?;
                act(&setAccountCall { provider, account, reason }).losing(format!(
                    "the account in charge now will no longer act for provider {provider}; {account} will"
                ))
            }
            Self::Draft { provider, form } => {
                let form = form.form(None)?;
                act(&draftCall { provider: provider.id(desk).await?, form })
            }
            Self::Submit { service, attachments: files } => {
                act(&submitCall { service: service.id(desk).await?, attachments: attachments(&files) })
            }
            Self::File { provider, form, attachments: files } => {
                let form = form.form(None)?;
                let provider = provider.id(desk).await?;
                act(&fileCall { provider, form, attachments: attachments(&files) })
            }
            Self::Withdraw { service, reason } => {
                let service = service.id(desk).await?;
                act(&withdrawCall { service, reason })
                    .losing(format!("filing {service} will be taken back for good, and its service with it"))
            }
            Self::Return { service, codes, reasons, answer_days } => {
                let service = service.id(desk).await?;
                act(&returnFilingCall { service, codes: numbers(&codes), reasons, answerDays: answer_days })
            }
            Self::Resubmit { service, form, attachments: files } => {
                let id = service.id(desk).await?;
                let form = changed(desk, id, &form).await?;
                act(&resubmitCall { service: id, form, attachments: attachments(&files) })
            }
            Self::Forward { service, opinion } => {
                act(&forwardCall { service: service.id(desk).await?, opinion })
            }
            Self::Propose { service, number, confirmed } => {
                let wrong = FilingNumber::parse(&number).ok().and_then(|number| number.check().err());
                if let Some(wrong) = wrong.filter(|_| !confirmed) {
                    return Err(Failure::Input(format!(
                        "{number}: {wrong}, with --confirmed, if it stands there like this"
                    )));
                }
                act(&proposeRecordCall { service: service.id(desk).await?, number, confirmed })
            }
            Self::Publish { services: Numbers(services), batch, day, document } => {
                if services.len() > limits::FILING_BATCH_MAX {
                    return Err(Failure::Input(format!(
                        "{} services; a batch has at most {}",
                        services.len(),
                        limits::FILING_BATCH_MAX
                    )));
                }
                let day = day.unwrap_or_else(words::today).get();
                let count = services.len();
                act(&publishBatchCall { batch, services, day, document }).losing(format!(
                    "batch {batch} with {} will be public; a batch is never changed",
                    plural(count, "service")
                ))
            }
            Self::Object { service, evidence, statement } => {
                act(&objectCall { service: service.id(desk).await?, evidence, statement })
            }
            Self::DecideObjection { objection, outcome, report, reasons } => {
                let upheld = matches!(outcome, Upheld::Upheld);
                act(&decideObjectionCall { objection, upheld, report, reasons })
            }
            Self::ReportChange { service, changed_on, form, reason } => {
                let id = service.id(desk).await?;
                let form = changed(desk, id, &form).await?;
                act(&reportChangeCall { service: id, changedOn: changed_on.get(), form, reason })
            }
            Self::AcceptChange { service } => {
                let id = service.id(desk).await?;
                act(&acceptChangeCall { service: id, form: forms::reported(desk, id).await? })
            }
            Self::ReturnChange { service, codes, reasons } => {
                let service = service.id(desk).await?;
                act(&returnChangeCall { service, codes: numbers(&codes), reasons })
            }
            Self::NotifyTermination { service, planned, arrangements, text } => {
                let service = service.id(desk).await?;
                act(&notifyTerminationCall { service, plannedDay: planned.get(), arrangements, text })
            }
            Self::CancelTermination { service, reason } => {
                act(&cancelTerminationCall { service: service.id(desk).await?, reason })
            }
            Self::Deregister { service, objection, reasons } => {
                let service = service.id(desk).await?;
                act(&deregisterCall { service, objection, reasons }).losing(format!(
                    "service {service} will be struck off for good; its calls are refused from the next block"
                ))
            }
            Self::OpenCampaign { title, working_days } => {
                act(&openCampaignCall { title, workingDays: working_days })
            }
            Self::Answer { service, answer, text } => {
                act(&answerInspectionCall { service: service.id(desk).await?, answer, text })
            }
            Self::Pass { service, text } => {
                act(&passInspectionCall { service: service.id(desk).await?, text })
            }
            Self::CloseCampaign { campaign } => act(&closeCampaignCall { campaign }),
            Self::Rectify { service, breach, working_days } => {
                let Breach { article, breach, notice, text } = breach;
                let (service, breach) = (service.id(desk).await?, breach.number());
                act(&rectifyCall { service, article, breach, workingDays: working_days, notice, text })
            }
            Self::ReportRectified { service, report, text } => {
                act(&reportRectifiedCall { service: service.id(desk).await?, report, text })
            }
            Self::DecideRectified { service, outcome, working_days, text } => {
                let (service, accepted) = (service.id(desk).await?, matches!(outcome, Accepted::Accepted));
                act(&decideRectifiedCall { service, accepted, workingDays: working_days, text })
            }
            Self::Warn { service, breach, working_days } => {
                let Breach { article, breach, notice, text } = breach;
                let (service, breach) = (service.id(desk).await?, breach.number());
                act(&warnCall { service, article, breach, workingDays: working_days, notice, text })
            }
            Self::Suspend { service, breach, from_height } => {
                let Breach { article, breach, notice, text } = breach;
                let (service, breach) = (service.id(desk).await?, breach.number());
                act(&suspendCall { service, article, breach, fromHeight: from_height, notice, text })
                    .losing(format!("calls of service {service} will be refused until it is restored"))
            }
            Self::Restore { service, from_height, text } => {
                act(&restoreCall { service: service.id(desk).await?, fromHeight: from_height, text })
            }
            Self::ProposeFine { service, breach, ground, amount } => {
                let Breach { article, breach, notice, text } = breach;
                let (service, breach, ground) = (service.id(desk).await?, breach.number(), ground.number());
                act(&proposeFineCall { service, article, breach, ground, amountFen: amount, notice, text })
            }
            Self::ImposeFine { penalty } => act(&imposeFineCall { penalty })
                .losing(format!("fine {penalty} will be imposed; it cannot be taken back")),
            Self::DropFine { penalty, reason } => act(&dropFineCall { penalty, reason }),
            Self::SettleFine { penalty, receipt } => act(&settleFineCall { penalty, receipt }),
            Self::Assess { service, go_live, report, subject, institution } => {
                let (service, go_live) = (service.id(desk).await?, go_live.get());
                act(&reportAssessmentCall { service, goLive: go_live, report, subject, institution })
            }
            Self::DecideAssessment { assessment, outcome, report, reasons } => {
                let passed = matches!(outcome, Passed::Passed);
                act(&decideAssessmentCall { assessment, passed, report, reasons })
            }
            Self::SetArticle { article, min, max, breaches, measures, from, decision } => {
                decision.act(&setArticleCall {
                    article,
                    minFen: min,
                    maxFen: max,
                    breaches: breaches.iter().fold(0, |bits, duty| bits | duty.bit()),
                    measures: measures.iter().fold(0, |bits, measure| bits | measure.bit()),
                    from: from.get(),
                })
            }
            Self::SetPeriod { clock, working_days, from, decision } => decision.act(&setPeriodCall {
                clock: clock.number(),
                workingDays: working_days,
                from: from.get(),
            }),
            // Taken in parts by `take`.
            Self::Record { services: Numbers(services) } => record(desk, services).await?,
            Self::Inspect { campaign, services: Numbers(services) } => {
                act(&inspectCall { campaign, services })
            }
        })
    }
}

/// Keeps the salts of a step that the ledger would take: of a refused one nothing is left in the file.
async fn keeping(desk: &Desk, mut salts: Salts, act: Act) -> Result<Act, Failure> {
    let from = desk.signer()?.address();
    desk.gas(from, ADDRESS, &act.input).await?;
    desk.require_standing(from, ADDRESS, &act.input).await?;
    if !desk.hand.dry_run {
        salts.keep()?;
    }
    Ok(act)
}

/// Second hand of a record: tells the numbers that are proposed before anything is signed, and records
/// no others.
async fn record(desk: &Desk, services: Vec<u64>) -> Result<Act, Failure> {
    let (mut numbers, mut told) = (Vec::new(), Vec::new());
    for service in &services {
        let number = desk.ask(ADDRESS, &proposalCall { service: *service }).await?.number;
        if number.is_empty() {
            return Err(Failure::Input(format!(
                "no number is proposed for service {service}; another person does that: ding filing propose {service}"
            )));
        }
        told.push(format!("{service} under {number}"));
        numbers.push(number);
    }
    let lost = match told.as_slice() {
        [only] => format!("service {only} will be recorded; a number is given once for ever"),
        all => {
            let count = plural(all.len(), "service");
            format!("{count} will be recorded, {}; a number is given once for ever", all.join(", "))
        }
    };
    Ok(act(&recordCall { services, numbers }).losing(lost))
}

/// One call for each so many services as the module takes at once.
fn in_parts(services: &[u64], call: impl Fn(Vec<u64>) -> Act) -> Vec<Act> {
    services.chunks(limits::FILING_STEP_MAX).map(|part| call(part.to_vec())).collect()
}

/// The form of a service with what the arguments change.
async fn changed(
    desk: &Desk,
    id: u64,
    args: &FormArgs,
) -> Result<ding_modules::filing::abi::IFiling::Form, Failure> {
    let (service, _) = forms::service(desk, id).await?;
    let base = forms::form_with(desk, id, service.content).await?;
    args.form(Some(&base))
}
