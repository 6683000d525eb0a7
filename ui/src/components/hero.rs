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
        ("0 0 212 900", rings(215.0, 860.0, 20.0, 9))
    } else {
        ("0 0 390 240", rings(350.0, -8.0, 19.0, 17))
    };
    view! {
        <svg class="contour" viewBox=frame preserveAspectRatio="xMaxYMin slice" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}
