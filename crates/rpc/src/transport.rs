//! One HTTP port: JSON-RPC over HTTP and WebSocket, health, metrics.
//!
//! ```text
//! POST /, /rpc/<chain>   JSON-RPC          GET /health    JSON, 503 while a chain catches up
//! GET  /, /rpc/<chain>   WebSocket         GET /metrics   Prometheus text
//! ```
//!
//! `/` is the first chain. Everything a stranger can make us hold is bounded: connections, bytes of
//! a body and of all bodies together, the time a body, a header or a reader may take. No keys and
//! no accounts live behind this port, so pages of any origin may use it, as wallets need.

mod listen;
mod patient;
mod socket;

pub use listen::{BindError, bind};

use crate::{
    Caller, Rpc, Spread,
    budget::{Budget, Buffer, Full},
    dispatch,
    error::RpcError,
};
use axum::{
    Router,
    body::{Body, BodyDataStream},
    extract::{Extension, Path, State},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{any, get},
};
use ding_primitives::{codes, limits, ports::Pending};
use futures::StreamExt as _;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use patient::Patient;
use std::{
    future::Future,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::{sleep, timeout},
};

/// What the port serves.
pub struct RouterParts {
    /// The services, one for each chain; the first is also at `/`.
    pub chains: Vec<Rpc>,
    /// Further metrics in Prometheus' text format: those of the engine.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

impl core::fmt::Debug for RouterParts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RouterParts").field("chains", &self.chains).finish_non_exhaustive()
    }
}

struct Door {
    parts: RouterParts,
    budget: Arc<Budget>,
    /// Turns true when the node stops.
    stopping: watch::Receiver<bool>,
    connections: AtomicUsize,
    sockets: Arc<Semaphore>,
}

/// A connection's place among those allowed; held until its last task ends.
#[derive(Clone, Debug)]
struct Seat {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// Serves until `shutdown` resolves, then lets open requests finish for
/// [`limits::RPC_SHUTDOWN_MS`]. Must run inside a tokio runtime.
///
/// # Errors
///
/// Only if the listener itself breaks for good; errors of single connections end those alone.
pub async fn serve(
    listener: TcpListener,
    parts: RouterParts,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let seats = Arc::new(Semaphore::new(limits::RPC_CONNECTIONS_MAX));
    let door = Arc::new(Door {
        parts,
        budget: Arc::new(Budget::new(limits::RPC_MEMORY_BYTES_MAX)),
        stopping: stopping.clone(),
        connections: AtomicUsize::new(0),
        sockets: Arc::new(Semaphore::new(limits::RPC_SOCKETS_MAX)),
    });
    let router = router(door.clone());
    let mut shutdown = pin!(shutdown);
    loop {
        let stream = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Usually no file handles are left; waiting frees some.
                    tracing::warn!(%error, "rpc: no connection can be accepted");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        match seats.clone().try_acquire_owned() {
            Ok(permit) => {
                let seat = Seat { _permit: Arc::new(permit) };
                tokio::spawn(connection(stream, router.clone(), door.clone(), seat, stopping.clone()));
            }
            Err(_) => turn_away(&stream),
        }
    }
    drop(listener);
    let _ = stop.send(true);
    let all = u32::try_from(limits::RPC_CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let finished = seats.acquire_many(all);
    if timeout(Duration::from_millis(limits::RPC_SHUTDOWN_MS), finished).await.is_err() {
        tracing::info!(open = door.connections.load(Ordering::Relaxed), "rpc: open connections are cut");
    }
    Ok(())
}

/// Tells a client that there is no room, without spending a task on it.
fn turn_away(stream: &TcpStream) {
    const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 24\r\n\r\nall connections in use.\n";
    // If even this does not fit the socket's buffer, closing says it too.
    let _ = stream.try_write(ANSWER);
}

async fn connection(
    stream: TcpStream,
    router: Router,
    door: Arc<Door>,
    seat: Seat,
    mut stopping: watch::Receiver<bool>,
) {
    // Answers are small and awaited.
    let _ = stream.set_nodelay(true);
    door.connections.fetch_add(1, Ordering::Relaxed);
    let service = TowerToHyperService::new(router.layer(Extension(seat)));
    let stream = Patient::new(stream, Duration::from_millis(limits::RPC_WRITE_TIMEOUT_MS));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits::RPC_IDLE_TIMEOUT_MS))
        .max_headers(64)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "rpc: a connection ended early");
    }
    door.connections.fetch_sub(1, Ordering::Relaxed);
}

/// Resolves when the node stops.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that whoever would tell is gone, which tells it too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route("/", any(first_chain))
        .route("/rpc/{chain}", any(named_chain))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(|| async { (StatusCode::NOT_FOUND, "nothing here; JSON-RPC is at / and /rpc/<chain>\n") })
        .layer(middleware::from_fn(cross_origin))
        .with_state(door)
}

/// Lets pages of every origin ask, also from the public web to this machine.
async fn cross_origin(request: Request<Body>, next: Next) -> Response {
    let any = HeaderValue::from_static("*");
    if request.method() == Method::OPTIONS {
        let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS).cloned();
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            asked.unwrap_or_else(|| HeaderValue::from_static("content-type")),
        );
        headers.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        headers.insert(header::VARY, HeaderValue::from_static("access-control-request-headers"));
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

async fn first_chain(
    State(door): State<Arc<Door>>,
    Extension(seat): Extension<Seat>,
    request: Request<Body>,
) -> Response {
    match door.parts.chains.first().cloned() {
        Some(rpc) => chain(door, rpc, seat, request).await,
        None => (StatusCode::NOT_FOUND, "this node serves no chain\n").into_response(),
    }
}

async fn named_chain(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    Extension(seat): Extension<Seat>,
    request: Request<Body>,
) -> Response {
    match door.parts.chains.iter().find(|rpc| rpc.chain_name() == name).cloned() {
        Some(rpc) => chain(door, rpc, seat, request).await,
        None => {
            let names: Vec<_> = door.parts.chains.iter().map(Rpc::chain_name).collect();
            (StatusCode::NOT_FOUND, format!("no such chain here; there are: {}\n", names.join(", ")))
                .into_response()
        }
    }
}

async fn chain(door: Arc<Door>, rpc: Rpc, seat: Seat, request: Request<Body>) -> Response {
    match request.method().as_str() {
        "GET" if request.headers().contains_key(header::UPGRADE) => socket::accept(&door, rpc, seat, request),
        "GET" => (StatusCode::OK, [(header::CONTENT_TYPE, TEXT)], hello(&rpc)).into_response(),
        "POST" => post(&door, &rpc, request).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, POST, OPTIONS")]).into_response(),
    }
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

fn hello(rpc: &Rpc) -> String {
    let name = rpc.chain_name();
    format!(
        "ding: chain \"{name}\", chain id {id}, block {height}\n\n\
         This is a JSON-RPC endpoint for Ethereum tools, over HTTP (POST) and WebSocket at this address.\n\
         Try:  curl -s -X POST -H 'content-type: application/json' \\\n\
        \x20      -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}}' \
         http://<this host>/rpc/{name}\n\
         See:  /health and /metrics\n",
        id = rpc.reader().spec().chain_id,
        height = rpc.reader().head().header.height,
    )
}

/// Work of one request, put on another worker thread.
pub(crate) const SPREAD: Spread = |work: Pending<'static, ()>| {
    tokio::spawn(work);
};

async fn post(door: &Door, rpc: &Rpc, request: Request<Body>) -> Response {
    let read = read_body(request.into_body().into_data_stream(), &door.budget);
    let body = match timeout(Duration::from_millis(limits::RPC_READ_TIMEOUT_MS), read).await {
        Ok(Ok(body)) => body,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return Refused::Slow.into_response(),
    };
    let caller = Caller { subscriptions: None, budget: Some(&door.budget), spread: Some(SPREAD) };
    match rpc.handle(body.as_slice(), caller).await {
        Some(answer) => ([(header::CONTENT_TYPE, JSON)], Body::from(answer.into_bytes())).into_response(),
        // Only notifications: nothing to say.
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug)]
enum Refused {
    TooLarge,
    Busy,
    Slow,
    Broken,
}

impl Refused {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                RpcError::new(
                    codes::INVALID_REQUEST,
                    format!(
                        "request of more than {} bytes; send less at once",
                        limits::RPC_REQUEST_BYTES_MAX
                    ),
                ),
            ),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, RpcError::busy()),
            Self::Slow => (
                StatusCode::REQUEST_TIMEOUT,
                RpcError::new(
                    codes::INVALID_REQUEST,
                    format!("the request did not arrive within {} ms", limits::RPC_READ_TIMEOUT_MS),
                ),
            ),
            Self::Broken => {
                (StatusCode::BAD_REQUEST, RpcError::new(codes::INVALID_REQUEST, "the request broke off"))
            }
        };
        // What is left of the body is not read: the connection cannot be used again.
        let headers = [(header::CONTENT_TYPE, JSON), (header::CONNECTION, "close")];
        (status, headers, dispatch::refusal(&error)).into_response()
    }
}

async fn read_body(mut stream: BodyDataStream, budget: &Arc<Budget>) -> Result<Buffer, Refused> {
    let mut body = Buffer::new(limits::RPC_REQUEST_BYTES_MAX, Some(budget.clone()));
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|_| Refused::Broken)?;
        body.push(&piece).map_err(|full| match full {
            Full::Buffer => Refused::TooLarge,
            Full::Budget => Refused::Busy,
        })?;
    }
    Ok(body)
}

async fn health(State(door): State<Arc<Door>>) -> Response {
    let mut healthy = true;
    let chains: Vec<_> = door
        .parts
        .chains
        .iter()
        .map(|rpc| {
            let status = rpc.reader().status();
            let syncing = status.syncing().is_some();
            healthy &= !syncing;
            serde_json::json!({
                "name": rpc.chain_name(),
                "height": status.height.get(),
                "highest": status.highest.get(),
                "syncing": syncing,
                "peers": status.peers,
                "lastBlockAgeMs": rpc.now_ms().saturating_sub(status.timestamp_ms),
            })
        })
        .collect();
    let body = serde_json::json!({ "status": if healthy { "ok" } else { "syncing" }, "chains": chains });
    let status = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}

async fn metrics(State(door): State<Arc<Door>>) -> Response {
    let mut text = (door.parts.metrics)();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for rpc in &door.parts.chains {
        text.push_str(&rpc.metrics());
    }
    let connections = door.connections.load(Ordering::Relaxed);
    let sockets = limits::RPC_SOCKETS_MAX.saturating_sub(door.sockets.available_permits());
    let memory = limits::RPC_MEMORY_BYTES_MAX.saturating_sub(door.budget.left());
    text.push_str(&format!(
        "# HELP ding_http_connections Open HTTP connections, WebSockets not counted.\n\
         # TYPE ding_http_connections gauge\n\
         ding_http_connections {connections}\n\
         # HELP ding_http_sockets Open WebSocket connections.\n# TYPE ding_http_sockets gauge\n\
         ding_http_sockets {sockets}\n\
         # HELP ding_http_memory_bytes Bytes of requests and answers held.\n# TYPE ding_http_memory_bytes gauge\n\
         ding_http_memory_bytes {memory}\n"
    ));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
