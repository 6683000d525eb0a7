//! 待复核: what waits at the county's server for an administrator, a card each, admitted or declined with
//! a reason. Each look at the list is written down there, so it is counted nowhere else.

use leptos::prelude::*;
use yidang_api::review::{ReviewEntry, ReviewRow, ReviewsQuestion, ReviewsView};

use super::send::SendBar;
use crate::app::{Shared, shared};
use crate::components::{Dotted, Empty, FieldRow, Icon, OnlineNote, PageTurns, Sheet, Waiting};
use crate::door::{Answer, answer, today};
use crate::models::grids::PAGE;
use crate::models::reviews::{
    LONGEST_REASON, NOTHING, Way, entry_words, file_words, outcome_words, page_after, pages,
    reason_missing, reasons, settle_title, settle_words, unlisted, unread_words, why_words,
    without,
};
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::sheet_parts::submit;
use crate::words::moment;

/// A batch that is about to be settled, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    batch: String,
    name: String,
    way: Way,
}

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct List {
    answer: Answer<ReviewsView>,
    offset: RwSignal<u32>,
    open: RwSignal<Option<Open>>,
    /// One decision at a time for the whole page: a sheet that is closed and opened again sends nothing twice.
    doing: Doing,
}

impl List {
    fn open(self, row: &ReviewRow, way: Way) {
        self.doing.fault.set(None);
        let (batch, name) = (row.batch.clone(), row.name.clone());
        self.open.set(Some(Open { batch, name, way }));
    }

    fn close(self) {
        self.open.set(None);
        if self.doing.fault.with_untracked(Option::is_some) {
            self.doing.fault.set(None);
            // Somebody else may have settled it meanwhile.
            self.answer.retry();
        }
    }

    fn send(self, shared: Shared, open: Open, reason: &str) {
        let Open { batch, way, .. } = open;
        let question = way.question(&batch, reason);
        self.doing.run(question, move |settled| {
            self.settled(&batch);
            shared.say(outcome_words(settled.outcome));
        });
    }

    /// The card goes at once; what is left is asked for again. The page may be gone by now.
    fn settled(self, batch: &str) {
        let is_open = |open: &Option<Open>| open.as_ref().is_some_and(|open| open.batch == batch);
        if self.open.try_with_untracked(is_open) == Some(true) {
            self.open.set(None);
        }
        let take = |view: &mut Option<ReviewsView>| view.as_mut().map(|view| without(view, batch));
        let total = self.answer.value.try_update(take).flatten();
        let Some((total, offset)) = total.zip(self.offset.try_get_untracked()) else { return };
        let page = page_after(total, offset);
        if page == offset {
            self.answer.retry();
        } else {
            self.offset.set(page);
        }
    }
}

/// The part of the page.
#[component]
pub fn ReviewsPart() -> impl IntoView {
    let offset = RwSignal::new(0);
    let answer = answer(move || ReviewsQuestion { offset: offset.get(), limit: PAGE });
    let list = List { answer, offset, open: RwSignal::new(None), doing: Doing::new() };
    view! {
        <Head list/>
        {move || answer.value.get().map(|view| view! { <Cards list view/> })}
        {move || list.open.get().map(|open| view! { <SettleSheet list open/> })}
    }
}

/// How many wait, what the page is for, and what went wrong.
#[component]
fn Head(list: List) -> impl IntoView {
    let List { answer, open, doing, .. } = list;
    let (fault, retry) = (answer.fault, Callback::new(move |()| answer.retry()));
    let total = Memo::new(move |_| answer.value.with(|view| view.as_ref().map(|view| view.total)));
    // What went wrong after its sheet was closed.
    let late = move || open.with(Option::is_none).then(|| doing.fault.get()).flatten();
    view! {
        <section class="card" data-test="reviews" aria-label="待复核">
            <div class="hd">
                <h2>"待复核"</h2>
                <span class="t3 small" role="status" data-test="reviews-total">
                    {move || total.get().map(|total| format!("{total} 条"))}
                </span>
            </div>
            <p class="small t3 inset-x">
                "送到了县里、还没有写进去的，等最久的在前。看一次，记一次。"
            </p>
            {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            {move || late().map(|fault| view! { <OnlineNote fault/> })}
            {move || match total.get() {
                Some(0) => view! { <Empty title=NOTHING.0 next=NOTHING.1/> }.into_any(),
                None if fault.with(Option::is_none) => view! { <Waiting rows=4/> }.into_any(),
                _ => ().into_any(),
            }}
        </section>
    }
}

#[component]
fn Cards(list: List, view: ReviewsView) -> impl IntoView {
    let offset = list.offset.get_untracked();
    let (pager, hidden) = (pages(&view, offset), unlisted(&view, offset));
    let pending = list.answer.pending;
    let note = move || (hidden > 0 && !pending.get()).then(|| view! { <Unlisted count=hidden/> });
    let cards = view.rows.into_iter().map(|row| view! { <Card list row/> }).collect_view();
    view! {
        {note}
        {cards}
        <PageTurns pager offset=list.offset/>
    }
}

#[component]
fn Unlisted(count: u32) -> impl IntoView {
    view! {
        <div class="note quiet" data-test="reviews-unlisted">
            <Icon name="clock"/>
            <div class="grow">
                {format!("还有 {count} 条现在读不出来，没有列在下面，过些时候再看。")}
            </div>
        </div>
    }
}

#[component]
fn Card(list: List, row: ReviewRow) -> impl IntoView {
    let (file, rest, why) = (file_words(&row), unread_words(&row), why_words(&row.rule));
    let label = format!("{}写的", row.name);
    let (batch, shown) = (row.batch.clone(), row.clone());
    let ReviewRow { name, post, device, since, entries, .. } = row;
    let said = entries.into_iter().map(|entry| view! { <Said entry/> }).collect_view();
    view! {
        <article class="card" aria-label=label data-test="review" data-batch=batch>
            <div class="hd wrap">
                <h3>{name}</h3>
                <span class="small t2 wrap-any"><Dotted text=post/></span>
            </div>
            <FieldRow label="写到哪里">
                <span class="wrap-any"><Dotted text=file/></span>
            </FieldRow>
            <FieldRow label="写了什么">
                {said}
                {rest.map(|words| view! { <span class="block t2" data-test="review-unread">{words}</span> })}
            </FieldRow>
            <FieldRow label="在哪写的">
                <span class="wrap-any">{device}</span>
            </FieldRow>
            <FieldRow label="送到县里">{moment(since)}</FieldRow>
            <FieldRow label="为什么等">{why}</FieldRow>
            <Choices list row=shown/>
        </article>
    }
}

/// One thing that happened, as its author says it.
#[component]
fn Said(entry: ReviewEntry) -> impl IntoView {
    let head = entry_words(&entry, today());
    let words = Some(entry.words).filter(|words| !words.is_empty());
    view! {
        <span class="block" data-test="review-entry">
            <b>{head}</b>
            {words.map(|words| view! { <span class="block wrap-any">{words}</span> })}
        </span>
    }
}

/// 采用, 只采用经过 where it writes values beside its entries, and 不采用
#[component]
fn Choices(list: List, row: ReviewRow) -> impl IntoView {
    let busy = list.doing.busy;
    let declined = row.clone();
    let entries_alone = row.may_undo.then(|| row.clone()).map(|row| {
        view! {
            <button
                type="button"
                class="btn"
                data-test="review-entries-alone"
                disabled=move || busy.get()
                on:click=move |_| list.open(&row, Way::EntriesAlone)
            >
                {Way::EntriesAlone.word()}
            </button>
        }
    });
    view! {
        <div class="bd row wrap">
            <button
                type="button"
                class="btn soft"
                data-test="review-admit"
                disabled=move || busy.get()
                on:click=move |_| list.open(&row, Way::Admit)
            >
                <Icon name="check"/>
                {Way::Admit.word()}
            </button>
            {entries_alone}
            <button
                type="button"
                class="btn"
                data-test="review-decline"
                disabled=move || busy.get()
                on:click=move |_| list.open(&declined, Way::Decline)
            >
                <Icon name="x"/>
                {Way::Decline.word()}
            </button>
        </div>
    }
}

/// What follows from it, the reason, and the button that does it.
#[component]
fn SettleSheet(list: List, open: Open) -> impl IntoView {
    let shared = shared();
    let Open { name, way, .. } = open.clone();
    let takes_away = way == Way::Decline;
    let (reason, pressed) = (RwSignal::new(String::new()), RwSignal::new(false));
    let missing = Signal::derive(move || {
        reason.with(|words| reason_missing(words)).filter(|_| pressed.get())
    });
    let save = Callback::new(move |()| {
        pressed.set(true);
        let words = reason.get_untracked();
        if reason_missing(&words).is_none() {
            list.send(shared, open.clone(), words.trim());
        }
    });
    let chips = reasons(way)
        .into_iter()
        .map(|words| {
            view! {
                <button
                    type="button"
                    class="chip line pick-chip"
                    on:click=move |_| reason.set(words.to_owned())
                >
                    {words}
                </button>
            }
        })
        .collect_view();
    view! {
        <Sheet title=settle_title(&name, way) on_close=move || list.close() hook="review-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p>{settle_words(way)}</p>
                <Words label="为什么" value=reason limit=LONGEST_REASON hook="review-reason"/>
                <div class="row wrap">{chips}</div>
                <SendBar doing=list.doing words=way.word() hook="review-settle" missing takes_away/>
            </form>
        </Sheet>
    }
}
