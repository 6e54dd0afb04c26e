//! What is measured of every database server: its connections and its clock.

use super::faults::{CLOCK, FEW_CONNECTIONS};
use super::settings::Server;
use crate::checks::course::Course;
use cluster::check::StageKind;

/// Nodes of a cluster; the smallest that is highly available.
const NODES: i64 = 3;
/// Connections of one node: four processes for pages, eight for images and four for the scanner
/// on two processors, and some thirty workers, with one connection each.
const CONNECTIONS_PER_NODE: i64 = 50;
/// What others than Quay may need, in what is proposed.
const CONNECTIONS_SPARE: i64 = 50;
/// Seconds by which two clocks may differ.
const CLOCK_SECONDS_MAX: i64 = 60;

/// Looks whether a cluster's connections fit.
///
/// `most` is how many there may be, `others` how many are somebody else's.
pub(super) fn connections(course: &Course, server: &Server, most: i64, others: i64, raise: &str) {
    let step = course.begin(StageKind::Service, "how many connections are left for Quay");
    let (room, wanted) = ((most - others).max(0), NODES * CONNECTIONS_PER_NODE);
    let answer = format!("{room} of {most}; {others} are in use by others");
    if room >= wanted {
        step.pass(answer);
        return;
    }
    let [room, nodes, wanted, more] =
        [room, NODES, wanted, wanted + others + CONNECTIONS_SPARE].map(|count| count.to_string());
    let places = [
        ("room", room.as_str()),
        ("nodes", nodes.as_str()),
        ("wanted", wanted.as_str()),
        ("more", more.as_str()),
        ("command", raise),
    ];
    step.warn(answer, server.tell(&FEW_CONNECTIONS, &places));
}

/// Compares the server's clock with ours.
pub(super) fn clock(course: &Course, server: &Server, theirs: Option<i64>) {
    let Some(theirs) = theirs else { return };
    let step = course.begin(StageKind::Service, "its clock");
    let ahead = theirs - course.now();
    let seconds = ahead.abs().to_string();
    if ahead.abs() <= CLOCK_SECONDS_MAX {
        step.pass(format!("{seconds} seconds from ours"));
        return;
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    let places = [("seconds", seconds.as_str()), ("direction", direction)];
    step.warn(format!("{seconds} seconds {direction} ours"), server.tell(&CLOCK, &places));
}
