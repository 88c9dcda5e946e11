//! July and August: a suspension by order with an appeal, and the disclosure of an identity.

use super::{
    batches::Register,
    contracts,
    founding::{CITIZEN_DOCUMENT, CITIZEN_SALT},
    names::own_place,
    people::*,
    queries,
    stage::{Deed, Year, document, to_filing, to_orders, to_services},
};
use ding_modules::{
    filing::{
        abi::IFiling::{acceptChangeCall, reportChangeCall},
        service_key,
    },
    identity::commitment,
    orders::{
        abi::IOrders::{
            self, Draft, answerCall, appealCall, approveCall, decideAppealCall, deliverCall, draftCall,
            lookCall, settleCall, withdrawCall,
        },
        terms::{Action, Field},
    },
    services::abi::IServices,
};
use ding_primitives::{Address, B256};

/// Place in the register: a service in Beijing.
pub(crate) const SUSPENDED: usize = 18;

/// A draft against a service or an account.
fn draft(action: Action, kind: u8, target: B256, basis: &str) -> Draft {
    Draft {
        action: action.number(),
        targetKind: kind,
        target,
        fromHeight: 0,
        untilMs: 0,
        workingDays: 0,
        refersTo: 0,
        scope: 0,
        caseNumber: B256::ZERO,
        content: document(basis),
        basis: basis.into(),
    }
}

fn write(what: &Draft) -> Deed {
    to_orders(draftCall { what: what.clone() })
}

fn approve(number: u64) -> Deed {
    to_orders(approveCall { number })
}

/// July: a service is suspended by the hands of two administrations, appeals, and is let go.
pub(crate) fn a_suspension_is_appealed(year: &mut Year, register: &Register) {
    let (service, who) = (register.service(SUSPENDED), register.provider(SUSPENDED));
    assert_eq!(register.firms[service.firm].division, 110_108);
    year.go("2026-07-06");
    let created = year.create(who, contracts::counter());
    let mut form = service.form.clone();
    form.places.push(own_place(who, created));
    let today = year.today().get();
    let report =
        reportChangeCall { service: service.id, changedOn: today, form: form.clone(), reason: String::new() };
    year.act(who, to_filing(report));
    year.act(BEIJING, to_filing(acceptChangeCall { service: service.id, form }));
    let ways = [
        created.0,
        year.create(NEIGHBOUR, contracts::caller(created.0)).0,
        year.create(NEIGHBOUR, contracts::borrower(created.0)).0,
    ];
    for way in ways {
        year.act(CITIZEN, Deed::new(way, []));
    }

    let target = service_key(ding_execution::mocks::CHAIN_ID, service.id);
    let what = draft(Action::Suspend, 1, target, "区块链信息服务管理规定第十五条");
    let _: IOrders::OutOfDivision = year.refused(ZHEJIANG, write(&what));
    let _: IOrders::RoleRequired = year.refused(INDUSTRY, write(&what));
    let _: IOrders::BasisLength = year.refused(BEIJING, write(&Draft { basis: String::new(), ..what }));
    let drafted: IOrders::OrderDrafted = year.act(BEIJING, write(&what)).event();
    assert_eq!(drafted.number, 2_026_000_001);
    for way in ways {
        year.act(CITIZEN, Deed::new(way, [])); // A draft stops nobody.
    }
    let _: IOrders::SamePerson = year.refused(BEIJING, approve(drafted.number));
    let approved: IOrders::OrderApproved = year.act(SECOND, approve(drafted.number)).event();
    assert_eq!(approved.fromHeight, year.height().get() + 1);
    year.note_today("a service is suspended by order");
    it_is_refused_and_named(year, service.id, &ways);
    queries::order_is_shown(year, register, false);
    appeal(year, register, who, drafted.number);
    for way in ways {
        year.act(CITIZEN, Deed::new(way, []));
    }
    year.chapter_ends();
}

/// Direct, through another contract, and by borrowed code: refused with the filing number. To look is free.
fn it_is_refused_and_named(year: &mut Year, service: u64, ways: &[Address]) {
    let number = year.service(service).number;
    for way in ways {
        let stopped: IServices::ServiceStopped = year.refused(CITIZEN, Deed::new(*way, []));
        assert_eq!((&stopped.number, stopped.status), (&number, 3));
    }
    let verdict = year.view(to_services, IServices::verdictCall { contractAddress: ways[0] });
    assert_eq!((verdict.stopped, &verdict.number), (true, &number));
    assert_eq!(B256::from_slice(&year.look(&Deed::new(ways[0], [1]))), B256::with_last_byte(4));
}

fn appeal(year: &mut Year, register: &Register, who: Who, number: u64) {
    year.go("2026-07-10");
    let appeal = |grounds| to_orders(appealCall { number, grounds });
    let _: IOrders::NotTheTarget = year.refused(CITIZEN, appeal(document("not mine")));
    let _: IOrders::DigestRequired = year.refused(who, appeal(B256::ZERO));
    let filed: IOrders::AppealFiled = year.act(who, appeal(document("grounds"))).event();
    year.note_today("the provider appeals");
    year.note("the decision on the appeal is due", filed.dueDay);
    let _: IOrders::AppealedBefore = year.refused(who, appeal(document("again")));
    queries::order_is_shown(year, register, true);
    year.go("2026-07-24");
    let decide = to_orders(decideAppealCall { number, revoke: true, reasons: document("reasons") });
    let _: IOrders::RoleRequired = year.refused(BEIJING, decide.clone());
    let _: IOrders::SamePerson = year.refused(SECOND, decide.clone());
    let decided: IOrders::AppealDecided = year.act(THIRD, decide).event();
    assert!(decided.revoked);
    year.note_today("the appeal is granted");
    let order = year.view(to_orders, IOrders::orderCall { number });
    assert_eq!((order.issuer, order.second), (BEIJING.address(), SECOND.address()));
}

/// August: who is behind an account is disclosed to two people's order, on record, and no further.
pub(crate) fn an_identity_is_disclosed(year: &mut Year) {
    year.go("2026-08-06");
    let target = CITIZEN.address().into_word();
    let scope = Field::Name.bit() | Field::Document.bit();
    let what = Draft {
        workingDays: 3,
        scope,
        caseNumber: document("case number"),
        ..draft(Action::Disclose, 2, target, "个人信息保护法第十三条；案件协查")
    };
    let no_case = Draft { caseNumber: B256::ZERO, ..what.clone() };
    let _: IOrders::PartRequired = year.refused(FIRST, write(&no_case));
    let nobody = Draft { target: STRANGER.address().into_word(), ..what.clone() };
    let _: IOrders::NotBound = year.refused(FIRST, write(&nobody));
    // Provincial administrations supervise services, not persons.
    let _: IOrders::OutOfDivision = year.refused(BEIJING, write(&what));
    let withdrawn: IOrders::OrderDrafted = year.act(FIRST, write(&what)).event();
    year.act(FIRST, to_orders(withdrawCall { number: withdrawn.number }));
    let number = year.act(FIRST, write(&what)).event::<IOrders::OrderDrafted>().number;
    let _: IOrders::SamePerson = year.refused(FIRST, approve(number));
    let _: IOrders::SamePerson = year.refused(FIRST_AGAIN, approve(number));
    let approved: IOrders::OrderApproved = year.act(SECOND, approve(number)).event();
    let commitment = commitment::commit(&CITIZEN_SALT, CITIZEN_DOCUMENT.as_bytes());
    assert_eq!(approved.subject, commitment);
    year.note_today("the disclosure of an identity is ordered");
    year.note("the delivery is due", approved.dueDay);

    // The office seals the data for the requester, off the ledger, and records the digest.
    year.go("2026-08-10");
    let order = B256::with_last_byte(7);
    let sealed = b"what only the requester opens";
    let digest = commitment::disclosure(&order, &commitment, sealed);
    let deliver = |fields| to_orders(deliverCall { number, fields, digest });
    let _: IOrders::NotTheIdentityAuthority = year.refused(OTHER_OFFICE, deliver(scope));
    let beyond: IOrders::BeyondScope = year.refused(OFFICE, deliver(scope | Field::Face.bit()));
    assert_eq!(beyond.allowed, scope);
    let answer = to_orders(answerCall { number, digest });
    let _: IOrders::WrongAction = year.refused(CITIZEN, answer);
    let delivered: IOrders::IdentityDelivered = year.act(OFFICE, deliver(scope)).event();
    assert!(!delivered.late);
    year.note_today("the identity is delivered");

    // The requester checks what came against the commitment, says so, and only then looks.
    year.go("2026-08-11");
    assert!(commitment::opens(&approved.subject, &CITIZEN_SALT, CITIZEN_DOCUMENT.as_bytes()));
    let look = |fields| to_orders(lookCall { number, fields, matches: true });
    let _: IOrders::BeyondScope = year.refused(FIRST, look(Field::Mobile.bit()));
    let _: IOrders::RoleRequired = year.refused(INDUSTRY, look(scope));
    year.act(FIRST, look(Field::Document.bit()));
    year.act(FIRST, to_orders(settleCall { number, accepted: true, digest, finding: B256::ZERO }));
    year.note_today("the identity is looked at");
    assert!(!year.says(CITIZEN_DOCUMENT), "the document is nowhere on the ledger");
    year.chapter_ends();
}
