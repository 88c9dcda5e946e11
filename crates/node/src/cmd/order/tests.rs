use super::*;
use crate::cmd::evidence::{
    harbour::{Folder, Harbour},
    town::{account, found, found_bound, name, refused},
};
use clap::Parser;
use ding_modules::orders::abi::IOrders::OrderDrafted;
use ding_modules::orders::abi::IOrders::freezesOfCall;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn order(harbour: &Harbour, words: &[&str]) -> Result<(), Failure> {
    let line = Line::try_parse_from([&["order"], words, &["--yes", "--rpc", &harbour.url]].concat());
    run(line.unwrap_or_else(|error| panic!("{error}")).args, true)
}

/// Calls a view.
fn look<C: alloy_sol_types::SolCall>(harbour: &Harbour, call: &C) -> C::Return {
    block_on(async {
        let client = crate::client::Client::new(&harbour.url).unwrap();
        let request =
            serde_json::json!({ "to": ADDRESS, "data": ding_primitives::Bytes::from(call.abi_encode()) });
        let output: ding_primitives::Bytes = client.call("eth_call", (request, "latest")).await.unwrap();
        C::abi_decode_returns_validate(&output).unwrap()
    })
    .unwrap()
}

fn state(harbour: &Harbour, number: u64) -> &'static str {
    status(look(harbour, &orderCall { number }).status)
}

/// The clock of the chain begins in November 2023.
const FIRST: u64 = 2_023_000_001;

fn freeze(harbour: &Harbour, target: &str) {
    order(
        harbour,
        &["draft", "freeze", target, "--basis", "a law, art. 1", "--until", "2024-06-30", "--key", &name(4)],
    )
    .unwrap();
}

#[test]
fn an_account_is_frozen_by_two_hands_and_released_on_appeal_by_a_third() {
    let (harbour, folder) = (found(), Folder::new("order-freeze"));
    let (number, target) = (FIRST.to_string(), name(8));
    freeze(&harbour, &target);
    assert_eq!(state(&harbour, FIRST), "drafted");
    // The same person is no second one, and a stranger is no supervisor.
    refused(order(&harbour, &["approve", &number, "--key", &name(4)]), &["somebody else"]);
    refused(order(&harbour, &["approve", &number, "--key", &name(7)]), &["supervisor"]);
    order(&harbour, &["approve", &number, "--key", &name(5)]).unwrap();
    assert_eq!(look(&harbour, &freezesOfCall { account: account(8) }), [FIRST]);
    order(&harbour, &["freezes", &target]).unwrap();
    order(&harbour, &["show", &number]).unwrap();
    // The target appeals once; who had a hand in the order does not decide.
    let (grounds, reasons) = (folder.file("grounds", "not me"), folder.file("reasons", "indeed"));
    refused(order(&harbour, &["appeal", &number, &grounds, "--key", &name(9)]), &["not the target"]);
    order(&harbour, &["appeal", &number, &grounds, "--key", &target]).unwrap();
    refused(order(&harbour, &["appeal", &number, &grounds, "--key", &target]), &["one at most"]);
    let decide = ["decide", &number, "--revoke", "--reasons", &reasons, "--key"];
    refused(order(&harbour, &[&decide[..], &[&name(5)]].concat()), &["somebody else"]);
    order(&harbour, &[&decide[..], &[&name(6)]].concat()).unwrap();
    assert_eq!(state(&harbour, FIRST), "revoked");
    assert!(look(&harbour, &freezesOfCall { account: account(8) }).is_empty());
    order(&harbour, &["report", "2023"]).unwrap();
    order(&harbour, &["list", "--year", "2023", "--state", "revoked"]).unwrap();
}

#[test]
fn an_order_is_lifted_by_another_of_two_hands() {
    let harbour = found();
    freeze(&harbour, &name(8));
    let number = FIRST.to_string();
    refused(order(&harbour, &["lift", &number, "--basis", "over", "--key", &name(4)]), &["drafted"]);
    order(&harbour, &["approve", &number, "--key", &name(5)]).unwrap();
    order(&harbour, &["lift", &number, "--basis", "the cause is gone", "--key", &name(5)]).unwrap();
    let lifting = (FIRST + 1).to_string();
    order(&harbour, &["approve", &lifting, "--key", &name(4)]).unwrap();
    assert_eq!((state(&harbour, FIRST), state(&harbour, FIRST + 1)), ("lifted", "settled"));
    refused(order(&harbour, &["lift", &lifting, "--basis", "x", "--key", &name(4)]), &["binds nobody"]);
}

#[test]
fn a_request_is_answered_refused_and_settled() {
    let (harbour, folder) = (found(), Folder::new("order-inquire"));
    let (number, target) = (FIRST.to_string(), name(8));
    let draft = ["draft", "inquire", &target, "--basis", "art. 18", "--days", "5", "--key", &name(4)];
    order(&harbour, &draft).unwrap();
    order(&harbour, &["approve", &number, "--key", &name(5)]).unwrap();
    let (short, long) = (folder.file("short", "no"), folder.file("long", "here it is"));
    order(&harbour, &["answer", &number, &short, "--key", &target]).unwrap();
    order(&harbour, &["settle", &number, "--reject", "--key", &name(4)]).unwrap();
    assert_eq!(state(&harbour, FIRST), "in-force");
    order(&harbour, &["answer", &number, &long, "--key", &target]).unwrap();
    let other = ["settle", &number, "--accept", "--answer", &short, "--key", &name(5)];
    refused(order(&harbour, &other), &["by now", "read that one"]);
    let read = ["settle", &number, "--accept", "--answer", &long, "--finding", &long, "--key", &name(5)];
    order(&harbour, &read).unwrap();
    assert_eq!(state(&harbour, FIRST), "settled");
    // Drafts that are turned down or taken back never had an effect.
    order(&harbour, &draft).unwrap();
    order(&harbour, &["decline", &(FIRST + 1).to_string(), "--reasons", &short, "--key", &name(5)]).unwrap();
    order(&harbour, &draft).unwrap();
    order(&harbour, &["withdraw", &(FIRST + 2).to_string(), "--key", &name(4)]).unwrap();
    assert_eq!((state(&harbour, FIRST + 1), state(&harbour, FIRST + 2)), ("declined", "withdrawn"));
}

#[test]
fn what_takes_effect_for_good_needs_a_yes() {
    let harbour = found();
    freeze(&harbour, &name(8));
    let words = ["order", "approve", &FIRST.to_string(), "--key", &name(5), "--rpc", &harbour.url];
    let line = Line::try_parse_from(words).unwrap();
    refused(run(line.args, false), &["freeze account", &name(8), "--yes"]);
    assert_eq!(state(&harbour, FIRST), "drafted");
}

#[test]
fn drafts_that_cannot_be_are_refused_by_name() {
    let harbour = found();
    let basis = ["--basis", "a law", "--key", &name(4)];
    let refuse = |words: &[&str], want: &[&str]| {
        refused(order(&harbour, &[&["draft"], words, &basis[..]].concat()), want);
    };
    refuse(&["suspend", &name(8)], &["belongs to no service"]);
    refuse(&["suspend", "not a number"], &["\"not a number\" is no account"]);
    refuse(&["freeze", &name(5)], &["acts for organisation 2, a supervisor"]);
    refuse(
        &["disclose", &name(8), "--field", "name", "--days", "5", "--case", &"11".repeat(32)],
        &["is under no binding"],
    );
    // What an action needs is named by flag, all of it at once, before anybody is asked.
    refuse(&["inquire", &name(8)], &["an order to inquire needs --days"]);
    refuse(&["disclose", &name(8)], &["needs --days, --field, --case"]);
    refuse(&["freeze", &name(8), "--days", "3"], &["takes no --days"]);
    refuse(&["restore", &name(8)], &["needs --lifts"]);
    refused(order(&harbour, &["show", "2023000009"]), &["there is no order 2023000009"]);
    assert_eq!(harbour.world().transactions(), 0);
}

/// What a command asks of the member of a harbour.
fn desk(harbour: &Harbour) -> Desk {
    let line = Line::try_parse_from(["order", "report", "2023", "--rpc", &harbour.url]).unwrap();
    block_on(Desk::open(line.args.hand, true)).unwrap().unwrap()
}

#[test]
fn a_dry_run_approves_nothing_that_the_door_refuses() {
    let harbour = found_bound();
    let basis = ["--basis", "a law, art. 1", "--until", "90d", "--dry-run", "--key"];
    let draft = |who: &str| order(&harbour, &[&["draft", "freeze", &name(9)], &basis[..], &[who]].concat());
    draft(&name(4)).unwrap();
    refused(draft(&name(8)), &["account_not_bound", "identity authority"]);

    // A frozen account answers and appeals, and does nothing else.
    let harbour = found();
    let target = name(8);
    let freeze = ["draft", "freeze", &target, "--basis", "a law", "--until", "90d", "--key", &name(4)];
    order(&harbour, &freeze).unwrap();
    order(&harbour, &["approve", &FIRST.to_string(), "--key", &name(5)]).unwrap();
    let withdraw = ["withdraw", &FIRST.to_string(), "--key", &target, "--dry-run"];
    refused(order(&harbour, &withdraw), &["account_frozen", &format!("order {FIRST}"), "ding order appeal"]);
    let grounds = "22".repeat(32);
    order(&harbour, &["appeal", &FIRST.to_string(), &grounds, "--key", &target, "--dry-run"]).unwrap();
    order(&harbour, &["appeal", &FIRST.to_string(), &grounds, "--key", &target]).unwrap();
}

#[test]
fn personal_data_is_told_by_its_place_and_a_false_alarm_can_be_waived() {
    let harbour = found();
    let (target, key) = (name(8), name(4));
    let draft = ["draft", "inquire", &target, "--days", "5", "--key", &key, "--basis"];
    let called = "案卷所附联系电话 13812345678";
    for way in [&["--dry-run"][..], &[]] {
        let refusal = order(&harbour, &[&draft[..], &[called], way].concat());
        let failure = refused(refusal, &["personal data", "联系电话", "mobile number", "--not-personal"]);
        assert!(
            !failure.to_string().contains("1381234") && !failure.to_string().contains("byte"),
            "{failure}"
        );
        assert!(matches!(failure, Failure::Input(_)));
    }
    refused(order(&harbour, &[&draft[..], &["13812345678"]].concat()), &["a text begins with"]);
    assert_eq!(harbour.world().transactions(), 0);
    // Two of them, both waived: the call reaches the module as it was meant.
    let two = "案卷号 13812345678，另案 13987654321";
    order(&harbour, &[&draft[..], &[two, "--not-personal", "--dry-run"]].concat()).unwrap();
    order(&harbour, &[&draft[..], &[two, "--not-personal"]].concat()).unwrap();
    let events = harbour.world().history();
    let written = events.iter().find_map(decode_event::<OrderDrafted>).unwrap();
    assert_eq!(written.order.basis, two);
    let many = ["13812345678"; 5].join("，");
    let refusal = order(&harbour, &[&draft[..], &[&many, "--not-personal"]].concat());
    refused(refusal, &["more than 4 numbers"]);
}

#[test]
fn the_orders_against_a_target_are_found_whatever_their_year() {
    let harbour = found();
    for target in [8, 9, 8] {
        freeze(&harbour, &name(target));
    }
    let numbers = |words: &[&str]| -> Vec<u64> {
        let line =
            Line::try_parse_from([&["order", "list"], words, &["--rpc", &harbour.url]].concat()).unwrap();
        let What::List(list) = line.args.what else { panic!("another command") };
        let found = block_on(show::find_all(&desk(&harbour), &list)).unwrap().unwrap();
        found.orders.iter().map(|(number, _)| *number).collect()
    };
    let (eight, nine) = (name(8), name(9));
    assert_eq!(numbers(&["--target", &eight]), [FIRST + 2, FIRST]);
    assert_eq!(numbers(&["--against", &nine]), [FIRST + 1]);
    // By the name that --key takes.
    assert_eq!(numbers(&["--target", "provider", "--limit", "1"]), [FIRST + 2]);
    assert_eq!(numbers(&["--target", &eight, "--year", "2022"]), [0; 0]);
    refused(order(&harbour, &["list", "--target", "nobody"]), &["\"nobody\" is no account"]);
    order(&harbour, &["list", "--target", &eight]).unwrap();
}

#[test]
fn what_is_no_number_is_told_in_plain_words() {
    let error = Line::try_parse_from(["order", "show", "abc"]).err().unwrap().to_string();
    assert!(error.contains("digits only"), "{error}");
}

/// `order show` and `order report` tell that this account, alone, looked at what was disclosed.
pub(in crate::cmd) fn looked_at(harbour: &Harbour, number: u64, who: ding_primitives::Address) {
    let desk = desk(harbour);
    block_on(async {
        let looks = show::looks(&desk, number).await.unwrap();
        let seen: Vec<_> = looks.iter().map(|look| (look.account, look.fields, look.matches)).collect();
        assert_eq!(seen, [(who, Field::Name.bit(), true)]);
        for counted in show::count(&desk, 2023).await.unwrap() {
            let want = u64::from(counted.action == Action::Disclose);
            assert_eq!(counted.looked, Some(want), "{}", counted.action);
        }
    })
    .unwrap();
    order(harbour, &["show", &number.to_string()]).unwrap();
    order(harbour, &["report", "2023"]).unwrap();
}
