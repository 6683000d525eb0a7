//! Which rows of a long list are drawn: those in sight and a few around them. Rows are as high as
//! their words need; where a row was never drawn, it counts as high as the others were on average.

use std::ops::Range;

/// Rows drawn above and below what is in sight, so that a thumb never sees an empty strip.
const AROUND: usize = 8;

/// Lists up to this length are drawn whole.
pub const WHOLE: usize = 80;

/// Rows drawn before anything was measured.
const FIRST: usize = 30;

/// What is known about the heights of a list's rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heights {
    /// Of each row; zero where it was never drawn.
    rows: Vec<f64>,
    sum: f64,
    drawn: u32,
}

impl Heights {
    /// The list has so many rows now.
    pub fn resize(&mut self, count: usize) {
        for height in self.rows.drain(count.min(self.rows.len())..) {
            if height > 0.0 {
                self.sum -= height;
                self.drawn = self.drawn.saturating_sub(1);
            }
        }
        self.rows.resize(count, 0.0);
    }

    /// Forgets what was measured: the window is another one, or its letters are.
    pub fn forget(&mut self) {
        let count = self.rows.len();
        *self = Self::default();
        self.resize(count);
    }

    /// Takes the height of a row that is drawn. Whether it is news.
    pub fn measured(&mut self, index: usize, height: f64) -> bool {
        let Some(known) = self.rows.get_mut(index) else { return false };
        // Browsers round: less than a pixel is no news.
        if height <= 0.0 || (*known - height).abs() < 1.0 {
            return false;
        }
        if *known <= 0.0 {
            self.drawn = self.drawn.saturating_add(1);
        }
        self.sum += height - *known;
        *known = height;
        true
    }

    /// How high a row counts that was never drawn; zero before anything was measured.
    #[must_use]
    pub fn guess(&self) -> f64 {
        if self.drawn == 0 { 0.0 } else { self.sum / f64::from(self.drawn) }
    }

    /// How much room these rows take.
    #[must_use]
    pub fn space(&self, range: Range<usize>) -> f64 {
        let guess = self.guess();
        let rows = self.rows.get(range).unwrap_or_default();
        rows.iter().map(|height| if *height > 0.0 { *height } else { guess }).sum()
    }

    /// The rows that are drawn, where the list begins `above` pixels over the upper edge of what is
    /// in sight (negative while it begins below it), which is `sight` high.
    #[must_use]
    pub fn drawn(&self, above: f64, sight: f64) -> Range<usize> {
        let count = self.rows.len();
        if count <= WHOLE {
            return 0..count;
        }
        let guess = self.guess();
        if guess <= 0.0 {
            return 0..FIRST.min(count);
        }
        let (mut top, mut first, mut end) = (0.0, count, count);
        for (index, height) in self.rows.iter().enumerate() {
            let bottom = top + if *height > 0.0 { *height } else { guess };
            if first == count && bottom > above {
                first = index;
            }
            if top > above + sight {
                end = index;
                break;
            }
            top = bottom;
        }
        first.saturating_sub(AROUND)..end.saturating_add(AROUND).min(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(count: usize, height: f64) -> Heights {
        let mut heights = Heights::default();
        heights.resize(count);
        for index in 0..FIRST.min(count) {
            heights.measured(index, height);
        }
        heights
    }

    #[test]
    fn a_short_list_is_drawn_whole() {
        assert_eq!(list(80, 64.0).drawn(0.0, 700.0), 0..80);
    }

    #[test]
    fn before_anything_is_measured_a_screen_is_drawn() {
        assert_eq!(list(500, 0.0).drawn(0.0, 700.0), 0..FIRST);
    }

    #[test]
    fn a_long_list_is_drawn_where_one_looks() {
        assert_eq!(list(1000, 64.0).drawn(-200.0, 640.0), 0..15);
        assert_eq!(list(1000, 64.0).drawn(6400.0, 640.0), 92..119);
    }

    #[test]
    fn a_high_row_takes_its_room() {
        let mut heights = list(1000, 64.0);
        assert!(heights.measured(3, 164.0));
        assert!(!heights.measured(3, 164.4), "no news");
        let guess = heights.guess();
        assert!(guess > 64.0 && guess < 70.0, "{guess}");
        let space = heights.space(0..5);
        assert!((space - 420.0).abs() < 0.01, "{space}");
    }

    #[test]
    fn a_list_that_became_shorter_forgets_its_tail() {
        let mut heights = list(1000, 64.0);
        heights.measured(900, 640.0);
        heights.resize(100);
        assert!((heights.guess() - 64.0).abs() < 0.01);
        heights.forget();
        assert_eq!(heights.drawn(0.0, 640.0), 0..FIRST);
    }

    #[test]
    fn nothing_is_drawn_past_the_end() {
        let last = list(1000, 64.0).drawn(1.0e9, 640.0);
        assert_eq!(last.end, 1000);
        assert!(last.start > 900);
    }
}
