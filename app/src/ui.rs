//! Small pieces of PatternFly; they know neither Quay nor the cluster.

pub mod icon;
