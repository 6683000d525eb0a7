//! 打印: one file on paper, A4. At the foot of every page stands by what it can be compared with a bundle of the
//! file, years later (docs/decisions/0024).

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_api::case_file::{CaseFileQuestion, PaperHeadQuestion, PaperHeadView};

use super::case_file::file::document_id;
use crate::app::{shared, use_title};
use crate::components::{DeskFrame, FaultNote, Icon, NavBar, Waiting};
use crate::door::{Answer, answer_to, today};
use crate::models::paper::{Line, Paper, PaperEntry, long, paper};

/// The page.
#[component]
pub fn CasePrintPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| document_id(params.with(|params| params.get("id"))));
    let file = answer_to(move || id.get().map(|id| CaseFileQuestion { id }));
    let head = answer_to(move || id.get().map(|id| PaperHeadQuestion { id }));
    // Both are answers about the file as it was when they were asked: a paper shows one state of it.
    let sheet = Memo::new(move |_| {
        file.value.with(|view| {
            let view = view.as_ref()?;
            let head = head.value.get().filter(|head| head.heads == view.heads)?;
            Some((paper(view), head))
        })
    });
    let wide = shared().wide;
    // Browsers keep the titles of pages in their history, unencrypted: nothing of a file stands there.
    use_title(|| "打印".to_owned());
    move || {
        let body = view! {
            <Faults answer=file />
            <Faults answer=head />
            {move || match sheet.get() {
                Some((paper, head)) => view! { <Sheet paper head /> }.into_any(),
                None => view! { <Waiting rows=6 /> }.into_any(),
            }}
        };
        if wide.get() {
            view! {
                <DeskFrame on="case" title="打印">
                    <main class="page scroll" id="main" tabindex="-1">
                        {body}
                    </main>
                </DeskFrame>
            }
            .into_any()
        } else {
            view! {
                <div class="app">
                    <NavBar title="打印" back=true />
                    <main class="main gap" id="main" tabindex="-1">
                        {body}
                    </main>
                </div>
            }
            .into_any()
        }
    }
}

#[component]
fn Faults<R: Send + Sync + 'static>(answer: Answer<R>) -> impl IntoView {
    let retry = Callback::new(move |()| answer.retry());
    move || answer.fault.get().map(|fault| view! { <FaultNote fault retry /> })
}

/// The paper, with the button above it that stays on the screen.
#[component]
fn Sheet(paper: Paper, head: PaperHeadView) -> impl IntoView {
    let print = move |_| {
        // Where printing is refused, the file can still be read.
        let _ = window().print();
    };
    let Paper { matter, facts, parties, entries, note } = paper;
    view! {
        <div class="row no-print">
            <button type="button" class="btn pri" data-test="case-print-now" on:click=print>
                <Icon name="print" />
                "打印"
            </button>
        </div>
        {note.map(|note| view! { <p class="note soon" data-test="paper-note">{note}</p> })}
        <article class="paper" data-test="paper">
            // The foot of a table is left free on every page; what is fixed below it is printed there.
            <table role="presentation">
                <tbody>
                    <tr>
                        <td>
                            <h2>{matter}</h2>
                            <Lines lines=facts />
                            <h3>"当事人"</h3>
                            <Lines lines=parties />
                            <h3>"经过"</h3>
                            <ol>
                                {entries
                                    .into_iter()
                                    .map(|entry| view! { <Happened entry /> })
                                    .collect_view()}
                            </ol>
                        </td>
                    </tr>
                </tbody>
                <tfoot>
                    <tr>
                        <td class="paper-room"></td>
                    </tr>
                </tfoot>
            </table>
            <Foot head />
        </article>
    }
}

#[component]
fn Lines(lines: Vec<Line>) -> impl IntoView {
    view! {
        <dl>
            {lines
                .into_iter()
                .map(|line| {
                    view! {
                        <dt>{line.label}</dt>
                        <dd>{line.text}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
}

#[component]
fn Happened(entry: PaperEntry) -> impl IntoView {
    let PaperEntry { on, title, words, by, void } = entry;
    view! {
        <li>
            <b>{on}"　"{title}</b>
            {words.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
            {(!void.is_empty()).then(|| view! { <p>{format!("这一步没有生效：{void}")}</p> })}
            <p class="paper-by">{by}</p>
        </li>
    }
}

/// What every page can be compared by: as a picture for a camera, and in letters for people.
#[component]
fn Foot(head: PaperHeadView) -> impl IntoView {
    let PaperHeadView { text, fingerprint, modules, path, .. } = head;
    // Four modules around it stay white, or cameras do not find it.
    let frame = format!("-4 -4 {0} {0}", modules + 8);
    view! {
        <footer class="paper-foot" data-test="paper-foot">
            <svg viewBox=frame role="img" aria-label="核对用的二维码">
                <path d=path></path>
            </svg>
            <div>
                <p>
                    {format!("打印于 {}。核对：yidang-verify 档案包 --head 下面这一行", long(today()))}
                </p>
                <p class="paper-head" data-test="paper-head">
                    {text}
                </p>
                <p>{format!("县级公钥指纹 {fingerprint}")}</p>
            </div>
        </footer>
    }
}
