//! The clipboard, where it may be written.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::app::Shared;

/// Puts `text` on the clipboard and says how that went; `otherwise` says what to do where it may not be
/// written.
pub fn copy(shared: Shared, text: &str, otherwise: &'static str) {
    if !window().is_secure_context() {
        shared.say(otherwise);
        return;
    }
    let writing = window().navigator().clipboard().write_text(text);
    spawn_local(async move {
        match JsFuture::from(writing).await {
            Ok(_) => shared.say("已复制"),
            Err(_) => shared.say(otherwise),
        }
    });
}
