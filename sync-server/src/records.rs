//! What the county itself says: that a code was used, that a device is believed no more, who works where.
//! Signed, placed in the log, kept by devices, and given back by them to a server that forgot it.

use std::collections::BTreeSet;

use prost::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, OrgUnit, Role, Staff};
use yidang_domain::outline::Outline;
use yidang_domain::reference::VisitTeam;
use yidang_sync_protocol::record::hashes;
use yidang_sync_protocol::{CodeUsed, Record, RecordKind, RecordName, SignedRecord};

use crate::app::App;
use crate::county;
use crate::erase;
use crate::register::Register;
use crate::reindex;
use crate::revocations;
use crate::store::{Db, LogKind, RecordRow, SaidRow, StoreError, Undone};
use crate::tombstones;

/// A device is told no more in one answer.
const MOST_AT_ONCE: u32 = 200;
/// Told to nobody but the offices.
const NOBODY: &str = "-";

/// A row of the register as it stands in a record. The names of kinds never change; one of a later version
/// is kept and not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterRow {
    /// A unit.
    Unit(OrgUnit),
    /// A person.
    User(Staff),
    /// Who works where, in which role, from when to when.
    Assignment(Assignment),
    /// The visit team of a village.
    Team(VisitTeam),
    /// A grid team.
    GridTeam(GridTeam),
    /// A border on the map.
    Outline(Outline),
    /// The rule of visit days, the days off, or who runs this service, as JSON.
    Setting {
        /// Which.
        name: String,
        /// The JSON.
        value: String,
    },
}

impl RegisterRow {
    /// What names the row: two records of one subject are about the same row.
    fn subject(&self) -> Result<String, StoreError> {
        let word = |value: serde_json::Result<String>| {
            value.map_err(|error| StoreError::Damaged(error.to_string()))
        };
        Ok(match self {
            Self::Unit(unit) => format!("unit/{}", unit.code),
            Self::User(person) => format!("user/{}", person.user),
            Self::Assignment(post) => {
                let role = word(serde_json::to_string(&post.role))?;
                let role = role.trim_matches('"');
                format!("assignment/{}/{}/{role}/{}", post.user, post.org, post.from)
            }
            Self::Team(team) => format!("team/{}", team.village),
            Self::GridTeam(team) => format!("grid_team/{}", team.code),
            Self::Outline(outline) => format!("outline/{}", outline.org),
            Self::Setting { name, .. } => format!("setting/{name}"),
        })
    }

    /// Who is told of it beside the offices: whoever it is about.
    fn about(&self) -> &str {
        match self {
            Self::User(person) => person.user.as_str(),
            Self::Assignment(post) => post.user.as_str(),
            _ => NOBODY,
        }
    }

    fn write(&self, db: &Db<'_>, seq: u64) -> Result<(), StoreError> {
        match self {
            Self::Unit(unit) => db.put_unit(unit),
            Self::User(person) => db.put_user(person),
            Self::Assignment(post) => db.put_assignment(post, seq),
            Self::Team(team) => db.put_team(team),
            Self::GridTeam(team) => db.put_grid_team(team),
            Self::Outline(outline) => db.put_outline(outline),
            Self::Setting { name, value } => db.set_setting(name, value),
        }
    }
}

/// Says something for the first time; gives its place in the log.
///
/// # Errors
///
/// [`StoreError`].
pub fn say(
    db: &Db<'_>,
    kind: RecordKind,
    subject: &[u8],
    body: Vec<u8>,
    now: InstantMs,
) -> Result<u64, StoreError> {
    let Said { name, record, signed } = word(db, kind, subject, body, now)?;
    keep(db, name, &record, &signed, now)
}

/// Something the county says, signed and not yet in the log.
pub(crate) struct Said {
    pub name: RecordName,
    pub record: Record,
    pub signed: SignedRecord,
}

/// What the next record of the log would say: for whatever has to be noted beside the database first.
pub(crate) fn word(
    db: &Db<'_>,
    kind: RecordKind,
    subject: &[u8],
    body: Vec<u8>,
    now: InstantMs,
) -> Result<Said, StoreError> {
    let head = db.county()?;
    let record = Record {
        epoch: head.epoch.to_vec(),
        seq: head.seq + 1,
        at_ms: now.0,
        kind: kind.into(),
        subject: subject.to_vec(),
        body,
    };
    let name = RecordName { epoch: head.epoch, seq: record.seq };
    let signed = record.sign(&head.seed);
    Ok(Said { name, record, signed })
}

/// Puts a row into the register and says so; the caller touches the register.
///
/// # Errors
///
/// [`StoreError`].
pub fn put(db: &Db<'_>, row: &RegisterRow, now: InstantMs) -> Result<(), StoreError> {
    let body = serde_json::to_vec(row).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let seq = say(db, RecordKind::Reference, row.subject()?.as_bytes(), body, now)?;
    row.write(db, seq)
}

/// Names a code without saying anything of it: the hash of the hash that is kept.
#[must_use]
pub fn subject_of_code(kept_hash: &[u8]) -> Vec<u8> {
    Sha256::digest(kept_hash).to_vec()
}

/// Puts a record into the log of this server, under the name it has.
pub(crate) fn keep(
    db: &Db<'_>,
    name: RecordName,
    record: &Record,
    signed: &SignedRecord,
    now: InstantMs,
) -> Result<u64, StoreError> {
    let about = about(db, record)?;
    let log_seq = db.append(LogKind::Record, &[], &signed.encode_to_vec(), now.0)?;
    db.put_record(&RecordRow {
        name,
        kind: record.kind,
        subject: record.subject.clone(),
        about,
        at_ms: record.at_ms,
        log_seq,
    })?;
    Ok(log_seq)
}

/// Who is told of a record beside the offices.
fn about(db: &Db<'_>, record: &Record) -> Result<String, StoreError> {
    Ok(match record.kind() {
        RecordKind::Revocation | RecordKind::Tombstone => String::new(),
        RecordKind::Reference => {
            row_of(record).map_or_else(|| NOBODY.to_owned(), |row| row.about().to_owned())
        }
        RecordKind::CodeUsed => {
            let used = CodeUsed::decode(record.body.as_slice()).unwrap_or_default();
            holder_of(db, &used.certificate)?
        }
        RecordKind::Decision => match record.undoing() {
            Some((_, undoing)) => holder_of(db, &undoing.certificate)?,
            None => NOBODY.to_owned(),
        },
        _ => NOBODY.to_owned(),
    })
}

/// Whose certificate that is.
fn holder_of(db: &Db<'_>, certificate: &[u8]) -> Result<String, StoreError> {
    let certificate = match certificate.try_into() {
        Ok(id) => db.certificate(&id)?,
        Err(_) => None,
    };
    Ok(certificate.map_or_else(|| NOBODY.to_owned(), |row| row.user))
}

fn row_of(record: &Record) -> Option<RegisterRow> {
    serde_json::from_slice(&record.body).ok()
}

/// What a device is told.
pub struct Told {
    /// The records, in the order of the log.
    pub records: Vec<SignedRecord>,
    /// Up to where it was told everything.
    pub until: u64,
}

/// What `user` was not told up to `from`.
///
/// # Errors
///
/// [`StoreError`].
pub fn new_for(
    db: &Db<'_>,
    register: &Register,
    user: &UserId,
    today: Date,
    from: u64,
) -> Result<Told, StoreError> {
    let office = |role: Role| matches!(role, Role::Administrator | Role::CountyClerk);
    let is_office =
        register.assignments_of(user).any(|post| post.holds_on(today) && office(post.role));
    let rows = db.records_for(user.as_str(), is_office, from, MOST_AT_ONCE)?;
    let is_full = rows.len() >= usize::try_from(MOST_AT_ONCE).unwrap_or(usize::MAX);
    let last = rows.last().map(|(seq, _)| *seq).filter(|_| is_full);
    let until = match last {
        Some(last) => last,
        None => db.county()?.seq,
    };
    let records = rows
        .into_iter()
        .map(|(_, bytes)| SignedRecord::decode(bytes.as_slice()))
        .collect::<Result<_, _>>()?;
    Ok(Told { records, until })
}

/// What a record gave back had to tell.
#[derive(Default)]
struct Learned {
    register: bool,
    units: BTreeSet<OrgCode>,
}

impl App {
    /// Takes records that the county signed and that were lost. Others are passed over.
    pub(crate) fn take_records(&self, records: &[SignedRecord]) -> Result<(), StoreError> {
        let key = &self.county().key;
        let mut lost = Vec::new();
        for signed in records {
            let Ok((name, record)) = signed.open(key) else { continue };
            if !self.read(|db| db.has_record(&name))? {
                lost.push((name, record, signed));
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        // First beside the database, as when they were revoked.
        let revoked: Vec<[u8; 16]> = lost
            .iter()
            .filter(|(_, record, _)| record.kind() == RecordKind::Revocation)
            .filter_map(|(_, record, _)| record.subject.as_slice().try_into().ok())
            .collect();
        if !revoked.is_empty() {
            revocations::note(self.data(), &revoked)?;
        }
        let tombstones: Vec<SignedRecord> = lost
            .iter()
            .filter(|(_, record, _)| record.tombstone().is_some())
            .map(|(.., signed)| (*signed).clone())
            .collect();
        if !tombstones.is_empty() {
            tombstones::note(self.data(), &tombstones)?;
        }
        let now = self.clock().now();
        // Nobody judges meanwhile: what is destroyed leaves the memory as well.
        let mut shelf = self.shelf();
        self.write(|db| {
            let mut learned = Learned::default();
            for (name, record, signed) in &lost {
                if !db.has_record(name)? {
                    take(db, *name, record, signed, now, &mut learned)?;
                }
            }
            if learned.register {
                db.touch_register()?;
            }
            if !learned.units.is_empty() {
                let register = county::read_register(db)?;
                reindex::reindex_in(db, &register, &learned.units, now)?;
            }
            Ok(())
        })?;
        for (document, _) in lost.iter().filter_map(|(_, record, _)| record.tombstone()) {
            shelf.forget(&document);
        }
        drop(shelf);
        if !tombstones.is_empty() {
            self.scrub();
        }
        tracing::info!(records = lost.len(), "records of the county came back");
        Ok(())
    }
}

/// Takes one record that was lost, and does what it says where nothing newer was said since.
fn take(
    db: &Db<'_>,
    name: RecordName,
    record: &Record,
    signed: &SignedRecord,
    now: InstantMs,
    learned: &mut Learned,
) -> Result<(), StoreError> {
    if record.tombstone().is_some() {
        return erase::destroy(db, name, record, signed, now);
    }
    let present = db.county()?.epoch;
    let said = db.said_of(record.kind, &record.subject)?;
    let seq = keep(db, name, record, signed, now)?;
    match record.kind() {
        RecordKind::Revocation => match record.subject.as_slice().try_into() {
            // The first record that says so counts.
            Ok(id) if db.revocation(&id)?.is_none() => db.revoke(&id, seq),
            Ok(_) | Err(_) => Ok(()),
        },
        RecordKind::CodeUsed => use_code(db, record),
        RecordKind::Decision => match record.undoing() {
            // The change that undid it comes back like any other, and is not made a second time.
            Some((batch, undoing)) => {
                let (changes, rule) = (hashes(&undoing.undone), undoing.rule);
                db.put_undone(&batch, &Undone { changes, rule, reason: String::new() })
            }
            None => Ok(()),
        },
        RecordKind::Reference => {
            let own = SaidRow { name, at_ms: record.at_ms };
            let is_newest = said.iter().all(|other| order(&present, other) < order(&present, &own));
            let Some(row) = row_of(record).filter(|_| is_newest) else { return Ok(()) };
            row.write(db, seq)?;
            learned.register = true;
            if let RegisterRow::Unit(unit) = row {
                learned.units.insert(unit.code);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What is said later counts: in the present epoch before what comes from a lost log, there in the order of
/// the server's own words.
fn order(present: &[u8; 16], said: &SaidRow) -> (bool, i64, u64) {
    (said.name.epoch == *present, said.at_ms, said.name.seq)
}

/// A code that was used serves nobody else, also where this log knows nothing of its use.
fn use_code(db: &Db<'_>, record: &Record) -> Result<(), StoreError> {
    let Ok(used) = CodeUsed::decode(record.body.as_slice()) else { return Ok(()) };
    let Ok(certificate) = used.certificate.as_slice().try_into() else { return Ok(()) };
    let Some(code) = db.activation(&used.code)? else { return Ok(()) };
    if code.used_by_key.is_none() && subject_of_code(&code.hash) == record.subject {
        db.use_activation(&used.code, &used.public_key, &used.nonce, &certificate)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use yidang_domain::org::{GridTeamMember, OrgLevel};
    use yidang_domain::reference::TeamMember;

    use super::*;

    /// Bodies and subjects of signed records stay readable: a changed word fails here, and the answer is a
    /// new kind of row.
    #[test]
    fn rows_of_the_register_as_they_are_signed() {
        let day = |text: &str| text.parse().unwrap();
        let rows = [
            RegisterRow::Unit(OrgUnit::plain("610621103203", "下盘石村", OrgLevel::Village, None)),
            RegisterRow::User(Staff {
                user: "u-wang".into(),
                name: "王样一".into(),
                phone: "12000000001".into(),
            }),
            RegisterRow::Assignment(Assignment {
                user: "u-wang".into(),
                org: "610621103203".into(),
                role: Role::GridWorker,
                from: day("2026-11-01"),
                to: Some(day("2027-10-31")),
            }),
            RegisterRow::Team(VisitTeam {
                village: "610621103203".into(),
                place: "村委会".into(),
                starts_at: "09:00".into(),
                members: vec![TeamMember {
                    user: "u-li".into(),
                    name: "李例二".into(),
                    duty: "组长".into(),
                }],
            }),
            RegisterRow::GridTeam(GridTeam {
                code: "t-1".into(),
                village: "610621103203".into(),
                name: "第1网格小组".into(),
                members: vec![GridTeamMember { user: "u-wang".into(), dedicated: true }],
            }),
            RegisterRow::Outline(Outline { org: "610621103203".into(), ring: Vec::new() }),
            RegisterRow::Setting { name: "host".into(), value: "{}".into() },
        ];
        let signed: Vec<String> = rows
            .iter()
            .map(|row| {
                let json = serde_json::to_string(row).unwrap();
                assert_eq!(serde_json::from_str::<RegisterRow>(&json).unwrap(), *row);
                format!("{} | {} | {json}", row.subject().unwrap(), row.about())
            })
            .collect();
        insta::assert_snapshot!("rows-of-the-register", signed.join("\n"));
    }

    #[test]
    fn the_last_word_of_the_present_epoch_counts() {
        let present = [2; 16];
        let said =
            |epoch: u8, at_ms, seq| SaidRow { name: RecordName { epoch: [epoch; 16], seq }, at_ms };
        let order = |row: &SaidRow| order(&present, row);
        assert!(order(&said(2, 5, 1)) > order(&said(1, 9, 300)), "a lost log says less");
        assert!(order(&said(1, 9, 1)) > order(&said(3, 8, 300)), "of two lost ones the later");
        assert!(order(&said(2, 5, 2)) > order(&said(2, 5, 1)));
    }
}
