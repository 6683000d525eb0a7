//! People who can be tried out on a demo server: one press each, grouped by role.

use leptos::prelude::*;
use yidang_api::session::{DemoPeople, DemoPerson, DemoSignIn};
use yidang_domain::org::Role;

use super::{Entering, Way, WayFault, device_name};
use crate::app::shared;
use crate::components::{Avatar, Icon};
use crate::door::answer;

/// 演示: absent where the server is no demo, or cannot be reached.
#[component]
pub fn DemoList(
    /// How one comes in.
    entering: Entering,
) -> impl IntoView {
    let people = answer(|| DemoPeople { server: String::new() });
    move || {
        people.value.get().filter(|people| !people.is_empty()).map(|people| {
            let groups = grouped(people)
                .into_iter()
                .map(|(role, people)| view! { <Group role people entering/> })
                .collect_view();
            view! {
                <div class="sec"><h2>"演示"</h2><span class="t3">"人和事都是编的，点一下就进"</span></div>
                <WayFault entering way=Way::Demo/>
                <div data-test="sign-in-demo">{groups}</div>
            }
        })
    }
}

/// Roles in the order the server names them, each with its people.
fn grouped(people: Vec<DemoPerson>) -> Vec<(Role, Vec<DemoPerson>)> {
    let mut groups: Vec<(Role, Vec<DemoPerson>)> = Vec::new();
    for person in people {
        match groups.iter_mut().find(|(role, _)| *role == person.role) {
            Some((_, group)) => group.push(person),
            None => groups.push((person.role, vec![person])),
        }
    }
    groups
}

#[component]
fn Group(role: Role, people: Vec<DemoPerson>, entering: Entering) -> impl IntoView {
    let rows = people.into_iter().map(|person| view! { <Row person entering/> }).collect_view();
    view! {
        <h3 class="group-hd">{role.label()}</h3>
        <div class="cells">{rows}</div>
    }
}

#[component]
fn Row(person: DemoPerson, entering: Entering) -> impl IntoView {
    let shared = shared();
    let user = person.user.clone();
    let enter = move |_| {
        entering.by(
            Way::Demo,
            DemoSignIn {
                server: String::new(),
                user: user.clone(),
                device_name: device_name(shared),
            },
        );
    };
    view! {
        <button
            type="button"
            class="cell"
            data-test=format!("sign-in-demo-{}", person.user)
            disabled=move || entering.busy.get()
            on:click=enter
        >
            <Avatar name=person.name.clone() class="tile-size"/>
            <span class="grow">
                <span class="tt">{person.name}</span>
                <div class="ds cut">{person.org}</div>
            </span>
            <Icon name="right" class="chev"/>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_stand_under_their_role() {
        let person = |user: &str, role| DemoPerson {
            user: user.into(),
            name: user.to_owned(),
            role,
            org: String::new(),
        };
        let groups = grouped(vec![
            person("a", Role::GridWorker),
            person("b", Role::TownshipReviewer),
            person("c", Role::GridWorker),
        ]);
        let shape: Vec<_> = groups.iter().map(|(role, people)| (*role, people.len())).collect();
        assert_eq!(shape, [(Role::GridWorker, 2), (Role::TownshipReviewer, 1)]);
    }
}
