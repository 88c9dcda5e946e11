//! From bytes to groups of digits: the first half of the detector. [`super::groups`] is the second.
//!
//! The scanner reads signs (one ASCII character, or the full-width form of one), joins letters and
//! digits to tokens, and hands tokens that hold one number, with nothing but letters before and
//! behind, to a [`Chain`] of groups.

use super::{
    Finding,
    groups::{Chain, Group, Separator},
};
use crate::ids::text::half_width;

/// What a sign is for the detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Digit(u8),
    /// An upper-case letter.
    Letter(u8),
    Separator(Separator),
    Other,
    /// The zero byte of an ASCII character in UTF-16.
    Nothing,
}

/// A run of letters and digits.
#[derive(Clone, Copy, Debug, Default)]
struct Token {
    begun: bool,
    letters_before: bool,
    group: Group,
    letters_behind: Behind,
    /// Letters on a side so far are A to F only: it may be hex text.
    hex: bool,
    /// Letters between digits: no number of its own.
    mixed: bool,
}

/// Letters behind the digits of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Behind {
    /// None.
    #[default]
    Nothing,
    /// A single X: a check character, if anything.
    X,
    /// Others.
    Letters,
}

/// Goes through an input once and gives what it finds.
pub(super) struct Scanner<'a> {
    input: &'a [u8],
    at: usize,
    token: Token,
    chain: Chain,
    /// Ends with the first chain.
    at_seam: bool,
    ended: bool,
}

impl<'a> Scanner<'a> {
    /// Over the whole input.
    pub(super) fn over(input: &'a [u8]) -> Self {
        Self { input, at: 0, token: Token::default(), chain: Chain::default(), at_seam: false, ended: false }
    }

    /// Over the text that begins at `seam`, as far as groups of digits go.
    pub(super) fn at_seam(input: &'a [u8], seam: usize) -> Self {
        Self { at: seam, at_seam: true, ..Self::over(input) }
    }

    fn read(&mut self) -> Option<(usize, Sign)> {
        let at = self.at;
        let (sign, length) = sign(self.input, at)?;
        self.at = at + length;
        Some((at, sign))
    }

    /// Ends the token, if one is open, and looks at the groups so far.
    fn close(&mut self, next: Option<Separator>) -> Option<Finding> {
        let token = core::mem::take(&mut self.token);
        if !token.begun || token.mixed || token.hex || token.group.digits() == 0 {
            let finding = self.chain.end();
            self.ended |= self.at_seam;
            return finding;
        }
        let before = if token.letters_before { self.chain.end() } else { None };
        let decimal = next == Some(Separator::Dot) && self.input.get(self.at).is_some_and(u8::is_ascii_digit);
        let found = self.chain.push(&token.group, token.letters_behind, decimal);
        let end = match next.filter(|_| token.letters_behind == Behind::Nothing) {
            Some(separator) => {
                self.chain.join(separator);
                None
            }
            None => {
                self.ended |= self.at_seam;
                self.chain.end()
            }
        };
        before.or(found).or(end)
    }
}

impl Iterator for Scanner<'_> {
    type Item = Finding;

    fn next(&mut self) -> Option<Finding> {
        while !self.ended {
            let Some((at, sign)) = self.read() else {
                self.ended = true;
                return self.close(None);
            };
            let finding = match sign {
                Sign::Digit(digit) => {
                    self.token.digit(digit, at);
                    None
                }
                Sign::Letter(letter) => {
                    self.token.letter(letter);
                    None
                }
                Sign::Nothing => None,
                Sign::Separator(separator) => self.close(Some(separator)),
                Sign::Other if self.token.begun || !self.chain.is_empty() || self.at_seam => self.close(None),
                Sign::Other => None,
            };
            if finding.is_some() {
                return finding;
            }
        }
        None
    }
}

impl Token {
    fn digit(&mut self, digit: u8, at: usize) {
        self.begun = true;
        self.mixed |= self.letters_behind != Behind::Nothing;
        self.group.push(digit, at);
    }

    fn letter(&mut self, letter: u8) {
        self.begun = true;
        let first = match self.group.digits() {
            0 => !core::mem::replace(&mut self.letters_before, true),
            _ => self.letters_behind == Behind::Nothing,
        };
        let hexadecimal = letter.is_ascii_hexdigit();
        if first {
            // Hex before the digits stays hex, whatever is behind them.
            self.mixed |= self.hex;
            self.hex = hexadecimal;
        } else {
            self.hex &= hexadecimal;
        }
        if self.group.digits() > 0 {
            let only_x = letter == b'X' && self.letters_behind == Behind::Nothing;
            self.letters_behind = if only_x { Behind::X } else { Behind::Letters };
        }
    }
}

/// The sign at a place, and how many bytes it takes; `None` behind the end.
fn sign(input: &[u8], at: usize) -> Option<(Sign, usize)> {
    let byte = *input.get(at)?;
    Some(match byte {
        0 if is_utf16_gap(input, at) => (Sign::Nothing, 1),
        0..=0x7f => (ascii(byte), 1),
        // The lead bytes of the signs below in UTF-8.
        0xc2 | 0xe2 | 0xe3 | 0xef => wide(input.get(at..).unwrap_or_default()).unwrap_or((Sign::Other, 1)),
        _ => (Sign::Other, 1),
    })
}

const fn ascii(byte: u8) -> Sign {
    match byte {
        b'0'..=b'9' => Sign::Digit(byte),
        b'a'..=b'z' | b'A'..=b'Z' => Sign::Letter(byte.to_ascii_uppercase()),
        b' ' => Sign::Separator(Separator::Space),
        b'-' => Sign::Separator(Separator::Hyphen),
        b'.' => Sign::Separator(Separator::Dot),
        _ => Sign::Other,
    }
}

/// Full-width characters, spaces and hyphens outside of ASCII.
fn wide(rest: &[u8]) -> Option<(Sign, usize)> {
    let length = if *rest.first()? == 0xc2 { 2 } else { 3 };
    let sign = core::str::from_utf8(rest.get(..length)?).ok()?.chars().next()?;
    let sign = match half_width(sign) {
        '\u{a0}' => Sign::Separator(Separator::Space),
        '\u{2010}'..='\u{2015}' => Sign::Separator(Separator::Hyphen),
        half if half.is_ascii() => ascii(u8::try_from(half).ok()?),
        _ => Sign::Other,
    };
    Some((sign, length))
}

/// Whether the zero byte at this place is half of an ASCII character in UTF-16: every second byte
/// around it is zero.
fn is_utf16_gap(input: &[u8], at: usize) -> bool {
    let is_zero = |index: Option<usize>| index.and_then(|index| input.get(index)).map(|byte| *byte == 0);
    let beside = [at.checked_sub(1), at.checked_add(1)].map(is_zero);
    let next = [at.checked_sub(2), at.checked_add(2)].map(is_zero);
    beside == [Some(false); 2] && next.contains(&Some(true))
}
