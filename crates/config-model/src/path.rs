//! Where a value stands: `BUILDLOGS_REDIS.port`, `DISTRIBUTED_STORAGE_CONFIG.default[1].s3_bucket`.

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Deeper than any value of this configuration.
pub const DEPTH_MAX: usize = 16;

/// The way from the top of a document to one value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(Vec<Step>);

/// One step on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// Into the item of a list.
    Item(usize),
    /// Into the entry of a mapping.
    Field(String),
}

/// Written out: what serde derives for an untagged enum is many times the size in a browser.
impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StepVisitor)
    }
}

struct StepVisitor;

impl Visitor<'_> for StepVisitor {
    type Value = Step;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or an index")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Step, E> {
        Ok(Step::Field(name.to_owned()))
    }

    fn visit_u64<E: serde::de::Error>(self, index: u64) -> Result<Step, E> {
        usize::try_from(index).map(Step::Item).map_err(E::custom)
    }
}

impl Path {
    /// The path of a top-level key.
    pub fn key(name: &str) -> Self {
        Self(vec![Step::Field(name.to_owned())])
    }

    /// The path of these steps, `None` when they do not begin at a top-level key.
    pub fn of(steps: &[Step]) -> Option<Self> {
        matches!(steps.first(), Some(Step::Field(_))).then(|| Self(steps.to_vec()))
    }

    /// The path of an entry below this one.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.then(Step::Field(name.to_owned()))
    }

    /// The path of an item below this one.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.then(Step::Item(index))
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps, first to last.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The top-level key.
    pub fn root(&self) -> &str {
        match self.0.first() {
            Some(Step::Field(name)) => name,
            _ => "",
        }
    }

    /// Whether this is `other` or lies inside it.
    pub fn starts_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The path one step up, `None` at a top-level key.
    pub fn parent(&self) -> Option<Self> {
        (self.0.len() > 1).then(|| Self(self.0[..self.0.len() - 1].to_vec()))
    }

    /// An HTML id: unique for the path, free of spaces.
    pub fn html_id(&self) -> String {
        self.to_string()
            .chars()
            .map(|letter| if letter.is_whitespace() { '_' } else { letter })
            .collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if at == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_the_documentation_writes_it() {
        let path =
            Path::key("DISTRIBUTED_STORAGE_CONFIG").field("default").item(1).field("s3_bucket");
        assert_eq!(path.to_string(), "DISTRIBUTED_STORAGE_CONFIG.default[1].s3_bucket");
        assert_eq!(path.root(), "DISTRIBUTED_STORAGE_CONFIG");
        let text = serde_json::to_string(&path).unwrap();
        assert_eq!(text, r#"["DISTRIBUTED_STORAGE_CONFIG","default",1,"s3_bucket"]"#);
        assert_eq!(serde_json::from_str::<Path>(&text).unwrap(), path);
    }
}
