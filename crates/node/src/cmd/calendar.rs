//! `ding calendar`: working days as the ledger counts them, and tables of years.

pub(super) mod file;

use super::{
    desk::{Desk, Done, Hand, Told},
    named,
    vote::{self, Call},
};
use crate::{
    client::block_on,
    failure::Failure,
    text::{plural, say, say_json, table},
};
use alloy_sol_types::SolCall as _;
use clap::Subcommand;
use ding_modules::{
    calendar::{
        Day,
        abi::ICalendar::{
            Table, TableLoaded, deadlineCall, deadlineInDaysCall, deadlineInMonthsCall, loadTableCall,
            noticeDayCall, tableCall, tableYearsCall, todayCall, workingDaysBetweenCall,
        },
        day::days_of_year,
        state::ADDRESS,
    },
    dispatch::decode_event,
};

use serde_json::{Value, json};
use std::path::PathBuf;

/// Working days and deadlines, and the tables of years.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding calendar show 2026                                   holidays and make-up days\n  ding calendar deadline --from 2026-09-24 --working-days 10\n  ding calendar deadline --from 2026-12-31 --working-days 30 --before   the latest day of a notice\n  ding calendar propose 2027.csv --notice notice-2027.pdf --key supervisor\n  ding calendar load 2027.csv --notice notice-2027.pdf --key supervisor    once it is approved"
)]
pub(crate) struct Args {
    #[command(flatten)]
    hand: Hand,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the table of a year, or which years have one.
    Show {
        /// The year.
        #[arg(value_parser = named::number::<u16>)]
        year: Option<u16>,
    },
    /// Compute the last day of a period.
    Deadline(Deadline),
    /// Count the working days after one day, up to and including another.
    Count {
        /// The day after which counting starts.
        #[arg(long, value_parser = named::day)]
        from: Day,
        /// The last day that counts.
        #[arg(long, value_parser = named::day)]
        to: Day,
    },
    /// Propose a table to the supervisors, or a correction of one.
    Propose {
        #[command(flatten)]
        table: TableFile,
        #[command(flatten)]
        terms: vote::Terms,
    },
    /// Put a table that the supervisors approved into effect.
    Load {
        #[command(flatten)]
        table: TableFile,
    },
}

#[derive(Debug, clap::Args)]
struct Deadline {
    /// The day of the event, which does not count; today on the ledger without it.
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    from: Option<Day>,
    /// Length in working days.
    #[arg(long, value_name = "N", value_parser = named::number::<u16>, required_unless_present_any = ["days", "months"], conflicts_with_all = ["days", "months"])]
    working_days: Option<u16>,
    /// Length in calendar days; a last day of rest moves to the next working day.
    #[arg(long, value_name = "N", value_parser = named::number::<u32>, conflicts_with = "months")]
    days: Option<u32>,
    /// Length in months; a last day of rest moves to the next working day.
    #[arg(long, value_name = "N", value_parser = named::number::<u16>)]
    months: Option<u16>,
    /// Count backward: the latest day of a notice so many working days before. In working days only.
    #[arg(long, requires = "working_days", conflicts_with_all = ["days", "months"])]
    before: bool,
}

/// A table in a file, and the notice that announces it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct TableFile {
    /// The table: CSV with the columns date and kind (holiday or makeup), or JSON.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The notice that announces it: the file, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST")]
    notice: String,
    /// The year; told by the first row without it.
    #[arg(long, value_parser = named::number::<u16>)]
    year: Option<u16>,
    /// Deadlines use it from this day on; from the day on which it is loaded without it. Deadlines that
    /// were provisional are settled by it from then on.
    #[arg(long, value_name = "DATE", value_parser = named::day)]
    effective: Option<Day>,
}

impl TableFile {
    /// The call that loads it. The same file, notice and day make the same call, so that what was
    /// approved can be carried out from the file.
    pub(super) fn call(&self) -> Result<Call, Failure> {
        let file::Table { year, holidays, makeup } = file::read(&self.file, self.year)?;
        let call = loadTableCall {
            year,
            holidays,
            makeupDays: makeup,
            effectiveDay: self.effective.map_or(0, Day::get),
            source: named::digest(&self.notice)?,
        };
        Ok(Call { target: ADDRESS, input: call.abi_encode().into() })
    }
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    block_on(async {
        // What a file says is checked before anybody is asked.
        let call = match &args.what {
            What::Propose { table, .. } | What::Load { table } => Some(table.call()?),
            _ => None,
        };
        let desk = Desk::open(args.hand, json).await?;
        match (args.what, call) {
            (What::Propose { terms, .. }, Some(call)) => vote::propose(&desk, call, &terms).await,
            (What::Load { .. }, Some(call)) => load(&desk, &call).await,
            (What::Show { year: Some(year) }, _) => show(&desk, year).await,
            (What::Show { year: None }, _) => years(&desk).await,
            (What::Deadline(args), _) => deadline(&desk, &args).await,
            (What::Count { from, to }, _) => count(&desk, from, to).await,
            (What::Propose { .. } | What::Load { .. }, None) => {
                Err(Failure::Input("no table was named".into()))
            }
        }
    })?
}

async fn load(desk: &Desk, call: &Call) -> Result<(), Failure> {
    let done = desk.take(&call.act()).await?;
    let mut told = Told::default();
    if let Done::Taken(receipt) = &done
        && let Some(event) = receipt.logs().find_map(|log| decode_event::<TableLoaded>(&log))
    {
        let from = Day::new(event.effectiveDay);
        told.put("year", event.year, event.year);
        told.put("version", event.version, event.version);
        told.put("working days", event.workingDays, event.workingDays);
        told.put("effective", format!("from {from} on"), from.to_string());
        told.put("proposal", event.proposal, event.proposal);
    }
    desk.report(&done, told)
}

async fn years(desk: &Desk) -> Result<(), Failure> {
    let years = desk.ask(ADDRESS, &tableYearsCall {}).await?;
    if desk.json {
        return say_json(&json!({ "chain": desk.chain.name, "years": years }));
    }
    let list: Vec<String> = years.iter().map(ToString::to_string).collect();
    say(&format!(
        "{} has tables of {}; other years count as Monday to Friday",
        desk.chain.name,
        list.join(", ")
    ))
}

async fn show(desk: &Desk, year: u16) -> Result<(), Failure> {
    let found = desk.ask(ADDRESS, &tableCall { year }).await?;
    if found.current.version == 0 {
        return Err(Failure::Failed(format!(
            "{} has no table of {year}; deadlines in it count Monday to Friday and are provisional",
            desk.chain.name
        )));
    }
    let next = Some(&found.next).filter(|next| next.version != 0);
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "year": year,
            "current": table_json(year, &found.current), "next": next.map(|next| table_json(year, next)),
        }));
    }
    let mut rows = table_rows(year, &found.current);
    if let Some(next) = next {
        rows.push(("then", format!("a correction from {} on:", Day::new(next.effectiveDay))));
        rows.extend(table_rows(year, next));
    }
    say(&format!("{year} on {}\n{}", desk.chain.name, table(&rows)))
}

/// Stretches of rest with a Monday to Friday in them, and weekend days on which people work.
fn exceptions(year: u16, table: &Table) -> (Vec<(Day, Day)>, Vec<Day>) {
    let first = Day::from_civil(year.into(), 1, 1).unwrap_or_default();
    let works = |place: u16| {
        let [low, high] = &table.bits;
        let bit = usize::from(place);
        if bit < 256 { low.bit(bit) } else { high.bit(bit - 256) }
    };
    let (mut rest, mut makeup) = (Vec::new(), Vec::new());
    let mut stretch: Option<(Day, Day, bool)> = None;
    for (place, day) in (0..days_of_year(year.into())).zip(first.get()..).map(|(n, day)| (n, Day::new(day))) {
        if works(place) {
            makeup.extend(day.is_weekend().then_some(day));
            rest.extend(stretch.take().filter(|(.., special)| *special).map(|(from, to, _)| (from, to)));
        } else {
            let (from, _, special) = stretch.unwrap_or((day, day, false));
            stretch = Some((from, day, special || !day.is_weekend()));
        }
    }
    rest.extend(stretch.filter(|(.., special)| *special).map(|(from, to, _)| (from, to)));
    (rest, makeup)
}

/// From when on a table holds; one of genesis always did.
fn since(day: u32) -> String {
    if day == 0 { "from the beginning".into() } else { format!("from {} on", Day::new(day)) }
}

fn table_rows(year: u16, table: &Table) -> Vec<(&'static str, String)> {
    let (rest, makeup) = exceptions(year, table);
    let rest: Vec<String> = rest
        .iter()
        .map(|(from, to)| if from == to { from.to_string() } else { format!("{from} to {to}") })
        .collect();
    let makeup: Vec<String> = makeup.iter().map(ToString::to_string).collect();
    vec![
        ("version", format!("{}, in effect {}", table.version, since(table.effectiveDay))),
        ("working days", table.workingDays.to_string()),
        ("rest (放假)", rest.join("\n")),
        ("make-up (调休上班)", if makeup.is_empty() { "none".into() } else { makeup.join("\n") }),
    ]
}

fn table_json(year: u16, table: &Table) -> Value {
    let (rest, makeup) = exceptions(year, table);
    let rest: Vec<Value> =
        rest.iter().map(|(from, to)| json!({ "from": from.to_string(), "to": to.to_string() })).collect();
    json!({
        "version": table.version,
        "effective": Day::new(table.effectiveDay).to_string(),
        "workingDays": table.workingDays,
        "rest": rest,
        "makeup": makeup.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

async fn deadline(desk: &Desk, args: &Deadline) -> Result<(), Failure> {
    let start = match args.from {
        Some(day) => day.get(),
        None => desk.ask(ADDRESS, &todayCall {}).await?,
    };
    let (length, day, provisional) = match (args.working_days, args.days, args.months) {
        (Some(days), ..) if args.before => {
            let found = desk.ask(ADDRESS, &noticeDayCall { planned: start, workingDays: days }).await?;
            (plural(days.into(), "working day") + " before", found.day, found.provisional)
        }
        (Some(days), ..) => {
            let found = desk.ask(ADDRESS, &deadlineCall { start, workingDays: days }).await?;
            (plural(days.into(), "working day") + " after", found.day, found.provisional)
        }
        (None, Some(days), _) => {
            let found = desk.ask(ADDRESS, &deadlineInDaysCall { start, calendarDays: days }).await?;
            (plural(days as usize, "day") + " after", found.day, found.provisional)
        }
        (None, None, months) => {
            let months = months.unwrap_or_default();
            let found = desk.ask(ADDRESS, &deadlineInMonthsCall { start, months }).await?;
            (plural(months.into(), "month") + " after", found.day, found.provisional)
        }
    };
    let (first, last) = (Day::new(start), Day::new(day));
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "from": first.to_string(), "period": length, "day": last.to_string(),
            "endsMs": last.end_ms(), "provisional": provisional,
        }));
    }
    say(&format!("{length} {first}: {}, 24:00 Beijing time", named::day_text(day, provisional)))
}

async fn count(desk: &Desk, from: Day, to: Day) -> Result<(), Failure> {
    let call = workingDaysBetweenCall { from: from.get(), to: to.get() };
    let found = desk.ask(ADDRESS, &call).await?;
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "from": from.to_string(), "to": to.to_string(),
            "workingDays": found.workingDays, "provisional": found.provisional,
        }));
    }
    let note = if found.provisional { ", provisional: a year without a table is counted" } else { "" };
    say(&format!("{} after {from}, up to {to}{note}", plural(found.workingDays as usize, "working day")))
}
