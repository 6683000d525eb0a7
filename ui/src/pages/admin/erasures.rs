//! 依法删除: one administrator asks for it, another one looks at it and confirms it. What is destroyed stays
//! destroyed, so the button that does it stands alone.

use leptos::prelude::*;
use yidang_api::erasure::{
    AskErasure, ErasedRow, ErasureRow, ErasuresQuestion, ErasuresView, SettleErasure,
};

use super::send::SendBar;
use crate::app::shared;
use crate::components::{Dotted, Empty, FieldRow, Icon, OnlineNote, Sheet, Waiting};
use crate::door::{Answer, answer};
use crate::models::erasures::{
    LONGEST_BASIS, LONGEST_WITHOUT, NOTHING, asked_words, devices_words, fate_words, file_words,
    lacking, rest_words, words_to_cut,
};
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::sheet_parts::submit;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Page {
    answer: Answer<ErasuresView>,
    /// The row whose confirmation is open.
    open: RwSignal<Option<ErasureRow>>,
    doing: Doing,
}

impl Page {
    /// Does one of them and shows what is left. The page may be gone by then.
    fn settle(self, row: &ErasureRow, confirm: bool) {
        let question = SettleErasure { document: row.document, confirm };
        self.doing.run(question, move |view| {
            let _ = self.answer.value.try_set(Some(view));
            let _ = self.open.try_set(None);
        });
    }
}

/// The part of the page.
#[component]
pub fn ErasuresPart() -> impl IntoView {
    let answer = answer(ErasuresQuestion::default);
    let page = Page { answer, open: RwSignal::new(None), doing: Doing::new() };
    let (fault, retry) = (answer.fault, Callback::new(move |()| answer.retry()));
    view! {
        <AskCard answer/>
        <section class="card" data-test="erasures" aria-label="等着核对">
            <div class="hd"><h2>"等着核对"</h2></div>
            {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
            {move || page.doing.fault.get().map(|fault| view! { <OnlineNote fault/> })}
            {move || match answer.value.get() {
                Some(view) if view.waiting.is_empty() => {
                    view! { <Empty title=NOTHING.0 next=NOTHING.1/> }.into_any()
                }
                Some(view) => {
                    let rows = view.waiting.into_iter().map(|row| view! { <WaitingRow page row/> });
                    rows.collect_view().into_any()
                }
                None if fault.with(Option::is_none) => view! { <Waiting rows=2/> }.into_any(),
                None => ().into_any(),
            }}
        </section>
        {move || {
            let erased = answer.value.get().map(|view| view.erased).unwrap_or_default();
            (!erased.is_empty()).then(|| view! { <Erased erased/> })
        }}
        {move || page.open.get().map(|row| view! { <ConfirmSheet page row/> })}
    }
}

/// The form with which it is asked for.
#[component]
fn AskCard(answer: Answer<ErasuresView>) -> impl IntoView {
    let shared = shared();
    let doing = Doing::new();
    let (document, basis) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let without = RwSignal::new(String::new());
    let pressed = RwSignal::new(false);
    let missing = Signal::derive(move || {
        let lacking = lacking(&document.read(), &basis.read(), &without.read());
        lacking.filter(|_| pressed.get())
    });
    let save = Callback::new(move |()| {
        pressed.set(true);
        let (typed, cut) = (document.get_untracked(), without.get_untracked());
        let basis_typed = basis.get_untracked();
        if lacking(&typed, &basis_typed, &cut).is_some() {
            return;
        }
        let question =
            AskErasure { document: typed, basis: basis_typed, without: words_to_cut(&cut) };
        doing.run(question, move |view| {
            let _ = answer.value.try_set(Some(view));
            let _ = document.try_set(String::new());
            let _ = basis.try_set(String::new());
            let _ = without.try_set(String::new());
            let _ = pressed.try_set(false);
            shared.say("提请了，等另一名管理员核对");
        });
    });
    view! {
        <section class="card" data-test="erasure-ask" aria-label="提请删除">
            <div class="hd"><h2>"提请删除"</h2></div>
            <p class="small t3 inset-x">
                "按法律文书删除一件案件或者一户：县里和每台设备上都不再留，旧备份也带不回来，不能撤回。只要删去里面的几处字句，就写在下面：留下的由县里重录成新档案，接着办。"
            </p>
            <form class="form page-form" on:submit=move |event| submit(&event, save)>
                <label class="ask">
                    <span>"档案的标识（打开这一件，地址里最后一段）"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength="64"
                        data-test="erasure-document"
                        bind:value=document
                    />
                </label>
                <Words
                    label="依据（文号和日期，每台设备都看得到，不写档案里的事）"
                    value=basis
                    limit=LONGEST_BASIS
                    hook="erasure-basis"
                />
                <Words
                    label="只删去这些字句（一行一处，如姓名、电话；整件都删就空着）"
                    value=without
                    limit=LONGEST_WITHOUT
                    hook="erasure-without"
                />
                <SendBar doing words="提请删除" hook="erasure-send" missing/>
            </form>
        </section>
    }
}

#[component]
fn WaitingRow(page: Page, row: ErasureRow) -> impl IntoView {
    let busy = page.doing.busy;
    let (file, asked, own) = (file_words(&row), asked_words(&row), row.own);
    let (basis, taken_back, label) = (row.basis.clone(), row.clone(), file.clone());
    let fate = fate_words(&row.without);
    let confirm = move || {
        let row = row.clone();
        view! {
            <button
                type="button"
                class="btn"
                data-test="erasure-check"
                disabled=move || busy.get()
                on:click=move |_| {
                    page.doing.fault.set(None);
                    page.open.set(Some(row.clone()));
                }
            >
                <Icon name="check"/>
                "核对"
            </button>
        }
    };
    view! {
        <article aria-label=label data-test="erasure">
            <FieldRow label="哪一件"><span class="wrap-any"><Dotted text=file/></span></FieldRow>
            <FieldRow label="依据"><span class="wrap-any">{basis}</span></FieldRow>
            <FieldRow label="怎么删">{fate}</FieldRow>
            <FieldRow label="谁提请">{asked}</FieldRow>
            <div class="bd row wrap">
                {if own {
                    view! { <span class="t3 small">"等另一名管理员核对"</span> }.into_any()
                } else {
                    confirm().into_any()
                }}
                <button
                    type="button"
                    class="btn soft"
                    data-test="erasure-withdraw"
                    disabled=move || busy.get()
                    on:click=move |_| page.settle(&taken_back, false)
                >
                    <Icon name="x"/>
                    "不删了"
                </button>
            </div>
        </article>
    }
}

/// What follows from it, and the button that does it.
#[component]
fn ConfirmSheet(page: Page, row: ErasureRow) -> impl IntoView {
    let (file, basis) = (file_words(&row), row.basis.clone());
    let (fate, without) = (fate_words(&row.without), row.without.join("\n"));
    let cut = (!without.is_empty())
        .then(|| view! { <div class="words" data-test="erasure-cut">{without}</div> });
    let save = Callback::new(move |()| page.settle(&row, true));
    view! {
        <Sheet title="核对以后删除".to_owned() on_close=move || page.open.set(None) hook="erasure-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p class="wrap-any">{file}</p>
                <p class="wrap-any">{format!("依据：{basis}")}</p>
                <p>{fate}</p>
                {cut}
                <p>"和文书核对过，再删除。删了就没有了：县里、每台设备、旧备份都不再有这一件。"</p>
                <SendBar doing=page.doing words="删除" hook="erasure-confirm" takes_away=true/>
            </form>
        </Sheet>
    }
}

#[component]
fn Erased(erased: Vec<ErasedRow>) -> impl IntoView {
    let rows = erased
        .into_iter()
        .map(|row| {
            let devices = devices_words(&row);
            let rest = rest_words(&row);
            view! {
                <tr data-test="erased">
                    <th scope="row">{row.on}</th>
                    <td class="l any" data-label="依据">{row.basis}</td>
                    <td class="l any" data-label="留下的">{rest}</td>
                    <td class="l any" data-label="设备">{devices}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-label="已依法删除">
            <div class="hd"><h2>"已依法删除"</h2></div>
            <div class="table-scroll">
                <table class="tbl fold">
                    <thead>
                        <tr>
                            <th scope="col">"哪天"</th>
                            <th scope="col" class="l">"依据"</th>
                            <th scope="col" class="l">"留下的"</th>
                            <th scope="col" class="l">"设备"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
