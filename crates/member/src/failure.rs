//! How a command fails: what happened, what to do, which exit code.

use std::process::ExitCode;

/// A command's failure.
///
/// Exit codes: 1 the command could not do its work, 2 the input is wrong (also used by the command
/// line itself), 3 what was to be verified does not hold, 4 the other side cannot be reached.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The work failed.
    #[error("{0}")]
    Failed(String),
    /// A flag, file or value is not acceptable.
    #[error("{0}")]
    Input(String),
    /// Something checked and found wrong.
    #[error("{0}")]
    Refuted(String),
    /// A node did not answer.
    #[error("{0}")]
    Unreachable(String),
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Input(_) => 2,
            Self::Refuted(_) => 3,
            Self::Unreachable(_) => 4,
        })
    }

    /// Tells the user, on standard error; as one JSON object if asked for.
    pub fn print(&self, json: bool) {
        if json {
            let kind = match self {
                Self::Failed(_) => "failed",
                Self::Input(_) => "input",
                Self::Refuted(_) => "refuted",
                Self::Unreachable(_) => "unreachable",
            };
            eprintln!("{}", serde_json::json!({ "error": { "kind": kind, "message": self.to_string() } }));
        } else {
            eprintln!("error: {self}");
        }
    }

    /// The same kind of failure, said otherwise.
    #[must_use]
    pub fn map(self, say: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Failed(text) => Self::Failed(say(&text)),
            Self::Input(text) => Self::Input(say(&text)),
            Self::Refuted(text) => Self::Refuted(say(&text)),
            Self::Unreachable(text) => Self::Unreachable(say(&text)),
        }
    }

    /// The work failed because of `error`.
    pub fn failed(error: impl core::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// The input is wrong because of `error`.
    pub fn input(error: impl core::fmt::Display) -> Self {
        Self::Input(error.to_string())
    }
}
