//! What the ledger knows: pilots, entities, documents, what is due.

use super::steps::entity;
use crate::{
    cmd::{
        desk::Desk,
        lists::{self, Page, Profile, filter},
        words::{self, word},
    },
    failure::Failure,
    text::{plural, say, say_json},
};
use alloy_sol_types::SolEvent as _;
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    ids::Province,
    pilot::{
        State,
        abi::IPilot::{
            Course, Document, DocumentRecorded, Entity, EntityChanged, EntityRegistered, Indicator,
            IndicatorAdded, Recommended, Record, clocksOfCall, documentOfCall, entityOfCall, filingsOfCall,
            indicatorOfCall, parametersCall, pilotOfCall,
        },
        events::{self, Event},
        state::ADDRESS,
        terms::{Class, Clock, DocumentKind, Field, Kind, Zone},
    },
};
use ding_primitives::{B256, keccak256};
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
    /// Show who must decide what about pilots by which working day, overdue first.
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
                let kinds = json!(["pilot", "entity", "document"]);
                let fields = filter([("text", Some(text.into())), ("kinds", Some(kinds))]);
                lists::show(desk, "ding_search", fields, &page, &["kind", "id", "number", "name"]).await
            }
            Self::Queue { organisation, by, overdue, page } => {
                let fields = filter([
                    ("kind", Some("pilot".into())),
                    ("organisation", organisation.map(Value::from)),
                    ("by", by.map(|day| day.to_string().into())),
                    ("overdue", overdue.then_some(Value::Bool(true))),
                ]);
                let columns = &[
                    "due",
                    "notBefore",
                    "overdue",
                    "provisional",
                    "step",
                    "by",
                    "organisation",
                    "id",
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
                show_entity(desk, &code, &found).await
            }
            Self::Document { number } => {
                let found = desk.ask(ADDRESS, &documentOfCall { document: number }).await?;
                if found.kind == 0 {
                    return Err(Failure::Input(format!("{} has no document {number}", desk.chain.name)));
                }
                show_document(desk, number, &found).await
            }
            Self::Parameters => {
                let found = desk.ask(ADDRESS, &parametersCall {}).await?;
                if desk.json {
                    return say_json(&json!({
                        "commentDays": found.commentDays, "reportDays": found.reportDays,
                        "durationDays": found.durationDays, "assessmentMonths": found.assessmentMonths,
                    }));
                }
                let mut page =
                    Profile::new(format!("what the supervisors set for pilots on {}", desk.chain.name));
                page.row("public comment", plural(found.commentDays.into(), "day"));
                page.row(
                    "reports",
                    format!("for days up to {} back", plural(found.reportDays.into(), "day")),
                );
                page.row("a pilot lasts", format!("{} at most", plural(found.durationDays.into(), "day")));
                page.row("assessments", format!("every {}", plural(found.assessmentMonths.into(), "month")));
                say(&page.text())
            }
        }
    }
}

async fn show_entity(desk: &Desk, code: &str, found: &Entity) -> Result<(), Failure> {
    let topic = entity(code);
    let logs = desk.logs_where(
        ADDRESS,
        json!([[EntityRegistered::SIGNATURE_HASH, EntityChanged::SIGNATURE_HASH], topic]),
    );
    let names = logs.await?.into_iter().filter_map(|log| match events::decode(&log)? {
        Event::EntityRegistered(event) => Some(event.name),
        Event::EntityChanged(event) => Some(event.name),
        _ => None,
    });
    // The ledger keeps the digest: a member cannot show another name.
    let name = names.filter(|name| keccak256(name.as_bytes()) == found.nameDigest).last();
    let registered = Day::new(found.registeredDay).to_string();
    if desk.json {
        return say_json(&json!({
            "code": code, "name": name, "account": found.account, "division": found.division, "pilots": found.pilots,
            "registeredOn": registered, "nameDigest": found.nameDigest,
        }));
    }
    let name = name.unwrap_or_else(|| "name not kept by this member".into());
    let mut page = Profile::new(format!("entity {code} on {}: {name}", desk.chain.name));
    page.row("division", division(found.division));
    page.row("account", found.account.to_string());
    page.row("registered on", registered);
    page.row("pilots so far", found.pilots.to_string());
    say(&page.text())
}

async fn show_document(desk: &Desk, number: u32, found: &Document) -> Result<(), Failure> {
    let topic = B256::left_padding_from(&number.to_be_bytes());
    let logs = desk.logs(ADDRESS, &[DocumentRecorded::SIGNATURE_HASH, topic]).await?;
    let told = logs.iter().find_map(|log| match events::decode(log)? {
        Event::DocumentRecorded(event) if event.digest == found.digest => Some((event.number, event.title)),
        _ => None,
    });
    let kind = DocumentKind::from_number(found.kind).map(DocumentKind::name);
    let issued = Day::new(found.issuedOn).to_string();
    if desk.json {
        let (own, title) = told.unzip();
        return say_json(&json!({
            "document": number, "kind": kind, "issuedOn": issued, "departments": found.departments, "zones": found.zones,
            "specials": found.specials, "listedZones": found.listedZones, "listedSpecials": found.listedSpecials,
            "digest": found.digest, "title": title, "number": own.filter(|own| !own.is_empty()),
        }));
    }
    let (own, title) = told.unwrap_or_else(|| (String::new(), "title not kept by this member".into()));
    let mut page = Profile::new(format!("document {number} on {}: {title}", desk.chain.name));
    page.row("number", own);
    page.row("kind", kind.unwrap_or("unknown"));
    page.row("issued", format!("on {issued} by {}", plural(found.departments.into(), "department")));
    page.row(
        "it counts",
        format!(
            "{} and {}",
            plural(found.zones.into(), "zone"),
            plural(found.specials.into(), "special pilot")
        ),
    );
    page.row(
        "listed here",
        format!(
            "{} and {}",
            plural(found.listedZones.into(), "zone"),
            plural(found.listedSpecials.into(), "special pilot")
        ),
    );
    page.row("SHA-256", found.digest.to_string());
    say(&page.text())
}

/// A province by name.
fn division(code: u8) -> String {
    Province::from_code(code)
        .map_or_else(|| code.to_string(), |province| format!("{code}, {}", province.name()))
}

async fn show(desk: &Desk, id: u32) -> Result<(), Failure> {
    let (value, page) = whole(desk, id).await?;
    if desk.json { say_json(&value) } else { say(&page.text()) }
}

/// Everything about a pilot, for scripts and for people.
pub(super) async fn whole(desk: &Desk, id: u32) -> Result<(Value, Profile), Failure> {
    let found = desk.ask(ADDRESS, &pilotOfCall { id }).await?;
    let (pilot, course) = (found.pilot, found.course);
    if pilot.state == 0 {
        return Err(Failure::Input(format!("{} has no pilot {id}", desk.chain.name)));
    }
    let mut value = pilot_json(id, &pilot, &course);
    let (title, names) = written(desk, id, course.titleDigest).await?;
    let (mut goals, mut known) = (Vec::new(), Vec::new());
    for indicator in 0..pilot.indicators {
        let goal = desk.ask(ADDRESS, &indicatorOfCall { id, indicator }).await?;
        let name = names.iter().find(|name| keccak256(name.as_bytes()) == goal.nameDigest);
        let mut value = goal_json(indicator, &goal);
        value["name"] = json!(name);
        goals.push(value);
        known.push((name.cloned(), goal));
    }
    value["title"] = json!(title);
    value["goals"] = goals.into();
    let filings = desk.ask(ADDRESS, &filingsOfCall { id }).await?;
    value["filings"] = filings.iter().map(ascii).collect();
    let clocks = desk.ask(ADDRESS, &clocksOfCall { id }).await?;
    let clock_name = |number: u8| Clock::from_number(number).map(Clock::name);
    value["clocks"] = clocks
        .iter()
        .map(|clock| {
            json!({
                "clock": clock_name(clock.clock), "lastDay": Day::new(clock.lastDay).to_string(),
                "provisional": clock.provisional, "passed": clock.passed,
            })
        })
        .collect();
    // A member without a read model shows the record all the same.
    if let Ok(history) = desk.query::<Value>("ding_pilot", json!({ "id": id })).await {
        value["history"] = history;
    }
    let title = title.unwrap_or_else(|| "title not kept by this member".into());
    let mut page = Profile::new(format!("pilot {id} on {}: {title}", desk.chain.name));
    pilot_rows(&mut page, &value, &pilot);
    page.row("filed services", filings.iter().map(ascii).collect::<Vec<_>>().join("\n"));
    page.section("goals");
    for (number, (name, goal)) in known.iter().enumerate() {
        page.row(format!("indicator {number}"), goal_text(name.as_deref(), goal, &value["history"], number));
    }
    page.section("clocks");
    for clock in &clocks {
        let marks = [(clock.provisional, ", provisional"), (clock.passed, ", over")];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        let day = Day::new(clock.lastDay);
        page.row(clock_name(clock.clock).unwrap_or("clock"), format!("until the end of {day}{marks}"));
    }
    lists::duties(&mut page, &value["history"]["clocks"]);
    page.section("what the public said");
    for comment in value["history"]["comments"].as_array().into_iter().flatten() {
        let text = |key: &str| comment.get(key).filter(|value| !value.is_null()).map(lists::word);
        let outcome = text("outcome").unwrap_or_else(|| "no answer yet".into());
        page.row(
            format!("comment {}", text("number").unwrap_or_default()),
            format!(
                "{} of {}, {outcome}\n{}",
                text("kind").unwrap_or_default(),
                text("day").unwrap_or_default(),
                text("text").unwrap_or_default()
            ),
        );
    }
    lists::history(&mut page, &value["history"]["steps"]);
    Ok((value, page))
}

/// The title of a pilot and the names of its goals, by the events; the digests on the ledger vouch for
/// them.
async fn written(desk: &Desk, id: u32, title: B256) -> Result<(Option<String>, Vec<String>), Failure> {
    let topic = B256::left_padding_from(&id.to_be_bytes());
    let signatures = [Recommended::SIGNATURE_HASH, IndicatorAdded::SIGNATURE_HASH];
    let logs = desk.logs_where(ADDRESS, json!([signatures, topic])).await?;
    let (mut found, mut names) = (None, Vec::new());
    for log in &logs {
        match events::decode(log) {
            Some(Event::Recommended(event)) if keccak256(event.title.as_bytes()) == title => {
                found = Some(event.title);
            }
            Some(Event::IndicatorAdded(event)) => names.push(event.name),
            _ => {}
        }
    }
    Ok((found, names))
}

/// Rows of a pilot.
fn pilot_rows(page: &mut Profile, value: &Value, pilot: &Record) {
    let text =
        |key: &str| value.get(key).filter(|value| !value.is_null()).map(lists::word).unwrap_or_default();
    let history =
        |key: &str| value["history"].get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    page.row("kind", text("kind"));
    page.row("state", text("state"));
    let entity = [history("entityName"), text("entity")];
    page.row("entity", entity.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    let class = Some(text("class")).filter(|class| !class.is_empty());
    page.row(
        "field",
        class.map_or_else(|| text("field"), |class| format!("{} (class {class})", text("field"))),
    );
    page.row("zone", text("zone"));
    page.row("division", division(pilot.division));
    page.row("recommended by", format!("organisation {}", pilot.recommender));
    if pilot.competent != 0 {
        page.row("competent", format!("organisation {}", pilot.competent));
    }
    page.row("public since", text("publishedOn"));
    page.row("listed on", text("listedOn"));
    page.row("began on", text("startDay"));
    page.row("last day", text("endDay"));
    page.row("chain", text("chainId"));
    if pilot.adjustments != 0 {
        page.row("adjustments", pilot.adjustments.to_string());
    }
    if pilot.assessments != 0 {
        page.row("assessments", pilot.assessments.to_string());
    }
    page.row("verdict", history("verdict"));
    page.row("removal proposed", history("removal"));
}

/// A goal: what it counts, from where to where, and how far it is.
fn goal_text(name: Option<&str>, goal: &Indicator, history: &Value, number: usize) -> String {
    let unit = utf8(&goal.unit);
    let amount = |value: i64| words::decimal(value, goal.decimals);
    let mut text = format!(
        "{}\nfrom {} to {} {unit} by {}",
        name.unwrap_or("name not kept by this member"),
        amount(goal.baseline),
        amount(goal.target),
        Day::new(goal.due)
    );
    if goal.revisions != 0 {
        text.push_str(&format!(", changed {}", plural(goal.revisions.into(), "time")));
    }
    let indicators = history.get("indicators").and_then(Value::as_array);
    let value = indicators.and_then(|list| list.get(number)).and_then(|row| row.get("value"));
    let value = value.and_then(Value::as_str).and_then(|value| value.parse().ok());
    match value {
        Some(value) => text.push_str(&format!("\n{} {unit} on {}", amount(value), Day::new(goal.lastDay))),
        None if goal.lastDay != 0 => {
            text.push_str(&format!("\nlast reported for {}", Day::new(goal.lastDay)))
        }
        None => text.push_str("\nnothing reported yet"),
    }
    text
}

fn utf8(word: &B256) -> String {
    let bytes: Vec<u8> = word.iter().copied().take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
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
    json!({
        "indicator": number, "unit": utf8(&goal.unit), "baseline": words::decimal(goal.baseline, goal.decimals),
        "target": words::decimal(goal.target, goal.decimals), "due": Day::new(goal.due).to_string(),
        "revisions": goal.revisions, "entries": goal.entries,
        "lastDay": Some(goal.lastDay).filter(|day| *day > 0).map(|day| Day::new(day).to_string()),
    })
}
