//! The penalty table and the lengths of clocks, by decision of the supervisors.

use super::*;
use crate::members::{self, abi::IMembers};

impl Stage {
    /// The supervisors decide on a call; answers with the number of their proposal.
    fn decide(&mut self, call: &impl SolCall) -> u64 {
        let propose = IMembers::proposeCall {
            target: state::ADDRESS,
            input: call.abi_encode().into(),
            notBeforeMs: 0,
            title: "a new table".into(),
        };
        let members = members::state::ADDRESS;
        let id = self.scene.call_of(members, CHIEF, propose).unwrap();
        self.scene.call_of(members, DEPUTY, IMembers::voteCall { id, approve: true }).unwrap();
        id
    }
}

fn article_19(min: u64, max: u64, from: Day) -> setArticleCall {
    let Article { breaches, measures, .. } = Article::of(19).unwrap();
    setArticleCall { article: 19, minFen: min, maxFen: max, breaches, measures, from: from.get() }
}

#[test]
fn a_new_range_holds_from_its_day_on_and_the_old_one_until_then() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.recorded();
    let fine = |fen| proposeFineCall {
        service,
        article: 19,
        breach: 17,
        ground: 2,
        amountFen: fen,
        notice: digest(1),
        text: text(),
    };
    let set = article_19(2_000_000, 9_000_000, on(2026, 4, 1));
    assert!(stage.call(CHIEF, set.clone()).is_err(), "nobody decided on it");
    stage.decide(&set);
    assert!(stage.call(CITIZEN, set.clone()).is_err(), "not by those who have no vote");
    stage.call(DEPUTY, set.clone()).unwrap();
    assert!(stage.call(DEPUTY, set).is_err(), "a decision is carried out once");
    assert_eq!(stage.read(articleCall { number: 19 }).maxFen, 3_000_000);
    stage.call(CHIEF, fine(500_000)).unwrap();
    let early = stage.call(CHIEF, fine(1_900_000)).unwrap();
    stage.go(2026, 4, 1);
    assert_eq!(
        stage.read(articleCall { number: 19 }),
        ArticleRecord {
            minFen: 2_000_000,
            maxFen: 9_000_000,
            breaches: Article::of(19).unwrap().breaches,
            measures: Article::of(19).unwrap().measures,
            from: on(2026, 4, 1).get(),
        }
    );
    let refused = FineOutOfRange { article: 19, amountFen: 500_000, minFen: 2_000_000, maxFen: 9_000_000 };
    assert_eq!(stage.call(CHIEF, fine(500_000)), revert(refused));
    // What was proposed under the old range is imposed only if the new one has room for it.
    let stale = FineOutOfRange { article: 19, amountFen: 1_900_000, minFen: 2_000_000, maxFen: 9_000_000 };
    assert_eq!(stage.call(DEPUTY, imposeFineCall { penalty: early }), revert(stale));
    stage.call(CHIEF, fine(9_000_000)).unwrap();
    // A third range takes the place of one that waits; the second holds until its day.
    let waits = article_19(1, 2, on(2026, 6, 1));
    stage.decide(&waits);
    stage.call(CHIEF, waits).unwrap();
    let third = article_19(3, 4, on(2026, 5, 1));
    stage.decide(&third);
    stage.call(CHIEF, third).unwrap();
    assert_eq!(stage.read(articleCall { number: 19 }).maxFen, 9_000_000);
    stage.go(2026, 6, 1);
    assert_eq!(stage.read(articleCall { number: 19 }).maxFen, 4);
    stage.call(CHIEF, fine(4)).unwrap();
    stage.check();
}

#[test]
fn a_decision_whose_day_is_over_when_it_is_carried_out_holds_at_once() {
    let mut stage = Stage::on(2026, 3, 2);
    let set = article_19(2_000_000, 9_000_000, on(2026, 3, 3));
    stage.decide(&set);
    stage.go(2026, 3, 5);
    stage.call(CHIEF, set).unwrap();
    assert_eq!(stage.read(articleCall { number: 19 }).from, on(2026, 3, 5).get());
    stage.check();
}

#[test]
fn a_table_that_contradicts_itself_is_refused_when_it_is_proposed() {
    let mut stage = Stage::on(2026, 3, 2);
    let good = article_19(2_000_000, 9_000_000, on(2026, 4, 1));
    let cases = [
        (setArticleCall { article: 18, ..good.clone() }, "not one of the penalty table"),
        (setArticleCall { minFen: 9_000_001, ..good.clone() }, "a range of"),
        (setArticleCall { maxFen: u64::MAX, ..good.clone() }, "the highest is"),
        (setArticleCall { minFen: 0, maxFen: 0, ..good.clone() }, "belong together"),
        (setArticleCall { measures: 2, ..good.clone() }, "belong together"),
        (setArticleCall { minFen: 0, maxFen: 0, measures: 0, ..good.clone() }, "none or unknown"),
        (setArticleCall { measures: 0xff, ..good.clone() }, "none or unknown"),
        (setArticleCall { breaches: 0, ..good.clone() }, "none or unknown"),
        (setArticleCall { breaches: 1, ..good }, "none or unknown"),
    ];
    for (call, want) in cases {
        let Err(Stop::Revert(data)) = Filing.check_proposal(&call.abi_encode()) else { panic!("{want}") };
        let text = decode_revert(&data).unwrap();
        assert!(text.contains(want), "{text}");
        let propose = IMembers::proposeCall {
            target: state::ADDRESS,
            input: call.abi_encode().into(),
            notBeforeMs: 0,
            title: "a bad table".into(),
        };
        assert!(stage.scene.call_of(members::state::ADDRESS, CHIEF, propose).is_err());
    }
    // That a duty falls under two articles shows only beside the others.
    let twice = setArticleCall { breaches: good.breaches | Duty::Content.bit(), ..good };
    stage.decide(&twice);
    let Err(Stop::Revert(data)) = stage.call(CHIEF, twice) else { panic!("a duty under two articles") };
    assert!(decode_revert(&data).unwrap().contains("falls under article 21 already"));
    stage.check();
}

#[test]
fn a_new_length_of_a_clock_counts_for_what_starts_after_its_day() {
    let mut stage = Stage::on(2026, 3, 2);
    let before = stage.filed();
    let set = setPeriodCall { clock: Clock::Decide.number(), workingDays: 5, from: on(2026, 3, 9).get() };
    stage.decide(&set);
    stage.call(CHIEF, set).unwrap();
    assert_eq!(stage.read(periodCall { clock: 3 }), 20);
    stage.go(2026, 3, 9);
    assert_eq!(stage.read(periodCall { clock: 3 }), 5);
    let after = stage.filed();
    assert_eq!(stage.clocks(after)[0].1, on(2026, 3, 16));
    assert_eq!(stage.clocks(before)[0].1, on(2026, 3, 30));
    stage.check();
}

#[test]
fn only_the_table_and_the_statutory_clocks_are_decided_by_vote() {
    let set = |clock: Clock, days| setPeriodCall { clock: clock.number(), workingDays: days, from: 1 };
    let no = |input: Vec<u8>| Filing.check_proposal(&input).is_err();
    assert!(no(set(Clock::Supplement, 5).abi_encode()));
    assert!(no(set(Clock::Decide, 0).abi_encode()));
    assert!(no(set(Clock::Decide, 251).abi_encode()));
    assert!(no(setPeriodCall { clock: 99, workingDays: 5, from: 1 }.abi_encode()));
    assert!(no(recordCall { services: vec![1], numbers: vec![String::new()] }.abi_encode()));
    assert!(no(countsCall {}.abi_encode()));
    assert!(no(vec![1, 2, 3]));
    assert!(!no(set(Clock::Decide, 5).abi_encode()));
}

#[test]
fn a_proposal_says_in_words_what_it_would_change() {
    let set = setPeriodCall { clock: 3, workingDays: 15, from: on(2026, 4, 1).get() };
    let text = Filing.describe(&set.abi_encode()).unwrap();
    assert_eq!(text, "from 2026-04-01 on, the clock decide-filing runs 15 working days");
    let text = Filing.describe(&article_19(100, 200, on(2026, 4, 1)).abi_encode()).unwrap();
    assert!(
        text.contains("article 19") && text.contains("keep-logs") && text.contains("1 yuan to 2 yuan"),
        "{text}"
    );
    assert_eq!(
        Filing.describe(&recordCall { services: vec![1], numbers: vec![String::new()] }.abi_encode()),
        None
    );
}

#[test]
fn two_articles_never_come_to_punish_one_duty_on_a_later_day() {
    let mut stage = Stage::on(2026, 3, 2);
    let logs = Duty::Logs.bit();
    let with = |number: u8, breaches: u32, from: Day| {
        let Article { min_fen, max_fen, measures, .. } = Article::of(number).unwrap();
        setArticleCall {
            article: number,
            minFen: min_fen,
            maxFen: max_fen,
            breaches,
            measures,
            from: from.get(),
        }
    };
    let [nineteen, twenty_one] = [19, 21].map(|number| Article::of(number).unwrap().breaches);
    // What was decided and could not be carried out stays decided.
    let mut decided = Vec::new();
    let mut set = |stage: &mut Stage, call: setArticleCall| {
        if !decided.contains(&call) {
            stage.decide(&call);
            decided.push(call.clone());
        }
        match stage.call(CHIEF, call) {
            Ok(_) => None,
            Err(Stop::Revert(data)) => decode_revert(&data),
            Err(other) => panic!("{other:?}"),
        }
    };
    let (april, may, june) = (on(2026, 4, 1), on(2026, 5, 1), on(2026, 6, 1));
    let twice = |text: Option<String>, day: &str| {
        let text = text.unwrap();
        assert!(text.contains("already") && text.contains(day), "{text}");
    };
    // Article 21 would take the duty while article 19 has it.
    twice(set(&mut stage, with(21, twenty_one | logs, may)), "2026-05-01");
    // Article 19 gives it up in May; from then on, and no day earlier, article 21 may take it.
    assert_eq!(set(&mut stage, with(19, nineteen & !logs, may)), None);
    twice(set(&mut stage, with(21, twenty_one | logs, april)), "2026-04-01");
    assert_eq!(set(&mut stage, with(21, twenty_one | logs, may)), None);
    // Neither may article 19 keep it until June, nor have it back after that.
    twice(set(&mut stage, with(19, nineteen & !logs, june)), "2026-05-01");
    twice(set(&mut stage, with(19, nineteen, june)), "2026-05-01");
    stage.go(2026, 5, 1);
    twice(set(&mut stage, with(19, nineteen, on(2026, 6, 2))), "2026-06-02");
    for article in Article::NUMBERS {
        let own = stage.read(articleCall { number: article }).breaches;
        assert_eq!(own & logs != 0, article == 21, "{article}");
    }
    stage.check();
}
