//! Which rows of a long list are drawn: those in sight and a few around them.

use std::ops::Range;

/// Rows drawn above and below what is in sight, so that a thumb never sees an empty strip.
const AROUND: usize = 8;

/// Lists up to this length are drawn whole.
pub const WHOLE: usize = 80;

/// The rows that are drawn of `count`, each `height` high, where the list begins `above` pixels over
/// the upper edge of what is in sight (negative while it begins below it).
#[must_use]
pub fn drawn(count: usize, height: f64, above: f64, sight: f64) -> Range<usize> {
    if count <= WHOLE || height <= 0.0 {
        return 0..count;
    }
    let first = whole(above / height).min(count);
    let seen = whole(sight / height).saturating_add(2);
    first.saturating_sub(AROUND)..first.saturating_add(seen).saturating_add(AROUND).min(count)
}

/// Whether the end of the list comes into sight, so that more of it is asked for.
#[must_use]
pub const fn is_near_end(drawn: &Range<usize>, count: usize) -> bool {
    drawn.end.saturating_add(AROUND) >= count
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels of a screen, cut at zero"
)]
fn whole(rows: f64) -> usize {
    rows.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_list_is_drawn_whole() {
        assert_eq!(drawn(80, 64.0, 0.0, 700.0), 0..80);
        assert_eq!(drawn(500, 0.0, 0.0, 700.0), 0..500);
    }

    #[test]
    fn a_long_list_is_drawn_where_one_looks() {
        assert_eq!(drawn(1000, 64.0, -200.0, 640.0), 0..20);
        assert_eq!(drawn(1000, 64.0, 6400.0, 640.0), 92..120);
    }

    #[test]
    fn nothing_is_drawn_past_the_end() {
        let last = drawn(1000, 64.0, 1.0e9, 640.0);
        assert_eq!(last.end, 1000);
        assert!(last.start < 1000);
        assert!(is_near_end(&last, 1000));
        assert!(!is_near_end(&drawn(1000, 64.0, 0.0, 640.0), 1000));
    }
}
