//! x
use leptos::prelude::*;
/// x
#[component]
pub fn MePage() -> impl IntoView { view! { <p>"x"</p> } }
