//! The table by township: every number a link, the sum below.

use leptos::prelude::*;
use yidang_api::county::{CountyView, Figure, TownshipRow};

use super::County;
use super::figures::{Number, SumNumber};
use crate::components::Empty;
use crate::models::county::{Sum, sum};

/// A column of the table.
type Column = fn(&TownshipRow) -> &Figure;

const COLUMNS: [Column; 4] =
    [|row| &row.open, |row| &row.to_accept, |row| &row.overdue, |row| &row.closed];

/// The card with the table.
#[component]
pub fn Townships(
    /// The page.
    county: County,
) -> impl IntoView {
    let rows = county.part(|view| (view.townships.clone(), view.name.clone(), sums(view)));
    view! {
        <section class="card" data-test="county-townships">
            <div class="hd">
                <h2>"按乡镇"</h2>
                <span class="t3 small">"按表的顺序，不排名次"</span>
            </div>
            <div class="table-scroll">
                {move || {
                    rows.get()
                        .map(|(rows, name, sums)| {
                            if rows.is_empty() {
                                return view! {
                                    <Empty title="没有下一级单位" next="数都在上面那一行" />
                                }
                                    .into_any();
                            }
                            view! { <Table rows name sums /> }.into_any()
                        })
                }}
            </div>
        </section>
    }
}

fn sums(view: &CountyView) -> Vec<Sum> {
    COLUMNS.iter().map(|column| sum(view, column)).collect()
}

#[component]
fn Table(rows: Vec<TownshipRow>, name: String, sums: Vec<Sum>) -> impl IntoView {
    let heads = COLUMNS
        .into_iter()
        .map(|column| {
            let figure = rows.first().map(column);
            let definition = figure.map(|figure| figure.definition.clone());
            let label = figure.map(|figure| figure.label.clone());
            view! {
                <th scope="col" title=definition>
                    {label}
                </th>
            }
        })
        .collect_view();
    view! {
        <table class="tbl">
            <thead>
                <tr>
                    <th scope="col">"乡镇"</th>
                    {heads}
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| view! { <Row row /> }).collect_view()} <tr class="sum">
                    <th scope="row">{name}</th>
                    {sums.into_iter().map(|sum| view! { <SumCell sum /> }).collect_view()}
                </tr>
            </tbody>
        </table>
    }
}

#[component]
fn Row(row: TownshipRow) -> impl IntoView {
    let cells = COLUMNS
        .into_iter()
        .map(|column| {
            let figure = column(&row).clone();
            view! {
                <td>
                    <Number figure hook="county-cell" />
                </td>
            }
        })
        .collect_view();
    view! {
        <tr data-test="county-township" data-org=row.org.0.clone()>
            <th scope="row">{row.name.clone()}</th>
            {cells}
        </tr>
    }
}

#[component]
fn SumCell(sum: Sum) -> impl IntoView {
    view! { <td><SumNumber sum/></td> }
}
