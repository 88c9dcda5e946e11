//! What the ledger knows: services, providers, batches, what is due.

use super::forms::{self, ProviderName, ServiceName};
use crate::{
    cmd::{
        desk::Desk,
        lists::{self, Page, filter},
        words,
    },
    failure::Failure,
    text::{say, say_json},
};
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    filing::{
        State,
        abi::IFiling::{
            Form, ProviderRecord, ServiceRecord, articleCall, clocksOfCall, placesOfCall, proposalCall,
            providerCall,
        },
        state::{ADDRESS, Service},
        terms::{Article, Category, Clock, Duty, IdType, Kind, Material, Measure, Nature, ServiceForm},
    },
    ids::{FilingNumber, Province},
};
use serde_json::{Value, json};

/// The read side.
#[derive(Debug, Subcommand)]
pub(super) enum Read {
    /// List services.
    List {
        /// Only those in this state: draft, submitted, forwarded, returned, recorded, warned,
        /// suspended, deregistered, withdrawn.
        #[arg(long)]
        state: Option<String>,
        /// Only those of a provider.
        #[arg(long)]
        provider: Option<ProviderName>,
        /// Only those of this division: 33 or 330106.
        #[arg(long)]
        division: Option<u32>,
        /// Only those of a batch.
        #[arg(long)]
        batch: Option<u32>,
        /// Only of this category: infrastructure, application, technology.
        #[arg(long, value_parser = words::word::<Category>)]
        category: Option<Category>,
        /// Only those with this text in a name or number.
        #[arg(long)]
        text: Option<String>,
        #[command(flatten)]
        page: Page,
    },
    /// Show everything about a service: record, clocks, form, history.
    Show {
        /// The service.
        service: ServiceName,
    },
    /// Show a provider.
    Provider {
        /// The provider.
        provider: ProviderName,
    },
    /// Find services and providers by number or a part of a name.
    Search {
        /// What to look for, Chinese or English.
        text: String,
        #[command(flatten)]
        page: Page,
    },
    /// List the published batches, or show one.
    Batches {
        /// Show this one.
        number: Option<u32>,
        #[command(flatten)]
        page: Page,
    },
    /// Show who must decide what by which working day, overdue first.
    Queue {
        /// Only what this organisation must decide.
        #[arg(long)]
        organisation: Option<u32>,
        /// Only what this role must decide: supervisor, provincial, competent.
        #[arg(long)]
        role: Option<String>,
        /// Only what is due by this day.
        #[arg(long, value_parser = words::day)]
        by: Option<Day>,
        /// Only what is overdue.
        #[arg(long)]
        overdue: bool,
        #[command(flatten)]
        page: Page,
    },
    /// Show the penalty table as it holds today.
    Articles,
}

impl Read {
    /// Asks and shows.
    ///
    /// # Errors
    ///
    /// The member does not answer, or there is nothing of that name.
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failure> {
        match self {
            Self::List { state, provider, division, batch, category, text, page } => {
                let provider = match provider {
                    Some(provider) => Some(provider.id(desk).await?.into()),
                    None => None,
                };
                let fields = filter([
                    ("state", state.map(Value::from)),
                    ("provider", provider),
                    ("division", division.map(Value::from)),
                    ("batch", batch.map(Value::from)),
                    ("kind", category.map(|category| category.name().into())),
                    ("text", text.map(Value::from)),
                ]);
                lists::show(
                    desk,
                    "ding_filings",
                    fields,
                    &page,
                    &["service", "number", "name", "providerName", "state", "day", "clock", "batch"],
                )
                .await
            }
            Self::Search { text, page } => {
                let fields = filter([("text", Some(text.into()))]);
                lists::show(desk, "ding_search", fields, &page, &["kind", "id", "number", "name"]).await
            }
            Self::Batches { number: None, page } => {
                lists::show(
                    desk,
                    "ding_batches",
                    filter([]),
                    &page,
                    &["number", "day", "services", "workingDays", "document"],
                )
                .await
            }
            Self::Batches { number: Some(number), .. } => {
                let batch: Value = desk.query("ding_batch", json!({ "number": number })).await?;
                if desk.json { say_json(&batch) } else { say(&lists::object(&batch)) }
            }
            Self::Queue { organisation, role, by, overdue, page } => {
                let fields = filter([
                    ("organisation", organisation.map(Value::from)),
                    ("role", role.map(Value::from)),
                    ("by", by.map(|day| day.to_string().into())),
                    ("overdue", overdue.then_some(Value::Bool(true))),
                ]);
                lists::show(
                    desk,
                    "ding_queue",
                    fields,
                    &page,
                    &[
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
                    ],
                )
                .await
            }
            Self::Show { service } => show(desk, service.id(desk).await?).await,
            Self::Provider { provider } => {
                let id = provider.id(desk).await?;
                let found = desk.ask(ADDRESS, &providerCall { id }).await?;
                if found.nature == 0 {
                    return Err(Failure::Input(format!("{} has no provider {id}", desk.chain.name)));
                }
                tell(desk, &provider_json(id, &found))
            }
            Self::Articles => articles(desk).await,
        }
    }
}

fn tell(desk: &Desk, value: &Value) -> Result<(), Failure> {
    if desk.json { say_json(value) } else { say(&lists::object(value)) }
}

fn name_of<T>(number: u8, find: fn(u8) -> Option<T>, name: fn(T) -> &'static str) -> String {
    find(number).map_or_else(|| number.to_string(), |term| name(term).to_owned())
}

/// Everything about a service: what the ledger holds itself, and the history that a read model adds.
async fn show(desk: &Desk, id: u64) -> Result<(), Failure> {
    let (service, provider) = forms::service(desk, id).await?;
    let form = forms::form_with(desk, id, service.content).await?;
    let proposal = desk.ask(ADDRESS, &proposalCall { service: id }).await?;
    let places = desk.ask(ADDRESS, &placesOfCall { service: id }).await?;
    let clocks = desk.ask(ADDRESS, &clocksOfCall { service: id }).await?;
    let mut value = service_json(id, &service);
    value["form"] = form_json(&form);
    value["provider"] = provider_json(service.provider, &provider);
    if !proposal.number.is_empty() {
        value["proposed"] = json!({
            "number": full(&proposal.number), "by": proposal.account, "wrongCheckDigitConfirmed": proposal.confirmed,
        });
    }
    let bound = places.places.iter().zip(&places.bound);
    value["contracts"] = bound.map(|(place, bound)| json!({ "place": place, "bound": bound })).collect();
    let clocks = clocks.iter().map(|clock| {
        json!({
            "clock": name_of(clock.clock, Clock::from_number, Clock::name),
            "dueDay": Day::new(clock.dueDay).to_string(), "provisional": clock.provisional, "overdue": clock.overdue,
        })
    });
    value["clocks"] = clocks.collect();
    // A member without a read model shows the record all the same.
    if let Ok(history) = desk.query::<Value>("ding_filing", json!({ "service": id })).await {
        value["history"] = history;
    }
    tell(desk, &value)
}

fn full(number: &str) -> String {
    FilingNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.in_full())
}

fn day_or_none(day: u32) -> Value {
    if day == 0 { Value::Null } else { Day::new(day).to_string().into() }
}

fn service_json(id: u64, service: &ServiceRecord) -> Value {
    let state = |number| name_of(number, State::from_number, State::name);
    let flag = |bit: u8| service.flags & bit != 0;
    let number = if service.number.is_empty() { Value::Null } else { full(&service.number).into() };
    let materials = Material::ALL.into_iter().filter(|material| service.materials & material.bit() != 0);
    let track = |number: u8| if number == 0 { Value::Null } else { state(number).into() };
    json!({
        "service": id, "number": number, "state": state(service.status), "change": track(service.change),
        "inspection": track(service.inspection), "termination": track(service.termination),
        "recordedOn": day_or_none(service.recordedOn), "batch": Some(service.batch).filter(|batch| *batch > 0),
        "filedLate": flag(Service::LATE), "imported": flag(Service::IMPORTED),
        "wrongCheckDigitConfirmed": flag(Service::CONFIRMED),
        "materials": materials.map(Material::name).collect::<Vec<_>>(), "content": service.content,
    })
}

/// The form of a service in words.
pub(super) fn form_json(form: &Form) -> Value {
    let optional = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let places = form.places.iter().map(|place| format!("{}:{}", place.chainId, place.place));
    json!({
        "name": form.name, "category": name_of(form.category, Category::from_number, Category::name),
        "form": name_of(form.form, ServiceForm::from_number, ServiceForm::name), "field": form.field,
        "site": optional(&form.site), "icp": optional(&form.icp), "description": form.description,
        "server": form.server, "serverDivision": Some(form.serverDivision).filter(|division| *division > 0),
        "consensus": optional(&form.consensus), "crossBorder": optional(&form.crossBorder),
        "goLive": Day::new(form.goLive).to_string(), "places": places.collect::<Vec<_>>(),
    })
}

fn provider_json(id: u32, provider: &ProviderRecord) -> Value {
    let uscc: String =
        provider.uscc.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    let kinds = Kind::ALL.into_iter().filter(|kind| provider.kinds & kind.number() != 0);
    let province = Province::of_division(provider.division).map(Province::name);
    json!({
        "provider": id, "uscc": Some(uscc).filter(|uscc| !uscc.is_empty()),
        "nature": name_of(provider.nature, Nature::from_number, Nature::name),
        "idType": name_of(provider.idType, IdType::from_number, IdType::name),
        "kinds": kinds.map(Kind::name).collect::<Vec<_>>(), "division": provider.division, "province": province,
        "services": provider.services, "account": provider.account,
        "organisation": Some(provider.organisation).filter(|organisation| *organisation > 0),
        "personCommitment": provider.person, "content": provider.content,
    })
}

async fn articles(desk: &Desk) -> Result<(), Failure> {
    let mut list = Vec::new();
    for number in Article::NUMBERS {
        let article = desk.ask(ADDRESS, &articleCall { number }).await?;
        let breaches = Duty::ALL.into_iter().filter(|duty| article.breaches & duty.bit() != 0);
        let measures = Measure::ALL.into_iter().filter(|measure| article.measures & measure.bit() != 0);
        list.push(json!({
            "article": number, "minYuan": yuan(article.minFen), "maxYuan": yuan(article.maxFen),
            "breaches": breaches.map(Duty::name).collect::<Vec<_>>(),
            "measures": measures.map(Measure::name).collect::<Vec<_>>(),
        }));
    }
    tell(desk, &json!({ "articles": list }))
}

fn yuan(fen: u64) -> String {
    if fen.is_multiple_of(100) { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}
