//! 门牌: the mark of a household.

use leptos::prelude::*;

use crate::models::grid::{plate_number, plate_village};

/// The blue plate with number and village.
#[expect(
    clippy::needless_pass_by_value,
    reason = "a property is given away, whatever is made of it"
)]
#[component]
pub fn Plate(
    /// 3-01; a dash where it was not written.
    number: String,
    /// 下盘石村
    village: String,
) -> impl IntoView {
    view! {
        <span class="plate">
            {plate_number(&number).to_owned()} <small>{plate_village(&village)}</small>
        </span>
    }
}
