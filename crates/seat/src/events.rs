//! What happened, one aligned line an event, and a hash over all of them.

use commonware_runtime::{Clock as _, deterministic};
use commonware_utils::sync::Mutex;
use ding_primitives::{B256, keccak256};
use std::{
    io::{self, Write as _},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// When every simulated world begins: 2026-01-01T00:00:00Z.
pub const BEGIN: Duration = Duration::from_secs(1_767_225_600);

/// A line on standard output. When its reader left (`ding-sim … | head`) or it takes no more, there
/// is nobody to run for: the process ends.
pub fn say(line: impl AsRef<str>) {
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{}", line.as_ref()).and_then(|()| out.flush()) {
        std::process::exit(i32::from(error.kind() != io::ErrorKind::BrokenPipe));
    }
}

/// The record of one run.
#[derive(Clone)]
pub struct Events(Arc<Inner>);

struct Inner {
    clock: deterministic::Context,
    state: Mutex<State>,
}

struct State {
    hash: B256,
    lines: Vec<String>,
    aloud: bool,
}

impl core::fmt::Debug for Events {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Events").field("lines", &self.0.state.lock().lines.len()).finish_non_exhaustive()
    }
}

impl Events {
    /// An empty record; `aloud` prints each event at once.
    pub fn new(clock: deterministic::Context, aloud: bool) -> Self {
        let state = State { hash: B256::ZERO, lines: Vec::new(), aloud };
        Self(Arc::new(Inner { clock, state: Mutex::new(state) }))
    }

    /// Milliseconds since the world began.
    pub fn now_ms(&self) -> u64 {
        let since = self.0.clock.current().duration_since(UNIX_EPOCH + BEGIN).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Writes an event of a member (`None`: of the world) down.
    pub fn tell(&self, member: Option<usize>, event: impl AsRef<str>) {
        let line = line(self.now_ms(), member, event.as_ref());
        let mut state = self.0.state.lock();
        state.hash = keccak256([state.hash.as_slice(), line.as_bytes()].concat());
        if state.aloud {
            say(line);
        } else {
            state.lines.push(line);
        }
    }

    /// Hash over all lines.
    pub fn hash(&self) -> B256 {
        self.0.state.lock().hash
    }

    /// The lines that were not printed.
    pub fn take(&self) -> Vec<String> {
        core::mem::take(&mut self.0.state.lock().lines)
    }
}

fn line(now_ms: u64, member: Option<usize>, event: &str) -> String {
    let member = member.map_or_else(|| "world   ".to_owned(), |index| format!("member-{}", index + 1));
    let (minutes, rest) = (now_ms / 60_000, now_ms % 60_000);
    format!("{minutes:>3}:{:02}.{:03}  {member}  {event}", rest / 1000, rest % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned() {
        assert_eq!(line(61_005, Some(0), "starts"), "  1:01.005  member-1  starts");
        assert_eq!(line(0, None, "heals"), "  0:00.000  world     heals");
    }
}
