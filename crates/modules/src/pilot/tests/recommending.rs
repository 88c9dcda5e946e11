use super::*;

#[test]
fn a_recommendation_is_recorded_with_its_event() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    assert_eq!(id, 1);
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::Recommended(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.organisation, event.account, event.today), (2, PROVINCE, day("2026-01-05")));
    assert_eq!(event.title, "Sharing of examination results");
    let found = scene.read(OTHER, pilotOfCall { id });
    assert_eq!((found.pilot.entity, found.pilot.field), (code(HOSPITAL_CODE), 12));
    assert_eq!((found.pilot.recommender, found.course.endDay), (2, day("2027-12-31")));
    assert_eq!(scene.read(OTHER, livePilotsCall { entity: code(HOSPITAL_CODE), field: 12 }), [1]);
    assert_eq!(scene.read(OTHER, pilotOfCall { id: 2 }).pilot.state, 0);
    assert_eq!(scene.read(OTHER, countsCall {}), countsReturn { pilots: 1, documents: 0, entities: 2 });
    scene.check();
}

#[test]
fn regions_recommend_in_their_division_and_others_not_at_all() {
    let mut scene = scene();
    let call = recommendCall { proposal: health(), alongside: vec![] };
    let outside = OutsideDivision { organisation: 4, own: 11, wanted: 33 };
    assert_eq!(scene.call(CAPITAL, call.clone()), revert(outside));
    for account in [HOSPITAL, STRANGER] {
        let refused = RecommenderRequired { account, organisation: 0 };
        assert_eq!(scene.call(account, call.clone()), revert(refused));
    }
    // A department of the state and the supervisor recommend anywhere.
    assert_eq!(scene.call(MINISTRY, call), Ok(1));
    let alongside = vec![1];
    assert_eq!(scene.call(CHIEF, recommendCall { proposal: health(), alongside }), Ok(2));
    scene.check();
}

#[test]
fn kind_field_zone_and_division_must_fit_together() {
    let mut scene = scene();
    let mut refused = |proposal: Proposal| recommend(&mut scene, proposal, &[]);
    let kind = UnknownTerm { what: "kind of pilot".into(), number: 3 };
    assert_eq!(refused(Proposal { kind: 3, ..health() }), revert(kind));
    let field = UnknownTerm { what: "field".into(), number: 17 };
    assert_eq!(refused(Proposal { field: 17, ..health() }), revert(field));
    assert_eq!(refused(Proposal { field: 0, ..health() }), revert(FieldNotForKind { kind: 2, field: 0 }));
    assert_eq!(refused(Proposal { field: 12, ..hangzhou() }), revert(FieldNotForKind { kind: 1, field: 12 }));
    assert_eq!(refused(Proposal { zone: 0, ..hangzhou() }), revert(ZoneRequired {}));
    let zone = UnknownTerm { what: "zone".into(), number: 16 };
    assert_eq!(refused(Proposal { zone: 16, ..hangzhou() }), revert(zone));
    let elsewhere = ZoneElsewhere { zone: 1, division: 33, own: 11 };
    assert_eq!(refused(Proposal { zone: 1, ..health() }), revert(elsewhere));
    let mut scene = super::scene();
    let proposal = Proposal { division: 99, ..health() };
    let unknown = UnknownDivision { division: 99 };
    assert_eq!(scene.call(CHIEF, recommendCall { proposal, alongside: vec![] }), revert(unknown));
    // A special pilot may lie in a zone.
    assert_eq!(recommend(&mut scene, Proposal { zone: 10, ..health() }, &[]), Ok(1));
}

#[test]
fn all_sixteen_fields_and_fifteen_zones_can_be_recommended() {
    let mut scene = scene();
    for field in Field::ALL {
        recommend(&mut scene, Proposal { field: field.number(), ..health() }, &[]).unwrap();
    }
    let mut others = Vec::new();
    for zone in Zone::ALL {
        let proposal = Proposal { zone: zone.number(), division: zone.division(), ..hangzhou() };
        // One entity for all of them: each names those before. The eighth is the last that fits.
        let call = recommendCall { proposal, alongside: others.clone() };
        match scene.call(CHIEF, call.clone()) {
            Ok(id) => others.push(id),
            Err(stop) => {
                let entity = code(HOSPITAL_CODE);
                assert_eq!(stop, Stop::revert(FieldFull { entity, field: 0, max: 8 }));
                assert_eq!(others.len(), 8);
                let proposal = Proposal { entity: code(BANK_CODE), ..call.proposal };
                let alongside = scene.read(OTHER, livePilotsCall { entity: code(BANK_CODE), field: 0 });
                scene.call(CHIEF, recommendCall { proposal, alongside }).unwrap();
            }
        }
        assert!(scene.read(OTHER, pilotOfZoneCall { zone: zone.number() }) > 16);
    }
    assert_eq!(scene.read(OTHER, countsCall {}).pilots, 31);
    scene.check();
}

#[test]
fn a_second_pilot_of_an_entity_in_a_field_is_refused_unless_both_are_named() {
    let mut scene = scene();
    let entity = code(HOSPITAL_CODE);
    let first = recommend(&mut scene, health(), &[]).unwrap();
    let taken = FieldTaken { entity, field: 12, id: first };
    assert_eq!(recommend(&mut scene, health(), &[]), revert(taken));
    let stray = NotAlongside { entity, field: 12, id: 7 };
    assert_eq!(recommend(&mut scene, health(), &[first, 7]), revert(stray));
    let twice = TooMany { what: "pilots named alongside".into(), count: 2, max: 1 };
    assert_eq!(recommend(&mut scene, health(), &[first, first]), revert(twice));
    let second = recommend(&mut scene, health(), &[first]).unwrap();
    assert_eq!(scene.read(OTHER, livePilotsCall { entity, field: 12 }), [first, second]);
    // Another field and another entity are free.
    assert!(recommend(&mut scene, Proposal { field: 11, ..health() }, &[]).is_ok());
    assert!(recommend(&mut scene, Proposal { entity: code(BANK_CODE), ..health() }, &[]).is_ok());
    scene.check();
}

#[test]
fn a_pilot_that_ended_frees_its_field_and_zone() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let zone = recommend(&mut scene, hangzhou(), &[]).unwrap();
    let entity = code(BANK_CODE);
    let taken = ZoneTaken { zone: 10, id: zone };
    assert_eq!(recommend(&mut scene, Proposal { entity, ..hangzhou() }, &[]), revert(taken));
    scene.call(PROVINCE, withdrawCall { id, reason: text() }).unwrap();
    scene.call(CHIEF, declineCall { id: zone, reason: text() }).unwrap();
    assert_eq!(state_of(&mut scene, id), State::Withdrawn);
    assert_eq!(state_of(&mut scene, zone), State::Declined);
    assert_eq!(recommend(&mut scene, health(), &[]), Ok(3));
    assert_eq!(recommend(&mut scene, hangzhou(), &[]), Ok(4));
    assert_eq!(scene.read(OTHER, pilotOfZoneCall { zone: 10 }), 4);
    scene.check();
}

#[test]
fn the_end_of_a_pilot_lies_ahead_and_within_bounds() {
    let mut scene = scene();
    let today = day("2026-01-05");
    let bounds = |value: u32| OutOfRange {
        what: "last day of the pilot".into(),
        value: value.into(),
        min: u64::from(today) + 1,
        max: u64::from(today) + 1_096,
    };
    for end in [0, today, today + 1_097, u32::MAX] {
        assert_eq!(recommend(&mut scene, Proposal { endDay: end, ..health() }, &[]), revert(bounds(end)));
    }
    assert!(recommend(&mut scene, Proposal { endDay: today + 1_096, ..health() }, &[]).is_ok());
}

#[test]
fn entities_are_normalised_checked_and_registered_once() {
    let mut scene = scene();
    let call = |code: &str, account| registerEntityCall {
        code: code.into(),
        name: "Association".into(),
        division: 33,
        account,
    };
    // Lower case, full width and spaces mean the same code.
    let entity = scene.call(PROVINCE, call(" ５１１０００００mj0000018u ", OTHER)).unwrap();
    assert_eq!(entity, code("51100000MJ0000018U"));
    assert_eq!(scene.read(STRANGER, entityOfAccountCall { account: OTHER }), entity);
    let known = EntityKnown { entity, account: OTHER };
    assert_eq!(scene.call(PROVINCE, call("51100000MJ0000018U", STRANGER)), revert(known));
    let wrong = "91330100MA0000023Q";
    assert_eq!(scene.call(PROVINCE, call(wrong, STRANGER)), revert(CodeInvalid { code: wrong.into() }));
    let taken = AccountTaken { account: BANK, entity: code(BANK_CODE) };
    assert_eq!(scene.call(PROVINCE, call("91330100MA0000023P", BANK)), revert(taken));
    for account in [Address::ZERO, state::ADDRESS] {
        let unusable = AccountUnusable { account };
        assert_eq!(scene.call(PROVINCE, call("91330100MA0000023P", account)), revert(unusable));
    }
    let name = registerEntityCall { name: " x".into(), ..call("91330100MA0000023P", STRANGER) };
    assert_eq!(scene.call(PROVINCE, name), revert(TextForm { what: "name".into() }));
    let unregistered = Proposal { entity: code("91330100MA0000023P"), ..health() };
    let missing = NoSuchEntity { entity: unregistered.entity };
    assert_eq!(recommend(&mut scene, unregistered, &[]), revert(missing));
    scene.check();
}

#[test]
fn an_entity_changes_its_account_and_the_old_one_acts_no_more() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let entity = code(HOSPITAL_CODE);
    let call = changeEntityCall { entity, name: "Third People's Hospital".into(), account: OTHER };
    let refused = NotTheEntity { account: BANK, entity };
    assert_eq!(scene.call(BANK, call.clone()), revert(refused));
    scene.call(HOSPITAL, call.clone()).unwrap();
    assert_eq!(scene.call(HOSPITAL, goal(id)), not_entitled(HOSPITAL, 0, id, Step::Plan));
    assert_eq!(scene.call(OTHER, goal(id)), Ok(0));
    // The supervisor can give it back; another entity can take the account that became free.
    scene.call(CHIEF, changeEntityCall { account: STRANGER, ..call }).unwrap();
    assert_eq!(scene.read(OTHER, entityOfAccountCall { account: OTHER }), B256::ZERO);
    let entity = code(BANK_CODE);
    scene.call(BANK, changeEntityCall { entity, name: "Bank".into(), account: OTHER }).unwrap();
    assert_eq!(scene.read(OTHER, entityOfCall { entity }).account, OTHER);
    scene.check();
}

#[test]
fn goals_are_checked_one_by_one() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    let mut refused = |call: addIndicatorCall| scene.call(HOSPITAL, call);
    for (name, unit, word, text) in [
        ("Token price", "元", "token", "Token price"),
        ("代币发行量", "枚", "代币", "代币发行量"),
        ("Daily result", "yield", "yield", "yield"),
    ] {
        let call = addIndicatorCall { name: name.into(), unit: unit.into(), ..goal(id) };
        assert_eq!(refused(call), revert(ForbiddenWord { word: word.into(), text: text.into() }));
    }
    let same = addIndicatorCall { target: 480, ..goal(id) };
    assert_eq!(refused(same), revert(NoGoal { baseline: 480 }));
    let decimals = addIndicatorCall { decimals: 10, ..goal(id) };
    let range = OutOfRange { what: "decimals".into(), value: 10, min: 0, max: 9 };
    assert_eq!(refused(decimals), revert(range));
    for due in [day("2026-01-04"), day("2028-01-01")] {
        let range = OutOfRange {
            what: "day of the target".into(),
            value: due.into(),
            min: day("2026-01-05").into(),
            max: day("2027-12-31").into(),
        };
        assert_eq!(refused(addIndicatorCall { due, ..goal(id) }), revert(range));
    }
    let long = addIndicatorCall { unit: "小时小时小时小时小时小时".into(), ..goal(id) };
    let bytes = TooMany { what: "bytes of the unit".into(), count: 36, max: 32 };
    assert_eq!(refused(long), revert(bytes));
    for number in 0..64 {
        assert_eq!(refused(goal(id)), Ok(number));
    }
    let full = OutOfRange { what: "number of indicators".into(), value: 65, min: 1, max: 64 };
    assert_eq!(refused(goal(id)), revert(full));
    scene.check();
}

#[test]
fn a_goal_may_be_negative_and_keeps_what_it_was_in_the_events() {
    let mut scene = scene();
    let id = recommend(&mut scene, health(), &[]).unwrap();
    scene.call(HOSPITAL, addIndicatorCall { baseline: i64::MIN, target: -1, ..goal(id) }).unwrap();
    let due = day("2027-01-01");
    let change = changeIndicatorCall { id, indicator: 0, target: i64::MAX, due, reason: text() };
    scene.call(PROVINCE, change.clone()).unwrap();
    let [log] = scene.logs() else { panic!("one log") };
    let Some(events::Event::IndicatorChanged(event)) = events::decode(log) else { panic!("{log:?}") };
    assert_eq!((event.targetBefore, event.target, event.revision), (-1, i64::MAX, 1));
    let found = scene.read(OTHER, indicatorOfCall { id, indicator: 0 });
    assert_eq!((found.baseline, found.target, found.due, found.revisions), (i64::MIN, i64::MAX, due, 1));
    assert_eq!(found.unit, B256::right_padding_from("小时".as_bytes()));
    let missing = NoSuchIndicator { id, indicator: 1, count: 1 };
    assert_eq!(scene.call(PROVINCE, changeIndicatorCall { indicator: 1, ..change }), revert(missing));
    scene.check();
}
