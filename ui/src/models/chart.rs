//! Bars as a drawing: their places and lengths. The table beside them says the same in figures.

use yidang_api::county::Figure;
use yidang_domain::facts::Risk;

/// Width of the drawing.
pub const WIDTH: u32 = 360;
/// Height of one row.
pub const ROW: u32 = 26;
/// Where bars begin.
pub const LEFT: u32 = 100;
/// The longest bar.
const LONGEST: u32 = 216;
/// How many characters of a word fit before the bar.
const WORD: usize = 7;

/// One bar as drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarMark {
    /// The word before it, shortened where it does not fit.
    pub word: String,
    /// Its number.
    pub count: u32,
    /// Upper edge of its row.
    pub y: u32,
    /// Its length.
    pub length: u32,
    /// The class that colours it; nothing for the usual colour.
    pub class: &'static str,
}

/// The bars of these figures, in their order. A number that is not zero is always seen.
#[must_use]
pub fn marks(figures: &[Figure]) -> Vec<BarMark> {
    let most = figures.iter().map(|figure| figure.count).max().unwrap_or(0).max(1);
    let rows = figures.iter().zip((0_u32..).map(|row| row * ROW));
    rows.map(|(figure, y)| {
        let length = u64::from(figure.count) * u64::from(LONGEST) / u64::from(most);
        let length = u32::try_from(length).unwrap_or(LONGEST);
        let length = if figure.count > 0 { length.max(2) } else { 0 };
        BarMark { word: cut(&figure.label), count: figure.count, y, length, class: class(figure) }
    })
    .collect()
}

/// Bars of a risk wear its colour.
fn class(figure: &Figure) -> &'static str {
    let risk = Risk::ALL.into_iter().find(|risk| risk.label() == figure.label);
    match risk.map(u8::from) {
        Some(1) => "r1",
        Some(2) => "r2",
        Some(3) => "r3",
        Some(4) => "r4",
        _ => "",
    }
}

fn cut(label: &str) -> String {
    if label.chars().count() <= WORD {
        return label.to_owned();
    }
    label.chars().take(WORD - 1).chain(['…']).collect()
}

/// What the drawing shows.
#[must_use]
pub fn view_box(rows: usize) -> String {
    let rows = u32::try_from(rows).unwrap_or(1).max(1);
    format!("0 0 {WIDTH} {}", rows.saturating_mul(ROW))
}

/// The bars in one sentence.
#[must_use]
pub fn spoken(title: &str, figures: &[Figure]) -> String {
    let parts: Vec<_> =
        figures.iter().map(|figure| format!("{} {}", figure.label, figure.count)).collect();
    format!("{title}：{}", parts.join("，"))
}

/// The part of the whole: a percentage only over ten files or more, a dash where there is nothing.
#[must_use]
pub fn share(count: u32, whole: u32) -> String {
    match whole {
        0 => "—".to_owned(),
        1..=9 => format!("{count} / {whole}"),
        _ => {
            let rounded = (u64::from(count) * 1000 + u64::from(whole) / 2) / u64::from(whole);
            format!("{}.{}%", rounded / 10, rounded % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use yidang_api::list::{ListCaseFiles, Queue};

    use super::*;

    fn figure(label: &str, count: u32) -> Figure {
        Figure {
            label: label.into(),
            count,
            of: None,
            definition: String::new(),
            opens: ListCaseFiles::of(Queue::Open),
        }
    }

    #[test]
    fn the_longest_bar_is_full_and_a_small_one_is_seen() {
        let bars = marks(&[figure("邻里", 1000), figure("合同", 1), figure("其他", 0)]);
        assert_eq!(bars.iter().map(|bar| bar.length).collect::<Vec<_>>(), [LONGEST, 2, 0]);
        assert_eq!(bars.iter().map(|bar| bar.y).collect::<Vec<_>>(), [0, ROW, 2 * ROW]);
        assert!(marks(&[]).is_empty());
        assert_eq!(marks(&[figure("邻里", 0)])[0].length, 0);
    }

    #[test]
    fn long_words_are_cut_and_risks_wear_their_colour() {
        let bars = marks(&[figure("山林土地权属纠纷", 1), figure(Risk::ALL[0].label(), 1)]);
        assert_eq!(bars[0].word, "山林土地权属…");
        assert_eq!((bars[0].class, bars[1].class), ("", "r1"));
    }

    #[test]
    fn a_share_of_few_is_a_fraction() {
        assert_eq!(share(3, 9), "3 / 9");
        assert_eq!(share(26, 92), "28.3%");
        assert_eq!(share(0, 0), "—");
    }

    #[test]
    fn bars_are_told_in_words() {
        let bars = [figure("邻里", 2), figure("合同", 1)];
        assert_eq!(spoken("按类别", &bars), "按类别：邻里 2，合同 1");
        assert_eq!(view_box(2), "0 0 360 52");
        assert_eq!(view_box(0), "0 0 360 26");
    }
}
