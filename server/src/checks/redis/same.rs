//! Whether all connections to one address or name lead to the same data.

use super::facts::Info;
use super::faults::{NOT_THE_SAME_DATA, SOME_ONLY_READ};
use super::session::{Session, addresses, further};
use super::settings::{Kind, Server};
use crate::checks::course::{Course, Done};
use cluster::check::StageKind;
use futures_util::future::join_all;
use redis::Value;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// Further connections to one address: as many as the manual has servers behind it.
const LOOKS: usize = 3;
/// Further connections at most, however many addresses a name has.
const LOOKS_MAX: usize = 12;
/// How long one of them may take.
const LOOK_TIME: Duration = Duration::from_secs(3);

/// The server at the other end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    /// Another one after each start.
    run: String,
    /// The same for a primary and its replicas.
    data: String,
    is_replica: bool,
}

impl Node {
    fn of(info: &Info) -> Option<Self> {
        Some(Self {
            run: info.get("run_id").unwrap_or_default().to_owned(),
            data: info.get("master_replid")?.to_owned(),
            is_replica: info.is_replica(),
        })
    }
}

/// What several connections led to.
#[derive(Debug)]
struct Looks {
    tried: usize,
    found: Vec<Node>,
    /// Addresses where a connection was not answered.
    silent: BTreeSet<SocketAddr>,
}

impl Looks {
    fn of(all: Vec<(SocketAddr, Option<Node>)>) -> Self {
        let tried = all.len();
        let silent = all.iter().filter(|(_, node)| node.is_none()).map(|(at, _)| *at).collect();
        Self { tried, silent, found: all.into_iter().filter_map(|(_, node)| node).collect() }
    }

    /// How much data of its own there is behind the connections, that of `first` among it.
    fn sets(&self, first: &Node) -> usize {
        // After a failover the data has another name, and the server is the same.
        let is_first = |node: &Node| !node.run.is_empty() && node.run == first.run;
        let others = self.found.iter().filter(|node| !is_first(node));
        let mut sets: BTreeSet<&str> = others.map(|node| node.data.as_str()).collect();
        sets.insert(&first.data);
        sets.len()
    }

    fn replicas(&self) -> usize {
        self.found.iter().filter(|node| node.is_replica).count()
    }

    /// How many answered, and which did not.
    fn summary(&self) -> String {
        let mut text = format!("{} of {} answered", self.found.len(), self.tried);
        for (number, address) in self.silent.iter().enumerate() {
            text.push_str(if number == 0 { "; no answer from " } else { ", " });
            text.push_str(&address.to_string());
        }
        text
    }
}

/// Opens further connections, and compares the servers that answer.
pub(super) async fn same_data(course: &Course, server: &Server, info: &Info) -> Done {
    if server.kind == Kind::Cluster {
        return Ok(());
    }
    let Ok(addresses) = addresses(course, server).await else { return Ok(()) };
    let count = addresses.len().saturating_mul(LOOKS).min(LOOKS_MAX);
    let tried = format!("whether {count} further connections lead to the same data");
    let step = course.begin(StageKind::Service, tried);
    let Some(first) = Node::of(info) else {
        step.skip("it does not tell which data it has");
        return Ok(());
    };
    let turns = addresses.iter().copied().cycle().take(count);
    let looks = turns.map(|at| async move { (at, look(course, server, at).await) });
    let looks = Looks::of(join_all(looks).await);
    let (sets, replicas) = (looks.sets(&first), looks.replicas());
    let (port, sets_seen) = (server.port.to_string(), sets.to_string());
    let places =
        [("host", server.host.as_str()), ("port", port.as_str()), ("count", sets_seen.as_str())];
    let answer = looks.summary();
    if replicas > 0 && server.kind != Kind::Replica {
        let answer = format!("{answer}; {replicas} by a replica");
        return Err(step.fail(answer, SOME_ONLY_READ.with(&places)));
    }
    if sets > 1 {
        let answer = format!("{answer}, and their replication ids differ");
        step.warn(answer, NOT_THE_SAME_DATA.with(&places));
    } else if looks.found.is_empty() {
        step.skip(answer);
    } else {
        step.pass(format!("{answer}, all with the same data"));
    }
    Ok(())
}

/// Who answers a further connection.
async fn look(course: &Course, server: &Server, address: SocketAddr) -> Option<Node> {
    let asked = async {
        let wire = further(course, server, &[address]).await.ok()?;
        let mut session = Session::over(server, wire).await.ok()?;
        let answer = session.ask::<Value>(&["INFO"]).await.ok()?;
        Node::of(&Info::of(answer))
    };
    timeout(LOOK_TIME, asked).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(run: &str, data: &str) -> Node {
        Node { run: run.to_owned(), data: data.to_owned(), is_replica: false }
    }

    fn looks(found: &[Option<Node>]) -> Looks {
        let at = |port: u16| SocketAddr::from(([10, 0, 0, 1], port));
        Looks::of((6379..).map(at).zip(found.iter().cloned()).collect())
    }

    #[test]
    fn servers_with_data_of_their_own_are_counted() {
        let first = node("one", "a");
        for (found, sets) in [
            (vec![], 1),
            (vec![Some(first.clone()), Some(first.clone())], 1),
            // A replica, and the same server after a failover.
            (vec![Some(node("two", "a")), Some(node("one", "b"))], 1),
            (vec![Some(node("two", "b")), Some(node("three", "c")), Some(first.clone())], 3),
            (vec![Some(node("", "b"))], 2),
        ] {
            assert_eq!(looks(&found).sets(&first), sets, "{found:?}");
        }
    }

    #[test]
    fn who_does_not_answer_is_named_and_not_counted() {
        let found = looks(&[Some(node("one", "a")), None, None]);
        let summary = "1 of 3 answered; no answer from 10.0.0.1:6380, 10.0.0.1:6381";
        assert_eq!(found.summary(), summary);
        assert_eq!(found.sets(&node("one", "a")), 1);
    }
}
