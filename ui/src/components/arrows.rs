//! Rows of choices that exclude each other: one stop for Tab, arrows move within.

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

/// The choices of a row.
const CHOICES: &str = "[role='radio'], [role='tab']";

/// Whether Tab stops at a choice: at the chosen one, or at each as long as none is.
#[must_use]
pub const fn tab_stop(is_on: bool, none_is: bool) -> &'static str {
    if is_on || none_is { "0" } else { "-1" }
}

/// Answers the arrow keys of a row: the next choice is chosen, after the last comes the first.
pub fn arrows(event: &ev::KeyboardEvent) {
    let forward = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => true,
        "ArrowLeft" | "ArrowUp" => false,
        _ => return,
    };
    let element = |target: Option<web_sys::EventTarget>| {
        target.and_then(|target| target.dyn_into::<HtmlElement>().ok())
    };
    let (Some(row), Some(here)) = (element(event.current_target()), element(event.target())) else {
        return;
    };
    let Ok(all) = row.query_selector_all(CHOICES) else { return };
    let is_here = |index: &u32| {
        all.item(*index).is_some_and(|node| node.contains(Some(here.unchecked_ref::<Node>())))
    };
    let Some(at) = (0..all.length()).find(is_here) else { return };
    let next = beside(at, all.length(), forward);
    if let Some(next) = all.item(next).and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        next.click();
        // Where focus is refused, the choice is made all the same.
        let _ = next.focus();
    }
}

/// The place after or before `at` among `count`, round and round.
const fn beside(at: u32, count: u32, forward: bool) -> u32 {
    match (forward, at) {
        (true, at) if at + 1 < count => at + 1,
        (true, _) => 0,
        (false, 0) => count.saturating_sub(1),
        (false, at) => at - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_last_choice_comes_the_first() {
        assert_eq!([beside(0, 3, true), beside(2, 3, true)], [1, 0]);
        assert_eq!([beside(2, 3, false), beside(0, 3, false)], [1, 2]);
        assert_eq!(beside(0, 0, false), 0);
    }

    #[test]
    fn a_row_without_a_choice_can_still_be_entered() {
        assert_eq!([tab_stop(true, false), tab_stop(false, false)], ["0", "-1"]);
        assert_eq!(tab_stop(false, true), "0");
    }
}
