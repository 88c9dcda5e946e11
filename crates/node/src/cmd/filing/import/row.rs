//! Rows of a sheet of filings: the columns, and what each cell must be.

use crate::cmd::{
    sheet::{self, Column, Problem, Row},
    words::{self, word},
};
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::{Form, Subject, importFilingCall},
        clocks::GO_LIVE_MIN,
        public_texts,
        terms::{Category, IdType, Kind, Nature, ServiceForm, approval_wording},
    },
    ids::{FilingNumber, normalise},
    personal,
};
use ding_primitives::{Address, B256, limits};
use serde_json::json;
use std::collections::BTreeMap;

/// Columns of a sheet with filings.
pub(super) const COLUMNS: &[Column] = &[
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

/// A row as it will be sent.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) row: usize,
    pub(super) number_column: String,
    pub(super) subject_column: String,
    pub(super) number: FilingNumber,
    pub(super) confirmed: bool,
    pub(super) subject: Subject,
    pub(super) account: Address,
    pub(super) form: Form,
    pub(super) person: Vec<u8>,
    pub(super) details: Vec<u8>,
    /// Normalised number of an individual's document.
    pub(super) document: Vec<u8>,
}

impl Entry {
    /// The call that enters it.
    pub(super) fn call(&self) -> importFilingCall {
        importFilingCall {
            subject: self.subject.clone(),
            account: self.account,
            form: self.form.clone(),
            number: self.number.as_str().into(),
            confirmed: self.confirmed,
        }
    }

    /// What the subject is known by: its code, or the document of an individual.
    pub(super) fn who(&self) -> (&str, &[u8]) {
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
pub(super) fn entry(
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

#[cfg(test)]
mod tests {
    use super::{COLUMN_OF, COLUMNS, Form, public_texts};

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
}
