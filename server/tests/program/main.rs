//! The program as an administrator runs it: arguments in, exit code and words out.

mod serve;
mod start;
mod support;
mod validate;
