use super::*;
use crate::cmd::evidence::{
    harbour::{Folder, Harbour},
    town::{account, found, name, refused},
};
use clap::Parser;
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
    refuse(&["inquire", &name(8)], &["workingDays"]);
    refuse(&["freeze", &name(8), "--days", "3"], &["takes no workingDays"]);
    refused(order(&harbour, &["show", "2023000009"]), &["there is no order 2023000009"]);
    assert_eq!(harbour.world().transactions(), 0);
}
