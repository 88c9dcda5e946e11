// SPDX-License-Identifier: Apache-2.0
// Written by `cargo xtask interfaces`. Do not edit.
pragma solidity ^0.8.4;

/// @title Errors that every native module may answer with.
interface IModule {
    /// @notice A function that writes was called where nothing may be written (STATICCALL).
    error StaticCall();
    /// @notice Native modules accept no value.
    error ValueNotAccepted();
    /// @notice Native modules answer CALL and STATICCALL, not DELEGATECALL or CALLCODE.
    error DirectCallOnly();
    /// @notice The module has no function with this selector.
    error UnknownFunction(bytes4 selector);
    /// @notice The arguments are not the ABI encoding that the function takes.
    error MalformedArguments(bytes4 selector);
    /// @notice The module does not answer yet at this height.
    error NotActive();
}
