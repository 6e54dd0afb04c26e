//! Elasticsearch, or its fork `OpenSearch`, where the action log is kept.

mod litter;
mod rehearsal;
mod session;

use super::{READS, producer, revealed, target};
use crate::checks::course::{Course, Done};
use crate::checks::fault::faults;
use crate::checks::{Check, Planned, Settings};
use crate::clients::http::Origin;
use cluster::check::StageKind;
use config_model::sections::action_logs::targets::{ElasticsearchTarget, LogTargets, Producer};
use config_model::value::Text;
use http::{Method, StatusCode};
use litter::Litter;
use session::{Login, Session};

/// Tries the cluster that log entries are written to and read from.
pub const CHECK: Check = Check {
    name: "elasticsearch",
    label: "Elasticsearch",
    reads: READS,
    matters: "Quay keeps the action log in Elasticsearch. It does not start without it, and an action that cannot be logged is not carried out.",
    actions: &[],
    plan,
    writes: true,
    faults: FAULTS,
};

faults! {
    /// `use_ssl: false`.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and TLS is off for Elasticsearch.",
    fix "Turn on Use TLS for Elasticsearch (use_ssl: true).";

    /// `401` to a log-in, or AWS does not take the signature.
    WRONG_LOGIN: Error,
    "Elasticsearch refuses the access key and the secret key.",
    fix "Enter the name of the user as the access key and the password as the secret key; under AWS the keys of an IAM user. To try them: curl -u NAME {origin}";

    /// `401`, and nothing was configured.
    LOGIN_MISSING: Error,
    "Elasticsearch wants a log-in, and none is configured.",
    fix "Enter the name of the user as the access key and the password as the secret key.";

    /// Quay's client speaks as Elasticsearch does from 7 on.
    TOO_OLD: Error,
    "Elasticsearch {version} is too old: Quay's client needs 7 or newer.",
    fix "Upgrade Elasticsearch, or use OpenSearch.";

    /// Not all data is there.
    RED: Warning,
    "The cluster {cluster} is red: some of its data is missing.",
    why "Quay cannot read those parts of the action log, and may be unable to write.",
    fix "Look which indices are red and why: curl {origin}/_cluster/allocation/explain";

    /// All data is there, but not all copies.
    YELLOW: Warning,
    "The cluster {cluster} is yellow: copies of its data are missing.",
    why "When one more server fails, a part of the action log is lost.",
    fix "Start the servers that are missing. With a single server, set number_of_replicas to 0 under Index settings.";

    /// `403`.
    NO_PERMISSION: Error,
    "The user may not {what}.",
    fix "Give the user's role, for indices {prefix}*: create_index, index, read, view_index_metadata and delete_index; and for the cluster: manage_index_templates and monitor.";

    /// Names of indices have no capital letters and few signs.
    BAD_PREFIX: Error,
    "Elasticsearch takes no index with a name that begins with {prefix}.",
    fix "Enter an index prefix of small letters, digits and underscores that begins with a letter.";

    /// The flood-stage watermark.
    DISK_FULL: Error,
    "The disks of Elasticsearch are nearly full, so that it takes no more entries.",
    fix "Make room on the disks, or delete old indices: curl {origin}/_cat/allocation?v shows how full they are. Then Elasticsearch takes entries again by itself.";

    /// `cluster.max_shards_per_node`, which many daily indices reach.
    TOO_MANY_SHARDS: Error,
    "Elasticsearch takes no new index: it has as many shards as it may have.",
    fix "Delete old indices or add a server; Quay makes an index a day. The limit is cluster.max_shards_per_node.";

    /// `action.auto_create_index`.
    NOT_MADE_BY_ITSELF: Error,
    "Elasticsearch makes no index {prefix}* by itself, and Quay relies on it.",
    fix "Let it: add {prefix}* to action.auto_create_index in the settings of the cluster.";

    /// Any other refusal.
    REFUSED: Error,
    "Elasticsearch does not let Quay {what}: {reason}.",
    fix "Look at its answer, and into its log.";

    /// What was written is not what is read.
    NOT_READ_BACK: Error,
    "What was written cannot be read back.",
    fix "Look at the state of the cluster: curl {origin}/_cluster/health";

    /// A request without an answer in time, where there were answers before.
    SLOW: Warning,
    "Elasticsearch is slow: no answer came within {seconds} seconds.",
    why "Quay waits longer, 15 seconds for most and 60 for its template, so that it may work all the same. But a user whose action is logged waits as well.",
    fix "Look what keeps the cluster busy: curl {origin}/_cluster/pending_tasks";

    /// The time for the whole check.
    TOO_SLOW: Error,
    "Elasticsearch answers, but too slowly: after {seconds} seconds, the check had come to its request number {count} and was given up.",
    fix "Look what keeps the cluster busy: GET /_cluster/pending_tasks and /_nodes/hot_threads. The check now deletes what it has written; if something stays, it is an index of a day before 1980, or a template with quay-console-check in its name.";

    /// The user may not, or no answer says that it has. Something is left behind then, perhaps.
    NOT_DELETED: Warning,
    "Elasticsearch has not deleted {thing} of this check: {reason}.",
    why "It is of no use to anybody. And Quay deletes the index of a day once its entries have been archived, for which the user needs the right.",
    fix "Allow delete_index for {prefix}*, and delete what is left: curl -X DELETE {quoted}";
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    let direct = match producer(settings) {
        Some(Producer::Elasticsearch) => true,
        Some(Producer::Kafka | Producer::KinesisStream) => false,
        _ => return Vec::new(),
    };
    let base = target(LogTargets::elasticsearch_config);
    let Some(host) = settings.field(&base, ElasticsearchTarget::host) else {
        let path = base.field(ElasticsearchTarget::host.name());
        return vec![Planned::incomplete(path, "Elasticsearch", "the host name")];
    };
    let Some(port) = settings.field(&base, ElasticsearchTarget::port) else {
        let path = base.field(ElasticsearchTarget::port.name());
        return vec![Planned::incomplete(path, "Elasticsearch", "the port")];
    };
    let tls = settings.field(&base, ElasticsearchTarget::use_ssl).unwrap_or(true);
    let origin = Origin { tls, host: host.as_str().to_owned(), port: port.get() };
    let prefix = settings.field(&base, ElasticsearchTarget::index_prefix);
    let login = Login::of(
        revealed(settings.field(&base, ElasticsearchTarget::access_key)),
        revealed(settings.field(&base, ElasticsearchTarget::secret_key)),
        settings.field(&base, ElasticsearchTarget::aws_region).map(|Text(region)| region),
    );
    let prefix = prefix.map(|Text(prefix)| prefix).unwrap_or_default();
    let target = format!("{origin}/{prefix}*");
    vec![Planned::new(base, target, move |course| attempt(course, origin, login, prefix, direct))]
}

async fn attempt(
    course: Course,
    origin: Origin,
    login: Login,
    prefix: String,
    direct: bool,
) -> Done {
    let mut session = Session::begin(&course, origin, login, prefix).await?;
    session.greet().await?;
    health(&course, &mut session).await?;
    let mut litter = Litter::default();
    course.begin_to_write();
    let done = exercise(&course, &mut session, &mut litter, direct).await;
    litter.sweep(&course, &mut session).await;
    done
}

/// What Quay does: its template when it starts, then an entry for each action.
async fn exercise(
    course: &Course,
    session: &mut Session,
    litter: &mut Litter,
    direct: bool,
) -> Done {
    let made = rehearsal::template(course, session, litter).await;
    // Templates take long in clusters that are well otherwise.
    if made.is_err() && !session.is_slow() {
        return made;
    }
    if direct {
        rehearsal::entry(course, session, litter).await
    } else {
        search(course, session).await
    }
}

/// How the cluster is.
async fn health(course: &Course, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Service, "the health of the cluster");
    let path = "/_cluster/health?timeout=3s";
    let (step, answer) = session.ask(step, Method::GET, path, "").await?;
    let json = answer.json().unwrap_or_default();
    let get = |name: &str| json.get(name).and_then(serde_json::Value::as_str).unwrap_or("?");
    let (cluster, status) = (get("cluster_name").to_owned(), get("status"));
    let answered = format!("{cluster} is {status}");
    match status {
        "green" => step.pass(answered),
        "yellow" => step.warn(answered, session.told(&YELLOW, &[("cluster", &cluster)])),
        "red" => step.warn(answered, session.told(&RED, &[("cluster", &cluster)])),
        _ => step.skip(format!("it does not tell, and Quay need not know: {}", answer.status)),
    }
    Ok(())
}

/// Entries come by another way; Quay only reads them.
async fn search(course: &Course, session: &mut Session) -> Done {
    let step = course.begin(StageKind::Permission, "search the indices of all days");
    let path = format!("/{}*/_search?size=0", session.encoded_prefix());
    let (step, answer) = session.ask(step, Method::GET, &path, "").await?;
    if answer.status == StatusCode::OK {
        let json = answer.json().unwrap_or_default();
        let total = &json["hits"]["total"];
        let count = total["value"].as_u64().or_else(|| total.as_u64()).unwrap_or(0);
        step.pass(format!("{count} entries or more"));
        return Ok(());
    }
    Err(session.refused(step, &answer, "read entries"))
}
