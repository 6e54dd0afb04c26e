//! Writes the files that are generated from declarations, or checks that they are up to date.

use crate::coverage::coverage;
use crate::lab::guide;
use crate::{Done, checks, root};
use config_model::{reference, schema};
use std::fs;

/// Every generated file: where it stands in the repository, and what must be in it.
fn generated() -> Result<Vec<(&'static str, String)>, String> {
    Ok(vec![
        ("docs/reference/config.md", reference::markdown()),
        ("docs/reference/config.schema.json", format!("{:#}\n", schema::json_schema())),
        ("docs/reference/checks.md", checks::markdown()?),
        (guide::PAGE, guide::page()?),
    ])
}

/// Writes the generated files; with `check` it only names those that are not what they should be.
pub(crate) fn generate(check: bool) -> Done {
    println!("declared: {}", reference::counts());
    let coverage = coverage()?;
    println!("of what Quay knows: {coverage}");
    let mut stale = Vec::new();
    for (name, wanted) in generated()? {
        let path = root().join(name);
        if fs::read_to_string(&path).is_ok_and(|found| found == wanted) {
            continue;
        }
        if check {
            stale.push(name);
            continue;
        }
        let failed = |error| format!("could not write {name}: {error}");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, wanted).map_err(failed)?;
        println!("wrote {name}");
    }
    if !stale.is_empty() {
        return Err(format!("{} is out of date; run: cargo xtask gen", stale.join(", ")));
    }
    if !coverage.missing.is_empty() {
        return Err(format!("no field is declared for {}", coverage.missing.join(", ")));
    }
    Ok(())
}
