//! The records of an identity authority: who stands behind a commitment, kept off the ledger, on the
//! authority's own machine.
//!
//! [`record`] is what is known of a subject, [`store`] the folder of encrypted files, [`package`] what
//! goes to the requester of a disclosure, [`sealed`] the only file that encrypts.
//!
//! - P1 a record is on the disk only encrypted (age, X25519); the key to it only under a passphrase.
//! - P2 names of files tell nothing of a person to who does not have the key: a keyed digest and the
//!   commitment that the ledger shows anyway.
//! - P3 a file is there whole or not at all; a record that was erased is gone with its salt, and the
//!   commitment on the ledger then says nothing about anybody.
//! - P4 personal data is in no error and no log, and on standard output only when asked for.

pub(crate) mod package;
pub(crate) mod record;
pub(crate) mod sealed;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    record::{Binding, Identity, Organisation, Person, Record},
    store::{DEFAULT_RECORDS, Store},
};
