//! Subjects, forms, attachments and places, as the module takes them.

use crate::{
    cmd::{
        desk::Desk,
        words::{self, Attached, Salts, name, text, word},
    },
    failure::Failure,
};
use alloy_sol_types::{SolEvent as _, SolValue as _};
use ding_modules::{
    calendar::Day,
    filing::{
        abi::IFiling::{
            self, Attachment, Form, Place, ProviderRecord, ServiceRecord, Subject, providerCall,
            providerOfCodeCall, serviceCall, serviceOfNumberCall,
        },
        events::{self, Event},
        state::ADDRESS,
        terms::{Category, IdType, Kind, Nature, ServiceForm},
    },
    ids::{FilingNumber, normalise},
};
use ding_primitives::{Address, B256, keccak256, limits};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf, str::FromStr};
use zeroize::Zeroizing;

/// A service: its number in the register, or its filing number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceName {
    Id(u64),
    Number(FilingNumber),
}

impl FromStr for ServiceName {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let folded = words::fold(given);
        if (1..=13).contains(&folded.len())
            && let Ok(id) = folded.parse::<u64>()
        {
            return if id == 0 { Err("services are numbered from 1".into()) } else { Ok(Self::Id(id)) };
        }
        FilingNumber::parse(given).map(Self::Number).map_err(|error| {
            format!("{:?} is neither the number of a service nor a filing number: {error}", words::cut(given))
        })
    }
}

impl ServiceName {
    /// Its number in the register.
    pub(super) async fn id(self, desk: &Desk) -> Result<u64, Failure> {
        let number = match self {
            Self::Id(id) => return Ok(id),
            Self::Number(number) => number,
        };
        let id = desk.ask(ADDRESS, &serviceOfNumberCall { number: number.as_str().into() }).await?;
        if id == 0 {
            let (full, chain) = (number.in_full(), &desk.chain.name);
            return Err(Failure::Input(format!(
                "{chain} has recorded no service under {full}; see `ding filing search`"
            )));
        }
        Ok(id)
    }
}

/// A provider: its number in the register, or its unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProviderName {
    Id(u32),
    Code(String),
}

impl FromStr for ProviderName {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let folded = words::fold(given);
        if (1..=10).contains(&folded.len())
            && let Ok(id) = folded.parse::<u32>()
        {
            return if id == 0 { Err("providers are numbered from 1".into()) } else { Ok(Self::Id(id)) };
        }
        words::code(given).map(Self::Code)
    }
}

impl ProviderName {
    /// Its number in the register.
    pub(super) async fn id(&self, desk: &Desk) -> Result<u32, Failure> {
        let uscc = match self {
            Self::Id(id) => return Ok(*id),
            Self::Code(code) => code.clone(),
        };
        let id = desk.ask(ADDRESS, &providerOfCodeCall { uscc: uscc.clone() }).await?;
        if id == 0 {
            let chain = &desk.chain.name;
            return Err(Failure::Input(format!(
                "{chain} has no provider with the code {uscc}; `ding filing register` makes one"
            )));
        }
        Ok(id)
    }
}

/// Who files.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SubjectArgs {
    /// Unified social credit code of an organisation (统一社会信用代码).
    #[arg(long, value_parser = words::code, required_unless_present = "id_type")]
    uscc: Option<String>,
    /// Name of the organisation (主体名称).
    #[arg(long, value_parser = name, required_unless_present = "id_type")]
    name: Option<String>,
    /// Document of an individual: resident-id, passport, taiwan-permit, hong-kong-macau-pass. Names
    /// of people never go on the ledger.
    #[arg(long, value_parser = word::<IdType>, conflicts_with_all = ["uscc", "name"], requires = "id_file")]
    id_type: Option<IdType>,
    /// File with the number of that document; a salted commitment goes on the ledger.
    #[arg(long, value_name = "FILE", requires = "id_type")]
    id_file: Option<PathBuf>,
    /// What it provides: service-provider, technology-provider.
    #[arg(long = "kind", value_parser = word::<Kind>, default_value = "service-provider")]
    kinds: Vec<Kind>,
    /// Administrative division of the subject, six digits.
    #[arg(long, value_parser = words::division)]
    division: u32,
    /// File with the data of the person in charge (负责人); a salted commitment goes on the ledger.
    #[arg(long, value_name = "FILE")]
    person: PathBuf,
    /// File with the rest of the form: addresses, telephones, investor; a salted commitment goes on
    /// the ledger.
    #[arg(long, value_name = "FILE")]
    details: PathBuf,
    /// File to which the salts of the commitments are added. Keep it: without it nobody can show what
    /// was committed to; destroying it is the erasure.
    #[arg(long, value_name = "FILE")]
    salts: PathBuf,
}

impl SubjectArgs {
    /// The subject, and the salts to keep before it is sent.
    pub(super) fn subject(&self) -> Result<(Subject, Salts), Failure> {
        let mut salts = Salts::at(&self.salts)?;
        let (person, details) = (words::personal(&self.person)?, words::personal(&self.details)?);
        let who = self.uscc.clone().unwrap_or_else(|| "individual".into());
        let nature = if self.id_type.is_some() { Nature::Individual } else { Nature::Organisation };
        let id_type = self.id_type.unwrap_or(IdType::CreditCode);
        if self.id_type == Some(IdType::CreditCode) {
            return Err(Failure::Input("a credit code is of organisations; give it with --uscc".into()));
        }
        let subject = match &self.id_file {
            Some(path) => {
                let bytes = words::personal(path)?;
                let number = core::str::from_utf8(&bytes).ok().and_then(normalise).map(Zeroizing::new);
                let number = number.filter(|number| !number.is_empty()).ok_or_else(|| {
                    Failure::Input(format!("{} holds no number of a document", path.display()))
                })?;
                salts.commit(&who, "number of the identity document, normalised", number.as_bytes())
            }
            None => B256::ZERO,
        };
        let subject = Subject {
            nature: nature.number(),
            idType: id_type.number(),
            kinds: self.kinds.iter().fold(0, |bits, kind| bits | kind.number()),
            division: self.division,
            uscc: self.uscc.clone().unwrap_or_default(),
            name: self.name.clone().unwrap_or_default(),
            subject,
            person: salts.commit(&who, "person in charge: the bytes of the file", &person),
            details: salts.commit(&who, "rest of the form: the bytes of the file", &details),
        };
        Ok((subject, salts))
    }
}

/// The form of a service. What is left out stays as it was, where something was.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct FormArgs {
    /// Name of the service (服务名称).
    #[arg(long, value_parser = name)]
    name: Option<String>,
    /// Service category (服务类别): infrastructure, application, technology.
    #[arg(long, value_parser = word::<Category>)]
    category: Option<Category>,
    /// Service form (服务形式): website, app, official-account, mini-program, client, interface, other.
    #[arg(long, value_parser = word::<ServiceForm>)]
    form: Option<ServiceForm>,
    /// Application area (应用领域).
    #[arg(long, value_parser = text)]
    field: Option<String>,
    /// Address of the site, or name of the client or official account.
    #[arg(long, value_parser = text)]
    site: Option<String>,
    /// ICP filing number of the site (ICP备案号).
    #[arg(long, value_parser = text)]
    icp: Option<String>,
    /// What the service does; @FILE reads it from a file.
    #[arg(long, value_parser = text)]
    description: Option<String>,
    /// Where the servers stand (服务器地址).
    #[arg(long, value_parser = text)]
    server: Option<String>,
    /// Division of the servers, six digits; abroad: 0.
    #[arg(long, value_parser = words::division_or_abroad)]
    server_division: Option<u32>,
    /// Consensus mechanism of a consortium chain.
    #[arg(long, value_parser = text)]
    consensus: Option<String>,
    /// Explanation of data that crosses the border; needed where servers are abroad.
    #[arg(long, value_parser = text)]
    cross_border: Option<String>,
    /// Day from which the service is provided (上线日期), such as 2026-03-01.
    #[arg(long, value_parser = words::day)]
    go_live: Option<Day>,
    /// Where it runs: CHAIN:CONTRACT, or CHAIN:CONTRACT:CREATOR:NONCE to prove whose contract it is;
    /// once for each. CONTRACT is an address or 64 digits.
    #[arg(long = "place", value_parser = place)]
    places: Vec<Place>,
    /// Takes every place off the form.
    #[arg(long, conflicts_with = "places")]
    no_places: bool,
}

impl FormArgs {
    /// The whole form; what is missing is taken from `base`.
    ///
    /// # Errors
    ///
    /// Names what is missing.
    pub(super) fn form(&self, base: Option<&Form>) -> Result<Form, Failure> {
        let mut missing = Vec::new();
        fn need<T: Default>(
            given: Option<T>,
            old: Option<T>,
            flag: &'static str,
            missing: &mut Vec<&'static str>,
        ) -> T {
            given.or(old).unwrap_or_else(|| {
                missing.push(flag);
                T::default()
            })
        }
        let text = |given: &Option<String>, old: fn(&Form) -> &String| {
            given.clone().or_else(|| base.map(old).cloned())
        };
        let form = Form {
            name: need(text(&self.name, |form| &form.name), None, "--name", &mut missing),
            category: need(
                self.category.map(Category::number),
                base.map(|form| form.category),
                "--category",
                &mut missing,
            ),
            form: need(
                self.form.map(ServiceForm::number),
                base.map(|form| form.form),
                "--form",
                &mut missing,
            ),
            field: need(text(&self.field, |form| &form.field), None, "--field", &mut missing),
            site: text(&self.site, |form| &form.site).unwrap_or_default(),
            icp: text(&self.icp, |form| &form.icp).unwrap_or_default(),
            description: need(
                text(&self.description, |form| &form.description),
                None,
                "--description",
                &mut missing,
            ),
            server: need(text(&self.server, |form| &form.server), None, "--server", &mut missing),
            serverDivision: need(
                self.server_division,
                base.map(|form| form.serverDivision),
                "--server-division",
                &mut missing,
            ),
            consensus: text(&self.consensus, |form| &form.consensus).unwrap_or_default(),
            crossBorder: text(&self.cross_border, |form| &form.crossBorder).unwrap_or_default(),
            goLive: need(self.go_live.map(Day::get), base.map(|form| form.goLive), "--go-live", &mut missing),
            places: match base {
                Some(base) if self.places.is_empty() && !self.no_places => base.places.clone(),
                _ => self.places.clone(),
            },
        };
        if missing.is_empty() {
            return Ok(form);
        }
        Err(Failure::Input(format!("the form lacks {}", missing.join(", "))))
    }
}

/// A place: `CHAIN:CONTRACT[:CREATOR:NONCE]`.
fn place(given: &str) -> Result<Place, String> {
    let wrong = || {
        format!(
            "{:?} is no place; write it as 1337:0xADDRESS or 1337:0xADDRESS:0xCREATOR:NONCE",
            words::cut(given)
        )
    };
    let parts: Vec<&str> = given.split(':').collect();
    let (chain, contract, proof) = match parts.as_slice() {
        [chain, contract] => (chain, contract, None),
        [chain, contract, creator, nonce] => (chain, contract, Some((creator, nonce))),
        _ => return Err(wrong()),
    };
    let chain_id = chain.parse().ok().filter(|id: &u64| *id > 0).ok_or_else(wrong)?;
    let by_address = || contract.parse::<Address>().ok().map(|address| address.into_word());
    let place =
        contract.parse::<B256>().ok().or_else(by_address).filter(|word| !word.is_zero()).ok_or_else(wrong)?;
    let (creator, nonce) = match proof {
        None => (Address::ZERO, 0),
        Some((creator, nonce)) => {
            (creator.parse().map_err(|_| wrong())?, nonce.parse().map_err(|_| wrong())?)
        }
    };
    Ok(Place { chainId: chain_id, place, creator, nonce })
}

/// Attachments as the module takes them.
pub(super) fn attachments(given: &[Attached]) -> Vec<Attachment> {
    let each = given.iter().map(|attached| Attachment {
        kind: attached.kind.number(),
        format: attached.format.number(),
        size: attached.size,
        digest: attached.digest,
    });
    each.collect()
}

/// A service and its provider as the ledger has them.
pub(super) async fn service(desk: &Desk, id: u64) -> Result<(ServiceRecord, ProviderRecord), Failure> {
    let service = desk.ask(ADDRESS, &serviceCall { id }).await?;
    if service.provider == 0 {
        return Err(Failure::Input(format!("{} has no service {id}", desk.chain.name)));
    }
    let provider = desk.ask(ADDRESS, &providerCall { id: service.provider }).await?;
    Ok((service, provider))
}

/// The form that an event tells of, if it is one with a form.
fn form_of(event: Event) -> Option<Form> {
    match event {
        Event::Declared(event) => Some(event.form),
        Event::ChangeReported(event) => Some(event.form),
        _ => None,
    }
}

/// The digest under which the ledger knows a form.
pub(super) fn content(form: &Form) -> B256 {
    keccak256(form.abi_encode())
}

/// The form with this digest, out of the events of a service.
///
/// # Errors
///
/// The member keeps no event with it.
pub(super) async fn form_with(desk: &Desk, id: u64, wanted: B256) -> Result<Form, Failure> {
    let topic = B256::left_padding_from(&id.to_be_bytes());
    for signature in [IFiling::Declared::SIGNATURE_HASH, IFiling::ChangeReported::SIGNATURE_HASH] {
        let logs = desk.logs(ADDRESS, &[signature, topic]).await?;
        let forms = logs.iter().rev().filter_map(events::decode).filter_map(form_of);
        // The ledger keeps the digest: a member cannot show another text.
        if let Some(form) = forms.into_iter().find(|form| content(form) == wanted) {
            return Ok(form);
        }
    }
    Err(no_text(id, wanted))
}

/// The forms with these digests, out of the events of services: [`form_with`] for many at once.
///
/// # Errors
///
/// The member keeps no event with one of them.
pub(super) async fn forms_with(desk: &Desk, wanted: &[(u64, B256)]) -> Result<Vec<Form>, Failure> {
    let topics: Vec<B256> = wanted.iter().map(|(id, _)| B256::left_padding_from(&id.to_be_bytes())).collect();
    let mut known = BTreeMap::new();
    for part in topics.chunks(limits::FILING_BATCH_MAX) {
        let signatures = [IFiling::Declared::SIGNATURE_HASH, IFiling::ChangeReported::SIGNATURE_HASH];
        let logs = desk.logs_where(ADDRESS, json!([signatures, part])).await?;
        let forms = logs.iter().filter_map(events::decode).filter_map(form_of);
        known.extend(forms.map(|form| (content(&form), form)));
    }
    let find = |(id, digest): &(u64, B256)| known.get(digest).cloned().ok_or_else(|| no_text(*id, *digest));
    wanted.iter().map(find).collect()
}

/// The subjects with these digests, out of the events of providers.
///
/// # Errors
///
/// The member keeps no event with one of them.
pub(super) async fn subjects_with(desk: &Desk, wanted: &[(u32, B256)]) -> Result<Vec<Subject>, Failure> {
    let topics: Vec<B256> = wanted.iter().map(|(id, _)| B256::left_padding_from(&id.to_be_bytes())).collect();
    let mut known = BTreeMap::new();
    for part in topics.chunks(limits::FILING_BATCH_MAX) {
        let signatures =
            [IFiling::ProviderRegistered::SIGNATURE_HASH, IFiling::ProviderChanged::SIGNATURE_HASH];
        let logs = desk.logs_where(ADDRESS, json!([signatures, part])).await?;
        let subjects = logs.iter().filter_map(events::decode).filter_map(|event| match event {
            Event::ProviderRegistered(event) => Some(event.subject),
            Event::ProviderChanged(event) => Some(event.subject),
            _ => None,
        });
        // The ledger keeps the digest: a member cannot show another name.
        known.extend(subjects.map(|subject| (keccak256(subject.abi_encode()), subject)));
    }
    let find = |(id, digest): &(u32, B256)| {
        known.get(digest).cloned().ok_or_else(|| {
            Failure::Failed(format!(
                "the member keeps no text of provider {id} with the digest {digest}; ask another member"
            ))
        })
    };
    wanted.iter().map(find).collect()
}

fn no_text(id: u64, digest: B256) -> Failure {
    Failure::Failed(format!(
        "the member keeps no text of service {id} with the digest {digest}; ask another member"
    ))
}

/// The change that was reported last.
pub(super) async fn reported(desk: &Desk, id: u64) -> Result<Form, Failure> {
    let topic = B256::left_padding_from(&id.to_be_bytes());
    let logs = desk.logs(ADDRESS, &[IFiling::ChangeReported::SIGNATURE_HASH, topic]).await?;
    let last = logs.last().and_then(events::decode).and_then(form_of);
    last.ok_or_else(|| Failure::Input(format!("no change of service {id} was ever reported")))
}
