//! 并案: what is said of the files that were joined with one another.

use yidang_api::case_file::{EntryView, JoinView};

use crate::models::timeline::long_date;

/// What happened: this file ended in another one, or another one ended in it.
#[must_use]
pub fn join_title(join: &JoinView) -> String {
    let what =
        if join.stands { "这一件已并到另一件" } else { "另一件并到了这一件" };
    join.on.map_or_else(|| what.to_owned(), |on| format!("{what} · {}", long_date(on)))
}

/// What the other file is about, or why it cannot be opened.
#[must_use]
pub fn join_words(join: &JoinView) -> String {
    if join.matter.is_empty() {
        return "那一件不在这台设备上".to_owned();
    }
    format!("{} · {}", join.matter, join.number)
}

/// Whether the other file can be opened here.
#[must_use]
pub const fn is_held(join: &JoinView) -> bool {
    !join.matter.is_empty()
}

/// 并案 · 同一件事 · 李例二, of an entry that waits for its other half.
#[must_use]
pub fn half_words(entry: &EntryView) -> String {
    let parts = [entry.label.as_str(), entry.text.as_str(), entry.written.name.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::Date;
    use yidang_domain::ids::DocumentId;

    use super::*;

    #[test]
    fn the_other_file_is_named_where_it_is_held() {
        let mut join = JoinView {
            id: DocumentId::from_bytes([5; 16]),
            matter: "两家争一行梨树".into(),
            number: "0505".into(),
            stands: true,
            on: Some(Date::constant(2026, 11, 18)),
            reason: "同一件事".into(),
        };
        assert_eq!(join_title(&join), "这一件已并到另一件 · 11月18日");
        assert_eq!(join_words(&join), "两家争一行梨树 · 0505");
        assert!(is_held(&join));
        join = JoinView { matter: String::new(), stands: false, on: None, ..join };
        assert_eq!(join_title(&join), "另一件并到了这一件");
        assert_eq!(join_words(&join), "那一件不在这台设备上");
        assert!(!is_held(&join));
    }
}
