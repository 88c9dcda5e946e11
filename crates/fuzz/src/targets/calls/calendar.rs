//! The module `calendar` once more: which days are working days, by the tables that the supervisors
//! decide on, and when periods end.
//!
//! Dates come from a walk through the months, and periods from looking at one day after the other.

#![expect(non_snake_case, reason = "fields of the interface bear Solidity names")]

use super::{
    Address, Answer, B256, Feed, Now, Refusal,
    consortium::{Decisions, Hand},
    log, organisation_of, refuse, wallet,
};
use alloy_sol_types::{SolCall as _, SolInterface as _};
use ding_modules::{
    calendar::{
        abi::ICalendar::{ICalendarCalls as C, *},
        state::ADDRESS,
    },
    members,
};
use ding_primitives::{U256, limits};
use std::{collections::BTreeMap, sync::LazyLock};

/// Tables of the stories' genesis file.
pub(super) fn section() -> serde_json::Value {
    serde_json::json!({ "tables": [
        { "year": 2025, "holidays": ["2025-01-01", "2025-10-01..2025-10-08"], "makeup": ["2025-10-11"] },
        { "year": 2026, "holidays": ["2026-01-01..2026-01-03", "2026-02-15..2026-02-23"],
          "makeup": ["2026-01-04", "2026-02-14"] },
    ] })
}

/// The same, by days of the year.
fn first_tables() -> [(u16, Vec<u16>, Vec<u16>); 2] {
    let october = 274..=281;
    let february = 46..=54;
    [
        (2025, [1].into_iter().chain(october).collect(), vec![284]),
        (2026, (1..=3).chain(february).collect(), vec![4, 45]),
    ]
}

/// The same, as the model keeps them.
static FIRST: LazyLock<BTreeMap<u16, Vec<Version>>> = LazyLock::new(|| {
    let tables = first_tables().into_iter().map(|(year, holidays, makeupDays)| {
        let source = B256::repeat_byte(1);
        let call = loadTableCall { year, holidays, makeupDays, effectiveDay: 0, source };
        let working = working(&call).expect("the first tables are sound");
        (year, vec![Version { number: 1, from: 0, working }])
    });
    tables.collect()
});

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u16,
    month: u8,
    day: u8,
    /// 1 Monday to 7 Sunday.
    weekday: u8,
    of_year: u16,
}

const fn is_leap(year: u16) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

/// Each day from 1970-01-01 on, until after the last year of which there may be a table.
static DAYS: LazyLock<Vec<Date>> = LazyLock::new(|| {
    let mut days = Vec::new();
    let mut weekday = 4;
    for year in 1970..2260 {
        let mut of_year = 1;
        let lengths = [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, length) in (1..).zip(lengths) {
            for day in 1..=length {
                days.push(Date { year, month, day, weekday, of_year });
                weekday = weekday % 7 + 1;
                of_year += 1;
            }
        }
    }
    days
});

pub(super) fn date(day: u32) -> Date {
    *DAYS.get(day as usize).expect("stories stay within the walk")
}

/// The number of a date, if there is such a date.
fn number_of(year: u16, month: u8, day: u8) -> Option<u32> {
    let found = DAYS.iter().position(|date| (date.year, date.month, date.day) == (year, month, day));
    found.and_then(|day| u32::try_from(day).ok())
}

/// The day that matches `start` so many months later, or the last of a month that has no such day.
pub(super) fn months_after(start: u32, months: u16) -> u32 {
    let Date { mut year, mut month, mut day, .. } = date(start);
    for _ in 0..months {
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    loop {
        match number_of(year, month, day) {
            Some(last) => return last,
            None => day -= 1,
        }
    }
}

pub(super) fn day_at(timestamp_ms: u64) -> u32 {
    // Beijing is eight hours ahead.
    u32::try_from((timestamp_ms + 8 * 3_600_000) / 86_400_000).unwrap_or(u32::MAX)
}

const DAY_MS: u64 = 86_400_000;
const LONGEST: u32 = limits::PERIOD_DAYS_MAX;

/// One version of a year's table.
#[derive(Clone, Debug)]
struct Version {
    number: u32,
    from: u32,
    /// Days of the year on which people work.
    working: Vec<u16>,
}

impl Version {
    fn shown(&self) -> Table {
        let mut bits = [U256::ZERO; 2];
        for day in &self.working {
            let place = usize::from(*day) - 1;
            bits[place / 256] |= U256::ONE << (place % 256);
        }
        let workingDays = u16::try_from(self.working.len()).unwrap_or(u16::MAX);
        Table { version: self.number, effectiveDay: self.from, workingDays, bits }
    }
}

/// The tables: of each year the version in use, or the first there will be, and one that waits.
#[derive(Clone, Debug)]
pub(super) struct Model {
    tables: BTreeMap<u16, Vec<Version>>,
    decisions: Decisions,
}

/// Days of the year on which people work, if the table contradicts nothing.
fn working(call: &loadTableCall) -> Result<Vec<u16>, Refusal> {
    let loadTableCall { year, holidays, makeupDays, effectiveDay, source } = call;
    if source.is_zero() {
        return refuse(ZeroSource {});
    }
    let (min, max) = (2_000, 2_255);
    if *year < min || *year > max {
        return refuse(YearOutOfRange { year: *year, min, max });
    }
    let days: Vec<(u32, Date)> =
        (0..).zip(DAYS.iter().copied()).filter(|(_, day)| day.year == *year).collect();
    let last = u16::try_from(days.len()).unwrap_or(u16::MAX);
    for list in [holidays, makeupDays] {
        let mut previous = 0;
        for day in list.iter().copied() {
            if day == 0 || day > last {
                return refuse(NoSuchDay { year: *year, day, last });
            }
            if day <= previous {
                return refuse(NotAscending { previous, day });
            }
            previous = day;
        }
    }
    let mut working = Vec::new();
    for (_, Date { of_year: day, weekday, .. }) in &days {
        let (day, weekday) = (*day, *weekday);
        let (off, extra) = (holidays.contains(&day), makeupDays.contains(&day));
        if off && extra {
            return refuse(BothLists { day });
        }
        if extra && weekday <= 5 {
            return refuse(MakeupOnWorkingDay { day, weekday });
        }
        if extra || (weekday <= 5 && !off) {
            working.push(day);
        }
    }
    match days.last() {
        Some((lastDay, _)) if effectiveDay > lastDay => {
            refuse(EffectiveTooLate { effectiveDay: *effectiveDay, lastDay: *lastDay })
        }
        _ => Ok(working),
    }
}

fn no_longer(length: u32) -> Result<(), Refusal> {
    if length > LONGEST { refuse(PeriodTooLong { length, max: LONGEST }) } else { Ok(()) }
}

impl Model {
    /// Whether people work on a day, and whether a table says so.
    fn works(&self, today: u32, day: u32) -> (bool, bool) {
        let Date { year, weekday, of_year, .. } = date(day);
        let versions = self.tables.get(&year).map_or(&[][..], Vec::as_slice);
        match versions.iter().rev().find(|version| version.from <= today) {
            Some(version) => (version.working.contains(&of_year), true),
            None => (weekday <= 5, false),
        }
    }

    /// How many of these days are working days, the day on which `enough` are counted, and whether a year
    /// without a table was among those looked at.
    fn count(&self, today: u32, days: impl Iterator<Item = u32>, enough: u32) -> (u32, Option<u32>, bool) {
        let (mut counted, mut provisional) = (0, false);
        for day in days {
            let (works, known) = self.works(today, day);
            provisional |= !known;
            counted += u32::from(works);
            if counted == enough {
                return (counted, Some(day), provisional);
            }
        }
        (counted, None, provisional)
    }

    /// The last of so many working days after `start`.
    pub(super) fn after(&self, today: u32, start: u32, days: u32) -> (u32, bool) {
        if days == 0 {
            return (start, false);
        }
        let (_, last, provisional) = self.count(today, start + 1.., days);
        (last.unwrap_or(start), provisional)
    }

    /// The first working day from `day` on.
    pub(super) fn not_a_day_of_rest(&self, today: u32, day: u32) -> (u32, bool) {
        let (_, found, provisional) = self.count(today, day.., 1);
        (found.unwrap_or(day), provisional)
    }

    fn load(&mut self, caller: Address, call: &loadTableCall, now: Now) -> Answer {
        let working = working(call)?;
        let today = day_at(now.timestamp_ms);
        let organisation = organisation_of(caller);
        // The two that supervise.
        let has_vote = [1, 3].contains(&organisation);
        let hand = Hand { account: caller, organisation, has_vote, electorate: 1 };
        let (id, executed) = self.decisions.carry_out(ADDRESS, &call.abi_encode(), hand, now)?;
        let loadTableCall { year, holidays, makeupDays, effectiveDay, source } = call.clone();
        let from = effectiveDay.max(today);
        let versions = self.tables.entry(year).or_default();
        let number = versions.last().map_or(0, |version| version.number) + 1;
        let workingDays = u16::try_from(working.len()).unwrap_or(u16::MAX);
        // What is over is no longer looked at.
        while versions.get(1).is_some_and(|second| second.from <= today) {
            versions.remove(0);
        }
        let mut replaces = 0;
        if versions.len() == 2 {
            replaces = versions.pop().map_or(0, |waiting| waiting.number);
        }
        // At once, or before the one that is to be the first.
        if versions.last().is_some_and(|first| from <= today || from <= first.from) {
            replaces =
                versions.iter().find(|first| first.from > today).map_or(replaces, |first| first.number);
            versions.clear();
        }
        versions.push(Version { number, from, working });
        let loaded = TableLoaded {
            year,
            version: number,
            effectiveDay: from,
            workingDays,
            holidays,
            makeupDays,
            source,
            replaces,
            proposal: id,
        };
        let logs = vec![executed, log(ADDRESS, &loaded)];
        Ok((loadTableCall::abi_encode_returns(&number), logs))
    }

    fn read(&self, call: &C, now: Now) -> Answer {
        let today = day_at(now.timestamp_ms);
        let bytes = match call {
            C::loadTable(_) => Vec::new(),
            C::today(_) => todayCall::abi_encode_returns(&today),
            C::dayOf(dayOfCall { year, month, dayOfMonth }) => {
                let (year, month, dayOfMonth) = (*year, *month, *dayOfMonth);
                match number_of(year, month, dayOfMonth) {
                    Some(day) => dayOfCall::abi_encode_returns(&day),
                    None => return refuse(NoSuchDate { year, month, dayOfMonth }),
                }
            }
            C::dateOf(call) => {
                let Date { year, month, day, weekday, .. } = date(call.day);
                let date = dateOfReturn { year: year.into(), month, dayOfMonth: day, weekday };
                dateOfCall::abi_encode_returns(&date)
            }
            C::isWorkingDay(call) => {
                let (working, known) = self.works(today, call.day);
                isWorkingDayCall::abi_encode_returns(&isWorkingDayReturn { known, working })
            }
            C::deadline(deadlineCall { start, workingDays }) => {
                no_longer((*workingDays).into())?;
                let (day, provisional) = self.after(today, *start, (*workingDays).into());
                deadlineCall::abi_encode_returns(&deadlineReturn { day, provisional })
            }
            C::noticeDay(noticeDayCall { planned, workingDays }) => {
                no_longer((*workingDays).into())?;
                let (day, provisional) = match workingDays {
                    0 => (*planned, false),
                    days => {
                        let (_, last, provisional) = self.count(today, (0..*planned).rev(), (*days).into());
                        (last.unwrap_or(*planned), provisional)
                    }
                };
                noticeDayCall::abi_encode_returns(&noticeDayReturn { day, provisional })
            }
            C::deadlineInDays(deadlineInDaysCall { start, calendarDays }) => {
                no_longer(*calendarDays)?;
                let (day, provisional) = self.not_a_day_of_rest(today, start + calendarDays);
                deadlineInDaysCall::abi_encode_returns(&deadlineInDaysReturn { day, provisional })
            }
            C::deadlineInMonths(deadlineInMonthsCall { start, months }) => {
                no_longer(u32::from(*months) * 31)?;
                let (day, provisional) = self.not_a_day_of_rest(today, months_after(*start, *months));
                deadlineInMonthsCall::abi_encode_returns(&deadlineInMonthsReturn { day, provisional })
            }
            C::workingDaysBetween(workingDaysBetweenCall { from, to }) => {
                no_longer(to.saturating_sub(*from))?;
                let (workingDays, _, provisional) = self.count(today, from + 1..=*to, u32::MAX);
                workingDaysBetweenCall::abi_encode_returns(&workingDaysBetweenReturn {
                    workingDays,
                    provisional,
                })
            }
            C::tableYears(_) => tableYearsCall::abi_encode_returns(&self.tables.keys().copied().collect()),
            C::table(call) => {
                let versions = self.tables.get(&call.year).map_or(&[][..], Vec::as_slice);
                let in_use = versions.iter().rposition(|version| version.from <= today).unwrap_or(0);
                let none = || Table { version: 0, effectiveDay: 0, workingDays: 0, bits: [U256::ZERO; 2] };
                let [current, next] =
                    [in_use, in_use + 1].map(|at| versions.get(at).map_or_else(none, Version::shown));
                tableCall::abi_encode_returns(&tableReturn { current, next })
            }
        };
        Ok((bytes, Vec::new()))
    }
}

/// A day of ten years around the present.
fn draw_day(feed: &mut Feed<'_>, now: Now) -> u32 {
    let byte = feed.byte();
    if byte < 128 {
        return day_at(now.timestamp_ms) + u32::from(byte);
    }
    19_500 + u32::from(feed.short()) % 3_700
}

fn draw_length(feed: &mut Feed<'_>) -> u16 {
    let most = u16::try_from(LONGEST).unwrap_or(u16::MAX);
    match feed.byte() {
        255 => most,
        254 => most + 1,
        253 => u16::MAX,
        252 => feed.short() % most,
        length => length.into(),
    }
}

fn draw_table(feed: &mut Feed<'_>, now: Now) -> loadTableCall {
    let year = feed.pick(&[2026, 2027, 2025, 2028, 2000, 2255, 1999, 2256]).unwrap_or_default();
    let mut list = |shift: u16| {
        let mut days = Vec::new();
        let mut day = u16::from(feed.byte()) * 2 + shift;
        for _ in 0..feed.byte() % 6 {
            days.push(day);
            // Mostly ascending.
            day += match feed.byte() {
                255 => 0,
                step => 1 + u16::from(step) % 60,
            };
        }
        days
    };
    let (holidays, makeupDays) = (list(0), list(1));
    let today = day_at(now.timestamp_ms);
    let ends = |of: u16, month, day| number_of(of, month, day).unwrap_or_default();
    let effectiveDay = match feed.byte() % 9 {
        0 | 1 => 0,
        2 => today - 1,
        3 => today,
        4 => today + 1,
        5 => today + 30,
        6 => ends(year, 1, 1),
        7 => ends(year, 12, 31),
        _ => ends(year, 12, 31) + 1,
    };
    let source = B256::with_last_byte(feed.byte() % 8);
    loadTableCall { year, holidays, makeupDays, effectiveDay, source }
}

impl super::Model for Model {
    type Call = C;

    const MODULE: Address = ADDRESS;
    /// Into January 2026.
    const LATER_MS: u64 = 790 * DAY_MS;
    const DECIDES: bool = true;

    fn new() -> Self {
        Self { tables: FIRST.clone(), decisions: Decisions::default() }
    }

    fn reads(call: &C) -> bool {
        !matches!(call, C::loadTable(_))
    }

    fn answer(&mut self, caller: Address, call: &C, now: Now) -> Answer {
        match call {
            C::loadTable(call) => self.load(caller, call, now),
            read => self.read(read, now),
        }
    }

    fn draw(&self, feed: &mut Feed<'_>, kind: u8, now: Now) -> C {
        let other = feed.byte() % 2 == 1;
        match (kind, other) {
            (0, _) => C::loadTable(draw_table(feed, now)),
            (1, false) => {
                // What was decided, and perhaps not carried out.
                let known = self.decisions.any(feed.byte());
                let call = known.and_then(|input| loadTableCall::abi_decode_validate(input).ok());
                C::loadTable(call.unwrap_or_else(|| draw_table(feed, now)))
            }
            (1, true) => C::isWorkingDay(isWorkingDayCall { day: draw_day(feed, now) }),
            (2, false) => {
                C::deadline(deadlineCall { start: draw_day(feed, now), workingDays: draw_length(feed) })
            }
            (2, true) => {
                C::noticeDay(noticeDayCall { planned: draw_day(feed, now), workingDays: draw_length(feed) })
            }
            (3, false) => C::deadlineInDays(deadlineInDaysCall {
                start: draw_day(feed, now),
                calendarDays: draw_length(feed).into(),
            }),
            (3, true) => C::deadlineInMonths(deadlineInMonthsCall {
                start: draw_day(feed, now),
                months: draw_length(feed),
            }),
            _ => {
                let from = draw_day(feed, now);
                let to = if other { from + u32::from(draw_length(feed)) } else { draw_day(feed, now) };
                C::workingDaysBetween(workingDaysBetweenCall { from, to })
            }
        }
    }

    fn draw_read(&self, feed: &mut Feed<'_>, now: Now) -> C {
        match feed.byte() % 5 {
            0 => C::today(todayCall {}),
            1 => C::tableYears(tableYearsCall {}),
            2 => C::table(tableCall {
                year: feed.pick(&[2026, 2027, 2025, 2028, 2000, 2255, 1999]).unwrap_or_default(),
            }),
            3 => C::dateOf(dateOfCall { day: draw_day(feed, now) }),
            _ => C::dayOf(dayOfCall {
                year: feed.pick(&[2026, 2024, 1970, 1969, 2100]).unwrap_or_default(),
                month: feed.byte() % 14,
                dayOfMonth: feed.byte() % 33,
            }),
        }
    }

    /// Often to the first or the last moment of a day, or to when a decision lapses.
    fn pause(&self, feed: &mut Feed<'_>, now: Now) -> u64 {
        let (byte, edge) = (feed.byte(), feed.byte() % 5);
        let lapses = self.decisions.ends().next().unwrap_or(0);
        let midnight = |day: u32| u64::from(day) * DAY_MS - 8 * 3_600_000;
        let next = midnight(day_at(now.timestamp_ms) + 1 + u32::from(byte));
        match edge {
            0 => next,
            1 => next - 1,
            2 => lapses,
            3 => lapses.saturating_sub(1),
            _ => now.timestamp_ms + u64::from(byte) * 3_600_000,
        }
    }

    fn decide(&mut self, call: &C, now: Now) -> Vec<(usize, Vec<u8>)> {
        let C::loadTable(call) = call else { return Vec::new() };
        if working(call).is_err() {
            return Vec::new();
        }
        // The wallets of those who supervise.
        self.decisions.decide(ADDRESS, call.abi_encode(), "a table", &[0, 2], now)
    }
}

/// A second table of 2026, on which supervisors decided before any story.
pub(super) struct Later {
    /// The days as it leaves them.
    pub(super) days: Model,
    /// What was sent to decide on it and to load it: by which wallet, to whom.
    pub(super) sent: Vec<(usize, Address, Vec<u8>)>,
}

impl Later {
    /// With these holidays instead, from a day on.
    pub(super) fn new(holidays: &[u16], effectiveDay: u32, now: Now) -> Self {
        use super::Model as _;
        let (holidays, makeupDays, source) = (holidays.to_vec(), vec![4, 45], B256::repeat_byte(2));
        let call = C::loadTable(loadTableCall { year: 2026, holidays, makeupDays, effectiveDay, source });
        let mut days = Model::new();
        let votes = days.decide(&call, now).into_iter();
        let mut sent: Vec<_> = votes.map(|(who, input)| (who, members::state::ADDRESS, input)).collect();
        sent.push((0, ADDRESS, call.abi_encode()));
        days.answer(wallet(0), &call, now).expect("the table is decided");
        Self { days, sent }
    }
}

pub(in crate::targets) fn seeds() -> Vec<Vec<u8>> {
    // Year, first day and number of each list, steps, from when, source.
    let holidays = [1, 3, 4, 9, 0];
    let load = |who: u8, way: u8, year: u8, from: u8| {
        // Days 2, 7 and 17.
        [&[0, who, way, 0, year][..], &holidays, &[0, 0], &[from, 1]].concat()
    };
    let ask = |kind: u8, other: u8, rest: &[u8]| [&[7 + kind, 3, 0, other][..], rest].concat();
    let send = |way: u8, kind: u8, other: u8, rest: &[u8]| [&[kind, 3, way, other][..], rest].concat();
    let table = |year: u8| vec![6, 2, year];
    let tomorrow = vec![5, 0, 0];
    let periods = || {
        [
            ask(2, 0, &[0, 20]),
            ask(2, 1, &[100, 30]),
            ask(3, 0, &[5, 60]),
            ask(3, 1, &[5, 6]),
            ask(4, 1, &[0, 200]),
            ask(1, 1, &[47]),
        ]
        .concat()
    };
    let mut seeds = vec![
        periods(),
        [ask(2, 0, &[0, 255]), ask(2, 0, &[0, 254]), ask(2, 1, &[0, 252, 4, 0]), ask(3, 0, &[0, 254])]
            .concat(),
        [ask(3, 1, &[200, 4, 0, 118]), ask(3, 1, &[200, 4, 0, 119]), ask(4, 0, &[0, 250, 9, 0])].concat(),
        // Sixty days that end on each day of the week, and some that end in holidays.
        (0..7).chain(20..28).flat_map(|start| ask(3, 0, &[start, if start < 7 { 60 } else { 10 }])).collect(),
        // Months from the 29th, 30th and 31st of January 2026.
        [16, 17, 18]
            .into_iter()
            .flat_map(|start| {
                [1, 2, 3, 13, 25].into_iter().flat_map(move |months| [10, 3, 0, 1, start, months])
            })
            .collect(),
        // A table at once, and what it changes.
        [load(0, 0, 1, 0), table(1), vec![6, 1], periods(), load(0, 0, 1, 0), table(1)].concat(),
        // One that waits, one in its place, and one before both.
        [load(0, 0, 0, 5), table(0), load(2, 0, 0, 4), table(0), tomorrow, table(0), periods()].concat(),
        [load(0, 0, 3, 7), load(0, 0, 3, 6), table(3), load(2, 0, 3, 5), load(2, 0, 3, 4), table(3)].concat(),
        [load(0, 0, 0, 5), vec![5, 40, 0], load(2, 0, 0, 4), table(0), load(2, 0, 0, 0), table(0)].concat(),
        // Decided, refused to whoever has no vote, carried out by whoever has; too late.
        [load(1, 0, 1, 0), send(0, 1, 0, &[0]), vec![1, 2, 0, 0, 0], vec![1, 2, 0, 0, 0], table(1)].concat(),
        [load(1, 0, 1, 0), vec![5, 0, 3], vec![8, 2, 0, 0, 0], vec![5, 0, 2], vec![8, 2, 0, 0, 0]].concat(),
        [load(1, 0, 1, 0), vec![5, 0, 2], vec![1, 2, 0, 0, 0], load(2, 0, 1, 0), table(1)].concat(),
        // What contradicts itself.
        (0..9).flat_map(|from| load(0, 0, 2, from)).collect(),
        (0..8).flat_map(|year| load(0, 0, year, 0)).collect(),
        [
            // A day twice; a Monday made up for; a day in both lists; a Sunday made up for; no source.
            vec![0, 0, 0, 0, 0, 2, 2, 255, 0, 0, 0, 0, 1],
            vec![0, 0, 0, 0, 0, 2, 1, 9, 2, 1, 9, 0, 1],
            vec![0, 0, 0, 0, 0, 2, 2, 6, 0, 5, 1, 0, 0, 1],
            vec![0, 0, 0, 0, 0, 2, 1, 9, 5, 1, 0, 0, 1],
            vec![0, 0, 0, 0, 0, 2, 1, 9, 5, 1, 0, 0, 0],
            table(0),
        ]
        .concat(),
        (0..5)
            .flat_map(|year| [6, 4, year, 2, 29])
            .chain([6, 4, 0, 13, 1, 6, 4, 1, 2, 30, 6, 0, 6, 3, 9])
            .collect(),
    ];
    seeds.extend((1..10).map(|way| {
        [load(3, way, 1, 0), table(1), send(way, 2, 0, &[0, 20]), send(way, 4, 1, &[0, 90])].concat()
    }));
    seeds
}
