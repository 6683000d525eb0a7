//! 收下: type what stands on the colleague's screen, or open the file they made.

use leptos::prelude::*;
use leptos::web_sys::{File, FileReader, HtmlInputElement};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yidang_api::carry::{CarryAsk, CarryOpen, CarryTake};

use super::Occasion;
use crate::app::shared;
use crate::components::FaultNote;
use crate::models::carry::asked_with;
use crate::models::import::base64_of;
use crate::pages::case_file::control::Line;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::export::hand_over;
use crate::pages::case_file::sheet_parts::submit;

/// The half of the page on which somebody takes.
#[component]
pub fn Take(
    /// What is under way.
    occasion: Occasion,
) -> impl IntoView {
    let doing = Doing::new();
    let (address, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let pressed = RwSignal::new(false);
    let text = move || asked_with(&address.get(), &code.get());
    let missing = Signal::derive(move || {
        let is_missing = pressed.get() && text().is_none();
        is_missing.then_some("照对方屏幕，输入地址和 8 位数字")
    });
    let take = Callback::new(move |()| {
        pressed.set(true);
        if let Some(text) = untrack(text) {
            doing.run(CarryTake { text }, move |view| occasion.view.set(view));
        }
    });
    view! {
        <form class="card form" on:submit=move |event| submit(&event, take)>
            <Line label="对方屏幕上的地址" value=address kind="text" hook="carry-type-address"/>
            <Line label="8 位数字" value=code kind="text" mode="numeric" hook="carry-type-code"/>
            <div aria-live="polite">
                {move || {
                    missing
                        .get()
                        .map(|words| view! { <p class="hint" data-test="carry-missing">{words}</p> })
                }}
                {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
            </div>
            <button
                type="submit"
                class="btn pri big wide"
                data-test="carry-take"
                disabled=move || doing.busy.get()
            >
                "收下"
            </button>
        </form>
        <ByFile occasion/>
    }
}

/// Without a network between the two: a file that is asked with, and the one that is made of it.
#[component]
fn ByFile(occasion: Occasion) -> impl IntoView {
    let (by_file, shared) = (Doing::new(), shared());
    let ask_file = move |_| by_file.run(CarryAsk {}, move |file| hand_over(shared, &file));
    let open = Callback::new(move |(_, file): (String, String)| {
        by_file.run(CarryOpen { file }, move |view| occasion.view.set(view));
    });
    view! {
        <div class="sec"><h2>"用文件传"</h2></div>
        <div class="card roomy stack">
            <p class="mid t2">"先写一个“要文件”发给对方，对方按它写好发回来，在这里打开。别人打不开。"</p>
            {move || by_file.fault.get().map(|fault| view! { <FaultNote fault/> })}
            <div class="row acts">
                <button
                    type="button"
                    class="btn"
                    data-test="carry-ask"
                    disabled=move || by_file.busy.get()
                    on:click=ask_file
                >
                    "写一个“要文件”"
                </button>
                <OneFile
                    words="打开对方写的"
                    hook="carry-open"
                    is_off=move || by_file.busy.get()
                    then=open
                />
            </div>
        </div>
    }
}

/// A button that has one file chosen and reads it: its name and its bytes in base64.
#[component]
pub fn OneFile(
    /// The word on it.
    words: &'static str,
    /// Test hook.
    hook: &'static str,
    /// It cannot be pressed now.
    #[prop(into)]
    is_off: Signal<bool>,
    /// Called with name and content.
    then: Callback<(String, String)>,
) -> impl IntoView {
    let shared = shared();
    let picked = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            let name = file.name();
            read(&file, move |base64| match base64 {
                Some(base64) => then.run((name, base64)),
                None => shared.say("这个文件没有读出来，再选一次"),
            });
        }
        // So that the same file can be chosen again.
        input.set_value("");
    };
    view! {
        <label class="btn file-btn" class:is-off=move || is_off.get()>
            {words}
            <input
                type="file"
                class="sr"
                accept=".yidang"
                data-test=hook
                disabled=move || is_off.get()
                on:change=picked
            />
        </label>
    }
}

/// Reads a file; nothing where it cannot be read.
fn read(file: &File, then: impl FnOnce(Option<String>) + 'static) {
    let Ok(reader) = FileReader::new() else { return then(None) };
    let done = reader.clone();
    let ended = Closure::once_into_js(move || {
        let text = done.result().ok().and_then(|text| text.as_string());
        then(text.as_deref().and_then(base64_of).map(str::to_owned));
    });
    reader.set_onloadend(Some(ended.unchecked_ref()));
    // Where reading is refused, `loadend` says so all the same or the choice is made again.
    let _ = reader.read_as_data_url(file);
}
