//! Build machines: who starts them, where, and how they are kept track of.

pub mod executor;
mod executor_rules;

use super::builds::FEATURE_BUILD_SUPPORT;
use crate::document::Document;
use crate::field::Key;
use crate::path::Path;
use crate::value::{AnyValue, HostName, List, Parsed, Port, Secret, Text, Value, Variant, Whole};
use executor::Executor;
use executor_rules::{
    api_server_has_no_scheme, api_server_port_is_in_range, ec2_keys_come_in_pairs,
    ec2_subnet_has_security_groups, executor_names_are_different, kubernetes_distribution_is_known,
    worker_tag_is_in_quotes,
};

object! {
    /// The Redis server through which Quay nodes and build machines keep track of builds.
    Orchestrator;

    /// Host name or address of Redis. Every Quay node must reach the same server under it; the one
    /// that keeps the build logs will do.
    REDIS_HOST "Host name": HostName = "127.0.0.1", may_be_empty;

    /// Port of Redis.
    REDIS_PORT "Port": Port = 6379;

    /// Password of Redis.
    REDIS_PASSWORD "Password": Secret;

    /// Number of the logical database on the server.
    REDIS_DB "Database number": Whole = 0;

    /// Encrypt the connection.
    REDIS_SSL "Use TLS": bool = false;

    /// Leave the setting of Redis for events alone. Turn it on where Quay may not change it, and
    /// set `notify-keyspace-events` to `Kx` in Redis yourself.
    REDIS_SKIP_KEYSPACE_EVENT_SETUP "Events are set up already": bool = false;
}

object! {
    /// How Quay starts a machine for each build.
    Ephemeral;

    /// How many machines may build at the same time, on all kinds together. With 0 no build
    /// starts.
    ALLOWED_WORKER_COUNT "Builds at once": Whole = 1;

    /// Beginning of the names that Quay uses in Redis, for example `buildman/production/`.
    /// Registries that share a Redis server need different ones.
    ORCHESTRATOR_PREFIX "Prefix in Redis": Text;

    /// The Redis server that keeps track of the builds.
    ORCHESTRATOR "Redis": Orchestrator, required;

    /// Where machines are started. A build that cannot start at the first place goes to the next.
    EXECUTORS "Places to build": List<Executor>;
}

object! {
    /// Nothing: this way to build takes no arguments.
    NoArguments;
}

variants! {
    /// Who starts the machines that build.
    BuildManager, "a list of ephemeral, external or enterprise, and a mapping of arguments";
    /// Quay starts a machine for each build and takes it down afterwards.
    "ephemeral" "Quay starts a machine for each build": Ephemeral,
    /// Another program does, and Quay only keeps the queue.
    "external" "Another program starts them": NoArguments,
    /// An old way with machines that waited for work. Today's Quay builds nothing with it.
    "enterprise" "Nobody (the old build workers)": NoArguments,
}

section! {
    /// Where images are built. A build runs what its Dockerfile says, so keep these machines apart
    /// from those that run Quay.
    "build-machines", "Build machines", Features;
    rules: [
        builds_have_a_manager, build_manager_has_an_orchestrator, build_manager_has_executors,
        orchestrator_is_the_same_for_every_node, executor_names_are_different,
        api_server_has_no_scheme, ec2_keys_come_in_pairs, ec2_subnet_has_security_groups,
        worker_tag_is_in_quotes, api_server_port_is_in_range, kubernetes_distribution_is_known,
    ];

    /// Who starts the machines that build, and what with. Without it, no build ever runs.
    BUILD_MANAGER "Build manager": BuildManager, when(FEATURE_BUILD_SUPPORT, &["true"]), also(&["ephemeral", "executor", "Kubernetes", "EC2", "workers"]);

    /// Name under which build machines reach Quay, with a port where it is not Quay's own. Without
    /// it, the name of the registry.
    BUILDMAN_HOSTNAME "Host name for build machines": Text, internal, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// Port on which the build manager answers requests from within Quay.
    BUILDMAN_CONTROLLER_PORT "Port of the build manager": Port = 8686, internal, when(FEATURE_BUILD_SUPPORT, &["true"]);

    /// Nothing reads this key here. Enter the authorities of a Kubernetes cluster at the place that
    /// builds in it.
    K8S_API_TLS_CA "Authorities of Kubernetes": AnyValue, legacy;
}

/// The word for machines that Quay starts itself.
const EPHEMERAL: &str = "ephemeral";
/// The word for machines that nobody starts any more.
const ENTERPRISE: &str = "enterprise";

/// What Quay is given to start machines with; `None` where it does not start any.
fn arguments(document: &Document) -> Option<&Value> {
    let on = document.effective(FEATURE_BUILD_SUPPORT) == Some(true);
    let manager = document.top(BUILD_MANAGER.name()).filter(|_| on)?;
    let (variant, args) = Variant::of(manager, BuildManager::ALL)?;
    args.filter(|args| variant.word == EPHEMERAL && args.as_map().is_some())
}

/// Where an argument stands.
fn argument<T>(field: Key<T>) -> Path {
    BUILD_MANAGER.path().item(1).field(field.name())
}

/// The places where machines are started, and where they stand.
fn executors(document: &Document) -> impl Iterator<Item = (Path, &Value)> {
    let given = arguments(document).and_then(|args| args.entry(Ephemeral::EXECUTORS.name()));
    let base = argument(Ephemeral::EXECUTORS);
    let given = given.and_then(Value::as_list).unwrap_or_default();
    given.iter().enumerate().map(move |(at, executor)| (base.item(at), executor))
}

rule! {
    /// Builds would wait in the queue for ever.
    builds_have_a_manager: Warning,
    "Builds are on, and nobody starts a machine for them.",
    fix "Choose who starts the machines, or turn off Dockerfile builds.";
    |subject, places| {
        let document = subject.document;
        // Quay's own default is on; only who asked for builds will miss them.
        let asked = document.top(FEATURE_BUILD_SUPPORT.name()).and_then(Value::as_bool);
        let nobody = match document.top(BUILD_MANAGER.name()) {
            Some(manager) => Variant::of(manager, BuildManager::ALL)
                .is_some_and(|(variant, _)| variant.word == ENTERPRISE),
            None => true,
        };
        if asked == Some(true) && nobody {
            places.at(BUILD_MANAGER.path());
        }
    }
}

rule! {
    /// The build manager stops at start without it.
    build_manager_has_an_orchestrator: Error,
    "The Redis server that keeps track of builds is missing.",
    fix "Enter its host name; the server that keeps the build logs will do.";
    |subject, places| {
        let Some(args) = arguments(subject.document) else { return };
        let redis = args.entry(Ephemeral::ORCHESTRATOR.name());
        if redis.is_none_or(Value::is_blank) {
            let path = argument(Ephemeral::ORCHESTRATOR);
            places.at(path.field(Orchestrator::REDIS_HOST.name()));
        }
    }
}

/// How a single place was written before there were several.
const SINGLE_EXECUTOR: &str = "EXECUTOR";

rule! {
    /// There is nowhere to start a machine.
    build_manager_has_executors: Error,
    "There is no place to build.",
    fix "Add one, for example a Kubernetes cluster, or turn off Dockerfile builds.";
    |subject, places| {
        let Some(args) = arguments(subject.document) else { return };
        let several = args.entry(Ephemeral::EXECUTORS.name());
        if several.is_none_or(Value::is_blank) && args.entry(SINGLE_EXECUTOR).is_none() {
            places.at(argument(Ephemeral::EXECUTORS));
        }
    }
}

rule! {
    /// Inside a container `localhost` is the container, and no Redis runs in Quay's.
    orchestrator_is_the_same_for_every_node: Warning,
    "{host} means another machine on every node.",
    fix "Enter the name or address of the machine that runs Redis, as all nodes see it.";
    |subject, places| {
        let args = arguments(subject.document);
        let redis = args.and_then(|args| args.entry(Ephemeral::ORCHESTRATOR.name()));
        let Some(redis) = redis.filter(|redis| !redis.is_blank()) else { return };
        let field = Orchestrator::REDIS_HOST;
        let default = field.spec().default.map(|default| default());
        let host = redis.entry(field.name()).or(default.as_ref());
        let host = host.and_then(|host| HostName::parse(host).ok());
        if let Some(host) = host.filter(HostName::is_loopback) {
            let path = argument(Ephemeral::ORCHESTRATOR).field(field.name());
            places.at_with(path, [("host", host.as_str().to_owned())]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    /// What is found in a document whose build manager has these arguments.
    fn found(args: &str) -> Vec<String> {
        let report = findings(&format!("BUILD_MANAGER: [ephemeral, {{{args}}}]"));
        report.iter().map(|finding| finding.replace("BUILD_MANAGER[1].", "")).collect()
    }

    #[test]
    fn each_way_to_build_is_accepted() {
        for text in [
            "BUILD_MANAGER: [ephemeral, {ALLOWED_WORKER_COUNT: 20, \
             ORCHESTRATOR_PREFIX: buildman/production/, ORCHESTRATOR: {REDIS_HOST: redis, \
             REDIS_PASSWORD: word, REDIS_SSL: true, REDIS_SKIP_KEYSPACE_EVENT_SETUP: false}, \
             EXECUTORS: [{EXECUTOR: popen}]}]",
            "BUILD_MANAGER: [ephemeral, {ORCHESTRATOR: {REDIS_HOST: redis}, EXECUTOR: popen, \
             EXECUTOR_CONFIG: {}}]",
            "BUILD_MANAGER: [external, {}]",
            "BUILD_MANAGER: [enterprise, {}]",
            "FEATURE_BUILD_SUPPORT: false\nBUILD_MANAGER: [ephemeral, {}]",
        ] {
            let report = findings(text);
            assert!(report.is_empty(), "{text}: {report:?}");
        }
    }

    #[test]
    fn an_unknown_way_is_refused() {
        for manager in ["[kubernetes, {}]", "[ephemeral]", "ephemeral"] {
            assert_eq!(
                findings(&format!("BUILD_MANAGER: {manager}")),
                ["value_is_of_its_type BUILD_MANAGER"]
            );
        }
    }

    #[test]
    fn builds_that_nobody_runs_are_warned_about() {
        assert_eq!(
            findings("FEATURE_BUILD_SUPPORT: true\nBUILD_MANAGER: [enterprise, {}]"),
            ["builds_have_a_manager BUILD_MANAGER"]
        );
        assert_eq!(
            findings("FEATURE_BUILD_SUPPORT: true\nBUILD_MANAGER: null"),
            ["builds_have_a_manager BUILD_MANAGER"]
        );
    }

    #[test]
    fn a_manager_needs_redis_and_a_place_to_build() {
        assert_eq!(
            found("ALLOWED_WORKER_COUNT: 1"),
            [
                "build_manager_has_an_orchestrator ORCHESTRATOR.REDIS_HOST",
                "build_manager_has_executors EXECUTORS"
            ]
        );
        assert_eq!(
            found("ORCHESTRATOR: {REDIS_HOST: redis}, EXECUTORS: []"),
            ["build_manager_has_executors EXECUTORS"]
        );
    }

    #[test]
    fn redis_on_localhost_is_warned_about() {
        for redis in ["REDIS_HOST: localhost", "REDIS_PASSWORD: word"] {
            assert_eq!(
                found(&format!("ORCHESTRATOR: {{{redis}}}, EXECUTORS: [{{EXECUTOR: popen}}]")),
                ["orchestrator_is_the_same_for_every_node ORCHESTRATOR.REDIS_HOST"]
            );
        }
    }

    #[test]
    fn a_key_at_the_wrong_place_is_warned_about() {
        assert_eq!(
            findings("K8S_API_TLS_CA: /conf/stack/ca.crt"),
            ["legacy_key_is_not_needed K8S_API_TLS_CA"]
        );
    }
}
