//! Automerge documents and what they mean.
//!
//! Intended edits go in, rows come out: [`Document::commit`] writes one change for one action of a
//! person, [`Document::read`] reads tolerantly, keeping what this version does not know, and
//! [`project`] turns what was read into rows, the same for a rebuilt and for a live document. The
//! [`guard`] looks at foreign bytes before the engine does. Automerge is imported here alone.

pub mod schema;

pub mod scalar;

mod flat;

pub mod actor;
pub mod again;
pub mod document;
pub mod edit;
pub mod genesis;
pub mod guard;
pub mod project;
pub mod read;
pub mod replay;
pub mod undo;

pub use actor::{Actor, ChangeHash, actor_id};
pub use again::{AgainError, go_on};
pub use document::{Document, DocumentError};
pub use edit::{Author, Committed, Edit, RegisterPath};
pub use project::{
    CaseProjection, Difference, HouseholdProjection, Projection, VisitDayProjection, differences,
    project, state_of,
};
pub use read::{ChangeInfo, EntryBody, EntryRecord, Item, Reading, Register, Written};
pub use replay::{Gone, Intended, Link, Renamed, Replay, edits_of, take_out};
pub use scalar::Scalar;
pub use undo::{Undoing, undoing, unknown_to_closing};
