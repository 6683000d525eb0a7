//! A sheet: rises from the bottom on the phone, a dialog on the desktop. Escape, the way back and
//! a press beside it close it; focus stays inside and returns where it came from.

mod step;

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;

use self::step::use_history_step;
use super::Icon;
use super::focus::{keep_inside, use_focus};

pub use step::{use_go, use_go_in_place};

/// A sheet over the page. It is open as long as it is there: the page takes it away in `on_close`.
#[component]
pub fn Sheet(
    /// What it asks.
    #[prop(into)]
    title: String,
    /// Takes it away.
    #[prop(into)]
    on_close: Callback<()>,
    /// Test hook.
    #[prop(default = "sheet")]
    hook: &'static str,
    /// It is only read: there is nothing in it to press, so the keyboard stops at it as a whole and
    /// scrolls it.
    #[prop(optional)]
    read: bool,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    use_history_step(on_close);
    let body: NodeRef<Div> = NodeRef::new();
    use_focus(body, "[autofocus]");
    let keys = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            on_close.run(());
        }
        "Tab" => keep_inside(body, &event),
        _ => {}
    };
    // Not stopped from bubbling: links inside are followed by a listener on the window.
    let beside = move |event: ev::MouseEvent| {
        if event.target() == event.current_target() {
            on_close.run(());
        }
    };
    let label = title.clone();
    view! {
        <div class="sheet-back" on:click=beside>
            <div
                node_ref=body
                class="sheet"
                role="dialog"
                aria-modal="true"
                aria-label=label
                tabindex="-1"
                data-test=hook
                on:keydown=keys
            >
                <div class="sheet-hd">
                    <h2 class="grow">{title}</h2>
                    <button
                        type="button"
                        class="ib"
                        aria-label="关闭"
                        data-test="sheet-close"
                        on:click=move |_| on_close.run(())
                    >
                        <Icon name="x" class="l"/>
                    </button>
                </div>
                <div class="sheet-bd" tabindex=read.then_some("0")>{children()}</div>
            </div>
        </div>
    }
}
