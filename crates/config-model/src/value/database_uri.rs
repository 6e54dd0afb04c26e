//! The address of the database, `DB_URI`, with the password inside it.

use super::{HostName, ParseError, Parsed, Value, ValueKind};
use fluent_uri::pct_enc::{
    EStr, EString,
    encoder::{Data, Userinfo},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What stands for the password where it must not be known; it cannot occur in a real URI.
pub const KEPT_PASSWORD: &str = "••••••••";

/// The databases Quay can use, by the scheme of their URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseKind {
    /// `postgresql://`, what Clair and high availability need.
    Postgresql,
    /// `mysql+pymysql://`.
    Mysql,
    /// `sqlite:///`, for trials on one machine.
    Sqlite,
}

impl DatabaseKind {
    /// The scheme.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql => "mysql+pymysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// The port used when none is written.
    pub const fn default_port(self) -> Option<u16> {
        match self {
            Self::Postgresql => Some(5432),
            Self::Mysql => Some(3306),
            Self::Sqlite => None,
        }
    }

    /// The kind with this scheme.
    pub fn from_scheme(scheme: &str) -> Option<Self> {
        [Self::Postgresql, Self::Mysql, Self::Sqlite]
            .into_iter()
            .find(|kind| kind.scheme() == scheme)
    }
}

/// The parts of `DB_URI`; user and password are plain, the rest is as written.
///
/// That is how `SQLAlchemy`'s `make_url`, which Quay reads it with, takes a URI apart.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DatabaseUri {
    /// Which database; the scheme.
    pub kind: Option<DatabaseKind>,
    /// Host name, with `:port` if one is written.
    pub server: String,
    /// The role Quay logs in as.
    pub user: String,
    /// Its password; [`KEPT_PASSWORD`] where it is hidden.
    pub password: String,
    /// The database's name, or the file of an `SQLite` database.
    pub database: String,
    /// What follows the question mark, as written.
    pub query: String,
}

impl DatabaseUri {
    /// Takes a URI apart leniently, so that a form can show a half-written one.
    pub fn from_text(text: &str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self::default();
        };
        let kind = DatabaseKind::from_scheme(scheme);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, server) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        Self {
            kind,
            server: server.to_owned(),
            user: decode(user),
            password: decode(password),
            database: database.to_owned(),
            query: query.to_owned(),
        }
    }

    /// Puts the parts together, encoding what must be.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}://", self.kind.unwrap_or(DatabaseKind::Postgresql).scheme());
        if !self.user.is_empty() || !self.password.is_empty() {
            text.push_str(&encode(&self.user));
            if !self.password.is_empty() {
                text.push(':');
                let kept = self.password == KEPT_PASSWORD;
                text.push_str(&if kept { self.password.clone() } else { encode(&self.password) });
            }
            text.push('@');
        }
        text.push_str(&self.server);
        text.push('/');
        text.push_str(&self.database);
        if !self.query.is_empty() {
            text.push('?');
            text.push_str(&self.query);
        }
        text
    }

    /// The host and port of [`Self::server`], `None` when it is not one.
    pub fn host_and_port(&self) -> Option<(HostName, Option<u16>)> {
        let (host, port) = match self.server.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (host, port.strip_prefix(':'))
            }
            None => match self.server.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (self.server.as_str(), None),
            },
        };
        let port = match port {
            Some(port) => Some(port.parse::<u16>().ok().filter(|port| *port > 0)?),
            None => None,
        };
        Some((HostName::from_text(host)?, port))
    }
}

/// Whether a `#` or `?` that is not encoded ends the address before its server.
fn has_raw_sign(text: &str) -> bool {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let (before, after) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    after.starts_with('#')
        || (after.starts_with('?') && !before.contains('@') && after.contains('@'))
}

fn decode(text: &str) -> String {
    EStr::<Data>::new(text)
        .map_or_else(|| text.to_owned(), |encoded| encoded.decode().to_string_lossy().into_owned())
}

fn encode(text: &str) -> String {
    let mut encoded = EString::<Userinfo>::new();
    encoded.encode_str::<Data>(text);
    encoded.into_string()
}

impl fmt::Debug for DatabaseUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUri([redacted])")
    }
}

impl Parsed for DatabaseUri {
    const KIND: ValueKind = ValueKind::DatabaseUri;
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, ParseError> {
        let text = value.as_str().unwrap_or_default();
        let uri = Self::from_text(text);
        let fail = |expected| Err(ParseError { expected });
        match uri.kind {
            None => {
                fail("an address that begins with postgresql://, mysql+pymysql:// or sqlite:///")
            }
            Some(DatabaseKind::Sqlite) if !uri.server.is_empty() => {
                fail("sqlite:/// with three slashes and a path")
            }
            Some(DatabaseKind::Sqlite) => Ok(uri),
            Some(_) if has_raw_sign(text) => {
                fail("an address with %23 for # and %3F for ? in the user name and the password")
            }
            Some(_) if uri.host_and_port().is_none() => fail(
                "the database server's host name or address, with :port if it is not the usual one",
            ),
            Some(_) => Ok(uri),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_parts_of_the_manuals_example_are_found() {
        let uri = DatabaseUri::from_text(
            "postgresql://quayuser:quay%2Fp%40ss@db01.example.com:5432/quaydb?sslmode=require",
        );
        assert_eq!(uri.kind, Some(DatabaseKind::Postgresql));
        assert_eq!(uri.server, "db01.example.com:5432");
        assert_eq!((uri.user.as_str(), uri.password.as_str()), ("quayuser", "quay/p@ss"));
        assert_eq!((uri.database.as_str(), uri.query.as_str()), ("quaydb", "sslmode=require"));
    }

    #[test]
    fn the_hidden_password_survives_unencoded() {
        let shown = format!("postgresql://quayuser:{KEPT_PASSWORD}@db01/quay");
        assert_eq!(DatabaseUri::from_text(&shown).password, KEPT_PASSWORD);
        assert_eq!(DatabaseUri::from_text(&shown).to_text(), shown);
    }

    #[test]
    fn a_file_database_keeps_its_path() {
        let text = "sqlite:////conf/stack/quay.db";
        let uri = DatabaseUri::from_text(text);
        assert_eq!(uri.database, "/conf/stack/quay.db");
        assert_eq!(uri.to_text(), text);
    }

    #[test]
    fn signs_that_end_an_address_are_encoded() {
        let parse = |login: &str| {
            DatabaseUri::parse(&Value::from(format!("postgresql://{login}@db01/quay").as_str()))
        };
        for bad in ["quay:pa#ss", "quay:pa?ss", "quay:pa/ss", "qu#ay:pass"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse("quay:pa%23%3Fss").is_ok_and(|uri| uri.password == "pa#?ss"));
        let query = Value::from("postgresql://quay:pass@db01/quay?options=a@b#c");
        assert!(DatabaseUri::parse(&query).is_ok());
    }

    #[test]
    fn debug_never_shows_the_password() {
        let uri = DatabaseUri::from_text("postgresql://quayuser:hunter2@db01/quay");
        assert!(!format!("{uri:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_user_password_and_database_survive(user in "\\PC{1,12}", password in "\\PC{1,12}", database in "[a-z_0-9-]{1,12}") {
            let uri = DatabaseUri {
                kind: Some(DatabaseKind::Postgresql),
                server: "db01:5432".to_owned(),
                user, password, database,
                query: String::new(),
            };
            prop_assert!(DatabaseUri::from_text(&uri.to_text()) == uri, "{}", uri.to_text());
        }
    }
}
