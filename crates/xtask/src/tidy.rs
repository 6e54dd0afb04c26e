//! What compilers and linters do not check: how files look, what belongs together, who uses whom.

mod layers;
mod text;
mod tree;

use crate::{Done, root};
use std::fs;
use std::process::{Command, Stdio};

/// Checks every tracked file and the crates' dependencies; each problem is one `file:line: why`.
pub(crate) fn tidy() -> Done {
    let names = tracked()?;
    let mut problems = Vec::new();
    for name in &names {
        // A file that is being deleted is not there, and a picture is not text.
        if let Ok(text) = fs::read_to_string(root().join(name)) {
            problems.extend(text::problems(name, &text));
        }
    }
    problems.extend(tree::problems(&names)?);
    problems.extend(layers::problems()?);
    for problem in &problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => {
            println!("tidy: {} files are in order", names.len());
            Ok(())
        }
        1 => Err("tidy found 1 problem".to_owned()),
        many => Err(format!("tidy found {many} problems")),
    }
}

/// The names of all tracked files.
fn tracked() -> Result<Vec<String>, String> {
    // The checkout may belong to another user, for example inside a container.
    let done = output("git", &["-c", "safe.directory=*", "ls-files", "-z"])?;
    Ok(done.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// What a program prints when it is run at the top of the workspace.
fn output(program: &str, args: &[&str]) -> Result<String, String> {
    let shown = format!("{program} {}", args.join(" "));
    let done = Command::new(program)
        .args(args)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("could not run {shown}: {error}"))?;
    if !done.status.success() {
        return Err(format!("{shown} ended with {}", done.status));
    }
    String::from_utf8(done.stdout).map_err(|_| format!("{shown} did not print text"))
}
