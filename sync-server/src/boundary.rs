//! The moments at which it matters that the server may end right there, by name.
//!
//! Whatever stands in this table is reached by a story in which the process ends at that very moment, with
//! and without the power (`boundaries.rs` and `erasing.rs` in `tests/tests/power`): nothing that a device was told
//! may be missing afterwards, and nothing may be there twice. A name that no story reaches fails there too.

use std::fmt;
use std::sync::Arc;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Boundary {
    /// One step of the tables was taken; others may follow.
    Migrated,
    /// The server has its incarnation of this start; nothing that was left is judged.
    Started,
    /// A certificate is committed and its code used up; nobody was told.
    Enrolled,
    /// Batches lie in the inbox; nothing is committed.
    ReceiveReady,
    /// Batches lie in the inbox, committed; none is judged.
    Received,
    /// A batch is in the log; no document, no index knows of it, and nothing is committed.
    Logged,
    /// Everything that follows from the verdicts is written; nothing is committed.
    JudgeReady,
    /// Verdicts are committed; nobody was told.
    Judged,
    /// The answer is made; it did not leave.
    ReplyReady,
    /// What goes on from a document lies beside the database; nothing says that the document is destroyed.
    GoesOnNoted,
    /// The list beside the database says that a document is destroyed; nothing is committed.
    TombstoneNoted,
    /// Everything of a destruction is written; nothing is committed.
    EraseReady,
    /// A document is destroyed; its pages, and what lay of it beside the database, may still be there.
    Erased,
}

impl Boundary {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Migrated,
        Self::Started,
        Self::Enrolled,
        Self::ReceiveReady,
        Self::Received,
        Self::Logged,
        Self::JudgeReady,
        Self::Judged,
        Self::ReplyReady,
        Self::GoesOnNoted,
        Self::TombstoneNoted,
        Self::EraseReady,
        Self::Erased,
    ];

    /// Those of a destruction by order.
    pub const ERASING: [Self; 4] =
        [Self::GoesOnNoted, Self::TombstoneNoted, Self::EraseReady, Self::Erased];
}

type Ear = Arc<dyn Fn(Boundary) + Send + Sync>;

/// Hears of every boundary that is passed. Nobody listens except in trials.
#[derive(Clone, Default)]
pub struct Witness(Option<Ear>);

impl Witness {
    /// One that listens.
    #[must_use]
    pub fn new(ear: impl Fn(Boundary) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(ear)))
    }

    /// Tells it.
    pub fn passed(&self, boundary: Boundary) {
        if let Some(ear) = &self.0 {
            ear(boundary);
        }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.0.is_some()).finish()
    }
}
