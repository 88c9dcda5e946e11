//! What is refused: every row of the list for providers and forms.

use super::*;

#[test]
fn a_provider_gives_the_identity_that_goes_with_its_nature() {
    let mut stage = Stage::on(2026, 2, 10);
    let wrong_type = |nature, id_type| Stop::revert(WrongIdType { nature, idType: id_type });
    let unexpected = |field: &str| Stop::revert(NotExpected { field: field.into() });
    let missing = |field: &str| Stop::revert(Missing { field: field.into() });
    let cases = [
        (Subject { idType: 2, ..firm() }, wrong_type(1, 2)),
        (Subject { idType: 1, ..individual() }, wrong_type(2, 1)),
        (Subject { uscc: CODE.into(), ..individual() }, unexpected("uscc")),
        (Subject { name: "张三".into(), ..individual() }, unexpected("name")),
        (Subject { subject: digest(1), ..firm() }, unexpected("subject")),
        (Subject { subject: B256::ZERO, ..individual() }, missing("subject")),
        (Subject { person: B256::ZERO, ..firm() }, missing("person")),
        (Subject { details: B256::ZERO, ..firm() }, missing("details")),
        (Subject { name: "".into(), ..firm() }, missing("name")),
        (Subject { name: " 海港链".into(), ..firm() }, Stop::revert(NotNormalised { field: "name".into() })),
        (
            Subject { name: "链".repeat(129), ..firm() },
            Stop::revert(TextTooLong { field: "name".into(), bytes_: 129, max: 128 }),
        ),
        (Subject { kinds: 2, ..individual() }, Stop::revert(OrganisationOnly { kinds: 2 })),
        (
            Subject { kinds: 0, ..firm() },
            Stop::revert(UnknownTerm { vocabulary: "kinds of provider".into(), number: 0 }),
        ),
        (
            Subject { kinds: 4, ..firm() },
            Stop::revert(UnknownTerm { vocabulary: "kinds of provider".into(), number: 4 }),
        ),
        (
            Subject { nature: 3, ..firm() },
            Stop::revert(UnknownTerm { vocabulary: "nature".into(), number: 3 }),
        ),
        (Subject { division: 990_000, ..firm() }, Stop::revert(UnknownDivision { division: 990_000 })),
    ];
    for (subject, want) in cases {
        let got = stage.call(FIRM, registerProviderCall { subject: subject.clone() }).err();
        assert_eq!(got, Some(want), "{subject:?}");
    }
    assert_eq!(stage.read(countsCall {}).providers, 0);
    stage.register(CITIZEN, individual());
    stage.check();
}

#[test]
fn a_code_is_normalised_then_checked() {
    let mut stage = Stage::on(2026, 2, 10);
    for bad in ["91110000MA00000078", "91110000MA0000007", "", "9111ZZ00MA00000077"] {
        let subject = Subject { uscc: bad.into(), ..firm() };
        let Err(Stop::Revert(data)) = stage.call(FIRM, registerProviderCall { subject }) else {
            panic!("{bad} was taken")
        };
        assert!(decode_revert(&data).unwrap().contains("no unified social credit code"), "{bad}");
    }
    let wide = Subject { uscc: " ９１１１００００ma-00000077".into(), ..firm() };
    let provider = stage.register(FIRM, wide);
    assert_eq!(stage.read(providerOfCodeCall { uscc: CODE.into() }), provider);
    let again = registerProviderCall { subject: firm() };
    assert_eq!(stage.call(OTHER_FIRM, again.clone()), revert(AlreadyRegistered { provider }));
    assert_eq!(stage.call(FIRM, again), revert(AccountInCharge { account: FIRM, provider }));
    stage.check();
}

#[test]
fn an_account_of_a_member_registers_no_other_organisation() {
    let mut stage = Stage::on(2026, 2, 10);
    let Err(Stop::Revert(data)) = stage.call(FIRM, registerProviderCall { subject: other_firm() }) else {
        panic!("another organisation's code was taken")
    };
    assert!(decode_revert(&data).unwrap().contains(CODE));
    stage.register(OTHER_FIRM, other_firm());
    stage.check();
}

#[test]
fn a_form_is_complete_and_says_nothing_it_must_not() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let missing = |field: &str| Stop::revert(Missing { field: field.into() });
    let term = |vocabulary: &str, number| Stop::revert(UnknownTerm { vocabulary: vocabulary.into(), number });
    let today = on(2026, 2, 10);
    let (min, max) = (clocks::GO_LIVE_MIN.get(), today.plus(3_660).unwrap().get());
    let bad_day = |day| Stop::revert(BadDay { field: "goLive".into(), day, min, max });
    let long = |field: &str, bytes_, max| Stop::revert(TextTooLong { field: field.into(), bytes_, max });
    let approval = |phrase: &str| Stop::revert(ApprovalWording { phrase: phrase.into() });
    let cases = [
        (Form { name: "".into(), ..form() }, missing("name")),
        (Form { field: "".into(), ..form() }, missing("field")),
        (Form { server: "".into(), ..form() }, missing("server")),
        (Form { description: "".into(), ..form() }, missing("description")),
        (Form { icp: "".into(), ..form() }, missing("icp")),
        (Form { form: 2, icp: "".into(), ..form() }, missing("icp")),
        (Form { site: "".into(), ..form() }, missing("site")),
        (Form { serverDivision: 0, ..form() }, missing("crossBorder")),
        (Form { serverDivision: 710_000, ..form() }, Stop::revert(UnknownDivision { division: 710_000 })),
        (Form { category: 9, ..form() }, term("category", 9)),
        (Form { form: 0, ..form() }, term("form", 0)),
        (Form { category: 3, ..form() }, Stop::revert(CategoryNotForKind { category: 3, kinds: 1 })),
        (Form { goLive: 0, ..form() }, bad_day(0)),
        (Form { goLive: max + 1, ..form() }, bad_day(max + 1)),
        (Form { field: "x".repeat(513), ..form() }, long("field", 513, 512)),
        (Form { description: "x".repeat(8_193), ..form() }, long("description", 8_193, 8_192)),
        (Form { site: "a\u{7}".into(), ..form() }, Stop::revert(NotNormalised { field: "site".into() })),
        (Form { description: "经国家网信办批准".into(), ..form() }, approval("网信办批准")),
        (Form { name: "官方认证钱包".into(), ..form() }, approval("官方认证")),
        (Form { field: "国家网信办批准".into(), ..form() }, approval("网信办批准")),
        (Form { server: "国家网信办批准".into(), ..form() }, approval("网信办批准")),
        (Form { site: "https://a.cn/网信办批准".into(), ..form() }, approval("网信办批准")),
        (Form { consensus: "官方认证".into(), ..form() }, approval("官方认证")),
        (Form { crossBorder: "经网信办批准".into(), ..form() }, approval("网信办批准")),
    ];
    for (form, want) in cases {
        let got = stage.call(FIRM, draftCall { provider, form: form.clone() }).err();
        assert_eq!(got, Some(want), "{form:?}");
    }
    assert_eq!(stage.read(countsCall {}).services, 0);
    let abroad = Form { serverDivision: 0, crossBorder: "two nodes in Singapore".into(), ..form() };
    stage.call(FIRM, draftCall { provider, form: abroad }).unwrap();
    stage.check();
}

#[test]
fn service_and_technology_providers_are_told_apart() {
    let mut stage = Stage::on(2026, 2, 10);
    let technology = stage.register(FIRM, Subject { kinds: 2, ..firm() });
    let draft = |category| draftCall { provider: technology, form: Form { category, ..form() } };
    assert_eq!(stage.call(FIRM, draft(2)), revert(CategoryNotForKind { category: 2, kinds: 2 }));
    stage.call(FIRM, draft(3)).unwrap();
    stage.call(FIRM, draft(1)).unwrap();
    stage.check();
}

#[test]
fn places_are_addresses_listed_once() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let contract = place(RIVAL);
    let wide = Place { place: digest(0xff), ..place(RIVAL) };
    let nowhere = Place { chainId: 0, ..place(RIVAL) };
    for (places, bad) in [
        (vec![contract.clone(), contract.clone()], RIVAL.into_word()),
        (vec![wide], digest(0xff)),
        (vec![nowhere], RIVAL.into_word()),
        (vec![place(Address::ZERO)], B256::ZERO),
    ] {
        let draft = draftCall { provider, form: Form { places, ..form() } };
        assert_eq!(stage.call(FIRM, draft), revert(BadPlace { place: bad }));
    }
    let many = (1..=17).map(|n| Place { chainId: n + 5_000, ..contract.clone() }).collect();
    let draft = draftCall { provider, form: Form { places: many, ..form() } };
    let size = ListSize { field: "places".into(), count: 17, max: 16 };
    assert_eq!(stage.call(FIRM, draft), revert(size));
    stage.check();
}

#[test]
fn attachments_are_images_or_pdf_of_the_allowed_size() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(FIRM, firm());
    let good = Attachment { kind: 1, format: 1, size: 20 * 1024 * 1024, digest: digest(1) };
    let max = good.size;
    let bad = |format, size| Stop::revert(BadAttachment { kind: 1, format, size, max });
    let cases = [
        (Attachment { format: 4, ..good.clone() }, bad(4, max)),
        (Attachment { format: 0, ..good.clone() }, bad(0, max)),
        (Attachment { size: max + 1, ..good.clone() }, bad(1, max + 1)),
        (Attachment { size: 0, ..good.clone() }, bad(1, 0)),
        (
            Attachment { kind: 8, ..good.clone() },
            Stop::revert(UnknownTerm { vocabulary: "attachment".into(), number: 8 }),
        ),
        (Attachment { digest: B256::ZERO, ..good }, Stop::revert(Missing { field: "digest".into() })),
    ];
    for (attachment, want) in cases {
        let file = fileCall { provider, form: form(), attachments: vec![attachment] };
        assert_eq!(stage.call(FIRM, file).err(), Some(want));
    }
    stage.call(FIRM, fileCall { provider, form: form(), attachments: vec![good] }).unwrap();
    stage.check();
}

#[test]
fn numbers_of_other_registers_and_of_other_provinces_are_refused() {
    let mut stage = Stage::on(2026, 2, 10);
    let service = stage.filed();
    for bad in [
        "网信算备110105198644915500141号",
        "11010519864491550",
        "粤网信备11010519864491550014号",
        "99010519864491550014",
        "44030524273626860016",
    ] {
        let propose = proposeRecordCall { service, number: bad.into(), confirmed: true };
        let Err(Stop::Revert(data)) = stage.call(CHIEF, propose) else { panic!("{bad} was taken") };
        assert!(decode_revert(&data).unwrap().contains("no filing number"), "{bad}");
    }
    stage.check();
}

#[test]
fn an_account_is_in_charge_of_one_provider_and_leaves_when_another_takes_over() {
    let mut stage = Stage::on(2026, 2, 10);
    let provider = stage.register(OTHER_FIRM, other_firm());
    let citizen = stage.register(CITIZEN, individual());
    let set = |account| setAccountCall { provider, account, reason: text() };
    assert_eq!(
        stage.call(OTHER_FIRM, set(CITIZEN)),
        revert(AccountInCharge { account: CITIZEN, provider: citizen })
    );
    assert_eq!(
        stage.call(RIVAL, set(RIVAL)),
        revert(NotAllowed { step: 3, account: RIVAL, organisation: 0 })
    );
    assert!(stage.call(CHIEF, set(FIRM)).is_err(), "an account of another organisation");
    assert_eq!(stage.call(OTHER_FIRM, set(Address::ZERO)), revert(Missing { field: "account".into() }));
    stage.call(OTHER_FIRM, set(RIVAL)).unwrap();
    assert_eq!(stage.read(providerOfCall { account: OTHER_FIRM }), 0);
    let draft = draftCall { provider, form: form() };
    let gone = NotTheProvider { provider, account: OTHER_FIRM };
    assert_eq!(stage.call(OTHER_FIRM, draft.clone()), revert(gone));
    stage.call(RIVAL, draft).unwrap();
    stage.check();
}

#[test]
fn an_organisation_that_names_a_strangers_account_does_not_act_for_its_provider() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(LURED, other_firm());
    let draft = || draftCall { provider, form: form() };
    let set = |account| setAccountCall { provider, account, reason: text() };
    let stranger = || NotTheProvider { provider, account: LURER };
    assert_eq!(stage.call(LURER, draft()), revert(stranger()));
    let refused = NotAllowed { step: 3, account: LURER, organisation: 6 };
    assert_eq!(stage.call(LURER, set(LURER)), revert(refused));
    // The same when the account takes charge later.
    stage.call(LURED, set(OTHER_FIRM)).unwrap();
    stage.call(OTHER_FIRM, set(LURED)).unwrap();
    assert_eq!(stage.call(LURER, draft()), revert(stranger()));
    stage.call(LURED, draft()).unwrap();
    stage.check();
}

#[test]
fn no_administration_decides_on_filings_of_its_own_accounts() {
    let mut stage = Stage::on(2026, 3, 2);
    let provider = stage.register(CHIEF, other_firm());
    let file = fileCall { provider, form: form(), attachments: attachments() };
    let service = stage.call(CHIEF, file).unwrap();
    for account in [CHIEF, DEPUTY] {
        let propose = proposeRecordCall { service, number: String::new(), confirmed: false };
        assert_eq!(stage.call(account, propose), revert(NotAllowed { step: 13, account, organisation: 1 }));
    }
    stage.check();
}

/// A number of Beijing that checks.
fn number(year: u16, filer: u32, service: u16) -> String {
    FilingNumber::form(110_108, year, filer, service).unwrap().as_str().into()
}

/// Why a number is none, in the words of its error.
fn spoken(answer: Result<String, Stop>) -> String {
    let Err(Stop::Revert(data)) = answer else { panic!("taken: {answer:?}") };
    decode_revert(&data).unwrap()
}

#[test]
fn a_given_number_with_another_providers_subject_number_is_confirmed_first() {
    let mut stage = Stage::on(2026, 3, 2);
    let first = stage.filed();
    let citizen = stage.register(CITIZEN, individual());
    let file = || fileCall { provider: citizen, form: form(), attachments: attachments() };
    let (second, third) = (stage.call(CITIZEN, file()).unwrap(), stage.call(CITIZEN, file()).unwrap());
    let propose = |service, number: String, confirmed| proposeRecordCall { service, number, confirmed };
    // What one hand proposed and gave up again keeps no subject number from others.
    stage.call(CHIEF, propose(third, number(2026, 77, 1), false)).unwrap();
    stage.call(CITIZEN, withdrawCall { service: third, reason: text() }).unwrap();
    stage.call(CHIEF, propose(first, number(2026, 77, 1), false)).unwrap();
    // Two proposals with one subject number: the record of one speaks against the other.
    stage.call(CHIEF, propose(second, number(2026, 77, 2), false)).unwrap();
    stage.second_hand(DEPUTY, &[first]).unwrap();
    let went = stage.second_hand(DEPUTY, &[second]).map(|_| String::new());
    assert!(spoken(went).contains("went to provider 1"));
    let doubtful = spoken(stage.call(CHIEF, propose(second, number(2026, 77, 2), false)));
    assert!(
        doubtful.contains("00000077 is that of provider 1") && doubtful.contains("--confirmed"),
        "{doubtful}"
    );
    stage.call(CHIEF, propose(second, number(2026, 77, 2), true)).unwrap();
    stage.second_hand(DEPUTY, &[second]).unwrap();
    assert_eq!(stage.service(second).flags & 4, 4, "confirmed");
    assert_eq!(stage.service(first).flags & 4, 0);
    stage.check();
}

#[test]
fn a_given_number_of_a_year_without_filings_is_confirmed_first() {
    let mut stage = Stage::on(2026, 3, 2);
    let service = stage.filed();
    let propose = |number: String, confirmed| proposeRecordCall { service, number, confirmed };
    let early = "11010818000000050018".to_owned();
    for (year, number) in [(2018, early), (2027, number(2027, 5, 1)), (2028, number(2028, 5, 1))] {
        let text = spoken(stage.call(CHIEF, propose(number, false)));
        assert!(
            text.contains(&format!("of the year {year}, services are filed since 2019 and it is 2026")),
            "{text}"
        );
    }
    for year in [2019, 2026] {
        stage.call(CHIEF, propose(number(year, 5, 1), false)).unwrap();
    }
    stage.call(CHIEF, propose(number(2028, 5, 1), true)).unwrap();
    stage.second_hand(DEPUTY, &[service]).unwrap();
    assert_eq!(stage.service(service).flags & 4, 4);
    stage.check();
}

#[test]
fn a_formed_number_that_went_to_another_service_is_formed_anew() {
    let mut stage = Stage::on(2026, 3, 2);
    let (first, second) = (stage.filed(), stage.filed());
    let propose =
        |service, number: &str| proposeRecordCall { service, number: number.into(), confirmed: false };
    let formed = stage.call(CHIEF, propose(first, "")).unwrap();
    let held = spoken(stage.call(CHIEF, propose(second, &formed)));
    assert!(held.contains("proposed for another service"), "{held}");
    // The reservation runs out, and the number is given to another service.
    stage.scene.later(ding_primitives::limits::FILING_RESERVATION_MS + 1);
    stage.call(CHIEF, propose(second, &formed)).unwrap();
    let other = stage.call(CHIEF, propose(first, "")).unwrap();
    assert_ne!(other, formed);
    for service in [first, second] {
        stage.second_hand(DEPUTY, &[service]).unwrap();
    }
    assert_eq!([first, second].map(|id| stage.service(id).number), [other, formed]);
    stage.check();
}
