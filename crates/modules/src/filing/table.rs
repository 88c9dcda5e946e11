//! The penalty table and the lengths of clocks, as data that the supervisors decide on.
//!
//! A decision names the day from which it holds, today or later. What holds until then stays.

use super::{
    abi::IFiling::{ArticleSet, BadArticle, NoSuchArticle, PeriodSet, setArticleCall, setPeriodCall},
    clocks,
    state::{ARTICLES, Articles, PERIODS, Period},
    terms::{Article, Clock, Duty, Measure},
    texts,
};
use crate::{Ctx, Stop, calendar, members};
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

pub(super) fn set_article(ctx: &mut Ctx<'_>, call: setArticleCall) -> Result<(), Stop> {
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let setArticleCall { article: number, minFen, maxFen, breaches, measures, from } = call;
    require_from(ctx, from)?;
    let next = Article { min_fen: minFen, max_fen: maxFen, breaches, measures };
    let today = article(ctx, number)?;
    require_sound(ctx, number, &next)?;
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

fn require_from(ctx: &mut Ctx<'_>, from: u32) -> Result<(), Stop> {
    let today = calendar::today(ctx);
    let last = today.plus(limits::FILING_DAYS_AHEAD_MAX).ok_or_else(Stop::overflow)?;
    clocks::require_day("from", from, today, last).map(|_| ())
}

/// Refuses an article that contradicts itself or another.
fn require_sound(ctx: &mut Ctx<'_>, number: u8, new: &Article) -> Result<(), Stop> {
    let bad = |reason: String| Err(Stop::revert(BadArticle { article: number, reason }));
    let fines = new.measures & Measure::Fine.bit() != 0;
    if new.min_fen > new.max_fen || new.max_fen > limits::FILING_FINE_FEN_MAX {
        let max = limits::FILING_FINE_FEN_MAX;
        return bad(format!("a range of {} to {} fen; the highest is {max}", new.min_fen, new.max_fen));
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
    for other in Article::NUMBERS.filter(|other| *other != number) {
        let shared = article(ctx, other)?.breaches & new.breaches;
        if shared != 0 {
            return bad(format!("duty {} falls under article {other} already", shared.trailing_zeros()));
        }
    }
    Ok(())
}

pub(super) fn set_period(ctx: &mut Ctx<'_>, call: setPeriodCall) -> Result<(), Stop> {
    let proposal = members::take_decision(ctx, &call.abi_encode())?;
    let setPeriodCall { clock: number, workingDays, from } = call;
    let clock = texts::term("clock", number, Clock::from_number)?;
    if clock.days().is_none() {
        return Err(texts::unexpected("workingDays"));
    }
    clocks::require_period(workingDays)?;
    require_from(ctx, from)?;
    let days = clocks::days(ctx, clock)?;
    let new = Period { days, next_days: workingDays, next_from: from };
    PERIODS.set(ctx, number.into(), &new)?;
    let day = calendar::today(ctx).get();
    ctx.emit(&PeriodSet { clock: number, proposal, day, workingDays, from })
}
