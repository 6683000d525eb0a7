//! The household of a party: who is offered while a name is being typed.

use yidang_api::case_file::NewParty;
use yidang_api::find::{FindView, FoundHousehold};
use yidang_api::household::HouseholdView;
use yidang_domain::facts::Side;
use yidang_domain::ids::DocumentId;

use super::found::is_current;
use super::new_form::NewForm;

/// Fewer characters fit too many people.
pub const FEWEST: usize = 2;
/// So many are offered at once: more hide the rest of the form on a phone.
pub const OFFERED: u32 = 3;

/// Somebody who lives in a household on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The household.
    pub household: DocumentId,
    /// Their name, whole.
    pub name: String,
    /// Where they live: 3-01 · 下盘石村 第7网格 · 户主王样一.
    pub words: String,
}

/// Who fits `typed`; nobody while the answer is one to an earlier text.
#[must_use]
pub fn offers(view: &FindView, typed: &str) -> Vec<Offer> {
    if !is_current(&view.text, typed) {
        return Vec::new();
    }
    view.households.iter().map(offer).filter(|offer| !offer.name.is_empty()).collect()
}

fn offer(found: &FoundHousehold) -> Offer {
    let row = &found.row;
    // A member is shown with what they are to the head: 王样二（子）.
    let member = found.member.split('（').next().unwrap_or_default();
    let name = if member.is_empty() { &row.head } else { member };
    let place = format!("{} {}", row.village, row.grid_name);
    let head = if member.is_empty() { "户主".to_owned() } else { format!("户主{}", row.head) };
    let parts = [row.door_plate.trim(), place.trim(), head.as_str()];
    let words: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Offer { household: row.id, name: name.to_owned(), words: words.join(" · ") }
}

/// The telephone of whoever is called `name` there; empty where none is written down.
#[must_use]
pub fn phone_of(view: &HouseholdView, name: &str) -> String {
    let mut here = view.members.iter().filter(|member| !member.gone && member.name == name);
    here.find(|member| !member.phone.is_empty())
        .map(|member| member.phone.clone())
        .unwrap_or_default()
}

/// A form for a matter of this household: its head as one side, its address as the place.
#[must_use]
pub fn of_household(view: &HouseholdView) -> NewForm {
    let name = view.row.head.clone();
    let party = NewParty {
        phone: phone_of(view, &name),
        side: Side::A,
        household: Some(view.row.id),
        name,
    };
    NewForm { place: view.row.address.clone(), parties: vec![party], ..NewForm::default() }
}

#[cfg(test)]
mod tests {
    use yidang_api::household::HouseholdRow;

    use super::*;

    fn found(head: &str, member: &str) -> FoundHousehold {
        let row = HouseholdRow {
            id: DocumentId::of_key(head),
            head: head.to_owned(),
            door_plate: "3-01".to_owned(),
            address: "下盘石村3组".to_owned(),
            village: "下盘石村".to_owned(),
            grid: "6106211032032007".into(),
            grid_name: "第7网格".to_owned(),
            people: 2,
            needs: String::new(),
            seen_on: None,
            to_see: false,
            open_files: 0,
            clashes: 0,
            waiting: 0,
        };
        FoundHousehold { row, member: member.to_owned() }
    }

    fn view(text: &str, households: Vec<FoundHousehold>) -> FindView {
        FindView { text: text.to_owned(), households, ..FindView::default() }
    }

    #[test]
    fn a_head_and_a_son_are_offered_by_their_own_names() {
        let view = view("王样", vec![found("王样一", ""), found("王样一", "王样二（子）")]);
        let told: Vec<(String, String)> =
            offers(&view, "王样").into_iter().map(|offer| (offer.name, offer.words)).collect();
        assert_eq!(told[0], ("王样一".into(), "3-01 · 下盘石村 第7网格 · 户主".into()));
        assert_eq!(told[1], ("王样二".into(), "3-01 · 下盘石村 第7网格 · 户主王样一".into()));
    }

    #[test]
    fn nobody_is_offered_for_a_name_that_is_not_typed_any_more() {
        let view = view("王样", vec![found("王样一", "")]);
        assert!(offers(&view, "李例").is_empty());
        assert_eq!(offers(&view, " 王样 ").len(), 1);
    }

    #[test]
    fn a_household_without_a_plate_is_called_by_its_head() {
        let FoundHousehold { row, .. } = found("王样一", "");
        assert_eq!(row.called(), "3-01 王样一家");
        assert_eq!(HouseholdRow { door_plate: String::new(), ..row }.called(), "王样一家");
    }
}
