//! Commands and replies of SMTP: bounded, and as forgiving as Quay's library is.

use crate::checks::common;
use crate::checks::course::reach::broken;
use crate::checks::fault::Told;
use crate::clients::wire::Wire;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::transport::smtp::commands::Quit;
use std::fmt::{self, Display};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

/// Bytes of one line of a reply; the standard has 512.
const LINE_BYTES_MAX: usize = 4096;
/// Lines of one reply.
const LINES_MAX: usize = 200;
/// How long the answer to a good-bye is waited for.
const QUIT_TIME: Duration = Duration::from_millis(500);

/// A conversation with a mail server.
pub(super) struct Dialogue {
    reader: BufReader<Wire>,
    /// What was said and must not be shown, should it come back.
    secrets: Vec<String>,
}

/// What a mail server says.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) code: u16,
    /// What stands behind the code, line by line.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// Whether it is a yes.
    pub(super) fn is_good(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether one should try again.
    pub(super) fn is_later(&self) -> bool {
        (400..500).contains(&self.code)
    }

    /// Whether a word stands in it, in whatever case.
    pub(super) fn speaks_of(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.to_ascii_lowercase().contains(word))
    }
}

impl Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        self.lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| write!(f, " {line}"))
    }
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection ended.
    Broken(io::Error),
    /// What came is no reply.
    Foreign,
    /// It does not end.
    TooMuch,
}

impl Trouble {
    /// What it means.
    pub(super) fn told(&self, host: &str, port: u16) -> Told {
        let shown = port.to_string();
        let places = [("host", host), ("port", shown.as_str()), ("protocol", "SMTP")];
        match self {
            Self::Broken(error) => broken(error, host, port, "SMTP"),
            Self::Foreign => common::OTHER_PROTOCOL.with(&places),
            Self::TooMuch => common::TOO_MUCH.with(&places),
        }
    }

    /// What came instead, for a person.
    pub(super) fn answer(&self) -> &'static str {
        match self {
            Self::Broken(_) => "it ended the connection",
            Self::Foreign => "what came is not SMTP",
            Self::TooMuch => "it sends too much",
        }
    }
}

impl Dialogue {
    /// A conversation over this connection.
    pub(super) fn over(wire: Wire) -> Self {
        Self { reader: BufReader::new(wire), secrets: Vec::new() }
    }

    /// The connection; none where more has come than was asked for.
    pub(super) fn into_wire(self) -> Option<Wire> {
        self.reader.buffer().is_empty().then(|| self.reader.into_inner())
    }

    /// Says something, line end included, and waits for the reply.
    pub(super) async fn say(&mut self, command: impl Display) -> Result<Reply, Trouble> {
        self.send(command.to_string().as_bytes()).await?;
        self.reply().await
    }

    /// Says something that ends with a secret.
    pub(super) async fn say_secret(
        &mut self,
        command: &str,
        secret: &str,
    ) -> Result<Reply, Trouble> {
        let secret = STANDARD.encode(secret);
        self.secrets.push(secret.clone());
        self.say(format!("{command}{secret}\r\n")).await
    }

    /// Sends what is answered later, or not at all.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.reader.write_all(bytes).await.map_err(Trouble::Broken)?;
        self.reader.flush().await.map_err(Trouble::Broken)
    }

    /// Waits for what the server says.
    pub(super) async fn reply(&mut self) -> Result<Reply, Trouble> {
        let mut reply = Reply { code: 0, lines: Vec::new() };
        loop {
            let line = self.line().await?;
            let (code, rest) = line.split_at_checked(3).ok_or(Trouble::Foreign)?;
            reply.code = code.parse().map_err(|_| Trouble::Foreign)?;
            let (is_last, text) = match rest.split_at_checked(1) {
                None => (true, ""),
                Some((" ", text)) => (true, text),
                Some(("-", text)) => (false, text),
                Some(_) => return Err(Trouble::Foreign),
            };
            let shown = self
                .secrets
                .iter()
                .fold(text.to_owned(), |shown, secret| shown.replace(secret, "..."));
            reply.lines.push(shown);
            if is_last {
                return Ok(reply);
            }
            if reply.lines.len() > LINES_MAX {
                return Err(Trouble::TooMuch);
            }
        }
    }

    async fn line(&mut self) -> Result<String, Trouble> {
        let mut line = Vec::new();
        loop {
            let block = self.reader.fill_buf().await.map_err(Trouble::Broken)?;
            if block.is_empty() {
                return Err(Trouble::Broken(io::ErrorKind::UnexpectedEof.into()));
            }
            let end = block.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(block.len(), |end| end + 1);
            line.extend_from_slice(&block[..taken]);
            self.reader.consume(taken);
            // Every line begins with a number: what does not is told at once, not waited for.
            if !line.iter().take(3).all(u8::is_ascii_digit) {
                return Err(Trouble::Foreign);
            }
            if line.len() > LINE_BYTES_MAX {
                return Err(Trouble::TooMuch);
            }
            if end.is_some() {
                return Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned());
            }
        }
    }

    /// Says good-bye; whether that is heard does not matter.
    pub(super) async fn quit(&mut self) {
        let _ = timeout(QUIT_TIME, self.say(Quit)).await;
    }
}

/// What a mail server can do, as it says in its reply to `EHLO`.
#[derive(Debug, Default)]
pub(super) struct Features(Vec<String>);

impl Features {
    /// What stands in a reply to `EHLO`: the first line is a greeting.
    pub(super) fn of(reply: &Reply) -> Self {
        Self(reply.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect())
    }

    /// Whether something is offered.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|line| line.split_whitespace().next() == Some(name))
    }

    /// The kinds of log-in that are offered, also as older servers write them: `AUTH=LOGIN`.
    pub(super) fn mechanisms(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for line in &self.0 {
            if let Some(rest) =
                line.strip_prefix("AUTH").filter(|rest| rest.starts_with([' ', '=']))
            {
                found.extend(rest.split([' ', '=']).filter(|name| !name.is_empty()));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Display for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("nothing special")
        } else {
            f.write_str(&self.0.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(bytes: &'static [u8]) -> Result<Reply, Trouble> {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        theirs.write_all(bytes).await.unwrap();
        Dialogue::over(Wire::new(ours)).reply().await
    }

    #[tokio::test]
    async fn replies_are_heard_with_many_lines_or_without_words() {
        let reply = heard(b"250-mail\r\n250-STARTTLS\r\n250 auth=plain Login\r\n").await.unwrap();
        let features = Features::of(&reply);
        assert!(features.has("STARTTLS"));
        assert_eq!(features.mechanisms(), ["LOGIN", "PLAIN"]);
        assert_eq!(heard(b"250\r\n").await.unwrap().to_string(), "250");
        assert_eq!(heard(b"554 5.7.1 no\n").await.unwrap().code, 554);
    }

    #[tokio::test]
    async fn what_is_no_reply_is_told_at_once() {
        for foreign in [&b"SSH-2.0-x"[..], b"\x4a\x00\x00\x00\x0a", b"2200 x\r\n", b"+OK\r\n"] {
            assert!(matches!(heard(foreign).await, Err(Trouble::Foreign)), "{foreign:?}");
        }
    }
}
