//! 分户: members leave for a household of their own.

use leptos::prelude::*;
use yidang_api::household::{MemberView, SplitHousehold};
use yidang_domain::ids::ItemKey;

use super::open::OpenHome;
use super::parts::Asked;
use crate::components::{Sheet, use_go};
use crate::models::household_moves::SplitForm;
use crate::pages::case_file::control::Words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The sheet.
#[component]
pub fn SplitSheet(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let Some(now) = home.now() else { return ().into_any() };
    let household = now.row.id;
    let members: Vec<_> = now.members.into_iter().filter(|member| !member.gone).collect();
    let all = members.len();
    let (doing, go) = (Doing::new(), use_go());
    let form = Kept::open(format!("household-{household}-split"), SplitForm::default());
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(now.heads);
    let keys =
        StoredValue::new(members.iter().map(|member| member.key.clone()).collect::<Vec<_>>());
    let save = Callback::new(move |()| {
        pressed.set(true);
        let typed = form.value.get_untracked();
        if typed.missing(all).is_some() {
            return;
        }
        let question = SplitHousehold {
            household,
            members: keys.with_value(|keys| chosen(keys, &typed.members)),
            address: typed.address.trim().to_owned(),
            door_plate: typed.door_plate.trim().to_owned(),
            reason: typed.reason.trim().to_owned(),
            heads: heads.get_value(),
        };
        doing.run(question, move |saved| {
            form.finish();
            home.say_saved("已保存在本机，新的一户在这里");
            go.try_run((format!("/household/{}", saved.id),));
        });
    });
    let missing =
        Signal::derive(move || form.value.with(|form| form.missing(all)).filter(|_| pressed.get()));
    let text = |place: fn(&mut SplitForm) -> &mut String| {
        let control = RwSignal::new(String::new());
        mirror(form, control, place);
        control
    };
    let address = text(|form| &mut form.address);
    let door_plate = text(|form| &mut form.door_plate);
    let reason = text(|form| &mut form.reason);
    let ticks = members.into_iter().map(|member| view! { <Leaves form member/> }).collect_view();
    view! {
        <Sheet title="分户" on_close=move || home.close_sheet() hook="split-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <div class="ask">
                    <span>"谁分出去（先点的是新户主）"</span>
                    <div role="group" aria-label="谁分出去">{ticks}</div>
                </div>
                <Asked label="新住址" field="address" value=address hook="split-address"/>
                <Asked label="新门牌" field="door_plate" value=door_plate hook="split-plate"/>
                <Words label="为什么（结婚、另盖了房）" value=reason hook="split-reason" limit=200/>
                <SaveBar doing hook="split-save" words="分户" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}

/// Those of `keys` that were ticked, in the order of ticking; who is gone meanwhile is left out.
fn chosen(keys: &[ItemKey], ticked: &[String]) -> Vec<ItemKey> {
    let known = |name: &String| keys.iter().find(|key| key.as_str() == name).cloned();
    ticked.iter().filter_map(known).collect()
}

#[component]
fn Leaves(form: Kept<SplitForm>, member: MemberView) -> impl IntoView {
    let key = StoredValue::new(member.key.to_string());
    let place = move || {
        key.with_value(|key| form.value.with(|form| form.members.iter().position(|one| one == key)))
    };
    view! {
        <label class="tick">
            <input
                type="checkbox"
                data-test="split-member"
                prop:checked=move || place().is_some()
                on:change=move |_| form.value.update(|form| key.with_value(|key| form.toggle(key)))
            />
            <span>
                {member.name}
                <small class="t3">" " {member.relation}</small>
            </span>
            {move || (place() == Some(0)).then(|| view! { <span class="chip brand push">"新户主"</span> })}
        </label>
    }
}
