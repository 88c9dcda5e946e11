//! What the errors of `filing` mean: a sentence each, with its numbers and what to do.

use super::{
    abi::IFiling::IFilingErrors,
    steps::{State, Step, Track},
    terms::{Material, Measure},
};
use crate::{calendar::Day, uscc};
use ding_primitives::B256;

pub(super) fn explain(error: IFilingErrors) -> String {
    use IFilingErrors as E;
    match error {
        // Who and when.
        E::NoSuchProvider(e) => {
            format!("there is no provider {}; {}", e.provider, numbered(e.count.into()))
        }
        E::NoSuchService(e) => {
            format!("there is no service {}; {}", e.service, numbered(e.count))
        }
        E::NoSuchItem(e) => {
            format!("there is no {} {}; {}", track(e.track), e.item, numbered(e.count))
        }
        E::NotTheProvider(e) => format!(
            "account {} does not act for provider {}; use its account or one of its organisation",
            e.account, e.provider
        ),
        E::NotAllowed(e) => format!(
            "account {} ({}) may not take the step {}; it belongs to another role or organisation",
            e.account,
            organisation(e.organisation),
            step(e.step)
        ),
        E::OutsideDivision(e) => format!(
            "organisation {} is responsible for division {:02}, the provider is in {:06}; pass it to its own administration",
            e.organisation, e.own, e.division
        ),
        E::WrongState(e) => format!(
            "the step {} is not possible for service {}: its {} stands at {}",
            step(e.step),
            e.service,
            track(e.track),
            state(e.state)
        ),
        E::WrongServiceStatus(e) => format!(
            "the step {} is not possible for service {} while its filing is {}",
            step(e.step),
            e.service,
            state(e.status)
        ),
        E::SameHand(e) => format!(
            "account {} took the first part of this decision, or belongs to the same person; a second person must decide",
            e.account
        ),
        // Fields.
        E::UnknownTerm(e) => {
            format!("there is no {} with number {}; the interface lists them", e.vocabulary, e.number)
        }
        E::Missing(e) => format!("the field {} is empty; it is needed", e.field),
        E::NotExpected(e) => format!("the field {} does not belong there; leave it empty", e.field),
        E::TextTooLong(e) => {
            format!("the field {} has length {}, at most {} is allowed; shorten it", e.field, e.bytes_, e.max)
        }
        E::NotNormalised(e) => format!(
            "the field {} has spaces at an end, invisible or control characters, or is not composed (NFC); normalise it",
            e.field
        ),
        E::ListSize(e) => {
            format!("the list {} has {} entries, 1 to {} are allowed; split it", e.field, e.count, e.max)
        }
        E::BadDay(e) => {
            let [given, min, max] = [e.day, e.min, e.max].map(day);
            format!("the day {given} of {} is outside {min} to {max} (Beijing time)", e.field)
        }
        E::PeriodRange(e) => {
            format!("a time limit of {} working days; {} to {} are allowed", e.workingDays, e.min, e.max)
        }
        // Providers.
        E::WrongIdType(e) => format!(
            "identity document {} does not go with nature {}; an organisation gives its unified social credit code, an individual anything else",
            e.idType, e.nature
        ),
        E::BadCode(e) => format!("{} is no unified social credit code: {}", e.uscc, e.reason),
        E::OtherCode(e) => format!(
            "account {} belongs to the subject {}, the form is for {}; use an account of that subject",
            e.account,
            subject(&e.bound),
            subject(&e.given)
        ),
        E::OtherNature(e) => format!(
            "account {} is bound to a subject of kind {}, the form is for nature {}; use an account of the provider itself",
            e.account, e.boundKind, e.nature
        ),
        E::AlreadyRegistered(e) => {
            format!("this subject is registered as provider {}; change that record", e.provider)
        }
        E::AccountInCharge(e) => {
            format!("account {} is in charge of provider {}; use another one", e.account, e.provider)
        }
        E::OrganisationOnly(e) => format!(
            "kinds {:#b} include technology provider, which is an organisation; leave that bit out",
            e.kinds
        ),
        E::CategoryNotForKind(e) => format!(
            "a provider of kinds {:#b} does not file category {}; change the provider's kinds first",
            e.kinds, e.category
        ),
        E::UnknownDivision(e) => {
            format!("{:06} is no administrative division of a known province (GB/T 2260)", e.division)
        }
        E::TooManyServices(e) => {
            format!("provider {} has {} services, as many as filing numbers can count", e.provider, e.max)
        }
        // The form.
        E::ApprovalWording(e) => format!(
            "the wording \"{}\" presents the filing as an approval; a filing is none: leave it out",
            e.phrase
        ),
        E::BadPlace(e) => format!(
            "the place {} is listed twice, is zero, or is no address of this chain; correct the list",
            e.place
        ),
        E::NotTheCreator(e) => format!(
            "{} was not created by account {} with nonce {}, or that account is not the provider's; leave the creator zero to have the contract bound at the record",
            e.place, e.creator, e.nonce
        ),
        E::BadAttachment(e) => format!(
            "an attachment of kind {}, format {} and {} bytes; PDF, JPEG or PNG of 1 to {} bytes are taken",
            e.kind, e.format, e.size, e.max
        ),
        E::MaterialsMissing(e) => format!(
            "service {} lacks {}; send the filing back for supplement",
            e.service,
            materials(e.missing)
        ),
        // Numbers.
        E::BadNumber(e) => format!("{} is no filing number: {}", e.number, e.reason),
        E::CheckDigit(e) => format!(
            "the last character of {} should be {}; compare the number with the public list, and confirm it (--confirmed) if it stands there",
            e.number, e.want
        ),
        E::NumberTaken(e) => {
            format!("the number {} was given to service {}; give another", e.number, e.service)
        }
        E::NoFreeNumber(e) => {
            format!("no number could be formed for provider {}; give one by hand", e.provider)
        }
        E::NotProposed(e) => {
            format!("no number is proposed for service {}; a first person proposes it", e.service)
        }
        E::OtherProvince(e) => format!(
            "provider {} has services in division {:06}; the national administration enters its move to {:06}",
            e.provider, e.division, e.given
        ),
        E::OtherNumber(e) => format!(
            "the number proposed for service {} is {}, not {}; look at the proposal again",
            e.service, e.proposed, e.given
        ),
        // Publication.
        E::BatchOutOfOrder(e) => format!("batch {} is out of order; the next is {}", e.batch, e.next),
        E::AlreadyPublished(e) => {
            format!("service {} was published in batch {}; leave it out", e.service, e.batch)
        }
        E::NotImported(e) => format!(
            "service {} was recorded on this ledger and is published with today's day {}, not with {}",
            e.service,
            day(e.today),
            day(e.day)
        ),
        E::NotPublished(e) => {
            format!("service {} is not published; objections follow publication", e.service)
        }
        E::ObjectionLate(e) => format!(
            "objections to service {} ended on {}; today is {}",
            e.service,
            day(e.dueDay),
            day(e.today)
        ),
        E::ObjectionOpen(e) => format!(
            "your objection {} to service {} awaits its decision; wait for it",
            e.objection, e.service
        ),
        // Life of a recorded service.
        E::NothingChanged(e) => {
            format!("the form says what the record of service {} says already", e.service)
        }
        E::OtherChange(e) => format!(
            "the form has digest {}, the change reported for service {} has {}; send the form as reported",
            e.given, e.service, e.reported
        ),
        E::TerminationTooSoon(e) => format!(
            "an end on {} had to be announced by {}; today is {}: plan a later day",
            day(e.plannedDay),
            day(e.latestNotice),
            day(e.today)
        ),
        E::NotYet(e) if e.day == 0 => {
            format!("the end of service {} was not announced; its provider announces it", e.service)
        }
        E::NotYet(e) => {
            format!("for service {} {} must be over first; today is {}", e.service, day(e.day), day(e.today))
        }
        E::NotUpheld(e) => {
            format!("objection {} was not upheld or is not about service {}", e.objection, e.service)
        }
        E::CampaignClosed(e) => format!("campaign {} is closed; open another", e.campaign),
        E::CampaignOpen(e) => {
            format!("campaign {} has {} open inspections; close them first", e.campaign, e.open)
        }
        E::StillRectifying(e) => {
            format!("service {} is still to be corrected; decide on the correction first", e.service)
        }
        E::HeightPassed(e) => format!(
            "height {} is not after this block, {}; name a later one, or 0 for the next",
            e.fromHeight, e.height
        ),
        // Measures.
        E::NoSuchArticle(e) => {
            format!("article {} is not one of the penalty table, which has 19 to 22", e.article)
        }
        E::BreachNotInArticle(e) => format!(
            "article {} does not punish the breach of duty {}; name the article that does",
            e.article, e.breach
        ),
        E::MeasureNotProvided(e) => {
            let measure = Measure::from_number(e.measure).map_or("this measure", Measure::name);
            format!("article {} does not provide for this with {measure}", e.article)
        }
        E::FineOutOfRange(e) => format!(
            "a fine of {} is outside the range of article {}: {} to {}",
            yuan(e.amountFen),
            e.article,
            yuan(e.minFen),
            yuan(e.maxFen)
        ),
        E::NothingRefused(e) => format!(
            "service {} let no time limit to correct pass; order a correction first, or name serious circumstances",
            e.service
        ),
        E::BadArticle(e) => format!("article {} would contradict the table: {}", e.article, e.reason),
    }
}

/// How many there are, after something that is not there was named.
fn numbered(count: u64) -> String {
    match count {
        0 => "there are none yet".into(),
        1 => "there is one, number 1".into(),
        count => format!("they are numbered 1 to {count}"),
    }
}

fn organisation(number: u32) -> String {
    if number == 0 { "of no organisation".into() } else { format!("of organisation {number}") }
}

/// An amount as people say it.
pub(super) fn yuan(fen: u64) -> String {
    if fen.is_multiple_of(100) {
        format!("{} yuan", fen / 100)
    } else {
        format!("{}.{:02} yuan", fen / 100, fen % 100)
    }
}

fn day(number: u32) -> String {
    Day::new(number).to_string()
}

fn step(number: u8) -> String {
    Step::from_number(number).map_or_else(|| number.to_string(), |step| step.to_string())
}

fn track(number: u8) -> String {
    Track::from_number(number).map_or_else(|| number.to_string(), |track| track.to_string())
}

fn state(number: u8) -> String {
    State::from_number(number).map_or_else(|| number.to_string(), |state| state.to_string())
}

fn materials(bits: u16) -> String {
    let names = Material::ALL.into_iter().filter(|material| bits & material.bit() != 0);
    names.map(Material::name).collect::<Vec<_>>().join(", ")
}

/// A credit code in the high end of a word as text, a commitment as it is.
fn subject(word: &B256) -> String {
    let code: String = word.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    if uscc::check(&code).is_ok() { code } else { word.to_string() }
}
