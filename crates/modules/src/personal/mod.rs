//! The detector of personal data in the input of transactions (invariant A11).
//!
//! Doors and pool refuse a transaction in whose input [`find`] finds a number of one of three
//! [`Kind`]s with a valid check. It is a net against accidents, not against intent: whoever wants to
//! hide a number can encode it.
//!
//! # What is found
//!
//! Numbers written in text: ASCII, UTF-8 or UTF-16 (either byte order), in half-width or full-width
//! digits, as strings, as `bytes`, packed into words, or nested in the input of another call.
//!
//! - **Resident identity number**: 18 characters whose check (ISO 7064 MOD 11-2) and birth date (a day
//!   from 1900 on) hold.
//! - **Mobile number** of the mainland: `1[3-9]` and nine digits, alone or after `86`, `+86`, `0086`.
//! - **Bank card**: 16 to 19 digits of a known issuer ([`crate::ids::contact`]) that pass Luhn.
//!
//! The digits may be separated by single spaces or hyphens, mobile numbers also by dots, where the
//! groups are those that people write: `138 1234 5678`, `110105-19491231-002X`,
//! `6222 0212 3456 7890 123`, or every digit by itself.
//!
//! A number counts where it stands by itself: no digit touches it, and the ASCII letters and digits
//! around it hold nothing else than letters before and letters behind, on either side not only A to
//! F. So `tel13812345678` is found, and the digits inside of hashes, addresses, hex and base64 text
//! are not.
//!
//! # What is not found
//!
//! Numbers in binary form (integers, BCD, one digit a word), compressed or encrypted, in other
//! groupings, in other digits than ASCII and full-width; identity numbers of 15 digits, passports,
//! landlines, names and addresses. A number in text that touches bytes which look like letters or
//! digits of another field: packed encodings without a length or a gap between fields can do that, and
//! one function selector in 290 looks like four letters or digits.
//!
//! # False alarms
//!
//! Measured by the tests beside this file, seed fixed:
//!
//! | input                                                     | tried     | alarms |
//! |-----------------------------------------------------------|-----------|--------|
//! | random words of 32 bytes                                  | 1,000,000 | 0      |
//! | hex text of random words                                  | 1,000,000 | 0      |
//! | base64 text of random words                               | 1,000,000 | 0      |
//! | UUIDs, version 4                                          | 1,000,000 | 0      |
//! | hex text of random 8-byte numbers                         | 1,000,000 | 9      |
//! | decimal text of random 8-byte numbers                     | 1,000,000 | 1,395  |
//!
//! Any 11 digits that begin like a mobile number, alone in text, are taken for one.
//!
//! # What it costs
//!
//! Time linear in the input, no memory. An input with fewer than eleven digits, like a transfer of a
//! token, takes a single pass that only counts: 0.15 µs for 68 bytes, 0.1 ms for the largest transaction.
//! The worst text of that size that was found takes about 25 ms on a busy core.
//!
//! # When it is a false alarm
//!
//! The sender says so by adding [`Finding::waiver`] to the end of the input: the word
//! `keccak256("ding.personal.waive" || kind (1 byte) || offset (8 bytes, big-endian))`. Solidity and
//! the native modules pass over bytes behind the arguments. A waiver lifts one finding, of this kind
//! at this place; up to [`limits::PERSONAL_WAIVERS_MAX`] may stand one behind the other. It is part of
//! the signed transaction, so who waived what is on record.

mod groups;
mod scan;
#[cfg(test)]
mod tests;

use self::scan::Scanner;
use core::fmt;
use ding_primitives::{B256, keccak256, limits};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A resident identity number.
    ResidentId,
    /// A mobile number of the mainland.
    Mobile,
    /// The number of a bank card.
    BankCard,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::ResidentId, Self::Mobile, Self::BankCard];

    /// Its number in waivers and error data.
    pub const fn number(self) -> u8 {
        match self {
            Self::ResidentId => 1,
            Self::Mobile => 2,
            Self::BankCard => 3,
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResidentId => "resident identity number",
            Self::Mobile => "mobile number",
            Self::BankCard => "bank card number",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Personal data in an input: what, and where its first digit stands. Never the number itself, so
/// that errors and logs may hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub kind: Kind,
    /// Byte of the input at which it begins, from 0 on.
    pub offset: usize,
}

impl Finding {
    /// The word that, added to the end of the input, says that this is no personal data.
    pub fn waiver(&self) -> B256 {
        const NAME: &[u8; 19] = b"ding.personal.waive";
        let mut bytes = [0; NAME.len() + 1 + 8];
        let place = (self.offset as u64).to_be_bytes();
        for (to, from) in bytes.iter_mut().zip(NAME.iter().chain(&[self.kind.number()]).chain(&place)) {
            *to = *from;
        }
        keccak256(bytes)
    }

    /// Whether one of the last words of the input is the waiver.
    fn is_waived(&self, input: &[u8]) -> bool {
        let waiver = self.waiver();
        input.rchunks_exact(32).take(limits::PERSONAL_WAIVERS_MAX).any(|word| waiver == *word)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte {} of the input begins a {}; personal data never go on the ledger: send a salted \
             commitment instead, or, if it is none, add the word {} to the end of the input",
            self.offset,
            self.kind,
            self.waiver()
        )
    }
}

/// The first number in the input that looks like personal data and is not waived. Takes time linear
/// in the input's length, and no memory.
pub fn find(input: &[u8]) -> Option<Finding> {
    // Nearly every input ends here. A full-width digit in UTF-8 begins with 0xef.
    let may_be_digit = |byte: &u8| byte.is_ascii_digit() || *byte == 0xef;
    if input.iter().map(|byte| usize::from(may_be_digit(byte))).sum::<usize>() < DIGITS_MIN {
        return None;
    }
    let open = |finding: &Finding| !finding.is_waived(input);
    Scanner::over(input)
        .find(open)
        .or_else(|| seams(input).find_map(|seam| Scanner::at_seam(input, seam).find(open)))
}

/// Places where a text may begin although the byte before looks like a part of it: behind the length
/// word of a text or of a nested call, and behind a function selector. Four bytes that all look like
/// text are taken for text, not for a selector.
fn seams(input: &[u8]) -> impl Iterator<Item = usize> {
    let mut zeros = 0usize;
    let behind_lengths = input.iter().enumerate().flat_map(move |(index, byte)| {
        let before = zeros;
        zeros = if *byte == 0 { zeros.saturating_add(1) } else { 0 };
        // A length of k bytes stands behind 32 - k zeros; no input is longer than three bytes tell, and
        // no text longer than what is left of the input.
        let lengths = if *byte == 0 { 0..0 } else { 1..4usize };
        let fits = move |length: &usize| {
            let Some((word, text)) = input.get(index..).and_then(|rest| rest.split_at_checked(*length))
            else {
                return false;
            };
            before >= 32 - length
                && word.iter().fold(0, |sum, byte| sum * 256 + usize::from(*byte)) <= text.len()
        };
        lengths.filter(fits).map(move |length| index + length)
    });
    let at_start = core::iter::once((0, true));
    let behind = behind_lengths.flat_map(|place| [(place, false), (place, true)]);
    at_start.chain(behind).filter_map(|(place, selector)| {
        let place = if selector { place.checked_add(SELECTOR_BYTES)? } else { place };
        let head = input.get(place.checked_sub(if selector { SELECTOR_BYTES } else { 1 })?..place)?;
        let looks_like_text = |byte: &u8| byte.is_ascii_alphanumeric();
        let seam =
            head.last().is_some_and(looks_like_text) && !(selector && head.iter().all(looks_like_text));
        (seam && place < input.len()).then_some(place)
    })
}

/// Fewest digits of a number that is looked for: a mobile number.
const DIGITS_MIN: usize = 11;
/// Bytes of a function selector.
const SELECTOR_BYTES: usize = 4;
