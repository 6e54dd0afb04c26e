//! `cargo xtask lab`: the manual's cluster on one machine, and a console beside it.
//!
//! Everything runs in namespaces of its own and ends with them. The work is done by the scripts in
//! `lab/`; they are started here, in order, and what they start is explained.

mod drill;
pub(crate) mod guide;
mod parts;

use crate::build::{build, target_dir};
use crate::install::{self, LAB, Purpose, lab_python};
use crate::{Done, root, run_program};
use clap::Subcommand;
use parts::{CONSOLE, NODES, PARTS, Part};
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What is copied into the lab's folder: settings, scripts.
const COPIED: [&str; 6] =
    ["lab/files", "lab/parts", "lab/in", "lab/part", "lab/begin", "lab/keeper.sh"];
/// What is in its folder once everything has been started.
const WHOLE: &str = "up";
/// What ends the lab; it works as well when there is none.
const END: &str = "lab/end";
/// The stand-in for Quay.
const STAND_IN: &[&str] =
    &["build", "--release", "--package", "registry-standin", "--bin", "quay-standin", "--locked"];
/// How long the nodes may take to be well: they look at everything, and change the tables.
const WELL_TIME: Duration = Duration::from_mins(2);
/// How often they are asked.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// What can be done with the lab.
#[derive(Subcommand)]
pub(crate) enum LabTask {
    /// Start the cluster and a console beside it
    Up {
        /// Address and port of the console
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// End all of it; nothing stays
    Down,
    /// Say what works and what does not
    Status,
    /// Break everything that can be broken, and look whether the console names it
    Drill,
}

/// Does what is asked for.
pub(crate) fn lab(task: &LabTask) -> Done {
    match task {
        LabTask::Up { listen } => up(*listen),
        LabTask::Down => down(),
        LabTask::Status => status(),
        LabTask::Drill => {
            must_be_up()?;
            drill::drill()
        }
    }
}

/// The folder of the lab.
fn folder() -> PathBuf {
    root().join("target/lab")
}

/// A file in that folder, as text.
fn place(name: &str) -> String {
    folder().join(name).display().to_string()
}

/// Whether the namespaces are open, whatever works in them.
fn is_up() -> bool {
    let pid = fs::read_to_string(place("pid")).unwrap_or_default();
    let line = fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    String::from_utf8_lossy(&line).contains("parts/hold.sh")
}

/// Whether everything has been started.
fn is_whole() -> bool {
    folder().join(WHOLE).exists()
}

fn must_be_up() -> Done {
    if is_up() && is_whole() {
        return Ok(());
    }
    Err("the lab is not up; start it with: make lab".to_owned())
}

fn up(listen: SocketAddr) -> Done {
    if is_up() {
        let state = if is_whole() { "is up" } else { "was begun and not finished" };
        return Err(format!("the lab {state}; end it with: make lab-down"));
    }
    // Somebody else there would be taken for the console.
    if let Err(error) = TcpListener::bind(listen) {
        return Err(format!(
            "the console cannot listen on {listen}: {error}; another address: cargo xtask lab up --listen 127.0.0.1:9000"
        ));
    }
    install::install(Purpose::Lab)?;
    build(false, false)?;
    run_program("cargo", STAND_IN)?;
    assemble(listen)?;
    let began = Instant::now();
    if let Err(why) = start() {
        // What was written stays, for whoever looks for the reason.
        let at = folder().display().to_string();
        run_program(END, &[&at])?;
        return Err(format!("{why}; what was logged is in {at}"));
    }
    let failed = |error| format!("could not write to {}: {error}", folder().display());
    fs::write(folder().join(WHOLE), "").map_err(failed)?;
    println!("\nThe lab is up after {} seconds.\n", began.elapsed().as_secs());
    print!("{}", guide::text(listen));
    Ok(())
}

/// Puts together what the lab consists of.
fn assemble(listen: SocketAddr) -> Done {
    let at = folder();
    let failed = |error| format!("could not make {}: {error}", at.display());
    // What an earlier one has left may belong to other users.
    run_program(END, &[&at.display().to_string(), "remove"])?;
    fs::create_dir_all(at.join("bin")).map_err(failed)?;
    for name in COPIED {
        run_program("cp", &["-r", name, &at.display().to_string()])?;
    }
    let built = target_dir().join("release");
    for name in ["quay-console", "quay-standin"] {
        let program = built.join(name);
        fs::copy(&program, at.join("bin").join(name))
            .map_err(|error| format!("could not copy {}: {error}", program.display()))?;
    }
    // Packages of Node.js and Python that the tests have as well.
    symlink(root().join(LAB).join("node_modules"), at.join("node_modules")).map_err(failed)?;
    symlink(lab_python(), at.join("python")).map_err(failed)?;
    fs::write(at.join("listen"), listen.to_string()).map_err(failed)?;
    let nodes: Vec<_> = NODES.iter().map(|node| format!("{}.lab.test", node.name)).collect();
    fs::write(at.join("nodes"), nodes.join(",")).map_err(failed)?;
    let image = ["lab/parts/image.sh", &place("bin/quay-standin"), &place("image.tar")];
    run_program("bash", &image)
}

fn start() -> Done {
    run_program(&place("begin"), &[&folder().display().to_string()])?;
    // The first node changes the tables, and the others wait for it: they are asked at the end.
    for part in PARTS.iter().chain(NODES) {
        part.make()?;
    }
    let began = Instant::now();
    for node in NODES {
        while !node.works() {
            if began.elapsed() > WELL_TIME {
                return Err(not_well(node));
            }
            sleep(ASK_EVERY);
        }
        println!("{} is well", node.name);
    }
    CONSOLE.make()
}

/// Why a node does not become well, in its own words.
fn not_well(node: &Part) -> String {
    let mut asked = Command::new(place("part"));
    asked.args([node.name, "podman", "logs", "--tail", "30", "quay"]);
    let said = asked.output().map(|done| [done.stdout, done.stderr].concat()).unwrap_or_default();
    format!("{} does not become well:\n{}", node.name, String::from_utf8_lossy(&said))
}

impl Part {
    /// Prepares it and starts it.
    fn make(&self) -> Done {
        run_program(&place("part"), &[self.name, "prepare"])?;
        run_program(&place("part"), &[self.name, "start"])
    }

    /// Whether it does its work.
    fn works(&self) -> bool {
        let asked = Command::new(place("part")).args([self.name, "status"]).output();
        asked.is_ok_and(|done| done.status.success())
    }
}

fn down() -> Done {
    run_program(END, &[&folder().display().to_string(), "remove"])?;
    println!("the lab is gone");
    Ok(())
}

fn status() -> Done {
    must_be_up()?;
    let mut broken = Vec::new();
    for part in PARTS.iter().chain(NODES).chain([&CONSOLE]).filter(|part| part.is_shown()) {
        let works = part.works();
        let word = if works { "works" } else { "does not work" };
        println!("{:<9} {:<21} {word}", part.name, part.label);
        if !works {
            broken.push(part.name);
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(format!("broken: {}", broken.join(", "))) }
}
