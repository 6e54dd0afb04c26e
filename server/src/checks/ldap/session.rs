//! A conversation with a directory: connected, encrypted, and bounded.

use super::TLS_EXPECTED;
use super::gate::{Gate, Refusal};
use super::settings::Directory;
use crate::checks::course::reach::Reached;
use crate::checks::course::{Course, Stopped};
use crate::checks::fault::Told;
use crate::checks::{common, probe};
use crate::clients::relay::Relay;
use crate::clients::tls::Tls;
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use config_model::sections::ldap::LDAP_CERT;
use ldap3::{
    Ldap, LdapConnAsync, LdapError, LdapResult, Scope, SearchEntry, SearchOptions, parse_refs,
};
use std::future::Future;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// Result: there are more entries than were asked for, or than the directory gives.
pub(super) const SIZE_LIMIT: u32 = 4;
/// Pointers to other servers that are noted.
pub(super) const REFERRALS_MAX: usize = 20;
/// How long the library may take to end after the connection has.
const END_TIME: Duration = Duration::from_millis(500);
/// Where the authority of the certificate belongs.
const UPLOAD: &str = "as ldap.crt, the certificate of the directory server";

/// A connection that understands LDAP.
pub(super) struct Session {
    ldap: Ldap,
    driver: Option<JoinHandle<Result<(), LdapError>>>,
    refusal: Arc<OnceLock<Refusal>>,
    is_encrypted: bool,
    course: Course,
    host: String,
    port: u16,
    _relay: Relay,
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(driver) = &self.driver {
            driver.abort();
        }
    }
}

/// What is searched.
pub(super) struct Search {
    base: String,
    scope: Scope,
    filter: String,
    attributes: Vec<String>,
    names_only: bool,
    limit: u16,
}

impl Search {
    /// One entry.
    pub(super) fn entry(base: &str) -> Self {
        let attributes = vec!["1.1".to_owned()];
        let filter = "(objectClass=*)".to_owned();
        let scope = Scope::Base;
        Self { base: base.to_owned(), scope, filter, attributes, names_only: false, limit: 1 }
    }

    /// What lies below an entry, at most `limit` of it, without any attribute.
    pub(super) fn below(base: &str, filter: &str, limit: u16) -> Self {
        let filter = filter.to_owned();
        Self { scope: Scope::Subtree, filter, limit, ..Self::entry(base) }
    }

    /// With the names of all attributes; their values stay where they are.
    pub(super) fn with_names(self) -> Self {
        Self { attributes: Vec::new(), names_only: true, ..self }
    }

    /// With the values of these attributes.
    fn with_values(self, attributes: &[&str]) -> Self {
        let attributes = attributes.iter().map(|&name| name.to_owned()).collect();
        Self { attributes, ..self }
    }
}

/// What a search has found.
pub(super) struct Found {
    /// How many entries.
    pub(super) count: usize,
    /// The first of them.
    pub(super) first: Option<SearchEntry>,
    /// Where else something may be.
    pub(super) referrals: Vec<String>,
    /// How it ended.
    pub(super) result: LdapResult,
}

/// There was no answer that can be used.
pub(super) struct Lost {
    /// What came instead.
    pub(super) answer: &'static str,
    /// What that means.
    pub(super) told: Box<Told>,
}

impl Session {
    /// Connects and, for `ldaps`, encrypts, stage by stage.
    pub(super) async fn open(course: &Course, directory: &Directory) -> Result<Self, Stopped> {
        let Reached { mut wire, .. } = course.reach(&directory.host, directory.port).await?;
        if directory.is_encrypted {
            let tls = match tls(course, directory) {
                Ok(tls) => tls,
                Err(told) => {
                    let step = course.begin(StageKind::Tls, LDAP_CERT.name);
                    return Err(step.fail("", told));
                }
            };
            wire = course.secure(wire, &tls, directory.port, UPLOAD).await?;
        }
        match Self::over(course, directory, wire).await {
            Ok(session) => Ok(session),
            Err(error) => {
                let step = course.begin(StageKind::Connection, "LDAP");
                let port = directory.port.to_string();
                let places = [("host", directory.host.as_str()), ("port", port.as_str())];
                Err(step.fail(error.to_string(), common::CONNECTION_CLOSED.with(&places)))
            }
        }
    }

    async fn over(course: &Course, directory: &Directory, wire: Wire) -> io::Result<Self> {
        let refusal = Arc::new(OnceLock::new());
        let gate = Gate::before(wire, refusal.clone());
        let relay = Relay::before(Wire::new(gate)).await?;
        let (connection, ldap) = LdapConnAsync::new(&format!("ldap://{}", relay.address())).await?;
        Ok(Self {
            ldap,
            driver: Some(tokio::spawn(connection.drive())),
            refusal,
            is_encrypted: directory.is_encrypted,
            course: course.clone(),
            host: directory.host.clone(),
            port: directory.port,
            _relay: relay,
        })
    }

    /// Logs in with a name and a password.
    pub(super) async fn bind(&mut self, name: &str, password: &str) -> Result<LdapResult, Lost> {
        let (mut ldap, name, password) = (self.ldap.clone(), name.to_owned(), password.to_owned());
        self.alone(async move { ldap.simple_bind(&name, &password).await }).await
    }

    /// Searches.
    pub(super) async fn search(&mut self, search: Search) -> Result<Found, Lost> {
        let ldap = self.ldap.clone();
        self.alone(gather(ldap, search)).await
    }

    /// What the directory says of itself.
    pub(super) async fn about(&mut self, attribute: &str) -> Result<Option<Vec<String>>, Lost> {
        let found = self.search(Search::entry("").with_values(&[attribute])).await?;
        Ok(found.first.map(|entry| {
            let named = |(name, _): &(String, Vec<String>)| name.eq_ignore_ascii_case(attribute);
            entry.attrs.into_iter().find(named).map(|(_, values)| values).unwrap_or_default()
        }))
    }

    /// Does something in a task of its own: the library panics at answers that make no sense.
    async fn alone<T: Send + 'static>(
        &mut self,
        work: impl Future<Output = Result<T, LdapError>> + Send + 'static,
    ) -> Result<T, Lost> {
        let mut task = JoinSet::from_iter([work]);
        match task.join_next().await {
            Some(Ok(Ok(answer))) => Ok(answer),
            Some(Ok(Err(_))) => Err(self.lost(false).await),
            Some(Err(_)) | None => Err(self.lost(true).await),
        }
    }

    /// Why there was no answer.
    async fn lost(&mut self, is_nonsense: bool) -> Lost {
        let port = self.port.to_string();
        let places = [("host", self.host.as_str()), ("port", port.as_str()), ("protocol", "LDAP")];
        let is_nonsense = match self.driver.take() {
            Some(driver) if !is_nonsense => match timeout(END_TIME, driver).await {
                Ok(Err(error)) => error.is_panic(),
                // It could not read what came; all else is an end of the connection.
                Ok(Ok(Err(LdapError::Io { source }))) => source.kind() == io::ErrorKind::Other,
                _ => false,
            },
            _ => is_nonsense,
        };
        let (answer, told) = match self.refusal.get() {
            Some(Refusal::Tls) => ("it answers with TLS", TLS_EXPECTED.with(&places)),
            Some(Refusal::TooMuch) => ("it sends too much", common::TOO_MUCH.with(&places)),
            None if !is_nonsense => {
                let silent = self.is_encrypted
                    || !probe::expects_tls(&self.course, &self.host, self.port).await;
                let fault = if silent { &common::CONNECTION_CLOSED } else { &TLS_EXPECTED };
                ("it ended the connection", fault.with(&places))
            }
            Some(Refusal::Foreign) | None => {
                ("what came is not LDAP", common::OTHER_PROTOCOL.with(&places))
            }
        };
        Lost { answer, told: Box::new(told) }
    }
}

/// How the certificate is checked: against ldap.crt too, which Quay's container trusts wholly.
fn tls(course: &Course, directory: &Directory) -> Result<Tls, Told> {
    let mut tls = course.usual_tls(&directory.host);
    if course.file(LDAP_CERT.name).is_some() {
        tls.authorities.own.extend(course.authorities_in(LDAP_CERT.name)?);
    }
    Ok(tls)
}

/// Searches, and counts what comes.
async fn gather(mut ldap: Ldap, search: Search) -> Result<Found, LdapError> {
    let options = SearchOptions::new().sizelimit(search.limit.into()).typesonly(search.names_only);
    ldap.with_search_options(options);
    let mut stream = ldap
        .streaming_search(&search.base, search.scope, &search.filter, search.attributes)
        .await?;
    let (mut count, mut first, mut referrals) = (0, None, Vec::new());
    let result = loop {
        match stream.next().await? {
            None => break stream.finish().await,
            Some(entry) if entry.is_intermediate() => {}
            Some(entry) if entry.is_ref() => {
                if referrals.len() < REFERRALS_MAX {
                    referrals.extend(parse_refs(entry.0));
                }
            }
            // A directory that does not keep to the limit.
            Some(_) if count >= usize::from(search.limit) => {
                let id = stream.ldap_handle().last_id();
                let mut result = stream.finish().await;
                ldap.abandon(id).await?;
                result.rc = SIZE_LIMIT;
                break result;
            }
            Some(entry) => {
                count += 1;
                first.get_or_insert_with(|| SearchEntry::construct(entry));
            }
        }
    };
    Ok(Found { count, first, referrals, result })
}
