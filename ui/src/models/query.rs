//! The address of a list: every count opens to one. What was searched for does not stand in it,
//! because browsers keep addresses in their history, unencrypted.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_domain::category::{self, CLASSES};
use yidang_domain::civil::Date;
use yidang_domain::facts::Risk;
use yidang_domain::ids::OrgCode;

use crate::models::timeline::long_date;

/// The word of a queue in addresses and test hooks.
#[must_use]
pub const fn queue_name(queue: Queue) -> &'static str {
    match queue {
        Queue::All => "all",
        Queue::ToAccept => "to_accept",
        Queue::Changed => "changed",
        Queue::Returned => "returned",
        Queue::ToClose => "to_close",
        Queue::DueToday => "due_today",
        Queue::Overdue => "overdue",
        Queue::Clashing => "clashing",
        Queue::Late => "late",
        Queue::Open => "open",
        Queue::InWork => "in_work",
        Queue::Closed => "closed",
    }
}

/// The queue with this word.
#[must_use]
pub fn queue_of(name: &str) -> Option<Queue> {
    Queue::ALL.into_iter().find(|queue| queue_name(*queue) == name)
}

/// Says in an address that the list was searched.
const SEARCH: &str = "search";

/// The address of `list` on the page at `base`, such as `/cases`.
#[must_use]
pub fn list_address(base: &str, list: &ListCaseFiles) -> String {
    let mut address = format!("{base}?queue={}", queue_name(list.queue));
    let mut add = |key: &str, value: &str| {
        // Writing into a string cannot fail.
        let _ = write!(address, "&{key}={}", escaped(value));
    };
    if let Some(org) = &list.org {
        add("org", org.as_str());
    }
    if let Some(category) = &list.category {
        add("category", category);
    }
    if let Some(risk) = list.risk {
        add("risk", &u8::from(risk).to_string());
    }
    if let Some(from) = list.found_from {
        add("found_from", &from.to_string());
    }
    if let Some(from) = list.closed_from {
        add("closed_from", &from.to_string());
    }
    if !list.text.is_empty() {
        add(SEARCH, "1");
    }
    address
}

/// The list an address names; `get` reads one of its parameters, `search` is what was searched for
/// last. What it does not name or what is no such thing falls back to `queue` and to no filter.
#[must_use]
pub fn list_of(
    queue: Queue,
    get: impl Fn(&str) -> Option<String>,
    search: impl Fn() -> String,
) -> ListCaseFiles {
    let filled = |key: &str| get(key).filter(|value| !value.is_empty());
    let risk = filled("risk").and_then(|text| parsed::<u8>(&text));
    ListCaseFiles {
        org: filled("org").map(OrgCode),
        category: filled("category"),
        risk: risk.and_then(|number| Risk::try_from(number).ok()),
        found_from: filled("found_from").and_then(|text| text.parse().ok()),
        closed_from: filled("closed_from").and_then(|text| text.parse().ok()),
        text: filled(SEARCH).map(|_| search()).unwrap_or_default(),
        ..ListCaseFiles::of(filled("queue").as_deref().and_then(queue_of).unwrap_or(queue))
    }
}

/// What narrows a list beside its queue and what was searched for. Each shows as a chip that can be
/// taken away: a list that is narrowed unseen looks like one from which files are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowing {
    /// 单位
    Unit,
    /// 类别
    Category,
    /// 缓急
    Risk,
    /// 发现日期
    FoundFrom,
    /// 销号日期
    ClosedFrom,
}

impl Narrowing {
    /// In the order of the chips.
    pub const ALL: [Self; 5] =
        [Self::Unit, Self::Category, Self::Risk, Self::FoundFrom, Self::ClosedFrom];

    /// Name in test hooks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unit => "org",
            Self::Category => "category",
            Self::Risk => "risk",
            Self::FoundFrom => "found",
            Self::ClosedFrom => "closed",
        }
    }

    /// The words of the chip; nothing where `list` is not narrowed so. `unit` is the name of the unit
    /// it asks about, once an answer said it.
    #[must_use]
    pub fn words(self, list: &ListCaseFiles, unit: Option<&str>) -> Option<String> {
        match self {
            Self::Unit => list.org.as_ref().map(|_| match unit {
                Some(name) => format!("单位：{name}"),
                None => "单位".to_owned(),
            }),
            Self::Category => list.category.as_deref().map(category_words),
            Self::Risk => list.risk.map(|risk| risk.label().to_owned()),
            Self::FoundFrom => list.found_from.map(|from| since("发现", from)),
            Self::ClosedFrom => list.closed_from.map(|from| since("销号", from)),
        }
    }

    /// `list` without it.
    #[must_use]
    pub fn taken_from(self, list: &ListCaseFiles) -> ListCaseFiles {
        let mut list = list.clone();
        match self {
            Self::Unit => list.org = None,
            Self::Category => list.category = None,
            Self::Risk => list.risk = None,
            Self::FoundFrom => list.found_from = None,
            Self::ClosedFrom => list.closed_from = None,
        }
        list
    }
}

/// 发现日期从2026年11月1日到今天
fn since(what: &str, from: Date) -> String {
    format!("{what}日期从{}年{}到今天", from.year(), long_date(from))
}

/// What narrows `list`, with the words of each chip.
#[must_use]
pub fn narrowings(list: &ListCaseFiles, unit: Option<&str>) -> Vec<(Narrowing, String)> {
    let chip = |narrowing: Narrowing| Some((narrowing, narrowing.words(list, unit)?));
    Narrowing::ALL.into_iter().filter_map(chip).collect()
}

/// Whether anything narrows `list` beside its queue and what was searched for.
#[must_use]
pub fn is_narrowed(list: &ListCaseFiles) -> bool {
    Narrowing::ALL.into_iter().any(|narrowing| narrowing.words(list, None).is_some())
}

/// Two digits name a class, four a category.
#[must_use]
pub fn category_words(code: &str) -> String {
    let class = CLASSES.iter().find(|class| class.code == code);
    class.map_or_else(|| category::label(code), |class| class.label.to_owned())
}

fn parsed<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// `text` as it may stand in an address.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_words_are_those_of_the_api() {
        for queue in Queue::ALL {
            let json = serde_json::to_string(&queue).unwrap();
            assert_eq!(json, format!("\"{}\"", queue_name(queue)));
            assert_eq!(queue_of(queue_name(queue)), Some(queue));
        }
    }

    #[test]
    fn an_address_names_the_whole_list_but_what_was_searched_for() {
        let list = ListCaseFiles {
            org: Some("610621103".into()),
            category: Some("09".to_owned()),
            risk: Some(Risk::Key),
            text: "果园 1&2".to_owned(),
            ..ListCaseFiles::of(Queue::Overdue)
        };
        assert_eq!(
            list_address("/cases", &list),
            "/cases?queue=overdue&org=610621103&category=09&risk=1&search=1"
        );
    }

    /// 郝演十 opens the month's 新增 of one village: whatever narrows the list can be read and taken
    /// away, one by one.
    #[test]
    fn everything_that_narrows_a_list_is_a_chip_that_can_be_taken_away() {
        let list = ListCaseFiles {
            org: Some("610621106230".into()),
            category: Some("0901".to_owned()),
            risk: Some(Risk::Key),
            found_from: Some(Date::constant(2026, 11, 1)),
            closed_from: Some(Date::constant(2026, 10, 5)),
            text: "果园".to_owned(),
            ..ListCaseFiles::of(Queue::All)
        };
        let chips = narrowings(&list, Some("雷赤镇·下驿村"));
        let words: Vec<&str> = chips.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words.len(), Narrowing::ALL.len());
        assert_eq!(words[0], "单位：雷赤镇·下驿村");
        assert_eq!(words[1], category_words("0901"));
        assert_eq!(words[3], "发现日期从2026年11月1日到今天");
        assert_eq!(words[4], "销号日期从2026年10月5日到今天");
        assert_eq!(Narrowing::Unit.words(&list, None).as_deref(), Some("单位"));
        let bare = chips.iter().fold(list.clone(), |list, (chip, _)| chip.taken_from(&list));
        assert_eq!(bare, ListCaseFiles { text: list.text, ..ListCaseFiles::of(Queue::All) });
        assert!(!is_narrowed(&bare) && narrowings(&bare, None).is_empty());
    }

    #[test]
    fn nonsense_in_an_address_is_no_filter() {
        let read = |key: &str| match key {
            "queue" => Some("nowhere".to_owned()),
            "risk" => Some("9".to_owned()),
            "search" => Some("1".to_owned()),
            _ => None,
        };
        let list = list_of(Queue::Open, read, || "梨树".to_owned());
        assert_eq!(
            list,
            ListCaseFiles { text: "梨树".to_owned(), ..ListCaseFiles::of(Queue::Open) }
        );
    }

    #[test]
    fn a_list_that_was_not_searched_is_not_narrowed_by_an_older_search() {
        let list = list_of(Queue::Open, |_| None, || "梨树".to_owned());
        assert_eq!(list, ListCaseFiles::of(Queue::Open));
    }
}
