use super::*;
use alloy_primitives::{address, bytes};

/// The example of EIP-155: chain 1, nonce 9, one ether to 0x3535…, key 0x4646….
const EIP_155: Bytes = bytes!(
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
);

#[test]
fn the_example_of_eip_155_has_its_sender() {
    let recovered = recover(Transaction::from_raw(EIP_155), 1).unwrap();
    assert_eq!(recovered.sender(), address!("9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"));
    assert_eq!((recovered.nonce(), recovered.gas_limit(), recovered.kind()), (9, 21_000, 0));
}

#[test]
fn a_transaction_of_another_chain_is_refused_with_both_numbers() {
    let error = recover(Transaction::from_raw(EIP_155), 1337).unwrap_err();
    assert_eq!(error, TransactionError::WrongChain { got: 1, want: 1337 });
}

#[test]
fn cut_padded_and_oversized_bytes_are_refused() {
    for end in 0..EIP_155.len() {
        assert!(recover(Transaction::from_raw(EIP_155.slice(..end)), 1).is_err(), "cut at {end}");
    }
    let padded = [EIP_155.as_ref(), &[0]].concat();
    assert!(matches!(recover(Transaction::from_raw(padded.into()), 1), Err(TransactionError::Malformed(_))));
    let huge = vec![0; limits::TRANSACTION_BYTES_MAX + 1];
    assert!(matches!(recover(Transaction::from_raw(huge.into()), 1), Err(TransactionError::TooLarge { .. })));
}

#[test]
fn the_malleable_twin_of_a_signature_is_refused() {
    // s' = n - s and the other parity sign the same message (EIP-2).
    let recovered = recover(Transaction::from_raw(EIP_155), 1).unwrap();
    let twin = {
        let signature = recovered.signature();
        let n = U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
            .unwrap();
        let s = n - signature.s();
        let hex = format!("26a0{:064x}a0{:064x}", signature.r(), s);
        let raw = alloy_primitives::hex::encode(&EIP_155);
        let start = raw.find("25a028ef").unwrap();
        alloy_primitives::hex::decode(format!("{}{}", &raw[..start], hex)).unwrap()
    };
    assert_eq!(recover(Transaction::from_raw(twin.into()), 1).unwrap_err(), TransactionError::BadSignature);
}
