//! The penalty table and the lengths of clocks, as data that the supervisors decide on.
//!
//! A decision names the day from which it holds; if that day is over when the decision is carried out,
//! it holds at once. What holds until then stays.

use super::{
    abi::IFiling::{
        ArticleSet, BadArticle, IFilingCalls, NoSuchArticle, PeriodSet, setArticleCall, setPeriodCall,
    },
    clocks,
    explain::yuan,
    state::{ARTICLES, Articles, PERIODS, Period},
    terms::{Article, Clock, Duty, Measure},
    texts,
};
use crate::members::abi::IMembers::NotDecidedByVote;
use crate::{
    Ctx, Stop,
    calendar::{self, Day},
    dispatch, members,
};
use alloy_primitives::FixedBytes;
use alloy_sol_types::SolCall as _;
use ding_primitives::limits;

/// What an article provides today.
///
/// # Errors
///
/// Reverts with `NoSuchArticle`.
pub(super) fn article(ctx: &mut Ctx<'_>, number: u8) -> Result<Article, Stop> {
    let known = Article::of(number).ok_or_else(|| Stop::revert(NoSuchArticle { article: number }))?;
    let set = ARTICLES.get(ctx, number.into())?;
    let today = calendar::today(ctx).get();
    Ok(if set.next_from != 0 && set.next_from <= today {
        set.next()
    } else if set.from != 0 {
        set.now()
    } else {
        known
    })
}

/// Day from which what an article provides today holds; 0 if it was never set.
///
/// # Errors
///
/// Out of gas.
pub(super) fn article_from(ctx: &mut Ctx<'_>, number: u8) -> Result<u32, Stop> {
    let set = ARTICLES.get(ctx, number.into())?;
    let today = calendar::today(ctx).get();
    Ok(if set.next_from != 0 && set.next_from <= today { set.next_from } else { set.from })
}

impl Articles {
    const fn now(&self) -> Article {
        let Self { min_fen, max_fen, breaches, measures, .. } = *self;
        Article { min_fen, max_fen, breaches, measures }
    }

    const fn next(&self) -> Article {
        Article {
            min_fen: self.next_min_fen,
            max_fen: self.next_max_fen,
            breaches: self.next_breaches,
            measures: self.next_measures,
        }
    }
}

/// Looks at what somebody proposes to decide.
pub(super) fn check_proposal(input: &[u8]) -> Result<(), Stop> {
    match dispatch::decode_exact::<IFilingCalls>(input)? {
        IFilingCalls::setArticle(call) => {
            let number = call.article;
            Article::of(number).ok_or_else(|| Stop::revert(NoSuchArticle { article: number }))?;
            require_sound(number, &provided(&call))
        }
        IFilingCalls::setPeriod(call) => period(&call).map(|_| ()),
        _ => {
            let mut selector = [0; 4];
            for (to, from) in selector.iter_mut().zip(input) {
                *to = *from;
            }
            let target = super::state::ADDRESS;
            Err(Stop::revert(NotDecidedByVote { target, selector: FixedBytes(selector) }))
        }
    }
}

/// What a call that is decided by vote would change, in a sentence.
pub(super) fn describe(input: &[u8]) -> Option<String> {
    match dispatch::decode_exact::<IFilingCalls>(input).ok()? {
        IFilingCalls::setArticle(call) => {
            let Article { min_fen, max_fen, breaches, measures } = provided(&call);
            let duties = Duty::ALL.into_iter().filter(|duty| breaches & duty.bit() != 0);
            let taken = Measure::ALL.into_iter().filter(|measure| measures & measure.bit() != 0);
            Some(format!(
                "from {} on, article {} punishes the breach of {} by {}; fines are {} to {}",
                Day::new(call.from),
                call.article,
                duties.map(Duty::name).collect::<Vec<_>>().join(", "),
                taken.map(Measure::name).collect::<Vec<_>>().join(", "),
                yuan(min_fen),
                yuan(max_fen),
            ))
        }
        IFilingCalls::setPeriod(call) => {
            let clock = period(&call).ok()?;
            let from = Day::new(call.from);
            Some(format!("from {from} on, the clock {clock} runs {} working days", call.workingDays))
        }
        _ => None,
    }
}

const fn provided(call: &setArticleCall) -> Article {
    let setArticleCall { minFen, maxFen, breaches, measures, .. } = *call;
    Article { min_fen: minFen, max_fen: maxFen, breaches, measures }
}

pub(super) fn set_article(ctx: &mut Ctx<'_>, call: setArticleCall) -> Result<(), Stop> {
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let next = provided(&call);
    let setArticleCall { article: number, minFen, maxFen, breaches, measures, from } = call;
    let from = effective(ctx, from)?;
    let today = article(ctx, number)?;
    require_sound(number, &next)?;
    require_apart(ctx, number, &today, &next, from)?;
    let known = ARTICLES.get(ctx, number.into())?;
    let held = article_from(ctx, number)?;
    // What holds today stays until the day of the new; a day of 1 stands for "since ever".
    let new = Articles {
        from: held.max(1),
        min_fen: today.min_fen,
        max_fen: today.max_fen,
        breaches: today.breaches,
        measures: today.measures,
        next_from: from,
        next_min_fen: minFen,
        next_max_fen: maxFen,
        next_breaches: breaches,
        next_measures: measures,
    };
    ARTICLES.cell(ctx, number.into())?.replace(ctx, &known, &new)?;
    let day = calendar::today(ctx).get();
    ctx.emit(&ArticleSet { article: number, proposal, day, minFen, maxFen, breaches, measures, from })
}

/// The day from which a decision holds.
fn effective(ctx: &mut Ctx<'_>, from: u32) -> Result<u32, Stop> {
    let today = calendar::today(ctx);
    let last = today.plus(limits::FILING_DAYS_AHEAD_MAX).ok_or_else(Stop::overflow)?;
    clocks::require_day("from", from, Day::new(0), last).map(|day| day.max(today).get())
}

/// Refuses an article that contradicts itself.
fn require_sound(number: u8, new: &Article) -> Result<(), Stop> {
    let bad = |reason: String| Err(Stop::revert(BadArticle { article: number, reason }));
    let fines = new.measures & Measure::Fine.bit() != 0;
    if new.min_fen > new.max_fen || new.max_fen > limits::FILING_FINE_FEN_MAX {
        let max = limits::FILING_FINE_FEN_MAX;
        let [min, most, max] = [new.min_fen, new.max_fen, max].map(yuan);
        return bad(format!("a range of {min} to {most}; the highest is {max}"));
    }
    if fines != (new.max_fen > 0) || fines != (new.min_fen > 0) {
        return bad("a range and the measure fine belong together".into());
    }
    let all = Measure::ALL.iter().fold(0, |bits, measure| bits | measure.bit());
    if new.measures == 0 || new.measures & !all != 0 {
        return bad(format!("measures {:#b} are none or unknown", new.measures));
    }
    let duties = Duty::ALL.iter().fold(0, |bits, duty| bits | duty.bit());
    if new.breaches == 0 || new.breaches & !duties != 0 {
        return bad(format!("duties {:#b} are none or unknown", new.breaches));
    }
    Ok(())
}

/// Refuses an article that would come to punish what another punishes on the same day: `now` holds
/// before the day `from`, `new` from then on.
fn require_apart(ctx: &mut Ctx<'_>, number: u8, now: &Article, new: &Article, from: u32) -> Result<(), Stop> {
    for other in Article::NUMBERS.filter(|other| *other != number) {
        let held = article(ctx, other)?.breaches;
        let later = pending(ctx, other)?;
        let (since, later) = later.map_or((u32::MAX, held), |(since, later)| (since, later.breaches));
        // What both punish, if there is a day on which both hold, and the first such day.
        let pairs = [
            (since < from, later & now.breaches, since),
            (from < since, held & new.breaches, from),
            (since < u32::MAX, later & new.breaches, since.max(from)),
        ];
        if let Some((_, shared, day)) = pairs.into_iter().find(|(meet, shared, _)| *meet && *shared != 0) {
            let (duty, day) = (shared.trailing_zeros(), Day::new(day));
            let reason = format!("duty {duty} falls under article {other} already (on {day})");
            return Err(Stop::revert(BadArticle { article: number, reason }));
        }
    }
    Ok(())
}

/// What an article is to provide from a day on that has not come.
fn pending(ctx: &mut Ctx<'_>, number: u8) -> Result<Option<(u32, Article)>, Stop> {
    let set = ARTICLES.get(ctx, number.into())?;
    let today = calendar::today(ctx).get();
    Ok((set.next_from > today).then(|| (set.next_from, set.next())))
}

pub(super) fn set_period(ctx: &mut Ctx<'_>, call: setPeriodCall) -> Result<(), Stop> {
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let clock = period(&call)?;
    let setPeriodCall { clock: number, workingDays, from } = call;
    let from = effective(ctx, from)?;
    let days = clocks::days(ctx, clock)?;
    let new = Period { days, next_days: workingDays, next_from: from };
    PERIODS.set(ctx, number.into(), &new)?;
    let day = calendar::today(ctx).get();
    ctx.emit(&PeriodSet { clock: number, proposal, day, workingDays, from })
}

/// The clock whose length a decision sets.
fn period(call: &setPeriodCall) -> Result<Clock, Stop> {
    let clock = texts::term("clock", call.clock, Clock::from_number)?;
    if clock.days().is_none() {
        return Err(texts::unexpected("workingDays"));
    }
    clocks::require_period(call.workingDays)?;
    Ok(clock)
}
