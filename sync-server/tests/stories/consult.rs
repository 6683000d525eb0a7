//! Who may ask about people outside their own ring.

use yidang_api::FaultCode;
use yidang_api::household::{ConsultHousehold, ConsultPeople, PeopleView};
use yidang_api::places::{CountHouseholds, HouseholdCounts};
use yidang_domain::civil::Date;
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::Role;
use yidang_domain::reference::Reference;
use yidang_sync_server::kinds::visit_day_id;
use yidang_sync_server::store::StoreError;

use crate::support::{
    ACCEPTED, COUNTY, Device, GRID_7, GRID_8, ORDINARY_DAY, TODAY, Town, VILLAGE, XIAYI_IN_LEICHI,
    noon,
};

const OTHER_TOWNSHIP: &str = "610621106";

/// 王样一 wrote down a household of his grid and was there.
async fn with_household(town: &Town) -> (Device, DocumentId) {
    let at = town.clock.now();
    let mut wang = town.device("u-wang").await;
    let people = [("薛样一", "12000000041"), ("马例二", "12000000042")];
    let id = wang.open_household(3, GRID_7, "3-01", people, at);
    wang.add(id, Entry::HouseholdSeen { words: "老人一人在家".into() }, at);
    wang.sync(&town.app).await;
    (wang, id)
}

fn look(id: DocumentId, purpose: &str) -> ConsultHousehold {
    ConsultHousehold { id, purpose: purpose.into() }
}

fn search(text: &str, org: Option<&str>) -> ConsultPeople {
    ConsultPeople { text: text.into(), org: org.map(Into::into), purpose: "核对当事人".into() }
}

fn names(view: &PeopleView) -> Vec<(&str, &str)> {
    view.rows.iter().map(|row| (row.name.as_str(), row.relation.as_str())).collect()
}

fn looks(town: &Town) -> Vec<(String, String, String)> {
    let rows = town.app.store().read::<_, StoreError>(COUNTY, |db| db.looks(0, 10)).unwrap();
    rows.into_iter().map(|row| (row.user, row.question, row.purpose)).collect()
}

#[tokio::test]
async fn the_township_sees_a_household_whole_and_that_is_written_down() {
    let town = Town::on(ORDINARY_DAY);
    let (_, id) = with_household(&town).await;
    let li = town.device("u-li").await;
    let view = li.ask(&town.app, &look(id, " 调解前了解 ")).await.unwrap();
    assert_eq!((view.row.head.as_str(), view.row.people), ("薛样一", 2));
    assert_eq!((view.row.village.as_str(), view.row.grid_name.as_str()), ("下盘石村", "第7网格"));
    assert_eq!((view.row.seen_on, view.row.to_see), (Some(ORDINARY_DAY), false));
    let grid = view.facts.iter().find(|fact| fact.field == "grid").unwrap();
    assert_eq!(grid.shown, "张家滩镇 · 下盘石村 · 第7网格");
    let member = &view.members[1];
    assert_eq!((member.name.as_str(), member.phone.as_str()), ("马例二", "12000000042"));
    let entry = &view.entries[0];
    assert_eq!((entry.text.as_str(), entry.written.name.as_str()), ("老人一人在家", "王样一"));
    assert!(!entry.written.me && entry.written.post.contains("第7网格"));
    assert!(view.acts.is_empty() && view.files.is_empty());
    let expected = ("u-li".into(), "consult_household".into(), "调解前了解".into());
    assert_eq!(looks(&town), [expected]);
}

#[tokio::test]
async fn another_township_an_empty_purpose_and_the_administrator_alone_are_refused() {
    let town = Town::on(ORDINARY_DAY);
    let (wang, id) = with_household(&town).await;
    let he = town.device("u-he").await;
    let feng = town.administrator().await;
    let app = &town.app;
    assert_eq!(he.refused(app, &look(id, "看看")).await.0, FaultCode::NotAllowed);
    assert_eq!(feng.refused(app, &look(id, "看看")).await.0, FaultCode::NotAllowed);
    assert_eq!(feng.refused(app, &search("薛", None)).await.0, FaultCode::NotAllowed);
    let invalid = |field: &str| (FaultCode::Invalid, field.to_owned());
    assert_eq!(wang.refused(app, &look(id, "  ")).await, invalid("purpose"));
    let unknown = DocumentId::from_bytes([4; 16]);
    assert_eq!(wang.refused(app, &look(unknown, "看看")).await.0, FaultCode::NotFound);
    assert!(looks(&town).is_empty(), "nobody saw anything");
}

#[tokio::test]
async fn a_grid_worker_asks_for_nobody_of_another_township() {
    let town = Town::on(ORDINARY_DAY);
    let (wang, _) = with_household(&town).await;
    let he = town.device("u-he").await;
    let app = &town.app;
    for org in [XIAYI_IN_LEICHI, OTHER_TOWNSHIP, COUNTY, VILLAGE] {
        let no = wang.refused(app, &search("薛", Some(org))).await;
        assert_eq!(no.0, FaultCode::NotAllowed, "{org}");
    }
    assert_eq!(he.ask(app, &search("薛样一", None)).await.unwrap().total, 0);
    assert_eq!(wang.ask(app, &search("薛样一", None)).await.unwrap().total, 1);
}

#[tokio::test]
async fn the_member_that_was_meant_is_shown_or_else_the_head() {
    let town = Town::on(ORDINARY_DAY);
    with_household(&town).await;
    let li = town.device("u-li").await;
    let app = &town.app;
    for (text, found) in [
        ("马例", ("马例二", "配偶")),
        ("mle", ("马例二", "配偶")),
        ("薛", ("薛样一", "户主")),
        ("0042", ("薛样一", "户主")),
        ("上院", ("薛样一", "户主")),
    ] {
        let view = li.ask(app, &search(text, Some(VILLAGE))).await.unwrap();
        assert_eq!((view.total, names(&view)), (1, vec![found]), "{text}");
        assert_eq!(view.rows[0].place, "张家滩镇 · 下盘石村 · 第7网格");
        assert_eq!(view.rows[0].door_plate, "3-01");
    }
    for text in ["", "，。", "m", "31"] {
        let no = li.refused(app, &search(text, None)).await;
        assert_eq!(no, (FaultCode::Invalid, "text".into()), "{text}");
    }
    let mut last = looks(&town);
    let expected = ("u-li".into(), "consult_people 上院".into(), "核对当事人".into());
    assert_eq!(last.remove(0), expected);
}

#[tokio::test]
async fn a_guest_asks_around_the_visit_day_and_not_otherwise() {
    for (day, is_guest) in [(TODAY, true), (ORDINARY_DAY, false)] {
        let town = Town::on(day);
        let (_, id) = with_household(&town).await;
        let liu = town.device("u-liu").await;
        let seen = liu.ask(&town.app, &look(id, "坐诊")).await;
        assert_eq!(seen.is_ok(), is_guest, "{day}");
        let found = liu.ask(&town.app, &search("薛样一", None)).await.unwrap();
        assert_eq!(found.total, u32::from(is_guest), "{day}");
    }
}

#[tokio::test]
async fn a_day_that_was_put_off_in_a_village_takes_its_guests_along() {
    const DAY_MINUTES: i64 = 24 * 60;
    let town = Town::on(ORDINARY_DAY);
    let (_, id) = with_household(&town).await;
    let mut li = town.device("u-li").await;
    let day = visit_day_id(&VILLAGE.into(), "2026-11-20".parse().unwrap());
    li.begin(DocumentKind::VisitDay, day, VILLAGE);
    let to = Date::constant(2026, 11, 26);
    let moved = Entry::DayMoved { to, reason: "下雪封路".into() };
    li.add(day, moved, noon(ORDINARY_DAY));
    assert_eq!(li.sync(&town.app).await.last().unwrap().verdict, ACCEPTED);

    let liu = town.device("u-liu").await;
    town.clock.advance_minutes(5 * DAY_MINUTES);
    let on_the_20th = liu.refused(&town.app, &look(id, "坐诊")).await;
    assert_eq!(on_the_20th.0, FaultCode::NotAllowed);
    town.clock.advance_minutes(6 * DAY_MINUTES);
    assert!(liu.ask(&town.app, &look(id, "坐诊")).await.is_ok(), "the 26th");
    let reference = reference_of(&town, "u-liu");
    assert_eq!(reference.village_days.len(), 1);
}

/// What the device of a person is told beside documents.
fn reference_of(town: &Town, user: &str) -> Reference {
    let bytes = town.app.register().unwrap().reference(&user.into());
    serde_json::from_slice(&bytes.json).unwrap()
}

#[tokio::test]
async fn the_county_finds_everybody_and_a_household_that_joined_another_is_found_no_more() {
    let town = Town::on(ORDINARY_DAY);
    town.hire("u-ma", "马例九", VILLAGE, Role::VillageCadre);
    let (mut wang, id) = with_household(&town).await;
    let hao = town.device("u-hao").await;
    assert_eq!(hao.ask(&town.app, &search("薛样一", None)).await.unwrap().total, 1);
    let people = [("高试五", ""), ("白测七", "")];
    let other = wang.open_household(5, GRID_7, "3-02", people, noon(ORDINARY_DAY));
    wang.add(
        id,
        Entry::HouseholdMerged { into: other, reason: "随子女生活".into() },
        noon(ORDINARY_DAY),
    );
    wang.sync(&town.app).await;
    assert_eq!(hao.ask(&town.app, &search("薛样一", None)).await.unwrap().total, 0);
    let view = hao.ask(&town.app, &look(id, "核对")).await.unwrap();
    assert_eq!(view.merged_into, Some(other));
}

/// 李例二 counts for a hand-over: numbers alone, so nothing is written down.
#[tokio::test]
async fn the_township_counts_households_of_its_grids_and_of_no_others() {
    let town = Town::on(ORDINARY_DAY);
    let (mut wang, id) = with_household(&town).await;
    let people = [("高试五", ""), ("白测七", "")];
    let other = wang.open_household(5, GRID_7, "3-02", people, noon(ORDINARY_DAY));
    wang.sync(&town.app).await;
    let li = town.device("u-li").await;
    let feng = town.administrator().await;
    let app = &town.app;
    let count = |grids: &[&str]| {
        let grids = grids.iter().map(|grid| OrgCode::from(*grid)).collect();
        CountHouseholds { grids }
    };
    let both = count(&[GRID_7, GRID_8]);
    let counts = |seven| {
        let grids = vec![(GRID_7.into(), seven), (GRID_8.into(), 0)];
        HouseholdCounts { grids }
    };
    assert_eq!(li.ask(app, &both).await.unwrap(), counts(2));
    let merged = Entry::HouseholdMerged { into: other, reason: "随子女生活".into() };
    wang.add(id, merged, noon(ORDINARY_DAY));
    wang.sync(app).await;
    assert_eq!(li.ask(app, &both).await.unwrap(), counts(1), "who joined another is not counted");
    for grids in [&[GRID_7, XIAYI_IN_LEICHI][..], &[COUNTY]] {
        assert_eq!(li.refused(app, &count(grids)).await.0, FaultCode::NotAllowed);
    }
    assert_eq!(feng.refused(app, &both).await.0, FaultCode::NotAllowed);
    assert!(looks(&town).is_empty(), "nobody was looked at");
}
