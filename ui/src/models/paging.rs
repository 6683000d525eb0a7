//! A long list is asked for in pages.

use std::ops::Range;

use yidang_api::Question;
use yidang_api::household::{GridQuestion, GridView, HouseholdRow};
use yidang_api::list::{CaseRow, ListCaseFiles, ListView};
use yidang_api::message::{MessageRow, MessagesQuestion, MessagesView};
use yidang_api::places::{GridWorker, WorkersQuestion, WorkersView};

/// Rows of one page.
pub const PAGE: u32 = 100;

/// A question whose answer is a long list.
pub trait Paged: Question + Clone + PartialEq + Send + Sync + 'static {
    /// One of its rows.
    type Row: Clone + PartialEq + Send + Sync + 'static;
    /// What every answer says of the whole list, beside its rows.
    type Head: Clone + PartialEq + Send + Sync + 'static;

    /// The same question for one of its pages.
    #[must_use]
    fn page(&self, page: u32) -> Self;

    /// Takes an answer apart.
    fn part(reply: Self::Reply) -> Part<Self::Row, Self::Head>;
}

/// One page of a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<R, H> {
    /// How many rows fit in all.
    pub total: u32,
    /// Those of this page.
    pub rows: Vec<R>,
    /// What holds for the whole list.
    pub head: H,
}

/// Files; the head is the name of the unit that was asked about.
impl Paged for ListCaseFiles {
    type Row = CaseRow;
    type Head = Option<String>;

    fn page(&self, page: u32) -> Self {
        Self { offset: page.saturating_mul(PAGE), limit: PAGE, ..self.clone() }
    }

    fn part(reply: ListView) -> Part<CaseRow, Option<String>> {
        Part { total: reply.total, rows: reply.rows, head: reply.unit }
    }
}

/// Households; the head is the answer without its rows.
impl Paged for GridQuestion {
    type Row = HouseholdRow;
    type Head = GridView;

    fn page(&self, page: u32) -> Self {
        Self { offset: page.saturating_mul(PAGE), limit: PAGE, ..self.clone() }
    }

    fn part(mut reply: GridView) -> Part<HouseholdRow, GridView> {
        let rows = std::mem::take(&mut reply.rows);
        Part { total: reply.total, rows, head: reply }
    }
}

/// Grid workers; the head is the name of the unit that was asked about.
impl Paged for WorkersQuestion {
    type Row = GridWorker;
    type Head = String;

    fn page(&self, page: u32) -> Self {
        Self { offset: page.saturating_mul(PAGE), limit: PAGE, ..self.clone() }
    }

    fn part(reply: WorkersView) -> Part<GridWorker, String> {
        Part { total: reply.total, rows: reply.rows, head: reply.name }
    }
}

/// Messages; the head is how many were not seen.
impl Paged for MessagesQuestion {
    type Row = MessageRow;
    type Head = u32;

    fn page(&self, page: u32) -> Self {
        Self { offset: page.saturating_mul(PAGE), limit: PAGE }
    }

    fn part(reply: MessagesView) -> Part<MessageRow, u32> {
        Part { total: reply.total, rows: reply.rows, head: reply.unread }
    }
}

/// Pages kept above and below what is in sight.
const KEPT: u32 = 4;

/// On which page a row stands, and where on it.
#[must_use]
pub fn place(index: usize) -> (u32, usize) {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    let at = usize::try_from(index % PAGE).unwrap_or(0);
    (index / PAGE, at)
}

/// The pages with these rows; the first one where there are none.
#[must_use]
pub fn pages_of(rows: &Range<usize>) -> Range<u32> {
    let first = place(rows.start).0;
    let last = place(rows.end.saturating_sub(1)).0;
    first..last.max(first).saturating_add(1)
}

/// The pages that are kept while these rows are in sight.
#[must_use]
pub fn around(rows: &Range<usize>) -> Range<u32> {
    let seen = pages_of(rows);
    seen.start.saturating_sub(KEPT)..seen.end.saturating_add(KEPT)
}

#[cfg(test)]
mod tests {
    use yidang_api::household::HouseholdFilter;
    use yidang_api::list::Queue;

    use super::*;
    use crate::models::sample::household;

    /// 李例二 has two thousand messages: the oldest one is asked for like the newest.
    #[test]
    fn the_oldest_of_two_thousand_messages_has_a_page_like_the_newest() {
        let (page, at) = place(1_999);
        let asked = MessagesQuestion::default().page(page);
        assert_eq!((asked.offset, asked.limit, at), (1_900, PAGE, 99));
        assert_eq!(pages_of(&(1_990..2_000)), 19..20);
        let reply = MessagesView { unread: 7, total: 2_000, rows: Vec::new() };
        let part = MessagesQuestion::part(reply);
        assert_eq!((part.total, part.head, part.rows.len()), (2_000, 7, 0));
    }

    #[test]
    fn rows_stand_on_pages() {
        assert_eq!(place(0), (0, 0));
        assert_eq!(place(99), (0, 99));
        assert_eq!(place(12_345), (123, 45));
    }

    #[test]
    fn a_page_is_the_same_question_further_down() {
        let list = ListCaseFiles { text: "果园".into(), ..ListCaseFiles::of(Queue::Overdue) };
        let third = list.page(2);
        assert_eq!((third.offset, third.limit), (200, PAGE));
        assert_eq!(ListCaseFiles { offset: 0, limit: 200, ..third }, list);
    }

    /// 白演六 stands in for nine grids: the six hundredth household is on the seventh page.
    #[test]
    fn households_beyond_the_five_hundredth_have_a_page_of_their_own() {
        let asked = GridQuestion {
            org: None,
            filter: HouseholdFilter::ToSee,
            text: String::new(),
            offset: 0,
            limit: 0,
        };
        let (page, at) = place(612);
        let asked = asked.page(page);
        assert_eq!((asked.offset, asked.limit, at), (600, PAGE, 12));
        assert_eq!(asked.filter, HouseholdFilter::ToSee);
    }

    #[test]
    fn an_answer_comes_apart_and_nothing_of_it_is_lost() {
        let view = GridView {
            grids: Vec::new(),
            counts: vec![(HouseholdFilter::All, 612)],
            seen: 8,
            total: 612,
            rows: vec![household()],
            may_add: true,
        };
        let part = GridQuestion::part(view.clone());
        assert_eq!((part.total, part.rows.len()), (612, 1));
        assert!(part.head.rows.is_empty());
        assert_eq!(GridView { rows: part.rows, ..part.head }, view);
    }

    #[test]
    fn pages_in_sight_are_asked_for_and_their_neighbours_kept() {
        assert_eq!(pages_of(&(0..0)), 0..1);
        assert_eq!(pages_of(&(0..100)), 0..1);
        assert_eq!(pages_of(&(90..120)), 0..2);
        assert_eq!(around(&(1_000..1_030)), 6..15);
    }
}
