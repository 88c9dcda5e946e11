mod kept;

use super::{
    package::{About, Package},
    record::Document,
    sealed::Key,
    *,
};
use crate::{failure::Failure, wallet::Secret};
use ding_modules::{calendar::Day, identity::commitment, ids::Date, orders::Field};
use ding_primitives::{Address, B256};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-records-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The only record.
    fn record(&self) -> PathBuf {
        let name = self.files().into_iter().find(|name| name.len() > 90).unwrap();
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn only_a_name_as_it_is_written_is_a_record() {
    let name = format!("{}.{}.age", "0a".repeat(16), "0b".repeat(32));
    assert_eq!(store::Entry::of(&name).map(|entry| entry.name()), Some(name.clone()));
    // It would be looked for under the other spelling, and not be there.
    let other = name.replace("0b", "0B");
    for wrong in [other.as_str(), "0a.0b.age", &name[1..], ""] {
        assert_eq!(store::Entry::of(wrong), None, "{wrong}");
    }
}

#[test]
fn a_record_with_a_code_that_is_none_is_damaged() {
    let organisation = Organisation::new("海港链", "91110000MA00000077").unwrap();
    let record = Record::new(Identity::Organisation(organisation), 7);
    let text = serde_json::to_string(&record).unwrap();
    assert!(Record::from_json(text.as_bytes()).is_ok());
    for code in ["9".repeat(40), "91110000MA00000078".into(), String::new()] {
        let other = text.replace("91110000MA00000077", &code);
        let error = Record::from_json(other.as_bytes()).unwrap_err();
        assert!(error.contains("a code that is none"), "{error}");
    }
}

fn secret(text: &str) -> Secret {
    text.to_owned().into()
}

/// The number of the standard's own example, of a person born on 1949-12-31.
const NUMBER: &str = "11010519491231002X";

fn person(name: &str, number: &str) -> Person {
    Person {
        name: name.into(),
        document: Document { kind: record::RESIDENT_ID.into(), number: number.into() },
        mobile: Some("+86 138 0013 8000".into()),
        address: None,
        face: None,
        guardian_consent: None,
    }
}

fn today() -> Date {
    Date::from(Day::from_civil(2026, 11, 22).unwrap())
}

fn checked(name: &str, number: &str) -> Result<Person, Failure> {
    let mut person = person(name, number);
    person.check(today()).map(|()| person)
}

fn record() -> Record {
    Record::new(Identity::Person(checked("李 四", NUMBER).unwrap()), 7)
}

fn refused<T>(result: Result<T, Failure>, want: &[&str]) {
    let text = result.err().expect("it was refused").to_string();
    for want in want {
        assert!(text.contains(want), "{want:?} is missing in: {text}");
    }
    assert!(!text.contains(NUMBER) && !text.contains("李"), "personal data in: {text}");
}

#[test]
fn a_record_comes_back_under_its_passphrase_and_no_other() {
    let folder = Folder::new("passphrase");
    let record = record();
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let entry = store.put(&record).unwrap();
    refused(Store::open(&folder.0, &secret("a long passphrase")), &["in use by another ding process"]);
    drop(store);
    refused(Store::open(&folder.0, &secret("another passphrase")), &["wrong passphrase", "key.age"]);
    refused(Store::open(&folder.0, &secret("")), &["wrong passphrase"]);
    refused(Store::create(&folder.0, &secret("a long passphrase")), &["holds records already"]);
    let store = Store::open(&folder.0, &secret("a long passphrase")).unwrap();
    assert_eq!(store.list().unwrap(), std::slice::from_ref(&entry));
    assert!(store.get(&entry).unwrap() == record && store.same(&self::record()).unwrap().unwrap() == record);
    let found = store.find(&entry.subject.to_string()[..12]).unwrap();
    assert_eq!((found, entry.subject), (entry, record.subject()));
    refused(store.find("0x12"), &["names no record"]);
    refused(store.find("0xffffffffffff"), &["no record here"]);
}

#[test]
fn nothing_on_the_disk_tells_of_a_person_without_the_key() {
    let folder = Folder::new("disk");
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let record = record();
    store.put(&record).unwrap();
    let (salt, digits) = (record.salt.clone(), hex::encode(NUMBER));
    for name in folder.files() {
        let path = folder.0.join(&name);
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for personal in [NUMBER, "李", "13800138000", salt.as_str(), digits.as_str()] {
            assert!(!text.contains(personal) && !name.contains(personal), "{personal} in {name}");
        }
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o077, 0, "{name}");
    }
    // Nor does the name of a file let anybody try numbers: another store has another one.
    let other = Folder::new("disk-2");
    let second = Store::create(&other.0, &secret("a long passphrase")).unwrap();
    second.put(&record).unwrap();
    assert_ne!(
        folder.record().file_name().unwrap().to_str().unwrap()[..32],
        other.record().file_name().unwrap().to_str().unwrap()[..32]
    );
}

#[test]
fn one_subject_has_one_record_and_one_salt() {
    let folder = Folder::new("same");
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let mut first = record();
    store.put(&first).unwrap();
    // The same person under another spelling of the number and another name: found by the number.
    let again = Record::new(Identity::Person(checked("李四", "110105 19491231-002x").unwrap()), 9);
    assert_ne!(again.salt, first.salt);
    assert!(store.same(&again).unwrap().unwrap() == first);
    refused(store.put(&again), &["one subject has one salt"]);
    first.made_ms = 8;
    store.put(&first).unwrap();
    assert_eq!((store.list().unwrap().len(), store.same(&again).unwrap().unwrap().made_ms), (1, 8));
}

#[test]
fn a_truncated_or_changed_record_is_refused_by_name_and_others_still_open() {
    let folder = Folder::new("truncated");
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let entry = store.put(&record()).unwrap();
    let path = folder.record();
    let whole = fs::read(&path).unwrap();
    let organisation = Organisation::new("Harbour Bank", "12330100MB0000027B").unwrap();
    let other = store.put(&Record::new(Identity::Organisation(organisation), 1)).unwrap();
    for length in [0, 1, 20, 100, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        refused(store.get(&entry), &["cannot be opened", "damaged"]);
    }
    for place in [0, 30, 150, whole.len() - 20, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&path, &changed).unwrap();
        assert!(store.get(&entry).is_err(), "byte {place}");
    }
    // A record under the name of another is no record of it.
    let names = folder.files();
    let bank = names.iter().find(|name| name.contains(&hex::encode(other.subject))).unwrap();
    fs::copy(folder.0.join(bank), &path).unwrap();
    refused(store.get(&entry), &["the record of another subject"]);
    fs::write(&path, &whole).unwrap();
    assert!(store.get(&entry).is_ok() && store.get(&other).is_ok());
}

#[test]
fn a_damaged_or_foreign_folder_is_refused_by_name() {
    let (folder, foreign) = (Folder::new("damaged"), Folder::new("foreign"));
    let passphrase = secret("a long passphrase");
    refused(Store::open(&folder.0, &passphrase), &["holds no records", "record init"]);
    drop(Store::create(&folder.0, &passphrase).unwrap());
    drop(Store::create(&foreign.0, &passphrase).unwrap());
    let key = folder.0.join("key.age");
    let whole = fs::read(&key).unwrap();
    fs::write(&key, &whole[..whole.len() / 2]).unwrap();
    assert!(Store::open(&folder.0, &passphrase).is_err());
    fs::copy(foreign.0.join("key.age"), &key).unwrap();
    refused(Store::open(&folder.0, &passphrase), &["do not belong together"]);
    fs::write(&key, &whole).unwrap();
    let head = folder.0.join("store.json");
    let text = fs::read_to_string(&head).unwrap();
    fs::write(&head, text.replace("\"version\":1", "\"version\":9")).unwrap();
    refused(Store::open(&folder.0, &passphrase), &["another release (records 9"]);
    fs::write(&head, &text).unwrap();
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    refused(Store::open(&folder.0, &passphrase), &["open permissions", "chmod 700"]);
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o700)).unwrap();
    Store::open(&folder.0, &passphrase).unwrap();
}

#[test]
fn a_file_that_a_killed_writer_left_half_is_swept_and_the_old_record_stays() {
    let folder = Folder::new("killed");
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let entry = store.put(&record()).unwrap();
    let whole = folder.record();
    let half = folder.0.join(format!(".half-{}", whole.file_name().unwrap().to_str().unwrap()));
    fs::write(&half, &fs::read(&whole).unwrap()[..50]).unwrap();
    drop(store);
    let store = Store::open(&folder.0, &secret("a long passphrase")).unwrap();
    assert!(!half.exists());
    assert_eq!(store.list().unwrap(), std::slice::from_ref(&entry));
    store.get(&entry).unwrap();
}

#[test]
fn an_erased_record_is_gone_with_its_salt_and_its_commitment_stays_closed() {
    let folder = Folder::new("erased");
    let store = Store::create(&folder.0, &secret("a long passphrase")).unwrap();
    let record = record();
    let (entry, commitment) = (store.put(&record).unwrap(), record.subject());
    let path = folder.record();
    store.erase(&entry, 77).unwrap();
    assert!(!path.exists() && store.list().unwrap().is_empty());
    refused(store.get(&entry), &["cannot read"]);
    let log = fs::read_to_string(folder.0.join("erased.jsonl")).unwrap();
    assert!(log.contains(&commitment.to_string()) && log.contains("77"), "{log}");
    assert!(!log.contains(&record.salt));
    // The person comes again: a new salt, and nothing links the two commitments.
    let again = self::record();
    assert!(store.same(&again).unwrap().is_none());
    assert_ne!(store.put(&again).unwrap().subject, commitment);
    assert!(!commitment::opens(&commitment, &record::bytes(&again.salt), NUMBER.as_bytes()));
}

#[test]
fn what_a_person_filled_in_is_checked_and_never_repeated() {
    let good = checked("李四", NUMBER).unwrap();
    assert_eq!((good.value().as_str(), good.mobile.as_deref()), (NUMBER, Some("13800138000")));
    refused(checked("李四", "110105194912310021"), &["document number", "check character"]);
    refused(checked("李四", "11010520991231001X").map(|_| ()), &["document number"]);
    refused(checked("", NUMBER), &["name", "empty"]);
    refused(checked("李\u{200b}四", NUMBER), &["name", "character 2"]);
    let mut wrong = person("李四", NUMBER);
    wrong.mobile = Some("12800138000".into());
    refused(wrong.check(today()), &["mobile"]);
    let mut passport = person("Lee", "e 1234-5678");
    passport.document.kind = "passport".into();
    passport.check(today()).unwrap();
    assert_eq!(passport.value(), "passport:E12345678");
    passport.document.kind = "library-card".into();
    refused(passport.check(today()), &["document type", "resident-id"]);
}

#[test]
fn a_minor_needs_the_consent_of_a_guardian() {
    let minor = "11010520150101003";
    let check = ding_modules::ids::digits::mod11_2(minor.as_bytes()).unwrap();
    let number = format!("{minor}{}", char::from(check));
    refused(checked("王五", &number), &["11 years old", "--guardian-consent"]);
    let mut person = person("王五", &number);
    person.guardian_consent = Some(B256::repeat_byte(1));
    person.check(today()).unwrap();
}

fn about() -> About {
    About {
        chain: "harbour".into(),
        genesis: B256::repeat_byte(7),
        order: 9,
        account: Address::repeat_byte(8),
        made_ms: 3,
    }
}

#[test]
fn a_disclosure_has_what_was_asked_for_and_opens_the_commitments() {
    let record = record();
    let (subject, name_digest) = (record.subject(), record.name_digest());
    let fields = Field::Name.bit() | Field::Document.bit() | Field::Face.bit();
    let (package, has) = Package::new(&about(), &record, fields, Vec::new());
    assert_eq!(has, Field::Name.bit() | Field::Document.bit(), "the face is not known");
    let key = Key::random();
    let sealed = key.recipient().seal(&package.to_json().unwrap()).unwrap();
    let path = Path::new("order-9.age");
    let opened = Package::from_json(&key.open(&sealed, path).unwrap()).unwrap();
    let found = opened.check(&subject, &name_digest);
    assert_eq!((found.document, found.name, found.fits()), (Some(true), Some(true), true));
    let other = opened.check(&self::record().subject(), &name_digest);
    assert_eq!((other.document, other.fits()), (Some(false), false), "another salt is another commitment");
    refused(Key::random().open(&sealed, path), &["sealed for somebody else"]);
    refused(key.open(&sealed[..sealed.len() - 1], path), &["order-9.age", "damaged"]);
    // What was not asked for is not inside: neither the mobile number nor the salt of the document.
    let (name_only, _) = Package::new(&about(), &record, Field::Name.bit(), Vec::new());
    let text = String::from_utf8(name_only.to_json().unwrap().to_vec()).unwrap();
    for absent in [NUMBER, "13800138000", record.salt.as_str()] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn a_disclosure_with_another_name_or_number_does_not_fit() {
    let record = record();
    let (subject, name_digest) = (record.subject(), record.name_digest());
    let fields = Field::Name.bit() | Field::Document.bit();
    let (mut package, _) = Package::new(&about(), &record, fields, Vec::new());
    package.name.as_mut().unwrap().text = "李五".into();
    assert_eq!(package.check(&subject, &name_digest).name, Some(false));
    package.document.as_mut().unwrap().document.number = "110105194912310038".into();
    assert_eq!(package.check(&subject, &name_digest).document, Some(false));
    let bank = Record::new(
        Identity::Organisation(Organisation::new("Harbour Bank", "12330100MB0000027B").unwrap()),
        1,
    );
    let (package, _) = Package::new(&about(), &bank, fields, Vec::new());
    assert!(package.check(&bank.subject(), &bank.name_digest()).fits());
    assert!(!package.check(&subject, &bank.name_digest()).fits());
}

#[test]
fn keys_are_read_as_age_writes_them_and_nothing_else_is() {
    let key = Key::random();
    let text = format!("# created: today\n# public key: {}\n{}\n", key.recipient(), key.text().as_str());
    assert_eq!(Key::read(&text).unwrap().recipient().to_string(), key.recipient().to_string());
    for wrong in ["", "# nothing", "age1xyz", "AGE-SECRET-KEY-1QQQ"] {
        assert!(Key::read(wrong).is_err(), "{wrong}");
    }
    assert!("age1xyz".parse::<sealed::Recipient>().unwrap_err().contains("disclosure-key"));
}
