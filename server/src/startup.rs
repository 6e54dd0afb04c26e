//! Starting and stopping: everything that can fail does so here, with one clear line.

use crate::assets::Assets;
use crate::auth::password::{self, PasswordError, Passwords};
use crate::auth::{USER, session::SessionKeeper};
use crate::backend::checks::CheckService;
use crate::backend::draft::{DraftError, DraftService};
use crate::checks::run::Limits;
use crate::cipher::{Cipher, CipherError, KEY_FILE};
use crate::cli::ConfigArgs;
use crate::clients::dial::Net;
use crate::clock::{Clock, SystemClock};
use crate::http::router::router;
use crate::http::routes::checks::watchers;
use crate::state::AppState;
use crate::store::{PostgresStore, SqliteStore, Store, StoreError};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use cluster::inventory::{Nodes, NodesError};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::filter::LevelFilter;

/// The embedded database's file in the data folder.
const DATABASE_FILE: &str = "console.db";
/// How long running requests may take to end after a signal.
const GRACE_SECONDS: u64 = 10;
/// How long a client may take to send its request's head.
const HEADER_SECONDS: u64 = 10;
/// Threads for requests; a console serves a handful of people.
const WORKERS: usize = 2;

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file or folder cannot be used.
    #[error("could not {action} {path}: {source}")]
    File {
        /// What was tried.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The address is taken or not ours.
    #[error("could not listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate and key cannot be used for TLS.
    #[error("could not use {cert} with {key} for TLS: {why}")]
    Tls {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        why: String,
    },
    /// The password cannot be used.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The encryption key cannot be used.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The draft cannot be loaded.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The nodes cannot be those of one cluster.
    #[error(transparent)]
    Nodes(#[from] NodesError),
    /// The log level is no level.
    #[error("--log {0} is not a log level: use error, warn, info, debug or trace")]
    Log(String),
    /// Serving ended with an error.
    #[error("stopped serving: {0}")]
    Serve(#[source] io::Error),
}

/// Serves the editor until a signal ends it.
pub fn serve(args: ConfigArgs) -> Result<(), StartError> {
    start_log(&args.log)?;
    // Only fails when a provider has been installed before, which is then the one in use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(StartError::Serve)?;
    runtime.block_on(run(args))
}

fn start_log(level: &str) -> Result<(), StartError> {
    let level = LevelFilter::from_str(level).map_err(|_| StartError::Log(level.to_owned()))?;
    // Only fails when a log has been set up before.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .try_init();
    Ok(())
}

async fn run(args: ConfigArgs) -> Result<(), StartError> {
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => Some(tls_config(cert, key)?),
        _ => None,
    };
    let (password, generated) = password(&args)?;
    let listener = listen(args.listen)?;
    let address = listener.local_addr().map_err(StartError::Serve)?;
    let state = state(&args, &password, tls.is_some()).await?;
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    let handle = Handle::new();
    stop_on_signal(handle.clone())?;
    announce(address, tls.is_some(), generated.then_some(password.as_str()));
    drop(password);
    let served = match tls {
        Some(config) => {
            let mut server = axum_server::from_tcp_rustls(listener, config)
                .map_err(StartError::Serve)?
                .handle(handle);
            limit(server.http_builder());
            server.serve(service).await
        }
        None => {
            let mut server =
                axum_server::from_tcp(listener).map_err(StartError::Serve)?.handle(handle);
            limit(server.http_builder());
            server.serve(service).await
        }
    };
    served.map_err(StartError::Serve)
}

/// A client that sends its request byte by byte is not waited for.
fn limit(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEADER_SECONDS));
}

/// Puts the parts together.
async fn state(args: &ConfigArgs, password: &str, tls: bool) -> Result<AppState, StartError> {
    make_private_folder(&args.data_dir)?;
    let key_file = args.encryption_key_file.clone().unwrap_or_else(|| args.data_dir.join(KEY_FILE));
    let cipher = Cipher::open(&key_file)?;
    let store: Arc<dyn Store> = match &args.database_url {
        Some(url) => Arc::new(PostgresStore::connect(url).await?),
        None => Arc::new(SqliteStore::open(&args.data_dir.join(DATABASE_FILE)).await?),
    };
    let (folder, nodes) = (args.config_dir.clone(), args.nodes.cluster()?);
    assemble(store, cipher, Arc::new(SystemClock), password, folder, nodes, tls).await
}

/// The running program over a store; tests use it with their own clock.
pub async fn assemble(
    store: Arc<dyn Store>,
    cipher: Cipher,
    clock: Arc<dyn Clock>,
    password: &str,
    config_dir: Option<PathBuf>,
    nodes: Nodes,
    tls: bool,
) -> Result<AppState, StartError> {
    let passwords = Passwords::establish(store.as_ref(), password).await?;
    let sessions = SessionKeeper::new(store.clone(), clock.clone(), &cipher);
    let drafts = Arc::new(DraftService::new(store.clone(), cipher, clock.clone(), config_dir));
    drafts.open().await?;
    let assets = Arc::new(Assets::load());
    let checks = Arc::new(CheckService::new(Net::default(), Limits::default(), nodes));
    let watchers = watchers();
    Ok(AppState { store, clock, passwords, sessions, drafts, checks, watchers, assets, tls })
}

fn make_private_folder(path: &Path) -> Result<(), StartError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|source| {
        StartError::File { action: "make the data folder", path: path.to_owned(), source }
    })
}

/// The password, and whether it was made here.
fn password(args: &ConfigArgs) -> Result<(String, bool), StartError> {
    if let Some(password) = &args.password {
        return Ok((password.clone(), false));
    }
    let Some(path) = &args.password_file else { return Ok((password::generate()?, true)) };
    let text = fs::read_to_string(path).map_err(|source| StartError::File {
        action: "read the password file",
        path: path.clone(),
        source,
    })?;
    Ok((text.lines().next().unwrap_or_default().to_owned(), false))
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn tls_config(cert: &Path, key: &Path) -> Result<RustlsConfig, StartError> {
    let failed = |why: String| StartError::Tls { cert: cert.to_owned(), key: key.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(format!("the certificate cannot be read: {error}")))?;
    if chain.is_empty() {
        return Err(failed("there is no certificate in the first file".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| failed(format!("the key cannot be read: {error}")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|error| failed(error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

/// Says where the editor is and, once, the password that was made.
fn announce(address: SocketAddr, tls: bool, generated: Option<&str>) {
    let scheme = if tls { "https" } else { "http" };
    let host =
        if address.ip().is_unspecified() { "localhost".to_owned() } else { bracketed(address) };
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "quay-console is ready at {scheme}://{host}:{}", address.port());
    let _ = match generated {
        Some(password) => writeln!(out, "Log in as {USER} with the password {password}"),
        None => writeln!(out, "Log in as {USER} with the password you gave."),
    };
    let _ = out.flush();
}

fn bracketed(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// Listens for the signals that end the program, before anyone is told that it runs.
fn stop_on_signal(handle: Handle<SocketAddr>) -> Result<(), StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Serve)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Serve)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        handle.graceful_shutdown(Some(Duration::from_secs(GRACE_SECONDS)));
    });
    Ok(())
}
