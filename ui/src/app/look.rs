//! Theme and size of type: read from the device, written to `<html>`.

use leptos::ev;
use leptos::prelude::*;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::models::look::{Theme, is_large, is_wide, scale_of};

const THEME_KEY: &str = "yidang.theme";
const CARE_KEY: &str = "yidang.care";

/// How things look on this device.
#[derive(Clone, Copy)]
pub struct Look {
    /// Light or dark.
    pub theme: RwSignal<Theme>,
    /// 长辈版
    pub care: RwSignal<bool>,
    /// How many times larger than usual the device sets its letters.
    scale: RwSignal<f64>,
    width: RwSignal<f64>,
    device_dark: RwSignal<bool>,
}

impl Look {
    pub(super) fn of_device() -> Self {
        Self {
            theme: RwSignal::new(Theme::of(&kept(THEME_KEY))),
            care: RwSignal::new(kept(CARE_KEY) == "yes"),
            scale: RwSignal::new(scale()),
            width: RwSignal::new(width()),
            device_dark: RwSignal::new(device_dark()),
        }
    }

    /// Whether there is room for the desktop frame.
    pub(super) fn wide(self) -> Memo<bool> {
        Memo::new(move |_| is_wide(self.width.get() / self.scale.get(), self.care.get()))
    }

    /// Whether letters are so large that rows are laid out as in 长辈版: chosen here or on the device.
    #[must_use]
    pub fn roomy(self) -> bool {
        self.care.get() || is_large(self.scale.get())
    }

    /// Writes every change to `<html>` and keeps it on the device.
    pub(super) fn apply(self, wide: Memo<bool>) {
        if !cfg!(target_arch = "wasm32") {
            return;
        }
        let resized = window_event_listener(ev::resize, move |_| {
            self.width.set(width());
            self.scale.set(scale());
            self.device_dark.set(device_dark());
        });
        on_cleanup(move || resized.remove());
        Effect::new(move |_| {
            let dark = self.theme.get().is_dark(self.device_dark.get());
            mark("data-theme", dark.then_some("dark"));
            mark("data-mode", self.roomy().then_some("care"));
            mark("data-type", is_large(self.scale.get()).then_some("large"));
            mark("data-density", wide.get().then_some("desk"));
        });
        Effect::new(move |_| keep(THEME_KEY, self.theme.get().name()));
        Effect::new(move |_| keep(CARE_KEY, if self.care.get() { "yes" } else { "no" }));
    }
}

fn mark(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        // An attribute that cannot be written leaves the light theme, which is readable.
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

fn width() -> f64 {
    if cfg!(target_arch = "wasm32") {
        window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(390.0)
    } else {
        390.0
    }
}

/// Measured on a letter: a browser's preference changes the size of the root, an Android window zooms
/// letters alone and says so nowhere.
fn scale() -> f64 {
    if !cfg!(target_arch = "wasm32") {
        return 1.0;
    }
    let letter = document().create_element("span").ok().and_then(|e| e.dyn_into().ok());
    let (Some(letter), Some(body)) = (letter, document().body()) else { return 1.0 };
    let letter: HtmlElement = letter;
    // Not as an attribute: the policy of the page takes styles from its sheet and its scripts alone.
    let style = "position:absolute;visibility:hidden;font-size:1rem;line-height:1";
    letter.style().set_css_text(style);
    letter.set_text_content(Some("一"));
    let _ = body.append_child(&letter);
    let height = letter.get_bounding_client_rect().height();
    letter.remove();
    scale_of(height)
}

fn device_dark() -> bool {
    cfg!(target_arch = "wasm32")
        && window()
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches())
}

/// Storage may be refused; then the device's own look is used.
fn kept(key: &str) -> String {
    if !cfg!(target_arch = "wasm32") {
        return String::new();
    }
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(key).ok().flatten()).unwrap_or_default()
}

fn keep(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // A look that is not kept is asked for again at the next start.
        let _ = storage.set_item(key, value);
    }
}
