//! Known faults, planted one at a time to see that the simulator finds them.
//!
//! Without the feature `planted` (only `ding-sim --features planted` asks for it) [`is`] is the
//! constant `false`, and what stands behind it is not compiled into anything.

/// A fault that can be planted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Planted {
    /// A certificate's signature is not looked at.
    SkipSignature = 1,
    /// Receipts are written and not synced.
    ForgetToSync = 2,
    /// A final block is applied twice: its readers are told of it twice.
    ApplyTwice = 3,
    /// The events of a transaction come in the order of a hash map.
    HashOrder = 4,
    /// The quorum is one too many.
    QuorumOffByOne = 5,
    /// A proof is accepted under any root.
    StaleProof = 6,
    /// What a module wrote stays when its call is undone.
    DropUndo = 7,
    /// A transaction that is proposed again is lost.
    LosePoolEntry = 8,
    /// The state root of a proposal is not compared.
    SkipRootCheck = 9,
    /// A proposal from the future is taken.
    TrustClock = 10,
    /// A later deposit takes the place of the first.
    ForgetFirst = 11,
    /// The pool takes more than it has room for.
    PoolOverfull = 12,
    /// A receipt is that of the transaction beside it.
    ReceiptBeside = 13,
    /// Rows of some blocks are left out.
    SkipRows = 14,
    /// A member that repeats itself is shut out.
    ShutOutInnocent = 15,
    /// Code that a contract borrows (DELEGATECALL, CALLCODE) runs though its service is stopped.
    BorrowStopped = 16,
    /// An order takes effect with one hand.
    OneHand = 17,
    /// An organisation is not asked whether it has a role: it has every one.
    RoleNotAsked = 18,
    /// No certificate is shown of every eighth block.
    CertificateMissing = 19,
    /// A transaction may be of any size.
    AnySize = 20,
    /// Blocks that ran are remembered for ever.
    KeepUnfinished = 21,
    /// Rows of supervision are left out.
    SkipSupervision = 22,
    /// A proof of a transaction is that of the one beside it.
    ProofBeside = 23,
    /// The pool drops whatever it takes, by name.
    EvictNewcomers = 24,
    /// What cannot be read counts as never written.
    ErrorIsEmpty = 25,
    /// The sender is found from what was sent, and not from what was signed.
    WrongSigner = 26,
    /// The malleable twin of a signature is taken for one.
    TakeTwin = 27,
    /// A transaction of another chain is taken.
    AnyChain = 28,
    /// A sync that failed is tried again, as if the first had left everything to write.
    SwallowSync = 29,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::SkipSignature,
        Self::ForgetToSync,
        Self::ApplyTwice,
        Self::HashOrder,
        Self::QuorumOffByOne,
        Self::StaleProof,
        Self::DropUndo,
        Self::LosePoolEntry,
        Self::SkipRootCheck,
        Self::TrustClock,
        Self::ForgetFirst,
        Self::PoolOverfull,
        Self::ReceiptBeside,
        Self::SkipRows,
        Self::ShutOutInnocent,
        Self::BorrowStopped,
        Self::OneHand,
        Self::RoleNotAsked,
        Self::CertificateMissing,
        Self::AnySize,
        Self::KeepUnfinished,
        Self::SkipSupervision,
        Self::ProofBeside,
        Self::EvictNewcomers,
        Self::ErrorIsEmpty,
        Self::WrongSigner,
        Self::TakeTwin,
        Self::AnyChain,
        Self::SwallowSync,
    ];
}

#[cfg(feature = "planted")]
static CHOSEN: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

/// Plants a fault by its number; 0 takes it out.
#[cfg(feature = "planted")]
pub fn plant(number: u8) {
    CHOSEN.store(number, core::sync::atomic::Ordering::Relaxed);
}

/// Whether this fault is planted.
#[cfg(feature = "planted")]
pub fn is(fault: Planted) -> bool {
    CHOSEN.load(core::sync::atomic::Ordering::Relaxed) == fault as u8
}

/// Whether this fault is planted: never, in this build.
#[cfg(not(feature = "planted"))]
pub const fn is(_fault: Planted) -> bool {
    false
}
