//! 常用: selections kept under a name, as chips with their counts.

use leptos::prelude::*;
use yidang_api::find::{DropView, SaveView, SavedView, SavedViewsQuestion};
use yidang_api::list::ListCaseFiles;

use super::Show;
use crate::app::shared;
use crate::components::{FaultNote, Icon, Sheet};
use crate::door::{Answer, answer};
use crate::models::saved::{is_kept, name_of};
use crate::pages::case_file::control::Line;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::{SaveBar, submit};

/// The row of kept selections, and the button that keeps the present one.
#[component]
pub fn Saved(
    /// The list shown.
    list: Memo<ListCaseFiles>,
    /// Shows another one.
    show: Show,
    /// Name of the unit it asks about.
    unit: Memo<Option<String>>,
) -> impl IntoView {
    let kept = answer(SavedViewsQuestion::default);
    let (keeping, sorting) = (RwSignal::new(false), RwSignal::new(false));
    let any =
        move || kept.value.with(|views| views.as_ref().is_some_and(|views| !views.is_empty()));
    let known = Memo::new(move |_| {
        let list = list.get();
        kept.value.with(|views| is_kept(views.as_deref().unwrap_or_default(), &list))
    });
    let chips = move || {
        let views = kept.value.get().unwrap_or_default();
        views.into_iter().map(|view| view! { <Chip view list show/> }).collect_view()
    };
    view! {
        <div class="filters saved-views" role="group" aria-label="常用">
            {chips}
            <Show when=move || !known.get()>
                <button type="button" data-test="view-save" on:click=move |_| keeping.set(true)>
                    <Icon name="plus" class="xs"/>
                    "存为常用"
                </button>
            </Show>
            <Show when=any>
                <button type="button" data-test="views-sort" on:click=move |_| sorting.set(true)>
                    "整理"
                </button>
            </Show>
        </div>
        <Show when=move || keeping.get()>
            <KeepSheet list unit open=keeping/>
        </Show>
        <Show when=move || sorting.get()>
            <SortSheet kept open=sorting/>
        </Show>
    }
}

#[component]
fn Chip(view: SavedView, list: Memo<ListCaseFiles>, show: Show) -> impl IntoView {
    let mine = StoredValue::new(view.list);
    let on = Memo::new(move |_| list.with(|list| mine.with_value(|mine| mine == list)));
    view! {
        <button
            type="button"
            class:on=on
            aria-pressed=move || on.get().to_string()
            data-test="saved-view"
            on:click=move |_| show.run((mine.get_value(),))
        >
            {format!("{} {}", view.name, view.count)}
        </button>
    }
}

/// Asks for a name; one of the same name is replaced.
#[component]
fn KeepSheet(
    list: Memo<ListCaseFiles>,
    unit: Memo<Option<String>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let chosen = list.get_untracked();
    let name = RwSignal::new(unit.with_untracked(|unit| name_of(&chosen, unit.as_deref())));
    let chosen = StoredValue::new(chosen);
    let pressed = RwSignal::new(false);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return;
        }
        doing.run(SaveView { name, list: chosen.get_value() }, move |()| {
            let _ = open.try_set(false);
            changed(shared);
            shared.say("已存为常用");
        });
    });
    let missing = Signal::derive(move || {
        (pressed.get() && name.with(|name| name.trim().is_empty())).then_some("起个名字")
    });
    view! {
        <Sheet title="存为常用" on_close=move || open.set(false) hook="view-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <Line label="叫什么" value=name kind="text" hook="view-name"/>
                <SaveBar doing hook="view-keep" words="存下" missing/>
            </form>
        </Sheet>
    }
}

/// All kept selections, each with a button that forgets it.
#[component]
fn SortSheet(kept: Answer<Vec<SavedView>>, open: RwSignal<bool>) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let row = move |view: SavedView| {
        let name = StoredValue::new(view.name.clone());
        let drop =
            move |_| doing.run(DropView { name: name.get_value() }, move |()| changed(shared));
        view! {
            <div class="field">
                <span class="vl">{view.name.clone()}<small>{format!("{} 件", view.count)}</small></span>
                <button
                    type="button"
                    class="btn text slim"
                    aria-label=format!("去掉{}", view.name)
                    data-test="view-drop"
                    on:click=drop
                >
                    "去掉"
                </button>
            </div>
        }
    };
    let rows = move || kept.value.get().unwrap_or_default().into_iter().map(row).collect_view();
    view! {
        <Sheet title="整理常用" on_close=move || open.set(false) hook="views-sheet">
            {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
            <div class="cells flat">{rows}</div>
            <p class="small t3">"去掉的只是这个名字，案件都在"</p>
        </Sheet>
    }
}
