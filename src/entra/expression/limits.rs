//! The limits of the language: the size of texts and the cost of an evaluation.

/// The longest expression the service takes, in characters [known-issues].
pub const LENGTH_MAX: usize = 10_000;
/// The deepest nesting of calls. The service documents no limit. This one allows any practical
/// chain of IIF and keeps the call stack safe.
pub const DEPTH_MAX: usize = 256;
/// The longest text a function may make, in bytes: far above what any attribute holds.
pub const TEXT_MAX: usize = 65_536;
/// The highest cost of one evaluation: roughly the bytes it reads or writes.
pub const EFFORT: u64 = 50_000_000;
