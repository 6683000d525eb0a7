//! Complaints and suggestions, kept under a number.

use yidang_api::Fault;
use yidang_api::device::{ComplaintTaken, TakeComplaint};

use super::{Counter, failed};
use crate::store::Complaint;

/// No complaint is longer.
const MOST_CHARACTERS: usize = 2_000;

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
    let number =
        counter.app.write(|db| db.put_complaint(&complaint)).map_err(|error| failed(&error))?;
    Ok(ComplaintTaken { number })
}
