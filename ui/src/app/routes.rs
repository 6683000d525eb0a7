//! One page per route.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;

use super::gate::{lead, signed_in};
use super::shared::Shared;
use crate::components::{Symbols, Toast, UpdateNote};
use crate::pages::admin::AdminPage;
use crate::pages::carry::CarryPage;
use crate::pages::case_file::CaseFilePage;
use crate::pages::case_print::CasePrintPage;
use crate::pages::cases::CasesPage;
use crate::pages::clash::ClashPage;
use crate::pages::complaint::ComplaintPage;
use crate::pages::complaints::ComplaintsPage;
use crate::pages::county::CountyPage;
use crate::pages::find::FindPage;
use crate::pages::grids::GridsPage;
use crate::pages::grids::handover::HandoverPage;
use crate::pages::grids::workers::WorkersPage;
use crate::pages::help::HelpPage;
use crate::pages::household::HouseholdPage;
use crate::pages::household::new::NewHouseholdPage;
use crate::pages::inbox::InboxPage;
use crate::pages::me::MePage;
use crate::pages::messages::MessagesPage;
use crate::pages::my_grid::MyGridPage;
use crate::pages::new::NewPage;
use crate::pages::nowhere::NowherePage;
use crate::pages::people::PeoplePage;
use crate::pages::practice::PracticePage;
use crate::pages::sign_in::SignInPage;
use crate::pages::sync::SyncPage;
use crate::pages::today::TodayPage;
use crate::pages::visit_day::VisitDayPage;
use crate::pages::visit_month::VisitMonthPage;

/// The application.
///
/// Routes are flat: going from one file to the next keeps the page and changes its parameters, so
/// pages read their parameters as signals.
#[component]
pub fn App() -> impl IntoView {
    let shared = Shared::new();
    shared.provide();
    shared.look.apply(shared.wide);
    view! {
        <Symbols/>
        <Router>
            <Lead/>
            <FlatRoutes fallback=NowherePage>
                <Route path=path!("/") view=|| signed_in(TodayPage)/>
                <Route path=path!("/sign-in") view=SignInPage/>
                <Route path=path!("/new") view=|| signed_in(NewPage)/>
                <Route path=path!("/sync") view=|| signed_in(SyncPage)/>
                <Route path=path!("/carry") view=|| signed_in(CarryPage)/>
                <Route path=path!("/me") view=|| signed_in(MePage)/>
                <Route path=path!("/cases") view=|| signed_in(CasesPage)/>
                <Route path=path!("/case/:id") view=|| signed_in(CaseFilePage)/>
                <Route path=path!("/case/:id/print") view=|| signed_in(CasePrintPage)/>
                <Route path=path!("/case/:id/clash") view=|| signed_in(ClashPage)/>
                <Route path=path!("/grid") view=|| signed_in(MyGridPage)/>
                <Route path=path!("/household/new") view=|| signed_in(NewHouseholdPage)/>
                <Route path=path!("/household/:id") view=|| signed_in(HouseholdPage)/>
                <Route path=path!("/messages") view=|| signed_in(MessagesPage)/>
                <Route path=path!("/find") view=|| signed_in(FindPage)/>
                <Route path=path!("/visit/month") view=|| signed_in(VisitMonthPage)/>
                <Route path=path!("/help") view=|| signed_in(HelpPage)/>
                <Route path=path!("/practice") view=|| signed_in(PracticePage)/>
                <Route path=path!("/complaint") view=|| signed_in(ComplaintPage)/>
                <Route path=path!("/complaints") view=|| signed_in(ComplaintsPage)/>
                <Route path=path!("/visit") view=|| signed_in(VisitDayPage)/>
                <Route path=path!("/visit/:village/:nominal") view=|| signed_in(VisitDayPage)/>
                <Route path=path!("/inbox/:id?") view=|| signed_in(InboxPage)/>
                <Route path=path!("/county") view=|| signed_in(CountyPage)/>
                <Route path=path!("/grids") view=|| signed_in(GridsPage)/>
                <Route path=path!("/grids/handover/:user") view=|| signed_in(HandoverPage)/>
                <Route path=path!("/grids/workers") view=|| signed_in(WorkersPage)/>
                <Route path=path!("/people") view=|| signed_in(PeoplePage)/>
                <Route path=path!("/admin/:part?") view=|| signed_in(AdminPage)/>
            </FlatRoutes>
        </Router>
        <UpdateNote/>
        <Toast/>
    }
}

/// Stands inside the router, because it asks where we are.
#[component]
fn Lead() -> impl IntoView {
    lead(super::shared());
}
