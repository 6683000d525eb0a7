//! The clock and the dice of a browser.

use yidang_domain::civil::InstantMs;
use yidang_replica::Senses;

/// The browser's clock and its random numbers.
pub struct BrowserSenses;

impl Senses for BrowserSenses {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds of a clock are whole and small"
    )]
    fn now(&self) -> InstantMs {
        InstantMs(js_sys::Date::now() as i64)
    }

    fn random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Zeros instead of a key would be far worse than a worker that ends here.
            wasm_bindgen::throw_str("the browser gives no random numbers");
        }
    }
}
