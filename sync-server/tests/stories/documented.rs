//! What is said in writing is so: every word that the server says to a device stands in
//! `docs/refusals.md`, and no command reads foreign bytes in its own process.

use std::path::{Path, PathBuf};

/// Words in quotes that follow one of these.
const BEFORE: [&str; 8] = [
    "refused(",
    "Refused(",
    "NotTaken(",
    "Err((",
    "map_err(|_|Problem::",
    "BAD_REQUEST,",
    "FORBIDDEN,",
    "UNAUTHORIZED,",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn sources(folder: &str) -> Vec<String> {
    let mut open = vec![root().join(folder)];
    let mut texts = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            texts.push(text.split_whitespace().collect());
        }
    }
    texts
}

fn words() -> Vec<String> {
    let mut words = Vec::new();
    let folders = ["sync-server/src/judge", "sync-server/src/http", "crates/documents/src/guard"];
    for text in folders.into_iter().flat_map(sources) {
        for before in BEFORE {
            for (at, _) in text.match_indices(before) {
                let Some(rest) = text[at + before.len()..].strip_prefix('"') else { continue };
                let word = rest.split('"').next().unwrap();
                if word.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                    words.push(word.to_owned());
                }
            }
        }
    }
    words.sort();
    words.dedup();
    words
}

#[test]
fn every_refusal_is_explained_on_its_page() {
    let page = std::fs::read_to_string(root().join("docs/refusals.md")).unwrap();
    let words = words();
    assert!(words.len() > 30, "only {words:?} were found");
    let missing: Vec<&String> =
        words.iter().filter(|word| !page.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "not on the page: {missing:?}");
}

/// Tests open a county that reads foreign bytes itself; no command may.
#[test]
fn every_command_of_the_program_opens_its_county_with_workers() {
    let openings: usize = sources("sync-server/src/cli")
        .iter()
        .map(|text| text.matches("Options::new(").count() + text.matches("Reading::Here").count())
        .sum();
    assert_eq!(openings, 1, "only `options` in cli/mod.rs makes options, and it names workers");
    let module = sources("sync-server/src/cli/mod.rs").concat();
    assert!(module.contains("Options{reading,..Options::new(data)}"));
    assert!(module.contains("Reading::by_this_program()"));
}
