//! The administrator's page: people, devices in trouble, spreadsheets, grids, reference data, what waits
//! for a decision, complaints, and who looked at whom. All of it is answered by the county's server and
//! logged there; nothing of it is kept on the device.

mod calendar;
mod codes;
mod devices;
mod erasures;
mod grids;
mod import;
mod import_listed;
mod import_parts;
mod looks;
mod person;
mod pickers;
mod posts;
mod reference;
mod reviews;
pub mod send;
mod troubles;
mod users;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_domain::org::Role;

use self::erasures::ErasuresPart;
use self::grids::GridsPart;
use self::import::ImportPart;
use self::looks::LooksPart;
use self::reference::ReferencePart;
use self::reviews::ReviewsPart;
use self::troubles::TroublesPart;
use self::users::UsersPart;
use crate::app::shared;
use crate::components::{Empty, OfficeFrame};
use crate::models::admin::Part;
use crate::pages::complaints::Held;

/// The page.
#[component]
pub fn AdminPage() -> impl IntoView {
    let (params, shared) = (use_params_map(), shared());
    let part = Memo::new(move |_| Part::of(params.with(|params| params.get("part")).as_deref()));
    let may = Memo::new(move |_| {
        shared.person().is_some_and(|person| person.role == Role::Administrator)
    });
    let title = Signal::derive(move || part.get().label().to_owned());
    let sub = Signal::derive(|| "由县服务器回答，每一步都有记录".to_owned());
    view! {
        <OfficeFrame title sub on=Signal::derive(move || part.get().key())>
            {move || {
                if may.get() {
                    view! { <Whole part/> }.into_any()
                } else {
                    view! {
                        <div class="card">
                            <Empty title="这一页只给管理员用" next="要加人、改任职，请找县里的管理员"/>
                        </div>
                    }
                        .into_any()
                }
            }}
        </OfficeFrame>
    }
}

#[component]
fn Whole(part: Memo<Part>) -> impl IntoView {
    let tabs = Part::ALL
        .into_iter()
        .map(|each| {
            view! {
                <a
                    href=each.address()
                    class:on=move || part.get() == each
                    aria-current=move || (part.get() == each).then_some("page")
                    data-test=each.key()
                >
                    {each.label()}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs wrap" aria-label="管理">{tabs}</nav>
        {move || match part.get() {
            Part::Users => view! { <UsersPart/> }.into_any(),
            Part::Devices => view! { <TroublesPart/> }.into_any(),
            Part::Import => view! { <ImportPart/> }.into_any(),
            Part::Grids => view! { <GridsPart/> }.into_any(),
            Part::Reference => view! { <ReferencePart/> }.into_any(),
            Part::Reviews => view! { <ReviewsPart/> }.into_any(),
            Part::Erasures => view! { <ErasuresPart/> }.into_any(),
            Part::Complaints => view! { <Held/> }.into_any(),
            Part::Looks => view! { <LooksPart/> }.into_any(),
        }}
    }
}
