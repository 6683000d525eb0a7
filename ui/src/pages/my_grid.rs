//! 我的格: the households of one's own grids, behind their door plates.

pub mod rows;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use yidang_api::household::{GridName, GridQuestion, HouseholdFilter};
use yidang_domain::ids::OrgCode;

use self::rows::Rows;
use crate::app::shared;
use crate::components::{FaultNote, Frame, Icon, SearchField, Tab, Waiting};
use crate::door::Pages;
use crate::models::grid::{filter_name, filter_words, place_words, walked, walked_words};

/// What is asked for. Copy it freely.
#[derive(Clone, Copy)]
pub struct Asked {
    /// Only of this grid.
    pub org: RwSignal<Option<OrgCode>>,
    /// Which of them.
    pub filter: RwSignal<HouseholdFilter>,
    /// What was typed.
    pub text: RwSignal<String>,
}

impl Asked {
    /// All households; where the address says so, those that were searched for elsewhere.
    fn new() -> Self {
        let searched = use_query_map().with_untracked(|query| query.get("search").is_some());
        let text = if searched { shared().search.get_untracked() } else { String::new() };
        Self {
            org: RwSignal::new(None),
            filter: RwSignal::new(HouseholdFilter::All),
            text: RwSignal::new(text),
        }
    }

    /// What is asked, whichever page of it.
    fn question(self) -> Memo<GridQuestion> {
        Memo::new(move |_| GridQuestion {
            org: self.org.get(),
            filter: self.filter.get(),
            text: self.text.get(),
            offset: 0,
            limit: 0,
        })
    }
}

/// The page.
#[component]
pub fn MyGridPage() -> impl IntoView {
    let asked = Asked::new();
    let found = Pages::of(asked.question());
    let place = found.part(|view| place_words(&view.grids));
    let sub = Signal::derive(move || place.get().unwrap_or_default());
    let typed = Callback::new(move |(text,): (String,)| asked.text.set(text));
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
                let retry = Callback::new(move |()| found.again());
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
fn Body(found: Pages<GridQuestion>, asked: Asked) -> impl IntoView {
    let is_there = Memo::new(move |_| found.head.with(Option::is_some));
    move || {
        if is_there.get() {
            view! {
                <Grids found asked/>
                <Filters found asked/>
                <Progress found asked/>
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
fn Grids(found: Pages<GridQuestion>, asked: Asked) -> impl IntoView {
    let grids = found.part(|view| view.grids.clone());
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
        let grids = grids.get().unwrap_or_default();
        (grids.len() > 1).then(|| {
            let chips = std::iter::once(None).chain(grids.into_iter().map(Some));
            let chips = chips.map(chip).collect_view();
            view! { <div class="filters" role="group" aria-label="哪个网格">{chips}</div> }
        })
    }
}

#[component]
fn Filters(found: Pages<GridQuestion>, asked: Asked) -> impl IntoView {
    let chips = HouseholdFilter::ALL
        .into_iter()
        .map(|filter| {
            let on = Memo::new(move |_| asked.filter.get() == filter);
            let words = found.part(move |view| filter_words(view, filter));
            view! {
                <button
                    type="button"
                    class:on=on
                    aria-pressed=move || on.get().to_string()
                    data-test=format!("grid-filter-{}", filter_name(filter))
                    on:click=move |_| asked.filter.set(filter)
                >
                    {move || words.get()}
                </button>
            }
        })
        .collect_view();
    view! { <div class="filters" role="group" aria-label="筛选">{chips}</div> }
}

/// 本月已走 8 户，还有 4 户, and 新增一户.
#[component]
fn Progress(found: Pages<GridQuestion>, asked: Asked) -> impl IntoView {
    let walked = found.part(|view| (walked(view), view.may_add));
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
                        <button
                            type="button"
                            class="link hit mid"
                            data-test="grid-walked-open"
                            on:click=move |_| asked.filter.set(walked.opens())
                        >
                            {walked_words(walked)}
                        </button>
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
