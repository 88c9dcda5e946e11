//! Solidity interface of `services`. A change here is a protocol change: ADR, fork, conformance.

alloy_sol_types::sol! {
    /// @title Services: which contracts and native modules belong to which filed service, and which
    /// services are stopped.
    /// @notice A call that may write is refused with `ServiceStopped`, direct or from another contract,
    /// when the service of the called address (or of the code that runs, for DELEGATECALL) is suspended,
    /// struck off, or was not filed in time. Read-only calls (STATICCALL, `eth_call`) are let through.
    /// @notice Status: 1 declared (not filed or not decided yet), 2 recorded, 3 suspended, 4 struck off.
    /// In `ServiceStopped`, 1 means that the time to file is over.
    /// @notice Days are numbered from 1970-01-01 in Beijing time.
    #[derive(Debug, PartialEq, Eq)]
    #[sol(abi)]
    interface IServices {
        /// @param status Status now; 0 if there is no such service.
        /// @param number Filing number, or empty.
        /// @param provider Account of the provider.
        /// @param division Two digits of the province, 0 if not known.
        /// @param contracts Number of addresses that belong to it.
        /// @param goLive Day from which on it is provided.
        /// @param dueMs End of the time to file, 0 if no clock runs: milliseconds since 1970-01-01T00:00:00Z.
        /// @param endsHeight Block from which on it is struck off; 0 if it is not.
        struct Service {
            uint8 status;
            string number;
            address provider;
            uint8 division;
            uint16 contracts;
            uint32 goLive;
            uint64 dueMs;
            uint64 endsHeight;
        }

        /// @notice A suspension: it stops the service from block `fromHeight` on, before block
        /// `liftedHeight` (0: not lifted), until `untilMs` (0: until it is lifted).
        /// @param by The module that suspended: filing (a measure) or orders (an order).
        /// @param referenceId Its number there.
        struct Hold {
            address by;
            uint64 referenceId;
            uint64 fromHeight;
            uint64 liftedHeight;
            uint64 untilMs;
        }

        /// @notice Declares a service that is not filed, by a supervisor (a provincial
        /// administration in its division). Its provider has ten working days to file it, counted from the day it went
        /// live, but not from before today: then it is stopped.
        /// @param provider Account of the provider.
        /// @param division Two digits of the province.
        /// @param goLive Day from which on it is provided.
        /// @param contracts Addresses of its contracts and application modules.
        function declare(bytes32 id, address provider, uint8 division, uint32 goLive, address[] calldata contracts) external;
        /// @notice Records a service under its filing number: its clock stops. By a supervisor (a
        /// provincial administration in its division), where no other module does it.
        function record(bytes32 id, string calldata number) external;
        /// @notice Adds contracts and application modules to a service that no module keeps. By a supervisor
        /// (a provincial administration in its division).
        function addContracts(bytes32 id, address[] calldata contracts) external;
        /// @notice Takes contracts and application modules out of a service that nothing stops. By a
        /// supervisor (a provincial administration in its division).
        function removeContracts(bytes32 id, address[] calldata contracts) external;
        /// @notice Strikes a service off from the next block on, by decision of the supervisors. Carried out
        /// by another account than the one that proposed it.
        function deregister(bytes32 id) external;
        /// @notice Computes the end of the time to file again, from the present calendar, and drops
        /// suspensions that are over. Anybody may ask.
        function refresh(bytes32 id) external;

        /// @notice A service by its id.
        function service(bytes32 id) external view returns (Service memory service);
        /// @notice The service that an address belongs to, or zero.
        function serviceOf(address contractAddress) external view returns (bytes32 id);
        /// @notice The service with this filing number, or zero.
        function serviceOfNumber(string calldata number) external view returns (bytes32 id);
        /// @notice Whether a call of this address that may write is refused, and why, as the register stands
        /// now. Execution looks at it as the parent block left it: what this block changes counts from the next one on.
        function verdict(address contractAddress) external view returns (bool stopped, string memory number, uint8 status);
        /// @notice Suspensions of a service that are in force or will be.
        function holds(bytes32 id) external view returns (Hold[] memory holds);
        /// @notice The last day to file; provisional while a year without a table is counted.
        function dueDay(bytes32 id) external view returns (bool runs, uint32 day, bool provisional, bool overdue);
        /// @notice Number of services that could refuse a call; while it is 0, none is looked at.
        function armed() external view returns (uint64 services);

        /// @notice A service was declared.
        event ServiceDeclared(bytes32 indexed id, address indexed provider, address indexed by, uint8 division, uint32 goLive);
        /// @notice The clock of a service was set, computed anew, or stopped (`dueMs` 0).
        event ClockSet(bytes32 indexed id, uint32 startDay, uint16 workingDays, uint64 dueMs, bool provisional);
        /// @notice An address belongs to a service from the next block on; `formerly` is the service, struck
        /// off, that it belonged to, or zero.
        event ContractAdded(bytes32 indexed id, address indexed contractAddress, bytes32 formerly);
        /// @notice An address belongs to no service any more.
        event ContractRemoved(bytes32 indexed id, address indexed contractAddress);
        /// @notice A service was recorded.
        event ServiceRecorded(bytes32 indexed id, string number, uint8 division);
        /// @notice A service is suspended from a block on.
        event ServiceSuspended(bytes32 indexed id, address indexed by, uint64 indexed referenceId, uint64 fromHeight, uint64 untilMs);
        /// @notice A suspension is lifted from a block on.
        event ServiceRestored(bytes32 indexed id, address indexed by, uint64 indexed referenceId, uint64 fromHeight);
        /// @notice A service is struck off from a block on.
        event ServiceDeregistered(bytes32 indexed id, uint64 fromHeight);

        /// @notice The service of a called address is stopped (raised by the ledger, not by a function here).
        error ServiceStopped(string number, uint8 status);
        /// @notice The id is all zero.
        error ZeroService();
        /// @notice The provider is the zero address.
        error ZeroProvider();
        /// @notice There is no service with this id.
        error NoSuchService(bytes32 id);
        /// @notice A module declared the service; that module records it and says what belongs to it.
        error KeptByModule(bytes32 id);
        /// @notice A service with this id exists.
        error ServiceExists(bytes32 id, uint8 status);
        /// @notice The service was struck off; an id is not used twice.
        error ServiceEnded(bytes32 id, uint64 fromHeight);
        /// @notice The service is recorded.
        error AlreadyRecorded(bytes32 id, string number);
        /// @notice The text is no filing number.
        error NotAFilingNumber(string text);
        /// @notice The number belongs to another service.
        error NumberTaken(string number, bytes32 id);
        /// @notice There is no province with this code.
        error UnknownDivision(uint8 division);
        /// @notice The service is outside the division of the caller's organisation (0: it has none).
        error OutOfDivision(uint32 organisation, uint8 own, uint8 division);
        /// @notice The day on which the service goes live is too far away.
        error GoLiveDay(uint32 goLive, uint32 latest);
        /// @notice The number is one of another province.
        error DivisionDiffers(bytes32 id, uint8 division, uint8 ofNumber);
        /// @notice The address belongs to a service that is not struck off.
        error ContractTaken(address contractAddress, bytes32 id);
        /// @notice The address belongs to another service, or none.
        error ContractNotOfService(address contractAddress, bytes32 id, bytes32 belongsTo);
        /// @notice The address is one of those on which the ledger itself runs.
        error NotAService(address contractAddress);
        /// @notice No addresses, or too many, in one call; or too many of one service.
        error TooManyContracts(uint64 contracts, uint64 max);
        /// @notice The block in which a change takes effect is not one of the future.
        error EffectiveHeight(uint64 fromHeight, uint64 earliest, uint64 latest);
        /// @notice The end of a suspension is past or too far away.
        error SuspensionTime(uint64 untilMs, uint64 nowMs, uint64 latestMs);
        /// @notice A suspension under this reference is there.
        error HoldExists(bytes32 id, address by, uint64 referenceId);
        /// @notice There is no suspension under this reference that could be lifted.
        error NoSuchHold(bytes32 id, address by, uint64 referenceId);
        /// @notice The service is suspended by as many as one can be.
        error TooManyHolds(bytes32 id, uint64 holds, uint64 max);
        /// @notice The account proposed the decision itself: another person carries it out.
        error SecondPersonNeeded(uint64 proposal, address account);
        /// @notice The service is stopped, or will be: lift that first.
        error StillStopped(bytes32 id, uint8 status);
        /// @notice The account acts for no organisation that has the role (an error of `members`).
        error RoleRequired(address account, uint32 organisation, uint8 role);
    }
}
