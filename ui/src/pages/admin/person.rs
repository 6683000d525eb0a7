//! One person of the register: name and number, posts, devices.

use leptos::prelude::*;
use yidang_api::admin::UserRow;
use yidang_domain::ids::UserId;

use super::devices::Devices;
use super::posts::Posts;
use super::send::SendBar;
use super::users::{Open, Users};
use crate::app::shared;
use crate::components::{Avatar, Icon, Sheet};
use crate::models::admin::{person_missing, put_user};
use crate::pages::case_file::control::Line;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;

/// Everything about them.
#[component]
pub fn Detail(
    /// The page.
    users: Users,
    /// Who.
    person: UserRow,
) -> impl IntoView {
    let stored = StoredValue::new(person.clone());
    let press = move |open: fn(UserRow) -> Open| users.open.set(Some(open(stored.get_value())));
    let phone =
        if person.phone.is_empty() { "没有电话".to_owned() } else { person.phone.clone() };
    view! {
        <div class="stack" data-test="admin-person" data-user=person.user.0.clone()>
            <button
                type="button"
                class="btn text phone-only"
                on:click=move |_| users.chosen.set(None)
            >
                <Icon name="left"/>
                "回名单"
            </button>
            <section class="card who">
                <Avatar name=person.name.clone() class="big"/>
                <div class="grow">
                    <h2 data-test="admin-person-name">{person.name.clone()}</h2>
                    <div class="mid t2">{phone}</div>
                    <div class="small t3">{format!("编码 {}", person.user)}</div>
                </div>
                <div class="row wrap">
                    <button
                        type="button"
                        class="btn"
                        data-test="admin-rename"
                        on:click=move |_| press(|person| Open::Person(Some(person)))
                    >
                        "改名字电话"
                    </button>
                    <button
                        type="button"
                        class="btn"
                        data-test="admin-code"
                        on:click=move |_| press(Open::Code)
                    >
                        <Icon name="key"/>
                        "激活码"
                    </button>
                </div>
            </section>
            <Posts users person=person.clone()/>
            <Devices users devices=person.devices/>
        </div>
    }
}

/// 加人, or another name or number.
#[component]
pub fn PersonSheet(
    /// The page.
    users: Users,
    /// Who; nothing for a new person.
    person: Option<UserRow>,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let (title, words) =
        if person.is_some() { ("改名字电话", "保存") } else { ("加人", "加上") };
    let user = person.as_ref().map(|person| person.user.clone()).unwrap_or_default();
    let is_new = user == UserId::default();
    let name = RwSignal::new(person.as_ref().map(|p| p.name.clone()).unwrap_or_default());
    let phone = RwSignal::new(person.map(|person| person.phone).unwrap_or_default());
    let pressed = RwSignal::new(false);
    let missing = Signal::derive(move || {
        let missing = name.with(|name| phone.with(|phone| person_missing(name, phone)));
        missing.filter(|_| pressed.get()).map(str::to_owned)
    });
    let save = Callback::new(move |()| {
        pressed.set(true);
        let question = name.with_untracked(|name| {
            phone.with_untracked(|phone| put_user(user.clone(), name, phone))
        });
        let Some(question) = question else { return };
        doing.run(question, move |answer| {
            users.close();
            changed(shared);
            if let Some(user) = answer.user.filter(|_| is_new) {
                users.chosen.set(Some(user));
            }
            shared.say(if is_new {
                "已加上，接着给任职和激活码"
            } else {
                "已改好"
            });
        });
    });
    view! {
        <Sheet title=title on_close=move || users.close() hook="admin-person-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <Line label="名字" value=name kind="text" hook="admin-name"/>
                <Line label="工作电话（可以不填）" value=phone kind="tel" mode="tel" hook="admin-phone"/>
                <SendBar doing words hook="admin-person-save" missing/>
            </form>
        </Sheet>
    }
}
