//! 口径: how each number was counted.

use leptos::prelude::*;
use yidang_api::county::Figure;

use super::County;
use crate::components::{Empty, Sheet};

/// The sheet with every definition once.
#[component]
pub fn Definitions(
    /// The page.
    county: County,
) -> impl IntoView {
    let all = county.part(|view| {
        let township = view.townships.first();
        let columns = township.map(|row| [&row.open, &row.to_accept, &row.overdue, &row.closed]);
        let figures = view
            .figures
            .iter()
            .chain(columns.into_iter().flatten())
            .chain(&view.stages)
            .chain(&view.risks)
            .chain(view.classes.first().map(|class| &class.figure));
        once_each(figures)
    });
    view! {
        <Sheet title="口径" on_close=move || county.definitions.set(false) read=true>
            <div class="sheet-form" data-test="county-definitions-text">
                {move || {
                    all.get()
                        .map(|all| {
                            if all.is_empty() {
                                return view! { <Empty title="这些数没有另外的口径" /> }.into_any();
                            }
                            view! {
                                <dl class="said">
                                    {all
                                        .into_iter()
                                        .map(|(label, definition)| {
                                            view! {
                                                <dt>{label}</dt>
                                                <dd>{definition}</dd>
                                            }
                                        })
                                        .collect_view()}
                                </dl>
                            }
                                .into_any()
                        })
                }}
                <p class="small t3">
                    "全县的数从案件算出，不从各镇的表加总；每个数都能点开到案件。"
                </p>
            </div>
        </Sheet>
    }
}

/// Definitions in the order of the page, each once.
fn once_each<'a>(figures: impl Iterator<Item = &'a Figure>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for figure in figures {
        let seen = all.iter().any(|(_, definition)| *definition == figure.definition);
        if !figure.definition.is_empty() && !seen {
            all.push((figure.label.clone(), figure.definition.clone()));
        }
    }
    all
}
