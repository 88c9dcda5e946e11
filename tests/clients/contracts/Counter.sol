// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EVIDENCE} from "interfaces/IEvidence.sol";

/// @title What the client tests drive: state, events, errors, value, and a native module.
contract Counter {
    uint256 public constant STEP_MAX = 100;
    uint256 public value;

    event Increased(address indexed by, uint256 indexed step, uint256 value, string note);
    event Paid(address indexed by, uint256 value);

    /// @notice One step is larger than allowed.
    error TooLarge(uint256 step, uint256 max);

    constructor(uint256 start) {
        value = start;
    }

    receive() external payable {
        emit Paid(msg.sender, msg.value);
    }

    function increase(uint256 step, string calldata note) external returns (uint256) {
        if (step > STEP_MAX) revert TooLarge(step, STEP_MAX);
        value += step;
        emit Increased(msg.sender, step, value, note);
        return value;
    }

    /// @notice Reverts with a text.
    function refuse() external view {
        require(value == type(uint256).max, "never this far");
    }

    /// @notice Panics with 0x11.
    function overflow() external view returns (uint256) {
        return value + type(uint256).max;
    }

    /// @notice Deposits a digest in the native module; its errors pass through.
    function deposit(bytes32 digest) external returns (bool first) {
        (first,) = EVIDENCE.deposit(digest, 0, 0, 0, 0, 0);
    }

    /// @notice Who deposited a digest first, as the native module has it.
    function depositorOf(bytes32 digest) external view returns (address) {
        return EVIDENCE.recordOf(digest).depositor;
    }
}
