//! Which case files a list holds, in the words of SQL.

use rusqlite::types::Value;
use yidang_api::list::{ListCaseFiles, Queue, Stage};
use yidang_domain::civil::Date;
use yidang_domain::ids::DocumentId;

use super::households::IS_OF_NO_OTHER;

/// A selection in the words of SQL: conditions that all hold, with their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseFilter {
    pub(super) conditions: Vec<String>,
    pub(super) values: Vec<Value>,
    /// What is looked for in the search index.
    pub(super) query: Option<String>,
    /// The few files it names are found otherwise than by walking through all.
    pub(super) is_named: bool,
}

impl CaseFilter {
    /// Files in whose entries something was said.
    #[must_use]
    pub fn said(query: &str) -> Self {
        let mut filter = Self { query: Some(format!("said : ({query})")), ..Self::default() };
        filter.and("c.sealed = 0", None);
        filter
    }

    /// Files that name a household, or somebody who lives there within its grid and of whom no file says
    /// that they live elsewhere.
    #[must_use]
    pub fn of_household(id: DocumentId, open: bool) -> Self {
        let mut filter = Self { is_named: true, ..Self::default() };
        filter.and("c.sealed = 0", None);
        if open {
            filter.and("c.stage <> ?", Some(stage_value(Stage::Closed)));
        }
        filter.and(
            "c.document IN (SELECT p.document FROM case_party p WHERE p.household = ?)",
            Some(Value::Blob(id.as_bytes().to_vec())),
        );
        let named = filter.conditions.pop().unwrap_or_default();
        filter.and(
            &format!(
                "({named} OR (c.grid, c.document) IN (SELECT h.grid, p.document FROM household_row h \
                 JOIN member_row m ON m.household = h.document JOIN case_party p ON p.name = m.name \
                 WHERE h.document = ? AND {IS_OF_NO_OTHER}))"
            ),
            Some(Value::Blob(id.as_bytes().to_vec())),
        );
        filter
    }

    /// The selection that a screen asked for, seen on `today`.
    #[must_use]
    pub fn of(list: &ListCaseFiles, today: Date) -> Self {
        let mut filter = Self::default();
        filter.and("c.sealed = 0", None);
        filter.queue(list.queue, today);
        if let Some(org) = &list.org {
            let org = Value::Text(org.as_str().to_owned());
            filter.conditions.push("(c.grid = ? OR c.village = ? OR c.township = ?)".into());
            filter.values.extend([org.clone(), org.clone(), org]);
        }
        if let Some(category) = &list.category {
            // A class is the beginning of its categories, which are digits alone.
            filter.and("c.category >= ?", Some(Value::Text(category.clone())));
            filter.and("c.category < ?", Some(Value::Text(format!("{category}~"))));
        }
        if let Some(from) = list.found_from {
            filter.and("c.found_on >= ?", Some(Value::Text(from.to_string())));
        }
        if let Some(from) = list.closed_from {
            filter.and("c.closed_on >= ?", Some(Value::Text(from.to_string())));
        }
        if let Some(risk) = list.risk {
            filter.and("c.risk = ?", Some(Value::Integer(i64::from(u8::from(risk)))));
        }
        filter.query = yidang_domain::finding::query(&list.text);
        filter
    }

    fn and(&mut self, condition: &str, value: Option<Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(value);
    }

    fn stage(&mut self, stage: Stage) {
        self.and("c.stage = ?", Some(stage_value(stage)));
    }

    fn queue(&mut self, queue: Queue, today: Date) {
        let today = Value::Text(today.to_string());
        let closed = stage_value(Stage::Closed);
        match queue {
            Queue::All => {}
            // What was sent back and mended waits for the reviewer again.
            Queue::ToAccept => {
                self.and("(c.stage = ? OR c.answered = 1)", Some(stage_value(Stage::Found)));
            }
            Queue::Returned => {
                self.and("c.answered = 0", None);
                self.stage(Stage::Returned);
            }
            Queue::ToClose => self.stage(Stage::CloseAsked),
            Queue::InWork => self.stage(Stage::Accepted),
            Queue::Closed => self.stage(Stage::Closed),
            Queue::Open => self.and("c.stage <> ?", Some(closed)),
            Queue::Changed => {
                self.and("c.document IN (SELECT l.document FROM looked l WHERE l.unseen > 0)", None)
            }
            Queue::Clashing => self.and("c.clashes > 0", None),
            Queue::Late => self.and(
                "c.late > 0 AND c.document NOT IN \
                 (SELECT l.document FROM looked l WHERE l.unseen = 0)",
                None,
            ),
            Queue::DueToday => {
                self.and("c.stage <> ?", Some(closed));
                self.and("c.due_on = ?", Some(today));
            }
            Queue::Overdue => {
                self.and("c.stage <> ?", Some(closed));
                self.and("c.due_on < ?", Some(today));
            }
        }
    }

    /// Everything but what is looked for in the search index.
    pub(super) fn sql(&self) -> String {
        if self.conditions.is_empty() { "1".into() } else { self.conditions.join(" AND ") }
    }

    /// Nothing beside the search index narrows it: sealed files are not in there.
    pub(super) const fn is_by_words_alone(&self) -> bool {
        self.conditions.len() == 1
    }

    /// The table, and the index that holds everything a list is selected and ordered by: whatever is
    /// passed over or only counted is not read.
    pub(super) const fn table(&self) -> &'static str {
        if self.is_named { "case_row c" } else { "case_row c INDEXED BY case_list" }
    }
}

/// A stage as a value of SQL.
pub(super) fn stage_value(stage: Stage) -> Value {
    Value::Text(stage_name(stage))
}

/// The word of a stage in the index.
pub fn stage_name(stage: Stage) -> String {
    format!("{stage:?}")
}
