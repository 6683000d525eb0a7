//! The suite does not fall behind the store: it is read as text and held against the store's own.

use std::collections::BTreeSet;
use std::path::Path;

use crate::things::THINGS;

/// Tables that no thing holds, because putting something into them is about all counties of a store:
/// `neighbours.rs` and `households.rs` tell of them.
const APART: [&str; 1] = ["owed"];
/// Files of the suite that are not stories.
const NO_STORIES: [&str; 2] = ["stores.rs", "complete.rs"];
/// Words that say what a store is made of.
const MADE_OF: [&str; 6] = ["sqlite", "pragma", "postgres", "rowid", "SELECT ", "INSERT "];

/// The files of a folder whose names end so, each as name and text.
fn texts(folder: &str, end: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let named = files.map(|file| (file.file_name().into_string().unwrap(), file.path()));
    named
        .filter(|(name, _)| name.ends_with(end))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The public methods of the store and of its transactions.
fn methods() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in texts("src/store", ".rs") {
        let mut is_seam = false;
        for line in text.lines() {
            if line.starts_with("impl") {
                is_seam = line.contains(" Db<") || line.contains(" Store ");
            }
            for start in ["    pub fn ", "    pub const fn "] {
                if let Some(rest) = line.strip_prefix(start).filter(|_| is_seam) {
                    let is_name = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
                    found.insert(rest.chars().take_while(is_name).collect());
                }
            }
        }
    }
    found
}

#[test]
fn every_method_of_the_store_is_called_by_a_story() {
    let methods = methods();
    assert!(methods.len() > 150 && methods.contains("append") && methods.contains("write"));
    let suite: Vec<String> = texts("tests/conformance", ".rs")
        .into_iter()
        .filter(|(name, _)| name != "complete.rs")
        .map(|(_, text)| text)
        .collect();
    let is_called = |name: &String| {
        let calls = [format!(".{name}("), format!("::{name}(")];
        suite.iter().any(|text| calls.iter().any(|call| text.contains(call)))
    };
    let missing: Vec<&String> = methods.iter().filter(|name| !is_called(name)).collect();
    assert!(missing.is_empty(), "no story of tests/conformance calls {missing:?}");
}

#[test]
fn every_table_is_held_apart_by_county() {
    let mut tables = BTreeSet::new();
    for (_, text) in texts("src/store", ".sql") {
        for line in text.lines() {
            for start in ["CREATE TABLE IF NOT EXISTS ", "CREATE TABLE ", "CREATE VIRTUAL TABLE "] {
                if let Some(rest) = line.strip_prefix(start) {
                    tables.extend(rest.split(' ').next().map(str::to_owned));
                    break;
                }
            }
        }
    }
    let held = THINGS.iter().flat_map(|thing| thing.tables).chain(&APART);
    let held: BTreeSet<String> = held.map(|table| (*table).to_owned()).collect();
    assert_eq!(
        tables, held,
        "left: what the store makes, right: what the suite puts something into"
    );
}

#[test]
fn no_story_knows_what_the_store_is_made_of() {
    let mut offences = Vec::new();
    for (name, text) in texts("tests/conformance", ".rs") {
        if NO_STORIES.contains(&name.as_str()) {
            continue;
        }
        for line in text.lines() {
            let lower = line.to_lowercase();
            if MADE_OF.iter().any(|word| line.contains(word) || lower.contains(word)) {
                offences.push(format!("{name}: {}", line.trim()));
            }
        }
    }
    assert!(offences.is_empty(), "{offences:#?}");
}
