//! Certificates and keys: uploaded, described in words, refused, removed.

use crate::support::{TestApp, set};
use app::text;
use config_model::path::Path;
use config_model::value::Value;
use rcgen::{CertificateParams, KeyPair};

/// A certificate for this host and its key, in PEM.
fn pair(host: &str) -> (String, String) {
    let key = KeyPair::generate().expect("keys can be made");
    let params = CertificateParams::new(vec![host.to_owned()]).expect("the host is a name");
    let certificate = params.self_signed(&key).expect("a key can sign");
    (certificate.pem(), key.serialize_pem())
}

/// The text of the page a file is uploaded on.
async fn page(app: &TestApp, section: &str) -> String {
    let answer = app.get(&app::paths::section(section)).await;
    assert_eq!(answer.status, 200, "{section}");
    answer.text()
}

/// Where the database's driver looks for a setting.
fn database_setting(name: &str) -> Path {
    Path::key("DB_CONNECTION_ARGS").field(name)
}

#[tokio::test]
async fn an_uploaded_pair_is_described_in_words() {
    let app = TestApp::logged_in().await;
    let t = text::page();
    let (certificate, key) = pair("quay.example.com");
    let answer = app.upload("server", "ssl.cert", "fullchain.pem", certificate.as_bytes()).await;
    assert_eq!(answer.redirect(), (303, "/section/server#ssl.cert"));
    let html = page(&app, "server").await;
    assert!(html.contains(&format!("{} quay.example.com", t.cert_names)));
    assert!(html.contains(t.cert_self_signed));

    let answer = app.upload("server", "ssl.key", "privkey.pem", key.as_bytes()).await;
    assert_eq!(answer.redirect(), (303, "/section/server#ssl.key"));
    let html = page(&app, "server").await;
    assert!(html.contains(t.key_matches));
    assert_eq!(app.file_names().await, ["ssl.cert", "ssl.key"]);
    let inside = key.lines().nth(1).unwrap();
    assert!(!html.contains(inside), "the page shows the key");

    let (_, foreign) = pair("quay.example.com");
    app.upload("server", "ssl.key", "privkey.pem", foreign.as_bytes()).await;
    let html = page(&app, "server").await;
    assert!(html.contains(t.key_differs), "the key was replaced by another one");
    assert_eq!(app.file_names().await, ["ssl.cert", "ssl.key"]);
}

#[tokio::test]
async fn what_is_no_certificate_is_kept_and_called_what_it_is() {
    let app = TestApp::logged_in().await;
    let answer = app.upload("server", "ssl.cert", "notes.txt", b"buy a certificate").await;
    assert_eq!(answer.redirect(), (303, "/section/server#ssl.cert"));
    assert_eq!(app.file_names().await, ["ssl.cert"]);
    let html = page(&app, "server").await;
    assert!(html.contains("there is no certificate and no key in it"));
    let report = app.state.drafts.report(&app.state.drafts.load().await.unwrap());
    assert!(report.errors().any(|finding| finding.key == "ssl.cert"), "the review names it too");
}

#[tokio::test]
async fn the_path_a_browser_sends_is_cut_off() {
    let app = TestApp::logged_in().await;
    let names = ["../../../etc/evil.crt", "/etc/ssl/absolute.crt", "corporate ca.crt"];
    for name in names {
        let answer = app.upload("certificates", "extra_ca_certs/", name, b"pem").await;
        assert_eq!(answer.status, 303, "{name}");
    }
    assert_eq!(
        app.file_names().await,
        ["absolute.crt", "corporate_ca.crt", "evil.crt"].map(|own| format!("extra_ca_certs/{own}"))
    );
}

#[tokio::test]
async fn a_name_that_no_file_may_have_is_refused() {
    let app = TestApp::logged_in().await;
    let version = app.version().await;
    let long = format!("{}.crt", "x".repeat(100));
    let uploads = [
        ("extra_ca_certs/", ".."),
        ("extra_ca_certs/", "../.."),
        ("extra_ca_certs/", "../"),
        ("extra_ca_certs/", ""),
        ("extra_ca_certs/", ".hidden.crt"),
        ("extra_ca_certs/", "run.sh"),
        ("extra_ca_certs/", "a%2f..%2fb.crt"),
        ("extra_ca_certs/", "ümlaut.crt"),
        ("extra_ca_certs/", long.as_str()),
        ("*", "config.yaml"),
        ("*", "../config.yaml"),
        ("*", "ssl.key"),
        ("*", "../database.pem"),
        ("../ssl.key", "a.pem"),
        ("extra_ca_certs/../", "a.pem"),
        ("/etc/ssl.key", "a.pem"),
        ("", "a.pem"),
    ];
    for (slot, name) in uploads {
        let answer = app.upload("certificates", slot, name, b"pem").await;
        assert_eq!(answer.status, 400, "{slot} {name}");
        assert!(answer.text().contains(text::page().refused_title), "{slot} {name}");
    }
    assert_eq!(app.file_names().await, [""; 0]);
    assert_eq!(app.version().await, version);
}

#[tokio::test]
async fn a_file_of_no_size_or_of_too_much_is_refused() {
    let app = TestApp::logged_in().await;
    for size in [0, 1024 * 1024 + 1] {
        let answer = app.upload("server", "ssl.cert", "a.pem", &vec![b'x'; size]).await;
        assert_eq!(answer.status, 400, "{size}");
    }
    assert_eq!(app.file_names().await, [""; 0]);
    let answer = app.upload("server", "ssl.cert", "a.pem", &vec![b'x'; 1024 * 1024]).await;
    assert_eq!(answer.status, 303, "as much as allowed is taken");
}

#[tokio::test]
async fn a_removed_file_is_gone() {
    let app = TestApp::logged_in().await;
    app.upload("server", "ssl.cert", "a.pem", b"a").await;
    app.upload("server", "ssl.key", "b.pem", b"b").await;
    let fields = [("section", "server"), ("name", "ssl.cert")];
    let answer = app.post_form("/files/remove", &fields).await;
    assert_eq!(answer.redirect(), (303, "/section/server#ssl.cert"));
    assert_eq!(app.file_names().await, ["ssl.key"]);
    assert!(page(&app, "server").await.contains(text::page().file_none));
    for odd in ["../ssl.key", "ssl.cert", "", "\0", "\r\n"] {
        let answer = app.post_form("/files/remove", &[("section", "server"), ("name", odd)]).await;
        assert!(!answer.status.is_server_error(), "{odd:?}: {}", answer.status);
    }
    assert_eq!(app.file_names().await, ["ssl.key"]);
}

#[tokio::test]
async fn the_databases_certificate_makes_the_connection_check_it() {
    let app = TestApp::logged_in().await;
    let address = "postgresql://quay:word@db01.example.com/quay";
    assert_eq!(app.rpc(&[set(Path::key("DB_URI"), address)]).await.status, 200);
    let (certificate, _) = pair("db01.example.com");
    let answer = app.upload("database", "database.pem", "db.crt", certificate.as_bytes()).await;
    assert_eq!(answer.redirect(), (303, "/section/database#database.pem"));
    let document = app.document().await;
    assert_eq!(document.raw(&database_setting("sslmode")), Some(&Value::from("verify-full")));
    let file = Value::from("conf/stack/database.pem");
    assert_eq!(document.raw(&database_setting("sslrootcert")), Some(&file));

    app.post_form("/files/remove", &[("section", "database"), ("name", "database.pem")]).await;
    let document = app.document().await;
    assert_eq!(document.raw(&database_setting("sslmode")), None);
    assert_eq!(document.raw(&database_setting("sslrootcert")), None);
    assert_eq!(document.raw(&database_setting("threadlocals")), Some(&Value::from(true)));
}

#[tokio::test]
async fn a_tls_mode_that_was_chosen_stays_as_it_was() {
    let app = TestApp::logged_in().await;
    let chosen = set(database_setting("sslmode"), "require");
    assert_eq!(app.rpc(&[chosen]).await.status, 200);
    let (certificate, _) = pair("db01.example.com");
    app.upload("database", "database.pem", "db.crt", certificate.as_bytes()).await;
    let mode = Some(Value::from("require"));
    assert_eq!(app.document().await.raw(&database_setting("sslmode")), mode.as_ref());
    app.post_form("/files/remove", &[("section", "database"), ("name", "database.pem")]).await;
    assert_eq!(app.document().await.raw(&database_setting("sslmode")), mode.as_ref());
}

#[tokio::test]
async fn for_mysql_the_certificate_stands_where_its_driver_looks() {
    let app = TestApp::logged_in().await;
    let address = "mysql+pymysql://quay:word@db01.example.com/quay";
    assert_eq!(app.rpc(&[set(Path::key("DB_URI"), address)]).await.status, 200);
    let (certificate, _) = pair("db01.example.com");
    app.upload("database", "database.pem", "db.crt", certificate.as_bytes()).await;
    let document = app.document().await;
    let file = Value::from("conf/stack/database.pem");
    assert_eq!(document.raw(&database_setting("ssl").field("ca")), Some(&file));
    assert_eq!(document.raw(&database_setting("sslmode")), None);
}
