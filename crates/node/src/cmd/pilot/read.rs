//! What the ledger knows: pilots, entities, documents, what is due.

use super::steps::entity;
use crate::{
    cmd::{
        desk::Desk,
        lists::{self, Page, filter},
        words::{self, word},
    },
    failure::Failure,
    text::{say, say_json},
};
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    pilot::{
        State,
        abi::IPilot::{
            Course, Indicator, Record, clocksOfCall, documentOfCall, entityOfCall, filingsOfCall,
            indicatorOfCall, parametersCall, pilotOfCall,
        },
        state::ADDRESS,
        terms::{Class, Clock, DocumentKind, Field, Kind, Zone},
    },
};
use ding_primitives::B256;
use serde_json::{Value, json};

/// The read side.
#[derive(Debug, Subcommand)]
pub(super) enum Read {
    /// List pilots.
    List {
        /// Only those in this state, such as recommended, listed, in-progress.
        #[arg(long)]
        state: Option<String>,
        /// Only those of a zone.
        #[arg(long, value_parser = word::<Zone>)]
        zone: Option<Zone>,
        /// Only those in a field.
        #[arg(long, value_parser = word::<Field>)]
        field: Option<Field>,
        /// Only those of a class: real-economy, governance, livelihood, finance.
        #[arg(long, value_parser = word::<Class>)]
        class: Option<Class>,
        /// Only those with this text in a title or name.
        #[arg(long)]
        text: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    /// Show everything about a pilot: entity, goals, clocks, history.
    Show {
        /// The pilot.
        pilot: u32,
    },
    /// Show an entity.
    Entity {
        /// Unified social credit code.
        #[arg(value_parser = words::code)]
        code: String,
    },
    /// Show a source document.
    Document {
        /// Its number.
        number: u32,
    },
    /// Find pilots and entities by number or a part of a name.
    Search {
        /// What to look for, Chinese or English.
        text: String,
        #[command(flatten)]
        page: Page,
    },
    /// Show who must decide what by which working day, overdue first.
    Queue {
        /// Only what this organisation must decide.
        #[arg(long)]
        organisation: Option<u32>,
        /// Only what is due by this day.
        #[arg(long, value_parser = words::day)]
        by: Option<Day>,
        /// Only what is overdue.
        #[arg(long)]
        overdue: bool,
        #[command(flatten)]
        page: Page,
    },
    /// Show what the supervisors set: days of comments and reports, durations.
    Parameters,
}

impl Read {
    /// Asks and shows.
    ///
    /// # Errors
    ///
    /// The member does not answer, or there is nothing of that name.
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::List { state, zone, field, class, text, page } => {
                let fields = filter([
                    ("state", state.map(Value::from)),
                    ("zone", zone.map(|zone| zone.name().into())),
                    ("field", field.map(|field| field.name().into())),
                    ("class", class.map(|class| class.name().into())),
                    ("text", text.map(Value::from)),
                ]);
                let columns =
                    &["id", "kind", "title", "entityName", "field", "zone", "state", "listedOn", "endDay"];
                lists::show(desk, "ding_pilots", fields, &page, columns).await
            }
            Self::Search { text, page } => {
                let fields = filter([("text", Some(text.into()))]);
                lists::show(desk, "ding_search", fields, &page, &["kind", "id", "number", "name"]).await
            }
            Self::Queue { organisation, by, overdue, page } => {
                let fields = filter([
                    ("organisation", organisation.map(Value::from)),
                    ("by", by.map(|day| day.to_string().into())),
                    ("overdue", overdue.then_some(Value::Bool(true))),
                ]);
                let columns = &[
                    "due",
                    "overdue",
                    "provisional",
                    "step",
                    "by",
                    "organisation",
                    "kind",
                    "id",
                    "number",
                    "name",
                ];
                lists::show(desk, "ding_queue", fields, &page, columns).await
            }
            Self::Show { pilot } => show(desk, pilot).await,
            Self::Entity { code } => {
                let found = desk.ask(ADDRESS, &entityOfCall { entity: entity(&code) }).await?;
                if found.registeredDay == 0 {
                    return Err(Failure::Input(format!("{} has no entity {code}", desk.chain.name)));
                }
                tell(
                    desk,
                    &json!({
                        "code": code, "account": found.account, "division": found.division, "pilots": found.pilots,
                        "registeredOn": Day::new(found.registeredDay).to_string(), "nameDigest": found.nameDigest,
                    }),
                )
            }
            Self::Document { number } => {
                let found = desk.ask(ADDRESS, &documentOfCall { document: number }).await?;
                if found.kind == 0 {
                    return Err(Failure::Input(format!("{} has no document {number}", desk.chain.name)));
                }
                tell(
                    desk,
                    &json!({
                        "document": number, "kind": DocumentKind::from_number(found.kind).map(DocumentKind::name),
                        "issuedOn": Day::new(found.issuedOn).to_string(), "departments": found.departments,
                        "zones": found.zones, "specials": found.specials, "listedZones": found.listedZones,
                        "listedSpecials": found.listedSpecials, "digest": found.digest,
                    }),
                )
            }
            Self::Parameters => {
                let found = desk.ask(ADDRESS, &parametersCall {}).await?;
                tell(
                    desk,
                    &json!({
                        "commentDays": found.commentDays, "reportDays": found.reportDays,
                        "durationDays": found.durationDays, "assessmentMonths": found.assessmentMonths,
                    }),
                )
            }
        }
    }
}

fn tell(desk: &Desk, value: &Value) -> Result<(), Failure> {
    if desk.json { say_json(value) } else { say(&lists::object(value)) }
}

async fn show(desk: &Desk, id: u32) -> Result<(), Failure> {
    let found = desk.ask(ADDRESS, &pilotOfCall { id }).await?;
    let (pilot, course) = (found.pilot, found.course);
    if pilot.state == 0 {
        return Err(Failure::Input(format!("{} has no pilot {id}", desk.chain.name)));
    }
    let mut value = pilot_json(id, &pilot, &course);
    let mut goals = Vec::new();
    for indicator in 0..pilot.indicators {
        let goal = desk.ask(ADDRESS, &indicatorOfCall { id, indicator }).await?;
        goals.push(goal_json(indicator, &goal));
    }
    value["goals"] = goals.into();
    let filings = desk.ask(ADDRESS, &filingsOfCall { id }).await?;
    value["filings"] = filings.iter().map(ascii).collect();
    let clocks = desk.ask(ADDRESS, &clocksOfCall { id }).await?;
    let clocks = clocks.iter().map(|clock| {
        json!({
            "clock": Clock::from_number(clock.clock).map(Clock::name), "lastDay": Day::new(clock.lastDay).to_string(),
            "provisional": clock.provisional, "passed": clock.passed,
        })
    });
    value["clocks"] = clocks.collect();
    // A member without a read model shows the record all the same.
    if let Ok(history) = desk.query::<Value>("ding_pilot", json!({ "id": id })).await {
        value["history"] = history;
    }
    tell(desk, &value)
}

fn ascii(word: &B256) -> String {
    word.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
}

fn pilot_json(id: u32, pilot: &Record, course: &Course) -> Value {
    let day = |day: u32| if day == 0 { Value::Null } else { Day::new(day).to_string().into() };
    let field = Field::from_number(pilot.field);
    json!({
        "pilot": id, "kind": Kind::from_number(pilot.kind).map(Kind::name),
        "state": State::from_number(pilot.state).map(State::name), "entity": ascii(&pilot.entity),
        "field": field.map(Field::name), "class": field.map(|field| field.class().name()),
        "zone": Zone::from_number(pilot.zone).map(Zone::name), "division": pilot.division,
        "recommender": pilot.recommender, "competent": Some(pilot.competent).filter(|number| *number > 0),
        "chainId": Some(pilot.chainId).filter(|number| *number > 0), "adjustments": pilot.adjustments,
        "assessments": pilot.assessments, "evaluated": pilot.evaluated, "removalProposed": pilot.removalProposed,
        "publishedOn": day(course.publishedDay), "listedOn": day(course.listedDay), "startDay": day(course.startDay),
        "endDay": day(course.endDay), "comments": course.comments, "objectionsOpen": course.objectionsOpen,
        "objectionsUpheld": course.objectionsUpheld, "titleDigest": course.titleDigest,
    })
}

fn goal_json(number: u16, goal: &Indicator) -> Value {
    let unit: Vec<u8> = goal.unit.iter().copied().take_while(|byte| *byte != 0).collect();
    json!({
        "indicator": number, "unit": String::from_utf8_lossy(&unit), "baseline": words::decimal(goal.baseline, goal.decimals),
        "target": words::decimal(goal.target, goal.decimals), "due": Day::new(goal.due).to_string(),
        "revisions": goal.revisions, "entries": goal.entries,
        "lastDay": Some(goal.lastDay).filter(|day| *day > 0).map(|day| Day::new(day).to_string()),
    })
}
