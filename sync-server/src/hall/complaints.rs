//! Complaints and suggestions, kept under a number until somebody of the county says what became of
//! them. They go past the townships: the county desk and the administrator read them.

use yidang_api::device::{ComplaintTaken, TakeComplaint};
use yidang_api::oversight::{
    ComplaintAnswer, HandleComplaint, HeldComplaint, HeldComplaintsQuestion, HeldComplaintsView,
};
use yidang_api::{Fault, FaultCode};
use yidang_domain::org::Role;

use super::Counter;
use crate::oversight;
use crate::store::{self, Complaint, StoreError};

/// No complaint is longer.
const MOST_CHARACTERS: usize = 2_000;
/// No answer to one is longer.
const MOST_CHARACTERS_OF_AN_ANSWER: usize = 500;

/// Who reads complaints and answers them.
const READERS: [Role; 2] = [Role::CountyClerk, Role::Administrator];

/// Keeps a complaint.
pub fn take(counter: &Counter<'_>, question: &TakeComplaint) -> Result<ComplaintTaken, Fault> {
    let words = question.words.trim();
    if words.is_empty() || words.chars().count() > MOST_CHARACTERS {
        return Err(Fault::invalid("words", "between 1 and 2000 characters"));
    }
    let about = serde_json::to_value(question.about).ok();
    let complaint = Complaint {
        user: counter.caller.user.as_str(),
        about: about.as_ref().and_then(|word| word.as_str()).unwrap_or_default(),
        words,
        contact: question.contact.trim(),
        written_at_ms: question.at.0,
        taken_at_ms: counter.now.0,
    };
    // With the answer in one transaction: on a full disk it was kept, and the device brought it again.
    counter.once(|db| Ok(ComplaintTaken { number: db.put_complaint(&complaint)? }))
}

/// The complaints that the county holds, newest first.
pub fn held(
    counter: &Counter<'_>,
    question: &HeldComplaintsQuestion,
) -> Result<HeldComplaintsView, Fault> {
    counter.require(&READERS)?;
    let register = counter.register()?;
    let most = oversight::rows_of(question.limit);
    let ((total, waiting), rows) = counter.app.read(|db| {
        let rows = db.complaints(question.waiting, question.offset, most)?;
        Ok::<_, StoreError>((db.count_complaints()?, rows))
    })?;
    let rows = rows.into_iter().map(|row| oversight::complaint(&register, row)).collect();
    Ok(HeldComplaintsView { total, waiting, rows })
}

/// Says what became of a complaint. It is said once: what was promised is not taken back.
pub fn handle(counter: &Counter<'_>, question: &HandleComplaint) -> Result<HeldComplaint, Fault> {
    counter.require(&READERS)?;
    let words = question.words.trim();
    if words.is_empty() || words.chars().count() > MOST_CHARACTERS_OF_AN_ANSWER {
        return Err(Fault::invalid("words", "between 1 and 500 characters"));
    }
    let register = counter.register()?;
    let unknown = || Fault::new(FaultCode::NotFound, "no complaint under that number");
    counter.once(|db| {
        if db.complaint(question.number)?.is_none() {
            return Err(unknown());
        }
        let answer = store::ComplaintAnswer {
            words: words.to_owned(),
            user: counter.caller.user.0.clone(),
            at_ms: counter.now.0,
        };
        if !db.answer_complaint(question.number, &answer, &counter.caller.certificate)? {
            return Err(Fault::invalid("number", "somebody said before what became of it"));
        }
        let row = db.complaint(question.number)?.ok_or_else(unknown)?;
        Ok(oversight::complaint(&register, row))
    })
}

/// What became of the complaints of whoever asks.
pub fn answers(counter: &Counter<'_>) -> Result<Vec<ComplaintAnswer>, Fault> {
    let register = counter.register()?;
    let user = counter.caller.user.as_str();
    let rows = counter.app.read(|db| db.answered_complaints_of(user))?;
    let told = rows.into_iter().filter_map(|row| {
        let held = oversight::complaint(&register, row);
        Some(ComplaintAnswer { number: held.number, handled: held.handled? })
    });
    Ok(told.collect())
}
