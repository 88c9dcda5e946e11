//! `ding filing import`: filings of the earlier register, out of a sheet, each its own transaction.
//!
//! - I1 everything is checked before the first transaction leaves: every row by itself and against the
//!   others, then against what the ledger has, then by asking the ledger whether it would take it.
//! - I2 the ledger itself says what is there: the same content is passed over, other content under the
//!   same number is named. So an import that was interrupted is started again as it was.
//! - I3 names, documents and telephones of people leave this machine as salted commitments only; the
//!   salts are on disk before anything is sent.

use super::forms::{self, content};
use crate::{
    cmd::{
        desk::{Desk, Hand, Job},
        sheet::{self, Column, Problem, Row, Sheet, refuse},
        words::{self, Salts, word},
    },
    failure::Failure,
    text::{plural, say, say_json, table},
    wallet::PrivateKeySigner,
};
use alloy_sol_types::{SolCall as _, SolEvent as _};
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::{
            Form, RecordProposed, Subject, importFilingCall, proposalCall, providerCall, providerOfCodeCall,
            serviceCall, serviceOfNumberCall,
        },
        clocks::GO_LIVE_MIN,
        events::{self, Event},
        public_texts,
        state::ADDRESS,
        terms::{Category, IdType, Kind, Nature, ServiceForm, approval_wording},
    },
    ids::{FilingNumber, normalise, normalise_name},
    members::{Role, abi::IMembers::hasRoleCall, state::ADDRESS as MEMBERS},
    personal,
};
use ding_primitives::{Address, B256, limits};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Columns of a sheet with filings.
const COLUMNS: &[Column] = &[
    Column {
        key: "number", names: &["备案编号", "备案号", "filing number", "number"], required: true
    },
    Column {
        key: "subject",
        names: &[
            "主体名称",
            "单位名称",
            "备案主体",
            "企业名称",
            "subject",
            "subject name",
            "provider",
            "company",
        ],
        required: true,
    },
    Column {
        key: "uscc",
        names: &["统一社会信用代码", "信用代码", "uscc", "credit code", "unified social credit code"],
        required: false,
    },
    Column {
        key: "service",
        names: &["服务名称", "区块链信息服务名称", "service", "service name", "name"],
        required: true,
    },
    Column {
        key: "category", names: &["服务类别", "类别", "category", "service category"], required: true
    },
    Column { key: "form", names: &["服务形式", "形式", "form", "service form"], required: true },
    Column {
        key: "field",
        names: &["应用领域", "领域", "field", "application area", "area"],
        required: true,
    },
    Column {
        key: "description", names: &["服务描述", "服务简介", "描述", "description"], required: true
    },
    Column {
        key: "server",
        names: &["服务器地址", "服务器所在地", "server", "server address"],
        required: true,
    },
    Column {
        key: "server-division",
        names: &["服务器行政区划", "服务器所在地代码", "server division"],
        required: true,
    },
    Column {
        key: "go-live",
        names: &["上线日期", "提供服务日期", "go live", "go-live date", "online since"],
        required: true,
    },
    Column {
        key: "person", names: &["负责人", "负责人姓名", "person in charge", "person"], required: true
    },
    Column { key: "province", names: &["属地", "省份", "所属省份", "province"], required: false },
    Column {
        key: "division",
        names: &["行政区划", "行政区划代码", "主体行政区划", "division"],
        required: false,
    },
    Column { key: "nature", names: &["主体性质", "nature"], required: false },
    Column { key: "id-type", names: &["证件类型", "id type"], required: false },
    Column { key: "id-number", names: &["证件号码", "证件号", "id number"], required: false },
    Column {
        key: "kind", names: &["提供者类型", "主体类型", "kind", "kind of provider"], required: false
    },
    Column {
        key: "site",
        names: &["网址", "网站", "服务网址", "平台地址", "site", "url", "website"],
        required: false,
    },
    Column { key: "icp", names: &["ICP备案号", "ICP", "icp filing", "icp number"], required: false },
    Column { key: "consensus", names: &["共识机制", "consensus"], required: false },
    Column {
        key: "cross-border", names: &["跨境说明", "数据跨境说明", "cross border"], required: false
    },
    Column { key: "account", names: &["账户", "链上账户", "account"], required: false },
    Column { key: "person-id", names: &["负责人证件号码", "person id number"], required: false },
    Column { key: "phone", names: &["办公电话", "电话", "phone", "telephone"], required: false },
    Column { key: "mobile", names: &["手机", "手机号码", "mobile"], required: false },
    Column { key: "email", names: &["邮箱", "电子邮箱", "email"], required: false },
    Column { key: "address", names: &["通讯地址", "详细地址", "address"], required: false },
    Column { key: "investor", names: &["投资人", "主管单位", "investor"], required: false },
];

/// Cells that are committed to as the person in charge, and as the rest of the form.
const PERSON: [&str; 4] = ["person", "person-id", "mobile", "email"];
const DETAILS: [&str; 3] = ["phone", "address", "investor"];

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

/// A row as it will be sent.
#[derive(Debug)]
struct Entry {
    row: usize,
    number_column: String,
    subject_column: String,
    number: FilingNumber,
    confirmed: bool,
    subject: Subject,
    account: Address,
    form: Form,
    person: Vec<u8>,
    details: Vec<u8>,
    /// Normalised number of an individual's document.
    document: Vec<u8>,
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
        let mut entries = sheet.each(|row, problems| entry(row, self.confirmed, problems, &mut warnings));
        compare(&mut entries, &mut sheet.problems);
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

impl Entry {
    fn call(&self) -> importFilingCall {
        importFilingCall {
            subject: self.subject.clone(),
            account: self.account,
            form: self.form.clone(),
            number: self.number.as_str().into(),
            confirmed: self.confirmed,
        }
    }

    /// What the subject is known by: its code, or the document of an individual.
    fn who(&self) -> (&str, &[u8]) {
        (&self.subject.uscc, &self.document)
    }
}

/// A text of at most so many bytes without personal data.
fn public(text: &str, bytes_max: usize) -> Result<String, String> {
    let tidy = words::tidy(text);
    if tidy.len() > bytes_max {
        return Err(format!("{} bytes, at most {bytes_max} are allowed", tidy.len()));
    }
    if tidy.chars().any(|sign| sign.is_control() && !matches!(sign, '\n' | '\t')) {
        return Err("it has control characters; remove them".into());
    }
    match personal::find(tidy.as_bytes()) {
        Some(found) => Err(format!(
            "it holds a {}; personal data never go on the ledger, take it out of the text",
            found.kind
        )),
        None => Ok(tidy),
    }
}

fn line(text: &str) -> Result<String, String> {
    public(text, limits::FILING_LINE_BYTES_MAX)
}

/// A text of a form that does not speak of an approval.
fn modest(text: String) -> Result<String, String> {
    match approval_wording(&text) {
        Some(phrase) => {
            Err(format!("{phrase:?} presents the filing as an approval, which it is not; take it out"))
        }
        None => Ok(text),
    }
}

fn own_name(text: &str) -> Result<String, String> {
    modest(words::name(&public(text, limits::NAME_TEXT_BYTES_MAX)?)?)
}

fn account(text: &str) -> Result<Address, String> {
    let account = text.parse::<Address>().ok().filter(|account| !account.is_zero());
    account.ok_or_else(|| format!("{:?} is no account; want 0x and 40 digits", words::cut(text)))
}

/// Cells that are committed to: a JSON object of those that hold something, keys in order.
fn value(row: &Row<'_>, keys: &[&str], problems: &mut Vec<Problem>) -> Vec<u8> {
    let cells: BTreeMap<&str, String> = keys
        .iter()
        .filter_map(|key| Some((*key, row.take(key, problems, |text| Ok(words::tidy(text)))?)))
        .collect();
    json!(cells).to_string().into_bytes()
}

/// Reads a row; what is wrong is collected.
fn entry(
    row: Row<'_>,
    confirmed: bool,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) -> Option<Entry> {
    let number = row.need("number", problems, |text| {
        let number = FilingNumber::parse(text).map_err(|error| error.to_string())?;
        let (year, now) = (u32::from(number.year()), words::today().year());
        if year > now && !confirmed {
            let full = number.in_full();
            return Err(format!(
                "{full} is of the year {year}, which has not begun; --confirmed takes it if the public list has it so"
            ));
        }
        Ok(number)
    });
    let wrong = number.and_then(|number| number.check().err());
    if let Some(wrong) = wrong {
        warnings.push(format!("row {}, column {}: {wrong}", row.number, row.column("number")));
    }
    let subject = subject(row, number, problems);
    let form = form(row, problems);
    let account = row.take("account", problems, account);
    row.need("person", problems, |_| Ok(()));
    let person = value(&row, &PERSON, problems);
    let details = value(&row, &DETAILS, problems);
    let (subject, document) = subject?;
    Some(Entry {
        row: row.number,
        number_column: row.column("number"),
        subject_column: row.column("subject"),
        number: number?,
        confirmed: confirmed || wrong.is_some(),
        subject,
        account: account.unwrap_or_default(),
        form: form?,
        person,
        details,
        document,
    })
}

/// Who filed, and the normalised number of an individual's document.
fn subject(
    row: Row<'_>,
    number: Option<FilingNumber>,
    problems: &mut Vec<Problem>,
) -> Option<(Subject, Vec<u8>)> {
    let nature = row.take("nature", problems, word::<Nature>).unwrap_or(Nature::Organisation);
    let is_organisation = nature == Nature::Organisation;
    let id_type = row.take("id-type", problems, word::<IdType>);
    let id_type = id_type.unwrap_or(if is_organisation { IdType::CreditCode } else { IdType::ResidentId });
    if (id_type == IdType::CreditCode) != is_organisation {
        let what = "organisations are known by their credit code, individuals never";
        problems.push(row.problem(if is_organisation { "id-type" } else { "nature" }, what));
    }
    let (mut uscc, mut document) = (None, None);
    if is_organisation {
        // Some sheets have the code in the column of document numbers.
        let key =
            if row.text("uscc") == Ok("") && row.text("id-number") != Ok("") { "id-number" } else { "uscc" };
        uscc = row.need(key, problems, words::code);
    } else {
        document = row.need("id-number", problems, |text| {
            normalise(text)
                .filter(|number| !number.is_empty())
                .ok_or_else(|| "it is no number of a document".to_owned())
        });
        if row.text("uscc") != Ok("") {
            problems.push(row.problem("uscc", "an individual has no credit code"));
        }
    }
    // An individual's name stays in the sheet.
    let name = row
        .need("subject", problems, |text| if is_organisation { own_name(text) } else { Ok(String::new()) });
    let province = row.take("province", problems, words::province);
    let division = row.take("division", problems, words::division).or_else(|| Some(number?.division()));
    if let (Some(number), Some(division)) = (number, division) {
        if number.division() / 10_000 != division / 10_000 {
            let what =
                format!("division {division} and the number, of {}, are of two provinces", number.division());
            problems.push(row.problem("division", what));
        }
        if let Some(province) = province.filter(|province| *province != number.province()) {
            let what =
                format!("{} and the number, of {}, disagree", province.name(), number.province().name());
            problems.push(row.problem("province", what));
        }
    }
    let category = word::<Category>(row.text("category").unwrap_or_default()).ok();
    let kinds = row.take("kind", problems, |text| {
        text.split(['、', ',', ';', '，', '；'])
            .try_fold(0, |bits, part| Ok(bits | word::<Kind>(part)?.number()))
    });
    // What a provider is follows from what it provides, unless the sheet says it.
    let kinds = kinds.unwrap_or(match category {
        Some(Category::Technology) => Kind::Technology.number(),
        _ => Kind::Service.number(),
    });
    let subject = Subject {
        nature: nature.number(),
        idType: id_type.number(),
        kinds,
        division: division?,
        uscc: if is_organisation { uscc? } else { String::new() },
        name: name?,
        // Committed to once the row is known to be new.
        subject: B256::ZERO,
        person: B256::ZERO,
        details: B256::ZERO,
    };
    Some((subject, document.unwrap_or_default().into_bytes()))
}

fn form(row: Row<'_>, problems: &mut Vec<Problem>) -> Option<Form> {
    let text = |text: &str| public(text, limits::FILING_TEXT_BYTES_MAX);
    let name = row.need("service", problems, |cell| words::name(&public(cell, limits::NAME_TEXT_BYTES_MAX)?));
    let category = row.need("category", problems, word::<Category>);
    let kind = row.need("form", problems, word::<ServiceForm>);
    let field = row.need("field", problems, line);
    let description = row.need("description", problems, text);
    let server = row.need("server", problems, line);
    let division = row.need("server-division", problems, words::division_or_abroad);
    let go_live = row.need("go-live", problems, |cell| {
        let day = sheet::day(cell)?;
        let last = words::today().plus(limits::FILING_DAYS_AHEAD_MAX).unwrap_or_default();
        if (GO_LIVE_MIN..=last).contains(&day) {
            return Ok(day);
        }
        Err(format!("{day} is not between {GO_LIVE_MIN} and {last}"))
    });
    let optional = |key, problems: &mut Vec<Problem>| row.take(key, problems, line).unwrap_or_default();
    let (site, icp) = (optional("site", problems), optional("icp", problems));
    let consensus = optional("consensus", problems);
    let cross_border = row.take("cross-border", problems, text).unwrap_or_default();
    let address = site.to_ascii_lowercase();
    let has_site = ["http://", "https://", "www."].iter().any(|start| address.starts_with(start));
    if kind == Some(ServiceForm::Website) && site.is_empty() && row.text("site") == Ok("") {
        problems.push(row.problem("site", "a website needs its address"));
    } else if (has_site || kind == Some(ServiceForm::Website)) && icp.is_empty() && row.text("icp") == Ok("")
    {
        problems.push(row.problem("icp", "a site needs its ICP filing number"));
    }
    if division == Some(0) && cross_border.is_empty() {
        problems.push(
            row.problem("cross-border", "servers abroad need an explanation of data that crosses the border"),
        );
    }
    let form = Form {
        name: name?,
        category: category?.number(),
        form: kind?.number(),
        field: field?,
        site,
        icp,
        description: description?,
        server: server?,
        serverDivision: division?,
        consensus,
        crossBorder: cross_border,
        goLive: go_live.map(Day::get)?,
        places: Vec::new(),
    };
    for (field, text) in public_texts(&form) {
        if let Err(what) = modest(text.to_owned()) {
            let key = COLUMN_OF.iter().find(|(known, _)| *known == field).map_or("service", |(_, key)| key);
            problems.push(row.problem(key, what));
        }
    }
    Some(form)
}

/// Columns of the texts that the public reads, by the names of their fields in the form.
const COLUMN_OF: [(&str, &str); 7] = [
    ("name", "service"),
    ("description", "description"),
    ("field", "field"),
    ("server", "server"),
    ("site", "site"),
    ("consensus", "consensus"),
    ("crossBorder", "cross-border"),
];

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
    use super::{COLUMN_OF, COLUMNS, Form, public_texts, ranges};

    #[test]
    fn every_text_that_the_public_reads_has_its_column() {
        let form = Form {
            name: String::new(),
            category: 0,
            form: 0,
            field: String::new(),
            site: String::new(),
            icp: String::new(),
            description: String::new(),
            server: String::new(),
            serverDivision: 0,
            consensus: String::new(),
            crossBorder: String::new(),
            goLive: 0,
            places: Vec::new(),
        };
        for (field, _) in public_texts(&form) {
            let key = COLUMN_OF.iter().find(|(known, _)| *known == field).map(|(_, key)| *key);
            assert!(COLUMNS.iter().any(|column| Some(column.key) == key), "{field}");
        }
    }

    #[test]
    fn numbers_are_named_as_the_command_line_takes_them() {
        for (numbers, text) in [(&[7][..], "7"), (&[1, 2, 3, 7, 9, 10], "1-3,7,9-10"), (&[], "")] {
            assert_eq!(ranges(&numbers.iter().copied().collect()), text);
        }
    }
}
