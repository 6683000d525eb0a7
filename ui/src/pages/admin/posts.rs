//! Assignments: given with a unit, a role and a day, ended with a day.

use leptos::prelude::*;
use yidang_api::admin::{AssignmentRow, UserRow};

use super::pickers::UnitPicker;
use super::send::SendBar;
use super::users::{Open, Users};
use crate::app::shared;
use crate::components::{Dotted, Empty, Icon, Sheet};
use crate::door::today;
use crate::models::admin::{PostForm, ROLES, end_post, holds, post_dates};
use crate::models::days::parse_day;
use crate::pages::case_file::control::{Choice, Line};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;

/// 任职
#[component]
pub fn Posts(
    /// The page.
    users: Users,
    /// Whose.
    person: UserRow,
) -> impl IntoView {
    let stored = StoredValue::new(person.clone());
    let none = person.posts.is_empty();
    let rows = person
        .posts
        .into_iter()
        .map(|post| {
            let row = post.clone();
            let now = holds(&post, today());
            let end = move |_| users.open.set(Some(Open::End(stored.get_value(), row.clone())));
            view! {
                <li class="cell flat-cell" data-test="admin-post">
                    <span class="grow">
                        <span class="tt">{post.role.label()}</span>
                        <span class="ds"><Dotted text=post.place.clone()/></span>
                        <span class="ds small t3">
                            {post_dates(&post)}
                            {(!now).then_some("，现在不在岗")}
                        </span>
                    </span>
                    {(post.to.is_none() || now)
                        .then(|| {
                            view! {
                                <button type="button" class="btn slim" data-test="admin-end" on:click=end>
                                    "结束"
                                </button>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card">
            <div class="hd">
                <h2>"任职"</h2>
                <button
                    type="button"
                    class="btn push"
                    data-test="admin-give"
                    on:click=move |_| users.open.set(Some(Open::Post(stored.get_value())))
                >
                    <Icon name="plus"/>
                    "加任职"
                </button>
            </div>
            {none.then(|| view! { <Empty title="还没有任职" next="加了任职才能看到辖区的事"/> })}
            <ul class="plain-list">{rows}</ul>
        </section>
    }
}

/// 加任职
#[component]
pub fn PostSheet(
    /// The page.
    users: Users,
    /// Whose.
    person: UserRow,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let unit = RwSignal::new(None);
    let role = RwSignal::new(String::new());
    let from = RwSignal::new(today().to_string());
    let to = RwSignal::new(String::new());
    let form = move || PostForm {
        org: unit
            .with(|unit| unit.as_ref().map(|(org, _)| yidang_domain::ids::OrgCode::clone(org))),
        role: role.with(|at| ROLES.get(at.parse::<usize>().ok()?).copied()),
        from: from.get(),
        to: to.get(),
    };
    let pressed = RwSignal::new(false);
    let missing = Signal::derive(move || {
        form().missing(today()).filter(|_| pressed.get()).map(str::to_owned)
    });
    let user = person.user;
    let save = Callback::new(move |()| {
        pressed.set(true);
        let Some(question) = untrack(form).question(user.clone(), today()) else { return };
        doing.run(question, move |_| {
            users.close();
            changed(shared);
            shared.say("任职已加上");
        });
    });
    let roles = (0_usize..).zip(ROLES).map(|(at, role)| (at.to_string(), role.label())).collect();
    view! {
        <Sheet
            title=format!("给{}加任职", person.name)
            on_close=move || users.close()
            hook="admin-post-sheet"
        >
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <UnitPicker label="单位" value=unit/>
                <Choice label="任职" choices=roles value=role/>
                <div class="pair">
                    <Line label="从哪天起" value=from kind="date" hook="admin-from"/>
                    <Line label="到哪天为止（可以不填）" value=to kind="date" hook="admin-to"/>
                </div>
                <SendBar doing words="加上" hook="admin-post-save" missing/>
            </form>
        </Sheet>
    }
}

/// 结束任职
#[component]
pub fn EndSheet(
    /// The page.
    users: Users,
    /// Whose.
    person: UserRow,
    /// Which.
    post: AssignmentRow,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let last = RwSignal::new(today().to_string());
    let read = move || last.with(|last| parse_day(last, today().year()));
    let missing = Signal::derive(move || read().is_none().then(|| "最后一天还没写".to_owned()));
    let words = format!("{}的{}", person.name, post.role.label());
    let place = post.place.clone();
    let user = person.user;
    let save = Callback::new(move |()| {
        let Some(last) = untrack(read) else { return };
        doing.run(end_post(user.clone(), &post, last), move |_| {
            users.close();
            changed(shared);
            shared.say("任职已结束，他写过的都还在");
        });
    });
    view! {
        <Sheet title="结束任职" on_close=move || users.close() hook="admin-end-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p>{words}"："<Dotted text=place/></p>
                <Line label="最后一天" value=last kind="date" hook="admin-last"/>
                <p class="small t3">"过了这一天，他的设备不再收到这里的事；写过的都留着。先打印交接清单。"</p>
                <SendBar doing words="结束任职" hook="admin-end-save" missing takes_away=true/>
            </form>
        </Sheet>
    }
}
