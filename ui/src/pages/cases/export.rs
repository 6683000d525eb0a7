//! 导出台账: the list as a spreadsheet.

use leptos::prelude::*;
use yidang_api::list::{ExportRegister, ListCaseFiles};

use crate::app::shared;
use crate::components::{FaultNote, Icon};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::export::hand_over;

/// The button 导出台账: everything that fits, whatever part of it is on the screen.
#[component]
pub fn ExportButton(
    /// Which list.
    list: Memo<ListCaseFiles>,
) -> impl IntoView {
    let doing = Doing::new();
    let shared = shared();
    let export = move |_| {
        let question = ExportRegister { list: list.get_untracked() };
        doing.run(question, move |exported| hand_over(shared, &exported));
    };
    view! {
        <button
            type="button"
            class="btn text"
            data-test="cases-export"
            disabled=move || doing.busy.get()
            on:click=export
        >
            <Icon name="dl"/>
            "导出台账"
        </button>
        {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
    }
}
