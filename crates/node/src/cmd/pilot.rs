//! `ding pilot`: pilots of blockchain applications (区块链创新应用试点), from the recommendation to the
//! result.
//!
//! [`steps`] has every step of the module as a call, [`tell`] what a step led to, [`read`] what the
//! ledger knows, [`import`] sheets of recommendations.

mod import;
mod read;
mod steps;
mod tell;
#[cfg(test)]
mod tests;

pub(super) use self::import::taken;

use super::desk::{Desk, Hand};
use crate::{client::block_on, failure::Failure};
use clap::Subcommand;

/// Recommend, list, follow and judge pilots of blockchain applications.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples, on `ding dev`:\n  ding pilot record-document --key supervisor --kind list --issued-on 2022-01-30 --departments 16 --zones 15 --specials 164 --digest list.pdf --title 入选名单\n  ding pilot register-entity --key provincial --code 91330100MA0000023P --name 杭州示例科技有限公司 --division 33 --account 0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f\n  ding pilot recommend --key provincial --kind special --entity 91330100MA0000023P --field 制造 --division 33 --end-day 2027-12-31 --title 制造协同 --material form.pdf\n  ding pilot add-indicator 1 --key provincial --name 上链单据 --unit 份 --baseline 0 --target 10000 --due 2027-06-30\n  ding pilot review 1 --key supervisor --competent 4 --opinion 同意\n  ding pilot enter 1 --key supervisor-2 --document 1\n  ding pilot show 1\n  ding pilot import pilots.xlsx --key competent --material form.pdf --dry-run"
)]
pub(crate) struct Args {
    #[command(flatten)]
    hand: Hand,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    #[command(flatten)]
    Step(Box<steps::Step>),
    #[command(flatten)]
    Read(read::Read),
    /// Recommend pilots with their entities and goals, from a sheet.
    Import(import::Import),
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    let Args { hand, what } = args;
    block_on(async {
        match what {
            What::Step(step) => step.take(&Desk::open(hand, json).await?).await,
            What::Read(read) => read.run(&Desk::open(hand, json).await?).await,
            What::Import(import) => import.run(hand, json).await,
        }
    })?
}
