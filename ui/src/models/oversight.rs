//! What the county reads of its own work: complaints with what became of them, and looks.

use yidang_api::device::ComplaintRow;
use yidang_api::oversight::{ComplaintAnswer, Handled, HeldComplaintsView, LookRow};
use yidang_domain::civil::Date;
use yidang_domain::org::Role;

use crate::words::moment_on;

/// No answer to a complaint is longer; the server holds it too.
pub const LONGEST_ANSWER: usize = 500;

/// Who reads complaints: the server refuses everybody else.
#[must_use]
pub const fn reads_complaints(role: Role) -> bool {
    matches!(role, Role::CountyClerk | Role::Administrator)
}

/// 全部 12 件 and 没处理的 3 件: both open to their rows.
#[must_use]
pub fn filter_words(view: Option<&HeldComplaintsView>) -> [String; 2] {
    match view {
        Some(view) => [format!("没处理的 {} 件", view.waiting), format!("全部 {} 件", view.total)],
        None => ["没处理的".to_owned(), "全部".to_owned()],
    }
}

/// How many rows the list has that is shown.
#[must_use]
pub const fn rows_in_all(view: &HeldComplaintsView, waiting: bool) -> u32 {
    if waiting { view.waiting } else { view.total }
}

/// What is true where a list of complaints is empty, and what comes next.
#[must_use]
pub const fn nothing_words(view: &HeldComplaintsView) -> (&'static str, &'static str) {
    if view.total == 0 {
        ("还没有人交过", "大家在“我的”里写的投诉和建议，直接到这里，不经过镇上")
    } else {
        ("都处理过了", "新交来的会排在最上面；处理过的在“全部”里")
    }
}

/// 王样一 · 网格员 · 张家滩镇 …; the name alone where there was no post.
#[must_use]
pub fn who(name: &str, post: &str) -> String {
    if post.is_empty() { name.to_owned() } else { format!("{name} · {post}") }
}

/// 郝演十 · 县中心 · 延长县，11月20日 16:05
#[must_use]
pub fn handled_by(handled: &Handled, today: Date) -> String {
    format!("{}，{}", who(&handled.name, &handled.post), moment_on(handled.at, today))
}

/// What keeps an answer from being sent.
#[must_use]
pub fn answer_missing(words: &str) -> Option<String> {
    match words.trim().chars().count() {
        0 => Some("写一句怎么处理的".to_owned()),
        count if count > LONGEST_ANSWER => {
            Some(format!("最多 {LONGEST_ANSWER} 个字，现在 {count} 个"))
        }
        _ => None,
    }
}

/// Whether the county has any of these, so that it can be asked what became of them.
#[must_use]
pub fn any_came(rows: &[ComplaintRow]) -> bool {
    rows.iter().any(|row| row.number.is_some())
}

/// What became of a complaint of this device.
#[must_use]
pub fn answer_of(row: &ComplaintRow, answers: &[ComplaintAnswer]) -> Option<Handled> {
    let number = row.number?;
    answers.iter().find(|answer| answer.number == number).map(|answer| answer.handled.clone())
}

/// What somebody looked for, in words; nobody is asked why they read the register of people.
#[must_use]
pub fn purpose_words(look: &LookRow) -> &str {
    if look.purpose.is_empty() { "不问" } else { &look.purpose }
}

/// Which household, by its place.
#[must_use]
pub fn household_words(look: &LookRow) -> &str {
    if look.household.is_empty() { "不是一户" } else { &look.household }
}

#[cfg(test)]
mod tests {
    use yidang_api::device::ComplaintKind;
    use yidang_domain::civil::InstantMs;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn handled() -> Handled {
        Handled {
            words: "下一版加了大字".into(),
            name: "郝演十".into(),
            post: "县中心 · 延长县".into(),
            at: InstantMs::at_start_of(TODAY).plus_minutes(16 * 60 + 5),
        }
    }

    fn row(number: Option<u64>) -> ComplaintRow {
        let words = "字太小".to_owned();
        ComplaintRow { about: ComplaintKind::Usage, words, at: InstantMs(0), number }
    }

    #[test]
    fn counts_stand_on_the_ways_to_their_rows() {
        let view = HeldComplaintsView { total: 12, waiting: 3, rows: Vec::new() };
        assert_eq!(filter_words(Some(&view)), ["没处理的 3 件", "全部 12 件"]);
        assert_eq!(filter_words(None), ["没处理的", "全部"]);
        assert_eq!((rows_in_all(&view, true), rows_in_all(&view, false)), (3, 12));
    }

    #[test]
    fn an_empty_list_says_whether_nobody_wrote_or_everything_is_done() {
        let nobody = HeldComplaintsView { total: 0, waiting: 0, rows: Vec::new() };
        assert_eq!(nothing_words(&nobody).0, "还没有人交过");
        let done = HeldComplaintsView { total: 2, ..nobody };
        assert_eq!(nothing_words(&done).0, "都处理过了");
    }

    #[test]
    fn an_answer_needs_words_and_not_too_many() {
        assert_eq!(answer_missing(" \n").as_deref(), Some("写一句怎么处理的"));
        assert_eq!(answer_missing(" 改好了 "), None);
        assert_eq!(answer_missing(&"字".repeat(LONGEST_ANSWER)), None);
        let long = answer_missing(&"字".repeat(LONGEST_ANSWER + 1)).unwrap();
        assert!(long.contains("501"), "{long}");
    }

    #[test]
    fn an_answer_is_shown_below_the_complaint_it_belongs_to() {
        let answers = [ComplaintAnswer { number: 8, handled: handled() }];
        assert_eq!(answer_of(&row(Some(8)), &answers), Some(handled()));
        assert_eq!(answer_of(&row(Some(9)), &answers), None);
        assert_eq!(answer_of(&row(None), &answers), None);
        assert!(!any_came(&[row(None)]) && any_came(&[row(None), row(Some(8))]));
    }

    #[test]
    fn who_answered_is_said_with_the_post_and_the_minute() {
        assert_eq!(handled_by(&handled(), TODAY), "郝演十 · 县中心 · 延长县，今天 16:05");
        assert_eq!(who("王样一", ""), "王样一");
    }

    #[test]
    fn a_look_without_reason_or_household_says_so() {
        let mut look = LookRow {
            at: InstantMs(0),
            name: "冯例八".into(),
            post: String::new(),
            asked: "查花名册".into(),
            purpose: String::new(),
            household: String::new(),
        };
        assert_eq!((purpose_words(&look), household_words(&look)), ("不问", "不是一户"));
        look.purpose = "走访前了解".into();
        look.household = "张家滩镇 · 下盘石村 · 第7网格 3-01".into();
        assert_eq!(purpose_words(&look), "走访前了解");
        assert!(household_words(&look).ends_with("3-01"));
    }

    #[test]
    fn only_the_county_reads_complaints() {
        let readers = [Role::CountyClerk, Role::Administrator];
        for role in crate::models::admin::ROLES {
            assert_eq!(reads_complaints(role), readers.contains(&role), "{role:?}");
        }
    }
}
