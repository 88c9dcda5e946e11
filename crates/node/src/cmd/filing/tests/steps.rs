use super::*;

#[test]
fn a_service_is_filed_returned_resubmitted_recorded_published_and_objected_to_from_the_command_line() {
    let (port, folder) = (Port::open("filed"), Folder::new("filed"));
    let uscc = code(1);
    file_one(&port, &folder, &uscc.to_lowercase());
    assert_eq!(state(&port, 1), State::Submitted);
    let lines = fs::read_to_string(folder.path("salts.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2, "a salt for each commitment");
    assert!(!lines.contains("张三"), "the salts are kept without what they hide");

    // The wrong role, and a reason that is none.
    refused(filing(&port, "provider", &["forward", "1"]), &["may not take the step forward"]);
    refused(
        filing(
            &port,
            "supervisor",
            &["return", "1", "--reason", "ugly", "--reasons", "x", "--answer-days", "5"],
        ),
        &["ugly", "no reason", "material-missing"],
    );
    filing(
        &port,
        "supervisor",
        &["return", "1", "--reason", "description", "--reasons", "服务描述不完整", "--answer-days", "10"],
    )
    .unwrap();
    assert_eq!(state(&port, 1), State::Returned);
    let before = service(&port, 1).content;
    // Only what changes is named; attachments are given whole.
    let mut words = vec!["resubmit", "1", "--description", "为合同和图片存证"];
    let files: Vec<String> =
        ["licence", "person-document", "authenticity-statement", "product-description", "management-rules"]
            .iter()
            .map(|kind| format!("{kind}={}", folder.path(&format!("{kind}.pdf"))))
            .collect();
    files.iter().for_each(|file| words.extend(["--attach", file]));
    filing(&port, "provider", &words).unwrap();
    assert_ne!(service(&port, 1).content, before);
    filing(&port, "provincial", &["forward", "1", "--opinion", "同意"]).unwrap();
    assert_eq!(state(&port, 1), State::Forwarded);

    filing(&port, "supervisor", &["propose", "1"]).unwrap();
    refused(filing(&port, "supervisor", &["record", "1"]), &["second", "1"]);
    filing(&port, "supervisor-2", &["record", "1"]).unwrap();
    assert_eq!(state(&port, 1), State::Recorded);
    let number = FilingNumber::parse(&service(&port, 1).number).unwrap();
    assert!(number.check().is_ok());
    let list = folder.file("list.pdf", "%PDF the list");
    filing(&port, "supervisor", &["publish", "1", "--batch", "1", "--document", &list]).unwrap();
    assert_eq!(ask(&port, &batchCall { number: 1 }).count, 1);

    // By its filing number from here on, as people have it.
    let full = number.in_full();
    filing(&port, "provider-2", &["object", &full, "--evidence", &list, "--statement", "主体名称有误"])
        .unwrap();
    filing(
        &port,
        "supervisor",
        &["decide-objection", "1", "--outcome", "dismissed", "--report", &list, "--reasons", "与事实不符"],
    )
    .unwrap();
    filing(&port, "provider", &["show", &full]).unwrap();
    filing(&port, "provider", &["show", "1"]).unwrap();
    filing(&port, "provider", &["provider", &uscc]).unwrap();
    refused(filing(&port, "provider", &["show", "2"]), &["no service 2"]);
    refused(filing(&port, "provider", &["show", "京网信备11010519864491550014号"]), &["recorded no service"]);

    let csv = folder.path("batch.csv");
    filing(&port, "provider", &["export", "--batch", "1", "-o", &csv]).unwrap();
    let text = fs::read_to_string(&csv).unwrap();
    assert_eq!(
        text,
        format!("\u{feff}属地,主体名称,服务名称,备案编号\r\n浙江,杭州示例科技有限公司,示例存证,{full}\r\n")
    );
    refused(filing(&port, "provider", &["export", "--batch", "1", "-o", &csv]), &["exists"]);
    refused(filing(&port, "provider", &["export", "--batch", "2", "-o", &csv]), &["no batch 2"]);
}

#[test]
fn a_recorded_service_changes_is_inspected_corrected_warned_suspended_fined_and_ends() {
    let (port, folder) = (Port::open("supervised"), Folder::new("supervised"));
    file_one(&port, &folder, &code(2));
    filing(&port, "supervisor", &["propose", "1"]).unwrap();
    filing(&port, "supervisor-2", &["record", "1"]).unwrap();
    let report = folder.file("report.pdf", "%PDF a report");

    // A change names only what changed; it comes late, which is taken.
    filing(
        &port,
        "provider",
        &["report-change", "1", "--changed-on", "2026-11-02", "--server", "宁波市", "--reason", "人员更替"],
    )
    .unwrap();
    let before = service(&port, 1).content;
    filing(&port, "supervisor", &["accept-change", "1"]).unwrap();
    assert_ne!(service(&port, 1).content, before);
    refused(
        filing(
            &port,
            "provider",
            &["report-change", "1", "--changed-on", "2026-11-02", "--server", "宁波市"],
        ),
        &["already"],
    );

    filing(&port, "supervisor", &["open-campaign", "--title", "年度检查", "--working-days", "10"]).unwrap();
    filing(&port, "supervisor", &["inspect", "1", "1"]).unwrap();
    filing(&port, "provider", &["answer", "1", "--answer", &report, "--text", "无变化"]).unwrap();
    filing(&port, "supervisor", &["pass", "1"]).unwrap();
    filing(&port, "supervisor", &["close-campaign", "1"]).unwrap();

    let measure =
        ["--article", "19", "--breach", "keep-logs", "--notice", &report, "--text", "日志保存不足六个月"];
    filing(&port, "supervisor", &[&["rectify", "1", "--working-days", "5"], &measure[..]].concat()).unwrap();
    filing(&port, "provider", &["report-rectified", "1", "--report", &report]).unwrap();
    filing(
        &port,
        "supervisor",
        &["decide-rectified", "1", "--outcome", "refused", "--working-days", "5", "--text", "仍不足"],
    )
    .unwrap();
    filing(&port, "provider", &["report-rectified", "1", "--report", &report]).unwrap();
    filing(&port, "supervisor", &["decide-rectified", "1", "--outcome", "accepted"]).unwrap();
    filing(&port, "supervisor", &[&["warn", "1", "--working-days", "5"], &measure[..]].concat()).unwrap();
    assert_eq!(state(&port, 1), State::Warned);
    filing(&port, "supervisor", &[&["suspend", "1"], &measure[..]].concat()).unwrap();
    assert_eq!(state(&port, 1), State::Suspended);

    let fine = |yuan: &str| {
        let words = [&["propose-fine", "1", "--ground", "情节严重", "--amount", yuan], &measure[..]].concat();
        filing(&port, "supervisor", &words)
    };
    refused(fine("4999.99"), &["4999.99 yuan", "5000 yuan"]);
    refused(fine("30000.01"), &["30000.01 yuan", "30000 yuan"]);
    refused(fine("1e4"), &["no amount"]);
    fine("10,000").unwrap();
    let counts = ask(&port, &countsCall {});
    let item = counts.penalties;
    assert_eq!(ask(&port, &penaltyCall { id: item }).amountFen, 1_000_000);
    let item = item.to_string();
    refused(filing(&port, "supervisor", &["impose-fine", &item]), &["second"]);
    filing(&port, "supervisor-2", &["impose-fine", &item]).unwrap();
    filing(&port, "supervisor", &["settle-fine", &item, "--receipt", &report]).unwrap();

    filing(&port, "supervisor", &["restore", "1", "--text", "已整改"]).unwrap();
    assert_eq!(state(&port, 1), State::Recorded);
    filing(
        &port,
        "provider",
        &[
            "assess",
            "1",
            "--go-live",
            "2027-01-05",
            "--report",
            &report,
            "--subject",
            "新增钱包",
            "--institution",
            "某测评中心",
        ],
    )
    .unwrap();
    filing(
        &port,
        "supervisor",
        &["decide-assessment", "1", "--outcome", "passed", "--report", &report, "--reasons", "通过"],
    )
    .unwrap();

    let end = |day: &str| {
        filing(
            &port,
            "provider",
            &["notify-termination", "1", "--planned", day, "--arrangements", &report, "--text", "停止服务"],
        )
    };
    let today = crate::cmd::words::today();
    refused(end(&today.plus(20).unwrap().to_string()), &["had to be announced by", "plan a later day"]);
    end(&today.plus(120).unwrap().to_string()).unwrap();
    filing(&port, "provider", &["cancel-termination", "1", "--reason", "继续"]).unwrap();
    refused(filing(&port, "supervisor", &["deregister", "1", "--reasons", "停止"]), &["1"]);
    filing(&port, "provider", &["articles"]).unwrap();
}

#[test]
fn what_cannot_be_sent_is_refused_before_and_what_is_lost_is_asked_for() {
    let (port, folder) = (Port::open("refused"), Folder::new("refused"));
    file_one(&port, &folder, &code(3));
    let text = folder.file("text.pdf", "no pdf at all");
    refused(
        filing(&port, "provider", &["submit", "1", "--attach", &format!("licence={text}")]),
        &["neither PDF"],
    );
    refused(filing(&port, "provider", &["submit", "1", "--attach", "licence"]), &["licence=licence.pdf"]);
    refused(filing(&port, "provider", &["provider", "91330100MA0000023X"]), &["check character is X"]);
    refused(filing(&port, "provider", &["provider", &code(9)]), &["no provider with the code"]);
    refused(
        filing(&port, "provider", &["draft", "--provider", "1", "--name", "x"]),
        &["lacks --category", "--go-live"],
    );
    refused(
        filing(&port, "provider", &["report-change", "1", "--changed-on", "2026-02-30", "--server", "x"]),
        &["2026-02-30", "no day"],
    );
    refused(
        filing(&port, "supervisor", &["publish", "1-3,2", "--batch", "1", "--document", &text]),
        &["2 is named twice"],
    );
    // Neither a terminal nor --yes.
    let words = ["filing", "withdraw", "1", "--rpc", &port.url, "--key", "provider"];
    let unasked = Line::try_parse_from(words).unwrap().args;
    refused(run(unasked, false), &["for good", "--yes"]);
    let rehearsed = Line::try_parse_from([&words[..], &["--dry-run"]].concat()).unwrap().args;
    run(rehearsed, true).unwrap();
    assert_eq!(state(&port, 1), State::Submitted);
    filing(&port, "provider", &["withdraw", "1"]).unwrap();
    assert_eq!(state(&port, 1), State::Withdrawn);
}

#[test]
fn a_registration_that_the_ledger_refuses_leaves_no_salts() {
    let (port, folder) = (Port::open("salts"), Folder::new("salts"));
    file_one(&port, &folder, &code(5));
    let lines = || fs::read_to_string(folder.path("salts.jsonl")).unwrap().lines().count();
    assert_eq!(lines(), 2);
    let (person, details, salts) =
        (folder.path("person.txt"), folder.path("details.txt"), folder.path("salts.jsonl"));
    let data = ["--uscc", &code(5), "--name", "杭州示例科技有限公司", "--division", "330106"];
    let files = ["--person", &person, "--details", &details, "--salts", &salts];
    refused(
        filing(&port, "provider", &[&["register"], &data[..], &files[..]].concat()),
        &["in charge of provider 1"],
    );
    let change = [&["change-provider", "1", "--changed-on", "2026-11-02"], &data[..], &files[..]].concat();
    refused(filing(&port, "provider-2", &change), &["provider"]);
    assert_eq!(lines(), 2, "of a refused step nothing is kept");
    filing(&port, "provider", &change).unwrap();
    assert_eq!(lines(), 4);
}

#[test]
fn a_number_with_a_wrong_check_digit_says_which_argument_takes_it() {
    let (port, folder) = (Port::open("confirm"), Folder::new("confirm"));
    file_one(&port, &folder, &code(6));
    let good = FilingNumber::form(330_106, 2019, 6, 1).unwrap();
    let last = if good.as_str().ends_with('3') { '4' } else { '3' };
    let wrong = format!("{}{last}", &good.as_str()[..19]);
    refused(filing(&port, "supervisor", &["propose", "1", "--number", &wrong]), &[&wrong, "--confirmed"]);
    filing(&port, "supervisor", &["propose", "1", "--number", &wrong, "--confirmed"]).unwrap();
}

#[test]
fn parts_of_a_development_chain_sign_by_name() {
    let named = DEVELOPMENT_PARTS.map(|(name, _)| name);
    assert_eq!(
        named,
        ["notary", "supervisor", "supervisor-2", "provincial", "competent", "provider", "provider-2"]
    );
    let port = Port::open("parts");
    refused(filing(&port, "nobody", &["forward", "1"]), &["nobody"]);
    assert!(Client::new(&port.url).is_ok());
}
