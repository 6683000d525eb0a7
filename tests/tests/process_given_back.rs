//! A county's server is put back to an older copy, and what it had taken comes back from a colleague's
//! computer: also the work of somebody whose telephone was stolen and shut out since.

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::json;
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

/// 王样一's telephone was copied whole. Both copies write under the same number, the second to a server that was put
/// back and does not know the first. 李例二 holds what the first wrote, and goes on exchanging all the same.
#[test]
fn two_copies_of_a_telephone_meet_on_both_sides_of_a_restore_and_everybody_reads_on() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    let mut server = Server::start(&at("server"), None)?;
    let (data, copy) = (at("server").display().to_string(), at("copy").display().to_string());
    let mut wang = Device::of(&at("wang"), &server, "u-wang", "手机")?;
    let mut li = Device::of(&at("li"), &server, "u-li", "办公电脑")?;
    let file = wang.open_case("为水渠吵起来", [("冯例八", "12000000008"), ("薛模六", "")])?;
    wang.sync()?;
    server.command(&["backup", "--data", &data, "--to", &copy])?;
    wang.kill();
    copy_folder(&at("wang"), &at("other"))?;
    let visit = |words: &str| json!({ "kind": "visit", "words": words });
    let mut wang = Device::start(&at("wang"))?;
    wang.add(&file, &visit("原来那部写的"))?;
    wang.sync()?;
    li.sync()?;
    ensure!(li.case(&file)?.to_string().contains("原来那部写的"));
    li.add(&file, &visit("接着原来那部写的"))?;
    li.sync()?;

    server.kill();
    server.command(&["restore", "--data", &data, "--from", &copy])?;
    server.begin()?;
    let mut other = Device::start(&at("other"))?;
    other.add(&file, &visit("另一部写的"))?;
    other.sync()?;
    for _ in 0..3 {
        let state = li.sync()?;
        ensure!(state["state"] == "done", "{state}");
    }
    ensure!(li.case(&file)?.to_string().contains("另一部写的"), "as the county has it");
    let kept = li.ask("rejected", &json!({ "document": null }))?.to_string();
    ensure!(kept.contains("王样一写的走访") && kept.contains("原来那部写的"), "{kept}");
    for _ in 0..3 {
        let state = wang.sync()?;
        ensure!(state["state"] == "done", "{state}");
    }
    for device in [&mut li, &mut wang, &mut other] {
        device.sync()?;
        let view = device.case(&file)?.to_string();
        for words in ["原来那部写的", "另一部写的", "接着原来那部写的"] {
            let times = view.matches(&format!("\"text\":\"{words}\"")).count();
            ensure!(times == 1, "{words} {times} times: {view}");
        }
    }
    Ok(())
}
