//! Where a bucket is, as the library that Quay uses works it out.

use super::bucket::Lack;
use crate::clients::http::Origin;
use crate::clients::sigv4::encoded;
use config_model::value::HttpUrl;

/// Where a bucket is.
pub(super) struct Place {
    /// Where requests go.
    pub(super) origin: Origin,
    /// What stands before each key in the path of a request.
    pub(super) base: String,
    /// What stands before each key where the old signature is made.
    pub(super) resource: String,
    /// Whether any region may be the right one.
    pub(super) is_global: bool,
}

impl Place {
    /// Below a path of a service, as Quay's library asks wherever it is told an address.
    fn below(origin: Origin, path: &str, bucket: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
        let base = format!("{path}/{}", encoded(bucket, ""));
        Self { origin, resource: base.clone(), base, is_global: false }
    }

    /// At a complete address, where there is one.
    pub(super) fn located(address: Option<&HttpUrl>, bucket: &str) -> Result<Option<Self>, Lack> {
        let Some(address) = address else { return Ok(None) };
        let (origin, path) = Origin::of(address.as_str()).ok_or(Lack::Missing("the address"))?;
        Ok(Some(Self::below(origin, &path, bucket)))
    }

    /// At Amazon's address for a region.
    pub(super) fn in_region(region: &str, bucket: &str) -> Self {
        Self::at_host(&format!("s3.{region}.amazonaws.com"), None, true, bucket)
    }

    /// At a host; without a port, at the usual one.
    pub(super) fn at_host(host: &str, port: Option<u16>, tls: bool, bucket: &str) -> Self {
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let port = port.unwrap_or(if tls { 443 } else { 80 });
        Self::below(Origin { tls, host, port }, "", bucket)
    }

    /// At Amazon, in no region that is known: the name of the bucket is part of the host's.
    pub(super) fn anywhere(bucket: &str) -> Self {
        if !is_host_label(bucket) {
            let place = Self::at_host("s3.amazonaws.com", None, true, bucket);
            return Self { is_global: true, ..place };
        }
        let host = format!("{bucket}.s3.amazonaws.com");
        Self {
            origin: Origin { tls: true, host, port: 443 },
            base: String::new(),
            resource: format!("/{bucket}"),
            is_global: true,
        }
    }
}

/// Whether the name of a bucket can be part of a host's.
fn is_host_label(bucket: &str) -> bool {
    (3..=63).contains(&bucket.len())
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
        && bucket
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_model::value::{Parsed as _, Value};

    fn shown(place: &Place) -> String {
        format!("{} {} {}", place.origin, place.base, place.resource)
    }

    /// As the library says it: `generate_presigned_url` of botocore.
    #[test]
    fn a_bucket_is_where_quays_library_looks_for_it() {
        let addressed = |address: &str| {
            let address = HttpUrl::parse(&Value::from(address)).unwrap();
            shown(&Place::located(Some(&address), "quay").unwrap().unwrap())
        };
        for (found, expected) in [
            (shown(&Place::anywhere("quay")), "https://quay.s3.amazonaws.com  /quay"),
            (shown(&Place::anywhere("a.b.c")), "https://s3.amazonaws.com /a.b.c /a.b.c"),
            (shown(&Place::anywhere("Quay_X")), "https://s3.amazonaws.com /Quay_X /Quay_X"),
            (
                shown(&Place::in_region("eu-central-1", "quay")),
                "https://s3.eu-central-1.amazonaws.com /quay /quay",
            ),
            (
                shown(&Place::at_host("ceph04", Some(7480), false, "quay")),
                "http://ceph04:7480 /quay /quay",
            ),
            (
                shown(&Place::at_host("fe80::1", None, false, "quay")),
                "http://[fe80::1] /quay /quay",
            ),
            (addressed("https://store.example.com"), "https://store.example.com /quay /quay"),
            (
                addressed("http://store.example.com:9000/s3/"),
                "http://store.example.com:9000 /s3/quay /s3/quay",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
