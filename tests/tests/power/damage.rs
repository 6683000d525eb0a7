//! Bits flip and pages are lost in the store of a device and in that of the server: whoever reads them
//! is told, and nobody is shown something else than what was written.
//!
//! A few places as a rule, wherever the dice fall; `YIDANG_DAMAGE=1000` tries that many. `YIDANG_DICE` of a run
//! that failed makes the same county again and damages it at the same places.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};
use yidang_domain::civil::{Date, InstantMs};
use yidang_sync_server::enrol::Making;
use yidang_sync_server::store::{Store, StoreError};
use yidang_sync_server::{Clock, Dice as ServerDice, Options, app, check as checking, open};

use crate::boundaries::settled;
use crate::check::{self, views};
use crate::dice::Dice;
use crate::town::{self, COUNTY, Phone, Watched, Way, at};

/// Places that are damaged, where nobody says how many.
const PLACES: usize = 12;
const PAGE: usize = 4_096;

fn places() -> usize {
    std::env::var("YIDANG_DAMAGE").ok().and_then(|text| text.parse().ok()).unwrap_or(PLACES)
}

/// A county with a worker's device, both at rest.
struct AtRest {
    folder: tempfile::TempDir,
    secrets: Vec<u8>,
}

/// The same down to the last byte of the server for the same seed.
fn at_rest(seed: u64) -> Result<AtRest> {
    let folder = tempfile::tempdir()?;
    let noon = InstantMs::at_start_of(Date::constant(2026, 11, 20)).plus_minutes(12 * 60);
    let making = Making { dice: ServerDice::foreseen(seed), ..Making::ordinary() };
    let options = Options { making, ..Options::new(at(&folder, "server")) };
    let options = options.with_clock(Clock::fixed(noon));
    town::found_as(&options)?;
    let server = open(options)?;
    let way = |nth| Way::new(Some(server.clone()), None).sensing(Watched::foreseen(noon, nth));
    let (way, other) = (way(seed.wrapping_mul(2)), way(seed.wrapping_mul(2).wrapping_add(1)));
    let wang = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
    let li = Phone::enrolled(&at(&folder, "li"), &other, &server, "u-li")?;
    for number in 0..6 {
        let case = wang.open_case(&format!("第 {number} 件事"))?;
        wang.visit(&case, &format!("第 {number} 件的走访"))?;
        wang.sync()?;
        li.sync()?;
        li.entry(&case, &json!({ "kind": "accepted" }))?;
        li.sync()?;
        wang.sync()?;
    }
    let secrets = way.secrets_at(usize::MAX).context("no secrets")?;
    way.lead_to(None);
    other.lead_to(None);
    Ok(AtRest { folder, secrets })
}

/// Damages a file at a place of the dice: one bit, or the whole page. Says what it did.
fn damage(path: &Path, sound: &[u8], dice: &mut Dice) -> Result<String> {
    let mut bytes = sound.to_vec();
    let place = dice.below(bytes.len());
    let said = if dice.percent(70) {
        let bit = dice.below(8);
        bytes[place] ^= 1 << bit;
        format!("bit {bit} of byte {place}")
    } else {
        let begin = place / PAGE * PAGE;
        let end = (begin + PAGE).min(bytes.len());
        bytes[begin..end].fill(0);
        format!("page {} zeroed", begin / PAGE + 1)
    };
    std::fs::write(path, bytes)?;
    for suffix in ["-wal", "-shm"] {
        let beside = PathBuf::from(format!("{}{suffix}", path.display()));
        if beside.exists() {
            std::fs::remove_file(beside)?;
        }
    }
    Ok(said)
}

/// The one database in a folder.
fn database_in(folder: &Path) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let is_beside = |name: &String| name.ends_with("-wal") || name.ends_with("-shm");
        if name.is_some_and(|name| !is_beside(&name)) {
            found.push(path);
        }
    }
    ensure!(found.len() == 1, "{found:?}");
    Ok(found.remove(0))
}

/// What a person sees on a device.
fn seen(folder: &Path, secrets: &[u8]) -> Result<Vec<Value>> {
    let way = Way::with_secrets(None, secrets.to_vec());
    let phone = Phone::start(folder, &way)?;
    let mut all = views(&phone)?;
    all.push(phone.ask("messages", &json!({ "offset": 0, "limit": 50 }))?);
    all.push(phone.ask("sync_state", &json!({}))?["outbox"].clone());
    Ok(all)
}

#[test]
fn a_damaged_device_says_so_and_never_shows_what_nobody_wrote() -> Result<()> {
    let mut dice = Dice::new();
    let rest = at_rest(dice.seed())?;
    let folder = at(&rest.folder, "wang");
    let sound = seen(&folder, &rest.secrets)?;
    let path = database_in(&folder)?;
    let bytes = std::fs::read(&path)?;
    let (mut told, mut untouched) = (0, 0);
    for _ in 0..places() {
        let what = damage(&path, &bytes, &mut dice)?;
        println!("{what}");
        match seen(&folder, &rest.secrets) {
            Ok(views) => {
                ensure!(views == sound, "{what}: something else is shown and nobody was told");
                untouched += 1;
            }
            Err(fault) => {
                let said = format!("{fault:#}");
                let is_told = said.contains("store_damaged") || said.contains("StoreDamaged");
                ensure!(is_told, "{what}: {said}");
                told += 1;
            }
        }
    }
    println!("{told} damages of a device were told, {untouched} lay where nothing was read");
    ensure!(told > 0, "no damage was ever met");
    // Whatever the county had is on the next device of the same person.
    let server = town::start(&at(&rest.folder, "server"))?;
    let way = Way::new(Some(server.clone()), None);
    let anew = Phone::enrolled(&at(&rest.folder, "anew"), &way, &server, "u-wang")?;
    anew.sync()?;
    ensure!(views(&anew)?.len() == 6, "not everything came to the new device");
    Ok(())
}

/// Everything that the check vouches for, row by row.
fn dump(path: &Path) -> Result<Vec<Vec<Cell>>> {
    let connection = Connection::open(path)?;
    let mut all = Vec::new();
    for sql in [
        "SELECT seq, kind, document, record, chain FROM log ORDER BY seq",
        "SELECT document, hash, actor, seq_of_actor, log_seq, position, bytes FROM change \
         ORDER BY document, log_seq, position",
        "SELECT document, kind, home, org, heads, last_seq FROM document ORDER BY document",
        "SELECT id, user, device, bytes, seq, revoked_seq FROM certificate ORDER BY id",
        "SELECT document, org, stage, category, risk, number, due_on, matter, round, clashes, \
         last_at_ms FROM case_row ORDER BY document",
        // Of units that a document left, the index alone says when: nothing else could vouch for that.
        "SELECT org, document, last_seq FROM scope_index WHERE gone = 0 ORDER BY org, document",
        "SELECT committee, year, number, document FROM number ORDER BY committee, year, number",
    ] {
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|index| row.get::<_, Cell>(index)).collect::<rusqlite::Result<_>>()
        })?;
        for row in rows {
            all.push(row?);
        }
    }
    Ok(all)
}

#[test]
fn a_damaged_server_is_found_out_by_its_check() -> Result<()> {
    let mut dice = Dice::new();
    let rest = at_rest(dice.seed())?;
    let folder = at(&rest.folder, "server");
    let path = app::database(&folder);
    let sound = dump(&path)?;
    let bytes = std::fs::read(&path)?;
    let (mut told, mut untouched) = (0, 0);
    for _ in 0..places() {
        let what = damage(&path, &bytes, &mut dice)?;
        println!("{what}");
        let checked = Store::open(&path).and_then(|store| {
            store.read::<_, StoreError>(COUNTY, |db| checking::check(db, COUNTY))
        });
        match checked {
            Ok(findings) if findings.broken.is_empty() => {
                ensure!(
                    dump(&path)? == sound,
                    "{what}: other rows, and the check says all is well"
                );
                untouched += 1;
            }
            Ok(_) | Err(_) => told += 1,
        }
    }
    println!(
        "{told} damages of a server were told, {untouched} lay where the check vouches for nothing"
    );
    ensure!(told > 0, "no damage was ever found");
    std::fs::write(&path, &bytes)?;
    drop(open(Options::new(&folder))?);
    Ok(())
}

/// Bits that flip above the cipher are found by the changes themselves. The rest goes on, and what was typed
/// is in somebody's hands.
#[test]
fn a_file_that_is_damaged_on_a_phone_is_fetched_anew_and_what_was_typed_is_put_aside() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    town::found(&at(&folder, "server"))?;
    let server = town::start(&at(&folder, "server"))?;
    let way = Way::new(Some(server.clone()), None);
    let wang = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
    let (one, other) = (wang.open_case("地界埂被推平")?, wang.open_case("浇地先后起争吵")?);
    wang.visit(&one, "县里已经有的一句")?;
    settled(&wang)?;
    way.lead_to(None);
    wang.visit(&one, "没信号时写的一句")?;
    wang.visit(&other, "另一件里的一句")?;
    let form = format!("entry/{one}");
    wang.draft(&form, "写了一半")?;
    drop(wang);

    // The server refused what waits of the file, and before that is settled the file is damaged.
    let (phone, secrets) = (at(&folder, "wang"), way.secrets_at(usize::MAX).context("no secrets")?);
    check::refuse_all(&phone, &secrets, &one)?;
    check::damage_file(&phone, &secrets, &one)?;
    let wang = Phone::start(&phone, &way).context("the rest can be opened")?;
    ensure!(check::words_of(&wang.case(&other)?) == ["另一件里的一句"], "the rest is read");
    let fault = wang.case(&one).err().context("a damaged file was shown")?;
    ensure!(fault.to_string().contains("store_damaged"), "{fault}");
    wang.visit(&other, "另一件里又一句")?;

    way.lead_to(Some(server));
    let state = settled(&wang)?;
    ensure!(check::words_of(&wang.case(&one)?) == ["县里已经有的一句"], "it was fetched anew");
    ensure!(check::words_of(&wang.case(&other)?).len() == 2, "the rest is as it was");
    let rejected = wang.ask("rejected", &json!({ "document": one }))?;
    ensure!(rejected.as_array().is_some_and(|all| all.len() == 1), "{rejected}");
    ensure!(rejected[0]["words"] == "没信号时写的一句", "{rejected}");
    ensure!(rejected[0]["why"].as_str().is_some_and(|why| why.contains("坏了")), "{rejected}");
    ensure!(wang.ask("draft", &json!({ "form": form }))?["content"] == "写了一半");
    let log = state["log"].as_array().context("no log")?;
    let is_told =
        |row: &Value| row["text"].as_str().is_some_and(|text| text.contains("地界埂被推平"));
    ensure!(log.iter().any(is_told), "{state}");
    Ok(())
}
