//! 怎么知道

use leptos::prelude::*;
use yidang_domain::facts::Source;

use crate::components::{Icon, Sheet};
use crate::models::new_form::NewForm;

/// Chooses how the matter came to light.
#[component]
pub fn SourceSheet(
    /// The form.
    form: RwSignal<NewForm>,
    /// Takes the sheet away.
    done: Callback<()>,
) -> impl IntoView {
    let now = form.with_untracked(NewForm::source);
    let rows = Source::ALL
        .into_iter()
        .map(|source| {
            let here = source == now;
            view! {
                <button
                    type="button"
                    class="field"
                    aria-pressed=here.to_string()
                    data-test=format!("source-{}", source.code())
                    on:click=move |_| {
                        form.update(|form| form.source = Some(source));
                        done.run(());
                    }
                >
                    <span class="vl">{source.label()}</span>
                    {here.then(|| view! { <Icon name="check" class="s"/> })}
                </button>
            }
        })
        .collect_view();
    view! {
        <Sheet title="怎么知道" on_close=done hook="source-sheet">
            <div class="cells flat">{rows}</div>
        </Sheet>
    }
}
