//! Kafka, where entries of the action log are sent through it.

use super::{READS, producer, target};
use crate::checks::course::reach::{Reached, broken};
use crate::checks::course::{Course, Done, Stopped};
use crate::checks::fault::{Fault, Told, faults};
use crate::checks::probe::expects_tls;
use crate::checks::shell::shell_quoted;
use crate::checks::{Check, Planned, Settings, common};
use crate::clients::dial::{DialError, Net};
use crate::clients::kafka::{
    Cluster, INVALID_TOPIC, Kafka, KafkaError, NO_ERROR, Server, TOPIC_FORBIDDEN, UNKNOWN_TOPIC,
};
use cluster::check::StageKind;
use config_model::sections::action_logs::targets::{KafkaTarget, LogTargets, Producer};
use config_model::value::{HostName, List, Text};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Tries each Kafka server that Quay begins with.
pub const CHECK: Check = Check {
    name: "kafka",
    label: "Kafka",
    reads: READS,
    matters: "Quay writes each action to Kafka before it carries it out, and does not start when no server of it answers.",
    actions: &[],
    plan,
    writes: false,
    faults: FAULTS,
};

faults! {
    /// A listener `SSL` or `SASL_SSL`; Quay's client is given no settings for either.
    TLS_WANTED: Error,
    "{host} port {port} speaks TLS, and Quay talks to Kafka in clear.",
    fix "Give Kafka a listener of the kind PLAINTEXT that only the Quay nodes reach, and enter its port.";

    /// A listener `SASL_PLAINTEXT`: it answers what it can do, and nothing else.
    LOGIN_WANTED: Error,
    "{host} port {port} wants a login, and Quay cannot log in to Kafka.",
    fix "Give Kafka a listener of the kind PLAINTEXT that only the Quay nodes reach, and enter its port.";

    /// Access lists that do not know the nameless user.
    NO_PERMISSION: Error,
    "Quay may not {what} the topic {topic}: it comes to Kafka without a name.",
    fix "Allow it: kafka-acls.sh --bootstrap-server {host}:{port} --add --allow-principal User:ANONYMOUS --operation Describe --operation Write --topic {quoted}";

    /// It is missing, and no server says that it makes topics by itself.
    NO_TOPIC: Error,
    "There is no topic {topic}, and nothing says that Kafka makes it by itself.",
    fix "Make it: kafka-topics.sh --bootstrap-server {host}:{port} --create --topic {quoted} --partitions 3 --replication-factor 3";

    /// It is missing, and `auto.create.topics.enable` is on.
    TOPIC_TO_BE_MADE: Warning,
    "There is no topic {topic} yet; Kafka makes it with the first entry.",
    why "It gets as many partitions and copies as Kafka gives to any topic, perhaps a single copy.",
    fix "Make it yourself: kafka-topics.sh --bootstrap-server {host}:{port} --create --topic {quoted} --partitions 3 --replication-factor 3";

    /// Kafka takes letters, digits, dots, underscores and hyphens.
    BAD_TOPIC: Error,
    "No topic of Kafka can be called {topic}.",
    fix "Enter a name of letters, digits, dots, underscores and hyphens.";

    /// Anything else that is wrong with the topic.
    TOPIC_BROKEN: Error,
    "Kafka has trouble with the topic {topic}.",
    fix "Look at it: kafka-topics.sh --bootstrap-server {host}:{port} --describe --topic {quoted}";

    /// The servers that held it are gone.
    NO_LEADER: Error,
    "{without} of the {partitions} partitions of {topic} are looked after by no server.",
    why "What is meant for them is not written, and the action it belongs to fails.",
    fix "Start the servers that are missing: kafka-topics.sh --bootstrap-server {host}:{port} --describe --topic {quoted} --unavailable-partitions";

    /// `advertised.listeners`: the classic.
    ADVERTISED_UNREACHABLE: Error,
    "Kafka tells its clients to come to {address}, and there is no way to it: {reason}.",
    why "The servers entered here are only asked where to go; entries are sent to that address.",
    fix "Let advertised.listeners of that server name an address that the Quay nodes reach, and restart it.";
}

/// Where a server is that is written without a port.
const PORT: u16 = 9092;
/// What we are called in Kafka's log.
const NAME: &str = "quay-console";
/// How long an address that Kafka gives out may take.
const ADVERTISED_TIME: Duration = Duration::from_secs(4);
/// Servers of a cluster that are tried.
const SERVERS_MAX: usize = 24;

/// A server that Quay begins with, and the topic it wants.
struct Start {
    host: String,
    port: u16,
    topic: String,
}

fn plan(settings: &Settings<'_>) -> Vec<Planned> {
    if producer(settings) != Some(Producer::Kafka) {
        return Vec::new();
    }
    let base = target(LogTargets::kafka_config);
    let path = base.field(KafkaTarget::bootstrap_servers.name());
    let Some(Text(topic)) = settings.field(&base, KafkaTarget::topic) else {
        let path = base.field(KafkaTarget::topic.name());
        return vec![Planned::incomplete(path, "Kafka", "the topic")];
    };
    match settings.field(&base, KafkaTarget::bootstrap_servers) {
        Some(List(servers)) if !servers.is_empty() => {
            let planned = servers.into_iter().enumerate().map(|(at, server)| {
                let (host, topic) = (server.host.as_str().to_owned(), topic.clone());
                let start = Start { host, port: server.port.unwrap_or(PORT), topic };
                let name = format!("kafka://{}:{}", start.host, start.port);
                Planned::new(path.item(at), name, move |course| attempt(course, start))
            });
            planned.collect()
        }
        _ => vec![Planned::incomplete(path, "Kafka", "the list of servers")],
    }
}

async fn attempt(course: Course, start: Start) -> Done {
    let Reached { wire, .. } = course.reach(&start.host, start.port).await?;
    let mut kafka = Kafka::over(wire, NAME);
    let cluster = greet(&course, &start, &mut kafka).await?;
    topic(&course, &start, &mut kafka, &cluster).await?;
    advertised(&course, &start, &cluster.servers).await
}

/// What Quay's client asks first: what the server can do, then what it knows of the topic.
async fn greet(course: &Course, start: &Start, kafka: &mut Kafka) -> Result<Cluster, Stopped> {
    let Start { host, port, .. } = start;
    let step = course.begin(StageKind::Service, "ask what it can do (ApiVersions)");
    let versions = match kafka.versions().await {
        Ok(versions) => versions,
        Err(error) => {
            let told = if expects_tls(course, host, *port).await {
                start.told(&TLS_WANTED)
            } else {
                start.failed(&error)
            };
            return Err(step.fail(error.to_string(), told));
        }
    };
    step.pass(format!("it knows {} kinds of requests", versions.len()));
    let step = course.begin(StageKind::Authentication, "ask for the cluster without a login");
    match kafka.cluster(&start.topic, &versions).await {
        Ok(cluster) => {
            let name = cluster.name.as_deref().unwrap_or("without a name");
            step.pass(format!("cluster {name}, {} servers", cluster.servers.len()));
            Ok(cluster)
        }
        Err(error @ KafkaError::Broken(_)) => {
            Err(step.fail(error.to_string(), start.told(&LOGIN_WANTED)))
        }
        Err(error) => Err(step.fail(error.to_string(), start.failed(&error))),
    }
}

/// Whether the topic is there, and entries may be and can be written to it.
async fn topic(course: &Course, start: &Start, kafka: &mut Kafka, cluster: &Cluster) -> Done {
    let topic = &cluster.topic;
    let step = course.begin(StageKind::Permission, "what may be done with the topic");
    match (topic.error, topic.may_write) {
        (TOPIC_FORBIDDEN, _) => return Err(step.fail("nothing", start.may_not("see"))),
        (NO_ERROR, Some(false)) => {
            return Err(step.fail("not written to", start.may_not("write to")));
        }
        (NO_ERROR, Some(true)) => step.pass("it may be written to"),
        _ => step.skip("this server does not tell"),
    }
    let step = course.begin(StageKind::Service, format!("the topic {}", start.topic));
    match topic.error {
        NO_ERROR if topic.without_leader > 0 => {
            let (without, all) = (topic.without_leader.to_string(), topic.partitions.to_string());
            let told = start.told_with(&NO_LEADER, &[("without", &without), ("partitions", &all)]);
            Err(step.fail(format!("{without} of {all} without a leader"), told))
        }
        NO_ERROR => {
            step.pass(format!("it has {} partitions", topic.partitions));
            Ok(())
        }
        UNKNOWN_TOPIC => {
            let id = cluster.servers.first().map_or(0, |server| server.id);
            let makes = kafka.setting(id, "auto.create.topics.enable").await;
            if makes.is_ok_and(|makes| makes.as_deref() == Some("true")) {
                step.warn("it is not there", start.told(&TOPIC_TO_BE_MADE));
                return Ok(());
            }
            Err(step.fail("it is not there", start.told(&NO_TOPIC)))
        }
        INVALID_TOPIC => Err(step.fail("its name is invalid", start.told(&BAD_TOPIC))),
        other => Err(step.fail(format!("error {other}"), start.told(&TOPIC_BROKEN))),
    }
}

/// Whether the servers are where Kafka says they are: that is where entries are sent.
async fn advertised(course: &Course, start: &Start, servers: &[Server]) -> Done {
    let all: Vec<_> =
        servers.iter().map(|server| format!("{}:{}", server.host, server.port)).collect();
    let tried = format!("the addresses that Kafka gives out: {}", all.join(", "));
    let step = course.begin(StageKind::Service, tried);
    let is_local = |host: &str| HostName::from_text(host).is_some_and(|host| host.is_loopback());
    let mut dials = JoinSet::new();
    for server in servers.iter().take(SERVERS_MAX) {
        let (net, host, port) = (course.net().clone(), server.host.clone(), server.port);
        let means_quay = is_local(&host) && !is_local(&start.host);
        dials.spawn(async move {
            let failure = if means_quay {
                Some("inside Quay's container that is Quay itself".to_owned())
            } else {
                no_way(&net, &host, port).await
            };
            failure.map(|reason| (format!("{host}:{port}"), reason))
        });
    }
    while let Some(tried) = dials.join_next().await {
        if let Ok(Some((address, reason))) = tried {
            let places = [("address", address.as_str()), ("reason", reason.as_str())];
            let told = ADVERTISED_UNREACHABLE.with(&places);
            return Err(step.fail(format!("{address}: {reason}"), told));
        }
    }
    step.pass("each takes a connection");
    Ok(())
}

/// Why there is no way to an address, if there is none.
async fn no_way(net: &Net, host: &str, port: u16) -> Option<String> {
    let connect = async {
        let addresses = net.resolve(host, port).await?;
        net.connect(&addresses).await.map(drop)
    };
    match timeout(ADVERTISED_TIME, connect).await {
        Ok(Ok(())) => None,
        Ok(Err(DialError::Unknown(_))) => Some("the name is unknown".to_owned()),
        Ok(Err(DialError::Refused(_))) => Some("nobody listens there".to_owned()),
        Ok(Err(DialError::Silent(_))) | Err(_) => Some("nothing answers there".to_owned()),
        Ok(Err(DialError::Unreachable(_, why))) => Some(why),
    }
}

impl Start {
    fn told(&self, fault: &'static Fault) -> Told {
        self.told_with(fault, &[])
    }

    fn may_not(&self, what: &str) -> Told {
        self.told_with(&NO_PERMISSION, &[("what", what)])
    }

    fn told_with(&self, fault: &'static Fault, more: &[(&str, &str)]) -> Told {
        let (port, quoted) = (self.port.to_string(), shell_quoted(&self.topic));
        let mut places =
            vec![("host", self.host.as_str()), ("port", &port), ("topic", self.topic.as_str())];
        places.extend([("quoted", quoted.as_str()), ("protocol", "Kafka")]);
        places.extend(more);
        fault.with(&places)
    }

    fn failed(&self, error: &KafkaError) -> Told {
        match error {
            KafkaError::NotKafka => self.told(&common::OTHER_PROTOCOL),
            KafkaError::Broken(error) => broken(error, &self.host, self.port, "Kafka"),
        }
    }
}
