//! How libpq would encrypt a connection, and what it would check.

use crate::checks::course::{Course, Stopped};
use crate::checks::database::faults::{ADDRESS_ONLY, AUTHORITIES_NOT_NAMED, FILE_ELSEWHERE};
use crate::checks::database::settings::Server;
use crate::checks::fault::Told;
use crate::checks::uploaded_name;
use crate::clients::tls::{Authorities, Tls, Verify};
use cluster::check::StageKind;
use config_model::sections::database::{DATABASE_PEM, SslMode};

/// The word with which libpq trusts whom its machine trusts.
const SYSTEM: &str = "system";

/// How a connection is encrypted.
pub(super) struct Protection {
    pub(super) tls: Tls,
    /// Where the certificate of an unknown authority belongs.
    pub(super) upload: String,
}

/// Reads the files; says what of the settings can hurt.
pub(super) fn protection(course: &Course, server: &Server) -> Result<Protection, Stopped> {
    let settings = &server.tls;
    if !settings.only_in_address.is_empty() {
        let names = settings.only_in_address.join(", ");
        let step = course.begin(StageKind::Settings, "what the address and the arguments say");
        step.warn("they differ", server.tell(&ADDRESS_ONLY, &[("names", &names)]));
    }
    let mut tls = course.usual_tls(&server.host);
    tls.authorities = Authorities::default();
    tls.verify = Verify::Nothing;
    let mut protection = Protection { tls, upload: upload(DATABASE_PEM.name) };
    if settings.mode == SslMode::Disable {
        return Ok(protection);
    }
    if let Err(told) = trust(course, server, &mut protection) {
        let step = course.begin(StageKind::Settings, "the file of the authorities");
        return Err(step.fail("", told));
    }
    if !settings.certificate.is_empty() && !settings.key.is_empty() {
        match (uploaded_name(&settings.certificate), uploaded_name(&settings.key)) {
            (Some(chain), Some(key)) => match course.identity(chain, key) {
                Ok(identity) => protection.tls.client = Some(identity),
                Err(told) => {
                    let step = course.begin(StageKind::Settings, "the certificate of the client");
                    return Err(step.fail("", told));
                }
            },
            (None, _) => elsewhere(course, server, &settings.certificate),
            (_, None) => elsewhere(course, server, &settings.key),
        }
    }
    Ok(protection)
}

/// Finds out whom the server's certificate may be signed by.
///
/// libpq looks at who has signed it in every mode in which it is given a file, and at the name in
/// one mode only.
fn trust(course: &Course, server: &Server, protection: &mut Protection) -> Result<(), Told> {
    let settings = &server.tls;
    let verify = match settings.mode {
        SslMode::VerifyFull => Verify::FullOrCommonName,
        _ => Verify::Chain,
    };
    let checks = matches!(settings.mode, SslMode::VerifyCa | SslMode::VerifyFull);
    let named = settings.authorities.as_str();
    let name = match uploaded_name(named) {
        Some(name) => name,
        None if named == SYSTEM => {
            protection.tls.authorities.system = true;
            protection.tls.verify = verify;
            return Ok(());
        }
        None if !named.is_empty() => {
            elsewhere(course, server, named);
            return Ok(());
        }
        None if checks => {
            if course.file(DATABASE_PEM.name).is_some() {
                let step = course.begin(StageKind::Settings, "the file of the authorities");
                step.warn("none is named", server.tell(&AUTHORITIES_NOT_NAMED, &[]));
            }
            DATABASE_PEM.name
        }
        None => return Ok(()),
    };
    protection.tls.authorities.own = course.authorities_in(name)?;
    protection.tls.verify = verify;
    protection.upload = upload(name);
    Ok(())
}

fn upload(name: &str) -> String {
    format!("as {name}, with conf/stack/{name} as the authorities file of the database")
}

/// Says that a file cannot be seen from here.
fn elsewhere(course: &Course, server: &Server, file: &str) {
    let step = course.begin(StageKind::Settings, format!("the file {file}"));
    step.warn("not looked at", server.tell(&FILE_ELSEWHERE, &[("file", file)]));
}
