// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Organisations of the consortium, their accounts, the members of the network, and what they
/// decide together.
/// @notice Roles: 1 supervisor, 2 notary, 3 court, 4 provincial administration, 5 competent department.
interface IMembers {
    /// @param name What people call it.
    /// @param code Unified social credit code (GB 32100), or empty.
    /// @param roles Bit r is set if the organisation has role r.
    /// @param division First two digits of the administrative division it is responsible for, or 0.
    struct Organisation {
        string name;
        string code;
        uint64 roles;
        uint8 division;
        uint32 accounts;
        uint32 validators;
        uint32 observers;
    }

    /// @param target The module that carries the decision out.
    /// @param organisation Who proposed.
    /// @param proposer The account that did.
    /// @param status 1 open, 2 approved, 3 rejected, 4 withdrawn, 5 carried out, 6 ended without a decision,
    /// 7 lapsed: approved and not carried out in time.
    /// @param notBeforeMs It may be carried out from this time on.
    /// @param endsMs Votes are taken until this time.
    /// @param decidedMs When it was approved or rejected, or 0.
    /// @param digest Keccak-256 of the call that it decides on.
    /// @param titleDigest Keccak-256 of the title.
    struct Proposal {
        uint64 id;
        address target;
        uint32 organisation;
        address proposer;
        uint8 status;
        uint64 notBeforeMs;
        uint64 endsMs;
        uint64 decidedMs;
        bytes32 digest;
        bytes32 titleDigest;
    }

    /// @notice Proposes that a module be called with this input. Calls of `calendar`, `filing`, `pilot`,
    /// `orders` and `services` are decided by the organisations with the role supervisor (electorate 1),
    /// all others by those that run a validator (electorate 2). Only an organisation with an account has
    /// a vote.
    /// @param notBeforeMs It may be carried out from this time on; 0: as soon as it is approved.
    /// @param title What it is about, in at most 120 characters.
    function propose(address target, bytes calldata input, uint64 notBeforeMs, string calldata title) external returns (uint64 id);
    /// @notice Votes for the caller's organisation. While the proposal is open, the last vote counts;
    /// the same vote again has the votes counted anew over those who have one now. The proposal is
    /// decided as soon as outstanding votes cannot change the outcome.
    function vote(uint64 id, bool approve) external returns (uint8 status);
    /// @notice Withdraws an open proposal of the caller's organisation.
    function withdraw(uint64 id) external;
    /// @notice By decision. Adds an organisation, without accounts.
    /// @param code Unified social credit code, or empty.
    /// @param division First two digits of its administrative division, or 0.
    function addOrganisation(string calldata name, string calldata code, uint8 division, uint64 roles) external returns (uint32 id);
    /// @notice By decision. Gives an organisation exactly these roles, and a division. Supervisors that
    /// have two accounts or more together keep two.
    function setRoles(uint32 id, uint64 roles, uint8 division) external;
    /// @notice By decision, or by the organisation itself. Adds an account that acts for it.
    function addAccount(uint32 id, address account) external;
    /// @notice By decision, or by the organisation itself. Removes an account, but not the last one of
    /// an organisation that has a vote or removes it itself, nor the last but one of all supervisors.
    function removeAccount(uint32 id, address account) external;
    /// @notice By decision. Sets a parameter: participation_permille, approval_permille, voting_ms or
    /// execution_ms, as ASCII from the left.
    function setParameter(bytes32 name, uint64 value) external;

    /// @notice Number of proposals ever made. They are numbered from 1.
    function proposalCount() external view returns (uint64 count);
    /// @notice A proposal by its number.
    function proposal(uint64 id) external view returns (Proposal memory proposal_);
    /// @notice Proposals from number `start` on, at most `count` (at most 256).
    function proposals(uint64 start, uint32 count) external view returns (Proposal[] memory proposals_);
    /// @notice Votes of those who have one now, and how many these are.
    function tally(uint64 id) external view returns (uint32 approvals, uint32 rejections, uint32 electorate_);
    /// @notice What an organisation voted: 0 nothing, 1 approve, 2 reject.
    function voteOf(uint64 id, uint32 organisation_) external view returns (uint8 vote_);
    /// @notice Who decides on calls of a module: the electorate, and its organisations from number
    /// `start` on, at most `count` (at most 256).
    function electorate(address target, uint32 start, uint32 count) external view returns (uint8 electorate_, uint32[] memory organisations);
    /// @notice Reverts as proposing this call would, and says who would decide on it.
    function rehearse(address target, bytes calldata input) external view returns (uint8 electorate_);
    /// @notice A parameter's value.
    function parameter(bytes32 name) external view returns (uint64 value);

    /// @notice Number of organisations. They are numbered from 1.
    function organisationCount() external view returns (uint32 count);
    /// @notice An organisation by its number.
    function organisation(uint32 id) external view returns (Organisation memory organisation);
    /// @notice The organisation that an account acts for; 0 if none.
    function organisationOf(address account) external view returns (uint32 id);
    /// @notice Accounts of an organisation, from `start` on, at most `count` (at most 256).
    function accountsOf(uint32 id, uint32 start, uint32 count) external view returns (address[] memory accounts);
    /// @notice Whether an account acts for an organisation that has the role.
    function hasRole(address account, uint8 role) external view returns (bool has);
    /// @notice Whether an organisation has the role.
    function organisationHasRole(uint32 id, uint8 role) external view returns (bool has);
    /// @notice Ed25519 keys of the members that vote, in ascending order.
    function validators() external view returns (bytes32[] memory keys);
    /// @notice Ed25519 keys of the members that follow without voting, in order of genesis.
    function observers() external view returns (bytes32[] memory keys);
    /// @notice Whether the member with this ed25519 key votes.
    function isValidator(bytes32 key) external view returns (bool votes);
    /// @notice Whether the member with this ed25519 key follows without voting.
    function isObserver(bytes32 key) external view returns (bool follows);
    /// @notice The organisation that runs the member with this ed25519 key; 0 if none.
    function organisationOfKey(bytes32 key) external view returns (uint32 id);

    /// @notice A proposal was made. The call's input and the title are here; storage keeps digests.
    event Proposed(uint64 indexed id, address indexed target, uint32 indexed organisation, address proposer, uint64 notBeforeMs, uint64 endsMs, bytes input, string title);
    /// @notice An organisation voted, or changed its vote: and the votes after it.
    event Voted(uint64 indexed id, uint32 indexed organisation, address account, bool approve, uint32 approvals, uint32 rejections, uint32 electorate);
    /// @notice A proposal was approved or rejected by these votes.
    event Decided(uint64 indexed id, bool approved, uint32 approvals, uint32 rejections, uint32 electorate, uint64 timestampMs);
    /// @notice A proposal was withdrawn.
    event Withdrawn(uint64 indexed id, address account);
    /// @notice A proposal was carried out.
    event Executed(uint64 indexed id, address indexed target, uint32 organisation, address account, uint64 timestampMs);
    /// @notice An organisation was added. `proposal` decided it.
    event OrganisationAdded(uint32 indexed id, string name, string code, uint8 division, uint64 roles, uint64 proposal);
    /// @notice Roles of an organisation were set.
    event RolesSet(uint32 indexed id, uint64 rolesBefore, uint64 roles, uint8 divisionBefore, uint8 division, uint64 proposal);
    /// @notice An account acts for an organisation now. `proposal` is 0 if the organisation said so itself.
    event AccountAdded(uint32 indexed id, address indexed account, address by, uint64 proposal);
    /// @notice An account acts for an organisation no more.
    event AccountRemoved(uint32 indexed id, address indexed account, address by, uint64 proposal);
    /// @notice A parameter was set.
    event ParameterSet(bytes32 indexed name, uint64 before, uint64 value, uint64 proposal);

    /// @notice The account's organisation has no vote in this electorate; `organisation` is its own, or 0.
    error NoVote(address account, uint32 organisation, uint8 electorate);
    /// @notice Functions of this address are not decided by vote, or this one is not.
    error NotDecidedByVote(address target, bytes4 selector);
    /// @notice The call is longer than a proposal holds.
    error InputTooLong(uint256 length, uint256 max);
    /// @notice The title is empty, too long, or has control characters.
    error TitleNotAccepted(uint256 characters, uint256 max);
    /// @notice The proposal could be carried out only after the latest time.
    error NotBeforeTooLate(uint64 notBeforeMs, uint64 latestMs);
    /// @notice The same call is proposed already: open, or approved and not yet carried out.
    error AlreadyProposed(uint64 id);
    /// @notice There is no proposal with this number.
    error NoSuchProposal(uint64 id, uint64 count);
    /// @notice The proposal takes no votes any more; its status.
    error NotOpen(uint64 id, uint8 status);
    /// @notice Only the organisation that proposed may withdraw.
    error NotTheProposer(uint64 id, uint32 organisation);
    /// @notice Nobody proposed this call.
    error NotProposed(address target, bytes32 digest);
    /// @notice The proposal of this call is not approved, or no more; its status.
    error NotApproved(uint64 id, uint8 status);
    /// @notice The proposal may be carried out only later.
    error NotYet(uint64 id, uint64 notBeforeMs, uint64 nowMs);
    /// @notice Nobody would be left in the electorate, and nothing could be decided.
    error NobodyWouldDecide(uint32 organisation, uint8 electorate);
    /// @notice Supervisors would have one account left of several, and what needs two people could
    /// not be done any more. `organisation` is the one that changes.
    error OneHandLeft(uint32 organisation, uint64 accounts);
    /// @notice An organisation that has a vote, or acts itself, keeps its last account.
    error LastAccount(uint32 organisation, address account);
    /// @notice The name is empty, too long, has control characters, or spaces at its ends.
    error NameNotAccepted(uint256 characters, uint256 max);
    /// @notice The name belongs to another organisation.
    error NameTaken(uint32 organisation);
    /// @notice The text is no unified social credit code.
    error CodeNotAccepted(string code);
    /// @notice The code belongs to another organisation.
    error CodeTaken(uint32 organisation);
    /// @notice The division is unknown, or missing where the role provincial needs one.
    error DivisionNotAccepted(uint8 division, uint64 roles);
    /// @notice The ledger holds no more organisations.
    error TooManyOrganisations(uint32 max);
    /// @notice The organisation has as many accounts as it may.
    error TooManyAccounts(uint32 organisation, uint64 max);
    /// @notice No key signs for this account.
    error AccountCannotSign(address account);
    /// @notice The account acts for an organisation already.
    error AccountTaken(address account, uint32 organisation);
    /// @notice The account does not act for this organisation; `actual` is its own, or 0.
    error NotItsAccount(uint32 organisation, address account, uint32 actual);
    /// @notice There is no parameter of this name.
    error UnknownParameter(bytes32 name);
    /// @notice The value of the parameter is out of range.
    error ParameterOutOfRange(bytes32 name, uint64 value, uint64 min, uint64 max);
    /// @notice There is no organisation with this number.
    error NoSuchOrganisation(uint32 id, uint32 count);
    /// @notice There is no role with this number.
    error UnknownRole(uint8 role);
    /// @notice More entries were asked for than one answer holds.
    error PageTooLarge(uint32 count, uint32 max);
    /// @notice The account acts for no organisation that has the role; `organisation` is its own, or 0.
    error RoleRequired(address account, uint32 organisation, uint8 role);
}

// The module, at its address on every chain.
IMembers constant MEMBERS = IMembers(0x00000000000000000000000000000000000d0001);
