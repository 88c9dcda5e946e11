use super::*;
use crate::mocks::{self, Wallet};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use ding_primitives::{B256, Bytes, keccak256};

fn to() -> TxKind {
    TxKind::Call(Address::repeat_byte(9))
}

fn with_gas(gas: u64, input: Vec<u8>, kind: TxKind) -> Result<(), Refusal> {
    let mut wallet = Wallet::new(1);
    wallet.gas = gas;
    let transaction = wallet.send(kind, U256::ZERO, input.into(), AccessList::default());
    check_static(&transaction, &mocks::spec([]))
}

#[test]
fn the_gas_limit_has_to_cover_the_envelope_and_not_one_unit_more() {
    assert_eq!(with_gas(21_000, vec![], to()), Ok(()));
    assert_eq!(with_gas(20_999, vec![], to()), Err(Refusal::IntrinsicGas { gas: 20_999, minimum: 21_000 }));
    // EIP-7623: 4 gas a token and 10 at the floor; a byte that is not zero is 4 tokens.
    let data = vec![1; 100];
    assert_eq!(with_gas(21_000 + 100 * 40, data.clone(), to()), Ok(()));
    assert_eq!(with_gas(24_999, data.clone(), to()), Err(Refusal::FloorGas { gas: 24_999, minimum: 25_000 }));
    assert_eq!(with_gas(22_599, data, to()), Err(Refusal::IntrinsicGas { gas: 22_599, minimum: 22_600 }));
}

#[test]
fn access_lists_cost_what_eip_2930_says() {
    let mut wallet = Wallet::new(1);
    let item =
        AccessListItem { address: Address::ZERO, storage_keys: vec![B256::ZERO, B256::repeat_byte(1)] };
    wallet.gas = 21_000 + 2_400 + 2 * 1_900;
    let exact = wallet.send(to(), U256::ZERO, Bytes::new(), AccessList(vec![item.clone()]));
    assert_eq!(check_static(&exact, &mocks::spec([])), Ok(()));
    wallet.gas -= 1;
    let short = wallet.send(to(), U256::ZERO, Bytes::new(), AccessList(vec![item]));
    assert!(matches!(check_static(&short, &mocks::spec([])), Err(Refusal::IntrinsicGas { .. })));
}

#[test]
fn too_much_gas_and_too_much_init_code_are_refused_with_both_numbers() {
    assert_eq!(with_gas(limits::TRANSACTION_GAS_MAX, vec![], to()), Ok(()));
    let over = limits::TRANSACTION_GAS_MAX + 1;
    assert_eq!(
        with_gas(over, vec![], to()),
        Err(Refusal::TransactionGas { gas: over, max: limits::TRANSACTION_GAS_MAX })
    );
    let max = limits::INIT_CODE_BYTES_MAX;
    assert_eq!(with_gas(10_000_000, vec![0; max], TxKind::Create), Ok(()));
    assert_eq!(
        with_gas(10_000_000, vec![0; max + 1], TxKind::Create),
        Err(Refusal::InitCode { size: max + 1, max })
    );
    assert_eq!(with_gas(10_000_000, vec![0; max + 1], to()), Ok(()), "call data is not init code");
}

#[test]
fn an_input_with_personal_data_is_refused_until_its_sender_says_that_it_is_none() {
    let gas = 100_000;
    let input = |number: &str| [b"\xd0\xe3\x0d\xb0 to ", number.as_bytes(), b"."].concat();
    for (number, kind) in [
        ("990000199001010017", personal::Kind::ResidentId),
        ("13812345678", personal::Kind::Mobile),
        ("6222021234567890128", personal::Kind::BankCard),
    ] {
        let finding = personal::Finding { kind, offset: 8 };
        assert_eq!(with_gas(gas, input(number), to()), Err(Refusal::Personal(finding)));
        let waived = [input(number), finding.waiver().to_vec()].concat();
        assert_eq!(with_gas(gas, waived, to()), Ok(()), "a false alarm, on record");
        let other = personal::Finding { offset: 9, ..finding };
        let elsewhere = [input(number), other.waiver().to_vec()].concat();
        assert_eq!(with_gas(gas, elsewhere, to()), Err(Refusal::Personal(finding)));
    }
    // The last digit is wrong: the number of nothing.
    assert_eq!(with_gas(gas, input("990000199001010018"), to()), Ok(()));
}

#[test]
fn a_transaction_larger_than_a_block_of_its_chain_is_refused() {
    let spec = Spec { gas_limit: 100_000, ..mocks::spec([]) };
    let mut wallet = Wallet::new(1);
    wallet.gas = 100_001;
    let refusal = check_static(&wallet.transfer(Address::ZERO, 0), &spec).unwrap_err();
    assert_eq!(refusal, Refusal::BlockGas { gas: 100_001, max: 100_000 });
}

#[test]
fn the_last_nonce_can_not_be_used() {
    let mut wallet = Wallet::new(1);
    wallet.nonce = u64::MAX;
    assert_eq!(check_static(&wallet.transfer(Address::ZERO, 0), &mocks::spec([])), Err(Refusal::NonceMax));
}

#[test]
fn the_account_decides_on_nonce_balance_and_code() {
    let mut wallet = Wallet::new(1);
    wallet.nonce = 5;
    let transaction = wallet.transfer(Address::ZERO, 100);
    let account = Account { nonce: 5, balance: U256::from(100), ..Account::EMPTY };
    assert_eq!(check_account(&transaction, &account), Ok(()));
    assert_eq!(check_account(&transaction, &Account { nonce: 4, ..account }), Ok(()), "a gap may close");
    assert_eq!(
        check_account(&transaction, &Account { nonce: 6, ..account }),
        Err(Refusal::NonceTooLow { tx: 5, next: 6 })
    );
    let poor = Account { balance: U256::from(99), ..account };
    let refusal = check_account(&transaction, &poor).unwrap_err();
    assert_eq!(refusal, Refusal::InsufficientFunds { balance: U256::from(99), value: U256::from(100) });
    let contract = Account { code_hash: keccak256([1]), ..account };
    assert_eq!(check_account(&transaction, &contract), Err(Refusal::SenderHasCode));
}

#[test]
fn texts_begin_as_ethereum_tools_expect() {
    let (balance, value) = (U256::ZERO, U256::ONE);
    let cases = [
        (Refusal::NonceTooLow { tx: 1, next: 2 }, "nonce too low: "),
        (Refusal::NonceTooHigh { tx: 4, next: 2 }, "nonce too high: "),
        (Refusal::NonceMax, "nonce has max value"),
        (Refusal::InsufficientFunds { balance, value }, "insufficient funds for gas * price + value: "),
        (Refusal::SenderHasCode, "sender not an eoa"),
        (Refusal::IntrinsicGas { gas: 1, minimum: 2 }, "intrinsic gas too low: "),
        (Refusal::TransactionGas { gas: 1, max: 2 }, "transaction gas limit too high"),
        (Refusal::BlockGas { gas: 1, max: 2 }, "exceeds block gas limit"),
        (Refusal::BlockFull { gas: 1, left: 2 }, "exceeds block gas limit"),
        (Refusal::InitCode { size: 1, max: 2 }, "max initcode size exceeded"),
    ];
    for (refusal, start) in cases {
        assert!(refusal.to_string().starts_with(start), "{refusal}");
    }
    assert!(Refusal::NonceTooHigh { tx: 4, next: 2 }.to_string().ends_with("send the 2 before it"));
}
