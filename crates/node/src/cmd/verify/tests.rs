use super::{
    super::evidence::{
        self,
        harbour::{Folder, Harbour},
    },
    *,
};
use clap::Parser;
use std::fs;

#[derive(Parser)]
struct Evidence {
    #[command(flatten)]
    args: evidence::Args,
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: Args,
}

fn harbour_with(files: &[&str], words: &[&str]) -> Harbour {
    let harbour = Harbour::found();
    let run = |command: &[&str]| {
        let line = [&["evidence"], command, &["--rpc", &harbour.url]].concat();
        evidence::run(Evidence::try_parse_from(line).unwrap().args, true).unwrap();
    };
    run(&[&["deposit"], words, files].concat());
    files.iter().for_each(|file| run(&["prove", file]));
    harbour
}

fn verify(words: &[&str]) -> Result<Checked, Failure> {
    check(&Line::try_parse_from([&["verify"], words].concat()).unwrap().args)
}

fn refuted(result: Result<Checked, Failure>, want: &str) {
    match result {
        Err(Failure::Refuted(text)) => assert!(text.contains(want), "{want:?} is missing in: {text}"),
        Err(other) => panic!("another failure: {other}"),
        Ok(checked) => panic!("verified: {checked:?}"),
    }
}

fn unreadable(result: Result<Checked, Failure>, want: &str) {
    match result {
        Err(Failure::Input(text)) => assert!(text.contains(want), "{want:?} is missing in: {text}"),
        Err(other) => panic!("another failure: {other}"),
        Ok(checked) => panic!("verified: {checked:?}"),
    }
}

#[test]
fn a_deposited_file_is_proven_with_the_chain_key_alone() {
    let folder = Folder::new("verify");
    let report = folder.file("report.pdf", "a report");
    let harbour = harbour_with(&[&report], &[]);
    let package = format!("{report}.ding");
    let key = harbour.key();
    let checked = verify(&[&package, &report, "--chain-key", &key]).unwrap();
    assert!(checked.verified.pinned);
    assert_eq!(checked.file.as_ref().unwrap().about, About::Deposited);
    let text = checked.text();
    let account = evidence::harbour::first_account().to_string();
    for want in [
        "the key you gave signed it",
        "is the file that was deposited",
        "harbour",
        "Beijing time",
        "UTC",
        &key,
        &account,
    ] {
        assert!(text.contains(want), "{want:?} is missing in:\n{text}");
    }
    let value = checked.json();
    assert_eq!((&value["verified"], &value["chain"]["pinned"]), (&json!(true), &json!(true)));
    assert_eq!(value["block"]["time"]["ms"], json!(1_700_000_000_000u64));
    assert_eq!(value["statements"][0]["evidence"]["digest"], value["file"]["sha256"]);
    assert_eq!(value["statements"][0]["kind"], "log");
    assert_eq!(value["file"]["about"], "deposited");
}

#[test]
fn without_a_key_the_answer_says_so_and_how_to_pin_it() {
    let folder = Folder::new("unpinned");
    let report = folder.file("report.pdf", "a report");
    let harbour = harbour_with(&[&report], &[]);
    let checked = verify(&[&format!("{report}.ding")]).unwrap();
    let text = checked.text();
    assert!(text.contains("if the chain key below is the right one"), "{text}");
    assert!(text.contains(&format!("--chain-key {}", harbour.key())), "{text}");
    assert_eq!(checked.json()["chain"]["pinned"], json!(false));
}

#[test]
fn the_key_may_stand_in_a_file_of_any_usual_form() {
    let folder = Folder::new("key-forms");
    let report = folder.file("report.pdf", "a report");
    let harbour = harbour_with(&[&report], &[]);
    let package = format!("{report}.ding");
    let key = harbour.key();
    let raw = alloy_primitives::hex::decode(&key).unwrap();
    let forms = [
        folder.file("hex", format!("{key}\n")),
        folder.file("bare", &key[2..]),
        folder.file("raw", raw),
        folder.file("genesis.json", json!({ "name": "harbour", "public_key": key }).to_string()),
        folder.file("chain.json", json!({ "publicKey": key }).to_string()),
    ];
    for form in forms {
        assert!(verify(&[&package, "--chain-key", &form]).unwrap().verified.pinned, "{form}");
    }
    unreadable(verify(&[&package, "--chain-key", "0x12"]), "1 bytes, want 96");
    unreadable(verify(&[&package, "--chain-key", &folder.file("none.json", "{}")]), "no public_key");
    unreadable(verify(&[&package, "--chain-key", &"00".repeat(96)]), "not a point");
}

#[test]
fn another_chain_and_another_file_are_refuted() {
    let (folder, other_folder) = (Folder::new("others"), Folder::new("others-too"));
    let report = folder.file("report.pdf", "a report");
    let harbour = harbour_with(&[&report], &[]);
    let package = format!("{report}.ding");
    let pirates = ding_light::mocks::Authority::new("pirates", B256::ZERO).key().to_string();
    refuted(verify(&[&package, "--chain-key", &pirates]), "not of the one with the key");
    let other = other_folder.file("report.pdf", "another report");
    refuted(verify(&[&package, &other, "--chain-key", &harbour.key()]), "is not the file that");
}

#[test]
fn every_flipped_byte_is_refused() {
    let folder = Folder::new("flips");
    let report = folder.file("report.pdf", "a report");
    let harbour = harbour_with(&[&report], &[]);
    let whole = fs::read(format!("{report}.ding")).unwrap();
    let key = harbour.key();
    for index in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[index] ^= 1 << (index % 8);
        let path = folder.file("damaged.ding", &damaged);
        match verify(&[&path, "--chain-key", &key]) {
            // The first five bytes say what kind of file it is.
            Err(Failure::Input(_)) if index < 5 => {}
            Err(Failure::Refuted(_)) if index >= 5 => {}
            other => panic!("byte {index}: {other:?}"),
        }
    }
    for length in [5, 6, 100, whole.len() - 1] {
        refuted(verify(&[&folder.file("cut.ding", &whole[..length])]), "does not hold");
    }
}

#[test]
fn what_is_no_package_is_wrong_input() {
    let folder = Folder::new("no-package");
    unreadable(verify(&[&folder.path("gone.ding")]), "No such file");
    unreadable(verify(&[&folder.file("text.ding", "hello")]), "not a proof package");
    unreadable(verify(&[&folder.file("empty.ding", "")]), "not a proof package");
    let huge = folder.file("huge.ding", vec![0; limits::PACKAGE_BYTES_MAX + 1]);
    unreadable(verify(&[&huge]), "more than");
}

#[test]
fn a_file_of_a_batch_needs_its_path_and_every_change_of_it_is_refused() {
    let folder = Folder::new("batch-verify");
    let files = ["one", "two", "three", "four", "five"].map(|content| folder.file(content, content));
    let words = files.each_ref().map(String::as_str);
    let harbour = harbour_with(&words, &["--batch"]);
    let key = harbour.key();
    for (index, file) in (0..).zip(&files) {
        let checked = verify(&[&format!("{file}.ding"), file, "--chain-key", &key]).unwrap();
        assert_eq!(checked.file.as_ref().unwrap().about, About::InBatch { index, count: 5 });
        assert!(checked.text().contains(&format!("is file {} of the 5", index + 1)));
    }
    let [one, two, ..] = &files;
    let package = format!("{one}.ding");
    refuted(verify(&[&package, two]), "is not the file that");
    let way = format!("{package}.path.json");
    let text = fs::read_to_string(&way).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    type Change = fn(&mut Value);
    let changes: [(Change, &str); 4] = [
        (|way| way["index"] = 1.into(), "was altered"),
        (|way| way["path"][0] = json!(B256::repeat_byte(1)), "was altered"),
        (|way| drop(way["path"].as_array_mut().unwrap().pop()), "was altered"),
        (|way| way["root"] = json!(B256::repeat_byte(1)), "is not the file that"),
    ];
    for (change, want) in changes {
        let mut altered = value.clone();
        change(&mut altered);
        refuted(verify(&[&package, one, "--path", &folder.file("altered.json", altered.to_string())]), want);
    }
    unreadable(verify(&[&package, one, "--path", &folder.file("junk.json", "{}")]), "is no path");
    fs::remove_file(&way).unwrap();
    unreadable(verify(&[&package, one]), "one.ding.path.json");
    // The batch itself is proven without.
    assert!(verify(&[&package]).unwrap().text().contains("batch of 5 files"));
}
