//! Unified social credit code of organisations (GB 32100-2015): 18 characters, two checks.
//!
//! Layout: registering department (1) | class (1) | administrative division (6) | organisation code
//! (9, the last its own check, GB 11714) | check (1).

use crate::ids;

/// Characters of a code, in the order of their values.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Weights of the first eight characters of the organisation code.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Why a text is no unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsccError {
    /// Not 18 characters.
    #[error("{0} characters; a unified social credit code has 18, all of them ASCII")]
    Length(usize),
    /// A character outside the alphabet, or a letter where a digit belongs.
    #[error("character {0} is not allowed at its place; digits and capital letters without I O S V Z are")]
    Character(usize),
    /// The organisation code inside does not check.
    #[error("characters 9 to 17 are no organisation code: the check character is {found}, computed {want}")]
    Organisation {
        /// Character 17.
        found: char,
        /// What the first eight give.
        want: char,
    },
    /// The code does not check.
    #[error("the check character is {found}, computed {want}")]
    Check {
        /// Character 18.
        found: char,
        /// What the first 17 give.
        want: char,
    },
}

/// Normalises a text ([`crate::ids::normalise`]; the letter O, which no code has, is read as the
/// digit 0) and checks the code in it.
///
/// # Errors
///
/// Says what does not fit.
pub fn parse(text: &str) -> Result<String, UsccError> {
    let normal = ids::normalise(text).ok_or_else(|| UsccError::Length(text.chars().count()))?;
    let code = normal.replace('O', "0");
    check(&code).map(|()| code)
}

/// Checks a normalised code, both check characters included.
///
/// # Errors
///
/// Says what does not fit.
pub fn check(code: &str) -> Result<(), UsccError> {
    let bytes: &[u8; 18] = code.as_bytes().try_into().map_err(|_| UsccError::Length(code.chars().count()))?;
    let mut sum = 0;
    for (index, (byte, weight)) in bytes.iter().zip(WEIGHTS.iter().chain(&[0])).enumerate() {
        let value = ALPHABET.iter().zip(0u32..).find(|(letter, _)| *letter == byte).map(|(_, value)| value);
        let value = value.filter(|_| !(2..8).contains(&index) || byte.is_ascii_digit());
        sum += value.ok_or(UsccError::Character(index + 1))? * weight;
    }
    let [.., inner, last] = *bytes;
    let want = organisation_check(bytes);
    if inner != want {
        return Err(UsccError::Organisation { found: inner.into(), want: want.into() });
    }
    let want = ALPHABET.get((31 - sum as usize % 31) % 31).copied().unwrap_or_default();
    if last != want {
        return Err(UsccError::Check { found: last.into(), want: want.into() });
    }
    Ok(())
}

/// Check character of the organisation code in characters 9 to 16 (GB 11714: values of base 36).
fn organisation_check(bytes: &[u8; 18]) -> u8 {
    let value =
        |byte: &u8| if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte - b'A') + 10 };
    let sum: u32 =
        bytes.iter().skip(8).zip(ORGANISATION_WEIGHTS).map(|(byte, weight)| value(byte) * weight).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b"0123456789".get(digit as usize).copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invented organisations whose codes pass both checks.
    const GOOD: [&str; 8] = [
        "91110000MA00000077",
        "91310000MA0000015F",
        "91330100MA0000023P",
        "91440300MA0000031P",
        "91500000MA00000586",
        "11100000MB0000019L",
        "12330100MB0000027B",
        "51100000MJ0000018U",
    ];

    #[test]
    fn codes_that_pass_both_checks_are_taken() {
        for code in GOOD {
            assert_eq!(check(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn codes_are_normalised_before_they_are_checked() {
        for text in [
            "91110000ma00000077",
            "９１１１００００ＭＡ００００００７７",
            " 9111 0000-MA00.000077\u{3000}",
            "9111OOOOMA00000077",
            "9111oooomaoooooo77",
        ] {
            assert_eq!(parse(text).as_deref(), Ok("91110000MA00000077"), "{text}");
        }
        for real in ["91440300708461136T", "92532528MA6L45LX6L", "91110108551385082Q"] {
            assert_eq!(parse(&real.to_lowercase()).as_deref(), Ok(real));
        }
        assert_eq!(parse("91110000ma00000078"), Err(UsccError::Check { found: '8', want: '7' }));
        assert_eq!(parse(&"9".repeat(1_000)), Err(UsccError::Length(1_000)));
    }

    #[test]
    fn any_single_changed_character_is_noticed() {
        for code in GOOD {
            for (index, own) in code.bytes().enumerate() {
                for other in *ALPHABET {
                    let mut changed = code.as_bytes().to_vec();
                    changed[index] = other;
                    let changed = String::from_utf8(changed).unwrap();
                    assert_eq!(check(&changed).is_ok(), other == own, "{changed}");
                }
            }
        }
    }

    #[test]
    fn wrong_length_and_alphabet_are_named() {
        assert_eq!(check("9111"), Err(UsccError::Length(4)));
        assert_eq!(check(""), Err(UsccError::Length(0)));
        assert_eq!(check("杭州互联网公证处杭州互联网公证处杭州"), Err(UsccError::Length(18)));
        assert_eq!(check("911100OOMA00000077"), Err(UsccError::Character(7)));
        assert_eq!(check("91110000ma00000077"), Err(UsccError::Character(9)));
    }
}
