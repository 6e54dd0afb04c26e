//! The program: reads its arguments, does what they say, and ends with one clear line if it cannot.

#![recursion_limit = "512"]

use clap::Parser as _;
use server::cli::{Cli, Command, Format, ValidateArgs};
use server::clock::{Clock as _, SystemClock};
use server::{startup, validate};
use std::process::ExitCode;

/// The arguments or what they name cannot be used.
const UNUSABLE: u8 = 2;
/// The configuration has errors.
const INVALID: u8 = 1;

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Config(args) => match startup::serve(*args) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("quay-console: {}", one_line(&error));
                ExitCode::from(UNUSABLE)
            }
        },
        Command::Validate(args) => check(&args),
    }
}

/// An error with its causes, each said once.
fn one_line(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line.replace('\n', " ")
}

fn check(args: &ValidateArgs) -> ExitCode {
    let unusable = |why: String| {
        eprintln!("quay-console: {why}");
        ExitCode::from(UNUSABLE)
    };
    let nodes = match args.nodes.cluster() {
        Ok(nodes) => nodes,
        Err(error) => return unusable(error.to_string()),
    };
    let bundle = match validate::read(&args.path) {
        Ok(bundle) => bundle,
        Err(why) => return unusable(why),
    };
    let report = match validate::report(&bundle, SystemClock.now()) {
        Ok(report) => report,
        Err(error) => return unusable(format!("{}: {error}", args.path.display())),
    };
    let checks = if args.offline {
        None
    } else {
        match validate::checks(&bundle, &nodes, SystemClock.now()) {
            Ok(checks) => Some(checks),
            Err(why) => return unusable(why),
        }
    };
    match args.format {
        Format::Text => {
            print!("{}", checks.as_deref().map(validate::checks_as_text).unwrap_or_default());
            print!("{}", validate::as_text(&report, checks.as_deref()));
        }
        Format::Json => println!("{}", validate::as_json(&report, checks.as_deref())),
    }
    let valid = validate::is_valid(&report, checks.as_deref());
    if valid { ExitCode::SUCCESS } else { ExitCode::from(INVALID) }
}
