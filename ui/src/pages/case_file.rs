//! 一事一档

use leptos::prelude::*;

/// 一事一档
#[component]
pub fn CaseFilePage() -> impl IntoView {
    view! { <p>"一事一档"</p> }
}
