//! The guide beside the test.
