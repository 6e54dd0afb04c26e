//! A place where build machines are started.

use crate::value::{
    AtLeast, FilePath, ImageTag, KubernetesName, KubernetesNamespace, List, Quantity, Secret, Text,
    Whole,
};

choice! {
    /// What runs the machines that build.
    ExecutorKind, "kubernetes, kubernetesPodman, ec2 or popen";
    Kubernetes = "kubernetes" "Kubernetes, a virtual machine for each build",
    KubernetesPodman = "kubernetesPodman" "Kubernetes, a plain container for each build",
    Ec2 = "ec2" "Amazon EC2",
    Popen = "popen" "A process in Quay's own container, for development",
}

choice! {
    /// What runs the builder inside a machine.
    ContainerRuntime, "docker or podman";
    Docker = "docker" "Docker",
    Podman = "podman" "Podman",
}

/// Both ways to build in Kubernetes.
const IN_KUBERNETES: &[&str] = &["kubernetes", "kubernetesPodman"];
/// The ways to build that start a whole machine, in which the builder is a container.
const IN_A_MACHINE: &[&str] = &["kubernetes", "ec2"];

object! {
    /// A place where build machines are started.
    Executor;

    /// What runs the machines. A plain container is enough for most builds and needs no nested
    /// virtualization.
    EXECUTOR "Build in": ExecutorKind, required;

    /// A name of your own for the place. Two of the same kind need different ones.
    NAME "Name": Text;

    /// Builds that have fewer attempts left than this go to the next place.
    MINIMUM_RETRY_THRESHOLD "Attempts that must be left": Whole = 0;

    /// How long a machine may take to start. A build whose machine takes longer is given up.
    SETUP_TIME "Time to start": Whole = 500, unit("seconds");

    /// Namespace in which the builds run. It must exist.
    BUILDER_NAMESPACE "Namespace": KubernetesNamespace = "builder", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Host name and port of the API server, for example `api.example.com:6443`, without
    /// `https://` before it.
    K8S_API_SERVER "API server": Text = "localhost:8080", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Token of a service account that may start and remove jobs in the namespace. Without it, the
    /// connection is not encrypted either.
    SERVICE_ACCOUNT_TOKEN "Token": Secret, when(Executor::EXECUTOR, IN_KUBERNETES);

    /// File in Quay's container with the authorities that sign the API server's certificate. An
    /// uploaded extra certificate is `/conf/stack/extra_ca_certs/` and its name.
    K8S_API_TLS_CA "Authorities file": FilePath, when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Enter `openshift` for Red Hat's distribution. Limits, the service account of the pods and
    /// the choice of nodes take effect only there.
    KUBERNETES_DISTRIBUTION "Distribution": Text = "basic", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Service account under which the builds run. It needs no rights at all.
    SERVICE_ACCOUNT_NAME "Service account of the pods": KubernetesName = "quay-builder-sa", when(Executor::EXECUTOR, IN_KUBERNETES), may_be_empty;

    /// Memory that a node must have free to take a build.
    CONTAINER_MEMORY_REQUEST "Memory needed": Quantity = "3968Mi", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// The most memory a build may use. Leave room above the memory needed.
    CONTAINER_MEMORY_LIMITS "Memory limit": Quantity = "5120Mi", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Processor time that a node must have free to take a build.
    CONTAINER_CPU_REQUEST "Processor needed": Quantity = "500m", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// The most processor time a build may use.
    CONTAINER_CPU_LIMITS "Processor limit": Quantity = "1000m", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Label of the nodes that may run builds.
    NODE_SELECTOR_LABEL_KEY "Node label": Text = "beta.kubernetes.io/instance-type", when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Value that the label must have. Without it, any node may run builds.
    NODE_SELECTOR_LABEL_VALUE "Value of the node label": Text, when(Executor::EXECUTOR, IN_KUBERNETES);

    /// Image of the builder, with its tag.
    BUILDER_CONTAINER_IMAGE "Builder image": Text = "quay.io/projectquay/quay-builder:latest", when(Executor::EXECUTOR, &["kubernetesPodman"]);

    /// Image of the virtual machine, with its tag.
    BUILDER_VM_CONTAINER_IMAGE "Virtual machine image": Text = "quay.io/quay/quay-builder-qemu-fedoracoreos:stable", when(Executor::EXECUTOR, &["kubernetes"]);

    /// Disk space of a machine, for example `32G`. Without it, 32G in Kubernetes and 42G at Amazon.
    VOLUME_SIZE "Disk size": Quantity, when(Executor::EXECUTOR, IN_A_MACHINE);

    /// Image of the builder that runs inside the machine, without its tag. Enter the one that
    /// belongs to your Quay.
    WORKER_IMAGE "Builder image": Text = "quay.io/coreos/registry-build-worker", when(Executor::EXECUTOR, IN_A_MACHINE);

    /// Tag of that image. It should be the release of your Quay.
    WORKER_TAG "Tag of the builder image": ImageTag, required, when(Executor::EXECUTOR, IN_A_MACHINE);

    /// User name with which the machine pulls the builder image.
    QUAY_USERNAME "User name for the image": Text, when(Executor::EXECUTOR, IN_A_MACHINE);

    /// Password of that user.
    QUAY_PASSWORD "Password for the image": Secret, when(Executor::EXECUTOR, IN_A_MACHINE);

    /// What runs the builder. Red Hat's builder image takes Podman.
    CONTAINER_RUNTIME "Container engine": ContainerRuntime = "docker", when(Executor::EXECUTOR, &["kubernetes", "ec2", "popen"]), may_be_empty;

    /// Public SSH keys that let you into a machine, to see why a build fails.
    SSH_AUTHORIZED_KEYS "SSH keys": List<Text> = [], when(Executor::EXECUTOR, IN_A_MACHINE);

    /// Region in which machines are started.
    EC2_REGION "AWS region": Text, required, when(Executor::EXECUTOR, &["ec2"]);

    /// Type of the machines, for example `t3.large`.
    EC2_INSTANCE_TYPE "Instance type": Text, required, when(Executor::EXECUTOR, &["ec2"]);

    /// Access key of an account that may start and end machines.
    AWS_ACCESS_KEY "Access key": Secret, when(Executor::EXECUTOR, &["ec2"]);

    /// Secret key that belongs to the access key.
    AWS_SECRET_KEY "Secret key": Secret, when(Executor::EXECUTOR, &["ec2"]);

    /// Image of the machines: one of Fedora's for container hosts in your region. Without it, Quay
    /// looks for the newest.
    COREOS_AMI "Machine image": Text, when(Executor::EXECUTOR, &["ec2"]);

    /// Subnet of your private network in which machines are started.
    EC2_VPC_SUBNET_ID "Subnet": Text, when(Executor::EXECUTOR, &["ec2"]);

    /// Security groups of the machines in that subnet. They must let machines reach Quay.
    EC2_SECURITY_GROUP_IDS "Security groups": List<Text>, when(Executor::EXECUTOR, &["ec2"]);

    /// Name of the key pair at Amazon that lets you into a machine.
    EC2_KEY_NAME "Key pair": Text, when(Executor::EXECUTOR, &["ec2"]);

    /// Size of the disk that a machine is given.
    BLOCK_DEVICE_SIZE "Disk of the machine": AtLeast<1> = 48, unit("GiB"), when(Executor::EXECUTOR, &["ec2"]);
}
