//! 依法删除: an administrator asks for it, another one confirms it, and everybody of them sees what was done.

use prost::Message;
use serde_json::json;
use yidang_api::erasure::{AskErasure, ErasedRow, ErasureRow, ErasuresView, SettleErasure};
use yidang_api::{Fault, FaultCode};
use yidang_documents::AgainError;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::{DocumentId, OrgCode, UserId};
use yidang_sync_protocol::Record;

use super::Counter;
use crate::erase::{EraseError, MOST_CHARACTERS, Order, erasable, may_cut};
use crate::kinds;
use crate::register::Register;
use crate::store::{Db, Erasure, StoreError};

/// So many that were erased are told.
const MOST_ERASED: usize = 100;

/// What waits, and what was erased.
pub fn all(counter: &Counter<'_>) -> Result<ErasuresView, Fault> {
    counter.require_administrator()?;
    let register = counter.register()?;
    Ok(counter.app.read(|db| view(db, &register, &counter.caller.user))?)
}

fn view(db: &Db<'_>, register: &Register, me: &UserId) -> Result<ErasuresView, StoreError> {
    let mut view = ErasuresView::default();
    for asked in db.erasures()? {
        let Some(row) = db.document(&asked.document)? else { continue };
        let Some(kind) = kinds::kind_of(row.kind) else { continue };
        let user = UserId(asked.user);
        view.waiting.push(ErasureRow {
            document: DocumentId::from_bytes(asked.document),
            kind,
            place: register.place(&OrgCode(row.org)),
            basis: asked.basis,
            without: asked.without,
            by: register.name_of(&user).unwrap_or_default().to_owned(),
            at: InstantMs(asked.at_ms),
            own: user == *me,
        });
    }
    let erased: Vec<_> = db.erased()?.into_iter().zip(db.tombstones()?).collect();
    for ((document, seq), signed) in erased.into_iter().rev().take(MOST_ERASED) {
        let record = Record::decode(signed.record.as_slice())?;
        let (_, tombstone) = record.tombstone().unwrap_or_default();
        view.erased.push(ErasedRow {
            document: DocumentId::from_bytes(document),
            successor: tombstone.successor().map(DocumentId::from_bytes),
            on: tombstone.on,
            basis: tombstone.basis,
            unconfirmed: u32::try_from(db.not_confirmed(seq)?.len()).unwrap_or(u32::MAX),
        });
    }
    Ok(view)
}

/// Asks for it, once.
pub fn ask(counter: &Counter<'_>, question: &AskErasure) -> Result<ErasuresView, Fault> {
    counter.require_administrator()?;
    let basis = question.basis.trim();
    if basis.is_empty() || basis.chars().count() > MOST_CHARACTERS {
        return Err(Fault::invalid("basis", "between 1 and 200 characters"));
    }
    let document: DocumentId = question
        .document
        .trim()
        .parse()
        .map_err(|_| Fault::invalid("document", "not an identifier"))?;
    let words = question.without.iter().map(|word| word.trim().to_owned());
    let without: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    if !may_cut(&without) {
        return Err(refused(EraseError::Without));
    }
    let register = counter.register()?;
    counter.once(|db| {
        erasable(db, document.as_bytes()).map_err(refused)?;
        db.put_erasure(&Erasure {
            document: *document.as_bytes(),
            basis: basis.to_owned(),
            without: without.clone(),
            user: counter.caller.user.to_string(),
            at_ms: counter.now.0,
        })?;
        let what = json!({ "document": document.to_string(), "basis": basis });
        counter.record(db, "ask_erasure", &what)?;
        Ok(view(db, &register, &counter.caller.user)?)
    })
}

/// Confirms it or takes it back.
pub fn settle(counter: &Counter<'_>, question: &SettleErasure) -> Result<ErasuresView, Fault> {
    counter.require_administrator()?;
    let document = question.document;
    let asked = counter.app.read(|db| db.erasure(document.as_bytes()))?.ok_or_else(|| {
        Fault::new(FaultCode::NotFound, "nobody asks to have that document erased")
    })?;
    if question.confirm {
        let by = UserId(asked.user.clone());
        let second = counter.caller.user.clone();
        let Erasure { basis, without, .. } = asked;
        counter.app.erase(&Order { document, without, basis, by, second }).map_err(refused)?;
        return all(counter);
    }
    let register = counter.register()?;
    counter.once(|db| {
        db.drop_erasure(document.as_bytes())?;
        let what = json!({ "document": document.to_string() });
        counter.record(db, "withdraw_erasure", &what)?;
        Ok(view(db, &register, &counter.caller.user)?)
    })
}

fn refused(error: EraseError) -> Fault {
    match error {
        EraseError::Unknown | EraseError::Before | EraseError::VisitDay => {
            Fault::invalid("document", error.to_string())
        }
        EraseError::Without => Fault::invalid("without", error.to_string()),
        EraseError::Again(AgainError::NotThere) => Fault::invalid("without", error.to_string()),
        EraseError::Again(_) => Fault::invalid("document", error.to_string()),
        EraseError::Healing => Fault::new(FaultCode::ServerBusy, error.to_string()),
        EraseError::Basis => Fault::invalid("basis", error.to_string()),
        EraseError::Alone => Fault::invalid("second", error.to_string()),
        EraseError::NotAdministrator(_) => Fault::new(FaultCode::NotAllowed, "for another role"),
        EraseError::Store(error) => error.into(),
    }
}
