//! Solidity interface of `once`. A change here is a protocol change: ADR, fork, conformance.

alloy_sol_types::sol! {
    /// @title Once: what may happen only once (an invoice financed, a certificate claimed).
    /// @notice Whoever calls owns the registers it names: a register of one contract has nothing to do
    /// with a register of the same name of another. The owner decides who may do what; this module keeps
    /// that a key has one holder.
    /// @notice A key is a digest of the normalised number. Where the number is confidential or belongs to a
    /// person, it is HMAC-SM3 under a key that the parties share off the ledger: a bare hash of a short
    /// number can be found by trying all of them.
    /// @notice States: 0 free, 1 reserved, 2 confirmed, 3 kept for ever.
    #[derive(Debug, PartialEq, Eq)]
    #[sol(abi)]
    interface IOnce {
        /// @param state State now: a reservation whose time is over is free.
        /// @param holder Who holds the key; zero if it is free.
        /// @param untilMs End of the reservation, milliseconds since 1970-01-01T00:00:00Z; 0 unless reserved.
        /// @param height Block in which it got this state.
        /// @param content Digest of what the key was taken for.
        struct Entry {
            uint8 state;
            address holder;
            uint64 untilMs;
            uint64 height;
            bytes32 content;
        }

        /// @notice Takes a free key of the caller's register for a while. Asked again with the same content
        /// for the same holder, it answers what is there and changes nothing.
        /// @param content Digest of what the key is taken for.
        /// @param untilMs When the key falls free unless it is confirmed.
        /// @return fresh Whether this call took the key.
        /// @return entry What is there now.
        function reserve(bytes32 register, bytes32 key, bytes32 content, address holder, uint64 untilMs) external returns (bool fresh, Entry memory entry);
        /// @notice Makes a reservation last. Repeated with the same arguments it changes nothing.
        /// @param forEver Whether the key can never be released.
        /// @return fresh Whether this call confirmed the key.
        /// @return entry What is there now.
        function confirm(bytes32 register, bytes32 key, bytes32 content, address holder, bool forEver) external returns (bool fresh, Entry memory entry);
        /// @notice Frees a key that its holder reserved or confirmed.
        function release(bytes32 register, bytes32 key, address holder) external;
        /// @notice Passes a key on to another holder; state and content stay.
        function transfer(bytes32 register, bytes32 key, address from, address to) external;

        /// @notice What a key of an owner's register stands for; all zero if it is free.
        function entryOf(address owner, bytes32 register, bytes32 key) external view returns (Entry memory entry);

        /// @notice A free key was reserved.
        event Reserved(address indexed owner, bytes32 indexed register, bytes32 indexed key, bytes32 content, address holder, uint64 untilMs, uint64 height);
        /// @notice A reservation was over, unconfirmed, when the key was taken again.
        event Lapsed(address indexed owner, bytes32 indexed register, bytes32 indexed key, address holder, uint64 untilMs, uint64 nowMs);
        /// @notice A reservation was confirmed.
        event Confirmed(address indexed owner, bytes32 indexed register, bytes32 indexed key, bytes32 content, address holder, bool forEver, uint64 height);
        /// @notice A key was freed.
        event Released(address indexed owner, bytes32 indexed register, bytes32 indexed key, address holder);
        /// @notice A key was passed on.
        event Transferred(address indexed owner, bytes32 indexed register, bytes32 indexed key, address from, address to);

        /// @notice The key is all zero.
        error ZeroKey();
        /// @notice The content is all zero.
        error ZeroContent();
        /// @notice The holder is the zero address.
        error ZeroHolder();
        /// @notice The end of a reservation is past or too far away.
        error ReservationTime(uint64 untilMs, uint64 nowMs, uint64 longestMs);
        /// @notice Another holder has the key.
        error HeldByOther(bytes32 register, bytes32 key, address holder, uint8 state, uint64 untilMs);
        /// @notice The holder has the key for another content.
        error OtherContent(bytes32 register, bytes32 key, address holder, bytes32 recorded, bytes32 given);
        /// @notice The key is free: it was never taken, was released, or its reservation is over.
        error NotHeld(bytes32 register, bytes32 key);
        /// @notice The key is confirmed in the other manner.
        error OtherManner(bytes32 register, bytes32 key, bool forEver);
        /// @notice The key is kept for ever.
        error KeptForEver(bytes32 register, bytes32 key, address holder);
    }
}
