//! What the server did not take: told with its reason, and kept until its author is done with it.

use yidang_api::Fault;
use yidang_api::case_file::{AddEntry, OpenCaseFile, SetFact};
use yidang_api::rejected::{DropRejected, RejectedQuestion, RejectedRow, WriteAgain};

use crate::device::{Device, OpenDesk};
use crate::present::refusal;
use crate::store::{KeptRejected, ReadDocuments, ReadErased, ReadRejected, SUPERSEDED, StoreError};

/// What was not taken, newest first.
pub fn list(device: &mut Device, question: &RejectedQuestion) -> Result<Vec<RejectedRow>, Fault> {
    let desk = device.desk()?;
    desk.store.rejected(question.document)?.into_iter().map(|kept| row(desk, kept)).collect()
}

/// Its author is done with it.
pub fn drop_one(device: &mut Device, question: &DropRejected) -> Result<(), Fault> {
    let desk = device.desk()?;
    desk.store.write(|write| -> Result<(), StoreError> { write.drop_rejected(question.id) })?;
    device.touch();
    Ok(())
}

/// One of them as screens show it.
pub fn row(desk: &mut OpenDesk, kept: KeptRejected) -> Result<RejectedRow, Fault> {
    let KeptRejected { position, rejected, question } = kept;
    let goes_on = desk.store.goes_on_as(rejected.document)?;
    let document = goes_on.unwrap_or(rejected.document);
    let is_here = desk.store.stored(document)?.is_some();
    Ok(RejectedRow {
        id: position,
        document,
        about: crate::sync::about(desk, document, rejected.kind)?,
        goes_on: goes_on.is_some(),
        theirs: rejected.said.code == SUPERSEDED,
        is_here,
        title: rejected.title,
        matter: rejected.matter,
        on: rejected.on,
        saved_at: rejected.saved_at,
        words: rejected.words,
        why: refusal(&rejected.said).to_owned(),
        reason: rejected.said.reason,
        again: question
            .and_then(|(name, json)| again(&name, &json))
            .filter(|again| is_here || matches!(again, WriteAgain::CaseFile { .. })),
    })
}

/// What the question said that it came of, for the form that asks it.
fn again(name: &str, json: &str) -> Option<WriteAgain> {
    match name {
        "add_entry" => {
            let AddEntry { entry, .. } = serde_json::from_str(json).ok()?;
            Some(WriteAgain::Entry { entry: Box::new(entry) })
        }
        "set_fact" => {
            let SetFact { field, value, .. } = serde_json::from_str(json).ok()?;
            Some(WriteAgain::Fact { field, value })
        }
        "open_case_file" => {
            let opened: OpenCaseFile = serde_json::from_str(json).ok()?;
            Some(WriteAgain::CaseFile { opened: Box::new(opened) })
        }
        _ => None,
    }
}
