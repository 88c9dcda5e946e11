//! Who files: providers, what they say of themselves, and texts.

use super::*;

/// Signs of unified social credit codes, in the order of their values.
const SIGNS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A list that is not empty and not too long.
pub(super) fn listed(field: &str, count: usize, max: usize) -> Result<(), Refusal> {
    if (1..=max).contains(&count) { Ok(()) } else { list_size(field, count, max) }
}

pub(super) fn list_size(field: &str, count: usize, max: usize) -> Result<(), Refusal> {
    let [count, max] = [count, max].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    refuse(ListSize { field: field.into(), count, max })
}

fn too_long(field: &str, length: usize, max: usize) -> Result<(), Refusal> {
    let [bytes_, max] = [length, max].map(|length| u32::try_from(length).unwrap_or(u32::MAX));
    refuse(TextTooLong { field: field.into(), bytes_, max })
}

pub(super) fn missing<T>(field: &str) -> Result<T, Refusal> {
    refuse(Missing { field: field.into() })
}

pub(super) fn not_expected<T>(field: &str) -> Result<T, Refusal> {
    refuse(NotExpected { field: field.into() })
}

/// Refuses a text that is too long or has spaces around it or control characters, or is missing.
pub(super) fn text(field: &str, value: &str, max: usize, needed: bool) -> Result<(), Refusal> {
    if needed && value.is_empty() {
        return missing(field);
    }
    if value.len() > max {
        return too_long(field, value.len(), max);
    }
    // The interface says that full-width forms are refused too; they are not.
    let odd = |sign: char| sign.is_control() && sign != '\n' && sign != '\t';
    if value.trim() != value || value.chars().any(odd) {
        return refuse(NotNormalised { field: field.into() });
    }
    Ok(())
}

pub(super) fn long_text(field: &str, value: &str, needed: bool) -> Result<(), Refusal> {
    text(field, value, limits::FILING_TEXT_BYTES_MAX, needed)
}

/// Refuses a name that is missing, has too many characters, or has odd ones.
pub(super) fn named(field: &str, value: &str) -> Result<(), Refusal> {
    let (characters, max) = (value.chars().count(), limits::FILING_NAME_CHARS_MAX);
    if value.trim().is_empty() {
        return missing(field);
    }
    if characters > max {
        return too_long(field, characters, max);
    }
    if value.trim() != value || value.chars().any(|sign| sign.is_control() || is_unseen(sign)) {
        return refuse(NotNormalised { field: field.into() });
    }
    Ok(())
}

/// Of the signs that nobody sees, those that stories have.
const fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{200b}' | '\u{feff}')
}

/// Refuses a text that says that somebody approved.
pub(super) fn modest(text: &str) -> Result<(), Refusal> {
    let closed = |text: &str| -> String {
        let signs = text.chars().map(half).filter(|sign| !sign.is_whitespace() && !is_unseen(*sign));
        signs.collect::<String>().to_ascii_lowercase()
    };
    let read = closed(text);
    match APPROVAL_WORDING.into_iter().find(|phrase| read.contains(&closed(phrase))) {
        Some(phrase) => refuse(ApprovalWording { phrase: phrase.into() }),
        None => Ok(()),
    }
}

/// A full-width sign of ASCII as the sign itself.
pub(super) fn half(sign: char) -> char {
    match u32::from(sign) {
        0x3000 => ' ',
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(sign),
        _ => sign,
    }
}

/// A number as it is compared: half width, capital letters, nothing between its signs.
pub(in crate::targets::calls) fn folded(text: &str) -> String {
    let gap = |sign: &char| sign.is_whitespace() || is_unseen(*sign) || matches!(sign, '-' | '.' | '·');
    text.chars().map(half).filter(|sign| !gap(sign)).collect::<String>().to_ascii_uppercase()
}

pub(super) fn there(field: &str, digest: B256) -> Result<(), Refusal> {
    if digest.is_zero() { missing(field) } else { Ok(()) }
}

/// What is wrong with a code.
pub(in crate::targets::calls) fn wrong(code: &str) -> Option<String> {
    let count = code.chars().count();
    if count != 18 {
        return Some(format!("{count} characters; a unified social credit code has 18, all of them ASCII"));
    }
    let value =
        |sign: char| SIGNS.chars().position(|known| known == sign).and_then(|at| u32::try_from(at).ok());
    let odd =
        |at: usize, sign: char| value(sign).is_none() || ((2..8).contains(&at) && !sign.is_ascii_digit());
    if let Some(at) = code.chars().enumerate().position(|(at, sign)| odd(at, sign)) {
        return Some(format!(
            "character {} is not allowed at its place; digits and capital letters without I O S V Z are",
            at + 1
        ));
    }
    let found = |at: usize| code.chars().nth(at).unwrap_or('?');
    let inner = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 =
        code.chars().skip(8).zip(inner).map(|(sign, weight)| sign.to_digit(36).unwrap_or(0) * weight).sum();
    let want = match 11 - sum % 11 {
        10 => 'X',
        rest => char::from_digit(rest % 11, 10).unwrap_or('?'),
    };
    if found(16) != want {
        let found = found(16);
        return Some(format!(
            "characters 9 to 17 are no organisation code: the check character is {found}, computed {want}"
        ));
    }
    let (mut weight, mut sum) = (1, 0);
    for sign in code.chars().take(17) {
        sum += value(sign).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    let want = SIGNS.chars().cycle().nth(usize::try_from((31 - sum % 31) % 31).unwrap_or(0)).unwrap_or('?');
    let found = found(17);
    (found != want).then(|| format!("the check character is {found}, computed {want}"))
}

/// A code as it is compared.
pub(super) fn code(given: &str) -> Result<String, Refusal> {
    let code = folded(given).replace('O', "0");
    match wrong(&code) {
        None => Ok(code),
        Some(reason) => refuse(BadCode { uscc: given.chars().take(32).collect(), reason }),
    }
}

/// Left-aligned in a word.
pub(super) fn word(code: &str) -> B256 {
    B256::right_padding_from(code.as_bytes())
}

pub(super) fn content(subject: &Subject) -> B256 {
    keccak256(subject.abi_encode())
}

/// Signs of the provinces, by their codes.
pub(in crate::targets::calls) const PROVINCES: [(u32, char); 31] = [
    (11, '京'),
    (12, '津'),
    (13, '冀'),
    (14, '晋'),
    (15, '蒙'),
    (21, '辽'),
    (22, '吉'),
    (23, '黑'),
    (31, '沪'),
    (32, '苏'),
    (33, '浙'),
    (34, '皖'),
    (35, '闽'),
    (36, '赣'),
    (37, '鲁'),
    (41, '豫'),
    (42, '鄂'),
    (43, '湘'),
    (44, '粤'),
    (45, '桂'),
    (46, '琼'),
    (50, '渝'),
    (51, '川'),
    (52, '贵'),
    (53, '云'),
    (54, '藏'),
    (61, '陕'),
    (62, '甘'),
    (63, '青'),
    (64, '宁'),
    (65, '新'),
];

pub(super) fn division(number: u32) -> Result<(), Refusal> {
    if PROVINCES.iter().any(|(code, _)| *code == number / 10_000) {
        return Ok(());
    }
    refuse(UnknownDivision { division: number })
}

pub(super) fn term(vocabulary: &str, number: u32, last: u32) -> Result<(), Refusal> {
    if (1..=last).contains(&number) {
        return Ok(());
    }
    refuse(UnknownTerm { vocabulary: vocabulary.into(), number })
}

/// Whether the parts of a subject fit each other; who that is: a code or a commitment.
pub(super) fn require_subject(subject: &Subject) -> Result<B256, Refusal> {
    let Subject { nature, idType, kinds, .. } = *subject;
    term("nature", nature.into(), 2)?;
    term("identity document", idType.into(), 5)?;
    term("kinds of provider", kinds.into(), 3)?;
    division(subject.division)?;
    if (nature == 1) != (idType == 1) {
        return refuse(WrongIdType { nature, idType });
    }
    let who = if nature == 1 {
        named("name", &subject.name)?;
        modest(&subject.name)?;
        if !subject.subject.is_zero() {
            return not_expected("subject");
        }
        word(&code(&subject.uscc)?)
    } else {
        if kinds & 2 != 0 {
            return refuse(OrganisationOnly { kinds });
        }
        if !subject.uscc.is_empty() {
            return not_expected("uscc");
        }
        if !subject.name.is_empty() {
            return not_expected("name");
        }
        there("subject", subject.subject)?;
        subject.subject
    };
    there("person", subject.person)?;
    there("details", subject.details)?;
    Ok(who)
}

impl Model {
    /// Number of the first such provider; 0 if there is none.
    fn find(&self, of: impl Fn(&Provider) -> bool) -> u32 {
        let place = self.providers.iter().position(of);
        place.and_then(|place| u32::try_from(place + 1).ok()).unwrap_or(0)
    }

    pub(super) fn in_charge(&self, account: Address) -> u32 {
        if account.is_zero() { 0 } else { self.find(|provider| provider.account == account) }
    }

    /// Number of the organisation with a code; 0 if there is none.
    pub(super) fn of_code(&self, code: B256) -> u32 {
        self.find(|provider| provider.subject.nature == 1 && provider.who == code)
    }

    fn require_free(&self, account: Address) -> Result<(), Refusal> {
        match self.in_charge(account) {
            0 => Ok(()),
            provider => refuse(AccountInCharge { account, provider }),
        }
    }

    /// An account of an organisation with a code acts for no other provider.
    fn require_own(account: Address, given: B256) -> Result<(), Refusal> {
        match code_of(account) {
            Some(bound) if bound != given && !account.is_zero() => {
                refuse(OtherCode { account, bound, given })
            }
            _ => Ok(()),
        }
    }

    /// The organisation whose accounts act for a provider: one that bears its code.
    fn acting(account: Address, subject: &Subject, who: B256) -> u32 {
        let own = subject.nature == 1 && code_of(account) == Some(who);
        if own { organisation_of(account) } else { 0 }
    }

    /// Enters a new provider.
    pub(super) fn enter(&mut self, account: Address, subject: &Subject) -> Result<u32, Refusal> {
        let who = require_subject(subject)?;
        self.require_free(account)?;
        // A person may be there already: only codes are compared.
        let provider = self.of_code(who);
        if provider != 0 && subject.nature == 1 {
            return refuse(AlreadyRegistered { provider });
        }
        Self::require_own(account, who)?;
        let organisation = Self::acting(account, subject, who);
        let subject = subject.clone();
        self.providers.push(Provider {
            account,
            organisation,
            subject: subject.clone(),
            who,
            services: 0,
            subject_number: 0,
            sequence: 0,
        });
        let provider = u32::try_from(self.providers.len()).unwrap_or(u32::MAX);
        let content = content(&subject);
        self.emit(&ProviderRegistered { provider, account, organisation, subject, content });
        Ok(provider)
    }

    pub(super) fn register(&mut self, call: &registerProviderCall) -> Result<Vec<u8>, Refusal> {
        let provider = self.enter(self.caller, &call.subject)?;
        Ok(registerProviderCall::abi_encode_returns(&provider))
    }

    fn is_national(&self) -> bool {
        matches!(organisation_of(self.caller), 1 | 2)
    }

    pub(super) fn change_provider(&mut self, call: &changeProviderCall) -> Result<Vec<u8>, Refusal> {
        let changeProviderCall { provider: id, subject, changedOn, reason } = call.clone();
        let old = self.provider(id)?.clone();
        let moves = old.services > 0 && old.subject.division / 10_000 != subject.division / 10_000;
        if !moves {
            self.require_provider(id)?;
        } else if !self.is_national() {
            let (division, given) = (old.subject.division, subject.division);
            return refuse(OtherProvince { provider: id, division, given });
        }
        let given = require_subject(&subject)?;
        let account = self.caller;
        if subject.nature != old.subject.nature {
            return not_expected("nature");
        }
        if subject.nature == 1 && given != old.who {
            return refuse(OtherCode { account, bound: old.who, given });
        }
        Self::require_own(old.account, given)?;
        long_text("reason", &reason, false)?;
        self.require_past("changedOn", changedOn)?;
        let late = self.is_over((5, changedOn, self.period(5)));
        alter(&mut self.providers, id.into(), |provider| {
            (provider.subject, provider.who) = (subject.clone(), given);
        });
        let content = content(&subject);
        self.emit(&ProviderChanged { provider: id, account, changedOn, late, subject, content, reason });
        Ok(Vec::new())
    }

    pub(super) fn set_account(&mut self, call: &setAccountCall) -> Result<Vec<u8>, Refusal> {
        let setAccountCall { provider: id, account, reason } = call.clone();
        let old = self.provider(id)?.clone();
        if self.require_provider(id).is_err() {
            self.actor(3, None)?;
        }
        if account.is_zero() {
            return missing("account");
        }
        long_text("reason", &reason, false)?;
        self.require_free(account)?;
        Self::require_own(account, old.who)?;
        // The interface promises the organisation of the account; it is that only with the same code.
        let organisation = Self::acting(account, &old.subject, old.who);
        alter(&mut self.providers, id.into(), |provider| {
            (provider.account, provider.organisation) = (account, organisation);
        });
        let (before, by) = (old.account, self.caller);
        self.emit(&AccountSet { provider: id, account, before, by, organisation, reason });
        Ok(Vec::new())
    }
}
