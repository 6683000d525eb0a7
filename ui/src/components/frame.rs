//! The frame of a page: one column on the phone, rail and top bar where there is room.

use leptos::prelude::*;

use super::{DeskFrame, NavBar, Tab, TabBar};
use crate::app::{shared, use_title};

/// Puts a page into the frame that fits. What the page knows lives above the frame, so that turning
/// a tablet loses nothing.
#[component]
pub fn Frame(
    /// What the page is; also the document's title.
    #[prop(into)]
    title: Signal<String>,
    /// One line below the title.
    #[prop(optional, into)]
    sub: Signal<String>,
    /// Key of the line of the rail we are in.
    #[prop(into)]
    on: Signal<&'static str>,
    /// Whether a way back stands before the title on the phone.
    #[prop(optional)]
    back: bool,
    /// The way back closes something instead (×).
    #[prop(optional)]
    close: bool,
    /// The tab we are in; inner pages have no tab bar.
    #[prop(optional, into)]
    tab: Option<Tab>,
    /// What stands at the end of the bar.
    #[prop(optional, into)]
    end: ViewFn,
    /// What stands fixed below the bar: a field to search in.
    #[prop(optional, into)]
    head: ViewFn,
    /// What stands fixed at the bottom: `.dock-note` and `.dock`.
    #[prop(optional, into)]
    dock: ViewFn,
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let shared = shared();
    use_title(move || title.get());
    let children = StoredValue::new(children);
    let (end, dock) = (StoredValue::new(end), StoredValue::new(dock));
    let head = StoredValue::new(head);
    let head = move || head.with_value(ViewFn::run);
    let inner = move || children.with_value(|children| children());
    let end = move || end.with_value(ViewFn::run);
    let dock = move || dock.with_value(ViewFn::run);
    move || {
        if shared.wide.get() {
            view! {
                <DeskFrame on title sub>
                    <main class="page scroll" id="main" tabindex="-1">
                        <div class="column">
                            <div class="row end-row">{end()}</div>
                            <div class="head-row">{head()}</div>
                            {inner()}
                        </div>
                    </main>
                    <div class="column dock-column">{dock()}</div>
                </DeskFrame>
            }
            .into_any()
        } else {
            view! {
                <div class="app">
                    <NavBar title sub back close>{end()}</NavBar>
                    <div class="nav-more">{head()}</div>
                    <main class="main gap" id="main" tabindex="-1">{inner()}</main>
                    {dock()}
                    {tab.map(|on| view! { <TabBar on/> })}
                </div>
            }
            .into_any()
        }
    }
}
