use super::*;
use crate::ids::digits::luhn;
use alloy_sol_types::{SolCall as _, SolValue as _};
use ding_primitives::{Bytes, U256};

const ID: &str = "11010519491231002X";
const MOBILE: &str = "13812345678";

alloy_sol_types::sol! {
    function note(bytes32 head, string text, uint256 number);
    function batch(bytes[] calls);
    function word(bytes32 word);
}

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn word(&mut self) -> [u8; 32] {
        let mut word = [0; 32];
        for part in word.chunks_exact_mut(8) {
            part.copy_from_slice(&self.next().to_be_bytes());
        }
        word
    }
}

/// A card of this many digits that passes the check.
fn card(prefix: &str, length: usize) -> String {
    let body = format!("{prefix:0<width$}", width = length - 1);
    (0..10).map(|check| format!("{body}{check}")).find(|card| luhn(card.as_bytes())).unwrap()
}

fn kind(input: impl AsRef<[u8]>) -> Option<Kind> {
    find(input.as_ref()).map(|finding| finding.kind)
}

/// Everything is found wherever it stands by itself: alone, in a sentence, at each end.
#[track_caller]
fn check_found(text: &str, want: Kind) {
    for (before, behind) in [
        ("", ""),
        ("", "."),
        ("电话", "号"),
        ("tel:", "\n"),
        ("{\"a\":\"", "\"}"),
        ("2026-11-22 ", ", 5"),
        ("id", ""),
    ] {
        let input = format!("{before}{text}{behind}");
        let found = find(input.as_bytes());
        assert_eq!(found.map(|finding| finding.kind), Some(want), "{input:?}");
    }
}

#[track_caller]
fn check_not_found(text: &str) {
    assert_eq!(find(text.as_bytes()), None, "{text:?}");
}

#[test]
fn resident_numbers_are_found_in_any_groups_and_widths() {
    for text in [
        ID,
        "11010519491231002x",
        "110105-19491231-002X",
        "110105 19491231 002X",
        "110105 1949 1231 002X",
        "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "990000199001010017",
        "990000 19900101 0017",
    ] {
        if text.ends_with(" X") {
            // The check stands alone: seventeen digits are no number.
            check_not_found(text);
        } else {
            check_found(text, Kind::ResidentId);
        }
    }
    check_found("1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2X", Kind::ResidentId);
    check_found("9 9 0 0 0 0 1 9 9 0 0 1 0 1 0 0 1 7", Kind::ResidentId);
}

#[test]
fn mobile_numbers_are_found_as_people_write_them() {
    for text in [
        MOBILE,
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "138 12345678",
        "1381234 5678",
        "1381 234 5678",
        "138 123 45678",
        "8613812345678",
        "+86 138 1234 5678",
        "+86-13812345678",
        "+86138-1234-5678",
        "008613812345678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "1-3-8-1-2-3-4-5-6-7-8",
        "１３８１２３４５６７８",
        "１３８　１２３４　５６７８",
        "138\u{2011}1234\u{2011}5678",
        "138\u{a0}1234\u{a0}5678",
    ] {
        check_found(text, Kind::Mobile);
    }
}

#[test]
fn bank_cards_are_found_by_issuer_and_check() {
    for (prefix, length) in [
        ("622202", 16),
        ("622848", 19),
        ("810000", 17),
        ("955880", 19),
        ("4392", 16),
        ("5187", 16),
        ("3530", 16),
    ] {
        let card = card(prefix, length);
        let groups: Vec<&str> =
            card.as_bytes().chunks(4).map(|group| core::str::from_utf8(group).unwrap()).collect();
        check_found(&card, Kind::BankCard);
        check_found(&groups.join(" "), Kind::BankCard);
        check_found(&groups.join("-"), Kind::BankCard);
        check_found(&format!("{} {}", &card[..6], &card[6..]), Kind::BankCard);
        let mut wrong = card.into_bytes();
        let last = wrong.last_mut().unwrap();
        *last = if *last == b'9' { b'0' } else { *last + 1 };
        assert_eq!(find(&wrong), None);
    }
}

#[test]
fn numbers_of_other_kinds_and_numbers_inside_of_others_are_let_through() {
    for text in [
        "12812345678",
        "138123456789",
        "1381234567",
        "110105194912310021",
        "11010519491331002X",
        "11010519864491550014",
        "1101081971596078003X",
        "京网信备11010519864491550014号",
        "91110000MA00000077",
        "1700000000000",
        "1763769600000000000",
        "13812345678.50",
        "0.13812345678",
        "1381234.5678",
        "13,812,345,678",
        "138  1234  5678",
        "138 1234-5678",
        "a1b13812345678",
        "13812345678a1",
        "13812345678abc",
        "ef13812345678",
        "ef13812345678kg",
        "kg13812345678ef",
        "0x13812345678",
        "550e8400-e29b-41d4-a716-446655440000",
        "2af74765-2693-4543-8921-336f8e29a25b",
        "5493001KJTIIGC8Y1R12",
        "2026-11-22T15:34:54+08:00",
        "",
        "1",
        "-",
    ] {
        check_not_found(text);
    }
    // A card's digits in front of an X, as in a filing number of Gansu.
    check_not_found(&format!("{}X", card("62010026000000001", 19)));
}

#[test]
fn the_place_of_the_first_digit_is_told_and_the_number_is_not() {
    let finding = find("联系电话 tel138 1234 5678".as_bytes()).unwrap();
    assert_eq!(finding, Finding { kind: Kind::Mobile, offset: "联系电话 tel".len() });
    let text = finding.to_string();
    assert!(text.contains("byte 16") && text.contains("mobile number") && !text.contains("138"), "{text}");
    let second = format!("123 {ID} {MOBILE}");
    assert_eq!(find(second.as_bytes()), Some(Finding { kind: Kind::ResidentId, offset: 4 }));
}

#[test]
fn texts_in_calls_of_contracts_are_searched_whatever_the_length_word_and_selector_look_like() {
    // A length of 48 to 57, 65 to 90 or 97 to 122 looks like a digit or letter before the text; so
    // does the end of some selectors.
    for length in 11..=700 {
        let text = format!("{MOBILE}{:-<width$}", "", width = length - 11);
        let call = noteCall { head: [0x31; 32].into(), text, number: U256::from(0x31) }.abi_encode();
        assert_eq!(kind(&call), Some(Kind::Mobile), "length {length}");
        let nested = batchCall { calls: vec![call.into(), Bytes::from(vec![0x31; 4])] }.abi_encode();
        assert_eq!(kind(nested), Some(Kind::Mobile), "length {length}, nested");
    }
    let long = noteCall {
        head: B256::ZERO,
        text: format!("{MOBILE}{}", " ".repeat(0x3131 - 11)),
        number: U256::ZERO,
    };
    assert_eq!(kind(long.abi_encode()), Some(Kind::Mobile));
    let packed = B256::right_padding_from(MOBILE.as_bytes());
    for last in [0, b'1', b'a', 0xff] {
        let call = [&[0xa9, 0x32, 0x33, last], packed.as_slice()].concat();
        assert_eq!(kind(&call), Some(Kind::Mobile), "selector ends with {last:#x}");
        let nested = batchCall { calls: vec![call.into()] }.abi_encode();
        assert_eq!(kind(nested), Some(Kind::Mobile), "nested selector ends with {last:#x}");
    }
    let left = B256::left_padding_from(MOBILE.as_bytes());
    assert_eq!(kind(wordCall { word: left }.abi_encode()), Some(Kind::Mobile));
    assert_eq!(kind((vec![packed, left],).abi_encode_params()), Some(Kind::Mobile));
}

#[test]
fn the_first_digits_of_a_number_are_not_taken_for_the_length_of_its_text() {
    // A filing number may end like an identity number.
    for digits in ["3", "35", "350"] {
        let text = format!("{digits}{ID}");
        let call = noteCall { head: B256::ZERO, text, number: U256::ZERO };
        assert_eq!(kind(call.abi_encode()), None, "{digits}");
    }
    // A text may be as long as three bytes tell.
    let text = format!("{ID} {}", " ".repeat(70_000));
    let call = noteCall { head: B256::ZERO, text, number: U256::ZERO };
    assert_eq!(kind(call.abi_encode()), Some(Kind::ResidentId));
}

#[test]
fn utf_16_is_searched_in_either_byte_order() {
    for text in [MOBILE, "tel 138 1234 5678", ID, "id:110105-19491231-002X;"] {
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(kind(&big), kind(text), "{text}");
        assert_eq!(kind(&little), kind(text), "{text}");
        assert!(kind(text).is_some());
    }
}

#[test]
fn a_waiver_lifts_one_finding_and_nothing_else() {
    let body = wordCall { word: B256::right_padding_from(MOBILE.as_bytes()) }.abi_encode();
    let finding = find(&body).unwrap();
    let waived = |words: &[B256]| {
        let tail: Vec<u8> = words.iter().flat_map(|word| word.0).collect();
        find(&[body.as_slice(), &tail].concat())
    };
    let good = finding.waiver();
    assert_eq!(waived(&[good]), None);
    let other_kind = Finding { kind: Kind::BankCard, ..finding }.waiver();
    let other_place = Finding { offset: finding.offset + 1, ..finding }.waiver();
    for wrong in [other_kind, other_place, B256::ZERO] {
        assert_eq!(waived(&[wrong]), Some(finding));
        assert_eq!(waived(&[good, wrong]), None);
    }
    let fill = [B256::ZERO; limits::PERSONAL_WAIVERS_MAX];
    assert_eq!(waived(&[&[good][..], &fill[1..]].concat()), None);
    assert_eq!(waived(&[&[good][..], &fill].concat()), Some(finding));
    // Solidity and the modules pass over the word.
    let input = [body.as_slice(), good.as_slice()].concat();
    assert_eq!(wordCall::abi_decode(&input).unwrap().word, B256::right_padding_from(MOBILE.as_bytes()));
}

#[test]
fn each_of_several_findings_needs_a_waiver_of_its_own() {
    let mut input = format!("{MOBILE},{ID},{}", card("62", 19)).into_bytes();
    let mut kinds = Vec::new();
    while let Some(finding) = find(&input) {
        kinds.push(finding.kind);
        input.extend_from_slice(finding.waiver().as_slice());
    }
    assert_eq!(kinds, [Kind::Mobile, Kind::ResidentId, Kind::BankCard]);
}

#[test]
fn a_waiver_is_the_hash_of_its_parts() {
    let finding = Finding { kind: Kind::Mobile, offset: 0x0102 };
    let bytes = [&b"ding.personal.waive"[..], &[2], &[0, 0, 0, 0, 0, 0, 1, 2]].concat();
    assert_eq!(finding.waiver(), keccak256(bytes));
}

/// Inputs tried for a figure of the documentation; fewer where the compiler does not help.
const TRIED: usize = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

/// Compares how many inputs are taken for personal data with the documentation's figure for a
/// million. A fraction of them gives at most that many.
fn check_alarms(of_a_million: usize, mut input: impl FnMut(&mut Disorder) -> Vec<u8>) {
    let mut disorder = Disorder(20_261_122);
    let alarms = (0..TRIED).filter(|_| find(&input(&mut disorder)).is_some()).count();
    if TRIED == 1_000_000 {
        assert_eq!(alarms, of_a_million);
    } else {
        assert!(alarms <= of_a_million, "{alarms} of {TRIED}, {of_a_million} of a million");
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| b"0123456789abcdef"[usize::from(half)])
        .collect()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        [18, 12, 6, 0].map(|shift| SIGNS[(bits >> shift & 63) as usize])
    };
    bytes.chunks(3).flat_map(group).collect()
}

fn uuid(mut bytes: [u8; 16]) -> Vec<u8> {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join(&b'-')
}

#[test]
fn random_words_and_their_usual_texts_raise_no_alarm() {
    check_alarms(0, |disorder| disorder.word().to_vec());
    check_alarms(0, |disorder| hex(&disorder.word()));
    check_alarms(0, |disorder| base64(&disorder.word()));
    check_alarms(0, |disorder| uuid(disorder.word()[..16].try_into().unwrap()));
}

#[test]
fn numbers_in_text_raise_as_many_alarms_as_the_documentation_says() {
    check_alarms(9, |disorder| hex(&disorder.next().to_be_bytes()));
    check_alarms(1_395, |disorder| disorder.next().to_string().into_bytes());
}

#[test]
fn any_bytes_are_searched_without_a_panic_and_a_finding_points_at_a_digit() {
    let units = [
        "1", "3", "8", "0", "5", "13", "138", "1234", "1990", "62", "１", " ", "-", ".", "\u{3000}", "X",
        "\0", "a",
    ];
    let mut disorder = Disorder(3);
    let mut found = 0;
    for _ in 0..100_000 {
        let mut input = Vec::new();
        for _ in 0..disorder.next() % 24 {
            let unit = units[usize::try_from(disorder.next() % units.len() as u64).unwrap()];
            // Now and then half of a character.
            let cut = if disorder.next().is_multiple_of(16) { unit.len() / 2 } else { unit.len() };
            input.extend_from_slice(&unit.as_bytes()[..cut]);
        }
        if let Some(finding) = find(&input) {
            found += 1;
            let first = input[finding.offset];
            assert!(first.is_ascii_digit() || first == 0xef, "{finding:?} in {input:x?}");
        }
    }
    assert!(found > 1_000, "{found}");
}

#[test]
fn the_worst_inputs_take_time_linear_in_their_length() {
    let steps = |unit: &str, length: usize| {
        let input = unit.repeat(length / unit.len());
        Scanner::over(input.as_bytes()).count() + seams(input.as_bytes()).count()
    };
    for unit in ["1 ", "12 ", "1234-", "1", "a", "\0", "138 1234 567x "] {
        // Twice the input, at most twice the findings and seams: nothing is looked at from every start.
        assert!(steps(unit, 131_072) <= 2 * steps(unit, 65_536) + 2, "{unit:?}");
    }
    let lengths = [&[0u8; 31][..], b"A"].concat().repeat(4_096);
    assert!(seams(&lengths).count() <= 3 * 4_096);
}
