//! The inbox of a reviewer: what a row says, which rows are shown, what a key does.

use yidang_api::list::CaseRow;
use yidang_domain::ids::DocumentId;

/// A small mark of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMark {
    /// Class of the chip.
    pub class: &'static str,
    /// What it says.
    pub words: String,
}

/// The marks of a row, most pressing first; a file that was seen and stands still says 已看.
#[must_use]
pub fn marks(row: &CaseRow) -> Vec<RowMark> {
    let mark = |class, words: String| RowMark { class, words };
    let mut marks = Vec::new();
    if row.pending {
        marks.push(mark("chip clash", "待定".to_owned()));
    }
    if row.clashes > 0 {
        marks.push(mark("chip clash", format!("{} 处要定", row.clashes)));
    }
    if row.answered {
        marks.push(mark("chip soon", "补正后再报".to_owned()));
    }
    if row.never_looked {
        marks.push(mark("chip brand", "新事".to_owned()));
    } else if row.unseen > 0 {
        marks.push(mark("chip line", format!("改动 {}", row.unseen)));
    }
    if row.late > 0 {
        marks.push(mark("chip line", format!("{} 条决定之后到达", row.late)));
    }
    if row.waiting > 0 {
        marks.push(mark("chip off", format!("{} 条待上传", row.waiting)));
    }
    if marks.is_empty() {
        marks.push(mark("chip", "已看".to_owned()));
    }
    marks
}

/// Whether this person has seen all of it.
#[must_use]
pub const fn is_read(row: &CaseRow) -> bool {
    !row.never_looked && row.unseen == 0
}

/// Which rows of a queue are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// 全部
    All,
    /// 未看
    Unseen,
    /// 有变化
    Changed,
}

impl Shown {
    /// In the order of the buttons, with their names in test hooks and their words.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "all", "全部"),
        (Self::Unseen, "unseen", "未看"),
        (Self::Changed, "changed", "有变化"),
    ];

    /// Whether `row` is shown.
    #[must_use]
    pub const fn takes(self, row: &CaseRow) -> bool {
        match self {
            Self::All => true,
            Self::Unseen => row.never_looked,
            Self::Changed => !row.never_looked && row.unseen > 0,
        }
    }
}

/// The file before or after `id` in the order of the list; the first where `id` is not in it.
#[must_use]
pub fn neighbour(rows: &[CaseRow], id: Option<DocumentId>, forward: bool) -> Option<DocumentId> {
    let at = rows.iter().position(|row| Some(row.id) == id);
    let wanted = match (at, forward) {
        (None, _) => 0,
        (Some(at), true) => at + 1,
        (Some(at), false) => at.checked_sub(1)?,
    };
    rows.get(wanted).map(|row| row.id)
}

/// What a key does in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// 下一件
    Next,
    /// 上一件
    Previous,
    /// 受理
    Accept,
    /// 退回
    Return,
}

/// What `key` does; nothing while somebody types or holds another key down.
#[must_use]
pub fn key_of(key: &str, is_typing: bool, is_modified: bool) -> Option<Key> {
    if is_typing || is_modified {
        return None;
    }
    match key {
        "j" | "J" => Some(Key::Next),
        "k" | "K" => Some(Key::Previous),
        "a" | "A" => Some(Key::Accept),
        "r" | "R" => Some(Key::Return),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::sample::row;

    fn numbered(number: u8) -> CaseRow {
        CaseRow { id: DocumentId::from_bytes([number; 16]), ..row() }
    }

    #[test]
    fn a_file_that_was_seen_says_so() {
        assert_eq!(marks(&row())[0].words, "已看");
        assert!(is_read(&row()));
    }

    #[test]
    fn a_mended_file_is_told_from_a_new_one() {
        let mended = CaseRow { answered: true, unseen: 4, ..row() };
        let words: Vec<_> = marks(&mended).into_iter().map(|mark| mark.words).collect();
        assert_eq!(words, ["补正后再报", "改动 4"]);
        assert!(Shown::Changed.takes(&mended));
        assert!(!Shown::Unseen.takes(&mended));
    }

    #[test]
    fn moving_on_stops_at_both_ends() {
        let rows = [numbered(1), numbered(2)];
        assert_eq!(neighbour(&rows, Some(rows[0].id), true), Some(rows[1].id));
        assert_eq!(neighbour(&rows, Some(rows[1].id), true), None);
        assert_eq!(neighbour(&rows, Some(rows[0].id), false), None);
        assert_eq!(neighbour(&rows, None, true), Some(rows[0].id));
        assert_eq!(neighbour(&[], None, true), None);
    }

    #[test]
    fn keys_do_nothing_while_somebody_types() {
        assert_eq!(key_of("a", false, false), Some(Key::Accept));
        assert_eq!(key_of("a", true, false), None);
        assert_eq!(key_of("r", false, true), None);
        assert_eq!(key_of("x", false, false), None);
    }
}
