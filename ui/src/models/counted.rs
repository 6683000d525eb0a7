//! Under which types of the two official tables a file is counted, by its category and two flags.

use yidang_api::case_file::FactView;
use yidang_domain::crosswalk::{Flags, built_in};

/// Where a file is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its type in table B, with code; the words 不属人民调解 where it has none.
    pub b: String,
    /// Its row in table C, with code.
    pub c: String,
    /// Which version of the crosswalk says so, and who answers for it.
    pub version: String,
    /// What was decided where the sources leave a choice; empty where they do not.
    pub note: String,
}

/// Where the file with these facts is counted; none as long as it has no category.
#[must_use]
pub fn counted(facts: &[FactView]) -> Option<Counted> {
    let value = |field: &str| {
        facts.iter().find(|fact| fact.field == field).map_or("", |fact| fact.value.as_str())
    };
    let category = value("category");
    if category.is_empty() {
        return None;
    }
    let flags = Flags {
        unpaid_migrant_wages: value("unpaid_migrant_wages") == "true",
        online_purchase: value("online_purchase") == "true",
    };
    let crosswalk = built_in();
    let b = crosswalk.to_b(category, flags);
    let c = crosswalk.to_c(category);
    let none = || "不属人民调解".to_owned();
    Some(Counted {
        b: b.map_or_else(none, |b| format!("{} {}", b.code(), b.label())),
        c: format!("{} {}", c.code(), c.label()),
        version: format!("对照表第{}版，{}", crosswalk.version(), crosswalk.source()),
        note: crosswalk.note(category).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(category: &str, flag: &str) -> Vec<FactView> {
        [("category", category), (flag, "true")]
            .map(|(field, value)| FactView {
                field: field.into(),
                label: String::new(),
                value: value.into(),
                shown: String::new(),
                written: None,
                clashes: false,
            })
            .to_vec()
    }

    /// 张试三 was not paid for his work on a building site: the flag decides between two types.
    #[test]
    fn unpaid_wages_are_counted_by_their_flag() {
        let plain = counted(&facts("0701", "consent")).unwrap();
        assert_eq!((plain.b.as_str(), plain.c.as_str()), ("B11 其他劳动争议", "C07 劳资"));
        let unpaid = counted(&facts("0701", "unpaid_migrant_wages")).unwrap();
        assert_eq!(unpaid.b, "B10 拖欠农民工工资");
        let bought = counted(&facts("0601", "online_purchase")).unwrap();
        assert_eq!(bought.b, "B13 电子商务");
        assert!(bought.note.starts_with("网购标记"), "{}", bought.note);
    }

    #[test]
    fn the_version_stands_beside_the_types() {
        let counted = counted(&facts("1401", "consent")).unwrap();
        assert_eq!((counted.b.as_str(), counted.c.as_str()), ("不属人民调解", "C10 司法活动"));
        assert_eq!(counted.version, "对照表第1版，建议稿，待县司法局、政法委确认");
    }

    #[test]
    fn a_file_without_a_category_is_counted_nowhere_yet() {
        assert_eq!(counted(&facts("", "consent")), None);
        // A category of a newer version is counted as the rest, so that no sum is too small.
        assert_eq!(counted(&facts("9901", "consent")).unwrap().b, "B18 其他");
    }
}
