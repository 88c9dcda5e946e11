//! One domain string per use of a signature, so that no signature can serve two purposes.

use crate::B256;

/// Version of everything that members say to each other and sign. It stands in every namespace, so
/// members of two versions never understand each other.
pub const PROTOCOL_VERSION: u32 = 1;

/// Start of every namespace of this protocol.
const PROTOCOL: &[u8] = b"ding/1";

const _: () = assert!(PROTOCOL[5] as u32 == b'0' as u32 + PROTOCOL_VERSION, "one version in two forms");

/// Namespace of consensus signatures of the chain with this genesis hash.
///
/// Votes and certificates of one chain mean nothing on another.
pub fn consensus(genesis_hash: &B256) -> Vec<u8> {
    with_chain(b"/consensus/", genesis_hash)
}

/// Namespace of the peer-to-peer handshake of the chain with this genesis hash.
pub fn peer_to_peer(genesis_hash: &B256) -> Vec<u8> {
    with_chain(b"/p2p/", genesis_hash)
}

fn with_chain(purpose: &[u8], genesis_hash: &B256) -> Vec<u8> {
    [PROTOCOL, purpose, genesis_hash.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_uses_and_two_chains_never_share_a_namespace() {
        let (a, b) = (B256::repeat_byte(1), B256::repeat_byte(2));
        let all = [consensus(&a), consensus(&b), peer_to_peer(&a), peer_to_peer(&b)];
        for (i, left) in all.iter().enumerate() {
            for right in all.iter().skip(i + 1) {
                assert_ne!(left, right);
            }
        }
    }
}
