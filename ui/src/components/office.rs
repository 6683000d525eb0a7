//! The frame of an office's page: the whole width where there is room, one column on the phone.

use leptos::prelude::*;

use super::{DeskFrame, Icon, NavBar, Tab, TabBar};
use crate::app::{shared, use_title};
use crate::models::rail::office_lines;

/// Puts a page of tables into the frame that fits.
#[component]
pub fn OfficeFrame(
    /// What the page is; also the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// One line below the title.
    #[prop(optional, into)]
    sub: Signal<String>,
    /// Key of the line of the rail we are in.
    #[prop(into)]
    on: Signal<&'static str>,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let shared = shared();
    use_title(move || title.get());
    let children = StoredValue::new(children);
    let inner = move || children.with_value(|children| children());
    move || {
        if shared.wide.get() {
            view! {
                <DeskFrame on title sub>
                    <main class="page scroll" id="main" tabindex="-1">
                        <div class="office">{inner()}</div>
                    </main>
                </DeskFrame>
            }
            .into_any()
        } else {
            view! {
                <div class="app">
                    <NavBar title sub back=true/>
                    <main class="main gap" id="main" tabindex="-1">
                        <div class="office">{inner()}</div>
                    </main>
                    <TabBar on=Tab::Me/>
                </div>
            }
            .into_any()
        }
    }
}

/// Ways to the pages that the phone has no tab for; absent where the rail is on screen.
#[component]
pub fn OfficeLinks() -> impl IntoView {
    let shared = shared();
    let lines = move || {
        let role = shared.person().map(|person| person.role);
        role.filter(|_| !shared.wide.get()).map(office_lines).unwrap_or_default()
    };
    move || {
        let lines = lines();
        (!lines.is_empty()).then(|| {
            let cells = lines
                .into_iter()
                .map(|line| {
                    view! {
                        <a class="cell" href=line.href data-test=format!("office-{}", line.key)>
                            <span class="tile"><Icon name=line.icon/></span>
                            <span class="grow tt">{line.label}</span>
                            <Icon name="right" class="chev"/>
                        </a>
                    }
                })
                .collect_view();
            view! { <nav class="cells office-links" aria-label="单位">{cells}</nav> }
        })
    }
}
