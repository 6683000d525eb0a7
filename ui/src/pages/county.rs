//! 全县概况

use leptos::prelude::*;

/// 全县概况
#[component]
pub fn CountyPage() -> impl IntoView {
    view! { <p>"全县概况"</p> }
}
