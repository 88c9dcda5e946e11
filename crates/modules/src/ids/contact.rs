//! Mobile numbers of the mainland and numbers of bank cards: the shapes that the detector looks
//! for ([`crate::personal`]) and the doors check.

use super::digits;

/// Whether these are the 11 digits of a mainland mobile number: `1[3-9]` and nine more.
pub fn is_mobile(digits: &[u8]) -> bool {
    matches!(digits, [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// The mobile number without its country code: 11 digits, after `86` or `0086` or nothing.
pub fn without_country(digits: &[u8]) -> &[u8] {
    match digits {
        [b'0', b'0', b'8', b'6', rest @ ..] | [b'8', b'6', rest @ ..] if rest.len() == 11 => rest,
        _ => digits,
    }
}

/// Issuers whose cards are known by their first digits: `(lowest, highest, digits, shortest, longest)`.
///
/// UnionPay has 62 and 81. Old cards of Chinese banks begin with 9558 and 9559. The others are
/// Visa, Mastercard and JCB, as issued with 16 digits in the mainland. Cards of 15 digits (American
/// Express) are not known here.
const ISSUERS: [(u32, u32, usize, usize, usize); 8] = [
    (62, 62, 2, 16, 19),
    (81, 81, 2, 16, 19),
    (9558, 9558, 4, 16, 19),
    (9559, 9559, 4, 16, 19),
    (4, 4, 1, 16, 16),
    (51, 55, 2, 16, 16),
    (2221, 2720, 4, 16, 16),
    (3528, 3589, 4, 16, 16),
];

/// Whether these are the 16 to 19 digits of a bank card: a known issuer's prefix and length
/// (ISO/IEC 7812), and the check of Luhn.
pub fn is_bank_card(card: &[u8]) -> bool {
    let known = ISSUERS.iter().any(|(lowest, highest, length, shortest, longest)| {
        (*shortest..=*longest).contains(&card.len())
            && card
                .get(..*length)
                .and_then(digits::number)
                .is_some_and(|head| (*lowest..=*highest).contains(&head))
    });
    known && digits::luhn(card)
}
