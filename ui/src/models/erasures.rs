//! 依法删除: what waits to be confirmed and what was erased, in words.

use yidang_api::erasure::{ErasedRow, ErasureRow};
use yidang_domain::entry::DocumentKind;

use crate::words::moment;

/// No order has a longer name; the server holds it too.
pub const LONGEST_BASIS: usize = 200;

/// So many words are cut by one order, none longer than this; the server holds it too.
const MOST_WORDS: usize = 20;
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=200;

/// The words that somebody wrote one a line.
#[must_use]
pub fn words_to_cut(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// So long is a list of them at most.
pub const LONGEST_WITHOUT: usize = MOST_WORDS * (*LENGTHS.end() + 1);

/// What is left of it: nothing, or a file of its own.
#[must_use]
pub fn rest_words(row: &ErasedRow) -> String {
    row.successor
        .map_or_else(|| "整件删除".to_owned(), |id| format!("县里重录，短号 {}", id.short()))
}

/// What becomes of it: 整件删除, or 删去 2 处字句，留下的由县里重录.
#[must_use]
pub fn fate_words(without: &[String]) -> String {
    if without.is_empty() {
        return "整件删除，什么都不留".to_owned();
    }
    format!("删去 {} 处字句，留下的由县里重录成新档案", without.len())
}

/// Where nothing waits: what is true, and what comes next.
pub const NOTHING: (&str, &str) = ("没有等着核对的", "一名管理员提请，另一名核对以后才删除");

/// What it is: 案件 · 张家滩镇 · 下盘石村 · 第7网格 · 短号 0707. Only files have a short name.
#[must_use]
pub fn file_words(row: &ErasureRow) -> String {
    let where_it_is = format!("{} · {}", row.kind.label(), row.place);
    match row.kind {
        DocumentKind::CaseFile => format!("{where_it_is} · 短号 {}", row.document.short()),
        DocumentKind::Household | DocumentKind::VisitDay => where_it_is,
    }
}

/// Who asks for it, and when.
#[must_use]
pub fn asked_words(row: &ErasureRow) -> String {
    let who = if row.own { "你" } else { row.by.as_str() };
    format!("{who}提请，{}", moment(row.at))
}

/// How far the devices are.
#[must_use]
pub fn devices_words(row: &ErasedRow) -> String {
    match row.unconfirmed {
        0 => "各台设备都删了".to_owned(),
        count => format!("还有 {count} 台设备没有回话，联网就删"),
    }
}

/// What keeps it from being asked for; nothing where all of it is there.
#[must_use]
pub fn lacking(document: &str, basis: &str, without: &str) -> Option<String> {
    if document.trim().is_empty() {
        return Some("写档案的标识：打开这一件，地址里最后一段".to_owned());
    }
    if basis.trim().is_empty() {
        return Some("写明依据：文书的文号和日期".to_owned());
    }
    let words = words_to_cut(without);
    if words.len() > MOST_WORDS {
        return Some(format!("要删去的字句最多 {MOST_WORDS} 行"));
    }
    let is_wrong = |word: &String| !LENGTHS.contains(&word.chars().count());
    let wrong = words.into_iter().find(is_wrong)?;
    let shown: String = wrong.chars().take(8).collect();
    Some(format!("“{shown}”不行：每行 2 到 200 个字，一个字说不清是哪一处"))
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;
    use yidang_domain::ids::DocumentId;

    use super::*;

    fn row(own: bool) -> ErasureRow {
        ErasureRow {
            document: DocumentId::from_bytes([7; 16]),
            kind: DocumentKind::CaseFile,
            place: "张家滩镇 · 下盘石村 · 第7网格".into(),
            basis: "延检〔2026〕5号".into(),
            without: Vec::new(),
            by: "钱演四".into(),
            at: InstantMs(1_795_132_800_000),
            own,
        }
    }

    #[test]
    fn who_asks_is_said_and_a_file_has_its_short_name() {
        assert!(file_words(&row(false)).ends_with("第7网格 · 短号 0707"));
        assert!(asked_words(&row(false)).starts_with("钱演四提请，"));
        assert!(asked_words(&row(true)).starts_with("你提请，"));
    }

    #[test]
    fn devices_that_did_not_answer_are_counted() {
        let erased = |unconfirmed| ErasedRow {
            document: DocumentId::from_bytes([7; 16]),
            on: "2026-11-20".into(),
            basis: "延检〔2026〕5号".into(),
            successor: None,
            unconfirmed,
        };
        assert_eq!(devices_words(&erased(0)), "各台设备都删了");
        assert!(devices_words(&erased(3)).contains("3 台设备"));
        assert_eq!(rest_words(&erased(0)), "整件删除");
        let goes_on = ErasedRow { successor: Some(DocumentId::from_bytes([8; 16])), ..erased(0) };
        assert!(rest_words(&goes_on).ends_with("短号 0808"));
    }

    #[test]
    fn both_the_file_and_the_order_are_asked_for() {
        assert!(lacking(" ", "延检〔2026〕5号", "").is_some_and(|words| words.contains("标识")));
        assert!(lacking("01890c5e", " ", "").is_some_and(|words| words.contains("依据")));
        assert_eq!(lacking("01890c5e", "延检〔2026〕5号", " \n"), None);
    }

    #[test]
    fn a_word_to_cut_says_enough_to_mean_one_thing() {
        let lacking = |without: &str| lacking("01890c5e", "延检〔2026〕5号", without);
        assert_eq!(lacking("常试五\n 12000000051 \n"), None);
        assert_eq!(words_to_cut("常试五\n 12000000051 \n"), ["常试五", "12000000051"]);
        assert!(lacking("常试五\n常").is_some_and(|words| words.contains("“常”")));
        assert!(lacking(&"常试五\n".repeat(21)).is_some_and(|words| words.contains("20 行")));
        assert!(fate_words(&words_to_cut("常试五")).contains("1 处"));
        assert!(fate_words(&[]).contains("整件"));
    }
}
