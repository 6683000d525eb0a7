//! 人员: who is in the register, found by name, initials or number tail.

use leptos::prelude::*;
use yidang_api::admin::{AssignmentRow, DeviceRow, UserRow, UsersQuestion, UsersView};
use yidang_domain::ids::UserId;

use super::codes::CodeSheet;
use super::devices::{LiftSheet, RevokeSheet};
use super::person::{Detail, PersonSheet};
use super::posts::{EndSheet, PostSheet};
use crate::components::{Avatar, Dotted, Empty, Icon, OnlineNote, PageTurns, SearchLine, Waiting};
use crate::door::{Answer, answer, today};
use crate::models::admin::posts_words;
use crate::models::grids::pager;

/// What is asked over the page.
#[derive(Clone, PartialEq)]
pub enum Open {
    /// 加人, or a person's name and number.
    Person(Option<UserRow>),
    /// 加任职
    Post(UserRow),
    /// 结束任职
    End(UserRow, AssignmentRow),
    /// 激活码
    Code(UserRow),
    /// 停用设备
    Revoke(DeviceRow),
    /// 恢复接收
    Lift(DeviceRow),
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Users {
    /// The answer.
    pub answer: Answer<UsersView>,
    /// The person who is shown.
    pub chosen: RwSignal<Option<UserId>>,
    /// The sheet that is open.
    pub open: RwSignal<Option<Open>>,
    text: RwSignal<String>,
    offset: RwSignal<u32>,
}

impl Users {
    /// Takes the sheet away.
    pub fn close(self) {
        self.open.set(None);
    }

    /// The person who is shown, as the list has them.
    fn person(self) -> Option<UserRow> {
        let chosen = self.chosen.get()?;
        self.answer
            .value
            .with(|view| view.as_ref()?.rows.iter().find(|row| row.user == chosen).cloned())
    }
}

/// The page.
#[component]
pub fn UsersPart() -> impl IntoView {
    let (text, offset) = (RwSignal::new(String::new()), RwSignal::new(0));
    let page = Memo::new(move |before: Option<&(String, u32)>| {
        let text = text.get();
        let same = before.is_none_or(|(old, _)| *old == text);
        // Another search begins on its first page.
        let at = if same { offset.get() } else { 0 };
        (text, at)
    });
    let answer = answer(move || {
        let (text, offset) = page.get();
        UsersQuestion { text, org: None, offset, limit: 100 }
    });
    Effect::new(move |_| offset.set(page.get().1));
    let users =
        Users { answer, chosen: RwSignal::new(None), open: RwSignal::new(None), text, offset };
    let person = Memo::new(move |_| users.person());
    let is_chosen = Memo::new(move |_| person.with(Option::is_some));
    view! {
        <div class="admin-cols" class:chosen=is_chosen>
            <section class="card admin-list" data-test="admin-users-list" aria-label="名单">
                <List users/>
            </section>
            <section class="admin-detail" aria-label="这个人">
                {move || match person.get() {
                    Some(person) => view! { <Detail users person/> }.into_any(),
                    None => {
                        view! {
                            <div class="card">
                                <Empty title="没有打开的人" next="在名单里点一个人，或者加一个人"/>
                            </div>
                        }
                            .into_any()
                    }
                }}
            </section>
        </div>
        <Sheets users/>
    }
}

#[component]
fn Sheets(users: Users) -> impl IntoView {
    move || {
        users.open.get().map(|open| match open {
            Open::Person(person) => view! { <PersonSheet users person/> }.into_any(),
            Open::Post(person) => view! { <PostSheet users person/> }.into_any(),
            Open::End(person, post) => view! { <EndSheet users person post/> }.into_any(),
            Open::Code(person) => view! { <CodeSheet users person/> }.into_any(),
            Open::Revoke(device) => view! { <RevokeSheet users device/> }.into_any(),
            Open::Lift(device) => view! { <LiftSheet users device/> }.into_any(),
        })
    }
}

#[component]
fn List(users: Users) -> impl IntoView {
    let fault = users.answer.fault;
    let retry = Callback::new(move |()| users.answer.retry());
    let total =
        Memo::new(move |_| users.answer.value.with(|view| view.as_ref().map(|view| view.total)));
    view! {
        <div class="hd">
            <h2>"人员"</h2>
            <span class="t3 small" role="status" data-test="admin-users-total">
                {move || total.get().map(|total| format!("{total} 人"))}
            </span>
            <button
                type="button"
                class="btn pri push"
                data-test="admin-add"
                on:click=move |_| users.open.set(Some(Open::Person(None)))
            >
                <Icon name="plus"/>
                "加人"
            </button>
        </div>
        <div class="inset-x">
            <SearchLine label="名字、首字母、电话尾号、单位" value=users.text hook="admin-search"/>
        </div>
        {move || fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
        {move || match users.answer.value.get() {
            Some(view) => view! { <Rows users view/> }.into_any(),
            None if fault.with(Option::is_none) => view! { <Waiting rows=6/> }.into_any(),
            None => ().into_any(),
        }}
    }
}

#[component]
fn Rows(users: Users, view: UsersView) -> impl IntoView {
    if view.rows.is_empty() {
        return view! { <Empty title="没有找到" next="换个名字或电话尾号；名单也可以导入"/> }
            .into_any();
    }
    let pager = pager(view.total, users.offset.get_untracked(), view.rows.len());
    let rows = view.rows.into_iter().map(|row| view! { <Row users row/> }).collect_view();
    view! {
        <div class="admin-rows">{rows}</div>
        <PageTurns pager offset=users.offset/>
    }
    .into_any()
}

#[component]
fn Row(users: Users, row: UserRow) -> impl IntoView {
    let user = row.user.clone();
    let mine = user.clone();
    let is_on = Memo::new(move |_| users.chosen.with(|chosen| chosen.as_ref() == Some(&mine)));
    view! {
        <button
            type="button"
            class="cell"
            class:on=is_on
            aria-pressed=move || is_on.get().to_string()
            data-test="admin-user"
            data-user=user.0.clone()
            on:click=move |_| users.chosen.set(Some(user.clone()))
        >
            <Avatar name=row.name.clone()/>
            <span class="grow">
                <span class="tt">{row.name}</span>
                <span class="ds small"><Dotted text=posts_words(&row.posts, today())/></span>
            </span>
            <Icon name="right" class="chev s"/>
        </button>
    }
}
