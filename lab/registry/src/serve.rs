//! Listens, until a signal ends it.

use crate::registry::Registry;
use crate::routes;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

/// How long running requests may take to end after a signal.
const GRACE_TIME: Duration = Duration::from_secs(8);
/// How long a client may take to send its first request.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// How long a connection is kept, after an answer, for the head of the next request. How long a
/// body may take stands in [`crate::registry::Limits`].
const NEXT_TIME: Duration = Duration::from_mins(1);
/// Certificate and key; Quay encrypts if the key is there.
const TLS_FILES: (&str, &str) = ("ssl.cert", "ssl.key");

/// Why it does not serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The address is taken or not ours.
    #[error("could not listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Certificate and key cannot be used.
    #[error("could not use ssl.cert with ssl.key: {0}")]
    Tls(#[source] io::Error),
    /// Something broke while it ran.
    #[error("stopped serving: {0}")]
    Broken(#[source] io::Error),
}

/// The signals that end the program. As the first process of a container it must listen for them.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for one of them.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Servers under way, and how they are stopped.
#[derive(Default)]
struct Servers {
    running: JoinSet<io::Result<()>>,
    handles: Vec<Handle<SocketAddr>>,
}

impl Servers {
    fn add(
        &mut self,
        address: SocketAddr,
        router: Router,
        tls: Option<RustlsConfig>,
    ) -> Result<(), ServeError> {
        let failed = |error| ServeError::Listen(address, error);
        let listener = TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let handle = Handle::new();
        self.handles.push(handle.clone());
        let service = router.into_make_service();
        if let Some(tls) = tls {
            let mut server = axum_server::from_tcp_rustls(listener, tls).map_err(failed)?;
            server.http_builder().http1().header_read_timeout(NEXT_TIME);
            let server = server.handle(handle).first_request_timeout(REQUEST_TIME);
            self.running.spawn(server.serve(service));
        } else {
            let mut server = axum_server::from_tcp(listener).map_err(failed)?;
            server.http_builder().http1().header_read_timeout(NEXT_TIME);
            let server = server.handle(handle).first_request_timeout(REQUEST_TIME);
            self.running.spawn(server.serve(service));
        }
        tracing::info!("listening on {address}");
        Ok(())
    }

    /// Waits for a signal, or for a server that ends by itself; then ends all of them.
    async fn run(mut self, signals: &mut Signals) -> Result<(), ServeError> {
        let ended = tokio::select! {
            () = signals.received() => Ok(()),
            ended = self.running.join_next() => {
                ended.and_then(Result::ok).unwrap_or(Ok(())).map_err(ServeError::Broken)
            }
        };
        tracing::info!("stopping");
        for handle in &self.handles {
            handle.graceful_shutdown(Some(GRACE_TIME));
        }
        while self.running.join_next().await.is_some() {}
        ended
    }
}

/// The certificate and key of the configuration, if they are there.
async fn tls(registry: &Registry) -> Result<Option<RustlsConfig>, ServeError> {
    let file = |name: &str| registry.configuration.files.get(name).cloned();
    let Some(key) = file(TLS_FILES.1) else { return Ok(None) };
    let certificate = file(TLS_FILES.0).unwrap_or_default();
    RustlsConfig::from_pem(certificate, key).await.map(Some).map_err(ServeError::Tls)
}

/// Serves as a registry: HTTP, HTTPS if there is a key, metrics.
pub(crate) async fn registry(
    registry: &Arc<Registry>,
    signals: &mut Signals,
) -> Result<(), ServeError> {
    let ip = registry.environment.address;
    let [http, https, _] = registry.environment.ports;
    let mut servers = Servers::default();
    let router = routes::registry(registry.clone());
    if let Some(tls) = tls(registry).await? {
        servers.add(SocketAddr::new(ip, https), router.clone(), Some(tls))?;
    }
    servers.add(SocketAddr::new(ip, http), router, None)?;
    add_metrics(&mut servers, registry)?;
    servers.run(signals).await
}

/// Runs as a mirroring worker, of which one sees the metrics alone.
pub(crate) async fn mirror(
    registry: &Arc<Registry>,
    signals: &mut Signals,
) -> Result<(), ServeError> {
    let mut servers = Servers::default();
    add_metrics(&mut servers, registry)?;
    servers.run(signals).await
}

fn add_metrics(servers: &mut Servers, registry: &Arc<Registry>) -> Result<(), ServeError> {
    let [_, _, port] = registry.environment.ports;
    let address = SocketAddr::new(registry.environment.address, port);
    servers.add(address, routes::metrics(registry.clone()), None)
}
