//! The command line. Every option can also be given as an environment variable.

use clap::{Args, Parser, Subcommand, ValueEnum};
use cluster::inventory::{Node, NodeError, Nodes, NodesError};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Configure a highly available Quay registry from the browser, or check a configuration.
#[derive(Debug, Parser)]
#[command(name = "quay-console", version, about, arg_required_else_help = true)]
#[command(after_help = "Examples:
  quay-console config my-secret-password
      Serve the editor on port 8080. Log in as quayconfig.
  quay-console config --password-file /run/secrets/console --config-dir /mnt/quay/config
      Load the configuration in that folder, and save changes back to it.
  quay-console validate quay-config.tar.gz
      Check an archive and try every service that it names; exit 0 when all is well, 1 when
      something is wrong, 2 when it cannot be read.
  quay-console validate --offline --format json /mnt/quay/config
      Check a folder without dialling anything, for a program.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the configuration editor.
    Config(Box<ConfigArgs>),
    /// Check a configuration and print what is wrong with it.
    Validate(ValidateArgs),
}

/// How the editor is served.
#[derive(Args)]
pub struct ConfigArgs {
    /// Password of the user quayconfig [default: a new one, printed at start]
    ///
    /// Other users of this machine can see it in the list of processes: --password-file hides it.
    #[arg(
        value_name = "PASSWORD",
        env = "QUAY_CONSOLE_PASSWORD",
        hide_env_values = true,
        conflicts_with = "password_file"
    )]
    pub password: Option<String>,

    /// File with the password in its first line
    #[arg(long, value_name = "FILE", env = "QUAY_CONSOLE_PASSWORD_FILE")]
    pub password_file: Option<PathBuf>,

    /// Folder with config.yaml and certificates to load, and to save to
    #[arg(long, value_name = "DIR", env = "QUAY_CONSOLE_CONFIG_DIR")]
    pub config_dir: Option<PathBuf>,

    /// Address and port to serve on
    #[arg(long, value_name = "ADDR", env = "QUAY_CONSOLE_LISTEN", default_value = "0.0.0.0:8080")]
    pub listen: SocketAddr,

    /// Certificate chain in PEM; serves HTTPS instead of HTTP
    #[arg(long, value_name = "FILE", env = "QUAY_CONSOLE_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE", env = "QUAY_CONSOLE_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// Folder for the embedded database and the encryption key
    #[arg(long, value_name = "DIR", env = "QUAY_CONSOLE_DATA_DIR", default_value = "data")]
    pub data_dir: PathBuf,

    /// PostgreSQL database to use instead of the embedded one, so that several consoles can share it
    #[arg(long, value_name = "URL", env = "QUAY_CONSOLE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// File with the encryption key, 64 hexadecimal digits [default: encryption.key in the data folder]
    #[arg(long, value_name = "FILE", env = "QUAY_CONSOLE_ENCRYPTION_KEY_FILE")]
    pub encryption_key_file: Option<PathBuf>,

    #[command(flatten)]
    pub nodes: NodeArgs,

    /// What to log, for example info or debug
    #[arg(long, value_name = "LEVEL", env = "QUAY_CONSOLE_LOG", default_value = "info")]
    pub log: String,
}

impl std::fmt::Debug for ConfigArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigArgs").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// Which machines run Quay: its configuration does not say so.
#[derive(Debug, Args)]
pub struct NodeArgs {
    /// A machine that runs Quay, such as quay01=192.0.2.11; the live checks ask each by itself.
    /// Can be given several times
    ///
    /// NAME= may be left out where the host has a name. Without :PORT it is 443 where Quay ends TLS,
    /// and 80 elsewhere. An IPv6 address with a port is written [ADDRESS]:PORT.
    #[arg(
        long = "node",
        value_name = "NAME=HOST[:PORT]",
        env = "QUAY_CONSOLE_NODES",
        value_delimiter = ',',
        value_parser = node
    )]
    pub nodes: Vec<Option<Node>>,
}

/// A node; nothing where nothing is written, as in an environment variable that is empty.
fn node(text: &str) -> Result<Option<Node>, NodeError> {
    if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
}

impl NodeArgs {
    /// The nodes, if they can be those of one cluster.
    pub fn cluster(&self) -> Result<Nodes, NodesError> {
        Nodes::new(self.nodes.iter().flatten().cloned().collect())
    }
}

/// What is checked, and how the result is printed.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Do not dial anything the configuration names
    #[arg(long, env = "QUAY_CONSOLE_OFFLINE")]
    pub offline: bool,

    /// How to print the findings
    #[arg(long, value_enum, default_value = "text", env = "QUAY_CONSOLE_FORMAT")]
    pub format: Format,

    #[command(flatten)]
    pub nodes: NodeArgs,

    /// A folder with config.yaml, a config.yaml, or a .tar.gz
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
}
