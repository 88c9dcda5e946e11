//! What the ledger knows: services, providers, batches, what is due. Pages about one thing are in
//! [`show`].

use super::{
    forms::{ProviderName, ServiceName},
    show,
};
use crate::{
    cmd::{
        desk::Desk,
        lists::{self, Page, filter},
        words,
    },
    failure::Failure,
};
use clap::Subcommand;
use ding_modules::{
    calendar::Day,
    filing::{State, abi::IFiling::providerCall, state::ADDRESS, terms::Category},
};
use serde_json::{Value, json};

/// The read side.
#[derive(Debug, Subcommand)]
pub(super) enum Read {
    /// List services.
    List {
        /// Only those in this state: draft, submitted, forwarded, returned, recorded, warned,
        /// suspended (also by an order), deregistered, withdrawn; or with something beside the filing in
        /// this one: change-pending, inspection-due, answered, rectifying, rectified,
        /// termination-notified, open, upheld, dismissed, imposed, dropped, settled, done, refused.
        #[arg(long, value_parser = state)]
        state: Option<State>,
        /// Only those of a provider.
        #[arg(long)]
        provider: Option<ProviderName>,
        /// Only those of this division: 33 or 330106.
        #[arg(long, value_parser = division)]
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
    /// Find services, providers, and whatever else the ledger knows, by number or a part of a name.
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
    /// Show who must decide what by which working day, overdue first: of filings, pilots, orders and
    /// proposals.
    Queue {
        /// Only what is about one of: filing, order, pilot, proposal.
        #[arg(long)]
        kind: Option<String>,
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
                    ("state", state.map(|state| state.name().into())),
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
                    &[
                        "service",
                        "number",
                        "name",
                        "providerName",
                        "state",
                        "stoppedByOrder",
                        "change",
                        "inspection",
                        "day",
                        "clock",
                        "batch",
                    ],
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
                show::batch(desk, number, &batch)
            }
            Self::Queue { kind, organisation, role, by, overdue, page } => {
                let fields = filter([
                    ("kind", kind.map(Value::from)),
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
                        "notBefore",
                        "overdue",
                        "provisional",
                        "step",
                        "item",
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
            Self::Show { service } => show::service(desk, service.id(desk).await?).await,
            Self::Provider { provider } => {
                let id = provider.id(desk).await?;
                let found = desk.ask(ADDRESS, &providerCall { id }).await?;
                if found.nature == 0 {
                    return Err(Failure::Input(format!("{} has no provider {id}", desk.chain.name)));
                }
                show::provider(desk, id, &found).await
            }
            Self::Articles => show::articles(desk).await,
        }
    }
}

/// A state of a filing, or of what runs beside it.
fn state(text: &str) -> Result<State, String> {
    State::from_name(text).filter(|state| *state != State::None).ok_or_else(|| {
        let names = State::ALL.into_iter().filter(|state| *state != State::None).map(State::name);
        format!("{:?} is no state; states are {}", words::cut(text), names.collect::<Vec<_>>().join(", "))
    })
}

/// A division of two digits, a province, or of six.
fn division(text: &str) -> Result<u32, String> {
    if words::fold(text).chars().count() == 6 {
        return words::division(text);
    }
    words::province(text).map(|province| province.code().into()).map_err(|_| {
        format!(
            "{:?} is no division; want two digits for a province, such as 33, or six, such as 330106 (GB/T 2260)",
            words::cut(text)
        )
    })
}
