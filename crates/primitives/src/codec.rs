//! Small pieces that the wire types of this crate share.

use alloy_primitives::{B256, Bytes};
use bytes::BufMut;
use commonware_codec::{Buf, EncodeSize as _, Error, ReadExt as _, Write as _, varint::UInt};

pub(crate) fn write_bytes(bytes: &Bytes, buf: &mut impl BufMut) {
    UInt(bytes.len() as u64).write(buf);
    buf.put_slice(bytes);
}

pub(crate) fn bytes_size(bytes: &Bytes) -> usize {
    UInt(bytes.len() as u64).encode_size() + bytes.len()
}

/// Reads a length-prefixed byte string of at most `max` bytes without trusting the length.
pub(crate) fn read_bytes(buf: &mut impl Buf, max: usize) -> Result<Bytes, Error> {
    let len = read_varint(buf)?;
    let len = usize::try_from(len).ok().filter(|len| *len <= max).ok_or(Error::InvalidLength(max))?;
    if buf.remaining() < len {
        return Err(Error::EndOfBuffer);
    }
    Ok(Bytes(buf.copy_to_bytes(len)))
}

pub(crate) fn read_varint(buf: &mut impl Buf) -> Result<u64, Error> {
    Ok(UInt::<u64>::read(buf)?.into())
}

pub(crate) fn read_b256(buf: &mut impl Buf) -> Result<B256, Error> {
    Ok(B256::from(<[u8; 32]>::read(buf)?))
}
