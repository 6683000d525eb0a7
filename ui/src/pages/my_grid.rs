//! 我的格: the households of one's own grids, behind their door plates.

pub mod rows;

use leptos::prelude::*;
use yidang_api::household::{GridName, GridQuestion, GridView, HouseholdFilter};
use yidang_domain::ids::OrgCode;

use self::rows::Rows;
use crate::components::{FaultNote, Frame, Icon, SearchField, Tab, Waiting};
use crate::door::{Answer, answer};
use crate::models::grid::{PAGE, filter_name, filter_words, place_words, walked, walked_words};

/// What is asked for. Copy it freely.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Only of this grid.
    pub org: RwSignal<Option<OrgCode>>,
    /// Which of them.
    pub filter: RwSignal<HouseholdFilter>,
    /// What was typed.
    pub text: RwSignal<String>,
    /// Rows at most.
    pub limit: RwSignal<u32>,
}

impl Asked {
    fn new() -> Self {
        Self {
            org: RwSignal::new(None),
            filter: RwSignal::new(HouseholdFilter::All),
            text: RwSignal::new(String::new()),
            limit: RwSignal::new(PAGE),
        }
    }

    fn question(self) -> GridQuestion {
        GridQuestion {
            org: self.org.get(),
            filter: self.filter.get(),
            text: self.text.get(),
            offset: 0,
            limit: self.limit.get(),
        }
    }
}

/// The page.
#[component]
pub fn MyGridPage() -> impl IntoView {
    let asked = Asked::new();
    let found = answer(move || asked.question());
    let sub = Signal::derive(move || {
        found
            .value
            .with(|view| view.as_ref().map(|view| place_words(&view.grids)))
            .unwrap_or_default()
    });
    let typed = Callback::new(move |(text,): (String,)| {
        asked.limit.set(PAGE);
        asked.text.set(text);
    });
    view! {
        <Frame
            title="我的格"
            sub
            on="grid"
            tab=Tab::Grid
            end=move || view! { <Ends/> }
            head=move || {
                view! {
                    <SearchField
                        text=asked.text
                        on_text=typed
                        label="姓名、门牌、电话尾号、拼音首字母"
                        hook="grid-search"
                    />
                }
            }
        >
            {move || {
                let retry = Callback::new(move |()| found.retry());
                found.fault.get().map(|fault| view! { <FaultNote fault retry/> })
            }}
            <Body found asked/>
        </Frame>
    }
}

/// 找, at the end of the bar.
#[component]
fn Ends() -> impl IntoView {
    view! {
        <a class="btn text slim" href="/find" data-test="grid-find">
            <Icon name="search" class="s"/>
            "找"
        </a>
    }
}

#[component]
fn Body(found: Answer<GridView>, asked: Asked) -> impl IntoView {
    let is_there = Memo::new(move |_| found.value.with(Option::is_some));
    move || {
        if is_there.get() {
            view! {
                <Grids found asked/>
                <Filters found asked/>
                <Progress found/>
                <Rows found asked/>
            }
            .into_any()
        } else if found.fault.with(Option::is_some) {
            ().into_any()
        } else {
            view! { <Waiting rows=6/> }.into_any()
        }
    }
}

/// One chip a grid, where somebody holds several.
#[component]
fn Grids(found: Answer<GridView>, asked: Asked) -> impl IntoView {
    let grids = Memo::new(move |_| {
        found.value.with(|view| view.as_ref().map(|view| view.grids.clone()).unwrap_or_default())
    });
    let chip = move |grid: Option<GridName>| {
        let org = grid.as_ref().map(|grid| grid.org.clone());
        let word = grid.map_or_else(|| "全部网格".to_owned(), |grid| grid.name);
        let hook = org.as_ref().map_or_else(|| "grid-all".to_owned(), |org| format!("grid-{org}"));
        let mine = org.clone();
        let on = Memo::new(move |_| asked.org.with(|now| *now == mine));
        view! {
            <button
                type="button"
                class:on=on
                aria-pressed=move || on.get().to_string()
                data-test=hook
                on:click=move |_| asked.org.set(org.clone())
            >
                {word}
            </button>
        }
    };
    move || {
        let grids = grids.get();
        (grids.len() > 1).then(|| {
            let chips = std::iter::once(None).chain(grids.into_iter().map(Some));
            let chips = chips.map(chip).collect_view();
            view! { <div class="filters" role="group" aria-label="哪个网格">{chips}</div> }
        })
    }
}

#[component]
fn Filters(found: Answer<GridView>, asked: Asked) -> impl IntoView {
    let chips = HouseholdFilter::ALL
        .into_iter()
        .map(|filter| {
            let on = Memo::new(move |_| asked.filter.get() == filter);
            let words = move || {
                found.value.with(|view| view.as_ref().map(|view| filter_words(view, filter)))
            };
            view! {
                <button
                    type="button"
                    class:on=on
                    aria-pressed=move || on.get().to_string()
                    data-test=format!("grid-filter-{}", filter_name(filter))
                    on:click=move |_| {
                        asked.limit.set(PAGE);
                        asked.filter.set(filter);
                    }
                >
                    {words}
                </button>
            }
        })
        .collect_view();
    view! { <div class="filters" role="group" aria-label="筛选">{chips}</div> }
}

/// 本月已走 8 户，还有 4 户, and 新增一户.
#[component]
fn Progress(found: Answer<GridView>) -> impl IntoView {
    let walked = Memo::new(move |_| {
        found.value.with(|view| view.as_ref().map(|view| (walked(view), view.may_add)))
    });
    let add = || {
        view! {
            <a class="btn soft slim push" href="/household/new" data-test="household-new">
                <Icon name="plus" class="s"/>
                "新增一户"
            </a>
        }
    };
    move || {
        let (walked, may_add) = walked.get()?;
        walked.map(|walked| {
            view! {
                <section class="card walked" data-test="grid-walked">
                    <div class="row wrap">
                        <span class="mid t2">{walked_words(walked)}</span>
                        {may_add.then(add)}
                    </div>
                    <div class="bar-track" aria-hidden="true">
                        <i style:width=format!("{}%", walked.percent)></i>
                    </div>
                </section>
            }
        })
    }
}
