//! What is measured of every database server: its connections and its clock.

use super::faults::{CLOCK, FEW_CONNECTIONS};
use super::settings::Server;
use crate::checks::course::Course;
use cluster::check::StageKind;

/// Nodes of a cluster; the smallest that is highly available.
const NODES: i64 = 3;
/// Connections of one node; with fewer, the limit is spoken of.
///
/// Its processes have one each, at least two for pages, eight for images and two for the scanner,
/// and some of its workers. A request has a connection of its own for as long as it takes, and a
/// worker while it works, so a busy node opens more. What every usual server has room for is no
/// reason to warn.
const CONNECTIONS_PER_NODE_MIN: i64 = 20;
/// Connections of one node that are proposed: four processes for pages, eight for images and four
/// for the scanner on two processors, and some thirty workers, with one connection each.
const CONNECTIONS_PER_NODE: i64 = 50;
/// What is proposed is a whole number of these.
const CONNECTIONS_STEP: i64 = 100;
/// Seconds by which two clocks may differ.
const CLOCK_SECONDS_MAX: i64 = 60;
const MINUTE_SECONDS: i64 = 60;

/// How many connections a server should allow of which others than Quay use so many.
pub(super) fn proposed(others: i64) -> i64 {
    let wanted = NODES * CONNECTIONS_PER_NODE + others.max(0);
    (wanted / CONNECTIONS_STEP + 1) * CONNECTIONS_STEP
}

/// Looks whether a cluster's connections fit into the `room` that is left of `most`, and tells
/// how to `raise` what limits them.
pub(super) fn connections(course: &Course, server: &Server, room: i64, most: i64, raise: &str) {
    let step = course.begin(StageKind::Service, "how many connections are left for Quay");
    let room = room.max(0);
    let answer = format!("{room} of {most}, which is {} for each of {NODES} nodes", room / NODES);
    if room >= NODES * CONNECTIONS_PER_NODE_MIN {
        step.pass(answer);
        return;
    }
    let [room, nodes, least] =
        [room, NODES, CONNECTIONS_PER_NODE_MIN].map(|count| count.to_string());
    let places = [
        ("room", room.as_str()),
        ("nodes", nodes.as_str()),
        ("least", least.as_str()),
        ("command", raise),
    ];
    step.warn(answer, server.tell(&FEW_CONNECTIONS, &places));
}

/// Compares the server's clock with ours.
pub(super) fn clock(course: &Course, server: &Server, theirs: Option<i64>) {
    let Some(theirs) = theirs else { return };
    let step = course.begin(StageKind::Service, "its clock");
    let ahead = theirs - course.clock();
    let seconds = ahead.abs();
    if seconds <= CLOCK_SECONDS_MAX {
        step.pass(format!("{seconds} seconds from ours"));
        return;
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let minutes = (seconds / MINUTE_SECONDS).to_string();
    let places = [("minutes", minutes.as_str()), ("direction", direction)];
    step.warn(format!("{seconds} seconds {direction} ours"), server.tell(&CLOCK, &places));
}
