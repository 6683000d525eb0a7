//! Workers that read foreign bytes, and what becomes of a server whose workers die.
//!
//! The server of these stories starts this very program as its worker (`guard-worker`), and that one
//! misbehaves where the words of a change ask for it (`odd`), over the same wire and under the same
//! limits as the worker that is shipped. A program that starts itself cannot have the harness of tests;
//! what test runners ask of one stands here.
#![expect(clippy::print_stdout, reason = "test runners read it")]

#[cfg(test)]
mod odd;
#[cfg(test)]
mod stories;
#[cfg(test)]
#[expect(dead_code, reason = "shared with other stories, which need more of it")]
#[path = "../stories/support/mod.rs"]
mod support;

use std::panic::catch_unwind;
use std::process::ExitCode;

use yidang_sync_server::worker::{SUBCOMMAND, work};

/// Options of test runners that are followed by a value.
const WITH_VALUE: [&str; 4] = ["--format", "--test-threads", "--color", "--skip"];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == SUBCOMMAND) {
        return work(odd::look);
    }
    let has = |option: &str| words.iter().any(|word| word == option);
    if has("--list") {
        // None is ignored.
        for (name, _) in stories::ALL.iter().filter(|_| !has("--ignored")) {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let names = names(&words);
    let is_named = |name: &str| {
        let fits = |wanted: &&str| *wanted == name || !has("--exact") && name.contains(*wanted);
        names.is_empty() || names.iter().any(fits)
    };
    tell(stories::ALL.iter().filter(|(name, _)| is_named(name)))
}

/// The words that name stories.
fn names(words: &[String]) -> Vec<&str> {
    let mut before = "";
    let mut names = Vec::new();
    for word in words {
        if !word.starts_with("--") && !WITH_VALUE.contains(&before) {
            names.push(word.as_str());
        }
        before = word;
    }
    names
}

/// Tells stories one after the other, as Rust's own harness prints it.
fn tell<'a>(stories: impl Iterator<Item = &'a stories::Story>) -> ExitCode {
    let (mut passed, mut failed) = (0, 0);
    for (name, story) in stories {
        let word = if catch_unwind(story).is_ok() {
            passed += 1;
            "ok"
        } else {
            failed += 1;
            "FAILED"
        };
        println!("test {name} ... {word}");
    }
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed; 0 ignored");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
