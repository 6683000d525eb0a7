//! x
use leptos::prelude::*;
/// x
#[component]
pub fn SyncPage() -> impl IntoView { view! { <p>"x"</p> } }
