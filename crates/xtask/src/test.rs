//! later
use crate::Done;
pub(crate) fn test() -> Done {
    Ok(())
}
