//! What waits for a person: shown to the administrators, who admit or decline it with a reason.

use prost::Message;
use serde_json::json;
use yidang_api::review::{
    ReviewEntry, ReviewOutcome, ReviewRow, ReviewSettled, ReviewsQuestion, ReviewsView,
    SettleReview,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::labels::label_of;
use yidang_sync_protocol::SignedCertificate;

use super::{Counter, Staging};
use crate::county;
use crate::judge::review::UNKNOWN_AUTHOR;
use crate::judge::shelf::Shelf;
use crate::judge::{Care, Halt, Judge, Ruling};
use crate::oversight::rows_of;
use crate::register::Register;
use crate::store::{Admission, Db, ParkedRow, StoreError};

/// No reason is longer.
const MOST_CHARACTERS: usize = 200;

/// The batches that wait for a person, the longest first. Who looked at them is written down.
pub fn waiting(counter: &Counter<'_>, question: &ReviewsQuestion) -> Result<ReviewsView, Fault> {
    counter.require_administrator()?;
    counter.consulted("reviews", "复核", None)?;
    let register = counter.register()?;
    let mut shelf = counter.app.shelf_beside();
    let offset = usize::try_from(question.offset).unwrap_or(usize::MAX);
    let most = usize::try_from(rows_of(question.limit)).unwrap_or_default();
    let view = counter.app.read(|db| {
        let all = db.in_review(None)?;
        let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let mut judge = new_judge(counter, db, &register, &mut shelf)?;
        let mut rows = Vec::new();
        for row in all.into_iter().skip(offset).take(most) {
            rows.extend(review(db, &mut judge, &register, &row)?);
        }
        Ok::<_, StoreError>(ReviewsView { total, rows })
    })?;
    Ok(view)
}

fn new_judge<'a>(
    counter: &'a Counter<'_>,
    db: &'a Db<'_>,
    register: &'a Register,
    shelf: &'a mut Shelf,
) -> Result<Judge<'a>, StoreError> {
    let (county, workers) = (counter.app.county(), counter.app.workers());
    Judge::new(db, register, county, workers, shelf, counter.now, Care::Batchwise)
}

/// One line; none where its author's certificate is not here or no longer theirs.
fn review(
    db: &Db<'_>,
    judge: &mut Judge<'_>,
    register: &Register,
    row: &ParkedRow,
) -> Result<Option<ReviewRow>, StoreError> {
    let Some(reading) = judge.read_waiting(row)? else { return Ok(None) };
    let Some(held) = db.certificate(&row.certificate)? else { return Ok(None) };
    let signed = SignedCertificate::decode(held.bytes.as_slice())?;
    let certificate = yidang_sync_protocol::Certificate::decode(signed.certificate.as_slice())?;
    let entries = reading.entries.into_iter().map(|(header, entry)| ReviewEntry {
        label: entry.kind().label().to_owned(),
        on: header.on,
        words: entry.gist(),
    });
    // Whoever answers for a batch sees everything that it does.
    let written = reading.written.into_iter().map(|value| ReviewEntry {
        label: format!("写{}", label_of(&value.path)),
        on: value.on,
        words: if value.path == "facts.grid" {
            register.place(&OrgCode(value.value))
        } else {
            value.value
        },
    });
    Ok(Some(ReviewRow {
        batch: hex_of(&row.id),
        document: DocumentId::from_bytes(row.document),
        kind: reading.kind,
        place: register.place(&reading.org),
        name: certificate.name,
        post: certificate.post,
        device: certificate.device_name,
        since: InstantMs(row.at_ms),
        rule: UNKNOWN_AUTHOR.to_owned(),
        entries: entries.chain(written).collect(),
        may_undo: reading.may_undo,
        unread: u32::try_from(reading.unread).unwrap_or(u32::MAX),
    }))
}

/// Admits or declines a batch, once.
pub fn settle(counter: &Counter<'_>, question: &SettleReview) -> Result<ReviewSettled, Fault> {
    counter.require_administrator()?;
    let reason = question.reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_CHARACTERS {
        return Err(Fault::invalid("reason", "between 1 and 200 characters"));
    }
    if question.undo && !question.admit {
        return Err(Fault::invalid("undo", "nothing is taken of what is declined"));
    }
    let id = batch_of(&question.batch)?;
    let mut staging = Staging(counter.app.shelf());
    let shelf = &mut staging.0;
    let settled = counter.once(|db| {
        let row = db.parked(&id)?.filter(|row| row.review).ok_or_else(unknown)?;
        let SettleReview { batch, admit, undo, .. } = question;
        let what = json!({ "batch": batch, "admit": admit, "undo": undo });
        counter.record(db, "settle_review", &what)?;
        let register = county::read_register(db)?;
        if question.admit {
            db.admit(&Admission {
                batch: &id,
                user: counter.caller.user.as_str(),
                certificate: &counter.caller.certificate,
                undo: question.undo,
                reason,
                at_ms: counter.now.0,
            })?;
        }
        let mut judge = new_judge(counter, db, &register, shelf)?;
        let ruling = if question.admit {
            judge.admit(row).map_err(halted)?
        } else {
            judge.decline(&row, reason)?
        };
        Ok(ReviewSettled { outcome: outcome(question.admit, &ruling) })
    })?;
    staging.0.settle();
    Ok(settled)
}

const fn outcome(admit: bool, ruling: &Ruling) -> ReviewOutcome {
    match ruling {
        Ruling::Accepted(_) | Ruling::Duplicate(_) => ReviewOutcome::Taken,
        Ruling::Reverted(..) => ReviewOutcome::Undone,
        Ruling::Refused(_) if admit => ReviewOutcome::Refused,
        Ruling::Refused(_) => ReviewOutcome::Declined,
        Ruling::Parked(_) | Ruling::Review | Ruling::NotTaken(_) => ReviewOutcome::Waits,
    }
}

fn halted(halt: Halt) -> Fault {
    match halt {
        Halt::Store(error) => error.into(),
        Halt::Unsound => {
            StoreError::Damaged("a document does not survive being saved and loaded".to_owned())
                .into()
        }
    }
}

fn unknown() -> Fault {
    Fault::new(FaultCode::NotFound, "nothing of that name waits for a person")
}

fn batch_of(hex: &str) -> Result<[u8; 16], Fault> {
    let is_hex = hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(hex, 16).ok()).flatten();
    number.map(u128::to_be_bytes).ok_or_else(unknown)
}
