//! `ding filing`: the life of a blockchain information service under Order No. 3 (区块链信息服务备案).
//!
//! [`forms`] makes subjects and forms of what people write, [`steps`] every step of the module as a
//! call, [`tell`] what a step led to, [`read`] and [`show`] what the ledger knows, [`import`] and [`export`] sheets.

mod export;
mod forms;
mod import;
mod read;
mod show;
mod steps;
mod tell;
#[cfg(test)]
mod tests;

pub(super) use self::import::taken;

use super::desk::{Desk, Hand};
use crate::{client::block_on, failure::Failure};
use clap::Subcommand;

/// File blockchain information services, and everything that follows (Order No. 3).
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples, on `ding dev`:\n  ding filing register --key provider --uscc 91330100MA0000023P --name 杭州示例科技有限公司 --division 330106 --person person.txt --details details.txt --salts salts.jsonl\n  ding filing file --key provider --provider 91330100MA0000023P --name 示例存证 --category application --form app --field 存证 --description 为合同存证 --server 杭州 --server-division 330106 --go-live 2026-03-01 --attach licence=licence.pdf --attach person-document=person.pdf --attach authenticity-statement=statement.pdf --attach product-description=product.pdf --attach management-rules=rules.pdf\n  ding filing propose 1 --key supervisor\n  ding filing record 1 --key supervisor-2\n  ding filing publish 1 --key supervisor --batch 1 --document list.pdf\n  ding filing show 1\n  ding filing import old.xlsx --key supervisor --salts salts.jsonl --dry-run\n  ding filing export --batch 1 -o batch-1.csv\n\nA filing records what the filer declared. It is no approval and no endorsement."
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
    /// Enter filings of the register that was kept before this ledger, from a sheet.
    Import(import::Import),
    /// Write the public list of a batch: province, subject, service, filing number.
    Export(export::Export),
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
            What::Export(export) => export.run(&Desk::open(hand, json).await?).await,
        }
    })?
}
