//! Every step of the module as a command: its arguments, and the calls they make.

use super::tell;
use crate::{
    cmd::{
        desk::{Act, Desk, Done, Job, Told},
        words::{self, Amount, Numbers, day, digest, name, text, word},
    },
    failure::Failure,
};
use alloy_sol_types::SolCall;
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    ids::Province,
    members::{abi::IMembers::proposeCall, state::ADDRESS as MEMBERS},
    pilot::{
        abi::IPilot::*,
        state::ADDRESS,
        terms::{Assessment, CommentKind, DocumentKind, Field, Kind, Outcome, Reason, Verdict, Zone},
    },
};
use ding_primitives::{Address, B256, Bytes};

/// A value of an indicator, and where it can be recomputed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Value {
    /// Number of the indicator, from 0 on.
    #[arg(long)]
    indicator: u16,
    /// Day that the value is of.
    #[arg(long, value_parser = day)]
    day: Day,
    /// The value, in the indicator's unit.
    #[arg(long, allow_hyphen_values = true)]
    value: Amount,
    /// Height of the pilot's chain at which it can be recomputed.
    #[arg(long)]
    source_height: u64,
    /// The working, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
    source: Option<B256>,
}

/// The steps. Pilots are named by number, entities by their unified social credit code.
#[derive(Debug, Subcommand)]
pub(super) enum Step {
    /// Record a source document with the figures it gives.
    RecordDocument {
        /// Kind: call, shortlist, list, change, acceptance, report.
        #[arg(long, value_parser = word::<DocumentKind>)]
        kind: DocumentKind,
        /// Day of issue.
        #[arg(long, value_parser = day)]
        issued_on: Day,
        /// Departments that issued it, as it says; 0 if it gives no number.
        #[arg(long, default_value_t = 0)]
        departments: u16,
        /// Zones that it counts; 0 if it gives no number.
        #[arg(long, default_value_t = 0)]
        zones: u16,
        /// Special pilots that it counts; 0 if it gives no number.
        #[arg(long, default_value_t = 0)]
        specials: u16,
        /// The document, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        digest: B256,
        /// Number of the document.
        #[arg(long, default_value = "")]
        number: String,
        /// Title of the document.
        #[arg(long, value_parser = name)]
        title: String,
    },
    /// Register an entity that may carry pilots, with the account that acts for it.
    RegisterEntity {
        /// Unified social credit code.
        #[arg(long, value_parser = words::code)]
        code: String,
        /// Name of the entity.
        #[arg(long, value_parser = name)]
        name: String,
        /// Its province: 33, 浙 or 浙江.
        #[arg(long, value_parser = words::province)]
        division: Province,
        /// The account that acts for it.
        #[arg(long)]
        account: Address,
    },
    /// Change an entity's name or account.
    ChangeEntity {
        /// Unified social credit code.
        #[arg(value_parser = words::code)]
        code: String,
        /// Its name from now on.
        #[arg(long, value_parser = name)]
        name: String,
        /// The account that acts for it from now on; the present one if absent.
        #[arg(long)]
        account: Option<Address>,
    },
    /// Recommend a pilot.
    Recommend {
        /// Kind: comprehensive (a zone), special (an entity in a field).
        #[arg(long, value_parser = word::<Kind>)]
        kind: Kind,
        /// Who carries it: unified social credit code.
        #[arg(long, value_parser = words::code)]
        entity: String,
        /// Field of a special pilot, one of the sixteen.
        #[arg(long, value_parser = word::<Field>, required_if_eq("kind", "special"))]
        field: Option<Field>,
        /// Zone, one of the fifteen.
        #[arg(long, value_parser = word::<Zone>)]
        zone: Option<Zone>,
        /// Province in which it takes place; that of the zone if absent.
        #[arg(long, value_parser = words::province, required_unless_present = "zone")]
        division: Option<Province>,
        /// Last day of the pilot.
        #[arg(long, value_parser = day)]
        end_day: Day,
        /// What people call it.
        #[arg(long, value_parser = name)]
        title: String,
        /// The application material, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        material: B256,
        /// Every other live pilot of this entity in this field: 7 or 3,7.
        #[arg(long)]
        alongside: Option<Numbers>,
    },
    /// Add a goal.
    AddIndicator {
        /// The pilot.
        pilot: u32,
        /// What is measured.
        #[arg(long, value_parser = name)]
        name: String,
        /// Unit of measure.
        #[arg(long, value_parser = name)]
        unit: String,
        /// Value at the beginning.
        #[arg(long, allow_hyphen_values = true)]
        baseline: Amount,
        /// Value to be reached.
        #[arg(long, allow_hyphen_values = true)]
        target: Amount,
        /// Day by which it is to be reached.
        #[arg(long, value_parser = day)]
        due: Day,
        /// Decimals that values may have; those of baseline and target if absent.
        #[arg(long)]
        decimals: Option<u8>,
    },
    /// Change target and day of a goal.
    ChangeIndicator {
        /// The pilot.
        pilot: u32,
        /// Number of the indicator, from 0 on.
        #[arg(long)]
        indicator: u16,
        /// Value to be reached.
        #[arg(long, allow_hyphen_values = true)]
        target: Amount,
        /// Day by which it is to be reached.
        #[arg(long, value_parser = day)]
        due: Day,
        /// Why.
        #[arg(long, value_parser = text)]
        reason: String,
    },
    /// Say on which chain, software and nodes a pilot runs, and with which peers.
    Describe {
        /// The pilot.
        pilot: u32,
        /// Chain id.
        #[arg(long)]
        chain_id: u64,
        /// Name of the software.
        #[arg(long, value_parser = name)]
        software: String,
        /// Its version.
        #[arg(long, value_parser = name)]
        version: String,
        /// Ed25519 key of a node, 64 digits; once for each.
        #[arg(long = "node", value_parser = crate::cmd::named::word)]
        nodes: Vec<B256>,
        /// Chain id of a peer; once for each.
        #[arg(long = "peer")]
        peers: Vec<u64>,
    },
    /// Name the filing number of a service that a pilot uses.
    NameFiling {
        /// The pilot.
        pilot: u32,
        /// The filing number.
        number: String,
    },
    /// Take a filing number off a pilot.
    DropFiling {
        /// The pilot.
        pilot: u32,
        /// The filing number.
        number: String,
    },
    /// Review recommended pilots favourably and assign their competent department.
    Review {
        /// Pilots: 7, 1-164, or 1-3,7; each is a transaction of its own.
        pilots: Numbers,
        /// Number of the organisation that follows them.
        #[arg(long)]
        competent: u32,
        /// The opinion.
        #[arg(long, value_parser = text)]
        opinion: String,
    },
    /// Assign another competent department.
    AssignCompetent {
        /// Pilots: 7, 1-164, or 1-3,7.
        pilots: Numbers,
        /// Number of the organisation.
        #[arg(long)]
        competent: u32,
    },
    /// Open pilots to comments of the public.
    Publish {
        /// Pilots: 7, 1-164, or 1-3,7.
        pilots: Numbers,
        /// Number of the shortlist they are published under.
        #[arg(long)]
        document: u32,
    },
    /// Comment on a published pilot.
    Comment {
        /// The pilot.
        pilot: u32,
        /// Kind: support, objection, remark.
        #[arg(long, value_parser = word::<CommentKind>)]
        kind: CommentKind,
        /// The comment.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Answer comments, all alike.
    AnswerComments {
        /// The pilot.
        pilot: u32,
        /// Numbers of the comments: 7, 1-4, or 1-3,7.
        numbers: Numbers,
        /// Outcome: upheld, partly-upheld, not-upheld.
        #[arg(long, value_parser = word::<Outcome>)]
        outcome: Outcome,
        /// The answer.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Put pilots on the list after the public had its time.
    PutOnList {
        /// Pilots: 7, 1-164, or 1-3,7.
        pilots: Numbers,
        /// Number of the list they are named in.
        #[arg(long)]
        document: u32,
        /// Other pilots of the same entity in the same field that are on the list.
        #[arg(long)]
        alongside: Option<Numbers>,
    },
    /// Enter reviewed pilots as listed in a list that was issued before this ledger began.
    Enter {
        /// Pilots: 7, 1-164, or 1-3,7.
        pilots: Numbers,
        /// Number of the list.
        #[arg(long)]
        document: u32,
        /// Other pilots of the same entity in the same field that are on the list.
        #[arg(long)]
        alongside: Option<Numbers>,
    },
    /// End a recommendation without listing, for good.
    Decline {
        /// The pilot.
        pilot: u32,
        /// Why.
        #[arg(long, value_parser = text)]
        reason: String,
    },
    /// Take a recommendation back, for good.
    Withdraw {
        /// The pilot.
        pilot: u32,
        /// Why.
        #[arg(long, value_parser = text)]
        reason: String,
    },
    /// Begin.
    Start {
        /// The pilot.
        pilot: u32,
    },
    /// Report the value of an indicator for a day that is still open.
    Report {
        /// The pilot.
        pilot: u32,
        #[command(flatten)]
        value: Value,
    },
    /// Add an entry for a closed day; the entries before stay.
    Correct {
        /// The pilot.
        pilot: u32,
        #[command(flatten)]
        value: Value,
        /// Why.
        #[arg(long, value_parser = text)]
        reason: String,
    },
    /// Order an adjustment.
    OrderAdjustment {
        /// The pilot.
        pilot: u32,
        /// Working days to reply.
        #[arg(long)]
        working_days: u16,
        /// The order.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Reply to the open order.
    ReplyAdjustment {
        /// The pilot.
        pilot: u32,
        /// The reply.
        #[arg(long, value_parser = text)]
        text: String,
        /// The report, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
    },
    /// Accept the reply, or refuse it with a new clock.
    SettleAdjustment {
        /// The pilot.
        pilot: u32,
        /// Accept or refuse it.
        #[arg(long, value_enum)]
        outcome: Settled,
        /// New last day of the pilot.
        #[arg(long, value_parser = day)]
        end_day: Option<Day>,
        /// Remarks.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Half-year or final assessment by the entity.
    Assess {
        /// The pilot.
        pilot: u32,
        /// Kind: interim, final.
        #[arg(long, value_parser = word::<Assessment>)]
        kind: Assessment,
        /// The form, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The assessment in short.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Evaluate a self-assessed pilot.
    Evaluate {
        /// The pilot.
        pilot: u32,
        /// Verdict: met, partly-met, not-met.
        #[arg(long, value_parser = word::<Verdict>)]
        verdict: Verdict,
        /// The report, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST", value_parser = digest)]
        report: B256,
        /// The reasons.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Accept the result of an evaluated pilot; it ends with that.
    Accept {
        /// The pilot.
        pilot: u32,
        /// Number of the document of the acceptance; 0: none.
        #[arg(long, default_value_t = 0)]
        document: u32,
    },
    /// Propose to take a pilot off the list.
    ProposeRemoval {
        /// The pilot.
        pilot: u32,
        /// Reason: falsified, speculation, illegal-finance, goals-missed, unfiled-service,
        /// own-request, other.
        #[arg(long, value_parser = word::<Reason>)]
        reason: Reason,
        /// What happened.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Drop the proposal.
    DropRemoval {
        /// The pilot.
        pilot: u32,
        /// Why.
        #[arg(long, value_parser = text)]
        text: String,
    },
    /// Take a pilot off the list, as somebody else proposed; for good.
    Remove {
        /// The pilot.
        pilot: u32,
        /// Number of the document of the removal; 0: none.
        #[arg(long, default_value_t = 0)]
        document: u32,
    },
    /// Set what the programme leaves open, by vote of the supervisors.
    SetParameters {
        /// Days of public comment.
        #[arg(long)]
        comment_days: u16,
        /// Days after a day during which its value can still be reported.
        #[arg(long)]
        report_days: u16,
        /// Longest time from a recommendation to the pilot's last day.
        #[arg(long)]
        duration_days: u16,
        /// Months from one assessment to the next.
        #[arg(long)]
        assessment_months: u16,
        /// Put it to the vote of the supervisors under this title; without it the approved decision is
        /// carried out.
        #[arg(long, value_name = "TITLE")]
        propose: Option<String>,
    },
}

/// What becomes of a reply.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Settled {
    /// The pilot goes on.
    Accepted,
    /// The order stands.
    Refused,
}

fn act(call: &impl SolCall) -> Act {
    Act::new(ADDRESS, call)
}

/// A code as the module keeps it.
pub(super) fn entity(code: &str) -> B256 {
    B256::right_padding_from(code.as_bytes())
}

/// Numbers of pilots and the like.
fn small(Numbers(list): &Numbers) -> Result<Vec<u32>, Failure> {
    let wrong = |_| Failure::Input("a number has at most 32 bits".into());
    list.iter().map(|number| u32::try_from(*number).map_err(wrong)).collect()
}

fn others(alongside: Option<Numbers>) -> Result<Vec<u32>, Failure> {
    alongside.as_ref().map_or_else(|| Ok(Vec::new()), small)
}

/// A call for each pilot.
fn every<C: SolCall>(pilots: &Numbers, call: impl Fn(u32) -> C) -> Result<Vec<Act>, Failure> {
    Ok(small(pilots)?.into_iter().map(|id| act(&call(id))).collect())
}

/// A value in units of an indicator's last decimal.
async fn scaled(desk: &Desk, id: u32, indicator: u16, amount: &Amount) -> Result<i64, Failure> {
    let decimals = desk.ask(ADDRESS, &indicatorOfCall { id, indicator }).await?.decimals;
    amount.scaled(decimals).map_err(Failure::Input)
}

impl Step {
    /// Takes the step and says what it led to.
    ///
    /// # Errors
    ///
    /// The ledger does not take it, in the module's words.
    pub(super) async fn take(self, desk: &Desk) -> Result<(), Failure> {
        let acts = self.acts(desk).await?;
        let mut told = Told::default();
        let done = match acts.as_slice() {
            [only] => desk.take(only).await?,
            several => many(desk, several, &mut told).await?,
        };
        if let (Done::Taken(receipt), [_]) = (&done, acts.as_slice()) {
            tell::receipt(&mut told, receipt);
        }
        tell::clocks(desk, &mut told).await?;
        desk.report(&done, told)
    }

    /// The calls that the arguments make.
    async fn acts(self, desk: &Desk) -> Result<Vec<Act>, Failure> {
        let only = match self {
            Self::Review { pilots, competent, opinion } => {
                return every(&pilots, |id| reviewCall { id, competent, opinion: opinion.clone() });
            }
            Self::AssignCompetent { pilots, competent } => {
                return every(&pilots, |id| assignCompetentCall { id, competent });
            }
            Self::Publish { pilots, document } => {
                return every(&pilots, |id| publishCall { id, document });
            }
            Self::PutOnList { pilots, document, alongside } => {
                let alongside = others(alongside)?;
                return every(&pilots, |id| listCall { id, document, alongside: alongside.clone() });
            }
            Self::Enter { pilots, document, alongside } => {
                let alongside = others(alongside)?;
                return every(&pilots, |id| enterCall { id, document, alongside: alongside.clone() });
            }
            other => other.act(desk).await?,
        };
        Ok(vec![only])
    }

    /// The call of a step that concerns one pilot.
    #[expect(clippy::too_many_lines, reason = "a row for each step, none of them deep")]
    async fn act(self, desk: &Desk) -> Result<Act, Failure> {
        Ok(match self {
            Self::RecordDocument { kind, issued_on, departments, zones, specials, digest, number, title } => {
                act(&recordDocumentCall {
                    kind: kind.number(),
                    issuedOn: issued_on.get(),
                    departments,
                    zones,
                    specials,
                    digest,
                    number,
                    title,
                })
            }
            Self::RegisterEntity { code, name, division, account } => {
                act(&registerEntityCall { code, name, division: division.code(), account })
            }
            Self::ChangeEntity { code, name, account } => {
                let entity = entity(&code);
                let known = desk.ask(ADDRESS, &entityOfCall { entity }).await?;
                let account = account.unwrap_or(known.account);
                let change = act(&changeEntityCall { entity, name, account });
                if account == known.account {
                    change
                } else {
                    change.losing(format!(
                        "account {} will no longer act for {code}; {account} will",
                        known.account
                    ))
                }
            }
            Self::Recommend {
                kind,
                entity: code,
                field,
                zone,
                division,
                end_day,
                title,
                material,
                alongside,
            } => {
                let division = division.map(Province::code).or_else(|| zone.map(Zone::division));
                let proposal = Proposal {
                    kind: kind.number(),
                    entity: entity(&code),
                    field: field.map_or(0, Field::number),
                    zone: zone.map_or(0, Zone::number),
                    division: division.unwrap_or_default(),
                    endDay: end_day.get(),
                    title,
                    material,
                };
                act(&recommendCall { proposal, alongside: others(alongside)? })
            }
            Self::AddIndicator { pilot, name, unit, baseline, target, due, decimals } => {
                let own = baseline.decimals().max(target.decimals());
                let decimals = decimals.unwrap_or(own);
                let scaled = |amount: &Amount| amount.scaled(decimals).map_err(Failure::Input);
                let (baseline, target) = (scaled(&baseline)?, scaled(&target)?);
                act(&addIndicatorCall { id: pilot, name, unit, decimals, baseline, target, due: due.get() })
            }
            Self::ChangeIndicator { pilot, indicator, target, due, reason } => {
                let target = scaled(desk, pilot, indicator, &target).await?;
                act(&changeIndicatorCall { id: pilot, indicator, target, due: due.get(), reason })
            }
            Self::Describe { pilot, chain_id, software, version, nodes, peers } => {
                act(&describeCall { id: pilot, chainId: chain_id, software, version, nodes, peers })
            }
            Self::NameFiling { pilot, number } => act(&nameFilingCall { id: pilot, number }),
            Self::DropFiling { pilot, number } => act(&dropFilingCall { id: pilot, number }),
            Self::Comment { pilot, kind, text } => act(&commentCall { id: pilot, kind: kind.number(), text }),
            Self::AnswerComments { pilot, numbers, outcome, text } => {
                act(&answerCall { id: pilot, numbers: small(&numbers)?, outcome: outcome.number(), text })
            }
            Self::Decline { pilot, reason } => act(&declineCall { id: pilot, reason })
                .losing(format!("the recommendation of pilot {pilot} will end for good")),
            Self::Withdraw { pilot, reason } => act(&withdrawCall { id: pilot, reason })
                .losing(format!("the recommendation of pilot {pilot} will be taken back for good")),
            Self::Start { pilot } => act(&startCall { id: pilot }),
            Self::Report { pilot, value } => {
                let Value { indicator, day, value, source_height, source } = value;
                act(&reportCall {
                    id: pilot,
                    indicator,
                    day: day.get(),
                    value: scaled(desk, pilot, indicator, &value).await?,
                    sourceHeight: source_height,
                    source: source.unwrap_or_default(),
                })
            }
            Self::Correct { pilot, value, reason } => {
                let Value { indicator, day, value, source_height, source } = value;
                // The day's last entry is the one that is corrected.
                let last = entryOfDayCall { id: pilot, indicator, day: day.get() };
                let refers_to = desk.ask(ADDRESS, &last).await?.entry;
                act(&correctCall {
                    id: pilot,
                    indicator,
                    day: day.get(),
                    value: scaled(desk, pilot, indicator, &value).await?,
                    sourceHeight: source_height,
                    source: source.unwrap_or_default(),
                    refersTo: refers_to,
                    reason,
                })
            }
            Self::OrderAdjustment { pilot, working_days, text } => {
                act(&orderAdjustmentCall { id: pilot, workingDays: working_days, text })
            }
            Self::ReplyAdjustment { pilot, text, report } => {
                act(&replyAdjustmentCall { id: pilot, text, report })
            }
            Self::SettleAdjustment { pilot, outcome, end_day, text } => act(&settleAdjustmentCall {
                id: pilot,
                accepted: matches!(outcome, Settled::Accepted),
                endDay: end_day.map_or(0, Day::get),
                text,
            }),
            Self::Assess { pilot, kind, report, text } => {
                act(&assessCall { id: pilot, kind: kind.number(), report, text })
            }
            Self::Evaluate { pilot, verdict, report, text } => {
                act(&evaluateCall { id: pilot, verdict: verdict.number(), report, text })
            }
            Self::Accept { pilot, document } => act(&acceptCall { id: pilot, document })
                .losing(format!("the result of pilot {pilot} will be accepted, and the pilot ends")),
            Self::ProposeRemoval { pilot, reason, text } => {
                act(&proposeRemovalCall { id: pilot, reason: reason.number(), text })
            }
            Self::DropRemoval { pilot, text } => act(&dropRemovalCall { id: pilot, text }),
            Self::Remove { pilot, document } => act(&removeCall { id: pilot, document })
                .losing(format!("pilot {pilot} will be taken off the list for good")),
            Self::SetParameters { comment_days, report_days, duration_days, assessment_months, propose } => {
                let call = setParametersCall {
                    commentDays: comment_days,
                    reportDays: report_days,
                    durationDays: duration_days,
                    assessmentMonths: assessment_months,
                };
                let Some(title) = propose else { return Ok(act(&call)) };
                let input: Bytes = call.abi_encode().into();
                Act::new(MEMBERS, &proposeCall { target: ADDRESS, input, notBeforeMs: 0, title })
            }
            Self::Review { .. }
            | Self::AssignCompetent { .. }
            | Self::Publish { .. }
            | Self::PutOnList { .. }
            | Self::Enter { .. } => {
                return Err(Failure::Failed("steps for several pilots are made by `acts`".into()));
            }
        })
    }
}

/// Takes the same step for many pilots: all are rehearsed before the first is sent.
async fn many(desk: &Desk, acts: &[Act], told: &mut Told) -> Result<Done, Failure> {
    let signer = desk.signer()?;
    if let Some(first) = acts.first() {
        desk.require_standing(signer.address(), first.module, &first.input).await?;
    }
    let mut jobs = Vec::new();
    for act in acts {
        let gas = desk.gas(signer.address(), act.module, &act.input).await?;
        jobs.push(Job { name: "a pilot".into(), module: act.module, input: act.input.clone(), gas });
    }
    if desk.hand.dry_run {
        return Ok(Done::Rehearsed);
    }
    let mut last = None;
    desk.take_all(&signer, &jobs, |_, receipt| last = Some(receipt.clone())).await?;
    told.put("pilots", jobs.len(), jobs.len());
    Ok(last.map_or(Done::Rehearsed, Done::Taken))
}
