//! What a Swift engine is configured with, as Quay and its client read it.

use crate::checks::course::Course;
use crate::checks::course::reach::EXTRA_AUTHORITIES;
use crate::checks::fault::Told;
use crate::checks::{Settings, uploaded_name};
use crate::clients::http::Origin;
use crate::clients::tls::{Authorities, Tls};
use config_model::field::Key;
use config_model::path::Path;
use config_model::storage::engines::swift::{OsOptions, SwiftArguments};
use config_model::value::{AtLeast, Secret, Spelled, Text};
use std::fmt;

/// The type of the service where none is configured.
const SERVICE: &str = "object-store";
/// The type of its address where none is configured.
const INTERFACE: &str = "publicURL";
/// The domain that Quay's client takes where none is configured.
const DOMAIN: &str = "default";

/// The version of the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
    V3,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "1",
            Self::V2 => "2",
            Self::V3 => "3",
        })
    }
}

/// Something that has a name or an id; the id is taken where both are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) name: String,
}

impl Named {
    fn is_empty(&self) -> bool {
        self.id.is_empty() && self.name.is_empty()
    }

    /// How it is called, for a person.
    pub(super) fn shown(&self) -> &str {
        if self.id.is_empty() { &self.name } else { &self.id }
    }
}

/// What the login service is told besides user and password, and asked for.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) user_id: String,
    pub(super) user_domain: Named,
    pub(super) project: Named,
    pub(super) project_domain: Named,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) interface: String,
    /// Where the store is, if it is not for the login service to say.
    pub(super) store: String,
    pub(super) has_token: bool,
}

/// A Swift engine.
#[derive(Clone)]
pub(super) struct Engine {
    pub(super) version: Version,
    pub(super) login: String,
    pub(super) container: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) options: Options,
    /// The key that signs addresses; empty where there is none.
    pub(super) download_key: String,
    folder: String,
    authorities: String,
    simple: bool,
}

impl Engine {
    /// The engine with the arguments at this path; else what it lacks.
    pub(super) fn of(settings: &Settings<'_>, args: &Path) -> Result<Self, &'static str> {
        let text = |field: Key<Text>| {
            settings.field(args, field).map(|Text(text)| text).unwrap_or_default()
        };
        let version = match settings.field(args, SwiftArguments::auth_version) {
            Some(Spelled(AtLeast(1))) => Version::V1,
            // Where there is none, Quay takes 2.
            Some(Spelled(AtLeast(2))) | None => Version::V2,
            Some(Spelled(AtLeast(3))) => Version::V3,
            Some(_) => return Err("a login version of 1, 2 or 3"),
        };
        let login = settings.field(args, SwiftArguments::auth_url).ok_or("the login address")?;
        let folder = settings.field(args, SwiftArguments::storage_path).ok_or("the folder")?;
        let mut engine = Self {
            version,
            login: login.as_str().trim().to_owned(),
            container: text(SwiftArguments::swift_container),
            user: text(SwiftArguments::swift_user),
            password: secret(settings, args, SwiftArguments::swift_password),
            options: options(settings, &args.field(SwiftArguments::os_options.name())),
            download_key: secret(settings, args, SwiftArguments::temp_url_key),
            folder: folder.0,
            authorities: settings
                .field(args, SwiftArguments::ca_cert_path)
                .map(|path| path.0)
                .unwrap_or_default(),
            simple: settings.field(args, SwiftArguments::simple_path_concat).unwrap_or_default(),
        };
        for (value, what) in [
            (&engine.container, "the name of the container"),
            (&engine.user, "the user name"),
            (&engine.password, "the password"),
        ] {
            if value.is_empty() {
                return Err(what);
            }
        }
        if Origin::of(&engine.login).is_none() {
            return Err("the login address");
        }
        if !engine.options.store.is_empty() && Origin::of(&engine.options.store).is_none() {
            return Err("the address of the store among the login options");
        }
        if version != Version::V1 {
            engine.take_tenant_of_user()?;
            if engine.options.project.is_empty() {
                return Err("the tenant (project) among the login options");
            }
        }
        Ok(engine)
    }

    /// Quay's client takes a user name `tenant:user` apart, and stumbles over a second colon.
    fn take_tenant_of_user(&mut self) -> Result<(), &'static str> {
        let Some((tenant, user)) = self.user.split_once(':') else { return Ok(()) };
        if user.contains(':') {
            return Err("a user name with no more than one colon");
        }
        self.options.project.name = tenant.to_owned();
        self.user = user.to_owned();
        Ok(())
    }

    /// Which store it is, for a person.
    pub(super) fn target(&self) -> String {
        let login = Origin::of(&self.login).map(|(origin, _)| origin.to_string());
        format!("{} by way of {}", self.container, login.unwrap_or_default())
    }

    /// Where an object of this name stands in the container.
    pub(super) fn object(&self, name: &str) -> String {
        let folder = self.folder.trim_start_matches('/');
        let joined = self.simple || folder.is_empty() || folder.ends_with('/');
        format!("{folder}{}{name}", if joined { "" } else { "/" })
    }

    /// How a connection is encrypted, and where an authority would be uploaded.
    pub(super) fn tls(
        &self,
        course: &Course,
        origin: &Origin,
    ) -> Result<Option<(Tls, String)>, Told> {
        if !origin.tls {
            return Ok(None);
        }
        let mut tls = course.usual_tls(&origin.host);
        let mut upload = EXTRA_AUTHORITIES.to_owned();
        if let Some(name) = uploaded_name(&self.authorities) {
            tls.authorities = Authorities { own: course.authorities_in(name)?, system: false };
            upload = format!("as {name}, the authorities file of this engine");
        }
        Ok(Some((tls, upload)))
    }
}

fn secret(settings: &Settings<'_>, at: &Path, field: Key<Secret>) -> String {
    let secret = settings.field(at, field);
    secret.and_then(|secret| secret.reveal().map(str::to_owned)).unwrap_or_default()
}

/// The first text, or the second where it is empty.
fn or(first: String, second: impl FnOnce() -> String) -> String {
    if first.is_empty() { second() } else { first }
}

fn options(settings: &Settings<'_>, at: &Path) -> Options {
    let text =
        |field: Key<Text>| settings.field(at, field).map(|Text(text)| text).unwrap_or_default();
    let user_id = text(OsOptions::user_id);
    let project = Named {
        id: or(text(OsOptions::project_id), || text(OsOptions::tenant_id)),
        name: or(text(OsOptions::project_name), || text(OsOptions::tenant_name)),
    };
    let mut user_domain =
        Named { id: text(OsOptions::user_domain_id), name: text(OsOptions::user_domain_name) };
    if user_domain.is_empty() {
        DOMAIN.clone_into(&mut user_domain.id);
    }
    let mut project_domain = Named {
        id: text(OsOptions::project_domain_id),
        name: text(OsOptions::project_domain_name),
    };
    if project_domain.is_empty() {
        DOMAIN.clone_into(&mut project_domain.id);
    }
    let store = settings.field(at, OsOptions::object_storage_url);
    Options {
        user_id,
        user_domain,
        project,
        project_domain,
        region: text(OsOptions::region_name),
        service: or(text(OsOptions::service_type), || SERVICE.to_owned()),
        interface: or(text(OsOptions::endpoint_type), || INTERFACE.to_owned()),
        store: store.map(|url| url.as_str().to_owned()).unwrap_or_default(),
        has_token: !secret(settings, at, OsOptions::auth_token).is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::yaml;
    use std::collections::BTreeMap;

    const FULL: &str = "auth_url: 'https://keystone.example.com:5000/v3', swift_container: quay, \
         swift_user: quay, swift_password: word, storage_path: /datastorage/registry";

    fn engine(args: &str) -> Result<Engine, &'static str> {
        let document = yaml::read(&format!("A: [SwiftStorage, {{{args}}}]")).unwrap();
        let files = BTreeMap::new();
        let settings = Settings::new(&document, &files, 0);
        Engine::of(&settings, &Path::key("A").item(1))
    }

    #[test]
    fn what_is_left_out_is_what_quay_takes() {
        let engine = engine(&format!("{FULL}, os_options: {{tenant_id: t1}}")).ok().unwrap();
        assert_eq!(engine.version, Version::V2);
        assert_eq!(engine.options.service, "object-store");
        assert_eq!(engine.options.user_domain.shown(), "default");
        assert_eq!(engine.options.project.shown(), "t1");
        assert_eq!(engine.object("a"), "datastorage/registry/a");
    }

    #[test]
    fn names_are_joined_without_a_slash_where_it_is_wanted() {
        let args = format!("{FULL}, auth_version: 1, simple_path_concat: true");
        assert_eq!(engine(&args).ok().unwrap().object("a"), "datastorage/registrya");
    }

    #[test]
    fn a_tenant_may_stand_before_the_user() {
        let args = FULL.replace("swift_user: quay", "swift_user: 'tenant:user'");
        let engine = engine(&args).ok().unwrap();
        assert_eq!(engine.options.project.shown(), "tenant");
        assert_eq!(engine.user, "user");
    }

    #[test]
    fn what_is_missing_is_named() {
        let wrong = |args: &str| engine(args).err();
        assert_eq!(wrong(FULL), Some("the tenant (project) among the login options"));
        assert_eq!(
            wrong(&format!("{FULL}, auth_version: 4")),
            Some("a login version of 1, 2 or 3")
        );
        let args = FULL.replace("swift_container: quay, ", "");
        assert_eq!(wrong(&args), Some("the name of the container"));
        let args = FULL.replace("storage_path: /datastorage/registry", "auth_version: 1");
        assert_eq!(wrong(&args), Some("the folder"));
    }
}
