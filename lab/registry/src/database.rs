//! Where the database is, as Quay's driver would be told.

use crate::configuration::Configuration;
use config_model::sections::database::{ConnectionArguments, DB_CONNECTION_ARGS, DB_URI};
use config_model::value::{DatabaseKind, DatabaseUri, FilePath, Value};
use server::checks::uploaded_name;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::path::PathBuf;
use std::time::Duration;

/// How long a request waits for a connection.
const ACQUIRE_TIME: Duration = Duration::from_secs(3);
/// Connections at once; a trial needs few.
const CONNECTIONS_MAX: u32 = 5;

/// Why there is no database to use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// The key is missing or is no address.
    #[error("DB_URI: there is no address of a database in it")]
    NoAddress,
    /// One of the databases that Quay can use and the stand-in cannot.
    #[error(
        "DB_URI: {0} is right for Quay, but this stand-in for Quay keeps its tables in PostgreSQL only. Enter a postgresql:// address for a trial in the lab."
    )]
    OtherKind(&'static str),
    /// A word that is none of libpq's.
    #[error("DB_CONNECTION_ARGS.sslmode: {0} is no TLS mode")]
    NoMode(String),
}

/// How one connects.
pub(crate) fn options(configuration: &Configuration) -> Result<PgConnectOptions, DatabaseError> {
    let document = &configuration.document;
    let text = document.top(DB_URI.name()).and_then(Value::as_str);
    let uri = DatabaseUri::from_text(text.ok_or(DatabaseError::NoAddress)?);
    match uri.kind {
        Some(DatabaseKind::Postgresql) => {}
        Some(kind) => return Err(DatabaseError::OtherKind(kind.scheme())),
        None => return Err(DatabaseError::NoAddress),
    }
    let (host, port) = uri.host_and_port().ok_or(DatabaseError::NoAddress)?;
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(host.as_str())
        .port(port.or(DatabaseKind::Postgresql.default_port()).unwrap_or_default())
        .username(&uri.user)
        .password(&uri.password)
        .database(&uri.database)
        .application_name("quay-standin");
    let file = |field| {
        let FilePath(path) = document.inside(DB_CONNECTION_ARGS, field)?;
        Some(match uploaded_name(&path) {
            Some(name) => configuration.stack.join(name),
            None => PathBuf::from(path),
        })
    };
    if let Some(mode) = mode(configuration, &uri.query) {
        options = options.ssl_mode(mode.parse().map_err(|_| DatabaseError::NoMode(mode))?);
    }
    if let Some(path) = file(ConnectionArguments::sslrootcert) {
        options = options.ssl_root_cert(path);
    }
    if let (Some(certificate), Some(key)) =
        (file(ConnectionArguments::sslcert), file(ConnectionArguments::sslkey))
    {
        options = options.ssl_client_cert(certificate).ssl_client_key(key);
    }
    Ok(options)
}

/// The TLS mode: of the arguments, else of the address.
fn mode(configuration: &Configuration, query: &str) -> Option<String> {
    let arguments = configuration.document.top(DB_CONNECTION_ARGS.name());
    let name = ConnectionArguments::sslmode.name();
    let argument = arguments.and_then(|arguments| arguments.entry(name)).and_then(Value::as_str);
    let of_address = || query.split('&').find_map(|part| part.strip_prefix("sslmode="));
    argument.or_else(of_address).filter(|mode| !mode.is_empty()).map(str::to_owned)
}

/// Connections that are opened as they are needed.
pub(crate) fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIME)
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::postgres::PgSslMode;

    fn of(text: &str) -> Result<PgConnectOptions, DatabaseError> {
        options(&Configuration::of_text(text).unwrap())
    }

    #[test]
    fn the_parts_of_the_address_are_used() {
        let options = of("DB_URI: postgresql://quayuser:quay%2Fp%40ss@db01.example.com/quaydb\n\
                          DB_CONNECTION_ARGS: {sslmode: verify-full}")
        .unwrap();
        assert_eq!(options.get_host(), "db01.example.com");
        assert_eq!(options.get_port(), 5432);
        assert_eq!(options.get_username(), "quayuser");
        assert_eq!(options.get_database(), Some("quaydb"));
        assert!(matches!(options.get_ssl_mode(), PgSslMode::VerifyFull));
    }

    #[test]
    fn the_mode_may_stand_in_the_address() {
        let options = of("DB_URI: postgresql://q:p@db01.example.com:5433/quay?sslmode=require");
        let options = options.unwrap();
        assert_eq!(options.get_port(), 5433);
        assert!(matches!(options.get_ssl_mode(), PgSslMode::Require));
    }

    #[test]
    fn other_databases_are_refused() {
        for (text, wanted) in [
            ("DB_URI: mysql+pymysql://q:p@db01/quay", "mysql+pymysql is right for Quay"),
            ("DB_URI: sqlite:////conf/quay.db", "in PostgreSQL only"),
            ("DB_URI: somewhere", "no address"),
            ("A: 1", "no address"),
            ("DB_URI: postgresql://q:p@db01/quay?sslmode=never", "never is no TLS mode"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }
}
