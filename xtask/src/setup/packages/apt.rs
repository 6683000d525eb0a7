//! Debian's package manager: asks before it adds, and never lets it remove anything.

use std::collections::HashSet;
use std::process::Command;

use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::setup::packages::table::Package;

const CURE: &str = "read apt's message above; without a network, connect and run the command \
                    again; if another apt-get is at work, wait for it";

/// Whether dpkg has the package completely installed.
pub fn is_installed(name: &str) -> bool {
    let mut command = Command::new("dpkg-query");
    command.args(["--show", "--showformat", "${Status}", name]);
    process::read(&mut command, "asking for a package")
        .is_ok_and(|status| status == "install ok installed")
}

/// Installs the best name of each.
pub fn install(missing: &[&Package]) -> Result<()> {
    let reason = missing.iter().map(|package| package.name()).collect::<Vec<_>>().join(", ");
    require_root(&missing.iter().map(|package| package.name()).collect::<Vec<_>>())?;
    refresh()?;
    let offered = offered(missing.iter().flat_map(|package| package.names.iter().copied()))?;
    let mut names = Vec::new();
    for package in missing {
        match package.names.iter().find(|name| offered.contains(**name)) {
            Some(name) => names.push(*name),
            None => bail!(
                "This system's package lists offer none of {}, which is needed because: {}; add \
                 the repository that has it (all of them are in Debian 12), then run the command \
                 again",
                package.names.join(", "),
                package.why
            ),
        }
    }
    install_names(&names, &format!("installing {reason}"))
}

/// Brings the package lists up to date: an old list names versions that are no longer there.
pub fn refresh() -> Result<()> {
    let mut command = apt_get();
    command.arg("update");
    process::run(&mut command, "updating the package lists", CURE)
}

/// Installs these packages and what they cannot do without.
pub fn install_names(names: &[&str], doing: &str) -> Result<()> {
    require_root(names)?;
    let mut command = apt_get();
    command.args(["install", "--yes", "--no-install-recommends", "--no-remove"]).args(names);
    process::run(&mut command, doing, CURE)
}

/// Stops with the command to type where we may not install.
fn require_root(names: &[&str]) -> Result<()> {
    if is_root() {
        return Ok(());
    }
    bail!(
        "Only root may install packages, so nothing was installed. Run this, then the command \
         again:\n\n    sudo apt-get update && sudo apt-get install --no-install-recommends {}\n",
        names.join(" ")
    )
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args([
        "-q",
        "-o",
        "DPkg::Lock::Timeout=120",
        "-o",
        "Dpkg::Use-Pty=0",
    ]);
    command
}

/// Those of the names that the package lists have a version of.
fn offered(names: impl Iterator<Item = &'static str>) -> Result<HashSet<String>> {
    let mut command = Command::new("apt-cache");
    command.env("LC_ALL", "C").arg("policy").args(names);
    Ok(with_candidate(&process::read(&mut command, "asking which packages there are")?))
}

fn with_candidate(policy: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut name = "";
    for line in policy.lines() {
        if let Some(start) = line.strip_suffix(':').filter(|start| !start.starts_with(' ')) {
            name = start;
        } else if line
            .trim()
            .strip_prefix("Candidate:")
            .is_some_and(|version| version.trim() != "(none)")
        {
            found.insert(name.to_owned());
        }
    }
    found
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_without_a_candidate_is_not_offered() {
        let policy = "clang-19:\n  Installed: (none)\n  Candidate: 1:19.1\n  Version \
                      table:\nclang-99:\n  Installed: (none)\n  Candidate: (none)\n";
        assert_eq!(with_candidate(policy), HashSet::from(["clang-19".to_owned()]));
    }
}
