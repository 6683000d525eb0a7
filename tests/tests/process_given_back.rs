//! A county's server is put back to an older copy, and what it had taken comes back from a colleague's
//! computer: also the work of somebody whose telephone was stolen and shut out since.

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
