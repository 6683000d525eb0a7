//! The user interface and its worker: compiled to wasm, bound to JavaScript, laid out in `dist/`.

mod bindings;
mod bundle;
mod compress;
mod output;
mod sizes;

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::Result;

use crate::process;
use crate::setup::WasmKit;
use crate::workspace::WASM_CRATES;
use crate::workspace::Workspace;
use crate::workspace::make_folder;
use crate::workspace::write_if_changed;

/// What the window embeds as long as the real page was not built: enough for the compiler, and says
/// what is missing.
const PLACEHOLDER: &str = include_str!("web/placeholder.html");

/// Builds everything into `dist/`.
pub fn build(workspace: &Workspace, release: bool) -> Result<()> {
    let kit = WasmKit::find(workspace)?;
    println!("== web ({})", if release { "release" } else { "debug" });
    let compiled = compile(workspace, &kit, release)?;
    let stage = fresh_stage(workspace)?;
    for wasm in &compiled {
        bindings::generate(wasm, &stage, release)?;
    }
    let sources = bundle::Sources { stage, statics: workspace.root.join("ui").join("static") };
    let bundle = bundle::assemble(&sources)?;
    let compressed =
        if release { compress::compress(&bundle.files)? } else { bundle::Files::new() };
    output::write(&workspace.dist(), &bundle, &compressed)?;
    sizes::print(&bundle, &compressed);
    Ok(())
}

/// The window's build wants a page to embed; a check of the sources should not need the whole wasm
/// build for that.
pub fn ensure_page(workspace: &Workspace) -> Result<()> {
    let page = workspace.dist().join("index.html");
    if page.exists() {
        return Ok(());
    }
    write_if_changed(&page, PLACEHOLDER.as_bytes())
}

fn compile(workspace: &Workspace, kit: &WasmKit, release: bool) -> Result<Vec<bindings::Wasm>> {
    let mut command = kit.cargo(workspace, "build");
    let profile = if release { "wasm-release" } else { "debug" };
    for name in WASM_CRATES {
        command.args(["--package", name]);
    }
    if release {
        command.args(["--profile", profile]);
    }
    process::run(
        &mut command,
        "compiling the user interface to wasm",
        "mend what the compiler names above",
    )?;
    let folder = workspace.wasm_target().join(crate::setup::WASM_TARGET).join(profile);
    let named = |name: &&str| bindings::Wasm {
        path: folder.join(format!("{}.wasm", name.replace('-', "_"))),
        name: name.trim_start_matches("yidang-").to_owned(),
    };
    Ok(WASM_CRATES.iter().map(named).collect())
}

/// An empty folder for the generated files: what an earlier build left there must not reach the
/// bundle.
fn fresh_stage(workspace: &Workspace) -> Result<PathBuf> {
    let stage = workspace.scratch("web")?;
    fs::remove_dir_all(&stage)
        .with_context(|| format!("Could not empty {}: delete it by hand", stage.display()))?;
    make_folder(&stage)?;
    Ok(stage)
}
