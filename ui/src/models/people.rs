//! 查人查户: nothing is asked without a reason, and what an answer says.

use yidang_api::household::{HouseholdView, MemberView, PeopleView};

/// Reasons that come up often; another one can be typed.
pub const PURPOSES: [&str; 4] = ["核对当事人", "联系家属", "走访前了解", "上级要求核实"];

/// What is asked, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whom to look for.
    pub text: String,
    /// What for.
    pub purpose: String,
}

impl Asked {
    /// What was typed, without spaces around it.
    #[must_use]
    pub fn of(text: &str, purpose: &str) -> Self {
        Self { text: text.trim().to_owned(), purpose: purpose.trim().to_owned() }
    }
}

/// What is missing before it can be asked.
#[must_use]
pub fn missing(asked: &Asked) -> Option<&'static str> {
    if asked.text.is_empty() {
        Some("找谁还没写")
    } else if asked.purpose.chars().count() < 2 {
        Some("为什么查看还没写，写几个字")
    } else {
        None
    }
}

/// Whether more people were found than are listed. How many is not said: nothing would open to them,
/// and whoever looks for somebody knows enough to ask for fewer.
#[must_use]
pub fn has_more(view: &PeopleView) -> bool {
    view.total > u32::try_from(view.rows.len()).unwrap_or(u32::MAX)
}

/// What is known of a household: facts with a value, in the order of the form.
#[must_use]
pub fn fact_lines(view: &HouseholdView) -> Vec<(String, String)> {
    let facts = view.facts.iter();
    facts
        .filter(|fact| !fact.shown.is_empty())
        .map(|fact| (fact.label.clone(), fact.shown.clone()))
        .collect()
}

/// A member's name, and what stands below it.
#[must_use]
pub fn member_words(member: &MemberView) -> (String, String) {
    let born = member.birth_year.map(|year| format!("{year}年生")).unwrap_or_default();
    let gone = if member.gone { "已不在这一户" } else { "" };
    let parts = [member.relation.as_str(), &born, &member.phone, gone];
    let words = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    (member.name.clone(), words)
}

#[cfg(test)]
mod tests {
    use yidang_domain::ids::ItemKey;

    use super::*;

    #[test]
    fn nothing_is_asked_without_a_reason() {
        assert_eq!(missing(&Asked::of(" ", "核对当事人")), Some("找谁还没写"));
        assert!(missing(&Asked::of("王", " ")).is_some());
        assert!(missing(&Asked::of("王", "看")).is_some());
        assert_eq!(missing(&Asked::of("王", "核对当事人")), None);
        assert!(PURPOSES.iter().all(|words| missing(&Asked::of("王", words)).is_none()));
    }

    #[test]
    fn a_member_says_only_what_is_known() {
        let mut member = MemberView {
            key: ItemKey::from("k"),
            name: "王样一".into(),
            relation: "子".into(),
            birth_year: Some(1990),
            phone: String::new(),
            clashes: Vec::new(),
            gone: false,
        };
        assert_eq!(member_words(&member).1, "子 · 1990年生");
        member.gone = true;
        assert!(member_words(&member).1.ends_with("已不在这一户"));
    }

    #[test]
    fn what_is_not_listed_is_said_and_not_counted() {
        assert!(has_more(&PeopleView { total: 130, rows: Vec::new() }));
        assert!(!has_more(&PeopleView { total: 0, rows: Vec::new() }));
    }
}
