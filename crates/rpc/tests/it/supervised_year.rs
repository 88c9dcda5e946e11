//! A year of supervision, played on the stack below consensus: every transaction is signed, goes in at
//! the door, waits in the pool and is executed in a block whose time is that of the story. At the ends
//! of chapters the modules check their whole history, and views and queries are asked.
//!
//! `docs/guide/supervised-year.md` tells the same year; its dates are held against those that the
//! ledger computed here.

mod autumn;
mod batches;
mod contracts;
mod founding;
mod guide;
mod names;
mod orders;
mod people;
mod pilots;
mod queries;
mod spring;
mod stage;

use batches::Register;
use ding_modules::calendar::Day;
use stage::Year;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// What is left of the year: its dates, and how much was done.
struct Played {
    diary: BTreeMap<&'static str, Day>,
    heard: BTreeSet<String>,
    transactions: usize,
}

/// Played once for all tests.
static PLAYED: LazyLock<Played> = LazyLock::new(play);

fn play() -> Played {
    let mut year = Year::begins("2026-01-04");
    let mut register = Register::default();
    founding::people_are_bound(&mut year);
    batches::the_first_are_filed(&mut year, &mut register);
    batches::the_first_are_decided(&mut year, &mut register);
    batches::the_first_batch_is_published(&mut year, &register);
    spring::objections_are_heard(&mut year, &register);
    let contract = spring::inspection_and_notice_of_an_end(&mut year, &register);
    let pilots = pilots::pilots_are_recommended(&mut year, &register);
    spring::a_refusal_is_fined(&mut year, &register);
    pilots::pilots_are_listed(&mut year, &pilots);
    spring::the_correction_is_accepted(&mut year, &register);
    pilots::pilots_begin(&mut year, &pilots);
    spring::a_service_ends(&mut year, &register, contract);
    orders::a_suspension_is_appealed(&mut year, &register);
    pilots::a_pilot_is_adjusted(&mut year, &pilots);
    orders::an_identity_is_disclosed(&mut year);
    batches::the_second_batch_is_filed_and_published(&mut year, &mut register);
    autumn::changes_are_told(&mut year, &register);
    autumn::a_new_function_is_assessed(&mut year, &register);
    pilots::a_pilot_is_removed(&mut year, &pilots);
    autumn::the_next_year_gets_its_table(&mut year, &register);
    pilots::half_a_year_is_assessed(&mut year, &pilots);
    autumn::the_year_is_reported(&mut year);
    queries::the_year_in_numbers(&year, &register, &pilots);
    Played { transactions: year.transactions(), diary: year.diary, heard: year.heard }
}

#[test]
fn a_year_of_filings_pilots_and_orders_runs_by_its_legal_clocks() {
    let Played { diary, transactions, .. } = &*PLAYED;
    assert!(*transactions > 3_700, "{transactions} transactions");
    // The worked deadlines of 2026 in the reference, met by real steps.
    for (what, day) in [
        ("the filing of that service is due", "2026-03-02"),
        ("the overlooked decision is due", "2026-03-05"),
        ("latest day to announce it", "2026-05-18"),
        ("the change is to be told", "2026-10-10"),
    ] {
        assert_eq!(diary[what].to_string(), day, "{what}");
    }
}
