//! What the last sheets said of everything, as the server keeps it.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::households::HouseholdData;
use crate::store::{ImportedRow, StoreError};

/// What the last sheet said of a household, and where its document stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidHousehold {
    /// The document.
    pub document: [u8; 16],
    /// The head of the branch that sheets write: the document as the sheets know it.
    pub heads: Vec<[u8; 32]>,
    /// What was said.
    pub data: HouseholdData,
}

/// What the last sheets said.
#[derive(Debug, Default)]
pub struct Said {
    texts: HashMap<String, String>,
    households: HashMap<String, SaidHousehold>,
}

impl Said {
    /// Out of the rows that the server keeps.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] where a row is not what was written.
    pub fn new(rows: Vec<(String, ImportedRow)>) -> Result<Self, StoreError> {
        let mut said = Self::default();
        for (thing, row) in rows {
            if thing.starts_with("household:") {
                let data = read(&row.said)?;
                let household = SaidHousehold { document: row.document, heads: row.heads, data };
                said.households.insert(thing, household);
            } else {
                said.texts.insert(thing, row.said);
            }
        }
        Ok(said)
    }

    /// The keys of all households.
    pub fn things(&self) -> impl Iterator<Item = &String> {
        self.households.keys()
    }

    /// What was said of a household.
    #[must_use]
    pub fn household(&self, thing: &str) -> Option<&HouseholdData> {
        self.households.get(thing).map(|household| &household.data)
    }

    /// What was said of a household, with its document.
    #[must_use]
    pub fn whole(&self, thing: &str) -> Option<&SaidHousehold> {
        self.households.get(thing)
    }

    /// What was said of something of the register.
    #[must_use]
    pub fn text(&self, thing: &str) -> Option<&str> {
        self.texts.get(thing).map(String::as_str)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// What is said, as the server keeps it.
///
/// # Errors
///
/// Never for the types used here.
pub fn write<T: Serialize>(what: &T) -> Result<String, StoreError> {
    serde_json::to_string(what).map_err(|error| StoreError::Damaged(error.to_string()))
}
