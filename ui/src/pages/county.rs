//! 全县概况: every number opens to the files behind it and says how it was counted.

mod charts;
mod definitions;
mod figures;
mod map;
mod townships;

use leptos::prelude::*;
use yidang_api::county::{CountyQuestion, CountyView, Figure};
use yidang_domain::civil::Date;

use self::charts::Charted;
use self::definitions::Definitions;
use self::figures::Figures;
use self::map::MapCard;
use self::townships::Townships;
use crate::app::{shared, use_title};
use crate::components::{
    DeskFrame, FaultNote, Icon, NavBar, OfficeLinks, Segments, Tab, TabBar, Waiting,
};
use crate::door::{Answer, answer};
use crate::models::county::Period;
use crate::words::{moment, month_day};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct County {
    /// The answer, kept up to date.
    pub answer: Answer<CountyView>,
    /// The period that is shown.
    pub period: RwSignal<Period>,
    /// First day of the period; nothing means the first of this month.
    from: RwSignal<Option<Date>>,
    /// 口径 is open.
    pub definitions: RwSignal<bool>,
}

impl County {
    /// A part of the view that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(self, read: impl Fn(&CountyView) -> T + Send + Sync + 'static) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }

    /// Shows another period, counted back from the last day that is known.
    fn show(self, period: Period) {
        let last = self.answer.value.with_untracked(|view| view.as_ref().map(|view| view.to));
        self.period.set(period);
        self.from.set(last.map(|last| period.first_day(last)));
    }
}

/// The page.
#[component]
pub fn CountyPage() -> impl IntoView {
    let from = RwSignal::new(None);
    let county = County {
        answer: answer(move || CountyQuestion { from: from.get() }),
        period: RwSignal::new(Period::Month),
        from,
        definitions: RwSignal::new(false),
    };
    let name = county.part(|view| view.name.clone());
    let title = Signal::derive(move || match name.get() {
        Some(name) => format!("{name}概况"),
        None => "全县概况".to_owned(),
    });
    let sub = county.part(|view| {
        let as_of = view.as_of.map(|at| format!("，数据截至{}", moment(at))).unwrap_or_default();
        format!("{}—{}{as_of}", month_day(view.from), month_day(view.to))
    });
    let sub = Signal::derive(move || sub.get().unwrap_or_default());
    let wide = shared().wide;
    use_title(move || title.get());
    view! {
        {move || {
            if wide.get() {
                view! {
                    <DeskFrame on="county" title sub>
                        <main class="page scroll" id="main" tabindex="-1">
                            <Body county />
                        </main>
                    </DeskFrame>
                }
                    .into_any()
            } else {
                view! {
                    <div class="app">
                        <NavBar title sub />
                        <main class="main gap" id="main" tabindex="-1">
                            <Body county />
                        </main>
                        <TabBar on=Tab::Today />
                    </div>
                }
                    .into_any()
            }
        }}
        {move || county.definitions.get().then(|| view! { <Definitions county /> })}
    }
}

#[component]
fn Body(county: County) -> impl IntoView {
    let is_there = Memo::new(move |_| county.answer.value.with(Option::is_some));
    let fault = county.answer.fault;
    let retry = Callback::new(move |()| county.answer.retry());
    view! {
        {move || fault.get().map(|fault| view! { <FaultNote fault retry /> })}
        {move || {
            if is_there.get() {
                view! {
                    <div class="county">
                        <Periods county />
                        <Figures county />
                        <div class="county-cols">
                            <MapCard county />
                            <Townships county />
                        </div>
                        <div class="chart-cards">
                            <Charted
                                county
                                title="按乡镇"
                                head="乡镇"
                                hook="county-by-township"
                                empty="没有下一级单位"
                                read=by_township
                            />
                            <Charted
                                county
                                title="按类别"
                                head="类别"
                                hook="county-classes"
                                read=by_class
                            />
                            <Charted
                                county
                                title="按环节"
                                head="环节"
                                hook="county-stages"
                                read=|view| view.stages.clone()
                            />
                            <Charted
                                county
                                title="按缓急"
                                head="缓急"
                                hook="county-risks"
                                read=|view| view.risks.clone()
                            />
                        </div>
                        <OfficeLinks />
                    </div>
                }
                    .into_any()
            } else if fault.with(Option::is_none) {
                view! { <Waiting rows=6 /> }.into_any()
            } else {
                ().into_any()
            }
        }}
    }
}

/// Open files by township, each under the township's name.
fn by_township(view: &CountyView) -> Vec<Figure> {
    let rows = view.townships.iter();
    rows.map(|row| Figure { label: row.name.clone(), ..row.open.clone() }).collect()
}

fn by_class(view: &CountyView) -> Vec<Figure> {
    view.classes.iter().map(|class| class.figure.clone()).collect()
}

#[component]
fn Periods(county: County) -> impl IntoView {
    let options =
        Period::ALL.map(|period| (period, period.name(), period.label().to_owned())).to_vec();
    let as_of = county.part(|view| view.as_of);
    view! {
        <div class="row wrap county-bar">
            <Segments
                label="时段"
                options
                value=county.period
                on_pick=move |period| county.show(period)
                hook="county-period"
            />
            <span class="small t3 grow">"每个数都能点开到案件。"</span>
            <span class="small t2" data-test="county-as-of">
                {move || match as_of.get().flatten() {
                    Some(at) => format!("数据截至 {}", moment(at)),
                    None => "还没有同步过，只有本机的数".to_owned(),
                }}
            </span>
            <button
                type="button"
                class="btn"
                data-test="county-definitions"
                on:click=move |_| county.definitions.set(true)
            >
                <Icon name="book" />
                "口径"
            </button>
        </div>
    }
}
