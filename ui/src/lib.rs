//! The screens of 一档通.
//!
//! A page asks one question of [`yidang_api`] through the [`door`] and shows the answer. It knows
//! no rule of casework: what may be done, what is due and what clashes stands in the answer.
//!
//! Reading order: [`models`] (plain Rust, tested natively), [`words`] (every sentence that several
//! pages say), [`door`] (the way to the shell), [`components`] (what pages are made of), [`pages`]
//! (one per route), [`app`] (routes and what all pages share).

pub mod app;
pub mod components;
pub mod door;
pub mod models;
pub mod pages;
pub mod words;

/// Puts the application into the page. Called by the browser when the module is ready.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    app::mount();
}
