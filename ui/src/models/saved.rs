//! Kept selections: a name to begin with, and whether one is kept already.

use yidang_api::find::SavedView;
use yidang_api::list::ListCaseFiles;

use crate::models::query::category_words;

/// A name for `list`: queue, unit, risk, class, words. `unit` is the name of the unit it asks about.
#[must_use]
pub fn name_of(list: &ListCaseFiles, unit: Option<&str>) -> String {
    let mut parts = vec![list.queue.label().to_owned()];
    parts.extend(unit.map(str::to_owned));
    parts.extend(list.risk.map(|risk| risk.label().to_owned()));
    parts.extend(list.category.as_deref().map(category_words));
    parts.extend(Some(list.text.trim().to_owned()).filter(|text| !text.is_empty()));
    parts.join("、")
}

/// Whether `list` is kept under some name.
#[must_use]
pub fn is_kept(views: &[SavedView], list: &ListCaseFiles) -> bool {
    views.iter().any(|view| view.list == *list)
}

#[cfg(test)]
mod tests {
    use yidang_api::list::Queue;
    use yidang_domain::facts::Risk;

    use super::*;

    #[test]
    fn a_selection_has_a_name_before_anybody_gives_it_one() {
        let list = ListCaseFiles {
            risk: Some(Risk::Key),
            text: "果园 ".into(),
            ..ListCaseFiles::of(Queue::Overdue)
        };
        assert_eq!(name_of(&list, None), "逾期、重点、果园");
        assert_eq!(name_of(&list, Some("下盘石村")), "逾期、下盘石村、重点、果园");
        let view = SavedView { name: "x".into(), list: list.clone(), count: 1 };
        assert!(is_kept(std::slice::from_ref(&view), &list));
        assert!(!is_kept(&[view], &ListCaseFiles::of(Queue::Open)));
    }
}
