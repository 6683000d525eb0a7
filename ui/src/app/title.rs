//! The title of the document.

use leptos::prelude::*;

use crate::app::shared;

/// Sets the document's title to `title · 一档通`, with 演示数据 where the data are invented.
pub fn use_title(title: impl Fn() -> String + 'static) {
    let shared = shared();
    Effect::new(move |_| {
        let demo = if shared.demo() { "（演示数据）" } else { "" };
        document().set_title(&format!("{} · 一档通{demo}", title()));
    });
}
