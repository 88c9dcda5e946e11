use super::*;
use crate::cmd::{
    calendar,
    evidence::{
        harbour::{Folder, Harbour},
        town::{account, found, name, refused},
    },
};
use clap::Parser;
use ding_modules::{
    calendar::{
        Day,
        abi::ICalendar::{deadlineCall, tableCall, todayCall},
    },
    members::{
        Parameter,
        abi::IMembers::{organisationCall, parameterCall, proposalCountCall},
    },
};
use ding_primitives::B256;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

#[derive(Parser)]
struct CalendarLine {
    #[command(flatten)]
    args: calendar::Args,
}

fn vote(harbour: &Harbour, words: &[&str]) -> Result<(), Failure> {
    let line = Line::try_parse_from([&["vote"], words, &["--rpc", &harbour.url]].concat());
    run(line.unwrap_or_else(|error| panic!("{error}")).args, true)
}

fn calendar(harbour: &Harbour, words: &[&str]) -> Result<(), Failure> {
    let line = CalendarLine::try_parse_from([&["calendar"], words, &["--rpc", &harbour.url]].concat());
    calendar::run(line.unwrap_or_else(|error| panic!("{error}")).args, false)
}

fn ask<C: alloy_sol_types::SolCall>(harbour: &Harbour, module: Address, call: &C) -> C::Return {
    block_on(async {
        let client = crate::client::Client::new(&harbour.url).unwrap();
        let request = serde_json::json!({ "to": module, "data": Bytes::from(call.abi_encode()) });
        let output: Bytes = client.call("eth_call", (request, "latest")).await.unwrap();
        C::abi_decode_returns_validate(&output).unwrap()
    })
    .unwrap()
}

fn proposals(harbour: &Harbour) -> u64 {
    ask(harbour, ADDRESS, &proposalCountCall {})
}

const TABLE: &str =
    "date,kind\n2027-01-01..2027-01-03,holiday\n2027-02-05..2027-02-11,holiday\n2027-02-20,makeup\n";

#[test]
fn a_table_is_proposed_approved_and_loaded_from_its_file() {
    let (harbour, folder) = (found(), Folder::new("vote-table"));
    let (file, notice) = (folder.file("2027.csv", TABLE), folder.file("notice.pdf", "the notice"));
    let supervisor = name(4);
    let table = [&file, "--notice", &notice, "--key", &supervisor];
    // Loading comes after the decision, and only of what was decided on.
    refused(calendar(&harbour, &[&["load"], &table[..]].concat()), &["proposed"]);
    calendar(&harbour, &[&["propose"], &table[..]].concat()).unwrap();
    refused(calendar(&harbour, &[&["propose"], &table[..]].concat()), &["1"]);
    refused(calendar(&harbour, &[&["load"], &table[..]].concat()), &["open"]);
    vote(&harbour, &["approve", "1", "--key", &name(5)]).unwrap();
    let other = folder.file("other.csv", TABLE.replace("02-20", "02-21"));
    refused(calendar(&harbour, &["load", &other, "--notice", &notice, "--key", &supervisor]), &["proposed"]);
    calendar(&harbour, &[&["load"], &table[..]].concat()).unwrap();
    let loaded = ask(&harbour, ding_modules::calendar::state::ADDRESS, &tableCall { year: 2027 }).current;
    assert_eq!(loaded.version, 1);
    // It is in effect at once, so that nothing that runs into its year is provisional any more.
    let calendar_module = ding_modules::calendar::state::ADDRESS;
    assert_eq!(loaded.effectiveDay, ask(&harbour, calendar_module, &todayCall {}));
    let new_year = named::day("2026-12-31").unwrap().get();
    let deadline = ask(&harbour, calendar_module, &deadlineCall { start: new_year, workingDays: 1 });
    assert_eq!((Day::new(deadline.day).to_string().as_str(), deadline.provisional), ("2027-01-04", false));
    refused(calendar(&harbour, &[&["load"], &table[..]].concat()), &["carried out"]);
    calendar(&harbour, &["show", "2027"]).unwrap();
    calendar(&harbour, &["show"]).unwrap();
    calendar(&harbour, &["deadline", "--from", "2027-02-04", "--working-days", "10"]).unwrap();
    calendar(&harbour, &["deadline", "--from", "2027-12-31", "--working-days", "30", "--before"]).unwrap();
    calendar(&harbour, &["count", "--from", "2027-02-04", "--to", "2027-02-12"]).unwrap();
    refused(calendar(&harbour, &["show", "2031"]), &["no table of 2031"]);
}

#[test]
fn a_period_backward_is_one_of_working_days() {
    for length in ["--days", "--months"] {
        let words = ["calendar", "deadline", "--from", "2026-12-31", length, "7", "--before"];
        let error = CalendarLine::try_parse_from(words).err().unwrap().to_string();
        assert!(error.contains("--before") && error.contains(length), "{error}");
    }
}

#[test]
fn a_vote_that_counted_is_told_though_nothing_was_carried_out() {
    let harbour = found();
    let stranger = name(7);
    // Two organisations want the same account; only one can have it.
    for organisation in ["1", "3"] {
        vote(&harbour, &["propose", "--approve", "add-account", organisation, &stranger]).unwrap();
    }
    vote(&harbour, &["approve", "1", "--execute", "--key", &name(3)]).unwrap();
    let failure = refused(
        vote(&harbour, &["approve", "2", "--execute", "--key", &name(3)]),
        &["your vote counted and proposal 2 is approved", "could not be carried out", "ding vote execute 2"],
    );
    assert!(matches!(failure, Failure::Failed(_)));
    let proposal = ask(&harbour, ADDRESS, &ding_modules::members::abi::IMembers::proposalCall { id: 2 });
    assert_eq!(proposal.status, Status::Approved.number());
}

#[test]
fn a_title_is_cut_between_words() {
    assert_eq!(short("add an account", 40), "add an account");
    let long = format!(
        "load the table of 2027, in effect from the day of loading (notice {})",
        B256::repeat_byte(1)
    );
    let cut = short(&long, 80);
    assert_eq!(cut, "load the table of 2027, in effect from the day of loading…");
    assert_eq!(short(&"表".repeat(50), 10), format!("{}…", "表".repeat(9)));
}

#[test]
fn a_table_that_contradicts_itself_is_refused_before_anything_is_sent() {
    let (harbour, folder) = (found(), Folder::new("vote-bad"));
    let bad = folder.file("bad.csv", "date,kind\n2027-01-04,makeup\n");
    let notice = folder.file("notice", "n");
    let failure = refused(
        calendar(&harbour, &["propose", &bad, "--notice", &notice, "--key", &name(4)]),
        &["bad.csv", "row 2", "2027-01-04"],
    );
    assert!(matches!(failure, Failure::Input(_)));
    let good = folder.file("good.csv", TABLE);
    refused(calendar(&harbour, &["propose", &good, "--notice", &folder.path("gone")]), &["gone"]);
    refused(vote(&harbour, &["propose", "calendar-table", &bad, "--notice", &notice]), &["row 2"]);
    assert_eq!((proposals(&harbour), harbour.world().transactions()), (0, 0));
}

#[test]
fn a_parameter_is_set_when_enough_organisations_say_so() {
    let harbour = found();
    let parameter = || {
        let name = Parameter::VotingMs.word();
        ask(&harbour, ADDRESS, &parameterCall { name })
    };
    vote(
        &harbour,
        &[
            "propose",
            "--title",
            "shorter votes",
            "--approve",
            "--execute",
            "set-parameter",
            "voting_ms",
            "3d",
        ],
    )
    .unwrap();
    assert_eq!(parameter(), Parameter::VotingMs.usual(), "one of two organisations does not decide");
    refused(vote(&harbour, &["execute", "1"]), &["proposal 1 is open"]);
    vote(&harbour, &["approve", "1", "--execute", "--key", &name(3)]).unwrap();
    assert_eq!(parameter(), 3 * 86_400_000);
    refused(vote(&harbour, &["approve", "1"]), &["carried out"]);
    vote(&harbour, &["list"]).unwrap();
    vote(&harbour, &["list", "--state", "carried-out"]).unwrap();
    vote(&harbour, &["show", "1"]).unwrap();
    refused(vote(&harbour, &["show", "2"]), &["2"]);
}

#[test]
fn a_proposal_that_leaves_nobody_to_decide_is_refused_and_not_made() {
    let harbour = found();
    // The only supervisor, without its role: nobody could decide on calendars any more.
    let refusal = vote(&harbour, &["propose", "set-roles", "National Administration"]);
    refused(refusal, &["nothing could be decided"]);
    assert_eq!(proposals(&harbour), 0);
    // The last account of an organisation that has a vote.
    refused(
        vote(&harbour, &["propose", "remove-account", "Harbour Bank", &name(3)]),
        &["is the last of organisation 3"],
    );
    assert_eq!((proposals(&harbour), harbour.world().transactions()), (0, 0));
}

#[test]
fn organisations_are_named_by_number_name_or_code_and_others_are_refused() {
    let harbour = found();
    let code = "91310000MA1FL0000X";
    let wrong = vote(&harbour, &["propose", "add-organisation", "Port", "--code", code]);
    refused(wrong, &["check character"]);
    vote(&harbour, &["propose", "--approve", "add-organisation", "Port", "--code", "12330100MB0000027B"])
        .unwrap();
    vote(&harbour, &["approve", "1", "--execute", "--key", &name(3)]).unwrap();
    assert_eq!(ask(&harbour, ADDRESS, &organisationCall { id: 4 }).name, "Port");
    for organisation in ["4", "Port", "port", "12330100mb0000027b"] {
        let stranger = name(7);
        vote(&harbour, &["propose", "add-account", organisation, &stranger, "--dry-run"]).unwrap();
    }
    refused(vote(&harbour, &["propose", "add-account", "Pier", &name(7)]), &["\"Pier\""]);
    refused(vote(&harbour, &["propose", "add-account", "9", &name(7)]), &["from 1 to 4"]);
    vote(&harbour, &["propose", "add-account", "4", "provider", "--dry-run"]).unwrap();
    refused(vote(&harbour, &["propose", "add-account", "4", "nobody"]), &["\"nobody\" is no account"]);
    // A service by its filing number or id.
    let strike = |service: &str| vote(&harbour, &["propose", "strike-off-service", service]);
    refused(strike("11010826527930760025"), &["no service has the filing number"]);
    refused(strike("a service"), &["no id of a service", "no filing number"]);
    vote(&harbour, &["organisations"]).unwrap();
    assert_eq!(proposals(&harbour), 1);
}

#[test]
fn what_is_not_decided_by_vote_or_by_this_account_is_refused_by_name() {
    let (harbour, folder) = (found(), Folder::new("vote-who"));
    refused(vote(&harbour, &["propose", "raw", "--to", "evidence", "--input", "0x12345678"]), &["vote"]);
    // A stranger has no vote.
    let propose = ["propose", "set-parameter", "voting_ms", "3d", "--key"];
    refused(vote(&harbour, &[&propose[..], &[&name(8)]].concat()), &[&account(8).to_string()]);
    vote(&harbour, &[&propose[..], &[&name(3)]].concat()).unwrap();
    refused(vote(&harbour, &["approve", "1", "--key", &name(8)]), &[&account(8).to_string()]);
    // Nor has a bank about holidays, though it may propose other things.
    let notice = "11".repeat(32);
    let table = folder.file("2027.csv", TABLE);
    let holidays = ["propose", "calendar-table", &table, "--notice", &notice, "--key"];
    refused(vote(&harbour, &[&holidays[..], &[&name(3)]].concat()), &[&account(3).to_string()]);
    refused(vote(&harbour, &["withdraw", "1", "--key", &name(0)]), &["1"]);
}
