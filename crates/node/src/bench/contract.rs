//! The calls that the load consists of: the token that the tool deploys, and the evidence module.

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use alloy_sol_types::{SolCall as _, sol};
use ding_modules::evidence::abi::IEvidence;

sol! {
    /// The part of `contracts/examples/Token.sol` that the load uses.
    interface Token {
        function mint(address[] calldata accounts, uint256 each) external;
        function transfer(address to, uint256 value) external returns (bool);
    }
}

/// Creation code of `contracts/examples/Token.sol`; the README beside it has the compile command.
const TOKEN: &str = include_str!("../../../../contracts/examples/Token.bin");

/// Creation code of the token.
///
/// # Errors
///
/// If the checked-in file is not hexadecimal.
pub(super) fn token_code() -> Result<Bytes, hex::FromHexError> {
    hex::decode(TOKEN.trim()).map(Bytes::from)
}

/// Call data that gives each account `each` tokens.
pub(super) fn mint(accounts: &[Address], each: U256) -> Bytes {
    Token::mintCall { accounts: accounts.to_vec(), each }.abi_encode().into()
}

/// Call data that transfers one token.
pub(super) fn transfer(to: Address) -> Bytes {
    Token::transferCall { to, value: U256::ONE }.abi_encode().into()
}

/// Call data that deposits the digest of a document.
pub(super) fn deposit(digest: B256) -> Bytes {
    let call = IEvidence::depositCall {
        digest,
        sm3: B256::ZERO,
        kind: 0,
        provenance: B256::ZERO,
        referenceId: B256::ZERO,
        operation: B256::ZERO,
    };
    call.abi_encode().into()
}

/// Call data that asks how much was deposited; any evidence module answers three words.
pub(super) fn counts() -> Bytes {
    IEvidence::countsCall {}.abi_encode().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_code_holds_the_functions_that_are_called() {
        let code = token_code().unwrap();
        for selector in [Token::mintCall::SELECTOR, Token::transferCall::SELECTOR] {
            assert!(code.windows(4).any(|window| window == selector), "{selector:02x?}");
        }
    }

    #[test]
    fn call_data_has_its_selector_and_whole_words() {
        let data = [mint(&[Address::ZERO; 3], U256::ONE), transfer(Address::ZERO), deposit(B256::ZERO)];
        assert_eq!(data.map(|data| (data.len() - 4) % 32), [0; 3]);
        assert_eq!(transfer(Address::ZERO)[..4], hex!("a9059cbb"), "ERC-20");
    }
}
