//! The test of the code itself: which layer may know which, how long a function and a file may be,
//! and that nothing is forgotten.
//!
//! Each test collects everything it finds wrong and says file and line, what is wrong, and what to
//! do about it.

mod circles;
mod comments;
mod covered;
mod layers;
mod lexer;
mod pages;
mod purity;
mod shape;
mod source;
mod types;
