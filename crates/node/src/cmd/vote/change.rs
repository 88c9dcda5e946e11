//! What can be decided by vote, from words: the call of the module that carries it out.

use super::{
    super::{calendar::TableFile, desk::Desk, named},
    Call,
};
use crate::failure::Failure;
use alloy_sol_types::SolCall;
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    filing::{
        self,
        abi::IFiling::{setArticleCall, setPeriodCall},
        terms::{Clock, Duty, Measure},
    },
    identity::{
        self, Reason,
        abi::IIdentity::{appointCall, dismissCall},
    },
    ids,
    members::{
        self, Parameter, Role,
        abi::IMembers::{
            addAccountCall, addOrganisationCall, removeAccountCall, setParameterCall, setRolesCall,
        },
    },
    pilot::{self, abi::IPilot::setParametersCall},
    services::{self, abi::IServices::deregisterCall},
    uscc,
};
use ding_primitives::{Address, Bytes, limits};

/// What is proposed.
#[derive(Clone, Debug, Subcommand)]
pub(super) enum Change {
    /// Load or correct the table of holidays of a year.
    CalendarTable(TableFile),
    /// Add an organisation, without accounts.
    AddOrganisation {
        /// Its name.
        name: String,
        /// Unified social credit code (GB 32100).
        #[arg(long, value_name = "USCC")]
        code: Option<String>,
        /// First two digits of its administrative division (GB/T 2260).
        #[arg(long, value_name = "DD")]
        division: Option<u8>,
        /// What it may do beyond the others: supervisor, notary, court, provincial, competent.
        #[arg(long = "role", value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
    },
    /// Give an organisation exactly these roles, and a division.
    SetRoles {
        /// The organisation: number, name or code.
        organisation: String,
        /// Its roles from then on; none takes all away.
        #[arg(long = "role", value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
        /// First two digits of its administrative division.
        #[arg(long, value_name = "DD")]
        division: Option<u8>,
    },
    /// Let an account act for an organisation.
    AddAccount {
        /// The organisation: number, name or code.
        organisation: String,
        /// The account, by its address or a name as --key takes it.
        #[arg(value_parser = named::who)]
        account: named::Who,
    },
    /// Let an account act for its organisation no more.
    RemoveAccount {
        /// The organisation: number, name or code.
        organisation: String,
        /// The account, by its address or a name as --key takes it.
        #[arg(value_parser = named::who)]
        account: named::Who,
    },
    /// Set a parameter: participation_permille or approval_permille (667 or 66.7%), voting_ms or
    /// execution_ms (7d).
    SetParameter {
        /// Its name.
        #[arg(value_parser = parameter)]
        name: Parameter,
        /// Its value.
        value: String,
    },
    /// Appoint an organisation as identity authority.
    AppointAuthority(Appointment),
    /// Dismiss an identity authority.
    DismissAuthority(Dismissal),
    /// Strike a service off (注销).
    StrikeOffService {
        /// Its filing number, or its id (64 hexadecimal digits).
        service: String,
    },
    /// Set what an article of the penalty table of Order No. 3 provides.
    FilingArticle {
        /// The article, 19 to 22.
        article: u8,
        /// Least fine in yuan.
        #[arg(long, value_name = "YUAN", default_value_t = 0)]
        min: u64,
        /// Highest fine in yuan; 0 if it provides none.
        #[arg(long, value_name = "YUAN", default_value_t = 0)]
        max: u64,
        /// Duties whose breach falls under it.
        #[arg(long = "duty", value_name = "DUTY", value_parser = duty, required = true)]
        duties: Vec<Duty>,
        /// Measures that may be taken.
        #[arg(long = "measure", value_name = "MEASURE", value_parser = measure, required = true)]
        measures: Vec<Measure>,
        /// Day from which it holds.
        #[arg(long, value_name = "DATE", value_parser = named::day)]
        from: Day,
    },
    /// Set the working days of a legal clock of filings.
    FilingPeriod {
        /// The clock.
        #[arg(value_parser = clock)]
        clock: Clock,
        /// Its length in working days.
        working_days: u16,
        /// Day from which it holds.
        #[arg(long, value_name = "DATE", value_parser = named::day)]
        from: Day,
    },
    /// Set what the pilot programme leaves open.
    PilotParameters {
        /// Days of public comment.
        #[arg(long)]
        comment_days: u16,
        /// Days after a day during which its value can still be reported.
        #[arg(long)]
        report_days: u16,
        /// Longest time from a recommendation to the pilot's last day, in days.
        #[arg(long)]
        duration_days: u16,
        /// Months from one assessment to the next.
        #[arg(long)]
        assessment_months: u16,
    },
    /// Any call of a module, as tools encode it.
    Raw {
        /// The module: name or address.
        #[arg(long, value_name = "MODULE", value_parser = named::module)]
        to: Address,
        /// The call in hexadecimal.
        #[arg(long, value_name = "HEX")]
        input: Bytes,
    },
}

/// An identity authority to be appointed.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cmd) struct Appointment {
    /// The organisation: number, name or code.
    organisation: String,
    /// What people call it as an authority; the organisation's name without it.
    #[arg(long)]
    name: Option<String>,
    /// When it may begin: a day, or a length of time; at once without it.
    #[arg(long, value_name = "DATE", value_parser = named::moment)]
    from: Option<named::Moment>,
}

/// An identity authority to be dismissed.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cmd) struct Dismissal {
    /// Number of the authority (`ding identity authorities`).
    #[arg(value_parser = named::number::<u32>)]
    authority: u32,
    /// Number of the authority that answers for its live bindings from then on.
    #[arg(long, value_name = "AUTHORITY", value_parser = named::number::<u32>)]
    successor: Option<u32>,
    /// Why.
    #[arg(long, value_parser = named::reason)]
    reason: Reason,
}

impl Appointment {
    /// The call that carries it out.
    pub(in crate::cmd) async fn call(&self, desk: &Desk) -> Result<Call, Failure> {
        let organisation = named::organisation_number(desk, &self.organisation).await?;
        let name = match &self.name {
            Some(name) => name.clone(),
            None => named::organisation(desk, organisation).await?.name,
        };
        ids::check_name(&name, limits::NAME_CHARS_MAX).map_err(Failure::input)?;
        let from = self.from.map_or(0, named::Moment::begin_ms);
        Ok(call(identity::state::ADDRESS, &appointCall { organisation, name, fromMs: from }))
    }
}

impl Dismissal {
    /// The call that carries it out.
    pub(in crate::cmd) fn call(&self) -> Call {
        let Self { authority, successor, reason } = *self;
        let successor = successor.unwrap_or_default();
        call(identity::state::ADDRESS, &dismissCall { authority, successor, reason: reason.number() })
    }
}

impl Change {
    /// What a file says, checked before anybody is asked; `None` if no file is named.
    pub(super) fn file_call(&self) -> Result<Option<Call>, Failure> {
        match self {
            Self::CalendarTable(table) => table.call().map(Some),
            _ => Ok(None),
        }
    }

    /// The call that carries it out.
    ///
    /// # Errors
    ///
    /// A word means nothing on this ledger.
    pub(super) async fn call(self, desk: &Desk) -> Result<Call, Failure> {
        let members = members::state::ADDRESS;
        Ok(match self {
            Self::CalendarTable(table) => table.call()?,
            Self::AddOrganisation { name, code, division, roles } => {
                ids::check_name(&name, limits::NAME_CHARS_MAX).map_err(Failure::input)?;
                let code = code.map(|code| uscc::parse(&code)).transpose().map_err(Failure::input)?;
                let (code, division) = (code.unwrap_or_default(), division.unwrap_or_default());
                call(members, &addOrganisationCall { name, code, division, roles: bits(&roles) })
            }
            Self::SetRoles { organisation, roles, division } => {
                let id = named::organisation_number(desk, &organisation).await?;
                let division = division.unwrap_or_default();
                call(members, &setRolesCall { id, roles: bits(&roles), division })
            }
            Self::AddAccount { organisation, account } => {
                let id = named::organisation_number(desk, &organisation).await?;
                call(members, &addAccountCall { id, account: account.of(desk)? })
            }
            Self::RemoveAccount { organisation, account } => {
                let id = named::organisation_number(desk, &organisation).await?;
                call(members, &removeAccountCall { id, account: account.of(desk)? })
            }
            Self::SetParameter { name, value } => {
                let value = parameter_value(name, &value).map_err(Failure::Input)?;
                call(members, &setParameterCall { name: name.word(), value })
            }
            Self::AppointAuthority(appointment) => appointment.call(desk).await?,
            Self::DismissAuthority(dismissal) => dismissal.call(),
            Self::StrikeOffService { service } => {
                let id = named::service(desk, &service).await?;
                call(services::state::ADDRESS, &deregisterCall { id })
            }
            Self::FilingArticle { article, min, max, duties, measures, from } => {
                let fen = |yuan: u64| {
                    yuan.checked_mul(100).ok_or_else(|| Failure::Input(format!("{yuan} yuan are no fine")))
                };
                let breaches = duties.iter().fold(0, |bits, duty| bits | duty.bit());
                let measures = measures.iter().fold(0, |bits, measure| bits | measure.bit());
                let (min_fen, max_fen, from) = (fen(min)?, fen(max)?, from.get());
                let set =
                    setArticleCall { article, minFen: min_fen, maxFen: max_fen, breaches, measures, from };
                call(filing::state::ADDRESS, &set)
            }
            Self::FilingPeriod { clock, working_days, from } => {
                let set =
                    setPeriodCall { clock: clock.number(), workingDays: working_days, from: from.get() };
                call(filing::state::ADDRESS, &set)
            }
            Self::PilotParameters { comment_days, report_days, duration_days, assessment_months } => {
                let set = setParametersCall {
                    commentDays: comment_days,
                    reportDays: report_days,
                    durationDays: duration_days,
                    assessmentMonths: assessment_months,
                };
                call(pilot::state::ADDRESS, &set)
            }
            Self::Raw { to, input } => Call { target: to, input },
        })
    }
}

fn call(target: Address, call: &impl SolCall) -> Call {
    Call { target, input: call.abi_encode().into() }
}

fn bits(roles: &[Role]) -> u64 {
    roles.iter().fold(0, |bits, role| bits | role.bit())
}

fn role(text: &str) -> Result<Role, String> {
    let names = || Role::ALL.map(Role::name).join(", ");
    Role::ALL.into_iter().find(|role| role.name() == text).ok_or_else(|| format!("roles are {}", names()))
}

fn parameter(text: &str) -> Result<Parameter, String> {
    let names = || Parameter::ALL.map(Parameter::name).join(", ");
    Parameter::from_name(text).ok_or_else(|| format!("parameters are {}", names()))
}

fn duty(text: &str) -> Result<Duty, String> {
    Duty::from_name(text).ok_or_else(|| format!("duties are {}", Duty::ALL.map(Duty::name).join(", ")))
}

fn measure(text: &str) -> Result<Measure, String> {
    Measure::from_name(text)
        .ok_or_else(|| format!("measures are {}", Measure::ALL.map(Measure::name).join(", ")))
}

fn clock(text: &str) -> Result<Clock, String> {
    Clock::from_name(text).ok_or_else(|| format!("clocks are {}", Clock::ALL.map(Clock::name).join(", ")))
}

/// A value as a person writes it: per mille or per cent, milliseconds or a length of time.
fn parameter_value(name: Parameter, text: &str) -> Result<u64, String> {
    let value = match name {
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Parameter::ParticipationPermille | Parameter::ApprovalPermille => permille(text),
        Parameter::VotingMs | Parameter::ExecutionMs => Some(named::duration_ms(text)?),
    };
    let (min, max) = name.range();
    let (value, name) = (value.filter(|value| name.takes(*value)), name.name());
    value.ok_or_else(|| format!("{text:?} is no value of {name}, which goes from {min} to {max}; shares are written as 667 or 66.7%, times as 7d"))
}

/// `66.7%` is 667.
fn permille(text: &str) -> Option<u64> {
    let (whole, part) = text.strip_suffix('%')?.split_once('.').unwrap_or((text.strip_suffix('%')?, "0"));
    let tenths: u64 = if part.len() == 1 { part.parse().ok()? } else { return None };
    whole.parse::<u64>().ok()?.checked_mul(10)?.checked_add(tenths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_written_as_people_say_them_and_stay_in_range() {
        let approval = |text| parameter_value(Parameter::ApprovalPermille, text);
        assert_eq!((approval("66.7%"), approval("75%"), approval("667")), (Ok(667), Ok(750), Ok(667)));
        for wrong in ["50%", "100.1%", "66.67%", "%", "", "-1", "66,7%", "18446744073709551616"] {
            assert!(approval(wrong).unwrap_err().contains("approval_permille"), "{wrong}");
        }
        let voting = |text| parameter_value(Parameter::VotingMs, text);
        assert_eq!((voting("7d"), voting("3600000")), (Ok(7 * 86_400_000), Ok(3_600_000)));
        assert!(voting("1m").unwrap_err().contains("goes from 3600000"));
        assert!(voting("soon").unwrap_err().contains("90d"));
    }
}
