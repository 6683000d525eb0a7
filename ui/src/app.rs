//! Routes, and what all pages share.

mod gate;
mod look;
mod routes;
mod shared;
mod title;

pub use look::Look;
pub use routes::App;
pub use shared::{Shared, shared};
pub use title::use_title;

/// Puts the application into the page, in place of what was shown while it loaded.
#[cfg(target_arch = "wasm32")]
pub fn mount() {
    leptos::mount::mount_to_body(App);
    if let Some(skeleton) = leptos::prelude::document().get_element_by_id("skeleton") {
        skeleton.remove();
    }
}
