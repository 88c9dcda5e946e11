use super::*;
use alloy_primitives::Bytes;
use commonware_codec::DecodeExt as _;

fn commitment(seed: u8) -> DatabaseCommitment {
    DatabaseCommitment {
        root: B256::repeat_byte(seed),
        ops_root: B256::repeat_byte(seed + 1),
        start: 3,
        end: 9,
    }
}

fn header() -> Header {
    Header {
        epoch: 0,
        view: 12,
        parent_view: 11,
        leader: MemberKey(B256::repeat_byte(5)),
        parent: B256::repeat_byte(6),
        height: Height::new(7),
        timestamp_ms: 1_700_000_000_123,
        transactions_root: B256::repeat_byte(8),
        receipts_root: B256::repeat_byte(9),
        roots: Roots { accounts: commitment(10), modules: commitment(20), contracts: commitment(30) },
        gas_used: 21_000,
        gas_limit: 1_000_000,
        transaction_count: 1,
    }
}

#[test]
fn a_header_survives_the_wire_and_keeps_its_hash() {
    let header = header();
    let bytes = header.encode();
    assert_eq!(bytes.len(), Header::SIZE);
    let back = Header::decode(bytes).unwrap();
    assert_eq!(back, header);
    assert_eq!(back.hash(), header.hash());
}

#[test]
fn any_flipped_bit_of_a_header_changes_its_hash_or_is_refused() {
    let header = header();
    let bytes = header.encode().to_vec();
    for index in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[index] ^= 1;
        if let Ok(other) = Header::decode(bytes::Bytes::from(flipped)) {
            assert_ne!(other.hash(), header.hash(), "byte {index}");
        }
    }
}

#[test]
fn a_body_over_a_limit_is_refused_without_allocating_for_it() {
    static MANY: [u8; 5] = [0xff, 0xff, 0xff, 0xff, 0x0f];
    assert!(Body::decode(bytes::Bytes::from_static(&MANY)).is_err());
    let body = Body {
        transactions: vec![Transaction::from_raw(Bytes::from(vec![1; limits::TRANSACTION_BYTES_MAX + 1]))],
    };
    assert!(Body::decode(body.encode()).is_err());
    let full = Body {
        transactions: vec![Transaction::from_raw(Bytes::from(vec![1; limits::TRANSACTION_BYTES_MAX])); 17],
    };
    assert!(Body::decode(full.encode()).is_err());
    let fits = Body {
        transactions: vec![Transaction::from_raw(Bytes::from(vec![1; limits::TRANSACTION_BYTES_MAX])); 15],
    };
    assert_eq!(Body::decode(fits.encode()).unwrap(), fits);
}
