//! Official numbers: one for each file, none twice.

use std::collections::BTreeMap;

use yidang_documents::Projection;
use yidang_domain::entry::Entry;

use super::documents::place;
use super::{Cure, Findings, Ground};
use crate::judge::number::CaseNumber;
use crate::store::{NumberRow, StoreError};

/// What the documents say about numbers.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Every number that was ever written into a document.
    written: BTreeMap<[u8; 16], Vec<String>>,
    /// The number that counts.
    shown: BTreeMap<[u8; 16], String>,
}

impl Said {
    /// Takes what one document says.
    pub fn read(&mut self, id: [u8; 16], projection: &Projection) {
        let Projection::CaseFile(case) = projection else { return };
        let entries = case.common.entries.iter().filter_map(|row| row.entry());
        let numbers = entries.filter_map(|entry| match entry {
            Entry::NumberIssued { number } => Some(number.clone()),
            _ => None,
        });
        self.written.entry(id).or_default().extend(numbers);
        if let Some(number) = &case.number {
            self.shown.insert(id, number.clone());
        }
    }

    fn says(&self, id: &[u8; 16], number: &str) -> bool {
        self.written.get(id).is_some_and(|all| all.iter().any(|one| one == number))
    }
}

/// Compares the register of numbers with the documents.
pub(super) fn check(
    ground: &Ground<'_>,
    said: &Said,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut held: BTreeMap<String, [u8; 16]> = BTreeMap::new();
    let mut of: BTreeMap<[u8; 16], String> = BTreeMap::new();
    let mut series: BTreeMap<(String, i16), Vec<u32>> = BTreeMap::new();
    for row in ground.db.numbers()? {
        let (document, key) = (row.document, (row.committee.clone(), row.year));
        let NumberRow { committee, year, number, .. } = row;
        let text = CaseNumber { committee, year, number }.to_string();
        // A number that was given stays given, whatever became of its file.
        let is_erased = ground.erased.contains_key(&document);
        if !is_erased && !said.says(&document, &text) {
            let what = format!("held for {}, which does not say so", place(document));
            findings.find(format!("number {text}"), what, Cure::Restore);
        }
        if let Some(other) = of.insert(document, text.clone()) {
            findings.find(
                place(document),
                format!("has two numbers, {other} and {text}"),
                Cure::Paper,
            );
        }
        series.entry(key).or_default().push(number);
        held.insert(text, document);
    }
    for (document, number) in &said.shown {
        // What is not printed like ours was never issued by a register.
        if CaseNumber::parse(number).is_none() {
            continue;
        }
        match held.get(number) {
            Some(holder) if holder == document => {}
            Some(holder) => {
                let what = format!("its number {number} is that of {}", place(*holder));
                findings.find(place(*document), what, Cure::Paper);
            }
            None => {
                let what = format!("its number {number} is not in the register of numbers");
                findings.find(place(*document), what, Cure::Rebuild);
            }
        }
    }
    for ((committee, year), numbers) in series {
        let last = numbers.iter().copied().max().unwrap_or(0);
        let missing: Vec<u32> = (1..last).filter(|number| !numbers.contains(number)).collect();
        if let (Some(first), Some(last)) = (missing.first(), missing.last()) {
            findings.note(format!(
                "{} numbers of {committee} {year} are nobody's, from {first} to {last}: they were \
                 issued and lost with the file, or the file waits to be healed",
                missing.len()
            ));
        }
    }
    Ok(())
}
