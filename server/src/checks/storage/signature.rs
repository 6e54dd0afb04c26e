//! How requests and download addresses are signed.

use super::bucket::Lack;

/// The regions for which Quay's library signs download addresses in the old way, unless it is
/// told how.
const OLD_REGIONS: [&str; 11] = [
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "s3-external-1",
    "sa-east-1",
    "us-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    /// In the old way, `s3`.
    V2,
    /// As all take it today, `s3v4`.
    V4,
}

/// How requests and download addresses are signed.
pub(super) fn signatures(
    version: Option<&str>,
    region: Option<&str>,
) -> Result<(Signature, Signature), Lack> {
    match version {
        None if region.is_none_or(|region| OLD_REGIONS.contains(&region)) => {
            Ok((Signature::V4, Signature::V2))
        }
        None | Some("s3v4") => Ok((Signature::V4, Signature::V4)),
        Some("s3") => Ok((Signature::V2, Signature::V2)),
        Some(other) => Err(Lack::Signature(other.to_owned())),
    }
}
