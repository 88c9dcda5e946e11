//! Many steps in any order: what stops a service against an oracle that remembers everything.

use super::*;

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
}

/// One suspension as it was ordered and lifted, never forgotten.
struct Ordered {
    reference: u64,
    from: u64,
    until: u64,
    lifted: u64,
}

#[test]
fn a_service_is_stopped_in_exactly_the_blocks_in_which_some_suspension_is_in_force() {
    let mut done = 0;
    for seed in 0..40 {
        let mut disorder = Disorder(seed);
        let mut scene = scene();
        scene.call(REGISTRAR, live(1, &[SHOP])).unwrap();
        scene.call(REGISTRAR, record_call(1, BEIJING)).unwrap();
        let mut ordered: Vec<Ordered> = Vec::new();
        let (mut next, mut ends) = (1, 0);
        for _ in 0..150 {
            let (height, now) = (scene.block().height.get(), scene.block().timestamp_ms);
            match disorder.below(8) {
                0..=2 => {
                    let from = if disorder.below(2) == 0 { 0 } else { height + 1 + disorder.below(4) };
                    let until = if disorder.below(2) == 0 { 0 } else { now + 1 + disorder.below(9_000) };
                    let wanted = Suspension { reference: next, from_height: from, until_ms: until };
                    if below(&mut scene, |ctx| suspend(ctx, digest(1), wanted)).is_ok() {
                        let from = from.max(height + 1);
                        ordered.push(Ordered { reference: next, from, until, lifted: 0 });
                        done += 1;
                    }
                    next += 1;
                }
                3 | 4 => {
                    let reference = disorder.below(next);
                    let from = if disorder.below(2) == 0 { 0 } else { height + 1 + disorder.below(4) };
                    if below(&mut scene, |ctx| restore(ctx, digest(1), reference, from)).is_ok() {
                        let own = ordered.iter_mut().rev().find(|own| own.reference == reference).unwrap();
                        assert!(own.lifted == 0 && (own.until == 0 || now < own.until), "seed {seed}");
                        own.lifted = from.max(height + 1);
                        done += 1;
                    }
                }
                5 => drop(scene.call(STRANGER, refreshCall { id: digest(1) })),
                6 if ends == 0 && disorder.below(30) == 0 => {
                    below(&mut scene, |ctx| deregister(ctx, digest(1), height + 3)).unwrap();
                    ends = height + 3;
                }
                _ => scene.later(1 + disorder.below(3_000)),
            }
            let (height, now) = (scene.block().height.get(), scene.block().timestamp_ms);
            let held = ordered.iter().any(|own| {
                own.from <= height
                    && (own.lifted == 0 || height < own.lifted)
                    && (own.until == 0 || now < own.until)
            });
            let want = match (ends != 0 && height >= ends, held) {
                (true, _) => Some((BEIJING.to_string(), 4)),
                (false, true) => Some((BEIJING.to_string(), 3)),
                (false, false) => None,
            };
            assert_eq!(met(&mut scene, SHOP), want, "seed {seed}, block {height}");
        }
        scene.check_all();
    }
    assert!(done > 1_000, "{done} steps");
}
