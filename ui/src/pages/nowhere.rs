//! x
use leptos::prelude::*;
/// x
#[component]
pub fn NowherePage() -> impl IntoView { view! { <p>"x"</p> } }
