//! One search over files, households, members and entries, and the selections people keep.

use serde::{Deserialize, Serialize};
use yidang_domain::ids::DocumentId;

use crate::household::HouseholdRow;
use crate::list::{CaseRow, ListCaseFiles};

/// Looks for something on this device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindQuestion {
    /// What was typed: names, words, initials, number tails, categories, stages. Several words must
    /// all fit.
    pub text: String,
    /// Rows of each group at most.
    pub limit: u32,
}

/// What was found, by group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindView {
    /// The text that was looked for, so that a late answer is not shown for a later question.
    pub text: String,
    /// How many files fit.
    pub files_total: u32,
    /// The first of them.
    pub files: Vec<CaseRow>,
    /// How many households fit, by anybody who lives there.
    pub households_total: u32,
    /// The first of them.
    pub households: Vec<FoundHousehold>,
    /// How many entries fit.
    pub entries_total: u32,
    /// The first of them.
    pub entries: Vec<FoundEntry>,
}

/// A household with the member who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundHousehold {
    /// The household.
    pub row: HouseholdRow,
    /// The member who was found and what they are to the head; empty where the head or the address
    /// was found.
    pub member: String,
}

/// An entry of a file with the words around what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEntry {
    /// The file.
    pub case: DocumentId,
    /// Its matter.
    pub matter: String,
    /// 走访, 调解 …
    pub label: String,
    /// The words around what was found.
    pub excerpt: String,
}

/// Asks for the selections that the person signed in keeps on this device.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SavedViewsQuestion {}

/// A selection with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its name, unique on this desk.
    pub name: String,
    /// The selection.
    pub list: ListCaseFiles,
    /// How many files fit now.
    #[serde(default)]
    pub count: u32,
}

/// Keeps a selection under a name; one of the same name is replaced.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SaveView {
    /// Its name.
    pub name: String,
    /// The selection.
    pub list: ListCaseFiles,
}

/// Forgets a selection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DropView {
    /// Its name.
    pub name: String,
}
