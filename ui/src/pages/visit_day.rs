//! 驻村坐诊

use leptos::prelude::*;

/// 驻村坐诊
#[component]
pub fn VisitDayPage() -> impl IntoView {
    view! { <p>"驻村坐诊"</p> }
}
