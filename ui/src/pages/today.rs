//! x
use leptos::prelude::*;
/// x
#[component]
pub fn TodayPage() -> impl IntoView { view! { <p>"x"</p> } }
