//! 家里人: who lives there, those who left last.

use leptos::prelude::*;
use yidang_api::household::MemberView;
use yidang_domain::civil::Date;
use yidang_domain::rights::Act;

use super::open::{OpenHome, Sheeted};
use crate::components::{Avatar, Empty, Icon};
use crate::door::today;
use crate::models::clash::grouped;
use crate::models::household_form::age_words;

/// All members.
#[component]
pub fn Members(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let members = home.part(|view| view.members.clone());
    let may = Memo::new(move |_| home.may(Act::EditHousehold));
    move || {
        members.get().map(|members| {
            let may = may.get();
            let none = members.is_empty();
            let count = members.iter().filter(|member| !member.gone).count();
            let rows = members.into_iter().map(|member| view! { <Row home member may/> }).collect_view();
            view! {
                <div class="sec"><h2>"家里人"</h2><span class="t3">{format!("{count} 人")}</span></div>
                <div class="cells" data-test="members">
                    {none.then(|| view! { <Empty title="还没有写家里人" next="户主先写上，别人慢慢补"/> })}
                    {rows}
                    {may.then(|| view! {
                        <button
                            type="button"
                            class="field"
                            data-test="member-add"
                            on:click=move |_| home.sheet.set(Some(Sheeted::NewMember))
                        >
                            <Icon name="plus" class="s"/>
                            <span class="vl link">"加一个人"</span>
                        </button>
                    })}
                </div>
            }
        })
    }
}

#[component]
fn Row(home: OpenHome, member: MemberView, may: bool) -> impl IntoView {
    let key = StoredValue::new(member.key.clone());
    let line = line_words(&member, today());
    let clashes = !member.clashes.is_empty();
    let phone = member.phone.clone();
    view! {
        <div class="field party member" class:void=member.gone data-test="member">
            <Avatar name=member.name.clone() class="n"/>
            <span class="vl">
                <b data-test="member-name">{member.name.clone()}</b>
                <small>{line}</small>
            </span>
            {clashes.then(|| view! { <span class="chip clash"><Icon name="swap" class="xs"/>"要定"</span> })}
            {(!phone.is_empty() && !member.gone).then(|| view! {
                <a class="btn text slim" href=format!("tel:{phone}") data-test="member-phone">
                    <Icon name="phone" class="s"/>
                    {grouped("phone", &phone)}
                </a>
            })}
            {may.then(|| view! {
                <button
                    type="button"
                    class="btn text slim"
                    data-test="member-edit"
                    aria-label=format!("改{}", member.name)
                    on:click=move |_| home.sheet.set(Some(Sheeted::Member(key.get_value())))
                >
                    "改"
                </button>
            })}
        </div>
    }
}

/// 配偶，约 58 岁
fn line_words(member: &MemberView, today: Date) -> String {
    let age = age_words(member.birth_year, today.year());
    let gone = if member.gone { "不在本户" } else { "" };
    let parts = [member.relation.as_str(), age.as_str(), gone];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
}
