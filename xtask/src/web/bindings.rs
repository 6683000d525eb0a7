//! JavaScript for the wasm, made by the same version of wasm-bindgen that the crates were compiled
//! against.

use std::path::Path;
use std::path::PathBuf;

use anyhow::Result;
use anyhow::anyhow;
use wasm_bindgen_cli_support::Bindgen;

/// A compiled crate and the short name under which pages load it.
pub struct Wasm {
    /// What the compiler wrote.
    pub path: PathBuf,
    /// `ui` becomes `ui.js` and `ui_bg.wasm`.
    pub name: String,
}

/// Writes the module and its JavaScript into the folder.
pub fn generate(wasm: &Wasm, folder: &Path, release: bool) -> Result<()> {
    let done = || {
        Bindgen::new()
            .input_path(&wasm.path)
            .out_name(&wasm.name)
            .web(true)?
            .typescript(false)
            .keep_debug(false)
            // Names of generic code outweigh the code; a panic still tells its file and line.
            .remove_name_section(true)
            .remove_producers_section(release)
            // Else every page would have to say where the wasm is, and the version folder knows it
            // already.
            .omit_default_module_path(false)
            .generate(folder)
    };
    done().map_err(|error| {
        anyhow!(
            "Could not make the JavaScript for {}: {error:#}; if it names a version, run `cargo \
             update -p wasm-bindgen`",
            wasm.path.display()
        )
    })
}
