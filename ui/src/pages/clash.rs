//! 冲突

use leptos::prelude::*;

/// 冲突
#[component]
pub fn ClashPage() -> impl IntoView {
    view! { <p>"冲突"</p> }
}
