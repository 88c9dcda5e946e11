//! How much memory requests and answers may take together, and the buffer that keeps to it.
//!
//! A buffer asks the budget before it grows and gives everything back when its last byte has left
//! the node, so that slow readers and many large answers cannot exhaust memory (invariant A9).

use bytes::Bytes;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Growth is asked for in steps of this size.
const STEP: usize = 16 * 1024;

/// Bytes that may be held at once.
#[derive(Debug)]
pub struct Budget {
    left: AtomicUsize,
}

impl Budget {
    /// A budget of `bytes`.
    pub const fn new(bytes: usize) -> Self {
        Self { left: AtomicUsize::new(bytes) }
    }

    /// Bytes nobody holds.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: usize) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Why a buffer did not grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// It has its own largest size.
    Buffer,
    /// All buffers together have theirs.
    Budget,
}

/// Bytes under a budget.
#[derive(Debug)]
pub struct Buffer {
    bytes: Vec<u8>,
    max: usize,
    held: usize,
    budget: Option<Arc<Budget>>,
    full: Option<Full>,
}

impl Buffer {
    /// An empty buffer for at most `max` bytes. Without a budget only `max` counts.
    pub fn new(max: usize, budget: Option<Arc<Budget>>) -> Self {
        Self { bytes: Vec::new(), max, held: 0, budget, full: None }
    }

    /// What was written.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) const fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Forgets everything after `len`, and that the buffer was full.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
        self.full = None;
    }

    /// Why the last write failed.
    pub(crate) const fn full(&self) -> Option<Full> {
        self.full
    }

    /// Appends or refuses, all or nothing.
    pub(crate) fn push(&mut self, data: &[u8]) -> Result<(), Full> {
        let len = self.bytes.len().saturating_add(data.len());
        if len > self.max {
            self.full = Some(Full::Buffer);
            return Err(Full::Buffer);
        }
        self.reserve(len)?;
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Appends a few bytes beyond the buffer's own limit: brackets, and the error that says that
    /// the limit was reached.
    pub(crate) fn push_small(&mut self, data: &[u8]) {
        self.bytes.extend_from_slice(data);
    }

    fn reserve(&mut self, len: usize) -> Result<(), Full> {
        let (Some(budget), true) = (&self.budget, len > self.held) else { return Ok(()) };
        let step = (len - self.held).next_multiple_of(STEP);
        if !budget.take(step) {
            self.full = Some(Full::Budget);
            return Err(Full::Budget);
        }
        self.held += step;
        Ok(())
    }

    /// The bytes; the budget gets its share back when the last copy of them is dropped.
    pub fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }

    /// The bytes, no longer under the budget.
    pub fn into_vec(mut self) -> Vec<u8> {
        core::mem::take(&mut self.bytes)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl io::Write for Buffer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self.push(data) {
            Ok(()) => Ok(data.len()),
            Err(_) => Err(io::ErrorKind::OutOfMemory.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.give_back(self.held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_gives_its_share_back_when_its_last_byte_is_gone() {
        let budget = Arc::new(Budget::new(4 * STEP));
        let mut buffer = Buffer::new(usize::MAX, Some(budget.clone()));
        buffer.push(&[1; STEP + 1]).unwrap();
        assert_eq!(budget.left(), 2 * STEP);
        let bytes = buffer.into_bytes();
        let copy = bytes.slice(3..9);
        drop(bytes);
        assert_eq!(budget.left(), 2 * STEP);
        drop(copy);
        assert_eq!(budget.left(), 4 * STEP);
    }

    #[test]
    fn two_buffers_never_hold_more_than_the_budget() {
        let budget = Arc::new(Budget::new(2 * STEP));
        let mut first = Buffer::new(usize::MAX, Some(budget.clone()));
        let mut second = Buffer::new(usize::MAX, Some(budget));
        first.push(&[1; STEP + 1]).unwrap();
        assert_eq!(second.push(&[1]), Err(Full::Budget));
        drop(first);
        second.push(&[1]).unwrap();
    }

    #[test]
    fn a_full_buffer_keeps_what_it_has_and_can_be_cut() {
        let mut buffer = Buffer::new(4, None);
        buffer.push(b"abc").unwrap();
        assert_eq!(buffer.push(b"de"), Err(Full::Buffer));
        assert_eq!((buffer.as_slice(), buffer.full()), (b"abc".as_slice(), Some(Full::Buffer)));
        buffer.truncate(1);
        buffer.push(b"xyz").unwrap();
        assert_eq!(buffer.as_slice(), b"axyz");
    }
}
