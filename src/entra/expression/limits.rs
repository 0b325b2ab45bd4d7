//! The bounds of the language: what a text may be and what an evaluation may cost.

/// The longest expression the service takes, in characters [known-issues].
pub const LENGTH_MAX: usize = 10_000;
/// The deepest nesting of calls. The service names no limit. This one is beyond any chain of IIF in
/// practice and keeps the call stack safe.
pub const DEPTH_MAX: usize = 256;
/// The longest text a function may make, in bytes: far above what any attribute holds.
pub const TEXT_MAX: usize = 65_536;
/// What one evaluation may cost: roughly the bytes it reads or writes.
pub const EFFORT: u64 = 50_000_000;
