//! The household of a party, in a form: those who live on this device and are called so are offered, by
//! the search of this device.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::find::FindQuestion;
use yidang_api::household::HouseholdQuestion;
use yidang_domain::ids::DocumentId;

use crate::components::{Icon, after_a_pause};
use crate::door::{answer_to, ask};
use crate::models::party_home::{FEWEST, OFFERED, Offer, offers, phone_of};

/// What stands in a form about one person. Copy it freely.
#[derive(Clone, Copy)]
pub struct Person {
    /// 姓名
    pub name: RwSignal<String>,
    /// 联系电话
    pub phone: RwSignal<String>,
    /// The household that was chosen.
    pub home: RwSignal<Option<DocumentId>>,
}

impl Person {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            phone: RwSignal::new(String::new()),
            home: RwSignal::new(None),
        }
    }

    /// Takes over who was tapped, and their telephone where none was typed.
    fn choose(self, offer: &Offer) {
        let (id, name) = (offer.household, offer.name.clone());
        self.home.set(Some(id));
        self.name.set(name.clone());
        spawn_local(async move {
            let Ok(view) = ask(&HouseholdQuestion { id }).await else { return };
            if self.phone.try_with_untracked(String::is_empty) == Some(true) {
                let _ = self.phone.try_set(phone_of(&view, &name));
            }
        });
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}

/// Who lives here and fits the name; once one was tapped, their household.
#[component]
pub fn HomeOffer(
    /// The person.
    person: Person,
) -> impl IntoView {
    move || match person.home.get() {
        Some(id) => {
            let off = Callback::new(move |()| person.home.set(None));
            view! { <Chosen id off/> }.into_any()
        }
        None => {
            let choose = Callback::new(move |(offer,): (Offer,)| person.choose(&offer));
            view! { <Offers name=person.name choose/> }.into_any()
        }
    }
}

/// 3-01 王样一家, and taking it away again.
#[component]
fn Chosen(id: DocumentId, off: Callback<()>) -> impl IntoView {
    view! {
        <div class="field flat-row" data-test="party-home">
            <Icon name="home" class="s"/>
            <span class="vl"><small>"哪一户"</small><b><HomeWords id/></b></span>
            <button
                type="button"
                class="btn text slim"
                data-test="party-home-off"
                on:click=move |_| off.run(())
            >
                "不是这一户"
            </button>
        </div>
    }
}

/// What a household is called.
#[component]
pub fn HomeWords(
    /// The household.
    id: DocumentId,
) -> impl IntoView {
    let home = answer_to(move || Some(HouseholdQuestion { id }));
    move || {
        if home.fault.with(Option::is_some) {
            return Some("这一户不在本机了".to_owned());
        }
        home.value.with(|view| view.as_ref().map(|view| view.row.called()))
    }
}

/// Those who live here and are called so.
#[component]
pub fn Offers(
    /// The name being typed.
    #[prop(into)]
    name: Signal<String>,
    /// Called with whoever was tapped.
    choose: Callback<(Offer,)>,
    /// What stands there where nobody fits.
    #[prop(optional)]
    none: &'static str,
) -> impl IntoView {
    let name = Memo::new(move |_| name.with(|name| name.trim().to_owned()));
    let asked = after_a_pause(name);
    let found = answer_to(move || {
        let text = asked.get();
        let enough = text.chars().count() >= FEWEST;
        enough.then_some(FindQuestion { text, limit: OFFERED })
    });
    let fitting = Memo::new(move |_| {
        let name = name.get();
        found.value.with(|view| view.as_ref().map(|view| offers(view, &name)))
    });
    move || {
        let fitting = fitting.get()?;
        if fitting.is_empty() {
            return (!none.is_empty()).then(|| view! { <p class="mid t3">{none}</p> }.into_any());
        }
        let rows = fitting.into_iter().map(|offer| view! { <Row offer choose/> }).collect_view();
        Some(
            view! {
                <div class="asked" role="group" aria-label="本机住户里的人" data-test="party-homes">
                    <p class="small t3">"本机住户里有这些人，是的话点一下，不是不用管"</p>
                    <div class="cells flat">{rows}</div>
                </div>
            }
            .into_any(),
        )
    }
}

#[component]
fn Row(offer: Offer, choose: Callback<(Offer,)>) -> impl IntoView {
    let (name, words) = (offer.name.clone(), offer.words.clone());
    view! {
        <button
            type="button"
            class="field"
            data-test="party-home-offer"
            on:click=move |_| choose.run((offer.clone(),))
        >
            <Icon name="home" class="s"/>
            <span class="vl">{name}<small>{words}</small></span>
        </button>
    }
}
