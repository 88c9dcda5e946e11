use super::*;
use ding_modules::identity::commitment::opens;

#[test]
fn days_are_read_as_people_write_them() {
    for text in ["2026-03-01", "2026/3/1", "20260301", "2026年3月1日", "２０２６－０３－０１", " 2026.03.1 "]
    {
        assert_eq!(day(text).map(|day| day.to_string()), Ok("2026-03-01".into()), "{text}");
    }
    for text in ["2026-02-30", "26-03-01", "01/03/2026", "tomorrow", "", "2026-3", "2026-03-011", "202603011"]
    {
        assert!(day(text).is_err(), "{text}");
    }
}

#[test]
fn terms_are_known_by_name_number_and_official_term() {
    assert_eq!(word::<Category>("应用运营方"), Ok(Category::Application));
    assert_eq!(word::<Category>(" Application "), Ok(Category::Application));
    assert_eq!(word::<Category>("２"), Ok(Category::Application));
    assert_eq!(word::<ServiceForm>("app"), Ok(ServiceForm::App));
    assert_eq!(word::<pilot::Zone>("贵阳市"), Ok(pilot::Zone::Guiyang));
    assert_eq!(word::<pilot::Field>("trade finance"), Ok(pilot::Field::TradeFinance));
    let error = word::<Ground>("because").unwrap_err();
    assert!(error.contains("1 refusal-to-correct 拒不改正") && error.contains("because"), "{error}");
}

#[test]
fn codes_divisions_and_provinces_are_normalised_and_checked() {
    assert_eq!(code("９１330100ma0000023p"), Ok("91330100MA0000023P".into()));
    assert!(code("91330100MA0000023Q").unwrap_err().contains("computed P"));
    assert_eq!(division("３３０１０６"), Ok(330_106));
    assert!(division("33").is_err() && division("990106").is_err());
    assert_eq!(division_or_abroad("境外"), Ok(0));
    for text in ["33", "330000", "浙", "浙江", "浙江省", "Zhejiang"] {
        assert_eq!(province(text).map(Province::code), Ok(33), "{text}");
    }
    assert!(province("江").is_err() && province("99").is_err());
    // Every sign has its name here.
    for known in Province::all() {
        assert!(PROVINCES.iter().any(|(sign, _)| *sign == known.sign()), "{}", known.name());
    }
}

#[test]
fn amounts_are_yuan_with_at_most_two_decimals() {
    assert_eq!(
        ["10000", "10,000.5", "0.01", "5000元"].map(|text| fen(text).unwrap()),
        [1_000_000, 1_000_050, 1, 500_000]
    );
    for text in ["", "1.234", "-1", "1e4", "0x10", "99999999999999999999", ".5"] {
        assert!(fen(text).is_err(), "{text}");
    }
}

#[test]
fn lists_of_numbers_have_ranges_and_none_twice() {
    assert_eq!("1-3,7".parse::<Numbers>().unwrap().0, [1, 2, 3, 7]);
    for text in ["", "0", "3-1", "1-", "a", "1,1", "1-3,2", "1-9999999999999"] {
        assert!(text.parse::<Numbers>().is_err(), "{text}");
    }
}

#[test]
fn a_salt_opens_its_commitment_and_is_kept_for_its_owner_only() {
    let path = std::env::temp_dir().join(format!("ding-salts-{}", std::process::id()));
    let _ = fs::remove_file(&path);
    let mut salts = Salts::at(&path).unwrap();
    let first = salts.commit("x", "test", b"value");
    assert_ne!(first, salts.commit("x", "test", b"value"), "every commitment has a salt of its own");
    salts.keep().unwrap();
    salts.commit("y", "test", b"other");
    salts.keep().unwrap();
    let lines: Vec<serde_json::Value> =
        fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    let salt = hex::decode(lines[0]["salt"].as_str().unwrap()).unwrap();
    assert!(opens(&first, &salt, b"value") && lines[0]["commitment"] == json!(first));
    // Kept for years and read by people and other programs: these words, and no others.
    let want = json!({
        "commitment": first, "of": "test", "subject": "x", "salt": hex::encode(&salt),
        "scheme": "sm3(u32be len(salt) || salt || u32be len(value) || value)",
    });
    assert_eq!((&lines[0], salt.len()), (&want, 32));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Salts::at(&path).unwrap_err().to_string().contains("chmod 600"));
    fs::remove_file(&path).unwrap();
}

#[test]
fn decimal_numbers_are_whole_numbers_of_their_last_decimal() {
    let amount = |text: &str| text.parse::<Amount>();
    assert_eq!(amount("12.50").unwrap().scaled(2), Ok(1_250));
    assert_eq!(amount("-0.05").unwrap().scaled(3), Ok(-50));
    assert_eq!(amount("１,000").unwrap().scaled(0), Ok(1_000));
    assert!(amount("0.005").unwrap().scaled(2).unwrap_err().contains("more than the 2 decimals"));
    assert!(amount("9223372036854775807").unwrap().scaled(1).unwrap_err().contains("too large"));
    for text in ["", "-", ".5", "1.", "1e3", "0x1", "1.2.3", "1.0123456789", "99999999999999999999"] {
        assert!(amount(text).is_err(), "{text}");
    }
    assert_eq!([decimal(1_250, 2), decimal(-5, 2), decimal(7, 0)], ["12.50", "-0.05", "7"]);
}

/// Commitments are on ledgers: the scheme that the file of salts names, on bytes that never change.
#[test]
fn a_commitment_is_what_its_scheme_says() {
    use sm3::Digest as _;
    let salt = [7; 32];
    let input = [&32u32.to_be_bytes()[..], &salt, &5u32.to_be_bytes(), b"value"].concat();
    let commitment = commit(&salt, b"value");
    assert_eq!(commitment, B256::from_slice(&sm3::Sm3::digest(input)));
    assert!(opens(&commitment, &salt, b"value") && !opens(&commitment, &salt, b"valu"));
}
