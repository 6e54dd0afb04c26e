//! What a database answers, read as text.

use sqlx::{ColumnIndex, Database, Decode, Row, Type};

/// A row, every column of which is text: the questions ask for nothing else.
pub(super) struct Cells<R>(pub(super) R);

impl<R> Cells<R>
where
    R: Row,
    usize: ColumnIndex<R>,
    String: Type<R::Database> + for<'r> Decode<'r, R::Database>,
    R::Database: Database,
{
    /// A column, empty where it is null.
    pub(super) fn text(&self, at: usize) -> String {
        self.0.try_get::<Option<String>, _>(at).ok().flatten().unwrap_or_default()
    }

    /// A column that is a number.
    pub(super) fn number(&self, at: usize) -> Option<i64> {
        self.text(at).parse().ok()
    }

    /// A column that is yes or no.
    pub(super) fn is(&self, at: usize) -> bool {
        matches!(self.text(at).as_str(), "true" | "t" | "on")
    }
}
