//! What stands on the paper of a file: everything of it, in the order in which it happened.

use yidang_api::case_file::{CaseFileView, Delivery, EntryView};
use yidang_domain::civil::Date;
use yidang_domain::entry::Entry;

use super::timeline::{remarks, sayings, title, words};
use crate::words::{moment, month_day, number_words};

/// A line with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 环节
    pub label: String,
    /// What stands there.
    pub text: String,
}

/// One entry on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperEntry {
    /// 2026年11月20日
    pub on: String,
    /// What happened.
    pub title: String,
    /// What was said, line by line.
    pub words: Vec<String>,
    /// Who wrote it, and when if that was another day.
    pub by: String,
    /// Why it had no effect; empty where it had.
    pub void: String,
}

/// A file on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// One sentence.
    pub matter: String,
    /// Number and stage, then the facts that were written.
    pub facts: Vec<Line>,
    /// Who is in it, those registered by mistake left out.
    pub parties: Vec<Line>,
    /// What happened, the oldest first.
    pub entries: Vec<PaperEntry>,
    /// What whoever reads the paper must know of it, if anything.
    pub note: Option<&'static str>,
}

/// A file as it goes to paper.
#[must_use]
pub fn paper(view: &CaseFileView) -> Paper {
    let row = &view.row;
    let stage = if row.pending { "待定" } else { row.stage.label() };
    let line = |label: &str, text: &str| Line { label: label.to_owned(), text: text.to_owned() };
    let mut facts = vec![line("编号", &number_words(row)), line("环节", stage)];
    let written = view.facts.iter().filter(|fact| !fact.value.is_empty() && fact.field != "matter");
    facts.extend(written.map(|fact| line(&fact.label, &fact.shown)));
    let present = view.parties.iter().filter(|party| !party.withdrawn);
    let parties = present.map(|party| {
        let said = [party.name.as_str(), party.phone.as_str()];
        let said: Vec<&str> = said.into_iter().filter(|part| !part.is_empty()).collect();
        line(party.side.label(), &said.join(" "))
    });
    Paper {
        matter: row.matter.clone(),
        facts,
        parties: parties.collect(),
        entries: view.entries.iter().rev().map(entry).collect(),
        note: note(view),
    }
}

/// A paper is compared with what the county has; what is not there yet cannot be found there.
fn note(view: &CaseFileView) -> Option<&'static str> {
    let is_on_the_way = |entry: &EntryView| entry.delivery != Delivery::Accepted;
    if view.row.waiting > 0 || view.entries.iter().any(is_on_the_way) {
        Some("有内容还没有送到县里或还没有采纳，这张纸以后和档案包对不上。先同步，再打印。")
    } else if !view.clashes.is_empty() {
        Some("有冲突还没有定，纸上只有其中一个值。")
    } else {
        None
    }
}

fn entry(view: &EntryView) -> PaperEntry {
    let mut lines: Vec<String> = vec![words(view)];
    if let Some(entry) = &view.entry {
        lines.push(remarks(entry).join("，"));
        if let Entry::MediationSession { five, .. } = entry {
            let said = sayings(five).into_iter();
            lines.extend(said.map(|said| format!("{}　{}：{}", said.slot, said.who, said.words)));
        }
    }
    lines.extend(view.not_chosen.iter().map(|value| format!("没选的：{value}")));
    lines.retain(|line| !line.is_empty());
    let written = &view.written;
    let mut by = format!("{}（{}）", written.name, written.post);
    if written.at.date() != view.on {
        by = format!("{by}，{} 记", moment(written.at));
    }
    PaperEntry {
        on: long(view.on),
        title: title(view),
        words: lines,
        by,
        void: view.void.clone().unwrap_or_default(),
    }
}

/// 2026年11月20日
#[must_use]
pub fn long(date: Date) -> String {
    format!("{}年{}", date.year(), month_day(date))
}

#[cfg(test)]
mod tests {
    use yidang_api::case_file::{FactView, PartyView, Provenance};
    use yidang_domain::civil::InstantMs;
    use yidang_domain::entry::EntryKind;
    use yidang_domain::facts::Side;
    use yidang_domain::ids::ItemKey;

    use super::*;
    use crate::models::sample;

    fn happened(day: i8, words: &str, delivery: Delivery) -> EntryView {
        let on = Date::constant(2026, 11, day);
        EntryView {
            key: ItemKey(format!("k-{day}")),
            kind: Some(EntryKind::Visit),
            label: "走访".into(),
            text: words.into(),
            entry: None,
            on,
            written: Provenance {
                name: "王样一".into(),
                post: "下盘石村 · 网格员".into(),
                device: "手机".into(),
                at: InstantMs::at_start_of(on),
                me: false,
            },
            delivery,
            void: None,
            not_chosen: Vec::new(),
            again: false,
        }
    }

    fn party(name: &str, phone: &str, withdrawn: bool) -> PartyView {
        PartyView {
            key: ItemKey(name.into()),
            name: name.into(),
            side: Side::A,
            phone: phone.into(),
            home: None,
            clashes: Vec::new(),
            withdrawn,
        }
    }

    #[test]
    fn what_happened_first_stands_first() {
        let mut view = sample::case_file();
        view.entries = vec![
            happened(24, "又去了一趟", Delivery::Accepted),
            happened(20, "到地里看了", Delivery::Accepted),
        ];
        let paper = paper(&view);
        let days: Vec<&str> = paper.entries.iter().map(|entry| entry.on.as_str()).collect();
        assert_eq!(days, ["2026年11月20日", "2026年11月24日"]);
        assert_eq!(paper.entries[0].words, ["到地里看了"]);
        assert_eq!(paper.entries[0].by, "王样一（下盘石村 · 网格员）");
        assert_eq!(paper.note, None);
    }

    #[test]
    fn facts_that_nobody_wrote_and_people_by_mistake_are_not_printed() {
        let fact = |field: &str, value: &str| FactView {
            field: field.into(),
            label: "地点".into(),
            value: value.into(),
            shown: value.into(),
            written: None,
            clashes: false,
        };
        let mut view = sample::case_file();
        view.facts = vec![fact("matter", "地界"), fact("place", "3组"), fact("cause", "")];
        view.parties = vec![party("冯例八", "12000000008", false), party("郭样五", "", true)];
        let paper = paper(&view);
        let facts: Vec<&str> = paper.facts.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(facts, ["待编号 0707", "待受理", "3组"]);
        assert_eq!(paper.parties.len(), 1);
        assert_eq!(paper.parties[0].text, "冯例八 12000000008");
    }

    #[test]
    fn a_paper_that_cannot_be_compared_says_so() {
        let mut view = sample::case_file();
        view.entries = vec![happened(24, "又去了一趟", Delivery::Received)];
        assert!(paper(&view).note.is_some_and(|note| note.contains("先同步")));
    }
}
