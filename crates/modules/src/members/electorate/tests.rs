use super::*;

/// What the votes say when nobody votes any more, as the rule is written.
fn at_the_end(yes: u32, no: u32, all: u32, participation: u32, approval: u32) -> bool {
    yes * 1_000 >= approval * all && (yes + no) * 1_000 >= participation * all
}

#[test]
fn a_vote_is_decided_exactly_when_no_further_votes_can_change_it() {
    let (mut decided, mut open) = (0, 0);
    for all in 1..=9u32 {
        for (yes, no) in (0..=all).flat_map(|yes| (0..=all - yes).map(move |no| (yes, no))) {
            for (participation, approval) in
                [(500, 667), (1, 501), (1_000, 501), (900, 667), (500, 1_000), (667, 600)]
            {
                // Every way in which those who did not vote yet could: some approve, some reject, some stay away.
                let rest = all - yes - no;
                let ways = (0..=rest).flat_map(|more| (0..=rest - more).map(move |less| (more, less)));
                let ends: Vec<bool> = ways
                    .map(|(more, less)| at_the_end(yes + more, no + less, all, participation, approval))
                    .collect();
                let want = ends.iter().all(|end| *end == ends[0]).then_some(ends[0]);
                let tally = Tally { approvals: yes, rejections: no, electorate: all };
                let found = tally.outcome(participation.into(), approval.into());
                assert_eq!(found, want, "{tally:?} of {participation} and {approval}");
                decided += u32::from(found.is_some());
                open += u32::from(found.is_none());
            }
        }
    }
    assert!(decided > 300 && open > 300, "{decided} decided, {open} open");
}

#[test]
fn where_nobody_has_a_vote_nothing_is_decided() {
    assert_eq!(Tally::default().outcome(1, 501), None);
}

#[test]
fn organisations_share_words_and_no_bit() {
    let mut seen = std::collections::BTreeSet::new();
    for organisation in 1..=1_024 {
        let (entry, place) = seat(organisation);
        assert!(entry < 4 && place < 256 && seen.insert((entry, place)), "{organisation}");
    }
}
