use super::*;
use crate::{
    cmd::{
        evidence::{
            harbour::{Fault, Folder, Harbour, exists},
            town::{PASSPHRASE, account, found, name, records, refused},
        },
        order, vote,
    },
    records::Record,
};
use clap::Parser;
use ding_modules::{
    identity::{
        Kind, Status,
        abi::IIdentity::{
            AccountStanding, accountsOfCall, bindingCall, liveBindingCall, standingOfCall, subjectOfCall,
        },
    },
    orders::{
        self,
        abi::IOrders::{IdentityLooked, Order, orderCall},
    },
};
use ding_primitives::Bytes;
use std::fs;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

#[derive(Parser)]
struct OrderLine {
    #[command(flatten)]
    args: order::Args,
}

#[derive(Parser)]
struct VoteLine {
    #[command(flatten)]
    args: vote::Args,
}

/// `ding identity` with these records.
fn identity(harbour: &Harbour, folder: &Folder, words: &[&str]) -> Result<(), Failure> {
    let records = records(folder);
    let with_records = words.first().is_some_and(|word| ["bind", "record", "disclose"].contains(word));
    let records: Vec<&str> = records.iter().filter(|_| with_records).map(String::as_str).collect();
    let line = Line::try_parse_from([&["identity"], words, &records[..], &["--rpc", &harbour.url]].concat());
    run(line.unwrap_or_else(|error| panic!("{error}")).args, true)
}

fn take_order(harbour: &Harbour, words: &[&str]) {
    let line =
        OrderLine::try_parse_from([&["order"], words, &["--yes", "--rpc", &harbour.url]].concat()).unwrap();
    order::run(line.args, true).unwrap();
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

fn standing(harbour: &Harbour, index: usize) -> AccountStanding {
    ask(harbour, ADDRESS, &standingOfCall { account: account(index) })
}

const PERSON: &str = r#"{"name":"李四","document":{"number":"11010519491231002X"},"mobile":"13800138000"}"#;

/// A town whose office has records and the data of a person.
fn office(test: &str) -> (Harbour, Folder, String) {
    let (harbour, folder) = (found(), Folder::new(test));
    let data = folder.file("person.json", PERSON);
    identity(&harbour, &folder, &["record", "init"]).unwrap();
    (harbour, folder, data)
}

fn open(folder: &Folder) -> Store {
    Store::open(folder.path("records").as_ref(), &PASSPHRASE.to_owned().into()).unwrap()
}

/// The only record.
fn only(folder: &Folder) -> Record {
    let store = open(folder);
    let entries = store.list().unwrap();
    assert_eq!(entries.len(), 1);
    store.get(&entries[0]).unwrap()
}

fn bind<'a>(account: &'a str, data: &'a str) -> [&'a str; 7] {
    ["bind", "person", account, "--level", "document", "--data", data]
}

#[test]
fn a_person_is_bound_by_a_commitment_that_only_the_record_opens() {
    let (harbour, folder, data) = office("identity-person");
    let target = name(8);
    identity(&harbour, &folder, &[&bind(&target, &data)[..], &["--until", "2030-12-31"]].concat()).unwrap();
    let (standing, record) = (standing(&harbour, 8), only(&folder));
    assert!(standing.inForce);
    assert_eq!((standing.binding, standing.level), (1, Level::Document.number()));
    let on_ledger = ask(&harbour, ADDRESS, &subjectOfCall { account: account(8) });
    assert_eq!((on_ledger.subject, on_ledger.nameDigest), (record.subject(), record.name_digest()));
    assert_eq!((record.bindings.len(), record.bindings[0].number), (1, 1));
    // Nothing of the person is in any block.
    let logs = format!("{:?}", harbour.world().history());
    for personal in
        ["11010519491231002X", "13800138000", &hex::encode("11010519491231002X"), &hex::encode("李四")]
    {
        assert!(!logs.contains(personal), "{personal}");
    }
    identity(&harbour, &folder, &["show", &target]).unwrap();
    identity(&harbour, &folder, &["show", "1"]).unwrap();
    identity(&harbour, &folder, &["list", "--status", "active"]).unwrap();
    identity(&harbour, &folder, &["authorities"]).unwrap();
    // The same person again, on another account: one live root for each subject and authority.
    refused(identity(&harbour, &folder, &bind(&name(9), &data)), &["1"]);
    assert_eq!(only(&folder).bindings.len(), 1, "a refused binding leaves no trace");
}

#[test]
fn an_organisation_is_bound_by_its_code_and_name() {
    let (harbour, folder, _) = office("identity-organisation");
    let target = name(9);
    let words = ["bind", "organisation", &target, "--name", "Harbour Bank", "--level", "in-person", "--code"];
    refused(
        identity(&harbour, &folder, &[&words[..], &["12330100MB0000027C"]].concat()),
        &["check character"],
    );
    identity(&harbour, &folder, &[&words[..], &["１２330100mb0000027b"]].concat()).unwrap();
    let found = ask(&harbour, ADDRESS, &bindingCall { id: 1 });
    assert_eq!(
        (found.kind, found.subject.as_slice().starts_with(b"12330100MB0000027B")),
        (Kind::Organisation.number(), true)
    );
    assert_eq!(found.nameDigest, only(&folder).name_digest());
}

#[test]
fn bad_data_is_refused_before_anything_is_written_or_sent() {
    let (harbour, folder, data) = office("identity-bad");
    let wrong = folder.file("wrong.json", PERSON.replace("002X", "0021"));
    let failure =
        refused(identity(&harbour, &folder, &bind(&name(8), &wrong)), &["document number", "check"]);
    assert!(!failure.to_string().contains("19491231"));
    let broken = folder.file("broken.json", "{\"name\":\"李四\",\"nummer\":1}");
    let failure =
        refused(identity(&harbour, &folder, &bind(&name(8), &broken)), &["cannot be read at line 1"]);
    assert!(!failure.to_string().contains("李四"));
    // Somebody who acts for no authority, and an account that is bound to nobody's liking.
    let (target, stranger) = (name(8), name(7));
    let by_stranger = [&bind(&target, &data)[..], &["--key", &stranger]].concat();
    refused(identity(&harbour, &folder, &by_stranger), &["acts for no identity authority"]);
    assert!(
        identity(&harbour, &folder, &[&bind(&target, &data)[..], &["--until", "2020-01-01"]].concat())
            .is_err()
    );
    assert!(open(&folder).list().unwrap().is_empty());
    assert_eq!(harbour.world().transactions(), 0);
}

#[test]
fn a_binding_whose_transaction_was_lost_is_sent_again_with_the_same_salt() {
    let (harbour, folder, data) = office("identity-lost");
    let target = name(8);
    harbour.world().fault = Fault::LosesTransactions;
    refused(
        identity(&harbour, &folder, &bind(&target, &data)),
        &["the connection broke", "the same command goes on"],
    );
    let kept = only(&folder);
    assert!(kept.is_pending() && standing(&harbour, 8).binding == 0);
    identity(&harbour, &folder, &["record", "list", "--pending"]).unwrap();
    harbour.world().fault = Fault::None;
    identity(&harbour, &folder, &bind(&target, &data)).unwrap();
    let record = only(&folder);
    assert_eq!((record.subject(), record.bindings.len(), record.bindings[0].number), (kept.subject(), 1, 1));
    assert_eq!(standing(&harbour, 8).binding, 1);
}

#[test]
fn a_binding_whose_answer_was_lost_is_found_on_the_ledger_and_not_sent_again() {
    let (harbour, folder, data) = office("identity-answer");
    let target = name(8);
    harbour.world().fault = Fault::LosesAnswers;
    refused(identity(&harbour, &folder, &bind(&target, &data)), &["the same command goes on"]);
    assert!(only(&folder).is_pending() && standing(&harbour, 8).binding == 1);
    harbour.world().fault = Fault::None;
    let sent = harbour.world().transactions();
    identity(&harbour, &folder, &bind(&target, &data)).unwrap();
    assert_eq!(harbour.world().transactions(), sent, "nothing was sent");
    assert_eq!(only(&folder).bindings[0].number, 1);
}

#[test]
fn a_binding_that_says_something_else_than_the_ledger_is_refused_by_name() {
    let (harbour, folder, data) = office("identity-differs");
    let target = name(8);
    let until = ["--until", "2030-12-31"];
    identity(&harbour, &folder, &[&bind(&target, &data)[..], &until].concat()).unwrap();
    let (kept, sent) = (only(&folder), harbour.world().transactions());
    let again = |words: &[&str]| identity(&harbour, &folder, words);
    // The same once more is no failure: it may go on after an interruption.
    again(&[&bind(&target, &data)[..], &until].concat()).unwrap();
    let level = ["bind", "person", &target, "--level", "in-person", "--data", &data];
    let ledger = ["binding 1", "level document", "2030-12-31", "nothing was sent"];
    refused(again(&[&level[..], &until].concat()), &["ask for level in-person", "ding identity renew 1"]);
    refused(again(&[&level[..], &until].concat()), &ledger);
    refused(again(&bind(&target, &data)), &["ask for the end: none", "ding identity renew 1"]);
    refused(again(&[&bind(&target, &data)[..], &["--until", "90d"]].concat()), &["ask for the end"]);
    let other = folder.file("other.json", PERSON.replace("李四", "张三"));
    refused(again(&[&bind(&target, &other)[..], &until].concat()), &["name", "revoke binding 1"]);
    assert_eq!(harbour.world().transactions(), sent);
    let record = only(&folder);
    assert_eq!(record.name_digest(), kept.name_digest(), "the record keeps the name that was bound");

    // An organisation under another name.
    let bank = ["bind", "organisation", "provider-2", "--level", "in-person", "--code", "12330100MB0000027B"];
    again(&[&bank[..], &["--name", "Harbour Bank"]].concat()).unwrap();
    refused(again(&[&bank[..], &["--name", "Harbour Tank"]].concat()), &["name", "revoke binding 2"]);
    assert_eq!(standing(&harbour, 9).binding, 2);
}

#[test]
fn a_length_of_time_that_was_said_before_is_the_same_when_it_is_said_again() {
    let (harbour, folder, data) = office("identity-length");
    let target = name(8);
    harbour.world().fault = Fault::LosesAnswers;
    let words = [&bind(&target, &data)[..], &["--until", "400d"]].concat();
    refused(identity(&harbour, &folder, &words), &["the same command goes on"]);
    harbour.world().fault = Fault::None;
    std::thread::sleep(std::time::Duration::from_millis(5));
    identity(&harbour, &folder, &words).unwrap();
    assert_eq!((harbour.world().transactions(), only(&folder).bindings[0].number), (1, 1));
}

#[test]
fn accounts_are_named_as_keys_are_on_development_chains_only() {
    let (harbour, folder, data) = office("identity-named");
    identity(&harbour, &folder, &bind("provider", &data)).unwrap();
    assert_eq!(standing(&harbour, 8).binding, 1);
    for words in [&["show", "provider"][..], &["show", "1"], &["add-account", "provider", "provider-2"]] {
        identity(&harbour, &folder, words).unwrap();
    }
    assert_eq!(standing(&harbour, 9).binding, 1);
    refused(identity(&harbour, &folder, &["show", "nobody"]), &["\"nobody\" is no account", "provider-2"]);
    harbour.world().is_development = false;
    let failure =
        refused(identity(&harbour, &folder, &["show", "provider"]), &["\"provider\" is no account"]);
    assert!(!failure.to_string().contains("supervisor"), "{failure}");
}

#[test]
fn what_happened_to_a_binding_is_told_with_reasons() {
    let (harbour, folder, data) = office("identity-history");
    let (target, second, third) = (name(8), name(9), name(7));
    let step = |words: &[&str]| identity(&harbour, &folder, words).unwrap();
    step(&bind(&target, &data));
    step(&["add-account", &target, &second]);
    step(&["renew", "1", "--level", "in-person"]);
    step(&["suspend", &second, "--reason", "key-compromised"]);
    step(&["restore", &second, "--reason", "cause-removed"]);
    step(&["rotate", &target, &third, "--reason", "key-lost", "--yes"]);
    step(&["revoke", &third, "--reason", "holder-request", "--yes"]);
    step(&["show", &second]);
    let told = block_on(async {
        let line = Line::try_parse_from(["identity", "authorities", "--rpc", &harbour.url]).unwrap();
        let desk = Desk::open(line.args.hand, true).await.unwrap();
        show::history(&desk, 1).await.unwrap()
    });
    let told: Vec<_> = told.unwrap().iter().map(|step| (step.name, step.reason)).collect();
    let want = [
        ("bound", None),
        ("account added", None),
        ("renewed", None),
        ("suspended", Some(Reason::KeyCompromised)),
        ("restored", Some(Reason::CauseRemoved)),
        ("account replaced", Some(Reason::KeyLost)),
        ("revoked", Some(Reason::HolderRequest)),
    ];
    assert_eq!(told, want);
}

#[test]
fn a_binding_that_was_prepared_and_given_up_leaves_room_for_another_account() {
    let (harbour, folder, data) = office("identity-given-up");
    harbour.world().fault = Fault::LosesTransactions;
    assert!(identity(&harbour, &folder, &bind(&name(8), &data)).is_err());
    harbour.world().fault = Fault::None;
    identity(&harbour, &folder, &bind(&name(9), &data)).unwrap();
    let record = only(&folder);
    assert_eq!((record.bindings.len(), record.bindings[0].account), (1, account(9)));
}

#[test]
fn the_steps_of_a_binding_are_taken_by_who_may() {
    let (harbour, folder, data) = office("identity-steps");
    let [eight, nine, seven, one] = [8, 9, 7, 1].map(name);
    let step = |words: &[&str]| identity(&harbour, &folder, words);
    step(&bind(&eight, &data)).unwrap();
    step(&["renew", "1", "--level", "in-person"]).unwrap();
    assert_eq!(standing(&harbour, 8).level, Level::InPerson.number());
    step(&["add-account", &eight, &nine]).unwrap();
    step(&["suspend", &nine, "--reason", "key-compromised"]).unwrap();
    assert!(!standing(&harbour, 9).inForce);
    step(&["restore", &nine, "--reason", "cause-removed"]).unwrap();
    // The old key goes, with a yes; the new one stands in its place.
    let rotate = ["rotate", &eight, &seven, "--reason", "key-lost"];
    refused(step(&rotate), &["never bound again", "--yes"]);
    step(&[&rotate[..], &["--yes"]].concat()).unwrap();
    assert_eq!(
        (standing(&harbour, 8).status, standing(&harbour, 8).successor),
        (Status::Replaced.number(), account(7))
    );
    assert_eq!(ask(&harbour, ADDRESS, &accountsOfCall { id: 1 }), [account(7), account(9)]);
    // The holder invites an account of its own.
    step(&["invite", &one, "--key", &seven]).unwrap();
    step(&["withdraw-invitation", &one, "--key", &seven]).unwrap();
    refused(step(&["accept", &seven, "--key", &one]), &["invite"]);
    step(&["invite", &one, "--key", &seven]).unwrap();
    step(&["accept", &seven, "--key", &one]).unwrap();
    assert_eq!(standing(&harbour, 1).binding, 1);
    refused(step(&["suspend", &seven, "--reason", "breach", "--key", &name(3)]), &[&name(3)]);
    step(&["revoke", &seven, "--reason", "subject-ended", "--yes"]).unwrap();
    assert!([1, 7, 9].iter().all(|index| !standing(&harbour, *index).inForce));
    let words = ["identity", "revoke", &seven, "--reason", "whim"];
    assert!(Line::try_parse_from(words).is_err_and(|error| error.to_string().contains("key-lost")));
}

#[test]
fn an_authority_is_appointed_and_dismissed_by_vote() {
    let (harbour, folder, data) = office("identity-authority");
    let vote = |words: &[&str]| {
        let line = VoteLine::try_parse_from([&["vote"], words, &["--rpc", &harbour.url]].concat()).unwrap();
        vote::run(line.args, true)
    };
    identity(&harbour, &folder, &["appoint", "Harbour Bank", "--approve"]).unwrap();
    vote(&["approve", "1", "--execute", "--key", &name(3)]).unwrap();
    identity(&harbour, &folder, &bind(&name(8), &data)).unwrap();
    // With a live binding an authority goes only to a successor.
    let alone = identity(&harbour, &folder, &["dismiss", "1", "--reason", "breach", "--approve"]);
    refused(alone, &["live"]);
    identity(&harbour, &folder, &["dismiss", "1", "--successor", "2", "--reason", "breach", "--approve"])
        .unwrap();
    vote(&["approve", "2", "--execute", "--key", &name(3)]).unwrap();
    identity(&harbour, &folder, &["authorities"]).unwrap();
    assert_eq!(ask(&harbour, ADDRESS, &bindingCall { id: 1 }).responsible, 2);
    // The record goes with the binding, sealed for the successor.
    let heir = Folder::new("identity-heir");
    identity(&harbour, &heir, &["record", "init"]).unwrap();
    let recipient = open(&heir).recipient().to_string();
    let (subject, sealed) = (only(&folder).subject().to_string(), folder.path("handed.age"));
    identity(&harbour, &folder, &["record", "export", &subject, "--to", &recipient, "--output", &sealed])
        .unwrap();
    refused(identity(&harbour, &folder, &["record", "import", &sealed]), &["sealed for somebody else"]);
    identity(&harbour, &heir, &["record", "import", &sealed]).unwrap();
    assert_eq!(only(&heir).subject(), only(&folder).subject());
}

#[test]
fn a_record_is_added_shown_exported_and_erased() {
    let (harbour, folder, data) = office("identity-record");
    let step = |words: &[&str]| identity(&harbour, &folder, words);
    step(&["record", "add", "--data", &data]).unwrap();
    let subject = only(&folder).subject();
    let prefix = &subject.to_string()[..14];
    step(&["record", "show", prefix]).unwrap();
    step(&["record", "show", prefix, "--personal"]).unwrap();
    step(&["record", "list"]).unwrap();
    step(&["bind", "person", &name(8), "--level", "mobile", "--record", prefix]).unwrap();
    let copy = folder.path("copy.json");
    step(&["record", "export", prefix, "--plain", "--output", &copy]).unwrap();
    let text = fs::read_to_string(&copy).unwrap();
    assert!(text.contains("李四") && !text.contains("salt"), "{text}");
    refused(step(&["record", "export", prefix, "--plain", "--output", &copy]), &["there already"]);
    // A live binding keeps the record; a revoked one does not; a yes is needed.
    refused(step(&["record", "delete", prefix, "--yes"]), &["binding 1 of it is live", "revoke"]);
    step(&["revoke", &name(8), "--reason", "holder-request", "--yes"]).unwrap();
    refused(step(&["record", "delete", prefix]), &["erased with its salt", "--yes"]);
    step(&["record", "delete", prefix, "--yes", "--dry-run"]).unwrap();
    assert_eq!(only(&folder).subject(), subject);
    step(&["record", "delete", prefix, "--yes"]).unwrap();
    assert!(open(&folder).list().unwrap().is_empty());
    // The ledger keeps the commitment and still adds up.
    assert_eq!(ask(&harbour, ADDRESS, &bindingCall { id: 1 }).subject, subject);
    assert_eq!(ask(&harbour, ADDRESS, &liveBindingCall { authority: 1, subject }), 0);
    harbour.world().check();
}

/// Has the account disclosed by an order of two hands; gives the number of the order.
fn order_to_disclose(harbour: &Harbour, target: &str, fields: &[&str]) -> u64 {
    let flags: Vec<&str> = fields.iter().flat_map(|field| ["--field", field]).collect();
    let case = "11".repeat(32);
    let fixed = ["draft", "disclose", target, "--basis", "a law, art. 28", "--days", "5", "--case", &case];
    let (first, second) = (name(4), name(5));
    take_order(harbour, &[&fixed[..], &flags, &["--key", &first]].concat());
    let number = 2_023_000_001;
    take_order(harbour, &["approve", &number.to_string(), "--key", &second]);
    number
}

fn shown(harbour: &Harbour, number: u64) -> Order {
    ask(harbour, orders::state::ADDRESS, &orderCall { number })
}

#[test]
fn a_disclosure_goes_to_the_requester_alone_and_is_checked_against_the_ledger() {
    let (harbour, folder, data) = office("identity-disclose");
    let (target, key) = (name(8), folder.path("requester.key"));
    identity(&harbour, &folder, &bind(&target, &data)).unwrap();
    identity(&harbour, &folder, &["disclosure-key", &key]).unwrap();
    refused(identity(&harbour, &folder, &["disclosure-key", &key]), &["there already"]);
    let recipient = crate::records::sealed::Key::read(&fs::read_to_string(&key).unwrap())
        .unwrap()
        .recipient()
        .to_string();
    let number = order_to_disclose(&harbour, &target, &["name", "document", "address"]);
    let (order, package) = (number.to_string(), folder.path("package.age"));
    let disclose = ["disclose", "--order", &order, "--to", &recipient, "--output", &package];
    // Beyond the scope, by another authority's hand, without a yes: nothing is written.
    refused(
        identity(&harbour, &folder, &[&disclose[..], &["--field", "mobile", "--yes"]].concat()),
        &["beyond"],
    );
    refused(
        identity(&harbour, &folder, &[&disclose[..], &["--yes", "--key", &name(3)]].concat()),
        &["identity authority"],
    );
    refused(identity(&harbour, &folder, &disclose), &["--yes"]);
    assert!(!exists(&package) && shown(&harbour, number).delivered == 0);
    identity(&harbour, &folder, &[&disclose[..], &["--yes"]].concat()).unwrap();
    let delivered = orders::Field::Name.bit() | orders::Field::Document.bit();
    assert_eq!(shown(&harbour, number).delivered, delivered, "the address is not known");
    assert!(!String::from_utf8_lossy(&fs::read(&package).unwrap()).contains("11010519491231002X"));
    refused(
        identity(&harbour, &folder, &[&disclose[..], &["--yes"]].concat()),
        &["put on record", "hand it over"],
    );
    // The requester checks without looking, then says that it looks.
    let check = ["check-disclosure", &package, "--identity", &key];
    let supervisor = name(4);
    let looks = || {
        harbour
            .world()
            .history()
            .iter()
            .filter_map(ding_modules::dispatch::decode_event::<IdentityLooked>)
            .count()
    };
    identity(&harbour, &folder, &check).unwrap();
    assert_eq!(looks(), 0);
    refused(identity(&harbour, &folder, &[&check[..], &["--show", "name"]].concat()), &[]);
    identity(&harbour, &folder, &[&check[..], &["--show", "name", "--key", &supervisor]].concat()).unwrap();
    assert_eq!(looks(), 1);
    // Who looked stands with the order and in the yearly report.
    order::tests::looked_at(&harbour, number, account(4));
    refused(
        identity(&harbour, &folder, &[&check[..], &["--show", "face", "--key", &supervisor]].concat()),
        &["has no face"],
    );
    // Another package than the one on record, and another key, are told.
    let forged = crate::records::sealed::Key::read(&fs::read_to_string(&key).unwrap()).unwrap();
    let text = forged.open(&fs::read(&package).unwrap(), package.as_ref()).unwrap();
    let again = folder.file("again.age", forged.recipient().seal(&text).unwrap());
    let failure = refused(
        identity(&harbour, &folder, &["check-disclosure", &again, "--identity", &key]),
        &["is not what was put on record"],
    );
    assert!(matches!(failure, Failure::Refuted(_)));
    let other = folder.path("other.key");
    identity(&harbour, &folder, &["disclosure-key", &other]).unwrap();
    refused(
        identity(&harbour, &folder, &["check-disclosure", &package, "--identity", &other]),
        &["sealed for somebody else"],
    );
}

#[test]
fn an_erased_person_cannot_be_disclosed_any_more() {
    let (harbour, folder, data) = office("identity-erased");
    let target = name(8);
    identity(&harbour, &folder, &bind(&target, &data)).unwrap();
    let number = order_to_disclose(&harbour, &target, &["name"]).to_string();
    let subject = only(&folder).subject().to_string();
    identity(&harbour, &folder, &["record", "delete", &subject, "--live", "--offline", "--yes"]).unwrap();
    let recipient = crate::records::sealed::Key::random().recipient().to_string();
    refused(
        identity(&harbour, &folder, &["disclose", "--order", &number, "--to", &recipient, "--yes"]),
        &["no record here", "erased"],
    );
}
