//! x
use leptos::prelude::*;
/// x
#[component]
pub fn NewPage() -> impl IntoView { view! { <p>"x"</p> } }
