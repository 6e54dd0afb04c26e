//! A running console: where it listens, whom it lets in, what it logs, how it ends.

use crate::support::{Console, Pair, USER, arg, browser, cookie, file, soon};
use app::draft::{Change, Edit};
use config_model::path::Path;
use config_model::value::Value;
use std::os::unix::fs::PermissionsExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The password of these consoles.
const PASSWORD: &str = "correct horse battery";
/// A text that stands nowhere else.
const SECRET: &str = "hunter2-Zq8vT-staple";

/// The host and port of an address.
fn authority(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, authority)| authority)
}

#[tokio::test]
async fn a_console_says_where_it_is_serves_there_and_ends_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::start(folder.path(), &[PASSWORD]).await;
    let port = console.address.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    assert!(console.address.starts_with("http://127.0.0.1:"), "{}", console.address);
    assert!(port.is_some_and(|port| port > 0), "it says the port it was given: {port:?}");
    assert!(!console.hint.contains(PASSWORD), "a password that was given is not repeated");

    let client = browser(Vec::new());
    for path in ["/live", "/ready", "/login"] {
        let answer = soon(path, client.get(format!("{}{path}", console.address)).send()).await;
        assert_eq!(answer.unwrap().status(), 200, "{path}");
    }
    let answer = console.log_in(&client, PASSWORD).await;
    assert_eq!(answer.status(), 303);
    assert!(cookie(&answer).starts_with("quay-console="));
    assert!(!answer.headers().contains_key("strict-transport-security"));

    let stopped = console.terminate().await;
    assert_eq!(stopped.code, Some(0), "{}", stopped.log);
    assert_eq!(stopped.rest, [""; 0], "after the two lines nothing more is said");
}

#[tokio::test]
async fn what_is_kept_on_disk_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::start(folder.path(), &[PASSWORD]).await;
    let mode = |name: &str| {
        let path = folder.path().join(name);
        std::fs::metadata(path).map(|found| found.permissions().mode() & 0o777)
    };
    assert_eq!(mode("data").unwrap(), 0o700);
    assert_eq!(mode("data/encryption.key").unwrap(), 0o600);
    assert_eq!(console.terminate().await.code, Some(0));
}

#[tokio::test]
async fn without_a_password_a_new_one_is_made_and_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut passwords = Vec::new();
    for _ in 0..2 {
        let console = Console::start(folder.path(), &["--log", "trace"]).await;
        assert!(console.hint.contains(USER), "{}", console.hint);
        let password = console.hint.rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(password.len() >= 16, "it cannot be guessed");
        assert!(!console.address.contains(&password));
        let answer = console.log_in(&browser(Vec::new()), &password).await;
        assert_eq!(answer.status(), 303);
        let stopped = console.terminate().await;
        assert!(!stopped.rest.concat().contains(&password), "it is said once");
        assert!(!stopped.log.contains(&password), "the log has it");
        passwords.push(password);
    }
    assert_ne!(passwords[0], passwords[1], "every start makes another one");
}

#[tokio::test]
async fn the_first_line_of_a_file_is_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "password.txt", format!("{PASSWORD}\nanother line\n"));
    let console = Console::start(folder.path(), &["--password-file", arg(&path)]).await;
    assert!(!console.hint.contains(PASSWORD));
    let client = browser(Vec::new());
    assert_eq!(console.log_in(&client, "another line").await.status(), 401);
    assert_eq!(console.log_in(&client, PASSWORD).await.status(), 303);
    assert_eq!(console.terminate().await.code, Some(0));
}

#[tokio::test]
async fn with_a_certificate_it_serves_tls_and_a_cookie_for_this_host_only() {
    let folder = tempfile::tempdir().unwrap();
    let (pair, other) = (Pair::make(&folder, "own"), Pair::make(&folder, "other"));
    let args = [PASSWORD, "--tls-cert", arg(&pair.cert), "--tls-key", arg(&pair.key)];
    let console = Console::start(folder.path(), &args).await;
    assert!(console.address.starts_with("https://127.0.0.1:"), "{}", console.address);

    let client = browser(vec![pair.authority]);
    let answer = console.log_in(&client, PASSWORD).await;
    assert_eq!(answer.status(), 303);
    let hsts = answer.headers().get("strict-transport-security").cloned();
    assert!(hsts.is_some_and(|value| value.as_bytes().starts_with(b"max-age=")));
    let cookie = cookie(&answer);
    assert!(cookie.starts_with("__Host-quay-console="));
    let page = client.get(&console.address).header("cookie", cookie).send();
    assert_eq!(soon("the overview", page).await.unwrap().status(), 200);

    let stranger = browser(vec![other.authority]);
    let refused = soon("a refusal", stranger.get(&console.address).send()).await;
    assert!(refused.is_err(), "the certificate is that of another authority");
    let plain = console.address.replacen("https", "http", 1);
    let refused = soon("a refusal", client.get(plain).send()).await;
    assert!(refused.is_err(), "it serves nothing in clear");
    assert_eq!(console.terminate().await.code, Some(0));
}

#[tokio::test]
async fn a_gigabyte_is_refused_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let console = Console::start(folder.path(), &[PASSWORD]).await;
    for path in ["/login", "/rpc/save_edits", "/files"] {
        let mut stream = TcpStream::connect(authority(&console.address)).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1073741824\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n",
            authority(&console.address)
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        soon("the refusal", stream.read_exact(&mut answer)).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413", "{path}");
    }
    assert_eq!(console.terminate().await.code, Some(0));
}

#[tokio::test]
async fn the_log_knows_no_password_no_secret_and_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "password.txt", PASSWORD);
    let args = ["--log", "trace", "--password-file", arg(&path)];
    let console = Console::start(folder.path(), &args).await;
    let client = browser(Vec::new());
    assert_eq!(console.log_in(&client, "a wrong password").await.status(), 401);
    let cookie = cookie(&console.log_in(&client, PASSWORD).await);

    let places = [
        Path::key("SECRET_KEY"),
        Path::key("MAIL_PASSWORD"),
        // Refused, which is another way into a log.
        Path::key("NO_SUCH_KEY"),
    ];
    let mut statuses = Vec::new();
    for path in places {
        let edits = [Edit { path, change: Change::Set(Value::from(SECRET)) }];
        let request = client
            .post(format!("{}/rpc/save_edits", console.address))
            .header("cookie", &cookie)
            .header("origin", &console.address)
            .json(&serde_json::json!({ "edits": edits }));
        let answer = soon("the answer to an edit", request.send()).await.unwrap();
        statuses.push(answer.status().is_success());
    }
    assert_eq!(statuses, [true, true, false]);
    let page = client.get(&console.address).header("cookie", &cookie).send();
    assert_eq!(soon("the overview", page).await.unwrap().status(), 200);

    let stopped = console.terminate().await;
    assert!(stopped.log.contains("/rpc/save_edits"), "the log is on: {}", stopped.log);
    let token = cookie.split_once('=').map_or("", |(_, token)| token);
    assert!(token.len() > 40);
    for (what, text) in [
        ("the password", PASSWORD),
        ("the password as a form sends it", "correct+horse+battery"),
        ("a wrong password", "a wrong password"),
        ("a wrong password as a form sends it", "a+wrong+password"),
        ("a secret", SECRET),
        ("the session's token", token),
    ] {
        assert!(!stopped.log.contains(text), "the log has {what}");
    }
}
