//! Where things are: the workspace's folders, asked from Cargo instead of guessed.

use std::env;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::Result;
use serde_json::Value;

use crate::process;

/// The crates that only make sense as wasm; every native command leaves them out.
pub const WASM_CRATES: [&str; 2] = ["yidang-ui", "yidang-worker"];
/// Leaving them out, as arguments of Cargo. Every native command chooses the same crates: another
/// choice would give shared dependencies other features, and build the encrypted database once
/// more.
pub const NATIVE: [&str; 5] =
    ["--workspace", "--exclude", "yidang-ui", "--exclude", "yidang-worker"];
/// The crate of the tests that cross crates.
pub const TESTS_CRATE: &str = "yidang-tests";

/// The folders of this workspace.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, which an environment variable may have moved.
    pub target: PathBuf,
    /// The test programs of the crate whose tests cross crates.
    pub crossing_tests: Vec<String>,
}

impl Workspace {
    /// Asks Cargo; works from any folder below the workspace.
    pub fn find() -> Result<Self> {
        let mut command = process::native_cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let text = process::read(&mut command, "looking up the workspace")?;
        let metadata: Value = serde_json::from_str(&text).context(
            "Could not read the answer of `cargo metadata`: is this the Cargo of a Rust release?",
        )?;
        let folder = |key: &str| {
            metadata.get(key).and_then(Value::as_str).map(PathBuf::from).with_context(|| {
                format!(
                    "`cargo metadata` did not say its {key}: update Rust with `rustup update \
                     stable`"
                )
            })
        };
        let crossing_tests = test_programs(&metadata);
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            crossing_tests,
        })
    }

    /// Goes to the workspace's folder: Cargo takes its configuration from where it is called.
    pub fn enter(&self) -> Result<()> {
        env::set_current_dir(&self.root).with_context(|| {
            format!("Could not go to {}: check that the folder is there", self.root.display())
        })
    }

    /// What the server hands to browsers and what the window embeds.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where a debug build leaves its executables.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// The wasm build has its own target folder: another compiler must not throw away the native
    /// build.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Room for intermediate files of these commands.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        make_folder(&folder)?;
        Ok(folder)
    }

    /// The git-ignored note that names the toolchain with which wasm is built, when it is not the
    /// default one.
    pub fn wasm_toolchain_note(&self) -> PathBuf {
        self.root.join(".wasm-toolchain")
    }
}

fn test_programs(metadata: &Value) -> Vec<String> {
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let targets = packages
        .filter(|package| package.get("name").is_some_and(|name| name == TESTS_CRATE))
        .filter_map(|package| package.get("targets")?.as_array());
    let tests = targets
        .flatten()
        .filter(|target| target.pointer("/kind/0").is_some_and(|kind| kind == "test"));
    tests.filter_map(|target| target.get("name")?.as_str()).map(str::to_owned).collect()
}

/// Makes a folder and its parents.
pub fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "Could not make the folder {}: check its owner and the free disk space",
            folder.display()
        )
    })
}

/// Writes a file only when its content changes, so that builds that watch its date have nothing to
/// do.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, content).with_context(|| {
        format!("Could not write {}: check its owner and the free disk space", path.display())
    })
}
