//! The lab: real services, started on this machine for a test and gone after it.
//!
//! Each part is a program in a temporary folder, on a free port of the loopback address.

pub(crate) mod azurite;
pub(crate) mod certificates;
pub(crate) mod directory;
pub(crate) mod haproxy;
pub(crate) mod kafka;
pub(crate) mod keystone;
pub(crate) mod kinesis;
pub(crate) mod lines;
pub(crate) mod mariadb;
pub(crate) mod memcached;
pub(crate) mod moto;
pub(crate) mod oidc;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod python;
pub(crate) mod redis;
pub(crate) mod rgw;
pub(crate) mod s3;
pub(crate) mod seaweedfs;
pub(crate) mod slapd;
pub(crate) mod smtp;
pub(crate) mod standin;
pub(crate) mod standin_azure;
pub(crate) mod standin_cdn;
pub(crate) mod standin_clair;
pub(crate) mod standin_elasticsearch;
pub(crate) mod standin_jwt;
pub(crate) mod standin_kafka;
pub(crate) mod standin_keystone;
pub(crate) mod standin_oidc;
pub(crate) mod standin_s3;
pub(crate) mod standin_sites;
pub(crate) mod standin_splunk;
pub(crate) mod standin_swift;
pub(crate) mod standin_web;
pub(crate) mod swift;
pub(crate) mod twist;
pub(crate) mod web;
