//! Lives of things of the supervised part, from beginning to end: what mutations start from.

use super::*;

/// Who, and what.
pub(super) type Story = Vec<(Address, Vec<u8>)>;

fn text() -> String {
    "as found".into()
}

macro_rules! story {
    ($($who:expr => $call:expr),* $(,)?) => { vec![$(($who, SolCall::abi_encode(&$call))),*] };
}

/// Stories of a module.
pub(super) fn of(name: &str) -> Vec<Story> {
    match name {
        "identity" => identity(),
        "once" => once(),
        "services" => services(),
        "filing" => filing(),
        "pilot" => pilot(),
        "orders" => orders(),
        _ => calendar(),
    }
}

fn calendar() -> Vec<Story> {
    use ding_modules::calendar::abi::ICalendar::*;
    let start = today();
    vec![story![
        OTHER => todayCall {},
        OTHER => dayOfCall { year: 2026, month: 2, dayOfMonth: 10 },
        OTHER => dateOfCall { day: start },
        OTHER => isWorkingDayCall { day: start },
        OTHER => deadlineCall { start, workingDays: 10 },
        OTHER => noticeDayCall { planned: start + 60, workingDays: 30 },
        OTHER => deadlineInDaysCall { start, calendarDays: 60 },
        OTHER => deadlineInMonthsCall { start, months: 6 },
        OTHER => workingDaysBetweenCall { from: start, to: start + 400 },
        OTHER => tableYearsCall {},
        OTHER => tableCall { year: 2026 },
    ]]
}

fn identity() -> Vec<Story> {
    use IIdentity::*;
    let (root, second, third) = (STRANGER, NOTARY, CREATED);
    let bind = bindCall {
        account: root,
        kind: 1,
        subject: digest(2),
        level: 3,
        expiryMs: now_ms() + 90_000_000,
        code: B256::ZERO,
        nameDigest: B256::ZERO,
    };
    let firm = bindCall {
        account: FIRM,
        kind: 2,
        subject: B256::ZERO,
        level: 4,
        expiryMs: 0,
        code: B256::right_padding_from(CODE.as_bytes()),
        nameDigest: digest(3),
    };
    vec![
        story![
            OFFICE => bind,
            OFFICE => firm,
            OFFICE => addAccountCall { root, account: second },
            OFFICE => suspendCall { account: second, reason: 6 },
            OFFICE => restoreCall { account: second, reason: 9 },
            OFFICE => renewCall { binding: 1, level: 4, expiryMs: 0 },
            root => inviteCall { account: third, purpose: 1 },
            root => withdrawInvitationCall { account: third },
            root => inviteCall { account: third, purpose: 1 },
            third => acceptCall { inviter: root },
            OFFICE => rotateCall { account: second, successor: SHOP, reason: 2 },
            root => revokeCall { account: third, reason: 1 },
            OFFICE => revokeCall { account: root, reason: 5 },
        ],
        story![
            OTHER => standingOfCall { account: OTHER },
            OTHER => levelOfCall { account: OTHER },
            OTHER => isBoundCall { account: OTHER, minLevel: 2 },
            OTHER => subjectOfCall { account: OTHER },
            OTHER => isSameSubjectCall { first: OTHER, second: STRANGER },
            OTHER => bindingCall { id: 1 },
            OTHER => accountsOfCall { id: 1 },
            OTHER => liveBindingCall { authority: 1, subject: digest(1) },
            OTHER => invitationCall { account: OTHER, inviter: STRANGER },
            OTHER => authorityCall { id: 1 },
            OTHER => authorityOfCall { organisation: 4 },
            OTHER => countsCall {},
        ],
    ]
}

fn once() -> Vec<Story> {
    use ding_modules::once::abi::IOnce::*;
    let (register, key, content, holder) = (digest(1), digest(2), digest(3), OTHER);
    let until = now_ms() + 60_000;
    vec![story![
        STRANGER => reserveCall { register, key, content, holder, untilMs: until },
        STRANGER => confirmCall { register, key, content, holder, forEver: false },
        STRANGER => transferCall { register, key, from: holder, to: NOTARY },
        STRANGER => entryOfCall { owner: STRANGER, register, key },
        STRANGER => releaseCall { register, key, holder: NOTARY },
    ]]
}

fn services() -> Vec<Story> {
    use IServices::*;
    let (id, contract) = (digest(2), CREATED);
    let number = FilingNumber::form(110_108, 2026, 2, 1).map(|number| number.as_str().to_owned());
    let number = number.unwrap_or_default();
    let contracts = vec![contract];
    vec![
        story![
            REGISTRAR => declareCall { id, provider: FIRM, division: 11, goLive: today(), contracts: contracts.clone() },
            OTHER => dueDayCall { id },
            OTHER => refreshCall { id },
            PROVINCE => recordCall { id, number },
            PROVINCE => removeContractsCall { id, contracts: contracts.clone() },
            PROVINCE => addContractsCall { id, contracts },
            OTHER => armedCall {},
        ],
        story![
            OTHER => serviceCall { id: digest(1) },
            OTHER => serviceOfCall { contractAddress: SHOP },
            OTHER => serviceOfNumberCall { number: NUMBER.into() },
            OTHER => verdictCall { contractAddress: SHOP },
            OTHER => holdsCall { id: digest(1) },
        ],
    ]
}

fn filing() -> Vec<Story> {
    use IFiling::*;
    let (service, some, days) = (1, digest(4), 5);
    let given = FilingNumber::form(110_108, 2026, 7, 1).map(|number| number.as_str().to_owned());
    let given = given.unwrap_or_default();
    let record = || -> Story {
        story![
            REGISTRAR => proposeRecordCall { service, number: String::new(), confirmed: false },
            REGISTRAR => proposeRecordCall { service, number: given.clone(), confirmed: true },
            SECOND => recordCall { services: vec![service], numbers: vec![given.clone()] },
        ]
    };
    let with = |story: Story| [record(), story].concat();
    let rectify =
        rectifyCall { service, article: 21, breach: 10, workingDays: days, notice: some, text: text() };
    let fine = proposeFineCall {
        service,
        article: 21,
        breach: 10,
        ground: 2,
        amountFen: 2_000_000,
        notice: some,
        text: text(),
    };
    let suspend = suspendCall { service, article: 19, breach: 17, fromHeight: 0, notice: some, text: text() };
    let warn = warnCall { service, article: 19, breach: 17, workingDays: days, notice: some, text: text() };
    let announce =
        notifyTerminationCall { service, plannedDay: today() + 60, arrangements: some, text: text() };
    let assessment = reportAssessmentCall {
        service,
        goLive: today() + 40,
        report: some,
        subject: "cross-chain transfer".into(),
        institution: "Institute".into(),
    };
    let changed = || Form { name: "Bills and letters".into(), ..form() };
    vec![
        with(story![
            REGISTRAR => publishBatchCall { batch: 1, services: vec![service], day: today(), document: some },
            OTHER => objectCall { service, evidence: some, statement: text() },
            SECOND => decideObjectionCall { objection: 1, upheld: false, report: some, reasons: text() },
            FIRM => reportChangeCall { service, changedOn: today(), form: changed(), reason: String::new() },
            REGISTRAR => returnChangeCall { service, codes: vec![2], reasons: text() },
            FIRM => reportChangeCall { service, changedOn: today(), form: changed(), reason: String::new() },
            REGISTRAR => acceptChangeCall { service, form: changed() },
            FIRM => announce,
            FIRM => cancelTerminationCall { service, reason: text() },
        ]),
        with(story![
            REGISTRAR => openCampaignCall { title: "year".into(), workingDays: days },
            REGISTRAR => inspectCall { campaign: 1, services: vec![service] },
            FIRM => answerInspectionCall { service, answer: some, text: text() },
            REGISTRAR => passInspectionCall { service, text: text() },
            REGISTRAR => closeCampaignCall { campaign: 1 },
            REGISTRAR => rectify,
            FIRM => reportRectifiedCall { service, report: some, text: text() },
            REGISTRAR => decideRectifiedCall { service, accepted: true, workingDays: 0, text: text() },
        ]),
        with(story![
            REGISTRAR => suspend,
            REGISTRAR => restoreCall { service, fromHeight: 0, text: text() },
            REGISTRAR => warn,
            REGISTRAR => fine.clone(),
            SECOND => imposeFineCall { penalty: 3 },
            REGISTRAR => settleFineCall { penalty: 3, receipt: some },
            REGISTRAR => fine,
            REGISTRAR => dropFineCall { penalty: 4, reason: text() },
        ]),
        with(story![
            FIRM => assessment,
            REGISTRAR => decideAssessmentCall { assessment: 1, passed: true, report: some, reasons: text() },
            FIRM => setAccountCall { provider: 1, account: STRANGER, reason: text() },
            STRANGER => changeProviderCall { provider: 1, subject: Subject { person: some, ..subject() }, changedOn: today(), reason: String::new() },
        ]),
        story![
            REGISTRAR => returnFilingCall { service, codes: vec![1], reasons: text(), answerDays: days },
            FIRM => resubmitCall { service, form: form(), attachments: attachments() },
            PROVINCE => forwardCall { service, opinion: text() },
            FIRM => withdrawCall { service, reason: text() },
            FIRM => draftCall { provider: 1, form: form() },
            FIRM => submitCall { service: 2, attachments: attachments() },
            REGISTRAR => importFilingCall { subject: subject(), account: Address::ZERO, form: Form { goLive: 18_000, ..form() }, number: "1101081971596078003x".into(), confirmed: true },
        ],
        with(story![
            OTHER => providerCall { id: 1 },
            OTHER => providerOfCall { account: FIRM },
            OTHER => providerOfCodeCall { uscc: CODE.into() },
            OTHER => serviceCall { id: service },
            OTHER => serviceOfNumberCall { number: NUMBER.into() },
            OTHER => isRecordedCall { number: NUMBER.into() },
            OTHER => proposalCall { service },
            OTHER => placesOfCall { service },
            OTHER => clocksOfCall { service },
            OTHER => batchCall { number: 1 },
        ]),
        story![FIRM => draftCall { provider: 1, form: Form { places: places(), ..form() } }],
    ]
}

/// Two contracts of the firm here, and something on another chain.
fn places() -> Vec<IFiling::Place> {
    let here =
        |nonce| IFiling::Place { chainId: 1337, place: FIRM.create(nonce).into_word(), creator: FIRM, nonce };
    let elsewhere = IFiling::Place { chainId: 7, place: digest(9), creator: Address::ZERO, nonce: 0 };
    vec![here(3), here(4), elsewhere]
}

fn pilot() -> Vec<Story> {
    use IPilot::*;
    let (id, some) = (1, digest(4));
    let document = |kind: u8, issued: u32| recordDocumentCall {
        kind,
        issuedOn: issued,
        departments: 17,
        zones: 15,
        specials: 164,
        digest: digest(kind),
        number: String::new(),
        title: "List of pilots".into(),
    };
    let indicator = || addIndicatorCall {
        id,
        name: "Hours".into(),
        unit: "h".into(),
        decimals: 1,
        baseline: 480,
        target: 40,
        due: today() + 300,
    };
    let describe = describeCall {
        id,
        chainId: 1337,
        software: "ding".into(),
        version: "1".into(),
        nodes: vec![some],
        peers: vec![2],
    };
    let entity = B256::right_padding_from(CARRIER_CODE.as_bytes());
    let begun: Story = story![
        REGISTRAR => indicator(),
        REGISTRAR => reviewCall { id, competent: 3, opinion: text() },
        REGISTRAR => document(3, today() - 1_000),
        SECOND => enterCall { id, document: 1, alongside: vec![] },
        STRANGER => describe,
        STRANGER => startCall { id },
    ];
    let with = |story: Story| [begun.clone(), story].concat();
    vec![
        with(story![
            STRANGER => reportCall { id, indicator: 0, day: today(), value: 45, sourceHeight: 3, source: some },
            STRANGER => correctCall { id, indicator: 0, day: today(), value: 44, sourceHeight: 4, source: some, refersTo: 1, reason: text() },
            MINISTRY => orderAdjustmentCall { id, workingDays: 5, text: text() },
            STRANGER => replyAdjustmentCall { id, text: text(), report: some },
            MINISTRY => settleAdjustmentCall { id, accepted: true, endDay: 0, text: text() },
            STRANGER => assessCall { id, kind: 1, report: some, text: text() },
            STRANGER => assessCall { id, kind: 2, report: some, text: text() },
            MINISTRY => evaluateCall { id, verdict: 1, report: some, text: text() },
            SECOND => acceptCall { id, document: 0 },
        ]),
        with(story![
            REGISTRAR => proposeRemovalCall { id, reason: 1, text: text() },
            MINISTRY => dropRemovalCall { id, text: text() },
            MINISTRY => proposeRemovalCall { id, reason: 1, text: text() },
            REGISTRAR => document(4, today()),
            SECOND => removeCall { id, document: 2 },
        ]),
        story![
            REGISTRAR => indicator(),
            REGISTRAR => changeIndicatorCall { id, indicator: 0, target: 30, due: today() + 200, reason: text() },
            STRANGER => nameFilingCall { id, number: NUMBER.into() },
            STRANGER => dropFilingCall { id, number: NUMBER.into() },
            REGISTRAR => reviewCall { id, competent: 3, opinion: text() },
            REGISTRAR => assignCompetentCall { id, competent: 3 },
            REGISTRAR => document(2, today()),
            REGISTRAR => publishCall { id, document: 1 },
            OTHER => commentCall { id, kind: 2, text: text() },
            REGISTRAR => answerCall { id, numbers: vec![1], outcome: 3, text: text() },
            REGISTRAR => declineCall { id, reason: text() },
        ],
        story![
            REGISTRAR => withdrawCall { id, reason: text() },
            REGISTRAR => recommendCall { proposal: proposal(), alongside: vec![] },
            STRANGER => changeEntityCall { entity, name: "Hospital".into(), account: OTHER },
            OTHER => pilotOfCall { id },
            OTHER => clocksOfCall { id },
            OTHER => livePilotsCall { entity, field: 12 },
            OTHER => filingsOfCall { id },
            OTHER => countsCall {},
            OTHER => parametersCall {},
        ],
        story![REGISTRAR => recommendCall {
            proposal: Proposal { kind: 1, field: 0, zone: 1, ..proposal() },
            alongside: vec![],
        }],
    ]
}

fn orders() -> Vec<Story> {
    use IOrders::*;
    let (some, first, number) = (digest(4), 2_026_000_001, 2_026_000_002);
    let whom = |action: u8| Draft { action, targetKind: 2, target: OTHER.into_word(), ..draft() };
    vec![
        story![
            SECOND => approveCall { number: first },
            FIRM => appealCall { number: first, grounds: some },
            REGISTRAR => draftCall { what: Draft { action: 2, refersTo: first, ..draft() } },
            SECOND => approveCall { number },
            REGISTRAR => draftCall { what: whom(3) },
            SECOND => approveCall { number: number + 1 },
            OTHER => freezesOfCall { account: OTHER },
            REGISTRAR => draftCall { what: Draft { refersTo: number + 1, ..whom(4) } },
            SECOND => approveCall { number: number + 2 },
        ],
        story![
            REGISTRAR => draftCall { what: Draft { workingDays: 3, scope: 3, caseNumber: some, ..whom(7) } },
            SECOND => approveCall { number },
            OFFICE => deliverCall { number, fields: 3, digest: some },
            REGISTRAR => lookCall { number, fields: 1, matches: true },
            REGISTRAR => settleCall { number, accepted: true, digest: some, finding: some },
            SECOND => declineCall { number: first, reasons: some },
        ],
        story![
            REGISTRAR => draftCall { what: Draft { workingDays: 3, ..whom(5) } },
            SECOND => approveCall { number },
            OTHER => answerCall { number, digest: some },
            OTHER => appealCall { number, grounds: some },
            THIRD => decideAppealCall { number, revoke: true, reasons: some },
            REGISTRAR => withdrawCall { number: first },
            OTHER => orderCall { number },
            OTHER => appealOfCall { number },
            OTHER => ordersOfCall { year: 2026 },
            OTHER => tallyCall { year: 2026, action: 5 },
        ],
    ]
}
