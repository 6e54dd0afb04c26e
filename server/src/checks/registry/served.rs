//! The certificate that is served under the registry's name.

use super::{Registry, UNKNOWN_AUTHORITY, at, told};
use crate::certificates;
use crate::checks::common::CERTIFICATE_EXPIRES_SOON;
use crate::checks::course::reach::{EXTRA_AUTHORITIES, not_secured};
use crate::checks::course::{Course, Done, Step};
use crate::checks::fault::Told;
use crate::clients::http::Origin;
use crate::clients::tls::{self, Authorities, Shown, Tls, TlsError, Verify};
use crate::clients::wire::Wire;
use app::text::utc_date;
use cluster::check::StageKind;
use config_model::certificate::{Certificate, FileContent};
use config_model::sections::server::SSL_CERT;
use std::collections::BTreeMap;

/// Days before its end at which a certificate is spoken of.
const SOON_DAYS: i64 = 30;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Encryption with whatever certificate there is.
pub(super) fn any_certificate(course: &Course, host: &str) -> Tls {
    Tls { verify: Verify::Nothing, ..course.usual_tls(host) }
}

/// Its authority, dates and name. That nobody here knows the authority is for clients to mend.
pub(super) async fn certificate(course: &Course, registry: &Registry, wire: Wire) -> Done {
    let Registry { origin, words, .. } = registry;
    let host = origin.host.as_str();
    let tried = format!("the certificate of {host}, its authority, dates and name");
    let step = course.begin(StageKind::Tls, tried);
    let tls = course.usual_tls(host);
    match tls::secure(course.net(), wire, &tls, course.now()).await {
        Ok(secured) => {
            let words = secured.shown.as_ref().map(in_words).unwrap_or_default();
            let answer = format!("{}, {words}", secured.version);
            let until = secured.shown.map_or(i64::MAX, |shown| shown.until);
            match ends_soon(course, host, until) {
                Some(told) => step.warn(answer, told),
                None => step.pass(answer),
            }
            Ok(())
        }
        Err((TlsError::Untrusted | TlsError::Partial, Some(shown))) => {
            untrusted(course, step, registry, &shown)
        }
        Err((error @ TlsError::NotSpoken, _)) => {
            Err(step.fail(error.to_string(), at(registry, words.no_tls)))
        }
        // A load balancer that leaves TLS to the nodes takes connections for nodes that are gone.
        Err((error @ TlsError::Closed, _)) => {
            Err(step.fail(error.to_string(), at(registry, words.gone)))
        }
        Err((error, shown)) => {
            let told = refused(registry, &error, shown.as_ref());
            Err(step.fail(error.to_string(), told))
        }
    }
}

/// What it means that there is no encryption.
fn refused(registry: &Registry, error: &TlsError, shown: Option<&Shown>) -> Told {
    let place = &registry.place;
    let Some(fault) = (registry.words.no_encryption)(error) else {
        return not_secured(error, shown, &place.host, place.port, EXTRA_AUTHORITIES);
    };
    let until = shown.map(|shown| utc_date(shown.until)).unwrap_or_default();
    let names = shown.map(names).unwrap_or_default();
    told(registry, fault, &[("until", &until), ("names", &names)])
}

/// The names that a certificate is for.
fn names(shown: &Shown) -> String {
    if shown.names.is_empty() { "no name".to_owned() } else { shown.names.join(", ") }
}

/// What else can be wrong with a certificate by an authority that nobody here knows.
fn untrusted(course: &Course, step: Step, registry: &Registry, shown: &Shown) -> Done {
    let host = registry.origin.host.as_str();
    let error = if shown.until < course.now() {
        Some(TlsError::Expired)
    } else if shown.fits {
        None
    } else {
        Some(TlsError::OtherName)
    };
    if let Some(error) = error {
        return Err(step.fail(in_words(shown), refused(registry, &error, Some(shown))));
    }
    let places = [("host", host), ("issuer", shown.root.as_str())];
    step.warn(in_words(shown), UNKNOWN_AUTHORITY.with(&places));
    if let Some(told) = ends_soon(course, host, shown.until) {
        let step = course.begin(StageKind::Tls, "how long it lasts");
        step.warn(utc_date(shown.until), told);
    }
    Ok(())
}

/// That a certificate ends soon, if it does.
fn ends_soon(course: &Course, host: &str, until: i64) -> Option<Told> {
    let days = until.saturating_sub(course.now()) / DAY_SECONDS;
    (days < SOON_DAYS).then(|| {
        let (until, left) = (utc_date(until), days.to_string());
        CERTIFICATE_EXPIRES_SOON.with(&[("host", host), ("until", &until), ("days", &left)])
    })
}

/// Whether it is the first certificate of the uploaded `ssl.cert`.
pub(super) async fn is_the_uploaded(course: &Course, registry: &Registry, file: &[u8]) -> Done {
    let step = course.begin(StageKind::Tls, "whether it is the uploaded ssl.cert");
    let (Some(first), Some(uploaded)) = (Authorities::in_pem(file).into_iter().next(), read(file))
    else {
        step.skip("ssl.cert cannot be read");
        return Ok(());
    };
    let Some(shown) = shown_again(course, &registry.origin).await else {
        step.skip("it was not shown a second time");
        return Ok(());
    };
    if shown.certificate == first {
        step.pass("it is");
        return Ok(());
    }
    let is_older = shown.until < uploaded.not_after && uploaded.names.starts_with(&shown.names);
    let (until, later) = (utc_date(shown.until), utc_date(uploaded.not_after));
    let more = [("names", names(&shown)), ("until", until), ("later", later)];
    let more: Vec<_> = more.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let fault = if is_older { registry.words.older } else { registry.words.another };
    step.warn(in_words(&shown), told(registry, fault, &more));
    Ok(())
}

/// What is in the file that was uploaded.
fn read(file: &[u8]) -> Option<Certificate> {
    let name = SSL_CERT.name.to_owned();
    let facts = certificates::facts(&BTreeMap::from([(name, file.to_vec())]));
    match facts.into_values().next()?.content {
        FileContent::Certificates(found) => found.into_iter().next(),
        _ => None,
    }
}

/// What is shown on a connection of its own.
async fn shown_again(course: &Course, origin: &Origin) -> Option<Shown> {
    let addresses = course.net().resolve(&origin.host, origin.port).await.ok()?;
    let (wire, _) = course.net().connect(&addresses).await.ok()?;
    let any = any_certificate(course, &origin.host);
    tls::secure(course.net(), wire, &any, course.now()).await.ok()?.shown
}

fn in_words(shown: &Shown) -> String {
    format!("issued by {}, valid until {}", shown.issuer, utc_date(shown.until))
}
