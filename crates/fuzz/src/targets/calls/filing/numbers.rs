//! Filing numbers: formed or given, kept for a service, and its own.

use super::people::{PROVINCES, folded, word};
use super::*;

/// First year of filings.
const FIRST_YEAR: u32 = 2019;

/// The sign that the first nineteen digits of a number ask for, by ISO 7064 MOD 11-2.
fn check_sign(digits: &str) -> char {
    let mut sum = 0;
    for digit in digits.chars().take(19).filter_map(|sign| sign.to_digit(10)) {
        sum = (sum + digit) * 2 % 11;
    }
    match (12 - sum) % 11 {
        10 => 'X',
        check => char::from_digit(check, 10).unwrap_or('?'),
    }
}

/// Some digits of a number.
fn part(number: &str, from: usize, to: usize) -> u32 {
    number.get(from..to).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// What is wrong with twenty signs that should be a number.
fn wrong(number: &str) -> Option<String> {
    let count = number.chars().count();
    let odd = if count == 20 && !number.is_ascii() {
        number.chars().position(|sign| !sign.is_ascii())
    } else if count != 20 {
        return Some(format!(
            "{count} characters; a filing number has 20, with or without \"网信备\" before and 号 behind"
        ));
    } else {
        let body = number.chars().take(19).position(|sign| !sign.is_ascii_digit());
        body.or_else(|| (!number.ends_with(|sign: char| sign.is_ascii_digit() || sign == 'X')).then_some(19))
    };
    if let Some(at) = odd {
        return Some(format!(
            "character {} is not allowed at its place; 19 digits and a digit or X are",
            at + 1
        ));
    }
    let division = part(number, 0, 6);
    let known = PROVINCES.iter().any(|(code, _)| *code == division / 10_000);
    (!known).then(|| format!("division {division:06} is in no province; check the first six digits"))
}

/// Takes a number out of a text.
pub(in crate::targets::calls) fn taken_out(text: &str) -> Result<String, String> {
    let words = || {
        "the words around the number are not a province's sign and \"网信备\" before, 号 behind".to_owned()
    };
    let normal = folded(text);
    let Some((before, rest)) = normal.split_once("网信备") else {
        if normal.contains('号') {
            return Err(words());
        }
        return wrong(&normal).map_or(Ok(normal), Err);
    };
    let number = rest.strip_suffix('号').unwrap_or(rest);
    if let Some(reason) = wrong(number) {
        return Err(reason);
    }
    let known = PROVINCES.iter().find(|(_, sign)| before == sign.to_string());
    let (want, sign) = known.ok_or_else(words)?;
    let found = part(number, 0, 2);
    if *want == found {
        return Ok(number.to_owned());
    }
    Err(format!(
        "the sign {sign} stands for divisions {want}…, the number begins with {found}; one of them is wrong"
    ))
}

/// A number out of a text.
pub(super) fn read_number(text: &str) -> Result<String, Refusal> {
    taken_out(text).or_else(|reason| refuse(BadNumber { number: text.chars().take(64).collect(), reason }))
}

fn bad<T>(number: &str, reason: String) -> Result<T, Refusal> {
    refuse(BadNumber { number: number.into(), reason })
}

impl Model {
    fn year(&self) -> u32 {
        calendar::date(self.today()).year.into()
    }

    /// Who has a subject number; 0 if nobody.
    fn owner(&self, number: &str) -> u32 {
        self.subject_numbers.get(&part(number, 8, 16)).copied().unwrap_or(0)
    }

    fn require_province(&self, provider: u32, number: &str) -> Result<(), Refusal> {
        let (given, own) = (part(number, 0, 2), self.provider(provider)?.subject.division / 10_000);
        if given == own {
            return Ok(());
        }
        bad(number, format!("it is one of province {given}, the provider is in province {own}"))
    }

    fn require_not_given(&self, number: &str) -> Result<(), Refusal> {
        match self.numbers.get(number) {
            Some(service) => refuse(NumberTaken { number: number.into(), service: *service }),
            None => Ok(()),
        }
    }

    /// Keeps a number that an office names; says whether something speaks against it.
    pub(super) fn given_number(
        &mut self,
        id: u64,
        text: &str,
        confirmed: bool,
    ) -> Result<(String, bool), Refusal> {
        let number = read_number(text)?;
        self.give_up(id);
        self.require_not_given(&number)?;
        let provider = self.service(id)?.provider;
        self.require_province(provider, &number)?;
        let want = check_sign(&number);
        let misses = !number.ends_with(want);
        let (year, this, owner) = (2_000 + part(&number, 6, 8), self.year(), self.owner(&number));
        let doubt = if year < FIRST_YEAR || year > this {
            Some(format!("it is of the year {year}, services are filed since {FIRST_YEAR} and it is {this}"))
        } else if owner != 0 && owner != provider {
            let subject = part(&number, 8, 16);
            Some(format!("its subject number {subject:08} is that of provider {owner}"))
        } else {
            None
        };
        if !confirmed && misses {
            return refuse(CheckDigit { number, want: want.into() });
        }
        if let Some(doubt) = doubt.as_ref().filter(|_| !confirmed) {
            return bad(&number, format!("{doubt}; confirm it (--confirmed) if the public list has it so"));
        }
        self.keep(id, &number)?;
        Ok((number, misses || doubt.is_some()))
    }

    /// The number that the ledger forms for a service.
    pub(super) fn formed_number(&mut self, id: u64) -> Result<String, Refusal> {
        let provider = self.service(id)?.provider;
        let (known, year) = (self.provider(provider)?.clone(), self.year());
        let before = self.service(id)?.proposed.clone().filter(|proposed| !proposed.given);
        if let Some(Proposed { number, .. }) = before {
            let own = part(&number, 0, 2) == known.subject.division / 10_000;
            if own && 2_000 + part(&number, 6, 8) == year && self.is_free(id, &number) {
                self.keep(id, &number)?;
                return Ok(number);
            }
        }
        self.give_up(id);
        let subject = self.subject_number(provider, &known);
        for sequence in (known.sequence + 1..).take(limits::FILING_NUMBER_TRIES_MAX) {
            let (division, year) = (known.subject.division, year % 100);
            let digits = format!("{division:06}{year:02}{subject:08}{sequence:03}");
            let number = format!("{digits}{}", check_sign(&digits));
            if sequence < 1_000 && self.is_free(id, &number) {
                self.subject_numbers.insert(subject, provider);
                alter(&mut self.providers, provider.into(), |provider| {
                    (provider.subject_number, provider.sequence) = (subject, sequence);
                });
                self.keep(id, &number)?;
                return Ok(number);
            }
        }
        refuse(NoFreeNumber { provider })
    }

    /// Eight digits of a provider that look random.
    fn subject_number(&self, id: u32, provider: &Provider) -> u32 {
        if provider.subject_number != 0 {
            return provider.subject_number;
        }
        let seed = keccak256([&id.to_be_bytes()[..], provider.who.as_slice()].concat());
        let most = 99_999_999;
        let first = u32::try_from(U256::from_be_bytes(seed.0) % U256::from(most)).unwrap_or(0);
        let mut numbers = (0..most).map(|step| (first + step) % most + 1);
        numbers.find(|number| !self.subject_numbers.contains_key(number)).unwrap_or(0)
    }

    /// For which service a number is kept now.
    fn kept_for(&self, number: &str) -> Option<u64> {
        let now_ms = self.now.timestamp_ms;
        self.kept.get(number).filter(|(_, until_ms)| *until_ms == 0 || *until_ms > now_ms).map(|(id, _)| *id)
    }

    fn is_free(&self, id: u64, number: &str) -> bool {
        !self.numbers.contains_key(number) && self.kept_for(number).is_none_or(|other| other == id)
    }

    /// Keeps a number for a service, for a while.
    fn keep(&mut self, id: u64, number: &str) -> Result<(), Refusal> {
        match self.kept_for(number) {
            Some(other) if other == id => return Ok(()),
            Some(_) => {
                let reason =
                    "it is proposed for another service; give another, or wait for that one's decision";
                return bad(number, reason.into());
            }
            None => {}
        }
        let until_ms = self.now.timestamp_ms + limits::FILING_RESERVATION_MS;
        let lapsed = self.kept.insert(number.to_owned(), (id, until_ms));
        self.tell_kept(id, number, until_ms, lapsed.map(|(_, until_ms)| until_ms));
        Ok(())
    }

    /// Makes the proposed number of a service its own.
    pub(super) fn make_own(&mut self, id: u64, proposed: &Proposed) -> Result<(), Refusal> {
        let (number, provider) = (&proposed.number, self.service(id)?.provider);
        self.require_province(provider, number)?;
        let (owner, subject, sequence) = (self.owner(number), part(number, 8, 16), part(number, 16, 19));
        if owner != 0 && owner != provider && !proposed.confirmed {
            let reason = format!("its subject number went to provider {owner}; propose another number");
            return bad(number, reason);
        }
        if owner == 0 && self.provider(provider)?.subject_number == 0 {
            self.subject_numbers.insert(subject, provider);
            alter(&mut self.providers, provider.into(), |provider| provider.subject_number = subject);
        }
        alter(&mut self.providers, provider.into(), |provider| {
            if provider.subject_number == subject {
                provider.sequence = provider.sequence.max(u16::try_from(sequence).unwrap_or(u16::MAX));
            }
        });
        self.require_not_given(number)?;
        self.keep(id, number)?;
        self.kept.insert(number.clone(), (id, 0));
        self.tell_own(id, number);
        self.numbers.insert(number.clone(), id);
        Ok(())
    }

    /// Gives the proposed number of a service up.
    pub(super) fn give_up(&mut self, id: u64) {
        let Some(proposed) = self.service(id).ok().and_then(|service| service.proposed.clone()) else {
            return;
        };
        if self.kept_for(&proposed.number) == Some(id) {
            self.release(&proposed.number);
        }
        self.change(id, |service| service.proposed = None);
    }

    /// A number is kept for nobody any more.
    pub(super) fn release(&mut self, number: &str) {
        self.kept.remove(number);
        self.tell_released(number);
    }

    /// The service that a number was given to.
    pub(super) fn of_number(&self, text: &str) -> Result<u64, Refusal> {
        let number = read_number(text)?;
        Ok(self.numbers.get(&number).copied().unwrap_or(0))
    }

    /// The number of a service as a word.
    pub(super) fn number_word(&self, id: u64) -> B256 {
        self.service(id).map(|service| word(&service.number)).unwrap_or_default()
    }
}
