//! One search over everything on this device, and the selections people keep.

use yidang_api::find::{
    DropView, FindQuestion, FindView, FoundEntry, FoundHousehold, SaveView, SavedView,
    SavedViewsQuestion,
};
use yidang_api::household::HouseholdFilter;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::{Fault, FaultCode};
use yidang_domain::civil::Date;
use yidang_domain::finding;

use super::lists::on_day;
use crate::device::{Device, OpenDesk};
use crate::present::household::on_day as household_on_day;
use crate::store::{
    CaseFilter, HouseholdSelection, ReadCases, ReadDesk, ReadHouseholds, StoreError, StoredRow,
};

/// No group shows more rows.
const MOST_ROWS: u32 = 500;
/// Characters shown before and behind what was found.
const AROUND: usize = 12;
/// No desk keeps more selections.
const MOST_VIEWS: usize = 30;
/// No name is longer.
const MOST_NAME: usize = 20;

/// Looks for something.
pub fn find(device: &mut Device, question: &FindQuestion) -> Result<FindView, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    let mut view = FindView { text: question.text.clone(), ..FindView::default() };
    let Some(query) = finding::query(&question.text) else { return Ok(view) };
    let limit = question.limit.clamp(1, MOST_ROWS);
    files(desk, question, limit, today, &mut view)?;
    households(desk, question, limit, today, &mut view)?;
    entries(desk, &question.text, &query, limit, &mut view)?;
    Ok(view)
}

fn files(
    desk: &OpenDesk,
    question: &FindQuestion,
    limit: u32,
    today: Date,
    view: &mut FindView,
) -> Result<(), Fault> {
    let list = ListCaseFiles { text: question.text.clone(), ..ListCaseFiles::of(Queue::All) };
    let filter = CaseFilter::of(&list, today);
    let (total, rows) = desk.store.count_and_cases(&filter, 0, limit)?;
    view.files_total = total;
    view.files = rows.into_iter().map(|stored| on_day(stored, today)).collect();
    Ok(())
}

fn households(
    desk: &OpenDesk,
    question: &FindQuestion,
    limit: u32,
    today: Date,
    view: &mut FindView,
) -> Result<(), Fault> {
    let selection = HouseholdSelection::of(&[], HouseholdFilter::All, &question.text, today);
    let (total, rows) = desk.store.count_and_households(&selection, 0, limit)?;
    view.households_total = total;
    for row in rows {
        let member = if fits(&row.head, &question.text) {
            String::new()
        } else {
            desk.store
                .members(row.id)?
                .into_iter()
                .find(|(name, _)| *name != row.head && fits(name, &question.text))
                .map(|(name, relation)| named(&name, &relation))
                .unwrap_or_default()
        };
        view.households.push(FoundHousehold { row: household_on_day(row, today), member });
    }
    Ok(())
}

fn named(name: &str, relation: &str) -> String {
    if relation.is_empty() { name.to_owned() } else { format!("{name}（{relation}）") }
}

/// Whether a word of what was typed is in a name, or begins its initials.
fn fits(name: &str, typed: &str) -> bool {
    finding::words(typed).iter().any(|word| finding::is_in_name(name, word))
}

fn entries(
    desk: &OpenDesk,
    typed: &str,
    query: &str,
    limit: u32,
    view: &mut FindView,
) -> Result<(), Fault> {
    let (total, rows) = desk.store.count_and_cases(&CaseFilter::said(query), 0, limit)?;
    view.entries_total = total;
    for StoredRow { row, .. } in rows {
        let told = desk.store.told(row.id)?;
        let found = told
            .iter()
            .rev()
            .find_map(|(label, gist)| Some((label.clone(), excerpt(gist, typed)?)));
        let (label, excerpt) = found.or_else(|| told.last().cloned()).unwrap_or_default();
        view.entries.push(FoundEntry { case: row.id, matter: row.matter, label, excerpt });
    }
    Ok(())
}

/// The words around the first word of what was typed, where the text has it.
fn excerpt(text: &str, typed: &str) -> Option<String> {
    let word = typed.split_whitespace().find(|word| text.contains(*word))?;
    let at = text.find(word)?;
    let before: Vec<char> = text.get(..at)?.chars().collect();
    let cut = before.len().saturating_sub(AROUND);
    let lead: String = before.iter().skip(cut).collect();
    let behind = text.get(at + word.len()..)?;
    let tail: String = behind.chars().take(AROUND * 2).collect();
    let first = if cut > 0 { "…" } else { "" };
    let last = if behind.chars().count() > AROUND * 2 { "…" } else { "" };
    Some(format!("{first}{lead}{word}{tail}{last}"))
}

/// The selections that are kept, with their counts of now.
pub fn views(device: &mut Device, _: &SavedViewsQuestion) -> Result<Vec<SavedView>, Fault> {
    let today = device.today();
    let desk = device.desk()?;
    desk.store
        .views()?
        .into_iter()
        .map(|(name, list)| {
            let count = desk.store.count_cases(&CaseFilter::of(&list, today))?;
            Ok(SavedView { name, list, count })
        })
        .collect()
}

/// Keeps a selection.
pub fn save_view(device: &mut Device, question: &SaveView) -> Result<(), Fault> {
    let name = question.name.trim();
    if name.is_empty() || name.chars().count() > MOST_NAME {
        return Err(Fault::invalid("name", "between 1 and 20 characters"));
    }
    let desk = device.desk()?;
    let known = desk.store.views()?;
    if known.len() >= MOST_VIEWS && !known.iter().any(|(other, _)| other == name) {
        return Err(Fault::new(FaultCode::NotAllowed, "thirty selections are kept already"));
    }
    let list = ListCaseFiles { offset: 0, ..question.list.clone() };
    desk.store.write(|write| -> Result<(), StoreError> { write.put_view(name, &list) })?;
    device.touch();
    Ok(())
}

/// Forgets a selection.
pub fn drop_view(device: &mut Device, question: &DropView) -> Result<(), Fault> {
    let desk = device.desk()?;
    desk.store.write(|write| -> Result<(), StoreError> { write.drop_view(&question.name) })?;
    device.touch();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_words_around_what_was_found() {
        let text = "到地里看了石桩，两家都在场，地埂推平约三十米，双方同意明天再量。";
        assert_eq!(
            excerpt(text, "地埂").unwrap(),
            "…里看了石桩，两家都在场，地埂推平约三十米，双方同意明天再量。"
        );
        assert_eq!(excerpt(text, "果园"), None);
    }

    #[test]
    fn a_name_fits_by_its_characters_and_by_its_initials() {
        assert!(fits("王样一", "样") && fits("王样一", "WYY") && !fits("王样一", "李"));
    }
}
