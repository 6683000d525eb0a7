//! The head of a file: what it is about, how pressing, where it stands, who, where.

use leptos::prelude::*;
use yidang_api::list::CaseRow;
use yidang_domain::org::bare_name;

use super::file::OpenFile;
use crate::components::{Dotted, DueMark, Icon, RiskMark};

/// Chips under the title.
#[component]
pub fn Marks(
    /// What lists show of the file.
    row: CaseRow,
) -> impl IntoView {
    let category = if row.category.is_empty() {
        "类别没选".to_owned()
    } else {
        format!("{} {}", row.category, row.category_label)
    };
    view! {
        <div class="row wrap marks">
            <RiskMark risk=row.risk />
            <span class="chip">{category}</span>
            <span class="chip" data-test="case-stage">
                {row.stage.label()}
            </span>
            {row
                .pending
                .then(|| {
                    view! {
                        <span class="chip clash" data-test="case-pending">
                            <Icon name="swap" class="xs" />
                            "待定"
                        </span>
                    }
                })}
            {(row.late > 0)
                .then(|| {
                    view! {
                        <span class="chip line" data-test="case-late">
                            {format!("{} 条决定之后到达", row.late)}
                        </span>
                    }
                })} <span class="push"><DueMark due=row.due /></span>
        </div>
    }
}

/// Title, marks and the few facts everybody asks for first.
#[component]
pub fn Header(
    /// The file.
    file: OpenFile,
) -> impl IntoView {
    let row = file.part(|view| view.row.clone());
    move || {
        row.get().map(|row| {
            let facts = first_facts(&row);
            view! {
                <h2 class="case-title" data-test="case-title">
                    {row.matter.clone()}
                </h2>
                <Marks row />
                <dl class="facts-grid">
                    {facts
                        .into_iter()
                        .map(|(term, text)| {
                            view! {
                                <dt>{term}</dt>
                                <dd><Dotted text /></dd>
                            }
                        })
                        .collect_view()}
                </dl>
            }
        })
    }
}

fn first_facts(row: &CaseRow) -> Vec<(&'static str, String)> {
    let parties =
        if row.parties.is_empty() { "还没写".to_owned() } else { row.parties.join("、") };
    let place = if row.place.is_empty() { "还没写".to_owned() } else { row.place.clone() };
    let unit = [row.township.as_str(), bare_name(&row.village)]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    let mut facts = vec![("当事人", parties), ("地点", place)];
    if !unit.is_empty() {
        facts.push(("所在", unit));
    }
    if !row.finder.is_empty() {
        facts.push(("发现", row.finder.clone()));
    }
    facts
}
