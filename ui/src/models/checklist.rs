//! 受理前核对: what a reviewer looks at before accepting. It informs, it never blocks.

use yidang_api::case_file::CaseFileView;
use yidang_domain::facts::Side;

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Stable name, used in test hooks.
    pub name: &'static str,
    /// What is looked at.
    pub label: &'static str,
    /// Whether it is there.
    pub done: bool,
    /// What is missing, in two or three words; empty when done.
    pub lack: String,
}

/// The checklist of a file.
#[must_use]
pub fn checklist(view: &CaseFileView) -> Vec<Check> {
    vec![
        parties(view),
        fact(view, "place", "地点写了"),
        fact(view, "category", "类别选了"),
        fact(view, "occurred_on", "发生日期写了"),
        clashes(view),
    ]
}

/// How many lines are done.
#[must_use]
pub fn done(checks: &[Check]) -> usize {
    checks.iter().filter(|check| check.done).count()
}

fn parties(view: &CaseFileView) -> Check {
    let has = |side| view.parties.iter().any(|party| !party.withdrawn && party.side == side);
    let lack = match (has(Side::A), has(Side::B)) {
        (true, true) => "",
        (true, false) => "缺乙方",
        (false, true) => "缺甲方",
        (false, false) => "都没写",
    };
    Check {
        name: "parties", label: "当事人两方齐全", done: lack.is_empty(), lack: lack.to_owned()
    }
}

fn fact(view: &CaseFileView, name: &'static str, label: &'static str) -> Check {
    let done = view.facts.iter().any(|fact| fact.field == name && !fact.value.trim().is_empty());
    let lack = if done { String::new() } else { "还没写".to_owned() };
    Check { name, label, done, lack }
}

fn clashes(view: &CaseFileView) -> Check {
    let count = view.clashes.len();
    let lack = if count == 0 { String::new() } else { format!("{count} 处要定") };
    Check { name: "clashes", label: "没有要定的冲突", done: count == 0, lack }
}

#[cfg(test)]
mod tests {
    use yidang_api::case_file::{FactView, PartyView};
    use yidang_domain::ids::ItemKey;

    use super::*;
    use crate::models::sample::case_file;

    fn party(side: Side, withdrawn: bool) -> PartyView {
        PartyView {
            key: ItemKey::from("k"),
            name: "王样一".into(),
            side,
            phone: String::new(),
            home: None,
            clashes: Vec::new(),
            withdrawn,
        }
    }

    fn written(field: &str, value: &str) -> FactView {
        FactView {
            field: field.into(),
            label: field.into(),
            value: value.into(),
            shown: value.into(),
            written: None,
            clashes: false,
        }
    }

    #[test]
    fn a_withdrawn_party_does_not_count() {
        let mut view = case_file();
        view.parties = vec![party(Side::A, false), party(Side::B, true)];
        let checks = checklist(&view);
        assert!(!checks[0].done);
        assert_eq!(checks[0].lack, "缺乙方");
    }

    #[test]
    fn a_place_of_blanks_is_no_place() {
        let mut view = case_file();
        view.facts = vec![written("place", "  "), written("category", "0901")];
        let checks = checklist(&view);
        assert!(!checks[1].done);
        assert!(checks[2].done);
    }

    #[test]
    fn an_empty_file_has_only_no_clash_to_its_credit() {
        assert_eq!(done(&checklist(&case_file())), 1);
    }
}
