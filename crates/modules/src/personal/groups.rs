//! From groups of digits to findings: the second half of the detector.

use super::{DIGITS_MIN, Finding, Kind, scan::Behind};
use crate::ids::{
    ResidentId,
    contact::{is_bank_card, is_mobile, without_country},
};

/// Most digits of a number that is looked for: a bank card.
const DIGITS_MAX: usize = 19;

/// What stands between two groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Separator {
    #[default]
    Space,
    Hyphen,
    Dot,
}

/// Digits without anything between them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    offset: usize,
    /// The first digits; further ones are only counted.
    text: [u8; DIGITS_MAX],
    digits: usize,
    /// What stands before it, where it is not the first of its chain.
    separator: Option<Separator>,
    /// Whether a decimal point stands behind it.
    decimal: bool,
}

impl Group {
    /// How many digits.
    pub(super) const fn digits(&self) -> usize {
        self.digits
    }

    /// Adds a digit that stands at `at`.
    pub(super) fn push(&mut self, digit: u8, at: usize) {
        if self.digits == 0 {
            self.offset = at;
        }
        if let Some(place) = self.text.get_mut(self.digits) {
            *place = digit;
        }
        self.digits = self.digits.saturating_add(1);
    }

    fn text(&self) -> &[u8] {
        self.text.get(..self.digits).unwrap_or_default()
    }
}

/// Groups that a chain holds before it forgets the first ones: twice those of the longest number, so
/// that it forgets many at once.
const GROUPS: usize = 2 * DIGITS_MAX;

/// The last groups of a chain: groups with single separators between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    groups: [Group; GROUPS],
    count: usize,
    separator: Option<Separator>,
    /// Groups of one digit at the end of the chain, with the same separator between them.
    singles: usize,
    /// Whether an X stands behind the last group.
    x: bool,
}

impl Default for Chain {
    fn default() -> Self {
        Self { groups: [Group::default(); GROUPS], count: 0, separator: None, singles: 0, x: false }
    }
}

impl Chain {
    /// Whether there are no groups.
    pub(super) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a group and looks at the numbers that end with it. Digits that stand one by one wait for
    /// the end of their run.
    pub(super) fn push(&mut self, group: &Group, behind: Behind, decimal: bool) -> Option<Finding> {
        let continues = group.digits == 1 && self.singles > 0 && self.same_separator();
        let run = if continues { None } else { self.end_of_singles() };
        self.singles = match (group.digits, continues) {
            (1, true) => self.singles.saturating_add(1),
            (1, false) => 1,
            _ => 0,
        };
        if group.digits > DIGITS_MAX {
            self.clear();
            return run;
        }
        if self.count == GROUPS {
            self.groups.copy_within(GROUPS - DIGITS_MAX.., 0);
            self.count = DIGITS_MAX;
        }
        let separator = self.separator.take().filter(|_| self.count > 0);
        if let Some(place) = self.groups.get_mut(self.count) {
            *place = Group { separator, decimal, ..*group };
            self.count += 1;
        }
        self.x = behind == Behind::X;
        run.or_else(|| self.endings())
    }

    /// Notes what stands behind the last group.
    pub(super) const fn join(&mut self, separator: Separator) {
        if self.count > 0 {
            self.separator = Some(separator);
        }
    }

    /// Ends the chain.
    pub(super) fn end(&mut self) -> Option<Finding> {
        if self.count == 0 {
            return None;
        }
        let run = self.end_of_singles();
        self.clear();
        run
    }

    const fn clear(&mut self) {
        (self.count, self.separator, self.singles, self.x) = (0, None, 0, false);
    }

    /// Whether the next group stands as the last one did behind its own predecessor.
    fn same_separator(&self) -> bool {
        let last = self.count.checked_sub(1).and_then(|last| self.groups.get(last));
        self.singles == 1 || last.is_some_and(|last| last.separator == self.separator)
    }

    fn end_of_singles(&self) -> Option<Finding> {
        let start = self.count.checked_sub(self.singles).filter(|_| self.singles > 1)?;
        let groups = self.groups.get(start..self.count)?;
        Number::of(groups, self.x)?.look(Shape::Singles)
    }

    /// Whether so many digits in these groups can be a number at all.
    fn may_be(&self, digits: usize, groups: &[Group]) -> bool {
        match (digits, self.x) {
            (17, true) => true,
            (11 | 13 | 15 | 18, false) => true,
            (16 | 17 | 19, false) => groups.len() == 1 || are_of_card(groups),
            _ => false,
        }
    }

    /// Numbers made of the last groups.
    fn endings(&self) -> Option<Finding> {
        let groups = self.groups.get(..self.count)?;
        let mut digits = 0;
        for start in (0..groups.len()).rev() {
            let ending = groups.get(start..)?;
            digits += ending.first()?.digits;
            if digits > DIGITS_MAX {
                return None;
            }
            // From the third group on all separators are the same.
            if let [_, second, third, ..] = ending
                && second.separator != third.separator
            {
                return None;
            }
            // Digits that stand one by one wait for the end of their run.
            if self.singles > 1 && ending.len() <= self.singles || !self.may_be(digits, ending) {
                continue;
            }
            let shape = match ending {
                [alone] => Shape::Alone { decimal: alone.decimal || alone.separator == Some(Separator::Dot) },
                [_, second, ..] => Shape::Groups(second.separator.unwrap_or_default()),
                [] => return None,
            };
            let found = Number::of(ending, self.x).and_then(|number| number.look(shape));
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// How the digits of a number stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// In one group; `decimal` if a point and digits touch it.
    Alone { decimal: bool },
    /// In groups with this between them.
    Groups(Separator),
    /// Every digit by itself.
    Singles,
}

/// Digits of one or more groups, which may be a number.
struct Number<'a> {
    groups: &'a [Group],
    text: [u8; DIGITS_MAX],
    digits: usize,
    x: bool,
}

impl<'a> Number<'a> {
    fn of(groups: &'a [Group], x: bool) -> Option<Self> {
        let mut text = [0; DIGITS_MAX];
        let mut digits = 0;
        for part in groups.iter().map(Group::text) {
            text.get_mut(digits..digits + part.len())?.copy_from_slice(part);
            digits += part.len();
        }
        (digits >= DIGITS_MIN).then_some(Self { groups, text, digits, x })
    }

    fn look(&self, shape: Shape) -> Option<Finding> {
        let kind = if self.is_resident(shape) {
            Kind::ResidentId
        } else if self.x {
            // A check character X belongs to an identity number, or to another register's number.
            return None;
        } else if self.is_mobile(shape) {
            Kind::Mobile
        } else if self.is_card(shape) {
            Kind::BankCard
        } else {
            return None;
        };
        Some(Finding { kind, offset: self.groups.first()?.offset })
    }

    fn text(&self) -> &[u8] {
        self.text.get(..self.digits).unwrap_or_default()
    }

    fn sizes_are(&self, first: usize, rest: &[usize]) -> bool {
        let sizes = self.groups.iter().map(Group::digits);
        sizes.eq(core::iter::once(first).chain(rest.iter().copied()))
    }

    /// In any groups: check and birth date leave one in 15,000.
    fn is_resident(&self, shape: Shape) -> bool {
        if matches!(shape, Shape::Groups(Separator::Dot) | Shape::Alone { decimal: true }) {
            return false;
        }
        let mut id = [b'X'; 18];
        let length = if self.x { 17 } else { 18 };
        let fits = self.digits == length;
        id.iter_mut().zip(self.text().iter().take(length)).for_each(|(to, from)| *to = *from);
        fits && ResidentId::from_ascii(&id).is_ok()
    }

    fn is_mobile(&self, shape: Shape) -> bool {
        let number = without_country(self.text());
        if !is_mobile(number) {
            return false;
        }
        // The country code, where it is there, makes the first group longer.
        let code = self.digits - number.len();
        match shape {
            Shape::Alone { decimal } => !decimal,
            Shape::Singles => true,
            Shape::Groups(separator) => {
                let three = self.sizes_are(3 + code, &[4, 4]) || self.sizes_are(3 + code, &[3, 5]);
                let two = self.sizes_are(3 + code, &[8]) || self.sizes_are(7 + code, &[4]);
                let other = self.sizes_are(4 + code, &[3, 4]);
                three || separator != Separator::Dot && (two || other)
            }
        }
    }

    fn is_card(&self, shape: Shape) -> bool {
        let grouped = match shape {
            Shape::Alone { decimal } => !decimal,
            Shape::Singles => true,
            Shape::Groups(Separator::Dot) => false,
            Shape::Groups(_) => are_of_card(self.groups),
        };
        grouped && is_bank_card(self.text())
    }
}

/// Whether people write the number of a card in such groups: by fours, or six and the rest.
fn are_of_card(groups: &[Group]) -> bool {
    match groups {
        [first, _] => first.digits == 6,
        [fours @ .., last] => fours.iter().all(|group| group.digits == 4) && last.digits <= 4,
        [] => false,
    }
}
