//! 网格与人员: the address of a selection, its figures in words, pages of a hundred.

use yidang_api::places::{
    GridFilter, GridRow, GridsQuestion, GridsView, TeamPerson, TeamRow, UnitRow, WorkerRow,
};
use yidang_domain::ids::OrgCode;

use crate::models::query::escaped;

/// How many grids stand on one page.
pub const PAGE: u32 = 100;

/// The word of a filter in addresses and test hooks.
#[must_use]
pub const fn filter_name(filter: GridFilter) -> &'static str {
    match filter {
        GridFilter::All => "all",
        GridFilter::Urban => "urban",
        GridFilter::Rural => "rural",
        GridFilter::Special => "special",
        GridFilter::Vacant => "vacant",
    }
}

/// The filter with this word.
#[must_use]
pub fn filter_of(name: &str) -> Option<GridFilter> {
    GridFilter::ALL.into_iter().find(|filter| filter_name(*filter) == name)
}

/// The address of a selection. What was searched for does not stand in it: browsers keep addresses.
#[must_use]
pub fn grids_address(org: Option<&OrgCode>, filter: GridFilter, offset: u32) -> String {
    let org = org.map(|org| format!("&org={}", escaped(org.as_str()))).unwrap_or_default();
    let from = if offset == 0 { String::new() } else { format!("&from={offset}") };
    format!("/grids?filter={}{org}{from}", filter_name(filter))
}

/// The address of the people who work in the grids of a unit, or of the whole scope.
#[must_use]
pub fn workers_address(org: Option<&OrgCode>) -> String {
    let org = org.map(|org| format!("?org={}", escaped(org.as_str()))).unwrap_or_default();
    format!("/grids/workers{org}")
}

/// The selection an address names; nonsense is no filter.
#[must_use]
pub fn grids_of(get: impl Fn(&str) -> Option<String>, text: String) -> GridsQuestion {
    let filled = |key: &str| get(key).filter(|value| !value.is_empty());
    GridsQuestion {
        org: filled("org").map(OrgCode),
        filter: filled("filter").as_deref().and_then(filter_of).unwrap_or_default(),
        text,
        offset: filled("from").and_then(|from| from.parse().ok()).unwrap_or(0),
        limit: PAGE,
    }
}

/// How many grids a filter has.
#[must_use]
pub fn count_of(view: &GridsView, filter: GridFilter) -> u32 {
    view.counts.iter().find(|(of, _)| *of == filter).map_or(0, |(_, count)| *count)
}

/// What the number of grids is the sum of: 1060 = 63 城镇 + 985 农村 + 12 专属. Grids of which
/// nobody said the kind are named, so that the sum holds.
#[must_use]
pub fn sum_words(view: &GridsView) -> String {
    let of = |filter| count_of(view, filter);
    let (urban, rural, special) =
        (of(GridFilter::Urban), of(GridFilter::Rural), of(GridFilter::Special));
    let all = of(GridFilter::All);
    let other = all.saturating_sub(urban + rural + special);
    let other = if other == 0 { String::new() } else { format!(" + {other} 没写类型") };
    format!("{urban} 城镇 + {rural} 农村 + {special} 专属{other}")
}

/// Which filters are shown: what has rows, what is chosen, and all of them always.
#[must_use]
pub fn is_shown(view: &GridsView, filter: GridFilter, chosen: GridFilter) -> bool {
    filter == GridFilter::All || filter == chosen || count_of(view, filter) > 0
}

/// Grids of a unit in all.
#[must_use]
pub fn unit_total(row: &UnitRow) -> u32 {
    row.grids.iter().sum()
}

/// A grid in which nobody works.
#[must_use]
pub const fn is_vacant(row: &GridRow) -> bool {
    row.workers.is_empty()
}

/// 王试一，专职
#[must_use]
pub fn worker_words(worker: &WorkerRow) -> String {
    match worker.dedicated {
        Some(true) => format!("{}，专职", worker.name),
        Some(false) => format!("{}，兼职", worker.name),
        None => worker.name.clone(),
    }
}

/// 下盘石村第2组：1 专 4 兼; whoever is not at work is not counted.
#[must_use]
pub fn team_words(team: &TeamRow) -> String {
    let count = |dedicated: bool| {
        let at_work = team.members.iter().filter(|member| member.works);
        at_work.filter(|member| member.dedicated == dedicated).count()
    };
    format!("{}：{} 专 {} 兼", team.name, count(true), count(false))
}

/// Who is missing for 一专四兼; nothing where the team is whole.
#[must_use]
pub fn missing_words(team: &TeamRow) -> Option<String> {
    match (team.no_dedicated, team.part_time_missing) {
        (false, 0) => None,
        (true, 0) => Some("专职还没有人".to_owned()),
        (false, some) => Some(format!("兼职还差 {some} 人")),
        (true, some) => Some(format!("专职还没有人，兼职还差 {some} 人")),
    }
}

/// 专职 · 王样一 · 第7网格; says where somebody has left or is not known here.
#[must_use]
pub fn member_words(member: &TeamPerson) -> String {
    let role = if member.dedicated { "专职" } else { "兼职" };
    let name =
        if member.name.is_empty() { "名册里没有这个人" } else { member.name.as_str() };
    let grids = member.grids.join("、");
    let left = if member.works { "" } else { "现在不在岗" };
    let parts = [role, name, &grids, left].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" · ")
}

/// Where a grid lies: its township is named where the list covers several.
#[must_use]
pub fn place_words(row: &GridRow) -> String {
    let parts = [row.township.as_str(), row.village.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Which rows stand on this page, and where the pages beside it begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// 第 101—200 个，共 1060 个
    pub words: String,
    /// Where the page before begins.
    pub before: Option<u32>,
    /// Where the page after begins.
    pub after: Option<u32>,
}

/// The pager of a list; nothing where one page holds all of it.
#[must_use]
pub fn pager(total: u32, offset: u32, rows: usize) -> Option<Pager> {
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    if offset == 0 && total <= rows {
        return None;
    }
    let last = offset.saturating_add(rows);
    let words = if rows == 0 {
        format!("共 {total} 个")
    } else {
        format!("第 {}—{last} 个，共 {total} 个", offset + 1)
    };
    Some(Pager {
        words,
        before: (offset > 0).then(|| offset.saturating_sub(PAGE)),
        after: (last < total && rows > 0).then_some(last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(counts: [u32; 5]) -> GridsView {
        GridsView {
            name: "延长县".into(),
            counts: GridFilter::ALL.into_iter().zip(counts).collect(),
            workers: 0,
            units: Vec::new(),
            total: counts[0],
            rows: Vec::new(),
        }
    }

    #[test]
    fn words_of_filters_are_those_of_the_api() {
        for filter in GridFilter::ALL {
            let json = serde_json::to_string(&filter).unwrap();
            assert_eq!(json, format!("\"{}\"", filter_name(filter)));
            assert_eq!(filter_of(filter_name(filter)), Some(filter));
        }
    }

    #[test]
    fn an_address_names_the_selection_and_leads_back_to_it() {
        let org = OrgCode::from("610621103");
        let address = grids_address(Some(&org), GridFilter::Vacant, 100);
        assert_eq!(address, "/grids?filter=vacant&org=610621103&from=100");
        let get = |key: &str| match key {
            "filter" => Some("vacant".to_owned()),
            "org" => Some("610621103".to_owned()),
            "from" => Some("100".to_owned()),
            _ => None,
        };
        let question = grids_of(get, "第7".to_owned());
        assert_eq!((question.filter, question.offset), (GridFilter::Vacant, 100));
        assert_eq!(question.org, Some(org));
        let nonsense = grids_of(|_| Some("x".to_owned()), String::new());
        assert_eq!((nonsense.filter, nonsense.offset), (GridFilter::All, 0));
    }

    #[test]
    fn the_number_of_workers_opens_to_them_and_not_to_the_grids() {
        assert_eq!(workers_address(None), "/grids/workers");
        let org = OrgCode::from("610621103");
        assert_eq!(workers_address(Some(&org)), "/grids/workers?org=610621103");
    }

    #[test]
    fn the_sum_of_the_kinds_holds() {
        assert_eq!(sum_words(&view([1060, 63, 985, 12, 3])), "63 城镇 + 985 农村 + 12 专属");
        assert_eq!(sum_words(&view([10, 2, 5, 1, 0])), "2 城镇 + 5 农村 + 1 专属 + 2 没写类型");
    }

    #[test]
    fn filters_without_rows_are_not_shown_unless_chosen() {
        let view = view([10, 0, 10, 0, 0]);
        assert!(!is_shown(&view, GridFilter::Vacant, GridFilter::All));
        assert!(is_shown(&view, GridFilter::Vacant, GridFilter::Vacant));
        assert!(is_shown(&view, GridFilter::All, GridFilter::Rural));
    }

    /// 王样一 is the dedicated worker of the team; 刘演四 has left.
    #[test]
    fn a_team_names_its_roles_and_who_is_missing() {
        let person = |name: &str, dedicated, works| TeamPerson {
            user: name.into(),
            name: name.to_owned(),
            dedicated,
            grids: if works { vec!["第7网格".to_owned()] } else { Vec::new() },
            works,
        };
        let mut team = TeamRow {
            code: "t1".into(),
            name: "下盘石村第1组".into(),
            members: vec![person("王样一", true, true), person("刘演四", false, false)],
            no_dedicated: false,
            part_time_missing: 4,
        };
        assert_eq!(team_words(&team), "下盘石村第1组：1 专 0 兼");
        assert_eq!(missing_words(&team).as_deref(), Some("兼职还差 4 人"));
        let words: Vec<String> = team.members.iter().map(member_words).collect();
        assert_eq!(words, ["专职 · 王样一 · 第7网格", "兼职 · 刘演四 · 现在不在岗"]);
        team.members[1].name = String::new();
        assert_eq!(member_words(&team.members[1]), "兼职 · 名册里没有这个人 · 现在不在岗");
        (team.no_dedicated, team.part_time_missing) = (true, 1);
        assert_eq!(missing_words(&team).as_deref(), Some("专职还没有人，兼职还差 1 人"));
        (team.no_dedicated, team.part_time_missing) = (true, 0);
        assert_eq!(missing_words(&team).as_deref(), Some("专职还没有人"));
        team.no_dedicated = false;
        assert_eq!(missing_words(&team), None);
    }

    #[test]
    fn pages_follow_each_other_and_end() {
        assert_eq!(pager(80, 0, 80), None);
        let first = pager(250, 0, 100).unwrap();
        assert_eq!((first.before, first.after), (None, Some(100)));
        assert_eq!(first.words, "第 1—100 个，共 250 个");
        let last = pager(250, 200, 50).unwrap();
        assert_eq!((last.before, last.after), (Some(100), None));
        let beyond = pager(20, 100, 0).unwrap();
        assert_eq!((beyond.before, beyond.after), (Some(0), None));
    }
}
