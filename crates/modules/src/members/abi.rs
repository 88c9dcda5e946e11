//! Solidity interface of `members`. A change here is a protocol change: ADR, fork, conformance.

alloy_sol_types::sol! {
    /// @title Organisations of the consortium, their accounts and the members of the network.
    /// @notice Roles: 1 supervisor, 2 notary, 3 court, 4 provincial administration, 5 competent department.
    #[derive(Debug, PartialEq, Eq)]
    #[sol(abi)]
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

        /// @notice There is no organisation with this number.
        error NoSuchOrganisation(uint32 id, uint32 count);
        /// @notice There is no role with this number.
        error UnknownRole(uint8 role);
        /// @notice More entries were asked for than one answer holds.
        error PageTooLarge(uint32 count, uint32 max);
        /// @notice The account acts for no organisation that has the role; `organisation` is its own, or 0.
        error RoleRequired(address account, uint32 organisation, uint8 role);
    }
}
