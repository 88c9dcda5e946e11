//! Solidity interface of `evidence`. A change here is a protocol change: ADR, fork, conformance.

#![expect(clippy::too_many_arguments, reason = "an event has a constructor with all its fields")]

alloy_sol_types::sol! {
    /// @title Evidence: who presented which file first, in which block and when.
    /// @notice Only digests are recorded, never content, and nothing about a person: a reference is
    /// a random number or a digest, not a name or a case number in clear.
    /// @notice Kinds: 0 document, 1 original work, 2 web page capture, 3 desktop recording, 4 call
    /// recording, 5 on-site recording, 6 photo, 7 video, 8 mobile screen recording, 9 system log.
    /// Kinds 2 to 8 are forensic: they need a provenance digest.
    /// @notice Opinions: 1 consistent, 2 inconsistent, 3 undetermined.
    #[derive(Debug, PartialEq, Eq)]
    #[sol(abi)]
    interface IEvidence {
        /// @param depositor Who presented the digest first.
        /// @param height Block of the first deposit. It never changes.
        /// @param timestampMs Time of that block, milliseconds since 1970-01-01T00:00:00Z.
        /// @param kind Kind of the files.
        /// @param count 1 for the digest of a file, n for the root of a batch of n files, 0 if never deposited.
        /// @param attestations Number of organisations that attested.
        /// @param sm3 SM3 digest of the same file (GB/T 32905), or zero.
        /// @param provenance Digest of the report on how the file came about, or zero.
        /// @param referenceId What the depositor refers to, or zero.
        struct Record {
            address depositor;
            uint64 height;
            uint64 timestampMs;
            uint8 kind;
            uint32 count;
            uint32 attestations;
            bytes32 sm3;
            bytes32 provenance;
            bytes32 referenceId;
        }

        /// @param organisation Who attested; 0 if nobody did.
        /// @param account The account that acted for it.
        /// @param height Block of the attestation.
        /// @param timestampMs Time of that block, milliseconds since 1970-01-01T00:00:00Z.
        /// @param opinion What it found.
        /// @param report Digest of its report.
        struct Attestation {
            uint32 organisation;
            address account;
            uint64 height;
            uint64 timestampMs;
            uint8 opinion;
            bytes32 report;
        }

        /// @notice Records that the caller presents a file in this block. The first deposit of a digest
        /// stays for ever; a later one succeeds, leaves it as it is and is told by `DepositedAgain`.
        /// @param digest SHA-256 of the file (FIPS 180-4).
        /// @param sm3 SM3 of the same file (GB/T 32905), or zero.
        /// @param kind Kind of the file.
        /// @param provenance Digest of the report on how the file came about; zero only for kinds that are not forensic.
        /// @param referenceId What the caller refers to, or zero.
        /// @param operation The caller's own number of this deposit, or zero. The same number with the same
        /// content answers again and changes nothing; with other content it is refused.
        /// @return first Whether this deposit is the first.
        /// @return record The first deposit's record.
        function deposit(bytes32 digest, bytes32 sm3, uint8 kind, bytes32 provenance, bytes32 referenceId, bytes32 operation) external returns (bool first, Record memory record);
        /// @notice The same for a batch of files, by the root of their Merkle tree: a leaf is
        /// sha256(0x00 || SHA-256 of the file), a node sha256(0x01 || left || right), an odd last node
        /// moves up unchanged.
        /// @param root Root of the tree.
        /// @param count Number of files, at least 2.
        function depositBatch(bytes32 root, uint32 count, uint8 kind, bytes32 provenance, bytes32 referenceId, bytes32 operation) external returns (bool first, Record memory record);
        /// @notice Records what the caller's organisation, which has the notary role, found about a
        /// deposited digest. Once for each organisation and digest.
        /// @param opinion What it found.
        /// @param report Digest of its report.
        /// @return organisation The organisation that the caller acts for.
        function attest(bytes32 digest, uint8 opinion, bytes32 report) external returns (uint32 organisation);

        /// @notice The record of a digest; all zero if it was never deposited.
        function recordOf(bytes32 digest) external view returns (Record memory record);
        /// @notice The record that holds this SM3 digest, and its SHA-256; all zero if there is none.
        function recordOfSm3(bytes32 sm3) external view returns (bytes32 digest, Record memory record);
        /// @notice What the organisation that attested in this place, from 0 on, found.
        function attestationAt(bytes32 digest, uint32 index) external view returns (Attestation memory attestation);
        /// @notice What this organisation found; all zero if it did not attest.
        function attestationOf(bytes32 digest, uint32 organisation) external view returns (Attestation memory attestation);
        /// @notice Whether a depositor used this operation number, and whether that deposit was the first.
        function operationOf(address depositor, bytes32 operation) external view returns (bool used, bool first);
        /// @notice Numbers of first deposits, later deposits and attestations.
        function counts() external view returns (uint64 records, uint64 repeats, uint64 attestations);

        /// @notice A digest was deposited for the first time.
        event Deposited(bytes32 indexed digest, address indexed depositor, bytes32 indexed operation, bytes32 sm3, uint8 kind, uint32 count, bytes32 provenance, bytes32 referenceId, uint64 height, uint64 timestampMs);
        /// @notice A digest was deposited again: what was presented now, and the first deposit it refers to.
        event DepositedAgain(bytes32 indexed digest, address indexed depositor, bytes32 indexed operation, bytes32 sm3, uint8 kind, uint32 count, bytes32 provenance, bytes32 referenceId, uint64 height, uint64 timestampMs, address firstDepositor, uint64 firstHeight, uint64 firstTimestampMs);
        /// @notice A deposit was sent again under its operation number: nothing changed.
        event OperationRepeated(bytes32 indexed digest, address indexed depositor, bytes32 indexed operation, bool first);
        /// @notice An organisation attested.
        event Attested(bytes32 indexed digest, uint32 indexed organisation, address indexed account, uint8 opinion, bytes32 report, uint64 height, uint64 timestampMs);

        /// @notice The digest is all zero.
        error ZeroDigest();
        /// @notice The SM3 digest equals the SHA-256 digest.
        error SameDigestTwice(bytes32 digest);
        /// @notice There is no kind with this number.
        error UnknownKind(uint8 kind);
        /// @notice Files of this kind are not accepted without a provenance digest.
        error ProvenanceRequired(uint8 kind);
        /// @notice The number of files of a batch is out of bounds.
        error BatchSize(uint32 count, uint32 min, uint32 max);
        /// @notice The SM3 digest is recorded for another file.
        error Sm3Taken(bytes32 sm3, bytes32 digest);
        /// @notice The digest is recorded with another SM3 digest.
        error Sm3Differs(bytes32 digest, bytes32 recorded, bytes32 given);
        /// @notice The caller used this operation number for a deposit with other content.
        error OperationReused(bytes32 operation);
        /// @notice The digest was never deposited.
        error NotDeposited(bytes32 digest);
        /// @notice There is no opinion with this number.
        error UnknownOpinion(uint8 opinion);
        /// @notice The report digest is all zero.
        error ZeroReport();
        /// @notice The organisation attested this digest before, and does so only once.
        error AlreadyAttested(bytes32 digest, uint32 organisation, uint64 height);
        /// @notice There is no attestation in this place.
        error NoSuchAttestation(bytes32 digest, uint32 index, uint32 count);
        /// @notice The account acts for no organisation that has the role (an error of `members`).
        error RoleRequired(address account, uint32 organisation, uint8 role);
    }
}
