//! The binary: parse, run, exit code.

fn main() -> std::process::ExitCode {
    scimulator::app::main(std::env::args_os())
}
