//! The binary: parse, run, exit code.

/// Many small things are made and dropped for each request: this allocator answers requests faster,
/// and its memory does not stay scattered.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    scimulator::app::main(std::env::args_os())
}
