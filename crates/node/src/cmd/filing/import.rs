//! `ding filing import`: filings of the earlier register, out of a sheet, each its own transaction.
//!
//! - I1 everything is checked before the first transaction leaves: every row by itself and against the
//!   others, then against what the ledger has, then by asking the ledger whether it would take it.
//! - I2 the ledger itself says what is there: the same content is passed over, other content under the
//!   same number is named. So an import that was interrupted is started again as it was.
//! - I3 names, documents and telephones of people leave this machine as salted commitments only; the
//!   salts are on disk before anything is sent.

mod row;

use self::row::{COLUMNS, Entry, entry};
use super::forms::{self, content};
use crate::{
    cmd::{
        desk::{Desk, Hand, Job},
        sheet::{self, Problem, Sheet, Taken, refuse},
        words::Salts,
    },
    failure::Failure,
    text::{plural, say, say_json, table},
    wallet::PrivateKeySigner,
};
use alloy_sol_types::{SolCall as _, SolEvent as _};
use ding_modules::{
    filing::{
        abi::IFiling::{
            RecordProposed, Subject, proposalCall, providerCall, providerOfCodeCall, serviceCall,
            serviceOfNumberCall,
        },
        events::{self, Event},
        state::ADDRESS,
    },
    ids::{FilingNumber, normalise_name},
    members::{Role, abi::IMembers::hasRoleCall, state::ADDRESS as MEMBERS},
};
use ding_primitives::{Address, B256};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Enter filings of the earlier register, from a sheet.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Columns, in any order, by Chinese or English name: 备案编号 number, 主体名称 subject, 统一社会信用代码 uscc,\n服务名称 service, 服务类别 category, 服务形式 form, 应用领域 field, 服务描述 description, 服务器地址 server,\n服务器行政区划 server division, 上线日期 go live, 负责人 person in charge; and where there is something to say:\n属地 province, 行政区划 division, 主体性质 nature, 证件类型 id type, 证件号码 id number, 提供者类型 kind,\n网址 site, ICP备案号 icp, 共识机制 consensus, 跨境说明 cross border, 账户 account, 负责人证件号码 person id number,\n办公电话 phone, 手机 mobile, 邮箱 email, 通讯地址 address, 投资人 investor.\n\nThe signer is the first hand of every record; a second person goes on with `ding filing record`.\nAn import that was interrupted is started again as it was.\n\nExamples:\n  ding filing import old.xlsx --key supervisor --salts salts.jsonl --dry-run\n  ding filing import old.csv --key supervisor --salts salts.jsonl"
)]
pub(super) struct Import {
    /// The sheet, CSV in UTF-8 or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the sheet in an XLSX file; the first if absent.
    #[arg(long)]
    sheet: Option<String>,
    /// File to which the salts of the commitments are added. Keep it: without it nobody can show what
    /// was committed to; destroying it is the erasure.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    salts: Option<PathBuf>,
    /// Take numbers that look wrong, of a year to come or with the subject number of another provider;
    /// compare them with the public list first. A wrong check digit alone warns in any case.
    #[arg(long)]
    confirmed: bool,
}

/// What the ledger has under a number.
#[derive(Clone, Copy, Debug)]
struct Known {
    service: u64,
    content: B256,
    provider: u32,
    /// Its number is proposed and waits for the second hand.
    waits: bool,
}

/// A provider that the ledger has: its number, and what it is called there.
#[derive(Clone, Debug, Default)]
struct Registered {
    id: u32,
    name: String,
}

impl Import {
    /// Checks everything, then sends what is new.
    ///
    /// # Errors
    ///
    /// Names every row and column that cannot be taken; or what failed on the way.
    pub(super) async fn run(self, hand: Hand, json: bool) -> Result<(), Failure> {
        let mut sheet = Sheet::read(&self.file, self.sheet.as_deref(), COLUMNS)?;
        let mut warnings = Vec::new();
        let mut entries = entries(&mut sheet, self.confirmed, &mut warnings);
        self.refuse_if(&sheet)?;
        let salts = self.salts.as_deref().map(Salts::at).transpose()?;
        let desk = Desk::open(hand, json).await?;
        let signer = desk.signer()?;
        desk.require_standing(signer.address(), ADDRESS, &[]).await?;
        require_hand(&desk, signer.address()).await?;
        let known = known(&desk, &entries).await?;
        let registered = registered(&desk, &entries).await?;
        renamed(&entries, &registered, &mut sheet.problems);
        let (skipped, problems) = against(&desk, &entries, &known).await?;
        sheet.problems.extend(problems);
        self.refuse_if(&sheet)?;
        entries.retain(|entry| !known.contains_key(&entry.number));
        let mut salts = salts;
        commit(&mut entries, &registered, salts.as_mut());
        let jobs = self.rehearse(&desk, &signer, &entries, &mut sheet).await?;
        if !json {
            for warning in &warnings {
                say(&format!("warning: {warning}"))?;
            }
        }
        let mut imported = Vec::new();
        if !desk.hand.dry_run && !jobs.is_empty() {
            if let Some(salts) = &mut salts {
                salts.keep()?;
            }
            let taken = desk.take_all(&signer, &jobs, |_, receipt| {
                imported.extend(receipt.logs().filter_map(|log| match events::decode(&log)? {
                    Event::Declared(event) => Some(event.service),
                    _ => None,
                }));
            });
            sheet::send(taken).await?;
        }
        let waiting = known.values().filter(|found| found.waits).map(|found| found.service);
        let waiting: BTreeSet<u64> = waiting.chain(imported.iter().copied()).collect();
        report(&desk, (sheet.len(), jobs.len(), skipped), &imported, &waiting, &warnings)
    }

    fn refuse_if(&self, sheet: &Sheet) -> Result<(), Failure> {
        if sheet.problems.is_empty() { Ok(()) } else { Err(refuse(&self.file, sheet.len(), &sheet.problems)) }
    }

    /// Asks the ledger whether it would take each row.
    async fn rehearse(
        &self,
        desk: &Desk,
        signer: &PrivateKeySigner,
        entries: &[Entry],
        sheet: &mut Sheet,
    ) -> Result<Vec<Job>, Failure> {
        let bar = desk.bar(entries.len(), "rehearsed");
        let mut jobs = Vec::new();
        for entry in entries {
            let input = entry.call().abi_encode();
            match desk.gas(signer.address(), ADDRESS, &input).await {
                Ok(gas) => {
                    let name = format!("row {} ({})", entry.row, entry.number.in_full());
                    jobs.push(Job { name, module: ADDRESS, input: input.into(), gas });
                }
                Err(error @ Failure::Unreachable(_)) => return Err(error),
                Err(error) => {
                    let what = error.to_string();
                    sheet.problems.push(Problem { row: entry.row, column: String::new(), what });
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.refuse_if(sheet)?;
        Ok(jobs)
    }
}

/// What the rows of a sheet say, each by itself and against the others; what is wrong is collected.
fn entries(sheet: &mut Sheet, confirmed: bool, warnings: &mut Vec<String>) -> Vec<Entry> {
    let mut entries = sheet.each(|row, problems| entry(row, confirmed, problems, warnings));
    compare(&mut entries, &mut sheet.problems);
    entries
}

/// What this import makes of the bytes of a sheet.
///
/// # Errors
///
/// They are no sheet of filings.
pub(in crate::cmd) fn taken(bytes: Vec<u8>) -> Result<Taken, Failure> {
    let mut sheet = Sheet::from_bytes("sheet".as_ref(), bytes, None, COLUMNS)?;
    let entries = entries(&mut sheet, false, &mut Vec::new());
    Ok(Taken::new(&sheet, entries.iter().map(|entry| entry.call().abi_encode())))
}

/// What the first row of a subject says of it.
struct First {
    row: usize,
    name: String,
    account: Address,
}

/// Compares the rows with each other.
fn compare(entries: &mut [Entry], problems: &mut Vec<Problem>) {
    let mut numbers: BTreeMap<FilingNumber, usize> = BTreeMap::new();
    let mut subjects: BTreeMap<(String, Vec<u8>), First> = BTreeMap::new();
    let mut accounts: BTreeMap<Address, (usize, String)> = BTreeMap::new();
    let mut kinds: BTreeMap<String, u8> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries.iter() {
        let mut problem = |column: &str, what: String| {
            problems.push(Problem { row: entry.row, column: column.into(), what });
        };
        if let Some(first) = numbers.insert(entry.number, entry.row) {
            problem(&entry.number_column, format!("{} stands in row {first} too", entry.number.in_full()));
        }
        let (code, document) = entry.who();
        let name = &entry.subject.name;
        let who = (code.to_owned(), document.to_vec());
        let own = First { row: entry.row, name: name.clone(), account: entry.account };
        let first = subjects.entry(who).or_insert(own);
        if normalise_name(&first.name) != normalise_name(name) {
            problem(
                "",
                format!(
                    "the subject {code} is called {name:?} here and {:?} in row {}",
                    first.name, first.row
                ),
            );
        }
        if first.account != entry.account && !entry.account.is_zero() {
            problem(
                "",
                format!("the subject {code} has another account in row {}; a provider has one", first.row),
            );
        }
        if !entry.account.is_zero() {
            let (row, other) = accounts.entry(entry.account).or_insert((entry.row, code.to_owned()));
            // Every row of an individual registers a provider of its own.
            if other != code || (code.is_empty() && *row != entry.row) {
                problem(
                    "",
                    format!(
                        "account {} acts for the subject {other} of row {row}; it acts for one provider",
                        entry.account
                    ),
                );
            }
        }
        if !code.is_empty() {
            *kinds.entry(code.to_owned()).or_default() |= entry.subject.kinds;
            let count = counts.entry(code.to_owned()).or_default();
            *count += 1;
            if *count == usize::from(FilingNumber::SERVICE_MAX) + 1 {
                problem(
                    "",
                    format!("the subject {code} has more than {} services", FilingNumber::SERVICE_MAX),
                );
            }
        }
    }
    // The first of a provider's rows registers it for all of them.
    for entry in entries {
        if let Some(kinds) = kinds.get(&entry.subject.uscc) {
            entry.subject.kinds = *kinds;
        }
    }
}

/// Whoever imports is of a supervisor: asked once, not for every row.
async fn require_hand(desk: &Desk, account: Address) -> Result<(), Failure> {
    if desk.ask(MEMBERS, &hasRoleCall { account, role: Role::Supervisor.number() }).await? {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "{account} may not import filings; accounts of supervisors may, on {}; nothing was sent",
        desk.chain.name
    )))
}

/// What the ledger has of these numbers: recorded, or proposed and waiting for the second hand.
async fn known(desk: &Desk, entries: &[Entry]) -> Result<BTreeMap<FilingNumber, Known>, Failure> {
    let mut proposed: BTreeMap<FilingNumber, u64> = BTreeMap::new();
    for log in desk.logs(ADDRESS, &[RecordProposed::SIGNATURE_HASH]).await? {
        if let Some(Event::RecordProposed(event)) = events::decode(&log)
            && let Ok(number) = FilingNumber::parse(&event.number)
        {
            proposed.insert(number, event.service);
        }
    }
    let bar = desk.bar(entries.len(), "looked up");
    let mut known = BTreeMap::new();
    for entry in entries {
        let text = entry.number.as_str();
        let mut service = desk.ask(ADDRESS, &serviceOfNumberCall { number: text.into() }).await?;
        if service == 0
            && let Some(waiting) = proposed.get(&entry.number)
            && desk.ask(ADDRESS, &proposalCall { service: *waiting }).await?.number == text
        {
            service = *waiting;
        }
        if service != 0 {
            let record = desk.ask(ADDRESS, &serviceCall { id: service }).await?;
            let waits = record.number.is_empty();
            known.insert(
                entry.number,
                Known { service, content: record.content, provider: record.provider, waits },
            );
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(known)
}

/// Providers of the sheet that the ledger has, by code, with the names that they declared.
async fn registered(desk: &Desk, entries: &[Entry]) -> Result<BTreeMap<String, Registered>, Failure> {
    let codes: BTreeSet<&String> =
        entries.iter().map(|entry| &entry.subject.uscc).filter(|uscc| !uscc.is_empty()).collect();
    let mut wanted = Vec::new();
    for uscc in codes {
        let id = desk.ask(ADDRESS, &providerOfCodeCall { uscc: uscc.clone() }).await?;
        if id != 0 {
            let content = desk.ask(ADDRESS, &providerCall { id }).await?.content;
            wanted.push((uscc.clone(), id, content));
        }
    }
    let providers: Vec<(u32, B256)> = wanted.iter().map(|(_, id, content)| (*id, *content)).collect();
    let names = forms::subjects_with(desk, &providers).await?;
    let named = wanted.into_iter().zip(names);
    Ok(named.map(|((uscc, id, _), subject)| (uscc, Registered { id, name: subject.name })).collect())
}

/// Names rows whose subject is known to the ledger under another name.
fn renamed(entries: &[Entry], registered: &BTreeMap<String, Registered>, problems: &mut Vec<Problem>) {
    for entry in entries {
        let Subject { uscc, name, .. } = &entry.subject;
        let Some(Registered { id, name: known }) = registered.get(uscc) else { continue };
        if normalise_name(name) != normalise_name(known) {
            problems.push(Problem {
                row: entry.row,
                column: entry.subject_column.clone(),
                what: format!(
                    "{uscc} is on the ledger as {known:?} (provider {id}), not as {name:?}; write that name, or enter the \
                     new one first: ding filing change-provider {id}"
                ),
            });
        }
    }
}

/// Compares rows whose numbers the ledger has with what it has: how many are the same, and what
/// differs.
async fn against(
    desk: &Desk,
    entries: &[Entry],
    known: &BTreeMap<FilingNumber, Known>,
) -> Result<(usize, Vec<Problem>), Failure> {
    let (mut same, mut problems) = (0usize, Vec::new());
    let mut codes: BTreeMap<u32, B256> = BTreeMap::new();
    for entry in entries {
        let Some(found) = known.get(&entry.number) else { continue };
        let code = match codes.get(&found.provider) {
            Some(code) => *code,
            None => {
                let code = desk.ask(ADDRESS, &providerCall { id: found.provider }).await?.uscc;
                codes.insert(found.provider, code);
                code
            }
        };
        let own = if entry.subject.uscc.is_empty() {
            B256::ZERO
        } else {
            B256::right_padding_from(entry.subject.uscc.as_bytes())
        };
        let what = if code != own {
            Some("of another subject")
        } else if found.content != content(&entry.form) {
            Some("with other content")
        } else {
            None
        };
        match what {
            None => same += 1,
            Some(what) => {
                let (number, service) = (entry.number.in_full(), found.service);
                problems.push(Problem {
                    row: entry.row,
                    column: entry.number_column.clone(),
                    what: format!("{number} is on the ledger as service {service}, {what}; see `ding filing show {service}`"),
                });
            }
        }
    }
    Ok((same, problems))
}

/// Fills in the commitments of the rows that register their provider, and of no others: what the ledger
/// knows of a provider stays as it is. Without a file for the salts, for a dry run, they are thrown away.
fn commit(entries: &mut [Entry], registered: &BTreeMap<String, Registered>, salts: Option<&mut Salts>) {
    let mut thrown = Salts::none();
    let salts = salts.unwrap_or(&mut thrown);
    let mut first: BTreeMap<String, Subject> = BTreeMap::new();
    for entry in entries {
        let uscc = entry.subject.uscc.clone();
        if registered.contains_key(&uscc) {
            continue;
        }
        if let Some(first) = first.get(&uscc) {
            entry.subject = first.clone();
            continue;
        }
        let who = entry.number.as_str().to_owned();
        if !entry.document.is_empty() {
            entry.subject.subject =
                salts.commit(&who, "number of the identity document, normalised", &entry.document);
        }
        entry.subject.person =
            salts.commit(&who, "person in charge: JSON of the sheet's cells", &entry.person);
        entry.subject.details =
            salts.commit(&who, "rest of the form: JSON of the sheet's cells", &entry.details);
        if !uscc.is_empty() {
            first.insert(uscc, entry.subject.clone());
        }
    }
}

/// Numbers as the command line takes them: 1-3,7.
fn ranges(numbers: &BTreeSet<u64>) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let part = |(first, last): &(u64, u64)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

/// Says what was done with so many rows, of which some were new and some there, and what waits for its
/// second hand now, imported this time or before.
fn report(
    desk: &Desk,
    (rows, new, skipped): (usize, usize, usize),
    imported: &[u64],
    waiting: &BTreeSet<u64>,
    warnings: &[String],
) -> Result<(), Failure> {
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "rows": rows, "new": new, "same": skipped, "dryRun": desk.hand.dry_run,
            "imported": imported.len(), "services": imported, "waiting": waiting,
            "warnings": warnings.iter().map(|w| Value::from(w.as_str())).collect::<Vec<_>>(),
        }));
    }
    let mut out = vec![("rows", rows.to_string()), ("there already", skipped.to_string())];
    if desk.hand.dry_run {
        out.push(("would be taken", format!("{}; nothing was sent (--dry-run)", plural(new, "filing"))));
    } else {
        out.push(("imported", plural(imported.len(), "filing")));
    }
    if !waiting.is_empty() {
        let list = ranges(waiting);
        out.push(("to be recorded", format!("{}: {list}", plural(waiting.len(), "service"))));
        out.push(("next", format!("a second person records them: ding filing record {list}")));
    }
    say(&table(&out))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn numbers_are_named_as_the_command_line_takes_them() {
        for (numbers, text) in [(&[7][..], "7"), (&[1, 2, 3, 7, 9, 10], "1-3,7,9-10"), (&[], "")] {
            assert_eq!(ranges(&numbers.iter().copied().collect()), text);
        }
    }
}
