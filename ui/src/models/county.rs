//! Arithmetic and addresses of 全县概况: every number is a door to the list behind it.

use yidang_api::county::{CountyView, Figure, TownshipRow};
use yidang_api::list::{ListCaseFiles, Queue};
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

/// A sum: the number, and the list it opens to if that list has as many files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The sum.
    pub count: u32,
    /// Where it opens to.
    pub opens: Option<ListCaseFiles>,
}

/// The sum of one column. It opens only where the county's own figure says the same number:
/// a file that belongs to no township must not disappear behind a sum.
#[must_use]
pub fn sum(view: &CountyView, column: impl Fn(&TownshipRow) -> &Figure) -> Sum {
    sum_of(view, view.townships.iter().map(column))
}

/// The sum of figures that take one list apart, by township, class, stage or risk.
#[must_use]
pub fn sum_of<'a>(view: &CountyView, figures: impl Iterator<Item = &'a Figure>) -> Sum {
    let figures: Vec<&Figure> = figures.collect();
    let count = figures.iter().map(|figure| figure.count).sum();
    let mut queues = figures.iter().map(|figure| figure.opens.queue);
    let first = queues.next();
    // Figures of different stages are together all files there are.
    let queue = if queues.all(|queue| Some(queue) == first) { first } else { Some(Queue::All) };
    match queue {
        Some(queue) => sum_in(view, queue, count),
        None => Sum { count, opens: None },
    }
}

/// `count` files of a queue, as they were added up. It opens where the queue has as many.
#[must_use]
pub fn sum_in(view: &CountyView, queue: Queue, count: u32) -> Sum {
    let is_all = whole(view, queue) == Some(count);
    Sum { count, opens: is_all.then(|| ListCaseFiles::of(queue)) }
}

/// How many files a queue has in all, as far as the view says it.
fn whole(view: &CountyView, queue: Queue) -> Option<u32> {
    if queue == Queue::All {
        return view.figures.iter().find_map(|figure| figure.of);
    }
    let known = view.figures.iter().chain(&view.stages);
    let mut known = known.filter(|figure| figure.opens == ListCaseFiles::of(queue));
    known.next().map(|figure| figure.count)
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

    /// 郝演十 presses 合计 below the classes: all files, and as many as the sum says.
    #[test]
    fn the_sum_of_all_classes_and_of_all_stages_opens_to_all_files() {
        let of = |queue, count| Figure { opens: ListCaseFiles::of(queue), ..figure(count, None) };
        let mut view = view(3, &[]);
        view.figures = vec![figure(3, Some(10))];
        view.stages = vec![of(Queue::InWork, 6), of(Queue::Closed, 4)];
        let by_stage = sum_of(&view, view.stages.iter());
        assert_eq!(by_stage, Sum { count: 10, opens: Some(ListCaseFiles::of(Queue::All)) });
        let classes = [of(Queue::All, 7), of(Queue::All, 3)];
        assert_eq!(sum_of(&view, classes.iter()).opens, Some(ListCaseFiles::of(Queue::All)));
        // One file of a class nobody knows: the sum is not all files, and does not say that it is.
        assert_eq!(sum_of(&view, classes[..1].iter()).opens, None);
        let closed = [of(Queue::Closed, 1), of(Queue::Closed, 3)];
        assert_eq!(sum_of(&view, closed.iter()).opens, Some(ListCaseFiles::of(Queue::Closed)));
    }

    /// 办结 counts those of the period; the column 已销号 counts all of them, and opens to all.
    #[test]
    fn a_sum_does_not_open_to_the_list_of_a_period() {
        let mut view = view(3, &[]);
        let closed = ListCaseFiles::of(Queue::Closed);
        let from = Some(Date::constant(2026, 11, 1));
        let of_period = ListCaseFiles { closed_from: from, ..closed.clone() };
        view.figures = vec![Figure { opens: of_period, ..figure(4, None) }];
        let column = [Figure { opens: closed, ..figure(4, None) }];
        assert_eq!(sum_of(&view, column.iter()).opens, None);
    }
}
