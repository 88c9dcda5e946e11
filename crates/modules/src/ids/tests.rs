use super::*;
use crate::ids::{
    contact::{is_bank_card, is_mobile, without_country},
    digits::{luhn, mod11_2},
    filing_number::WrongCheck,
};
use ding_primitives::{B256, limits};

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// Published numbers whose check fits.
const PUBLISHED: [&str; 11] = [
    "11010519864491550014",
    "1101081971596078003X",
    "11010519322986960019",
    "1101082276223860002X",
    "33010822584102190011",
    "33011021539843750010",
    "33010619213211320012",
    "33010821275605010021",
    "44040224116904180018",
    "44030520701478930010",
    "44030524273626860016",
];

const TODAY: (u16, u8, u8) = (2026, 11, 22);

fn today() -> Date {
    date(TODAY)
}

fn date((year, month, day): (u16, u8, u8)) -> Date {
    Date::new(year, month, day).unwrap()
}

#[test]
fn ids_are_folded_to_one_form() {
    for (text, want) in [
        (" 1101 0519-4912.3100 2x ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("\u{3000}ａ－ｂ．ｃ\u{200b}\u{feff}", "ABC"),
        ("13\u{2011}8\u{2013}1\u{a0}2·3", "138123"),
        // Only ASCII letters change case; an accented one is composed first and stays.
        ("e\u{301}", "\u{e9}"),
        ("京网信备", "京网信备"),
        ("（甲）", "(甲)"),
        ("", ""),
    ] {
        assert_eq!(normalise(text).as_deref(), Some(want), "{text:?}");
    }
}

#[test]
fn normalising_twice_changes_nothing_more() {
    let alphabet: Vec<char> = "aAiIjxzＡａ０９－．　（）é\u{301}\u{307}\u{30c}\u{331}\u{212b}\u{387}\u{2000}\u{1100}\u{1161}京號号.- ·\u{200b}ß\u{3000}"
        .chars()
        .collect();
    let mut disorder = Disorder(1);
    for _ in 0..100_000 {
        let length = disorder.below(9);
        let text: String = (0..length)
            .map(|_| alphabet[usize::try_from(disorder.below(alphabet.len() as u64)).unwrap()])
            .collect();
        let once = normalise(&text).unwrap();
        assert_eq!(normalise(&once).as_ref(), Some(&once), "{text:?}");
        let name = normalise_name(&text).unwrap();
        assert_eq!(normalise_name(&name).as_ref(), Some(&name), "{text:?}");
    }
}

#[test]
fn texts_longer_than_any_identifier_are_not_normalised() {
    assert!(normalise(&"1".repeat(limits::ID_TEXT_BYTES_MAX)).is_some());
    assert_eq!(normalise(&"1".repeat(limits::ID_TEXT_BYTES_MAX + 1)), None);
    assert_eq!(normalise_name(&"1".repeat(limits::NAME_TEXT_BYTES_MAX + 1)), None);
}

#[test]
fn names_keep_their_inside_and_compare_without_width_and_case() {
    let (written, other) = ("杭州某某（集团）Ding 有限公司", " 杭州某某(集团)ding 有限公司　");
    assert_eq!(normalise_name(written), normalise_name(other));
    assert_eq!(normalise_name(written).unwrap(), "杭州某某(集团)DING 有限公司");
}

#[test]
fn names_that_no_one_can_read_or_compare_are_refused() {
    assert_eq!(check_name("杭州某某（集团）有限公司", 64), Ok(()));
    for (name, want) in [
        ("", NameError::Empty),
        (" \u{3000}", NameError::Empty),
        ("abcde", NameError::Long { chars: 5, max: 4 }),
        (" ab", NameError::Ends),
        ("ab\u{3000}", NameError::Ends),
        ("a\nb", NameError::Invisible(2)),
        ("ab\u{202e}c", NameError::Invisible(3)),
        ("a\u{200b}b", NameError::Invisible(2)),
        ("e\u{301}", NameError::NotComposed),
    ] {
        assert_eq!(check_name(name, 4), Err(want), "{name:?}");
    }
}

#[test]
fn mod_11_2_agrees_with_the_weights_of_the_resident_number() {
    // GB 11643 states the same check with weights and a table: an independent form of it.
    let weights = [7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let mut disorder = Disorder(2);
    for _ in 0..10_000 {
        let body: Vec<u8> = (0..17).map(|_| b'0' + u8::try_from(disorder.below(10)).unwrap()).collect();
        let sum: u32 = body.iter().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
        assert_eq!(mod11_2(&body), Some(b"10X98765432"[sum as usize % 11]));
    }
    assert_eq!(mod11_2(b"12a"), None);
}

#[test]
fn luhn_finds_every_single_wrong_digit() {
    let good = b"4111111111111111";
    assert!(luhn(good) && luhn(b"79927398713") && luhn(b"6200000000000005"));
    for place in 0..good.len() {
        for digit in b'0'..=b'9' {
            let mut changed = *good;
            changed[place] = digit;
            assert_eq!(luhn(&changed), digit == good[place]);
        }
    }
    assert!(!luhn(b"") && !luhn(b"41111111x1111111"));
}

#[test]
fn resident_numbers_of_the_standard_and_of_the_fixtures_are_taken() {
    let id = ResidentId::parse("11010519491231002x", today()).unwrap();
    assert_eq!(id.as_str(), "11010519491231002X");
    assert_eq!((id.birth(), id.age(today())), (date((1949, 12, 31)), 76));
    let adult = ResidentId::parse("990000 19900101 0017", today()).unwrap();
    assert_eq!((adult.age(today()), adult.is_minor(today())), (36, false));
    let child = ResidentId::parse("990000201506010020", today()).unwrap();
    assert_eq!((child.age(today()), child.is_minor(today())), (11, true));
    assert!(child.age(today()) < resident::SENSITIVE_AGE);
    assert!(!format!("{child:?}").contains("9900"));
}

#[test]
fn full_age_comes_on_the_birthday() {
    let child = ResidentId::parse("990000201506010020", today()).unwrap();
    assert!(child.is_minor(date((2033, 5, 31))));
    assert!(!child.is_minor(date((2033, 6, 1))));
    let leap = date((2008, 2, 29));
    assert_eq!(leap.years_until(date((2026, 2, 28))), 17);
    assert_eq!(leap.years_until(date((2026, 3, 1))), 18);
    assert_eq!(leap.years_until(date((2028, 2, 29))), 20);
    assert_eq!(leap.years_until(date((2007, 1, 1))), 0);
}

#[test]
fn resident_numbers_that_contradict_themselves_are_refused_without_being_repeated() {
    let cases = [
        ("1101051949123100", ResidentError::Length(16)),
        ("1101051949123100二X", ResidentError::Character(17)),
        ("1101051949123100AX", ResidentError::Character(17)),
        ("11010519491231002Y", ResidentError::Character(18)),
        ("11010519491331002X", ResidentError::BirthDate),
        ("11010518991231002X", ResidentError::BirthDate),
        ("11010519490229002X", ResidentError::BirthDate),
        ("110105194912310021", ResidentError::Check { found: '1', want: 'X' }),
    ];
    for (text, want) in cases {
        let error = ResidentId::parse(text, today()).unwrap_err();
        assert_eq!(error, want, "{text}");
        assert!(!error.to_string().contains("110105"), "{error}");
    }
    let birth = date((2015, 6, 1));
    let before = date((2015, 5, 31));
    let future = ResidentError::Future { birth, today: before };
    assert_eq!(ResidentId::parse("990000201506010020", before), Err(future));
    assert!(ResidentId::parse("990000201506010020", birth).is_ok());
}

#[test]
fn every_single_wrong_digit_of_a_resident_number_is_noticed() {
    let good = b"11010519491231002X";
    for place in 0..18 {
        for other in *b"0123456789X" {
            let mut changed = *good;
            changed[place] = other;
            assert_eq!(ResidentId::from_ascii(&changed).is_ok(), other == good[place]);
        }
    }
}

#[test]
fn dates_exist_as_in_the_gregorian_calendar() {
    let days: usize = (1..=12)
        .flat_map(|month| (0..=32).map(move |day| (month, day)))
        .filter(|(month, day)| Date::new(1900, *month, *day).is_some())
        .count();
    assert_eq!(days, 365);
    for (year, leap) in [(2000, true), (2023, false), (2024, true), (2100, false)] {
        assert_eq!(Date::new(year, 2, 29).is_some(), leap);
    }
    assert_eq!(Date::new(2024, 0, 1), None);
    assert_eq!(date((2024, 2, 9)).to_string(), "2024-02-09");
    let day = crate::calendar::Day::from_civil(2026, 11, 22).unwrap();
    assert_eq!(Date::from(day), today());
}

#[test]
fn mobiles_and_bank_cards_are_known_by_prefix_length_and_check() {
    for (digits, is) in [
        ("13800138000", true),
        ("19912345678", true),
        ("12812345678", false),
        ("1380013800", false),
        ("138001380000", false),
        ("1380013800x", false),
    ] {
        assert_eq!(is_mobile(digits.as_bytes()), is, "{digits}");
    }
    assert_eq!(without_country(b"8613800138000"), b"13800138000");
    assert_eq!(without_country(b"008613800138000"), b"13800138000");
    assert_eq!(without_country(b"861380013800"), b"861380013800");
    for (card, is) in [
        ("6200000000000005", true),
        ("6222020000000000009", false),
        ("8100000000000004", false),
        ("4111111111111111", true),
        ("5555555555554444", true),
        ("2223003122003222", true),
        ("3530111333300000", true),
        ("6011111111111117", false),
        ("378282246310005", false),
        ("41111111111111111", false),
        ("4111111111111112", false),
    ] {
        assert_eq!(is_bank_card(card.as_bytes()), is, "{card}");
    }
}

#[test]
fn provinces_are_found_by_sign_and_by_division() {
    assert_eq!(Province::all().count(), 31);
    for province in Province::all() {
        assert_eq!(Province::from_sign(province.sign()), Some(province));
        assert_eq!(Province::from_code(province.code()), Some(province));
        assert_eq!(Province::of_division(u32::from(province.code()) * 10_000 + 105), Some(province));
    }
    for (sign, code) in [('京', 11), ('浙', 33), ('粤', 44), ('新', 65), ('渝', 50)] {
        assert_eq!(Province::from_sign(sign).map(Province::code), Some(code));
    }
    for code in [0, 10, 71, 81, 82, 99] {
        assert_eq!(Province::from_code(code), None);
    }
    assert_eq!(Province::from_sign('台'), None);
    assert_eq!(Province::of_division(1_100_000), None);
}

#[test]
fn published_filing_numbers_pass_the_check() {
    let made_up = ["11010826000000010016", "33010626000000020014", "4403052600000003001X"];
    for text in PUBLISHED.into_iter().chain(made_up) {
        let number = FilingNumber::parse(text).unwrap();
        assert_eq!((number.check(), number.as_str()), (Ok(()), text));
        let formed =
            FilingNumber::form(number.division(), number.year(), number.filer(), number.service()).unwrap();
        assert_eq!(formed, number);
        assert_eq!(FilingNumber::parse(&number.in_full()), Ok(number));
        assert_eq!(FilingNumber::from_word(number.to_word()), Ok(number));
    }
}

#[test]
fn a_filing_number_is_read_from_a_footer_whatever_its_width_and_case() {
    let want = FilingNumber::parse("1101081971596078003X").unwrap();
    for text in [
        "京网信备1101081971596078003x号",
        " 京网信备 1101 0819 7159 6078 003X 号 ",
        "京网信备１１０１０８１９７１５９６０７８００３Ｘ号",
        "京网信备1101081971596078003X",
        "1101-0819-71596078-003-x",
    ] {
        assert_eq!(FilingNumber::parse(text), Ok(want), "{text}");
    }
    assert_eq!(want.in_full(), "京网信备1101081971596078003X号");
    assert_eq!((want.division(), want.year(), want.filer(), want.service()), (110_108, 2019, 71_596_078, 3));
    assert_eq!(want.province().sign(), '京');
}

#[test]
fn a_wrong_check_is_reported_and_not_refused() {
    let number = FilingNumber::parse("11010819960526160012").unwrap();
    let WrongCheck { found, want } = number.check().unwrap_err();
    assert_eq!(found, '2');
    let text = format!("1101081996052616001{want}");
    assert_eq!(FilingNumber::parse(&text).unwrap().check(), Ok(()));
}

#[test]
fn numbers_that_contradict_themselves_or_belong_to_other_registers_are_refused() {
    use FilingNumberError as E;
    for (text, want) in [
        ("1101051986449155001", E::Length(19)),
        ("京网信备110105198644915500141号", E::Length(21)),
        ("网信算备110105198644915500141号", E::Words),
        ("浙网信备11010519864491550014号", E::Sign { sign: '浙', want: 33, found: 11 }),
        ("台网信备11010519864491550014号", E::Words),
        ("网信备11010519864491550014号", E::Words),
        ("京京网信备11010519864491550014号", E::Words),
        ("11010519864491550014号", E::Words),
        ("99010519864491550014", E::Division(990_105)),
        ("1101051986449155O014", E::Character(17)),
        ("110105198644915500X4", E::Character(19)),
        ("1101051986449155001A", E::Character(20)),
        ("京网信备1101051986449155一014号", E::Character(17)),
        ("", E::Length(0)),
    ] {
        assert_eq!(FilingNumber::parse(text), Err(want), "{text}");
    }
    assert_eq!(FilingNumber::parse(&"1".repeat(300)), Err(E::Length(300)));
    let word = FilingNumber::parse(PUBLISHED[0]).unwrap().to_word();
    let mut behind = word;
    behind.0[31] = b'1';
    assert_eq!(FilingNumber::from_word(behind), Err(E::Length(32)));
    assert_eq!(FilingNumber::from_word(B256::ZERO), Err(E::Length(0)));
}

#[test]
fn only_numbers_inside_their_ranges_are_formed() {
    use FilingNumberError as E;
    let number = FilingNumber::form(330_106, 2026, 2, 1).unwrap();
    assert_eq!(number.as_str(), "33010626000000020014");
    assert!(FilingNumber::form(330_106, 2099, 99_999_999, 999).unwrap().check().is_ok());
    let range = |part, value, min, max| Err(E::Range { part, value, min, max });
    assert_eq!(FilingNumber::form(330_106, 2018, 2, 1), range("year", 2018, 2019, 2099));
    assert_eq!(FilingNumber::form(330_106, 2100, 2, 1), range("year", 2100, 2019, 2099));
    let filer = range("number of the filer", 100_000_000, 0, 99_999_999);
    assert_eq!(FilingNumber::form(330_106, 2026, 100_000_000, 1), filer);
    assert_eq!(FilingNumber::form(330_106, 2026, 2, 0), range("number of the service", 0, 1, 999));
    assert_eq!(FilingNumber::form(330_106, 2026, 2, 1_000), range("number of the service", 1_000, 1, 999));
    for division in [0, 990_106, 3_301_060, u32::MAX] {
        assert_eq!(FilingNumber::form(division, 2026, 2, 1), Err(E::Division(division)));
    }
}
