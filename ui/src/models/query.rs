//! The address of a list: every count opens to one. What was searched for does not stand in it,
//! because browsers keep addresses in their history, unencrypted.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_domain::facts::Risk;
use yidang_domain::ids::OrgCode;

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
