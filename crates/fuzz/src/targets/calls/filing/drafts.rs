//! What stories file: subjects, forms, attachments and texts, right and wrong ones.

use super::*;

/// Subjects of providers: companies, persons, and one of each kind of mistake.
pub(super) fn subject(number: u8) -> Subject {
    let company = |uscc: &str, division, kinds| Subject {
        nature: 1,
        idType: 1,
        kinds,
        division,
        uscc: uscc.into(),
        name: "A company".into(),
        subject: B256::ZERO,
        person: B256::repeat_byte(7),
        details: B256::repeat_byte(8),
    };
    let person = |number: u8, division| Subject {
        nature: 2,
        idType: 2,
        kinds: 1,
        uscc: String::new(),
        name: String::new(),
        subject: B256::repeat_byte(number),
        ..company("", division, 1)
    };
    let first = || company("91110000MA00000077", 110_108, 1);
    match number {
        200 => Subject { nature: 3, ..first() },
        201 => Subject { idType: 2, ..first() },
        202 => Subject { idType: 6, ..first() },
        203 => Subject { kinds: 0, ..first() },
        204 => Subject { kinds: 4, ..first() },
        205 => Subject { division: 990_000, ..first() },
        206 => Subject { uscc: "91110000MA00000078".into(), ..first() },
        207 => Subject { uscc: String::new(), ..first() },
        208 => Subject { uscc: "9111".into(), ..first() },
        209 => Subject { uscc: "91110000MA0000007I".into(), ..first() },
        210 => Subject { name: String::new(), ..first() },
        211 => Subject { name: " A company".into(), ..first() },
        212 => Subject { name: "x".repeat(limits::FILING_NAME_CHARS_MAX + 1), ..first() },
        213 => Subject { subject: B256::repeat_byte(1), ..first() },
        214 => Subject { person: B256::ZERO, ..first() },
        215 => Subject { details: B256::ZERO, ..first() },
        216 => Subject { kinds: 2, ..person(1, 110_105) },
        217 => Subject { uscc: "91110000MA00000077".into(), ..person(1, 110_105) },
        218 => Subject { name: "A name".into(), ..person(1, 110_105) },
        219 => Subject { subject: B256::ZERO, ..person(1, 110_105) },
        220 => Subject { idType: 1, ..person(1, 110_105) },
        221 => Subject { division: 110_000, ..first() },
        222 => Subject { name: "官方认证".into(), ..first() },
        _ => match number % 8 {
            0 => first(),
            1 => company("91330100MA0000023P", 330_106, 1),
            2 => person(1, 330_106),
            3 => person(2, 110_105),
            4 => company("91440300MA0000031P", 440_305, 3),
            5 => Subject { details: B256::repeat_byte(9), ..first() },
            6 => Subject { division: 330_106, ..first() },
            _ => Subject { division: 110_105, person: B256::repeat_byte(9), ..person(1, 110_105) },
        },
    }
}

/// A place on this chain at which nothing runs.
pub(super) fn place(number: u8) -> Place {
    let place = Address::repeat_byte(0x80 + number).into_word();
    Place { chainId: samples::CHAIN_ID, place, creator: Address::ZERO, nonce: 0 }
}

/// A contract that the account of the first provider creates with its first transaction.
pub(super) fn made() -> Place {
    let creator = wallet(3);
    Place { place: creator.create(0).into_word(), creator, ..place(0) }
}

/// Forms of services: some that differ, and one of each kind of mistake.
pub(super) fn form(number: u8, today: u32) -> Form {
    let name = ["Deposits", "Receipts", "Bills of lading", "票据"];
    let plain = |number: u8| Form {
        name: name[usize::from(number % 4)].into(),
        category: 2,
        form: 2,
        field: "logistics".into(),
        site: String::new(),
        icp: String::new(),
        description: "What it does".into(),
        server: "Beijing".into(),
        serverDivision: 110_108,
        consensus: String::new(),
        crossBorder: String::new(),
        goLive: today,
        places: Vec::new(),
    };
    let long = |length: usize| "x".repeat(length);
    match number {
        200 => Form { name: String::new(), ..plain(0) },
        201 => Form { name: "Name ".into(), ..plain(0) },
        202 => Form { name: "长".repeat(limits::FILING_NAME_CHARS_MAX + 1), ..plain(0) },
        203 => Form { category: 4, ..plain(0) },
        204 => Form { category: 3, ..plain(0) },
        205 => Form { form: 8, ..plain(0) },
        206 => Form { field: String::new(), ..plain(0) },
        207 => Form { field: long(limits::FILING_LINE_BYTES_MAX + 1), ..plain(0) },
        208 => Form { site: "https://a.example.cn".into(), ..plain(0) },
        209 => Form { description: String::new(), ..plain(0) },
        210 => Form { description: long(limits::FILING_TEXT_BYTES_MAX + 1), ..plain(0) },
        211 => Form { server: String::new(), ..plain(0) },
        212 => Form { serverDivision: 0, ..plain(0) },
        213 => Form { serverDivision: 990_000, ..plain(0) },
        214 => Form { goLive: 0, ..plain(0) },
        215 => Form { goLive: today + limits::FILING_DAYS_AHEAD_MAX, ..plain(0) },
        216 => Form { goLive: today + limits::FILING_DAYS_AHEAD_MAX + 1, ..plain(0) },
        217 => Form { places: vec![place(1), place(1)], ..plain(0) },
        218 => Form { places: vec![Place { place: B256::repeat_byte(1), ..place(1) }], ..plain(0) },
        219 => Form { places: (0..17).map(place).collect(), ..plain(0) },
        220 => Form { places: vec![Place { place: B256::ZERO, ..place(1) }], ..plain(0) },
        221 => Form { places: vec![Place { creator: wallet(3), ..place(1) }], ..plain(0) },
        222 => {
            Form { places: vec![Place { chainId: 1, place: B256::repeat_byte(1), ..place(1) }], ..plain(0) }
        }
        223 => Form { description: "经国家批准".into(), ..plain(0) },
        224 => Form { name: "ＡＢ".into(), ..plain(0) },
        225 => Form { goLive: 17_941, ..plain(0) },
        226 => Form { goLive: 17_942, ..plain(0) },
        227 => Form { icp: "x".into(), ..plain(0) },
        228 => Form { crossBorder: "x".into(), ..plain(0) },
        229 => Form { category: 0, ..plain(0) },
        230 => Form { form: 0, ..plain(0) },
        232 => Form { form: 1, ..plain(0) },
        233 => Form { site: "WWW.a.example.cn".into(), ..plain(0) },
        234 => Form { goLive: 14_247, ..plain(0) },
        235 => Form { goLive: 14_246, ..plain(0) },
        236 => Form { places: vec![Place { chainId: 0, ..place(1) }], ..plain(0) },
        237 => Form { places: vec![Place { nonce: 1, ..made() }], ..plain(0) },
        238 => Form { places: vec![Place { place: ADDRESS.into_word(), ..place(1) }], ..plain(0) },
        239 => Form { server: "A\u{200b}pproved by the CAC".into(), ..plain(0) },
        240 => Form { name: "A\u{200b}name".into(), ..plain(0) },
        231 => Form { goLive: 1, ..plain(0) },
        _ => match number % 16 {
            number @ 0..=3 => plain(number),
            4 => {
                Form { form: 1, site: "https://a.example.cn".into(), icp: "An ICP number".into(), ..plain(0) }
            }
            5 => Form { goLive: today - 30, ..plain(1) },
            6 => Form { goLive: today + 10, ..plain(2) },
            7 => Form { serverDivision: 0, crossBorder: "Why".into(), consensus: "BFT".into(), ..plain(3) },
            8 => Form { category: 1, ..plain(0) },
            number @ 9..=11 => Form { places: vec![place(number)], ..plain(1) },
            12 => Form { server: "Shanghai".into(), serverDivision: 310_101, ..plain(0) },
            13 => Form { goLive: today - 14, ..plain(0) },
            14 => Form { form: 7, places: vec![place(9), place(10)], ..plain(0) },
            _ => Form { places: vec![made(), place(9)], ..plain(0) },
        },
    }
}

/// Attachments: all, or one of each kind of mistake.
pub(super) fn attachments(number: u8) -> Vec<Attachment> {
    let one = |kind| Attachment { kind, format: 1, size: 100, digest: B256::repeat_byte(kind) };
    let all = || (1..=7).map(one);
    let big = limits::FILING_ATTACHMENT_BYTES_MAX;
    match number {
        200 => Vec::new(),
        201 => vec![one(8)],
        202 => vec![Attachment { format: 4, ..one(1) }],
        203 => vec![Attachment { size: big + 1, ..one(1) }],
        204 => vec![Attachment { size: big, ..one(1) }],
        205 => vec![Attachment { size: 0, ..one(1) }],
        206 => vec![Attachment { digest: B256::ZERO, ..one(1) }],
        207 => all().cycle().take(limits::FILING_ATTACHMENTS_MAX + 1).collect(),
        208 => vec![one(0)],
        209 => all().chain([one(1)]).collect(),
        210..=216 => all().filter(|one| one.kind != number - 209).collect(),
        _ => all().collect(),
    }
}

/// A text: one that may stand, or one of each kind of mistake.
pub(super) fn words(number: u8) -> String {
    match number {
        250 => String::new(),
        251 => " a text".into(),
        252 => "x".repeat(limits::FILING_TEXT_BYTES_MAX + 1),
        253 => "a\u{7}text".into(),
        254 => "x".repeat(limits::FILING_TEXT_BYTES_MAX),
        _ => "a text".into(),
    }
}

/// Reasons to send something back.
pub(super) fn codes(number: u8) -> Vec<u8> {
    match number {
        250 => Vec::new(),
        251 => vec![10],
        252 => vec![3; limits::FILING_REASONS_MAX + 1],
        253 => vec![0],
        254 => vec![3, 3],
        number => vec![1 + number % 9, 1 + (number % 9 + 1) % 9],
    }
}

/// Working days that somebody sets.
pub(super) fn days(number: u8) -> u16 {
    match number {
        250 => limits::FILING_PERIOD_DAYS_MAX + 1,
        251 => limits::FILING_PERIOD_DAYS_MAX,
        252 => 0,
        number => 1 + u16::from(number % 10),
    }
}
