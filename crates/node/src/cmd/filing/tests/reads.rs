use super::*;
use crate::{
    cli::Cli,
    cmd::lists::{Page, fetch, filter},
};
use clap::CommandFactory as _;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Rows of a list once there are so many: the read model is a moment behind the blocks.
fn rows(port: &Port, method: &str, fields: Value, want: usize) -> Vec<Value> {
    let hand = Line::try_parse_from(["filing", "articles", "--rpc", &port.url]).unwrap().args.hand;
    let fields = fields.as_object().unwrap().clone();
    block_on(async {
        let desk = Desk::open(hand, true).await.unwrap();
        let start = Instant::now();
        loop {
            let page = Page { limit: 1_000, after: None };
            let found = fetch(&desk, method, &fields, &page).await.unwrap().items;
            if found.len() == want {
                return found;
            }
            assert!(start.elapsed() < Duration::from_secs(30), "{method}: {found:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .unwrap()
}

#[test]
fn services_are_listed_found_by_number_and_name_and_stand_in_the_queue() {
    let (port, folder) = (Port::open("reads"), Folder::new("reads"));
    let file = folder.file("old.csv", sheets::csv((1..=5).map(sheets::row)));
    sheets::import(&port, &folder, &file).unwrap();
    filing(&port, "supervisor-2", &["record", "1-4"]).unwrap();
    let list = folder.file("list.pdf", "%PDF");
    filing(&port, "supervisor", &["publish", "1-3", "--batch", "1", "--document", &list]).unwrap();

    assert_eq!(rows(&port, "ding_filings", json!({ "batch": 1 }), 3).len(), 3);
    assert_eq!(rows(&port, "ding_filings", json!({ "state": "recorded" }), 4).len(), 4);
    let found = rows(&port, "ding_search", json!({ "text": "示例服务4" }), 1);
    assert_eq!(found[0]["id"], json!(4));
    let number = service(&port, 2).number;
    let found = rows(&port, "ding_search", json!({ "text": number }), 1);
    assert_eq!((&found[0]["id"], &found[0]["exact"]), (&json!(2), &json!(true)));
    // What was imported and waits for its second hand.
    let queue = rows(&port, "ding_queue", json!({}), 1);
    assert_eq!(queue[0]["id"], json!(5));
    assert_eq!(rows(&port, "ding_batches", json!({}), 1)[0]["services"], json!(3));
    assert!(filter([("a", None), ("b", Some(json!(1)))]).contains_key("b"));

    for words in [
        &["list"][..],
        &["list", "--state", "recorded", "--limit", "2", "--category", "应用运营方", "--batch", "1"],
        &["list", "--provider", &code(1), "--text", "示例"],
        &["search", "示例服务", "--limit", "2"],
        &["batches"],
        &["batches", "1"],
        &["queue"],
        &["queue", "--kind", "filing"],
        &["queue", "--role", "supervisor", "--by", "2099-12-31"],
        &["show", "2"],
    ] {
        filing(&port, "notary", words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
    }
    refused(filing(&port, "notary", &["list", "--state", "lost"]), &["lost", "recorded"]);
    refused(filing(&port, "notary", &["batches", "2"]), &["not found"]);
    refused(
        filing(&port, "notary", &["queue", "--kind", "ship"]),
        &["ship", "filing, order, pilot, proposal"],
    );
}

/// What people see of a service.
fn page(port: &Port, id: u64) -> String {
    let hand = Line::try_parse_from(["filing", "articles", "--rpc", &port.url]).unwrap().args.hand;
    let found = block_on(async { show::whole(&Desk::open(hand, false).await.unwrap(), id).await });
    found.unwrap().unwrap().1.text()
}

#[test]
fn a_service_that_an_order_stops_is_shown_and_listed_as_stopped_by_it() {
    #[derive(Parser)]
    struct OrderLine {
        #[command(flatten)]
        args: crate::cmd::order::Args,
    }
    let (port, folder) = (Port::open("stopped"), Folder::new("stopped"));
    let order = |who: &str, words: &[&str]| {
        let line = [&["order"], words, &["--rpc", &port.url, "--key", who, "--yes"]].concat();
        crate::cmd::order::run(OrderLine::try_parse_from(line).unwrap().args, false).unwrap();
    };
    file_one(&port, &folder, &code(4));
    filing(&port, "supervisor", &["propose", "1"]).unwrap();
    assert!(page(&port, 1).contains("ding filing record 1"), "who goes on, and how");
    filing(&port, "supervisor-2", &["record", "1"]).unwrap();
    let number = service(&port, 1).number;
    assert!(!page(&port, 1).contains("order"));
    order("supervisor", &["draft", "suspend", &number, "--basis", "第二十条"]);
    let queue = rows(&port, "ding_queue", json!({ "kind": "order" }), 1);
    assert_eq!(queue[0]["name"], json!(format!("suspend service 浙网信备{number}号 示例存证")));
    let id = queue[0]["id"].as_u64().unwrap();
    order("supervisor-2", &["approve", &id.to_string()]);
    assert_eq!(
        rows(&port, "ding_filings", json!({ "state": "suspended" }), 1)[0]["stoppedByOrder"],
        json!(id)
    );
    let shown = page(&port, 1);
    for want in [
        "service 1 on",
        "示例存证",
        "杭州示例科技有限公司",
        "浙网信备",
        "recorded",
        &format!("by order {id}, from block"),
        "what it is",
        "330106, Zhejiang",
        "what happened",
        "submit, now submitted",
    ] {
        assert!(shown.contains(want), "{want:?} is missing in\n{shown}");
    }
    assert!(!shown.contains("goLive") && shown.lines().count() < 60, "{shown}");
    filing(&port, "notary", &["list", "--state", "suspended"]).unwrap();
    filing(&port, "notary", &["provider", "1"]).unwrap();
    refused(filing(&port, "notary", &["list", "--division", "1"]), &["no division", "330106"]);
    refused(filing(&port, "notary", &["list", "--state", "none"]), &["no state", "change-pending"]);
    for line in ["33", "330106", "浙江"] {
        filing(&port, "notary", &["list", "--division", line]).unwrap();
    }
}

#[test]
fn the_examples_of_the_help_are_commands_of_this_program() {
    let mut tried = 0;
    for name in ["filing", "pilot"] {
        let mut command = Cli::command();
        let sub = command.find_subcommand_mut(name).unwrap();
        let mut helps = vec![sub.get_after_help().map(ToString::to_string).unwrap_or_default()];
        helps.extend(sub.get_subcommands().filter_map(|sub| Some(sub.get_after_help()?.to_string())));
        for line in helps.iter().flat_map(|help| help.lines()) {
            let Some(line) = line.trim().strip_prefix("ding ") else { continue };
            let words = std::iter::once("ding").chain(line.split_whitespace());
            tried += 1;
            if let Err(error) = clap::Parser::try_parse_from(words).map(|_: Cli| ()) {
                // Its files are not there.
                assert!(error.to_string().contains("No such file"), "{line}: {error}");
            }
        }
    }
    assert!(tried >= 15, "{tried}");
}
