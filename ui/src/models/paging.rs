//! A long list is asked for in pages.

use std::ops::Range;

/// Rows of one page.
pub const PAGE: u32 = 100;

/// Pages kept above and below what is in sight.
const KEPT: u32 = 4;

/// On which page a row stands, and where on it.
#[must_use]
pub fn place(index: usize) -> (u32, usize) {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let at = usize::try_from(index % PAGE).unwrap_or(0);
    (index / PAGE, at)
}

/// The pages with these rows; the first one where there are none.
#[must_use]
pub fn pages_of(rows: &Range<usize>) -> Range<u32> {
    let first = place(rows.start).0;
    let last = place(rows.end.saturating_sub(1)).0;
    first..last.max(first).saturating_add(1)
}

/// The pages that are kept while these rows are in sight.
#[must_use]
pub fn around(rows: &Range<usize>) -> Range<u32> {
    let seen = pages_of(rows);
    seen.start.saturating_sub(KEPT)..seen.end.saturating_add(KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_on_pages() {
        assert_eq!(place(0), (0, 0));
        assert_eq!(place(99), (0, 99));
        assert_eq!(place(12_345), (123, 45));
    }

    #[test]
    fn pages_in_sight_are_asked_for_and_their_neighbours_kept() {
        assert_eq!(pages_of(&(0..0)), 0..1);
        assert_eq!(pages_of(&(0..100)), 0..1);
        assert_eq!(pages_of(&(90..120)), 0..2);
        assert_eq!(around(&(1_000..1_030)), 6..15);
    }
}
