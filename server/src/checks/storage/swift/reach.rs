//! Connections to the login service and to the store.

use super::faults::{SWIFT_ADDRESS_UNUSABLE, SWIFT_STORE_UNREACHABLE};
use super::settings::Engine;
use crate::checks::course::reach::{Reached, no_http};
use crate::checks::course::{Course, Stopped};
use crate::checks::fault::Told;
use crate::clients::dial::DialError;
use crate::clients::http::{Http, Origin};
use cluster::check::StageKind;
use std::net::IpAddr;

/// Connects to a web service of this engine.
pub(super) async fn open(
    course: &Course,
    engine: &Engine,
    origin: &Origin,
) -> Result<Http, Stopped> {
    let reached = course.reach(&origin.host, origin.port).await?;
    over(course, engine, origin, reached).await
}

/// Connects to a store whose address the login service has named, and says so where that does
/// not work.
pub(super) async fn open_named(
    course: &Course,
    engine: &Engine,
    origin: &Origin,
) -> Result<Http, Stopped> {
    let tried = format!("{}, where the store is by what the login service says", origin.host);
    let means = |error: &DialError| unreachable(origin, error);
    let reached = course.reach_or(&tried, &origin.host, origin.port, means).await?;
    over(course, engine, origin, reached).await
}

fn unreachable(origin: &Origin, error: &DialError) -> Told {
    let (address, reason) = (origin.to_string(), error.to_string());
    SWIFT_STORE_UNREACHABLE.with(&[("address", &address), ("reason", &reason)])
}

/// Encrypts a connection where that is wanted, and speaks HTTP over it.
async fn over(
    course: &Course,
    engine: &Engine,
    origin: &Origin,
    Reached { mut wire, address }: Reached,
) -> Result<Http, Stopped> {
    let tls = match engine.tls(course, origin) {
        Ok(tls) => tls,
        Err(told) => {
            let step = course.begin(StageKind::Tls, "the authorities file of this engine");
            return Err(step.fail("", told));
        }
    };
    if let Some((tls, upload)) = &tls {
        wire = course.secure(wire, tls, origin.port, upload).await?;
    }
    let (net, tls) = (course.net().clone(), tls.map(|(tls, _)| tls));
    match Http::over(net, origin.clone(), address, tls, course.now(), wire).await {
        Ok(http) => Ok(http),
        Err(error) => {
            let step = course.begin(StageKind::Service, "HTTP");
            Err(step.fail(error.to_string(), no_http(&error, origin)))
        }
    }
}

/// Where an address that the login service has named leads: the service, and the path there.
pub(super) fn origin_of(course: &Course, address: &str) -> Result<(Origin, String), Stopped> {
    Origin::of(address).ok_or_else(|| {
        let step = course.begin(StageKind::Settings, "an address named by the login service");
        step.fail(address, SWIFT_ADDRESS_UNUSABLE.with(&[("address", address)]))
    })
}

/// Whether a host is, for each machine, the machine itself.
pub(super) fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
