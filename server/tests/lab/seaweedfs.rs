//! A real `SeaweedFS`: a store that speaks S3, checks signatures and tells wrong keys apart.

use super::process::{Process, folder, free_port, listens};
use super::python::python;
use serde_json::json;
use std::fs;
use std::process::Command;

/// The access key of the user who may do everything.
pub(crate) const ACCESS: &str = "QUAYKEY";
/// The secret key of that user.
pub(crate) const SECRET: &str = "quaysecret";
/// The access key of a user who may read and list only.
pub(crate) const READER: &str = "READKEY";

/// A running store. Who has no keys may read.
pub(crate) struct SeaweedFs {
    _process: Process,
    /// Where it listens.
    pub(crate) port: u16,
}

impl SeaweedFs {
    /// One that encrypts where it is asked to.
    pub(crate) fn start() -> Self {
        let home = folder("seaweed");
        let at = home.path();
        let user = |name: &str, access: &str, actions: &[&str]| {
            json!({
                "name": name, "actions": actions,
                "credentials": [{ "accessKey": access, "secretKey": SECRET }],
            })
        };
        let users = json!({ "identities": [
            user("quay", ACCESS, &["Admin", "Read", "Write", "List", "Tagging"]),
            user("reader", READER, &["Read", "List"]),
            { "name": "anonymous", "actions": ["Read"] },
        ] });
        let config = at.join("s3.json");
        fs::write(&config, users.to_string()).expect("the folder is ours");
        fs::create_dir(at.join("data")).expect("the folder is ours");
        let ports = ["master", "volume", "filer", "s3"].map(|part| (part, free_port()));
        let port = ports[3].1;
        let mut command = Command::new(python().with_file_name("weed"));
        command.args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3"]);
        for (part, port) in ports {
            command.arg(format!("-{part}.port={port}"));
            command.arg(format!("-{part}.port.grpc={}", free_port()));
        }
        command.arg(format!("-dir={}", at.join("data").display()));
        command.arg(format!("-s3.config={}", config.display()));
        for part in ["filer", "s3"] {
            let socket = at.join(format!("{part}.sock"));
            command.arg(format!("-{part}.localSocket={}", socket.display()));
        }
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]);
        command.args(["-master.volumeSizeLimitMB=64", "-volume.max=20"]);
        command.env("WEED_S3_SSE_KEK", "0".repeat(64));
        let process = Process::start("seaweedfs", home, &command, move || listens(port));
        Self { _process: process, port }
    }
}
