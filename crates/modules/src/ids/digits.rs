//! Check digits.

/// Check character of ISO 7064 MOD 11-2 for ASCII digits: `0` to `9` or `X`; `None` if a byte is no
/// digit.
///
/// From the left, `p = (p + digit) * 2 mod 11`; the check is `(12 - p) mod 11`, where 10 is `X`.
pub fn mod11_2(digits: &[u8]) -> Option<u8> {
    let mut p = 0;
    for byte in digits {
        p = (p + value(*byte)?) * 2 % 11;
    }
    b"0123456789X".get((12 - p as usize) % 11).copied()
}

/// Whether ASCII digits pass the check of Luhn (ISO/IEC 7812-1 annex B): from the right, every
/// second digit doubled and its digits added, the sum is a multiple of ten.
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (index, byte) in digits.iter().rev().enumerate() {
        let Some(digit) = value(*byte) else { return false };
        sum += match digit * (1 + u32::from(index % 2 == 1)) {
            doubled @ 10.. => doubled - 9,
            small => small,
        };
        sum %= 10;
    }
    sum == 0 && !digits.is_empty()
}

/// The number that ASCII digits write; `None` without digits, with anything else, or beyond 2^32.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0u32, |sum, byte| sum.checked_mul(10)?.checked_add(value(*byte)?))
        .filter(|_| !digits.is_empty())
}

fn value(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}
