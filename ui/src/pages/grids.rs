//! 网格与人员: how many, where, who works there, and which are without a worker.

pub mod handover;
mod list;
mod units;
pub mod workers;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use yidang_api::places::{GridFilter, GridsView};
use yidang_domain::ids::OrgCode;

use self::list::List;
use self::units::Units;
use crate::components::{FaultNote, OfficeFrame, SearchLine, Waiting, use_go_in_place};
use crate::door::{Answer, answer};
use crate::models::grids::{
    count_of, filter_name, grids_address, grids_of, is_shown, sum_words, workers_address,
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Grids {
    /// The answer, kept up to date.
    pub answer: Answer<GridsView>,
    /// Unit, filter and first row, as the address says.
    pub place: Memo<(Option<OrgCode>, GridFilter, u32)>,
    /// What was searched for.
    pub text: RwSignal<String>,
}

impl Grids {
    fn open() -> Self {
        let (query, go) = (use_query_map(), use_go_in_place());
        let text = RwSignal::new(String::new());
        let place = Memo::new(move |_| {
            let asked = query.with(|query| grids_of(|key| query.get(key), String::new()));
            (asked.org, asked.filter, asked.offset)
        });
        Effect::new(move |before: Option<()>| {
            text.track();
            let (org, filter, offset) = place.get_untracked();
            // Another search begins on its first page.
            if before.is_some() && offset > 0 {
                go.run((grids_address(org.as_ref(), filter, 0),));
            }
        });
        let ask = move || {
            let mut question = query.with(|query| grids_of(|key| query.get(key), String::new()));
            question.text = text.get();
            question
        };
        Self { answer: answer(ask), place, text }
    }

    /// A part of the view that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(self, read: impl Fn(&GridsView) -> T + Send + Sync + 'static) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }
}

/// The page.
#[component]
pub fn GridsPage() -> impl IntoView {
    let grids = Grids::open();
    let name = grids.part(|view| view.name.clone());
    let sub = Signal::derive(move || name.get().unwrap_or_default());
    let title = Signal::derive(|| "网格与人员".to_owned());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "grids")>
            <Body grids/>
        </OfficeFrame>
    }
}

#[component]
fn Body(grids: Grids) -> impl IntoView {
    let is_there = Memo::new(move |_| grids.answer.value.with(Option::is_some));
    let fault = grids.answer.fault;
    let retry = Callback::new(move |()| grids.answer.retry());
    view! {
        {move || fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || {
            if is_there.get() {
                view! {
                    <Narrowed grids/>
                    <Figures grids/>
                    <Units grids/>
                    <SearchLine
                        label="网格名、编码、原公安民政信访编码"
                        value=grids.text
                        hook="grids-search"
                    />
                    <Filters grids/>
                    <List grids/>
                }
                    .into_any()
            } else if fault.with(Option::is_none) {
                view! { <Waiting rows=6/> }.into_any()
            } else {
                ().into_any()
            }
        }}
    }
}

/// Says when only one unit is shown, and leads back to all of them.
#[component]
fn Narrowed(grids: Grids) -> impl IntoView {
    let name = grids.part(|view| view.name.clone());
    move || {
        let (org, filter, _) = grids.place.get();
        org.map(|_| {
            view! {
                <div class="note quiet narrowed" data-test="grids-org">
                    <div class="grow">{move || format!("只看{}", name.get().unwrap_or_default())}</div>
                    <a
                        class="btn text slim"
                        href=grids_address(None, filter, 0)
                        data-test="grids-org-all"
                    >
                        "看全部"
                    </a>
                </div>
            }
        })
    }
}

/// The figures on top; each opens to its rows.
#[component]
fn Figures(grids: Grids) -> impl IntoView {
    let figures = grids.part(|view| {
        let of = |filter| count_of(view, filter);
        (of(GridFilter::All), sum_words(view), view.workers, of(GridFilter::Vacant))
    });
    move || {
        let (all, sum, workers, vacant) = figures.get()?;
        let org = grids.place.with(|place| place.0.clone());
        let door = |filter| grids_address(org.as_ref(), filter, 0);
        Some(view! {
            <div class="kpis county-kpis" data-test="grids-figures">
                <Kpi label="网格" count=all unit="个" href=door(GridFilter::All) below=sum/>
                <Kpi
                    label="网格员"
                    count=workers
                    unit="人"
                    href=workers_address(org.as_ref())
                    below="一人管几格的只算一次".to_owned()
                />
                <Kpi
                    label="没有网格员"
                    count=vacant
                    unit="个"
                    href=door(GridFilter::Vacant)
                    below=format!("{vacant} / {all}")
                />
            </div>
        })
    }
}

#[component]
fn Kpi(
    label: &'static str,
    count: u32,
    unit: &'static str,
    href: String,
    below: String,
) -> impl IntoView {
    view! {
        <div class="kpi">
            <div class="k">{label}</div>
            <div class="v">
                <a
                    class="num"
                    class:z=count == 0
                    href=href
                    aria-label=format!("{label} {count} {unit}，打开清单")
                    data-test="grids-figure"
                    data-label=label
                >
                    {count}
                </a>
                <small>{unit}</small>
            </div>
            <div class="f">{below}</div>
        </div>
    }
}

/// The filters with their counts.
#[component]
fn Filters(grids: Grids) -> impl IntoView {
    let counts = grids.part(Clone::clone);
    move || {
        let view = counts.get()?;
        let (org, chosen, _) = grids.place.get();
        let chips = GridFilter::ALL
            .into_iter()
            .filter(|filter| is_shown(&view, *filter, chosen))
            .map(|filter| {
                let on = filter == chosen;
                view! {
                    <a
                        href=grids_address(org.as_ref(), filter, 0)
                        class:on=on
                        aria-current=on.then_some("true")
                        data-test=format!("grids-filter-{}", filter_name(filter))
                    >
                        {filter.label()}
                        " "
                        {count_of(&view, filter)}
                    </a>
                }
            })
            .collect_view();
        Some(view! { <div class="filters" role="group" aria-label="筛选">{chips}</div> })
    }
}
