//! The project's own chores, one file each.

mod assets;
mod build;
mod checks;
mod coverage;
mod fuzz;
mod generate;
mod install;
mod lab;
mod run;
mod test;
mod tidy;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, value_parser};
use install::Purpose;
use lab::LabTask;
use std::process::ExitCode;

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what a build needs (and, with --test, what tests need)
    Install {
        /// Also what tests need
        #[arg(long)]
        test: bool,
        /// Also what the tests need that take long
        #[arg(long)]
        full: bool,
    },
    /// Build the browser's program, the style sheet and the server
    Build {
        /// Quick to build instead of quick to run
        #[arg(long)]
        debug: bool,
        /// Only what the browser loads
        #[arg(long)]
        assets: bool,
    },
    /// Build everything and serve it on port 8080
    Run {
        /// Arguments for `quay-console config`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run every test there is
    Test {
        /// Also against services that take long to install and to start
        #[arg(long)]
        full: bool,
    },
    /// A whole cluster on this machine, with a console, to try things out
    Lab {
        #[command(subcommand)]
        task: LabTask,
    },
    /// Look for texts and archives that break the import
    Fuzz {
        /// How long each target runs
        #[arg(long, default_value_t = fuzz::SECONDS, value_parser = value_parser!(u32).range(1..))]
        seconds: u32,
        /// Which targets; all of them when none is named
        #[arg(value_parser = PossibleValuesParser::new(fuzz::names()))]
        targets: Vec<String>,
    },
    /// Write the generated files, or check that they are up to date
    Gen {
        /// Fail when a file is not what it should be
        #[arg(long)]
        check: bool,
    },
    /// Check what compilers and linters do not
    Tidy,
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Install { full: true, .. } => install::install(Purpose::TestFull),
        Task::Install { test: true, .. } => install::install(Purpose::Test),
        Task::Install { .. } => install::install(Purpose::Build),
        Task::Build { debug, assets } => build::build(debug, assets),
        Task::Run { args } => run::run(&args),
        Task::Test { full } => test::test(full),
        Task::Lab { task } => lab::lab(&task),
        Task::Fuzz { seconds, targets } => fuzz::fuzz(seconds, None, &targets),
        Task::Gen { check } => generate::generate(check),
        Task::Tidy => tidy::tidy(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // A chore that has said everything itself gives no reason.
            if !why.is_empty() {
                eprintln!("xtask: {why}");
            }
            ExitCode::FAILURE
        }
    }
}

/// What every chore answers: nothing, or why it could not be done.
type Done = Result<(), String>;

/// The top of the workspace.
fn root() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or_else(|| ".".as_ref())
        .to_owned()
}

/// Runs a program at the top of the workspace and waits for it.
fn run_program(program: &str, args: &[&str]) -> Done {
    run_with(program, args, &[])
}

/// The same with additional environment variables.
fn run_with(program: &str, args: &[&str], env: &[(&str, &str)]) -> Done {
    let shown = format!("{program} {}", args.join(" "));
    println!("> {shown}");
    let status = std::process::Command::new(program)
        .args(args)
        .envs(env.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("could not run {shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}

/// Whether a program is on the path.
fn has(program: &str) -> bool {
    // Where programs of the system are is not in everybody's path.
    let look =
        format!("PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; command -v {program} >/dev/null 2>&1");
    std::process::Command::new("sh")
        .args(["-c", &look])
        .status()
        .is_ok_and(|status| status.success())
}
