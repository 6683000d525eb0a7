//! What went wrong with a question that only the county's server answers.

use leptos::prelude::*;
use yidang_api::Fault;

use super::Icon;
use crate::models::online::said;

/// 需要网络, calm and grey, and the other faults in words; with a way to try once more.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn OnlineNote(
    /// What went wrong.
    fault: Fault,
    /// Tries once more.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let words = said(&fault);
    let (class, icon) = if words.calm { ("note off", "cloud-off") } else { ("note soon", "warn") };
    let code = serde_json::to_string(&fault.code).unwrap_or_default();
    view! {
        <div class=class role="alert" data-test="fault" data-code=code.trim_matches('"').to_owned()>
            <Icon name=icon/>
            <div class="grow">
                <b>{words.what}</b>
                <div class="mid t2">{words.way}"。"</div>
                {retry
                    .map(|retry| {
                        view! {
                            <button
                                type="button"
                                class="btn slim note-act"
                                data-test="fault-retry"
                                on:click=move |_| retry.run(())
                            >
                                "再试一次"
                            </button>
                        }
                    })}
            </div>
        </div>
    }
}
