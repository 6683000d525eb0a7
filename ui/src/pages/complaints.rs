//! 投诉与建议 as the county reads them: newest first, each answered once. The county's server says
//! them; nothing of it is kept on the device.

use leptos::prelude::*;
use yidang_api::oversight::{
    HandleComplaint, Handled, HeldComplaint, HeldComplaintsQuestion, HeldComplaintsView,
};

use crate::app::shared;
use crate::components::{
    Dotted, Empty, FieldRow, Icon, OfficeFrame, OnlineNote, PageTurns, Segments, Sheet, Waiting,
};
use crate::door::{Answer, answer, today};
use crate::models::grids::pager;
use crate::models::oversight::{
    LONGEST_ANSWER, answer_missing, filter_words, handled_by, nothing_words, reads_complaints,
    rows_in_all, who,
};
use crate::pages::admin::send::SendBar;
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;
use crate::words::moment;

/// Complaints asked for at once.
const ROWS: u32 = 100;

/// The page of the county desk.
#[component]
pub fn ComplaintsPage() -> impl IntoView {
    let shared = shared();
    let may =
        Memo::new(move |_| shared.person().is_some_and(|person| reads_complaints(person.role)));
    let title = Signal::derive(|| "投诉与建议".to_owned());
    let sub = Signal::derive(|| "大家直接交到县里的，在线查看，不存本机".to_owned());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "complaints")>
            {move || {
                if may.get() {
                    view! { <Held/> }.into_any()
                } else {
                    view! {
                        <div class="card">
                            <Empty title="这一页给县中心和管理员用" next="自己要说的，写在“我的—投诉与建议”"/>
                        </div>
                    }
                        .into_any()
                }
            }}
        </OfficeFrame>
    }
}

/// What the parts of the list share.
#[derive(Clone, Copy)]
struct List {
    answer: Answer<HeldComplaintsView>,
    /// Only those that nobody has answered.
    waiting: RwSignal<bool>,
    offset: RwSignal<u32>,
    /// The complaint that is open.
    open: RwSignal<Option<HeldComplaint>>,
}

/// The list with its counts, and the complaint that is open over it.
#[component]
pub fn Held() -> impl IntoView {
    let (waiting, offset) = (RwSignal::new(true), RwSignal::new(0));
    let answer = answer(move || HeldComplaintsQuestion {
        waiting: waiting.get(),
        offset: offset.get(),
        limit: ROWS,
    });
    let list = List { answer, waiting, offset, open: RwSignal::new(None) };
    let (fault, retry) = (answer.fault, Callback::new(move |()| answer.retry()));
    view! {
        <section class="card" data-test="held-complaints" aria-label="投诉与建议">
            <Filters list/>
            {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            {move || match answer.value.get() {
                Some(view) => view! { <Rows list view/> }.into_any(),
                None if fault.with(Option::is_none) => view! { <Waiting rows=6/> }.into_any(),
                None => ().into_any(),
            }}
        </section>
        {move || list.open.get().map(|complaint| view! { <Opened list complaint/> })}
    }
}

/// 没处理的 and 全部, each with its count.
#[component]
fn Filters(list: List) -> impl IntoView {
    let words = Memo::new(move |_| list.answer.value.with(|view| filter_words(view.as_ref())));
    let pick = move |waiting: bool| {
        list.offset.set(0);
        list.waiting.set(waiting);
    };
    move || {
        let [open, all] = words.get();
        let options = vec![(true, "waiting", open), (false, "all", all)];
        view! {
            <div class="hd"><h2>"投诉与建议"</h2></div>
            <div class="inset-x">
                <Segments label="看哪些" options value=list.waiting on_pick=pick hook="held"/>
            </div>
        }
    }
}

#[component]
fn Rows(list: List, view: HeldComplaintsView) -> impl IntoView {
    let total = rows_in_all(&view, list.waiting.get_untracked());
    if view.rows.is_empty() && list.offset.get_untracked() == 0 {
        let (title, next) = nothing_words(&view);
        return view! { <Empty title next/> }.into_any();
    }
    let pager = pager(total, list.offset.get_untracked(), view.rows.len());
    let rows = view.rows.into_iter().map(|row| view! { <Row list row/> }).collect_view();
    view! {
        <div class="admin-rows">{rows}</div>
        <PageTurns pager offset=list.offset/>
    }
    .into_any()
}

#[component]
fn Row(list: List, row: HeldComplaint) -> impl IntoView {
    let (icon, tone, state) = match row.handled {
        Some(_) => ("check", "sync done", "处理过了"),
        None => ("clock", "sync", "还没有处理"),
    };
    let open = row.clone();
    let by = who(&row.name, &row.post);
    view! {
        <button
            type="button"
            class="cell"
            data-test="held-complaint"
            data-number=row.number.to_string()
            on:click=move |_| list.open.set(Some(open.clone()))
        >
            <span class="grow">
                <span class="row">
                    <b>{format!("第 {} 号 {}", row.number, row.about.label())}</b>
                    <time class="small t3 push">{moment(row.taken_at)}</time>
                </span>
                <span class="ds wrap-any">{row.words}</span>
                <span class="ds small t3"><Dotted text=by/></span>
                <span class=tone><Icon name=icon class="s"/>{state}</span>
            </span>
            <Icon name="right" class="chev s"/>
        </button>
    }
}

/// One complaint, whole, with what became of it or with the form for that.
#[component]
fn Opened(list: List, complaint: HeldComplaint) -> impl IntoView {
    let close = Callback::new(move |()| list.open.set(None));
    let title = format!("第 {} 号 {}", complaint.number, complaint.about.label());
    let by = who(&complaint.name, &complaint.post);
    let HeldComplaint { number, words, contact, written_at, taken_at, handled, .. } = complaint;
    let contact = if contact.is_empty() { "没有留".to_owned() } else { contact };
    let read = handled.is_some();
    view! {
        <Sheet title on_close=close hook="held-complaint-sheet" read=read>
            <div class="sheet-form">
                <p class="wrap-any" data-test="held-words">{words}</p>
                <div class="cells">
                    <FieldRow label="谁交的"><Dotted text=by/></FieldRow>
                    <FieldRow label="怎么回">
                        <span class="wrap-any" data-test="held-contact">{contact}</span>
                    </FieldRow>
                    <FieldRow label="写于">{moment(written_at)}</FieldRow>
                    <FieldRow label="收到">{moment(taken_at)}</FieldRow>
                </div>
                {match handled {
                    Some(handled) => view! { <Done handled/> }.into_any(),
                    None => view! { <AnswerForm number close/> }.into_any(),
                }}
            </div>
        </Sheet>
    }
}

#[component]
fn Done(handled: Handled) -> impl IntoView {
    let by = handled_by(&handled, today());
    view! {
        <div class="note" data-test="held-handled">
            <Icon name="check"/>
            <div class="grow">
                <div class="wrap-any">{handled.words}</div>
                <div class="small t3"><Dotted text=by/></div>
            </div>
        </div>
    }
}

/// 怎么处理的, said once.
#[component]
fn AnswerForm(number: u64, close: Callback<()>) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let words = RwSignal::new(String::new());
    let pressed = RwSignal::new(false);
    let missing =
        Signal::derive(move || words.with(|words| answer_missing(words)).filter(|_| pressed.get()));
    let save = Callback::new(move |()| {
        pressed.set(true);
        let words = words.get_untracked();
        if answer_missing(&words).is_some() {
            return;
        }
        doing.run(HandleComplaint { number, words: words.trim().to_owned() }, move |_| {
            close.run(());
            changed(shared);
            shared.say("已写明，交的人在自己的“投诉与建议”里看得到");
        });
    });
    view! {
        <form class="sheet-form" on:submit=move |event| submit(&event, save)>
            <Words label="怎么处理的" value=words limit=LONGEST_ANSWER hook="held-answer"/>
            <p class="small t3">"只能写一次，写了不能改。交的人看得到这句话和你的名字。"</p>
            <SendBar doing words="写明并了结" hook="held-answer-save" missing/>
        </form>
    }
}
