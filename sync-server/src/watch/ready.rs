//! Whether the server can do its work, and if not, why.

use serde::Serialize;

/// With less room than this the next evening does not fit.
const LEAST_FREE_BYTES: u64 = 256 << 20;
/// Devices come within days; a county that heals longer than this waits for a person.
const LONGEST_HEALING_MS: i64 = 7 * 86_400_000;

/// Why the server cannot do its work. The words are for machines and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// The database cannot be read.
    Unreadable,
    /// The database cannot be written.
    Unwritable,
    /// Its tables are those of another version: somebody put another file in its place.
    OldTables,
    /// The disk is nearly full.
    DiskLow,
    /// It heals after a restore, and devices that are waited for do not come.
    HealingStuck,
}

impl NotReady {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unwritable => "unwritable",
            Self::OldTables => "old_tables",
            Self::DiskLow => "disk_low",
            Self::HealingStuck => "healing_stuck",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn cure(self) -> &'static str {
        match self {
            Self::Unreadable => "run `check`, then restore the last sound copy",
            Self::Unwritable => "look at the disk and at who owns the directory",
            Self::OldTables => "the file is that of another version: start that version",
            Self::DiskLow => "make room on the disk of the database",
            Self::HealingStuck => {
                "find the devices that have not come, or end it with `heal-finish`"
            }
        }
    }
}

/// Whether the server can do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// It can.
    pub ready: bool,
    /// Why it cannot.
    pub reasons: Vec<NotReady>,
}

/// What was found by looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// A row was read.
    pub is_readable: bool,
    /// A row was written and lies on the disk.
    pub is_writable: bool,
    /// The tables are those of this version.
    pub is_migrated: bool,
    /// So much fits onto the disk; none where the system does not say.
    pub free_bytes: Option<u64>,
    /// It heals since so long.
    pub healing_ms: Option<i64>,
}

impl Look {
    /// What follows from it.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let is_low = self.free_bytes.is_some_and(|free| free < LEAST_FREE_BYTES);
        let is_stuck = self.healing_ms.is_some_and(|ms| ms > LONGEST_HEALING_MS);
        let reasons: Vec<NotReady> = [
            (!self.is_readable, NotReady::Unreadable),
            (!self.is_writable, NotReady::Unwritable),
            (self.is_readable && !self.is_migrated, NotReady::OldTables),
            (is_low, NotReady::DiskLow),
            (is_stuck, NotReady::HealingStuck),
        ]
        .into_iter()
        .filter_map(|(is_so, reason)| is_so.then_some(reason))
        .collect();
        Readiness { ready: reasons.is_empty(), reasons }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Look = Look {
        is_readable: true,
        is_writable: true,
        is_migrated: true,
        free_bytes: Some(LEAST_FREE_BYTES),
        healing_ms: None,
    };

    #[test]
    fn every_reason_is_told_by_its_word() {
        assert_eq!(WELL.readiness(), Readiness { ready: true, reasons: Vec::new() });
        for reason in [
            NotReady::Unreadable,
            NotReady::Unwritable,
            NotReady::OldTables,
            NotReady::DiskLow,
            NotReady::HealingStuck,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        let words = |look: Look| serde_json::to_value(look.readiness()).unwrap()["reasons"].clone();
        assert_eq!(words(Look { is_writable: false, ..WELL }), serde_json::json!(["unwritable"]));
        assert_eq!(words(Look { is_migrated: false, ..WELL }), serde_json::json!(["old_tables"]));
        let full = Look { free_bytes: Some(LEAST_FREE_BYTES - 1), ..WELL };
        assert_eq!(words(full), serde_json::json!(["disk_low"]));
        let gone = Look { is_readable: false, is_writable: false, is_migrated: false, ..WELL };
        assert_eq!(words(gone), serde_json::json!(["unreadable", "unwritable"]));
    }

    /// Devices must come to a server that heals, or it never would.
    #[test]
    fn healing_is_no_reason_until_nobody_comes() {
        assert!(Look { healing_ms: Some(LONGEST_HEALING_MS), ..WELL }.readiness().ready);
        let stuck = Look { healing_ms: Some(LONGEST_HEALING_MS + 1), ..WELL };
        assert_eq!(stuck.readiness().reasons, [NotReady::HealingStuck]);
    }

    #[test]
    fn a_system_that_does_not_say_how_full_it_is_is_believed() {
        assert!(Look { free_bytes: None, ..WELL }.readiness().ready);
    }
}
