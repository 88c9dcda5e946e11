//! What people write on the command line: accounts, days, times, digests, organisations, modules.

use super::{desk::Desk, evidence};
use crate::{
    failure::Failure,
    text,
    wallet::{self, Accounts},
};
use ding_modules::{
    calendar::Day,
    identity::Reason,
    ids::{self, FilingNumber},
    members,
    members::abi::IMembers::{Organisation, organisationCall, organisationCountCall},
    registry,
    services::{self, abi::IServices::serviceOfNumberCall},
    uscc,
};
use ding_primitives::{Address, B256};
use std::{
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

/// Milliseconds of the units of a duration.
const UNITS: [(char, u64); 5] =
    [('w', 7 * 86_400_000), ('d', 86_400_000), ('h', 3_600_000), ('m', 60_000), ('s', 1_000)];

/// An account: `0x` and 40 hexadecimal digits. Mixed case is a checksum (EIP-55) and has to fit.
pub(super) fn account(text: &str) -> Result<Address, String> {
    let address: Address =
        text.parse().map_err(|_| "want an account: 0x and 40 hexadecimal digits".to_owned())?;
    let digits = text.trim_start_matches("0x");
    let mixed =
        digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if mixed && address.to_checksum(None).trim_start_matches("0x") != digits {
        return Err(format!(
            "upper and lower case do not fit the account (EIP-55): a digit is wrong; {address} would fit"
        ));
    }
    Ok(address)
}

/// An account that somebody names: by its address, or as `--key` takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// By its address.
    Account(Address),
    /// By the name of a key file, or of a part on a development chain.
    Name(String),
}

/// An account by its address or a name.
///
/// # Errors
///
/// It begins like an address and is none.
pub(super) fn who(text: &str) -> Result<Who, String> {
    let begins = text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    match account(text) {
        Ok(account) => Ok(Who::Account(account)),
        Err(why) if begins => Err(why),
        Err(_) => Ok(Who::Name(text.to_owned())),
    }
}

impl Who {
    /// The account. Names of parts mean test accounts, whose keys everybody knows: on development
    /// chains only.
    ///
    /// # Errors
    ///
    /// Nothing has this name.
    pub(super) fn of(&self, desk: &Desk) -> Result<Address, Failure> {
        let name = match self {
            Self::Account(account) => return Ok(*account),
            Self::Name(name) => name,
        };
        let part = wallet::development_part(name).filter(|_| desk.chain.development);
        if let Some(account) = part {
            return Ok(account);
        }
        let known = Accounts::new(&desk.hand.accounts).address_of(name);
        known.ok_or_else(|| {
            let parts = wallet::DEVELOPMENT_PARTS.map(|(name, _)| name).join(", ");
            let parts =
                if desk.chain.development { format!(", nor one of {parts}") } else { String::new() };
            Failure::Input(format!(
                "{name:?} is no account: want 0x and 40 hexadecimal digits, or the name of a key file in {}{parts}",
                desk.hand.accounts.display()
            ))
        })
    }
}

/// A day, as `2026-02-28`.
pub(super) fn day(text: &str) -> Result<Day, String> {
    text.parse::<Day>().map_err(|error| error.to_string())
}

/// A number of something that the ledger counts.
///
/// # Errors
///
/// It is none, or too large for what it numbers.
pub(super) fn number<T: core::str::FromStr>(text: &str) -> Result<T, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("{text:?} is no number: want digits only, as lists and answers show it"));
    }
    text.parse().map_err(|_| format!("{text} is too large for what is numbered here"))
}

/// 32 bytes in hexadecimal, with or without 0x.
pub(super) fn word(text: &str) -> Result<B256, String> {
    text.parse().map_err(|_| "want 64 hexadecimal digits".to_owned())
}

/// A length of time: a number and `w`, `d`, `h`, `m` or `s`; several one behind the other add up.
pub(super) fn duration_ms(text: &str) -> Result<u64, String> {
    let want = || format!("{text:?} is no length of time; write it as 90d, 36h, 1h30m or 45s");
    let (mut sum, mut digits) = (0u64, String::new());
    for sign in text.chars() {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == sign).ok_or_else(want)?;
        let number: u64 = digits.parse().map_err(|_| want())?;
        sum = number.checked_mul(*unit).and_then(|ms| sum.checked_add(ms)).ok_or_else(want)?;
        digits.clear();
    }
    if sum == 0 || !digits.is_empty() { Err(want()) } else { Ok(sum) }
}

/// A moment: a day, or a length of time from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// A day in Beijing.
    Day(Day),
    /// So many milliseconds from now on.
    After(u64),
}

/// A moment, as `2026-02-28` or `90d`.
pub(super) fn moment(text: &str) -> Result<Moment, String> {
    match text.parse::<Day>() {
        Ok(day) => Ok(Moment::Day(day)),
        Err(_) => duration_ms(text)
            .map(Moment::After)
            .map_err(|_| format!("{text:?} is neither a day (2026-02-28) nor a length of time (90d, 36h)")),
    }
}

impl Moment {
    /// Where it is a beginning: the first millisecond of the day in Beijing.
    pub(super) fn begin_ms(self) -> u64 {
        match self {
            Self::Day(day) => day.start_ms(),
            Self::After(ms) => now_ms().saturating_add(ms),
        }
    }

    /// Where it is an end: 24:00 of the day in Beijing.
    pub(super) fn end_ms(self) -> u64 {
        match self {
            Self::Day(day) => day.end_ms(),
            Self::After(ms) => now_ms().saturating_add(ms),
        }
    }
}

/// The time of this machine.
pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    u64::try_from(since).unwrap_or(u64::MAX)
}

/// A time for people; `none` for 0.
pub(super) fn time(ms: u64, none: &str) -> String {
    if ms == 0 { none.to_owned() } else { text::both_times(ms) }
}

/// A day for people, with its name.
pub(super) fn day_text(day: u32, provisional: bool) -> String {
    let day = Day::new(day);
    let name = match day.weekday() {
        1 => "Monday",
        2 => "Tuesday",
        3 => "Wednesday",
        4 => "Thursday",
        5 => "Friday",
        6 => "Saturday",
        _ => "Sunday",
    };
    let note = if provisional { ", provisional: a year without a table is counted" } else { "" };
    format!("{day}, a {name}{note}")
}

/// The digest of a document: SHA-256 of the file of this name, or 64 hexadecimal digits as they are.
///
/// # Errors
///
/// There is no such file, or the digest is all zero.
pub(super) fn digest(text: &str) -> Result<B256, Failure> {
    let path = PathBuf::from(text);
    let digest = match word(text) {
        // A file of this name is what a person means, whatever it looks like.
        Ok(digest) if !path.exists() => digest,
        _ => evidence::file::one(&path)?.sha256,
    };
    if digest.is_zero() {
        return Err(Failure::Input("the digest is all zero, which means none; name the document".into()));
    }
    Ok(digest)
}

/// As [`digest`]; all zero if nothing was named.
///
/// # Errors
///
/// As [`digest`].
pub(super) fn digest_or_none(text: Option<&str>) -> Result<B256, Failure> {
    text.map_or(Ok(B256::ZERO), digest)
}

/// An organisation of the ledger.
///
/// # Errors
///
/// There is none with this number.
pub(super) async fn organisation(desk: &Desk, id: u32) -> Result<Organisation, Failure> {
    desk.ask(members::state::ADDRESS, &organisationCall { id }).await
}

/// The number of the organisation that a person means: by number, name, or unified social credit
/// code.
///
/// # Errors
///
/// There is none of this name, or the member does not answer.
pub(super) async fn organisation_number(desk: &Desk, text: &str) -> Result<u32, Failure> {
    let count = desk.ask(members::state::ADDRESS, &organisationCountCall {}).await?;
    if let Ok(number) = text.parse::<u32>() {
        return if (1..=count).contains(&number) {
            Ok(number)
        } else {
            Err(Failure::Input(format!(
                "there is no organisation {number}; they are numbered from 1 to {count}"
            )))
        };
    }
    let wanted = ids::normalise_name(text);
    let code = uscc::parse(text).ok();
    for number in 1..=count {
        let known = organisation(desk, number).await?;
        let named = wanted.is_some() && ids::normalise_name(&known.name) == wanted;
        if named || code.as_ref() == Some(&known.code) {
            return Ok(number);
        }
    }
    Err(Failure::Input(format!(
        "no organisation is called {text:?}, and none has this code; `ding vote organisations` shows all {count}"
    )))
}

/// The service that a person means: by its id (64 hexadecimal digits) or its filing number.
///
/// # Errors
///
/// It is neither, or no service has this number; or the member does not answer.
pub(super) async fn service(desk: &Desk, text: &str) -> Result<B256, Failure> {
    if let Ok(id) = word(text) {
        return Ok(id);
    }
    let number = FilingNumber::parse(text).map_err(|error| {
        Failure::Input(format!(
            "{text:?} is no id of a service (64 hexadecimal digits) and no filing number: {error}"
        ))
    })?;
    let call = serviceOfNumberCall { number: number.as_str().to_owned() };
    let id = desk.ask(services::state::ADDRESS, &call).await?;
    if id.is_zero() {
        return Err(Failure::Input(format!("no service has the filing number {}", number.in_full())));
    }
    Ok(id)
}

/// The module that a person means: by name or address.
///
/// # Errors
///
/// Names the modules there are.
pub(super) fn module(text: &str) -> Result<Address, String> {
    let named = registry::by_name(text).map(|module| module.address());
    let found =
        named.or_else(|| text.parse().ok().filter(|address| registry::by_address(*address).is_some()));
    found.ok_or_else(|| {
        let names: Vec<&str> = registry::MODULES.iter().map(|module| module.name()).collect();
        format!("there is no module {text:?}; the modules are {}", names.join(", "))
    })
}

/// Why an identity step is taken, by name or number.
///
/// # Errors
///
/// Names the reasons there are.
pub(super) fn reason(text: &str) -> Result<Reason, String> {
    let number = || text.parse().ok().and_then(Reason::from_number);
    let names = || Reason::ALL.iter().map(|reason| reason.name()).collect::<Vec<_>>().join(", ");
    Reason::from_name(text).or_else(number).ok_or_else(|| format!("reasons are {}", names()))
}

/// The name of the module at an address, or the address.
pub(super) fn module_name(address: Address) -> String {
    registry::by_address(address).map_or_else(|| address.to_string(), |module| module.name().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_add_up_and_everything_else_is_refused_by_name() {
        assert_eq!(duration_ms("1h30m"), Ok(5_400_000));
        assert_eq!(duration_ms("2w"), Ok(14 * 86_400_000));
        for wrong in ["", "5", "d", "-1d", "1y", "1d5", "0s", "99999999999999999999d", "1.5h"] {
            assert!(duration_ms(wrong).unwrap_err().contains("90d"), "{wrong}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_beijing() {
        let Ok(Moment::Day(day)) = moment("2026-02-28") else { panic!("no day") };
        assert_eq!(Moment::Day(day).end_ms(), 1_772_294_400_000); // 2026-02-28T16:00:00Z
        assert_eq!(Moment::Day(day).begin_ms(), 1_772_208_000_000);
        assert!(moment("2026-02-30").is_err() && moment("tomorrow").is_err());
    }

    #[test]
    fn an_account_with_a_wrong_digit_is_told_by_its_checksum() {
        let good = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(account(good).unwrap(), account(&good.to_lowercase()).unwrap());
        assert!(account("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92267").unwrap_err().contains("EIP-55"));
        assert!(account("0xf39F").is_err() && account("").is_err());
    }

    #[test]
    fn what_is_no_number_is_told_in_plain_words() {
        assert_eq!(number::<u64>("2026000001"), Ok(2_026_000_001));
        for wrong in ["abc", "", "-1", "+1", "1.5", "0x1"] {
            assert!(number::<u64>(wrong).unwrap_err().contains("digits only"), "{wrong}");
        }
        assert!(number::<u16>("70000").unwrap_err().contains("too large"));
    }

    #[test]
    fn an_account_is_named_by_its_address_or_as_a_key() {
        let address = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert_eq!(who(address), Ok(Who::Account(address.parse().unwrap())));
        assert_eq!(who("provider"), Ok(Who::Name("provider".into())));
        assert!(who("0xf39F").unwrap_err().contains("40 hexadecimal digits"));
    }

    #[test]
    fn modules_are_known_by_name_and_address() {
        let calendar = module("calendar").unwrap();
        assert_eq!(module(&calendar.to_string()), Ok(calendar));
        assert_eq!(module_name(calendar), "calendar");
        assert!(module("calender").unwrap_err().contains("calendar"));
    }
}
