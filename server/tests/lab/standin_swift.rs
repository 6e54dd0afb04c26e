//! Stand-ins for login services: for what a Ceph gateway and a Keystone cannot be made to say.

use super::standin_web::{Asked, json};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json as value;

/// A login of version 1 that takes everybody and names this store.
pub(crate) fn names(store: String) -> impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static {
    move |_: &Asked| {
        let headers = [("x-storage-url", store.clone()), ("x-auth-token", "a-token".to_owned())];
        (StatusCode::NO_CONTENT, headers).into_response()
    }
}

/// A Keystone that takes everybody and has this store in its catalogue.
pub(crate) fn lists(store: String) -> impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static {
    move |asked: &Asked| {
        let third = value!({"interface": "public", "region": "RegionOne", "url": store});
        let second = value!({"publicURL": store, "region": "RegionOne"});
        let listed = |endpoint| value!([{"type": "object-store", "endpoints": [endpoint]}]);
        let mut answer = match asked.path.as_str() {
            "/v3/auth/tokens" => json(201, &value!({"token": {"catalog": listed(third)}})),
            "/v2.0/tokens" => {
                let token = value!({"id": "a-token"});
                let access = value!({"token": token, "serviceCatalog": listed(second)});
                json(200, &value!({"access": access}))
            }
            _ => json(404, &value!({"error": {"code": 404}})),
        };
        answer.headers_mut().insert("x-subject-token", "a-token".parse().expect("it is text"));
        answer
    }
}

/// A Keystone of today, which knows no version 2.
pub(crate) fn third_only(asked: &Asked) -> Response {
    let version = value!({"id": "v3.14", "status": "stable"});
    match asked.path.as_str() {
        "/" => json(300, &value!({"versions": {"values": [version]}})),
        "/v3" => json(200, &value!({"version": version})),
        _ => json(404, &value!({"error": {"code": 404}})),
    }
}
