//! One WebSocket connection: calls, and the subscriptions they make.
//!
//! Calls run beside each other, a bounded number at once; while that many run, nothing more is
//! read. Notifications are written as fast as the client reads them and no faster: one that falls
//! [`limits::SINK_QUEUE_MAX`] blocks behind is closed with code 1013 and told why. Memory of a
//! connection is bounded by its messages, never by what it missed.

use super::{SPREAD, Seat, stopped};
use crate::{Caller, Rpc, Subscriptions, budget::Budget, dispatch, error::RpcError};
use axum::{
    extract::{
        WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    },
    response::Response,
};
use ding_primitives::{codes, limits, ports::FinalizedBlock};
use futures::{
    SinkExt as _, StreamExt as _,
    stream::{FuturesUnordered, SplitSink},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

/// A silent connection is asked for a sign of life this often.
const PING: Duration = Duration::from_millis(limits::RPC_IDLE_TIMEOUT_MS / 2);

/// How long the goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

pub(super) fn accept(
    upgrade: WebSocketUpgrade,
    rpc: Rpc,
    budget: Arc<Budget>,
    seat: Seat,
    stopping: watch::Receiver<bool>,
) -> Response {
    upgrade
        .max_message_size(limits::RPC_REQUEST_BYTES_MAX)
        .max_frame_size(limits::RPC_REQUEST_BYTES_MAX)
        .max_write_buffer_size(limits::RPC_RESPONSE_BYTES_MAX * 2)
        .on_upgrade(move |socket| async move {
            let session = Session { rpc, budget, subscriptions: Arc::default() };
            session.run(socket, stopping).await;
            drop(seat);
        })
}

struct Session {
    rpc: Rpc,
    budget: Arc<Budget>,
    subscriptions: Arc<Subscriptions>,
}

type Writer = SplitSink<WebSocket, Message>;

/// Why a connection ends.
enum End {
    /// The client left, or the network did.
    Gone,
    /// We close it, with a code (RFC 6455 section 7.4.1) and a reason.
    Close(u16, String),
}

impl From<axum::Error> for End {
    fn from(_: axum::Error) -> Self {
        Self::Gone
    }
}

impl Session {
    async fn run(&self, socket: WebSocket, stopping: watch::Receiver<bool>) {
        let (mut writer, reader) = socket.split();
        let Err(end) = self.converse(&mut writer, reader, stopping).await else { return };
        if let End::Close(code, reason) = end {
            let frame = CloseFrame { code, reason: reason.into() };
            let _ = timeout(GOODBYE, writer.send(Message::Close(Some(frame)))).await;
        }
    }

    /// Never returns `Ok`; `?` ends the conversation.
    async fn converse(
        &self,
        writer: &mut Writer,
        mut reader: impl futures::Stream<Item = Result<Message, axum::Error>> + Unpin,
        mut stopping: watch::Receiver<bool>,
    ) -> Result<(), End> {
        let mut running: FuturesUnordered<JoinHandle<Option<Message>>> = FuturesUnordered::new();
        let mut feed: Option<broadcast::Receiver<Arc<FinalizedBlock>>> = None;
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let mut heard = true;
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stopping) => {
                    return Err(End::Close(close_code::AWAY, "the node stops".into()));
                }
                Some(done) = running.next(), if !running.is_empty() => {
                    if let Ok(Some(answer)) = done {
                        writer.send(answer).await?;
                    }
                }
                told = next_block(&mut feed) => self.tell(writer, told).await?,
                message = reader.next(), if running.len() < limits::RPC_SOCKET_CALLS_MAX => {
                    heard = true;
                    match message.ok_or(End::Gone)? {
                        Ok(Message::Text(text)) => self.take(writer, &mut running, &mut feed, text.into()).await?,
                        Ok(Message::Binary(bytes)) => self.take(writer, &mut running, &mut feed, bytes).await?,
                        Ok(Message::Ping(_) | Message::Pong(_)) => {}
                        Ok(Message::Close(_)) => return Err(End::Gone),
                        Err(error) => return Err(broken(&error)),
                    }
                }
                _ = ping.tick() => {
                    // While calls run nothing is read, so nothing can be heard.
                    if !heard && running.is_empty() {
                        return Err(End::Close(close_code::POLICY, "no sign of life".into()));
                    }
                    heard = false;
                    writer.send(Message::Ping(bytes::Bytes::new())).await?;
                }
            }
        }
    }

    /// Takes one message. Subscriptions change in order with what is told; other calls run aside.
    async fn take(
        &self,
        writer: &mut Writer,
        running: &mut FuturesUnordered<JoinHandle<Option<Message>>>,
        feed: &mut Option<broadcast::Receiver<Arc<FinalizedBlock>>>,
        body: bytes::Bytes,
    ) -> Result<(), End> {
        let names_subscription = memmem(&body, b"subscribe");
        if !names_subscription {
            let (rpc, budget) = (self.rpc.clone(), self.budget.clone());
            running.push(tokio::spawn(async move {
                let caller = Caller { subscriptions: None, budget: Some(&budget), spread: Some(SPREAD) };
                rpc.handle(&body, caller).await.map(|answer| text(answer.into_bytes()))
            }));
            return Ok(());
        }
        // Listens before the subscription exists, so that no block falls between.
        let listener = feed.take().unwrap_or_else(|| self.rpc.feed().listen());
        let caller =
            Caller { subscriptions: Some(&self.subscriptions), budget: Some(&self.budget), spread: Some(SPREAD) };
        let answer = self.rpc.handle(&body, caller).await;
        *feed = (!self.subscriptions.is_empty()).then_some(listener);
        if let Some(answer) = answer {
            writer.send(text(answer.into_bytes())).await?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        writer: &mut Writer,
        told: Result<Arc<FinalizedBlock>, broadcast::error::RecvError>,
    ) -> Result<(), End> {
        match told {
            Ok(block) => {
                for message in self.subscriptions.tell(&self.rpc, &block) {
                    writer.feed(Message::Text(message.into())).await?;
                }
                Ok(writer.flush().await?)
            }
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                self.rpc.counters().slow_subscriber();
                let max = limits::SINK_QUEUE_MAX as u64;
                Err(End::Close(
                    close_code::AGAIN,
                    format!("too slow: {} blocks behind, {max} are kept; reconnect", missed.saturating_add(max)),
                ))
            }
            Err(broadcast::error::RecvError::Closed) => {
                Err(End::Close(close_code::AWAY, "the chain stopped".into()))
            }
        }
    }
}

/// The next final block, for connections that subscribed to something.
async fn next_block(
    feed: &mut Option<broadcast::Receiver<Arc<FinalizedBlock>>>,
) -> Result<Arc<FinalizedBlock>, broadcast::error::RecvError> {
    match feed {
        Some(feed) => feed.recv().await,
        None => core::future::pending().await,
    }
}

/// What broke the stream of messages; a message over the limit is named.
fn broken(error: &axum::Error) -> End {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") || text.contains("capacity") {
        let max = limits::RPC_REQUEST_BYTES_MAX;
        return End::Close(close_code::SIZE, format!("message of more than {max} bytes"));
    }
    End::Gone
}

/// Answers are JSON and therefore UTF-8.
fn text(answer: bytes::Bytes) -> Message {
    match Utf8Bytes::try_from(answer) {
        Ok(text) => Message::Text(text),
        Err(_) => {
            let error = RpcError::new(codes::INTERNAL, "the answer is not UTF-8");
            Message::Text(String::from_utf8_lossy(&dispatch::refusal(&error)).into_owned().into())
        }
    }
}

fn memmem(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
