use super::*;

fn comment(id: u32, kind: terms::CommentKind) -> commentCall {
    commentCall { id, kind: kind.number(), text: "the goals are vague".into() }
}

fn answer(id: u32, numbers: &[u32], outcome: terms::Outcome) -> answerCall {
    answerCall { id, numbers: numbers.to_vec(), outcome: outcome.number(), text: text() }
}

/// The health pilot in public comment, its list, and the day after the last for comments.
fn heard(scene: &mut Scene<'_>) -> (u32, u32) {
    let id = published(scene, health(), &[]);
    go(scene, "2026-01-13");
    (id, record(scene, terms::DocumentKind::List, 15, 164))
}

#[test]
fn the_comment_period_of_december_2021_comes_out_as_it_was() {
    // Published on the 21st, the public commented from 22 to 28 December 2021.
    let mut scene = scene_on("2021-12-21");
    let id = published(&mut scene, Proposal { endDay: day("2023-12-31"), ..health() }, &[]);
    assert_eq!(clocks_of(&mut scene, id), [(Clock::PublicComment, "2021-12-28".into(), false)]);
    go(&mut scene, "2021-12-28");
    assert!(scene.call(STRANGER, comment(id, terms::CommentKind::Remark)).is_ok());
    scene.next_block_at("2021-12-29".parse::<Day>().unwrap().start_ms());
    assert_eq!(clocks_of(&mut scene, id), [(Clock::PublicComment, "2021-12-28".into(), true)]);
    let closed = CommentsClosed { id, lastDay: day("2021-12-28") };
    assert_eq!(scene.call(STRANGER, comment(id, terms::CommentKind::Remark)), revert(closed));
    scene.check();
}

#[test]
fn a_comment_period_that_ends_in_a_holiday_ends_after_it() {
    // 10 February and seven days is the 17th, within the holiday of 15 to 23 February 2026.
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    scene.call(PROVINCE, goal(id)).unwrap();
    scene.call(CHIEF, reviewCall { id, competent: MINISTRY_ID, opinion: text() }).unwrap();
    go(&mut scene, "2026-02-10");
    let document = record(&mut scene, terms::DocumentKind::Shortlist, 0, 0);
    scene.call(CHIEF, publishCall { id, document }).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Published(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.lastDay, event.commentDays, event.provisional), (day("2026-02-24"), 7, false));
    assert_eq!(clocks_of(&mut scene, id), [(Clock::PublicComment, "2026-02-24".into(), false)]);
}

#[test]
fn a_pilot_is_listed_by_another_supervisor_after_the_comments() {
    let mut scene = scene();
    let id = published(&mut scene, health(), &[]);
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    let call = listCall { id, document, alongside: vec![] };
    let early = CommentsOpen { id, lastDay: day("2026-01-12") };
    assert_eq!(scene.call(DEPUTY, call.clone()), revert(early));
    go(&mut scene, "2026-01-13");
    let same = SamePerson { account: CHIEF, before: CHIEF, id, step: Step::Review.number() };
    assert_eq!(scene.call(CHIEF, call.clone()), revert(same));
    for account in [MINISTRY, PROVINCE] {
        let organisation = if account == MINISTRY { 3 } else { 2 };
        let refused = not_entitled(account, organisation, id, Step::List);
        assert_eq!(scene.call(account, call.clone()).map(|_| ()), refused);
    }
    scene.call(DEPUTY, call.clone()).unwrap();
    let course = scene.read(OTHER, pilotOfCall { id }).course;
    assert_eq!((course.listedDay, course.list), (day("2026-01-13"), document));
    assert_eq!(scene.read(OTHER, documentOfCall { document }).listedSpecials, 1);
    assert_eq!(scene.call(DEPUTY, call).map(|_| ()), wrong_state(id, State::Listed, Step::List));
    scene.check();
}

#[test]
fn an_open_objection_and_an_upheld_one_keep_a_pilot_off_the_list() {
    use terms::{CommentKind, Outcome};
    let mut scene = scene();
    let id = published(&mut scene, health(), &[]);
    assert_eq!(scene.call(STRANGER, comment(id, CommentKind::Support)), Ok(1));
    assert_eq!(scene.call(OTHER, comment(id, CommentKind::Objection)), Ok(2));
    assert_eq!(scene.call(BANK, comment(id, CommentKind::Objection)), Ok(3));
    go(&mut scene, "2026-01-13");
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    let call = listCall { id, document, alongside: vec![] };
    assert_eq!(scene.call(DEPUTY, call.clone()), revert(ObjectionsOpen { id, count: 2 }));
    scene.call(CHIEF, answer(id, &[2], Outcome::PartlyUpheld)).unwrap();
    assert_eq!(
        scene.call(CHIEF, answer(id, &[2], Outcome::NotUpheld)),
        revert(AnsweredBefore { id, number: 2 })
    );
    let missing = NoSuchComment { id, number: 4, count: 3 };
    assert_eq!(scene.call(CHIEF, answer(id, &[3, 4], Outcome::NotUpheld)), revert(missing));
    assert_eq!(scene.call(DEPUTY, call.clone()), revert(ObjectionsOpen { id, count: 1 }));
    scene.call(CHIEF, answer(id, &[3, 1], Outcome::Upheld)).unwrap();
    assert_eq!(scene.call(DEPUTY, call), revert(ObjectionsUpheld { id, count: 1 }));
    assert_eq!(scene.read(OTHER, commentOfCall { id, number: 3 }).outcome, Outcome::Upheld.number());
    // A pilot that was objected to with reason is declined, and may come again.
    scene.call(CHIEF, declineCall { id, reason: text() }).unwrap();
    assert!(recommend(&mut scene, health(), &[]).is_ok());
    scene.check();
}

#[test]
fn an_objection_that_was_answered_does_not_hinder_the_listing() {
    use terms::{CommentKind, Outcome};
    let mut scene = scene();
    let id = published(&mut scene, health(), &[]);
    scene.call(STRANGER, comment(id, CommentKind::Objection)).unwrap();
    scene.call(CHIEF, answer(id, &[1], Outcome::NotUpheld)).unwrap();
    go(&mut scene, "2026-01-13");
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    scene.call(DEPUTY, listCall { id, document, alongside: vec![] }).unwrap();
    scene.check();
}

#[test]
fn one_account_cannot_fill_the_comments() {
    let mut scene = scene();
    let id = published(&mut scene, health(), &[]);
    for number in 1..=10 {
        assert_eq!(scene.call(STRANGER, comment(id, terms::CommentKind::Remark)), Ok(number));
    }
    let full = OutOfRange { what: "number of comments of one account".into(), value: 11, min: 1, max: 10 };
    assert_eq!(scene.call(STRANGER, comment(id, terms::CommentKind::Remark)), revert(full));
    assert_eq!(scene.call(OTHER, comment(id, terms::CommentKind::Remark)), Ok(11));
    let unknown = UnknownTerm { what: "kind of comment".into(), number: 4 };
    assert_eq!(scene.call(OTHER, commentCall { id, kind: 4, text: text() }), revert(unknown));
    let empty = TextSize { what: "comment".into(), chars: 1, max: 4_096 };
    assert_eq!(scene.call(OTHER, commentCall { id, kind: 1, text: " ".into() }), revert(empty));
    scene.check();
}

#[test]
fn documents_keep_their_own_figures_and_a_list_takes_no_more_than_it_counts() {
    use terms::DocumentKind;
    let mut scene = scene();
    let list = record(&mut scene, DocumentKind::List, 15, 1);
    let press = record(&mut scene, DocumentKind::Report, 15, 165);
    assert_eq!(scene.read(OTHER, documentOfCall { document: list }).specials, 1);
    assert_eq!(scene.read(OTHER, documentOfCall { document: press }).specials, 165);
    let first = published(&mut scene, health(), &[]);
    let second = published(&mut scene, Proposal { field: 11, ..health() }, &[]);
    let zone = published(&mut scene, hangzhou(), &[]);
    go(&mut scene, "2026-01-13");
    let put = |id, document| listCall { id, document, alongside: vec![] };
    let kind = DocumentOfAnotherKind { document: press, kind: 6, wanted: 3 };
    assert_eq!(scene.call(DEPUTY, put(first, press)), revert(kind));
    assert_eq!(scene.call(DEPUTY, put(first, 99)), revert(NoSuchDocument { document: 99, count: 5 }));
    scene.call(DEPUTY, put(first, list)).unwrap();
    let full = ListFull { document: list, kind: 2, count: 1 };
    assert_eq!(scene.call(DEPUTY, put(second, list)), revert(full));
    scene.call(DEPUTY, put(zone, list)).unwrap();
    // A list that gives no number takes any.
    let open = record(&mut scene, DocumentKind::List, 0, 0);
    scene.call(DEPUTY, put(second, open)).unwrap();
    let found = scene.read(OTHER, documentOfCall { document: list });
    assert_eq!((found.listedZones, found.listedSpecials), (1, 1));
    scene.check();
}

#[test]
fn documents_are_recorded_by_the_supervisor_and_not_before_they_are_issued() {
    let mut scene = scene();
    let call = recordDocumentCall {
        kind: 1,
        issuedOn: day("2026-01-05"),
        departments: 18,
        zones: 0,
        specials: 0,
        digest: digest(1),
        number: String::new(),
        title: "Call".into(),
    };
    let role = RoleRequired { account: PROVINCE, organisation: 2, role: Role::Supervisor.number() };
    assert_eq!(scene.call(PROVINCE, call.clone()), revert(role));
    let future = recordDocumentCall { issuedOn: day("2026-01-06"), ..call.clone() };
    let refused = FutureDay { day: day("2026-01-06"), today: day("2026-01-05") };
    assert_eq!(scene.call(CHIEF, future), revert(refused));
    let none = recordDocumentCall { digest: B256::ZERO, ..call.clone() };
    assert_eq!(scene.call(CHIEF, none), revert(ZeroDigest { what: "document".into() }));
    let kind = UnknownTerm { what: "kind of document".into(), number: 7 };
    assert_eq!(scene.call(CHIEF, recordDocumentCall { kind: 7, ..call.clone() }), revert(kind));
    assert_eq!(scene.call(CHIEF, call), Ok(1));
    scene.check();
}

#[test]
fn of_two_pilots_in_one_field_the_second_is_listed_only_with_the_first_named() {
    let mut scene = scene();
    let first = published(&mut scene, health(), &[]);
    let second = published(&mut scene, health(), &[first]);
    go(&mut scene, "2026-01-13");
    let document = record(&mut scene, terms::DocumentKind::List, 15, 164);
    let put = |id, alongside: &[u32]| listCall { id, document, alongside: alongside.to_vec() };
    let entity = code(HOSPITAL_CODE);
    // The first is alone on the list: naming the other, which is not on it, is refused.
    let early = NotAlongside { entity, field: 12, id: second };
    assert_eq!(scene.call(DEPUTY, put(first, &[second])), revert(early));
    scene.call(DEPUTY, put(first, &[])).unwrap();
    let taken = FieldTaken { entity, field: 12, id: first };
    assert_eq!(scene.call(DEPUTY, put(second, &[])), revert(taken));
    scene.call(DEPUTY, put(second, &[first])).unwrap();
    assert_eq!(state_of(&mut scene, second), State::Listed);
    scene.check();
}

#[test]
fn a_review_needs_a_goal_and_a_department_that_can_follow() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let call = reviewCall { id, competent: MINISTRY_ID, opinion: text() };
    assert_eq!(scene.call(CHIEF, call.clone()), revert(NoIndicators { id }));
    scene.call(PROVINCE, goal(id)).unwrap();
    for organisation in [0, 2, 9] {
        let call = reviewCall { competent: organisation, ..call.clone() };
        assert_eq!(scene.call(CHIEF, call), revert(CompetentRequired { organisation }));
    }
    assert_eq!(scene.call(MINISTRY, call.clone()).map(|_| ()), not_entitled(MINISTRY, 3, id, Step::Review));
    scene.call(CHIEF, call).unwrap();
    // From now on the goals are fixed: they are what the public comments on.
    assert_eq!(scene.call(HOSPITAL, goal(id)), wrong_state(id, State::Reviewed, Step::Plan));
    scene.call(DEPUTY, assignCompetentCall { id, competent: NATIONAL }).unwrap();
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).pilot.competent, NATIONAL);
    scene.check();
}

#[test]
fn only_the_recommending_organisation_takes_a_recommendation_back_and_only_before_the_list() {
    let mut scene = scene();
    let (id, document) = heard(&mut scene);
    let call = withdrawCall { id, reason: text() };
    assert_eq!(scene.call(CAPITAL, call.clone()).map(|_| ()), not_entitled(CAPITAL, 4, id, Step::Withdraw));
    scene.call(DEPUTY, listCall { id, document, alongside: vec![] }).unwrap();
    assert_eq!(scene.call(PROVINCE, call).map(|_| ()), wrong_state(id, State::Listed, Step::Withdraw));
    let decline = declineCall { id, reason: text() };
    assert_eq!(scene.call(CHIEF, decline).map(|_| ()), wrong_state(id, State::Listed, Step::Decline));
    assert_eq!(scene.call(CHIEF, startCall { id: 9 }).map(|_| ()), revert(NoSuchPilot { id: 9, count: 1 }));
    scene.check();
}

#[test]
fn a_pilot_listed_before_the_ledger_began_is_entered_with_its_old_list_by_a_second_hand() {
    // The scene's genesis is of November 2023; the list of the programme is of 30 January 2022.
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    scene.call(PROVINCE, goal(id)).unwrap();
    scene.call(CHIEF, reviewCall { id, competent: MINISTRY_ID, opinion: text() }).unwrap();
    let issue = |on: &str| recordDocumentCall {
        kind: terms::DocumentKind::List.number(),
        issuedOn: day(on),
        departments: 16,
        zones: 15,
        specials: 164,
        digest: digest(3),
        number: String::new(),
        title: "List of pilots".into(),
    };
    let recent = scene.call(CHIEF, issue("2023-11-15")).unwrap();
    let old = scene.call(CHIEF, issue("2022-01-30")).unwrap();
    let call = enterCall { id, document: old, alongside: vec![] };
    let refused =
        ListTooRecent { document: recent, issuedOn: day("2023-11-15"), firstDay: day("2023-11-15") };
    assert_eq!(scene.call(DEPUTY, enterCall { document: recent, ..call.clone() }), revert(refused));
    let same = SamePerson { account: CHIEF, before: CHIEF, id, step: Step::Review.number() };
    assert_eq!(scene.call(CHIEF, call.clone()), revert(same));
    scene.call(DEPUTY, call.clone()).unwrap();
    assert_eq!(state_of(&mut scene, id), State::Listed);
    assert_eq!(scene.read(OTHER, pilotOfCall { id }).course.listedDay, day("2022-01-30"));
    assert_eq!(scene.call(DEPUTY, call).map(|_| ()), wrong_state(id, State::Listed, Step::Enter));
    scene.call(HOSPITAL, description(id, FAR_CHAIN)).unwrap();
    scene.call(HOSPITAL, startCall { id }).unwrap();
    scene.check();
}
