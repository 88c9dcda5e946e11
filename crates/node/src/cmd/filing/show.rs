//! Pages about one thing: a service, a provider, a batch, the penalty table. For people in words and
//! sections, for scripts as the ledger and the read model hold it.

use super::forms;
use crate::{
    cmd::{
        desk::Desk,
        lists::{self, Page, Profile, filter},
        named,
    },
    failure::Failure,
    text::{say, say_json},
};
use ding_modules::{
    calendar::Day,
    filing::{
        State,
        abi::IFiling::{
            Form, ProviderRecord, ServiceRecord, Subject, articleCall, clocksOfCall, placesOfCall,
            proposalCall,
        },
        service_key,
        state::{ADDRESS, Service},
        terms::{Article, Category, Clock, Duty, IdType, Kind, Material, Measure, Nature, ServiceForm},
    },
    ids::{FilingNumber, Province},
    orders,
    services::{
        self,
        abi::IServices::{Hold, holdsCall},
    },
};
use serde_json::{Value, json};

fn name_of<T>(number: u8, find: fn(u8) -> Option<T>, name: fn(T) -> &'static str) -> String {
    find(number).map_or_else(|| number.to_string(), |term| name(term).to_owned())
}

pub(super) async fn service(desk: &Desk, id: u64) -> Result<(), Failure> {
    let (value, page) = whole(desk, id).await?;
    if desk.json { say_json(&value) } else { say(&page.text()) }
}

/// Everything about a service, for scripts and for people: what the ledger holds itself, and the history
/// that a read model adds.
pub(super) async fn whole(desk: &Desk, id: u64) -> Result<(Value, Profile), Failure> {
    let (service, provider) = forms::service(desk, id).await?;
    let form = forms::form_with(desk, id, service.content).await?;
    let proposal = desk.ask(ADDRESS, &proposalCall { service: id }).await?;
    let places = desk.ask(ADDRESS, &placesOfCall { service: id }).await?;
    let clocks = desk.ask(ADDRESS, &clocksOfCall { service: id }).await?;
    let mut value = service_json(id, &service);
    value["form"] = form_json(&form);
    value["provider"] = provider_json(service.provider, &provider);
    if !proposal.number.is_empty() {
        value["proposed"] = json!({
            "number": full(&proposal.number), "by": proposal.account, "wrongCheckDigitConfirmed": proposal.confirmed,
        });
    }
    let bound = places.places.iter().zip(&places.bound);
    value["contracts"] = bound.map(|(place, bound)| json!({ "place": place, "bound": bound })).collect();
    let clocks = clocks.iter().map(|clock| {
        json!({
            "clock": name_of(clock.clock, Clock::from_number, Clock::name),
            "dueDay": Day::new(clock.dueDay).to_string(), "provisional": clock.provisional, "overdue": clock.overdue,
        })
    });
    value["clocks"] = clocks.collect();
    let stops = stops(desk, id).await?;
    value["stoppedByOrders"] = stops.iter().map(|hold| hold.referenceId).collect();
    // A member without a read model shows the record all the same.
    if let Ok(history) = desk.query::<Value>("ding_filing", json!({ "service": id })).await {
        value["history"] = history;
    }
    let mut page = Profile::new(format!("service {id} on {}: {}", desk.chain.name, form.name));
    let text = |key: &str| value.get(key).map(lists::word).unwrap_or_default();
    page.row("filing number", text("number"));
    page.row("state", text("state"));
    for hold in &stops {
        let until = named::time(hold.untilMs, "it is lifted");
        page.row(
            "stopped",
            format!("by order {}, from block {} until {until}", hold.referenceId, hold.fromHeight),
        );
    }
    for key in ["change", "inspection", "termination"] {
        page.row(key, text(key));
    }
    if !proposal.number.is_empty() {
        page.row(
            "proposed",
            format!(
                "{} by {}\nanother person records it: ding filing record {id}",
                full(&proposal.number),
                proposal.account
            ),
        );
    }
    page.row("recorded on", text("recordedOn"));
    page.row("batch", text("batch"));
    let flags = [
        (Service::LATE, "filed late"),
        (Service::IMPORTED, "imported from the earlier register"),
        (Service::CONFIRMED, "the check digit of its number is wrong, and was confirmed"),
    ];
    let flags = flags.into_iter().filter(|(bit, _)| service.flags & bit != 0).map(|(_, text)| text);
    page.row("note", flags.collect::<Vec<_>>().join("\n"));
    let declared = declared(desk, service.provider, &provider).await?;
    page.row("provider", format!("{} (provider {})", called(declared.as_ref()), service.provider));
    page.row("attachments", text("materials"));
    page.section("what it is");
    form_rows(&mut page, &form);
    for (place, bound) in places.places.iter().zip(&places.bound) {
        let bound = if *bound { "bound: a suspension stops its calls" } else { "not bound yet" };
        page.row("runs at", format!("{place} on this chain, {bound}"));
    }
    page.section("clocks");
    for clock in desk.ask(ADDRESS, &clocksOfCall { service: id }).await? {
        let marks = [(clock.provisional, ", provisional"), (clock.overdue, ", overdue")];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        let name = name_of(clock.clock, Clock::from_number, Clock::name);
        page.row(name, format!("until the end of {}{marks}", Day::new(clock.dueDay)));
    }
    lists::duties(&mut page, &value["history"]["clocks"]);
    items(&mut page, &value["history"]);
    lists::history(&mut page, &value["history"]["steps"]);
    Ok((value, page))
}

/// Orders that stop a service, now or from a later block on.
async fn stops(desk: &Desk, id: u64) -> Result<Vec<Hold>, Failure> {
    let key = service_key(desk.chain.chain_id.to(), id);
    let holds = desk.ask(services::state::ADDRESS, &holdsCall { id: key }).await?;
    Ok(holds.into_iter().filter(|hold| hold.by == orders::state::ADDRESS && hold.liftedHeight == 0).collect())
}

/// Rows of a form.
fn form_rows(page: &mut Profile, form: &Form) {
    page.row("category", name_of(form.category, Category::from_number, Category::name));
    page.row("form", name_of(form.form, ServiceForm::from_number, ServiceForm::name));
    page.row("application area", form.field.as_str());
    page.row("site or name", form.site.as_str());
    page.row("ICP filing", form.icp.as_str());
    page.row("description", form.description.as_str());
    let place = match (form.serverDivision, Province::of_division(form.serverDivision)) {
        (0, _) => "abroad".into(),
        (division, Some(province)) => format!("{division}, {}", province.name()),
        (division, None) => division.to_string(),
    };
    page.row("servers", format!("{} ({place})", form.server));
    page.row("consensus", form.consensus.as_str());
    page.row("data abroad", form.crossBorder.as_str());
    page.row("provided since", Day::new(form.goLive).to_string());
    for place in &form.places {
        page.row("declared to run at", format!("{} on chain {}", place.place, place.chainId));
    }
}

/// Rows of what runs beside the filing: objections, penalties and so on, with what they are about.
fn items(page: &mut Profile, history: &Value) {
    page.section("beside the filing");
    let kinds = [
        ("objections", "objection"),
        ("penalties", "measure"),
        ("assessments", "assessment"),
        ("changes", "change"),
        ("inspections", "inspection"),
        ("notices", "notice of the end"),
    ];
    for (list, name) in kinds {
        for item in history.get(list).and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| item.get(key).filter(|value| !value.is_null()).map(lists::word);
            let said =
                |key: &str| item["content"].get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            let fine = item.get("amountFen").and_then(Value::as_u64).map(|fen| format!("{} yuan", yuan(fen)));
            let what = [text("measure"), fine, text("state"), text("day")];
            let mut value = what.into_iter().flatten().collect::<Vec<_>>().join(", ");
            for key in ["subject", "statement", "text", "reasons", "reason"] {
                value.extend(said(key).map(|said| format!("\n{said}")));
            }
            let number = text("id").filter(|_| matches!(name, "objection" | "measure" | "assessment"));
            page.row(
                [Some(name.to_owned()), number].into_iter().flatten().collect::<Vec<_>>().join(" "),
                value,
            );
        }
    }
}

/// What a provider declared, by the events that the ledger vouches for, if the member keeps them.
async fn declared(desk: &Desk, id: u32, provider: &ProviderRecord) -> Result<Option<Subject>, Failure> {
    match forms::subjects_with(desk, &[(id, provider.content)]).await {
        Ok(subjects) => Ok(subjects.into_iter().next()),
        Err(error @ Failure::Unreachable(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// What a provider is called.
fn called(declared: Option<&Subject>) -> &str {
    match declared.map(|subject| subject.name.as_str()) {
        None => "name not kept by this member",
        Some("") => "an individual",
        Some(name) => name,
    }
}

pub(super) async fn provider(desk: &Desk, id: u32, found: &ProviderRecord) -> Result<(), Failure> {
    let declared = declared(desk, id, found).await?;
    let mut value = provider_json(id, found);
    if desk.json {
        let name = declared.map(|subject| subject.name).filter(|name| !name.is_empty());
        value["name"] = json!(name);
        return say_json(&value);
    }
    let name = called(declared.as_ref());
    let text =
        |key: &str| value.get(key).filter(|value| !value.is_null()).map(lists::word).unwrap_or_default();
    let mut page = Profile::new(format!("provider {id} on {}: {name}", desk.chain.name));
    page.row("nature", text("nature"));
    page.row("credit code", text("uscc"));
    page.row("kind", text("kinds"));
    page.row("division", format!("{}, {}", text("division"), text("province")));
    if found.account.is_zero() {
        page.row("account", format!("none yet; ding filing set-account {id} --account 0x… gives it one"));
    } else {
        page.row("account", text("account"));
    }
    page.row("organisation", text("organisation"));
    page.row("services", text("services"));
    page.row("person in charge", format!("commitment {}", found.person));
    // A member without a read model shows the record all the same.
    let wanted = filter([("provider", Some(id.into()))]);
    let all = Page { limit: 50, after: None };
    if let Ok(list) = lists::fetch(desk, "ding_filings", &wanted, &all).await {
        page.section("its services, the newest first");
        for item in &list.items {
            let text = |key: &str| item.get(key).filter(|value| !value.is_null()).map(lists::word);
            let stopped = text("stoppedByOrder").map(|order| format!("stopped by order {order}"));
            let what = [text("name"), text("number"), text("state"), stopped];
            page.row(
                format!("service {}", text("service").unwrap_or_default()),
                what.into_iter().flatten().collect::<Vec<_>>().join(", "),
            );
        }
    }
    say(&page.text())
}

/// A batch and the beginning of its list.
pub(super) fn batch(desk: &Desk, number: u32, batch: &Value) -> Result<(), Failure> {
    if desk.json {
        return say_json(batch);
    }
    let text = |value: &Value, key: &str| {
        value.get(key).filter(|value| !value.is_null()).map(lists::word).unwrap_or_default()
    };
    let mut page = Profile::new(format!("batch {number} on {}", desk.chain.name));
    page.row("published on", text(batch, "day"));
    page.row("objections", format!("within {} working days", text(batch, "workingDays")));
    page.row("services", text(batch, "services"));
    page.row("document", text(batch, "document"));
    page.section("the list");
    for item in batch.get("items").and_then(Value::as_array).into_iter().flatten() {
        let provider = Some(text(item, "provider")).filter(|name| !name.is_empty());
        page.row(
            text(item, "place"),
            format!(
                "{}  {}, {}, {}",
                full(&text(item, "number")),
                text(item, "name"),
                provider.unwrap_or_else(|| "an individual".into()),
                text(item, "state")
            ),
        );
    }
    if batch.get("next").is_some_and(|next| !next.is_null()) {
        page.row(
            "",
            format!("and more: ding filing list --batch {number}, or ding filing export --batch {number}"),
        );
    }
    say(&page.text())
}

fn full(number: &str) -> String {
    FilingNumber::parse(number).map_or_else(|_| number.to_owned(), |number| number.in_full())
}

fn day_or_none(day: u32) -> Value {
    if day == 0 { Value::Null } else { Day::new(day).to_string().into() }
}

fn service_json(id: u64, service: &ServiceRecord) -> Value {
    let state = |number| name_of(number, State::from_number, State::name);
    let flag = |bit: u8| service.flags & bit != 0;
    let number = if service.number.is_empty() { Value::Null } else { full(&service.number).into() };
    let materials = Material::ALL.into_iter().filter(|material| service.materials & material.bit() != 0);
    let track = |number: u8| if number == 0 { Value::Null } else { state(number).into() };
    json!({
        "service": id, "number": number, "state": state(service.status), "change": track(service.change),
        "inspection": track(service.inspection), "termination": track(service.termination),
        "recordedOn": day_or_none(service.recordedOn), "batch": Some(service.batch).filter(|batch| *batch > 0),
        "filedLate": flag(Service::LATE), "imported": flag(Service::IMPORTED),
        "wrongCheckDigitConfirmed": flag(Service::CONFIRMED),
        "materials": materials.map(Material::name).collect::<Vec<_>>(), "content": service.content,
    })
}

/// The form of a service in words.
fn form_json(form: &Form) -> Value {
    let optional = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let places = form.places.iter().map(|place| format!("{}:{}", place.chainId, place.place));
    json!({
        "name": form.name, "category": name_of(form.category, Category::from_number, Category::name),
        "form": name_of(form.form, ServiceForm::from_number, ServiceForm::name), "field": form.field,
        "site": optional(&form.site), "icp": optional(&form.icp), "description": form.description,
        "server": form.server, "serverDivision": Some(form.serverDivision).filter(|division| *division > 0),
        "consensus": optional(&form.consensus), "crossBorder": optional(&form.crossBorder),
        "goLive": Day::new(form.goLive).to_string(), "places": places.collect::<Vec<_>>(),
    })
}

fn provider_json(id: u32, provider: &ProviderRecord) -> Value {
    let uscc: String =
        provider.uscc.iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    let kinds = Kind::ALL.into_iter().filter(|kind| provider.kinds & kind.number() != 0);
    let province = Province::of_division(provider.division).map(Province::name);
    json!({
        "provider": id, "uscc": Some(uscc).filter(|uscc| !uscc.is_empty()),
        "nature": name_of(provider.nature, Nature::from_number, Nature::name),
        "idType": name_of(provider.idType, IdType::from_number, IdType::name),
        "kinds": kinds.map(Kind::name).collect::<Vec<_>>(), "division": provider.division, "province": province,
        "services": provider.services, "account": provider.account,
        "organisation": Some(provider.organisation).filter(|organisation| *organisation > 0),
        "personCommitment": provider.person, "content": provider.content,
    })
}

pub(super) async fn articles(desk: &Desk) -> Result<(), Failure> {
    let mut list = Vec::new();
    for number in Article::NUMBERS {
        let article = desk.ask(ADDRESS, &articleCall { number }).await?;
        let breaches = Duty::ALL.into_iter().filter(|duty| article.breaches & duty.bit() != 0);
        let measures = Measure::ALL.into_iter().filter(|measure| article.measures & measure.bit() != 0);
        list.push(json!({
            "article": number, "minYuan": yuan(article.minFen), "maxYuan": yuan(article.maxFen),
            "breaches": breaches.map(Duty::name).collect::<Vec<_>>(),
            "measures": measures.map(Measure::name).collect::<Vec<_>>(),
        }));
    }
    if desk.json {
        return say_json(&json!({ "articles": list }));
    }
    let mut page = Profile::new(format!("the penalty table on {}", desk.chain.name));
    for article in &list {
        let text = |key: &str| article.get(key).map(lists::word).unwrap_or_default();
        let fines = match text("maxYuan").as_str() {
            "0" => "no fine".to_owned(),
            max => format!("fines from {} to {max} yuan", text("minYuan")),
        };
        page.row(
            format!("article {}", text("article")),
            format!("{}\n{fines}\nfor {}", text("measures"), text("breaches")),
        );
    }
    say(&page.text())
}

fn yuan(fen: u64) -> String {
    if fen.is_multiple_of(100) { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
}
