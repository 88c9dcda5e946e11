//! What the door counts, for operators.

use ding_primitives::Holding;
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};

/// Counters since start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    errors: AtomicU64,
    refused: AtomicU64,
    slow_subscribers: AtomicU64,
}

impl Counters {
    pub(crate) fn called(&self, ok: bool) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if !ok {
            self.errors.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn slow_subscriber(&self) {
        self.slow_subscribers.fetch_add(1, Ordering::Relaxed);
    }

    /// Text format of Prometheus, version 0.0.4.
    pub(crate) fn text(&self, chain: &str, subscribers: usize) -> String {
        let mut text = String::new();
        let rows = [
            ("ding_rpc_calls_total", "counter", "JSON-RPC calls", self.calls.load(Ordering::Relaxed)),
            (
                "ding_rpc_errors_total",
                "counter",
                "Calls answered with an error",
                self.errors.load(Ordering::Relaxed),
            ),
            (
                "ding_rpc_refused_total",
                "counter",
                "Bodies that held no call",
                self.refused.load(Ordering::Relaxed),
            ),
            (
                "ding_rpc_slow_subscribers_total",
                "counter",
                "WebSocket connections closed because they fell behind",
                self.slow_subscribers.load(Ordering::Relaxed),
            ),
            ("ding_rpc_subscribers", "gauge", "WebSocket connections with subscriptions", subscribers as u64),
        ];
        for (name, kind, help, value) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "# HELP {name} {help}.\n# TYPE {name} {kind}\n{name}{{chain=\"{chain}\"}} {value}"
            );
        }
        text
    }
}

/// What is held in memory and how much may be: two gauges for each thing, told apart by a label.
pub(crate) fn holdings(text: &mut String, chain: &str, holdings: &[Holding]) {
    let held: fn(&Holding) -> usize = |holding| holding.held;
    let gauges = [
        ("ding_held", "What grows in memory, how much there is of it", held),
        ("ding_held_max", "What grows in memory, how much of it there may be", |holding| holding.limit),
    ];
    for (name, help, value) in gauges {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} gauge");
        for holding in holdings {
            let _ = writeln!(text, "{name}{{chain=\"{chain}\",of=\"{}\"}} {}", holding.name, value(holding));
        }
    }
}
