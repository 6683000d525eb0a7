//! Who may import whom. Fails with the offending line, so the fix is either the code or this table
//! together with an entry in `docs/decisions/`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Our crates and those of ours that each may import, tests aside (design: section 3).
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("yidang-domain", &[]),
    ("yidang-api", &["yidang-domain"]),
    ("yidang-documents", &["yidang-domain"]),
    ("yidang-sync-protocol", &["yidang-domain"]),
    ("yidang-paper", &["yidang-domain"]),
    (
        "yidang-replica",
        &[
            "yidang-api",
            "yidang-documents",
            "yidang-sync-protocol",
            "yidang-paper",
            "yidang-domain",
        ],
    ),
    ("yidang-device", &["yidang-replica", "yidang-api"]),
    ("yidang-verify", &["yidang-documents", "yidang-sync-protocol", "yidang-domain"]),
    ("yidang-app", &["yidang-replica", "yidang-api"]),
    ("yidang-worker", &["yidang-replica", "yidang-api", "yidang-domain"]),
    ("yidang-ui", &["yidang-api", "yidang-domain"]),
    (
        "yidang-sync-server",
        &[
            "yidang-api",
            "yidang-documents",
            "yidang-sync-protocol",
            "yidang-paper",
            "yidang-domain",
        ],
    ),
    ("yidang-tests", &["yidang-domain"]),
    ("xtask", &[]),
];

/// Outside crates that only these crates of ours may import.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("automerge", &["yidang-documents"]),
    ("rusqlite", &["yidang-replica", "yidang-worker", "yidang-sync-server", "yidang-tests"]),
    ("sqlite-wasm-rs", &["yidang-replica", "yidang-worker"]),
    ("tauri", &["yidang-app"]),
    ("axum", &["yidang-sync-server"]),
    ("leptos", &["yidang-ui"]),
    ("wasm-bindgen", &["yidang-ui", "yidang-worker"]),
    ("reqwest", &["yidang-replica"]),
    ("ed25519-dalek", &["yidang-sync-protocol"]),
    ("x25519-dalek", &["yidang-sync-protocol"]),
    ("chacha20poly1305", &["yidang-sync-protocol"]),
    ("qrcode", &["yidang-paper"]),
];

/// Defects that trials plant, and the crate that has the line (`cargo xtask trial county --planted`).
const PLANTED: &[(&str, &str)] = &[
    ("yidang-documents", "planted-hidden-clash"),
    ("yidang-replica", "planted-cursor-first"),
    ("yidang-replica", "planted-same-actor"),
    ("yidang-replica", "planted-tombstone-by-hand"),
    ("yidang-sync-server", "planted-chain-unchecked"),
    ("yidang-sync-server", "planted-last-row-lost"),
    ("yidang-sync-server", "planted-reply-before-flush"),
    ("yidang-sync-server", "planted-revoked-heals"),
];

/// No source file is longer: each is still one thing.
const LONGEST_FILE_LINES: usize = 700;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What Cargo knows of the crates of this workspace.
fn metadata() -> Metadata {
    MetadataCommand::new()
        .current_dir(root())
        .no_deps()
        .other_options(["--offline".into()])
        .exec()
        .unwrap()
}

#[test]
fn crates_import_only_what_the_table_allows() {
    let metadata = metadata();
    let mut offences = BTreeSet::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(ours, _)| *ours == name) else {
            offences.insert(format!("{name} is missing from MAY_IMPORT"));
            continue;
        };
        for dependency in &package.dependencies {
            let target = dependency.name.as_str();
            let is_test = dependency.kind == DependencyKind::Development;
            let is_ours = MAY_IMPORT.iter().any(|(ours, _)| *ours == target);
            if is_ours && !is_test && !allowed.contains(&target) {
                offences.insert(format!("{name} must not import {target}"));
            }
            let is_kept =
                KEPT_TO.iter().any(|(kept, homes)| *kept == target && !homes.contains(&name));
            if is_kept && !is_test {
                offences.insert(format!("{name} must not import {target}: it is kept elsewhere"));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}

/// A planted defect is switched on by the crate of tests, by its own name and by nothing else: no
/// crate that is shipped asks for one, and none is on by itself.
#[test]
fn planted_defects_are_for_trials_alone() {
    let metadata = metadata();
    let mut found = BTreeSet::new();
    let mut offences = BTreeSet::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let is_planted = |feature: &String| feature.contains("planted-");
        for (feature, enables) in &package.features {
            let own = PLANTED.iter().find(|(_, planted)| planted == feature);
            let is_switch = name == "yidang-tests"
                && own.is_some_and(|(of, planted)| *enables == [format!("{of}/{planted}")]);
            if feature.contains("planted-") && enables.is_empty() {
                found.insert((name, feature.as_str()));
            } else if (is_planted(feature) || enables.iter().any(is_planted)) && !is_switch {
                offences.insert(format!("{name}: {feature} = {enables:?}"));
            }
        }
        for dependency in &package.dependencies {
            if dependency.features.iter().any(is_planted) {
                offences.insert(format!("{name} asks {} for a defect", dependency.name));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
    assert_eq!(found, PLANTED.iter().copied().collect(), "PLANTED is not what the crates have");
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for folder in
        ["crates", "src-tauri/src", "sync-server/src", "ui/src", "ui/worker/src", "xtask/src"]
    {
        rust_files(&root().join(folder), &mut files);
    }
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

#[test]
fn no_source_file_is_too_long_to_be_one_thing() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|(_, text)| text.lines().count() > LONGEST_FILE_LINES)
        .map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// The window refuses style attributes (it puts a nonce into the policy of the page): a bar whose width
/// is one stays empty there and nowhere else. Styles stand in the sheet, or are set by script
/// (`style:width`).
#[test]
fn no_style_stands_in_an_attribute() {
    let page = root().join("ui/static/index.template.html");
    let page = (page.clone(), std::fs::read_to_string(page).unwrap());
    let offences: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path.starts_with(root().join("ui/src")))
        .chain([page])
        .flat_map(|(path, text)| {
            let of_path = path.display().to_string();
            text.lines()
                .filter(|line| line.contains(" style=") || line.contains("\"style\""))
                .map(|line| format!("{of_path}: {}", line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

/// SQL stands in stores and nowhere else.
#[test]
fn sql_stands_in_stores_only() {
    let words = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE"];
    let offences: Vec<String> = sources()
        .iter()
        .filter(|(path, _)| {
            let path = path.to_string_lossy().replace('\\', "/");
            !path.contains("/store/")
                && !path.contains("/tests")
                && !path.contains("xtask/")
                && !path.ends_with("replica/src/native.rs")
                && !path.ends_with("worker/src/stores.rs")
        })
        .flat_map(|(path, text)| {
            text.lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .filter(|line| {
                    words.iter().any(|word| {
                        line.contains(&format!("\"{word}")) || line.trim_start().starts_with(word)
                    })
                })
                .map(|line| format!("{}: {}", path.display(), line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(offences.is_empty(), "{offences:#?}");
}

/// Every crate of ours obeys the lints of the workspace.
#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let metadata = metadata();
    let without: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| {
            let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
            !manifest.contains("[lints]\nworkspace = true")
        })
        .map(|package| package.name.to_string())
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

/// No shell misses a question: each hands everything to `answer`, and the names that the pages use
/// are those of the table.
#[test]
fn no_shell_misses_a_question() {
    for shell in ["src-tauri/src/shell.rs", "crates/device/src/main.rs", "ui/worker/src/door.rs"] {
        let text = std::fs::read_to_string(root().join(shell)).unwrap();
        assert!(text.contains("answer("), "{shell} does not hand questions to answer()");
    }
    let device = std::fs::read_to_string(root().join("crates/device/src/main.rs")).unwrap();
    let names: Vec<&str> = yidang_api::NAMES.iter().map(|(name, _)| *name).collect();
    for part in device.split("self.ask(None, \"").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(names.contains(&name), "yidang-device asks for {name}, which is not in the table");
    }
}
