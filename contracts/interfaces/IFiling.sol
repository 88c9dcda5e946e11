// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Filing: the life of a blockchain information service under Order No. 3 of the Cyberspace
/// Administration of China.
/// @notice Nothing about a person is recorded in clear: subjects that are persons and persons in
/// charge are salted commitments. Texts travel in events, their digests are kept.
/// @notice Days count from 1970-01-01 in Beijing time (UTC+8). Clocks count working days of the
/// calendar module; the day of the event is not counted. Amounts are in fen (1/100 yuan).
/// @notice Natures: 1 organisation, 2 individual. Identity documents: 1 unified social credit code
/// (organisations only), 2 resident ID, 3 passport, 4 Taiwan compatriot permit, 5 Hong Kong and
/// Macau pass. Kinds of provider (bits): 1 service provider, 2 technology provider.
/// @notice Categories: 1 infrastructure, 2 application operator, 3 technology provider. Forms:
/// 1 website, 2 app, 3 official account, 4 mini program, 5 client software, 6 interface, 7 other.
/// @notice Attachments: 1 licence or identity document, 2 identity document of the person in charge,
/// 3 authenticity statement, 4 product description, 5 ICP filing, 6 management rules, 7 other.
/// Formats: 1 PDF, 2 JPEG, 3 PNG.
/// @notice Tracks: 1 filing, 2 change, 3 inspection, 4 termination, 5 objection, 6 penalty,
/// 7 assessment, 8 campaign.
/// @notice States: 0 none; of a filing 1 draft, 2 submitted, 3 forwarded, 4 returned, 5 recorded,
/// 6 warned, 7 suspended, 8 deregistered, 9 withdrawn; of a change 11 pending; of an inspection 21
/// due, 22 answered, 23 rectifying, 24 rectified; of a termination 31 notified; of items 41 open, 42
/// upheld, 43 dismissed, 51 imposed, 52 dropped, 53 settled, 61 done, 62 refused.
/// @notice Steps: 1 declare, 2 submit, 3 import, 4 withdraw, 5 return, 6 resubmit, 7 forward, 8
/// record, 9 warn, 10 suspend, 11 restore, 12 deregister, 13 propose a record, 14 publish; 20 report,
/// 21 accept, 22 return a change; 30 inspect, 31 answer, 32 pass, 33 order to correct, 34 report, 35
/// accept, 36 refuse a correction; 40 notify, 41 cancel a termination; 50 object, 51 uphold, 52
/// dismiss; 60 propose, 61 impose, 62 drop, 63 settle a fine, 64 enter a measure; 70 report, 71 pass,
/// 72 refuse an assessment; 80 open, 81 close a campaign.
/// @notice Clocks: 1 file, 2 make up a filing, 3 decide a filing, 4 supplement, 5 report a change, 6
/// decide a change, 7 object, 8 decide an objection, 9 answer an inspection, 10 correct, 11 announce
/// the end, 12 decide an assessment.
/// @notice Reasons: 1 subject, 2 person in charge, 3 material missing, 4 unreadable, 5 statement, 6
/// ICP filing, 7 description, 8 management mechanism, 9 other. Measures: 1 order to correct, 2
/// warning, 3 suspension, 4 fine. Grounds: 1 refusal to correct, 2 serious circumstances. Breaches:
/// the number of the article; of article 11 paragraph (1) 11, (2) 21, (3) 31.
/// @notice A filing records what the filer declared. It is no approval and no endorsement.
interface IFiling {
    /// @param nature Organisation or individual.
    /// @param idType Kind of identity document.
    /// @param kinds Bits: service provider, technology provider.
    /// @param division Administrative division of the subject, six digits (GB/T 2260).
    /// @param uscc Unified social credit code; empty for individuals.
    /// @param name Name of the organisation; empty for individuals.
    /// @param subject Salted commitment to the document of an individual; zero for organisations.
    /// @param person Salted commitment to the person in charge.
    /// @param details Salted commitment to the rest of the form: addresses, telephone, investor.
    struct Subject {
        uint8 nature;
        uint8 idType;
        uint8 kinds;
        uint32 division;
        string uscc;
        string name;
        bytes32 subject;
        bytes32 person;
        bytes32 details;
    }

    /// @param chainId Chain on which the service runs.
    /// @param place Contract or module address, left-padded with zeros; on other chains anything the
    /// filing system takes, such as SHA-256 of a contract's name.
    /// @param creator Account that created the contract; with `nonce` it proves whose contract it is, if
    /// that account or another of its subject sends the form.
    /// Zero: no proof, the contract is bound to the service when the filing is recorded.
    /// @param nonce Nonce of the creating transaction.
    struct Place {
        uint64 chainId;
        bytes32 place;
        address creator;
        uint64 nonce;
    }

    /// @param name Name of the service.
    /// @param category Service category.
    /// @param form Service form.
    /// @param field Application area.
    /// @param site Address of the site, or name of client or official account; empty if none.
    /// @param icp ICP filing number; needed where there is a site.
    /// @param description What the service does.
    /// @param server Where the servers stand.
    /// @param serverDivision The same as a six-digit division; 0 if abroad.
    /// @param consensus Consensus mechanism, of a consortium chain; may be empty.
    /// @param crossBorder Explanation of data that crosses the border; needed where servers are abroad.
    /// @param goLive Day from which the service is provided.
    /// @param places Where it runs.
    struct Form {
        string name;
        uint8 category;
        uint8 form;
        string field;
        string site;
        string icp;
        string description;
        string server;
        uint32 serverDivision;
        string consensus;
        string crossBorder;
        uint32 goLive;
        Place[] places;
    }

    /// @param kind What it is.
    /// @param format PDF or image.
    /// @param size Bytes of the file.
    /// @param digest SHA-256 of the file, which stays off the ledger.
    struct Attachment {
        uint8 kind;
        uint8 format;
        uint32 size;
        bytes32 digest;
    }

    /// @param account Account that acts for the provider; zero if imported and not yet given one.
    /// @param organisation Member organisation whose accounts act for it too; 0 if none.
    /// @param nature Organisation or individual.
    /// @param idType Kind of identity document.
    /// @param kinds Bits: service provider, technology provider.
    /// @param division Administrative division.
    /// @param services Services it ever filed.
    /// @param subjectNumber Digits 9 to 16 of its filing numbers; 0 before the first.
    /// @param sequence Highest service sequence of its filing numbers.
    /// @param uscc Unified social credit code, left-aligned ASCII; zero for individuals.
    /// @param subject Commitment to an individual's document.
    /// @param person Commitment to the person in charge.
    /// @param content Digest of everything declared.
    struct ProviderRecord {
        address account;
        uint32 organisation;
        uint8 nature;
        uint8 idType;
        uint8 kinds;
        uint32 division;
        uint32 services;
        uint32 subjectNumber;
        uint16 sequence;
        bytes32 uscc;
        bytes32 subject;
        bytes32 person;
        bytes32 content;
    }

    /// @param provider Who provides it.
    /// @param status State of the filing.
    /// @param change State of a reported change.
    /// @param inspection State of inspection and rectification.
    /// @param termination State of the notice of termination.
    /// @param flags Bits: 1 filed late, 2 imported, 4 number confirmed in spite of what speaks against it, 8 it
    /// has a site, so that its record needs the ICP filing.
    /// @param category Service category.
    /// @param form Service form.
    /// @param serverDivision Where the servers stand.
    /// @param goLive Day from which it is provided.
    /// @param recordedOn Day on which it was recorded; 0 if it was not.
    /// @param batch Batch in which it was published; 0 if none.
    /// @param materials Bit k is set if an attachment of kind k is there.
    /// @param places Places on this chain.
    /// @param number Filing number, 20 characters; empty before it is recorded.
    /// @param content Digest of the form.
    struct ServiceRecord {
        uint32 provider;
        uint8 status;
        uint8 change;
        uint8 inspection;
        uint8 termination;
        uint8 flags;
        uint8 category;
        uint8 form;
        uint32 serverDivision;
        uint32 goLive;
        uint32 recordedOn;
        uint32 batch;
        uint16 materials;
        uint8 places;
        string number;
        bytes32 content;
    }

    /// @param clock Which clock.
    /// @param start Day of the event that started it.
    /// @param workingDays Working days it runs; 0: the start itself is the day.
    /// @param dueDay Last day, by the tables known now.
    /// @param provisional Whether a year without a table is involved.
    /// @param overdue Whether that day is over.
    struct ClockState {
        uint8 clock;
        uint32 start;
        uint16 workingDays;
        uint32 dueDay;
        bool provisional;
        bool overdue;
    }

    /// @param day Day of publication.
    /// @param count Services in it; 0: no such batch.
    /// @param workingDays Working days for objections.
    /// @param list Keccak-256 over the numbers, 32 bytes each, in order.
    /// @param document SHA-256 of the published list.
    struct BatchRecord {
        uint32 day;
        uint32 count;
        uint16 workingDays;
        bytes32 list;
        bytes32 document;
    }

    /// @param service Service concerned.
    /// @param state State.
    /// @param account Who objected.
    /// @param day Day of the objection.
    /// @param evidence Digest of the evidence.
    struct ObjectionRecord {
        uint64 service;
        uint8 state;
        address account;
        uint32 day;
        bytes32 evidence;
    }

    /// @param service Service concerned.
    /// @param state State.
    /// @param measure Measure.
    /// @param article Article of the penalty (19 to 22).
    /// @param breach Duty that was breached.
    /// @param ground Ground of a fine; 0 for other measures.
    /// @param day Day of the measure or of its proposal.
    /// @param amountFen Amount of a fine.
    /// @param account First hand.
    /// @param second Second hand of a fine.
    /// @param notice Digest of the notice.
    struct PenaltyRecord {
        uint64 service;
        uint8 state;
        uint8 measure;
        uint8 article;
        uint8 breach;
        uint8 ground;
        uint32 day;
        uint64 amountFen;
        address account;
        address second;
        bytes32 notice;
    }

    /// @param service Service concerned.
    /// @param state State.
    /// @param day Day of the report.
    /// @param goLive Day on which the new function is to go live.
    /// @param report Digest of the assessment.
    struct AssessmentRecord {
        uint64 service;
        uint8 state;
        uint32 day;
        uint32 goLive;
        bytes32 report;
    }

    /// @param state State.
    /// @param organisation Who opened it.
    /// @param day Day it was opened.
    /// @param workingDays Time to answer.
    /// @param services Services inspected.
    /// @param open Those not closed yet.
    struct CampaignRecord {
        uint8 state;
        uint32 organisation;
        uint32 day;
        uint16 workingDays;
        uint32 services;
        uint32 open;
    }

    /// @param minFen Least fine; both zero: the article provides none.
    /// @param maxFen Highest fine.
    /// @param breaches Bit d is set if the duty with number d falls under it.
    /// @param measures Bit m is set if measure m may be taken.
    /// @param from Day from which this holds; 0: since ever, 1: since before the last decision.
    struct ArticleRecord {
        uint64 minFen;
        uint64 maxFen;
        uint32 breaches;
        uint8 measures;
        uint32 from;
    }

    /// @notice Registers the caller as a provider.
    function registerProvider(Subject calldata subject) external returns (uint32 provider);
    /// @notice Declares a provider's data anew. Nature and credit code stay. A move to another province
    /// of a provider that has services is entered by the national administration.
    /// @param changedOn Day of the change; to be told within five working days.
    /// @param reason Why it comes late; may be empty.
    function changeProvider(uint32 provider, Subject calldata subject, uint32 changedOn, string calldata reason) external;
    /// @notice Puts another account in charge of a provider: by the provider or the supervisor.
    function setAccount(uint32 provider, address account, string calldata reason) external;

    /// @notice Declares a service without filing it yet. The clock to file runs from its go-live day.
    function draft(uint32 provider, Form calldata form) external returns (uint64 service);
    /// @notice Submits a drafted service. A late one is taken and flagged.
    function submit(uint64 service, Attachment[] calldata attachments) external;
    /// @notice Declares and submits at once.
    function file(uint32 provider, Form calldata form, Attachment[] calldata attachments) external returns (uint64 service);
    /// @notice Takes a filing back before it is recorded, for good.
    function withdraw(uint64 service, string calldata reason) external;
    /// @notice Sends an incomplete filing back with reasons (art. 12).
    /// @param codes What is missing or wrong.
    /// @param answerDays Working days to supplement it.
    function returnFiling(uint64 service, uint8[] calldata codes, string calldata reasons, uint16 answerDays) external;
    /// @notice Submits a returned filing again, whole.
    function resubmit(uint64 service, Form calldata form, Attachment[] calldata attachments) external;
    /// @notice The provincial administration passes a filing on after its review.
    function forward(uint64 service, string calldata opinion) external;
    /// @notice First hand of a record.
    /// @param number Filing number; empty: one is formed.
    /// @param confirmed Takes a number whose check digit is wrong, whose subject number is another provider's, or whose year is impossible.
    /// @return formed The number that a second hand will record.
    function proposeRecord(uint64 service, string calldata number, bool confirmed) external returns (string memory formed);
    /// @notice Second hand: records services under the numbers that another account proposed.
    /// @param numbers The number of each, as the second hand saw it: one that was proposed anew since
    /// then is not recorded.
    function record(uint64[] calldata services, string[] calldata numbers) external;
    /// @notice Enters a filing of the register that was kept before this ledger. The caller is the
    /// first hand of its record.
    /// @param account Account of the provider; zero if it has none yet.
    function importFiling(Subject calldata subject, address account, Form calldata form, string calldata number, bool confirmed) external returns (uint32 provider, uint64 service);

    /// @notice Publishes recorded services in a batch.
    /// @param batch Its number: one more than the last.
    /// @param day Day of publication: today; an earlier one for imported services.
    /// @param document SHA-256 of the published list.
    function publishBatch(uint32 batch, uint64[] calldata services, uint32 day, bytes32 document) external;
    /// @notice Objects to a published service within ten working days.
    function object(uint64 service, bytes32 evidence, string calldata statement) external returns (uint64 objection);
    /// @notice Decides an objection.
    function decideObjection(uint64 objection, bool upheld, bytes32 report, string calldata reasons) external;

    /// @notice Reports that a service changed; to be told within five working days.
    /// @param changedOn Day of the change, not in the future.
    /// @param form The service as it is now, whole.
    /// @param reason Why it comes late; may be empty.
    function reportChange(uint64 service, uint32 changedOn, Form calldata form, string calldata reason) external;
    /// @notice Takes the reported change into the record.
    function acceptChange(uint64 service, Form calldata form) external;
    /// @notice Sends the reported change back with reasons; the record stays as it was.
    function returnChange(uint64 service, uint8[] calldata codes, string calldata reasons) external;
    /// @notice Announces the end of a service, at least thirty working days before.
    /// @param arrangements Digest of the arrangements for users and data.
    function notifyTermination(uint64 service, uint32 plannedDay, bytes32 arrangements, string calldata text) external;
    /// @notice Takes the announcement back.
    function cancelTermination(uint64 service, string calldata reason) external;
    /// @notice Strikes a service off: after its planned last day, or after an upheld objection.
    /// @param objection The upheld objection; 0: by the provider's notice.
    function deregister(uint64 service, uint64 objection, string calldata reasons) external;

    /// @notice Opens a campaign of periodic inspection (art. 14).
    /// @param workingDays Time to answer.
    function openCampaign(string calldata title, uint16 workingDays) external returns (uint32 campaign);
    /// @notice Asks services for information under a campaign.
    function inspect(uint32 campaign, uint64[] calldata services) external;
    /// @notice The provider's answer. A late one is taken and flagged.
    function answerInspection(uint64 service, bytes32 answer, string calldata text) external;
    /// @notice Closes the inspection of a service that answered well.
    function passInspection(uint64 service, string calldata text) external;
    /// @notice Ends a campaign whose inspections are all closed or turned into orders to correct.
    function closeCampaign(uint32 campaign) external;
    /// @notice Orders a provider to correct within a time limit.
    function rectify(uint64 service, uint8 article, uint8 breach, uint16 workingDays, bytes32 notice, string calldata text) external returns (uint64 penalty);
    /// @notice The provider reports that it corrected. A late report is taken and flagged.
    function reportRectified(uint64 service, bytes32 report, string calldata text) external;
    /// @notice Accepts the correction, or orders it again.
    /// @param workingDays Time limit if it is not accepted; 0 if it is.
    function decideRectified(uint64 service, bool accepted, uint16 workingDays, string calldata text) external;
    /// @notice Warns a recorded service.
    /// @param workingDays Time to correct.
    function warn(uint64 service, uint8 article, uint8 breach, uint16 workingDays, bytes32 notice, string calldata text) external returns (uint64 penalty);
    /// @notice Suspends a recorded service until it is corrected.
    /// @param fromHeight First height at which calls are refused; 0: the next.
    function suspend(uint64 service, uint8 article, uint8 breach, uint64 fromHeight, bytes32 notice, string calldata text) external returns (uint64 penalty);
    /// @notice Lifts a warning or a suspension; a province only what it imposed.
    /// @param fromHeight First height at which calls are let through; 0: the next.
    function restore(uint64 service, uint64 fromHeight, string calldata text) external;
    /// @notice First hand of a fine.
    /// @param ground 1 refusal to correct, 2 serious circumstances.
    function proposeFine(uint64 service, uint8 article, uint8 breach, uint8 ground, uint64 amountFen, bytes32 notice, string calldata text) external returns (uint64 penalty);
    /// @notice Second hand: imposes a fine that another account proposed.
    function imposeFine(uint64 penalty) external;
    /// @notice Gives up a proposed fine.
    function dropFine(uint64 penalty, string calldata reason) external;
    /// @notice Books a fine as paid.
    function settleFine(uint64 penalty, bytes32 receipt) external;
    /// @notice Reports the security assessment of a new product, application or function (art. 9).
    /// @param goLive Day on which it is to go live; not after today is flagged as late.
    function reportAssessment(uint64 service, uint32 goLive, bytes32 report, string calldata subject, string calldata institution) external returns (uint64 assessment);
    /// @notice Decides a reported assessment.
    function decideAssessment(uint64 assessment, bool passed, bytes32 report, string calldata reasons) external;

    /// @notice Sets what an article of the penalty table provides, by decision of the supervisors.
    /// @param from Day from which it holds; a day that is over counts as today.
    function setArticle(uint8 article, uint64 minFen, uint64 maxFen, uint32 breaches, uint8 measures, uint32 from) external;
    /// @notice Sets the working days of a clock, by decision of the supervisors.
    function setPeriod(uint8 clock, uint16 workingDays, uint32 from) external;

    /// @notice A provider; all zero if there is none.
    function provider(uint32 id) external view returns (ProviderRecord memory entry);
    /// @notice The provider that an account is in charge of; 0 if none.
    function providerOf(address account) external view returns (uint32 id);
    /// @notice The provider with this unified social credit code; 0 if none.
    function providerOfCode(string calldata uscc) external view returns (uint32 id);
    /// @notice A service; all zero if there is none.
    function service(uint64 id) external view returns (ServiceRecord memory entry);
    /// @notice The service that a filing number was given to; 0 if none.
    function serviceOfNumber(string calldata number) external view returns (uint64 id);
    /// @notice Whether a number belongs to a service that is recorded and not suspended.
    function isRecorded(string calldata number) external view returns (bool recorded);
    /// @notice The number that awaits a second hand and who proposed it; empty if none.
    function proposal(uint64 service) external view returns (string memory number, address account, bool confirmed);
    /// @notice Places of a service on this chain, and whether each is bound to it already.
    function placesOf(uint64 service) external view returns (address[] memory places, bool[] memory bound);
    /// @notice Clocks that run for a service.
    function clocksOf(uint64 service) external view returns (ClockState[] memory clocks);
    /// @notice A batch.
    function batch(uint32 number) external view returns (BatchRecord memory entry);
    /// @notice An objection.
    function objection(uint64 id) external view returns (ObjectionRecord memory entry);
    /// @notice A measure.
    function penalty(uint64 id) external view returns (PenaltyRecord memory entry);
    /// @notice An assessment.
    function assessment(uint64 id) external view returns (AssessmentRecord memory entry);
    /// @notice A campaign.
    function campaign(uint32 id) external view returns (CampaignRecord memory entry);
    /// @notice What an article provides today.
    function article(uint8 number) external view returns (ArticleRecord memory entry);
    /// @notice Working days of a clock today.
    function period(uint8 clock) external view returns (uint16 workingDays);
    /// @notice How many there are of each kind; they are numbered from 1.
    function counts() external view returns (uint32 providers, uint64 services, uint32 batches, uint64 objections, uint64 penalties, uint64 assessments, uint32 campaigns);

    /// @notice A step was taken. Every step emits this, and its content beside it.
    /// @param item Number of the objection, measure, assessment or campaign; 0 on other tracks.
    /// @param actor 1 provider, 2 provincial administration, 3 supervisor, 4 anyone.
    /// @param clock Clock that runs from here; 0: none.
    event Stepped(uint64 indexed service, uint8 indexed track, uint8 indexed step, uint64 item, uint8 from, uint8 to, uint8 actor, address account, uint32 organisation, uint32 day, uint8 clock, uint32 clockStart, uint16 clockDays);
    /// @notice A provider was registered.
    event ProviderRegistered(uint32 indexed provider, address indexed account, uint32 organisation, Subject subject, bytes32 content);
    /// @notice A provider's data were declared anew.
    event ProviderChanged(uint32 indexed provider, address indexed account, uint32 changedOn, bool late, Subject subject, bytes32 content, string reason);
    /// @notice Another account is in charge of a provider.
    /// @param organisation Organisation of the new account; 0 if none.
    event AccountSet(uint32 indexed provider, address indexed account, address before, address by, uint32 organisation, string reason);
    /// @notice A service was declared.
    event Declared(uint64 indexed service, uint32 indexed provider, Form form, bytes32 content);
    /// @notice A filing was submitted.
    /// @param dueDay Last day on time, by the tables known then.
    event Submitted(uint64 indexed service, uint32 indexed provider, uint32 dueDay, bool late, uint16 materials, Attachment[] attachments);
    /// @notice A filing was taken back.
    event Withdrawn(uint64 indexed service, string reason);
    /// @notice A filing was sent back.
    event Returned(uint64 indexed service, uint8[] codes, string reasons);
    /// @notice A filing was passed on.
    event Forwarded(uint64 indexed service, string opinion);
    /// @notice A number was proposed.
    event RecordProposed(uint64 indexed service, address indexed account, string number, bool confirmed, bool imported);
    /// @notice A service was recorded.
    event Recorded(uint64 indexed service, bytes32 indexed key, address first, address second, string number, bool late);
    /// @notice A batch was published.
    event Published(uint32 indexed batch, uint32 day, uint16 workingDays, uint64[] services, bytes32 list, bytes32 document);
    /// @notice An objection was made.
    /// @param dueDay Last day for objections, by the tables known then.
    event Objected(uint64 indexed objection, uint64 indexed service, uint32 dueDay, bytes32 evidence, string statement);
    /// @notice An objection was decided.
    event ObjectionDecided(uint64 indexed objection, uint64 indexed service, bool upheld, bytes32 report, string reasons);
    /// @notice A change was reported.
    event ChangeReported(uint64 indexed service, uint32 changedOn, uint32 dueDay, bool late, Form form, bytes32 content, string reason);
    /// @notice A change was accepted.
    event ChangeAccepted(uint64 indexed service, bytes32 content);
    /// @notice A change was sent back.
    event ChangeReturned(uint64 indexed service, bytes32 content, uint8[] codes, string reasons);
    /// @notice The end of a service was announced.
    event TerminationNotified(uint64 indexed service, uint32 plannedDay, uint32 latestNotice, bytes32 arrangements, string text);
    /// @notice The announcement was taken back.
    event TerminationCancelled(uint64 indexed service, string reason);
    /// @notice A service was struck off.
    event Deregistered(uint64 indexed service, bytes32 indexed key, uint64 objection, string number, string reasons);
    /// @notice A campaign was opened.
    event CampaignOpened(uint32 indexed campaign, uint16 workingDays, string title);
    /// @notice A service was asked for information.
    event Inspected(uint64 indexed service, uint32 indexed campaign);
    /// @notice An inspection was answered.
    event InspectionAnswered(uint64 indexed service, uint32 indexed campaign, bool late, bytes32 answer, string text);
    /// @notice An inspection was closed.
    event InspectionPassed(uint64 indexed service, uint32 indexed campaign, string text);
    /// @notice A measure was taken, or a fine proposed.
    /// @param minFen Least fine of the article that day.
    /// @param maxFen Highest fine of the article that day.
    event Measured(uint64 indexed penalty, uint64 indexed service, uint8 indexed measure, uint8 article, uint8 breach, uint8 ground, uint64 amountFen, uint64 minFen, uint64 maxFen, uint64 fromHeight, bytes32 notice, string text);
    /// @notice A correction was reported.
    event RectifiedReported(uint64 indexed service, bool late, bytes32 report, string text);
    /// @notice A correction was decided on.
    event RectifiedDecided(uint64 indexed service, bool accepted, string text);
    /// @notice A warning or suspension was lifted.
    event Restored(uint64 indexed service, uint64 fromHeight, string text);
    /// @notice A fine was imposed by its second hand.
    event FineImposed(uint64 indexed penalty, uint64 indexed service, address first, address second);
    /// @notice A proposed fine was given up.
    event FineDropped(uint64 indexed penalty, uint64 indexed service, string reason);
    /// @notice A fine was paid.
    event FineSettled(uint64 indexed penalty, uint64 indexed service, bytes32 receipt);
    /// @notice An assessment was reported.
    event AssessmentReported(uint64 indexed assessment, uint64 indexed service, uint32 goLive, bool late, bytes32 report, string subject, string institution);
    /// @notice An assessment was decided.
    event AssessmentDecided(uint64 indexed assessment, uint64 indexed service, bool passed, bytes32 report, string reasons);
    /// @notice What an article provides was set.
    event ArticleSet(uint8 indexed article, uint64 proposal, uint32 day, uint64 minFen, uint64 maxFen, uint32 breaches, uint8 measures, uint32 from);
    /// @notice The working days of a clock were set.
    event PeriodSet(uint8 indexed clock, uint64 proposal, uint32 day, uint16 workingDays, uint32 from);

    /// @notice There is no provider with this number.
    error NoSuchProvider(uint32 provider, uint32 count);
    /// @notice There is no service with this number.
    error NoSuchService(uint64 service, uint64 count);
    /// @notice There is no objection, measure, assessment or campaign with this number.
    error NoSuchItem(uint8 track, uint64 item, uint64 count);
    /// @notice The account does not act for the provider.
    error NotTheProvider(uint32 provider, address account);
    /// @notice The account has none of the roles that may take this step.
    error NotAllowed(uint8 step, address account, uint32 organisation);
    /// @notice The provider belongs to another division than the provincial administration.
    error OutsideDivision(uint32 organisation, uint8 own, uint32 division);
    /// @notice The step cannot be taken in this state.
    error WrongState(uint64 service, uint8 track, uint8 state, uint8 step);
    /// @notice The step cannot be taken while the filing is in this state.
    error WrongServiceStatus(uint64 service, uint8 status, uint8 step);
    /// @notice The second hand is the first.
    error SameHand(address account);
    /// @notice There is no term with this number in this vocabulary.
    error UnknownTerm(string vocabulary, uint32 number);
    /// @notice A field that is needed is empty or zero.
    error Missing(string field);
    /// @notice A field that must be empty or zero is not.
    error NotExpected(string field);
    /// @notice A text is longer than allowed.
    error TextTooLong(string field, uint32 bytes_, uint32 max);
    /// @notice A text is not normalised: spaces around it, control characters; of a name, also
    /// invisible characters, or not in Unicode normal form C.
    error NotNormalised(string field);
    /// @notice A list is empty or longer than allowed.
    error ListSize(string field, uint32 count, uint32 max);
    /// @notice The organisation's identity document is not the credit code, or an individual's is.
    error WrongIdType(uint8 nature, uint8 idType);
    /// @notice The unified social credit code does not check.
    error BadCode(string uscc, string reason);
    /// @notice The account is bound to another organisation's code.
    error OtherCode(address account, bytes32 bound, bytes32 given);
    /// @notice The account is bound to a subject of another nature (`identity`: 1 person, 2 organisation).
    error OtherNature(address account, uint8 boundKind, uint8 nature);
    /// @notice The subject is registered already.
    error AlreadyRegistered(uint32 provider);
    /// @notice The account is in charge of a provider already.
    error AccountInCharge(address account, uint32 provider);
    /// @notice Individuals are no technology providers.
    error OrganisationOnly(uint8 kinds);
    /// @notice The provider is not of the kind that files this category.
    error CategoryNotForKind(uint8 category, uint8 kinds);
    /// @notice There is no such administrative division.
    error UnknownDivision(uint32 division);
    /// @notice The text presents the filing as an approval.
    error ApprovalWording(string phrase);
    /// @notice The provider has as many services as its numbers can count.
    error TooManyServices(uint32 provider, uint32 max);
    /// @notice The day is not one of this ledger's days.
    error BadDay(string field, uint32 day, uint32 min, uint32 max);
    /// @notice The place is listed twice or is no address.
    error BadPlace(bytes32 place);
    /// @notice The contract was not created by this account with this nonce, or not by the provider.
    error NotTheCreator(address place, address creator, uint64 nonce);
    /// @notice The attachment is too large or of no allowed format.
    error BadAttachment(uint8 kind, uint8 format, uint32 size, uint32 max);
    /// @notice Attachments that a record needs are missing.
    error MaterialsMissing(uint64 service, uint16 missing);
    /// @notice The filing number cannot be read.
    error BadNumber(string number, string reason);
    /// @notice The check digit is wrong; confirm it against the public list.
    error CheckDigit(string number, string want);
    /// @notice The number was given to another service.
    error NumberTaken(string number, uint64 service);
    /// @notice No free number could be formed.
    error NoFreeNumber(uint32 provider);
    /// @notice No number was proposed.
    error NotProposed(uint64 service);
    /// @notice A provider with services moves to another province, which the national administration
    /// enters.
    error OtherProvince(uint32 provider, uint32 division, uint32 given);
    /// @notice Another number is proposed than the one given.
    error OtherNumber(uint64 service, string proposed, string given);
    /// @notice Batches are numbered one after the other.
    error BatchOutOfOrder(uint32 batch, uint32 next);
    /// @notice The service stands in a batch already.
    error AlreadyPublished(uint64 service, uint32 batch);
    /// @notice Only imported services are published with an earlier day.
    error NotImported(uint64 service, uint32 day, uint32 today);
    /// @notice The service was not published.
    error NotPublished(uint64 service);
    /// @notice The time for objections is over.
    error ObjectionLate(uint64 service, uint32 dueDay, uint32 today);
    /// @notice The account's objection to this service awaits a decision.
    error ObjectionOpen(uint64 service, uint64 objection);
    /// @notice The form says what the record says already.
    error NothingChanged(uint64 service);
    /// @notice The form is not the one that was reported.
    error OtherChange(uint64 service, bytes32 reported, bytes32 given);
    /// @notice The planned end is too soon.
    error TerminationTooSoon(uint32 plannedDay, uint32 latestNotice, uint32 today);
    /// @notice The planned last day is not over, or no notice was given.
    error NotYet(uint64 service, uint32 day, uint32 today);
    /// @notice The objection does not concern the service or was not upheld.
    error NotUpheld(uint64 service, uint64 objection);
    /// @notice The campaign is closed.
    error CampaignClosed(uint32 campaign);
    /// @notice Inspections of the campaign are open.
    error CampaignOpen(uint32 campaign, uint32 open);
    /// @notice The time limit is out of bounds.
    error PeriodRange(uint16 workingDays, uint16 min, uint16 max);
    /// @notice The article is not one of the penalty table.
    error NoSuchArticle(uint8 article);
    /// @notice The article does not punish this breach.
    error BreachNotInArticle(uint8 article, uint8 breach);
    /// @notice The article does not provide this measure.
    error MeasureNotProvided(uint8 article, uint8 measure);
    /// @notice The fine is outside the article's range.
    error FineOutOfRange(uint8 article, uint64 amountFen, uint64 minFen, uint64 maxFen);
    /// @notice There was no order or warning that the provider refused to follow.
    error NothingRefused(uint64 service);
    /// @notice The service is still to be corrected.
    error StillRectifying(uint64 service);
    /// @notice The height is not after this block.
    error HeightPassed(uint64 fromHeight, uint64 height);
    /// @notice The penalty table would contradict itself.
    error BadArticle(uint8 article, string reason);
}

// The module, at its address on every chain.
IFiling constant FILING = IFiling(0x00000000000000000000000000000000000d0007);
