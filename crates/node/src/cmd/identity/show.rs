//! `ding identity show`, `list` and `authorities`: what the ledger shows anyone. No personal data: it
//! has none.

use super::super::{
    desk::{Desk, LogJson},
    named,
};
use crate::{
    failure::Failure,
    text::{beijing, plural, say, say_json, table},
};
use alloy_sol_types::SolEvent as _;
use ding_modules::identity::{
    Kind, Level, Reason, Status,
    abi::IIdentity::{
        AccountStanding, Binding, accountsOfCall, authorityCall, bindingCall, countsCall, standingOfCall,
    },
    events::{self, AccountAdded, Bound, Renewed, Restored, Revoked, Rotated, Suspended},
    state::ADDRESS,
};
use ding_primitives::{Address, B256, U256};
use serde_json::{Value, json};

/// A freeze without end.
const NEVER_MS: u64 = (1 << 48) - 1;

/// Which bindings.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only those that this authority answers for.
    #[arg(long, value_name = "AUTHORITY", value_parser = named::number::<u32>)]
    authority: Option<u32>,
    /// Only those in this state: active, suspended, revoked.
    #[arg(long, value_parser = status)]
    status: Option<Status>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
}

fn status(text: &str) -> Result<Status, String> {
    let names = || Status::ALL.iter().map(|status| status.name()).collect::<Vec<_>>().join(", ");
    Status::from_name(text).ok_or_else(|| format!("states are {}", names()))
}

pub(super) fn status_name(number: u8) -> &'static str {
    Status::from_number(number).map_or("unknown", Status::name)
}

fn kind_name(number: u8) -> &'static str {
    Kind::from_number(number).map_or("none", Kind::name)
}

fn level_name(number: u8) -> &'static str {
    Level::from_number(number).map_or("none", Level::name)
}

pub(super) async fn standing(desk: &Desk, account: Address) -> Result<AccountStanding, Failure> {
    desk.ask(ADDRESS, &standingOfCall { account }).await
}

/// The subject as people read it: the code of an organisation, or the commitment to a person.
pub(super) fn subject(kind: u8, subject: &B256) -> String {
    if Kind::from_number(kind) == Some(Kind::Organisation) {
        let code: Vec<u8> = subject.iter().copied().take_while(|byte| *byte != 0).collect();
        return String::from_utf8_lossy(&code).into_owned();
    }
    subject.to_string()
}

fn frozen(until_ms: u64) -> String {
    if until_ms == NEVER_MS { "without end".into() } else { format!("until {}", named::time(until_ms, "")) }
}

/// A step in the life of a binding.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) name: &'static str,
    /// The account that it was about; that in whose place it came, of a rotation.
    account: Option<Address>,
    /// Why, where a reason was given.
    pub(super) reason: Option<Reason>,
    /// Who took it.
    by: Option<Address>,
    height: u64,
    /// Of its block, in seconds since 1970-01-01T00:00:00Z, as logs bear it; 0 if the member does not say.
    timestamp: u64,
}

/// What happened to a binding, the earliest first; nothing if the member keeps no logs.
pub(super) async fn history(desk: &Desk, id: u64) -> Result<Vec<Step>, Failure> {
    let wanted = [
        Bound::SIGNATURE_HASH,
        Renewed::SIGNATURE_HASH,
        AccountAdded::SIGNATURE_HASH,
        Rotated::SIGNATURE_HASH,
        Suspended::SIGNATURE_HASH,
        Restored::SIGNATURE_HASH,
        Revoked::SIGNATURE_HASH,
    ];
    let logs = match desk.dated_logs(ADDRESS, json!([wanted, B256::from(U256::from(id))])).await {
        Err(Failure::Unreachable(why)) => return Err(Failure::Unreachable(why)),
        other => other.unwrap_or_default(),
    };
    Ok(logs.iter().filter_map(step).collect())
}

fn step(dated: &LogJson) -> Option<Step> {
    let (name, account, reason, by) = match events::decode(&dated.log())? {
        events::Event::Bound(e) => ("bound", Some(e.account), 0, Some(e.by)),
        events::Event::Renewed(e) => ("renewed", None, 0, Some(e.by)),
        events::Event::AccountAdded(e) => ("account added", Some(e.account), 0, Some(e.by)),
        events::Event::Rotated(e) => ("account replaced", Some(e.account), e.reason, Some(e.by)),
        events::Event::Suspended(e) => ("suspended", Some(e.account), e.reason, Some(e.by)),
        events::Event::Restored(e) => ("restored", Some(e.account), e.reason, Some(e.by)),
        events::Event::Revoked(e) => ("revoked", Some(e.account), e.reason, Some(e.by)),
        _ => return None,
    };
    let (height, timestamp) = (dated.height(), dated.timestamp());
    Some(Step { name, account, reason: Reason::from_number(reason), by, height, timestamp })
}

impl Step {
    fn line(&self) -> String {
        let mut text = self.name.to_owned();
        if let Some(reason) = self.reason {
            text.push_str(&format!(" ({})", reason.name()));
        }
        if let Some(account) = self.account {
            text.push_str(&format!(": {account}"));
        }
        if let Some(by) = self.by {
            text.push_str(&format!("\n  by {by}"));
        }
        text.push_str(&format!(", block {}", self.height));
        if self.timestamp != 0 {
            let time = beijing(self.timestamp.saturating_mul(1_000));
            text.push_str(&format!(", {} Beijing time", time.trim_end_matches(".000")));
        }
        text
    }

    fn json(&self) -> Value {
        json!({
            "step": self.name, "account": self.account, "reason": self.reason.map(Reason::name), "by": self.by,
            "height": self.height, "timestamp": Some(self.timestamp).filter(|seconds| *seconds != 0),
        })
    }
}

pub(super) async fn show(desk: &Desk, text: &str) -> Result<(), Failure> {
    if let Ok(id) = text.parse::<u64>() {
        return show_binding(desk, id).await;
    }
    let account = named::who(text).map_err(Failure::Input)?.of(desk)?;
    let standing = standing(desk, account).await?;
    let found = match standing.binding {
        0 => None,
        id => Some((
            desk.ask(ADDRESS, &bindingCall { id }).await?,
            desk.ask(ADDRESS, &accountsOfCall { id }).await?,
        )),
    };
    let history = match standing.binding {
        0 => Vec::new(),
        id => history(desk, id).await?,
    };
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "account": account, "status": status_name(standing.status),
            "inForce": standing.inForce, "kind": kind_name(standing.kind), "level": level_name(standing.level),
            "expiryMs": standing.expiryMs, "frozenUntilMs": standing.frozenUntilMs, "root": standing.root,
            "successor": Some(standing.successor).filter(|successor| !successor.is_zero()),
            "binding": found.as_ref().map(|(binding, accounts)| binding_json(standing.binding, binding, accounts)),
            "history": history.iter().map(Step::json).collect::<Vec<_>>(),
        }));
    }
    let mut rows = vec![
        ("status", status_name(standing.status).to_owned()),
        ("in force now", if standing.inForce { "yes".into() } else { "no".into() }),
    ];
    if standing.frozenUntilMs != 0 {
        rows.push(("frozen", format!("{}; `ding order freezes {account}`", frozen(standing.frozenUntilMs))));
    }
    if !standing.successor.is_zero() {
        rows.push(("replaced by", standing.successor.to_string()));
    }
    if let Some((binding, accounts)) = &found {
        rows.extend(binding_rows(desk, standing.binding, binding, accounts).await?);
    }
    rows.extend(history_row(&history));
    say(&format!("{account} on {}\n{}", desk.chain.name, table(&rows)))
}

fn history_row(history: &[Step]) -> Option<(&'static str, String)> {
    let lines: Vec<String> = history.iter().map(Step::line).collect();
    (!lines.is_empty()).then(|| ("history", lines.join("\n")))
}

async fn show_binding(desk: &Desk, id: u64) -> Result<(), Failure> {
    let binding = desk.ask(ADDRESS, &bindingCall { id }).await?;
    let accounts = desk.ask(ADDRESS, &accountsOfCall { id }).await?;
    let history = history(desk, id).await?;
    if desk.json {
        let mut value = binding_json(id, &binding, &accounts);
        value["chain"] = desk.chain.name.clone().into();
        value["history"] = history.iter().map(Step::json).collect();
        return say_json(&value);
    }
    let mut rows = binding_rows(desk, id, &binding, &accounts).await?;
    rows.extend(history_row(&history));
    say(&format!("binding {id} on {}\n{}", desk.chain.name, table(&rows)))
}

async fn binding_rows(
    desk: &Desk,
    id: u64,
    binding: &Binding,
    accounts: &[Address],
) -> Result<Vec<(&'static str, String)>, Failure> {
    let authority = desk.ask(ADDRESS, &authorityCall { id: binding.responsible }).await?;
    let list: Vec<String> = accounts
        .iter()
        .map(
            |account| {
                if *account == binding.root { format!("{account} (root)") } else { account.to_string() }
            },
        )
        .collect();
    let mut rows = vec![
        ("binding", format!("{id}, {}", status_name(binding.status))),
        ("subject", format!("{}, {}", kind_name(binding.kind), subject(binding.kind, &binding.subject))),
        ("checked", level_name(binding.level).to_owned()),
        ("authority", format!("{} (authority {})", authority.name, binding.responsible)),
        ("bound", format!("in block {}, {}", binding.height, named::time(binding.timestampMs, ""))),
        ("until", named::time(binding.expiryMs, "no end")),
        ("accounts", list.join("\n")),
    ];
    if binding.authority != binding.responsible {
        rows.push(("made by", format!("authority {}, which was dismissed", binding.authority)));
    }
    Ok(rows)
}

fn binding_json(id: u64, binding: &Binding, accounts: &[Address]) -> Value {
    json!({
        "number": id, "status": status_name(binding.status), "kind": kind_name(binding.kind),
        "level": level_name(binding.level), "subject": subject(binding.kind, &binding.subject),
        "nameDigest": binding.nameDigest, "authority": binding.authority, "responsible": binding.responsible,
        "root": binding.root, "accounts": accounts, "expiryMs": binding.expiryMs, "height": binding.height,
        "timestampMs": binding.timestampMs,
    })
}

pub(super) async fn list(desk: &Desk, args: &List) -> Result<(), Failure> {
    let counts = desk.ask(ADDRESS, &countsCall {}).await?;
    let mut shown = Vec::new();
    for id in (1..=counts.bindings).rev() {
        let binding = desk.ask(ADDRESS, &bindingCall { id }).await?;
        let fits = args.authority.is_none_or(|authority| authority == binding.responsible)
            && args.status.is_none_or(|status| status.number() == binding.status);
        if fits {
            shown.push((id, binding));
        }
        if shown.len() >= args.limit.into() {
            break;
        }
    }
    if desk.json {
        let items: Vec<Value> =
            shown.iter().map(|(id, binding)| binding_json(*id, binding, &[binding.root])).collect();
        return say_json(&json!({
            "chain": desk.chain.name, "admission": if counts.bound { "bound" } else { "open" },
            "count": counts.bindings, "items": items,
        }));
    }
    let admission = if counts.bound { "only bound accounts act" } else { "open: any account acts" };
    let mut lines = vec![format!(
        "{} of {} on {} ({admission})",
        plural(shown.len(), "binding"),
        counts.bindings,
        desk.chain.name
    )];
    for (id, binding) in &shown {
        let (status, kind, level) =
            (status_name(binding.status), kind_name(binding.kind), level_name(binding.level));
        let more = plural(binding.accounts as usize, "account");
        lines.push(format!("  {id:>6}  {status:<9}  {kind:<12}  {level:<17}  {}  {more}", binding.root));
    }
    say(&lines.join("\n"))
}

pub(super) async fn authorities(desk: &Desk) -> Result<(), Failure> {
    let counts = desk.ask(ADDRESS, &countsCall {}).await?;
    let mut all = Vec::new();
    for id in 1..=counts.authorities {
        all.push((id, desk.ask(ADDRESS, &authorityCall { id }).await?));
    }
    if desk.json {
        let items = all.iter().map(|(id, known)| {
            json!({
                "id": id, "name": known.name, "organisation": known.organisation, "fromMs": known.fromMs,
                "endedMs": known.endedMs, "successor": Some(known.successor).filter(|id| *id != 0), "live": known.live,
            })
        });
        let items: Vec<Value> = items.collect();
        return say_json(&json!({ "chain": desk.chain.name, "items": items }));
    }
    if all.is_empty() {
        return say(&format!(
            "{} has no identity authorities; `ding identity appoint ORGANISATION` proposes one",
            desk.chain.name
        ));
    }
    let lines: Vec<String> = all
        .iter()
        .map(|(id, known)| {
            let state = match (known.endedMs, known.successor) {
                (0, _) => {
                    format!("{} live", plural(usize::try_from(known.live).unwrap_or(usize::MAX), "binding"))
                }
                (_, 0) => "dismissed".into(),
                (_, heir) => format!("dismissed, authority {heir} answers for its bindings"),
            };
            format!("  {id:>3}  {} (organisation {}): {state}", known.name, known.organisation)
        })
        .collect();
    say(&format!("identity authorities of {}\n{}", desk.chain.name, lines.join("\n")))
}
