//! 迁格: the household lives in another grid, of its own village or of another one.

use leptos::prelude::*;
use yidang_api::household::{MoveHousehold, MoveTargetsQuestion, TargetVillage};
use yidang_domain::ids::OrgCode;

use super::open::OpenHome;
use crate::components::{Empty, FaultNote, SearchField, Sheet, Waiting};
use crate::door::{Answer, answer_to};
use crate::models::household_moves::{TargetForm, are_many, fitting, village_words};
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The sheet.
#[component]
pub fn MoveSheet(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let Some(now) = home.now() else { return ().into_any() };
    let household = now.row.id;
    let targets = answer_to(move || Some(MoveTargetsQuestion { household }));
    let doing = Doing::new();
    let form = Kept::open(format!("household-{household}-move"), TargetForm::default());
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(now.heads);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let typed = form.value.get_untracked();
        if typed.missing("").is_some() {
            return;
        }
        let to = OrgCode(typed.to);
        let reason = typed.reason.trim().to_owned();
        let question = MoveHousehold { household, to, reason, heads: heads.get_value() };
        home.save(doing, question, move || form.finish());
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing("迁到哪个网格还没选")).filter(|_| pressed.get())
    });
    let (to, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    mirror(form, to, |form| &mut form.to);
    mirror(form, reason, |form| &mut form.reason);
    view! {
        <Sheet title="迁格" on_close=move || home.close_sheet() hook="move-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <p class="mid t2">{format!("现在在：{} {}", now.row.village, now.row.grid_name)}</p>
                <Targets targets to/>
                <Words label="为什么（搬家、网格调整）" value=reason hook="move-reason" limit=200/>
                <p class="small t3">"不归你管以后，联网时从这台设备上清掉，到那边网格员的设备上"</p>
                <SaveBar doing hook="move-save" words="迁格" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}

/// Where to: the grids of the township, or why there are none.
#[component]
fn Targets(targets: Answer<Vec<TargetVillage>>, to: RwSignal<String>) -> impl IntoView {
    let retry = Callback::new(move |()| targets.retry());
    let text = RwSignal::new(String::new());
    view! {
        {move || targets.fault.get().map(|fault| view! { <FaultNote fault retry/> })}
        {move || match targets.value.get() {
            Some(villages) if villages.is_empty() => {
                view! { <Empty title="没有别的网格可选" next="本镇只有这一个网格；搬出本镇的，报给镇上"/> }
                    .into_any()
            }
            Some(villages) => view! { <Grids villages text to/> }.into_any(),
            None if targets.fault.with(Option::is_none) => view! { <Waiting rows=1/> }.into_any(),
            None => ().into_any(),
        }}
    }
}

/// The grids by village. Where they are many, typing narrows them.
#[component]
fn Grids(
    villages: Vec<TargetVillage>,
    text: RwSignal<String>,
    to: RwSignal<String>,
) -> impl IntoView {
    let many = are_many(&villages);
    let villages = StoredValue::new(villages);
    let typed = Callback::new(move |(typed,): (String,)| text.set(typed));
    let fitting = Memo::new(move |_| {
        let chosen = to.get();
        villages.with_value(|villages| text.with(|text| fitting(villages, text, &chosen)))
    });
    let groups = move || {
        fitting.get().into_iter().map(|village| view! { <Group village to/> }).collect_view()
    };
    let none = move || fitting.with(Vec::is_empty);
    view! {
        {many
            .then(|| {
                view! { <SearchField text on_text=typed label="哪个村、第几网格" hook="move-search"/> }
            })}
        {move || none().then(|| view! { <p class="mid t3" role="status">"没有对得上的，换个村名"</p> })}
        <label class="ask">
            <span>"迁到哪个网格"</span>
            <select data-test="move-to" on:change=move |event| to.set(event_target_value(&event))>
                <option value="" selected=move || to.with(String::is_empty)>"还没选"</option>
                {groups}
            </select>
        </label>
    }
}

/// A village with its grids. A closed list shows the option alone, so each names the village too.
#[component]
fn Group(village: TargetVillage, to: RwSignal<String>) -> impl IntoView {
    let words = village_words(&village);
    let TargetVillage { name, grids, .. } = village;
    let options = grids
        .into_iter()
        .map(|grid| {
            let code = grid.org.to_string();
            let mine = code.clone();
            view! {
                <option value=code selected=move || to.with(|to| *to == mine)>
                    {format!("{name} {}", grid.name)}
                </option>
            }
        })
        .collect_view();
    view! { <optgroup label=words>{options}</optgroup> }
}
