//! A long list in pages: a list of twenty thousand files is never here as a whole, only what is in
//! sight and a little around it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::{Fault, FaultCode};

use super::ask;
use crate::app::{Shared, shared};
use crate::models::paging::{Paged, Part, around, pages_of, place};

/// What is here of a list. Copy it freely.
pub struct Pages<Q: Paged> {
    /// Which list it is.
    pub list: Memo<Q>,
    /// How many rows fit; nothing before the first answer.
    pub total: RwSignal<Option<u32>>,
    /// What the newest answer said of the whole list.
    pub head: RwSignal<Option<Q::Head>>,
    /// Why the newest question was not answered.
    pub fault: RwSignal<Option<Fault>>,
    held: RwSignal<BTreeMap<u32, Vec<Q::Row>>>,
    /// Pages asked for since the list or the data changed.
    asked: StoredValue<BTreeSet<u32>>,
    /// Counts up whenever one of them does: a late answer is of another list.
    turn: StoredValue<u32>,
    sight: StoredValue<Range<usize>>,
    shared: Shared,
}

impl<Q: Paged> Clone for Pages<Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q: Paged> Copy for Pages<Q> {}

impl<Q: Paged> Pages<Q> {
    /// Asks for the first page now, and again whenever list or data changed.
    pub fn of(list: Memo<Q>) -> Self {
        let pages = Self {
            list,
            total: RwSignal::new(None),
            head: RwSignal::new(None),
            fault: RwSignal::new(None),
            held: RwSignal::new(BTreeMap::new()),
            asked: StoredValue::default(),
            turn: StoredValue::new(0),
            sight: StoredValue::new(0..1),
            shared: shared(),
        };
        Effect::new(move |before: Option<Q>| {
            pages.shared.revision.track();
            let now = list.get();
            if before.as_ref().is_some_and(|before| *before != now) {
                to_the_top();
            }
            pages.again();
            now
        });
        pages
    }

    /// A part of the head that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(self, read: impl Fn(&Q::Head) -> T + Send + Sync + 'static) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.head.with(|head| head.as_ref().map(&read)))
    }

    /// Asks once more for what is in sight. What is here stays until the answer comes.
    pub fn again(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.asked.update_value(BTreeSet::clear);
        self.want();
    }

    /// These rows are drawn now.
    pub fn see(self, rows: Range<usize>) {
        self.sight.set_value(rows);
        let kept = around(&self.sight.get_value());
        let far = |page: &u32| !kept.contains(page);
        if self.held.with_untracked(|held| held.keys().any(far)) {
            self.held.update(|held| held.retain(|page, _| kept.contains(page)));
            self.asked.update_value(|asked| asked.retain(|page| kept.contains(page)));
        }
        self.want();
    }

    /// The row at a place, if it is here.
    pub fn row(self, index: usize) -> Option<Q::Row> {
        let (page, at) = place(index);
        self.held.with(|held| held.get(&page)?.get(at).cloned())
    }

    /// Asks for the pages in sight that were not asked for.
    fn want(self) {
        for page in pages_of(&self.sight.get_value()) {
            if self.asked.try_update_value(|asked| asked.insert(page)) == Some(true) {
                self.ask(page);
            }
        }
    }

    fn ask(self, page: u32) {
        let turn = self.turn.get_value();
        let question = self.list.with_untracked(|list| list.page(page));
        spawn_local(async move {
            let reply = ask(&question).await;
            // The page may be gone, or another list in its place.
            if self.turn.try_get_value() == Some(turn) {
                self.take(page, reply);
            }
        });
    }

    fn take(self, page: u32, reply: Result<Q::Reply, Fault>) {
        match reply {
            Ok(reply) => {
                let Part { total, rows, head } = Q::part(reply);
                self.put(page, rows);
                if self.total.get_untracked() != Some(total) {
                    self.total.set(Some(total));
                }
                if self.head.with_untracked(|old| old.as_ref() != Some(&head)) {
                    self.head.set(Some(head));
                }
                if self.fault.with_untracked(Option::is_some) {
                    self.fault.set(None);
                }
            }
            Err(fault) => {
                if fault.code == FaultCode::NotSignedIn {
                    self.shared.forget_person();
                }
                self.asked.update_value(|asked| asked.retain(|other| *other != page));
                self.fault.set(Some(fault));
            }
        }
    }

    /// What did not change is not set, so that nothing on screen moves; pages that are not asked for
    /// any more are of an older list.
    fn put(self, page: u32, rows: Vec<Q::Row>) {
        let asked = self.asked.get_value();
        let same = self.held.with_untracked(|held| {
            held.get(&page) == Some(&rows) && held.keys().all(|page| asked.contains(page))
        });
        if !same {
            self.held.update(|held| {
                held.retain(|page, _| asked.contains(page));
                held.insert(page, rows);
            });
        }
    }
}

/// Another list begins at its beginning.
fn to_the_top() {
    if let Ok(Some(main)) = document().query_selector("#main") {
        main.set_scroll_top(0);
    }
}
