//! A folder of the node: it can be seen from Quay's container only.

use super::args::Args;
use super::faults::{LOCAL_NOT_ABSOLUTE, LOCAL_NOT_KEPT};
use crate::checks::Planned;
use crate::checks::course::{Course, Done};
use cluster::check::StageKind;
use config_model::path::Path;
use config_model::storage::engines::local::LocalArguments;

/// What belongs to Quay's image, and is made anew with each container.
const OF_THE_IMAGE: [&str; 14] = [
    "bin",
    "boot",
    "dev",
    "etc",
    "lib",
    "lib64",
    "proc",
    "quay-registry",
    "run",
    "sbin",
    "sys",
    "tmp",
    "usr",
    "var",
];

/// Plans to say what can be said of the folder.
pub(super) fn plan(path: Path, args: Args<'_>) -> Planned {
    match args.file(LocalArguments::storage_path) {
        Some(folder) => {
            let target = folder.clone();
            Planned::new(path, target, move |course| async move { attempt(&course, &folder) })
        }
        None => Planned::incomplete(path, "a local folder", "the folder"),
    }
}

fn attempt(course: &Course, folder: &str) -> Done {
    let step = course.begin(StageKind::Settings, format!("where the folder {folder} lies"));
    let places = [("folder", folder)];
    let Some(inside) = folder.strip_prefix('/') else {
        return Err(step.fail("inside of the container", LOCAL_NOT_ABSOLUTE.with(&places)));
    };
    let first = inside.split('/').find(|part| !part.is_empty());
    if first.is_none_or(|first| OF_THE_IMAGE.contains(&first)) {
        return Err(step.fail("inside of the container", LOCAL_NOT_KEPT.with(&places)));
    }
    step.pass("outside of what belongs to Quay's image");
    let step = course.begin(StageKind::Service, "write and read there");
    step.skip("the folder is on the nodes, and cannot be seen from this machine");
    Ok(())
}
