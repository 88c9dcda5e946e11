use super::*;
use crate::{
    cmd::{evidence::harbour::Folder, port::Port, words::today},
    wallet::development_accounts,
};
use clap::Parser;
use ding_modules::pilot::{
    State,
    abi::IPilot::{Record, countsCall, documentOfCall, entryOfDayCall, pilotOfCall},
    state::ADDRESS,
};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn pilot(port: &Port, who: &str, words: &[&str]) -> Result<(), Failure> {
    let all = [&["pilot"], words, &["--rpc", &port.url, "--key", who, "--yes"]].concat();
    let line = Line::try_parse_from(&all).map_err(|error| Failure::Input(error.to_string()))?;
    run(line.args, false)
}

fn refused(result: Result<(), Failure>, want: &[&str]) {
    let text = result.expect_err("it was accepted").to_string();
    for want in want {
        assert!(text.contains(want), "{want:?} is missing in: {text}");
    }
}

fn ask<C: alloy_sol_types::SolCall>(port: &Port, call: &C) -> C::Return {
    let hand = Line::try_parse_from(["pilot", "parameters", "--rpc", &port.url]).unwrap().args.hand;
    block_on(async { Desk::open(hand, true).await.unwrap().ask(ADDRESS, call).await.unwrap() }).unwrap()
}

fn record(port: &Port, id: u32) -> Record {
    ask(port, &pilotOfCall { id }).pilot
}

fn state(port: &Port, id: u32) -> State {
    State::from_number(record(port, id).state).unwrap()
}

const CODE: &str = "91330100MA0000023P";

/// A valid credit code of Hangzhou with this serial number.
fn code(serial: u32) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let check = |inner: char, last: char| format!("91330100MA{serial:06}{inner}{last}");
    let inner = ('0'..='9').chain(['X']);
    inner
        .flat_map(|inner| alphabet.chars().map(move |last| (inner, last)))
        .map(|(inner, last)| check(inner, last))
        .find(|code| ding_modules::uscc::check(code).is_ok())
        .unwrap()
}

fn list(port: &Port, folder: &Folder) -> String {
    let file = folder.file("list.pdf", "%PDF the list of 2022");
    pilot(
        port,
        "supervisor",
        &[
            "record-document",
            "--kind",
            "list",
            "--issued-on",
            "2022-01-30",
            "--departments",
            "16",
            "--zones",
            "15",
            "--specials",
            "164",
            "--digest",
            &file,
            "--title",
            "入选名单",
        ],
    )
    .unwrap();
    file
}

#[test]
fn a_pilot_is_recommended_entered_started_reported_adjusted_assessed_and_accepted_from_the_command_line() {
    let (port, folder) = (Port::open("pilot"), Folder::new("pilot"));
    let file = list(&port, &folder);
    let account = development_accounts()[8].address().to_string();
    let end = today().plus(600).unwrap().to_string();
    let due = today().plus(300).unwrap().to_string();
    pilot(
        &port,
        "provincial",
        &[
            "register-entity",
            "--code",
            "９１330100ma0000023p",
            "--name",
            "杭州示例科技有限公司",
            "--division",
            "浙江",
            "--account",
            &account,
        ],
    )
    .unwrap();
    let recommend = |title: &str, more: &[&str]| {
        let words = [
            "recommend",
            "--kind",
            "special",
            "--entity",
            CODE,
            "--field",
            "制造",
            "--division",
            "33",
            "--end-day",
            &end,
            "--title",
            title,
            "--material",
            &file,
        ];
        pilot(&port, "provincial", &[&words[..], more].concat())
    };
    recommend("制造协同", &[]).unwrap();
    refused(recommend("制造协同二", &[]), &["pilot 1", "alongside"]);
    recommend("制造协同二", &["--alongside", "1"]).unwrap();
    pilot(&port, "provincial", &["withdraw", "2", "--reason", "合并"]).unwrap();
    let goal = |name: &str, unit: &str, target: &str| {
        pilot(
            &port,
            "provincial",
            &[
                "add-indicator",
                "1",
                "--name",
                name,
                "--unit",
                unit,
                "--baseline",
                "0",
                "--target",
                target,
                "--due",
                &due,
            ],
        )
    };
    refused(goal("代币数量", "枚", "5"), &["代币"]);
    goal("上链单据", "万份", "12.5").unwrap();
    pilot(
        &port,
        "provincial",
        &["change-indicator", "1", "--indicator", "0", "--target", "20", "--due", &due, "--reason", "上调"],
    )
    .unwrap();
    refused(
        pilot(
            &port,
            "provincial",
            &[
                "change-indicator",
                "1",
                "--indicator",
                "0",
                "--target",
                "20.25",
                "--due",
                &due,
                "--reason",
                "x",
            ],
        ),
        &["20.25", "1 decimals"],
    );
    let competent = {
        use ding_modules::members::{abi::IMembers::organisationOfCall, state::ADDRESS as MEMBERS};
        let hand = Line::try_parse_from(["pilot", "parameters", "--rpc", &port.url]).unwrap().args.hand;
        let call = organisationOfCall { account: development_accounts()[7].address() };
        block_on(async { Desk::open(hand, true).await.unwrap().ask(MEMBERS, &call).await.unwrap() })
            .unwrap()
            .to_string()
    };
    pilot(&port, "supervisor", &["review", "1", "--competent", &competent, "--opinion", "同意"]).unwrap();
    refused(pilot(&port, "supervisor", &["enter", "1", "--document", "1"]), &["second person"]);
    pilot(&port, "supervisor-2", &["enter", "1", "--document", "1"]).unwrap();
    assert_eq!(state(&port, 1), State::Listed);
    assert_eq!(ask(&port, &documentOfCall { document: 1 }).listedSpecials, 1);

    pilot(
        &port,
        "provider",
        &[
            "describe",
            "1",
            "--chain-id",
            "1337",
            "--software",
            "ding",
            "--version",
            "0.1",
            "--node",
            &"11".repeat(32),
        ],
    )
    .unwrap();
    pilot(&port, "provider", &["start", "1"]).unwrap();
    let day = today().to_string();
    let report = ["1", "--indicator", "0", "--day", &day, "--source-height", "3"];
    pilot(&port, "provider", &[&["report"], &report[..], &["--value", "1.5"]].concat()).unwrap();
    refused(
        pilot(&port, "provider", &[&["report"], &report[..], &["--value", "1.6"]].concat()),
        &["correct"],
    );
    pilot(&port, "provider", &[&["correct"], &report[..], &["--value", "1.6", "--reason", "漏计"]].concat())
        .unwrap();
    let entry = ask(&port, &entryOfDayCall { id: 1, indicator: 0, day: today().get() });
    assert_eq!((entry.entry, entry.record.value, entry.record.refersTo), (2, 16, 1));

    pilot(&port, "competent", &["order-adjustment", "1", "--working-days", "10", "--text", "补充节点"])
        .unwrap();
    assert_eq!(state(&port, 1), State::Adjusting);
    pilot(&port, "provider", &["reply-adjustment", "1", "--text", "已补充", "--report", &file]).unwrap();
    pilot(&port, "competent", &["settle-adjustment", "1", "--outcome", "accepted", "--text", "认可"])
        .unwrap();
    pilot(&port, "provider", &["assess", "1", "--kind", "final", "--report", &file, "--text", "完成"])
        .unwrap();
    pilot(&port, "competent", &["evaluate", "1", "--verdict", "met", "--report", &file, "--text", "达标"])
        .unwrap();
    pilot(&port, "supervisor", &["accept", "1"]).unwrap();
    assert_eq!(state(&port, 1), State::Accepted);
    for words in [
        &["show", "1"][..],
        &["entity", CODE],
        &["document", "1"],
        &["parameters"],
        &["queue"],
        &["search", "试点"],
    ] {
        pilot(&port, "notary", words).unwrap();
    }
    let hand = Line::try_parse_from(["pilot", "parameters", "--rpc", &port.url]).unwrap().args.hand;
    let found = block_on(async { read::whole(&Desk::open(hand, false).await.unwrap(), 1).await });
    let (value, page) = found.unwrap().unwrap();
    let page = page.text();
    assert!(value["title"].is_string() && value["goals"][0]["name"].is_string(), "{value}");
    for want in ["pilot 1 on", "accepted", "goals", "indicator 0", "what happened", "Zhejiang"] {
        assert!(page.contains(want), "{want:?} is missing in\n{page}");
    }
    assert!(!page.contains("titleDigest"), "{page}");
    refused(pilot(&port, "notary", &["show", "3"]), &["no pilot 3"]);
}

const HEADER: &str = "试点类型,试点名称,统一社会信用代码,单位名称,结束日期,指标,单位,基线,目标,完成日期,领域,试点地区,省份,账户,允许并列";

fn row(serial: u32) -> Vec<String> {
    let account = format!("0x{:040x}", 0xabc_0000 + serial);
    let fields = ["制造", "能源", "法治", "教育", "卫生健康"];
    [
        "特色领域试点",
        &format!("示例试点{serial}"),
        &code(serial),
        &format!("杭州示例{serial}号单位"),
        &today().plus(500).unwrap().to_string(),
        "上链单据",
        "万份",
        "0.5",
        "12",
        &today().plus(300).unwrap().to_string(),
        fields[serial as usize % fields.len()],
        "",
        "浙江",
        &account,
        "",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let lines = rows.into_iter().map(|row| row.join(","));
    [HEADER.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn one_hundred_and_sixty_four_pilots_come_from_a_sheet_once() {
    let (port, folder) = (Port::open("pilots"), Folder::new("pilots"));
    let material = list(&port, &folder);
    let import = |who: &str, rows: Vec<Vec<String>>, more: &[&str]| {
        let file = folder.file("pilots.csv", csv(rows));
        pilot(&port, who, &[&["import", &file, "--material", &material], more].concat())
    };
    let rows: Vec<Vec<String>> = (1..=164).map(row).collect();
    import("competent", rows.clone(), &["--dry-run"]).unwrap();
    assert_eq!(ask(&port, &countsCall {}).pilots, 0);
    refused(import("provider", rows.clone(), &[]), &["may not recommend"]);
    // The first forty, as if it had been interrupted; then all, with a second goal for one of those.
    import("competent", rows[..40].to_vec(), &[]).unwrap();
    let mut all = rows;
    let mut second = row(3);
    second[5] = "参与企业".into();
    second[6] = "家".into();
    second[7] = "1".into();
    all.push(second);
    import("competent", all.clone(), &[]).unwrap();
    let counts = ask(&port, &countsCall {});
    assert_eq!((counts.pilots, counts.entities), (164, 164));
    assert_eq!(record(&port, 3).indicators, 2);
    import("competent", all.clone(), &[]).unwrap();
    assert_eq!(ask(&port, &countsCall {}).pilots, 164);

    // What differs is named, and nothing is sent.
    let mut other = all.clone();
    other[9][8] = "13".into();
    other.push(row(200));
    refused(import("competent", other, &[]), &["row 11", "pilot 10 is another", "1 of 166 rows"]);
    let mut second = row(4);
    second[1] = "另一个试点".into();
    refused(import("competent", vec![second.clone()], &[]), &["row 2", "pilot 4", "alongside"]);
    assert_eq!(ask(&port, &countsCall {}).pilots, 164);
    second[14] = "是".into();
    import("competent", vec![second], &[]).unwrap();
    assert_eq!(ask(&port, &countsCall {}).pilots, 165);

    pilot(&port, "supervisor", &["review", "1-100", "--competent", "4", "--opinion", "同意"]).unwrap();
    pilot(&port, "supervisor-2", &["enter", "1-100", "--document", "1"]).unwrap();
    assert_eq!(state(&port, 100), State::Listed);
}

#[test]
fn rows_that_cannot_be_pilots_are_named_by_row_and_column() {
    let (port, folder) = (Port::open("rows"), Folder::new("rows"));
    let material = folder.file("form.pdf", "%PDF");
    let cases: [(usize, &str, &[&str]); 13] = [
        (0, "别的", &["column A 试点类型", "no kind of pilot"]),
        (0, "综合性试点", &["no field of its own"]),
        (1, "", &["column B", "empty"]),
        (2, "91330100MA0000023Q", &["column C", "computed P"]),
        (4, "2020-01-01", &["due after the pilot's last day"]),
        (4, "2099-01-01", &["is not after today and by"]),
        (5, "代币价格", &["column F", "代币"]),
        (7, "12", &["column I", "the same"]),
        (8, "很多", &["column I", "no number"]),
        (10, "挖矿", &["column K", "no field"]),
        (11, "贵阳市", &["column M", "disagree"]),
        (13, "0x01", &["column N", "no account"]),
        (13, "", &["name its account"]),
    ];
    for (column, text, want) in cases {
        let mut bad = row(1);
        bad[column] = text.into();
        let file = folder.file("bad.csv", csv([row(2), bad]));
        let want = [&["row 3", "nothing was sent"], want].concat();
        refused(pilot(&port, "competent", &["import", &file, "--material", &material]), &want);
    }
    let file = folder.file("twice.csv", csv([row(2), row(2)]));
    refused(pilot(&port, "competent", &["import", &file, "--material", &material]), &["row 3", "twice"]);
    assert_eq!(ask(&port, &countsCall {}).entities, 0);
}
