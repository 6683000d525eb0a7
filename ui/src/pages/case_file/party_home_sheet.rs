//! Saying to which household a party belongs.

use leptos::prelude::*;
use yidang_api::case_file::SetPartyField;
use yidang_domain::ids::ItemKey;

use super::doing::Doing;
use super::file::OpenFile;
use super::home_offer::Offers;
use crate::components::{FaultNote, SearchField, Sheet};
use crate::models::party_home::Offer;

/// The sheet: whoever is called like the party first, others by typing.
#[component]
pub fn PartyHomeSheet(
    /// The file.
    file: OpenFile,
    /// Which party.
    party: ItemKey,
) -> impl IntoView {
    let (Some((case, heads)), Some(found)) = (file.opened_on(), file.party(&party)) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let text = RwSignal::new(found.name.clone());
    let typed = Callback::new(move |(typed,): (String,)| text.set(typed));
    let save = Callback::new(move |(value,): (String,)| {
        let question = SetPartyField {
            case,
            party: party.clone(),
            field: "household".to_owned(),
            value,
            heads: heads.clone(),
        };
        file.save(doing, question, || ());
    });
    let choose = Callback::new(move |(offer,): (Offer,)| save.run((offer.household.to_string(),)));
    let linked = found.home.is_some();
    view! {
        <Sheet title=format!("{}是哪一户的", found.name) on_close=move || file.close_sheet()>
            <SearchField text on_text=typed label="姓名、门牌、拼音首字母" hook="party-home-search"/>
            <Offers name=text choose none="本机的住户里没有对得上的，换个名字或门牌"/>
            {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
            <Show when=move || linked>
                <div class="sheet-acts">
                    <button
                        type="button"
                        class="btn wide"
                        data-test="party-home-none"
                        on:click=move |_| save.run((String::new(),))
                    >
                        "不挂到户"
                    </button>
                </div>
            </Show>
        </Sheet>
    }
    .into_any()
}
