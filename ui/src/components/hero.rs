//! Contour lines of the gullies: the phone's header and the desktop's rail.

use leptos::prelude::*;

use crate::models::contour::rings;

/// Contour lines behind a header or a rail.
#[component]
pub fn Contour(
    /// Behind the tall rail instead of the header.
    #[prop(optional)]
    rail: bool,
) -> impl IntoView {
    let (frame, path) = if rail {
        ("0 0 212 900", rings(215.0, 860.0, 24.0, 7))
    } else {
        ("0 0 390 240", rings(345.0, -6.0, 25.0, 12))
    };
    view! {
        <svg class="contour" viewBox=frame preserveAspectRatio="xMaxYMin slice" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}
