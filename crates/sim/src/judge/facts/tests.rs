use super::{people::Organisation, *};
use alloy_sol_types::SolEvent;
use ding_modules::{
    filing::{
        abi::IFiling,
        steps::{Actor, State, Track},
    },
    identity::abi::IIdentity,
    members::{Role, abi::IMembers},
    orders::{Action, TargetKind, abi::IOrders},
    pilot::abi::IPilot,
};

const NOW: u64 = 1_000;
const CHAIN: u64 = 1337;

/// Organisations and their accounts: the national administration, Beijing's, a ministry, an identity
/// authority, a member that votes and files.
const NATIONAL: u32 = 1;
const BEIJING: u32 = 2;
const MINISTRY: u32 = 3;
const OFFICE: u32 = 4;
const FIRM: u32 = 5;

const fn account(number: u8) -> Address {
    Address::with_last_byte(number)
}

const FIRST: Address = account(1);
const SECOND: Address = account(2);
const THIRD: Address = account(3);
const LOCAL: Address = account(4);
const EXPERT: Address = account(6);
const CLERK: Address = account(7);
const FILER: Address = account(8);
const CITIZEN: Address = account(20);
const OTHER: Address = account(21);

fn facts() -> Facts {
    let mut facts = Facts { chain_id: CHAIN, ..Facts::default() };
    let people = &mut facts.people;
    people.bound = true;
    let organisation = |roles: u64, division: u8| Organisation { roles, division, validates: false };
    people.found(NATIONAL, organisation(Role::Supervisor.bit(), 0), &[FIRST, SECOND, THIRD]);
    people.found(BEIJING, organisation(Role::Provincial.bit(), 11), &[LOCAL, account(5)]);
    people.found(MINISTRY, organisation(Role::Competent.bit(), 0), &[EXPERT]);
    people.found(OFFICE, organisation(0, 0), &[CLERK]);
    people.found(FIRM, Organisation { validates: true, ..Organisation::default() }, &[FILER, account(9)]);
    people.appoint(1, OFFICE);
    facts
}

/// The same on a chain where everybody may send.
fn open(facts: &Facts) -> Facts {
    let mut open = facts.clone();
    open.people.bound = false;
    open
}

fn log(address: Address, event: &impl SolEvent) -> Log {
    let data = event.encode_log_data();
    Log { address, topics: data.topics().to_vec(), data: data.data }
}

fn identity(event: &impl SolEvent) -> Log {
    log(identity::state::ADDRESS, event)
}

fn members(event: &impl SolEvent) -> Log {
    log(members::state::ADDRESS, event)
}

fn orders(event: &impl SolEvent) -> Log {
    log(orders::state::ADDRESS, event)
}

fn services(event: &impl SolEvent) -> Log {
    log(services::state::ADDRESS, event)
}

fn filing(event: &impl SolEvent) -> Log {
    log(filing::state::ADDRESS, event)
}

fn pilot(event: &impl SolEvent) -> Log {
    log(pilot::state::ADDRESS, event)
}

#[track_caller]
fn takes(facts: &mut Facts, logs: &[Log]) {
    assert_eq!(facts.receipt(logs, NOW), Ok(()));
}

/// These events cannot be after what is known.
#[track_caller]
fn refuses(facts: &Facts, logs: &[Log], why: &str) {
    let said = facts.clone().receipt(logs, NOW).expect_err(why);
    assert!(said.contains(why), "{said}");
}

#[track_caller]
fn silent(facts: &Facts, account: Address, now_ms: u64, why: &str) {
    let said = facts.may_send(&account, None, &[], now_ms).expect_err(why);
    assert!(said.contains(why), "{said}");
}

#[track_caller]
fn sends(facts: &Facts, account: Address, now_ms: u64) {
    assert_eq!(facts.may_send(&account, None, &[], now_ms), Ok(()));
}

fn bound(binding: u64, account: Address, subject: u8, expiry_ms: u64) -> Log {
    identity(&IIdentity::Bound {
        binding,
        account,
        authority: 1,
        kind: 1,
        level: 2,
        subject: B256::with_last_byte(subject),
        nameDigest: B256::ZERO,
        expiryMs: expiry_ms,
        by: CLERK,
        height: 1,
        timestampMs: NOW,
    })
}

fn joined(binding: u64, account: Address) -> Log {
    identity(&IIdentity::AccountAdded { binding, account, by: CLERK })
}

fn suspended(binding: u64, account: Address, whole: bool) -> Log {
    identity(&IIdentity::Suspended { binding, account, whole, reason: 1, by: CLERK })
}

fn restored(binding: u64, account: Address, whole: bool) -> Log {
    identity(&IIdentity::Restored { binding, account, whole, reason: 9, by: CLERK })
}

fn revoked(binding: u64, account: Address, whole: bool) -> Log {
    identity(&IIdentity::Revoked { binding, account, whole, reason: 1, by: CLERK })
}

fn rotated(binding: u64, account: Address, successor: Address) -> Log {
    identity(&IIdentity::Rotated { binding, account, successor, reason: 2, by: CLERK })
}

fn frozen(account: Address, until_ms: u64) -> Log {
    identity(&IIdentity::FrozenSet { account, untilMs: until_ms })
}

fn drafted(
    number: u64,
    issuer: Address,
    authority: u32,
    action: Action,
    target: B256,
    refers_to: u64,
) -> Log {
    let kind = if target == word(CITIZEN) { TargetKind::Account } else { TargetKind::Service };
    orders(&IOrders::OrderDrafted {
        number,
        target,
        authority,
        issuer,
        timestampMs: NOW,
        order: IOrders::Draft {
            action: action.number(),
            targetKind: kind.number(),
            target,
            fromHeight: 0,
            untilMs: 0,
            workingDays: 0,
            refersTo: refers_to,
            scope: 0,
            caseNumber: B256::ZERO,
            content: B256::ZERO,
            basis: "art. 15".into(),
        },
    })
}

fn approved(number: u64, target: B256, approver: Address) -> Log {
    orders(&IOrders::OrderApproved {
        number,
        target,
        approver,
        fromHeight: 2,
        dueDay: 0,
        provisional: false,
        subject: B256::ZERO,
        timestampMs: NOW,
    })
}

fn word(account: Address) -> B256 {
    account.into_word()
}

const NEVER: u64 = identity::standing::NEVER_MS;

/// A citizen whom two officers froze by order 1.
fn with_a_freeze() -> Facts {
    let mut facts = facts();
    let target = word(CITIZEN);
    takes(&mut facts, &[drafted(1, FIRST, NATIONAL, Action::Freeze, target, 0)]);
    takes(&mut facts, &[approved(1, target, SECOND), frozen(CITIZEN, NEVER)]);
    facts
}

#[test]
fn only_who_supervises_the_target_has_a_hand_in_an_order() {
    let facts = facts();
    let target = word(CITIZEN);
    let draft = |issuer, authority| drafted(1, issuer, authority, Action::Freeze, target, 0);
    refuses(&facts, &[draft(FILER, FIRM)], "does not supervise");
    refuses(&facts, &[draft(OTHER, 0)], "does not supervise");
    refuses(&facts, &[draft(LOCAL, BEIJING)], "does not supervise");
    refuses(&facts, &[draft(FIRST, BEIJING)], "of organisation 1");
    let approve = |who| [draft(FIRST, NATIONAL), approved(1, target, who), frozen(CITIZEN, NEVER)];
    refuses(&facts, &approve(LOCAL), "does not supervise");
    refuses(&facts, &approve(FIRST), "with one hand");
    takes(&mut facts.clone(), &approve(SECOND));
    let declined =
        IOrders::OrderDeclined { number: 1, target, account: FILER, reasons: B256::ZERO, timestampMs: NOW };
    refuses(&facts, &[draft(FIRST, NATIONAL), orders(&declined)], "does not supervise");
}

#[test]
fn two_accounts_of_one_subject_are_one_hand() {
    let mut facts = facts();
    let target = word(CITIZEN);
    takes(&mut facts, &[bound(1, FIRST, 7, 0), joined(1, SECOND), bound(2, THIRD, 7, 0)]);
    takes(&mut facts, &[drafted(1, FIRST, NATIONAL, Action::Freeze, target, 0)]);
    for other in [SECOND, THIRD] {
        refuses(&facts, &[approved(1, target, other), frozen(CITIZEN, NEVER)], "one person");
    }
}

#[test]
fn an_effect_is_that_of_the_order_that_was_decided() {
    let mut facts = facts();
    let target = word(CITIZEN);
    takes(&mut facts, &[drafted(1, FIRST, NATIONAL, Action::Freeze, target, 0)]);
    let approve = approved(1, target, SECOND);
    refuses(&facts, &[approve.clone(), frozen(OTHER, NEVER)], "no second person decided that");
    refuses(&facts, &[approve.clone(), frozen(CITIZEN, NOW + 1)], "no second person decided that");
    refuses(&facts, &[frozen(CITIZEN, NEVER)], "no second person decided that");
    refuses(&facts, std::slice::from_ref(&approve), "has no effect");
    takes(&mut facts, &[approve, frozen(CITIZEN, NEVER)]);

    let (service, other) = (B256::with_last_byte(5), B256::with_last_byte(6));
    for id in [service, other] {
        takes(&mut facts, &[services(&declared(id, LOCAL))]);
    }
    takes(&mut facts, &[drafted(2, LOCAL, BEIJING, Action::Suspend, service, 0)]);
    let approve = approved(2, service, account(5));
    let suspend = |id, number| services(&held(id, number));
    refuses(&facts, &[approve.clone(), suspend(other, 2)], "no second person decided that");
    refuses(&facts, &[approve.clone(), suspend(service, 1)], "no second person decided that");
    refuses(&facts, &[approve.clone(), suspend(service, 2), suspend(service, 2)], "no second person");
    takes(&mut facts, &[approve, suspend(service, 2)]);
    let measure = IServices::ServiceSuspended { by: filing::state::ADDRESS, ..held(service, 3) };
    refuses(&facts, &[services(&measure)], "without the measure");
}

fn declared(id: B256, by: Address) -> IServices::ServiceDeclared {
    IServices::ServiceDeclared { id, provider: FILER, by, division: 11, goLive: 1 }
}

fn held(id: B256, number: u64) -> IServices::ServiceSuspended {
    let by = orders::state::ADDRESS;
    IServices::ServiceSuspended { id, by, referenceId: number, fromHeight: 2, untilMs: 0 }
}

#[test]
fn what_is_lifted_ends_and_nothing_else_does() {
    let mut facts = with_a_freeze();
    let target = word(CITIZEN);
    refuses(&facts, &[frozen(CITIZEN, 0)], "no second person decided that");
    takes(&mut facts, &[drafted(2, FIRST, NATIONAL, Action::Release, target, 1)]);
    let lifted = |by| orders(&IOrders::OrderLifted { number: 1, target, by, timestampMs: NOW });
    refuses(&facts, &[lifted(2), frozen(CITIZEN, 0)], "is lifted by 2");
    let release = [approved(2, target, SECOND), lifted(2)];
    refuses(&facts, &[&release[..], &[frozen(OTHER, 0)]].concat(), "no second person decided that");
    takes(&mut facts, &[&release[..], &[frozen(CITIZEN, 0)]].concat());
    sends(&open(&facts), CITIZEN, NOW);
}

#[test]
fn nobody_decides_on_an_appeal_against_an_order_of_its_own_or_as_appellant() {
    let mut facts = facts();
    let service = B256::with_last_byte(5);
    takes(&mut facts, &[services(&declared(service, FIRST))]);
    takes(&mut facts, &[drafted(1, LOCAL, BEIJING, Action::Rectify, service, 0)]);
    takes(&mut facts, &[approved(1, service, FIRST)]);
    let (grounds, reasons) = (B256::with_last_byte(1), B256::with_last_byte(2));
    let decide = |account| {
        let (number, target, revoked) = (1, service, false);
        orders(&IOrders::AppealDecided { number, target, account, revoked, reasons, timestampMs: NOW })
    };
    refuses(&facts, &[decide(THIRD)], "nobody appealed");
    let appeal = IOrders::AppealFiled {
        number: 1,
        target: service,
        account: SECOND,
        grounds,
        dueDay: 60,
        timestampMs: NOW,
    };
    takes(&mut facts, &[orders(&appeal)]);
    refuses(&facts, &[decide(FIRST)], "with one hand");
    refuses(&facts, &[decide(SECOND)], "with one hand");
    refuses(&facts, &[decide(account(5))], "no supervisor");
    takes(&mut facts, &[decide(THIRD)]);
}

#[test]
fn accounts_under_a_root_are_suspended_revoked_and_frozen_with_it() {
    let mut facts = facts();
    takes(&mut facts, &[bound(1, CITIZEN, 7, 0), joined(1, OTHER)]);
    sends(&facts, OTHER, NOW);
    takes(&mut facts, &[suspended(1, CITIZEN, true)]);
    silent(&facts, CITIZEN, NOW, "Suspended");
    silent(&facts, OTHER, NOW, "Suspended");
    takes(&mut facts, &[joined(1, account(22))]);
    silent(&facts, account(22), NOW, "Suspended");
    takes(&mut facts, &[restored(1, CITIZEN, true), suspended(1, OTHER, false)]);
    sends(&facts, CITIZEN, NOW);
    sends(&facts, account(22), NOW);
    silent(&facts, OTHER, NOW, "Suspended");
    takes(&mut facts, &[restored(1, OTHER, false)]);

    let target = word(CITIZEN);
    takes(&mut facts, &[drafted(1, FIRST, NATIONAL, Action::Freeze, target, 0)]);
    takes(&mut facts, &[approved(1, target, SECOND), frozen(CITIZEN, NEVER)]);
    silent(&facts, OTHER, NOW, "frozen");
    // Who leaves while the root is frozen stays frozen, on a chain where everybody may send.
    takes(&mut facts, &[revoked(1, account(22), false)]);
    silent(&open(&facts), account(22), NOW, "frozen");

    let mut facts = self::facts();
    takes(&mut facts, &[bound(1, CITIZEN, 7, 0), joined(1, OTHER), revoked(1, CITIZEN, true)]);
    silent(&facts, OTHER, NOW, "Retired");
    refuses(&facts, &[restored(1, OTHER, false)], "after binding 1 was revoked");
}

#[test]
fn standing_ends_until_it_is_renewed() {
    let mut facts = facts();
    takes(&mut facts, &[bound(1, CITIZEN, 7, 2_000), joined(1, OTHER)]);
    for account in [CITIZEN, OTHER] {
        sends(&facts, account, 1_999);
        silent(&facts, account, 2_000, "ended at 2000");
    }
    takes(&mut facts, &[identity(&IIdentity::Renewed { binding: 1, level: 2, expiryMs: 3_000, by: CLERK })]);
    sends(&facts, OTHER, 2_999);
    silent(&facts, OTHER, 3_000, "ended at 3000");
    silent(&facts, account(22), NOW, "never bound");
}

#[test]
fn a_successor_is_what_the_account_before_it_was() {
    let mut facts = facts();
    takes(&mut facts, &[bound(1, CITIZEN, 7, 0), joined(1, OTHER), suspended(1, OTHER, false)]);
    takes(&mut facts, &[rotated(1, OTHER, account(22))]);
    silent(&facts, OTHER, NOW, "Retired");
    silent(&facts, account(22), NOW, "Suspended");
    takes(&mut facts, &[suspended(1, CITIZEN, true), rotated(1, CITIZEN, account(23))]);
    silent(&facts, account(23), NOW, "Suspended");
    takes(&mut facts, &[restored(1, account(23), true)]);
    sends(&facts, account(23), NOW);
    refuses(&facts, &[rotated(1, CITIZEN, account(24))], "leaves binding 1");
    refuses(&facts, &[rotated(1, account(23), OTHER)], "was bound");
}

#[test]
fn an_invited_account_accepts_until_the_invitation_ends_and_does_nothing_else() {
    let mut facts = facts();
    let invited =
        IIdentity::Invited { account: OTHER, inviter: CITIZEN, binding: 1, purpose: 1, untilMs: 2_000 };
    takes(&mut facts, &[bound(1, CITIZEN, 7, 0), identity(&invited)]);
    let accept = IIdentity::acceptCall { inviter: CITIZEN }.abi_encode();
    let to = Some(identity::state::ADDRESS);
    assert_eq!(facts.may_send(&OTHER, to, &accept, 1_999), Ok(()));
    assert!(facts.may_send(&OTHER, to, &accept, 2_000).is_err());
    silent(&facts, OTHER, NOW, "only invited");
    let accepted = |by, account| identity(&IIdentity::AccountAdded { binding: 1, account, by });
    refuses(&facts, &[accepted(account(22), account(22))], "acts as authority 1");
    takes(&mut facts, &[accepted(OTHER, OTHER)]);
    sends(&facts, OTHER, NOW);
}

#[test]
fn membership_replaces_a_binding_and_lifts_no_suspension() {
    let mut facts = facts();
    sends(&facts, FILER, NOW);
    takes(&mut facts, &[bound(1, FILER, 7, 2_000)]);
    sends(&facts, FILER, 2_000);
    takes(&mut facts, &[suspended(1, FILER, true)]);
    silent(&facts, FILER, NOW, "Suspended");
    takes(&mut facts, &[restored(1, FILER, true), rotated(1, FILER, account(22))]);
    silent(&facts, FILER, NOW, "Retired");
}

#[test]
fn whoever_joins_an_organisation_has_its_roles_and_whoever_leaves_has_them_no_more() {
    let mut facts = facts();
    let target = word(CITIZEN);
    let draft = |number| drafted(number, OTHER, NATIONAL, Action::Freeze, target, 0);
    let join = |by| members(&IMembers::AccountAdded { id: NATIONAL, account: OTHER, by, proposal: 0 });
    let leave = members(&IMembers::AccountRemoved { id: NATIONAL, account: OTHER, by: FIRST, proposal: 0 });
    silent(&facts, OTHER, NOW, "never bound");
    refuses(&facts, &[draft(1)], "does not supervise");
    refuses(&facts, &[join(FILER)], "none of them");
    takes(&mut facts, &[join(FIRST), draft(1)]);
    sends(&facts, OTHER, NOW);
    refuses(&facts, &[join(FIRST)], "acts for organisations 1 and 1");
    takes(&mut facts, std::slice::from_ref(&leave));
    silent(&facts, OTHER, NOW, "never bound");
    refuses(&facts, &[draft(2)], "does not supervise");
    refuses(&facts, &[leave], "was not of it");
    // Who issued it supervises nothing any more.
    refuses(&facts, &[approved(1, target, SECOND), frozen(CITIZEN, NEVER)], "does not supervise");
}

#[test]
fn roles_change_by_a_vote_of_those_who_have_one() {
    let mut facts = facts();
    let target = members::state::ADDRESS;
    let proposed = |proposer, organisation| {
        members(&IMembers::Proposed {
            id: 1,
            target,
            organisation,
            proposer,
            notBeforeMs: 0,
            endsMs: 2_000,
            input: Bytes::new(),
            title: "as agreed".into(),
        })
    };
    refuses(&facts, &[proposed(FIRST, NATIONAL)], "has no vote there");
    refuses(&facts, &[proposed(FIRST, FIRM)], "has no vote there");
    takes(&mut facts, &[proposed(FILER, FIRM)]);
    let set = members(&IMembers::RolesSet {
        id: MINISTRY,
        rolesBefore: Role::Competent.bit(),
        roles: Role::Supervisor.bit(),
        divisionBefore: 0,
        division: 0,
        proposal: 1,
    });
    let executed = |account, organisation| {
        members(&IMembers::Executed { id: 1, target, organisation, account, timestampMs: NOW })
    };
    refuses(&facts, std::slice::from_ref(&set), "was not carried out");
    refuses(&facts, &[executed(FILER, FIRM), set.clone()], "was not approved");
    let decided = IMembers::Decided {
        id: 1,
        approved: true,
        approvals: 1,
        rejections: 0,
        electorate: 1,
        timestampMs: NOW,
    };
    takes(&mut facts, &[members(&decided)]);
    refuses(&facts, &[executed(FIRST, NATIONAL), set.clone()], "has no vote there");
    let draft = drafted(1, EXPERT, MINISTRY, Action::Freeze, word(CITIZEN), 0);
    refuses(&facts, std::slice::from_ref(&draft), "does not supervise");
    takes(&mut facts, &[executed(FILER, FIRM), set, draft]);
}

fn step(step: Step, item: u64, actor: Actor, account: Address, organisation: u32) -> Log {
    let track: Track = step.rule().track;
    filing(&IFiling::Stepped {
        service: 1,
        track: track.number(),
        step: step.number(),
        item,
        from: State::None.number(),
        to: State::None.number(),
        actor: actor.number(),
        account,
        organisation,
        day: 1,
        clock: 0,
        clockStart: 0,
        clockDays: 0,
    })
}

const NUMBER: &str = "11010826000000010017";

fn subject(division: u32) -> IFiling::Subject {
    IFiling::Subject {
        nature: 1,
        idType: 1,
        kinds: 1,
        division,
        uscc: String::new(),
        name: String::new(),
        subject: B256::ZERO,
        person: B256::ZERO,
        details: B256::ZERO,
    }
}

/// A filing of the firm, under review.
fn with_a_filing() -> Facts {
    let mut facts = facts();
    let subject = subject(110_108);
    let form = IFiling::Form {
        name: String::new(),
        category: 2,
        form: 1,
        field: String::new(),
        site: String::new(),
        icp: String::new(),
        description: String::new(),
        server: String::new(),
        serverDivision: 110_108,
        consensus: String::new(),
        crossBorder: String::new(),
        goLive: 1,
        places: Vec::new(),
    };
    let content = B256::ZERO;
    let registered =
        IFiling::ProviderRegistered { provider: 1, account: FILER, organisation: FIRM, subject, content };
    let declared = IFiling::Declared { service: 1, provider: 1, form, content };
    let entered = self::declared(filing::service_key(CHAIN, 1), filing::state::ADDRESS);
    takes(&mut facts, &[filing(&registered)]);
    refuses(&facts, &[services(&entered)], "is declared by");
    let begun =
        |actor, who, of| [step(Step::Declare, 0, actor, who, of), services(&entered), filing(&declared)];
    refuses(&facts, &begun(Actor::Provider, CITIZEN, 0), "which it is not");
    refuses(&facts, &begun(Actor::Provider, FILER, NATIONAL), "which it is not");
    takes(&mut facts, &begun(Actor::Provider, FILER, FIRM));
    facts
}

#[test]
fn a_step_of_a_filing_is_taken_by_who_has_the_role() {
    let mut facts = with_a_filing();
    for (who, of, actor) in [
        (FILER, FIRM, Actor::Supervisor),
        (LOCAL, BEIJING, Actor::Supervisor),
        (EXPERT, MINISTRY, Actor::Provincial),
        (CITIZEN, 0, Actor::Provincial),
        (FIRST, BEIJING, Actor::Supervisor),
        (FIRST, NATIONAL, Actor::Provider),
    ] {
        refuses(&facts, &[step(Step::Forward, 0, actor, who, of)], "which it is not");
    }
    takes(&mut facts.clone(), &[step(Step::Forward, 0, Actor::Provincial, LOCAL, BEIJING)]);
    takes(&mut facts, &[step(Step::Return, 0, Actor::Supervisor, FIRST, NATIONAL)]);
}

#[test]
fn a_provincial_administration_takes_no_step_in_another_province_and_nobody_one_of_its_own() {
    let mut facts = with_a_filing();
    let local = step(Step::Forward, 0, Actor::Provincial, LOCAL, BEIJING);
    let national = step(Step::Return, 0, Actor::Supervisor, FIRST, NATIONAL);
    let moved = |organisation| {
        let (provider, before, by) = (1, FILER, FIRST);
        filing(&IFiling::AccountSet { provider, account: FILER, before, by, organisation, reason: "".into() })
    };
    refuses(&facts, &[moved(NATIONAL), national], "which it is not");
    let shanghai = Organisation { roles: Role::Provincial.bit(), division: 31, validates: false };
    facts.people.found(BEIJING, shanghai, &[]);
    refuses(&facts, &[local], "which it is not");
}

#[test]
fn a_record_names_the_hands_that_took_its_steps_and_the_number_of_the_service() {
    let mut facts = with_a_filing();
    let key = filing::service_key(CHAIN, 1);
    let proposed = |account| {
        let (service, number) = (1, NUMBER.to_owned());
        filing(&IFiling::RecordProposed { service, account, number, confirmed: false, imported: false })
    };
    let first = step(Step::ProposeRecord, 0, Actor::Supervisor, FIRST, NATIONAL);
    refuses(&facts, &[first.clone(), proposed(SECOND)], "proposes for filing 1");
    takes(&mut facts, &[first, proposed(FIRST)]);
    let record = |by, first, second, number: &str, inner: &str| {
        let (number, inner) = (number.to_owned(), inner.to_owned());
        [
            step(Step::Record, 0, Actor::Supervisor, by, NATIONAL),
            services(&IServices::ServiceRecorded { id: key, number: inner, division: 11 }),
            filing(&IFiling::Recorded { service: 1, key, first, second, number, late: false }),
        ]
    };
    let other = "11010826000000010025";
    refuses(&facts, &record(SECOND, THIRD, SECOND, NUMBER, NUMBER), "proposed was");
    refuses(&facts, &record(SECOND, FIRST, THIRD, NUMBER, NUMBER), "the step is");
    refuses(&facts, &record(SECOND, FIRST, SECOND, other, other), "proposed was");
    refuses(&facts, &record(FIRST, FIRST, FIRST, NUMBER, NUMBER), "with one hand");
    refuses(&facts, &record(SECOND, FIRST, SECOND, NUMBER, other), "its filing under");
    let [stepped, inner, outer] = record(SECOND, FIRST, SECOND, NUMBER, NUMBER);
    refuses(&facts, &[stepped.clone(), outer.clone()], "its filing under");
    refuses(&facts, &[stepped.clone(), inner.clone()], "its filing under");
    refuses(&facts, std::slice::from_ref(&inner), "past the filing register");
    let mut one = facts.clone();
    takes(&mut one, &[bound(1, FIRST, 7, 0), joined(1, SECOND)]);
    refuses(&one, &record(SECOND, FIRST, SECOND, NUMBER, NUMBER), "one person");
    takes(&mut facts, &[stepped, inner, outer]);

    // It is supervised where its provider is now.
    let draft = drafted(1, LOCAL, BEIJING, Action::Suspend, key, 0);
    takes(&mut facts.clone(), std::slice::from_ref(&draft));
    let moved = |account| {
        filing(&IFiling::ProviderChanged {
            provider: 1,
            account,
            changedOn: 1,
            late: false,
            subject: subject(310_101),
            content: B256::ZERO,
            reason: String::new(),
        })
    };
    refuses(&facts, &[moved(LOCAL)], "does not act for it");
    refuses(&facts, &[moved(FIRST), draft], "does not supervise");
}

#[test]
fn a_fine_and_an_objection_have_two_hands() {
    let mut facts = with_a_filing();
    takes(&mut facts, &[step(Step::ProposeFine, 4, Actor::Supervisor, FIRST, NATIONAL)]);
    let impose = |who| step(Step::ImposeFine, 4, Actor::Supervisor, who, NATIONAL);
    let imposed = |first, second| filing(&IFiling::FineImposed { penalty: 4, service: 1, first, second });
    refuses(&facts, &[impose(FIRST)], "with one hand");
    refuses(&facts, &[impose(SECOND), imposed(THIRD, SECOND)], "the steps are");
    refuses(&facts, &[impose(SECOND), imposed(FIRST, THIRD)], "the steps are");
    takes(&mut facts, &[impose(SECOND), imposed(FIRST, SECOND)]);
    takes(&mut facts, &[step(Step::Object, 9, Actor::Anyone, FIRST, NATIONAL)]);
    refuses(&facts, &[step(Step::Uphold, 9, Actor::Supervisor, FIRST, NATIONAL)], "with one hand");
    takes(&mut facts, &[step(Step::Uphold, 9, Actor::Supervisor, SECOND, NATIONAL)]);
}

#[test]
fn a_service_is_struck_off_by_two_people_and_recorded_no_more() {
    let mut facts = facts();
    let id = B256::with_last_byte(5);
    refuses(&facts, &[services(&declared(id, FILER))], "is declared by");
    takes(&mut facts, &[services(&declared(id, LOCAL))]);
    let target = services::state::ADDRESS;
    let proposed = members(&IMembers::Proposed {
        id: 1,
        target,
        organisation: NATIONAL,
        proposer: FIRST,
        notBeforeMs: 0,
        endsMs: 2_000,
        input: IServices::deregisterCall { id }.abi_encode().into(),
        title: "as agreed".into(),
    });
    let decided = members(&IMembers::Decided {
        id: 1,
        approved: true,
        approvals: 1,
        rejections: 0,
        electorate: 1,
        timestampMs: NOW,
    });
    takes(&mut facts, &[proposed, decided]);
    let ended = services(&IServices::ServiceDeregistered { id, fromHeight: 2 });
    let executed = |account| {
        members(&IMembers::Executed { id: 1, target, organisation: NATIONAL, account, timestampMs: NOW })
    };
    refuses(&facts, std::slice::from_ref(&ended), "no two people");
    refuses(&facts, &[executed(FIRST), ended.clone()], "no two people");
    takes(&mut facts, &[executed(SECOND), ended]);
    let recorded = IServices::ServiceRecorded { id, number: NUMBER.into(), division: 11 };
    refuses(&facts, &[services(&recorded)], "after it was struck off");
}

#[test]
fn a_step_of_a_pilot_is_taken_in_its_part_and_its_second_by_another_person() {
    let mut facts = facts();
    let entity = B256::with_last_byte(1);
    let registered = |organisation| {
        let (account, name, today) = (CITIZEN, String::from("Third Hospital"), 1);
        pilot(&IPilot::EntityRegistered { entity, account, organisation, division: 11, name, today })
    };
    refuses(&facts, &[registered(FIRM)], "recommends nothing");
    takes(&mut facts, &[registered(BEIJING)]);
    let recommended = |account, organisation| {
        pilot(&IPilot::Recommended {
            id: 1,
            entity,
            organisation,
            kind: 2,
            field: 1,
            zone: 0,
            division: 11,
            endDay: 9,
            alongside: Vec::new(),
            material: B256::ZERO,
            title: String::new(),
            account,
            today: 1,
        })
    };
    refuses(&facts, &[recommended(CITIZEN, BEIJING)], "which may not");
    takes(&mut facts, &[recommended(LOCAL, BEIJING)]);
    let reviewed = |account, competent| {
        pilot(&IPilot::Reviewed { id: 1, competent, opinion: String::new(), account, today: 1 })
    };
    refuses(&facts, &[reviewed(LOCAL, MINISTRY)], "want [Supervisor]");
    refuses(&facts, &[reviewed(FIRST, FIRM)], "not competent");
    takes(&mut facts, &[reviewed(FIRST, MINISTRY)]);
    let entered = |account| {
        let (id, document, alongside) = (1, 1, Vec::new());
        pilot(&IPilot::Entered { id, document, alongside, listedOn: 1, account, today: 1 })
    };
    refuses(&facts, &[entered(EXPERT)], "want [Supervisor]");
    refuses(&facts, &[entered(FIRST)], "with one hand");
    takes(&mut facts, &[entered(SECOND)]);
    let started =
        |account| pilot(&IPilot::Started { id: 1, endDay: 9, assessmentMonths: 6, account, today: 1 });
    refuses(&facts, &[started(LOCAL)], "want [Entity]");
    takes(&mut facts, &[started(CITIZEN)]);
    let removal = |account, organisation| {
        let (id, reason, text, today) = (1, 1, String::new(), 1);
        pilot(&IPilot::RemovalProposed { id, reason, organisation, text, account, today })
    };
    refuses(&facts, &[removal(LOCAL, BEIJING)], "want [Competent, Supervisor]");
    takes(&mut facts, &[removal(FIRST, NATIONAL)]);
    let removed = |account| pilot(&IPilot::Removed { id: 1, document: 0, reason: 1, account, today: 1 });
    refuses(&facts, &[removed(FIRST)], "with one hand");
    refuses(&facts, &[removed(EXPERT)], "want [Supervisor]");
    takes(&mut facts, &[removed(SECOND)]);
}
