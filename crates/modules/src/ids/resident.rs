//! Resident identity number (GB 11643-1999): 18 characters, the last a check.
//!
//! Layout: administrative division (6) | birth date (8) | order (3; odd for men, even for women) |
//! check (ISO 7064 MOD 11-2). Numbers of 15 digits, invalid since 2013, are not known here.
//!
//! Used by the doors and by the registers of identity authorities. Nothing of it goes on a ledger
//! except a salted commitment.

use super::{Date, digits, text};
use core::fmt;

/// Below this age a person acts only with a guardian (Civil Code art. 17).
pub const FULL_AGE: u16 = 18;
/// Below this age personal data are sensitive whatever they are about (PIPL art. 28).
pub const SENSITIVE_AGE: u16 = 14;
/// Nobody alive was born before this year.
const YEAR_MIN: u16 = 1900;

/// A resident identity number that checks. Its text is personal data: `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResidentId {
    text: [u8; 18],
    birth: Date,
}

/// Why a text is no resident identity number. The number itself is never part of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResidentError {
    /// Not 18 characters.
    #[error("{0} characters; a resident identity number has 18")]
    Length(usize),
    /// Something other than a digit, or than `X` in the last place.
    #[error("character {0} is not allowed at its place; 17 digits and a digit or X are")]
    Character(usize),
    /// Characters 7 to 14 are no date since 1900.
    #[error("characters 7 to 14 are no date since 1900; compare them with the card")]
    BirthDate,
    /// The birth date is after today.
    #[error("the birth date is in the future: {birth}, today is {today}; compare it with the card")]
    Future {
        /// The date in the number.
        birth: Date,
        /// The day it was compared with.
        today: Date,
    },
    /// The check does not fit.
    #[error("the check character is {found}, computed {want}; compare the number with the card")]
    Check {
        /// Character 18.
        found: char,
        /// What the first 17 give.
        want: char,
    },
}

impl ResidentError {
    /// What is wrong with a normalised text that has not 18 bytes.
    fn shape(text: &str) -> Self {
        match (text.chars().count(), text.chars().position(|sign| !sign.is_ascii())) {
            (18, Some(index)) => Self::Character(index + 1),
            (chars, _) => Self::Length(chars),
        }
    }
}

impl ResidentId {
    /// Normalises a text and checks the number in it. `today` is the day in Beijing.
    ///
    /// # Errors
    ///
    /// Says what does not fit.
    pub fn parse(text: &str, today: Date) -> Result<Self, ResidentError> {
        let normal = text::normalise(text).ok_or(ResidentError::Length(text.chars().count()))?;
        let id = Self::from_ascii(normal.as_bytes()).map_err(|error| match error {
            ResidentError::Length(_) => ResidentError::shape(&normal),
            other => other,
        })?;
        if id.birth > today {
            return Err(ResidentError::Future { birth: id.birth, today });
        }
        Ok(id)
    }

    /// Checks a normalised number, without looking at today's date.
    ///
    /// # Errors
    ///
    /// Says what does not fit.
    pub fn from_ascii(bytes: &[u8]) -> Result<Self, ResidentError> {
        let text: [u8; 18] = bytes.try_into().map_err(|_| ResidentError::Length(bytes.len()))?;
        let [body @ .., found] = &text;
        let odd = body.iter().position(|byte| !byte.is_ascii_digit());
        if let Some(index) = odd.or_else(|| (!found.is_ascii_digit() && *found != b'X').then_some(17)) {
            return Err(ResidentError::Character(index + 1));
        }
        let birth = birth(body).ok_or(ResidentError::BirthDate)?;
        let want = digits::mod11_2(body).ok_or(ResidentError::Character(1))?;
        if *found != want {
            return Err(ResidentError::Check { found: char::from(*found), want: char::from(want) });
        }
        Ok(Self { text, birth })
    }

    /// The 18 characters, normalised: what a commitment is made of.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Birth date.
    pub const fn birth(&self) -> Date {
        self.birth
    }

    /// Full years of age on a day.
    pub const fn age(&self, today: Date) -> u16 {
        self.birth.years_until(today)
    }

    /// Whether the person is a minor on a day and acts only with a guardian.
    pub const fn is_minor(&self, today: Date) -> bool {
        self.age(today) < FULL_AGE
    }
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentId(…)")
    }
}

/// The date in characters 7 to 14, if there is such a day since 1900.
fn birth(body: &[u8]) -> Option<Date> {
    let part = |from: usize, to: usize| digits::number(body.get(from..to)?);
    let year = u16::try_from(part(6, 10)?).ok().filter(|year| *year >= YEAR_MIN)?;
    Date::new(year, u8::try_from(part(10, 12)?).ok()?, u8::try_from(part(12, 14)?).ok()?)
}
