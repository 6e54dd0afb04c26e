//! The database that a configuration names, and how Quay connects to it.

use crate::checks::Settings;
use crate::checks::common;
use crate::checks::course::reach;
use crate::checks::fault::{Fault, Told};
use crate::checks::shell::shell_quoted;
use crate::clients::wire::OtherProtocol;
use axum::extract::Query;
use config_model::document::Document;
use config_model::field::Key;
use config_model::sections::database::{
    ConnectionArguments, DB_CONNECTION_ARGS, DB_URI, MysqlTls, SslMode,
};
use config_model::value::{Choices as _, DatabaseKind, DatabaseUri, FilePath, Parsed, Value};
use http::Uri;
use std::collections::HashMap;
use std::io;

/// Words that somebody may well use as a name, and that are no name in `PostgreSQL` unless they
/// are quoted.
const RESERVED: [&str; 8] =
    ["all", "analyse", "analyze", "default", "end", "primary", "table", "user"];

/// A database, where it is and how one logs in.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) kind: DatabaseKind,
    /// What it is called; `MariaDB` once it has said so.
    pub(super) product: &'static str,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) database: String,
    pub(super) tls: TlsSettings,
}

/// How a connection is to be encrypted.
#[derive(Clone)]
pub(super) struct TlsSettings {
    /// What libpq is told; the other databases know nothing like it.
    pub(super) mode: SslMode,
    /// The file of the authorities, as Quay's container names it.
    pub(super) authorities: String,
    pub(super) certificate: String,
    pub(super) key: String,
    /// What stands in the address and not in the arguments.
    pub(super) only_in_address: Vec<&'static str>,
}

impl Server {
    /// The database of a configuration; what is missing, where it cannot be tried.
    pub(super) fn of(settings: &Settings<'_>) -> Result<Self, &'static str> {
        let uri = settings.document.get(DB_URI).ok().flatten();
        let uri = uri.ok_or("the address of the database")?;
        let kind = uri.kind.ok_or("the address of the database")?;
        let Some(usual_port) = kind.default_port() else {
            return Ok(Self::file(uri.database));
        };
        let (host, port) = uri.host_and_port().ok_or("the address of the database server")?;
        for (part, what) in [
            (&uri.user, "the user name in the address of the database"),
            (&uri.database, "the name of the database"),
        ] {
            if part.is_empty() {
                return Err(what);
            }
        }
        let is_postgres = kind == DatabaseKind::Postgresql;
        Ok(Self {
            kind,
            product: if is_postgres { "PostgreSQL" } else { "MySQL" },
            host: host.as_str().to_owned(),
            port: port.unwrap_or(usual_port),
            tls: if is_postgres {
                TlsSettings::of_postgres(settings.document, &uri)
            } else {
                TlsSettings::of_mysql(settings)
            },
            user: uri.user,
            password: uri.password,
            database: uri.database,
        })
    }

    fn file(database: String) -> Self {
        Self {
            kind: DatabaseKind::Sqlite,
            product: "SQLite",
            host: String::new(),
            port: 0,
            user: String::new(),
            password: String::new(),
            database,
            tls: TlsSettings::none(),
        }
    }

    /// Its address, for a person.
    pub(super) fn target(&self) -> String {
        let (scheme, database) = (self.kind.scheme(), &self.database);
        if self.kind == DatabaseKind::Sqlite {
            return format!("{scheme}:///{database}");
        }
        let brackets = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        format!("{scheme}://{}{}{}:{}/{database}", brackets.0, self.host, brackets.1, self.port)
    }

    /// The user, as a command of SQL names it.
    pub(super) fn role(&self) -> String {
        quoted(&self.user)
    }

    /// The database, as a command of SQL names it.
    pub(super) fn name(&self) -> String {
        quoted(&self.database)
    }

    /// A fault of this server's, with `more` in its other places.
    pub(super) fn tell(&self, fault: &'static Fault, more: &[(&str, &str)]) -> Told {
        let (port, role, name) = (self.port.to_string(), self.role(), self.name());
        let (user_word, database_word) = (shell_quoted(&self.user), shell_quoted(&self.database));
        let mut places = vec![
            ("server", self.product),
            ("protocol", self.product),
            ("host", self.host.as_str()),
            ("port", port.as_str()),
            ("user", self.user.as_str()),
            ("role", role.as_str()),
            ("database", self.database.as_str()),
            ("name", name.as_str()),
            ("user_word", user_word.as_str()),
            ("database_word", database_word.as_str()),
            ("mode", self.tls.word()),
        ];
        places.extend(more);
        fault.with(&places)
    }

    /// What it means that a connection to it broke.
    pub(super) fn broken(&self, error: &io::Error) -> Told {
        let inner = error.get_ref();
        if inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<OtherProtocol>) {
            return self.tell(&common::OTHER_PROTOCOL, &[]);
        }
        match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            // A server looks at our certificate when we are long done with its own.
            Some(refused) => self.tell(&common::TLS_REFUSED, &[("reason", &refused.to_string())]),
            None => reach::broken(error, &self.host, self.port, self.product),
        }
    }
}

impl TlsSettings {
    fn none() -> Self {
        Self {
            mode: SslMode::Disable,
            authorities: String::new(),
            certificate: String::new(),
            key: String::new(),
            only_in_address: Vec::new(),
        }
    }

    /// The arguments count; what only the address has, counts for a part of Quay.
    fn of_postgres(document: &Document, uri: &DatabaseUri) -> Self {
        let mut asked = query(uri);
        let mut only_in_address = Vec::new();
        let mut value = |name: &'static str, argument: String| {
            let asked = asked.remove(name).unwrap_or_default();
            if argument.is_empty() && !asked.is_empty() {
                only_in_address.push(name);
                return asked;
            }
            argument
        };
        let file = |key: Key<FilePath>| {
            let file = document.inside(DB_CONNECTION_ARGS, key);
            (key.name(), file.map(|FilePath(path)| path).unwrap_or_default())
        };
        let mode = document.inside(DB_CONNECTION_ARGS, ConnectionArguments::sslmode);
        let mode = mode.map(word_of).unwrap_or_default().to_owned();
        let mode = value(ConnectionArguments::sslmode.name(), mode);
        let [authorities, certificate, key] = [
            ConnectionArguments::sslrootcert,
            ConnectionArguments::sslcert,
            ConnectionArguments::sslkey,
        ]
        .map(|key| {
            let (name, argument) = file(key);
            value(name, argument)
        });
        Self {
            // Without a word, libpq takes what it is offered.
            mode: SslMode::parse(&Value::from(mode.as_str())).unwrap_or(SslMode::Prefer),
            authorities,
            certificate,
            key,
            only_in_address,
        }
    }

    fn of_mysql(settings: &Settings<'_>) -> Self {
        let encryption = ConnectionArguments::ssl.inside(DB_CONNECTION_ARGS);
        let authorities = settings.field(&encryption, MysqlTls::ca);
        let authorities = authorities.map(|FilePath(path)| path).unwrap_or_default();
        Self { authorities, ..Self::none() }
    }

    /// The word for the mode, as libpq spells it.
    pub(super) fn word(&self) -> &'static str {
        word_of(self.mode)
    }
}

fn word_of(mode: SslMode) -> &'static str {
    let found = SslMode::ALL.iter().find(|(known, _)| *known == mode);
    found.map_or("", |(_, choice)| choice.value)
}

/// What follows the question mark of an address, decoded.
fn query(uri: &DatabaseUri) -> HashMap<String, String> {
    let query = format!("/?{}", uri.query).parse::<Uri>().ok();
    let query = query.and_then(|uri| Query::try_from_uri(&uri).ok());
    query.map(|Query(pairs)| pairs).unwrap_or_default()
}

/// A name as it stands in a command of `PostgreSQL`.
pub(super) fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let rest = |letter: char| is_plain(letter) || letter.is_ascii_digit();
    if name.starts_with(is_plain) && name.chars().all(rest) && !RESERVED.contains(&name) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as it stands in a command of `PostgreSQL`.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::yaml;
    use std::collections::BTreeMap;

    fn server(text: &str) -> Result<Server, &'static str> {
        let (document, files) = (yaml::read(text).unwrap(), BTreeMap::new());
        Server::of(&Settings::new(&document, &files, 0))
    }

    #[test]
    fn the_arguments_come_before_the_address() {
        let address = "DB_URI: postgresql://u:p@db01/quay?sslmode=require&sslrootcert=%2Fa.pem";
        let found = server(address).ok().unwrap();
        assert_eq!(found.tls.mode, SslMode::Require);
        assert_eq!(found.tls.authorities, "/a.pem");
        assert_eq!(found.tls.only_in_address, ["sslmode", "sslrootcert"]);
        let both = format!("{address}\nDB_CONNECTION_ARGS: {{sslmode: verify-full}}");
        let found = server(&both).ok().unwrap();
        assert_eq!(found.tls.mode, SslMode::VerifyFull);
        assert_eq!(found.tls.only_in_address, ["sslrootcert"]);
        let found = server("DB_URI: postgresql://u:p@db01/quay").ok().unwrap();
        assert_eq!((found.tls.mode, found.port), (SslMode::Prefer, 5432));
    }

    #[test]
    fn a_target_tells_no_password() {
        let target = |text: &str| server(text).ok().unwrap().target();
        assert_eq!(target("DB_URI: postgresql://u:p@db01:5433/q"), "postgresql://db01:5433/q");
        assert_eq!(target("DB_URI: 'mysql+pymysql://u:p@[::1]/q'"), "mysql+pymysql://[::1]:3306/q");
        assert_eq!(target("DB_URI: sqlite:////conf/quay.db"), "sqlite:////conf/quay.db");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            server("DB_URI: postgresql://u:p@db01/").err(),
            Some("the name of the database")
        );
        assert!(server("DB_URI: postgresql://db01/quay").is_err());
        assert!(server("DB_URI: oracle://u:p@db01/quay").is_err());
    }

    #[test]
    fn odd_names_are_quoted() {
        assert_eq!(quoted("quayuser"), "quayuser");
        assert_eq!(quoted("quay-user"), "\"quay-user\"");
        assert_eq!(quoted("1st\"user"), "\"1st\"\"user\"");
        assert_eq!(quoted("user"), "\"user\"");
        assert_eq!(literal("o'quay \"1\""), "'o''quay \"1\"'");
    }
}
