//! 新增一户: head and address are enough; the rest is added when it is known.

use leptos::prelude::*;
use yidang_api::household::{GridName, GridQuestion, HouseholdFilter};

use super::parts::Asked;
use crate::app::shared;
use crate::components::{Frame, Icon, use_go};
use crate::door::{answer, today};
use crate::models::household_form::{HouseholdForm, MemberForm, RELATIONS};
use crate::pages::case_file::control::Line;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The page.
#[component]
pub fn NewHouseholdPage() -> impl IntoView {
    let form = Kept::open("household-new".to_owned(), HouseholdForm::default());
    let (doing, shared, go) = (Doing::new(), shared(), use_go());
    let pressed = RwSignal::new(false);
    let year = today().year();
    let grids = answer(|| GridQuestion {
        org: None,
        filter: HouseholdFilter::All,
        text: String::new(),
        offset: 0,
        limit: 1,
    });
    let save = Callback::new(move |()| {
        pressed.set(true);
        if form.value.with_untracked(|form| form.missing(year).is_some()) {
            return;
        }
        doing.run(form.value.with_untracked(HouseholdForm::question), move |saved| {
            form.finish();
            changed(shared);
            shared.say("已保存在本机");
            go.try_run((format!("/household/{}", saved.id),));
        });
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing(year)).filter(|_| pressed.get())
    });
    let held = Memo::new(move |_| {
        grids.value.with(|view| view.as_ref().map(|view| view.grids.clone()).unwrap_or_default())
    });
    view! {
        <Frame title="新增一户" sub="写好的随时存成草稿" on="grid" close=true>
            <form class="card form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                {move || {
                    let grids = held.get();
                    (grids.len() > 1).then(|| view! { <Grid form grids/> })
                }}
                <House form/>
                <Others form/>
                <SaveBar doing hook="household-save" words="保存这一户" missing/>
            </form>
        </Frame>
    }
}

/// Which grid, where somebody holds several.
#[component]
fn Grid(form: Kept<HouseholdForm>, grids: Vec<GridName>) -> impl IntoView {
    let options = grids
        .into_iter()
        .map(|grid| {
            let code = grid.org.to_string();
            let mine = code.clone();
            let chosen = move || form.value.with(|form| form.grid == mine);
            view! { <option value=code selected=chosen>{format!("{} {}", grid.village, grid.name)}</option> }
        })
        .collect_view();
    view! {
        <label class="ask">
            <span>"哪个网格"</span>
            <select
                data-test="household-grid"
                on:change=move |event| form.value.update(|form| form.grid = event_target_value(&event))
            >
                {options}
            </select>
        </label>
    }
}

/// The household itself and its head.
#[component]
fn House(form: Kept<HouseholdForm>) -> impl IntoView {
    let text = |place: fn(&mut HouseholdForm) -> &mut String| {
        let control = RwSignal::new(String::new());
        mirror(form, control, place);
        control
    };
    let head = text(|form| &mut form.head);
    let address = text(|form| &mut form.address);
    let door_plate = text(|form| &mut form.door_plate);
    let household_no = text(|form| &mut form.household_no);
    let birth_year = text(|form| &mut form.birth_year);
    let phone = text(|form| &mut form.phone);
    view! {
        <Asked label="户主" field="head" value=head hook="household-head-input"/>
        <Asked label="住址" field="address" value=address hook="household-address"/>
        <Asked label="门牌" field="door_plate" value=door_plate hook="household-plate"/>
        <Asked label="户主出生年" field="birth_year" value=birth_year mode="numeric" hook="household-year"/>
        <Asked label="户主电话" field="phone" value=phone mode="tel" hook="household-phone"/>
        <Asked label="户号" field="household_no" value=household_no hook="household-no"/>
    }
}

/// Those who live with the head.
#[component]
fn Others(form: Kept<HouseholdForm>) -> impl IntoView {
    let count = Memo::new(move |_| form.value.with(|form| form.members.len()));
    let add = move |_| form.value.update(|form| form.members.push(MemberForm::default()));
    let rows = move || (0..count.get()).map(|index| view! { <Other form index/> }).collect_view();
    view! {
        {rows}
        <button type="button" class="btn soft" data-test="household-member-add" on:click=add>
            <Icon name="plus"/>
            "再加一个家里人"
        </button>
    }
}

#[component]
fn Other(form: Kept<HouseholdForm>, index: usize) -> impl IntoView {
    let field = move |read: fn(&MemberForm) -> String, write: fn(&mut MemberForm, String)| {
        let control = RwSignal::new(
            form.value.with_untracked(|form| form.members.get(index).map(read).unwrap_or_default()),
        );
        Effect::new(move |_| {
            let now = form.value.with(|form| form.members.get(index).map(read)).unwrap_or_default();
            if control.with_untracked(|text| *text != now) {
                control.set(now);
            }
        });
        Effect::new(move |_| {
            let now = control.get();
            let before = form.value.with_untracked(|form| form.members.get(index).map(read));
            if before.is_some_and(|before| before != now) {
                form.value.update(|form| {
                    if let Some(member) = form.members.get_mut(index) {
                        write(member, now);
                    }
                });
            }
        });
        control
    };
    let name = field(|one| one.name.clone(), |one, text| one.name = text);
    let relation = field(|one| one.relation.clone(), |one, text| one.relation = text);
    let year = field(|one| one.birth_year.clone(), |one, text| one.birth_year = text);
    let remove = move |_| {
        form.value.update(|form| {
            if index < form.members.len() {
                form.members.remove(index);
            }
        });
    };
    let options = RELATIONS
        .into_iter()
        .skip(1)
        .map(|word| view! { <option value=word selected=move || relation.with(|now| now == word)>{word}</option> })
        .collect_view();
    view! {
        <fieldset class="other-member" data-test="household-member">
            <div class="row">
                <b class="grow">{format!("家里人 {}", index + 1)}</b>
                <button
                    type="button"
                    class="btn text slim"
                    aria-label=format!("去掉家里人 {}", index + 1)
                    on:click=remove
                >
                    "去掉"
                </button>
            </div>
            <Line label="姓名" value=name kind="text" hook="household-member-name"/>
            <div class="pair">
                <label class="ask">
                    <span>"与户主关系"</span>
                    <select on:change=move |event| relation.set(event_target_value(&event))>
                        <option value="" selected=move || relation.with(String::is_empty)>"没写"</option>
                        {options}
                    </select>
                </label>
                <Line label="出生年" value=year kind="text" mode="numeric" hook="household-member-year"/>
            </div>
        </fieldset>
    }
}
