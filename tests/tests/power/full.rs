//! A disk that is full: the person is told, nothing is half there, and work goes on once there is
//! room again.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::town::{self, Phone, Way, at};
use yidang_tests::disk::Disk;

/// Writes that a save or an exchange needs are fewer than this.
const MOST_WRITES: u64 = 60;

struct Town {
    server: yidang_sync_server::App,
    phone_disk: Disk,
    server_disk: Disk,
    folder: TempDir,
}

fn town() -> Result<Town> {
    let folder = tempfile::tempdir()?;
    for part in ["wang", "server"] {
        std::fs::create_dir_all(at(&folder, part))?;
    }
    let phone_disk = Disk::under(&at(&folder, "wang"))?;
    let server_disk = Disk::under(&at(&folder, "server"))?;
    town::found(&at(&folder, "server"))?;
    let server = town::start(&at(&folder, "server"))?;
    Ok(Town { server, phone_disk, server_disk, folder })
}

fn wang(town: &Town) -> Result<Phone> {
    let way = Way::new(Some(town.server.clone()), None);
    Phone::enrolled(&at(&town.folder, "wang"), &way, &town.server, "u-wang")
}

fn visits(phone: &Phone, case: &str) -> Result<BTreeSet<String>> {
    let view = phone.case(case)?;
    let entries = view["entries"].as_array().cloned().unwrap_or_default();
    let visits = entries.iter().filter(|entry| entry["kind"] == "visit");
    let texts: Vec<&str> = visits.filter_map(|entry| entry["text"].as_str()).collect();
    let once: BTreeSet<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    ensure!(once.len() == texts.len(), "something is there twice: {texts:?}");
    Ok(once)
}

#[test]
fn a_full_phone_says_so_at_every_write_and_keeps_what_it_had() -> Result<()> {
    let town = town()?;
    let phone = wang(&town)?;
    let case = phone.open_case("地界埂被推平")?;
    let mut promised = BTreeSet::new();
    let mut told = 0;
    for room in 0..MOST_WRITES {
        let words = format!("写到第 {room} 下满了");
        town.phone_disk.set_room(Some(room));
        match phone.visit(&case, &words) {
            Ok(_) => {
                promised.insert(words);
            }
            Err(fault) => {
                ensure!(fault.to_string().contains("disk_full"), "{fault}");
                told += 1;
            }
        }
        // Reading goes on while the disk is full.
        ensure!(visits(&phone, &case)? == promised, "after {room} writes");
        town.phone_disk.set_room(None);
    }
    ensure!(told > 0 && !promised.is_empty(), "{told} of {MOST_WRITES} times the disk was full");
    ensure!(town.phone_disk.refused() > 0, "no write found the disk full");
    phone.visit(&case, "又有地方了")?;
    phone.sync()?;
    let way = Way::new(Some(town.server.clone()), None);
    let li = Phone::enrolled(&at(&town.folder, "li"), &way, &town.server, "u-li")?;
    promised.insert("又有地方了".to_owned());
    ensure!(visits(&li, &case)? == promised, "everything arrived, once");
    Ok(())
}

#[test]
fn a_full_server_takes_nothing_by_half_and_everything_afterwards() -> Result<()> {
    let town = town()?;
    let phone = wang(&town)?;
    let case = phone.open_case("浇地先后起争吵")?;
    phone.sync()?;
    let mut written = BTreeSet::new();
    let mut stopped = 0;
    for room in 0..MOST_WRITES {
        let words = format!("服务器写到第 {room} 下满了");
        phone.visit(&case, &words)?;
        written.insert(words);
        town.server_disk.set_room(Some(room));
        let state = phone.sync()?;
        stopped += u32::from(state["state"] != "done");
        town.server_disk.set_room(None);
    }
    ensure!(stopped > 0 && town.server_disk.refused() > 0, "the disk was never full");
    let state = phone.sync()?;
    ensure!(state["state"] == "done" && state["waiting"] == 0, "{state}");
    let way = Way::new(Some(town.server.clone()), None);
    let li = Phone::enrolled(&at(&town.folder, "li"), &way, &town.server, "u-li")?;
    ensure!(visits(&li, &case)? == written, "everything arrived, once");
    Ok(())
}
