//! `PgBouncer`, of which there are stand-ins here: how it refuses people.

use super::standins::Actor;
use super::{CHECK, trial_with};
use crate::support::Proofs;

/// Its code for nearly everything.
const CODE: &str = "08P01";

#[tokio::test]
async fn what_a_pooler_refuses_is_understood() {
    let mut proofs = Proofs::of(CHECK, "database-pooler");
    let cases = [
        ("does not take the password", "password authentication failed", "wrong_password"),
        ("does not take the password by SCRAM", "SASL authentication failed", "wrong_password"),
        ("does not know the user", "no such user", "wrong_password"),
        ("does not know the database", "no such database: quaydb", "database_missing"),
        ("wants encryption", "SSL required", "encryption_wanted"),
        (
            "has no connection left",
            "no more connections allowed (max_client_conn)",
            "connections_used_up",
        ),
        ("has trouble", "pgbouncer cannot connect to server", "trouble"),
    ];
    let clear = "sslmode: disable";
    for (situation, words, fault) in cases {
        let actor = Actor::refusing(CODE, words).await;
        let uri = format!("postgresql://quayuser:letmein42@127.0.0.1:{}/quaydb", actor.port);
        let outcome = trial_with(&uri, clear).run_one(CHECK).await;
        proofs.finds(&format!("a stand-in for PgBouncer {situation}"), &outcome, fault);
    }
    let actor = Actor::refusing(CODE, "password authentication failed").await;
    let uri = format!("postgresql://quayuser@127.0.0.1:{}/quaydb", actor.port);
    let outcome = trial_with(&uri, clear).run_one(CHECK).await;
    proofs.finds("a stand-in for PgBouncer wants a password", &outcome, "password_missing");
    proofs.end();
}
