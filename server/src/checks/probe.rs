//! Questions about a port that are asked on a connection of their own.

use super::course::Course;
use crate::clients::tls::{self, Tls, TlsError, Verify};
use std::time::Duration;
use tokio::time::timeout;

/// How long an answer may take.
const PROBE_TIME: Duration = Duration::from_secs(3);

/// Whether what listens there speaks TLS from the first byte on, whatever its certificate.
pub(super) async fn expects_tls(course: &Course, host: &str, port: u16) -> bool {
    let handshake = async {
        let addresses = course.net().resolve(host, port).await.ok()?;
        let (wire, _) = course.net().connect(&addresses).await.ok()?;
        let tls = Tls { verify: Verify::Nothing, ..course.usual_tls(host) };
        Some(tls::secure(course.net(), wire, &tls, course.now()).await)
    };
    let answer = timeout(PROBE_TIME, handshake).await;
    match answer {
        Ok(Some(Err((error, _)))) => {
            matches!(error, TlsError::Refused(_) | TlsError::NothingInCommon(_))
        }
        Ok(Some(Ok(_))) => true,
        Ok(None) | Err(_) => false,
    }
}
