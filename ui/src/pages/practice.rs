//! 练习: the whole way of a file with an invented example, in memory only.

use leptos::prelude::*;

use crate::components::{Frame, Icon};
use crate::models::practice::{CLASH, Practice, Step};
use crate::pages::case_file::control::Words;

/// The page.
#[component]
pub fn PracticePage() -> impl IntoView {
    let practice = RwSignal::new(Practice::default());
    let step = Memo::new(move |_| practice.with(|practice| practice.step));
    let ask = Memo::new(move |_| practice.with(Practice::ask));
    view! {
        <Frame title="练习" sub="编的例子，什么都不会存" on="me" back=true>
            <div class="note brand" role="status" data-test="practice-ask">
                <Icon name="pen"/>
                <div class="grow"><b>{ask}</b></div>
            </div>
            {move || match step.get() {
                Step::Open => view! {
                    <Write
                        label="一句话，出了什么事"
                        example="王样一家的羊群啃了李例二家的苹果苗"
                        button="建档"
                        done=move |words: String| practice.update(|practice| practice.open(&words))
                    />
                }.into_any(),
                Step::Entry => view! {
                    <Write
                        label="去看过了，看到什么"
                        example="两家都见了，愿意明天到村委会说"
                        button="记一笔"
                        done=move |words: String| practice.update(|practice| practice.add(&words))
                    />
                }.into_any(),
                Step::Clash => view! { <Clash practice/> }.into_any(),
                Step::Done => view! {
                    <div class="row wrap acts">
                        <button
                            type="button"
                            class="btn"
                            data-test="practice-again"
                            on:click=move |_| practice.set(Practice::default())
                        >
                            "再练一遍"
                        </button>
                        <a class="btn pri" href="/new" data-test="practice-real">"去记真的一件"</a>
                    </div>
                }.into_any(),
            }}
            <Sample practice/>
        </Frame>
    }
}

#[component]
fn Write(
    label: &'static str,
    example: &'static str,
    button: &'static str,
    #[prop(into)] done: Callback<(String,)>,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    view! {
        <div class="card form">
            <Words label value=words limit=200 hook="practice-words"/>
            <button
                type="button"
                class="btn text wraps"
                data-test="practice-example"
                on:click=move |_| words.set(example.to_owned())
            >
                {format!("填上例子：{example}")}
            </button>
            <button
                type="button"
                class="btn pri big"
                data-test="practice-go"
                disabled=move || words.with(|words| words.trim().is_empty())
                on:click=move |_| done.run((words.get_untracked(),))
            >
                {button}
            </button>
        </div>
    }
}

#[component]
fn Clash(practice: RwSignal<Practice>) -> impl IntoView {
    let sides = CLASH
        .into_iter()
        .zip([("a", "甲"), ("b", "乙")])
        .map(|((value, who), (tone, letter))| {
            view! {
                <div class=format!("side {tone}")>
                    <span class="k" aria-hidden="true">{letter}</span>
                    <div class="v">{value}</div>
                    <div class="w">{who}</div>
                </div>
            }
        })
        .collect_view();
    let takes = [("a", "采用甲"), ("b", "采用乙")]
        .into_iter()
        .enumerate()
        .map(|(index, (tone, word))| {
            view! {
                <button
                    type="button"
                    class=format!("btn big {tone}")
                    data-test=format!("practice-take-{tone}")
                    on:click=move |_| practice.update(|practice| practice.choose(index))
                >
                    {word}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class="clash-card" aria-label="李例二的电话，两个人写得不一样">
            <div class="hd"><Icon name="swap"/><span>"李例二 的联系电话"</span></div>
            {sides}
            <div class="takes">{takes}</div>
        </section>
    }
}

/// The invented file as it stands.
#[component]
fn Sample(practice: RwSignal<Practice>) -> impl IntoView {
    move || {
        let Practice { matter, entries, .. } = practice.get();
        (!matter.is_empty()).then(|| {
            let entries = entries
                .into_iter()
                .map(|text| view! {
                    <li><span class="mk"><Icon name="file"/></span><div class="h"><b>"刚才"</b></div><p class="tx">{text}</p></li>
                })
                .collect_view();
            view! {
                <div class="sec"><h2>"你练的这一件"</h2><span class="demo">"练习，不保存"</span></div>
                <section class="card roomy" data-test="practice-file">
                    <h2 class="case-title">{matter}</h2>
                    <ol class="tl">{entries}</ol>
                </section>
            }
        })
    }
}
