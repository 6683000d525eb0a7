//! x
use leptos::prelude::*;
/// x
#[component]
pub fn CasesPage() -> impl IntoView { view! { <p>"x"</p> } }
