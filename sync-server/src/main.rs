//! The program `sync-server`.

use std::process::ExitCode;

fn main() -> ExitCode {
    yidang_sync_server::cli::main()
}
