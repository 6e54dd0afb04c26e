//! memcached, where the model cache is kept in it.

use super::course::reach::{Reached, broken};
use super::course::{Course, Done, Step, Stopped};
use super::fault::{Fault, Told, faults};
use super::probe::expects_tls;
use super::{Check, Planned, Settings, common};
use crate::clients::wire::Wire;
use cluster::check::StageKind;
use config_model::sections::model_cache::{CacheEngine, DATA_MODEL_CACHE_CONFIG, ModelCache};
use config_model::value::HostAndPort;
use std::io;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};

/// Tries the memcached of the model cache.
pub const CHECK: Check = Check {
    name: "memcached",
    label: "memcached",
    reads: &["DATA_MODEL_CACHE_CONFIG"],
    matters: "Quay keeps answers of its database in memcached. Without it every request asks the database again, after it has waited for memcached.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// `127.0.0.1` with a port on which nothing listens in Quay's container.
    NOT_QUAYS_PORT: Warning,
    "Inside Quay's container memcached listens on port 18080, not on {port}.",
    fix "Enter port 18080, or the name of a memcached outside of the container.";

    /// Options `-Y` and `-S`; Quay's client knows neither.
    LOGIN_WANTED: Error,
    "memcached wants a login, and Quay cannot log in to it.",
    fix "Start memcached without -Y and without -S, and let a firewall admit the Quay nodes only.";

    /// Option `-Z`.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and Quay talks to memcached in clear.",
    fix "Start memcached without -Z, or give it a second port in clear: -l notls:ADDRESS:PORT";

    /// Option `-c`.
    NO_CONNECTION_LEFT: Error,
    "memcached takes no more connections.",
    fix "Raise how many it takes, option -c of memcached; without the option it is 1024.";

    /// Option `-M`.
    NO_MEMORY_LEFT: Error,
    "The memory of memcached is used up, and it was told not to make room.",
    fix "Start memcached without -M, so that it drops what is oldest, or give it more memory with -m.";

    /// Any other refusal.
    NOT_STORED: Error,
    "memcached refuses to store anything.",
    fix "Look at its answer, and into its log.";

    /// What was written is not what is read.
    NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Check that one server answers there, and not several that know nothing of each other.";

    /// Option `-I`.
    TAKES_SMALLER_ITEMS: Warning,
    "memcached keeps nothing larger than {size}, and Quay is to keep answers of up to {limit} MiB.",
    why "Larger answers are fetched from the database each time.",
    fix "Start memcached with -I {limit}m, or lower the largest answer to keep.";
}

/// Bytes of a line; no answer of memcached has a longer one.
const LINE_BYTES_MAX: u64 = 2048;
/// Lines of `stats settings`; there are about seventy.
const LINES_MAX: usize = 500;
/// The port of the memcached in Quay's container.
const QUAYS_PORT: u16 = 18080;
/// What Quay puts before the keys of its cache.
const PREFIX: &str = "data_model_cache__";
/// What is kept for a moment.
const WORD: &str = "is it there?";

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let base = DATA_MODEL_CACHE_CONFIG.path();
    if settings.field(&base, ModelCache::engine) != Some(CacheEngine::Memcached) {
        return Vec::new();
    }
    let path = base.field(ModelCache::endpoint.name());
    let Some(HostAndPort { host, port }) = settings.field(&base, ModelCache::endpoint) else {
        return vec![Planned::incomplete(path, "memcached", "the host name and port")];
    };
    let limit = settings.field(&base, ModelCache::value_size_limit).map(|size| size.mebibytes);
    let server = Server {
        is_loopback: host.is_loopback(),
        host: host.as_str().to_owned(),
        port: port.get(),
        limit: limit.unwrap_or(1),
    };
    let target = format!("memcached://{}:{}", server.host, server.port);
    vec![Planned::new(path, target, move |course| attempt(course, server))]
}

/// Where memcached is, and the largest answer in MiB that Quay keeps.
struct Server {
    host: String,
    port: u16,
    is_loopback: bool,
    limit: u64,
}

async fn attempt(course: Course, server: Server) -> Done {
    if server.is_loopback {
        return inside(&course, &server);
    }
    let Reached { wire, .. } = course.reach(&server.host, server.port).await?;
    let mut session = Session { course, wire: BufReader::new(wire), server };
    session.version().await?;
    session.store().await?;
    session.sizes().await
}

/// The memcached of Quay's own container cannot be reached from here.
fn inside(course: &Course, server: &Server) -> Done {
    let step = course.begin(StageKind::Settings, "where memcached is");
    let answer = format!("{} is Quay's own container, which has a memcached", server.host);
    if server.port == QUAYS_PORT {
        step.skip(format!("{answer}; it cannot be reached from here"));
        return Ok(());
    }
    let port = server.port.to_string();
    Err(step.fail(answer, NOT_QUAYS_PORT.with(&[("port", &port)])))
}

/// A conversation with memcached.
struct Session {
    course: Course,
    wire: BufReader<Wire>,
    server: Server,
}

impl Session {
    async fn version(&mut self) -> Done {
        let step = self.course.begin(StageKind::Service, "ask for its version");
        let line = match self.ask("version\r\n").await {
            Ok(line) => line,
            Err(error) => {
                let told = self.broken(&error).await;
                return Err(step.fail(error.to_string(), told));
            }
        };
        if let Some(version) = line.strip_prefix("VERSION ") {
            step.pass(format!("memcached {version}"));
            return Ok(());
        }
        let told = match line.as_str() {
            "CLIENT_ERROR unauthenticated" => LOGIN_WANTED.told(),
            "ERROR Too many open connections" => NO_CONNECTION_LEFT.told(),
            _ => self.not_understood().await,
        };
        Err(step.fail(line, told))
    }

    /// A key is written, read and deleted, as Quay does with each answer it keeps.
    async fn store(&mut self) -> Done {
        let key = format!("{PREFIX}quay-console-{}", uuid::Uuid::new_v4());
        let step = self.course.begin(StageKind::Service, "write a key, read it, delete it");
        let set = format!("set {key} 1 60 {}\r\n{WORD}\r\n", WORD.len());
        let (step, line) = self.line(step, &set).await?;
        if line != "STORED" {
            let full = line.contains("out of memory");
            let told = if full { NO_MEMORY_LEFT.told() } else { NOT_STORED.told() };
            return Err(step.fail(line, told));
        }
        let (mut step, line) = self.line(step, &format!("get {key}\r\n")).await?;
        let mut lines = vec![line];
        while lines.len() < 3 && lines[0].starts_with("VALUE ") {
            let line;
            (step, line) = self.line(step, "").await?;
            lines.push(line);
        }
        let (step, deleted) = self.line(step, &format!("delete {key}\r\n")).await?;
        if lines.len() == 3 && lines[1] == WORD && deleted == "DELETED" {
            step.pass("stored, read and deleted");
            return Ok(());
        }
        let answer = format!("get: {}; delete: {deleted}", lines.join(" "));
        Err(step.fail(answer, NOT_READ_BACK.told()))
    }

    /// Whether memcached takes answers as large as Quay keeps them.
    async fn sizes(&mut self) -> Done {
        let tried = "the largest value it keeps (stats settings)";
        let step = self.course.begin(StageKind::Service, tried);
        let (mut step, mut line) = self.line(step, "stats settings\r\n").await?;
        let mut largest = None;
        for _ in 0..LINES_MAX {
            let Some(fact) = line.strip_prefix("STAT ") else { break };
            if let Some(bytes) = fact.strip_prefix("item_size_max ") {
                largest = bytes.parse::<u64>().ok();
            }
            (step, line) = self.line(step, "").await?;
        }
        let Some(largest) = largest else {
            step.skip("it does not tell");
            return Ok(());
        };
        let size = if largest.is_multiple_of(1024 * 1024) {
            format!("{} MiB", largest / 1024 / 1024)
        } else {
            format!("{} KiB", largest / 1024)
        };
        if largest < self.server.limit.saturating_mul(1024 * 1024) {
            let limit = self.server.limit.to_string();
            let places = [("size", size.as_str()), ("limit", limit.as_str())];
            step.warn(size.as_str(), TAKES_SMALLER_ITEMS.with(&places));
        } else {
            step.pass(size);
        }
        Ok(())
    }

    /// Sends a command, if it is one, and reads a line in a stage that ends if none comes.
    async fn line(&mut self, step: Step, command: &str) -> Result<(Step, String), Stopped> {
        match self.ask(command).await {
            Ok(line) => Ok((step, line)),
            Err(error) => {
                let told = broken(&error, &self.server.host, self.server.port, "memcached");
                Err(step.fail(error.to_string(), told))
            }
        }
    }

    async fn ask(&mut self, command: &str) -> io::Result<String> {
        self.wire.write_all(command.as_bytes()).await?;
        self.wire.flush().await?;
        let mut line = Vec::new();
        let read = (&mut self.wire).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// What it means that the first answer does not come.
    async fn broken(&self, error: &io::Error) -> Told {
        let Server { host, port, .. } = &self.server;
        if expects_tls(&self.course, host, *port).await {
            return self.told(&TLS_WANTED);
        }
        broken(error, host, *port, "memcached")
    }

    /// What it means that the first answer is none of memcached's.
    async fn not_understood(&self) -> Told {
        let wants_tls = expects_tls(&self.course, &self.server.host, self.server.port).await;
        self.told(if wants_tls { &TLS_WANTED } else { &common::OTHER_PROTOCOL })
    }

    fn told(&self, fault: &'static Fault) -> Told {
        let port = self.server.port.to_string();
        let places =
            [("host", self.server.host.as_str()), ("port", &port), ("protocol", "memcached")];
        fault.with(&places)
    }
}
