//! What anything behind a network can have, with Redis, which asks for little before.

use crate::lab::certificates::{Authority, Signed};
use crate::lab::process::{Process, folder, free_port, listens, run};
use crate::lab::redis::Redis;
use crate::support::{Proofs, Trial};
use cluster::check::Outcome;
use server::clients::dial::Net;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// The check's name.
const CHECK: &str = "redis";
const EXTRA: &str = "extra_ca_certs/lab.crt";

/// Build logs in a Redis at a port of this machine that speaks TLS.
fn encrypted(port: u16) -> Trial {
    Trial::of(format!("BUILDLOGS_REDIS: {{host: localhost, port: {port}, ssl: true}}"))
}

/// What is said of a Redis where these certificates are uploaded.
async fn trusting(redis: &Redis, pem: &str) -> Outcome {
    encrypted(redis.tls_port).file(EXTRA, pem).run_one(CHECK).await
}

#[tokio::test]
async fn a_chain_of_certificates_has_to_end_in_a_root() {
    let mut proofs = Proofs::of(CHECK, "redis-chain");
    let root = Authority::new("lab root");
    let between = root.below("lab authority in between");
    let signed = between.sign_with_chain(&["localhost"]);
    let whole = Redis::open(&signed);
    let outcome = trusting(&whole, root.pem()).await;
    proofs.passes("an authority in between signs, and the root is uploaded", &outcome);
    let outcome = trusting(&whole, between.pem()).await;
    proofs.finds("the authority in between is uploaded alone", &outcome, "certificate_chain");
    let outcome = trusting(&whole, &signed.certificate).await;
    let situation = "what the service shows is uploaded, which has no root";
    proofs.finds(situation, &outcome, "certificate_chain");
    let outcome = encrypted(whole.tls_port).run_one(CHECK).await;
    proofs.finds("nothing of its chain is uploaded", &outcome, "certificate_untrusted");

    let over = Authority::over("lab root of old");
    let old = Redis::open(&over.sign(&["localhost"]));
    proofs.hide(old.tls_port, "6379");
    let outcome = trusting(&old, over.pem()).await;
    proofs.finds("the root that is uploaded has expired", &outcome, "authority_expired");

    let alone = Redis::open(&between.sign(&["localhost"]));
    let outcome = trusting(&alone, root.pem()).await;
    let situation = "it does not show the authority in between, and the root is uploaded";
    proofs.finds(situation, &outcome, "certificate_untrusted");
    let outcome = trusting(&alone, &format!("{}{}", between.pem(), root.pem())).await;
    let situation = "it does not show the authority in between, which is uploaded with its root";
    proofs.passes(situation, &outcome);

    let own = Signed::by_itself(&["localhost"]);
    let outcome = trusting(&Redis::open(&own), &own.certificate).await;
    proofs.passes("its certificate has signed itself, and is uploaded", &outcome);
    proofs.end();
}

#[tokio::test]
async fn what_is_not_reached_is_told_apart() {
    let mut proofs = Proofs::of(CHECK, "redis-network");
    let named =
        |net: Net| Trial::of("BUILDLOGS_REDIS: {host: cache.example.com}").net(net).run_one(CHECK);
    let leading =
        |to: &[SocketAddr]| named(Net::default().leading("cache.example.com:6379", to.to_vec()));
    let full = Full::start().await;
    let (unnamed, one, two) = tokio::join!(
        named(Net::default().muted()),
        leading(&[full.address]),
        leading(&[full.address, full.address])
    );
    proofs.finds("no name server answers", &unnamed, "resolver_silent");
    proofs.finds("nothing comes back", &one, "connection_silent");
    proofs.finds("nothing comes back from either address", &two, "connection_silent");
    let (closed, no_way) = (
        SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())),
        SocketAddr::from((Ipv4Addr::BROADCAST, 6379)),
    );
    let outcome = leading(&[no_way]).await;
    proofs.finds("there is no way to it", &outcome, "connection_unreachable");
    for addresses in [[closed, no_way], [no_way, closed]] {
        let outcome = leading(&addresses).await;
        let first = if addresses[0] == closed { "first" } else { "second" };
        let situation =
            format!("nothing listens at the {first} address, and there is no way to the other");
        proofs.finds(&situation, &outcome, "connection_refused");
    }
    proofs.end();
}

#[tokio::test]
async fn old_ciphers_are_not_taken_for_a_fault_of_the_service() {
    let mut proofs = Proofs::of(CHECK, "redis-ciphers");
    let cases: [(&str, &[&str], &[&str], &str); 3] = [
        (
            "it knows no ciphers but old ones, which Quay still speaks",
            &["-newkey", "rsa:2048"],
            &["-tls1_2", "-cipher", "AES128-SHA"],
            "tls_nothing_in_common",
        ),
        (
            "its key is on a curve that is unknown here, and not to Quay",
            &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp521r1"],
            &[],
            "tls_nothing_in_common",
        ),
        (
            "it wants a client certificate",
            &["-newkey", "rsa:2048"],
            &["-tls1_2", "-Verify", "1"],
            "tls_refused",
        ),
    ];
    for (situation, key, options, fault) in cases {
        let server = OpenSsl::start(key, options);
        proofs.hide(server.port, "6380");
        let unchecked =
            format!("{{host: localhost, port: {}, ssl: true, ssl_cert_reqs: none}}", server.port);
        let outcome = Trial::of(format!("BUILDLOGS_REDIS: {unchecked}")).run_one(CHECK).await;
        proofs.finds(situation, &outcome, fault);
    }
    proofs.end();
}

/// A port that has as many connections waiting as it takes, and drops what others send.
struct Full {
    address: SocketAddr,
    _listener: TcpListener,
    _waiting: TcpStream,
}

impl Full {
    async fn start() -> Self {
        let socket = TcpSocket::new_v4().expect("there are sockets");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("there is a free port");
        // Room for none still is room for one.
        let listener = socket.listen(0).expect("the port is ours");
        let address = listener.local_addr().expect("it listens");
        let waiting = TcpStream::connect(address).await.expect("the first one waits");
        Self { address, _listener: listener, _waiting: waiting }
    }
}

/// The server of a real OpenSSL, which knows more than we do.
struct OpenSsl {
    _process: Process,
    port: u16,
}

impl OpenSsl {
    /// One with a key of this kind, and these options.
    fn start(key: &[&str], options: &[&str]) -> Self {
        let (port, folder) = (free_port(), folder("openssl"));
        let mut make = Command::new("openssl");
        make.current_dir(folder.path()).args(["req", "-x509", "-nodes", "-days", "30"]);
        make.args(["-subj", "/CN=localhost", "-keyout", "own.key", "-out", "own.crt"]).args(key);
        run(&mut make);
        let mut command = Command::new("openssl");
        command.args(["s_server", "-www", "-key", "own.key", "-cert", "own.crt", "-accept"]);
        command.arg(format!("127.0.0.1:{port}")).args(options);
        let process = Process::start("openssl", folder, &command, move || listens(port));
        Self { _process: process, port }
    }
}
