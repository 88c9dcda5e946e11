//! Records as releases left them: a folder of every version opens with what was in it, or is refused by
//! name.
//!
//! `fixtures/records-S-R.txt` is a folder of version S with records of version R: `record JSON` for what
//! is in it, `file NAME HEX` for each file. `fixtures/disclosure-V.txt` has disclosures of version V, a
//! line each. `DING_REGENERATE=1 cargo test -p ding --lib kept` adds those of a raised version; one that
//! is there is never replaced.

use super::{
    super::{package::PACKAGE_VERSION, record::RECORD_VERSION, store::STORE_VERSION},
    *,
};
use std::{collections::BTreeMap, fmt::Write as _};

const PASSPHRASE: &str = "a long passphrase";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/records/fixtures")
}

fn regenerates() -> bool {
    std::env::var_os("DING_REGENERATE").is_some()
}

/// A person and an organisation of whom everything is known.
fn subjects() -> [Record; 2] {
    let mut person = checked("李四", NUMBER).unwrap();
    person.address = Some("北京市海淀区".into());
    person.face = Some("ffd8ff".into());
    person.guardian_consent = Some(B256::repeat_byte(4));
    let mut record = Record::new(Identity::Person(person), 7);
    (record.salt, record.name_salt) = ("11".repeat(32), "22".repeat(32));
    record.bindings.push(Binding {
        genesis: B256::repeat_byte(7),
        authority: 3,
        account: Address::repeat_byte(8),
        number: 12,
        level: 2,
        expiry_ms: 1_800_000_000_000,
        prepared_ms: 1_790_000_000_000,
    });
    let bank = Organisation::new("Harbour Bank", "12330100MB0000027B").unwrap();
    [record, Record::new(Identity::Organisation(bank), 9)]
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).unwrap()
}

/// The fixture of this release: a folder with both, from which somebody else was erased.
fn made() -> String {
    let folder = Folder::new("kept-made");
    let store = Store::create(&folder.0, &secret(PASSPHRASE)).unwrap();
    let mut text = String::new();
    for record in subjects() {
        store.put(&record).unwrap();
        writeln!(text, "record {}", json(&record)).unwrap();
    }
    let other = Organisation::new("Harbour Chain", "91110000MA00000077").unwrap();
    let other = store.put(&Record::new(Identity::Organisation(other), 1)).unwrap();
    store.erase(&other, 77).unwrap();
    drop(store);
    for name in folder.files() {
        let bytes = fs::read(folder.0.join(&name)).unwrap();
        writeln!(text, "file {name} {}", hex::encode(bytes)).unwrap();
    }
    text
}

/// Fixtures with names of this kind, by the versions in them.
fn known(kind: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_prefix(kind)?.strip_suffix(".txt")?.to_owned();
        Some((name, fs::read_to_string(&path).unwrap()))
    });
    named.collect()
}

fn add(name: &str, make: impl FnOnce() -> String) {
    let path = fixtures().join(name);
    if regenerates() && !path.exists() {
        fs::create_dir_all(fixtures()).unwrap();
        fs::write(path, make()).unwrap();
    }
}

#[test]
fn a_folder_of_every_version_opens_with_its_records_or_is_refused_by_name() {
    let now = format!("{STORE_VERSION}-{RECORD_VERSION}");
    add(&format!("records-{now}.txt"), made);
    let known = known("records-");
    assert!(known.contains_key(&now), "no fixture records-{now}: DING_REGENERATE=1 adds it");
    for (versions, text) in known {
        let folder = Folder::new(&format!("kept-{versions}"));
        fs::create_dir_all(&folder.0).unwrap();
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
        let mut records = Vec::new();
        for line in text.lines() {
            match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
                ["file", name, bytes] => {
                    fs::write(folder.0.join(name), hex::decode(bytes).unwrap()).unwrap();
                }
                ["file", name] => fs::write(folder.0.join(name), []).unwrap(),
                _ => records.push(line.strip_prefix("record ").unwrap()),
            }
        }
        let opened = Store::open(&folder.0, &secret(PASSPHRASE)).and_then(|store| {
            let entries = store.list()?;
            entries.iter().map(|entry| store.get(entry)).collect::<Result<Vec<_>, _>>()
        });
        if versions != now {
            let why = opened.expect_err("it was refused").to_string();
            assert!(why.contains("another release") || why.contains("of version"), "{why}");
            continue;
        }
        let mut opened: Vec<String> = opened.unwrap().iter().map(json).collect();
        opened.sort_unstable();
        records.sort_unstable();
        assert_eq!(opened, records, "what was kept is written otherwise now: raise RECORD_VERSION");
        let mut today = subjects().map(|record| json(&record));
        today.sort_unstable();
        assert_eq!(today[..], records[..], "records are written otherwise now: raise RECORD_VERSION");
        let erased = fs::read_to_string(folder.0.join("erased.jsonl")).unwrap();
        assert!(erased.contains("\"erasedMs\":77") && erased.contains("\"subject\":\"0x"), "{erased}");
    }
}

#[test]
fn a_disclosure_of_every_version_is_read_as_it_was_written_or_refused_by_name() {
    let all = [
        Field::Name,
        Field::Document,
        Field::Mobile,
        Field::Address,
        Field::Face,
        Field::Accounts,
        Field::History,
    ];
    let fields = all.iter().fold(0, |bits, field| bits | field.bit());
    let disclosures = || -> String {
        let accounts = || vec![Address::repeat_byte(8), Address::repeat_byte(9)];
        let json = |record: &Record| Package::new(&about(), record, fields, accounts()).0.to_json().unwrap();
        let texts = subjects().map(|record| String::from_utf8(json(&record).to_vec()).unwrap());
        texts.map(|text| text + "\n").concat()
    };
    let now = PACKAGE_VERSION.to_string();
    add(&format!("disclosure-{now}.txt"), disclosures);
    let known = known("disclosure-");
    assert_eq!(
        known.get(&now),
        Some(&disclosures()),
        "made otherwise than fixtures/disclosure-{now}.txt says: raise PACKAGE_VERSION, then DING_REGENERATE=1"
    );
    for (version, text) in known {
        for (line, record) in text.lines().zip(subjects()) {
            let read = Package::from_json(line.as_bytes());
            if version == now {
                let read = read.unwrap();
                assert!(read.check(&record.subject(), &record.name_digest()).fits());
            } else {
                refused(read, &["version"]);
            }
        }
    }
}
