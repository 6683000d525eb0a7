//! 迁格: the household lives in another grid.

use leptos::prelude::*;
use yidang_api::household::{GridName, MoveHousehold};
use yidang_domain::ids::OrgCode;

use super::open::OpenHome;
use crate::components::{Empty, Sheet};
use crate::models::household_moves::TargetForm;
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
    let grids: Vec<_> = now.grids.into_iter().filter(|grid| grid.org != now.row.grid).collect();
    if grids.is_empty() {
        return view! {
            <Sheet title="迁格" on_close=move || home.close_sheet() hook="move-sheet">
                <Empty title="没有别的网格可选" next="要迁到别的村，请镇上的管理员来办"/>
            </Sheet>
        }
        .into_any();
    }
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
                <Grids grids to/>
                <Words label="为什么（搬家、网格调整）" value=reason hook="move-reason" limit=200/>
                <SaveBar doing hook="move-save" words="迁格" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}

#[component]
fn Grids(grids: Vec<GridName>, to: RwSignal<String>) -> impl IntoView {
    let options = grids
        .into_iter()
        .map(|grid| {
            let code = grid.org.to_string();
            let mine = code.clone();
            view! {
                <option value=code selected=move || to.with(|to| *to == mine)>
                    {format!("{} {}", grid.village, grid.name)}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="ask">
            <span>"迁到哪个网格"</span>
            <select data-test="move-to" on:change=move |event| to.set(event_target_value(&event))>
                <option value="" selected=move || to.with(String::is_empty)>"还没选"</option>
                {options}
            </select>
        </label>
    }
}
