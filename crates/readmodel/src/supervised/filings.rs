//! Filings: services with their provider, tracks and history; batches.

use super::{
    Found, HistoryRow, Listed, Page, Thing, height, history, int, log,
    queue::{self, DutyRow},
    search::Needle,
    select::{self, Conditions},
};
use crate::query::{Ask, Query, QueryError, page};
use ding_modules::{
    calendar::Day,
    filing::{State, Step, Track},
    ids::FilingNumber,
    orders::{Action, Status},
};
use ding_primitives::{Address, B256, Log};
use rusqlite::types::Value;

record! {
    /// A service as lists show it.
    ServiceRow {
        /// Its number in the register.
        id: u64 = "s.id",
        /// As `services` and `orders` know it.
        key: B256 = "s.key",
        /// Its provider.
        provider: u32 = "s.provider",
        /// Name of the provider; empty for individuals.
        provider_name: String = "coalesce((SELECT name FROM supervision_providers WHERE id = s.provider), '')",
        /// Division of the provider, six digits.
        division: u32 = "s.division",
        /// Filing number; empty before it is recorded.
        number: String = "s.number",
        /// Number that awaits a second hand; empty if none does.
        proposed: String = "s.proposed",
        /// Who proposed it.
        first_hand: Option<Address> = "s.first_hand",
        /// What it is called.
        name: String = "s.name",
        /// Service category.
        category: u8 = "s.category",
        /// Service form.
        form: u8 = "s.form",
        /// Application area.
        field: String = "s.field",
        /// Site, client or account name.
        site: String = "s.site",
        /// Where the servers stand, six digits; 0 abroad.
        server_division: u32 = "s.server_division",
        /// Day from which it is provided.
        go_live: Day = "s.go_live",
        /// Event that holds the whole form.
        form_ordinal: u64 = "s.form_ordinal",
        /// State of the filing.
        state: u8 = "s.state",
        /// Last step on the filing's own track.
        step: u8 = "s.step",
        /// Day of that step.
        day: Day = "s.day",
        /// State of a reported change.
        change: u8 = "s.change",
        /// State of inspection and correction.
        inspection: u8 = "s.inspection",
        /// State of the notice of its end.
        termination: u8 = "s.termination",
        /// Bits: 1 filed late, 2 imported, 4 number confirmed in spite of its check digit.
        flags: u8 = "s.flags",
        /// Day on which it was recorded; day 0 if it was not.
        recorded_on: Day = "s.recorded_on",
        /// Batch in which it was published; 0 if none.
        batch: u32 = "s.batch",
        /// Clock that runs for the filing; 0 if none.
        clock: u8 = "s.clock",
        /// The newest order that stops it now (action 1, in force), whatever the state of the filing; `None`
        /// if none does.
        stopped_by: Option<u64> = "(SELECT max(o.id) FROM supervision_orders o WHERE o.target = s.key AND o.action = 1 \
             AND o.status = 2 AND (o.until_ms = 0 OR o.until_ms > (SELECT timestamp_ms FROM blocks ORDER BY height DESC \
             LIMIT 1)) AND o.from_height <= 1 + (SELECT max(height) FROM blocks))",
    }
}

/// Services that an order stops now, as [`ServiceRow::stopped_by`] says.
const STOPPED: &str = "s.state = ? OR s.key IN (SELECT o.target FROM supervision_orders o WHERE o.action = ? AND \
     o.status = ? AND (o.until_ms = 0 OR o.until_ms > (SELECT timestamp_ms FROM blocks ORDER BY height DESC LIMIT 1)) \
     AND o.from_height <= 1 + (SELECT max(height) FROM blocks))";

// The numbers in the SQL of a row.
const _: () = assert!(Action::Suspend.number() == 1 && Status::InForce.number() == 2);

record! {
    /// A provider of services.
    ProviderRow {
        /// Its number in the register.
        id: u32 = "p.id",
        /// Account in charge; zero if it has none yet.
        account: Address = "p.account",
        /// Member organisation whose accounts act for it too; 0 if none.
        organisation: u32 = "p.organisation",
        /// Organisation or individual.
        nature: u8 = "p.nature",
        /// Bits of the kinds of provider.
        kinds: u8 = "p.kinds",
        /// Administrative division, six digits.
        division: u32 = "p.division",
        /// Unified social credit code; empty for individuals.
        uscc: String = "p.uscc",
        /// Name; empty for individuals.
        name: String = "p.name",
        /// Services it ever filed.
        services: u32 = "(SELECT COUNT(*) FROM supervision_services WHERE provider = p.id)",
    }
}

record! {
    /// Something on a track beside the filing's own: a change, an inspection, a notice, an objection, a
    /// penalty, an assessment, a campaign.
    ItemRow {
        /// The track.
        track: u8 = "i.track",
        /// Its number; that of the service where a service has one of it.
        item: u64 = "i.item",
        /// The service; 0 for campaigns.
        service: u64 = "i.service",
        /// State.
        state: u8 = "i.state",
        /// Last step.
        step: u8 = "i.step",
        /// Day of that step.
        day: Day = "i.day",
        /// When it began, milliseconds since 1970.
        opened_ms: u64 = "i.opened_ms",
        /// Measure, of a penalty.
        measure: u8 = "i.measure",
        /// Amount of a fine.
        amount_fen: u64 = "i.amount_fen",
        /// Event that says what it is about.
        content: Option<u64> = "i.content",
    }
}

record! {
    /// A batch of published services.
    BatchRow {
        /// Its number.
        id: u32 = "b.id",
        /// Day of publication.
        day: Day = "b.day",
        /// Working days for objections.
        working_days: u16 = "b.working_days",
        /// Services in it.
        services: u32 = "b.services",
        /// Keccak-256 over the numbers.
        list: B256 = "b.list",
        /// SHA-256 of the published list.
        document: B256 = "b.document",
    }
}

record! {
    /// A line of the public list of a batch, as it stands today.
    Listing {
        /// Place in the list, from 1.
        place: u32 = "s.batch_place",
        /// The service.
        service: u64 = "s.id",
        /// Filing number.
        number: String = "s.number",
        /// What it is called.
        name: String = "s.name",
        /// Name of the provider; empty for individuals.
        provider: String = "coalesce(p.name, '')",
        /// Unified social credit code; empty for individuals.
        uscc: String = "coalesce(p.uscc, '')",
        /// Organisation or individual.
        nature: u8 = "coalesce(p.nature, 0)",
        /// Bits of the kinds of provider.
        kinds: u8 = "coalesce(p.kinds, 0)",
        /// Division of the provider.
        division: u32 = "s.division",
        /// Service category.
        category: u8 = "s.category",
        /// Service form.
        form: u8 = "s.form",
        /// Site, client or account name.
        site: String = "s.site",
        /// State of the filing.
        state: u8 = "s.state",
    }
}

/// Which services a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilingFilter {
    /// State of the filing; suspended: also those that an order stops; a state of another track, such as
    /// a pending change or an open objection: services with something in it.
    pub state: Option<u8>,
    /// Provider.
    pub provider: Option<u32>,
    /// Division of the provider: two digits for a province, or six.
    pub division: Option<u32>,
    /// Batch in which it was published.
    pub batch: Option<u32>,
    /// Service category.
    pub category: Option<u8>,
    /// Part of its number, its name or its provider's name.
    pub text: Option<String>,
}

/// What a service is asked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceKey {
    /// Its number in the register.
    Id(u64),
    /// Its filing number.
    Number(String),
}

/// Everything about one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// The service.
    pub service: ServiceRow,
    /// Its provider, once it is declared.
    pub provider: Option<ProviderRow>,
    /// The event that holds the form in force.
    pub form: Option<Log>,
    /// Its other tracks, newest items first, each with the event that says what it is about; at most a
    /// page of them.
    pub items: Vec<(ItemRow, Option<Log>)>,
    /// What has to be done about it.
    pub duties: Vec<DutyRow>,
    /// Time for objections of the batch it is in: its last day, and whether a year without a table is
    /// involved.
    pub objections_until: Option<ding_modules::calendar::Deadline>,
    /// What happened, newest first.
    pub history: Listed<HistoryRow>,
}

/// A batch and a page of its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The batch.
    pub batch: BatchRow,
    /// A page of its list, in its order; pages start after a place.
    pub list: Listed<Listing>,
}

/// Whether a state is one of a filing itself, not of a track beside it.
fn is_of_filing(state: State) -> bool {
    let rules = Step::ALL.into_iter().map(Step::rule).filter(|rule| rule.track == Track::Filing);
    rules.flat_map(|rule| rule.to.into_iter().chain(rule.from.iter().copied())).any(|own| own == state)
}

const SERVICES: select::Source =
    select::Source { tables: "supervision_services s", id: "s.id", thing: Some(Thing::Service) };

impl Query {
    /// Services, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn filings(&self, filter: &FilingFilter, wanted: Page) -> Result<Listed<ServiceRow>, QueryError> {
        let needle = filter.text.as_deref().map(Needle::of).transpose()?;
        let mut conditions = Conditions::default();
        match filter.state.and_then(State::from_number) {
            Some(State::Suspended) => conditions.push(
                STOPPED,
                [State::Suspended.number(), Action::Suspend.number(), Status::InForce.number()]
                    .map(Value::from),
            ),
            Some(state) if !is_of_filing(state) => conditions
                .and("s.id IN (SELECT service FROM supervision_items WHERE state = ?)", Some(state.number())),
            _ => conditions.and("s.state = ?", filter.state),
        }
        conditions.and("s.provider = ?", filter.provider);
        conditions.and("s.batch = ? AND s.batch > 0", filter.batch);
        conditions.and("s.category = ?", filter.category);
        match filter.division {
            Some(province) if province < 100 => conditions.and("s.division / 10000 = ?", Some(province)),
            division => conditions.and("s.division = ?", division),
        }
        self.ask(|ask| {
            select::list(ask, SERVICES, &conditions, needle.as_ref(), wanted, |row: &ServiceRow| row.id)
        })
    }

    /// Everything about one service; `wanted` is the page of its history. `now_ms` says what is overdue.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn filing(
        &self,
        key: &ServiceKey,
        wanted: Page,
        now_ms: u64,
    ) -> Result<Option<Found<Filing>>, QueryError> {
        self.ask(|ask| {
            let found = match key {
                ServiceKey::Id(id) => one(ask, "s.id = ?", int(*id))?,
                ServiceKey::Number(text) => match FilingNumber::parse(text) {
                    Ok(number) => one(ask, "s.number = ? AND s.number <> ''", number.as_str().to_owned().into())?,
                    Err(error) => return Err(QueryError::Invalid(format!("no filing number: {error}"))),
                },
            };
            let Some(service) = found else { return Ok(None) };
            let provider = "supervision_providers p WHERE p.id = ?";
            let provider = select::one(ask, provider, [Value::from(service.provider)])?;
            let items: Vec<ItemRow> = select::all(
                ask,
                "supervision_items i WHERE i.service = ? ORDER BY i.opened_ms DESC, i.track, i.item DESC LIMIT ?",
                [int(service.id), Value::Integer(page(wanted.limit) as i64)],
            )?;
            let with_content = |item: ItemRow| {
                let content = item.content.map(|ordinal| log(ask, ordinal)).transpose()?.flatten();
                Ok::<_, QueryError>((item, content))
            };
            let form = if service.form_ordinal == 0 && service.name.is_empty() {
                None
            } else {
                log(ask, service.form_ordinal)?
            };
            let value = Filing {
                provider,
                form,
                items: items.into_iter().map(with_content).collect::<Result<_, _>>()?,
                duties: queue::of_service(ask, service.id, now_ms)?,
                objections_until: objections(ask, service.batch, now_ms)?,
                history: history(ask, Thing::Service, service.id, wanted)?,
                service,
            };
            Ok(Some(Found { value, height: height(ask)? }))
        })
    }

    /// A provider.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn provider(&self, id: u32) -> Result<Option<Found<ProviderRow>>, QueryError> {
        self.ask(|ask| {
            let found = select::one(ask, "supervision_providers p WHERE p.id = ?", [Value::from(id)])?;
            let height = height(ask)?;
            Ok(found.map(|value| Found { value, height }))
        })
    }

    /// Batches, newest first.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn batches(&self, wanted: Page) -> Result<Listed<BatchRow>, QueryError> {
        let source = select::Source { tables: "supervision_batches b", id: "b.id", thing: None };
        self.ask(|ask| {
            select::list(ask, source, &Conditions::default(), None, wanted, |row: &BatchRow| row.id.into())
        })
    }

    /// A batch and a page of its public list, in the list's order.
    ///
    /// # Errors
    ///
    /// See [`QueryError`].
    pub fn batch(&self, number: u32, wanted: Page) -> Result<Option<Batch>, QueryError> {
        self.ask(|ask| {
            let found = select::one(ask, "supervision_batches b WHERE b.id = ?", [Value::from(number)])?;
            let Some(batch) = found else { return Ok(None) };
            let limit = page(wanted.limit);
            let rows = select::all(
                ask,
                "supervision_services s LEFT JOIN supervision_providers p ON p.id = s.provider \
                 WHERE s.batch = ? AND s.batch > 0 AND s.batch_place > ? ORDER BY s.batch_place LIMIT ?",
                [Value::from(number), int(wanted.after.unwrap_or(0)), Value::Integer(limit as i64 + 1)],
            )?;
            let list = super::cut(rows, limit, height(ask)?, |row: &Listing| row.place.into());
            Ok(Some(Batch { batch, list }))
        })
    }
}

fn one(ask: &Ask<'_>, condition: &str, value: Value) -> Result<Option<ServiceRow>, QueryError> {
    select::one(ask, &format!("supervision_services s WHERE {condition}"), [value])
}

fn objections(
    ask: &Ask<'_>,
    batch: u32,
    now_ms: u64,
) -> Result<Option<ding_modules::calendar::Deadline>, QueryError> {
    let found = select::one(ask, "supervision_batches b WHERE b.id = ?", [Value::from(batch)])?;
    let Some(BatchRow { day, working_days, .. }) = found else { return Ok(None) };
    let length = ding_modules::duties::Length::WorkingDays(working_days);
    Ok(queue::tables(ask)?.last_day(Day::from_ms(now_ms), day, length))
}
