//! Everything that a store keeps, thing by thing: how it is put there, what is seen of it, and what changes
//! or removes it. Under the same names in every county, so that one that looks past its own sees it.

use prost::Message;
use yidang_domain::civil::Date;
use yidang_domain::org::{Assignment, GridTeam, GridTeamMember, OrgLevel, OrgUnit, Role, Staff};
use yidang_domain::outline::Outline;
use yidang_domain::reference::{TeamMember, VisitTeam};
use yidang_sync_protocol::{RecordName, SignedRecord, SigningSeed};
use yidang_sync_server::store::{
    Activation, Admission, Complaint, ComplaintAnswer, Consulted, Db, Erasure, ImportedRow,
    LogKind, Result, ToldTrouble, Undone,
};

use crate::samples::{
    act, because, cancelled, case, certificate, change, day_off, document, hash, household, id,
    keys, parked, record, refused, units,
};
use crate::stores::{County, EPOCH, SERVER};

/// One of them.
pub struct Thing {
    /// The tables it stands in, by the names that they have in every store.
    pub tables: &'static [&'static str],
    /// Puts it there; `tag` is in every value and in no name.
    pub put: fn(&Db<'_>, u8) -> Result<()>,
    /// All that is seen of each of those, in their order.
    pub seen: fn(&Db<'_>) -> Result<Vec<String>>,
    /// Changes and removes it in every way there is.
    pub change: fn(&Db<'_>) -> Result<()>,
}

/// All of them; what comes later may stand on what came before.
pub const THINGS: [Thing; 10] = [
    Thing {
        tables: &["county", "setting"],
        put: put_county,
        seen: county_seen,
        change: change_county,
    },
    Thing {
        tables: &["log", "checkpoint", "record", "tombstone", "erased_copy"],
        put: put_log,
        seen: log_seen,
        change: change_log,
    },
    Thing {
        tables: &["document", "change", "case_row", "number"],
        put: put_documents,
        seen: documents_seen,
        change: change_documents,
    },
    Thing {
        tables: &["scope_index", "scope_known"],
        put: put_scope,
        seen: scope_seen,
        change: change_scope,
    },
    Thing {
        tables: &[
            "inbox",
            "parked",
            "parked_missing",
            "act_part",
            "act_taken",
            "settled",
            "admission",
            "undone",
            "placed",
        ],
        put: put_waiting,
        seen: waiting_seen,
        change: change_waiting,
    },
    Thing {
        tables: &["quarantine", "refused_change", "act_refused", "crash"],
        put: put_refused,
        seen: refused_seen,
        change: change_refused,
    },
    Thing {
        tables: &[
            "unit",
            "user",
            "assignment",
            "team",
            "team_member",
            "grid_team",
            "grid_team_member",
            "outline",
            "exception",
            "village_day",
        ],
        put: put_register,
        seen: register_seen,
        change: |db| put_register(db, 99),
    },
    Thing {
        tables: &["activation", "certificate", "revocation", "device_trouble", "device_app"],
        put: put_devices,
        seen: devices_seen,
        change: change_devices,
    },
    Thing {
        tables: &["household_row", "household_search", "imported"],
        put: put_households,
        seen: households_seen,
        change: change_households,
    },
    Thing {
        tables: &["consulted", "asked", "complaint", "complaint_answer", "erasure"],
        put: put_told,
        seen: told_seen,
        change: change_told,
    },
];

/// Puts everything into a county.
pub fn fill(db: &Db<'_>, tag: u8) -> Result<()> {
    THINGS.iter().try_for_each(|thing| (thing.put)(db, tag))
}

/// What is seen of everything, table by table.
pub fn all_seen(county: &County<'_>) -> Vec<(&'static str, String)> {
    county.read(|db| {
        let mut all = Vec::new();
        for thing in &THINGS {
            let seen = (thing.seen)(db)?;
            assert_eq!(seen.len(), thing.tables.len(), "{:?}", thing.tables);
            all.extend(thing.tables.iter().copied().zip(seen));
        }
        Ok(all)
    })
}

fn put_county(db: &Db<'_>, tag: u8) -> Result<()> {
    db.touch_register()?;
    db.begin_epoch(&id(tag))?;
    db.set_server(&SigningSeed([tag; 32]), &SERVER, u32::from(tag))?;
    db.set_setting("host", &format!("{tag}号县委政法委"))
}

fn county_seen(db: &Db<'_>) -> Result<Vec<String>> {
    Ok(vec![format!("{:?}", db.county()?), format!("{:?}", db.setting("host")?)])
}

fn change_county(db: &Db<'_>) -> Result<()> {
    db.end_healing()?;
    db.touch_register()?;
    db.set_server(&SigningSeed([99; 32]), &id(99), 99)?;
    db.set_setting("host", "")
}

fn put_log(db: &Db<'_>, tag: u8) -> Result<()> {
    let signed = SignedRecord { record: vec![tag], signature: vec![tag] };
    db.append(LogKind::Batch, &id(1), &[tag; 4], i64::from(tag))?;
    db.append(LogKind::Save, &id(1), &[tag; 5], i64::from(tag))?;
    db.append(LogKind::Restored, b"", &[tag], i64::from(tag))?;
    let seq = db.append(LogKind::Record, b"", &signed.encode_to_vec(), i64::from(tag))?;
    db.put_checkpoint(seq, &[tag; 3], i64::from(tag))?;
    db.put_record(&record(seq, &[tag], ""))?;
    db.put_tombstone(&id(9 + tag), seq)?;
    db.confirm_erased(&id(0xa0 + tag), seq)
}

fn log_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let log = (db.log_after(0, 100)?, db.chain_at(1)?, db.logged_at_ms(1)?, db.last_records()?);
    let batches = (db.batches_after(&id(1), 0)?, db.restored_at_ms()?, db.has_unproved(&id(1), 0)?);
    let erased_at = db.seq_of_erased(&id(1), &hash(1))?;
    let checkpoints = (db.newest_checkpoint()?, db.checkpoints()?);
    let name = RecordName { epoch: EPOCH, seq: 4 };
    let said = (db.said_of(2, &[1])?, db.said_of(2, &[2])?, db.records_of(2, &[1])?);
    let told = (db.records_for("w", false, 0, 10)?, db.records_for("w", true, 0, 10)?);
    let tombstones = (db.erased()?, db.tombstones()?, db.is_erased(&id(11))?);
    let confirms = |number| db.has_to_confirm(&id(number), 99);
    let confirmed = (confirms(0xa1)?, confirms(0xa2)?, db.not_confirmed(99)?);
    Ok(vec![
        format!("{log:?} {batches:?} {erased_at:?}"),
        format!("{checkpoints:?}"),
        format!("{:?} {said:?} {told:?}", db.has_record(&name)?),
        format!("{tombstones:?}"),
        format!("{confirmed:?}"),
    ])
}

fn change_log(db: &Db<'_>) -> Result<()> {
    let seq = db.append(LogKind::Batch, &id(1), &[99], 99)?;
    db.put_checkpoint(4, &[99], 99)?;
    db.confirm_erased(&id(0xa2), seq)
}

fn put_documents(db: &Db<'_>, tag: u8) -> Result<()> {
    let org = format!("{tag}号网格");
    db.put_document(&document(1, &org))?;
    db.put_change(&id(1), 1, &change(tag, 0))?;
    db.put_change(&id(1), 2, &change(7, u32::from(tag)))?;
    db.put_case(&id(1), &case(&org, "accepted", "滩调〔2026〕1号"))?;
    db.put_number("滩", 2026, 1, &id(tag)).map(drop)
}

fn documents_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let rows = (db.document(&id(1))?, db.documents()?, db.count_documents()?);
    let changes = (db.changes(&id(1))?, db.stored_changes(&id(1))?, db.documents_of_changes()?);
    let change = (db.seq_of_change(&id(1), &hash(7))?, db.is_unproved(&id(1), &hash(7))?);
    let cases = (db.case(&id(1))?, db.is_open_case(&id(1))?, db.without_number()?);
    let holder = (db.holder_of_number("滩", 2026, 1)?, db.next_number("滩", 2026)?);
    let numbers = (db.numbers()?, db.numbers_of(&id(1))?, db.numbers_of(&id(2))?);
    Ok(vec![
        format!("{rows:?}"),
        format!("{changes:?} {change:?} {:?}", db.has_words_of(&id(1))?),
        format!("{cases:?}"),
        format!("{holder:?} {numbers:?}"),
    ])
}

fn change_documents(db: &Db<'_>) -> Result<()> {
    db.put_document(&document(1, "搬走了"))?;
    db.put_change(&id(1), 5, &change(7, 0))?;
    db.put_case(&id(1), &case("搬走了", "closed", ""))
}

fn put_scope(db: &Db<'_>, tag: u8) -> Result<()> {
    db.index_document(&id(1), &units(&["甲", "乙"]), u64::from(tag))?;
    db.index_document(&id(1), &units(&["甲"]), u64::from(tag) + 1)?;
    db.remember_scope(7, &format!("{tag}"))
}

fn scope_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let (both, one) = (keys(&["甲", "乙"]), keys(&["甲"]));
    let after = (db.in_scope_after(&both, 0, 9)?, db.open_cases_after(&both, 0, 9)?);
    let row = (db.scope_row_after(&one, &id(1), 0)?, db.scope_of(&id(1))?);
    let lies = (db.is_in_scope(&one, &id(1))?, db.count_in_scope(&both)?);
    let left = (db.left_behind(&both, "[]", 0)?, db.documents_under("甲")?);
    let units = (db.read_in(&id(1))?, db.ever_in(&id(1))?);
    let mut named = Vec::new();
    for table in ["case_row", "change", "household_row", "parked", "scope_index"] {
        named.push(db.documents_named_by(table)?);
    }
    Ok(vec![
        format!("{after:?} {row:?} {lies:?} {left:?} {units:?} {named:?}"),
        format!("{:?}", db.scope_of_hash(7)?),
    ])
}

fn change_scope(db: &Db<'_>) -> Result<()> {
    db.index_document(&id(1), &units(&["丙"]), 50)?;
    db.forget_scope(&id(1), 1)
}

fn put_waiting(db: &Db<'_>, tag: u8) -> Result<()> {
    db.receive(&id(4), &[tag], i64::from(tag))?;
    db.try_all()?;
    db.park(&parked(tag, 1, i64::from(tag)), &[hash(3)])?;
    db.park(&parked(5, 2, i64::from(tag)), &[hash(tag)])?;
    db.put_act_part(&act(6), &id(2), &id(tag))?;
    db.took_act(&act(6), &id(1), u64::from(tag))?;
    db.took_act(&act(6), &id(tag), u64::from(tag))?;
    db.settle(&id(7), u64::from(tag), 1)?;
    let (batch, certificate) = (&id(tag), &id(0xa3));
    let reason = &format!("{tag}");
    db.admit(&Admission { batch, user: "zhao", certificate, reason, at_ms: 1, undo: false })?;
    let undone = Undone { reason: reason.clone(), ..Undone::default() };
    db.put_undone(&id(7), &undone)?;
    db.put_placed(&id(tag), &EPOCH, 1)
}

fn waiting_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let inbox = (db.inbox()?, db.unjudged(9)?, db.tried()?, db.is_received(&id(4))?);
    let parked = (db.parked(&id(5))?, db.parked_of(&id(1))?, db.in_review(None)?);
    let bytes = (db.parked_bytes(&id(0xa1))?, db.parked_bytes_of(&id(1))?, db.parked_by()?);
    let missing = (db.missing_of(&id(5))?, db.waiting_for(&id(1), &hash(3))?);
    let taken = (db.taken_of_act(&act(6))?, db.together_with(&id(1), 0)?);
    let admitted = (db.is_admitted(&id(1))?, db.is_admitted(&id(2))?);
    let placed = (db.is_placed(&id(1))?, db.is_placed(&id(2))?);
    Ok(vec![
        format!("{inbox:?}"),
        format!("{parked:?} {bytes:?} {:?}", db.count_waiting()?),
        format!("{missing:?}"),
        format!("{:?}", db.act_parts(&act(6))?),
        format!("{taken:?}"),
        format!("{:?}", db.settled(&id(7))?),
        format!("{admitted:?} {:?}", db.why_undo(&id(1))?),
        format!("{:?}", db.undone(&id(7))?),
        format!("{placed:?}"),
    ])
}

fn change_waiting(db: &Db<'_>) -> Result<()> {
    db.try_alone(&id(4))?;
    db.forget_tries()?;
    db.judged(&id(4))?;
    db.arrived(&id(1), &hash(3))?;
    db.unpark(&id(1))?;
    db.unpark(&id(2))?;
    db.expire_parked(i64::MAX)?;
    db.drop_placed(&id(1))?;
    db.drop_placed(&id(2))
}

fn put_refused(db: &Db<'_>, tag: u8) -> Result<()> {
    db.quarantine(&refused(1, 1, &format!("rule{tag}")), 1, i64::from(tag))?;
    db.refuse_changes(&id(1), &[hash(1)], &because(tag, "fork"), &id(0xa1), 1)?;
    db.refuse_act(&act(1), &because(tag, "fork"), 1)?;
    db.count_crash(&id(0xa0 + tag), 1, i64::from(tag)).map(drop)
}

fn refused_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let batch = (db.quarantined(&id(1))?, db.refusal(&id(1))?, db.quarantined_batches()?);
    let suspended = (db.is_suspended(&id(0xa1))?, db.is_suspended(&id(0xa2))?);
    Ok(vec![
        format!("{batch:?} {:?}", db.refused_by(i64::MIN)?),
        format!("{:?}", db.refused_change(&id(1), &hash(1))?),
        format!("{:?}", db.refused_act(&act(1))?),
        format!("{suspended:?}"),
    ])
}

fn change_refused(db: &Db<'_>) -> Result<()> {
    // Each of these makes room for what is newer, as its author's own.
    db.quarantine(&refused(3, 1, "fork"), 1, 99)?;
    db.refuse_changes(&id(1), &[hash(3)], &because(3, "fork"), &id(0xa1), 1)?;
    db.refuse_act(&act(3), &because(3, "fork"), 1)?;
    db.pardon(&id(1))?;
    db.pardon_since(i64::MIN, ["crashed", "declined"])?;
    db.forgive_change(&id(1), &hash(1))?;
    db.forgive_act(&act(1))?;
    db.lift_suspension(&id(0xa1))?;
    db.lift_suspension(&id(0xa2)).map(drop)
}

fn put_register(db: &Db<'_>, tag: u8) -> Result<()> {
    let (name, day) = (format!("{tag}号"), Date::constant(2026, 11, 20));
    db.put_unit(&OrgUnit::plain("甲", &name, OrgLevel::Village, None))?;
    db.put_user(&Staff { user: "wang".into(), name: name.clone(), phone: String::new() })?;
    let to = (tag > 1).then_some(day);
    let (user, org, role) = ("wang".into(), "甲".into(), Role::VillageCadre);
    db.put_assignment(&Assignment { user, org, role, from: day, to }, u64::from(tag))?;
    let member = TeamMember { user: "wang".into(), name: name.clone(), duty: String::new() };
    let (village, place) = ("甲".into(), name.clone());
    db.put_team(&VisitTeam { village, place, starts_at: "09:00".into(), members: vec![member] })?;
    let members = vec![GridTeamMember { user: "wang".into(), dedicated: tag > 1 }];
    db.put_grid_team(&GridTeam { code: "组".into(), village: "甲".into(), name, members })?;
    db.put_outline(&Outline { org: "甲".into(), ring: vec![(i32::from(tag), 0)] })?;
    let reason = format!("{tag}");
    db.put_exception(&cancelled(&reason))?;
    db.put_village_day(&day_off("甲", &reason)).map(drop)
}

fn register_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let (teams, grids) = (db.teams()?, db.grid_teams()?);
    let places: Vec<_> = teams.iter().map(|team| (&team.village, &team.place)).collect();
    let members: Vec<_> = teams.iter().map(|team| &team.members).collect();
    let names: Vec<_> = grids.iter().map(|team| (&team.code, &team.village, &team.name)).collect();
    let workers: Vec<_> = grids.iter().map(|team| &team.members).collect();
    Ok(vec![
        format!("{:?}", db.units()?),
        format!("{:?}", db.users()?),
        format!("{:?}", db.assignments()?),
        format!("{places:?}"),
        format!("{members:?}"),
        format!("{names:?}"),
        format!("{workers:?}"),
        format!("{:?}", db.outlines()?),
        format!("{:?}", db.exceptions()?),
        format!("{:?}", db.village_days()?),
    ])
}

/// A code that serves until the end.
fn code(code_id: &str, tag: u8) -> Activation {
    Activation {
        code_id: code_id.to_owned(),
        salt: vec![tag],
        hash: vec![tag],
        user: "wang".to_owned(),
        created_at_ms: 1,
        expires_at_ms: 1_000,
        tries: 0,
        used_by_key: None,
        used_by_nonce: None,
        certificate: None,
    }
}

fn put_devices(db: &Db<'_>, tag: u8) -> Result<()> {
    db.put_activation(&code("KQ7M", tag), 0)?;
    db.put_certificate(&certificate(1, &format!("{tag}"), 2))?;
    db.revoke(&id(tag + 10), u64::from(tag))?;
    db.put_told(&id(1), &[ToldTrouble { kind: 1, count: u32::from(tag), since_ms: 1 }], tag.into())
}

fn devices_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let codes = (db.activation("KQ7M")?, db.unused_codes()?);
    let all = (db.certificate(&id(1))?, db.certificates(None)?, db.revoked()?);
    let revoked = (db.revocation(&id(11))?, db.revocations()?);
    let (told, app) = db.told_by(&id(1))?;
    Ok(vec![
        format!("{codes:?}"),
        format!("{all:?} {:?}", db.unanswered(&EPOCH, 0, &SERVER)?),
        format!("{revoked:?}"),
        format!("{told:?} {:?}", db.all_told()?),
        format!("{app:?} {:?}", db.apps()?),
    ])
}

fn change_devices(db: &Db<'_>) -> Result<()> {
    db.count_try("KQ7M")?;
    db.use_activation("KQ7M", &[1], &[2], &id(1))?;
    // A month later everything that served its time makes room.
    db.put_activation(&code("2222", 99), i64::MAX)?;
    db.wrote(&id(1), 3)?;
    db.seen(&id(1), 999)?;
    db.answered(&id(1), &EPOCH)?;
    db.revoke(&id(1), 9)?;
    db.put_told(&id(1), &[], 99)
}

fn put_households(db: &Db<'_>, tag: u8) -> Result<()> {
    db.put_household(&household(1, &format!("{tag}号户主"), "甲"), &format!("w{tag} 0x0 common"))?;
    let (document, heads) = (id(1), vec![hash(tag)]);
    db.put_imported("户 1", &ImportedRow { document, heads, said: format!("{tag}") })
}

fn households_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let line = (db.household(&id(1))?, db.all_households()?, db.households_in("甲")?);
    let counts = (db.count_households_in("甲")?, db.count_households()?, db.owes_lines()?);
    let find = |words: &str| db.find_households(words, &[], 9);
    let found = (find("\"common\"")?, find("\"w1\"")?, find("\"w2\"")?);
    let is_found = db.is_found_by(&household(1, "1号户主", "甲"), "w1 0x0 common")?;
    let imported = (db.imported("户 1")?, db.all_imported()?, db.imported_heads()?);
    Ok(vec![
        format!("{line:?} {counts:?}"),
        format!("{found:?} {is_found:?} {:?}", db.is_search_complete()?),
        format!("{imported:?}"),
    ])
}

fn change_households(db: &Db<'_>) -> Result<()> {
    let mut joined = household(1, "走了", "甲");
    joined.gone = true;
    db.put_household(&joined, "w9")?;
    db.lines_are_made()?;
    db.put_imported("户 1", &ImportedRow { document: id(3), heads: vec![], said: String::new() })
}

fn put_told(db: &Db<'_>, tag: u8) -> Result<()> {
    let text = format!("{tag}");
    let (user, certificate, document) = ("wang", &id(0xa1), Some(&[1; 16]));
    let (question, purpose) = ("consult_people 王", text.as_str());
    db.put_consulted(&Consulted { at_ms: 1, user, certificate, question, purpose, document })?;
    db.put_asked(b"ask", &text, 1, 0)?;
    let (about, words, contact) = ("软件", text.as_str(), "");
    let (written_at_ms, taken_at_ms) = (1, 2);
    let number =
        db.put_complaint(&Complaint { user, about, words, contact, written_at_ms, taken_at_ms })?;
    let answer = ComplaintAnswer { words: text.clone(), user: "li".into(), at_ms: 3 };
    db.answer_complaint(number, &answer, certificate)?;
    let (basis, without) = (text.clone(), vec![text]);
    db.put_erasure(&Erasure { document: id(1), basis, without, user: "li".into(), at_ms: 1 })
}

fn told_seen(db: &Db<'_>) -> Result<Vec<String>> {
    let looks = (db.count_looks()?, db.looks(0, 9)?);
    let all = (db.complaint(1)?, db.complaints(false, 0, 9)?, db.complaints(true, 0, 9)?);
    let answered = (db.answered_complaints_of("wang")?, db.count_complaints()?);
    let answers: Vec<_> = answered.0.iter().map(|row| &row.answer).collect();
    let erasures = (db.erasures()?, db.erasure(&id(1))?);
    Ok(vec![
        format!("{looks:?}"),
        format!("{:?}", db.asked(b"ask")?),
        format!("{all:?} {answered:?}"),
        format!("{answers:?}"),
        format!("{erasures:?}"),
    ])
}

fn change_told(db: &Db<'_>) -> Result<()> {
    db.put_asked(b"other", "", i64::MAX, i64::MAX)?;
    db.drop_erasure(&id(1))
}
