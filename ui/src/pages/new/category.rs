//! 类别: two levels, a search, and what the sentence suggests.

use leptos::prelude::*;
use yidang_domain::category::{CLASSES, Category, Class, label, suggest};

use crate::components::{Icon, Sheet};
use crate::models::category::found;
use crate::models::new_form::NewForm;

/// The value in the row: the words, and that they are only suggested.
#[component]
pub fn CategoryValue(
    /// The form.
    form: RwSignal<NewForm>,
) -> impl IntoView {
    move || match form.with(NewForm::category) {
        Some(chosen) => {
            let from = chosen.suggested.then(|| view! { <span class="sep"></span> "按这句话建议" });
            view! { {label(&chosen.value)} <small>{chosen.value.clone()} {from}</small> }.into_any()
        }
        None => view! { <span class="t3">"还没选"</span> }.into_any(),
    }
}

/// Chooses a category.
#[component]
pub fn CategorySheet(
    /// The form.
    form: RwSignal<NewForm>,
    /// Takes the sheet away.
    done: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let suggested = form.with_untracked(|form| suggest(&form.matter));
    let now = form.with_untracked(|form| form.category().map(|chosen| chosen.value));
    let now = StoredValue::new(now);
    let pick = Callback::new(move |(code,): (&'static str,)| {
        form.update(|form| form.category = Some(code.to_owned()));
        done.run(());
    });
    let list = move || {
        let text = text.get();
        if text.trim().is_empty() {
            let classes =
                CLASSES.iter().map(|class| view! { <Level class now pick/> }).collect_view();
            view! { <div class="cells flat">{classes}</div> }.into_any()
        } else {
            view! { <Found text pick/> }.into_any()
        }
    };
    view! {
        <Sheet title="类别" on_close=done hook="category-sheet">
            <label class="search">
                <Icon name="search"/>
                <span class="sr">"搜类别"</span>
                <input
                    class="grow"
                    type="search"
                    placeholder="土地、赡养、工钱"
                    autocomplete="off"
                    data-test="category-search"
                    bind:value=text
                />
            </label>
            {suggested
                .map(|category| {
                    view! {
                        <div class="sec"><h2>"按这句话建议"</h2></div>
                        <div class="cells flat"><One category pick/></div>
                    }
                })}
            <div class="sec"><h2>"全部"</h2></div>
            {list}
        </Sheet>
    }
}

/// A class that opens to its categories.
#[component]
fn Level(
    class: &'static Class,
    now: StoredValue<Option<String>>,
    pick: Callback<(&'static str,)>,
) -> impl IntoView {
    let inside =
        now.with_value(|now| now.as_ref().is_some_and(|code| code.starts_with(class.code)));
    let ones =
        class.categories.iter().map(|category| view! { <One category pick/> }).collect_view();
    view! {
        <details class="level" open=inside>
            <summary class="field" data-test=format!("class-{}", class.code)>
                <span class="vl">{class.label}</span>
                <span class="small t3">{class.code}</span>
                <Icon name="down" class="chev s"/>
            </summary>
            {ones}
        </details>
    }
}

#[component]
fn Found(text: String, pick: Callback<(&'static str,)>) -> impl IntoView {
    let found = found(&text);
    if found.is_empty() {
        return view! { <p class="mid t3 pad">"没有这个词。换一个，或在下面翻一翻"</p> }.into_any();
    }
    let ones = found.into_iter().map(|category| view! { <One category pick/> }).collect_view();
    view! { <div class="cells flat">{ones}</div> }.into_any()
}

#[component]
fn One(category: &'static Category, pick: Callback<(&'static str,)>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="field"
            data-test=format!("category-{}", category.code)
            on:click=move |_| pick.run((category.code,))
        >
            <span class="vl">{label(category.code)}</span>
            <span class="small t3">{category.code}</span>
        </button>
    }
}
