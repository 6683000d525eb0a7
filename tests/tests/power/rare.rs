//! The disk is full while something happens that happens seldom: an upgrade, the first exchange, a number,
//! a refusal that is settled, a roster, a rebuild, a restore. Each is done or it is not, and with room again it is.
//!
//! Every write is tried at the beginning, then fewer and fewer; `YIDANG_FULL=1` tries every one.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use yidang_sync_server::import::{self, File};
use yidang_sync_server::restore::restore;
use yidang_sync_server::store::{Store, StoreError};
use yidang_sync_server::{App, Options, app, check as checking};
use yidang_tests::roster::MENDED;

use crate::boundaries::{OLD_CASE, old_files, settled};
use crate::check::{self, views};
use crate::town::{self, COUNTY, Phone, Way, at};
use yidang_tests::disk::Disk;

/// Nothing that is done here takes more writes.
const MOST_WRITES: u64 = 100_000;

/// After room for so many writes the next one that is tried.
fn next(room: u64) -> u64 {
    let is_every = std::env::var_os("YIDANG_FULL").is_some();
    if is_every { room + 1 } else { room + 1 + room / 2 }
}

/// Does something with room for more writes each time, until it never finds the disk full; `act` gives back
/// whether it was done, and undoes the lack of room before it looks at what is there.
fn with_less_room(
    disk: &Disk,
    name: &str,
    mut act: impl FnMut(u64, &dyn Fn(bool)) -> Result<bool>,
) -> Result<()> {
    let (mut room, mut full) = (0, 0);
    while room < MOST_WRITES {
        let before = disk.refused();
        let give = |is_little: bool| disk.set_room(is_little.then_some(room));
        let is_done = act(room, &give).with_context(|| format!("{name}, room for {room}"))?;
        disk.set_room(None);
        let was_full = disk.refused() > before;
        ensure!(is_done || was_full, "{name}: not done though there was room for {room} writes");
        if !was_full {
            ensure!(full > 0, "{name}: the disk was never full");
            println!("{name}: full {full} times, done with room for {room} writes");
            return Ok(());
        }
        full += 1;
        room = next(room);
    }
    bail!("{name}: not done with room for {MOST_WRITES} writes")
}

/// What a person is told where there is no room.
fn is_told(fault: &anyhow::Error) -> Result<()> {
    let said = format!("{fault:#}").to_lowercase();
    let is_full = said.contains("disk_full") || said.contains("diskfull");
    ensure!(is_full || said.contains("disk is full"), "{said}");
    Ok(())
}

fn is_sound(path: &Path) -> Result<()> {
    let findings =
        Store::open(path)?.read::<_, StoreError>(COUNTY, |db| checking::check(db, COUNTY))?;
    ensure!(findings.broken.is_empty(), "{:?}", findings.broken);
    Ok(())
}

#[test]
fn an_upgrade_on_a_full_disk_ends_where_it_was_and_goes_on_with_room() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let disk = Disk::under(folder.path())?;
    with_less_room(&disk, "a device is upgraded", |room, give| {
        let part = tempfile::tempdir_in(folder.path())?;
        let (_, secrets) = old_files(&part)?;
        let way = Way::with_secrets(None, secrets);
        give(true);
        let done = Phone::start(&at(&part, "wang"), &way);
        give(false);
        let is_done = done.is_ok();
        if let Err(fault) = done {
            is_told(&fault)?;
        }
        let phone = Phone::start(&at(&part, "wang"), &way).context("with room")?;
        ensure!(check::words_of(&phone.case(OLD_CASE)?).len() == 2, "after room for {room}");
        Ok(is_done)
    })?;
    with_less_room(&disk, "a server is upgraded", |_, give| {
        let part = tempfile::tempdir_in(folder.path())?;
        old_files(&part)?;
        give(true);
        let done = town::start(&at(&part, "server"));
        give(false);
        let is_done = done.is_ok();
        if let Err(fault) = &done {
            is_told(fault)?;
        }
        drop(done);
        drop(check::server(&at(&part, "server"), &[], 0).context("with room")?);
        Ok(is_done)
    })
}

struct World {
    server: App,
    wang: Phone,
    way: Way,
    disk: Disk,
    folder: tempfile::TempDir,
}

/// 王样一 with three files that the county has.
fn world() -> Result<World> {
    let folder = tempfile::tempdir()?;
    let disk = Disk::under(folder.path())?;
    town::found(&at(&folder, "server"))?;
    let server = town::start(&at(&folder, "server"))?;
    let way = Way::new(Some(server.clone()), None);
    let wang = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
    for number in 0..3 {
        let case = wang.open_case(&format!("第 {number} 件事"))?;
        wang.visit(&case, &format!("第 {number} 件的走访"))?;
    }
    settled(&wang)?;
    Ok(World { server, wang, way, disk, folder })
}

#[test]
fn a_device_that_is_full_at_its_first_exchange_gets_everything_with_room() -> Result<()> {
    let world = world()?;
    with_less_room(&world.disk, "everything comes for the first time", |room, give| {
        let code = world.server.create_code(&"u-li".into())?;
        let way = Way::new(Some(world.server.clone()), None);
        let folder = at(&world.folder, &format!("li-{room}"));
        let phone = Phone::start(&folder, &way)?;
        let question = json!({ "server": "", "code": code, "device_name": "办公电脑" });
        give(true);
        let enrolled = phone.ask("enrol", &question);
        let state = phone.sync().unwrap_or_default();
        give(false);
        // Server and device share the disk: whichever of the two has no room, the same code serves again.
        if enrolled.is_err() {
            phone.ask("enrol", &question).context("with room")?;
        }
        settled(&phone)?;
        ensure!(views(&phone)?.len() == 3, "not everything came");
        Ok(state["state"] == "done")
    })
}

#[test]
fn a_number_is_given_once_though_the_disk_was_full() -> Result<()> {
    let world = world()?;
    let way = Way::new(Some(world.server.clone()), None);
    let li = Phone::enrolled(&at(&world.folder, "li"), &way, &world.server, "u-li")?;
    with_less_room(&world.disk, "a file is numbered", |room, give| {
        let case = world.wang.open_case(&format!("编号到第 {room} 下满了"))?;
        settled(&world.wang)?;
        settled(&li)?;
        li.entry(&case, &json!({ "kind": "accepted" }))?;
        give(true);
        let state = li.sync();
        give(false);
        settled(&li)?;
        settled(&li)?;
        let number = li.case(&case)?["row"]["number"].clone();
        ensure!(number.as_str().is_some_and(|number| !number.is_empty()), "no number: {number}");
        Ok(state.is_ok_and(|state| state["state"] == "done"))
    })?;
    let numbers = world.server.store().read::<_, StoreError>(COUNTY, |db| db.numbers())?;
    let last = numbers.iter().map(|row| row.number).max().unwrap_or(0);
    ensure!(usize::try_from(last)? == numbers.len(), "{} numbers up to {last}", numbers.len());
    is_sound(&app::database(&at(&world.folder, "server")))
}

#[test]
fn a_refusal_is_settled_once_though_the_disk_was_full() -> Result<()> {
    let World { wang, way, disk, folder, .. } = world()?;
    let case = wang.open_case("争一行梨树")?;
    settled(&wang)?;
    let server = way.parted();
    let mut wang = Some(wang);
    let mut told = 0;
    with_less_room(&disk, "a refusal is settled", |room, give| {
        let words = format!("没采用的第 {room} 句");
        wang.as_ref().context("no phone")?.visit(&case, &words)?;
        wang = None;
        let secrets = way.secrets_at(usize::MAX).context("no secrets")?;
        check::refuse_all(&at(&folder, "wang"), &secrets, &case)?;
        give(true);
        let opened = Phone::start(&at(&folder, "wang"), &way);
        give(false);
        let is_done = opened.is_ok();
        if let Err(fault) = &opened {
            is_told(fault)?;
        }
        drop(opened);
        told += 1;
        let phone = Phone::start(&at(&folder, "wang"), &way).context("with room")?;
        let rejected = phone.ask("rejected", &json!({ "document": null }))?;
        ensure!(rejected.as_array().is_some_and(|all| all.len() == told), "{rejected}");
        ensure!(check::words_of(&phone.case(&case)?).is_empty(), "it left the file");
        wang = Some(phone);
        Ok(is_done)
    })?;
    way.lead_to(server);
    settled(&wang.context("no phone")?).map(drop)
}

#[test]
fn a_roster_and_a_rebuild_are_whole_or_nothing_on_a_full_server() -> Result<()> {
    let World { server, disk, folder, wang, .. } = world()?;
    drop(wang);
    let file = || File { name: "户籍.csv".into(), bytes: MENDED.as_bytes().to_vec() };
    let households = |server: &App| {
        server.store().read::<_, StoreError>(COUNTY, |db| Ok(db.all_households()?.len()))
    };
    with_less_room(&disk, "a roster is taken", |_, give| {
        give(true);
        let done = import::run(&server, &[file()], true, &|_, _| ());
        give(false);
        let count = households(&server)?;
        let is_done = done.is_ok_and(|view| view.applied);
        ensure!(count == 3 || count == 0 && !is_done, "{count} households: {is_done}");
        Ok(is_done)
    })?;
    with_less_room(&disk, "everything is made anew", |_, give| {
        give(true);
        let done = server.rebuild();
        give(false);
        ensure!(households(&server)? == 3, "households are missing");
        Ok(done.is_ok())
    })?;
    drop(server);
    is_sound(&app::database(&at(&folder, "server")))
}

#[test]
fn a_restore_on_a_full_disk_leaves_one_county_or_the_other() -> Result<()> {
    let World { server, disk, folder, wang, way } = world()?;
    let elsewhere = tempfile::tempdir()?;
    let copy = at(&elsewhere, "copy.sqlite");
    server.store().backup(&copy)?;
    drop(wang);
    drop(way);
    drop(server);
    let data = at(&folder, "server");
    with_less_room(&disk, "a copy is put back", |_, give| {
        give(true);
        let done = restore(&Options::new(&data), &copy);
        give(false);
        is_sound(&app::database(&data))?;
        Ok(done.is_ok())
    })?;
    let server = town::start(&data)?;
    let documents = server.store().read::<_, StoreError>(COUNTY, |db| Ok(db.documents()?.len()))?;
    ensure!(documents >= 3, "{documents} documents after all of that");
    Ok(())
}

/// A file system of eight megabytes, gone when this is dropped.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// None where nobody lets us mount one.
    fn at(path: &Path) -> Option<Self> {
        let mut mount = std::process::Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(path);
        mount.stderr(std::process::Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then(|| Self(path.to_owned()))
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// The same on a real file system that is full, for a phone.
#[cfg(target_os = "linux")]
#[test]
fn a_phone_on_a_small_file_system_says_when_it_is_full() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let phone_folder = at(&folder, "wang");
    std::fs::create_dir_all(&phone_folder)?;
    let Some(small) = SmallDisk::at(&phone_folder) else {
        println!("SKIPPED: nobody lets this test mount a file system of eight megabytes");
        return Ok(());
    };
    town::found(&at(&folder, "server"))?;
    let server = town::start(&at(&folder, "server"))?;
    let way = Way::new(Some(server.clone()), None);
    let wang = Phone::enrolled(&phone_folder, &way, &server, "u-wang")?;
    let case = wang.open_case("地界埂被推平")?;
    let ballast = phone_folder.join("photos");
    let mut bytes = 8 << 20;
    while bytes > 0 && std::fs::write(&ballast, vec![0; bytes]).is_err() {
        bytes -= 64 << 10;
    }
    // Some visits still fit.
    std::fs::write(&ballast, vec![0; bytes - (256 << 10)])?;
    let mut promised = Vec::new();
    let fault = loop {
        let words = format!("装到第 {} 句", promised.len());
        match wang.visit(&case, &words) {
            Ok(_) => promised.push(words),
            Err(fault) => break fault,
        }
        ensure!(promised.len() < 5_000, "it never was full");
    };
    is_told(&fault)?;
    ensure!(!promised.is_empty(), "it was full before anything was written");
    ensure!(check::words_of(&wang.case(&case)?).len() == promised.len(), "reading goes on");
    std::fs::remove_file(&ballast)?;
    wang.visit(&case, "删了照片以后")?;
    settled(&wang)?;
    ensure!(check::words_of(&wang.case(&case)?).len() == promised.len() + 1);
    println!("{} visits until a file system of eight megabytes was full", promised.len());
    drop(wang);
    drop(small);
    Ok(())
}
