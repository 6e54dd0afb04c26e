//! Live checks over HTTP: started, followed, ended; nothing secret in what comes.

use crate::support::{Ground, PASSWORD, TestApp, set};
use cluster::check::{Outcome, State};
use config_model::path::Path;
use config_model::yaml;
use server::backend::checks::Scope;
use server::checks::run::JOBS_MAX;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener as Listener, TcpStream};

/// A console with a Redis at this port, and another at a port where nobody listens.
async fn app_with_redis(port: u16) -> TestApp {
    let config = format!(
        "BUILDLOGS_REDIS: {{host: 127.0.0.1, port: {port}, password: hunter22}}\n\
         PULL_METRICS_REDIS: {{host: 127.0.0.1, port: {}}}\n",
        closed_port()
    );
    TestApp::logged_in_at(Ground::new().with_config(&config)).await
}

/// A port where nobody listens.
fn closed_port() -> u16 {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|at| at.local_addr());
    free.expect("there is a free port").port()
}

/// A service that takes connections and says nothing.
async fn silent_port() -> (Listener, u16) {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
    let port = listener.local_addr().expect("it listens").port();
    (listener, port)
}

/// A mail server that refuses every log-in and counts them: its port, and their number.
async fn refusing_mail_server() -> (u16, Arc<AtomicUsize>) {
    let (listener, port) = silent_port().await;
    let tried = Arc::new(AtomicUsize::new(0));
    let counted = tried.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = refuse(stream, &counted).await;
        }
    });
    (port, tried)
}

/// One conversation with it.
async fn refuse(stream: TcpStream, tried: &AtomicUsize) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example.com\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next() {
            Some("EHLO") => "250-mail.example.com\r\n250 AUTH PLAIN\r\n",
            Some("AUTH") => {
                tried.fetch_add(1, Ordering::SeqCst);
                "535 5.7.8 Authentication credentials invalid\r\n"
            }
            _ => "221 good-bye\r\n",
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

/// A console with a Redis where nobody listens, and a mail server at this port.
async fn app_with_mail(port: u16) -> TestApp {
    let config = format!(
        "BUILDLOGS_REDIS: {{host: 127.0.0.1, port: {}}}\nFEATURE_MAILING: true\n\
         MAIL_SERVER: 127.0.0.1\nMAIL_PORT: {port}\nMAIL_USE_TLS: false\nMAIL_USE_AUTH: true\n\
         MAIL_USERNAME: quay\nMAIL_PASSWORD: hunter22\n",
        closed_port()
    );
    TestApp::logged_in_at(Ground::new().with_config(&config)).await
}

/// What one section is about.
fn section(id: &str) -> Scope {
    Scope::Section(id.to_owned())
}

/// Whether something of this is under way that nobody has ended.
fn is_under_way(app: &TestApp, scope: &Scope) -> bool {
    app.state.checks.under_way(scope).iter().any(|run| run.is_open())
}

/// Waits for the end of all checks and gives what a page was sent meanwhile.
async fn followed(app: &TestApp, query: &str) -> String {
    app.get(&format!("/checks/events{query}")).await.text()
}

#[tokio::test]
async fn a_button_starts_the_checks_of_its_section_and_the_page_shows_how_they_went() {
    let app = app_with_redis(closed_port()).await;
    let before = app.get("/section/redis").await.text();
    assert!(before.contains("Check now") && before.contains("Not tried yet."), "{before}");
    let fields = [("section", "redis"), ("back", "/section/redis")];
    let answer = app.post_form("/checks", &fields).await;
    assert_eq!(answer.redirect(), (303, "/section/redis#checks"));
    followed(&app, "?section=redis").await;
    let page = app.get("/section/redis").await.text();
    assert!(page.contains("2 failed"), "{page}");
    assert!(page.contains("127.0.0.1 is there, but nothing listens on port"), "{page}");
    let elsewhere = app.get("/section/email").await.text();
    assert!(!elsewhere.contains("2 failed"), "checks of Redis are shown beside e-mail");
}

#[tokio::test]
async fn who_follows_is_sent_each_check_and_the_end() {
    let app = app_with_redis(closed_port()).await;
    app.post_form("/checks", &[("back", "/review")]).await;
    let answer = app.get("/checks/events?back=/review").await;
    assert_eq!(answer.header("content-type"), "text/event-stream");
    let text = answer.text();
    for path in ["BUILDLOGS_REDIS", "PULL_METRICS_REDIS"] {
        for part in ["", "head-", "stages-", "found-"] {
            let piece = format!("id=\"{part}check-redis-{path}\"");
            assert!(text.contains(&piece), "{piece} is not in {text}");
        }
    }
    assert!(text.contains("2 failed") && text.trim_end().ends_with("data: done"), "{text}");
    assert!(!text.contains("hunter22"), "{text}");
}

#[tokio::test]
async fn each_node_has_a_place_of_its_own_in_the_page() {
    let nodes = [format!("first=127.0.0.1:{}", closed_port()), "second=127.0.0.1:1".to_owned()];
    let nodes: Vec<_> = nodes.iter().map(String::as_str).collect();
    let ground = Ground::new().with_config("SERVER_HOSTNAME: localhost\n").with_nodes(&nodes);
    let app = TestApp::logged_in_at(ground).await;
    app.post_form("/checks", &[("section", "server")]).await;
    let text = followed(&app, "?section=server").await;
    let page = app.get("/section/server").await.text();
    for node in ["first", "second"] {
        for part in ["head-", "stages-", "found-"] {
            let place = format!("id=\"{part}check-node-SERVER_HOSTNAME-{node}\"");
            assert!(text.contains(&place), "{place} is not in {text}");
            assert_eq!(page.matches(&place).count(), 1, "{place} in {page}");
        }
        let told = format!("Nothing listens on {node},");
        assert_eq!(page.matches(&told).count(), 1, "{told} in {page}");
    }
}

#[tokio::test]
async fn programs_do_not_ask_nodes_that_may_be_of_another_cluster() {
    let ground = Ground::new().with_nodes(&["first=127.0.0.1:1"]);
    let app = TestApp::logged_in_at(ground).await;
    let document = yaml::read("SERVER_HOSTNAME: localhost\n").expect("it is YAML");
    let outcomes = app.state.checks.run_all(&document, &BTreeMap::new(), 0).await;
    let checks: Vec<_> =
        outcomes.expect("nobody else is there").into_iter().map(|o| o.check).collect();
    assert_eq!(checks, ["hostname"]);
}

#[tokio::test]
async fn who_follows_when_nothing_runs_is_told_so_at_once() {
    let app = app_with_redis(closed_port()).await;
    assert!(followed(&app, "").await.ends_with("event: done\ndata: done\n\n"));
}

#[tokio::test]
async fn checks_can_be_ended_while_a_service_hangs() {
    let (_listener, port) = silent_port().await;
    let app = app_with_redis(port).await;
    app.post_form("/checks", &[("back", "/checks")]).await;
    let page = app.get("/checks").await.text();
    assert!(page.contains("data-watch=\"/checks/events?back=/checks\""), "{page}");
    let answer = app.post_form("/checks/cancel", &[("back", "/checks")]).await;
    assert_eq!(answer.redirect(), (303, "/checks"));
    let text = followed(&app, "").await;
    assert!(text.contains("cancelled") && text.contains("event: done"), "{text}");
}

#[tokio::test]
async fn the_same_checks_are_not_run_twice_at_a_time() {
    let (_listener, port) = silent_port().await;
    let app = app_with_redis(port).await;
    for _ in 0..20 {
        let answer = app.post_form("/checks", &[("section", "redis")]).await;
        assert_eq!(answer.status, 303);
    }
    let runs = app.state.checks.under_way(&Scope::All);
    assert_eq!(runs.iter().filter(|run| run.is_open()).count(), 1);
    app.state.checks.cancel(&Scope::All);
}

#[tokio::test]
async fn a_result_of_an_earlier_draft_says_so() {
    let app = app_with_redis(closed_port()).await;
    app.post_form("/checks", &[("section", "redis")]).await;
    followed(&app, "?section=redis").await;
    let page = app.get("/section/redis").await.text();
    assert!(page.contains("2 failed<") && page.contains("/checks.js\""), "{page}");
    let edit = set(Path::key("REGISTRY_TITLE"), "Another");
    assert_eq!(app.rpc(&[edit]).await.status, 200);
    let page = app.get("/section/redis").await.text();
    assert!(page.contains("2 failed, before the last change<"), "{page}");
    // Once more than in the note that is hidden until somebody edits, for each check.
    assert_eq!(page.matches("The draft has changed since.").count(), 3, "{page}");
}

#[tokio::test]
async fn where_nothing_was_tried_no_script_is_loaded_for_it() {
    let app = app_with_redis(closed_port()).await;
    let page = app.get("/section/redis").await.text();
    assert!(!page.contains("checks.js"), "{page}");
}

#[tokio::test]
async fn results_of_two_states_of_the_draft_are_told_apart() {
    let (port, _) = refusing_mail_server().await;
    let app = app_with_mail(port).await;
    app.post_form("/checks", &[("back", "/checks")]).await;
    followed(&app, "").await;
    let edit = set(Path::key("REGISTRY_TITLE"), "Another");
    assert_eq!(app.rpc(&[edit]).await.status, 200);
    app.post_form("/checks", &[("section", "redis")]).await;
    followed(&app, "").await;
    let page = app.get("/checks").await.text();
    assert!(page.contains("2 failed; 1 of these before the last change<"), "{page}");
}

#[tokio::test]
async fn who_follows_or_ends_the_checks_of_a_page_leaves_others_alone() {
    let (_listener, port) = silent_port().await;
    let app = app_with_mail(port).await;
    app.post_form("/checks", &[("section", "email")]).await;
    app.post_form("/checks", &[("section", "redis")]).await;
    let text = followed(&app, "?section=redis").await;
    assert!(text.contains("1 failed") && text.trim_end().ends_with("data: done"), "{text}");
    assert!(is_under_way(&app, &section("email")), "nobody has waited for the mail server");
    let answer =
        app.post_form("/checks/cancel", &[("section", "redis"), ("back", "/section/redis")]).await;
    assert_eq!(answer.redirect(), (303, "/section/redis#checks"));
    assert!(is_under_way(&app, &section("email")), "another page's button has ended it");
    let page = app.get("/section/email").await.text();
    assert!(page.contains("name=\"section\" value=\"email\""), "{page}");
    app.post_form("/checks/cancel", &[("section", "email")]).await;
    let text = followed(&app, "?section=email").await;
    assert!(text.contains("1 not tried") && !is_under_way(&app, &Scope::All), "{text}");
}

#[tokio::test]
async fn a_section_that_is_tried_anew_takes_its_checks_out_of_a_run_of_everything() {
    let (_listener, port) = silent_port().await;
    let app = app_with_mail(port).await;
    app.post_form("/checks", &[]).await;
    let all = app.state.checks.under_way(&Scope::All).pop().expect("it has just begun");
    app.post_form("/checks", &[("section", "email")]).await;
    let outcomes = all.finished().await;
    let states: Vec<_> =
        outcomes.iter().map(|outcome| (outcome.check.as_str(), outcome.state)).collect();
    assert_eq!(states, [("redis", State::Failed), ("smtp", State::Cancelled)]);
    assert!(is_under_way(&app, &section("email")), "what was asked for last goes on");
    app.post_form("/checks/cancel", &[]).await;
    assert!(!is_under_way(&app, &Scope::All));
}

#[tokio::test]
async fn a_run_of_everything_does_not_repeat_a_log_in_that_was_refused() {
    let (port, tried) = refusing_mail_server().await;
    let app = app_with_mail(port).await;
    let tried = || tried.load(Ordering::SeqCst);
    for _ in 0..3 {
        app.post_form("/checks", &[("back", "/review")]).await;
        followed(&app, "").await;
    }
    assert_eq!(tried(), 1, "the account would be locked");
    let page = app.get("/checks").await.text();
    assert!(page.contains("refused once with these values"), "{page}");
    let draft = app.state.drafts.load().await.expect("the draft can be read");
    let outcomes = app.state.checks.run_all(&draft.document, &draft.files, app.state.clock.now());
    let outcomes = outcomes.await.expect("nothing else runs");
    let faults = outcomes.iter().filter_map(Outcome::failure);
    let faults: Vec<_> = faults.map(|problem| problem.fault.as_str()).collect();
    assert_eq!((faults, tried()), (vec!["connection_refused", "login_not_repeated"], 1));
    // Who presses the button of the section wants to know.
    app.post_form("/checks", &[("section", "email")]).await;
    let text = followed(&app, "?section=email").await;
    assert!(text.contains("refuses the user name quay"), "{text}");
    assert_eq!(tried(), 2);
    let corrected = set(Path::key("MAIL_PASSWORD"), "another-one");
    assert_eq!(app.rpc(&[corrected]).await.status, 200);
    app.post_form("/checks", &[]).await;
    followed(&app, "").await;
    assert_eq!(tried(), 3, "another password is tried");
}

#[tokio::test]
async fn what_is_too_much_for_one_run_is_no_silence() {
    let mut config = "DISTRIBUTED_STORAGE_CONFIG:\n".to_owned();
    for at in 0..JOBS_MAX + 2 {
        let _ = writeln!(config, "  e{at}: [LocalStorage, {{storage_path: /datastorage}}]");
    }
    let app = TestApp::logged_in_at(Ground::new().with_config(&config)).await;
    app.post_form("/checks", &[]).await;
    followed(&app, "").await;
    let page = app.get("/checks").await.text();
    assert!(page.contains("1 failed, 200 passed"), "{page}");
    assert!(page.contains("things at most, and there are 202."), "{page}");
    let draft = app.state.drafts.load().await.expect("the draft can be read");
    let outcomes = app.state.checks.run_all(&draft.document, &draft.files, app.state.clock.now());
    let outcomes = outcomes.await.expect("nothing else runs");
    let faults = outcomes.iter().filter_map(Outcome::failure);
    let faults: Vec<_> = faults.map(|problem| problem.fault.as_str()).collect();
    assert_eq!(faults, ["left_out"]);
}

#[tokio::test]
async fn checks_are_for_those_who_are_logged_in() {
    let app = Ground::new().start(PASSWORD).await.expect("a console starts");
    assert_eq!(app.get("/checks/events").await.status, 401);
    assert_eq!(app.get("/checks").await.redirect(), (303, "/login"));
}

#[tokio::test]
async fn too_long_a_text_for_an_action_is_refused() {
    let app = TestApp::logged_in().await;
    let long = "x".repeat(300);
    let fields = [("check", "smtp"), ("action", "test_mail"), ("text", long.as_str())];
    let answer = app.post_form("/checks", &fields).await;
    assert_eq!(answer.status, 400);
}
