//! What a search index finds: a set of row numbers, gathered in one pass.
//!
//! The engine would look each of them up in its table again for every list and every count. Numbers
//! are dense, so a set of 20,000 is 2.5 KB, and asking it costs nothing beside a row of an index.

use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params_from_iter};

use super::StoreError;

/// Up to so many are looked up one by one; more are met while walking through a list in its order.
const FEW: usize = 250;

/// Rows that were found.
pub(super) struct Hits {
    bits: Vec<u64>,
    count: usize,
}

impl Hits {
    /// Runs `sql`, which gives row numbers that fit the query `?1`.
    pub fn of(connection: &Connection, sql: &str, query: &str) -> Result<Self, StoreError> {
        let mut hits = Self { bits: Vec::new(), count: 0 };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([query])?;
        while let Some(row) = rows.next()? {
            hits.put(row.get(0)?);
        }
        Ok(hits)
    }

    fn put(&mut self, number: i64) {
        let Some((word, bit)) = place(number) else { return };
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        if let Some(bits) = self.bits.get_mut(word)
            && *bits & bit == 0
        {
            *bits |= bit;
            self.count += 1;
        }
    }

    /// Walks through the numbers that a statement gives; says how many of them were found, and gives
    /// those of one page. Where that number is `known` before, it walks no farther than the page.
    pub fn page(
        &self,
        statement: &mut Statement<'_>,
        values: impl IntoIterator<Item = Value>,
        known: Option<u32>,
        offset: u32,
        limit: u32,
    ) -> Result<(u32, Vec<i64>), StoreError> {
        let (mut seen, mut page) = (0_u32, Vec::new());
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let number = row.get(0)?;
            if !self.has(number) {
                continue;
            }
            if seen >= offset && page.len() < limit as usize {
                page.push(number);
            }
            seen += 1;
            if let Some(known) = known
                && page.len() >= limit as usize
            {
                return Ok((known, page));
            }
        }
        Ok((known.unwrap_or(seen), page))
    }

    /// Whether this row was found.
    fn has(&self, number: i64) -> bool {
        place(number).and_then(|(word, bit)| Some(self.bits.get(word)? & bit != 0)).unwrap_or(false)
    }

    /// How many were found.
    pub fn count(&self) -> u32 {
        u32::try_from(self.count).unwrap_or(u32::MAX)
    }

    /// All of them as a JSON list, where they are few.
    pub fn few(&self) -> Option<String> {
        (self.count <= FEW).then(|| list(self.numbers()))
    }

    fn numbers(&self) -> impl Iterator<Item = i64> {
        self.bits.iter().enumerate().flat_map(|(word, bits)| {
            (0..u64::BITS as usize)
                .filter(move |bit| (bits >> bit) & 1 == 1)
                .filter_map(move |bit| i64::try_from(word * u64::BITS as usize + bit).ok())
        })
    }
}

/// Numbers as a JSON list.
pub(super) fn list(numbers: impl Iterator<Item = i64>) -> String {
    serde_json::Value::from(numbers.collect::<Vec<i64>>()).to_string()
}

fn place(number: i64) -> Option<(usize, u64)> {
    let number = usize::try_from(number).ok()?;
    let bits = u64::BITS as usize;
    Some((number / bits, 1 << (number % bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_in_the_set_once() {
        let mut hits = Hits { bits: Vec::new(), count: 0 };
        for number in [3, 64, 3, 200, -1] {
            hits.put(number);
        }
        assert_eq!(hits.count(), 3);
        assert!(hits.has(64) && !hits.has(65) && !hits.has(100_000) && !hits.has(-1));
        assert_eq!(hits.few().as_deref(), Some("[3,64,200]"));
    }

    #[test]
    fn many_are_not_told_one_by_one() {
        let mut hits = Hits { bits: Vec::new(), count: 0 };
        (0..1_000).for_each(|number| hits.put(number));
        assert_eq!((hits.few(), hits.count()), (None, 1_000));
    }
}
