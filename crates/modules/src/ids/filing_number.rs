//! Filing number of a blockchain information service under CAC Order No. 3, as printed on sites:
//! `京网信备11010519864491550014号`.
//!
//! | positions | meaning                                                              |
//! |-----------|----------------------------------------------------------------------|
//! | 1-6       | administrative division of the filer (GB/T 2260)                     |
//! | 7-8       | year of filing, two digits                                           |
//! | 9-16      | number of the filer                                                  |
//! | 17-19     | the filer's how-many-eth service                                     |
//! | 20        | check: ISO 7064 MOD 11-2 over 1-19, `0` to `9` or `X`                |
//!
//! The structure is inferred from published numbers; there is no official rule in print, and a number
//! was reported whose check does not fit. So what can be told from the number itself is refused when
//! it contradicts itself (length, characters, sign of the province against the division), while a
//! wrong check is only reported ([`FilingNumber::check`]): whoever takes such a number in asks for
//! confirmation against the public list. A number that is formed here always checks.

use super::{Province, digits, text};
use core::{fmt, str::FromStr};
use ding_primitives::B256;

/// The twenty characters of a filing number, of the right shape: 19 digits and a digit or `X`, of a
/// division in a known province. The check may be wrong: see [`FilingNumber::check`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilingNumber([u8; 20]);

/// The check character of an imported number is not the computed one: ask for confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the check character is {found}, computed {want}; compare the number with the public list and confirm it"
)]
pub struct WrongCheck {
    /// Character 20.
    pub found: char,
    /// What the first 19 give.
    pub want: char,
}

/// Why a text is no filing number, or why none can be formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilingNumberError {
    /// Not 20 characters.
    #[error("{0} characters; a filing number has 20, with or without \"网信备\" before and 号 behind")]
    Length(usize),
    /// Something other than a digit, or than `X` in the last place.
    #[error("character {0} is not allowed at its place; 19 digits and a digit or X are")]
    Character(usize),
    /// Words around the number that do not belong there.
    #[error("the words around the number are not a province's sign and \"网信备\" before, 号 behind")]
    Words,
    /// The first two digits are no province.
    #[error("division {0:06} is in no province; check the first six digits")]
    Division(u32),
    /// The sign of the province contradicts the division.
    #[error(
        "the sign {sign} stands for divisions {want}…, the number begins with {found}; one of them is wrong"
    )]
    Sign {
        /// The sign before the number.
        sign: char,
        /// The province's code.
        want: u8,
        /// The first two digits of the number.
        found: u8,
    },
    /// A number to be formed has a part outside its range.
    #[error("{part} {value} is outside {min} to {max}")]
    Range {
        /// Which part.
        part: &'static str,
        /// Its value.
        value: u32,
        /// Smallest allowed.
        min: u32,
        /// Largest allowed.
        max: u32,
    },
}

impl FilingNumberError {
    /// What is wrong with a normalised text that has not 20 bytes.
    fn shape(text: &str) -> Self {
        match (text.chars().count(), text.chars().position(|sign| !sign.is_ascii())) {
            (20, Some(index)) => Self::Character(index + 1),
            (chars, _) => Self::Length(chars),
        }
    }
}

impl FilingNumber {
    /// Year in which filing began.
    pub const YEAR_MIN: u16 = 2019;
    /// Last year that two digits can tell from the first.
    pub const YEAR_MAX: u16 = 2099;
    /// Largest number of a filer.
    pub const FILER_MAX: u32 = 99_999_999;
    /// Most services of one filer.
    pub const SERVICE_MAX: u16 = 999;

    /// Normalises a text and takes the number out of it: bare, or with the words around it.
    ///
    /// # Errors
    ///
    /// Says what does not fit. A wrong check is no error: see [`FilingNumber::check`].
    pub fn parse(text: &str) -> Result<Self, FilingNumberError> {
        let normal = text::normalise(text).ok_or(FilingNumberError::Length(text.chars().count()))?;
        let (before, number) = match normal.split_once("网信备") {
            Some((before, number)) => (Some(before), number.strip_suffix('号').unwrap_or(number)),
            None => (None, normal.as_str()),
        };
        if before.is_none() && number.contains('号') {
            return Err(FilingNumberError::Words);
        }
        let number = Self::from_ascii(number.as_bytes()).map_err(|error| match error {
            FilingNumberError::Length(_) => FilingNumberError::shape(number),
            other => other,
        })?;
        let Some(before) = before else { return Ok(number) };
        let mut signs = before.chars();
        let (Some(sign), None) = (signs.next(), signs.next()) else { return Err(FilingNumberError::Words) };
        let want = Province::from_sign(sign).ok_or(FilingNumberError::Words)?.code();
        let found = number.province().code();
        if want == found { Ok(number) } else { Err(FilingNumberError::Sign { sign, want, found }) }
    }

    /// Checks twenty normalised characters.
    ///
    /// # Errors
    ///
    /// Says what does not fit. A wrong check is no error: see [`FilingNumber::check`].
    pub fn from_ascii(bytes: &[u8]) -> Result<Self, FilingNumberError> {
        let number: [u8; 20] = bytes.try_into().map_err(|_| FilingNumberError::Length(bytes.len()))?;
        let [body @ .., last] = &number;
        let odd = body.iter().position(|byte| !byte.is_ascii_digit());
        if let Some(index) = odd.or_else(|| (!last.is_ascii_digit() && *last != b'X').then_some(19)) {
            return Err(FilingNumberError::Character(index + 1));
        }
        let number = Self(number);
        match Province::of_division(number.division()) {
            Some(_) => Ok(number),
            None => Err(FilingNumberError::Division(number.division())),
        }
    }

    /// Forms the number of a service: division of the filer, year, number of the filer, the filer's
    /// how-many-eth service from 1 on.
    ///
    /// # Errors
    ///
    /// Says which part is outside its range.
    pub fn form(division: u32, year: u16, filer: u32, service: u16) -> Result<Self, FilingNumberError> {
        if division > 999_999 || Province::of_division(division).is_none() {
            return Err(FilingNumberError::Division(division));
        }
        let in_range = |part, value: u32, min: u32, max: u32| {
            let error = FilingNumberError::Range { part, value, min, max };
            if (min..=max).contains(&value) { Ok(()) } else { Err(error) }
        };
        in_range("year", year.into(), Self::YEAR_MIN.into(), Self::YEAR_MAX.into())?;
        in_range("number of the filer", filer, 0, Self::FILER_MAX)?;
        in_range("number of the service", service.into(), 1, Self::SERVICE_MAX.into())?;
        let body = format!("{division:06}{:02}{filer:08}{service:03}", year % 100);
        let check = digits::mod11_2(body.as_bytes()).ok_or(FilingNumberError::Character(1))?;
        Self::from_ascii(&[body.as_bytes(), &[check]].concat())
    }

    /// Whether the check character is the computed one.
    ///
    /// # Errors
    ///
    /// Both characters if it is not.
    pub fn check(&self) -> Result<(), WrongCheck> {
        let [body @ .., found] = &self.0;
        match digits::mod11_2(body) {
            Some(want) if want != *found => {
                Err(WrongCheck { found: char::from(*found), want: char::from(want) })
            }
            _ => Ok(()),
        }
    }

    /// Six-digit administrative division of the filer.
    pub fn division(&self) -> u32 {
        self.part(0, 6)
    }

    /// Province of the division.
    pub fn province(&self) -> Province {
        Province::of_division(self.division()).expect("a filing number is made only of a known division")
    }

    /// Year of filing.
    pub fn year(&self) -> u16 {
        2000 + u16::try_from(self.part(6, 8)).unwrap_or_default()
    }

    /// Number of the filer.
    pub fn filer(&self) -> u32 {
        self.part(8, 16)
    }

    /// The filer's how-many-eth service.
    pub fn service(&self) -> u16 {
        u16::try_from(self.part(16, 19)).unwrap_or_default()
    }

    /// The twenty characters.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// As printed on sites: sign, words, number.
    pub fn in_full(&self) -> String {
        format!("{}网信备{}号", self.province().sign(), self.as_str())
    }

    /// The twenty characters as the high end of a word, as Solidity holds a `bytes20`.
    pub fn to_word(&self) -> B256 {
        B256::right_padding_from(&self.0)
    }

    /// The number in the high end of a word, the rest of which is zero.
    ///
    /// # Errors
    ///
    /// Says what does not fit; a word with anything behind the number has the wrong length.
    pub fn from_word(word: B256) -> Result<Self, FilingNumberError> {
        let length = 32 - word.iter().rev().take_while(|byte| **byte == 0).count();
        Self::from_ascii(word.get(..length).unwrap_or_default())
    }

    fn part(&self, from: usize, to: usize) -> u32 {
        self.0.get(from..to).and_then(digits::number).unwrap_or_default()
    }
}

impl FromStr for FilingNumber {
    type Err = FilingNumberError;

    fn from_str(text: &str) -> Result<Self, FilingNumberError> {
        Self::parse(text)
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilingNumber({})", self.as_str())
    }
}
