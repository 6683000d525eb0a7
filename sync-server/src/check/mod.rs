//! Recomputes everything that can be recomputed, and says where it is broken and what to do about it.
//!
//! Everything is read in one transaction, so that a check beside a running server sees one state. The
//! log is the ground: whatever else lies in the database must follow from it.

mod documents;
mod erased;
mod lists;
mod log;
mod numbers;
mod waiting;

use std::collections::BTreeMap;
use std::fmt::Display;

use yidang_domain::causality::hex_of;
use yidang_domain::reference::VillageDay;

use crate::county::{self, County};
use crate::kinds;
use crate::register::Register;
use crate::store::{Db, StoreError};

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Records of the log.
    pub records: u64,
    /// Signed batches among them.
    pub batches: u64,
    /// Documents.
    pub documents: u64,
    /// What is broken: where (a table with its document or its place in the log), what is wrong there,
    /// and what to do. In English, without content.
    pub broken: Vec<String>,
    /// What is not broken and worth knowing.
    pub notes: Vec<String>,
}

/// What is to be done about something that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cure {
    /// What is gone comes back from a copy and from the devices.
    Restore,
    /// It follows from what is sound.
    Rebuild,
    /// The next start looks at it anyway.
    Start,
    /// Two papers say the same.
    Paper,
    /// A list that lies beside the database.
    List,
    /// A later version wrote it.
    Version,
}

/// What to do where something is gone.
pub const RESTORE: &str = "restore the last sound copy, devices bring what came after it";
/// What to do where two papers say the same.
pub const PAPER: &str = "look at both, the later one needs a new paper";

impl Cure {
    const fn words(self) -> &'static str {
        match self {
            Self::Restore => RESTORE,
            Self::Rebuild => "stop the server and run `sync-server rebuild`",
            Self::Start => "start the server again",
            Self::Paper => PAPER,
            Self::List => "add the line to the file `revocations`, or revoke the device again",
            Self::Version => "check it with the version that wrote it",
        }
    }
}

impl Findings {
    fn find(&mut self, place: impl Display, what: impl Display, cure: Cure) {
        self.broken.push(format!("{place}: {what}; {}", cure.words()));
    }

    fn note(&mut self, what: impl Display) {
        self.notes.push(what.to_string());
    }

    /// The answer of a part; where it could not be read at all, that is the finding.
    fn part<T>(&mut self, part: &str, read: Result<T, StoreError>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.find(part, format!("cannot be read: {error}"), Cure::Restore);
                None
            }
        }
    }
}

/// What every part of a check reads.
struct Ground<'a> {
    db: &'a Db<'a>,
    county: &'a County,
    register: &'a Register,
    /// The lines of households are made anew at the next start.
    owes_lines: bool,
    /// What `village_day` says, by the document that it says it of.
    days: BTreeMap<[u8; 16], VillageDay>,
    /// Documents that were destroyed, each with the record that says so.
    erased: BTreeMap<[u8; 16], u64>,
}

/// Checks the whole county.
///
/// # Errors
///
/// Where the county itself cannot be read; whatever else is broken is a finding.
pub fn check(db: &Db<'_>, code: &str) -> Result<Findings, StoreError> {
    let mut findings = Findings::default();
    if let Some(wrong) = findings.part("database", db.integrity()) {
        wrong.iter().for_each(|wrong| findings.find("database", wrong, Cure::Restore));
    }
    let county = County::load(db, code)?;
    let register = county::read_register(db)?;
    let of_document = |day: VillageDay| {
        (*kinds::visit_day_id(&day.village, day.exception.nominal).as_bytes(), day)
    };
    let ground = Ground {
        db,
        county: &county,
        register: &register,
        owes_lines: db.owes_lines()?,
        days: db.village_days()?.into_iter().map(of_document).collect(),
        erased: db.erased()?.into_iter().collect(),
    };
    let mut logged = log::Logged::default();
    let walked = log::check(&ground, &mut logged, &mut findings);
    findings.part("log", walked);
    let certified = log::check_certificates(&ground, &logged, &mut findings);
    findings.part("certificate", certified);
    let mut said = numbers::Said::default();
    let read = documents::check(&ground, &logged, &mut said, &mut findings);
    findings.part("document", read);
    let listed = lists::check_strays(&ground, &mut findings);
    findings.part("lists", listed);
    let numbered = numbers::check(&ground, &said, &mut findings);
    findings.part("number", numbered);
    let destroyed = erased::check(&ground, &logged, &mut findings);
    findings.part("tombstone", destroyed);
    let waited = waiting::check(&ground, &logged, &mut findings);
    findings.part("parked", waited);
    if ground.owes_lines {
        findings.note("the lines of households are made anew at the next start");
    }
    if db.county()?.healing {
        findings.note("the county heals after a restore: no numbers and no certificates yet");
    }
    Ok(findings)
}

pub use erased::beside as tombstones_beside;

/// Compares the list of revocations beside the database with it.
///
/// # Errors
///
/// [`StoreError`].
pub fn beside(db: &Db<'_>, noted: &[[u8; 16]], findings: &mut Findings) -> Result<(), StoreError> {
    let kept = db.revocations()?;
    for (certificate, _) in &kept {
        if !noted.contains(certificate) {
            let place = format!("revocations {}", hex_of(certificate));
            findings.find(place, "revoked, and not on the list beside the database", Cure::List);
        }
    }
    for certificate in noted {
        if !kept.iter().any(|(known, _)| known == certificate) {
            let place = format!("revocations {}", hex_of(certificate));
            findings.find(place, "on the list beside the database, and not revoked", Cure::List);
        }
    }
    Ok(())
}
