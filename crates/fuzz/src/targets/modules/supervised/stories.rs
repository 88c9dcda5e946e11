//! Lives of things of the supervised part, from beginning to end: what mutations start from.

use super::*;

/// Who does what.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) who: Address,
    pub(super) data: Vec<u8>,
    /// The consortium decides on it first.
    pub(super) decided: bool,
}

pub(super) type Story = Vec<Step>;

fn text() -> String {
    "as found".into()
}

/// Steps, `@decided` before what the consortium decides on first.
macro_rules! story {
    ($($who:expr => $(@$decided:ident)? $call:expr),* $(,)?) => {
        vec![$(Step {
            who: $who,
            data: SolCall::abi_encode(&$call),
            decided: !stringify!($($decided)?).is_empty(),
        }),*]
    };
}

/// Stories of a module.
pub(super) fn of(name: &str) -> Vec<Story> {
    match name {
        "members" => members(),
        "identity" => identity(),
        "once" => once(),
        "services" => services(),
        "filing" => filing(),
        "pilot" => pilot(),
        "orders" => orders(),
        _ => calendar(),
    }
}

/// Calls that the consortium decides on, with their modules.
pub(super) fn decisions() -> Vec<(Address, Vec<u8>)> {
    let of = |module: &str, address: Address| {
        let steps = of(module).into_iter().flatten().filter(|step| step.decided);
        steps.map(move |step| (address, step.data)).collect::<Vec<_>>()
    };
    [
        of("calendar", calendar::state::ADDRESS),
        of("identity", identity::state::ADDRESS),
        of("filing", filing::state::ADDRESS),
        governance().into_iter().map(|step| (members::state::ADDRESS, step.data)).collect(),
    ]
    .concat()
}

/// Everything that `members` decides about itself.
fn governance() -> Story {
    use IMembers::*;
    let newcomer = 7;
    story![
        REGISTRAR => @decided addOrganisationCall { name: "Insurer".into(), code: String::new(), division: 0, roles: 0 },
        MINISTRY => @decided addAccountCall { id: newcomer, account: STRANGER },
        FIRM => @decided setRolesCall { id: newcomer, roles: Role::Notary.bit(), division: 33 },
        NOTARY => @decided setParameterCall { name: Parameter::ApprovalPermille.word(), value: 750 },
        SECOND => @decided setParameterCall { name: Parameter::VotingMs.word(), value: 3_600_000 },
        REGISTRAR => @decided removeAccountCall { id: newcomer, account: STRANGER },
        SECOND => @decided setRolesCall { id: newcomer, roles: Role::Supervisor.bit(), division: 0 },
    ]
}

fn members() -> Vec<Story> {
    use IMembers::*;
    let (key, firm) = (digest(1), 5);
    let set =
        |value: u64| setParameterCall { name: Parameter::ExecutionMs.word(), value: value * 86_400_000 };
    let propose = |target, input: Vec<u8>, not_before_ms| proposeCall {
        target,
        input: input.into(),
        notBeforeMs: not_before_ms,
        title: text(),
    };
    let own = |input: Vec<u8>| propose(members::state::ADDRESS, input, 0);
    let table = || decisions().into_iter().next().unwrap_or_default();
    vec![
        governance(),
        story![
            FIRM => addAccountCall { id: firm, account: CREATED },
            CREATED => removeAccountCall { id: firm, account: FIRM },
            CREATED => addAccountCall { id: firm, account: FIRM },
            NOTARY => @decided removeAccountCall { id: firm, account: CREATED },
            REGISTRAR => removeAccountCall { id: 1, account: THIRD },
            SECOND => @decided setRolesCall { id: 3, roles: Role::Supervisor.bit() | Role::Competent.bit(), division: 0 },
            MINISTRY => @decided setRolesCall { id: 1, roles: 0, division: 11 },
        ],
        story![
            FIRM => own(set(20).abi_encode()),
            MINISTRY => voteCall { id: 1, approve: false },
            MINISTRY => voteCall { id: 1, approve: true },
            FIRM => voteCall { id: 1, approve: true },
            NOTARY => tallyCall { id: 1 },
            NOTARY => voteOfCall { id: 1, organisation_: 3 },
            NOTARY => voteCall { id: 1, approve: true },
            FIRM => set(20),
            FIRM => own(set(21).abi_encode()),
            SECOND => voteCall { id: 2, approve: false },
            NOTARY => voteCall { id: 2, approve: false },
            FIRM => own(set(22).abi_encode()),
            FIRM => withdrawCall { id: 3 },
            REGISTRAR => propose(table().0, table().1, now_ms() + 1_000),
            SECOND => voteCall { id: 4, approve: true },
            OTHER => proposalCountCall {},
            OTHER => proposalCall { id: 4 },
            OTHER => proposalsCall { start: 1, count: 256 },
        ],
        story![
            OTHER => electorateCall { target: calendar::state::ADDRESS, start: 1, count: 256 },
            OTHER => electorateCall { target: members::state::ADDRESS, start: 0, count: 2 },
            OTHER => rehearseCall { target: members::state::ADDRESS, input: set(30).abi_encode().into() },
            OTHER => parameterCall { name: Parameter::ExecutionMs.word() },
            OTHER => organisationCountCall {},
            OTHER => organisationCall { id: 1 },
            OTHER => organisationCall { id: 9 },
            OTHER => organisationOfCall { account: NOTARY },
            OTHER => accountsOfCall { id: 1, start: 0, count: 256 },
            OTHER => hasRoleCall { account: NOTARY, role: 2 },
            OTHER => organisationHasRoleCall { id: 2, role: 3 },
            OTHER => validatorsCall {},
            OTHER => observersCall {},
            OTHER => isValidatorCall { key },
            OTHER => isObserverCall { key },
            OTHER => organisationOfKeyCall { key },
        ],
    ]
}

fn calendar() -> Vec<Story> {
    use ding_modules::calendar::abi::ICalendar::*;
    let start = today();
    let load = |year, holidays: &[u16], makeup: &[u16], effective: u32| loadTableCall {
        year,
        holidays: holidays.to_vec(),
        makeupDays: makeup.to_vec(),
        effectiveDay: effective,
        source: digest(4),
    };
    let tables = story![
        // 1 January 2027 is a Friday.
        REGISTRAR => @decided load(2027, &[1, 2, 3, 36, 37, 38, 39], &[10, 31], 0),
        SECOND => @decided load(2026, &[1, 2, 3], &[4], start + 30),
        THIRD => @decided load(2026, &[1, 2], &[4], start + 20),
        REGISTRAR => @decided load(2026, &[1], &[], start),
        OTHER => tableCall { year: 2026 },
        OTHER => deadlineCall { start: start + 300, workingDays: 60 },
    ];
    vec![
        tables,
        story![
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
        ],
    ]
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
        story![
            REGISTRAR => @decided appointCall { organisation: 6, name: "Notary's desk".into(), fromMs: 0 },
            MINISTRY => @decided appointCall { organisation: 3, name: "Desk".into(), fromMs: now_ms() + 86_400_000 },
            FIRM => @decided dismissCall { authority: 1, successor: 2, reason: 6 },
            NOTARY => suspendCall { account: OTHER, reason: 6 },
            NOTARY => @decided dismissCall { authority: 3, successor: 0, reason: 9 },
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
            SECOND => @decided deregisterCall { id: digest(1) },
            OTHER => verdictCall { contractAddress: SHOP },
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
            REGISTRAR => fine.clone(),
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
            SECOND => @decided setArticleCall { article: 21, minFen: 1_000_000, maxFen: 4_000_000, breaches: 1 << 10, measures: 30, from: 0 },
            THIRD => @decided setArticleCall { article: 21, minFen: 2_000_000, maxFen: 3_000_000, breaches: 1 << 10, measures: 30, from: today() + 10 },
            REGISTRAR => @decided setPeriodCall { clock: 1, workingDays: 25, from: today() },
            REGISTRAR => fine,
        ]),
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
        with(story![
            SECOND => @decided setParametersCall { commentDays: 20, reportDays: 3, durationDays: 720, assessmentMonths: 12 },
            OTHER => parametersCall {},
        ]),
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
