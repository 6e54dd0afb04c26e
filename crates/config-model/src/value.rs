//! Values a key can hold: [`Value`] as written in the file, and types that prove a value right.

mod any_map;
mod choice;
mod database_uri;
mod duration;
mod engines;
mod host;
mod ldap;
mod list;
mod number;
mod object;
mod parsed;
mod port;
mod raw;
mod secret;
mod text;
mod url;

pub use any_map::AnyMap;
pub use choice::{Choice, Choices};
pub use database_uri::{DatabaseKind, DatabaseUri, KEPT_PASSWORD};
pub use duration::Duration;
pub use engines::Engines;
pub use host::{HostName, ServerHostName};
pub use ldap::{DistinguishedName, LdapFilter, LdapUri};
pub use list::{LIST_ITEMS_MAX, List};
pub use number::{AtLeast, Decimal, Whole};
pub use object::{ObjectKind, ObjectSpec};
pub use parsed::{Line, ParseError, Parsed, ValueKind};
pub use port::Port;
pub use raw::{Map, MapKey, Number, Other, Value};
pub use secret::Secret;
pub use text::{ContactUri, EmailAddress, FilePath, LayerSize, Text};
pub use url::{AnyUrl, HttpUrl};
