//! How much of the chain one member keeps in memory.

use ding_primitives::limits;

/// Bounds of one member's memory of the chain. The default is what [`limits`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLimits {
    /// Blocks that ran here and are not final.
    pub executed_blocks: usize,
    /// Their bytes; the newest is always kept.
    pub executed_bytes: usize,
    /// Final blocks kept whole.
    pub recent_blocks: usize,
    /// Their bytes; the newest is always kept.
    pub recent_bytes: usize,
    /// Transactions of unfinished blocks that came before gossip.
    pub met_transactions: usize,
    /// Their bytes.
    pub met_bytes: usize,
}

impl Default for ChainLimits {
    fn default() -> Self {
        Self {
            executed_blocks: limits::EXECUTED_BLOCKS_MAX,
            executed_bytes: limits::EXECUTED_BYTES_MAX,
            recent_blocks: limits::RECENT_BLOCKS_MAX,
            recent_bytes: limits::RECENT_BYTES_MAX,
            met_transactions: limits::MET_TRANSACTIONS_MAX,
            met_bytes: limits::MET_BYTES_MAX,
        }
    }
}
