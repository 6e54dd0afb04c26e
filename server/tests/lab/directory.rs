//! Stand-ins for directories that say what no slapd can be made to say, above all those of
//! Active Directory.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How a stand-in answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// To a log-in with this result, and what it says besides; to searches that there is nothing.
    Result(u8, &'static str),
    /// To a log-in with a message that makes no sense.
    Nonsense,
    /// To a log-in with messages without end.
    Floods,
    /// As a domain controller of Active Directory: each search below the root of the domain also
    /// gives pointers.
    Domain,
    /// With this result to searches for those who lack something, and for groups.
    Stingy(u8),
    /// With one user, and this result: it breaks off.
    Tired(u8),
}

/// The tag of a request to log in.
const BIND: u8 = 0x60;
/// The tag of a search.
const SEARCH: u8 = 0x63;
/// The tag of the end of a search.
const DONE: u8 = 0x65;
/// What a domain controller says of itself.
const CAPABILITIES: &[&str] = &["1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670"];
/// Where it points to.
const POINTERS: [&str; 3] = [
    "ldap://ForestDnsZones.example.org/DC=ForestDnsZones,DC=example,DC=org",
    "ldap://DomainDnsZones.example.org/DC=DomainDnsZones,DC=example,DC=org",
    "ldap://example.org/CN=Configuration,DC=example,DC=org",
];

/// A stand-in that runs until it is dropped.
pub(crate) struct Directory {
    /// Where it listens.
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Directory {
    /// Starts one.
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, manner));
            }
        });
        Self { port, task }
    }
}

async fn answer(mut stream: TcpStream, manner: Manner) {
    let mut request = [0; 4096];
    while let Ok(read) = stream.read(&mut request).await {
        let Some((id, operation, content)) = opened(&request[..read]) else { return };
        let bytes = match (operation, manner) {
            (SEARCH, _) => found(id, Asked::in_search(content), manner),
            (BIND, Manner::Result(result, text)) => message(id, 0x61, result, text),
            (BIND, Manner::Nonsense) => vec![0x30, 0x03, 0x02, 0x01, id],
            (BIND, Manner::Floods) => {
                let block = message(0, 0x78, 52, &"x".repeat(60_000));
                while stream.write_all(&block).await.is_ok() {}
                return;
            }
            (BIND, _) => message(id, 0x61, 0, ""),
            _ => return,
        };
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

/// What a search asks for.
#[derive(Clone, Copy)]
enum Asked {
    /// The directory itself.
    Itself,
    /// One entry by its place.
    Entry,
    /// Those who lack something.
    Lacking,
    /// Those with groups.
    Groups,
    /// Somebody by name.
    Named,
    /// Users.
    Users,
}

impl Asked {
    /// A search is: base, scope, aliases, limits of size and time, whether without values, filter.
    fn in_search(content: &[u8]) -> Self {
        let parts = parts(content);
        let [(_, base), (_, scope), _, _, _, _, filter, ..] = parts.as_slice() else {
            panic!("the library sends whole searches")
        };
        match scope.first() {
            Some(0) if base.is_empty() => Self::Itself,
            Some(0) => Self::Entry,
            _ if holds(*filter, 0xa2) => Self::Lacking,
            _ if filter.1.windows(8).any(|word| word == b"memberOf") => Self::Groups,
            _ if holds(*filter, 0xa3) => Self::Named,
            _ => Self::Users,
        }
    }
}

/// What a directory finds, which has one user.
fn found(id: u8, asked: Asked, manner: Manner) -> Vec<u8> {
    let end = |result| message(id, DONE, result, "");
    let user = || entry(id, &[("uid", &[]), ("mail", &[])]);
    if matches!(manner, Manner::Result(..) | Manner::Nonsense | Manner::Floods) {
        return end(0);
    }
    match (manner, asked) {
        (Manner::Domain, Asked::Itself) => {
            [entry(id, &[("supportedCapabilities", CAPABILITIES)]), end(0)].concat()
        }
        (_, Asked::Itself | Asked::Entry) => [entry(id, &[]), end(0)].concat(),
        (Manner::Domain, _) => {
            let is_there = matches!(asked, Asked::Users);
            let somebody = if is_there { user() } else { Vec::new() };
            [somebody, pointers(id), end(0)].concat()
        }
        (Manner::Stingy(result), Asked::Lacking | Asked::Groups) => end(result),
        (_, Asked::Lacking | Asked::Named) => end(0),
        (Manner::Tired(result), _) => [user(), end(result)].concat(),
        _ => [user(), end(0)].concat(),
    }
}

fn pointers(id: u8) -> Vec<u8> {
    let pointers = POINTERS.iter().flat_map(|pointer| {
        let pointer = part(0x73, &part(0x04, pointer.as_bytes()));
        part(0x30, &[&[0x02, 0x01, id][..], &pointer].concat())
    });
    pointers.collect()
}

/// An entry with these attributes and their values.
fn entry(id: u8, attributes: &[(&str, &[&str])]) -> Vec<u8> {
    let attributes = attributes.iter().map(|(name, values)| {
        let values: Vec<u8> =
            values.iter().flat_map(|value| part(0x04, value.as_bytes())).collect();
        part(0x30, &[part(0x04, name.as_bytes()), part(0x31, &values)].concat())
    });
    let attributes: Vec<u8> = attributes.flatten().collect();
    let name = part(0x04, b"cn=somebody,dc=example,dc=org");
    let content = part(0x64, &[name, part(0x30, &attributes)].concat());
    part(0x30, &[&[0x02, 0x01, id][..], &content].concat())
}

/// Whether a filter is of this kind, or a filter inside it.
fn holds((tag, content): (u8, &[u8]), wanted: u8) -> bool {
    let inside = matches!(tag, 0xa0..=0xa2);
    tag == wanted || (inside && parts(content).into_iter().any(|part| holds(part, wanted)))
}

/// The number of a request, which is small here, what it wants, and what belongs to it.
fn opened(request: &[u8]) -> Option<(u8, u8, &[u8])> {
    let (_, message) = *parts(request).first()?;
    match parts(message).as_slice() {
        [(0x02, [id]), (operation, content), ..] => Some((*id, *operation, *content)),
        _ => None,
    }
}

/// Parts that follow one another, each with its tag.
fn parts(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut parts = Vec::new();
    while let [tag, length, rest @ ..] = bytes {
        let digits = if *length < 0x80 { 0 } else { usize::from(*length & 0x7f) };
        let Some((digits, rest)) = rest.split_at_checked(digits) else { break };
        let long = digits.iter().fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        let length = if digits.is_empty() { usize::from(*length) } else { long };
        let Some((content, rest)) = rest.split_at_checked(length) else { break };
        parts.push((*tag, content));
        bytes = rest;
    }
    parts
}

/// An answer: a result and a text.
fn message(id: u8, operation: u8, result: u8, text: &str) -> Vec<u8> {
    let text = part(0x04, text.as_bytes());
    let content = part(operation, &[&[0x0a, 0x01, result, 0x04, 0x00][..], &text].concat());
    part(0x30, &[&[0x02, 0x01, id][..], &content].concat())
}

/// A part with its length, as long as Active Directory writes it.
fn part(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("it is short").to_be_bytes();
    [&[tag, 0x84][..], &length, content].concat()
}
