//! `ding order`: supervisory orders, of two hands each: written, approved, answered, appealed
//! against, lifted.
//!
//! [`draft`] makes an order from named, [`show`] tells of orders.

mod draft;
mod show;
#[cfg(test)]
pub(super) mod tests;

use self::draft::{Draft, Lift};
use super::{
    desk::{Act, Desk, Done, Hand, Told},
    named,
};
use crate::{client::block_on, failure::Failure, text::say};
use clap::Subcommand;
use ding_modules::{
    dispatch::decode_event,
    identity::commitment,
    orders::{
        Action, Field, Status,
        abi::IOrders::{
            Order, OrderApproved, answerCall, appealCall, approveCall, decideAppealCall, declineCall,
            deliverCall, lookCall, orderCall, settleCall, withdrawCall,
        },
        state::ADDRESS,
    },
};
use ding_primitives::{B256, U256, limits};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Supervisory orders: draft, approve, answer, appeal, decide, lift, report.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding order draft freeze 0x… --basis \"AML Law art. 26\" --until 2026-12-31 --key supervisor\n  ding order draft suspend 浙网信备33010126000100010018号 --basis \"Order No. 3 art. 20\"\n  ding order draft disclose 0x… --field name --field document --case case.pdf --days 5 --basis …\n  ding order approve 2026000001 --key supervisor-2      by another person\n  ding order appeal 2026000001 grounds.pdf              by the target\n  ding order lift 2026000001 --basis \"cause removed\"      drafts the order that lifts it\n  ding order list --target 0x…                            those against you, or against a service\n  ding order list --state in-force;  ding order show 2026000001;  ding order report 2026"
)]
pub(crate) struct Args {
    #[command(flatten)]
    hand: Hand,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write an order. It has no effect until another person approves it.
    Draft(Box<Draft>),
    /// Write the order that lifts another: restore, release or lift, as that one needs.
    Lift(Lift),
    /// Approve a draft of another person: it takes effect.
    Approve {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
    },
    /// Turn down a draft of another person.
    Decline {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The reasons: a file, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST")]
        reasons: String,
    },
    /// Take back your own draft.
    Withdraw {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
    },
    /// Answer a request for information, or report a correction, as the target.
    Answer {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The answer: a file, or its SHA-256 digest. It goes to the administration off the ledger.
        #[arg(value_name = "FILE|DIGEST")]
        answer: String,
    },
    /// Accept an answer, or not.
    Settle {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The answer is accepted: the order is settled.
        #[arg(long, required_unless_present = "reject", conflicts_with = "reject")]
        accept: bool,
        /// The answer is not accepted: the order goes on.
        #[arg(long)]
        reject: bool,
        /// The answer that was read, a file or its SHA-256 digest: refused if it was replaced meanwhile.
        /// Without it the answer that the order holds now.
        #[arg(long, value_name = "FILE|DIGEST")]
        answer: Option<String>,
        /// The finding: a file, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST")]
        finding: Option<String>,
    },
    /// Put on record that a package with identity data was handed over (`ding identity disclose` makes
    /// the package and does this too).
    Deliver {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The encrypted package.
        #[arg(long, value_name = "FILE")]
        package: PathBuf,
        /// What is in it.
        #[arg(long = "field", value_name = "FIELD", required = true, value_parser = field)]
        fields: Vec<Field>,
    },
    /// Put on record that you look at disclosed data (`ding identity check-disclosure --show` does it).
    Look {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// What you look at.
        #[arg(long = "field", value_name = "FIELD", required = true, value_parser = field)]
        fields: Vec<Field>,
        /// The data does not fit the commitment on the ledger.
        #[arg(long)]
        mismatch: bool,
    },
    /// Appeal against an order, as its target. Once, within 60 days.
    Appeal {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The grounds: a file, or its SHA-256 digest.
        #[arg(value_name = "FILE|DIGEST")]
        grounds: String,
    },
    /// Decide an appeal, as somebody who had no hand in the order.
    Decide {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
        /// The order stands.
        #[arg(long, required_unless_present = "revoke", conflicts_with = "revoke")]
        uphold: bool,
        /// The order is revoked.
        #[arg(long)]
        revoke: bool,
        /// The reasons: a file, or its SHA-256 digest.
        #[arg(long, value_name = "FILE|DIGEST")]
        reasons: String,
    },
    /// Show an order: who, whom, why, until when, and what became of it.
    Show {
        /// Number of the order.
        #[arg(value_parser = named::number::<u64>)]
        number: u64,
    },
    /// Show the orders of a year, the newest first.
    List(show::List),
    /// Count the orders of a year by action: the yearly report.
    Report {
        /// The year.
        #[arg(value_parser = named::number::<u32>)]
        year: u32,
    },
    /// Show the orders that freeze an account now.
    Freezes {
        /// The account, by its address or a name as --key takes it.
        #[arg(value_parser = named::who)]
        account: named::Who,
    },
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    // What was left out is told before anybody is asked.
    if let What::Draft(draft) = &args.what {
        draft.check()?;
    }
    block_on(async {
        let desk = Desk::open(args.hand, json).await?;
        match args.what {
            What::Draft(draft) => draft::draft(&desk, &draft).await,
            What::Lift(lift) => draft::lift(&desk, &lift).await,
            What::Approve { number } => approve(&desk, number).await,
            What::Show { number } => show::show(&desk, number).await,
            What::List(list) => show::list(&desk, &list).await,
            What::Report { year } => show::report(&desk, year).await,
            What::Freezes { account } => show::freezes(&desk, account.of(&desk)?).await,
            step => {
                let (number, act, said) = act(&desk, step).await?;
                let done = desk.take(&act).await?;
                finish(&desk, &done, number, said).await
            }
        }
    })?
}

/// The steps that are one call of one order: its number, the call, and what is said of it.
async fn act(desk: &Desk, step: What) -> Result<(u64, Act, &'static str), Failure> {
    Ok(match step {
        What::Decline { number, reasons } => {
            let reasons = named::digest(&reasons)?;
            let act = Act::new(ADDRESS, &declineCall { number, reasons });
            (number, act.losing(format!("order {number} is turned down for good")), "declined")
        }
        What::Withdraw { number } => (number, Act::new(ADDRESS, &withdrawCall { number }), "withdrawn"),
        What::Answer { number, answer } => {
            let digest = named::digest(&answer)?;
            (number, Act::new(ADDRESS, &answerCall { number, digest }), "answered")
        }
        What::Settle { number, accept, answer, finding, .. } => {
            let finding = named::digest_or_none(finding.as_deref())?;
            let digest = match answer {
                Some(answer) => named::digest(&answer)?,
                None => find(desk, number).await?.answer,
            };
            let act = Act::new(ADDRESS, &settleCall { number, accepted: accept, digest, finding });
            if accept {
                (number, act.losing(format!("order {number} is settled for good, by {digest}")), "settled")
            } else {
                (number, act, "goes on")
            }
        }
        What::Deliver { number, package, fields } => {
            let order = find(desk, number).await?;
            let digest = delivery(number, &order, &package_bytes(&package)?);
            (number, Act::new(ADDRESS, &deliverCall { number, fields: bits(&fields), digest }), "delivered")
        }
        What::Look { number, fields, mismatch } => {
            let act = Act::new(ADDRESS, &lookCall { number, fields: bits(&fields), matches: !mismatch });
            (number, act, "looked at")
        }
        What::Appeal { number, grounds } => {
            let grounds = named::digest(&grounds)?;
            let act = Act::new(ADDRESS, &appealCall { number, grounds });
            (
                number,
                act.losing(format!("one appeal against order {number} is possible, with these grounds")),
                "appealed",
            )
        }
        What::Decide { number, revoke, reasons, .. } => {
            let reasons = named::digest(&reasons)?;
            let act = Act::new(ADDRESS, &decideAppealCall { number, revoke, reasons });
            let outcome = if revoke { "is revoked" } else { "stands" };
            (number, act.losing(format!("the appeal is decided for good: order {number} {outcome}")), outcome)
        }
        // The others are not one call; `run` takes them.
        _ => return Err(Failure::Input("this is no step of an order".into())),
    })
}

async fn finish(desk: &Desk, done: &Done, number: u64, said: &str) -> Result<(), Failure> {
    let mut told = Told::default();
    told.put("order", format!("{number} {said}"), number);
    if matches!(done, Done::Taken(_)) {
        let order = find(desk, number).await?;
        let state = status(order.status);
        told.put("state", state, state);
    }
    desk.report(done, told)
}

/// Approves: says first what takes effect.
async fn approve(desk: &Desk, number: u64) -> Result<(), Failure> {
    let order = find(desk, number).await?;
    let what = show::sentence(desk, &order).await?;
    let act =
        Act::new(ADDRESS, &approveCall { number }).losing(format!("order {number} takes effect: {what}"));
    let done = desk.take(&act).await?;
    let mut told = Told::default();
    told.put("order", format!("{number} is approved: {what}"), number);
    if let Done::Taken(receipt) = &done
        && let Some(event) = receipt.logs().find_map(|log| decode_event::<OrderApproved>(&log))
    {
        told.put("in effect from block", event.fromHeight, event.fromHeight);
        if event.dueDay != 0 {
            let day = ding_modules::calendar::Day::new(event.dueDay).to_string();
            told.put("answer due", named::day_text(event.dueDay, event.provisional), day);
            told.fields.insert("provisional".into(), event.provisional.into());
        }
        if order.action == Action::Disclose.number() {
            told.put("subject", event.subject, event.subject.to_string());
        }
    }
    desk.report(&done, told)?;
    if order.action == Action::Disclose.number() && !desk.json {
        say(&format!(
            "The identity authority answers with: ding identity disclose --order {number} --to RECIPIENT"
        ))?;
    }
    Ok(())
}

/// An order by its number.
///
/// # Errors
///
/// There is none.
pub(super) async fn find(desk: &Desk, number: u64) -> Result<Order, Failure> {
    let order = desk.ask(ADDRESS, &orderCall { number }).await?;
    if order.status == 0 {
        return Err(Failure::Failed(format!("there is no order {number}; `ding order list` shows them")));
    }
    Ok(order)
}

/// The digest that stands for a package on the ledger.
pub(super) fn delivery(number: u64, order: &Order, package: &[u8]) -> B256 {
    commitment::disclosure(&B256::from(U256::from(number)), &order.subject, package)
}

/// Bytes of a package, bounded.
///
/// # Errors
///
/// It cannot be read, or is no package.
pub(super) fn package_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| Failure::Input(format!("cannot read {shown}: {error}"));
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > limits::RECORD_BYTES_MAX {
        let max = limits::RECORD_BYTES_MAX;
        return Err(Failure::Input(format!("{shown} has {size} bytes, more than the {max} of a package")));
    }
    fs::read(path).map_err(cannot)
}

/// Names of states.
fn status(number: u8) -> &'static str {
    Status::from_number(number).map_or("unknown", Status::name)
}

/// A field that can be disclosed.
///
/// # Errors
///
/// Names the fields there are.
pub(super) fn field(text: &str) -> Result<Field, String> {
    Field::from_name(text).ok_or_else(|| format!("fields are {}", Field::names(Field::EVERY)))
}

/// Bits of some fields.
pub(super) fn bits(fields: &[Field]) -> u32 {
    fields.iter().fold(0, |bits, field| bits | field.bit())
}
