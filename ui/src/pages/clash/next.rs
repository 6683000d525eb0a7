//! What comes below the card: further cards in short, and what needs nobody.

use leptos::prelude::*;
use yidang_api::case_file::ClashView;

use crate::components::{Dotted, Icon};
use crate::models::clash::{letter, shown};
use crate::pages::case_file::file::OpenFile;
use crate::words::moment;

/// A further card in short; it comes up when the one above is decided.
#[component]
pub fn Next(
    /// The clash.
    clash: ClashView,
) -> impl IntoView {
    let texts = shown(&clash);
    let rows = clash
        .values
        .iter()
        .cloned()
        .zip(texts)
        .enumerate()
        .map(|(index, (value, text))| {
            let by = value.written;
            view! {
                <div class="cell">
                    <span class=format!("letter l{}", index.min(2))>{letter(index)}</span>
                    <span class="grow">
                        <b>{text}</b>
                        <div class="ds">
                            {by.name} <span class="sep"></span> <Dotted text=by.post />
                        </div>
                    </span>
                    <span class="end small t3">
                        <span>{by.device}"，"{moment(by.at)}</span>
                    </span>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="sec" data-test="clash-next">
            <h2>"下一处"</h2>
            <span class="t3">
                <Dotted text=clash.about />
            </span>
        </div>
        <div class="cells flush">{rows}</div>
    }
}

/// Fields changed at the same time that do not get in each other's way.
#[component]
pub fn Parallel(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let parallel = file.part(|view| view.parallel.clone());
    move || {
        let parallel = parallel.get()?;
        let count = parallel.len();
        let list = parallel
            .into_iter()
            .map(|one| {
                let who = if one.written.me { "你".to_owned() } else { one.written.name };
                format!("{}（{who}改）", one.label)
            })
            .collect::<Vec<_>>()
            .join("、");
        (count > 0).then(|| {
            view! {
                <div class="note quiet" data-test="clash-parallel">
                    <Icon name="check-o" />
                    <div>
                        <b>{format!("另有 {count} 处同时改动，互不妨碍")}</b>
                        <div class="small t2">{list}"。已都收下，不用处理。"</div>
                    </div>
                </div>
            }
        })
    }
}
