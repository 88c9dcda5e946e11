// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// A contract that a transaction creates and destroys again; it writes a slot in between.
contract Mayfly {
    uint256 private mark = 7;

    function end(address payable heir) external {
        selfdestruct(heir);
    }

    receive() external payable {}
}

/// Calls others in every way there is, and fails in every way there is.
contract Prober {
    uint256 public count;

    event Poked(address indexed by, uint256 count);

    error Refused(uint256 code);

    function poke() external {
        count += 1;
        emit Poked(msg.sender, count);
    }

    function forward(address to, bytes calldata input) external payable returns (bytes memory) {
        (bool ok, bytes memory out) = to.call{value: msg.value}(input);
        return _bubble(ok, out);
    }

    function forwardStatic(address to, bytes calldata input) external view returns (bytes memory) {
        (bool ok, bytes memory out) = to.staticcall(input);
        return _bubble(ok, out);
    }

    function forwardDelegate(address to, bytes calldata input) external returns (bytes memory) {
        (bool ok, bytes memory out) = to.delegatecall(input);
        return _bubble(ok, out);
    }

    /// CALLCODE, which Solidity no longer offers.
    function forwardCode(address to, bytes calldata input) external returns (bytes memory) {
        bytes memory data = input;
        bool ok;
        assembly {
            ok := callcode(gas(), to, 0, add(data, 32), mload(data), 0, 0)
        }
        bytes memory out = new bytes(0);
        assembly {
            let size := returndatasize()
            out := mload(0x40)
            mstore(out, size)
            returndatacopy(add(out, 32), 0, size)
            mstore(0x40, add(out, and(add(size, 63), not(31))))
        }
        return _bubble(ok, out);
    }

    /// Calls, pokes whatever happened, and says how the call ended.
    function attempt(address to, bytes calldata input, uint256 gasLimit) external returns (bool ok, bytes memory out) {
        (ok, out) = to.call{gas: gasLimit}(input);
        count += 1;
    }

    function callAndRefuse(address to, bytes calldata input) external {
        (bool ok, ) = to.call(input);
        require(ok);
        revert Refused(42);
    }

    function sizeOf(address account) external view returns (uint256) {
        return account.code.length;
    }

    function hashOf(uint256 number) external view returns (bytes32) {
        return blockhash(number);
    }

    function pokeIfHash(uint256 number) external {
        if (blockhash(number) != bytes32(0)) {
            count += 1;
            emit Poked(msg.sender, count);
        }
    }

    function context() external view returns (uint256, uint256, uint256, uint256, uint256, address) {
        return (block.number, block.timestamp, block.chainid, block.basefee, tx.gasprice, tx.origin);
    }

    function refuse(uint256 code) external pure {
        revert Refused(code);
    }

    function spin() external {
        while (true) count += 1;
    }

    function invalid() external pure {
        assembly {
            invalid()
        }
    }

    /// Sets a slot, and sets it back in a later call: no change in the end.
    function set(uint256 value) external {
        count = value;
    }

    /// Creates a contract with a balance and destroys it in the same transaction.
    function mayfly(address payable heir) external payable returns (address) {
        Mayfly fly = new Mayfly();
        (bool ok, ) = address(fly).call{value: msg.value}("");
        require(ok);
        fly.end(heir);
        return address(fly);
    }

    /// Needs more gas than it uses: the inner call gets 63/64 and most of it comes back.
    function hungry() external {
        require(gasleft() > 300_000, "hungry");
        count += 1;
    }

    function _bubble(bool ok, bytes memory out) private pure returns (bytes memory) {
        if (!ok) {
            assembly {
                revert(add(out, 32), mload(out))
            }
        }
        return out;
    }
}
