//! The live checks against real services: what is right passes, and each thing that is wrong is
//! called by its name.
//!
//! What is proved here is written down in `proved/`, from which the reference page is made.

#[path = "../lab/parts.rs"]
mod lab;

mod clair;
mod cloudwatch;
mod database;
mod everywhere;
mod hostname;
mod jwt;
mod keystone;
mod ldap;
mod logs;
mod memcached;
mod network;
mod node;
mod oauth;
mod oidc;
mod redis;
mod smtp;
mod storage_azure;
mod storage_s3;
mod storage_swift;
mod support;
