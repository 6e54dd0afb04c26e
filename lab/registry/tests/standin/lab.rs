//! The parts of the lab that a registry stands on; they belong to the tests of the live checks.

#[path = "../../../../server/tests/lab/certificates.rs"]
pub(crate) mod certificates;
#[path = "../../../../server/tests/lab/postgres.rs"]
pub(crate) mod postgres;
#[path = "../../../../server/tests/lab/process.rs"]
pub(crate) mod process;
#[path = "../../../../server/tests/lab/redis.rs"]
pub(crate) mod redis;
#[path = "../../../../server/tests/lab/rgw.rs"]
pub(crate) mod rgw;
#[path = "../../../../server/tests/lab/s3.rs"]
pub(crate) mod s3;
#[path = "../../../../server/tests/lab/slapd.rs"]
pub(crate) mod slapd;
