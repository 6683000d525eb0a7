//! Nobody who is written down is missed by the county's search, whatever part of them is typed.

use yidang_api::household::{ConsultPeople, PeopleView};
use yidang_domain::ids::DocumentId;
use yidang_sync_server::store::{Store, StoreError};

use crate::support::{
    COUNTY, Device, GRID_7, GRID_8, ORDINARY_DAY, Town, VILLAGE, XIAYI_IN_LEICHI,
};

const TOWNSHIP: &str = "610621103";
const OTHER_TOWNSHIP: &str = "610621106";

/// Names of one to four characters, some outside the first plane, with initials that must lead to
/// them: of every reading of their surnames.
const PEOPLE: [(&str, &[&str]); 10] = [
    ("禤", &[]),
    ("王㛃", &[]),
    ("张𬍛", &[]),
    ("李𡚸样", &[]),
    ("单样一", &["syy", "dyy", "SYY"]),
    ("仇例二", &["qle", "cle"]),
    ("解演三", &["xys", "jys"]),
    ("尉迟试四", &["ycss", "wcss", "ycs"]),
    ("欧阳𠮷五", &["oyjw", "oyj"]),
    ("高㛃𬭎六", &["gjhl", "gjh"]),
];

fn ask(text: &str, org: Option<&str>) -> ConsultPeople {
    ConsultPeople { text: text.into(), org: org.map(Into::into), purpose: "核对当事人".into() }
}

fn phone(n: usize) -> String {
    format!("1200007{n:04}")
}

/// Every person heads a household of grid 7, with a spouse whose name says nothing of them.
async fn furnished() -> (Town, Device) {
    let town = Town::on(ORDINARY_DAY);
    let at = town.clock.now();
    let mut wang = town.device("u-wang").await;
    for (nth, (name, _)) in PEOPLE.iter().enumerate() {
        let n = u8::try_from(nth).unwrap();
        let people = [(*name, phone(nth)), ("白测七", String::new())];
        let people = people.each_ref().map(|(name, phone)| (*name, phone.as_str()));
        wang.open_household(n + 1, GRID_7, &format!("7-{:02}", nth + 31), people, at);
    }
    wang.sync(&town.app).await;
    (town, wang)
}

#[track_caller]
fn assert_shown(view: &PeopleView, name: &str, text: &str) {
    let is_shown = view.rows.iter().any(|row| row.name == name);
    assert!(is_shown, "{name} by {text}: {:?}", view.rows);
}

/// Every part of a name, from one character on.
fn parts(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let ends = |from| (from + 1..=characters.len()).map(move |to| (from, to));
    let all = (0..characters.len()).flat_map(ends);
    all.map(|(from, to)| characters[from..to].iter().collect()).collect()
}

#[tokio::test]
async fn everybody_is_found_by_any_part_of_their_name() {
    let (town, _) = furnished().await;
    let li = town.device("u-li").await;
    for (name, _) in PEOPLE {
        for part in parts(name) {
            let view = li.ask(&town.app, &ask(&part, None)).await.unwrap();
            assert_shown(&view, name, &part);
        }
    }
}

#[tokio::test]
async fn everybody_is_found_by_the_initials_of_every_reading() {
    let (town, _) = furnished().await;
    let hao = town.device("u-hao").await;
    for (name, initials) in PEOPLE {
        for letters in initials {
            let view = hao.ask(&town.app, &ask(letters, None)).await.unwrap();
            assert_shown(&view, name, letters);
        }
    }
}

#[tokio::test]
async fn everybody_is_found_by_their_telephone_and_their_door() {
    let (town, _) = furnished().await;
    let li = town.device("u-li").await;
    for (nth, (name, _)) in PEOPLE.iter().enumerate() {
        let phone = phone(nth);
        let door = format!("7-{:02}", nth + 31);
        let mut texts: Vec<String> =
            (3..=8).map(|length| phone[phone.len() - length..].to_owned()).collect();
        texts.extend([phone, door.clone(), door.replace('-', ""), format!("上院 {door}")]);
        for text in texts {
            let view = li.ask(&town.app, &ask(&text, None)).await.unwrap();
            assert_shown(&view, name, &text);
        }
    }
}

#[tokio::test]
async fn wherever_one_asks_from_the_same_people_are_found_and_elsewhere_nobody() {
    let (town, wang) = furnished().await;
    let (li, hao) = (town.device("u-li").await, town.device("u-hao").await);
    let he = town.device("u-he").await;
    for text in ["单样一", "syy", "样", "0004", "7-31"] {
        let whole = hao.ask(&town.app, &ask(text, None)).await.unwrap();
        assert!(whole.total > 0, "{text}");
        for place in [TOWNSHIP, VILLAGE, GRID_7] {
            assert_eq!(hao.ask(&town.app, &ask(text, Some(place))).await.unwrap(), whole, "{text}");
            assert_eq!(li.ask(&town.app, &ask(text, Some(place))).await.unwrap(), whole, "{text}");
        }
        assert_eq!(wang.ask(&town.app, &ask(text, None)).await.unwrap(), whole, "{text}");
        for place in [OTHER_TOWNSHIP, XIAYI_IN_LEICHI, GRID_8] {
            let view = hao.ask(&town.app, &ask(text, Some(place))).await.unwrap();
            assert_eq!((view.total, view.rows.len()), (0, 0), "{text} in {place}");
        }
        assert_eq!(he.ask(&town.app, &ask(text, None)).await.unwrap().total, 0, "{text}");
    }
}

#[tokio::test]
async fn who_moves_to_another_grid_is_found_there() {
    let (town, mut wang) = furnished().await;
    let hao = town.device("u-hao").await;
    let id = DocumentId::from_bytes([5; 16]);
    wang.set(id, "facts.grid", GRID_8, town.clock.now());
    wang.sync(&town.app).await;
    let found = |org| ask("单样一", Some(org));
    assert_eq!(hao.ask(&town.app, &found(GRID_7)).await.unwrap().total, 0);
    assert_shown(&hao.ask(&town.app, &found(GRID_8)).await.unwrap(), "单样一", "单样一");
}

/// A server of an earlier version left an index that is not there any more.
#[tokio::test]
async fn lines_are_made_anew_after_an_upgrade() {
    let (town, _) = furnished().await;
    let town = town.restarted(|data| {
        let store = Store::open(&yidang_sync_server::app::database(data)).unwrap();
        store.write::<_, StoreError>(COUNTY, |db| db.owe_lines()).unwrap();
    });
    let li = town.device("u-li").await;
    for (name, _) in PEOPLE {
        assert_shown(&li.ask(&town.app, &ask(name, Some(VILLAGE))).await.unwrap(), name, name);
    }
}
