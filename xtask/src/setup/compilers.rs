//! The C compiler and archiver that can write wasm: SQLite is C, and it runs in the browser too.

use std::env;
use std::process::Command;

use anyhow::Context;
use anyhow::Result;

use crate::process;

/// Names of clang, the one that the build was proven with first.
pub const CLANGS: [&str; 8] =
    ["clang-19", "clang-22", "clang-21", "clang-20", "clang-18", "clang-17", "clang-16", "clang"];
/// Names of llvm-ar; any version will do.
pub const ARCHIVERS: [&str; 10] = [
    "llvm-ar-22",
    "llvm-ar-21",
    "llvm-ar-20",
    "llvm-ar-19",
    "llvm-ar-18",
    "llvm-ar-17",
    "llvm-ar-16",
    "llvm-ar-15",
    "llvm-ar-14",
    "llvm-ar",
];

/// The variable by which a person, or this program, names the C compiler for wasm.
pub const CC_VARIABLE: &str = "CC_wasm32_unknown_unknown";
/// The same for the archiver.
pub const AR_VARIABLE: &str = "AR_wasm32_unknown_unknown";

/// The compiler to use: the one named in the environment, else the first clang that knows wasm.
pub fn clang() -> Result<String> {
    env::var(CC_VARIABLE).ok().or_else(|| clang_on_path().map(str::to_owned)).with_context(|| {
        format!(
            "No clang that can compile for wasm was found (looked for {}): run `cargo xtask \
             setup`, or install clang 16 or newer and set {CC_VARIABLE} to it",
            CLANGS.join(", ")
        )
    })
}

/// The archiver to use, found the same way.
pub fn archiver() -> Result<String> {
    env::var(AR_VARIABLE)
        .ok()
        .or_else(|| process::first_on_path(&ARCHIVERS).map(str::to_owned))
        .with_context(|| {
            format!(
                "No llvm-ar was found (looked for {}): run `cargo xtask setup`, or install LLVM \
                 and set {AR_VARIABLE} to it",
                ARCHIVERS.join(", ")
            )
        })
}

/// The first clang on the PATH that knows wasm: the one that Apple ships does not.
pub fn clang_on_path() -> Option<&'static str> {
    CLANGS.into_iter().find(|name| process::first_on_path(&[name]).is_some() && knows_wasm(name))
}

fn knows_wasm(clang: &str) -> bool {
    let mut command = Command::new(clang);
    command.arg("--print-targets");
    process::read(&mut command, "asking clang for its targets")
        .is_ok_and(|targets| targets.contains("wasm32"))
}
