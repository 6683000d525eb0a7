//! 收件箱

use leptos::prelude::*;

/// 收件箱
#[component]
pub fn InboxPage() -> impl IntoView {
    view! { <p>"收件箱"</p> }
}
