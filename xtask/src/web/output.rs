//! Writing a bundle into `dist/` under a server that may be reading it.
//!
//! First the new version's folder, then the page that names it, last the old version goes: at every
//! moment there is a page whose files are all there. Files that did not change keep their date, so
//! the window is not built again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Context;
use anyhow::Result;

use crate::web::bundle::Bundle;
use crate::web::bundle::Files;
use crate::workspace::make_folder;
use crate::workspace::write_if_changed;

/// Makes the folder equal to the bundle.
pub fn write(dist: &Path, bundle: &Bundle, compressed: &Files) -> Result<()> {
    make_folder(dist)?;
    let packed = compressed.iter().map(|(path, content)| (format!("{path}.br"), content));
    let plain = bundle.files.iter().map(|(path, content)| (path.clone(), content));
    let (versioned, root): (Vec<_>, Vec<_>) =
        plain.chain(packed).partition(|(path, _)| path.starts_with("v/"));
    for (path, content) in versioned.iter().chain(&root) {
        write_if_changed(&dist.join(path), content)?;
    }
    let wanted: BTreeSet<&str> =
        versioned.iter().chain(&root).map(|(path, _)| path.as_str()).collect();
    remove_others(dist, "", &wanted)
}

fn remove_others(folder: &Path, prefix: &str, wanted: &BTreeSet<&str>) -> Result<()> {
    let advice = || {
        format!("Could not tidy {}: delete the folder by hand and build again", folder.display())
    };
    for entry in fs::read_dir(folder).with_context(advice)? {
        let path = entry.with_context(advice)?.path();
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let inside = format!("{prefix}{name}/");
        if !path.is_dir() {
            if !wanted.contains(format!("{prefix}{name}").as_str()) {
                fs::remove_file(&path).with_context(advice)?;
            }
        } else if wanted.iter().any(|file| file.starts_with(&inside)) {
            remove_others(&path, &inside, wanted)?;
        } else {
            fs::remove_dir_all(&path).with_context(advice)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(version: &str) -> Bundle {
        let files = [
            ("index.html".to_owned(), version.into()),
            (format!("v/{version}/ui.js"), b"ui".to_vec()),
        ];
        Bundle { version: version.to_owned(), files: files.into() }
    }

    #[test]
    fn the_old_version_and_stray_files_go() {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path();
        let packed = Files::from([("v/one/ui.js".to_owned(), b"packed".to_vec())]);
        write(dist, &bundle("one"), &packed).unwrap();
        assert!(dist.join("v/one/ui.js.br").exists());
        fs::write(dist.join("stray.txt"), "x").unwrap();

        write(dist, &bundle("two"), &Files::new()).unwrap();
        assert_eq!(fs::read_to_string(dist.join("index.html")).unwrap(), "two");
        assert!(dist.join("v/two/ui.js").exists());
        assert!(!dist.join("v/one").exists());
        assert!(!dist.join("stray.txt").exists());
    }
}
