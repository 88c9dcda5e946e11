//! Four members under a seed: the same run twice, and a crash in the middle.

use commonware_glue::simulate::{
    action::{Action, Crash, Schedule},
    exit::ProcessedHeightAtLeast,
    plan::PlanBuilder,
};
use commonware_p2p::simulated::Link;
use commonware_utils::probability;
use ding_sim::{checks::SameChain, member::Members, network::Network};
use std::time::Duration;

fn members() -> Members {
    Members { network: Network::new(4), pause: Duration::from_millis(40) }
}

fn good_links() -> Link {
    Link {
        latency: Duration::from_millis(10),
        jitter: Duration::from_millis(5),
        success_rate: probability!(1.0),
    }
}

fn run(seed: u64, crash: bool) -> String {
    let members = members();
    let victim = members.network.keys()[0].clone();
    let mut plan = PlanBuilder::new(members)
        .seed(seed)
        .link(good_links())
        .exit_condition(ProcessedHeightAtLeast::new(100))
        .timeout(Duration::from_secs(600))
        .property(SameChain { at_least: 100, transactions: 200 });
    if crash {
        plan = plan.crash(Crash::Schedule(
            Schedule::new()
                .at(Duration::from_secs(1), Action::Crash(victim.clone()))
                .at(Duration::from_secs(3), Action::Restart(victim)),
        ));
    }
    let results = plan.run().expect("the run keeps its properties");
    format!("{:?}", results[0].state)
}

#[test]
fn a_hundred_blocks_with_a_crash_and_a_restart_end_in_one_chain_and_repeat_exactly() {
    let first = run(1, true);
    assert_eq!(run(1, true), first, "the same seed gives the same run");
    assert_ne!(run(2, true), first, "another seed gives another run");
}
