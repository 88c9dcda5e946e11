//! What people write on the command line and in the cells of sheets: days, numbers, terms, texts and
//! digests, brought into their normal form or refused with what is wrong.
//!
//! Personal data is read from files only, and leaves this program as a salted commitment. The salts
//! go to a file that only its owner may read.

use super::evidence::file;
use crate::failure::Failure;
use ding_modules::{
    calendar::Day,
    filing::terms::{
        Article, Category, Clock, Duty, Format, Ground, IdType, Kind as ProviderKind, Material, Measure,
        Nature, Reason, ServiceForm,
    },
    identity::commitment::commit,
    ids::{Province, check_name, normalise, text::half_width},
    pilot::terms as pilot,
    uscc,
};
use ding_primitives::{B256, limits};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};
use zeroize::Zeroizing;

/// Bytes of a salt: as many as the digest has.
const SALT_BYTES: usize = 32;
/// Bytes of a text that is read from a file.
const TEXT_BYTES_MAX: u64 = 64 * 1024;
/// Who may read a file with salts: its owner.
const SALT_FILE_MODE: u32 = 0o600;

/// A term of a fixed vocabulary, as forms and people name it.
pub(crate) trait Word: Sized + Copy + Send + Sync + 'static {
    /// What the vocabulary is called.
    const WHAT: &'static str;
    /// Every term.
    fn all() -> Vec<Self>;
    /// Its number in the interface.
    fn number(self) -> u8;
    /// What the command line calls it.
    fn name(self) -> &'static str;
    /// What Chinese forms call it.
    fn official(self) -> Vec<&'static str>;
}

macro_rules! words {
    ($($name:ty, $what:literal, $($term:pat => [$($official:expr),*]),+;)*) => {$(
        impl Word for $name {
            const WHAT: &'static str = $what;
            fn all() -> Vec<Self> {
                Self::ALL.to_vec()
            }
            fn number(self) -> u8 {
                // The inherent one.
                <$name>::number(self)
            }
            fn name(self) -> &'static str {
                <$name>::name(self)
            }
            fn official(self) -> Vec<&'static str> {
                match self { $($term => vec![$($official),*]),+ }
            }
        }
    )*};
}

words! {
    Nature, "nature of the subject",
        Nature::Organisation => ["单位", "企业", "组织", "机构"], Nature::Individual => ["个人", "自然人"];
    IdType, "identity document",
        IdType::CreditCode => ["统一社会信用代码"], IdType::ResidentId => ["身份证", "居民身份证"],
        IdType::Passport => ["护照"], IdType::TaiwanPermit => ["台胞证", "台湾居民来往大陆通行证"],
        IdType::HongKongMacauPass => ["港澳通行证", "港澳居民来往内地通行证"];
    ProviderKind, "kind of provider",
        ProviderKind::Service => ["服务提供者", "区块链信息服务提供者"], ProviderKind::Technology => ["技术支持者", "技术提供者"];
    Category, "service category",
        Category::Infrastructure => ["基础设施提供方", "基础设施"], Category::Application => ["应用运营方", "应用"],
        Category::Technology => ["技术提供方", "技术"];
    ServiceForm, "service form",
        ServiceForm::Website => ["网站"], ServiceForm::App => ["应用程序", "APP"],
        ServiceForm::OfficialAccount => ["公众号", "公众账号"], ServiceForm::MiniProgram => ["小程序"],
        ServiceForm::Client => ["客户端"], ServiceForm::Interface => ["接口", "API"], ServiceForm::Other => ["其他", "其它"];
    Material, "kind of attachment",
        Material::Licence => ["营业执照"], Material::PersonDocument => ["负责人证件"],
        Material::Statement => ["真实性承诺书", "真实性声明"], Material::Description => ["产品说明"],
        Material::Icp => ["ICP备案"], Material::Rules => ["管理规则", "平台公约"], Material::Other => ["其他"];
    Reason, "reason", _ => [];
    Clock, "clock", _ => [];
    Measure, "measure",
        Measure::Rectify => ["责令限期改正"], Measure::Warn => ["警告"], Measure::Suspend => ["暂停业务"], Measure::Fine => ["罚款"];
    Ground, "ground of a fine", Ground::Refusal => ["拒不改正"], Ground::Serious => ["情节严重"];
    Duty, "breach", _ => [];
    pilot::Class, "class", term => [pilot::Class::official(term)];
    pilot::Kind, "kind of pilot", term => [pilot::Kind::official(term)];
    pilot::Field, "field", term => [pilot::Field::official(term)];
    pilot::Zone, "zone", term => [pilot::Zone::official(term)];
    pilot::DocumentKind, "kind of document", term => [pilot::DocumentKind::official(term)];
    pilot::CommentKind, "kind of comment", term => [pilot::CommentKind::official(term)];
    pilot::Outcome, "outcome", term => [pilot::Outcome::official(term)];
    pilot::Assessment, "kind of assessment", term => [pilot::Assessment::official(term)];
    pilot::Verdict, "verdict", term => [pilot::Verdict::official(term)];
    pilot::Reason, "reason of the removal", term => [pilot::Reason::official(term)];
}

/// A term by its name, its official Chinese term, or its number.
///
/// # Errors
///
/// Lists the terms.
pub(crate) fn word<W: Word>(text: &str) -> Result<W, String> {
    let folded = fold(text).to_lowercase().replace([' ', '_'], "-");
    let number = folded.parse::<u8>().ok();
    let is_it = |term: &W| {
        term.name() == folded
            || Some(term.number()) == number
            || term.official().iter().any(|official| official.to_lowercase() == folded)
    };
    W::all().into_iter().find(is_it).ok_or_else(|| {
        let list = W::all().into_iter().map(|term| {
            let official = term.official().first().map(|first| format!(" {first}")).unwrap_or_default();
            format!("{} {}{official}", term.number(), term.name())
        });
        format!("{:?} is no {}; known are: {}", cut(text), W::WHAT, list.collect::<Vec<_>>().join(", "))
    })
}

/// Half width, without spaces at the ends.
pub(crate) fn fold(text: &str) -> String {
    text.chars().map(half_width).collect::<String>().trim().to_owned()
}

/// The start of a text, for errors.
pub(crate) fn cut(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A day: 2026-03-01, 2026/3/1, 20260301 or 2026年3月1日.
///
/// # Errors
///
/// There is no such day, or it is written otherwise.
pub(crate) fn day(text: &str) -> Result<Day, String> {
    let folded = fold(text);
    let wrong = || format!("{:?} is no day; write it as 2026-03-01", cut(text));
    let parts: Vec<&str> = if folded.len() == 8 && folded.bytes().all(|byte| byte.is_ascii_digit()) {
        let (year, rest) = folded.split_at(4);
        let (month, day) = rest.split_at(2);
        vec![year, month, day]
    } else {
        let bare = folded.strip_suffix('日').unwrap_or(&folded);
        bare.split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts.as_slice() else { return Err(wrong()) };
    let sized = year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    let digits = [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !sized || !digits {
        return Err(wrong());
    }
    let parsed = (year.parse::<u32>(), month.parse::<u8>(), day.parse::<u8>());
    let (Ok(year), Ok(month), Ok(day)) = parsed else { return Err(wrong()) };
    Day::from_civil(year, month, day).ok_or_else(wrong)
}

/// Today in Beijing, by the clock of this machine.
pub(crate) fn today() -> Day {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    Day::from_ms(u64::try_from(now).unwrap_or(u64::MAX))
}

/// A unified social credit code, normalised and checked.
///
/// # Errors
///
/// Says which character does not fit.
pub(crate) fn code(text: &str) -> Result<String, String> {
    uscc::parse(text).map_err(|error| format!("{:?} is no unified social credit code: {error}", cut(text)))
}

/// Signs of provinces and the names that lists print, without what follows them (省, 市, 自治区).
pub(crate) const PROVINCES: [(char, &str); 31] = [
    ('京', "北京"),
    ('津', "天津"),
    ('冀', "河北"),
    ('晋', "山西"),
    ('蒙', "内蒙古"),
    ('辽', "辽宁"),
    ('吉', "吉林"),
    ('黑', "黑龙江"),
    ('沪', "上海"),
    ('苏', "江苏"),
    ('浙', "浙江"),
    ('皖', "安徽"),
    ('闽', "福建"),
    ('赣', "江西"),
    ('鲁', "山东"),
    ('豫', "河南"),
    ('鄂', "湖北"),
    ('湘', "湖南"),
    ('粤', "广东"),
    ('桂', "广西"),
    ('琼', "海南"),
    ('渝', "重庆"),
    ('川', "四川"),
    ('贵', "贵州"),
    ('云', "云南"),
    ('藏', "西藏"),
    ('陕', "陕西"),
    ('甘', "甘肃"),
    ('青', "青海"),
    ('宁', "宁夏"),
    ('新', "新疆"),
];

/// A six-digit administrative division of a known province (GB/T 2260).
///
/// # Errors
///
/// It is not.
pub(crate) fn division(text: &str) -> Result<u32, String> {
    let wrong =
        || format!("{:?} is no division; want the six digits of GB/T 2260, such as 110108", cut(text));
    let normal = normalise(text).filter(|normal| normal.len() == 6).ok_or_else(wrong)?;
    let number = normal.parse::<u32>().map_err(|_| wrong())?;
    Province::of_division(number).map(|_| number).ok_or_else(wrong)
}

/// A division, or 0 for servers abroad.
///
/// # Errors
///
/// As [`division`].
pub(crate) fn division_or_abroad(text: &str) -> Result<u32, String> {
    match fold(text).to_lowercase().as_str() {
        "0" | "abroad" | "境外" => Ok(0),
        _ => division(text),
    }
}

/// First two digits of a division: 33, 330000, 浙 or 浙江.
///
/// # Errors
///
/// There is no such province.
pub(crate) fn province(text: &str) -> Result<Province, String> {
    let folded = fold(text);
    let digits =
        folded.get(..2).filter(|_| matches!(folded.len(), 2 | 6)).and_then(|two| two.parse::<u8>().ok());
    let mut signs = folded.chars();
    let by_sign = match (signs.next(), signs.next()) {
        (Some(sign), None) => Province::from_sign(sign),
        _ => None,
    };
    let by_name = || {
        let chinese = PROVINCES.iter().find(|(_, name)| folded.starts_with(name)).map(|(sign, _)| *sign);
        let english = || Province::all().find(|province| province.name().eq_ignore_ascii_case(&folded));
        chinese.and_then(Province::from_sign).or_else(english)
    };
    digits.and_then(Province::from_code).or(by_sign).or_else(by_name).ok_or_else(|| {
        format!("{:?} is no province; write its two digits (GB/T 2260), sign or name", cut(text))
    })
}

/// Yuan with at most two decimals, as fen.
///
/// # Errors
///
/// It is no amount.
pub(crate) fn fen(text: &str) -> Result<u64, String> {
    let wrong = || format!("{:?} is no amount; want yuan such as 10000 or 10000.50", cut(text));
    let folded = fold(text).replace(',', "");
    let folded = folded.strip_suffix('元').unwrap_or(&folded);
    let (yuan, rest) = folded.split_once('.').unwrap_or((folded, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || !digits(yuan) || !digits(rest) || rest.len() > 2 {
        return Err(wrong());
    }
    let cents = format!("{rest:0<2}").parse::<u64>().map_err(|_| wrong())?;
    let whole = yuan.parse::<u64>().ok().and_then(|yuan| yuan.checked_mul(100));
    whole.and_then(|whole| whole.checked_add(cents)).ok_or_else(wrong)
}

/// A name as it stands in the register: one line, no spaces at its ends.
///
/// # Errors
///
/// Says what does not fit.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    check_name(trimmed, limits::FILING_NAME_CHARS_MAX).map_err(|error| error.to_string())?;
    Ok(trimmed.to_owned())
}

/// A text: as it stands, or `@FILE` for what is in a file. Lines end with one sign, nothing stands at
/// the ends.
///
/// # Errors
///
/// The file cannot be read or is no text.
pub(crate) fn text(given: &str) -> Result<String, String> {
    let Some(path) = given.strip_prefix('@') else { return Ok(tidy(given)) };
    let cannot = |error: &dyn core::fmt::Display| format!("cannot read {path}: {error}");
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| cannot(&error))?;
    file.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;
    if bytes.len() as u64 > TEXT_BYTES_MAX {
        return Err(format!("{path} has more than {TEXT_BYTES_MAX} bytes; a text on the ledger is short"));
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("{path} is no text in UTF-8"))?;
    Ok(tidy(text.strip_prefix('\u{feff}').unwrap_or(&text)))
}

/// Ends of lines as one sign, nothing at the ends.
pub(crate) fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// A digest: 64 hexadecimal digits, or the SHA-256 of a file.
///
/// # Errors
///
/// It is neither, or all zero.
pub(crate) fn digest(given: &str) -> Result<B256, String> {
    let path = PathBuf::from(given);
    match given.parse::<B256>() {
        Ok(digest) if !path.exists() => {
            if digest.is_zero() {
                Err("the digest is all zero, which means none".into())
            } else {
                Ok(digest)
            }
        }
        _ => file::one(&path)
            .map(|found| found.sha256)
            .map_err(|failure| format!("{failure}; want a file, or 64 hexadecimal digits")),
    }
}

/// A file as the filing form takes it: `licence=licence.pdf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attached {
    /// What it is.
    pub(crate) kind: Material,
    /// PDF or image, by what is in it.
    pub(crate) format: Format,
    /// Its bytes.
    pub(crate) size: u32,
    /// Its SHA-256 digest.
    pub(crate) digest: B256,
}

/// An attachment: `KIND=FILE`.
///
/// # Errors
///
/// The kind is unknown, or the file is missing, too large, or neither PDF, JPEG nor PNG.
pub(crate) fn attachment(given: &str) -> Result<Attached, String> {
    let (kind, path) = given
        .split_once('=')
        .ok_or_else(|| format!("{:?} is no attachment; write it as licence=licence.pdf", cut(given)))?;
    let kind = word::<Material>(kind)?;
    let found = file::one(Path::new(path)).map_err(|failure| failure.to_string())?;
    let max = limits::FILING_ATTACHMENT_BYTES_MAX;
    let size = u32::try_from(found.bytes)
        .ok()
        .filter(|size| *size <= max)
        .ok_or_else(|| format!("{path} has {} bytes; an attachment has at most {max}", found.bytes))?;
    let mut start = [0; 8];
    let read = File::open(path).and_then(|file| file.take(8).read(&mut start));
    read.map_err(|error| format!("cannot read {path}: {error}"))?;
    let format = match start {
        [b'%', b'P', b'D', b'F', ..] => Format::Pdf,
        [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a] => Format::Png,
        _ => return Err(format!("{path} is neither PDF, JPEG nor PNG; those are what the form takes")),
    };
    Ok(Attached { kind, format, size, digest: found.sha256 })
}

/// A file that holds personal data; what is in it never leaves this machine.
///
/// # Errors
///
/// It cannot be read, is empty or too large.
pub(crate) fn personal(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let shown = path.display();
    let cannot = |error: std::io::Error| Failure::Input(format!("cannot read {shown}: {error}"));
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path).map_err(cannot)?.take(TEXT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.is_empty() || bytes.len() as u64 > TEXT_BYTES_MAX {
        let size = bytes.len();
        return Err(Failure::Input(format!(
            "{shown} has {size} bytes; 1 to {TEXT_BYTES_MAX} are committed to"
        )));
    }
    Ok(bytes)
}

/// The file that keeps salts: a line of JSON for each commitment. What stood in it stays.
#[derive(Debug)]
pub(crate) struct Salts {
    path: PathBuf,
    lines: Zeroizing<String>,
}

impl Salts {
    /// The file, which need not exist yet.
    ///
    /// # Errors
    ///
    /// Others than its owner may read it.
    pub(crate) fn at(path: &Path) -> Result<Self, Failure> {
        let mode = fs::metadata(path).map(|metadata| metadata.permissions().mode());
        if mode.is_ok_and(|mode| mode & 0o077 != 0) {
            let shown = path.display();
            return Err(Failure::Input(format!(
                "{shown} is open to others on this machine, and salts undo what a commitment hides; `chmod 600 {shown}` first"
            )));
        }
        Ok(Self { path: path.to_owned(), lines: Zeroizing::new(String::new()) })
    }

    /// Salts that are thrown away: of a rehearsal.
    pub(crate) fn none() -> Self {
        Self { path: PathBuf::new(), lines: Zeroizing::new(String::new()) }
    }

    /// Commits to a value with a new salt of the system's entropy. `of` says what it is, `who` whose;
    /// neither may be personal data.
    pub(crate) fn commit(&mut self, who: &str, of: &str, value: &[u8]) -> B256 {
        let salt = Zeroizing::new(rand::random::<[u8; SALT_BYTES]>());
        let commitment = commit(&*salt, value);
        let line = json!({
            "commitment": commitment, "of": of, "subject": who, "salt": Zeroizing::new(hex::encode(&*salt)).as_str(),
            "scheme": "sm3(u32be len(salt) || salt || u32be len(value) || value)",
        });
        self.lines.push_str(&line.to_string());
        self.lines.push('\n');
        commitment
    }

    /// Writes what is new to the end of the file and waits until the disk has it: a salt that is lost
    /// is a commitment that nobody can open.
    ///
    /// # Errors
    ///
    /// The disk does not take it.
    pub(crate) fn keep(&mut self) -> Result<(), Failure> {
        let cannot = |error: std::io::Error| {
            Failure::Failed(format!("cannot write {}: {error}; nothing was sent", self.path.display()))
        };
        let mut file = File::options()
            .append(true)
            .create(true)
            .mode(SALT_FILE_MODE)
            .open(&self.path)
            .map_err(cannot)?;
        file.write_all(self.lines.as_bytes()).and_then(|()| file.sync_all()).map_err(cannot)?;
        self.lines = Zeroizing::new(String::new());
        Ok(())
    }
}

/// An article of the penalty table: 19 to 22.
///
/// # Errors
///
/// It is none of them.
pub(crate) fn article(text: &str) -> Result<u8, String> {
    let (first, last) = (*Article::NUMBERS.start(), *Article::NUMBERS.end());
    let number = fold(text).parse::<u8>().ok().filter(|number| Article::NUMBERS.contains(number));
    number.ok_or_else(|| {
        format!("{:?} is no article of the penalty table; those are {first} to {last}", cut(text))
    })
}

/// A list of numbers: `3`, `1-197` or `1-3,7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbers(pub(crate) Vec<u64>);

impl FromStr for Numbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const MAX: usize = 100_000;
        let wrong = || format!("{:?} is no list of numbers; write it as 7 or 1-197 or 1-3,7", cut(text));
        let mut list = Vec::new();
        for part in text.split(',') {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let number = |digits: &str| digits.trim().parse::<u64>().ok().filter(|number| *number > 0);
            let (from, to) = (number(from).ok_or_else(wrong)?, number(to).ok_or_else(wrong)?);
            if from > to || to - from >= MAX as u64 || list.len() >= MAX {
                return Err(wrong());
            }
            list.extend(from..=to);
        }
        let mut seen = std::collections::BTreeSet::new();
        match list.iter().find(|number| !seen.insert(**number)) {
            Some(twice) => Err(format!("{twice} is named twice")),
            None => Ok(Self(list)),
        }
    }
}

/// A decimal number as written: digits and how many of them stand behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    digits: i64,
    decimals: u8,
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{:?} is no number; write it as 12 or 12.5", cut(text));
        let folded = fold(text).replace(',', "");
        let (sign, bare) = folded.strip_prefix('-').map_or(("", folded.as_str()), |bare| ("-", bare));
        let (whole, rest) = bare.split_once('.').unwrap_or((bare, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) || (bare.contains('.') && rest.is_empty()) {
            return Err(wrong());
        }
        let decimals = u8::try_from(rest.len()).ok().filter(|count| *count <= limits::PILOT_DECIMALS_MAX);
        let decimals = decimals.ok_or_else(|| {
            format!("{:?} has more than {} decimals", cut(text), limits::PILOT_DECIMALS_MAX)
        })?;
        let digits =
            format!("{sign}{whole}{rest}").parse().map_err(|_| format!("{:?} is too large", cut(text)))?;
        Ok(Self { digits, decimals })
    }
}

impl Amount {
    /// How many digits stand behind the point.
    pub(crate) const fn decimals(&self) -> u8 {
        self.decimals
    }

    /// The number in units of the last of so many decimals.
    ///
    /// # Errors
    ///
    /// It has more decimals, or becomes too large.
    pub(crate) fn scaled(&self, decimals: u8) -> Result<i64, String> {
        let text = decimal(self.digits, self.decimals);
        let more = decimals
            .checked_sub(self.decimals)
            .ok_or_else(|| format!("{text} has more than the {decimals} decimals of the indicator"))?;
        let scale = 10i64.checked_pow(more.into());
        scale.and_then(|scale| self.digits.checked_mul(scale)).ok_or_else(|| format!("{text} is too large"))
    }
}

/// An integer with a point before its last digits.
pub(crate) fn decimal(value: i64, decimals: u8) -> String {
    let digits = value.unsigned_abs().to_string();
    let wide = usize::from(decimals);
    let digits = format!("{digits:0>width$}", width = wide + 1);
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(wide));
    let sign = if value < 0 { "-" } else { "" };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

#[cfg(test)]
mod tests;
