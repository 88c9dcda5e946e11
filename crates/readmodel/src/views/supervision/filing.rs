//! Events of `filing`: providers, services, their tracks, batches.

use super::{
    At, Rows,
    duties::{self, Duty, Party, Running, Source},
    history::{Thing, tell},
    int,
    names::{self, Names},
};
use ding_modules::{
    calendar::Day,
    duties::Length,
    filing::{
        State, Step, Track,
        abi::IFiling::{self, Declared, Form, Stepped, Subject},
        events::{Event, Taken, taken},
        service_key,
        terms::{Clock, Measure},
    },
};
use ding_primitives::Address;
use rusqlite::params;

/// A service filed late.
const LATE: u8 = 1;
/// An imported service.
const IMPORTED: u8 = 2;
/// A number confirmed in spite of what speaks against it.
const CONFIRMED: u8 = 4;

/// Writes what an event says.
pub(super) fn project(rows: &Rows<'_>, event: &Event, at: &At) -> rusqlite::Result<()> {
    match event {
        Event::Stepped(e) => stepped(rows, e, at),
        Event::ProviderRegistered(e) => {
            rows.run(
                "INSERT OR REPLACE INTO supervision_providers (id, account, organisation, nature, kinds, \
                 division, uscc, name) VALUES (?1, ?2, ?3, 0, 0, 0, '', '')",
                (e.provider, e.account.as_slice(), e.organisation),
            )?;
            subject(rows, e.provider, &e.subject, at)
        }
        Event::ProviderChanged(e) => subject(rows, e.provider, &e.subject, at),
        Event::AccountSet(e) => {
            rows.run(
                "UPDATE supervision_providers SET account = ?2, organisation = ?3 WHERE id = ?1",
                (e.provider, e.account.as_slice(), e.organisation),
            )?;
            tell(rows, Thing::Provider, e.provider.into(), at)?;
            of_provider(rows, e.provider)
        }
        Event::Declared(e) => declared(rows, e, at),
        Event::Submitted(e) => {
            // Late for its first submission; a late answer to a return is told by the event alone.
            if e.late {
                rows.run(
                    "UPDATE supervision_services SET flags = flags | ?2 WHERE id = ?1 AND step = ?3",
                    (int(e.service), LATE, Step::Submit.number()),
                )?;
            }
            tell(rows, Thing::Service, e.service, at)
        }
        Event::RecordProposed(e) => {
            let flag = if e.confirmed { CONFIRMED } else { 0 };
            rows.run(
                "UPDATE supervision_services SET proposed = ?2, first_hand = ?3, flags = (flags & ~?4) | ?5 \
                 WHERE id = ?1",
                params![int(e.service), e.number, e.account.as_slice(), CONFIRMED, flag],
            )?;
            tell(rows, Thing::Service, e.service, at)?;
            refresh(rows, e.service)
        }
        Event::Recorded(e) => {
            rows.run(
                "UPDATE supervision_services SET number = ?2, proposed = '', first_hand = NULL WHERE id = ?1",
                (int(e.service), &e.number),
            )?;
            tell(rows, Thing::Service, e.service, at)?;
            rename(rows, e.service)
        }
        Event::Published(e) => published(rows, e, at),
        Event::Objected(e) => content(rows, Track::Objection, e.objection, e.service, at),
        Event::ObjectionDecided(e) => tell(rows, Thing::Service, e.service, at),
        Event::ChangeReported(e) => {
            let form = &e.form;
            rows.run(
                "INSERT OR REPLACE INTO supervision_changes (service, name, category, form, field, site, \
                 server_division, go_live, ordinal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    int(e.service),
                    form.name,
                    form.category,
                    form.form,
                    form.field,
                    form.site,
                    form.serverDivision,
                    form.goLive,
                    int(at.ordinal),
                ],
            )?;
            content(rows, Track::Change, e.service, e.service, at)
        }
        Event::ChangeAccepted(e) => {
            rows.run(
                "UPDATE supervision_services SET (name, category, form, field, site, server_division, go_live, \
                 form_ordinal) = (SELECT name, category, form, field, site, server_division, go_live, ordinal \
                 FROM supervision_changes WHERE service = ?1) \
                 WHERE id = ?1 AND EXISTS (SELECT 1 FROM supervision_changes WHERE service = ?1)",
                [int(e.service)],
            )?;
            rows.run("DELETE FROM supervision_changes WHERE service = ?1", [int(e.service)])?;
            tell(rows, Thing::Service, e.service, at)?;
            rename(rows, e.service)
        }
        Event::ChangeReturned(e) => {
            rows.run("DELETE FROM supervision_changes WHERE service = ?1", [int(e.service)])?;
            tell(rows, Thing::Service, e.service, at)
        }
        Event::TerminationNotified(e) => content(rows, Track::Termination, e.service, e.service, at),
        Event::Inspected(e) => {
            tell(rows, Thing::Campaign, e.campaign.into(), at)?;
            content(rows, Track::Inspection, e.service, e.service, at)
        }
        Event::Measured(e) => {
            let amount = int(e.amountFen);
            content(rows, Track::Penalty, e.penalty, e.service, at)?;
            rows.run(
                "UPDATE supervision_items SET measure = ?3, amount_fen = ?4 WHERE track = ?1 AND item = ?2",
                (Track::Penalty.number(), int(e.penalty), e.measure, amount),
            )?;
            refresh(rows, e.service)
        }
        Event::AssessmentReported(e) => content(rows, Track::Assessment, e.assessment, e.service, at),
        Event::CampaignOpened(e) => {
            content(rows, Track::Campaign, e.campaign.into(), 0, at)?;
            tell(rows, Thing::Campaign, e.campaign.into(), at)?;
            let names = Names { name: &e.title, ..Names::default() };
            names::put(rows, Thing::Campaign, e.campaign.into(), names)
        }
        Event::InspectionAnswered(e) => told(rows, e.service, Some(e.campaign), at),
        Event::InspectionPassed(e) => told(rows, e.service, Some(e.campaign), at),
        Event::Withdrawn(IFiling::Withdrawn { service, .. })
        | Event::Returned(IFiling::Returned { service, .. })
        | Event::Forwarded(IFiling::Forwarded { service, .. })
        | Event::TerminationCancelled(IFiling::TerminationCancelled { service, .. })
        | Event::Deregistered(IFiling::Deregistered { service, .. })
        | Event::RectifiedReported(IFiling::RectifiedReported { service, .. })
        | Event::RectifiedDecided(IFiling::RectifiedDecided { service, .. })
        | Event::Restored(IFiling::Restored { service, .. })
        | Event::FineImposed(IFiling::FineImposed { service, .. })
        | Event::FineDropped(IFiling::FineDropped { service, .. })
        | Event::FineSettled(IFiling::FineSettled { service, .. })
        | Event::AssessmentDecided(IFiling::AssessmentDecided { service, .. }) => {
            told(rows, *service, None, at)
        }
        // The penalty table and lengths of clocks: whoever asks for them asks the ledger.
        Event::ArticleSet(_) | Event::PeriodSet(_) => Ok(()),
    }
}

fn told(rows: &Rows<'_>, service: u64, campaign: Option<u32>, at: &At) -> rusqlite::Result<()> {
    if let Some(campaign) = campaign {
        tell(rows, Thing::Campaign, campaign.into(), at)?;
    }
    tell(rows, Thing::Service, service, at)
}

/// The row of a service, made if this is the first that is heard of it.
fn ensure(rows: &Rows<'_>, service: u64) -> rusqlite::Result<()> {
    let key = service_key(rows.genesis.chain_id, service);
    rows.run(
        "INSERT OR IGNORE INTO supervision_services (id, key, provider, division, number, proposed, name, \
         category, form, field, site, server_division, go_live, form_ordinal, state, step, day, change, \
         inspection, termination, flags, recorded_on, batch, batch_place, clock, clock_start, clock_days) \
         VALUES (?1, ?2, 0, 0, '', '', '', 0, 0, '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
        (int(service), key.as_slice()),
    )
    .map(drop)
}

fn stepped(rows: &Rows<'_>, event: &Stepped, at: &At) -> rusqlite::Result<()> {
    let Some(step) = taken(event) else { return Ok(()) };
    if step.track == Track::Filing {
        ensure(rows, step.service)?;
        on_filing(rows, &step)?;
    } else {
        on_item(rows, &step, at)?;
    }
    if step.service == 0 {
        return tell(rows, Thing::Campaign, step.item, at);
    }
    tell(rows, Thing::Service, step.service, at)?;
    refresh(rows, step.service)
}

fn on_filing(rows: &Rows<'_>, step: &Taken) -> rusqlite::Result<()> {
    let imported = if step.step == Step::Import { IMPORTED } else { 0 };
    rows.run(
        "UPDATE supervision_services SET state = ?2, step = ?3, day = ?4, clock = ?5, clock_start = ?6, \
         clock_days = ?7, flags = flags | ?8, recorded_on = iif(?3 = ?9, ?4, recorded_on) WHERE id = ?1",
        params![
            int(step.service),
            step.to.number(),
            step.step.number(),
            step.day.get(),
            step.clock.map_or(0, Clock::number),
            step.start.get(),
            step.days,
            imported,
            Step::Record.number(),
        ],
    )?;
    if matches!(step.step, Step::Return | Step::Withdraw) {
        // The number that was proposed is given up with it.
        rows.run(
            "UPDATE supervision_services SET proposed = '', first_hand = NULL, flags = flags & ~?2 WHERE id = ?1",
            (int(step.service), CONFIRMED),
        )?;
    }
    Ok(())
}

fn on_item(rows: &Rows<'_>, step: &Taken, at: &At) -> rusqlite::Result<()> {
    let item = if step.item == 0 { step.service } else { step.item };
    rows.run(
        "INSERT INTO supervision_items (track, item, service, state, step, day, clock, clock_start, \
         clock_days, opened_ms, changed_ms, measure, amount_fen) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, 0, 0) \
         ON CONFLICT (track, item) DO UPDATE SET service = ?3, state = ?4, step = ?5, day = ?6, clock = ?7, \
         clock_start = ?8, clock_days = ?9, changed_ms = ?10",
        params![
            step.track.number(),
            int(item),
            int(step.service),
            step.to.number(),
            step.step.number(),
            step.day.get(),
            step.clock.map_or(0, Clock::number),
            step.start.get(),
            step.days,
            int(at.timestamp_ms),
        ],
    )?;
    let column = match step.track {
        Track::Change => "UPDATE supervision_services SET change = ?2 WHERE id = ?1",
        Track::Inspection => "UPDATE supervision_services SET inspection = ?2 WHERE id = ?1",
        Track::Termination => "UPDATE supervision_services SET termination = ?2 WHERE id = ?1",
        _ => return Ok(()),
    };
    rows.run(column, (int(step.service), step.to.number())).map(drop)
}

/// Notes which event says what an item is about.
fn content(rows: &Rows<'_>, track: Track, item: u64, service: u64, at: &At) -> rusqlite::Result<()> {
    rows.run(
        "INSERT INTO supervision_items (track, item, service, state, step, day, clock, clock_start, \
         clock_days, opened_ms, changed_ms, measure, amount_fen, content) \
         VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0, 0, ?4, ?4, 0, 0, ?5) \
         ON CONFLICT (track, item) DO UPDATE SET content = ?5",
        (track.number(), int(item), int(service), int(at.timestamp_ms), int(at.ordinal)),
    )?;
    if service == 0 { Ok(()) } else { tell(rows, Thing::Service, service, at) }
}

fn subject(rows: &Rows<'_>, provider: u32, subject: &Subject, at: &At) -> rusqlite::Result<()> {
    rows.run(
        "UPDATE supervision_providers SET nature = ?2, kinds = ?3, division = ?4, uscc = ?5, name = ?6 \
         WHERE id = ?1",
        (provider, subject.nature, subject.kinds, subject.division, &subject.uscc, &subject.name),
    )?;
    rows.run(
        "UPDATE supervision_services SET division = ?2 WHERE provider = ?1",
        (provider, subject.division),
    )?;
    tell(rows, Thing::Provider, provider.into(), at)?;
    let names = Names { number: &subject.uscc, name: &subject.name, other: "" };
    names::put(rows, Thing::Provider, provider.into(), names)?;
    of_provider(rows, provider)
}

/// Brings names and duties of a provider's services up to date.
fn of_provider(rows: &Rows<'_>, provider: u32) -> rusqlite::Result<()> {
    let services =
        rows.all("SELECT id FROM supervision_services WHERE provider = ?1", [provider], |row| {
            super::super::number(row, 0)
        })?;
    for service in services {
        rename(rows, service)?;
        refresh(rows, service)?;
    }
    Ok(())
}

fn declared(rows: &Rows<'_>, event: &Declared, at: &At) -> rusqlite::Result<()> {
    ensure(rows, event.service)?;
    let form: &Form = &event.form;
    rows.run(
        "UPDATE supervision_services SET provider = ?2, name = ?3, category = ?4, form = ?5, field = ?6, \
         site = ?7, server_division = ?8, go_live = ?9, form_ordinal = ?10, \
         division = coalesce((SELECT division FROM supervision_providers WHERE id = ?2), 0) WHERE id = ?1",
        params![
            int(event.service),
            event.provider,
            form.name,
            form.category,
            form.form,
            form.field,
            form.site,
            form.serverDivision,
            form.goLive,
            int(at.ordinal),
        ],
    )?;
    tell(rows, Thing::Service, event.service, at)?;
    rename(rows, event.service)?;
    refresh(rows, event.service)
}

fn published(rows: &Rows<'_>, event: &IFiling::Published, at: &At) -> rusqlite::Result<()> {
    let count = u32::try_from(event.services.len()).unwrap_or(u32::MAX);
    rows.run(
        "INSERT OR REPLACE INTO supervision_batches (id, day, working_days, services, list, document) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (event.batch, event.day, event.workingDays, count, event.list.as_slice(), event.document.as_slice()),
    )?;
    for (place, service) in (1u32..).zip(&event.services) {
        rows.run(
            "UPDATE supervision_services SET batch = ?2, batch_place = ?3 WHERE id = ?1",
            (int(*service), event.batch, place),
        )?;
        tell(rows, Thing::Service, *service, at)?;
    }
    tell(rows, Thing::Batch, event.batch.into(), at)
}

fn rename(rows: &Rows<'_>, service: u64) -> rusqlite::Result<()> {
    let found = rows.find(
        "SELECT s.number, s.name, coalesce(p.name, '') FROM supervision_services s \
         LEFT JOIN supervision_providers p ON p.id = s.provider WHERE s.id = ?1",
        [int(service)],
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)),
    )?;
    let Some((number, name, other)) = found else { return Ok(()) };
    names::put(rows, Thing::Service, service, Names { number: &number, name: &name, other: &other })
}

/// What duties of a service follow from.
struct Facts {
    state: State,
    clock: u8,
    start: u32,
    days: u16,
    division: u32,
    organisation: u32,
    first_hand: Option<Address>,
    since_ms: u64,
}

/// Works out anew what is to be done about a service.
fn refresh(rows: &Rows<'_>, service: u64) -> rusqlite::Result<()> {
    duties::clear(rows, Source::Filing, service)?;
    let found = rows.find(
        "SELECT s.state, s.clock, s.clock_start, s.clock_days, s.division, coalesce(p.organisation, 0), \
         s.first_hand, s.day FROM supervision_services s LEFT JOIN supervision_providers p ON p.id = s.provider \
         WHERE s.id = ?1",
        [int(service)],
        |row| {
            Ok(Facts {
                state: State::from_number(row.get(0)?).unwrap_or_default(),
                clock: row.get(1)?,
                start: row.get(2)?,
                days: row.get(3)?,
                division: row.get(4)?,
                organisation: row.get(5)?,
                first_hand: row.get::<_, Option<[u8; 20]>>(6)?.map(Address::new),
                since_ms: Day::new(row.get(7)?).start_ms(),
            })
        },
    )?;
    let Some(facts) = found else { return Ok(()) };
    let duty = facts.duty(service);
    if let Some((step, parties)) = facts.next() {
        let clock = running(facts.clock, facts.start, facts.days);
        duties::put(rows, &Duty { step: step.number(), parties, clock, ..duty })?;
    }
    let items = rows.all(
        "SELECT track, item, state, clock, clock_start, clock_days, changed_ms, measure \
         FROM supervision_items WHERE service = ?1",
        [int(service)],
        |row| {
            Ok((
                (row.get::<_, u8>(0)?, super::super::number(row, 1)?, row.get::<_, u8>(2)?),
                (row.get::<_, u8>(3)?, row.get::<_, u32>(4)?, row.get::<_, u16>(5)?),
                (super::super::number(row, 6)?, row.get::<_, u8>(7)?),
            ))
        },
    )?;
    for ((track, item, state), (clock, start, days), (since_ms, measure)) in items {
        let (Some(track), Some(state)) = (Track::from_number(track), State::from_number(state)) else {
            continue;
        };
        let Some((step, parties)) = facts.next_on(track, state, measure) else { continue };
        let clock = running(clock, start, days);
        let begins = track == Track::Termination;
        let (slot, step) = (track.number(), step.number());
        duties::put(rows, &Duty { slot, item, step, parties, since_ms, clock, begins, ..duty })?;
    }
    Ok(())
}

fn running(clock: u8, start: u32, days: u16) -> Option<Running> {
    let length = if days == 0 { Length::Fixed } else { Length::WorkingDays(days) };
    (clock != 0).then_some(Running { clock, start: Day::new(start), length })
}

const PROVIDER: u16 = Party::Provider.bit();
const AUTHORITY: u16 = Party::Provincial.bit() | Party::Supervisor.bit();
const SUPERVISOR: u16 = Party::Supervisor.bit();

impl Facts {
    fn duty(&self, service: u64) -> Duty {
        Duty {
            source: Source::Filing,
            thing: service,
            slot: Track::Filing.number(),
            item: 0,
            step: 0,
            parties: 0,
            organisation: self.organisation,
            division: u8::try_from(self.division / 10_000).unwrap_or(0),
            since_ms: self.since_ms,
            until_ms: 0,
            clock: None,
            begins: false,
        }
    }

    /// What the filing itself waits for, and from whom.
    fn next(&self) -> Option<(Step, u16)> {
        Some(match self.state {
            State::Draft => (Step::Submit, PROVIDER),
            State::Submitted | State::Forwarded if self.first_hand.is_some() => (Step::Record, SUPERVISOR),
            // Pass it on, send it back, or form its number: whoever is at it, the clock is one.
            State::Submitted => (Step::ProposeRecord, AUTHORITY),
            State::Forwarded => (Step::ProposeRecord, SUPERVISOR),
            State::Returned => (Step::Resubmit, PROVIDER),
            // Whoever was warned shows in time that it corrected; then the warning is lifted.
            State::Warned => (Step::Restore, PROVIDER | AUTHORITY),
            _ => return None,
        })
    }

    /// What one of its other tracks waits for, and from whom.
    fn next_on(&self, track: Track, state: State, measure: u8) -> Option<(Step, u16)> {
        let ended = self.state.is_final();
        Some(match (track, state) {
            (Track::Change, State::ChangePending) if !ended => (Step::AcceptChange, AUTHORITY),
            (Track::Inspection, State::InspectionDue) if !ended => (Step::Answer, PROVIDER),
            (Track::Inspection, State::Answered) if !ended => (Step::Pass, AUTHORITY),
            (Track::Inspection, State::Rectifying) if !ended => (Step::ReportRectified, PROVIDER),
            (Track::Inspection, State::Rectified) if !ended => (Step::AcceptRectified, AUTHORITY),
            (Track::Termination, State::Notified) if !ended => (Step::Deregister, AUTHORITY),
            (Track::Objection, State::Open) => (Step::Uphold, SUPERVISOR),
            (Track::Penalty, State::Open) => (Step::ImposeFine, AUTHORITY),
            (Track::Penalty, State::Imposed) if measure == Measure::Fine.number() => {
                (Step::SettleFine, AUTHORITY)
            }
            (Track::Assessment, State::Open) => (Step::PassAssessment, AUTHORITY),
            _ => return None,
        })
    }
}
