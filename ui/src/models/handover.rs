//! 交接清单: which grids are handed over, what lies in them, and how it is said.

use yidang_api::places::{HandedFile, HandedGrid, HandoverView};
use yidang_domain::civil::Date;
use yidang_domain::ids::OrgCode;

/// Grids with a number of households that the server counted.
pub type Counted = [(OrgCode, u32)];

/// The chosen grids after a press on one of them. The last one stays: a list of nothing is no list.
#[must_use]
pub fn toggled(grids: &[HandedGrid], org: &OrgCode) -> Vec<OrgCode> {
    let chosen = |grid: &&HandedGrid| grid.chosen != (grid.row.org == *org);
    let now: Vec<OrgCode> = grids.iter().filter(chosen).map(|grid| grid.row.org.clone()).collect();
    if now.is_empty() { vec![org.clone()] } else { now }
}

/// Whether the files of a grid are in the list.
#[must_use]
pub fn is_chosen(grids: &[HandedGrid], org: &OrgCode) -> bool {
    grids.iter().any(|grid| grid.chosen && grid.row.org == *org)
}

/// The same grids, none of them chosen: what does not change while somebody chooses.
#[must_use]
pub fn unchosen(grids: &[HandedGrid]) -> Vec<HandedGrid> {
    grids.iter().map(|grid| HandedGrid { chosen: false, ..grid.clone() }).collect()
}

/// Every grid that was ever theirs.
#[must_use]
pub fn all_of(grids: &[HandedGrid]) -> Vec<OrgCode> {
    grids.iter().map(|grid| grid.row.org.clone()).collect()
}

/// The grids whose households this device does not hold.
#[must_use]
pub fn uncounted(view: &HandoverView) -> Vec<OrgCode> {
    let unknown = view.grids.iter().filter(|grid| grid.households.is_none());
    unknown.map(|grid| grid.row.org.clone()).collect()
}

/// How many households a grid has, from this device or from the server; nothing while neither knows.
#[must_use]
pub fn households(grid: &HandedGrid, counted: &Counted) -> Option<u32> {
    let from_server = || counted.iter().find(|(org, _)| *org == grid.row.org);
    grid.households.or_else(|| from_server().map(|(_, count)| *count))
}

/// 2 个网格，171 户，未销号 14 件，待履行的约定 3 项, of the chosen grids. Households are left out until all
/// of them are counted.
#[must_use]
pub fn sum_words(grids: &[HandedGrid], counted: &Counted) -> String {
    let chosen: Vec<&HandedGrid> = grids.iter().filter(|grid| grid.chosen).collect();
    let sum = |of: fn(&HandedGrid) -> u32| chosen.iter().map(|grid| of(grid)).sum::<u32>();
    let (open, promised) = (sum(|grid| grid.row.open_files), sum(|grid| grid.promised));
    let households: Option<u32> = chosen.iter().map(|grid| households(grid, counted)).sum();
    let households = households.map(|count| format!("{count} 户，")).unwrap_or_default();
    let count = chosen.len();
    format!("{count} 个网格，{households}未销号 {open} 件，待履行的约定 {promised} 项")
}

fn whole_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// 2025年1月1日起; 2025年1月1日起，到2026年3月31日，已结束
#[must_use]
pub fn post_words(grid: &HandedGrid) -> String {
    let from = format!("{}起", whole_date(grid.from));
    match (grid.to, grid.ended) {
        (Some(to), true) => format!("{from}，到{}，已结束", whole_date(to)),
        (Some(to), false) => format!("{from}，到{}", whole_date(to)),
        (None, _) => from,
    }
}

/// The files of each chosen grid under its name, in the order of the grids. A grid without files has no
/// group.
#[must_use]
pub fn groups(view: &HandoverView) -> Vec<(String, Vec<HandedFile>)> {
    let of = |grid: &HandedGrid| {
        let files = view.files.iter().filter(|file| file.row.grid == grid.row.org);
        (format!("{} {}", grid.row.village, grid.row.name), files.cloned().collect::<Vec<_>>())
    };
    view.grids.iter().map(of).filter(|(_, files)| !files.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use yidang_api::list::{ListCaseFiles, Queue};
    use yidang_api::places::GridRow;

    use super::*;
    use crate::models::sample;

    fn grid(code: &str, chosen: bool, households: Option<u32>) -> HandedGrid {
        let row = GridRow {
            org: code.into(),
            name: format!("第{code}网格"),
            kind: None,
            village: "下盘石村".into(),
            township: "张家滩镇".into(),
            workers: Vec::new(),
            aliases: Vec::new(),
            manager: String::new(),
            open_files: 7,
            teams: Vec::new(),
        };
        HandedGrid {
            row,
            from: Date::constant(2025, 1, 1),
            to: None,
            ended: false,
            chosen,
            households,
            promised: 1,
            opens: ListCaseFiles::of(Queue::Open),
        }
    }

    /// 张试三 hands over grids 8 and 9.
    fn both() -> Vec<HandedGrid> {
        vec![grid("8", true, Some(80)), grid("9", true, None)]
    }

    #[test]
    fn grids_are_chosen_one_by_one_and_the_last_one_stays() {
        let grids = both();
        assert_eq!(toggled(&grids, &"8".into()), [OrgCode::from("9")]);
        let one = [grid("8", true, None), grid("9", false, None)];
        assert_eq!(toggled(&one, &"8".into()), [OrgCode::from("8")]);
        assert_eq!(toggled(&one, &"9".into()), all_of(&grids));
        assert!(is_chosen(&one, &"8".into()) && !is_chosen(&one, &"9".into()));
        let other = [grid("8", false, Some(80)), grid("9", true, None)];
        assert_eq!(unchosen(&both()), unchosen(&other));
    }

    #[test]
    fn households_are_summed_once_every_grid_is_counted() {
        let grids = both();
        let without = "2 个网格，未销号 14 件，待履行的约定 2 项";
        assert_eq!(sum_words(&grids, &[]), without);
        let counted = [(OrgCode::from("9"), 91)];
        let whole = "2 个网格，171 户，未销号 14 件，待履行的约定 2 项";
        assert_eq!(sum_words(&grids, &counted), whole);
        let view = HandoverView { name: "张试三".into(), grids, files: Vec::new() };
        assert_eq!(uncounted(&view), [OrgCode::from("9")]);
    }

    #[test]
    fn a_post_that_ended_says_so() {
        let mut one = grid("8", true, None);
        assert_eq!(post_words(&one), "2025年1月1日起");
        one.to = Some(Date::constant(2026, 3, 31));
        assert_eq!(post_words(&one), "2025年1月1日起，到2026年3月31日");
        one.ended = true;
        assert_eq!(post_words(&one), "2025年1月1日起，到2026年3月31日，已结束");
    }

    #[test]
    fn files_stand_under_the_grid_in_which_they_lie() {
        let file = |org: &str| HandedFile {
            row: yidang_api::list::CaseRow { grid: org.into(), ..sample::row() },
            promised: None,
        };
        let files = vec![file("9"), file("8"), file("9")];
        let view = HandoverView { name: "张试三".into(), grids: both(), files };
        let groups: Vec<(String, usize)> =
            groups(&view).into_iter().map(|(name, files)| (name, files.len())).collect();
        let expected = [("下盘石村 第8网格".to_owned(), 1), ("下盘石村 第9网格".to_owned(), 2)];
        assert_eq!(groups, expected);
    }
}
