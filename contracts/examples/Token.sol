// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title A fungible token (ERC-20) whose creator hands out what there is.
/// @notice The load that `ding bench` puts on an endpoint, and an example to start from.
contract Token {
    string public constant name = "Example Token";
    string public constant symbol = "EXT";
    uint8 public constant decimals = 18;

    /// @notice Who may mint.
    address public immutable issuer;
    uint256 public totalSupply;
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    /// @notice Only the issuer mints.
    error NotTheIssuer(address caller);
    /// @notice The account holds less than this.
    error InsufficientBalance(address account, uint256 balance, uint256 needed);
    /// @notice The owner allowed the spender less than this.
    error InsufficientAllowance(address spender, uint256 allowance, uint256 needed);

    constructor() {
        issuer = msg.sender;
    }

    /// @notice Gives each of `accounts` the same new amount.
    function mint(address[] calldata accounts, uint256 each) external {
        if (msg.sender != issuer) revert NotTheIssuer(msg.sender);
        totalSupply += accounts.length * each;
        for (uint256 i = 0; i < accounts.length; i++) {
            // No balance exceeds the supply, which was checked.
            unchecked { balanceOf[accounts[i]] += each; }
            emit Transfer(address(0), accounts[i], each);
        }
    }

    function transfer(address to, uint256 value) external returns (bool) {
        move(msg.sender, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed != type(uint256).max) {
            if (allowed < value) revert InsufficientAllowance(msg.sender, allowed, value);
            unchecked { allowance[from][msg.sender] = allowed - value; }
        }
        move(from, to, value);
        return true;
    }

    function move(address from, address to, uint256 value) private {
        uint256 balance = balanceOf[from];
        if (balance < value) revert InsufficientBalance(from, balance, value);
        // No balance exceeds the supply, which does not change.
        unchecked {
            balanceOf[from] = balance - value;
            balanceOf[to] += value;
        }
        emit Transfer(from, to, value);
    }
}
