use super::*;
use ding_modules::filing::abi::IFiling::proposalCall;
use std::time::Instant;

const HEADER: &str = "备案编号,主体名称,统一社会信用代码,服务名称,服务类别,服务形式,应用领域,服务描述,服务器地址,服务器行政区划,上线日期,负责人";

/// A row of services of one provider each.
pub(super) fn row(serial: u32) -> Vec<String> {
    let number = FilingNumber::form(330_106, 2019, serial, 1).unwrap();
    [
        number.in_full(),
        format!("杭州示例{serial}号科技有限公司"),
        code(serial),
        format!("示例服务{serial}"),
        "应用运营方".into(),
        "小程序".into(),
        "存证".into(),
        format!("第{serial}个服务，为合同存证"),
        "杭州市".into(),
        "330106".into(),
        "2019-03-01".into(),
        format!("负责人{serial}"),
    ]
    .to_vec()
}

pub(super) fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let lines = rows.into_iter().map(|row| row.join(","));
    [HEADER.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

pub(super) fn import(port: &Port, folder: &Folder, file: &str) -> Result<(), Failure> {
    filing(port, "supervisor", &["import", file, "--salts", &folder.path("salts.jsonl")])
}

fn services(port: &Port) -> u64 {
    ask(port, &countsCall {}).services
}

#[test]
fn five_hundred_and_six_services_come_from_a_sheet_are_recorded_published_and_exported() {
    let (port, folder) = (Port::open("sheet"), Folder::new("sheet"));
    let file = folder.file("old.csv", csv((1..=506).map(row)));
    filing(&port, "supervisor", &["import", &file, "--dry-run"]).unwrap();
    assert_eq!(services(&port), 0);
    let start = Instant::now();
    import(&port, &folder, &file).unwrap();
    let took = start.elapsed();
    println!("506 services imported in {took:?}");
    assert!(took.as_secs() < 60, "{took:?}");
    assert_eq!(services(&port), 506);
    // The same again changes nothing.
    import(&port, &folder, &file).unwrap();
    assert_eq!(services(&port), 506);
    filing(&port, "supervisor-2", &["record", "1-506"]).unwrap();
    import(&port, &folder, &file).unwrap();
    assert_eq!(services(&port), 506);
    let list = folder.file("list.pdf", "%PDF");
    filing(
        &port,
        "supervisor",
        &["publish", "1-197", "--batch", "1", "--day", "2019-03-30", "--document", &list],
    )
    .unwrap();
    filing(
        &port,
        "supervisor",
        &["publish", "198-506", "--batch", "2", "--day", "2019-10-18", "--document", &list],
    )
    .unwrap();
    for (batch, name) in [("1", "one.csv"), ("2", "two.xlsx")] {
        filing(&port, "supervisor", &["export", "--batch", batch, "-o", &folder.path(name)]).unwrap();
    }
    let text = fs::read_to_string(folder.path("one.csv")).unwrap();
    assert_eq!(text.lines().count(), 198);
    assert!(text.lines().nth(7).unwrap().starts_with("浙江,杭州示例7号科技有限公司,示例服务7,浙网信备"));
    assert!(fs::read(folder.path("two.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn one_bad_row_among_ten_thousand_is_named_and_nothing_is_sent() {
    let (port, folder) = (Port::open("bad"), Folder::new("bad"));
    let rows = (1..=10_000).map(|serial| {
        let mut row = row(serial);
        if serial == 7_777 {
            row[2].replace_range(17.., "?");
        }
        row
    });
    let file = folder.file("old.csv", csv(rows));
    refused(
        import(&port, &folder, &file),
        &["1 of 10000 rows", "row 7778, column C 统一社会信用代码", "credit code", "nothing was sent"],
    );
    assert_eq!(services(&port), 0);
    assert_eq!(folder.names(), ["old.csv"], "no salts of what was never sent");
}

#[test]
fn an_import_that_was_interrupted_goes_on_and_other_content_is_a_conflict() {
    let (port, folder) = (Port::open("resume"), Folder::new("resume"));
    // What was sent before the interruption: the first thirty rows.
    let part = folder.file("part.csv", csv((1..=30).map(row)));
    import(&port, &folder, &part).unwrap();
    assert_eq!(services(&port), 30);
    let all = folder.file("all.csv", csv((1..=50).map(row)));
    import(&port, &folder, &all).unwrap();
    assert_eq!(services(&port), 50);
    let lines = fs::read_to_string(folder.path("salts.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 100, "two salts for each row that was sent");
    // Another text under a number that is there, and a number under another subject.
    let mut rows: Vec<Vec<String>> = (1..=60).map(row).collect();
    rows[4][3] = "别的服务".into();
    rows[6][2] = code(900);
    let other = folder.file("other.csv", csv(rows));
    refused(
        import(&port, &folder, &other),
        &[
            "row 6, column A 备案编号",
            "service 5, with other content",
            "row 8",
            "of another subject",
            "2 of 60 rows",
        ],
    );
    assert_eq!(services(&port), 50);
    // Taken back, the number is free again.
    let account = crate::wallet::development_accounts()[8].address().to_string();
    filing(&port, "supervisor", &["set-account", "5", "--account", &account]).unwrap();
    filing(&port, "provider", &["withdraw", "5"]).unwrap();
    let mut rows: Vec<Vec<String>> = (1..=50).map(row).collect();
    rows[4][3] = "别的服务".into();
    let other = folder.file("other.csv", csv(rows));
    import(&port, &folder, &other).unwrap();
    assert_eq!(services(&port), 51);
    assert!(!ask(&port, &proposalCall { service: 51 }).number.is_empty());
}

#[test]
fn a_wrong_check_digit_warns_and_wrong_roles_rows_and_columns_are_named() {
    let (port, folder) = (Port::open("columns"), Folder::new("columns"));
    let mut wrong = row(1);
    // The number that was noted from memory and does not pass, of the subject's own province.
    let digits = FilingNumber::form(330_106, 2019, 1, 1).unwrap();
    let last = if digits.as_str().ends_with('3') { '4' } else { '3' };
    wrong[0] = format!("{}{last}", &digits.as_str()[..19]);
    let file = folder.file("check.csv", csv([wrong]));
    let role = filing(&port, "provider", &["import", &file, "--dry-run"]).unwrap_err().to_string();
    assert!(role.contains("may not import") && role.lines().count() == 1, "asked once: {role}");
    import(&port, &folder, &file).unwrap();
    assert!(ask(&port, &proposalCall { service: 1 }).confirmed);

    let cases: [(usize, &str, &[&str]); 15] = [
        (6, "国家网信办批准", &["column G 应用领域", "approval"]),
        (8, "杭州，网信办批准的机房", &["column I 服务器地址", "approval"]),
        (0, "浙网信备33010629000000010019号", &["column A", "2029", "not begun"]),
        (0, "京网信备11010519864491550014号", &["column A", "330106", "two provinces"]),
        (0, "算备1101051986449155001", &["column A"]),
        (1, "", &["column B 主体名称", "empty"]),
        (3, "获得批准的服务", &["column D", "approval"]),
        (4, "别的", &["column E", "no service category"]),
        (5, "网站", &["site", "网址"]),
        (7, "联系 13812345678", &["column H", "mobile number"]),
        (7, "", &["column H", "empty"]),
        (9, "990106", &["column J", "no division"]),
        (9, "境外", &["跨境说明"]),
        (10, "2019-02-30", &["column K", "no day"]),
        (11, "", &["column L 负责人", "empty"]),
    ];
    for (column, text, want) in cases {
        let mut bad = row(2);
        bad[column] = text.into();
        if column == 0 {
            bad[2] = code(2);
        }
        // `division` follows from the number unless the sheet says it.
        let text = csv([bad]);
        let text = if column == 0 && want.contains(&"two provinces") {
            text.replacen(HEADER, &format!("{HEADER},行政区划"), 1) + ",330106"
        } else {
            text
        };
        let want: Vec<&str> = want
            .iter()
            .copied()
            .filter(|want| *want != "column A" || column != 0 || text.contains("算"))
            .collect();
        refused(import(&port, &folder, &folder.file("bad.csv", text)), &want);
    }
    // A number that looks wrong is taken by whoever compared it.
    let mut early = row(2);
    early[0] = FilingNumber::form(330_106, 2029, 2, 1).unwrap().in_full();
    let file = folder.file("early.csv", csv([early]));
    refused(filing(&port, "supervisor", &["import", &file, "--dry-run"]), &["2029", "--confirmed"]);
    filing(&port, "supervisor", &["import", &file, "--dry-run", "--confirmed"]).unwrap();
    refused(
        import(&port, &folder, &folder.file("twice.csv", csv([row(3), row(4), row(3)]))),
        &["row 4", "row 2 too"],
    );
    let mut renamed = row(5);
    renamed[0] = FilingNumber::form(330_106, 2019, 5, 2).unwrap().in_full();
    renamed[1] = "另一个名字".into();
    refused(
        import(&port, &folder, &folder.file("names.csv", csv([row(5), renamed]))),
        &["row 3", "row 2", "is called"],
    );
    assert_eq!(services(&port), 1);
}

#[test]
fn a_subject_under_another_name_than_the_ledgers_is_named_by_row_and_column() {
    let (port, folder) = (Port::open("renamed"), Folder::new("renamed"));
    let second = |name: &str| {
        let mut row = row(1);
        row[0] = FilingNumber::form(330_106, 2019, 1, 2).unwrap().in_full();
        row[1] = name.into();
        row[3] = "第二个服务".into();
        row
    };
    import(&port, &folder, &folder.file("old.csv", csv([row(1), row(2)]))).unwrap();
    let salts = || fs::read_to_string(folder.path("salts.jsonl")).unwrap().lines().count();
    assert_eq!((services(&port), salts()), (2, 4));
    // A number that is there, and a new one of a provider that is there.
    let mut known = row(2);
    known[1] = "别的公司".into();
    let file = folder.file("other.csv", csv([known, second("杭州示例1号改名公司")]));
    refused(
        import(&port, &folder, &file),
        &[
            "2 of 2 rows",
            "row 2, column B 主体名称",
            "row 3, column B 主体名称",
            "杭州示例1号科技有限公司",
            "change-provider 1",
        ],
    );
    assert_eq!((services(&port), salts()), (2, 4));
    // Under its own name, in whatever width: the provider stays as it is, and no salt is made for it.
    let file = folder.file("more.csv", csv([row(1), second("杭州示例１号科技有限公司")]));
    import(&port, &folder, &file).unwrap();
    assert_eq!((services(&port), salts()), (3, 4));
    assert_eq!(service(&port, 3).provider, 1);
    // Two services of a new provider: it is registered once.
    let mut rows = [row(9), row(9)];
    rows[1][0] = FilingNumber::form(330_106, 2019, 9, 2).unwrap().in_full();
    import(&port, &folder, &folder.file("new.csv", csv(rows))).unwrap();
    assert_eq!((services(&port), salts()), (5, 6));
}

#[test]
fn an_import_that_is_killed_in_the_middle_goes_on_where_it_was() {
    let (port, folder) = (Port::open("killed"), Folder::new("killed"));
    let file = folder.file("all.csv", csv((1..=400).map(row)));
    let salts = folder.path("salts.jsonl");
    let words = ["filing", "import", &file, "--salts", &salts, "--rpc", &port.url, "--key", "supervisor"];
    let Args { hand, what } = Line::try_parse_from(words).unwrap().args;
    let What::Import(import) = what else { panic!("another command") };
    let watcher = hand.clone();
    // Whatever the import was about to do when the first services are there, it does not do any more.
    block_on(async {
        let some = async {
            let desk = Desk::open(watcher, true).await.unwrap();
            while desk.ask(ADDRESS, &countsCall {}).await.unwrap().services == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = some => {}
            ended = import.run(hand, true) => panic!("it ended first: {ended:?}"),
        }
    })
    .unwrap();
    let before = services(&port);
    assert!(before > 0);
    import_again(&port, &folder, &file);
    assert_eq!(services(&port), 400);
    import_again(&port, &folder, &file);
    assert_eq!(services(&port), 400, "each service once");
    let numbers: std::collections::BTreeSet<String> =
        (1..=400).map(|service| ask(&port, &proposalCall { service }).number).collect();
    assert_eq!(numbers.len(), 400);
}

/// Starts the import again; transactions of the killed one may still be on their way into blocks.
fn import_again(port: &Port, folder: &Folder, file: &str) {
    let mut last = None;
    for _ in 0..5 {
        match import(port, folder, file) {
            Ok(()) => return,
            Err(error) => last = Some(error),
        }
    }
    panic!("{last:?}");
}
