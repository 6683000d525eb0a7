//! x
use leptos::prelude::*;
/// x
#[component]
pub fn SignInPage() -> impl IntoView { view! { <p>"x"</p> } }
