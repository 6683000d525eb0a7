//! Sending a file back: which one field, why and how to mend it, and what the other will read.

use serde::{Deserialize, Serialize};
use yidang_api::case_file::CaseFileView;
use yidang_domain::entry::Entry;
use yidang_domain::labels::label_of;

/// Fields a file is sent back for, in the order of the form. The last two stand in the parties.
const FIELDS: [&str; 8] =
    ["matter", "category", "place", "occurred_on", "risk", "people", "name", "phone"];

/// Beginnings of a reason that reviewers write again and again.
pub const REASONS: [&str; 4] = [
    "写到小组和地块，才好定管辖。",
    "缺一方说法，请再问一问。",
    "写不清楚，请写具体些。",
    "请核对一下再填。",
];

/// The form as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReturnForm {
    /// The field that is to be mended; empty until chosen.
    pub field: String,
    /// Why, and how.
    pub reason: String,
}

impl ReturnForm {
    /// Whether it can be sent.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.field.is_empty() && !self.reason.trim().is_empty()
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.reason.trim().is_empty()
    }

    /// The entry; the desk fills in what was seen.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        self.is_ready().then(|| Entry::Returned {
            seen: None,
            field: self.field.clone(),
            reason: self.reason.trim().to_owned(),
        })
    }

    /// The first line the other will read.
    #[must_use]
    pub fn headline(&self) -> String {
        if self.field.is_empty() {
            "镇上请你补一项：……".to_owned()
        } else {
            format!("镇上请你补一项：{}", label_of(&self.field))
        }
    }
}

/// One field to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnOption {
    /// The field's name in the document.
    pub name: &'static str,
    /// The word for it.
    pub label: String,
    /// What stands there, in a word or two: 没写, 已补, 要定.
    pub note: &'static str,
}

/// The fields of a file to choose from.
#[must_use]
pub fn options(view: &CaseFileView) -> Vec<ReturnOption> {
    FIELDS
        .into_iter()
        .map(|name| ReturnOption { name, label: label_of(name).to_owned(), note: note(view, name) })
        .collect()
}

/// The first field that is looked at before accepting and lacks something.
#[must_use]
pub fn lacking(view: &CaseFileView) -> Option<&'static str> {
    const LOOKED_AT: [&str; 4] = ["category", "place", "occurred_on", "name"];
    let all = options(view).into_iter();
    let mut lacking = all.filter(|option| matches!(option.note, "没写" | "缺一方"));
    lacking.find(|option| LOOKED_AT.contains(&option.name)).map(|option| option.name)
}

fn note(view: &CaseFileView, name: &str) -> &'static str {
    let answered = view.returned.as_ref().is_some_and(|back| back.answered && back.field == name);
    if answered {
        return "已补";
    }
    let present: Vec<_> = view.parties.iter().filter(|party| !party.withdrawn).collect();
    let clashes =
        |field: &str| present.iter().any(|party| party.clashes.iter().any(|f| f == field));
    match name {
        "name" | "phone" if clashes(name) => "要定",
        "name" if present.len() < 2 => "缺一方",
        "phone" if present.iter().any(|party| party.phone.is_empty()) => "没写",
        "name" | "phone" => "",
        _ => match view.facts.iter().find(|fact| fact.field == name) {
            Some(fact) if fact.clashes => "要定",
            Some(fact) if !fact.value.trim().is_empty() => "",
            _ => "没写",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::sample::case_file;

    #[test]
    fn every_field_has_a_word_of_its_own() {
        for option in options(&case_file()) {
            assert_ne!(option.label, option.name);
        }
    }

    #[test]
    fn nothing_is_sent_without_a_reason() {
        let form = ReturnForm { field: "place".into(), reason: "  ".into() };
        assert!(form.entry().is_none());
        assert_eq!(form.headline(), "镇上请你补一项：地点");
    }

    #[test]
    fn a_number_of_people_may_stay_unknown() {
        let mut view = case_file();
        assert_eq!(lacking(&view), Some("category"));
        view.facts = ["category", "place", "occurred_on"].map(written).to_vec();
        assert_eq!(lacking(&view), Some("name"));
    }

    fn written(field: &str) -> yidang_api::case_file::FactView {
        yidang_api::case_file::FactView {
            field: field.into(),
            label: field.into(),
            value: "x".into(),
            shown: "x".into(),
            written: None,
            clashes: false,
        }
    }

    #[test]
    fn what_is_missing_is_said_beside_the_field() {
        let notes = options(&case_file());
        assert!(notes.iter().any(|option| option.name == "place" && option.note == "没写"));
        assert!(notes.iter().any(|option| option.name == "name" && option.note == "缺一方"));
    }
}
