//! 退回补正 on the desktop: three columns below the file, so that what is judged stays in view.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;

use super::doing::Doing;
use super::file::OpenFile;
use super::kept::Kept;
use super::return_parts::{FieldChoice, Preview, Reason, missing, open_form, send};
use super::sheet_parts::RestoredNote;
use crate::components::{FaultNote, Icon, use_focus};
use crate::models::return_form::ReturnForm;

/// The composer. Escape closes it and keeps the draft; Ctrl Enter sends.
#[component]
pub fn Composer(
    /// The file.
    file: OpenFile,
    /// Keys are shown.
    keys: bool,
) -> impl IntoView {
    let Some(form) = open_form(file) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let pressed = RwSignal::new(false);
    let sending = Callback::new(move |()| {
        pressed.set(true);
        send(file, form, doing);
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            file.close_sheet();
        }
        "Enter" if event.ctrl_key() || event.meta_key() => {
            event.prevent_default();
            sending.run(());
        }
        _ => {}
    };
    let place: NodeRef<Div> = NodeRef::new();
    // The reason is what is typed first.
    use_focus(place, "textarea");
    view! {
        <div
            class="composer"
            role="dialog"
            aria-label="退回补正"
            data-test="composer"
            node_ref=place
            on:keydown=on_key
        >
            <div class="hd">
                <Icon name="back" />
                <b>"退回补正"</b>
                <span class="t3 small">"退回不作废：写过的全部保留，只补这一项"</span>
                <button
                    type="button"
                    class="push ib"
                    aria-label="关闭，草稿留着"
                    data-test="composer-close"
                    on:click=move |_| file.close_sheet()
                >
                    <Icon name="x" class="s" />
                </button>
            </div>
            <RestoredNote kept=form />
            <div class="cols">
                <FieldChoice file form />
                <Reason form />
                <Preview file form />
            </div>
            <Foot file form doing pressed sending keys />
        </div>
    }
    .into_any()
}

#[component]
fn Foot(
    file: OpenFile,
    form: Kept<ReturnForm>,
    doing: Doing,
    pressed: RwSignal<bool>,
    sending: Callback<()>,
    keys: bool,
) -> impl IntoView {
    let finder = file.part(|view| view.row.finder.clone());
    let words = move || match finder.get().filter(|name| !name.is_empty()) {
        Some(name) => format!("退回给{name}"),
        None => "退回".to_owned(),
    };
    let missing = move || form.value.with(missing).filter(|_| pressed.get());
    view! {
        <div class="ft">
            <span class="small t3">"关了也不丢，草稿留着"</span>
            <span aria-live="polite">
                {move || {
                    missing()
                        .map(|words| {
                            view! {
                                <span class="hint small" data-test="form-missing">
                                    {words}
                                </span>
                            }
                        })
                }}
            </span>
            {move || doing.fault.get().map(|fault| view! { <FaultNote fault /> })}
            <span class="push row">
                <button
                    type="button"
                    class="btn"
                    data-test="return-cancel"
                    on:click=move |_| file.close_sheet()
                >
                    "取消"
                </button>
                <button
                    type="button"
                    class="btn pri"
                    data-test="return-send"
                    disabled=move || doing.busy.get()
                    on:click=move |_| sending.run(())
                >
                    {words}
                    {keys.then(|| view! { <span class="kbd">"Ctrl Enter"</span> })}
                </button>
            </span>
        </div>
    }
}
