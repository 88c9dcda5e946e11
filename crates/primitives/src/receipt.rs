//! What became of a transaction.

use crate::{codec, limits};
use alloy_primitives::{Address, B256, Bytes};
use bytes::BufMut;
use commonware_codec::{Buf, EncodeSize, Error, RangeCfg, Read, ReadExt as _, Write};

/// An event of a contract or module (Ethereum Yellow Paper section 4.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Who emitted it.
    pub address: Address,
    /// At most four topics; the first usually is the event's signature.
    pub topics: Vec<B256>,
    /// ABI-encoded rest.
    pub data: Bytes,
}

/// The outcome of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether the changes were kept.
    pub success: bool,
    /// Gas this transaction used.
    pub gas_used: u64,
    /// Gas of the block up to and including this transaction.
    pub cumulative_gas_used: u64,
    /// The contract this transaction created.
    pub created: Option<Address>,
    /// Events, in order; empty if the transaction failed.
    pub logs: Vec<Log>,
}

/// Layout: address (20) | topic count (1) | topics (32 each) | data length (varint) | data.
impl Write for Log {
    fn write(&self, buf: &mut impl BufMut) {
        buf.put_slice(self.address.as_slice());
        debug_assert!(self.topics.len() <= 4);
        #[expect(clippy::cast_possible_truncation, reason = "at most four topics exist in the EVM")]
        buf.put_u8(self.topics.len() as u8);
        for topic in &self.topics {
            buf.put_slice(topic.as_slice());
        }
        codec::write_bytes(&self.data, buf);
    }
}

impl EncodeSize for Log {
    fn encode_size(&self) -> usize {
        20 + 1 + self.topics.len() * 32 + codec::bytes_size(&self.data)
    }
}

impl Read for Log {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let address = Address::from(<[u8; 20]>::read(buf)?);
        let count = u8::read(buf)?;
        if count > 4 {
            return Err(Error::Invalid("Log", "more than four topics"));
        }
        let mut topics = Vec::new();
        for _ in 0..count {
            topics.push(codec::read_b256(buf)?);
        }
        let data = codec::read_bytes(buf, limits::LOG_DATA_BYTES_MAX)?;
        Ok(Self { address, topics, data })
    }
}

/// Layout: flags (1: bit 0 success, bit 1 created) | gas used (varint) | cumulative (varint) |
/// created (20, if flagged) | log count (varint) | logs.
impl Write for Receipt {
    fn write(&self, buf: &mut impl BufMut) {
        buf.put_u8(u8::from(self.success) | (u8::from(self.created.is_some()) << 1));
        commonware_codec::varint::UInt(self.gas_used).write(buf);
        commonware_codec::varint::UInt(self.cumulative_gas_used).write(buf);
        if let Some(created) = &self.created {
            buf.put_slice(created.as_slice());
        }
        self.logs.write(buf);
    }
}

impl EncodeSize for Receipt {
    fn encode_size(&self) -> usize {
        1 + commonware_codec::varint::UInt(self.gas_used).encode_size()
            + commonware_codec::varint::UInt(self.cumulative_gas_used).encode_size()
            + if self.created.is_some() { 20 } else { 0 }
            + self.logs.encode_size()
    }
}

impl Read for Receipt {
    type Cfg = ();

    fn read_cfg(buf: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let flags = u8::read(buf)?;
        if flags > 3 {
            return Err(Error::Invalid("Receipt", "unknown flags"));
        }
        let gas_used = codec::read_varint(buf)?;
        let cumulative_gas_used = codec::read_varint(buf)?;
        let created = if flags & 2 == 2 { Some(Address::from(<[u8; 20]>::read(buf)?)) } else { None };
        let logs = Vec::<Log>::read_cfg(buf, &(RangeCfg::from(0..=limits::LOGS_PER_RECEIPT_MAX), ()))?;
        Ok(Self { success: flags & 1 == 1, gas_used, cumulative_gas_used, created, logs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commonware_codec::{DecodeExt as _, Encode as _};

    fn sample() -> Receipt {
        Receipt {
            success: true,
            gas_used: 21_000,
            cumulative_gas_used: 42_000,
            created: Some(Address::repeat_byte(7)),
            logs: vec![Log {
                address: Address::repeat_byte(1),
                topics: vec![B256::repeat_byte(2), B256::repeat_byte(3)],
                data: Bytes::from(vec![9; 300]),
            }],
        }
    }

    #[test]
    fn a_receipt_survives_the_wire() {
        let receipt = sample();
        assert_eq!(Receipt::decode(receipt.encode()).unwrap(), receipt);
    }

    #[test]
    fn a_cut_or_flagged_receipt_is_refused() {
        let bytes = sample().encode();
        for end in 0..bytes.len() {
            assert!(Receipt::decode(bytes.slice(..end)).is_err(), "cut at {end}");
        }
        let mut flagged = bytes.to_vec();
        flagged[0] |= 4;
        assert!(Receipt::decode(bytes::Bytes::from(flagged)).is_err());
    }
}
