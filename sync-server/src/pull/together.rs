//! Documents of one action come in one page: nobody sees the half of a joining who reads both files.

use std::collections::{BTreeSet, VecDeque};

use yidang_sync_protocol::PageDocument;

use crate::register::Scope;
use crate::store::{Db, ScopeRow, StoreError};

use super::{Course, Held, Question, deliver};

/// Actions follow upon actions, each over some other document. So many come together and no more: a
/// page has an end.
const MOST_TOGETHER: usize = 64;

/// What a page brings of documents because of others.
#[derive(Default)]
pub(super) struct Together {
    brought: BTreeSet<[u8; 16]>,
}

impl Together {
    /// What the device lacks of one document, and of those that belong to it by actions which it lacks as
    /// well; each but the last says that the next one belongs to it. Empty where it lacks nothing of this
    /// one, or where this page has it already.
    pub(super) fn deliver(
        &mut self,
        db: &Db<'_>,
        course: &Course,
        question: &Question<'_>,
        row: &ScopeRow,
        scope: &Scope,
    ) -> Result<Vec<PageDocument>, StoreError> {
        if self.brought.contains(&row.document) {
            return Ok(Vec::new());
        }
        let Some(first) = deliver(db, course, question, row, scope)? else {
            return Ok(Vec::new());
        };
        let from = if matches!(course.held, Held::Same) { course.base } else { 0 };
        let mut group = vec![first];
        let mut seen = BTreeSet::from([row.document]);
        let mut open = VecDeque::from([row.document]);
        while let Some(document) = open.pop_front() {
            for other in db.together_with(&document, from)? {
                if group.len() >= MOST_TOGETHER || !seen.insert(other) {
                    continue;
                }
                // What lies before the place came in this page or an earlier one.
                let row = db.scope_row_after(&scope.keys, &other, course.position)?;
                let Some(row) = row.filter(|_| !self.brought.contains(&other)) else { continue };
                if let Some(found) = deliver(db, course, question, &row, scope)? {
                    group.push(found);
                    self.brought.insert(other);
                    open.push_back(other);
                }
            }
        }
        let last = group.len().saturating_sub(1);
        group.iter_mut().take(last).for_each(|document| document.with_next = true);
        Ok(group)
    }
}
