//! Where things are: the workspace's folders, asked from Cargo instead of guessed.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::Result;
use serde_json::Value;

use crate::process;

/// The crates that only make sense as wasm; every native command leaves them out.
pub const WASM_CRATES: [&str; 2] = ["yidang-ui", "yidang-worker"];

/// The folders of this workspace and the names of its crates.
pub struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder, which an environment variable may have moved.
    pub target: PathBuf,
    members: Vec<Member>,
}

struct Member {
    name: String,
    folder: PathBuf,
    is_library: bool,
}

impl Workspace {
    /// Asks Cargo; works from any folder below the workspace.
    pub fn find() -> Result<Self> {
        let mut command = process::native_cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        let text = process::read(&mut command, "looking up the workspace")?;
        let metadata: Value = serde_json::from_str(&text)
            .context("Could not read the answer of `cargo metadata`: is this the Cargo of a Rust release?")?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("`cargo metadata` did not say its {key}: update Rust with `rustup update stable`"))
        };
        let members = metadata["packages"].as_array().into_iter().flatten().filter_map(member).collect();
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, members })
    }

    /// What the server hands to browsers and what the window embeds.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where a debug build leaves its executables.
    pub fn binaries(&self) -> PathBuf {
        self.target.join("debug")
    }

    /// The wasm build has its own target folder: another compiler must not throw away the native build.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// Room for intermediate files of these commands.
    pub fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("xtask").join(name);
        make_folder(&folder)?;
        Ok(folder)
    }

    /// The git-ignored note that names the toolchain with which wasm is built, when it is not the default one.
    pub fn wasm_toolchain_note(&self) -> PathBuf {
        self.root.join(".wasm-toolchain")
    }

    /// The libraries under `crates/`: those whose documentation has examples to run.
    pub fn libraries(&self) -> Vec<&str> {
        let crates = self.root.join("crates");
        let inside = |member: &&Member| member.is_library && member.folder.starts_with(&crates);
        self.members.iter().filter(inside).map(|member| member.name.as_str()).collect()
    }
}

fn member(package: &Value) -> Option<Member> {
    let manifest = Path::new(package["manifest_path"].as_str()?);
    let kinds = package["targets"].as_array().into_iter().flatten();
    let is_library = kinds.flat_map(|target| target["kind"].as_array().into_iter().flatten()).any(|kind| kind == "lib");
    Some(Member { name: package["name"].as_str()?.to_owned(), folder: manifest.parent()?.to_owned(), is_library })
}

/// Makes a folder and its parents.
pub fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)
        .with_context(|| format!("Could not make the folder {}: check its owner and the free disk space", folder.display()))
}

/// Writes a file only when its content changes, so that builds that watch its date have nothing to do.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, content)
        .with_context(|| format!("Could not write {}: check its owner and the free disk space", path.display()))
}
