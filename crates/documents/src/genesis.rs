//! The first change of every document.
//!
//! It is a function of kind, id and home alone: the same bytes on every device, so that three
//! colleagues who open the visit day of one village offline make one document and not three. It
//! makes every container of schema 1. The bytes are the engine's canonical encoding, pinned by
//! `tests/formats`: any other encoding of the same operations would be re-encoded on loading and
//! the document would be refused for mismatching heads (docs/decisions/0003).

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, ObjType, ROOT, ScalarValue};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::{DocumentId, OrgCode};

use crate::document::DocumentError;
use crate::schema;

/// The actor of every first change.
pub const ACTOR: [u8; 16] = *b"yidang-genesis-1";

/// The engine's document that holds the first change and nothing else.
pub(crate) fn begin(
    kind: DocumentKind,
    id: DocumentId,
    home: &OrgCode,
) -> Result<Automerge, DocumentError> {
    let mut engine = Automerge::new().with_actor(ActorId::from(&ACTOR[..]));
    let mut transaction = engine.transaction();
    transaction.put(ROOT, "kind", kind.name())?;
    transaction.put(ROOT, "id", ScalarValue::Bytes(id.as_bytes().to_vec()))?;
    transaction.put(ROOT, "home", home.as_str())?;
    for container in schema::containers(kind) {
        transaction.put_object(ROOT, container.name, ObjType::Map)?;
    }
    transaction.commit_with(CommitOptions::default().with_time(0));
    Ok(engine)
}

/// The bytes of the first change.
///
/// # Errors
///
/// Only if the engine fails, which leaves nothing behind.
pub fn bytes(kind: DocumentKind, id: DocumentId, home: &OrgCode) -> Result<Vec<u8>, DocumentError> {
    let engine = begin(kind, id, home)?;
    engine
        .get_changes(&[])
        .first()
        .map(|change| change.raw_bytes().to_vec())
        .ok_or(DocumentError::NoGenesis)
}
