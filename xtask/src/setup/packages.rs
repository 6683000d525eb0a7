//! Packages of the system: looked up on every Unix, installed where there is apt and we are root.

pub mod apt;
mod table;

use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::setup::Need;
use crate::setup::compilers;

use table::PACKAGES;
use table::Package;
use table::Proof;

/// Installs the packages that these needs lack, or says which they are.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let has_dpkg = process::first_on_path(&["dpkg-query"]).is_some();
    let wanted = PACKAGES.iter().filter(|package| needs.contains(&package.need));
    let missing: Vec<&Package> = wanted.filter(|package| !is_present(package, has_dpkg)).collect();
    if missing.is_empty() {
        println!("  system packages: nothing is missing");
        return Ok(());
    }
    println!("  system packages that are missing:");
    for package in &missing {
        println!("    {:<24} {}", package.name(), package.why);
    }
    if has_dpkg && process::first_on_path(&["apt-get"]).is_some() {
        return apt::install(&missing);
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name()).collect();
    bail!(
        "This system has no apt-get, so nothing was installed: install what your system calls {}, \
         then run the command again",
        names.join(", ")
    )
}

fn is_present(package: &Package, has_dpkg: bool) -> bool {
    match package.proof {
        Proof::Wasm => compilers::clang_on_path().is_some(),
        Proof::Command => process::first_on_path(package.commands).is_some(),
        Proof::Package if has_dpkg => package.names.iter().any(|name| apt::is_installed(name)),
        // Without dpkg only what has a command can be looked up; the build itself names a missing
        // library.
        Proof::Package => {
            package.commands.is_empty() || process::first_on_path(package.commands).is_some()
        }
    }
}
