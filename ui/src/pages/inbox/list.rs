//! The list of a queue, and the queues themselves on the phone.

use leptos::prelude::*;
use yidang_api::list::{CaseRow, ListCaseFiles, Queue, QueuesQuestion};

use super::Inbox;
use crate::components::{DueMark, Empty, FaultNote, RiskBars, Segments, Waiting, keep_somewhere};
use crate::door::{answer, today};
use crate::models::inbox::{Shown, is_read, marks};
use crate::models::query::{list_address, queue_name};
use crate::words::{clock, day, who_words};

/// The list with its filter.
#[component]
pub fn List(
    /// The page.
    inbox: Inbox,
) -> impl IntoView {
    let answer = inbox.list;
    view! {
        <section class="list" aria-label="清单">
            <Filter inbox />
            {move || {
                answer
                    .fault
                    .get()
                    .map(|fault| {
                        view! {
                            <FaultNote fault retry=Callback::new(move |()| answer.retry()) />
                        }
                    })
            }}
            <Rows inbox />
        </section>
    }
}

#[component]
fn Filter(inbox: Inbox) -> impl IntoView {
    let counts = Memo::new(move |_| {
        inbox.list.value.with(|list| {
            let rows = list.as_ref().map(|list| list.rows.as_slice()).unwrap_or_default();
            Shown::ALL.map(|(shown, _, _)| rows.iter().filter(|row| shown.takes(row)).count())
        })
    });
    let options = move || {
        Shown::ALL
            .into_iter()
            .zip(counts.get())
            .map(|((shown, name, word), count)| (shown, name, format!("{word} {count}")))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="list-hd">
            {move || {
                view! {
                    <Segments
                        label="显示哪些"
                        options=options()
                        value=inbox.shown
                        on_pick=move |shown| inbox.shown.set(shown)
                        hook="inbox-show"
                    />
                }
            }}
        </div>
    }
}

#[component]
fn Rows(inbox: Inbox) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let shown = inbox.shown.get();
        inbox.list.value.with(|list| {
            let list = list.as_ref()?;
            Some(list.rows.iter().filter(|row| shown.takes(row)).cloned().collect::<Vec<_>>())
        })
    });
    Effect::new(move |_| {
        rows.track();
        keep_somewhere();
    });
    let is_empty = Memo::new(move |_| rows.with(|rows| rows.as_ref().map(Vec::is_empty)));
    let more = Memo::new(move |_| {
        inbox.list.value.with(|list| {
            let list = list.as_ref()?;
            let here = u32::try_from(list.rows.len()).unwrap_or(u32::MAX);
            (list.total > here).then(|| list.total - here)
        })
    });
    view! {
        <div class="list-rows scroll" data-test="inbox-list">
            {move || match is_empty.get() {
                None => view! { <Waiting rows=6 /> }.into_any(),
                Some(true) => view! { <Nothing inbox /> }.into_any(),
                Some(false) => ().into_any(),
            }}
            <For
                each=move || rows.get().unwrap_or_default()
                key=|row| row.clone().to_key()
                children=move |row| view! { <Row inbox row /> }
            />
            {move || {
                more.get()
                    .map(|count| {
                        let list = inbox.question.get();
                        view! {
                            <p class="row center-row">
                                <a class="btn text" href=list_address("/cases", &list)>
                                    {format!("还有 {count} 件，在案件里看")}
                                </a>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// A row is drawn anew when anything it shows changed.
trait ToKey {
    /// The row as text.
    fn to_key(&self) -> String;
}

impl ToKey for CaseRow {
    fn to_key(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.id.to_string())
    }
}

#[component]
fn Nothing(inbox: Inbox) -> impl IntoView {
    let (title, next) = match (inbox.queue(), inbox.shown.get_untracked()) {
        (_, Shown::Unseen) => ("没有没看过的", "点“全部”看其余的"),
        (_, Shown::Changed) => ("没有新的变化", "点“全部”看其余的"),
        (Queue::ToAccept, _) => ("没有待受理的", "网格员报上来，这里就有"),
        (Queue::Returned, _) => ("没有退回待补的", "补好的会回到待受理"),
        (Queue::ToClose, _) => ("没有等着审核销号的", ""),
        (Queue::DueToday, _) => ("今天没有到期的", ""),
        (Queue::Clashing, _) => ("没有要定的", ""),
        _ => ("这里没有案件", ""),
    };
    view! { <Empty title next /> }
}

#[component]
fn Row(inbox: Inbox, row: CaseRow) -> impl IntoView {
    let id = row.id;
    let is_on = Memo::new(move |_| inbox.chosen.get() == Some(id));
    let where_from: Vec<String> = [row.village.clone(), row.finder.clone()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let written = row.last_at;
    let read = is_read(&row);
    let when = if written.date() == today() { clock(written) } else { day(written.date()) };
    let chips = marks(&row)
        .into_iter()
        .map(|mark| view! { <span class=mark.class>{mark.words}</span> })
        .collect_view();
    view! {
        <a
            class="item"
            class:on=is_on
            class:read=read
            href=move || inbox.address(id)
            aria-current=move || is_on.get().then_some("true")
            data-test="inbox-row"
            data-id=id.to_string()
        >
            <RiskBars risk=row.risk />
            <span class="l1">
                <b class="cut">
                    <span class="sr">{row.risk.label()}"："</span>
                    {row.matter}
                </b>
                <time>{when}</time>
            </span>
            <div class="l2 cut">
                {who_words(&row.parties)}
                {where_from
                    .into_iter()
                    .map(|part| view! { <span class="sep"></span> {part} })
                    .collect_view()}
            </div>
            <div class="l3">
                {chips} <span class="push">
                    <DueMark due=row.due />
                </span>
            </div>
        </a>
    }
}

/// The queues as a row of filters, for the phone where there is no rail.
#[component]
pub fn Queues(
    /// The page.
    inbox: Inbox,
) -> impl IntoView {
    let queues = answer(|| QueuesQuestion {});
    let chips = Queue::ALL
        .into_iter()
        .map(|queue| {
            let is_on = Memo::new(move |_| inbox.queue() == queue);
            let count =
                move || queues.value.with(|view| view.as_ref().map(|view| view.count(queue)));
            let is_shown = move || count().is_some_and(|count| count > 0) || is_on.get();
            view! {
                <Show when=is_shown>
                    <a
                        href=list_address("/inbox", &ListCaseFiles::of(queue))
                        class:on=is_on
                        aria-current=move || is_on.get().then_some("page")
                        data-test=format!("queue-{}", queue_name(queue))
                    >
                        {queue.label()}
                        " "
                        {count}
                    </a>
                </Show>
            }
        })
        .collect_view();
    view! {
        <nav class="filters inset-x" aria-label="队列">
            {chips}
        </nav>
    }
}
