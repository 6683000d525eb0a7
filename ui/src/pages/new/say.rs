//! The one sentence.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::draft::Draft;
use super::opening::Opening;
use crate::components::{BadHint, FaultNote};
use crate::models::new_form::NewForm;

/// One sentence, in the size of speech; the field grows with it.
#[component]
pub fn Say(
    /// The draft.
    draft: Draft,
    /// 建档
    opening: Opening,
) -> impl IntoView {
    let form = draft.form;
    let text = move || form.with(|form| form.matter.clone());
    let typed = move |event| form.update(|form| form.matter = event_target_value(&event));
    let bad = opening.bad(&["matter"]);
    let field: NodeRef<Textarea> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // A page that may not take focus is typed into after a press.
            let _ = field.focus();
        }
    });
    view! {
        <section class="card" class:is-bad=move || bad.with(Option::is_some)>
            <div class="say">
                <label for="new-matter">"一句话，出了什么事"</label>
                <div class="grow-text" data-text=move || format!("{}\u{200b}", text())>
                    <textarea
                        node_ref=field
                        id="new-matter"
                        rows="1"
                        maxlength="400"
                        autocomplete="off"
                        aria-describedby="new-matter-help"
                        data-test="new-matter"
                        prop:value=text
                        on:input=typed
                    ></textarea>
                </div>
                <div class="bar" id="new-matter-help">
                    <BadHint bad/>
                    <Show when=move || bad.with(Option::is_none)>
                        <span class="small t3">"谁和谁、为什么、闹到哪一步"</span>
                    </Show>
                    <span class="push small t3">
                        {move || format!("{} 字", form.with(NewForm::length))}
                    </span>
                </div>
            </div>
        </section>
        {move || draft.fault.get().map(|fault| view! { <FaultNote fault/> })}
    }
}
