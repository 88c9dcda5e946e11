// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Supervisory orders: who ordered what, against whom, on what legal basis, approved by whom.
/// @notice An order is drafted by one person and approved by another: two accounts, and two subjects
/// if both are bound. It can be appealed against, and lifted by a later order, of two people again.
/// @notice Actions: 1 suspend a service, 2 restore it, 3 freeze an account, 4 release it, 5 inquire
/// (request information), 6 rectify, 7 disclose an identity, 8 lift an order of kind 5, 6 or 7.
/// @notice Targets: 1 a service by its id, 2 an account padded to a word.
/// @notice Status: 1 drafted, 2 in force, 3 answered, 4 settled, 5 withdrawn, 6 declined, 7 lifted,
/// 8 revoked on appeal, 9 expired.
/// @notice Fields of a disclosure, a bit each: 0 name, 1 document, 2 mobile, 3 address, 4 face,
/// 5 other accounts, 6 history. The data never enters the ledger: it goes encrypted from the identity
/// authority to the requester, who checks it against the commitment.
/// @notice No personal data in `basis` or anywhere else: names and case files are off the ledger.
interface IOrders {
    /// @param fromHeight Block from which on it has effect (suspend, restore); 0 for the next after approval.
    /// @param untilMs When it ends by itself (suspend, freeze, disclose), or 0: milliseconds since 1970-01-01T00:00:00Z.
    /// @param workingDays Time to answer, from the day of approval (inquire, rectify, disclose).
    /// @param refersTo The order that it lifts (restore, release, lift).
    /// @param scope Fields to be disclosed (disclose).
    /// @param caseNumber Digest of the case number; required to disclose.
    /// @param content Digest of the order's document, or zero.
    /// @param basis Legal basis: law, article.
    struct Draft {
        uint8 action;
        uint8 targetKind;
        bytes32 target;
        uint64 fromHeight;
        uint64 untilMs;
        uint16 workingDays;
        uint64 refersTo;
        uint32 scope;
        bytes32 caseNumber;
        bytes32 content;
        string basis;
    }

    /// @param matter keccak256 of keccak256(basis), case number and content, a word each.
    /// @param second Who approved or declined it.
    /// @param dueDay Last day to answer, 0 if nobody has to; provisional while a year without a table is counted.
    /// @param appeal 0 none, 1 open, 2 upheld, 3 granted.
    /// @param subject Commitment to the person behind the target when a disclosure was approved.
    struct Order {
        uint8 status;
        uint8 action;
        uint8 targetKind;
        bytes32 target;
        uint32 authority;
        address issuer;
        address second;
        uint64 draftedMs;
        uint64 decidedMs;
        uint64 fromHeight;
        uint64 untilMs;
        uint16 workingDays;
        uint32 dueDay;
        bool provisional;
        bool overdue;
        uint64 refersTo;
        uint32 scope;
        uint32 delivered;
        bytes32 matter;
        bytes32 answer;
        bytes32 subject;
        uint8 appeal;
    }

    struct Appeal {
        uint8 state;
        address appellant;
        uint64 filedMs;
        bytes32 grounds;
        address decider;
        uint64 decidedMs;
        bytes32 reasons;
    }

    struct Tally {
        uint32 drafted;
        uint32 approved;
        uint32 dropped;
        uint32 lifted;
        uint32 answered;
        uint32 late;
        uint32 appealed;
        uint32 granted;
    }

    /// @notice Drafts an order, by a supervisor within its scope. It has no effect yet.
    /// @return number Year and running number: 2026000001 is the first of 2026.
    function draft(Draft calldata what) external returns (uint64 number);
    /// @notice Approves a draft: it has effect from the next block on. By another supervisor, while the
    /// issuer still is one.
    function approve(uint64 number) external returns (uint64 fromHeight);
    /// @notice Turns a draft down. By another supervisor.
    function decline(uint64 number, bytes32 reasons) external;
    /// @notice Takes back the caller's own draft.
    function withdraw(uint64 number) external;
    /// @notice Answers a request or reports a correction, by the target: the account, the provider of
    /// the service, or one of the same organisation or subject. May be repeated until it is settled.
    /// @param digest Digest of the answer.
    /// @return late Whether the last day is over; the answer is accepted all the same.
    function answer(uint64 number, bytes32 digest) external returns (bool late);
    /// @notice Accepts the answer, or does not: then the order goes on. By the issuing organisation,
    /// or the national administration where that one supervises nothing any more.
    /// @param digest Digest of the answer that was read: the target may have replaced it meanwhile.
    /// @param finding Digest of the finding, or zero.
    function settle(uint64 number, bool accepted, bytes32 digest, bytes32 finding) external;
    /// @notice Says that the data was handed over, by the identity authority that bound the account.
    /// @param fields What was handed over: part of the scope.
    /// @param digest Digest of the encrypted package.
    function deliver(uint64 number, uint32 fields, bytes32 digest) external returns (bool late);
    /// @notice Says that the caller looked at disclosed data, by the issuing organisation. Whoever looks,
    /// says so first.
    /// @param fields What it looks at: part of what was delivered.
    /// @param matches Whether the data fits the commitment.
    function look(uint64 number, uint32 fields, bool matches) external;
    /// @notice Appeals against an order, by its target, within 60 days of its approval. Once.
    function appeal(uint64 number, bytes32 grounds) external;
    /// @notice Decides an appeal, by a supervisor who neither drafted nor approved the order, nor appealed.
    /// @param revoke Whether the order is revoked.
    function decideAppeal(uint64 number, bool revoke, bytes32 reasons) external;

    /// @notice An order by its number; all zero if there is none.
    function order(uint64 number) external view returns (Order memory order);
    /// @notice The appeal against an order; all zero if there is none.
    function appealOf(uint64 number) external view returns (Appeal memory appeal);
    /// @notice Number of orders drafted in a year (Beijing time); they are numbered from 1.
    function ordersOf(uint32 year) external view returns (uint32 count);
    /// @notice What happened in a year to orders with an action: the yearly report.
    function tally(uint32 year, uint8 action) external view returns (Tally memory tally);
    /// @notice Numbers of the orders that freeze an account now.
    function freezesOf(address account) external view returns (uint64[] memory numbers);

    /// @notice An order was drafted.
    event OrderDrafted(uint64 indexed number, bytes32 indexed target, uint32 indexed authority, address issuer, uint64 timestampMs, Draft order);
    /// @notice An order was approved; `subject` is the commitment to be disclosed, or zero.
    event OrderApproved(uint64 indexed number, bytes32 indexed target, address indexed approver, uint64 fromHeight, uint32 dueDay, bool provisional, bytes32 subject, uint64 timestampMs);
    /// @notice A draft was turned down.
    event OrderDeclined(uint64 indexed number, bytes32 indexed target, address indexed account, bytes32 reasons, uint64 timestampMs);
    /// @notice A draft was taken back.
    event OrderWithdrawn(uint64 indexed number, bytes32 indexed target, uint64 timestampMs);
    /// @notice An order was answered.
    event OrderAnswered(uint64 indexed number, bytes32 indexed target, address indexed account, bytes32 digest, bool late, uint64 timestampMs);
    /// @notice The answer with this digest was accepted, or not.
    event OrderSettled(uint64 indexed number, bytes32 indexed target, address indexed account, bool accepted, bytes32 digest, bytes32 finding, uint64 timestampMs);
    /// @notice An order was lifted by another.
    event OrderLifted(uint64 indexed number, bytes32 indexed target, uint64 indexed by, uint64 timestampMs);
    /// @notice An identity authority handed data over.
    event IdentityDelivered(uint64 indexed number, bytes32 indexed target, address indexed account, uint32 fields, bytes32 digest, bool late, uint64 timestampMs);
    /// @notice Somebody looked at disclosed data.
    event IdentityLooked(uint64 indexed number, bytes32 indexed target, address indexed account, uint32 fields, bool matches, uint64 timestampMs);
    /// @notice An appeal was filed; a decision is due on `dueDay`.
    event AppealFiled(uint64 indexed number, bytes32 indexed target, address indexed account, bytes32 grounds, uint32 dueDay, uint64 timestampMs);
    /// @notice An appeal was decided.
    event AppealDecided(uint64 indexed number, bytes32 indexed target, address indexed account, bool revoked, bytes32 reasons, uint64 timestampMs);

    /// @notice There is no order with this number.
    error NoSuchOrder(uint64 number);
    /// @notice There is no action with this number.
    error UnknownAction(uint8 action);
    /// @notice The action does not have this kind of target.
    error WrongTarget(uint8 action, uint8 targetKind, bytes32 target);
    /// @notice The action needs this part of a draft.
    error PartRequired(uint8 action, string part);
    /// @notice The action does not take this part of a draft.
    error PartNotTaken(uint8 action, string part);
    /// @notice The text of the legal basis is empty or too long.
    error BasisLength(uint64 length, uint64 max);
    /// @notice The time to answer is out of bounds.
    error WorkingDays(uint16 workingDays, uint16 max);
    /// @notice The end of an order is past or too far away.
    error OrderEnd(uint64 untilMs, uint64 nowMs);
    /// @notice The scope names fields that do not exist.
    error UnknownFields(uint32 scope, uint32 known);
    /// @notice There is no service with this id.
    error NoSuchService(bytes32 id);
    /// @notice The account is not bound to a subject: there is nothing to disclose.
    error NotBound(address account);
    /// @notice The account acts for a supervisor, who could not lift the order then.
    error ProtectedAccount(address account, uint32 organisation);
    /// @notice The account is frozen by as many orders as one can be.
    error TooManyFreezes(address account, uint64 max);
    /// @notice The year has as many orders as numbers hold.
    error TooManyOrders(uint32 year, uint32 max);
    /// @notice The order that is to be lifted has another action or target, or binds nobody now.
    error NotToLift(uint64 number, uint8 action, uint8 status);
    /// @notice Only the organisation that issued the order, or the national administration, may do this.
    error NotTheAuthority(uint64 number, uint32 authority, uint32 organisation);
    /// @notice The caller, or one of the same subject, has a hand in the order already: another person is needed.
    error SamePerson(uint64 number, address account, address other);
    /// @notice Only the issuer takes a draft back.
    error NotTheIssuer(uint64 number, address issuer);
    /// @notice The order is not in a state for this step.
    error WrongOrderStatus(uint64 number, uint8 status, uint8 step);
    /// @notice The draft is too old to be approved.
    error DraftTooOld(uint64 number, uint64 draftedMs, uint64 lifetimeMs);
    /// @notice The caller is not the target of the order.
    error NotTheTarget(uint64 number, address account);
    /// @notice The step belongs to orders with another action.
    error WrongAction(uint64 number, uint8 action);
    /// @notice The digest is all zero.
    error DigestRequired();
    /// @notice The answer is another one by now: read it before you settle.
    error AnswerReplaced(uint64 number, bytes32 answer, bytes32 digest);
    /// @notice The caller does not act for the identity authority that bound the account.
    error NotTheIdentityAuthority(uint64 number, address account);
    /// @notice What is handed over or looked at is not part of what the order, or the delivery, allows.
    error BeyondScope(uint64 number, uint32 allowed, uint32 asked);
    /// @notice There was an appeal against this order.
    error AppealedBefore(uint64 number, uint8 appeal);
    /// @notice The time to appeal is over.
    error AppealTooLate(uint64 number, uint32 lastDay, uint32 today);
    /// @notice No appeal against this order awaits a decision.
    error NoOpenAppeal(uint64 number, uint8 appeal);
    /// @notice The target is outside the division of the caller's organisation (an error of `services`).
    error OutOfDivision(uint32 organisation, uint8 own, uint8 division);
    /// @notice The account acts for no organisation that has the role (an error of `members`).
    error RoleRequired(address account, uint32 organisation, uint8 role);
}

// The module, at its address on every chain.
IOrders constant ORDERS = IOrders(0x00000000000000000000000000000000000d0009);
