//! Opening the port, with errors that say what to do.

use std::{io, net::SocketAddr};
use tokio::net::TcpListener;

/// Why the port could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BindError {
    /// Somebody else listens there.
    #[error("port {} of {} is in use by another program; stop it or choose another port", .0.port(), .0.ip())]
    InUse(SocketAddr),
    /// The system reserves it.
    #[error("port {} needs rights this program does not have; choose one from 1024 on", .0.port())]
    Denied(SocketAddr),
    /// The address belongs to no interface of this machine.
    #[error("{} is no address of this machine; use 127.0.0.1, or 0.0.0.0 for all", .0.ip())]
    NotHere(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// Where.
        address: SocketAddr,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
}

/// Opens a port.
///
/// # Errors
///
/// Says why not, and what to do; see [`BindError`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(address),
        io::ErrorKind::PermissionDenied => BindError::Denied(address),
        io::ErrorKind::AddrNotAvailable => BindError::NotHere(address),
        _ => BindError::Other { address, source },
    })
}
