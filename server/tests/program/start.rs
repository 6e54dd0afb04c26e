//! `quay-console config` does not start over something it cannot use, and says so in one line.

use crate::support::{Pair, arg, file, run};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Runs `config` with these arguments, which cannot work, and gives the one line it says.
async fn assert_unusable(folder: &Path, args: &[&str], words: &[&str]) -> String {
    let mut all = vec!["config", "--log", "error"];
    all.extend_from_slice(args);
    let data = folder.join("data");
    for (option, value) in [("--listen", "127.0.0.1:0"), ("--data-dir", arg(&data))] {
        if !args.contains(&option) {
            all.extend_from_slice(&[option, value]);
        }
    }
    let ended = run(folder, &all).await;
    assert_eq!(ended.code, Some(2), "{args:?}: {}{}", ended.out, ended.err);
    assert_eq!(ended.out, "", "{args:?}");
    assert_eq!(ended.err.lines().count(), 1, "{args:?}: {}", ended.err);
    assert!(ended.err.starts_with("quay-console: "), "{args:?}: {}", ended.err);
    for word in words {
        assert!(ended.err.contains(word), "{args:?}: {word} is not in: {}", ended.err);
    }
    ended.err
}

#[tokio::test]
async fn a_certificate_with_another_ones_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (Pair::make(&folder, "one"), Pair::make(&folder, "other"));
    let args = ["word", "--tls-cert", arg(&one.cert), "--tls-key", arg(&other.key)];
    assert_unusable(folder.path(), &args, &["one.crt", "other.key", "TLS"]).await;
}

#[tokio::test]
async fn a_certificate_or_key_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::make(&folder, "one");
    let noise = file(folder.path(), "noise.pem", "no certificate\n");
    let missing = folder.path().join("missing.pem");
    let (cert, key) = (arg(&pair.cert), arg(&pair.key));
    let (noise, missing) = (arg(&noise), arg(&missing));
    for (cert, key) in [(noise, key), (cert, noise), (missing, key), (cert, missing), (key, cert)] {
        let args = ["word", "--tls-cert", cert, "--tls-key", key];
        assert_unusable(folder.path(), &args, &[cert, key, "TLS"]).await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let args = ["word", "--listen", &address];
    assert_unusable(folder.path(), &args, &["could not listen on", &address]).await;
    assert!(!folder.path().join("data").exists(), "nothing was made before that was known");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Below a file nobody can make a folder, not even root.
    let data = file(folder.path(), "a-file", "").join("data");
    let args = ["word", "--data-dir", arg(&data)];
    assert_unusable(folder.path(), &args, &["data folder", arg(&data)]).await;
}

#[tokio::test]
async fn an_encryption_key_that_cannot_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let short = file(folder.path(), "short.key", "0123456789abcdef\n");
    let open = file(folder.path(), "open.key", "07".repeat(32));
    fs::set_permissions(&short, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    for (path, word) in [(&short, "32-byte"), (&open, "chmod 600")] {
        let args = ["word", "--encryption-key-file", arg(path)];
        assert_unusable(folder.path(), &args, &[arg(path), word]).await;
    }
}

#[tokio::test]
async fn a_broken_configuration_is_named_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    fs::create_dir(&config).unwrap();
    let broken = "SERVER_HOSTNAME: quay.example.com\nSUPER_USERS: [hunter2, admin\n";
    let path = file(&config, "config.yaml", broken);
    let args = ["word", "--config-dir", arg(&config)];
    let said = assert_unusable(folder.path(), &args, &[arg(&config), "line 3, column 1"]).await;
    assert!(!said.contains("hunter2"), "a value of the file is in the message");
    assert_eq!(fs::read_to_string(path).unwrap(), broken, "the file was left alone");
}

#[tokio::test]
async fn a_password_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = file(folder.path(), "empty.txt", "\nsecond line\n");
    let missing = folder.path().join("missing.txt");
    assert_unusable(folder.path(), &[""], &["password"]).await;
    let args = ["--password-file", arg(&empty)];
    assert_unusable(folder.path(), &args, &["password"]).await;
    let args = ["--password-file", arg(&missing)];
    assert_unusable(folder.path(), &args, &["password file", "missing.txt"]).await;
}

#[tokio::test]
async fn a_log_level_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let args = ["config", "word", "--log", "server=loud", "--data-dir", arg(&data)];
    let ended = run(folder.path(), &args).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("server=loud is not a log level"), "{}", ended.err);
}

#[tokio::test]
async fn a_certificate_without_a_key_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::make(&folder, "one");
    let ended = run(folder.path(), &["config", "word", "--tls-cert", arg(&pair.cert)]).await;
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("--tls-key"), "{}", ended.err);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_keeps_its_password_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgresql://console:hunter2@db01.example.com:no-port/console";
    let args = ["word", "--database-url", url];
    let said = assert_unusable(folder.path(), &args, &["could not be reached"]).await;
    assert!(!said.contains("hunter2"), "the password is in the message");
}

#[tokio::test]
async fn two_nodes_with_one_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["word", "--node", "quay01=192.0.2.11", "--node", "quay01.example.com"];
    assert_unusable(folder.path(), &args, &["two nodes are called quay01", "quay01=192"]).await;
}
