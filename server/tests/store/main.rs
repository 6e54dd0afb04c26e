//! One story about what a store keeps, told to both databases.

#[expect(dead_code, reason = "the checks need more of the lab than a store does")]
#[path = "../lab/parts.rs"]
mod lab;

use lab::postgres::{Postgres, Setup};
use server::store::{
    DraftChange, DraftRow, FileRow, LoginFailure, NewRevision, PostgresStore, REVISIONS_MAX,
    STEPS_MAX, SessionRow, SqliteStore, StepRow, Store,
};

/// Tells the whole story to an empty store.
async fn story(store: &dyn Store) {
    store.ping().await.expect("the database answers");
    sessions_are_kept_until_they_end(store).await;
    failures_are_counted_by_scope(store).await;
    settings_are_replaced(store).await;
    a_draft_is_changed_by_whoever_knows_its_version(store).await;
    files_go_with_their_draft(store).await;
    states_are_kept_in_their_order(store).await;
    revisions_are_listed_the_newest_first(store).await;
}

async fn sessions_are_kept_until_they_end(store: &dyn Store) {
    let session =
        |id: &str, at: i64| SessionRow { id: id.to_owned(), created_at: at, last_seen_at: at };
    for (id, at) in [("a", 100), ("b", 200), ("c", 300)] {
        store.insert_session(&session(id, at)).await.unwrap_or_else(fail);
    }
    assert!(store.insert_session(&session("a", 900)).await.is_err(), "an id is given once");
    let found = store.session("a").await.unwrap_or_else(fail);
    assert_eq!(found, Some(session("a", 100)));
    assert_eq!(store.session("nobody").await.unwrap_or_else(fail), None);
    assert_eq!(store.session("a' OR '1'='1").await.unwrap_or_else(fail), None);

    store.touch_session("a", 250).await.unwrap_or_else(fail);
    let touched = SessionRow { last_seen_at: 250, ..session("a", 100) };
    assert_eq!(store.session("a").await.unwrap_or_else(fail), Some(touched));

    store.delete_sessions_idle_since(250).await.unwrap_or_else(fail);
    assert_eq!(store.session("b").await.unwrap_or_else(fail), None, "it was idle since 200");
    assert!(store.session("a").await.unwrap_or_else(fail).is_some(), "it was used at 250");

    store.delete_session("a").await.unwrap_or_else(fail);
    store.delete_session("a").await.unwrap_or_else(fail);
    assert_eq!(store.session("a").await.unwrap_or_else(fail), None);
    store.delete_sessions().await.unwrap_or_else(fail);
    assert_eq!(store.session("c").await.unwrap_or_else(fail), None);
}

async fn failures_are_counted_by_scope(store: &dyn Store) {
    let scope = "account it's \"me\" \u{1f40e}";
    let failure = |failures| LoginFailure {
        scope: scope.to_owned(),
        failures,
        last_at: 1_790_000_000,
        blocked_until: 1_790_000_064,
    };
    assert_eq!(store.login_failure(scope).await.unwrap_or_else(fail), None);
    for failures in [1, 2] {
        store.put_login_failure(&failure(failures)).await.unwrap_or_else(fail);
        let found = store.login_failure(scope).await.unwrap_or_else(fail);
        assert_eq!(found, Some(failure(failures)));
    }
    let other = LoginFailure { scope: "address 192.0.2.7".to_owned(), ..failure(i64::MAX) };
    store.put_login_failure(&other).await.unwrap_or_else(fail);
    store.delete_login_failure(scope).await.unwrap_or_else(fail);
    assert_eq!(store.login_failure(scope).await.unwrap_or_else(fail), None);
    let kept = store.login_failure(&other.scope).await.unwrap_or_else(fail);
    assert_eq!(kept.as_ref(), Some(&other), "a scope is forgotten alone");
}

async fn settings_are_replaced(store: &dyn Store) {
    assert_eq!(store.setting("password_hash").await.unwrap_or_else(fail), None);
    for content in [&b"first"[..], b"", b"\0\xff binary"] {
        store.put_setting("password_hash", content).await.unwrap_or_else(fail);
        let found = store.setting("password_hash").await.unwrap_or_else(fail);
        assert_eq!(found.as_deref(), Some(content));
    }
    assert_eq!(store.setting("another").await.unwrap_or_else(fail), None);
}

fn draft(version: i64, content: &str) -> DraftRow {
    DraftRow {
        version,
        saved_at: 1_790_000_000 + version,
        origin: "\"Setup\"".to_owned(),
        content: content.as_bytes().to_vec(),
        step: 0,
    }
}

/// The state at this place of the order.
fn step(position: i64) -> StepRow {
    let content = format!("state {position}").into_bytes();
    StepRow { position, made_at: 1_790_000_000 + position, label: "MAIL_PORT".to_owned(), content }
}

/// A change that leaves the draft with this version and content, and makes no new state.
fn change(version: i64, content: &str) -> DraftChange {
    DraftChange {
        draft: draft(version, content),
        files: Vec::new(),
        removed: Vec::new(),
        step: None,
    }
}

fn file(name: &str, content: &[u8]) -> FileRow {
    FileRow { name: name.to_owned(), content: content.to_vec() }
}

async fn a_draft_is_changed_by_whoever_knows_its_version(store: &dyn Store) {
    assert_eq!(store.draft().await.unwrap_or_else(fail), None);
    let nothing = store.update_draft(1, &change(2, "early")).await.unwrap_or_else(fail);
    assert!(!nothing, "there is no draft to change");
    assert_eq!(store.draft().await.unwrap_or_else(fail), None);

    store.begin_draft(&draft(1, "first"), &[], &step(0)).await.unwrap_or_else(fail);
    assert!(store.update_draft(1, &change(2, "second")).await.unwrap_or_else(fail));
    let late = DraftChange {
        files: vec![file("late.crt", b"late")],
        step: Some(step(1)),
        ..change(2, "late")
    };
    assert!(!store.update_draft(1, &late).await.unwrap_or_else(fail), "somebody else was faster");
    assert_eq!(store.draft().await.unwrap_or_else(fail), Some(draft(2, "second")));
    assert!(store.draft_files().await.unwrap_or_else(fail).is_empty(), "nothing of it is kept");
    assert_eq!(store.step(1).await.unwrap_or_else(fail), None);
}

async fn files_go_with_their_draft(store: &dyn Store) {
    let first = [file("ssl.key", b"key"), file("ssl.cert", b"\0\xff")];
    store.begin_draft(&draft(1, "with files"), &first, &step(0)).await.unwrap_or_else(fail);
    assert_eq!(store.draft().await.unwrap_or_else(fail), Some(draft(1, "with files")));
    let found = store.draft_files().await.unwrap_or_else(fail);
    assert_eq!(found, [file("ssl.cert", b"\0\xff"), file("ssl.key", b"key")]);

    let changed = DraftChange {
        files: vec![file("ssl.key", b"another key"), file("extra_ca_certs/ca.crt", b"ca")],
        removed: vec!["ssl.cert".to_owned(), "no such file".to_owned()],
        ..change(2, "other files")
    };
    assert!(store.update_draft(1, &changed).await.unwrap_or_else(fail));
    let found = store.draft_files().await.unwrap_or_else(fail);
    assert_eq!(found, [file("extra_ca_certs/ca.crt", b"ca"), file("ssl.key", b"another key")]);

    store
        .begin_draft(&draft(1, "anew"), &[file("b.crt", b"b")], &step(0))
        .await
        .unwrap_or_else(fail);
    assert_eq!(store.draft_files().await.unwrap_or_else(fail), [file("b.crt", b"b")]);
}

async fn states_are_kept_in_their_order(store: &dyn Store) {
    store.begin_draft(&draft(1, "first"), &[], &step(0)).await.unwrap_or_else(fail);
    for position in 1..=3 {
        let next = DraftChange { step: Some(step(position)), ..change(position + 1, "next") };
        assert!(store.update_draft(position, &next).await.unwrap_or_else(fail));
    }
    assert_eq!(store.steps().await.unwrap_or_else(fail), Some((0, 3)));
    assert_eq!(store.step(2).await.unwrap_or_else(fail), Some(step(2)));

    let after_undo = DraftChange { step: Some(step(2)), ..change(5, "another way") };
    assert!(store.update_draft(4, &after_undo).await.unwrap_or_else(fail));
    assert_eq!(store.steps().await.unwrap_or_else(fail), Some((0, 2)), "what was undone is gone");

    let late = DraftChange { step: Some(step(STEPS_MAX + 1)), ..change(6, "much later") };
    assert!(store.update_draft(5, &late).await.unwrap_or_else(fail));
    let kept = store.steps().await.unwrap_or_else(fail);
    assert_eq!(kept, Some((1, STEPS_MAX + 1)), "the oldest give way");
}

async fn revisions_are_listed_the_newest_first(store: &dyn Store) {
    let revision = |reason: &str| NewRevision {
        made_at: 1_790_000_000,
        author: "quayconfig".to_owned(),
        action: "save".to_owned(),
        reason: reason.to_owned(),
        content: reason.as_bytes().to_vec(),
    };
    let first = store.add_revision(&revision("first")).await.unwrap_or_else(fail);
    let second = store.add_revision(&revision("second")).await.unwrap_or_else(fail);
    let found = store.revisions().await.unwrap_or_else(fail);
    let seen: Vec<_> = found.iter().map(|row| (row.id, row.reason.as_str())).collect();
    assert_eq!(seen, [(second, "second"), (first, "first")]);
    let content = store.revision_content(first).await.unwrap_or_else(fail);
    assert_eq!(content.as_deref(), Some(&b"first"[..]));
    assert_eq!(store.revision_content(second + 1).await.unwrap_or_else(fail), None);
    for _ in 0..REVISIONS_MAX {
        store.add_revision(&revision("later")).await.unwrap_or_else(fail);
    }
    let found = store.revisions().await.unwrap_or_else(fail);
    assert_eq!(found.len(), usize::try_from(REVISIONS_MAX).expect("it is a small number"));
    assert!(found.iter().all(|row| row.reason == "later"), "the oldest give way");
}

/// Two consoles on one database see what the other one does, and do not overwrite it.
async fn two_consoles(one: &dyn Store, other: &dyn Store) {
    let session = SessionRow { id: "shared".to_owned(), created_at: 1, last_seen_at: 1 };
    one.insert_session(&session).await.unwrap_or_else(fail);
    assert_eq!(other.session("shared").await.unwrap_or_else(fail), Some(session));
    other.delete_sessions().await.unwrap_or_else(fail);
    assert_eq!(one.session("shared").await.unwrap_or_else(fail), None);

    one.begin_draft(&draft(1, "first"), &[], &step(0)).await.unwrap_or_else(fail);
    for version in 1..=20 {
        let (mine, theirs) = (change(version + 1, "mine"), change(version + 1, "theirs"));
        let (by_one, by_other) =
            tokio::join!(one.update_draft(version, &mine), other.update_draft(version, &theirs));
        let (by_one, by_other) = (by_one.unwrap_or_else(fail), by_other.unwrap_or_else(fail));
        assert!(by_one != by_other, "version {version}: exactly one of them is the faster one");
        let winner = if by_one { mine } else { theirs };
        for store in [one, other] {
            assert_eq!(store.draft().await.unwrap_or_else(fail).as_ref(), Some(&winner.draft));
        }
    }
    one.put_setting("password_hash", b"new").await.unwrap_or_else(fail);
    let seen = other.setting("password_hash").await.unwrap_or_else(fail);
    assert_eq!(seen.as_deref(), Some(&b"new"[..]));
}

/// Ends the test with what the database said.
#[expect(clippy::needless_pass_by_value, reason = "unwrap_or_else gives the error away")]
fn fail<T>(error: server::store::StoreError) -> T {
    panic!("{error}: {}", error.source)
}

#[tokio::test]
async fn the_embedded_database_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("console.db");
    let store = SqliteStore::open(&path).await.unwrap();
    story(&store).await;
    drop(store);
    let again = SqliteStore::open(&path).await.unwrap();
    assert!(again.setting("password_hash").await.unwrap().is_some(), "its tables are found again");
}

#[tokio::test]
async fn two_handles_on_the_embedded_database_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("console.db");
    let one = SqliteStore::open(&path).await.unwrap();
    let other = SqliteStore::open(&path).await.unwrap();
    two_consoles(&one, &other).await;
}

/// A server into which everybody may come, and its address.
fn postgres() -> (Postgres, String) {
    let rules = "host all all 127.0.0.1/32 trust";
    let server = Postgres::start(&Setup { rules, ..Setup::default() });
    let url = format!("{}?sslmode=disable", server.uri("postgres", "", "postgres"));
    (server, url)
}

#[tokio::test]
async fn postgresql_keeps_everything() {
    let (_server, url) = postgres();
    let store = PostgresStore::connect(&url).await.unwrap();
    story(&store).await;
    let again = PostgresStore::connect(&url).await.unwrap();
    assert!(again.setting("password_hash").await.unwrap().is_some(), "its tables are found again");
}

#[tokio::test]
async fn two_consoles_on_one_postgresql_agree() {
    let (_server, url) = postgres();
    let (one, other) = tokio::join!(PostgresStore::connect(&url), PostgresStore::connect(&url));
    let (one, other) = (one.unwrap_or_else(fail), other.unwrap_or_else(fail));
    two_consoles(&one, &other).await;
}

#[tokio::test]
async fn an_address_that_cannot_be_used_keeps_its_password_to_itself() {
    let url = "postgresql://console:hunter2@db01.example.com:no-port/console";
    let error = PostgresStore::connect(url).await.unwrap_err();
    let said = format!("{error}: {} {error:?}", error.source);
    assert!(said.contains("could not be reached"), "{said}");
    assert!(!said.contains("hunter2"), "the password is in the message");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("console.db");
    std::fs::write(&path, "this is a letter, and a long one, but it is no database. ".repeat(20))
        .unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.to_string().starts_with("the database could not"), "{error}");
}
