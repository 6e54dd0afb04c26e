//! Web services inside of the test process, for stand-ins.

use super::certificates::Signed;
use axum::Router;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A service that runs until it is dropped.
pub(crate) struct Web {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Web {
    /// Serves these routes.
    pub(crate) async fn start(router: Router) -> Self {
        let (listener, port) = bind().await;
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until the test ends");
        });
        Self { port, task }
    }

    /// Serves these routes over TLS.
    pub(crate) async fn start_tls(router: Router, signed: &Signed) -> Self {
        let (tcp, port) = bind().await;
        let listener = Encrypted { tcp, acceptor: acceptor(signed) };
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until the test ends");
        });
        Self { port, task }
    }
}

async fn bind() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let port = listener.local_addr().expect("it listens").port();
    (listener, port)
}

fn acceptor(signed: &Signed) -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(signed.certificate.as_bytes());
    let chain = chain.collect::<Result<_, _>>().expect("a certificate of the lab");
    let key = PrivateKeyDer::from_pem_slice(signed.key.as_bytes()).expect("a key of the lab");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("they belong together");
    TlsAcceptor::from(Arc::new(config))
}

/// A port behind which TLS is spoken.
struct Encrypted {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.tcp.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
