//! What the county had taken and, put back since, has something else in the place of: a telephone was copied, and
//! its copy wrote under the same sequence numbers. The author writes it again. Others who hold it keep its words,
//! because nobody can tell whether the author still can.

use yidang_api::Fault;
use yidang_documents::Gone;
use yidang_documents::project::Mark;
use yidang_domain::ids::DocumentId;

use super::{About, because};
use crate::device::OpenDesk;
use crate::people::People;
use crate::present::in_words;
use crate::store::{OutboxItem, Rejected, SAVED, Said};

/// Why words of somebody else are kept. A word of the device alone.
pub const SUPERSEDED: &str = "superseded";

/// An own change that waited for nothing any more, as it would stand in the outbox; none where somebody else wrote
/// it.
pub(super) fn own(
    desk: &OpenDesk,
    id: DocumentId,
    gone: &Gone,
) -> Result<Option<OutboxItem>, Fault> {
    let is_own = desk.incarnation_of(&gone.link.actor)?.is_some();
    Ok(gone.intended.as_ref().filter(|_| is_own).map(|intended| {
        let (title, words) = in_words(&desk.tree, &intended.edits);
        OutboxItem {
            document: id,
            hash: gone.link.hash,
            title,
            words,
            saved_at: intended.at,
            delivery: SAVED,
            batch: None,
            actor: Some(gone.link.actor),
            stood: None,
            act: None,
            alone: false,
            said: Said::default(),
        }
    }))
}

/// The words of somebody else, for whoever holds them; none where this version cannot read them.
pub(super) fn of_another(desk: &OpenDesk, about: &About, gone: &Gone) -> Option<Rejected> {
    let intended = gone.intended.as_ref()?;
    let mark = Mark { actor: gone.link.actor, seq: gone.link.seq, at: intended.at };
    let author = People::new(&desk.store, desk.user()).of(&mark).name;
    let (title, words) = in_words(&desk.tree, &intended.edits);
    Some(Rejected {
        document: about.id,
        kind: about.kind,
        hash: gone.link.hash,
        bytes: gone.bytes.clone(),
        matter: about.matter.clone(),
        title: format!("{author}写的{title}"),
        words,
        on: intended.header.as_ref().map_or_else(|| intended.at.date(), |header| header.on),
        saved_at: intended.at,
        said: because(SUPERSEDED),
    })
}
