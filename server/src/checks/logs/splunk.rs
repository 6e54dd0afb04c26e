//! Splunk, where the action log is kept: its interface for programs and its event collector.

mod collector;
mod management;

use super::{READS, producer, revealed, target};
use crate::checks::course::Course;
use crate::checks::course::Stopped;
use crate::checks::fault::{Told, faults};
use crate::checks::talk::Talk;
use crate::checks::{Check, Planned, Settings, uploaded_name};
use crate::clients::http::Origin;
use crate::clients::tls::{Authorities, Tls, Verify};
use cluster::check::StageKind;
use config_model::field::Key;
use config_model::path::Path;
use config_model::sections::action_logs::targets::{
    LogTargets, Producer, Scheme, SplunkHecTarget, SplunkTarget,
};
use config_model::value::{FilePath, HostName, Port, Secret, Text};

/// Tries the Splunk that log entries are sent to, and the one they are searched in.
pub const CHECK: Check = Check {
    name: "splunk",
    label: "Splunk",
    reads: READS,
    matters: "Quay keeps the action log in Splunk. An action that cannot be logged is not carried out.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// `url_scheme: http`.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and the scheme for Splunk is http.",
    fix "Choose the scheme https.";

    /// `401` of the interface for programs.
    WRONG_TOKEN: Error,
    "Splunk refuses the token.",
    fix "Enter a token that is valid and enabled: in Splunk under Settings, Tokens. Token authentication has to be on there.";

    /// Another service, or Splunk's pages or its collector.
    NOT_SPLUNK: Error,
    "What answers at {origin} is not Splunk's interface for programs.",
    fix "Enter the port of that interface, usually 8089. Port 8000 is for people, and 8088 for the event collector.";

    /// Quay would make it, and may.
    INDEX_TO_BE_MADE: Warning,
    "There is no index {index} yet; Quay makes it when it starts.",
    why "It gets the size and the time to keep entries that Splunk gives to any index.",
    fix "Make it yourself, with the size that the log needs: in Splunk under Settings, Indexes.";

    /// It is missing, or hidden from this token.
    NO_INDEX: Error,
    "There is no index {index}, or this token may not see it.",
    fix "Make it in Splunk under Settings, Indexes, and let the role of the token search it.";

    /// It takes nothing.
    INDEX_DISABLED: Error,
    "The index {index} is disabled.",
    fix "Enable it in Splunk under Settings, Indexes.";

    /// A capability that none of the token's roles has.
    NO_PERMISSION: Error,
    "The token may not {what}.",
    fix "Give a role of the token's user the capability {capability}: in Splunk under Settings, Roles.";

    /// Code 4.
    UNKNOWN_COLLECTOR_TOKEN: Error,
    "The event collector does not know the token.",
    fix "Enter the token as Splunk shows it under Settings, Data inputs, HTTP Event Collector.";

    /// Code 4, or 3: Quay puts the word before any token of the collector.
    COLLECTOR_TOKEN_PREFIXED: Error,
    "The event collector refuses the token, which begins with the word Splunk.",
    why "Quay sends that word by itself, so that it stands there twice.",
    fix "Take the word Splunk and the space behind it out of the token.";

    /// Code 1.
    COLLECTOR_TOKEN_DISABLED: Error,
    "The token of the event collector is disabled.",
    fix "Enable it in Splunk under Settings, Data inputs, HTTP Event Collector.";

    /// Code 10: the token wants each entry acknowledged over a channel, which Quay does not open.
    ACKNOWLEDGES: Error,
    "The token of the event collector asks for acknowledgements, and Quay does not do that.",
    fix "Turn indexer acknowledgement off for this token, or make another one.";

    /// Codes 8, 9 and those of the health check.
    COLLECTOR_BUSY: Error,
    "The event collector takes no entries: {reason}.",
    fix "Look into splunkd.log and at the queues of the indexers.";

    /// Another service, or Splunk's interface for programs or for people.
    NOT_COLLECTOR: Error,
    "What answers at {origin} is not an event collector of Splunk.",
    fix "Turn the HTTP Event Collector on under its Global Settings, and enter its port, usually 8088. Port 8089 is for programs, and 8000 for people.";
}

/// What stands before a token where it is sent.
const WORD: &str = "Splunk ";

/// How a Splunk is reached.
struct Server {
    origin: Origin,
    token: String,
    verify: bool,
    /// The uploaded file with its authorities, if there is one.
    authorities: Option<String>,
    index: String,
}

/// The fields that both kinds of settings have.
struct Fields {
    host: Key<HostName>,
    port: Key<Port>,
    token: Key<Secret>,
    scheme: Key<Scheme>,
    verify: Key<bool>,
    authorities: Key<FilePath>,
    index: Key<Text>,
}

const PROGRAMS: Fields = Fields {
    host: SplunkTarget::host,
    port: SplunkTarget::port,
    token: SplunkTarget::bearer_token,
    scheme: SplunkTarget::url_scheme,
    verify: SplunkTarget::verify_ssl,
    authorities: SplunkTarget::ssl_ca_path,
    index: SplunkTarget::index_prefix,
};

const COLLECTOR: Fields = Fields {
    host: SplunkHecTarget::host,
    port: SplunkHecTarget::port,
    token: SplunkHecTarget::hec_token,
    scheme: SplunkHecTarget::url_scheme,
    verify: SplunkHecTarget::verify_ssl,
    authorities: SplunkHecTarget::ssl_ca_path,
    index: SplunkHecTarget::index,
};

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    match producer(settings) {
        Some(Producer::Splunk) => vec![programs(settings)],
        Some(Producer::SplunkHec) => {
            let base = target(LogTargets::splunk_hec_config);
            match Server::of(settings, &base, &COLLECTOR) {
                Ok(server) => both(settings, base, server),
                Err((path, what)) => vec![Planned::incomplete(path, "Splunk", what)],
            }
        }
        _ => Vec::new(),
    }
}

fn programs(settings: &Settings<'_>) -> Planned {
    let base = target(LogTargets::splunk_config);
    match Server::of(settings, &base, &PROGRAMS) {
        // Quay's client takes no index for an error.
        Ok(server) if server.index.is_empty() => {
            let path = base.field(SplunkTarget::index_prefix.name());
            Planned::incomplete(path, server.origin.to_string(), "the index")
        }
        Ok(server) => {
            let name = server.origin.to_string();
            Planned::new(base, name, move |course| management::attempt(course, server, true))
        }
        Err((path, what)) => Planned::incomplete(path, "Splunk", what),
    }
}

/// The collector that takes entries, and the server that is searched for them.
fn both(settings: &Settings<'_>, base: Path, server: Server) -> Vec<Planned> {
    let token = revealed(settings.field(&base, SplunkHecTarget::search_token));
    let path = base.field(SplunkHecTarget::search_token.name());
    let host = settings.field(&base, SplunkHecTarget::search_host);
    let port = settings.field(&base, SplunkHecTarget::search_port);
    let origin = Origin {
        host: host.map_or_else(|| server.origin.host.clone(), |host| host.as_str().to_owned()),
        port: port.map_or(8089, Port::get),
        ..server.origin
    };
    let searched = Server {
        origin: origin.clone(),
        token: token.clone(),
        authorities: server.authorities.clone(),
        index: server.index.clone(),
        ..server
    };
    let search = if token.is_empty() {
        Planned::incomplete(path, origin.to_string(), "the token for searches")
    } else {
        Planned::new(path, origin.to_string(), move |course| {
            management::attempt(course, searched, false)
        })
    };
    let name = server.origin.to_string();
    vec![Planned::new(base, name, move |course| collector::attempt(course, server)), search]
}

impl Server {
    fn of(
        settings: &Settings<'_>,
        base: &Path,
        fields: &Fields,
    ) -> Result<Self, (Path, &'static str)> {
        let lacks = |name: &str, what| (base.field(name), what);
        let host = settings.field(base, fields.host);
        let host = host.ok_or_else(|| lacks(fields.host.name(), "the host name"))?;
        let port = settings.field(base, fields.port);
        let port = port.ok_or_else(|| lacks(fields.port.name(), "the port"))?;
        let token = revealed(settings.field(base, fields.token));
        if token.is_empty() {
            return Err(lacks(fields.token.name(), "the token"));
        }
        let tls = settings.field(base, fields.scheme) != Some(Scheme::Http);
        let file = settings.field(base, fields.authorities).map(|FilePath(path)| path);
        let index = settings.field(base, fields.index).map(|Text(index)| index);
        Ok(Self {
            origin: Origin { tls, host: host.as_str().to_owned(), port: port.get() },
            token,
            verify: settings.field(base, fields.verify).unwrap_or(true),
            authorities: file.and_then(|path| uploaded_name(&path).map(str::to_owned)),
            index: index.unwrap_or_default(),
        })
    }

    /// What every request to the interface for programs has: Quay's library for it takes a token
    /// with the word before it as well.
    fn authorization(&self) -> String {
        if self.token.starts_with(WORD) {
            self.token.clone()
        } else {
            format!("{WORD}{}", self.token)
        }
    }

    /// Connects. `only` says that the authorities of the file are the only ones that count.
    async fn talk(&self, course: &Course, only: bool) -> Result<Talk, Stopped> {
        course.hide(self.token.strip_prefix(WORD).unwrap_or(&self.token));
        let tls = match self.tls(course, only) {
            Ok(tls) => tls,
            Err(told) => {
                let step = course.begin(StageKind::Settings, "the authorities file of Splunk");
                return Err(step.fail("", told));
            }
        };
        Talk::begin(course, &self.origin, tls, Some(&TLS_WANTED)).await
    }

    fn tls(&self, course: &Course, only: bool) -> Result<Option<Tls>, Told> {
        if !self.origin.tls {
            return Ok(None);
        }
        let mut tls = course.usual_tls(&self.origin.host);
        if !self.verify {
            tls.verify = Verify::Nothing;
        } else if let Some(name) = &self.authorities {
            let own = course.authorities_in(name)?;
            if only {
                tls.authorities = Authorities { own, system: false };
            } else {
                tls.authorities.own.extend(own);
            }
        }
        Ok(Some(tls))
    }

    fn told(&self, fault: &'static crate::checks::fault::Fault, more: &[(&str, &str)]) -> Told {
        let (at, port) = (self.origin.to_string(), self.origin.port.to_string());
        let mut places = vec![
            ("origin", at.as_str()),
            ("host", self.origin.host.as_str()),
            ("port", port.as_str()),
            ("index", self.index.as_str()),
        ];
        places.extend(more);
        fault.with(&places)
    }
}
