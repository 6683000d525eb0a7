//! A county's server is put back to an older copy, and what it had taken comes back from a colleague's
//! computer: also the work of somebody whose telephone was stolen and shut out since.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use yidang_tests::story::delivered;
use yidang_tests::{Device, Server};

#[test]
fn what_the_county_took_comes_back_though_its_author_was_shut_out() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut server = Server::start(&folder.path().join("server"), None)?;
    let data = server.folder().display().to_string();
    let copy = folder.path().join("copy.sqlite").display().to_string();
    let mut wang = Device::of(&folder.path().join("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&folder.path().join("li"), &server, "u-li", "办公电脑")?;
    let parties = [("冯例八", "12000000008"), ("薛模六", "")];
    let file = wang.open_case("备份以前的事", parties)?;
    wang.sync()?;
    li.sync()?;
    server.command(&["backup", "--data", &data, "--to", &copy])?;
    wang.add(&file, &json!({ "kind": "visit", "words": "备份以后的走访" }))?;
    let later = wang.open_case("备份以后的事", parties)?;
    wang.sync()?;
    ensure!(delivered(&wang.case(&file)?), "the county took it, by its own word");
    li.sync()?;
    server.command(&["user", "revoke", "--data", &data, "--user", "u-wang"])?;
    server.kill();
    server.command(&["restore", "--data", &data, "--from", &copy])?;
    server.begin()?;
    li.sync()?;
    li.sync()?;
    server.kill();
    // The telephones of the demo county never come back.
    server.command(&["heal-finish", "--data", &data])?;
    let said = server.command(&["check", "--data", &data])?;
    ensure!(said.contains("all well"), "{said}");
    server.begin()?;
    li.sync()?;
    let mut cao = Device::of(&folder.path().join("cao"), &server, "u-cao", "办公电脑")?;
    cao.sync()?;
    for device in [&mut li, &mut cao] {
        let view = device.case(&file)?;
        ensure!(view.to_string().contains("备份以后的走访"), "{view:#}");
        ensure!(device.case(&later)?["row"]["matter"] == "备份以后的事");
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// 王样一's telephone, its copy, 李例二's computer, and a county with a copy of itself from before anybody wrote
/// more than the first sentence of a file.
struct Copied {
    _folder: tempfile::TempDir,
    root: PathBuf,
    server: Server,
    wang: Device,
    li: Device,
    file: String,
}

impl Copied {
    fn begin() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().to_path_buf();
        let server = Server::start(&root.join("server"), None)?;
        let mut wang = Device::of(&root.join("wang"), &server, "u-wang", "手机")?;
        let mut li = Device::of(&root.join("li"), &server, "u-li", "办公电脑")?;
        let file = wang.open_case("为水渠吵起来", [("冯例八", "12000000008"), ("薛模六", "")])?;
        wang.sync()?;
        li.sync()?;
        let mut all = Self { _folder: folder, root, server, wang, li, file };
        all.server(&["backup", "--to"])?;
        all.wang.kill();
        copy_folder(&all.root.join("wang"), &all.root.join("other"))?;
        all.wang = Device::start(&all.root.join("wang"))?;
        Ok(all)
    }

    /// Runs a command of the server with its folder and that of its copy.
    fn server(&self, command: &[&str]) -> Result<()> {
        let at = |name: &str| self.root.join(name).display().to_string();
        let [name, copy] = command else { anyhow::bail!("a command and what the copy is to it") };
        self.server.command(&[name, "--data", &at("server"), copy, &at("copy")])?;
        Ok(())
    }

    /// The county is put back, and the copy of the telephone is the first to reach it.
    fn put_back(&mut self, write: impl Fn(&mut Device, &str) -> Result<()>) -> Result<Device> {
        self.server.kill();
        self.server(&["restore", "--from"])?;
        self.server.begin()?;
        let mut other = Device::start(&self.root.join("other"))?;
        write(&mut other, &self.file)?;
        other.sync()?;
        Ok(other)
    }
}

fn visit(words: &str) -> Value {
    json!({ "kind": "visit", "words": words })
}

fn exchange(device: &mut Device) -> Result<()> {
    for _ in 0..3 {
        let state = device.sync()?;
        let is = |name: &str, value: Value| state.get(name) == Some(&value);
        ensure!(is("state", json!("done")) && is("waiting", json!(0)), "{state}");
    }
    Ok(())
}

/// Both copies write under the same number, the second to a server that was put back and does not know the first.
/// 李例二 holds what the first wrote, and goes on exchanging all the same.
#[test]
fn two_copies_of_a_telephone_meet_on_both_sides_of_a_restore_and_everybody_reads_on() -> Result<()>
{
    let mut all = Copied::begin()?;
    all.wang.add(&all.file, &visit("原来那部写的"))?;
    all.wang.sync()?;
    all.li.sync()?;
    all.li.add(&all.file, &visit("接着原来那部写的"))?;
    all.li.sync()?;
    let mut other = all.put_back(|other, file| other.add(file, &visit("另一部写的")).map(drop))?;
    exchange(&mut all.li)?;
    ensure!(all.li.case(&all.file)?.to_string().contains("另一部写的"), "as the county has it");
    let kept = all.li.ask("rejected", &json!({ "document": null }))?.to_string();
    ensure!(kept.contains("王样一写的走访") && kept.contains("原来那部写的"), "{kept}");
    exchange(&mut all.wang)?;
    for device in [&mut all.li, &mut all.wang, &mut other] {
        exchange(device)?;
        let view = device.case(&all.file)?.to_string();
        for words in ["原来那部写的", "另一部写的", "接着原来那部写的"] {
            let times = view.matches(&format!("\"text\":\"{words}\"")).count();
            ensure!(times == 1, "{words} {times} times: {view}");
        }
    }
    Ok(())
}

/// 李例二 had a form open while the first copy wrote the same value, and a visit after that: both in one batch, of
/// which the visit stands on what makes way and the value does not. The value is handed in again by itself.
#[test]
fn what_shared_a_batch_with_what_makes_way_is_handed_in_again() -> Result<()> {
    let mut all = Copied::begin()?;
    let form = all.li.case(&all.file)?;
    all.wang.set_phone(&all.file, "薛模六", "12000000016")?;
    all.wang.sync()?;
    all.li.sync()?;
    let party = form["parties"][1]["key"].clone();
    let old_form = json!({ "case": all.file, "party": party, "field": "phone",
        "value": "12000000026", "heads": form["heads"] });
    all.li.ask("set_party_field", &old_form)?;
    all.li.add(&all.file, &visit("问过薛模六"))?;
    exchange(&mut all.li)?;
    let mut other = all.put_back(|other, file| other.add(file, &visit("另一部写的")).map(drop))?;
    exchange(&mut all.li)?;
    exchange(&mut all.wang)?;
    let mut heads = Vec::new();
    for device in [&mut all.li, &mut all.wang, &mut other] {
        exchange(device)?;
        let view = device.case(&all.file)?;
        let told = view.to_string();
        for words in ["问过薛模六", "另一部写的", "12000000016", "12000000026"] {
            ensure!(told.contains(words), "{words} is missing: {told}");
        }
        ensure!(!told.contains("\"delivery\":\"received\""), "something waits for ever: {told}");
        heads.push(view["heads"].clone());
    }
    ensure!(heads.iter().all(|these| *these == heads[0]), "{heads:?}");
    Ok(())
}
