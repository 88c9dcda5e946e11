// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Identity: which accounts act for a checked person or organisation.
/// @notice Nothing about a person is on the ledger except a salted commitment
/// (sm3(u32 length || salt || u32 length || value)), whose salt the authority keeps. Organisations
/// are named by their unified social credit code (GB 32100).
/// @notice Kinds: 1 person, 2 organisation. Levels: 1 mobile number, 2 identity document,
/// 3 identity document with face, 4 in person.
/// @notice Status: 0 none, 1 active, 2 suspended, 3 revoked, 4 replaced by a successor, 5 invited
/// (until the last invitation ends, even if all are taken back).
/// @notice Reasons: 1 request of the holder, 2 key lost, 3 key compromised, 4 data of the subject
/// wrong, 5 person died or organisation dissolved, 6 breach of rules, 7 order of an authority,
/// 8 mistake of the identity authority, 9 cause removed.
/// @notice Purposes of an invitation: 1 to act under the inviter's binding, 2 to succeed the inviter.
interface IIdentity {
    /// @param status Status of the account and of its binding together.
    /// @param kind Kind of the subject.
    /// @param level How the subject was checked.
    /// @param expiryMs When standing ends, milliseconds since 1970-01-01T00:00:00Z; 0 for no end.
    /// @param frozenUntilMs Until when the account is frozen; 0 if it is not, 2^48 - 1 without end.
    /// @param inForce Whether the account has standing in this block: active, not expired, not frozen.
    /// @param binding Number of its binding, or 0.
    /// @param root The account that the binding stands on.
    /// @param successor The account that replaced this one, or zero.
    struct AccountStanding {
        uint8 status;
        uint8 kind;
        uint8 level;
        uint64 expiryMs;
        uint64 frozenUntilMs;
        bool inForce;
        uint64 binding;
        address root;
        address successor;
    }

    /// @param authority Who made the binding.
    /// @param responsible Who answers for it now: the same, or its successor.
    /// @param subject Salted commitment to the person, or the organisation's code, left-aligned ASCII.
    /// @param nameDigest Digest of the organisation's name, or a salted commitment, or zero.
    /// @param accounts Accounts under the binding, the root counted.
    struct Binding {
        address root;
        uint32 authority;
        uint32 responsible;
        uint8 kind;
        uint8 level;
        uint8 status;
        uint32 accounts;
        bytes32 subject;
        bytes32 nameDigest;
        uint64 expiryMs;
        uint64 height;
        uint64 timestampMs;
    }

    /// @param organisation Number of the organisation in `members`.
    /// @param fromMs When it may begin, milliseconds since 1970-01-01T00:00:00Z.
    /// @param endedMs When it was dismissed; 0 if it was not.
    /// @param successor Who took over its bindings, or 0.
    /// @param live Live bindings it answers for.
    struct Authority {
        uint32 organisation;
        string name;
        uint64 fromMs;
        uint64 endedMs;
        uint32 successor;
        uint64 live;
    }

    /// @notice Appoints an organisation as identity authority, from a time on. Decided by vote.
    /// @return authority Its number, from 1 on.
    function appoint(uint32 organisation, string calldata name, uint64 fromMs) external returns (uint32 authority);
    /// @notice Dismisses an authority. One with live bindings needs a successor, which answers for
    /// them from now on. Decided by vote.
    function dismiss(uint32 authority, uint32 successor, uint8 reason) external;

    /// @notice Binds an account to a subject that the caller's authority checked: the root of a new
    /// binding. One live binding for each authority and subject.
    /// @param subject Salted commitment to the person; zero for an organisation.
    /// @param expiryMs When standing ends, or 0 for no end.
    /// @param code Unified social credit code of the organisation, left-aligned ASCII; zero for a person.
    /// @param nameDigest Digest of the organisation's name; for a person a salted commitment or zero.
    /// @return binding Its number, from 1 on.
    function bind(address account, uint8 kind, bytes32 subject, uint8 level, uint64 expiryMs, bytes32 code, bytes32 nameDigest) external returns (uint64 binding);
    /// @notice Sets level and expiry after another check. By the authority.
    function renew(uint64 binding, uint8 level, uint64 expiryMs) external;
    /// @notice Puts a further account under a root's binding. By the authority.
    function addAccount(address root, address account) external;
    /// @notice Replaces an account of a binding; its history stays. By the authority. Not while the
    /// account or its root is frozen: the orders name the account, and end with it. Until then the
    /// authority suspends an account whose key is lost.
    function rotate(address account, address successor, uint8 reason) external;
    /// @notice Suspends an account; a root with its whole binding. By the authority.
    function suspend(address account, uint8 reason) external;
    /// @notice Ends a suspension. By the authority.
    function restore(address account, uint8 reason) external;
    /// @notice Revokes an account for good; a root with its whole binding. By the authority, or by the
    /// root for an account under it; an officer who is the root himself is heard as the root.
    function revoke(address account, uint8 reason) external;

    /// @notice Invites an account to act under the caller's binding (by its root only) or to succeed
    /// the caller.
    /// @return untilMs When the invitation ends.
    function invite(address account, uint8 purpose) external returns (uint64 untilMs);
    /// @notice Takes an invitation back.
    function withdrawInvitation(address account) external;
    /// @notice Accepts an invitation of this account. The one function that an invited account may
    /// call before it has standing.
    function accept(address inviter) external returns (uint64 binding);

    /// @notice Standing of an account, as of this block.
    function standingOf(address account) external view returns (AccountStanding memory standing);
    /// @notice Level of an account that has standing in this block; 0 for others.
    function levelOf(address account) external view returns (uint8 level);
    /// @notice Whether an account has standing in this block, of this level at least.
    function isBound(address account, uint8 minLevel) external view returns (bool bound);
    /// @notice Whom an account acts for, and the authority that answers for it. What the ledger
    /// shows anyway: the subject is a commitment, or the code of an organisation.
    function subjectOf(address account) external view returns (uint8 kind, bytes32 subject, bytes32 nameDigest, uint32 responsible);
    /// @notice Whether two accounts act for the same subject, or are the same.
    function isSameSubject(address first, address second) external view returns (bool same);
    /// @notice A binding by its number.
    function binding(uint64 id) external view returns (Binding memory found);
    /// @notice Accounts under a binding, the root first.
    function accountsOf(uint64 id) external view returns (address[] memory accounts);
    /// @notice The live binding of a subject by an authority; 0 if there is none.
    function liveBinding(uint32 authority, bytes32 subject) external view returns (uint64 id);
    /// @notice An invitation of an account; zero if there is none.
    function invitation(address account, address inviter) external view returns (uint8 purpose, uint64 untilMs, uint64 binding);
    /// @notice An authority by its number.
    function authority(uint32 id) external view returns (Authority memory found);
    /// @notice The authority that an organisation is now; 0 if it is none.
    function authorityOf(uint32 organisation) external view returns (uint32 id);
    /// @notice Numbers of authorities and bindings ever made, and whether accounts without standing
    /// are refused on this chain.
    function counts() external view returns (uint32 authorities, uint64 bindings, bool bound);

    /// @notice An authority was appointed.
    event AuthorityAppointed(uint32 indexed authority, uint32 indexed organisation, string name, uint64 fromMs, uint64 proposal);
    /// @notice An authority was dismissed; a successor, if there is one, answers for its bindings.
    event AuthorityDismissed(uint32 indexed authority, uint32 indexed successor, uint8 reason, uint64 live, uint64 timestampMs, uint64 proposal);
    /// @notice A binding was made.
    event Bound(uint64 indexed binding, address indexed account, uint32 indexed authority, uint8 kind, uint8 level, bytes32 subject, bytes32 nameDigest, uint64 expiryMs, address by, uint64 height, uint64 timestampMs);
    /// @notice Level and expiry were set anew.
    event Renewed(uint64 indexed binding, uint8 level, uint64 expiryMs, address by);
    /// @notice An account came under a binding.
    event AccountAdded(uint64 indexed binding, address indexed account, address by);
    /// @notice An account was replaced.
    event Rotated(uint64 indexed binding, address indexed account, address indexed successor, uint8 reason, address by);
    /// @notice An account was suspended; `whole` if with it the binding.
    event Suspended(uint64 indexed binding, address indexed account, bool whole, uint8 reason, address by);
    /// @notice A suspension ended.
    event Restored(uint64 indexed binding, address indexed account, bool whole, uint8 reason, address by);
    /// @notice An account was revoked for good; `whole` if with it the binding.
    event Revoked(uint64 indexed binding, address indexed account, bool whole, uint8 reason, address by);
    /// @notice An account was invited.
    event Invited(address indexed account, address indexed inviter, uint64 indexed binding, uint8 purpose, uint64 untilMs);
    /// @notice An invitation was taken back.
    event InvitationWithdrawn(address indexed account, address indexed inviter);
    /// @notice An account was frozen until a time, or released (0). A root with the accounts under it.
    event FrozenSet(address indexed account, uint64 untilMs);

    /// @notice The account acts for no organisation that is an identity authority now.
    error NotAnAuthority(address account, uint32 organisation);
    /// @notice The authority may not begin yet.
    error AuthorityNotYet(uint32 authority, uint64 fromMs, uint64 nowMs);
    /// @notice The organisation is an authority already.
    error AlreadyAuthority(uint32 organisation, uint32 authority);
    /// @notice There is no authority with this number.
    error NoSuchAuthority(uint32 authority, uint32 count);
    /// @notice The authority was dismissed before.
    error AlreadyDismissed(uint32 authority, uint64 endedMs);
    /// @notice A chain has no more authorities than this, dismissed ones counted.
    error TooManyAuthorities(uint32 max);
    /// @notice The authority has live bindings; name a successor.
    error BindingsLive(uint32 authority, uint64 live);
    /// @notice The successor is the authority itself, dismissed, or not one yet.
    error SuccessorNotAccepted(uint32 authority, uint32 successor);
    /// @notice The name is empty, too long, or has signs that nobody sees.
    error NameNotAccepted(uint32 characters, uint32 max);
    /// @notice The time is beyond what is accepted; `nowMs` is 0 where a proposal is read without a clock.
    error TimeNotAccepted(uint64 timeMs, uint64 nowMs, uint64 maxMs);
    /// @notice There is no kind with this number.
    error UnknownSubjectKind(uint8 kind);
    /// @notice There is no level with this number.
    error UnknownLevel(uint8 level);
    /// @notice There is no reason with this number.
    error UnknownReason(uint8 reason);
    /// @notice There is no purpose with this number.
    error UnknownPurpose(uint8 purpose);
    /// @notice A person needs a commitment, an organisation has none.
    error SubjectNotAccepted(uint8 kind, bytes32 subject);
    /// @notice A person has no code; that of an organisation must check.
    error CodeNotAccepted(uint8 kind, bytes32 code);
    /// @notice The account can sign nothing.
    error AccountNotAccepted(address account);
    /// @notice The account stands under a binding.
    error AlreadyBound(address account, uint64 binding, uint8 status);
    /// @notice The account was revoked or replaced; it is never bound again.
    error AccountRetired(address account, uint64 binding, uint8 status);
    /// @notice The subject has a live binding.
    error SubjectBound(bytes32 subject, uint32 authority, uint64 binding, address root);
    /// @notice The account stands under no binding.
    error NotBound(address account);
    /// @notice There is no binding with this number.
    error NoSuchBinding(uint64 binding, uint64 count);
    /// @notice Another authority answers for the binding.
    error NotResponsible(uint64 binding, uint32 responsible, uint32 authority);
    /// @notice The step is not possible from this status.
    error WrongStatus(address account, uint8 status);
    /// @notice The account, or its root, is frozen; it is replaced when the orders have ended.
    error AccountFrozen(address account, uint64 untilMs);
    /// @notice The account has no standing in this block.
    error NotInForce(address account, uint8 status);
    /// @notice The account is not the root of its binding.
    error NotTheRoot(address account, address root);
    /// @notice A binding has no more accounts than this.
    error TooManyAccounts(uint64 binding, uint32 max);
    /// @notice An account cannot succeed or invite itself.
    error SameAccount(address account);
    /// @notice The inviter did not invite this account, or the invitation is over.
    error NotInvited(address account, address inviter, uint64 untilMs, uint64 nowMs);
    /// @notice Accounts of supervisors are not frozen; the consortium removes them by vote.
    error SupervisorNotFrozen(address account, uint32 organisation);
    /// @notice There is no organisation with this number (an error of `members`).
    error NoSuchOrganisation(uint32 id, uint32 count);
}

// The module, at its address on every chain.
IIdentity constant IDENTITY = IIdentity(0x00000000000000000000000000000000000D0004);
