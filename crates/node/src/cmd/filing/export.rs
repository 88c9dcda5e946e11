//! `ding filing export`: the public list of a batch, as it was published.
//!
//! The services of a batch and their forms are read from events and compared with the digests that the
//! ledger keeps, so that the list is the one that was published, whoever keeps the events.

use super::forms;
use crate::cmd::words::PROVINCES;
use crate::{
    cmd::{
        desk::Desk,
        sheet::{to_csv, to_xlsx},
    },
    failure::Failure,
    text::{plural, say, say_json, table},
};
use alloy_sol_types::SolEvent as _;
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::{Published, Subject, batchCall},
        events::{self, Event},
        state::ADDRESS,
    },
    ids::FilingNumber,
};
use ding_primitives::{B256, keccak256};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write as _},
    path::PathBuf,
};

/// Columns of the public list.
const COLUMNS: [&str; 4] = ["属地", "主体名称", "服务名称", "备案编号"];
/// What the list says of a subject whose name is not on the ledger.
const INDIVIDUAL: &str = "个人";

/// Write the public list of a batch.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding filing export --batch 1 -o batch-1.csv\n  ding filing export --batch 2 --format xlsx -o batch-2.xlsx"
)]
pub(super) struct Export {
    /// Number of the batch.
    #[arg(long)]
    batch: u32,
    /// Format; by the name of the file if absent.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where to write; must not exist. CSV goes to standard output if absent.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Export {
    /// Reads, checks and writes the list.
    ///
    /// # Errors
    ///
    /// There is no such batch, the member's events do not fit the ledger, or the file is there already.
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        let by_name =
            self.output.as_ref().and_then(|path| path.extension()).map(|extension| extension == "xlsx");
        let format = self.format.unwrap_or(if by_name == Some(true) { Format::Xlsx } else { Format::Csv });
        if self.output.is_none() && (format == Format::Xlsx || desk.json) {
            return Err(Failure::Input("name the file with -o FILE".into()));
        }
        let (day, rows) = rows(desk, self.batch).await?;
        let count = rows.len();
        let mut table_rows = vec![COLUMNS.map(str::to_owned).to_vec()];
        table_rows.extend(rows);
        let bytes = match format {
            Format::Csv => to_csv(&table_rows)?,
            Format::Xlsx => to_xlsx(&format!("第{}批", self.batch), &table_rows)?,
        };
        let Some(path) = self.output else {
            return io::stdout().lock().write_all(&bytes).map_err(Failure::failed);
        };
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::Input(format!(
                "{} exists already and is not written over; name another file with -o, or remove it first",
                path.display()
            )),
            _ => Failure::Failed(format!("cannot write {}: {error}", path.display())),
        };
        let mut file = File::options().write(true).create_new(true).open(&path).map_err(cannot)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(cannot)?;
        let digest = B256::from_slice(&Sha256::digest(&bytes));
        if desk.json {
            return say_json(&json!({
                "chain": desk.chain.name, "batch": self.batch, "day": day.to_string(), "services": count,
                "file": path, "sha256": digest,
            }));
        }
        say(&table(&[
            ("batch", format!("{} of {day}, {}", self.batch, plural(count, "service"))),
            ("written", path.display().to_string()),
            ("SHA-256", digest.to_string()),
        ]))
    }
}

/// Day of a batch, and its rows in the order of publication.
async fn rows(desk: &Desk, number: u32) -> Result<(Day, Vec<Vec<String>>), Failure> {
    let batch = desk.ask(ADDRESS, &batchCall { number }).await?;
    if batch.count == 0 {
        return Err(Failure::Input(format!(
            "{} has no batch {number}; see `ding filing batches`",
            desk.chain.name
        )));
    }
    let wrong = || {
        Failure::Refuted(format!(
            "the member's events of batch {number} are not those the ledger knows; ask another member"
        ))
    };
    let topic = B256::left_padding_from(&number.to_be_bytes());
    let logs = desk.logs(ADDRESS, &[Published::SIGNATURE_HASH, topic]).await?;
    let services = logs.iter().filter_map(events::decode).find_map(|event| match event {
        Event::Published(event) => Some(event.services),
        _ => None,
    });
    let services = services.ok_or_else(wrong)?;
    let bar = desk.bar(services.len(), "services");
    let (mut found, mut wanted, mut words) = (Vec::new(), Vec::new(), Vec::new());
    let mut providers: BTreeMap<u32, B256> = BTreeMap::new();
    for id in services {
        let (service, provider) = forms::service(desk, id).await?;
        let number = FilingNumber::parse(&service.number).map_err(|_| wrong())?;
        words.extend_from_slice(number.to_word().as_slice());
        providers.insert(service.provider, provider.content);
        found.push((number, service.provider));
        wanted.push((id, service.content));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let forms = forms::forms_with(desk, &wanted).await?;
    let providers: Vec<(u32, B256)> = providers.into_iter().collect();
    let subjects = forms::subjects_with(desk, &providers).await?;
    let name = |subject: Subject| if subject.name.is_empty() { INDIVIDUAL.into() } else { subject.name };
    let names: BTreeMap<u32, String> =
        providers.iter().zip(subjects).map(|((id, _), subject)| (*id, name(subject))).collect();
    let rows = found.into_iter().zip(forms).map(|((number, provider), form)| {
        let name = names.get(&provider).cloned().unwrap_or_default();
        let sign = number.province().sign();
        let province = PROVINCES.iter().find(|(own, _)| *own == sign).map_or("", |(_, name)| name);
        vec![province.to_owned(), name, form.name, number.in_full()]
    });
    let rows = rows.collect();
    if keccak256(&words) != batch.list {
        return Err(wrong());
    }
    Ok((Day::new(batch.day), rows))
}
