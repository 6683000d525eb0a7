//! Official numbers: one for each file, none twice.

use std::collections::{BTreeMap, BTreeSet};

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
    let mut series: BTreeMap<(String, i16), BTreeSet<u32>> = BTreeMap::new();
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
        series.entry(key).or_default().insert(number);
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
        if let Some((count, first, last)) = missing(&numbers) {
            findings.note(format!(
                "{count} numbers of {committee} {year} are nobody's, from {first} to {last}: they were \
                 issued and lost with the file, or the file waits to be healed"
            ));
        }
    }
    Ok(())
}

/// How many numbers below the last one are nobody's, with the first and the last of them. A number whose
/// bits flipped may be four milliards: nothing is counted one by one.
fn missing(numbers: &BTreeSet<u32>) -> Option<(u64, u32, u32)> {
    let (mut count, mut first, mut last) = (0_u64, None, 0);
    let mut before = 0;
    for number in numbers.iter().copied().filter(|number| *number > 0) {
        if let Some(gap @ 1..) = (number - 1).checked_sub(before) {
            count += u64::from(gap);
            first.get_or_insert(before + 1);
            last = number - 1;
        }
        before = number;
    }
    first.map(|first| (count, first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_became_four_milliards_is_counted_at_once() {
        let of = |numbers: &[u32]| missing(&numbers.iter().copied().collect());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[1, 2, 3]), None);
        assert_eq!(of(&[2, 3, 6]), Some((3, 1, 5)));
        assert_eq!(of(&[0, 1, u32::MAX]), Some((u64::from(u32::MAX) - 2, 2, u32::MAX - 1)));
    }
}
