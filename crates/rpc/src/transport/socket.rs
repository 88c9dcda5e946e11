//! One WebSocket connection: calls, and the subscriptions they make.
//!
//! Calls run beside each other, a bounded number at once; while that many run, nothing more is
//! read. Notifications are written as fast as the client reads them and no faster: one that falls
//! [`limits::SINK_QUEUE_MAX`] blocks behind is closed with code 1013 and told why. Memory of a
//! connection is bounded by its messages, never by what it missed.

use super::{Door, SPREAD, Seat, stopped};
use crate::{
    Caller, Rpc, Subscriptions,
    budget::{Budget, Buffer},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use ding_primitives::{limits, ports::FinalizedBlock};
use futures::{
    SinkExt as _, Stream, StreamExt as _,
    stream::{FuturesUnordered, SplitSink},
};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, watch},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        handshake::server::create_response_with_body,
        protocol::{
            CloseFrame, Role, WebSocketConfig,
            frame::{
                Frame,
                coding::{CloseCode, Data, OpCode},
            },
        },
    },
};

/// A silent connection is asked for a sign of life this often.
const PING: Duration = Duration::from_millis(limits::RPC_IDLE_TIMEOUT_MS / 2);

/// How long the goodbye may take.
const GOODBYE: Duration = Duration::from_millis(500);

/// Answers the opening handshake (RFC 6455 section 4.2) and lets the conversation run aside.
pub(super) fn accept(door: &Door, rpc: Rpc, seat: Seat, mut request: Request<Body>) -> Response {
    let response = match create_response_with_body(&request, Body::empty) {
        Ok(response) => response,
        Err(error) => {
            return (StatusCode::BAD_REQUEST, format!("no WebSocket handshake: {error}\n")).into_response();
        }
    };
    let Ok(permit) = door.sockets.clone().try_acquire_owned() else {
        let text = format!("{} WebSocket connections are open; try again later\n", limits::RPC_SOCKETS_MAX);
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    let session = Session { rpc, budget: door.budget.clone(), subscriptions: Subscriptions::default() };
    let stopping = door.stopping.clone();
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                let config = WebSocketConfig::default()
                    .read_buffer_size(16 * 1024)
                    .max_message_size(Some(limits::RPC_SOCKET_MESSAGE_BYTES_MAX))
                    .max_frame_size(Some(limits::RPC_SOCKET_MESSAGE_BYTES_MAX))
                    .write_buffer_size(limits::RPC_SOCKET_FRAME_BYTES)
                    .max_write_buffer_size(limits::RPC_SOCKET_FRAME_BYTES * 8);
                let io = TokioIo::new(upgraded);
                session
                    .run(WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await, stopping)
                    .await;
            }
            Err(error) => tracing::debug!(%error, "rpc: a WebSocket was not opened"),
        }
        drop((permit, seat));
    });
    response
}

struct Session {
    rpc: Rpc,
    budget: Arc<Budget>,
    subscriptions: Subscriptions,
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;
type Writer = SplitSink<Socket, Message>;
type Answer = JoinHandle<Option<Bytes>>;

/// Why a connection ends.
enum End {
    /// The client left, or the network did.
    Gone,
    /// We close it, with a code (RFC 6455 section 7.4.1) and a reason.
    Close(CloseCode, String),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Capacity(error) => Self::Close(CloseCode::Size, error.to_string()),
            Error::Utf8(_) => Self::Close(CloseCode::Invalid, "text is not UTF-8".into()),
            _ => Self::Gone,
        }
    }
}

impl Session {
    async fn run(&self, socket: Socket, stopping: watch::Receiver<bool>) {
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
        mut reader: impl Stream<Item = Result<Message, Error>> + Unpin,
        mut stopping: watch::Receiver<bool>,
    ) -> Result<(), End> {
        let mut running: FuturesUnordered<Answer> = FuturesUnordered::new();
        let mut feed: Option<broadcast::Receiver<Arc<FinalizedBlock>>> = None;
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let mut heard = true;
        loop {
            tokio::select! {
                biased;
                () = stopped(&mut stopping) => {
                    return Err(End::Close(CloseCode::Away, "the node stops".into()));
                }
                Some(done) = running.next(), if !running.is_empty() => {
                    if let Ok(Some(answer)) = done {
                        say(writer, answer).await?;
                    }
                }
                told = next_block(&mut feed) => self.tell(writer, told).await?,
                message = reader.next(), if running.len() < limits::RPC_SOCKET_CALLS_MAX => {
                    heard = true;
                    match message.ok_or(End::Gone)?? {
                        Message::Text(text) => self.take(writer, &running, &mut feed, text.into()).await?,
                        Message::Binary(bytes) => self.take(writer, &running, &mut feed, bytes).await?,
                        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
                        Message::Close(_) => return Err(End::Gone),
                    }
                }
                _ = ping.tick() => {
                    // While calls run nothing is read, so nothing can be heard.
                    if !heard && running.is_empty() {
                        return Err(End::Close(CloseCode::Policy, "no sign of life".into()));
                    }
                    heard = false;
                    writer.send(Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// Takes one message. Subscriptions change in order with what is told; other calls run aside.
    async fn take(
        &self,
        writer: &mut Writer,
        running: &FuturesUnordered<Answer>,
        feed: &mut Option<broadcast::Receiver<Arc<FinalizedBlock>>>,
        body: Bytes,
    ) -> Result<(), End> {
        let names_subscription = memmem(&body, b"subscribe");
        if !names_subscription {
            let (rpc, budget) = (self.rpc.clone(), self.budget.clone());
            running.push(tokio::spawn(async move {
                let caller = Caller { subscriptions: None, budget: Some(&budget), spread: Some(SPREAD) };
                rpc.handle(&body, caller).await.map(Buffer::into_bytes)
            }));
            return Ok(());
        }
        // Listens before the subscription exists, so that no block falls between.
        let listener = feed.take().unwrap_or_else(|| self.rpc.feed().listen());
        let caller = Caller {
            subscriptions: Some(&self.subscriptions),
            budget: Some(&self.budget),
            spread: Some(SPREAD),
        };
        let answer = self.rpc.handle(&body, caller).await;
        *feed = (!self.subscriptions.is_empty()).then_some(listener);
        if let Some(answer) = answer {
            say(writer, answer.into_bytes()).await?;
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
                    CloseCode::Again,
                    format!(
                        "too slow: {} blocks behind, {max} are kept; reconnect",
                        missed.saturating_add(max)
                    ),
                ))
            }
            Err(broadcast::error::RecvError::Closed) => {
                Err(End::Close(CloseCode::Away, "the chain stopped".into()))
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

/// Sends an answer, which is JSON and therefore UTF-8, in frames that the connection's own buffer
/// holds easily. The answer stays under the budget until its last piece is taken.
async fn say(writer: &mut Writer, mut rest: Bytes) -> Result<(), End> {
    let mut opcode = OpCode::Data(Data::Text);
    loop {
        let piece = rest.split_to(rest.len().min(limits::RPC_SOCKET_FRAME_BYTES));
        let is_final = rest.is_empty();
        writer.send(Message::Frame(Frame::message(piece, opcode, is_final))).await?;
        if is_final {
            return Ok(());
        }
        opcode = OpCode::Data(Data::Continue);
    }
}

fn memmem(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
