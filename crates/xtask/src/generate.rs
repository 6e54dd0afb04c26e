//! later
use crate::Done;
pub(crate) fn generate(_check: bool) -> Done {
    Ok(())
}
