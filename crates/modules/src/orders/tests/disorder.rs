//! Many people, many steps, in any order: no invariant breaks, and every refusal is a revert.

use super::*;

const PEOPLE: [Address; 10] =
    [OFFICER, SECOND, THIRD, PROVINCE, PROVINCE_SECOND, AUTHORITY, PROVIDER, FIRM, PERSON, NEIGHBOUR];

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }

    /// An order that is often one that can be drafted.
    fn what(&mut self, scene: &Scene<'_>, number: u64) -> Draft {
        let until = if self.below(2) == 0 { 0 } else { scene.block().timestamp_ms + 1 + self.below(90_000) };
        let service = 1 + u8::try_from(self.below(2)).unwrap();
        let account = self.one(&[NEIGHBOUR, PERSON, FIRM]);
        let fresh = match self.below(5) {
            0 => Draft { untilMs: until, ..against_service(Action::Suspend, service) },
            1 => Draft { untilMs: until, ..against_account(Action::Freeze, account) },
            2 => inquire(service),
            3 => Draft { workingDays: 1, ..against_account(Action::Rectify, account) },
            _ => disclose(),
        };
        if self.below(2) == 0 {
            return fresh;
        }
        let action = Action::from_number(fresh.action).and_then(Action::lifted_by).unwrap();
        lifting(fresh, action, number)
    }
}

#[test]
fn no_order_of_steps_breaks_an_invariant() {
    let mut taken = [0u32; 10];
    for seed in 0..45 {
        let mut disorder = Disorder(seed);
        let mut scene = scene();
        let mut numbers = vec![2_026_000_001];
        for turn in 0..250 {
            let step = disorder.below(11);
            let fitting = match step {
                _ if disorder.below(4) == 0 => &PEOPLE[..],
                4 | 8 => &PEOPLE[6..],
                6 => &PEOPLE[5..6],
                _ => &PEOPLE[..5],
            };
            let who = disorder.one(fitting);
            let number = disorder.one(&numbers[numbers.len().saturating_sub(4)..]);
            let (some, flag) = (digest(1 + u8::try_from(disorder.below(9)).unwrap()), disorder.below(2) == 0);
            let fields = u32::try_from(1 + disorder.below(4)).unwrap();
            let refused = match step {
                0 | 10 => {
                    let what = disorder.what(&scene, number);
                    scene.call(who, draftCall { what }).map(|number| numbers.push(number)).err()
                }
                1 => err(scene.call(who, approveCall { number })),
                2 if disorder.below(4) == 0 => err(scene.call(who, declineCall { number, reasons: some })),
                3 if disorder.below(4) == 0 => err(scene.call(who, withdrawCall { number })),
                2 | 3 => err(scene.call(who, approveCall { number })),
                4 => err(scene.call(who, answerCall { number, digest: some })),
                5 => {
                    let read = scene.read(OFFICER, orderCall { number }).answer;
                    let digest = if disorder.below(4) == 0 { some } else { read };
                    err(scene.call(who, settleCall { number, accepted: flag, digest, finding: some }))
                }
                6 => err(scene.call(who, deliverCall { number, fields, digest: some })),
                7 => err(scene.call(who, lookCall { number, fields, matches: flag })),
                8 => err(scene.call(who, appealCall { number, grounds: some })),
                _ => err(scene.call(who, decideAppealCall { number, revoke: flag, reasons: some })),
            };
            match refused {
                None => taken[usize::try_from(step % 10).unwrap()] += 1,
                Some(Stop::Revert(data)) => assert!(crate::decode_revert(&data).is_some(), "{data}"),
                Some(other) => panic!("seed {seed}, turn {turn}: {other}"),
            }
            if disorder.below(3) == 0 {
                scene.later(1 + disorder.below(30_000));
            }
        }
        scene.check_all();
        scene.on(&Orders);
    }
    assert!(taken.iter().all(|count| *count > 2), "each step was taken: {taken:?}");
}
