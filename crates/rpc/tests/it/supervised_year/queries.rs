//! What the door tells of the year: lists, the queue, search, reports. Asked at the ends of chapters, and
//! held against what the story did and what the modules' own views say.

use super::{
    batches::{FIRST_BATCH, LATE, OVERDUE, Register, SECOND_BATCH, THIN},
    orders::SUSPENDED,
    people::*,
    pilots::{Pilots, SPECIALS, STARTED, ZONES},
    spring::{ENDING, FALSE_FILING, SILENT},
    stage::Year,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn all<'a>(items: &'a [Value], field: &'a str) -> impl Iterator<Item = &'a Value> {
    items.iter().map(move |item| &item[field])
}

fn numbers(items: &[Value], field: &str) -> Vec<u64> {
    all(items, field).map(|value| value.as_u64().unwrap()).collect()
}

/// 6 February: what the national administration must decide by the 9th are the filings of 12 January.
pub(crate) fn queue_of_the_first_week(year: &Year, register: &Register) {
    let due = year.items("ding_queue", &json!({"role": "supervisor", "by": "2026-02-09"}));
    let mut services = numbers(&due, "id");
    services.sort_unstable();
    assert_eq!(services, register.ids(0..14));
    assert!(
        all(&due, "due").all(|day| day == "2026-02-09") && all(&due, "overdue").all(|over| over == false)
    );
    // Each province sees its own.
    let beijing = year.items("ding_queue", &json!({"division": 11, "by": "2026-02-09"}));
    assert_eq!(numbers(&beijing, "id"), [register.service(THIN).id]);
}

/// 6 March: the overlooked filing stands first, and is overdue.
pub(crate) fn queue_with_an_overdue_decision(year: &Year, register: &Register) {
    let queue = year.get("ding_queue", &json!({"role": "supervisor"}));
    let (first, second) = (&queue["items"][0], &queue["items"][1]);
    assert_eq!(first["id"], register.service(OVERDUE).id);
    assert_eq!((&first["due"], &first["overdue"]), (&json!("2026-03-05"), &json!(true)));
    assert_eq!((&second["id"], &second["overdue"]), (&json!(register.service(LATE).id), &json!(false)));
    let overdue = year.items("ding_queue", &json!({"overdue": true}));
    assert_eq!(numbers(&overdue, "id"), [register.service(OVERDUE).id]);
    let late = year.get("ding_filing", &json!({"service": register.service(LATE).id}));
    assert_eq!((&late["late"], &late["state"]), (&json!(true), &json!("submitted")));
}

/// A batch: its public list, its filings, and its services by part of a Chinese name.
pub(crate) fn batch_is_public(year: &Year, register: &Register, batch: u32) {
    let count = if batch == 1 { FIRST_BATCH } else { SECOND_BATCH };
    let list = year.items("ding_batch", &json!({"number": batch}));
    let given: BTreeSet<_> = all(&list, "number").map(|number| number.as_str().unwrap()).collect();
    assert_eq!((list.len(), given.len()), (count, count));
    assert_eq!(year.items("ding_filings", &json!({"batch": batch})).len(), count);
    let batches = year.items("ding_batches", &json!({}));
    let shown = batches.iter().find(|shown| shown["number"] == batch).unwrap();
    assert_eq!((&shown["services"], &shown["workingDays"]), (&json!(count), &json!(10)));
    for (place, row) in list.iter().enumerate().step_by(60) {
        let number = row["number"].as_str().unwrap();
        let entry = year.service(row["service"].as_u64().unwrap());
        assert_eq!((entry.number.as_str(), entry.batch), (number, batch), "place {place}");
        let hits = year.get("ding_search", &json!({"text": number}));
        assert_eq!((&hits["items"][0]["id"], &hits["items"][0]["exact"]), (&row["service"], &json!(true)));
    }
    // Part of a Chinese name, and part of an English one.
    for part in ["提单存证", "仓单", "brook bonus"] {
        let named = register.services.iter().filter(|service| service.form.name.contains(part));
        let want: BTreeSet<u64> = named.map(|service| service.id).collect();
        let hits = year.items("ding_search", &json!({"text": part, "kinds": ["service"]}));
        assert_eq!(numbers(&hits, "id").into_iter().collect::<BTreeSet<_>>(), want, "{part}");
        assert!(!want.is_empty() || part.is_ascii(), "{part}");
    }
    let company = &register.firms[register.service(THIN).firm];
    let hits = year.items("ding_search", &json!({"text": company.code, "kinds": ["provider"]}));
    assert_eq!(hits[0]["name"], company.name);
}

/// June: the provider that refused to correct is suspended, and the fine is told with both hands.
pub(crate) fn refusal_is_shown(year: &Year, register: &Register) {
    let suspended = year.items("ding_filings", &json!({"state": "suspended"}));
    assert_eq!(numbers(&suspended, "service"), [register.service(SILENT).id]);
    let whole = year.get("ding_filing", &json!({"service": register.service(SILENT).id}));
    let penalties = whole["penalties"].as_array().unwrap();
    let mut measures: Vec<_> = all(penalties, "measure").map(|measure| measure.as_str().unwrap()).collect();
    measures.sort_unstable();
    assert_eq!(measures, ["fine", "order-to-correct", "suspension"]);
    let fine = penalties.iter().find(|penalty| penalty["measure"] == "fine").unwrap();
    assert_eq!((&fine["state"], &fine["amountFen"]), (&json!("imposed"), &json!(2_000_000)));
}

/// July: the order against a service, its two people, and the appeal in the queue.
pub(crate) fn order_is_shown(year: &Year, register: &Register, appealed: bool) {
    let orders = year.items("ding_orders", &json!({"target": register.service(SUSPENDED).id}));
    assert_eq!(orders.len(), 1);
    let order = &orders[0];
    assert_eq!((&order["action"], &order["state"]), (&json!("suspend"), &json!("in-force")));
    assert_eq!(order["issuer"], json!(BEIJING.address()));
    assert_eq!(order["second"], json!(SECOND.address()));
    let stopped = year.items("ding_filings", &json!({"state": "suspended"}));
    let stopped =
        stopped.iter().find(|service| service["service"] == register.service(SUSPENDED).id).unwrap();
    assert_eq!((&stopped["state"], &stopped["stoppedByOrder"]), (&json!("recorded"), &order["number"]));
    let queue = year.items("ding_queue", &json!({"role": "supervisor"}));
    let appeals = queue.iter().filter(|duty| duty["clock"] == "decide-appeal");
    assert_eq!(appeals.filter(|duty| duty["due"] == "2026-09-08").count(), usize::from(appealed));
}

/// June: the list of pilots by kind, class, zone and field.
pub(crate) fn pilots_are_shown(year: &Year, pilots: &Pilots) {
    let listed = year.items("ding_pilots", &json!({"state": "listed"}));
    let special = all(&listed, "kind").filter(|kind| *kind == "special").count();
    assert_eq!((special, listed.len()), (SPECIALS, SPECIALS + ZONES));
    let field = |name: &str| year.items("ding_pilots", &json!({"state": "listed", "field": name})).len();
    // 164 over sixteen fields: four fields have one more than the others.
    assert_eq!((field("manufacturing"), field("cross-border-finance")), (11, 10));
    let by_class = ["real-economy", "governance", "livelihood", "finance"]
        .map(|class| year.items("ding_pilots", &json!({"state": "listed", "class": class})).len());
    assert_eq!(by_class.iter().sum::<usize>(), SPECIALS);
    let zone = year.items("ding_pilots", &json!({"zone": "xiongan"}));
    assert_eq!((zone.len(), &zone[0]["kind"]), (1, &json!("comprehensive")));
    let pilot = pilots.get(ZONES + 20);
    let hits = year.items("ding_search", &json!({"text": pilot.name, "kinds": ["pilot"]}));
    assert!(numbers(&hits, "id").contains(&pilot.id.into()), "{hits:?}");
}

/// The last day: what the year left, and its reports.
pub(crate) fn the_year_in_numbers(year: &Year, register: &Register, pilots: &Pilots) {
    let ended = year.items("ding_filings", &json!({"state": "deregistered"}));
    let struck: BTreeSet<u64> = numbers(&ended, "service").into_iter().collect();
    assert_eq!(struck, [FALSE_FILING, ENDING].map(|place| register.service(place).id).into());
    assert_eq!(year.items("ding_filings", &json!({"state": "recorded"})).len(), 504);
    let running = year.items("ding_pilots", &json!({"state": "in-progress"}));
    assert_eq!(running.len(), STARTED - 1);
    // Overdue: the objection nobody decided, and the half-year assessment of one pilot.
    let overdue = year.items("ding_queue", &json!({"overdue": true}));
    let steps: Vec<_> = overdue.iter().map(|duty| (duty["kind"].clone(), duty["id"].clone())).collect();
    let objection = (json!("filing"), json!(register.service(FIRST_BATCH + 5).id));
    assert_eq!(steps, [objection, (json!("pilot"), json!(pilots.get(1).id))]);
    assert_eq!(overdue[0]["step"], "decide-objection");
    let days: Vec<_> = all(&overdue, "due").map(Value::to_string).collect();
    assert!(days.is_sorted(), "overdue longest first: {days:?}");

    let report = year.get("ding_orderReport", &json!({"year": 2026}));
    let of = |action: &str| {
        let rows = report["items"].as_array().unwrap();
        let row = rows.iter().find(|row| row["action"] == action).unwrap();
        ["drafted", "dropped", "approved", "answered", "looked", "appealed", "granted"]
            .map(|what| row[what].as_u64().unwrap())
    };
    assert_eq!((of("suspend"), of("disclose")), ([1, 0, 1, 0, 0, 1, 1], [2, 1, 1, 1, 1, 0, 0]));
    let proposals = year.items("ding_proposals", &json!({"state": "carried out"}));
    assert_eq!(proposals.len(), 2);
    let tables = year.get("ding_calendar", &json!({"year": 2027}));
    assert_eq!(tables["tables"].as_array().unwrap().len(), 1);
    let authorities = year.items("ding_authorities", &json!({}));
    let bindings: Vec<u64> = numbers(&authorities, "bindings");
    assert_eq!(bindings, [5 + 457 + (ZONES + SPECIALS + 1) as u64, 0]);
    let citizen = year.get("ding_standings", &json!({"account": CITIZEN.address()}));
    let standing = &citizen["items"][0];
    assert_eq!((&standing["kind"], &standing["inForce"]), (&json!("person"), &json!(true)));
    assert!(!citizen.to_string().contains(super::founding::CITIZEN_DOCUMENT));
}
