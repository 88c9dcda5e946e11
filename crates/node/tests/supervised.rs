//! The supervised part from the command line: the program itself against a member in this process.
//!
//! A bound chain of one member. An identity office binds a person, whose key is replaced; the
//! administration freezes an account by two hands, a third revokes that on appeal; who stands behind an
//! account is disclosed to the requester alone; a table of holidays is decided by vote; and what would
//! leave nobody to decide is refused.
#![allow(missing_docs, reason = "tests")]
#![allow(clippy::unwrap_used, reason = "tests")]

use alloy_signer_local::{MnemonicBuilder, PrivateKeySigner};
use ding_modules::{
    identity::{Admission, AuthorityEntry},
    members::{OrganisationEntry, Role},
};
use ding_node::{
    Founding, Plan,
    config::Home,
    found,
    start::{Member, Options, Up},
};
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Command, Output},
    time::Duration,
};
use tokio::sync::watch;

/// What one test waits for a member.
const PATIENCE: Duration = Duration::from_secs(60);
const MNEMONIC: &str = "test test test test test test test test test test test junk";
const PERSON: &str = r#"{"name":"李四","document":{"number":"11010519491231002X"},"mobile":"13800138000"}"#;

fn account(index: u32) -> String {
    let signer: PrivateKeySigner = MnemonicBuilder::try_from_phrase_nth(MNEMONIC, index).unwrap();
    signer.address().to_string()
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-supervised-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running chain and the program that talks to it.
struct Town {
    folder: Folder,
    member: Member,
    stop: watch::Sender<bool>,
    up: Up,
}

impl Town {
    fn found() -> Self {
        let folder = Folder::new("town");
        let organisation = |name: &str, roles: &[Role], accounts: &[u32]| OrganisationEntry {
            name: name.into(),
            roles: roles.to_vec(),
            accounts: accounts.iter().map(|index| account(*index).parse().unwrap()).collect(),
            ..OrganisationEntry::default()
        };
        let founding = Founding {
            organisations: vec![
                organisation("Harbour Identity Office", &[], &[0]),
                organisation("National Administration", &[Role::Supervisor], &[4, 5, 6]),
            ],
            authorities: vec![AuthorityEntry {
                organisation: "Harbour Identity Office".into(),
                name: String::new(),
            }],
            admission: Admission::Bound,
            keys: false,
        };
        let plan = Plan {
            members: 1,
            dir: folder.0.clone(),
            name: "harbour".into(),
            chain_id: 1337,
            hosts: vec!["127.0.0.1".into()],
            http_port: 8545,
            p2p_port: 0,
            development: true,
            cache_mib: 8,
            listen_all: false,
        };
        found(&plan, founding).unwrap();
        let mut home = Home::open(&folder.0.join("member-1")).unwrap();
        home.settings.http = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let options = Options { workers: 2, parallelism: 1, await_first_block: true };
        let mut member = Member::spawn(home, options, stopped);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ready = runtime.block_on(async { tokio::time::timeout(PATIENCE, member.ready()).await });
        let up = ready.expect("a member is up or gone within a minute").unwrap();
        Self { folder, member, stop, up }
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ding"))
            .args(words)
            .args(["--json", "--rpc", &format!("http://{}", self.up.http)])
            .current_dir(&self.folder.0)
            .env("DING_RECORDS_PASSPHRASE", "a long passphrase")
            .env_remove("DING_RPC")
            .output()
            .unwrap()
    }

    /// The answer of a command that works; nothing personal is in it.
    fn ding(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        let (out, error) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{words:?}: {out}{error}");
        for personal in ["11010519491231002X", "13800138000"] {
            assert!(!out.contains(personal) && !error.contains(personal), "{words:?}: {out}{error}");
        }
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{words:?}: {out}"))
    }

    /// The refusal of a command, which names all of these.
    fn refused(&self, words: &[&str], code: i32, want: &[&str]) {
        let output = self.run(words);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {error}");
        let told: Value = serde_json::from_str(&error).unwrap();
        let message = told["error"]["message"].as_str().unwrap();
        for want in want {
            assert!(message.contains(want), "{want:?} is missing in: {message}");
        }
    }
}

fn number(value: &Value) -> String {
    value.as_u64().map_or_else(|| panic!("{value} is no number"), |number| number.to_string())
}

#[test]
fn the_supervised_part_is_used_from_the_command_line() {
    let town = Town::found();
    let (first, second, third) = (account(4), account(5), account(6));
    let (holder, successor, other) = (account(8), account(9), account(7));

    // Nobody acts before somebody is bound; then the person does, by a commitment only.
    let evidence = town.folder.file("a.txt", "a");
    town.refused(&["evidence", "deposit", &evidence, "--key", &holder], 1, &["bound"]);
    let data = town.folder.file("person.json", PERSON);
    town.ding(&["identity", "record", "init"]);
    let bound = town.ding(&["identity", "bind", "person", &holder, "--level", "document", "--data", &data]);
    assert_eq!(bound["binding"], 1);
    town.ding(&["evidence", "deposit", &evidence, "--key", &holder]);
    town.refused(
        &["identity", "bind", "person", &other, "--level", "document", "--data", &data],
        1,
        &[&holder],
    );

    // The key is replaced; the old one acts no more, the new one does.
    let rotate = ["identity", "rotate", &holder, &successor, "--reason", "key-lost", "--yes"];
    assert_eq!(town.ding(&rotate)["status"], "active");
    let evidence = town.folder.file("b.txt", "b");
    town.refused(&["evidence", "deposit", &evidence, "--key", &holder], 1, &["replaced"]);
    town.ding(&["evidence", "deposit", &evidence, "--key", &successor]);
    assert_eq!(
        town.ding(&["identity", "show", &holder])["successor"].as_str().unwrap().to_lowercase(),
        successor.to_lowercase()
    );

    // Frozen by two hands, revoked on appeal by a third.
    let draft = [
        "order",
        "draft",
        "freeze",
        &successor,
        "--basis",
        "a law, art. 1",
        "--until",
        "90d",
        "--key",
        &first,
    ];
    let freeze = number(&town.ding(&draft)["order"]);
    town.refused(&["order", "approve", &freeze, "--yes", "--key", &first], 1, &["somebody else"]);
    town.refused(&["order", "approve", &freeze, "--key", &second], 2, &["--yes"]);
    town.ding(&["order", "approve", &freeze, "--yes", "--key", &second]);
    let evidence = town.folder.file("c.txt", "c");
    town.refused(&["evidence", "deposit", &evidence, "--key", &successor], 1, &["frozen"]);
    let grounds = town.folder.file("grounds.txt", "not me");
    town.ding(&["order", "appeal", &freeze, &grounds, "--yes", "--key", &successor]);
    let decide = ["order", "decide", &freeze, "--revoke", "--reasons", &grounds, "--yes", "--key"];
    town.refused(&[&decide[..], &[&second]].concat(), 1, &["somebody else"]);
    assert_eq!(town.ding(&[&decide[..], &[&third]].concat())["state"], "revoked");
    town.ding(&["evidence", "deposit", &evidence, "--key", &successor]);

    // Who stands behind the account goes to the requester alone, and is checked against the ledger.
    let key = town.folder.path("requester.key");
    let recipient =
        town.ding(&["identity", "disclosure-key", &key])["recipient"].as_str().unwrap().to_owned();
    let draft = [
        "order",
        "draft",
        "disclose",
        &successor,
        "--basis",
        "a law, art. 28",
        "--days",
        "5",
        "--field",
        "name",
    ];
    let case = "11".repeat(32);
    let order = number(
        &town.ding(&[&draft[..], &["--field", "document", "--case", &case, "--key", &first]].concat())["order"],
    );
    town.ding(&["order", "approve", &order, "--yes", "--key", &second]);
    let package = town.folder.path("package.age");
    town.ding(&[
        "identity", "disclose", "--order", &order, "--to", &recipient, "--output", &package, "--yes",
    ]);
    let checked = town.ding(&[
        "identity",
        "check-disclosure",
        &package,
        "--identity",
        &key,
        "--show",
        "name",
        "--key",
        &first,
    ]);
    assert_eq!((&checked["fits"], &checked["documentFits"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(checked["shown"]["name"], "李四");
    let shown = town.ding(&["order", "show", &order]);
    assert_eq!((&shown["delivered"], &shown["basis"]), (&"name, document".into(), &"a law, art. 28".into()));

    // A table by vote, from the file; deadlines follow it.
    let table = town.folder.file("2027.csv", "date,kind\n2027-01-01..2027-01-03,holiday\n");
    let deadline = ["calendar", "deadline", "--from", "2026-12-31", "--working-days", "1"];
    assert_eq!(town.ding(&deadline)["provisional"], true);
    let propose = ["calendar", "propose", &table, "--notice", &grounds, "--key", &first];
    let proposal = number(&town.ding(&propose)["proposal"]);
    town.ding(&["vote", "approve", &proposal, "--execute", "--key", &second]);
    let found = town.ding(&deadline);
    assert_eq!((&found["provisional"], &found["day"]), (&false.into(), &"2027-01-04".into()));
    assert_eq!(town.ding(&["vote", "show", &proposal])["status"], "carried out");

    // Nobody is left without a say.
    town.refused(
        &["vote", "propose", "set-roles", "National Administration"],
        1,
        &["nothing could be decided"],
    );
    town.refused(&["vote", "propose", "remove-account", "1", &account(0)], 1, &["last of organisation 1"]);
    assert_eq!(town.ding(&["vote", "list"])["count"], 1);

    // An erased person: the ledger keeps the commitment and nobody opens it.
    let subject = bound["subject"].as_str().unwrap();
    town.refused(&["identity", "record", "delete", subject, "--yes"], 2, &["live"]);
    town.ding(&["identity", "revoke", &successor, "--reason", "holder-request", "--yes"]);
    town.ding(&["identity", "record", "delete", subject, "--yes"]);
    assert_eq!(town.ding(&["identity", "show", "1"])["subject"], subject);
    town.refused(&["identity", "record", "show", subject], 2, &["no record here"]);

    town.stop.send_replace(true);
    town.member.join().unwrap();
}
