//! Identifiers that several modules and the doors share: how they are normalised and checked.
//!
//! | module            | what                                                                    |
//! |-------------------|-------------------------------------------------------------------------|
//! | [`text`]          | one form of a text before it is compared, hashed or checked             |
//! | [`digits`]        | check digits: ISO 7064 MOD 11-2, Luhn                                   |
//! | [`date`]          | a calendar date, without a calendar                                     |
//! | [`resident`]      | resident identity number (GB 11643)                                     |
//! | [`contact`]       | mobile number of the mainland, number of a bank card                    |
//! | [`province`]      | province by sign and by the first two digits of a division (GB/T 2260)  |
//! | [`filing_number`] | filing number of a blockchain information service                       |
//!
//! The unified social credit code of organisations is in [`crate::uscc`].
//!
//! Everything is a function of its input. Resident numbers, mobile numbers and bank cards are
//! checked where they are taken in (doors, registers of identity authorities) and looked for where
//! they must not be ([`crate::personal`]); no module takes one as an argument. Errors never repeat
//! the number they are about.

pub mod contact;
pub mod date;
pub mod digits;
pub mod filing_number;
pub mod province;
pub mod resident;
#[cfg(test)]
mod tests;
pub mod text;

pub use self::{
    date::Date,
    filing_number::{FilingNumber, FilingNumberError},
    province::Province,
    resident::{ResidentError, ResidentId},
    text::{NameError, check_name, normalise, normalise_name},
};
