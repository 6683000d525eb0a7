//! 打印 and 导出: the file on paper, with everything that proves it, and as standard Automerge bytes, readable
//! without this application.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::components::A;
use yidang_api::case_file::{ExportBundle, ExportCaseFile, ExportedFile};

use super::doing::Doing;
use super::file::OpenFile;
use crate::app::{Shared, shared};
use crate::components::{FaultNote, Icon};

/// 打印这一件, 导出档案包 and 导出这一件.
#[component]
pub fn Export(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let doing = Doing::new();
    let shared = shared();
    let export = move |_| {
        let Some((id, _)) = file.opened_on() else { return };
        doing.run(ExportCaseFile { id }, move |exported| hand_over(shared, &exported));
    };
    let bundle = move |_| {
        let Some((id, _)) = file.opened_on() else { return };
        doing.run(ExportBundle { id }, move |exported| hand_over(shared, &exported));
    };
    let id = file.part(|view| view.row.id);
    view! {
        {move || {
            id.get()
                .map(|id| {
                    view! {
                        <A
                            href=format!("/case/{id}/print")
                            attr:class="btn text"
                            attr:data-test="case-print"
                        >
                            <Icon name="print" />
                            "打印这一件"
                        </A>
                    }
                })
        }}
        <button
            type="button"
            class="btn text"
            data-test="case-bundle"
            disabled=move || doing.busy.get()
            on:click=bundle
        >
            <Icon name="dl" />
            "导出档案包"
        </button>
        <button
            type="button"
            class="btn text"
            data-test="case-export"
            disabled=move || doing.busy.get()
            on:click=export
        >
            <Icon name="dl" />
            "导出这一件"
        </button>
        {move || doing.fault.get().map(|fault| view! { <FaultNote fault /> })}
    }
}

/// Hands a file to the browser and says how that went.
pub fn hand_over(shared: Shared, exported: &ExportedFile) {
    match download(exported) {
        Some(()) => shared.say(format!("已导出 {}", exported.name)),
        None => shared.say("这台设备不让存文件，换一台试试"),
    }
}

/// Hands the bytes to the browser; `None` where it takes none.
fn download(exported: &ExportedFile) -> Option<()> {
    let link = document().create_element("a").ok()?;
    let address = format!("data:application/octet-stream;base64,{}", exported.base64);
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", &exported.name).ok()?;
    let body = document().body()?;
    body.append_child(&link).ok()?;
    link.unchecked_ref::<leptos::web_sys::HtmlElement>().click();
    body.remove_child(&link).ok()?;
    Some(())
}
