//! quay-standin: takes Quay's place in a trial cluster, and says that it is none.
//!
//! What a console or a dashboard sees of Quay is as with Quay: the words of the container, the
//! refusal of wrong configurations, the health of what it depends on, changes of the tables,
//! metrics, and a registry that takes images. There are no pages and no users behind it.

mod api;
mod catalog;
mod configuration;
mod database;
mod environment;
mod health;
mod metrics;
mod mode;
mod registry;
mod routes;
mod schema;
mod serve;
mod start;
mod storage;
mod version;

use environment::Environment;
use mode::{HELP, Mode, ModeError};
use std::io;
use std::process::ExitCode;
use std::time::Duration;
use tracing_subscriber::filter::LevelFilter;

/// How a shell says that there is no such program.
const NO_PROGRAM: u8 = 127;
/// How long look-ups that still run may hold up the end.
const END_TIME: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let environment = match Environment::of(|name| std::env::var(name).ok()) {
        Ok(environment) => environment,
        Err(why) => return failed(&why),
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (entry, migration) = (environment.entry.as_deref(), environment.migration.as_deref());
    match Mode::of(entry, &arguments, migration) {
        Ok(Mode::Version) => println!("Quay stand-in {}", environment.version),
        Ok(Mode::Help) => print!("{HELP}"),
        Ok(mode) => return run(&mode, environment),
        Err(error @ ModeError::Unknown(_)) => {
            eprintln!("quay-standin: {error}");
            return ExitCode::from(NO_PROGRAM);
        }
        Err(error) => return failed(&error.to_string()),
    }
    ExitCode::SUCCESS
}

fn failed(why: &str) -> ExitCode {
    eprintln!("quay-standin: {why}");
    ExitCode::FAILURE
}

fn run(mode: &Mode, environment: Environment) -> ExitCode {
    let level = if environment.debugs { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // Only fails when a log has been set up before. As with Quay, it goes to standard output.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(false)
        .with_target(false)
        .with_writer(io::stdout)
        .try_init();
    // Only fails when a provider has been installed before, which is then the one in use.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.to_string()),
    };
    let done = runtime.block_on(start::start(mode, environment));
    runtime.shutdown_timeout(END_TIME);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string()),
    }
}
