//! Shared access tokens: what one says of itself, before it is used.

use super::faults::{
    AZURE_TOKEN_ELSEWHERE, AZURE_TOKEN_EXPIRED, AZURE_TOKEN_EXPIRES_SOON, AZURE_TOKEN_LACKS,
    AZURE_TOKEN_NOT_YET, AZURE_TOKEN_UNREADABLE,
};
use super::settings::Engine;
use crate::checks::course::{Course, Done};
use crate::checks::fault::Fault;
use crate::clients::date;
use app::text::utc_time;
use cluster::check::StageKind;
use http::Uri;

/// Days before its end at which a token is spoken of.
const SOON_DAYS: i64 = 14;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// What Quay does, and the letter that stands for it.
const NEEDED: [(char, &str); 3] = [('r', "read"), ('w', "write"), ('d', "delete")];

/// A token, taken apart.
struct Token {
    parts: Vec<(String, String)>,
}

impl Token {
    fn of(text: &str) -> Self {
        let parts = text.split('&').filter_map(|part| part.split_once('='));
        let parts = parts.map(|(name, value)| (name.to_owned(), decoded(value)));
        Self { parts: parts.collect() }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parts.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn moment(&self, name: &str) -> Option<i64> {
        moment(self.get(name)?)
    }

    /// Why it is not for the blobs of a container.
    fn elsewhere(&self) -> Option<String> {
        let lacks = |name: &str, letter: char| {
            self.get(name).is_some_and(|letters| !letters.contains(letter))
        };
        match self.get("sr") {
            Some("b" | "bs" | "bv") => return Some("it is for a single blob".to_owned()),
            Some("d") => return Some("it is for a single folder".to_owned()),
            _ => {}
        }
        if lacks("ss", 'b') {
            return Some("it is for other services of the account".to_owned());
        }
        lacks("srt", 'o').then(|| "it is not for objects (srt)".to_owned())
    }

    /// What it does not allow, of what Quay does.
    fn missing(&self) -> Vec<&'static str> {
        // With a stored policy (si), what is allowed stands there.
        let Some(allowed) = self.get("sp") else { return Vec::new() };
        let missing = NEEDED.iter().filter(|(letter, _)| !allowed.contains(*letter));
        missing.map(|(_, what)| *what).collect()
    }
}

/// A token as it is sent.
pub(super) fn bare(text: &str) -> &str {
    text.trim().trim_start_matches('?')
}

/// Looks at a token: one stage.
pub(super) fn look_at(course: &Course, engine: &Engine, text: &str) -> Done {
    let text = bare(text);
    let step = course.begin(StageKind::Settings, "what the shared access token is good for");
    let token = Token::of(text);
    let now = course.now();
    let (from, until) = (token.moment("st"), token.moment("se"));
    let shown = |moment: Option<i64>| moment.map(utc_time).unwrap_or_default();
    let left = until.map_or(i64::MAX, |until| until.saturating_sub(now));
    let (from_shown, until_shown) = (shown(from), shown(until));
    let (days, missing) = ((left / DAY_SECONDS).to_string(), token.missing().join(" and "));
    let scope = token.elsewhere();
    let unreadable = if token.get("sig").is_none() {
        Some("it has no signature (sig)")
    } else if format!("/?{text}").parse::<Uri>().is_err() {
        Some("there are letters in it that no address has")
    } else {
        None
    };
    let places = [
        ("account", engine.account.as_str()),
        ("container", engine.container.as_str()),
        ("reason", unreadable.unwrap_or_default()),
        ("from", from_shown.as_str()),
        ("until", until_shown.as_str()),
        ("days", days.as_str()),
        ("missing", missing.as_str()),
        ("scope", scope.as_deref().unwrap_or_default()),
    ];
    let wrong: [(bool, &'static Fault); 5] = [
        (unreadable.is_some(), &AZURE_TOKEN_UNREADABLE),
        (left <= 0, &AZURE_TOKEN_EXPIRED),
        (from.is_some_and(|from| from > now), &AZURE_TOKEN_NOT_YET),
        (scope.is_some(), &AZURE_TOKEN_ELSEWHERE),
        (!missing.is_empty(), &AZURE_TOKEN_LACKS),
    ];
    for (is_so, fault) in wrong {
        if is_so {
            return Err(step.fail("", fault.with(&places)));
        }
    }
    let answer = match until {
        Some(_) => format!("allows {}, until {until_shown}", token.get("sp").unwrap_or("?")),
        None => "what it allows stands in a policy of the container".to_owned(),
    };
    if left < SOON_DAYS * DAY_SECONDS {
        step.warn(answer, AZURE_TOKEN_EXPIRES_SOON.with(&places));
    } else {
        step.pass(answer);
    }
    Ok(())
}

/// A moment as tokens have it: with or without a time of day.
fn moment(text: &str) -> Option<i64> {
    date::of_json(text).or_else(|| date::of_json(&format!("{text}T00:00:00Z")))
}

/// Text without the encoding of addresses.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_apart() {
        let token = Token::of("sv=2022-11-02&ss=b&srt=co&sp=rw&se=2026-11-18T11%3A06%3A40Z&sig=x");
        assert_eq!(token.moment("se"), Some(1_795_000_000));
        assert_eq!(token.missing(), ["delete"]);
        assert_eq!(token.elsewhere(), None);
        let day = Token::of("sr=b&si=policy&se=2026-11-18");
        assert_eq!(day.moment("se"), Some(1_795_000_000 - 11 * 3600 - 6 * 60 - 40));
        assert!(day.missing().is_empty() && day.elsewhere().is_some());
        assert!(Token::of("ss=fqt&srt=sco").elsewhere().is_some());
        assert!(Token::of("ss=b&srt=c").elsewhere().is_some());
    }
}
