//! `ding`, the program: everything is in the library of this package.

use std::process::ExitCode;

/// A block allocates and frees on several threads; the system's allocator spent a tenth of the
/// time on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Members allocate in small pieces all over: with huge pages the kernel clears 2 MiB for each
    // (-11 % CPU and -30 % memory for four members at saturation). Kernels without them refuse.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    ding_node::main()
}
