//! One form of a text before it is compared, hashed or checked.
//!
//! | step                                   | id                    | name  |
//! |----------------------------------------|-----------------------|-------|
//! | full-width ASCII and space, half width | yes                   | yes   |
//! | Unicode NFC                            | yes                   | yes   |
//! | letters a to z, upper case             | yes                   | yes   |
//! | spaces at the ends                     | removed               | removed |
//! | spaces, hyphens, dots, invisible signs inside | removed        | kept  |
//!
//! Chinese text stays as it is: no folding of simplified and traditional characters. Only ASCII
//! letters change case, because case tables of other scripts differ between releases of Unicode;
//! NFC of a character never changes once it is assigned (Unicode stability policy). Both functions
//! give the same again when applied to what they gave.
//!
//! The ledger keeps or hashes the normal form where texts are compared; what a person wrote travels
//! in events as it was written.

use ding_primitives::limits;
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Normal form of an identifier; `None` if the text has more than [`limits::ID_TEXT_BYTES_MAX`]
/// bytes, which no identifier has.
pub fn normalise(text: &str) -> Option<String> {
    if text.len() > limits::ID_TEXT_BYTES_MAX {
        return None;
    }
    Some(fold(text).chars().filter(|sign| !is_gap(*sign)).nfc().collect())
}

/// Normal form of a name, for comparing names and for digests of them; `None` if the text has more
/// than [`limits::NAME_TEXT_BYTES_MAX`] bytes.
pub fn normalise_name(text: &str) -> Option<String> {
    (text.len() <= limits::NAME_TEXT_BYTES_MAX).then(|| fold(text).trim().into())
}

/// Half width, NFC, upper case, and NFC again: a capital letter may compose where the small one
/// did not.
fn fold(text: &str) -> String {
    let folded: String = text.chars().map(half_width).nfc().collect();
    folded.chars().map(|sign| sign.to_ascii_uppercase()).nfc().collect()
}

/// The half-width form of a full-width ASCII character or space; other characters as they are.
pub const fn half_width(sign: char) -> char {
    match sign {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => match char::from_u32(sign as u32 - 0xff01 + 0x21) {
            Some(half) => half,
            None => sign,
        },
        _ => sign,
    }
}

/// What people put between the digits of an identifier, or paste along with it.
fn is_gap(sign: char) -> bool {
    sign.is_whitespace()
        || is_invisible(sign)
        || matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '\u{b7}')
}

/// Signs without a picture of their own: zero width, direction marks, byte order mark.
pub(crate) const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing but spaces, or nothing at all.
    #[error("the name is empty")]
    Empty,
    /// Too many characters.
    #[error("the name has {chars} characters, at most {max} are allowed")]
    Long {
        /// How many it has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Spaces at an end.
    #[error("the name begins or ends with a space; remove it")]
    Ends,
    /// A control character or an invisible sign.
    #[error("character {0} of the name is a control character or has no picture; remove it")]
    Invisible(usize),
    /// Not in the composed form.
    #[error("the name is not in Unicode normal form C; send it composed (NFC)")]
    NotComposed,
}

/// Checks a name as a person wrote it: 1 to `chars_max` characters, composed, nothing invisible, no
/// spaces at its ends. Full-width signs are allowed: official names have them.
///
/// # Errors
///
/// Says what does not fit.
pub fn check_name(name: &str, chars_max: usize) -> Result<(), NameError> {
    if name.trim().is_empty() {
        return Err(NameError::Empty);
    }
    let chars = name.chars().count();
    if chars > chars_max {
        return Err(NameError::Long { chars, max: chars_max });
    }
    if name.trim() != name {
        return Err(NameError::Ends);
    }
    if let Some(index) = name.chars().position(|sign| sign.is_control() || is_invisible(sign)) {
        return Err(NameError::Invisible(index + 1));
    }
    if is_nfc(name) { Ok(()) } else { Err(NameError::NotComposed) }
}
