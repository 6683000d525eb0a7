//! 未采用: what stands on its card, and what goes into the form in which it is written again.

use yidang_api::rejected::{RejectedRow, WriteAgain};
use yidang_domain::civil::Date;

use super::entry_form::EntryForm;
use super::needs::page;
use super::new_form::NewForm;

/// What is copied: everything that was typed, or what it was where nothing was.
#[must_use]
pub fn copied(row: &RejectedRow) -> String {
    if row.words.trim().is_empty() { row.title.clone() } else { row.words.clone() }
}

/// What somebody sends to whoever might know: what it was, when, why it was not taken, and what it said.
#[must_use]
pub fn question_to_ask(row: &RejectedRow) -> String {
    let matter =
        if row.matter.is_empty() { String::new() } else { format!("《{}》里", row.matter) };
    let reason = if row.reason.is_empty() {
        String::new()
    } else {
        format!("，说明是“{}”", row.reason)
    };
    format!(
        "我 {} 在{matter}写的“{}”没有采用：{}{reason}。我写的是：{}。请问该怎么办？",
        row.on,
        row.title,
        row.why,
        copied(row)
    )
}

/// A form with what it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefilled {
    /// The name of its draft.
    pub form: String,
    /// What stands in it, as the form itself keeps it.
    pub content: String,
}

/// The form in which it is written again, as something of today; none where there is none for it.
#[must_use]
pub fn prefilled(row: &RejectedRow, today: Date) -> Option<Prefilled> {
    let case = row.document;
    match row.again.as_ref()? {
        WriteAgain::Entry { entry } => {
            let content = EntryForm::of_entry(entry, today)?.to_draft();
            Some(Prefilled { form: format!("entry/{case}"), content })
        }
        WriteAgain::Fact { field, value } => {
            let content = serde_json::to_string(value).ok()?;
            Some(Prefilled { form: format!("fact/{case}/{field}"), content })
        }
        WriteAgain::CaseFile { opened } => Some(Prefilled {
            form: "new".to_owned(),
            content: NewForm::of_opened(opened).to_draft(),
        }),
    }
}

/// Where it is written again: its own page, or that of a new matter.
#[must_use]
pub fn address(row: &RejectedRow) -> String {
    match row.again {
        Some(WriteAgain::CaseFile { .. }) => "/new".to_owned(),
        _ => page(&row.about, &row.document.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use yidang_api::case_file::{NewParty, OpenCaseFile};
    use yidang_api::sync::About;
    use yidang_domain::civil::InstantMs;
    use yidang_domain::entry::{Entry, EntryKind};
    use yidang_domain::facts::{Risk, Side, Source};
    use yidang_domain::ids::DocumentId;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 26);

    fn row(again: Option<WriteAgain>) -> RejectedRow {
        RejectedRow {
            theirs: false,
            id: 7,
            document: DocumentId::from_bytes([1; 16]),
            goes_on: false,
            about: About::CaseFile,
            is_here: true,
            title: "走访 · 李例二".into(),
            matter: "争一行梨树".into(),
            on: Date::constant(2026, 11, 20),
            saved_at: InstantMs(0),
            words: "又去看了一眼".into(),
            why: "你现在的任职不能这样办".into(),
            reason: String::new(),
            again,
        }
    }

    #[test]
    fn a_visit_comes_back_into_its_own_sheet_as_one_of_today() {
        let entry = Box::new(Entry::Visit { words: "又去看了一眼".into() });
        let row = row(Some(WriteAgain::Entry { entry }));
        let filled = prefilled(&row, TODAY).unwrap();
        assert_eq!(filled.form, format!("entry/{}", row.document));
        let form = EntryForm::from_draft(&filled.content).unwrap();
        assert_eq!((form.kind, form.on.as_str()), (EntryKind::Visit, "2026-11-26"));
        assert_eq!(form.words, "又去看了一眼");
        assert_eq!(address(&row), format!("/case/{}", row.document));
    }

    #[test]
    fn a_decision_has_no_sheet_of_its_own_to_come_back_to() {
        let entry = Box::new(Entry::Closed { seen: None, words: "同意".into() });
        assert_eq!(prefilled(&row(Some(WriteAgain::Entry { entry })), TODAY), None);
        assert_eq!(prefilled(&row(None), TODAY), None);
    }

    #[test]
    fn a_fact_comes_back_as_the_form_of_that_fact_keeps_it() {
        let again = WriteAgain::Fact { field: "place".into(), value: "5组".into() };
        let filled = prefilled(&row(Some(again)), TODAY).unwrap();
        assert!(filled.form.ends_with("/place"));
        assert_eq!(serde_json::from_str::<String>(&filled.content).unwrap(), "5组");
    }

    #[test]
    fn a_whole_file_comes_back_into_the_form_of_a_new_matter() {
        let party = NewParty {
            name: "李例二".into(),
            side: Side::A,
            phone: String::new(),
            household: None,
        };
        let opened = OpenCaseFile {
            matter: "争一行梨树".into(),
            category: "0901".into(),
            place: "下盘石村3组".into(),
            occurred_on: Date::constant(2026, 11, 18),
            parties: vec![party],
            risk: Risk::Ordinary,
            source: Source::Sweep,
            people: None,
            grid: None,
            visit_day: None,
        };
        let row = row(Some(WriteAgain::CaseFile { opened: Box::new(opened) }));
        let form = NewForm::of_draft(&prefilled(&row, TODAY).unwrap().content);
        assert_eq!((form.matter.as_str(), form.parties.len()), ("争一行梨树", 1));
        assert_eq!(address(&row), "/new");
    }

    #[test]
    fn a_question_says_all_that_somebody_has_to_know() {
        let mut row = row(None);
        row.reason = "已移交".into();
        let text = question_to_ask(&row);
        for part in ["2026-11-20", "走访 · 李例二", "争一行梨树", "任职", "已移交", "又去看了一眼"]
        {
            assert!(text.contains(part), "{text}");
        }
    }
}
