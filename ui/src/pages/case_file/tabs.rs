//! The tabs of a file: 经过, 事实, 当事人.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::entries::Entries;
use super::facts::Facts;
use super::file::OpenFile;
use super::parties::Parties;
use crate::components::{arrows, tab_stop};

/// One of the tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// 经过
    Entries,
    /// 事实
    Facts,
    /// 当事人
    Parties,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Entries, Self::Facts, Self::Parties];

    const fn label(self) -> &'static str {
        match self {
            Self::Entries => "经过",
            Self::Facts => "事实",
            Self::Parties => "当事人",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Facts => "facts",
            Self::Parties => "parties",
        }
    }
}

/// The tabs and what stands under the chosen one.
#[component]
pub fn Tabs(
    /// The file.
    file: OpenFile,
    /// The chosen tab.
    tab: RwSignal<Tab>,
) -> impl IntoView {
    let counts = file.part(|view| {
        let written = view.facts.iter().filter(|fact| !fact.value.is_empty()).count();
        let parties = view.parties.iter().filter(|party| !party.withdrawn).count();
        (view.entries.len(), format!("{written}/{}", view.facts.len()), parties)
    });
    let count = move |tab: Tab| {
        counts.get().map(|(entries, facts, parties)| match tab {
            Tab::Entries => entries.to_string(),
            Tab::Facts => facts,
            Tab::Parties => parties.to_string(),
        })
    };
    let buttons = Tab::ALL
        .into_iter()
        .map(|mine| {
            let is_on = Memo::new(move |_| tab.get() == mine);
            view! {
                <button
                    type="button"
                    role="tab"
                    class:on=is_on
                    aria-selected=move || is_on.get().to_string()
                    tabindex=move || tab_stop(is_on.get(), false)
                    data-test=format!("tab-{}", mine.name())
                    on:click=move |_| tab.set(mine)
                >
                    {mine.label()}
                    " "
                    <span class="t3">{move || count(mine)}</span>
                </button>
            }
        })
        .collect_view();
    view! {
        <div
            class="tabs"
            role="tablist"
            aria-label="这一件的内容"
            on:keydown=move |event: KeyboardEvent| arrows(&event)
        >
            {buttons}
        </div>
        <div role="tabpanel" aria-label=move || tab.get().label()>
            {move || match tab.get() {
                Tab::Entries => view! { <Entries file /> }.into_any(),
                Tab::Facts => view! { <Facts file /> }.into_any(),
                Tab::Parties => view! { <Parties file /> }.into_any(),
            }}
        </div>
    }
}
