//! One version of the web application: which file goes where, and the version's name, which is a
//! hash of them all.
//!
//! Everything that a page loads lies in `v/<version>/`, so a browser may keep it for ever and can
//! never mix two versions. Only what must have a fixed address lies at the root.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::Result;
use sha2::Digest;
use sha2::Sha256;

/// Content by path below `dist/`, with `/` between folders on every system.
pub type Files = BTreeMap<String, Vec<u8>>;

const VERSION_LENGTH: usize = 12;
const TEMPLATE_MARK: &str = ".template.";
/// Endings of what browsers and robots look for at fixed addresses.
const ROOT_ENDINGS: [&str; 3] = [".webmanifest", ".ico", ".txt"];
/// Endings of text in which the placeholders are filled.
const TEXT_ENDINGS: [&str; 4] = [".html", ".webmanifest", ".js", ".txt"];
const PAGE: &str = "index.html";
const SERVICE_WORKER: &str = "sw.js";
/// The page of a workspace whose `ui/static/` has none: it starts the user interface and nothing
/// else.
const PLAIN_PAGE: &str = include_str!("plain.html");

/// The folders that a bundle is made of.
pub struct Sources {
    /// Generated files: wasm and its JavaScript.
    pub stage: PathBuf,
    /// Files written by hand; may be missing.
    pub statics: PathBuf,
}

/// A complete version.
pub struct Bundle {
    /// First digits of the hash over all its files.
    pub version: String,
    /// Every file, placeholders filled.
    pub files: Files,
}

/// Reads the sources, names the version and fills the templates.
pub fn assemble(sources: &Sources) -> Result<Bundle> {
    let mut versioned = Files::new();
    read_folder(&sources.stage, "", &mut versioned)?;
    let mut written = Files::new();
    if sources.statics.is_dir() {
        read_folder(&sources.statics, "", &mut written)?;
    }
    let mut root = Files::new();
    for (path, content) in written {
        match root_name(&path) {
            Some(name) => root.insert(name, content),
            None => versioned.insert(path, content),
        };
    }
    if !root.contains_key(PAGE) {
        println!(
            "  {} has no index.template.html: a plain page is used",
            sources.statics.display()
        );
        root.insert(PAGE.to_owned(), PLAIN_PAGE.into());
    }
    let version = version_of(&[&root, &versioned]);
    let mut files: Files = versioned
        .into_iter()
        .map(|(path, content)| (format!("v/{version}/{path}"), content))
        .collect();
    let assets = assets(files.keys(), root.keys())?;
    files.extend(root.into_iter().map(|(path, content)| {
        let filled = fill(&path, content, &version, &assets);
        (path, filled)
    }));
    Ok(Bundle { version, files })
}

/// The fixed address of a file, or `None` for one that belongs into the version's folder.
fn root_name(path: &str) -> Option<String> {
    if path.contains('/') {
        return None;
    }
    if path.contains(TEMPLATE_MARK) {
        return Some(path.replacen(TEMPLATE_MARK, ".", 1));
    }
    ROOT_ENDINGS.iter().any(|ending| path.ends_with(ending)).then(|| path.to_owned())
}

/// Templates are part of the hash: a changed page is a changed version too.
fn version_of(groups: &[&Files]) -> String {
    let mut hash = Sha256::new();
    for files in groups {
        for (path, content) in *files {
            for part in [path.as_bytes(), content] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.chars().take(VERSION_LENGTH).collect()
}

/// What the service worker keeps: everything except itself, the page under the address `/`.
fn assets<'a>(
    versioned: impl Iterator<Item = &'a String>,
    root: impl Iterator<Item = &'a String>,
) -> Result<String> {
    let kept = root.filter(|path| *path != SERVICE_WORKER && *path != PAGE);
    let urls: Vec<String> = std::iter::once("/".to_owned())
        .chain(kept.chain(versioned).map(|path| format!("/{path}")))
        .collect();
    serde_json::to_string(&urls)
        .context("Could not write the list of files as JSON: give them plain names")
}

fn fill(path: &str, content: Vec<u8>, version: &str, assets: &str) -> Vec<u8> {
    if !TEXT_ENDINGS.iter().any(|ending| path.ends_with(ending)) {
        return content;
    }
    match String::from_utf8(content) {
        Ok(text) => text.replace("{{VERSION}}", version).replace("{{ASSETS}}", assets).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    let advice = || format!("Could not read {}: check that it is readable", folder.display());
    for entry in fs::read_dir(folder).with_context(advice)? {
        let path = entry.with_context(advice)?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        // Editors leave hidden files beside the real ones.
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            read_folder(&path, &format!("{prefix}{name}/"), files)?;
        } else {
            let content = fs::read(&path).with_context(|| {
                format!("Could not read {}: check that it is readable", path.display())
            })?;
            files.insert(format!("{prefix}{name}"), content);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::write_if_changed;

    fn sources(folder: &Path, files: &[(&str, &str)]) -> Sources {
        for (path, content) in files {
            write_if_changed(&folder.join(path), content.as_bytes()).unwrap();
        }
        Sources { stage: folder.join("stage"), statics: folder.join("static") }
    }

    fn text<'a>(bundle: &'a Bundle, path: &str) -> &'a str {
        std::str::from_utf8(&bundle.files[path]).unwrap()
    }

    #[test]
    fn fixed_addresses_at_the_root_and_the_rest_under_the_version() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("stage/ui.js", "ui"),
            ("stage/snippets/a/inline0.js", "snippet"),
            ("static/app.css", "css"),
            ("static/index.template.html", "<v {{VERSION}}>"),
            ("static/sw.template.js", "const A = {{ASSETS}}"),
            ("static/too-old.html", "old"),
            ("static/site.webmanifest", "{}"),
            ("static/.hidden", "x"),
        ];
        let bundle = assemble(&sources(folder.path(), &files)).unwrap();
        let v = &bundle.version;
        assert_eq!(v.len(), VERSION_LENGTH);
        let expected: Vec<String> = [
            "index.html",
            "site.webmanifest",
            "sw.js",
            &format!("v/{v}/app.css"),
            &format!("v/{v}/snippets/a/inline0.js"),
            &format!("v/{v}/too-old.html"),
            &format!("v/{v}/ui.js"),
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(bundle.files.keys().cloned().collect::<Vec<_>>(), expected);
        assert_eq!(text(&bundle, "index.html"), format!("<v {v}>"));
        let assets = ["", "site.webmanifest"].map(str::to_owned).into_iter();
        let names = ["app.css", "snippets/a/inline0.js", "too-old.html", "ui.js"]
            .map(|name| format!("v/{v}/{name}"));
        let assets: Vec<String> = assets.chain(names).map(|path| format!("\"/{path}\"")).collect();
        let assets = format!("const A = [{}]", assets.join(","));
        assert_eq!(text(&bundle, "sw.js"), assets);
    }

    #[test]
    fn the_version_follows_every_byte_and_nothing_else() {
        let version = |css: &str, page: &str| {
            let folder = tempfile::tempdir().unwrap();
            let files = [
                ("stage/ui.js", "ui"),
                ("static/app.css", css),
                ("static/index.template.html", page),
            ];
            assemble(&sources(folder.path(), &files)).unwrap().version
        };
        assert_eq!(version("a", "p"), version("a", "p"));
        assert_ne!(version("a", "p"), version("b", "p"));
        assert_ne!(version("a", "p"), version("a", "q"));
    }

    #[test]
    fn without_written_files_there_still_is_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = assemble(&sources(folder.path(), &[("stage/ui.js", "ui")])).unwrap();
        assert!(text(&bundle, PAGE).contains(&format!("/v/{}/ui.js", bundle.version)));
    }
}
