//! Hears what a member would alarm its operator with: a module's invariant is broken, or a leader's block
//! may not stand.
//!
//! The ledger logs it and goes on, so nothing else shows it. A layer under the log keeps each alarm
//! of this thread until the world, which runs in one thread, takes it.

use core::fmt::{Debug, Write as _};
use ding_chain::application::ALARM;
use std::cell::RefCell;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    layer::{Context, SubscriberExt as _},
};

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Ear;

impl<S: Subscriber> Layer<S> for Ear {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        HEARD.with_borrow_mut(|heard| heard.push(words.0));
    }
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let blank = if self.0.is_empty() { "" } else { ", " };
        let _ = match field.name() {
            "message" => write!(self.0, "{blank}{value:?}"),
            name => write!(self.0, "{blank}{name} {value:?}"),
        };
    }
}

/// Listens for alarms in this process, and hands all events on to `log`. Once for the process: where
/// others listen already, they go on.
pub fn listen(log: Option<Box<dyn Layer<Registry> + Send + Sync>>) {
    let wanted = Targets::new().with_target(ALARM, Level::ERROR);
    let layers = tracing_subscriber::registry().with(log).with(Ear.with_filter(wanted));
    let _ = tracing::subscriber::set_global_default(layers);
}

/// What this thread heard since it was asked last.
pub fn take() -> Vec<String> {
    HEARD.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_heard_and_other_errors_are_not() {
        listen(None);
        take();
        tracing::error!(target: ALARM, height = 7, fault = ?"F1", "a module's invariant is broken");
        tracing::error!("something else");
        let heard = take();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(
            heard.iter().all(|words| words.contains("invariant") && words.contains("height 7")),
            "{heard:?}"
        );
        assert!(take().is_empty());
    }
}
