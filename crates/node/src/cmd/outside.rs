//! What comes from outside the program, as functions from bytes: sheets, files and answers of others,
//! read as the commands read them. For those that try them on strange bytes.
//!
//! Files that a command writes again come back as it would write them.

use super::{calendar, desk, evidence::manifest, filing, identity, init, pilot, sheet};
use crate::{
    client::Client,
    failure::Failure,
    records::{Record, package::Package, sealed::Key, store},
};
use ding_modules::members::OrganisationEntry;
use ding_primitives::B256;
use hyper::StatusCode;
use std::path::Path;

pub use sheet::Taken;

/// What errors call a file.
const NAME: &str = "file";

/// A sheet of filings, CSV or XLSX, as `ding filing import` takes it.
///
/// # Errors
///
/// It is no sheet of filings. What is wrong with its rows stands in [`Taken::problems`].
pub fn filings(bytes: Vec<u8>) -> Result<Taken, Failure> {
    filing::taken(bytes)
}

/// A sheet of pilots, CSV or XLSX, as `ding pilot import` takes it.
///
/// # Errors
///
/// It is no sheet of pilots. What is wrong with its rows stands in [`Taken::problems`].
pub fn pilots(bytes: Vec<u8>) -> Result<Taken, Failure> {
    pilot::taken(bytes)
}

/// Rows of texts as the CSV file that `ding filing export` writes.
///
/// # Errors
///
/// The text cannot be made.
pub fn to_csv(rows: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    sheet::to_csv(rows)
}

/// The same as XLSX.
///
/// # Errors
///
/// The sheet cannot be made.
pub fn to_xlsx(rows: &[Vec<String>]) -> Result<Vec<u8>, Failure> {
    sheet::to_xlsx("sheet", rows)
}

/// A table of working days: the year, its holidays and its make-up days, by their numbers in the year.
///
/// # Errors
///
/// Names the row and what is wrong with it.
pub fn calendar(text: &str) -> Result<(u16, Vec<u16>, Vec<u16>), String> {
    calendar::file::parse(text, None).map(|table| (table.year, table.holidays, table.makeup))
}

/// The organisations that found a ledger, from a file.
///
/// # Errors
///
/// Says what is wrong with it.
pub fn organisations(bytes: &[u8]) -> Result<Vec<OrganisationEntry>, String> {
    init::founding::from_json(bytes)
}

/// One of them, from an argument.
///
/// # Errors
///
/// Names the part that means nothing.
pub fn organisation(text: &str) -> Result<OrganisationEntry, String> {
    init::founding::organisation(text)
}

/// The list of a batch, and whether each of its files has a way to its root.
///
/// # Errors
///
/// Says why it is none.
pub fn manifest(bytes: &[u8]) -> Result<(Vec<u8>, bool), Failure> {
    let list = manifest::Manifest::from_json(NAME.as_ref(), bytes)?;
    Ok((manifest::to_json(&list)?, list.all_lead()))
}

/// The way of a file to the root of its batch, and whether it leads there.
///
/// # Errors
///
/// Says why it is none.
pub fn path_file(bytes: &[u8]) -> Result<(Vec<u8>, bool), Failure> {
    let file = manifest::PathFile::from_json(NAME.as_ref(), bytes)?;
    let leads = file.leads(&file.sha256, &file.root, file.count);
    Ok((manifest::to_json(&file)?, leads))
}

/// A person as somebody fills it in, checked and with its numbers in their normal form.
///
/// # Errors
///
/// Names the field, never its content.
pub fn person(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(&identity::person::filled_in(bytes)?).map_err(Failure::failed)
}

/// A record of an identity authority, with what it is known by on the ledger: its subject and the digest
/// of its name.
///
/// # Errors
///
/// It is none. Errors do not quote it.
pub fn record(bytes: &[u8]) -> Result<(Vec<u8>, B256, B256), Failure> {
    let record = Record::from_json(bytes).map_err(Failure::Input)?;
    let written = serde_json::to_vec(&record).map_err(Failure::failed)?;
    Ok((written, record.subject(), record.name_digest()))
}

/// What may be seen of a folder of records.
///
/// # Errors
///
/// It is damaged, or of another release.
pub fn records_head(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    store::head(bytes)
}

/// The name of a record's file, if it is one.
pub fn record_name(name: &str) -> Option<String> {
    store::Entry::of(name).map(|entry| entry.name())
}

/// A disclosure of another authority, opened, and whether it fits this subject and digest of a name.
///
/// # Errors
///
/// It is none. Errors do not quote it.
pub fn disclosure(bytes: &[u8], subject: &B256, name_digest: &B256) -> Result<(Vec<u8>, bool), Failure> {
    let package = Package::from_json(bytes)?;
    let fits = package.check(subject, name_digest).fits();
    Ok((package.to_json()?.to_vec(), fits && package.fields() != 0))
}

/// Sealed bytes, opened with a key in text.
///
/// # Errors
///
/// There is no key in the text, or it does not open them.
pub fn sealed(bytes: &[u8], key: &str) -> Result<Vec<u8>, Failure> {
    Ok(Key::read(key)?.open(bytes, Path::new(NAME))?.to_vec())
}

/// What people are shown of a member's answer to a method.
///
/// # Errors
///
/// It refuses, or the answer has another shape.
pub fn answer(method: &str, status: u16, bytes: &[u8]) -> Result<String, Failure> {
    let status = StatusCode::from_u16(status).map_err(Failure::input)?;
    Ok(desk::read(&Client::new("http://127.0.0.1")?, method, status, bytes)?)
}
