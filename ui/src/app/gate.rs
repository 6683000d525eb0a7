//! Who may see a page: whoever is signed in. Everybody else is shown the way in.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::app::{Shared, shared};
use crate::components::{FaultNote, Waiting};
use crate::models::home::home_of;

/// Shows `page` to somebody who is signed in, anew for each person.
pub fn signed_in<V: IntoView + 'static>(page: fn() -> V) -> impl IntoView {
    let shared = shared();
    let user = shared.user();
    move || match user.get() {
        Some(_) => page().into_any(),
        None => view! { <Outside/> }.into_any(),
    }
}

/// What is shown until it is known who is signed in.
#[component]
fn Outside() -> impl IntoView {
    let shared = shared();
    move || match shared.session_fault.get() {
        Some(fault) => view! {
            <div class="app"><main class="main gap">
                <FaultNote fault retry=Callback::new(move |()| shared.refresh_session())/>
            </main></div>
        }
        .into_any(),
        None => {
            view! { <div class="app"><main class="main gap"><Waiting/></main></div> }.into_any()
        }
    }
}

/// Leads to the way in whoever is not signed in, and everybody to their own home.
pub fn lead(shared: Shared) {
    let go = use_navigate();
    let path = use_location().pathname;
    Effect::new(move |_| {
        let Some(session) = shared.session.get() else { return };
        let path = path.get();
        let target = match &session.person {
            None if path != "/sign-in" => Some("/sign-in"),
            None => None,
            Some(person) if path == "/" => {
                let home = home_of(person.role);
                (home != "/").then_some(home)
            }
            Some(_) => None,
        };
        if let Some(target) = target {
            go(target, NavigateOptions { replace: true, ..Default::default() });
        }
    });
}
