//! One field to search in, at every stroke. While Chinese is being composed nothing is searched:
//! letters on their way to a character are no words.

use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;

use super::Icon;

/// The field.
#[component]
pub fn SearchField(
    /// What stands in it.
    #[prop(into)]
    text: Signal<String>,
    /// Called with what was typed.
    #[prop(into)]
    on_text: Callback<(String,)>,
    /// What can be searched; also the placeholder.
    label: &'static str,
    /// Test hook.
    hook: &'static str,
    /// Takes the focus when the page opens.
    #[prop(optional)]
    first: bool,
    /// Called with keys that are pressed outside of composing.
    #[prop(optional, into)]
    on_key: Option<Callback<(ev::KeyboardEvent,)>>,
) -> impl IntoView {
    let composing = StoredValue::new(false);
    let field: NodeRef<Input> = NodeRef::new();
    if first {
        Effect::new(move |_| {
            if let Some(field) = field.get() {
                // A page that may not take focus is typed into after a press.
                let _ = field.focus();
            }
        });
    }
    let typed = move |event: ev::Event| {
        if !composing.get_value() {
            on_text.run((event_target_value(&event),));
        }
    };
    let composed = move |event: ev::CompositionEvent| {
        composing.set_value(false);
        on_text.run((event_target_value(&event),));
    };
    let key = move |event: ev::KeyboardEvent| {
        if !event.is_composing()
            && let Some(on_key) = on_key
        {
            on_key.run((event,));
        }
    };
    view! {
        <div class="search line" role="search" aria-label=label>
            <Icon name="search"/>
            <input
                node_ref=field
                class="grow"
                type="search"
                autocomplete="off"
                enterkeyhint="search"
                aria-label=label
                placeholder=label
                data-test=hook
                prop:value=text
                on:input=typed
                on:compositionstart=move |_| composing.set_value(true)
                on:compositionend=composed
                on:keydown=key
            />
            <Clear text on_text field hook/>
        </div>
    }
}

/// Empties the field and leaves the focus in it.
#[component]
fn Clear(
    text: Signal<String>,
    on_text: Callback<(String,)>,
    field: NodeRef<Input>,
    hook: &'static str,
) -> impl IntoView {
    let clear = move |_| {
        on_text.run((String::new(),));
        if let Some(field) = field.get_untracked() {
            // Where focus is refused, the field can still be pressed.
            let _ = field.focus();
        }
    };
    view! {
        <Show when=move || text.with(|text| !text.is_empty())>
            <button
                type="button"
                class="ib"
                aria-label="清掉"
                data-test=format!("{hook}-clear")
                on:click=clear
            >
                <Icon name="x" class="s"/>
            </button>
        </Show>
    }
}
