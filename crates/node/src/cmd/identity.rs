//! `ding identity`: who stands behind an account, as far as the ledger says, and the authority's own
//! records behind that.
//!
//! [`bind`] makes bindings, [`record`] keeps what the ledger must not have, [`disclose`] answers orders,
//! [`show`] tells what anyone may read.

mod bind;
mod disclose;
pub(super) mod person;
mod record;
mod show;
#[cfg(test)]
mod tests;

use super::{
    desk::{Act, Desk, Done, Hand, Told},
    named, vote,
};
use crate::{
    client::block_on,
    failure::Failure,
    records::{DEFAULT_RECORDS, Store},
    wallet::{self, Secret},
};
use clap::Subcommand;
use ding_modules::{
    dispatch::decode_event,
    identity::{
        Level, Purpose, Reason,
        abi::IIdentity::{
            Invited, acceptCall, addAccountCall, inviteCall, renewCall, restoreCall, revokeCall, rotateCall,
            suspendCall, withdrawInvitationCall,
        },
        state::ADDRESS,
    },
};
use ding_primitives::Address;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Environment variable with the passphrase of the records.
const PASSPHRASE_ENV: &str = "DING_RECORDS_PASSPHRASE";
/// Characters the passphrase of new records has at least.
const PASSPHRASE_CHARS_MIN: usize = 8;

/// Bind accounts to checked people and organisations; records and disclosures.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding identity appoint \"Harbour Identity Office\" --approve    propose an authority\n  ding identity record init                                  a folder for records, encrypted\n  ding identity bind person 0x… --level document             you are asked for the person\n  ding identity bind person 0x… --level document --data -    the same from standard input (JSON)\n  ding identity bind organisation 0x… --code 91310000MA0000015F --name \"…\" --level in-person\n  ding identity rotate 0xOLD 0xNEW --reason key-lost\n  ding identity show 0x…                                     standing, binding, accounts, history\n  ding identity show provider                                on development chains by name\n  ding identity disclose --order 2026000001 --to age1…       answer an order to disclose\n  ding identity check-disclosure order-2026000001.age --identity key.txt --show name\n\nPersonal data never goes on the ledger, and comes from prompts, files or standard input:\n  {\"name\": \"…\", \"document\": {\"type\": \"resident-id\", \"number\": \"…\"}, \"mobile\": \"…\", \"address\": \"…\"}"
)]
pub(crate) struct Args {
    #[command(flatten)]
    hand: Hand,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the identity authorities.
    Authorities,
    /// Propose to appoint an organisation as identity authority.
    Appoint {
        #[command(flatten)]
        appointment: vote::Appointment,
        #[command(flatten)]
        terms: vote::Terms,
    },
    /// Propose to dismiss an identity authority.
    Dismiss {
        #[command(flatten)]
        dismissal: vote::Dismissal,
        #[command(flatten)]
        terms: vote::Terms,
    },
    /// Bind an account to a person or an organisation that you checked.
    #[command(subcommand)]
    Bind(bind::Bind),
    /// Set level and expiry of a binding after another check.
    Renew {
        /// Number of the binding.
        #[arg(value_parser = named::number::<u64>)]
        binding: u64,
        /// How the subject was checked.
        #[arg(long, value_parser = level)]
        level: Level,
        /// When standing ends: a day, or a length of time; no end without it.
        #[arg(long, value_name = "DATE", value_parser = named::moment)]
        until: Option<named::Moment>,
    },
    /// Put a further account under a root's binding.
    AddAccount {
        /// The root.
        #[arg(value_parser = named::who)]
        root: named::Who,
        /// The account.
        #[arg(value_parser = named::who)]
        account: named::Who,
    },
    /// Replace an account of a binding by another; the old one is never bound again.
    Rotate {
        /// The account that goes.
        #[arg(value_parser = named::who)]
        account: named::Who,
        /// The account that comes.
        #[arg(value_parser = named::who)]
        successor: named::Who,
        /// Why.
        #[arg(long, value_parser = named::reason)]
        reason: Reason,
    },
    /// Suspend an account; a root with its whole binding.
    Suspend(Stop),
    /// End a suspension.
    Restore(Stop),
    /// Revoke an account for good; a root with its whole binding.
    Revoke(Stop),
    /// Invite an account to act under your binding, or to succeed you.
    Invite {
        /// The account.
        #[arg(value_parser = named::who)]
        account: named::Who,
        /// join or succeed.
        #[arg(long = "to", value_name = "PURPOSE", default_value = "join", value_parser = purpose)]
        purpose: Purpose,
    },
    /// Take an invitation back.
    WithdrawInvitation {
        /// The account that was invited.
        #[arg(value_parser = named::who)]
        account: named::Who,
    },
    /// Accept an invitation, with the invited account.
    Accept {
        /// Who invited.
        #[arg(value_parser = named::who)]
        inviter: named::Who,
    },
    /// Show the standing of an account, or a binding by its number.
    #[command(alias = "standing")]
    Show {
        /// An account (an address, or a name as --key takes it), or the number of a binding.
        #[arg(value_name = "ACCOUNT|BINDING")]
        subject: String,
    },
    /// Show bindings, the newest first. No personal data.
    List(show::List),
    /// The authority's records: who stands behind a commitment, encrypted, off the ledger.
    #[command(subcommand)]
    Record(record::What),
    /// Answer an order to disclose: seal the fields for the requester and put the delivery on record.
    Disclose(disclose::Disclose),
    /// Open a disclosure at the requester and check it against the ledger.
    CheckDisclosure(disclose::Check),
    /// Make the key with which a requester opens disclosures; prints the recipient (age1…).
    DisclosureKey {
        /// Where to write the key; only you may read it.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Stop {
    /// The account.
    #[arg(value_parser = named::who)]
    account: named::Who,
    /// Why.
    #[arg(long, value_parser = named::reason)]
    reason: Reason,
}

/// Where the records are.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Records {
    /// Folder of the authority's records.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_RECORDS)]
    records: PathBuf,
    /// File whose first line is the passphrase of the records; without it DING_RECORDS_PASSPHRASE is
    /// taken, or you are asked.
    #[arg(long, value_name = "FILE")]
    records_passphrase_file: Option<PathBuf>,
}

impl Records {
    fn open(&self) -> Result<Store, Failure> {
        if !Store::exists(&self.records) {
            // Says so before it asks for a passphrase.
            return Store::open(&self.records, &Secret::default());
        }
        Store::open(&self.records, &self.passphrase("Passphrase of the records: ")?)
    }

    fn create(&self) -> Result<Store, Failure> {
        if Store::exists(&self.records) {
            return Store::create(&self.records, &Secret::default());
        }
        let passphrase = self.passphrase("New passphrase of the records: ")?;
        let chars = passphrase.chars().count();
        if chars < PASSPHRASE_CHARS_MIN {
            return Err(Failure::Input(format!(
                "the passphrase has {chars} characters, fewer than the {PASSPHRASE_CHARS_MIN} that records need; take a longer one"
            )));
        }
        let typed = self.given()?.is_none();
        if typed && *passphrase != *self.passphrase("The same again: ")? {
            return Err(Failure::Input("the two passphrases differ; nothing was written".into()));
        }
        Store::create(&self.records, &passphrase)
    }

    fn given(&self) -> Result<Option<Secret>, Failure> {
        if let Some(path) = &self.records_passphrase_file {
            let text = wallet::read_secret(path)?;
            return Ok(Some(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())));
        }
        match std::env::var(PASSPHRASE_ENV) {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(Failure::Input(format!("{PASSPHRASE_ENV} is not text in UTF-8")))
            }
        }
    }

    fn passphrase(&self, question: &str) -> Result<Secret, Failure> {
        match self.given()? {
            Some(given) => Ok(given),
            None => rpassword::prompt_password(question).map(Zeroizing::new).map_err(|error| {
                Failure::Input(format!(
                    "there is no terminal to ask for it ({error}); give --records-passphrase-file FILE or set {PASSPHRASE_ENV}"
                ))
            }),
        }
    }
}

/// A level by name or number.
pub(super) fn level(text: &str) -> Result<Level, String> {
    let number = || text.parse().ok().and_then(Level::from_number);
    let names = || Level::ALL.iter().map(|level| level.name()).collect::<Vec<_>>().join(", ");
    Level::from_name(text).or_else(number).ok_or_else(|| format!("levels are {}", names()))
}

fn purpose(text: &str) -> Result<Purpose, String> {
    Purpose::from_name(text).ok_or_else(|| "an account is invited to join or to succeed".into())
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    let Args { hand, what } = args;
    match what {
        What::Record(what) => record::run(what, hand, json),
        What::DisclosureKey { file } => disclose::make_key(&file, json),
        what => block_on(async {
            // What a person filled in is checked before anybody is asked.
            let prepared = match &what {
                What::Bind(bind) => Some(bind.prepare()?),
                _ => None,
            };
            let desk = Desk::open(hand, json).await?;
            match (what, prepared) {
                (What::Bind(bind), Some(prepared)) => bind::bind(&desk, &bind, prepared).await,
                (What::Authorities, _) => show::authorities(&desk).await,
                (What::Appoint { appointment, terms }, _) => {
                    vote::propose(&desk, appointment.call(&desk).await?, &terms).await
                }
                (What::Dismiss { dismissal, terms }, _) => {
                    vote::propose(&desk, dismissal.call(), &terms).await
                }
                (What::Show { subject }, _) => show::show(&desk, &subject).await,
                (What::List(list), _) => show::list(&desk, &list).await,
                (What::Disclose(args), _) => disclose::disclose(&desk, &args).await,
                (What::CheckDisclosure(args), _) => disclose::check(&desk, &args).await,
                (step, _) => take(&desk, step).await,
            }
        })?,
    }
}

/// The steps that are one call about one account.
async fn take(desk: &Desk, step: What) -> Result<(), Failure> {
    let (act, account, said) = match step {
        What::Renew { binding, level, until } => {
            let expiry = until.map_or(0, named::Moment::end_ms);
            let act = Act::new(ADDRESS, &renewCall { binding, level: level.number(), expiryMs: expiry });
            let done = desk.take(&act).await?;
            let mut told = Told::default();
            told.put("binding", format!("{binding} is renewed"), binding);
            told.put("level", level, level.name());
            told.put("until", named::time(expiry, "no end"), expiry);
            return desk.report(&done, told);
        }
        What::AddAccount { root, account } => {
            let (root, account) = (root.of(desk)?, account.of(desk)?);
            (Act::new(ADDRESS, &addAccountCall { root, account }), account, "added")
        }
        What::Rotate { account, successor, reason } => {
            let (account, successor) = (account.of(desk)?, successor.of(desk)?);
            let act = Act::new(ADDRESS, &rotateCall { account, successor, reason: reason.number() });
            (
                act.losing(format!("{account} is replaced by {successor} and never bound again")),
                successor,
                "in its place",
            )
        }
        What::Suspend(Stop { account, reason }) => {
            let account = account.of(desk)?;
            (Act::new(ADDRESS, &suspendCall { account, reason: reason.number() }), account, "suspended")
        }
        What::Restore(Stop { account, reason }) => {
            let account = account.of(desk)?;
            (Act::new(ADDRESS, &restoreCall { account, reason: reason.number() }), account, "restored")
        }
        What::Revoke(Stop { account, reason }) => {
            let account = account.of(desk)?;
            let act = Act::new(ADDRESS, &revokeCall { account, reason: reason.number() });
            let lost = format!("{account} is revoked for good, a root with every account under it");
            (act.losing(lost), account, "revoked")
        }
        What::Invite { account, purpose } => {
            let account = account.of(desk)?;
            let done =
                desk.take(&Act::new(ADDRESS, &inviteCall { account, purpose: purpose.number() })).await?;
            let mut told = Told::default();
            told.put("account", format!("{account} is invited to {purpose}"), account.to_string());
            if let Done::Taken(receipt) = &done
                && let Some(event) = receipt.logs().find_map(|log| decode_event::<Invited>(&log))
            {
                told.put("until", named::time(event.untilMs, ""), event.untilMs);
                told.put("binding", event.binding, event.binding);
            }
            return desk.report(&done, told);
        }
        What::WithdrawInvitation { account } => {
            let account = account.of(desk)?;
            (Act::new(ADDRESS, &withdrawInvitationCall { account }), account, "not invited any more")
        }
        What::Accept { inviter } => {
            let inviter = inviter.of(desk)?;
            let signer = desk.signer()?;
            let done = desk.take_as(&signer, &Act::new(ADDRESS, &acceptCall { inviter })).await?;
            return finish(desk, &done, signer.address(), "under the binding").await;
        }
        // The others are taken by `run`.
        _ => return Err(Failure::Input("this is no step about an account".into())),
    };
    let done = desk.take(&act).await?;
    finish(desk, &done, account, said).await
}

/// Says where the account stands after a step.
async fn finish(desk: &Desk, done: &Done, account: Address, said: &str) -> Result<(), Failure> {
    let mut told = Told::default();
    told.put("account", format!("{account} is {said}"), account.to_string());
    if matches!(done, Done::Taken(_)) {
        let standing = show::standing(desk, account).await?;
        let status = show::status_name(standing.status);
        told.put("status", status, status);
        told.put("binding", standing.binding, standing.binding);
    }
    desk.report(done, told)
}
