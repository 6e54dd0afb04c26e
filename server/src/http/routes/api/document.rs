//! The API in the words of OpenAPI 3.1; the page about it is made from the same document.

use super::MODES;
use app::paths;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, Components, ComponentsBuilder, ObjectBuilder, Ref, Schema,
    Type,
};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Required, ResponseBuilder};

/// The name of the way to log in.
const BASIC: &str = "basic";
/// The name of the shape of a bundle.
const BUNDLE: &str = "Bundle";
/// The name of the shape of a fault.
const FAULT: &str = "Fault";
/// How most bodies are written.
pub(super) const JSON: &str = "application/json";
/// What the removed tool called its archive, although it is a tar in gzip; scripts may compare it.
pub(super) const ARCHIVE: &str = "application/zip";

/// The whole document.
pub(super) fn openapi() -> OpenApi {
    let info = InfoBuilder::new()
        .title("quay-console")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "The HTTP API of the removed configuration tool, so that scripts written for it go on.",
        ))
        .build();
    let paths = PathsBuilder::new()
        .path(paths::API_CONFIG, PathItem::new(HttpMethod::Get, config()))
        .path(paths::API_VALIDATE, PathItem::new(HttpMethod::Post, validate()))
        .path(paths::API_DOWNLOAD, PathItem::new(HttpMethod::Post, download()))
        .path(paths::API_OPERATOR, PathItem::new(HttpMethod::Post, operator()));
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components())).build()
}

fn config() -> OperationBuilder {
    let summary = "Get the configuration and its files";
    let description = "The draft as it is in the editor now. This is an export: passwords and \
                       keys are in it in clear, because that is what scripts are after. Keep what \
                       you get as you would keep the files themselves.";
    guarded("config", summary, description)
        .response("200", bundle("A configuration was loaded from a folder or an upload."))
        .response("202", bundle("A new configuration was begun, because none was there."))
}

fn validate() -> OperationBuilder {
    let summary = "Check a configuration";
    let description = "Runs every rule on the bundle in the body and lists the errors, without \
                       warnings. Nothing is kept, and nothing is dialled: all modes check the \
                       same.";
    let mode = ParameterBuilder::new()
        .name("mode")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(format!("What the check is for: {}.", MODES.join(", "))))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(MODES))
                .default(Some(MODES[0].into())),
        ));
    let faults = ArrayBuilder::new().items(Ref::from_schema_name(FAULT));
    posted(guarded("validate", summary, description)).parameter(mode).response(
        "200",
        answer("The errors; an empty list is a valid configuration.")
            .content(JSON, Content::new(Some(faults))),
    )
}

fn download() -> OperationBuilder {
    let summary = "Make an archive of a configuration";
    let description = "Packs the bundle in the body as quay-config.tar.gz, checked or not. The \
                       draft in the editor stays as it is.";
    posted(guarded("download", summary, description)).response(
        "200",
        answer("The archive: a tar in gzip, whatever its type says.")
            .content(ARCHIVE, Content::default()),
    )
}

fn operator() -> OperationBuilder {
    OperationBuilder::new()
        .operation_id(Some("operator"))
        .summary(Some("Hand a configuration to the Operator"))
        .description(Some(super::NO_OPERATOR))
        .response("501", answer("Always: nothing is left to hand it to."))
}

/// An operation that takes the user name and the password.
fn guarded(id: &str, summary: &str, description: &str) -> OperationBuilder {
    OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .description(Some(description))
        .security(SecurityRequirement::new(BASIC, Vec::<String>::new()))
        .response("401", answer("The user name or the password is missing or wrong."))
        .response("403", answer("A page of another site sent the request."))
        .response("429", answer("Too many wrong passwords; Retry-After says how long to wait."))
}

/// An operation with a bundle in its body.
fn posted(operation: OperationBuilder) -> OperationBuilder {
    let body = RequestBodyBuilder::new()
        .description(Some("The bundle."))
        .content(JSON, Content::new(Some(Ref::from_schema_name(BUNDLE))))
        .required(Some(Required::True))
        .build();
    operation
        .request_body(Some(body))
        .response("400", answer("The body or the mode cannot be used; a sentence says why."))
        .response("413", answer("The body is too large."))
}

fn answer(description: &str) -> ResponseBuilder {
    ResponseBuilder::new().description(description)
}

fn bundle(description: &str) -> ResponseBuilder {
    answer(description).content(JSON, Content::new(Some(Ref::from_schema_name(BUNDLE))))
}

fn components() -> Components {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let config = ObjectBuilder::new()
        .description(Some("The keys of config.yaml and their values."))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(true)));
    let certs = ObjectBuilder::new()
        .description(Some("The files beside it, by name, in base64."))
        .additional_properties(Some(text().content_encoding("base64")));
    let tags = ArrayBuilder::new().items(text());
    ComponentsBuilder::new()
        .schema(
            BUNDLE,
            ObjectBuilder::new()
                .property("config.yaml", config)
                .property("certs", certs)
                .required("config.yaml"),
        )
        .schema(
            FAULT,
            ObjectBuilder::new()
                .property("FieldGroup", text().description(Some("The group of settings.")))
                .property("Tags", tags.description(Some("The settings it is about.")))
                .property("Message", text().description(Some("What is wrong, and how to mend it.")))
                .required("FieldGroup")
                .required("Tags")
                .required("Message"),
        )
        .security_scheme(BASIC, SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)))
        .build()
}
