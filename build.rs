//! Has the program built anew when a scenario or a file of the page comes or goes: both are
//! embedded.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=web");
}
