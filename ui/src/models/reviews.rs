//! 待复核: what waits for an administrator, in words, and what came of their decision.

use yidang_api::review::{ReviewEntry, ReviewOutcome, ReviewRow, ReviewsView, SettleReview};
use yidang_domain::civil::Date;
use yidang_domain::entry::DocumentKind;

use crate::models::grids::{PAGE, Pager, pager};
use crate::words::date_word;

/// How a batch is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 采用: all of it.
    Admit,
    /// 只采用经过: its entries, and the values it writes are put back.
    EntriesAlone,
    /// 不采用
    Decline,
}

impl Way {
    /// The word on the button.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admit => "采用",
            Self::EntriesAlone => "只采用经过",
            Self::Decline => "不采用",
        }
    }

    /// What is sent to the server.
    #[must_use]
    pub fn question(self, batch: &str, reason: &str) -> SettleReview {
        SettleReview {
            batch: batch.to_owned(),
            admit: self != Self::Decline,
            undo: self == Self::EntriesAlone,
            reason: reason.to_owned(),
        }
    }
}

/// No reason is longer; the server holds it too.
pub const LONGEST_REASON: usize = 200;

/// Where nothing waits: what is true, and what comes next.
pub const NOTHING: (&str, &str) =
    ("没有要定的", "服务器恢复数据以后，花名册里没有的人写的，会列在这里");

/// Into what it writes: 案件 · 张家滩镇 · 下盘石村 · 第7网格 · 短号 0707. Only files have a short name.
#[must_use]
pub fn file_words(row: &ReviewRow) -> String {
    let where_it_is = format!("{} · {}", row.kind.label(), row.place);
    match row.kind {
        DocumentKind::CaseFile => format!("{where_it_is} · 短号 {}", row.document.short()),
        DocumentKind::Household | DocumentKind::VisitDay => where_it_is,
    }
}

/// Why a person is asked, and what helps instead. `rule` is a word of `docs/refusals.md`.
#[must_use]
pub fn why_words(rule: &str) -> &'static str {
    match rule {
        "unknown_author" => {
            "花名册里没有这个人：服务器恢复过数据，或者这个人已经不在册。人还在的，在“人员”里加回来，等着的自动接着办"
        }
        _ => "要由管理员看过再定",
    }
}

/// 走访，11月20日
#[must_use]
pub fn entry_words(entry: &ReviewEntry, today: Date) -> String {
    format!("{}，{}", entry.label, date_word(entry.on, today))
}

/// What is not said by its entries; nothing where they say all of it.
#[must_use]
pub fn unread_words(row: &ReviewRow) -> Option<String> {
    match row.unread {
        0 if row.entries.is_empty() => {
            Some("没有写经过，只改了登记的项目；改成什么，采用以后看得到".to_owned())
        }
        0 => None,
        count => {
            Some(format!("有 {count} 处现在读不出来，多半是它前面的还没到；前面的定了，再看这一条"))
        }
    }
}

/// So many of the whole list were asked for with the page that begins at `offset`.
fn asked(view: &ReviewsView, offset: u32) -> u32 {
    view.total.saturating_sub(offset).min(PAGE)
}

/// How many of this page the server could not show: they wait and are not listed.
#[must_use]
pub fn unlisted(view: &ReviewsView, offset: u32) -> u32 {
    let listed = u32::try_from(view.rows.len()).unwrap_or(u32::MAX);
    asked(view, offset).saturating_sub(listed)
}

/// The pages beside this one. Rows that are not listed count, or the next page would begin with rows of this one.
#[must_use]
pub fn pages(view: &ReviewsView, offset: u32) -> Option<Pager> {
    pager(view.total, offset, usize::try_from(asked(view, offset)).unwrap_or(usize::MAX))
}

/// Takes a batch that was settled out of the list; gives how many wait now.
pub fn without(view: &mut ReviewsView, batch: &str) -> u32 {
    let before = view.rows.len();
    view.rows.retain(|row| row.batch != batch);
    if view.rows.len() < before {
        view.total = view.total.saturating_sub(1);
    }
    view.total
}

/// Where the page begins that is shown once `total` wait: the one before, where nothing is left on this one.
#[must_use]
pub const fn page_after(total: u32, offset: u32) -> u32 {
    if offset < total { offset } else { offset.saturating_sub(PAGE) }
}

/// The heading of the sheet in which the reason is written.
#[must_use]
pub fn settle_title(name: &str, way: Way) -> String {
    match way {
        Way::Admit | Way::Decline => format!("{}{name}写的", way.word()),
        Way::EntriesAlone => format!("只采用{name}写的经过"),
    }
}

/// What follows from the decision, said before it is made.
#[must_use]
pub const fn settle_words(way: Way) -> &'static str {
    match way {
        Way::Admit => {
            "采用，就是你核对过，确是本人写的。原样写进去，一个字不改，写进去不能撤。谁都不能做的事，采用了也写不进去。理由和你的名字由县服务器记着。"
        }
        Way::EntriesAlone => {
            "经过原样写进去，不能撤；改过的登记项目恢复成改以前的值，后来别人又改过的不动。写的人还看得到改成过什么，也看得到这句理由。理由和你的名字由县服务器记着。"
        }
        Way::Decline => {
            "不采用，就不写进去，接着它写的也跟着不采用，定了不能改。原话还在写的人设备上，这句理由写的人看得到。"
        }
    }
}

/// Reasons that are given often.
#[must_use]
pub const fn reasons(way: Way) -> [&'static str; 2] {
    match way {
        Way::Admit => ["当面问过，是本人写的", "打电话问过，是本人写的"],
        Way::EntriesAlone => ["经过是真的，登记的以现在的为准", "核对过，改错了"],
        Way::Decline => ["问过，不是本人写的", "本人已经另写了一遍"],
    }
}

/// What keeps a decision from being sent.
#[must_use]
pub fn reason_missing(reason: &str) -> Option<String> {
    match reason.trim().chars().count() {
        0 => Some("写一句为什么".to_owned()),
        count if count > LONGEST_REASON => {
            Some(format!("最多 {LONGEST_REASON} 个字，现在 {count} 个"))
        }
        _ => None,
    }
}

/// What became of it, said once.
#[must_use]
pub const fn outcome_words(outcome: ReviewOutcome) -> &'static str {
    match outcome {
        ReviewOutcome::Taken => "已采用，写进去了",
        ReviewOutcome::Undone => "经过写进去了，改过的项目恢复了原来的值，写的人看得到理由",
        ReviewOutcome::Waits => "已采用，等它前面的到了，自动写进去",
        ReviewOutcome::Declined => "没有采用，写的人看得到理由",
        ReviewOutcome::Refused => "没有写进去：里面有谁都不能做的事，写的人看得到",
    }
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;
    use yidang_domain::ids::DocumentId;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    /// 吴样二 came after the copy was made that the server was restored from.
    fn row(batch: &str) -> ReviewRow {
        ReviewRow {
            batch: batch.to_owned(),
            document: DocumentId::from_bytes([7; 16]),
            kind: DocumentKind::CaseFile,
            place: "张家滩镇 · 下盘石村 · 第7网格".to_owned(),
            name: "吴样二".to_owned(),
            post: "网格员 · 张家滩镇".to_owned(),
            device: "手机".to_owned(),
            since: InstantMs::at_start_of(TODAY),
            rule: "unknown_author".to_owned(),
            entries: vec![ReviewEntry {
                label: "走访".to_owned(),
                on: Date::constant(2026, 11, 18),
                words: "到地里看了".to_owned(),
            }],
            may_undo: false,
            unread: 0,
        }
    }

    fn view(total: u32, batches: &[&str]) -> ReviewsView {
        ReviewsView { total, rows: batches.iter().map(|batch| row(batch)).collect() }
    }

    #[test]
    fn a_review_says_where_it_writes_and_what() {
        let file = row("a");
        assert_eq!(file_words(&file), "案件 · 张家滩镇 · 下盘石村 · 第7网格 · 短号 0707");
        let household = ReviewRow { kind: DocumentKind::Household, ..row("a") };
        assert_eq!(file_words(&household), "户 · 张家滩镇 · 下盘石村 · 第7网格");
        assert_eq!(entry_words(&file.entries[0], TODAY), "走访，11月18日");
        assert!(why_words(&file.rule).contains("花名册里没有这个人"));
        assert_ne!(why_words("a_later_rule"), "");
    }

    #[test]
    fn what_a_review_cannot_show_is_said() {
        assert_eq!(unread_words(&row("a")), None);
        let fields = ReviewRow { entries: Vec::new(), ..row("a") };
        assert!(unread_words(&fields).unwrap().contains("没有写经过"));
        let early = ReviewRow { entries: Vec::new(), unread: 2, ..row("a") };
        assert!(unread_words(&early).unwrap().contains("2 处"));
    }

    #[test]
    fn reviews_that_are_not_listed_are_counted_and_turn_no_page_twice() {
        let all = view(2, &["a", "b"]);
        assert_eq!((unlisted(&all, 0), pages(&all, 0)), (0, None));
        let one_is_missing = view(3, &["a", "b"]);
        assert_eq!((unlisted(&one_is_missing, 0), pages(&one_is_missing, 0)), (1, None));
        let long = view(PAGE + 30, &["a"]);
        assert_eq!(unlisted(&long, 0), PAGE - 1);
        assert_eq!(pages(&long, 0).unwrap().after, Some(PAGE));
        let last = pages(&long, PAGE).unwrap();
        assert_eq!((last.before, last.after), (Some(0), None));
    }

    /// 冯例八 settles the last one of the second page, and one that somebody else had settled already.
    #[test]
    fn a_review_that_was_settled_goes_and_an_empty_page_with_it() {
        let mut list = view(PAGE + 1, &["a"]);
        assert_eq!(without(&mut list, "b"), PAGE + 1);
        assert_eq!(without(&mut list, "a"), PAGE);
        assert_eq!(list.rows, Vec::new());
        assert_eq!(page_after(PAGE, PAGE), 0);
        assert_eq!(page_after(PAGE + 1, PAGE), PAGE);
        assert_eq!(page_after(0, 0), 0);
    }

    #[test]
    fn a_review_is_settled_with_a_reason_that_the_server_takes() {
        assert_eq!(reason_missing(" \n").as_deref(), Some("写一句为什么"));
        assert_eq!(reason_missing(&"字".repeat(LONGEST_REASON)), None);
        assert!(reason_missing(&"字".repeat(LONGEST_REASON + 1)).unwrap().contains("201"));
        for way in [Way::Admit, Way::EntriesAlone, Way::Decline] {
            for reason in reasons(way) {
                assert_eq!(reason_missing(reason), None);
            }
        }
        assert!(settle_words(Way::Decline).contains("写的人看得到"));
        assert!(settle_words(Way::EntriesAlone).contains("后来别人又改过的不动"));
        assert_eq!(settle_title("吴样二", Way::Admit), "采用吴样二写的");
        assert_eq!(settle_title("吴样二", Way::EntriesAlone), "只采用吴样二写的经过");
        assert_eq!(settle_title("吴样二", Way::Decline), "不采用吴样二写的");
    }

    #[test]
    fn each_way_is_another_question() {
        let asked = |way: Way| {
            let SettleReview { admit, undo, .. } = way.question("0a", "核对过");
            (admit, undo)
        };
        assert_eq!(asked(Way::Admit), (true, false));
        assert_eq!(asked(Way::EntriesAlone), (true, true));
        assert_eq!(asked(Way::Decline), (false, false));
    }

    #[test]
    fn what_became_of_a_review_is_never_said_to_be_more_than_it_is() {
        let written = |outcome| outcome_words(outcome).contains("写进去了");
        assert!(written(ReviewOutcome::Taken));
        assert!(outcome_words(ReviewOutcome::Undone).starts_with("经过写进去了"));
        for outcome in [ReviewOutcome::Waits, ReviewOutcome::Declined, ReviewOutcome::Refused] {
            assert!(!written(outcome), "{outcome:?}");
        }
    }
}
