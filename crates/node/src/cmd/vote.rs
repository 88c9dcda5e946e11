//! `ding vote`: what organisations decide together: propose, vote, carry out.
//!
//! [`change`] makes the call of a module from named, [`show`] tells of proposals and votes.

mod change;
mod show;
#[cfg(test)]
mod tests;

pub(super) use self::change::{Appointment, Dismissal};
use self::{change::Change, show::Found};
use super::{
    desk::{Act, Desk, Done, Hand, Told},
    named,
};
use crate::{client::block_on, failure::Failure, text::say};
use clap::Subcommand;
use ding_modules::{
    dispatch::decode_event,
    members::{
        Electorate, Status,
        abi::IMembers::{Proposed, Voted, proposeCall, rehearseCall, voteCall, withdrawCall},
        state::ADDRESS,
    },
};
use ding_primitives::{Address, Bytes, limits};

/// Propose, vote, and carry out what was approved.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding vote propose calendar-table 2027.csv --notice notice.pdf --key supervisor\n  ding vote propose add-organisation \"Harbour Bank\" --code 91310000MA0000015F\n  ding vote propose set-parameter approval_permille 75%\n  ding vote propose appoint-authority \"Harbour Identity Office\" --approve --execute\n  ding vote approve 7                          and `reject`, `withdraw`\n  ding vote execute 7                          carry out what was approved\n  ding vote list --state open                  the newest first\n  ding vote show 7                             what it would change, and who said what"
)]
pub(crate) struct Args {
    #[command(flatten)]
    hand: Hand,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Propose a change; shows what it would change first.
    Propose {
        #[command(flatten)]
        terms: Terms,
        #[command(subcommand)]
        change: Change,
    },
    /// Vote for a proposal. The last vote of an organisation counts.
    Approve {
        /// Its number.
        #[arg(value_parser = named::number::<u64>)]
        id: u64,
        /// Carry it out if this vote approves it.
        #[arg(long)]
        execute: bool,
    },
    /// Vote against a proposal.
    Reject {
        /// Its number.
        #[arg(value_parser = named::number::<u64>)]
        id: u64,
    },
    /// Take back a proposal of your own organisation.
    Withdraw {
        /// Its number.
        #[arg(value_parser = named::number::<u64>)]
        id: u64,
    },
    /// Carry out a proposal that was approved.
    Execute {
        /// Its number.
        #[arg(value_parser = named::number::<u64>)]
        id: u64,
    },
    /// Show proposals, the newest first.
    List {
        /// Only those in this state: open, approved, rejected, withdrawn, carried-out, ended, lapsed.
        #[arg(long, value_parser = state)]
        state: Option<Status>,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
        limit: u16,
    },
    /// Show a proposal, what it would change, and the votes.
    Show {
        /// Its number.
        #[arg(value_parser = named::number::<u64>)]
        id: u64,
    },
    /// Show the organisations of the ledger with numbers and roles.
    Organisations,
}

/// How something is proposed.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Terms {
    /// What it is about, in at most 120 characters; what it would change without it.
    #[arg(long, global = true)]
    title: Option<String>,
    /// Not carried out before: a day, or a length of time from now.
    #[arg(long, global = true, value_name = "DATE", value_parser = named::moment)]
    not_before: Option<named::Moment>,
    /// Vote for it at once.
    #[arg(long, global = true)]
    approve: bool,
    /// Carry it out at once if your vote approves it.
    #[arg(long, global = true, requires = "approve")]
    execute: bool,
}

/// A call that is decided by vote.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The module.
    pub(super) target: Address,
    /// Function and arguments.
    pub(super) input: Bytes,
}

impl Call {
    /// Carries it out, once it was approved.
    pub(super) fn act(&self) -> Act {
        Act { module: self.target, input: self.input.clone(), lost: None }
    }
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    block_on(async {
        let from_file = match &args.what {
            What::Propose { change, .. } => change.file_call()?,
            _ => None,
        };
        let desk = Desk::open(args.hand, json).await?;
        match args.what {
            What::Propose { terms, change } => {
                let call = match from_file {
                    Some(call) => call,
                    None => change.call(&desk).await?,
                };
                propose(&desk, call, &terms).await
            }
            What::Approve { id, execute } => vote(&desk, id, true, execute).await,
            What::Reject { id } => vote(&desk, id, false, false).await,
            What::Withdraw { id } => {
                let done = desk.take(&Act::new(ADDRESS, &withdrawCall { id })).await?;
                let mut told = Told::default();
                told.put("proposal", format!("{id} is withdrawn"), id);
                desk.report(&done, told)
            }
            What::Execute { id } => {
                let found = show::find(&desk, id).await?;
                require_approved(&found)?;
                let mut told = Told::default();
                told.put("proposal", id, id);
                execute(&desk, &found, &mut told).await
            }
            What::List { state, limit } => show::list(&desk, state, limit.into()).await,
            What::Show { id } => show::show(&desk, id).await,
            What::Organisations => show::organisations(&desk).await,
        }
    })?
}

fn state(text: &str) -> Result<Status, String> {
    let name = |status: &Status| status.name().replace(' ', "-");
    let found = Status::ALL
        .into_iter()
        .find(|status| name(status) == text || name(status).split('-').next() == Some(text));
    found.ok_or_else(|| format!("states are {}", Status::ALL.map(|status| name(&status)).join(", ")))
}

/// Proposes a call: says what it would change, whether it could be carried out as things stand, and
/// who decides.
pub(super) async fn propose(desk: &Desk, call: Call, terms: &Terms) -> Result<(), Failure> {
    let Call { target, input } = &call;
    let change = show::change(*target, input);
    let electorate = desk.ask(ADDRESS, &rehearseCall { target: *target, input: input.clone() }).await?;
    let who = Electorate::name(electorate);
    if !desk.json {
        say(&format!("It would {change}.\nDecided by {who}."))?;
    }
    let title = match &terms.title {
        Some(title) => title.clone(),
        None => short(&change, limits::PROPOSAL_TITLE_CHARS_MAX),
    };
    let proposal = proposeCall {
        target: *target,
        input: input.clone(),
        notBeforeMs: terms.not_before.map_or(0, named::Moment::begin_ms),
        title,
    };
    let done = desk.take(&Act::new(ADDRESS, &proposal)).await?;
    let mut told = Told::default();
    told.fields.insert("change".into(), change.clone().into());
    told.fields.insert("electorate".into(), electorate.into());
    let Done::Taken(receipt) = &done else { return desk.report(&done, told) };
    let event = receipt.logs().find_map(|log| decode_event::<Proposed>(&log));
    let event = event.ok_or_else(|| {
        Failure::Failed(format!("transaction {} is final and tells of no proposal", receipt.transaction_hash))
    })?;
    told.put("proposal", event.id, event.id);
    if terms.approve {
        return cast(desk, event.id, true, terms.execute, told).await;
    }
    told.put("takes votes until", named::time(event.endsMs, ""), event.endsMs);
    desk.report(&done, told)?;
    if desk.json { Ok(()) } else { say(&format!("Vote with: ding vote approve {}", event.id)) }
}

/// The text in at most so many characters: cut between words, so that no half of a number or digest
/// stands in a title.
fn short(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.trim().to_owned();
    }
    let start: String = text.chars().take(chars_max.saturating_sub(1)).collect();
    // Chinese has no blanks between words.
    let cut = start.rfind(' ').filter(|place| *place > start.len() / 2).unwrap_or(start.len());
    let whole = start.get(..cut).unwrap_or(&start);
    let whole = whole.trim_end_matches([' ', ',', ';', ':', '(']);
    format!("{}…", whole.strip_suffix(" (notice").unwrap_or(whole))
}

async fn vote(desk: &Desk, id: u64, approve: bool, execute: bool) -> Result<(), Failure> {
    let found = show::find(desk, id).await?;
    if !desk.json {
        say(&format!("Proposal {id} would {}.", found.change()))?;
    }
    let mut told = Told::default();
    told.put("proposal", id, id);
    cast(desk, id, approve, execute, told).await
}

async fn cast(desk: &Desk, id: u64, approve: bool, execute: bool, mut told: Told) -> Result<(), Failure> {
    let done = desk.take(&Act::new(ADDRESS, &voteCall { id, approve })).await?;
    let Done::Taken(receipt) = &done else { return desk.report(&done, told) };
    if let Some(event) = receipt.logs().find_map(|log| decode_event::<Voted>(&log)) {
        let Voted { approvals, rejections, electorate, .. } = event;
        told.put("votes", format!("{approvals} for, {rejections} against, of {electorate}"), approvals);
        told.fields.insert("rejections".into(), rejections.into());
        told.fields.insert("electorateSize".into(), electorate.into());
    }
    let found = show::find(desk, id).await?;
    let status = found.status();
    told.put("state", status.name(), status.name());
    if execute && status == Status::Approved {
        if found.proposal.notBeforeMs <= named::now_ms() {
            let Err(failure) = self::execute(desk, &found, &mut told).await else { return Ok(()) };
            // The vote counts whatever became of the rest.
            told.put("carried out", "no", false);
            desk.report(&done, told)?;
            return Err(failure.map(|why| {
                format!(
                    "your vote counted and proposal {id} is approved, but it could not be carried out: {why}; try \
                     again with `ding vote execute {id}`"
                )
            }));
        }
        told.put("carried out from", named::time(found.proposal.notBeforeMs, ""), found.proposal.notBeforeMs);
    }
    desk.report(&done, told)?;
    let is_ready = status == Status::Approved && !desk.json;
    if is_ready { say(&format!("Carry it out with: ding vote execute {id}")) } else { Ok(()) }
}

/// Carries out what was approved.
async fn execute(desk: &Desk, found: &Found, told: &mut Told) -> Result<(), Failure> {
    let call = Call { target: found.proposal.target, input: found.input()? };
    let done = desk.take(&call.act()).await?;
    if matches!(done, Done::Taken(_)) {
        let change = found.change();
        told.put("carried out", &change, change.as_str());
        told.fields.insert("state".into(), Status::Executed.name().into());
    }
    desk.report(&done, std::mem::take(told))
}

fn require_approved(found: &Found) -> Result<(), Failure> {
    match found.status() {
        Status::Approved => Ok(()),
        other => Err(Failure::Failed(format!(
            "proposal {} is {}; only what is approved is carried out (`ding vote show {0}`)",
            found.proposal.id,
            other.name()
        ))),
    }
}
