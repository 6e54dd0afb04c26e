//! The stand-in for Quay as a cluster has it: the real program before real services.

mod client;
mod health;
mod images;
#[expect(dead_code, reason = "the checks need more of the lab than the stand-in does")]
mod lab;
mod node;
mod refusals;
mod services;
mod start;
mod tables;
