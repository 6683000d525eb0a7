//! The units right below: every number opens to its rows.

use leptos::prelude::*;
use yidang_api::places::{GridFilter, UnitRow};

use super::Grids;
use crate::models::grids::{grids_address, unit_total, workers_address};

/// The table; absent where nothing lies below.
#[component]
pub fn Units(
    /// The page.
    grids: Grids,
) -> impl IntoView {
    let units = grids.part(|view| view.units.clone());
    move || {
        let units = units.get().filter(|units| !units.is_empty())?;
        let count = units.len();
        let rows = units.into_iter().map(|unit| view! { <Row unit/> }).collect_view();
        Some(view! {
            <section class="card" data-test="grids-units">
                <div class="hd">
                    <h2>"下一级单位"</h2>
                    <span class="t3 small">{format!("{count} 个，按表的顺序，不排名次")}</span>
                </div>
                <div class="table-scroll tall">
                    <table class="tbl">
                        <thead>
                            <tr>
                                <th scope="col">"单位"</th>
                                <th scope="col">"网格"</th>
                                <th scope="col">"城镇"</th>
                                <th scope="col">"农村"</th>
                                <th scope="col">"专属"</th>
                                <th scope="col">"网格员"</th>
                                <th scope="col">"没有网格员"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        })
    }
}

#[component]
fn Row(unit: UnitRow) -> impl IntoView {
    let UnitRow { org, name, grids: [urban, rural, special], workers, vacant } = unit.clone();
    let of = |filter| grids_address(Some(&org), filter, 0);
    let cells = [
        (of(GridFilter::All), "网格", unit_total(&unit)),
        (of(GridFilter::Urban), GridFilter::Urban.label(), urban),
        (of(GridFilter::Rural), GridFilter::Rural.label(), rural),
        (of(GridFilter::Special), GridFilter::Special.label(), special),
        (workers_address(Some(&org)), "网格员", workers),
        (of(GridFilter::Vacant), GridFilter::Vacant.label(), vacant),
    ]
    .map(|(href, label, count)| {
        let label = format!("{name}{label} {count}，打开清单");
        view! { <td><Count href label count/></td> }
    });
    view! {
        <tr data-test="grids-unit" data-org=org.0.clone()>
            <th scope="row">
                <a href=grids_address(Some(&org), GridFilter::All, 0)>{name}</a>
            </th>
            {cells.into_iter().collect_view()}
        </tr>
    }
}

#[component]
fn Count(href: String, label: String, count: u32) -> impl IntoView {
    view! {
        <a class="num" class:z=count == 0 href=href aria-label=label>
            {count}
        </a>
    }
}
