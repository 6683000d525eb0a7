//! An exported file is read by an engine that is not ours: the same facts, parties, entries and
//! clashes stand in it as on the device's own screen.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use yidang_tests::{Device, Server, device_command};

/// A file with entries of several kinds and a telephone number on which two do not agree; the folder
/// of 王样一's device, and the file.
fn a_file_with_a_clash(folder: &Path) -> Result<String> {
    let server = Server::start(&folder.join("server"), None)?;
    let mut wang = Device::of(&folder.join("wang"), &server, "u-wang", "手机")?;
    let mut gao = Device::of(&folder.join("gao"), &server, "u-gao", "手机")?;
    let file = wang.open_case("地界埂被推平", [("冯例八", "12000000008"), ("郭样五", "")])?;
    wang.add(&file, &json!({ "kind": "visit", "words": "两家都在，先各说各的" }))?;
    let five = json!({ "neighbours": { "speaker": "贺例六", "relation": "邻居", "words": "埂在那里三十年了" },
        "judge": { "speaker": "郝演十", "relation": "", "words": "以四至为准" } });
    wang.add(
        &file,
        &json!({ "kind": "mediation_session", "place": "村委会", "words": "同意再量一次",
            "consent": true, "open": false, "five": five }),
    )?;
    wang.add(
        &file,
        &json!({ "kind": "agreement", "form": "oral", "words": "重新垒埂，各出一半工",
            "perform_by": "2026-12-20" }),
    )?;
    wang.sync()?;
    gao.sync()?;
    wang.set_phone(&file, "冯例八", "12000000021")?;
    gao.set_phone(&file, "冯例八", "12000000012")?;
    gao.sync()?;
    wang.sync()?;
    Ok(file)
}

/// What the engine's JavaScript reads in the file at `path`.
fn read_elsewhere(path: &Path) -> Result<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("js/read-automerge.mjs");
    let done = Command::new("node").arg(script).arg(path).output().context("start node")?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "is tests/js installed (cargo xtask setup)? {said}");
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// A register as text, as the desk gives it.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Nested JSON as one map with dotted keys, as entries stand in documents.
fn flat(path: &str, value: &Value, into: &mut BTreeMap<String, Value>) {
    match value {
        Value::Null => {}
        Value::Object(map) => {
            for (key, inner) in map {
                let dot = if path.is_empty() { "" } else { "." };
                flat(&format!("{path}{dot}{key}"), inner, into);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                flat(&format!("{path}.{index}"), inner, into);
            }
        }
        scalar => {
            into.insert(path.to_owned(), scalar.clone());
        }
    }
}

fn facts_are_the_same(shown: &Value, read: &Value) -> Result<()> {
    let facts = shown["facts"].as_array().context("no facts")?;
    let written: BTreeMap<String, String> = facts
        .iter()
        .filter(|fact| fact["value"] != "")
        .map(|fact| (text(&fact["field"]), text(&fact["value"])))
        .collect();
    let elsewhere: BTreeMap<String, String> = read["facts"]
        .as_object()
        .context("no facts elsewhere")?
        .iter()
        .map(|(field, value)| (field.clone(), text(value)))
        .collect();
    ensure!(written.len() >= 6 && written == elsewhere, "{written:#?} {elsewhere:#?}");
    Ok(())
}

fn parties_are_the_same(shown: &Value, read: &Value) -> Result<()> {
    let parties = shown["parties"].as_array().context("no parties")?;
    let elsewhere = read["parties"].as_object().context("no parties elsewhere")?;
    ensure!(parties.len() == 2 && elsewhere.len() == 2, "{shown:#} {read:#}");
    for party in parties {
        let other = &read["parties"][party["key"].as_str().unwrap_or_default()];
        for field in ["name", "side", "phone"] {
            let same = party[field] == other[field] || party[field] == "" && other[field].is_null();
            ensure!(same, "{field}: {party:#} {other:#}");
        }
    }
    Ok(())
}

fn entries_are_the_same(shown: &Value, read: &Value) -> Result<()> {
    let entries = shown["entries"].as_array().context("no entries")?;
    let elsewhere = read["entries"].as_object().context("no entries elsewhere")?;
    ensure!(entries.len() >= 4 && entries.len() == elsewhere.len(), "{shown:#} {read:#}");
    for entry in entries {
        let mut written = BTreeMap::new();
        flat("", &entry["entry"], &mut written);
        written.insert("on".to_owned(), entry["on"].clone());
        let other = &read["entries"][entry["key"].as_str().unwrap_or_default()];
        for (field, value) in &written {
            ensure!(other[field] == *value, "{field} is {value}: {other:#}");
        }
        // What else stands there says who wrote it.
        for field in other.as_object().into_iter().flatten().map(|(field, _)| field) {
            let known = written.contains_key(field) || ["by", "org", "device"].contains(&&**field);
            ensure!(known, "{field} is not shown: {entry:#}");
        }
    }
    Ok(())
}

fn clashes_are_the_same(shown: &Value, read: &Value) -> Result<()> {
    let clashes = shown["clashes"].as_array().context("no clashes")?;
    let written: Vec<Value> = clashes
        .iter()
        .map(|clash| {
            let values = clash["values"].as_array().into_iter().flatten();
            let mut values: Vec<String> = values.map(|value| text(&value["value"])).collect();
            values.sort();
            json!({ "field": clash["field"], "values": values })
        })
        .collect();
    ensure!(written.len() == 1 && json!(written) == read["conflicts"], "{written:#?} {read:#}");
    Ok(())
}

#[test]
fn the_engines_javascript_reads_what_a_device_exported() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = a_file_with_a_clash(folder.path())?;
    let device = folder.path().join("wang");
    let path = folder.path().join("file.automerge");
    device_command(&device, &["export", &file, "--to", &path.to_string_lossy()])?;
    let shown = device_command(&device, &["show", &file])?;
    let read = read_elsewhere(&path)?;
    facts_are_the_same(&shown, &read)?;
    parties_are_the_same(&shown, &read)?;
    entries_are_the_same(&shown, &read)?;
    clashes_are_the_same(&shown, &read)?;
    let id: String = read["id"].as_str().unwrap_or_default().to_owned();
    ensure!(read["kind"] == "case_file" && id == file.replace('-', ""), "{id} is not {file}");
    let heads = |value: &Value| -> Vec<String> {
        let mut heads: Vec<String> = value.as_array().into_iter().flatten().map(text).collect();
        heads.sort();
        heads
    };
    ensure!(
        heads(&shown["heads"]) == heads(&read["heads"]),
        "{:#} {:#}",
        shown["heads"],
        read["heads"]
    );
    Ok(())
}
