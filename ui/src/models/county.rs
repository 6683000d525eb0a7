//! Arithmetic and addresses of 全县概况: every number is a door to the list behind it.

use yidang_api::county::{CountyView, Figure, TownshipRow};
use yidang_api::list::ListCaseFiles;
use yidang_domain::civil::{Date, date_after};

use crate::models::query::list_address;

/// The address of the list a number opens to.
#[must_use]
pub fn address(figure: &Figure) -> String {
    list_address("/cases", &figure.opens)
}

/// What stands below a figure: the part it is of, as a fraction, and from ten on as a rate too.
#[must_use]
pub fn fraction(figure: &Figure) -> Option<String> {
    let of = figure.of?;
    match of {
        0 => Some("—".to_owned()),
        1..=9 => Some(format!("{} / {of}", figure.count)),
        _ => Some(format!("{} / {of}，{}%", figure.count, per_thousand(figure.count, of))),
    }
}

fn per_thousand(part: u32, of: u32) -> String {
    let rounded = (u64::from(part) * 1000 + u64::from(of) / 2) / u64::from(of.max(1));
    format!("{}.{}", rounded / 10, rounded % 10)
}

/// One cell of the sum row: the number, and the list it opens to if that list has as many files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Sum over the townships.
    pub count: u32,
    /// Where it opens to.
    pub opens: Option<ListCaseFiles>,
}

/// The sum of one column. It opens only where the county's own figure says the same number:
/// a file that belongs to no township must not disappear behind a sum.
#[must_use]
pub fn sum(view: &CountyView, column: impl Fn(&TownshipRow) -> &Figure) -> Sum {
    let count = view.townships.iter().map(|row| column(row).count).sum();
    let queue = view.townships.first().map(|row| column(row).opens.queue);
    let whole = view
        .figures
        .iter()
        .find(|figure| Some(figure.opens.queue) == queue && figure.opens.org.is_none());
    let opens = whole.filter(|figure| figure.count == count).map(|figure| figure.opens.clone());
    Sum { count, opens }
}

/// Periods to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 今天
    Day,
    /// 本周
    Week,
    /// 本月
    Month,
    /// 今年
    Year,
}

impl Period {
    /// In the order of the buttons.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// The word on the button.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Day => "今天",
            Self::Week => "本周",
            Self::Month => "本月",
            Self::Year => "今年",
        }
    }

    /// Name in test hooks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// Its first day, seen from its last one.
    #[must_use]
    pub fn first_day(self, last: Date) -> Date {
        match self {
            Self::Day => last,
            Self::Week => {
                let since_monday = i64::from(last.weekday().to_monday_zero_offset());
                date_after(last, -since_monday)
            }
            Self::Month => last.first_of_month(),
            Self::Year => last.first_of_year(),
        }
    }
}

#[cfg(test)]
mod tests {
    use yidang_api::list::Queue;
    use yidang_domain::ids::OrgCode;

    use super::*;

    fn figure(count: u32, of: Option<u32>) -> Figure {
        Figure {
            label: "逾期".into(),
            count,
            of,
            definition: String::new(),
            opens: ListCaseFiles::of(Queue::Overdue),
        }
    }

    #[test]
    fn a_rate_stands_only_over_ten_files_or_more() {
        assert_eq!(fraction(&figure(3, Some(9))).as_deref(), Some("3 / 9"));
        assert_eq!(fraction(&figure(3, Some(47))).as_deref(), Some("3 / 47，6.4%"));
        assert_eq!(fraction(&figure(0, Some(0))).as_deref(), Some("—"));
        assert_eq!(fraction(&figure(3, None)), None);
    }

    #[test]
    fn a_week_begins_on_monday() {
        let friday = Date::constant(2026, 11, 20);
        assert_eq!(Period::Week.first_day(friday), Date::constant(2026, 11, 16));
        assert_eq!(Period::Month.first_day(friday), Date::constant(2026, 11, 1));
        assert_eq!(Period::Year.first_day(friday), Date::constant(2026, 1, 1));
    }

    fn view(county: u32, townships: &[u32]) -> CountyView {
        let row = |count: &u32| TownshipRow {
            org: OrgCode::from("t"),
            name: "张家滩镇".into(),
            open: figure(*count, None),
            to_accept: figure(0, None),
            overdue: figure(*count, None),
            closed: figure(0, None),
        };
        CountyView {
            name: "延长县".into(),
            from: Date::constant(2026, 11, 1),
            to: Date::constant(2026, 11, 20),
            as_of: None,
            figures: vec![figure(county, None)],
            townships: townships.iter().map(row).collect(),
            classes: Vec::new(),
            stages: Vec::new(),
            risks: Vec::new(),
        }
    }

    #[test]
    fn a_sum_opens_only_to_as_many_files() {
        assert!(sum(&view(3, &[1, 2]), |row| &row.overdue).opens.is_some());
        let short = sum(&view(4, &[1, 2]), |row| &row.overdue);
        assert_eq!(short.count, 3);
        assert!(short.opens.is_none());
    }
}
