//! `check` finds whatever is broken, says where it is and what to do, and `rebuild` mends what follows
//! from the rest.

use std::path::{Path, PathBuf};

use crate::support::{COUNTY, Device, GRID_7, PARKED, TODAY, Town, accepted, noon, visit};
use rusqlite::Connection;
use yidang_domain::ids::DocumentId;
use yidang_sync_server::check::{self, Findings};
use yidang_sync_server::store::{Store, StoreError};
use yidang_sync_server::{Options, app, open};

/// A county in which everything happened that leaves a trace: a numbered file, a household, a batch
/// that waits, one in quarantine, a revoked device, a checkpoint.
struct Copy {
    _folder: tempfile::TempDir,
    database: PathBuf,
}

const CASE: &str = "(SELECT document FROM case_row ORDER BY matter LIMIT 1)";

async fn county() -> Copy {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang.open_case(2, GRID_7, "水渠改道", at);
    wang.open_household(9, GRID_7, "3-01", [("白测七", "12000000007"), ("薛模六", "")], at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    li.add(id, accepted(), at);
    li.sync(&town.app).await;
    a_batch_that_waits(&town, &mut wang, id).await;
    a_batch_that_is_refused(&town, &wang).await;
    town.clock.advance_minutes(120);
    li.add(id, visit("两个小时以后"), at);
    li.sync(&town.app).await;
    li.sync(&town.app).await;
    let stolen = Device::enrolled_again(&town.app, "u-wang", 2).await;
    town.app
        .store()
        .write::<_, StoreError>(COUNTY, |db| {
            yidang_sync_server::county::revoke(db, &stolen.signed.id(), at)
        })
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("copy.sqlite");
    town.app.store().backup(&database).unwrap();
    Copy { _folder: folder, database }
}

async fn a_batch_that_waits(town: &Town, wang: &mut Device, id: DocumentId) {
    let at = noon(TODAY);
    wang.add(id, visit("没交上来的一次"), at);
    wang.outbox.clear();
    wang.add(id, visit("在它之后的一次"), at);
    let receipts = wang.sync(&town.app).await;
    assert_eq!(receipts[0].verdict, PARKED);
}

async fn a_batch_that_is_refused(town: &Town, wang: &Device) {
    let mut other = wang.clone();
    other.outbox.clear();
    let id = other.open_case(3, "610621999", "不是本县的网格", noon(TODAY));
    other.sync(&town.app).await;
    other.documents.remove(&id);
}

fn checked(database: &Path) -> Findings {
    let store = Store::open(database).unwrap();
    store.read::<_, StoreError>(COUNTY, |db| check::check(db, COUNTY)).unwrap()
}

/// The copy with something done to it.
fn damaged(copy: &Copy, sql: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let database = app::database(folder.path());
    std::fs::copy(&copy.database, &database).unwrap();
    let connection = Connection::open(&database).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(sql).unwrap();
    folder
}

#[track_caller]
fn finds(copy: &Copy, sql: &str, words: &str) -> tempfile::TempDir {
    let folder = damaged(copy, sql);
    let findings = checked(&app::database(folder.path()));
    let found = findings.broken.iter().find(|broken| broken.contains(words));
    let found = found.unwrap_or_else(|| panic!("{sql}: no {words} in {:#?}", findings.broken));
    assert!(found.contains("; "), "what to do: {found}");
    folder
}

/// And making it anew mends it.
#[track_caller]
fn mends(copy: &Copy, sql: &str, words: &str) {
    let folder = finds(copy, sql, words);
    let app = open(Options::new(folder.path())).unwrap();
    app.rebuild().unwrap();
    drop(app);
    let findings = checked(&app::database(folder.path()));
    assert_eq!(findings.broken, Vec::<String>::new(), "after rebuilding: {sql}");
}

#[tokio::test]
async fn a_sound_county_is_told_to_be_sound_with_what_waits_in_it() {
    let copy = county().await;
    let findings = checked(&copy.database);
    assert_eq!(findings.broken, Vec::<String>::new());
    assert_eq!(findings.notes.len(), 2, "{:?}", findings.notes);
    assert!(findings.notes[0].starts_with("1 batches wait"), "{:?}", findings.notes);
    assert!(findings.notes[1].starts_with("1 batches lie in quarantine"), "{:?}", findings.notes);
}

#[tokio::test]
async fn a_log_that_was_touched_says_at_which_record() {
    let copy = county().await;
    let cases = [
        ("UPDATE log SET record = x'00' WHERE seq = 1", "log 1: the chain does not fit"),
        ("DELETE FROM log WHERE seq = 3", "log 4: follows 2"),
        ("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)", "log: ends at"),
        ("UPDATE log SET record = x'00' WHERE kind = 4", "the record cannot be read"),
        ("UPDATE log SET record = x'00' WHERE kind = 7", "the record is not the county's"),
        ("DELETE FROM record", "devices are not told of its record"),
        // As versions before wrote it.
        ("UPDATE log SET kind = 5 WHERE kind = 7", "the revocation names no certificate"),
        ("UPDATE log SET record = x'00' WHERE kind = 2", "the certificate is not the county's"),
        ("UPDATE log SET kind = 99 WHERE kind = 4", "a record of kind 99"),
        ("UPDATE log SET document = zeroblob(16) WHERE kind = 1", "about another document"),
        ("UPDATE log SET document = x'00' WHERE kind = 1", "has another length"),
        ("UPDATE checkpoint SET bytes = x'00'", "is not signed by the county"),
        ("DELETE FROM certificate WHERE user = 'u-li'", "its certificate is not in the table"),
        ("UPDATE certificate SET seq = 1 WHERE user = 'u-li'", "no record of the log brought it"),
        ("UPDATE certificate SET revoked_seq = NULL", "revoked in the log and valid in the table"),
        ("UPDATE certificate SET revoked_seq = 1 WHERE user = 'u-li'", "revoked by another record"),
        ("UPDATE certificate SET user = 'x' WHERE user = 'u-li'", "its row is not what it says"),
        ("DELETE FROM revocation", "its revocation is not kept"),
        (
            "INSERT INTO revocation SELECT county, zeroblob(16), 1 FROM county",
            "no record of the log says so",
        ),
        ("UPDATE activation SET used_by_key = NULL", "can be used again"),
    ];
    for (sql, words) in cases {
        finds(&copy, sql, words);
    }
}

#[tokio::test]
async fn a_document_that_is_not_what_its_records_make_of_it_is_named() {
    let copy = county().await;
    let newest = "rowid = (SELECT max(rowid) FROM change)";
    let cases = [
        (format!("DELETE FROM change WHERE {newest}"), "is missing"),
        (format!("UPDATE change SET position = 7 WHERE {newest}"), "as that of another place"),
        (format!("UPDATE change SET bytes = x'00' WHERE {newest}"), "has another hash"),
        (
            format!(
                "INSERT INTO change SELECT county, {CASE}, hash, actor, seq_of_actor, 1, 0, bytes \
                 FROM change WHERE document <> {CASE} LIMIT 1"
            ),
            "a change without a batch",
        ),
        (
            "INSERT INTO document SELECT county, zeroblob(16), kind, home, org, heads, last_seq \
             FROM document LIMIT 1"
                .to_owned(),
            "document 00000000-0000-0000-0000-000000000000: no record of the log explains it",
        ),
        (format!("DELETE FROM document WHERE document = {CASE}"), "has changes and is not there"),
        (format!("DELETE FROM document WHERE document = {CASE}"), "names what is not in document"),
        (
            format!("UPDATE document SET last_seq = last_seq + 1 WHERE document = {CASE}"),
            "its row says",
        ),
        (
            format!(
                "INSERT INTO imported SELECT county, 't', {CASE}, zeroblob(32), '{{}}' FROM county"
            ),
            "the last spreadsheet stands on changes that are not in it",
        ),
    ];
    for (sql, words) in cases {
        finds(&copy, &sql, words);
    }
}

#[tokio::test]
async fn lists_searches_and_scopes_that_went_astray_are_found_and_made_anew() {
    let copy = county().await;
    let cases = [
        ("DELETE FROM case_row", "has no line in case_row"),
        ("UPDATE case_row SET matter = 'x'", "its line in case_row is another one"),
        (
            "INSERT INTO case_row SELECT county, zeroblob(16), org, stage, category, risk, number, \
             due_on, matter, round, clashes, last_at_ms FROM case_row LIMIT 1",
            "case_row names it in vain",
        ),
        ("DELETE FROM household_row", "has no line in household_row"),
        ("UPDATE household_row SET head = 'x'", "its line in household_row is another one"),
        (
            "INSERT INTO household_search (household_search) VALUES ('delete-all')",
            "household_search has other words for it",
        ),
        (
            "DELETE FROM household_search; \
             INSERT INTO household_search (rowid, words) VALUES (1, '白 测 七')",
            "household_search has other words for it",
        ),
        (
            "INSERT INTO household_search (rowid, words) VALUES (77, '白 测 七')",
            "finds more or fewer households",
        ),
        ("DELETE FROM scope_index WHERE org = '610621'", "scope_index has it in other units"),
        ("UPDATE scope_index SET last_seq = 1, since_seq = 1", "at another record"),
        (
            "INSERT INTO scope_index SELECT county, org, zeroblob(16), 1, 1, 0 FROM scope_index \
             LIMIT 1",
            "scope_index names it in vain",
        ),
        ("UPDATE document SET org = '610621'", "lies in another unit than its row says"),
        (
            "INSERT INTO village_day SELECT county, '610621103203', '2026-11-20', \
             '{\"cancelled\":{\"reason\":\"大雪\"}}' FROM county",
            "village_day names it in vain",
        ),
        ("DELETE FROM number", "is not in the register of numbers"),
    ];
    for (sql, words) in cases {
        mends(&copy, sql, words);
    }
}

#[tokio::test]
async fn a_number_is_one_files_and_each_file_has_one() {
    let copy = county().await;
    let numbered = "(SELECT document FROM case_row WHERE number <> '')";
    let stranger = format!(
        "(SELECT document FROM document WHERE kind = 1 AND document <> {numbered} LIMIT 1)"
    );
    finds(&copy, &format!("UPDATE number SET document = {stranger}"), "is that of document");
    finds(&copy, &format!("UPDATE number SET document = {stranger}"), "which does not say so");
    let second =
        "INSERT INTO number SELECT county, committee, year, number + 5, document FROM number";
    let folder = finds(&copy, second, "has two numbers");
    let notes = checked(&app::database(folder.path())).notes;
    let gap =
        notes.iter().any(|note| note.contains("4 numbers of") && note.contains("from 2 to 5"));
    assert!(gap, "{notes:?}");
}

#[tokio::test]
async fn what_waits_without_a_reason_is_found_and_tried_again() {
    let copy = county().await;
    mends(&copy, "DELETE FROM parked_missing", "it waits for nothing");
    finds(&copy, "UPDATE parked SET review = 1", "whom the register knows");
    let not_it = "it is not the batch it is called";
    finds(&copy, "UPDATE parked SET id = zeroblob(16)", not_it);
    finds(&copy, "UPDATE parked SET bytes = x'ff'", not_it);
    finds(&copy, "UPDATE parked SET certificate = zeroblob(16)", not_it);
    finds(&copy, "DELETE FROM certificate WHERE user = 'u-wang'", "nobody knows the certificate");
    finds(&copy, "UPDATE quarantine SET id = zeroblob(16)", not_it);
    finds(&copy, "INSERT INTO inbox SELECT county, zeroblob(16), x'ff', 0, 0 FROM county", not_it);
}

#[tokio::test]
async fn a_batch_that_was_judged_and_still_lies_in_the_inbox_goes_at_the_next_start() {
    let copy = county().await;
    let folder = damaged(&copy, "");
    let database = app::database(folder.path());
    let store = Store::open(&database).unwrap();
    store
        .write::<_, StoreError>(COUNTY, |db| {
            let rows = db.log_after(0, u32::MAX)?;
            let record = &rows.iter().find(|row| row.kind == 1).unwrap().record;
            let batch: yidang_sync_protocol::SignedBatch =
                prost::Message::decode(record.as_slice()).unwrap();
            db.receive(&batch.id(), record, 0)
        })
        .unwrap();
    drop(store);
    let findings = checked(&database);
    assert_eq!(findings.broken.len(), 1, "{:?}", findings.broken);
    assert!(findings.broken[0].contains("it is in the log already; start the server again"));
    drop(open(Options::new(folder.path())).unwrap());
    assert_eq!(checked(&database).broken, Vec::<String>::new());
}

#[tokio::test]
async fn the_command_ends_with_one_where_anything_is_broken_beside_the_database_too() {
    let copy = county().await;
    let folder = damaged(&copy, "");
    let run = || {
        let data = folder.path().display().to_string();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sync-server"))
            .args(["check", "--data", &data])
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = run();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("BROKEN revocations: the list beside"), "{said}");
    std::fs::write(folder.path().join("revocations"), "").unwrap();
    let (code, said) = run();
    assert!(code == Some(1) && said.contains("not on the list beside the database"), "{said}");
    drop(open(Options::new(folder.path())).unwrap());
    let id = Store::open(&app::database(folder.path()))
        .unwrap()
        .read::<_, StoreError>(COUNTY, |db| db.revocations())
        .unwrap()[0]
        .0;
    let line = format!("{:032x}\n", u128::from_be_bytes(id));
    std::fs::write(folder.path().join("revocations"), line).unwrap();
    let (code, said) = run();
    assert!(code == Some(0) && said.contains("all well") && said.contains("NOTE "), "{said}");
}
