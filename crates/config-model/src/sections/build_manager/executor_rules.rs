//! Rules about single places to build.

use super::executor::{Executor, ExecutorKind};
use super::executors;
use crate::field::Key;
use crate::value::{Parsed, Text, Value};

/// Whether a field is given and says something.
fn is_given<T>(executor: &Value, field: Key<T>) -> bool {
    executor.entry(field.name()).is_some_and(|value| !value.is_blank())
}

/// A field, `None` when it is absent or not of its type.
fn read<T: Parsed>(executor: &Value, field: Key<T>) -> Option<T> {
    T::parse(executor.entry(field.name())?).ok()
}

fn is_ec2(executor: &Value) -> bool {
    read(executor, Executor::EXECUTOR) == Some(ExecutorKind::Ec2)
}

/// The name Quay knows a place by; without one of its own, that of its kind.
fn name_of(executor: &Value) -> Option<String> {
    read(executor, Executor::EXECUTOR)?;
    let own = read(executor, Executor::NAME).map(|Text(name)| name);
    let kind = executor.entry(Executor::EXECUTOR.name()).and_then(Value::as_str);
    own.filter(|name| !name.is_empty()).or_else(|| kind.map(str::to_owned))
}

rule! {
    /// The build manager stops at a name it has met before.
    executor_names_are_different: Error,
    "Two places to build are called {name}.",
    fix "Give each a name of its own.";
    |subject, places| {
        let mut met = Vec::new();
        for (path, executor) in executors(subject.document) {
            let Some(name) = name_of(executor) else { continue };
            if met.contains(&name) {
                places.at_with(path.field(Executor::NAME.name()), [("name", name.clone())]);
            }
            met.push(name);
        }
    }
}

rule! {
    /// Quay writes the scheme before it, and would ask for a machine called https.
    api_server_has_no_scheme: Error,
    "The API server is a host name and a port; Quay puts https:// before it by itself.",
    fix "Take the scheme away, so that only name and port remain.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let server = read(executor, Executor::K8S_API_SERVER);
            if server.is_some_and(|Text(server)| server.contains("://")) {
                places.at(path.field(Executor::K8S_API_SERVER.name()));
            }
        }
    }
}

/// What is written as the port of an address, where there is one.
fn port_of(address: &str) -> Option<&str> {
    let server = address.split('/').next()?;
    let after_host = server.rsplit_once(']').map_or(server, |(_, rest)| rest);
    after_host.rsplit_once(':').map(|(_, port)| port)
}

rule! {
    /// Nobody listens on such a port.
    api_server_port_is_in_range: Error,
    "The port of the API server is a number from 1 to 65535.", fix "Correct the port.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let Some(Text(server)) = read(executor, Executor::K8S_API_SERVER) else { continue };
            let port = port_of(&server).filter(|_| !server.contains("://"));
            if port.is_some_and(|port| !port.is_empty() && !port.parse::<u16>().is_ok_and(|port| port > 0)) {
                places.at(path.field(Executor::K8S_API_SERVER.name()));
            }
        }
    }
}

/// What an administrator may call the cluster; Quay asks only whether it is the first.
const DISTRIBUTIONS: [&str; 4] = ["openshift", "basic", "k8s", "kubernetes"];

rule! {
    /// Quay treats a word it does not know as any other cluster, without limits and accounts.
    kubernetes_distribution_is_known: Warning,
    "Quay does not know the distribution {word}.",
    fix "Enter openshift for Red Hat's distribution, and nothing for any other.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let field = Executor::KUBERNETES_DISTRIBUTION;
            let Some(Text(word)) = read(executor, field) else { continue };
            if !word.is_empty() && !DISTRIBUTIONS.contains(&word.to_lowercase().as_str()) {
                places.at_with(path.field(field.name()), [("word", word)]);
            }
        }
    }
}

rule! {
    /// One key is of no use without the other.
    ec2_keys_come_in_pairs: Error,
    "One of the two keys for Amazon is missing.",
    fix "Enter both keys.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let access = is_given(executor, Executor::AWS_ACCESS_KEY);
            let secret = is_given(executor, Executor::AWS_SECRET_KEY);
            let missing = if access { Executor::AWS_SECRET_KEY } else { Executor::AWS_ACCESS_KEY };
            if is_ec2(executor) && access != secret {
                places.at(path.field(missing.name()));
            }
        }
    }
}

rule! {
    /// Quay reads the groups whenever there is a subnet, and starts no machine without them.
    ec2_subnet_has_security_groups: Error,
    "Machines in a subnet need security groups.",
    fix "Name at least one security group of the subnet.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let groups = Executor::EC2_SECURITY_GROUP_IDS;
            let written = executor.entry(groups.name()).is_some();
            if is_ec2(executor) && is_given(executor, Executor::EC2_VPC_SUBNET_ID) && !written {
                places.at(path.field(groups.name()));
            }
        }
    }
}

rule! {
    /// YAML takes 3.10 for the number 3.1, and Quay then pulls another image or none.
    worker_tag_is_in_quotes: Warning,
    "Without quotes this tag is a number, and a zero at its end is lost.",
    fix "Put the tag in quotes.";
    |subject, places| {
        for (path, executor) in executors(subject.document) {
            let tag = executor.entry(Executor::WORKER_TAG.name());
            if let Some(Value::Number(number)) = tag
                && number.as_i64().is_none()
            {
                places.at(path.field(Executor::WORKER_TAG.name()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::testing::findings;

    const EC2: &str = "EXECUTOR: ec2, WORKER_TAG: latest, EC2_REGION: us-east-1, \
         EC2_INSTANCE_TYPE: t3.large";

    /// What is found in a document that builds at these places; `places` stands for their list.
    fn found(executors: &str) -> Vec<String> {
        let report = findings(&format!(
            "BUILD_MANAGER: [ephemeral, {{ORCHESTRATOR: {{REDIS_HOST: redis}}, \
             EXECUTORS: [{executors}]}}]"
        ));
        let list = "BUILD_MANAGER[1].EXECUTORS";
        report.iter().map(|finding| finding.replace(list, "places")).collect()
    }

    #[test]
    fn complete_places_are_accepted() {
        let kubernetes = "EXECUTOR: kubernetes, BUILDER_NAMESPACE: builder, \
             K8S_API_SERVER: 'api.example.com:6443', VOLUME_SIZE: 8G, \
             KUBERNETES_DISTRIBUTION: openshift, CONTAINER_MEMORY_LIMITS: 5120Mi, \
             CONTAINER_CPU_LIMITS: 1, CONTAINER_MEMORY_REQUEST: 3968Mi, \
             CONTAINER_CPU_REQUEST: 500m, NODE_SELECTOR_LABEL_KEY: '', \
             NODE_SELECTOR_LABEL_VALUE: '', CONTAINER_RUNTIME: podman, \
             SERVICE_ACCOUNT_NAME: name, SERVICE_ACCOUNT_TOKEN: word, QUAY_USERNAME: name, \
             QUAY_PASSWORD: word, WORKER_IMAGE: quay-quay-builder, WORKER_TAG: 3, \
             BUILDER_VM_CONTAINER_IMAGE: 'quay-builder-qemu-rhcos:v3.4.0', SETUP_TIME: 180, \
             MINIMUM_RETRY_THRESHOLD: 1, SSH_AUTHORIZED_KEYS: [ssh-rsa 12345 user@example.com]";
        let podman = "EXECUTOR: kubernetesPodman, NAME: openshift, SERVICE_ACCOUNT_TOKEN: word, \
             K8S_API_TLS_CA: /conf/stack/extra_ca_certs/build_cluster.crt";
        let ec2 = format!(
            "{EC2}, AWS_ACCESS_KEY: key, AWS_SECRET_KEY: word, EC2_VPC_SUBNET_ID: subnet-1, \
             EC2_SECURITY_GROUP_IDS: [sg-1], BLOCK_DEVICE_SIZE: 58"
        );
        let report = found(&format!("{{{kubernetes}}}, {{{podman}}}, {{{ec2}}}"));
        assert!(report.is_empty(), "{report:?}");
        let report = found(&format!("{{{EC2}}}"));
        assert!(report.is_empty(), "{report:?}");
    }

    #[test]
    fn each_kind_has_its_own_needs() {
        assert_eq!(found("{NAME: a}"), ["required_value_is_set places[0].EXECUTOR"]);
        assert_eq!(found("{EXECUTOR: kubernetes}"), ["required_value_is_set places[0].WORKER_TAG"]);
        assert_eq!(
            found("{EXECUTOR: ec2}"),
            [
                "required_value_is_set places[0].WORKER_TAG",
                "required_value_is_set places[0].EC2_REGION",
                "required_value_is_set places[0].EC2_INSTANCE_TYPE"
            ]
        );
    }

    #[test]
    fn amounts_are_those_of_kubernetes() {
        assert_eq!(
            found("{EXECUTOR: kubernetesPodman, CONTAINER_MEMORY_LIMITS: 5GB}"),
            ["value_is_of_its_type places[0].CONTAINER_MEMORY_LIMITS"]
        );
    }

    #[test]
    fn the_same_name_twice_is_refused() {
        for (one, other) in [
            ("EXECUTOR: popen", "EXECUTOR: popen"),
            ("EXECUTOR: popen, NAME: a", "EXECUTOR: kubernetesPodman, NAME: a"),
        ] {
            assert_eq!(
                found(&format!("{{{one}}}, {{{other}}}")),
                ["executor_names_are_different places[1].NAME"]
            );
        }
        assert!(found("{EXECUTOR: popen, NAME: a}, {EXECUTOR: popen, NAME: b}").is_empty());
    }

    #[test]
    fn an_api_server_with_a_scheme_is_refused() {
        assert_eq!(
            found("{EXECUTOR: kubernetesPodman, K8S_API_SERVER: 'https://api.example.com:6443'}"),
            ["api_server_has_no_scheme places[0].K8S_API_SERVER"]
        );
    }

    #[test]
    fn the_port_of_an_api_server_is_in_range() {
        for (server, good) in [
            ("api.example.com:6443", true),
            ("api.example.com", true),
            ("[::1]:6443", true),
            ("[::1]", true),
            ("api.example.com:0", false),
            ("api.example.com:70000", false),
            ("api.example.com:https", false),
        ] {
            let report =
                found(&format!("{{EXECUTOR: kubernetesPodman, K8S_API_SERVER: '{server}'}}"));
            let refused = "api_server_port_is_in_range places[0].K8S_API_SERVER".to_owned();
            assert_eq!(report.contains(&refused), !good, "{server}: {report:?}");
        }
    }

    #[test]
    fn an_odd_distribution_is_warned_about() {
        assert_eq!(
            found("{EXECUTOR: kubernetesPodman, KUBERNETES_DISTRIBUTION: openshfit}"),
            ["kubernetes_distribution_is_known places[0].KUBERNETES_DISTRIBUTION"]
        );
    }

    #[test]
    fn a_disk_has_a_size() {
        assert_eq!(
            found("{EXECUTOR: kubernetes, WORKER_TAG: latest, VOLUME_SIZE: 8 gigabytes}"),
            ["value_is_of_its_type places[0].VOLUME_SIZE"]
        );
    }

    #[test]
    fn one_key_for_amazon_alone_is_refused() {
        for (given, missing) in
            [("AWS_ACCESS_KEY", "AWS_SECRET_KEY"), ("AWS_SECRET_KEY", "AWS_ACCESS_KEY")]
        {
            assert_eq!(
                found(&format!("{{{EC2}, {given}: word}}")),
                [format!("ec2_keys_come_in_pairs places[0].{missing}")]
            );
        }
    }

    #[test]
    fn a_subnet_without_security_groups_is_refused() {
        assert_eq!(
            found(&format!("{{{EC2}, EC2_VPC_SUBNET_ID: subnet-1}}")),
            ["ec2_subnet_has_security_groups places[0].EC2_SECURITY_GROUP_IDS"]
        );
    }

    #[test]
    fn a_tag_that_loses_its_zero_is_warned_about() {
        assert_eq!(
            found("{EXECUTOR: kubernetes, WORKER_TAG: 3.10}"),
            ["worker_tag_is_in_quotes places[0].WORKER_TAG"]
        );
        assert!(found("{EXECUTOR: kubernetes, WORKER_TAG: '3.10'}").is_empty());
    }
}
