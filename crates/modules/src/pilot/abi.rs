//! Solidity interface of `pilot`. A change here is a protocol change: ADR, fork, conformance.

#![expect(clippy::too_many_arguments, reason = "an event has a constructor with all its fields")]

alloy_sol_types::sol! {
    /// @title Pilots of blockchain applications: recommended, commented on, listed, followed, judged.
    /// @notice Days are days since 1970-01-01 in Beijing time (UTC+8). Entities are unified social
    /// credit codes, left-aligned ASCII. Numbers of pilots, documents, entries, comments and
    /// adjustments begin at 1, those of indicators and of places in a list at 0.
    /// @notice Kinds: 1 comprehensive (a zone), 2 special (an entity in a field). Fields: 1
    /// manufacturing, 2 energy, 3 government services and data sharing, 4 rule of law, 5 tax and fees,
    /// 6 trial, 7 procuratorial work, 8 copyright, 9 civil affairs, 10 human resources and social
    /// security, 11 education, 12 health, 13 trade finance, 14 risk control, 15 equity market, 16
    /// cross-border finance. Zones: 1 Beijing Haidian, 2 Chongqing, 3 Fuzhou, 4 Guangzhou, 5 Baise, 6
    /// Guiyang, 7 Xiong'an, 8 Wuxi, 9 Shanghai, 10 Hangzhou, 11 Haikou, 12 Changsha, 13 Ganzhou, 14
    /// Weifang, 15 Chengdu. Divisions: first two digits of GB/T 2260.
    /// @notice States: 1 recommended, 2 reviewed, 3 public comment, 4 listed, 5 in progress, 6
    /// adjusting, 7 self-assessed, 8 accepted, 9 removed, 10 declined, 11 withdrawn.
    #[derive(Debug, PartialEq, Eq)]
    #[sol(abi)]
    interface IPilot {
        /// @param kind 1 comprehensive, 2 special.
        /// @param entity Who carries the pilot.
        /// @param field 1 to 16 for a special pilot, 0 for a comprehensive one.
        /// @param zone 1 to 15; 0 for a special pilot outside the zones.
        /// @param division Where it takes place.
        /// @param endDay Last day of the pilot.
        /// @param title What people call it.
        /// @param material Digest of the application material.
        struct Proposal {
            uint8 kind;
            bytes32 entity;
            uint8 field;
            uint8 zone;
            uint8 division;
            uint32 endDay;
            string title;
            bytes32 material;
        }

        /// @param state Where it stands; 0 if there is no such pilot.
        /// @param recommender Organisation that recommended it.
        /// @param competent Organisation that follows and evaluates it; 0 until the review.
        /// @param chainId Chain that source heights refer to; 0 until it is described.
        /// @param assessments Half-year assessments so far.
        /// @param evaluated Whether the competent department evaluated the present result.
        /// @param removalProposed Whether its removal is proposed.
        struct Record {
            uint8 kind;
            uint8 state;
            bytes32 entity;
            uint8 field;
            uint8 zone;
            uint8 division;
            uint32 recommender;
            uint32 competent;
            uint64 chainId;
            uint16 indicators;
            uint16 filings;
            uint16 adjustments;
            uint16 assessments;
            bool evaluated;
            bool removalProposed;
        }

        /// @param titleDigest Keccak-256 of the title.
        /// @param factsDigest Keccak-256 of the last description, as in its event.
        /// @param publishedDay First day on which the public could comment; 0 before.
        /// @param objectionsOpen Objections without an answer.
        /// @param objectionsUpheld Objections found right.
        /// @param reviewer Account that reviewed it.
        /// @param shortlist Document it was published under.
        /// @param list Document it was listed under.
        /// @param result Document it was accepted or removed under, or 0.
        struct Course {
            bytes32 titleDigest;
            bytes32 factsDigest;
            uint32 publishedDay;
            uint16 commentDays;
            uint32 listedDay;
            uint32 startDay;
            uint32 endDay;
            uint16 assessmentMonths;
            uint32 comments;
            uint32 objectionsOpen;
            uint32 objectionsUpheld;
            address reviewer;
            uint32 shortlist;
            uint32 list;
            uint32 result;
        }

        /// @param account The account that acts for it; zero if the entity is not registered.
        /// @param pilots Pilots it was ever recommended for.
        struct Entity {
            address account;
            uint8 division;
            uint32 pilots;
            uint32 registeredDay;
            bytes32 nameDigest;
        }

        /// @param kind 1 call, 2 shortlist, 3 list, 4 change, 5 acceptance, 6 report of others; 0 if none.
        /// @param departments Departments that issued it, as it says.
        /// @param zones Zones (comprehensive pilots) that it counts; 0 if it gives no number.
        /// @param specials Special pilots that it counts; 0 if it gives no number.
        /// @param listedZones Comprehensive pilots listed here under it.
        /// @param listedSpecials Special pilots listed here under it.
        struct Document {
            uint8 kind;
            uint32 issuedOn;
            uint16 departments;
            uint16 zones;
            uint16 specials;
            uint16 listedZones;
            uint16 listedSpecials;
            uint32 recordedDay;
            bytes32 digest;
        }

        /// @param unit Unit of measure, left-aligned UTF-8.
        /// @param decimals Values are integers; this many of their digits stand behind the point.
        /// @param due Day by which the target is to be reached.
        /// @param revisions Changes of target or day.
        /// @param entries Values ever entered, corrections included.
        /// @param lastDay Latest day with a value.
        struct Indicator {
            bytes32 nameDigest;
            bytes32 unit;
            uint8 decimals;
            int64 baseline;
            int64 target;
            uint32 due;
            uint16 revisions;
            uint32 entries;
            uint32 lastDay;
        }

        /// @param day Day the value is of.
        /// @param refersTo Entry that this one corrects; 0 if it corrects none.
        /// @param correction Whether it came by `correct`.
        /// @param chainId Chain on which the value can be recomputed.
        /// @param sourceHeight Height on that chain.
        /// @param source Digest of the working, or zero.
        /// @param height Block of this ledger in which it was entered.
        struct Entry {
            uint32 day;
            int64 value;
            uint32 refersTo;
            bool correction;
            uint64 chainId;
            uint64 sourceHeight;
            bytes32 source;
            address account;
            uint64 height;
            uint64 timestampMs;
        }

        /// @param kind 1 support, 2 objection, 3 remark.
        /// @param outcome 0 unanswered, 1 upheld, 2 partly upheld, 3 not upheld.
        struct CommentRecord {
            address account;
            uint8 kind;
            uint8 outcome;
            uint32 day;
            bytes32 textDigest;
        }

        /// @param orderedDay Day from which the reply's clock runs.
        /// @param workingDays Its length.
        /// @param repliedDay Day of the reply; 0 if there is none, or it was refused.
        /// @param settled Whether the reply was accepted.
        struct Adjustment {
            address account;
            uint32 orderedDay;
            uint16 workingDays;
            uint32 repliedDay;
            bool late;
            bool settled;
            bytes32 orderDigest;
            bytes32 replyDigest;
        }

        /// @param clock 1 public comment, 2 reply to an adjustment order, 3 half-year assessment, 4 final assessment.
        /// @param lastDay Day at whose end, 24:00 Beijing time, it runs out.
        /// @param provisional Whether a table of working days is missing, so that the day may still move.
        /// @param passed Whether it ran out.
        struct ClockRecord {
            uint8 clock;
            uint32 lastDay;
            bool provisional;
            bool passed;
        }

        /// @notice Records a source document with the figures it gives. Figures differ between
        /// documents; each keeps its own. Supervisor.
        /// @param number Number of the document, or empty.
        /// @param digest Digest of its file.
        function recordDocument(uint8 kind, uint32 issuedOn, uint16 departments, uint16 zones, uint16 specials, bytes32 digest, string calldata number, string calldata title) external returns (uint32 document);

        /// @notice Registers an entity that may carry pilots, with the account that acts for it.
        /// Supervisor, provincial administration, competent department.
        /// @param code Unified social credit code; it is normalised and checked.
        function registerEntity(string calldata code, string calldata name, uint8 division, address account) external returns (bytes32 entity);
        /// @notice Changes an entity's name or account. Its account, or a supervisor.
        function changeEntity(bytes32 entity, string calldata name, address account) external;

        /// @notice Recommends a pilot. Supervisor, competent department, provincial administration in its division.
        /// @param alongside Live pilots of the same entity in the same field, all of them; empty if there is none.
        function recommend(Proposal calldata proposal, uint32[] calldata alongside) external returns (uint32 id);
        /// @notice Adds a goal. The recommending organisation or the entity, before the review or under an adjustment order.
        function addIndicator(uint32 id, string calldata name, string calldata unit, uint8 decimals, int64 baseline, int64 target, uint32 due) external returns (uint16 indicator);
        /// @notice Changes target and day of a goal; what they were stays in the events.
        function changeIndicator(uint32 id, uint16 indicator, int64 target, uint32 due, string calldata reason) external;
        /// @notice Says on which chain the pilot runs, on which software, nodes (ed25519 keys) and with which peers (chain ids).
        function describe(uint32 id, uint64 chainId, string calldata software, string calldata version, bytes32[] calldata nodes, uint64[] calldata peers) external;
        /// @notice Names the filing number of a service that the pilot uses; it must be recorded.
        function nameFiling(uint32 id, string calldata number) external;
        /// @notice Takes a named filing number off the pilot.
        function dropFiling(uint32 id, string calldata number) external;

        /// @notice Reviews a recommended pilot favourably and assigns its competent department. Supervisor.
        function review(uint32 id, uint32 competent, string calldata opinion) external;
        /// @notice Assigns another competent department. Supervisor.
        function assignCompetent(uint32 id, uint32 competent) external;
        /// @notice Opens the pilot to comments of the public. Supervisor.
        /// @param document Shortlist it is published under.
        function publish(uint32 id, uint32 document) external;
        /// @notice Comments on a published pilot. Anybody, until the end of the last day.
        function comment(uint32 id, uint8 kind, string calldata text) external returns (uint32 number);
        /// @notice Answers comments, all alike. Supervisor.
        function answer(uint32 id, uint32[] calldata numbers, uint8 outcome, string calldata text) external;
        /// @notice Puts the pilot on the list, once the public had its time and no objection is open
        /// or upheld. A supervisor other than the one who reviewed it.
        /// @param document List it is named in.
        /// @param alongside Pilots of the same entity in the same field that are on the list, all of them.
        function list(uint32 id, uint32 document, uint32[] calldata alongside) external;
        /// @notice Enters a reviewed pilot as listed in a list that was issued before this ledger began.
        /// A supervisor other than the one who reviewed it.
        function enter(uint32 id, uint32 document, uint32[] calldata alongside) external;
        /// @notice Ends a recommendation without listing. Supervisor.
        function decline(uint32 id, string calldata reason) external;
        /// @notice Takes a recommendation back. The recommending organisation.
        function withdraw(uint32 id, string calldata reason) external;

        /// @notice Begins. The entity, once the pilot is described.
        function start(uint32 id) external;
        /// @notice Reports the value of an indicator for a day that is still open. The entity.
        /// @param day Not in the future, and not closed: a day closes with its first value or `reportDays` later.
        /// @param sourceHeight Height of the pilot's chain at which the value can be recomputed.
        function report(uint32 id, uint16 indicator, uint32 day, int64 value, uint64 sourceHeight, bytes32 source) external returns (uint32 entry);
        /// @notice Adds an entry for a closed day. The entries before stay.
        /// @param refersTo The day's last entry; 0 if the day has none.
        function correct(uint32 id, uint16 indicator, uint32 day, int64 value, uint64 sourceHeight, bytes32 source, uint32 refersTo, string calldata reason) external returns (uint32 entry);

        /// @notice Orders an adjustment, to be replied to within working days. Competent department or supervisor.
        /// @return number Number of the order.
        function orderAdjustment(uint32 id, uint16 workingDays, string calldata text) external returns (uint16 number);
        /// @notice Replies to the open order. The entity; late replies are taken and flagged.
        function replyAdjustment(uint32 id, string calldata text, bytes32 report) external;
        /// @notice Accepts the reply (the pilot goes on) or refuses it (the order stands, with a new clock).
        /// @param endDay New last day of the pilot, at most `durationDays` from today; 0 leaves it.
        function settleAdjustment(uint32 id, bool accepted, uint32 endDay, string calldata text) external;
        /// @notice Half-year (1) or final (2) assessment by the entity. Late ones are taken and flagged.
        /// @param report Digest of the form.
        function assess(uint32 id, uint8 kind, bytes32 report, string calldata text) external;
        /// @notice Evaluates a self-assessed pilot. Competent department.
        /// @param verdict 1 met, 2 partly met, 3 not met.
        function evaluate(uint32 id, uint8 verdict, bytes32 report, string calldata text) external;
        /// @notice Accepts the result of an evaluated pilot. A supervisor's account other than the one that evaluated.
        /// @param document Document of the acceptance, or 0.
        function accept(uint32 id, uint32 document) external;
        /// @notice Proposes to take a pilot off the list. Competent department or supervisor.
        /// @param reason 1 falsified, 2 speculation, 3 illegal finance, 4 goals missed, 5 unfiled service, 6 own request, 7 other.
        function proposeRemoval(uint32 id, uint8 reason, string calldata text) external;
        /// @notice Drops the proposal. Competent department or supervisor.
        function dropRemoval(uint32 id, string calldata text) external;
        /// @notice Takes a pilot off the list, as proposed by somebody else. Supervisor.
        /// @param document Document of the removal, or 0.
        function remove(uint32 id, uint32 document) external;
        /// @notice Sets what the programme leaves open, by a decision of the supervisors.
        /// @param commentDays Days of public comment.
        /// @param reportDays Days after a day during which its value can still be reported.
        /// @param durationDays Longest time from a recommendation to the pilot's last day.
        /// @param assessmentMonths Months from one assessment to the next.
        function setParameters(uint16 commentDays, uint16 reportDays, uint16 durationDays, uint16 assessmentMonths) external;

        /// @notice A pilot; all zero if there is none.
        function pilotOf(uint32 id) external view returns (Record memory pilot, Course memory course);
        /// @notice Clocks of a pilot that run now.
        function clocksOf(uint32 id) external view returns (ClockRecord[] memory clocks);
        /// @notice An entity; all zero if it is not registered.
        function entityOf(bytes32 entity) external view returns (Entity memory record);
        /// @notice The entity that an account acts for; zero if none.
        function entityOfAccount(address account) external view returns (bytes32 entity);
        /// @notice Live pilots of an entity in a field (0 for comprehensive ones).
        function livePilots(bytes32 entity, uint8 field) external view returns (uint32[] memory ids);
        /// @notice The live comprehensive pilot of a zone; 0 if none.
        function pilotOfZone(uint8 zone) external view returns (uint32 id);
        /// @notice A source document; all zero if there is none.
        function documentOf(uint32 document) external view returns (Document memory record);
        /// @notice An indicator of a pilot.
        function indicatorOf(uint32 id, uint16 indicator) external view returns (Indicator memory record);
        /// @notice An entry of an indicator by its number.
        function entryOf(uint32 id, uint16 indicator, uint32 entry) external view returns (Entry memory record);
        /// @notice The last entry for a day, which is the one that counts; 0 if the day has none.
        function entryOfDay(uint32 id, uint16 indicator, uint32 day) external view returns (uint32 entry, Entry memory record);
        /// @notice Filing numbers that a pilot names, left-aligned ASCII.
        function filingsOf(uint32 id) external view returns (bytes32[] memory numbers);
        /// @notice A comment on a pilot.
        function commentOf(uint32 id, uint32 number) external view returns (CommentRecord memory record);
        /// @notice An adjustment order of a pilot.
        function adjustmentOf(uint32 id, uint16 number) external view returns (Adjustment memory record);
        /// @notice The last evaluation of a pilot; all zero if there is none.
        function evaluationOf(uint32 id) external view returns (address account, uint8 verdict, uint32 day, bytes32 report);
        /// @notice The proposal to remove a pilot; all zero if there is none.
        function removalOf(uint32 id) external view returns (address account, uint8 reason, uint32 day, bytes32 textDigest);
        /// @notice Pilots, documents and entities ever.
        function counts() external view returns (uint32 pilots, uint32 documents, uint32 entities);
        /// @notice What `setParameters` set.
        function parameters() external view returns (uint16 commentDays, uint16 reportDays, uint16 durationDays, uint16 assessmentMonths);

        /// @notice A source document was recorded.
        event DocumentRecorded(uint32 indexed document, uint8 indexed kind, uint32 issuedOn, uint16 departments, uint16 zones, uint16 specials, bytes32 digest, string number, string title, address account, uint32 today);
        /// @notice An entity was registered.
        event EntityRegistered(bytes32 indexed entity, address indexed account, uint32 indexed organisation, uint8 division, string name, uint32 today);
        /// @notice An entity's name or account changed.
        event EntityChanged(bytes32 indexed entity, address indexed account, address before, string name, address by);
        /// @notice A pilot was recommended.
        event Recommended(uint32 indexed id, bytes32 indexed entity, uint32 indexed organisation, uint8 kind, uint8 field, uint8 zone, uint8 division, uint32 endDay, uint32[] alongside, bytes32 material, string title, address account, uint32 today);
        /// @notice A goal was added.
        event IndicatorAdded(uint32 indexed id, uint16 indexed indicator, uint8 decimals, int64 baseline, int64 target, uint32 due, string name, string unit, address account);
        /// @notice A goal was changed.
        event IndicatorChanged(uint32 indexed id, uint16 indexed indicator, uint16 revision, int64 targetBefore, int64 target, uint32 dueBefore, uint32 due, string reason, address account);
        /// @notice A pilot was described. `digest` is the Keccak-256 of the ABI encoding of what stands before it.
        event Described(uint32 indexed id, uint64 chainId, string software, string version, bytes32[] nodes, uint64[] peers, bytes32 digest, address account);
        /// @notice A filing number was named.
        event FilingNamed(uint32 indexed id, bytes32 indexed number, address account);
        /// @notice A filing number was taken off.
        event FilingDropped(uint32 indexed id, bytes32 indexed number, address account);
        /// @notice A pilot was reviewed favourably.
        event Reviewed(uint32 indexed id, uint32 competent, string opinion, address account, uint32 today);
        /// @notice Another competent department was assigned.
        event CompetentAssigned(uint32 indexed id, uint32 before, uint32 competent, address account);
        /// @notice A pilot was opened to comments until the end of `lastDay`.
        event Published(uint32 indexed id, uint32 indexed document, uint16 commentDays, uint32 lastDay, bool provisional, address account, uint32 today);
        /// @notice Somebody commented.
        event Commented(uint32 indexed id, uint32 indexed number, uint8 kind, string text, address account, uint32 today);
        /// @notice A comment was answered.
        event Answered(uint32 indexed id, uint32 indexed number, uint8 outcome, string text, address account, uint32 today);
        /// @notice A pilot was put on the list.
        event Listed(uint32 indexed id, uint32 indexed document, uint32[] alongside, uint32 commentLastDay, address account, uint32 today);
        /// @notice A pilot was entered as listed on `listedOn`, before this ledger began.
        event Entered(uint32 indexed id, uint32 indexed document, uint32[] alongside, uint32 listedOn, address account, uint32 today);
        /// @notice A recommendation ended without listing.
        event Declined(uint32 indexed id, string reason, address account, uint32 today);
        /// @notice A recommendation was taken back.
        event Withdrawn(uint32 indexed id, string reason, address account, uint32 today);
        /// @notice A pilot began.
        event Started(uint32 indexed id, uint32 endDay, uint16 assessmentMonths, address account, uint32 today);
        /// @notice A value was reported.
        event Reported(uint32 indexed id, uint16 indexed indicator, uint32 entry, uint32 day, int64 value, uint64 chainId, uint64 sourceHeight, bytes32 source, address account, uint64 height, uint64 timestampMs);
        /// @notice A value of a closed day was entered; the entries before stay.
        event Corrected(uint32 indexed id, uint16 indexed indicator, uint32 entry, uint32 refersTo, uint32 day, int64 value, uint64 chainId, uint64 sourceHeight, bytes32 source, string reason, address account, uint64 height, uint64 timestampMs);
        /// @notice An adjustment was ordered, to be replied to by the end of `lastDay`.
        event AdjustmentOrdered(uint32 indexed id, uint16 indexed number, uint32 organisation, uint16 workingDays, uint32 lastDay, bool provisional, string text, address account, uint32 today);
        /// @notice The entity replied.
        event AdjustmentReplied(uint32 indexed id, uint16 indexed number, bool late, string text, bytes32 report, address account, uint32 today);
        /// @notice The reply was refused; another one is due by the end of `lastDay`.
        event ReplyRefused(uint32 indexed id, uint16 indexed number, uint16 workingDays, uint32 lastDay, bool provisional, string text, address account, uint32 today);
        /// @notice The reply was accepted; the pilot goes on until `endDay`.
        event ReplyAccepted(uint32 indexed id, uint16 indexed number, uint32 endDay, string text, address account, uint32 today);
        /// @notice The entity assessed its pilot; the `number`-th half-year assessment, or the final one.
        event Assessed(uint32 indexed id, uint8 indexed kind, uint16 number, bool late, bytes32 report, string text, address account, uint32 today);
        /// @notice The competent department evaluated the result.
        event Evaluated(uint32 indexed id, uint8 indexed verdict, uint32 organisation, bytes32 report, string text, address account, uint32 today);
        /// @notice The result was accepted.
        event Accepted(uint32 indexed id, uint32 indexed document, address account, uint32 today);
        /// @notice The removal of a pilot was proposed.
        event RemovalProposed(uint32 indexed id, uint8 indexed reason, uint32 organisation, string text, address account, uint32 today);
        /// @notice The proposal was dropped.
        event RemovalDropped(uint32 indexed id, string text, address account, uint32 today);
        /// @notice A pilot was taken off the list.
        event Removed(uint32 indexed id, uint32 indexed document, uint8 indexed reason, address account, uint32 today);
        /// @notice The supervisors set parameters.
        event ParametersSet(uint16 commentDays, uint16 reportDays, uint16 durationDays, uint16 assessmentMonths, uint64 decision);

        /// @notice There is no pilot with this number.
        error NoSuchPilot(uint32 id, uint32 count);
        /// @notice The pilot's state does not allow the step.
        error WrongState(uint32 id, uint8 state, uint8 step);
        /// @notice The account may not take this step of this pilot; `organisation` is its own, or 0.
        error NotEntitled(address account, uint32 organisation, uint32 id, uint8 step);
        /// @notice The account acts for no organisation that may recommend.
        error RecommenderRequired(address account, uint32 organisation);
        /// @notice A provincial administration acts in its own division only.
        error OutsideDivision(uint32 organisation, uint8 own, uint8 wanted);
        /// @notice The organisation cannot be competent department.
        error CompetentRequired(uint32 organisation);
        /// @notice A second person is needed: the account, or its owner, took the earlier step.
        error SamePerson(address account, address before, uint32 id, uint8 step);

        /// @notice A number outside a vocabulary.
        error UnknownTerm(string what, uint8 number);
        /// @notice A special pilot has a field, a comprehensive one has none.
        error FieldNotForKind(uint8 kind, uint8 field);
        /// @notice A comprehensive pilot has a zone.
        error ZoneRequired();
        /// @notice The zone lies in another division.
        error ZoneElsewhere(uint8 zone, uint8 division, uint8 own);
        /// @notice There is no such division.
        error UnknownDivision(uint8 division);
        /// @notice The zone has a live pilot.
        error ZoneTaken(uint8 zone, uint32 id);
        /// @notice The entity has a live pilot in this field that the call does not name.
        error FieldTaken(bytes32 entity, uint8 field, uint32 id);
        /// @notice The named pilot is none of this entity in this field, or not at this stage.
        error NotAlongside(bytes32 entity, uint8 field, uint32 id);
        /// @notice The entity has as many live pilots in this field as it may.
        error FieldFull(bytes32 entity, uint8 field, uint32 max);
        /// @notice No unified social credit code.
        error CodeInvalid(string code);
        /// @notice The entity is registered.
        error EntityKnown(bytes32 entity, address account);
        /// @notice The entity is not registered.
        error NoSuchEntity(bytes32 entity);
        /// @notice The account cannot act for an entity: zero, or a module.
        error AccountUnusable(address account);
        /// @notice The account acts for another entity.
        error AccountTaken(address account, bytes32 entity);
        /// @notice The account is bound to another organisation's code.
        error AccountOfAnother(address account, bytes32 entity, bytes32 bound);
        /// @notice Only the entity's account or a supervisor changes it.
        error NotTheEntity(address account, bytes32 entity);

        /// @notice A text is too short or too long.
        error TextSize(string what, uint32 chars, uint32 max);
        /// @notice A text has control characters, or spaces at its ends.
        error TextForm(string what);
        /// @notice A digest is missing.
        error ZeroDigest(string what);
        /// @notice A number is out of bounds.
        error OutOfRange(string what, uint64 value, uint64 min, uint64 max);
        /// @notice A list is longer than it may be.
        error TooMany(string what, uint64 count, uint64 max);
        /// @notice An indicator speaks of what something sells for.
        error ForbiddenWord(string word, string text);
        /// @notice There is no such indicator.
        error NoSuchIndicator(uint32 id, uint16 indicator, uint16 count);
        /// @notice The target of an indicator equals its baseline.
        error NoGoal(int64 baseline);
        /// @notice The pilot has no indicator.
        error NoIndicators(uint32 id);
        /// @notice The pilot was not described.
        error NotDescribed(uint32 id);
        /// @notice The chain of a running pilot changes only under an adjustment order.
        error ChainFixed(uint32 id, uint64 chainId);
        /// @notice No filing number.
        error FilingNumberInvalid(string number);
        /// @notice The filing register has no live record of the number.
        error FilingNotRecorded(uint32 id, bytes32 number);
        /// @notice The pilot names the number.
        error FilingNamedBefore(uint32 id, bytes32 number);
        /// @notice The pilot does not name the number.
        error FilingNotNamed(uint32 id, bytes32 number);

        /// @notice There is no such document.
        error NoSuchDocument(uint32 document, uint32 count);
        /// @notice The document is of another kind.
        error DocumentOfAnotherKind(uint32 document, uint8 kind, uint8 wanted);
        /// @notice As many pilots are listed under the document as it counts.
        error ListFull(uint32 document, uint8 kind, uint16 count);
        /// @notice The list was not issued before the first day of this ledger.
        error ListTooRecent(uint32 document, uint32 issuedOn, uint32 firstDay);
        /// @notice The public may still comment.
        error CommentsOpen(uint32 id, uint32 lastDay);
        /// @notice The time for comments is over.
        error CommentsClosed(uint32 id, uint32 lastDay);
        /// @notice There is no such comment.
        error NoSuchComment(uint32 id, uint32 number, uint32 count);
        /// @notice The comment was answered.
        error AnsweredBefore(uint32 id, uint32 number);
        /// @notice Objections have no answer.
        error ObjectionsOpen(uint32 id, uint32 count);
        /// @notice Objections were found right.
        error ObjectionsUpheld(uint32 id, uint32 count);

        /// @notice The day has not begun.
        error FutureDay(uint32 day, uint32 today);
        /// @notice The day is before the pilot began.
        error DayBeforeStart(uint32 day, uint32 startDay);
        /// @notice The day is closed: `entry` is its last entry, or 0; `lastDay` was the last to report it.
        error DayClosed(uint32 day, uint32 entry, uint32 lastDay);
        /// @notice The day is still open.
        error DayOpen(uint32 day, uint32 lastDay);
        /// @notice Another entry is the day's last.
        error NotTheLastEntry(uint32 day, uint32 given, uint32 last);
        /// @notice The source height is missing.
        error NoSourceHeight();
        /// @notice The source height is not finished.
        error FutureHeight(uint64 sourceHeight, uint64 height);
        /// @notice A later day has a lower source height than an earlier one.
        error HeightGoesBack(uint32 day, uint64 sourceHeight, uint32 lastDay, uint64 lastHeight);

        /// @notice The order was replied to.
        error RepliedBefore(uint32 id, uint16 number);
        /// @notice The order was not replied to.
        error NotReplied(uint32 id, uint16 number);
        /// @notice An indicator has no value.
        error NoValue(uint32 id, uint16 indicator);
        /// @notice The result was not evaluated.
        error NotEvaluated(uint32 id);
        /// @notice The result was evaluated.
        error EvaluatedBefore(uint32 id);
        /// @notice The evaluation found the goals not met.
        error GoalsNotMet(uint32 id);
        /// @notice The removal is proposed.
        error RemovalPending(uint32 id, address account);
        /// @notice The removal is not proposed.
        error NoRemoval(uint32 id);
        /// @notice The account acts for no organisation that has the role (an error of `members`).
        error RoleRequired(address account, uint32 organisation, uint8 role);
    }
}
