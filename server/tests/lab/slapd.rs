//! A real directory: slapd of `OpenLDAP`.

use super::certificates::Signed;
use super::process::{Process, folder, free_port, listens, run};
use std::fs;
use std::process::Command;

/// The accounts that log in, each `uid=NAME,ou=Services,dc=example,dc=org`: `quay` sees what it
/// needs, `blind` no users, and `searcher` may search for user names and not read them.
pub(crate) const PASSWORD: &str = "strongpassword";
/// Who may do everything.
const ROOT: &str = "cn=root,dc=example,dc=org";
/// With which password.
const ROOT_PASSWORD: &str = "rootpassword";
/// What is in the directory from the start.
const ENTRIES: &str = include_str!("directory.ldif");

/// A running directory, with a plain port and one for TLS.
pub(crate) struct Slapd {
    process: Process,
    /// Where it speaks in clear.
    pub(crate) port: u16,
    /// Where it speaks TLS.
    pub(crate) tls_port: u16,
}

impl Slapd {
    /// One with the entries of `directory.ldif`, and further lines of `slapd.conf` for all of it
    /// and for its database.
    pub(crate) fn start(signed: &Signed, lines: &str, of_database: &str) -> Self {
        let (port, tls_port, folder) = (free_port(), free_port(), folder("ldap"));
        let (certificate, key) = signed.write(folder.path());
        let (config, entries) = (folder.path().join("slapd.conf"), folder.path().join("ldif"));
        let database = folder.path().join("db");
        fs::create_dir(&database).expect("the folder is ours");
        let text = format!(
            "include /etc/ldap/schema/core.schema\n\
             include /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\n\
             modulepath /usr/lib/ldap\n\
             moduleload back_mdb\n\
             moduleload memberof\n\
             TLSCertificateFile {certificate}\n\
             TLSCertificateKeyFile {key}\n\
             {lines}\n\
             database mdb\n\
             suffix \"dc=example,dc=org\"\n\
             rootdn \"{ROOT}\"\n\
             rootpw {ROOT_PASSWORD}\n\
             directory {database}\n\
             maxsize 16777216\n\
             overlay memberof\n\
             access to dn.subtree=\"ou=Denied,dc=example,dc=org\" by * disclose\n\
             access to dn.children=\"ou=People,dc=example,dc=org\" \
             by dn.exact=\"uid=blind,ou=Services,dc=example,dc=org\" none by * break\n\
             access to attrs=uid \
             by dn.exact=\"uid=searcher,ou=Services,dc=example,dc=org\" search by * break\n\
             access to attrs=userPassword by anonymous auth by * none\n\
             access to * by users read by * none\n\
             {of_database}\n",
            certificate = certificate.display(),
            key = key.display(),
            database = database.display(),
        );
        fs::write(&config, text).expect("the folder is ours");
        fs::write(&entries, ENTRIES).expect("the folder is ours");
        run(Command::new("/usr/sbin/slapadd").arg("-f").arg(&config).arg("-l").arg(&entries));
        let mut command = Command::new("/usr/sbin/slapd");
        command.args(["-d", "0", "-f"]).arg(&config).arg("-h");
        command.arg(format!("ldap://127.0.0.1:{port}/ ldaps://127.0.0.1:{tls_port}/"));
        let ready = move || listens(port) && listens(tls_port);
        Self { process: Process::start("slapd", folder, &command, ready), port, tls_port }
    }

    /// Makes a group of administrators with `alice` in it, of which she is then told.
    pub(crate) fn make_group(&self) {
        let group = self.process.folder().join("group.ldif");
        let text = "dn: cn=admins,dc=example,dc=org\nobjectClass: groupOfNames\ncn: admins\n\
                    member: uid=alice,ou=People,dc=example,dc=org\n";
        fs::write(&group, text).expect("the folder is ours");
        let mut add = Command::new("ldapadd");
        add.args(["-x", "-H", &format!("ldap://127.0.0.1:{}", self.port), "-D", ROOT]);
        run(add.args(["-w", ROOT_PASSWORD, "-f"]).arg(&group));
    }
}
