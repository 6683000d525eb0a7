//! 我的格: what a row says of a household, and how far the month has got.

use yidang_api::household::{GridName, GridView, HouseholdFilter, HouseholdRow};
use yidang_domain::civil::Date;
use yidang_domain::org::bare_name;

use crate::models::timeline::long_date;

/// The address of 我的格 with what was searched for last. The words do not stand in it: browsers keep
/// addresses.
pub const SEARCHED: &str = "/grid?search=1";

/// The word of a filter in test hooks.
#[must_use]
pub const fn filter_name(filter: HouseholdFilter) -> &'static str {
    match filter {
        HouseholdFilter::All => "all",
        HouseholdFilter::ToSee => "to_see",
        HouseholdFilter::WithFiles => "with_files",
        HouseholdFilter::WithNeeds => "with_needs",
        HouseholdFilter::Clashing => "clashing",
    }
}

/// How many fit a filter.
#[must_use]
pub fn count_of(view: &GridView, filter: HouseholdFilter) -> u32 {
    view.counts.iter().find(|(known, _)| *known == filter).map_or(0, |(_, count)| *count)
}

/// 全部 12 户, 该去了 4
#[must_use]
pub fn filter_words(view: &GridView, filter: HouseholdFilter) -> String {
    let unit = if filter == HouseholdFilter::All { " 户" } else { "" };
    format!("{} {}{unit}", filter.label(), count_of(view, filter))
}

/// 下盘石村 第7网格; several grids by their number.
#[must_use]
pub fn place_words(grids: &[GridName]) -> String {
    match grids {
        [] => String::new(),
        [one] => format!("{} {}", one.village, one.name).trim().to_owned(),
        [first, rest @ ..] => {
            let same = rest.iter().all(|grid| grid.village == first.village);
            let village = if same { format!("{} ", first.village) } else { String::new() };
            format!("{village}{} 个网格", grids.len())
        }
    }
}

/// How far the month has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walked {
    /// Seen this month.
    pub seen: u32,
    /// Not yet.
    pub left: u32,
    /// The share of those seen, in per cent.
    pub percent: u32,
}

impl Walked {
    /// The households its words lead to: those that are left, and all once none is.
    #[must_use]
    pub const fn opens(self) -> HouseholdFilter {
        if self.left == 0 { HouseholdFilter::All } else { HouseholdFilter::ToSee }
    }
}

/// How far the month has got in `view`; nothing where no household is held.
#[must_use]
pub fn walked(view: &GridView) -> Option<Walked> {
    let left = count_of(view, HouseholdFilter::ToSee);
    let all = count_of(view, HouseholdFilter::All).max(view.seen.saturating_add(left));
    let percent = view.seen.saturating_mul(100).checked_div(all)?.min(100);
    Some(Walked { seen: view.seen, left, percent })
}

/// 本月已走 8 户，还有 4 户
#[must_use]
pub fn walked_words(walked: Walked) -> String {
    if walked.left == 0 {
        format!("本月 {} 户都走过了", walked.seen)
    } else {
        format!("本月已走 {} 户，还有 {} 户", walked.seen, walked.left)
    }
}

/// 11月18日去过 · 果园地界; 本月还没去 · 上次 10月21日
#[must_use]
pub fn row_words(row: &HouseholdRow) -> String {
    let seen = match (row.to_see, row.seen_on) {
        (false, Some(on)) => format!("{}去过", long_date(on)),
        (false, None) => String::new(),
        (true, Some(on)) => format!("本月还没去 · 上次 {}", long_date(on)),
        (true, None) => "本月还没去".to_owned(),
    };
    let needs = row.needs.trim();
    match (seen.is_empty(), needs.is_empty()) {
        (_, true) if seen.is_empty() => row.address.clone(),
        (_, true) => seen,
        (true, false) => needs.to_owned(),
        (false, false) => format!("{seen} · {needs}"),
    }
}

/// 4 口, or a word where nobody was written down yet.
#[must_use]
pub fn people_words(people: u32) -> String {
    if people == 0 { "人口没写".to_owned() } else { format!("{people} 口") }
}

/// The name of a village on a door plate: three characters fit, no township does.
#[must_use]
pub fn plate_village(village: &str) -> String {
    let village = bare_name(village);
    let short = village.strip_suffix(['村', '社']).filter(|rest| !rest.is_empty());
    short.unwrap_or(village).chars().take(4).collect()
}

/// What stands on a door plate; a dash where no number was written.
#[must_use]
pub fn plate_number(door_plate: &str) -> &str {
    if door_plate.is_empty() { "—" } else { door_plate }
}

/// The day somebody was last there, in words.
#[must_use]
pub fn seen_words(on: Option<Date>) -> String {
    on.map_or_else(|| "还没有记过入户".to_owned(), |on| format!("上次入户 {}", long_date(on)))
}

#[cfg(test)]
mod tests {
    use yidang_domain::ids::OrgCode;

    use super::*;
    use crate::models::sample::household;

    fn view(seen: u32, to_see: u32) -> GridView {
        GridView {
            grids: Vec::new(),
            counts: vec![(HouseholdFilter::All, seen + to_see), (HouseholdFilter::ToSee, to_see)],
            seen,
            total: 0,
            rows: Vec::new(),
            may_add: true,
        }
    }

    #[test]
    fn a_row_says_when_somebody_was_there_and_what_is_needed() {
        let mut one = household();
        assert_eq!(row_words(&one), "本月还没去");
        one.seen_on = Some(Date::constant(2026, 10, 21));
        one.needs = "要代办慢病药".into();
        assert_eq!(row_words(&one), "本月还没去 · 上次 10月21日 · 要代办慢病药");
        one.to_see = false;
        one.needs = String::new();
        assert_eq!(row_words(&one), "10月21日去过");
    }

    #[test]
    fn the_month_is_counted_and_an_empty_grid_divides_by_nothing() {
        let walked = walked(&view(8, 4)).unwrap();
        assert_eq!(walked.percent, 66);
        assert_eq!(walked_words(walked), "本月已走 8 户，还有 4 户");
        assert_eq!(walked.opens(), HouseholdFilter::ToSee);
        assert_eq!(super::walked(&view(0, 0)), None);
    }

    #[test]
    fn all_seen_is_said_in_full() {
        let all = walked(&view(12, 0)).unwrap();
        assert_eq!(walked_words(all), "本月 12 户都走过了");
        assert_eq!(all.opens(), HouseholdFilter::All);
    }

    #[test]
    fn what_needs_deciding_is_a_filter_with_its_count() {
        let mut view = view(8, 4);
        view.counts.push((HouseholdFilter::Clashing, 2));
        assert_eq!(filter_words(&view, HouseholdFilter::Clashing), "要核对 2");
        let names = HouseholdFilter::ALL.map(filter_name);
        for (filter, name) in HouseholdFilter::ALL.into_iter().zip(names) {
            assert_eq!(serde_json::to_string(&filter).unwrap(), format!("\"{name}\""));
        }
    }

    #[test]
    fn several_grids_are_counted() {
        let grid = |village: &str, name: &str| GridName {
            org: OrgCode::from(name),
            name: name.into(),
            village: village.into(),
        };
        let (seven, eight) = (grid("下盘石村", "第7网格"), grid("下盘石村", "第8网格"));
        assert_eq!(place_words(std::slice::from_ref(&seven)), "下盘石村 第7网格");
        assert_eq!(place_words(&[seven.clone(), eight]), "下盘石村 2 个网格");
        assert_eq!(place_words(&[seven, grid("上盘石村", "第1网格")]), "2 个网格");
    }

    #[test]
    fn a_plate_is_short() {
        assert_eq!(plate_village("下盘石村"), "下盘石");
        assert_eq!(plate_village("张家滩镇·下驿村"), "下驿");
        assert_eq!(plate_village("村"), "村");
        assert_eq!(plate_number(""), "—");
    }
}
