//! The administrator's work, asked online.

use axum::http::StatusCode;
use yidang_api::FaultCode;
use yidang_api::admin::{
    MakeCode, MergeGrid, PutAssignment, PutCalendar, PutUser, PutVisitRule, ReferenceQuestion,
    RevokeDevice, SplitGrid, UnitsQuestion, UserRow, UsersQuestion, UsersView,
};
use yidang_domain::calendar::{DayOffRule, FebruaryRule};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::ids::UserId;
use yidang_domain::org::{OrgLevel, Role};
use yidang_sync_protocol::SigningSeed;
use yidang_sync_server::store::StoreError;

use crate::support::ask::fresh_name;
use crate::support::device::{enrol, enrol_request};
use crate::support::{COUNTY, Device, GRID_6, GRID_7, ORDINARY_DAY, Town, VILLAGE};

async fn find(town: &Town, feng: &Device, text: &str) -> UsersView {
    let question = UsersQuestion { text: text.into(), ..UsersQuestion::default() };
    feng.ask(&town.app, &question).await.unwrap()
}

fn names(view: &UsersView) -> Vec<&str> {
    view.rows.iter().map(|row| row.name.as_str()).collect()
}

fn person(user: &str, name: &str, phone: &str) -> PutUser {
    PutUser { user: user.into(), name: name.into(), phone: phone.into() }
}

fn post_of(user: &str, org: &str) -> PutAssignment {
    let from = ORDINARY_DAY;
    PutAssignment { user: user.into(), org: org.into(), role: Role::GridWorker, from, to: None }
}

#[tokio::test]
async fn feng_finds_wang_by_name_initials_telephone_and_grid() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let _phone = town.device("u-wang").await;
    let question = person("u-wang", "王样一", "120 0000-0031");
    feng.ask(&town.app, &question).await.unwrap();
    for text in ["王样", "wyy", "0031", "下盘石 第7", GRID_7, "wy 张家滩"] {
        assert!(names(&find(&town, &feng, text).await).contains(&"王样一"), "{text}");
    }
    assert!(!names(&find(&town, &feng, "王样一 雷赤").await).contains(&"王样一"));
    let view = find(&town, &feng, "王样一 下盘石 第7").await;
    let wang = view.rows.iter().find(|row| row.user.as_str() == "u-wang").unwrap();
    let UserRow { phone, posts, devices, .. } = wang;
    assert_eq!(phone, "12000000031");
    assert_eq!(posts[0].place, "张家滩镇 · 下盘石村 · 第7网格");
    assert_eq!((devices[0].name.as_str(), devices[0].revoked), ("手机", false));
    assert_eq!(devices[0].seen_on, Some(ORDINARY_DAY));
    let of_village = UsersQuestion {
        org: Some(VILLAGE.into()),
        limit: 2,
        offset: 1,
        ..UsersQuestion::default()
    };
    let view = feng.ask(&town.app, &of_village).await.unwrap();
    assert!(view.total > 3, "{} people of the village", view.total);
    assert_eq!(names(&view), ["刘演四", "张试三"]);
}

#[tokio::test]
async fn a_new_worker_is_added_posted_and_enrolled() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let added = feng.ask(&town.app, &person("", " 白测六 ", "")).await.unwrap();
    let user = added.user.unwrap();
    assert!(user.as_str().starts_with("u-") && !user.as_str().contains('白'));
    let posted = feng.ask(&town.app, &post_of(user.as_str(), GRID_6)).await.unwrap();
    assert!(posted.version > added.version);
    let code = feng.ask(&town.app, &MakeCode { user: user.clone() }).await.unwrap();
    assert_eq!(code.expires_at, town.clock.now().plus_minutes(72 * 60));
    let reply = enrol(&town.app, &enrol_request(&code.code, &SigningSeed([9; 32]), [9; 16])).await;
    let opened = reply.certificate.unwrap().open(&reply.county_key).unwrap();
    assert_eq!((opened.user, opened.name.as_str()), (user.0, "白测六"));
    assert_eq!(opened.post, "张家滩镇 · 下盘石村 · 第6网格 · 网格员");
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_field() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let app = &town.app;
    let invalid = |field: &str| (FaultCode::Invalid, field.to_owned());
    assert_eq!(feng.refused(app, &person("", " ", "")).await, invalid("name"));
    assert_eq!(feng.refused(app, &person("", "白测六", "12ab")).await, invalid("phone"));
    assert_eq!(feng.refused(app, &person("u-nobody", "白测六", "")).await, invalid("user"));
    assert_eq!(feng.refused(app, &post_of("u-nobody", GRID_6)).await, invalid("user"));
    assert_eq!(feng.refused(app, &post_of("u-wang", "610621999")).await, invalid("org"));
    let server = PutAssignment { role: Role::Server, ..post_of("u-wang", GRID_6) };
    assert_eq!(feng.refused(app, &server).await, invalid("role"));
    let before =
        PutAssignment { to: Some(date_after(ORDINARY_DAY, -1)), ..post_of("u-wang", GRID_6) };
    assert_eq!(feng.refused(app, &before).await, invalid("to"));
    let nobody = MakeCode { user: "u-nobody".into() };
    assert_eq!(feng.refused(app, &nobody).await, invalid("user"));
}

#[tokio::test]
async fn nobody_but_the_administrator_is_answered() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let li = town.device("u-li").await;
    let app = &town.app;
    let no = (FaultCode::NotAllowed, String::new());
    let (off, work) = (Vec::new(), Vec::new());
    let (february, day_off) = (FebruaryRule::Skip, DayOffRule::Keep);
    let certificate = "0".repeat(32);
    let split = SplitGrid {
        grid: GRID_7.into(),
        name: "第13网格".into(),
        households: Vec::new(),
        worker: None,
    };
    let merge = MergeGrid { grid: GRID_7.into(), into: GRID_6.into() };
    assert_eq!(li.refused(app, &UsersQuestion::default()).await, no);
    assert_eq!(li.refused(app, &UnitsQuestion::default()).await, no);
    assert_eq!(li.refused(app, &ReferenceQuestion {}).await, no);
    assert_eq!(li.refused(app, &person("", "白测六", "")).await, no);
    assert_eq!(li.refused(app, &post_of("u-li", COUNTY)).await, no);
    assert_eq!(li.refused(app, &MakeCode { user: "u-li".into() }).await, no);
    assert_eq!(li.refused(app, &RevokeDevice { certificate }).await, no);
    assert_eq!(li.refused(app, &PutVisitRule { february, day_off }).await, no);
    assert_eq!(li.refused(app, &PutCalendar { year: 2027, off, work }).await, no);
    assert_eq!(li.refused(app, &split).await, no);
    assert_eq!(li.refused(app, &merge).await, no);
    let yesterday = Some(date_after(ORDINARY_DAY, -1));
    // The post of this story and the one of the demo county.
    for days in [100, 400] {
        let ended = PutAssignment {
            role: Role::Administrator,
            from: date_after(ORDINARY_DAY, -days),
            to: yesterday,
            ..post_of("u-feng", COUNTY)
        };
        feng.ask(app, &ended).await.unwrap();
    }
    assert_eq!(feng.refused(app, &UsersQuestion::default()).await, no);
}

#[tokio::test]
async fn a_question_that_comes_twice_is_done_once() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let zhang = town.device("u-zhang").await;
    let ask = fresh_name();
    let question = person("", "白测六", "");
    let first = feng.ask_as(&town.app, ask.clone(), &question).await.unwrap();
    // The answer was lost; the device asks again, perhaps after the server was started anew.
    let town = town.restarted(|_| {});
    let again = feng.ask_as(&town.app, ask.clone(), &question).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(find(&town, &feng, "白测六").await.total, 1);
    // Whoever uses her name for a question gets nothing of hers.
    let other = zhang.ask_as(&town.app, ask, &question).await.unwrap_err();
    assert_eq!(other.code, FaultCode::NotAllowed);
}

#[tokio::test]
async fn an_activation_code_is_kept_nowhere_in_clear() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let code = feng.ask(&town.app, &MakeCode { user: "u-wang".into() }).await.unwrap().code;
    let copy = town.directory.path().join("copy.sqlite");
    town.app.store().backup(&copy).unwrap();
    let bytes = std::fs::read(&copy).unwrap();
    assert!(!bytes.windows(code.len()).any(|window| window == code.as_bytes()));
}

#[tokio::test]
async fn a_lost_telephone_is_shut_out_and_stays_so_after_a_restore() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let wang = town.device("u-wang").await;
    let devices = find(&town, &feng, "王样一").await.rows.remove(0).devices;
    let question = RevokeDevice { certificate: devices[0].certificate.clone() };
    let changed = feng.ask(&town.app, &question).await.unwrap();
    assert_eq!(changed.user, Some(UserId::from("u-wang")));
    let request = wang.sign(&wang.request(Vec::new()));
    let (status, word) = wang.send(&town.app, "/v1/sync", &request).await.unwrap_err();
    assert_eq!((status, word.as_str()), (StatusCode::FORBIDDEN, "revoked"));
    assert!(find(&town, &feng, "王样一").await.rows[0].devices[0].revoked);
    let list = std::fs::read_to_string(town.directory.path().join("data/revocations")).unwrap();
    assert_eq!(list.trim(), question.certificate);
    for certificate in ["", "00", &"0".repeat(32), "王样一"] {
        let unknown = RevokeDevice { certificate: certificate.into() };
        assert_eq!(feng.refused(&town.app, &unknown).await.0, FaultCode::NotFound);
    }
}

#[tokio::test]
async fn the_xiayi_of_two_townships_are_never_taken_for_one_another() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let found = async |text: &str| {
        let question = UnitsQuestion { parent: None, text: text.into() };
        let units = feng.ask(&town.app, &question).await.unwrap();
        units.into_iter().map(|unit| (unit.place, unit.name)).collect::<Vec<_>>()
    };
    let named = |place: &str| (place.to_owned(), "下驿村".to_owned());
    assert_eq!(found("下驿").await, [named("张家滩镇"), named("雷赤镇")]);
    assert_eq!(found("雷赤 下驿").await, [named("雷赤镇")]);
    assert!(found("郑庄 下驿").await.is_empty());
    let under = |parent: Option<&str>| UnitsQuestion {
        parent: parent.map(Into::into),
        text: String::new(),
    };
    let townships = feng.ask(&town.app, &under(None)).await.unwrap();
    assert!(townships.iter().all(|unit| unit.level == OrgLevel::Township));
    let grids = feng.ask(&town.app, &under(Some(VILLAGE))).await.unwrap();
    assert_eq!((grids.len(), grids[6].org.as_str()), (12, GRID_7));
    assert_eq!(grids[6].place, "张家滩镇 · 下盘石村");
    let village = feng.ask(&town.app, &under(Some("610621103"))).await.unwrap();
    assert_eq!(village.iter().find(|unit| unit.name == "下盘石村").unwrap().children, 12);
}

#[tokio::test]
async fn days_off_of_a_year_come_in_and_those_of_other_years_stay() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let app = &town.app;
    let day = |text: &str| text.parse::<Date>().unwrap();
    let before = feng.ask(app, &ReferenceQuestion {}).await.unwrap();
    assert_eq!(before.until, Some(day("2026-12-31")));
    let question = PutCalendar {
        year: 2027,
        off: vec![day("2027-02-05"), day("2027-02-08")],
        work: vec![day("2027-01-31")],
    };
    feng.ask(app, &question).await.unwrap();
    let after = feng.ask(app, &ReferenceQuestion {}).await.unwrap();
    assert_eq!(after.until, Some(day("2027-12-31")));
    assert_eq!(after.off.len(), before.off.len() + 2);
    assert_eq!(after.work.last(), Some(&day("2027-01-31")));
    let mut wang = town.device("u-wang").await;
    wang.sync(app).await;
    assert!(!wang.reference.unwrap().calendar.is_working(day("2027-02-08")));
    let wrong = PutCalendar { off: vec![day("2028-01-03")], ..question.clone() };
    assert_eq!(feng.refused(app, &wrong).await.1, "off");
    let both = PutCalendar { work: vec![day("2027-02-08")], ..question };
    assert_eq!(feng.refused(app, &both).await.1, "work");
}

#[tokio::test]
async fn the_rule_of_visit_days_changes_on_every_device_and_in_the_log() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    wang.sync(&town.app).await;
    let rule = PutVisitRule { february: FebruaryRule::Skip, day_off: DayOffRule::NextWorkingDay };
    feng.ask(&town.app, &rule).await.unwrap();
    wang.sync(&town.app).await;
    assert_eq!(wang.reference.unwrap().visit_rule.february, FebruaryRule::Skip);
    // Who did it, and after it what the county says and signs.
    let last = town
        .app
        .store()
        .read::<_, StoreError>(COUNTY, |db| db.log_after(db.county()?.seq - 2, 2))
        .unwrap();
    assert_eq!(last.iter().map(|row| row.kind).collect::<Vec<_>>(), [4, 7]);
    let record: serde_json::Value = serde_json::from_slice(&last[0].record).unwrap();
    assert_eq!(record["did"], "put_visit_rule");
    assert_eq!(record["by"], "u-feng");
    assert_eq!(record["what"]["february"], serde_json::json!(FebruaryRule::Skip));
}
