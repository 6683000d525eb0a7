//! What a second sheet does.

use yidang_documents::{Edit, RegisterPath, Scalar, project};
use yidang_domain::ids::{DocumentId, ItemKey, UserId};

use super::*;
use crate::judge::Halt;
use crate::judge::own::OwnChange;

const HEADER: [&str; 5] = ["户号", "户主", "住址", "门牌", "网格编码"];
const MEMBERS: [&str; 4] = ["户号", "姓名", "与户主关系", "联系电话"];

fn home(address: &str, phone: &'static str) -> Vec<Rows<'static>> {
    let address: &'static str = address.to_owned().leak();
    vec![
        ("户", vec![HEADER.to_vec(), vec!["H1", "张试三", address, "1号", GRID_7]]),
        ("成员", vec![MEMBERS.to_vec(), vec!["H1", "张试三", "户主", phone]]),
    ]
}

impl Town {
    fn document(&self) -> yidang_documents::Document {
        let line = self.app.read(|db| db.households_in(GRID_7)).unwrap().remove(0);
        self.app.shelf().discard();
        let row = self.app.read(|db| db.document(&line.document)).unwrap().unwrap();
        self.app.read(|db| crate::judge::shelf::load(db, &row)).unwrap()
    }

    fn member(&self) -> ItemKey {
        match project(&self.document()) {
            yidang_documents::Projection::Household(home) => home.members[0].key.clone(),
            _ => panic!("no household"),
        }
    }

    /// Somebody else writes into the household.
    fn write(&self, edits: &[Edit]) {
        let document = self.document();
        let register = self.app.register().unwrap();
        let now = self.app.clock().now();
        let done = self.app.judging(&register, now, |_, judge| {
            judge
                .write_own(document.clone(), &OwnChange { on: None, edits })
                .map_err(|error| Halt::Store(error.into()))
        });
        done.unwrap();
    }

    fn set_fact(&self, field: &str, value: &str) {
        self.write(&[Edit::Set(RegisterPath::of("facts", field), Scalar::Text(value.into()))]);
    }

    fn set_phone(&self, value: &str) {
        let path = RegisterPath::of_item("members", &self.member(), "phone");
        self.write(&[Edit::Set(path, Scalar::Text(value.into()))]);
    }

    /// Registers where values stand against each other.
    fn clashes(&self) -> Vec<String> {
        let document = self.document();
        let projection = project(&document);
        let mut fields: Vec<String> =
            projection.common().clashes.iter().map(|clash| clash.field.clone()).collect();
        fields.sort();
        fields
    }

    fn fact(&self, field: &str) -> String {
        match project(&self.document()) {
            yidang_documents::Projection::Household(home) => home.fact(field),
            _ => panic!("no household"),
        }
    }
}

fn clash_count(view: &ImportView) -> u32 {
    view.changes.iter().map(|change| change.clashes).sum()
}

#[test]
fn a_changed_value_is_written_and_others_stay() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    town.set_fact("needs", "冬天没有煤");
    let view = town.take(&home("后沟", "12000000003"));
    assert_eq!((counts(&view, "户"), clash_count(&view)), ((0, 1, 0), 0));
    assert_eq!((town.fact("address"), town.fact("needs")), ("后沟".into(), "冬天没有煤".into()));
    assert_eq!(town.clashes(), [""; 0]);
    let before = town.seq();
    town.take(&home("后沟", "12000000003"));
    assert_eq!(town.seq(), before);
}

#[test]
fn a_worker_s_value_is_kept_where_the_sheet_says_the_old_one_again() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    town.set_fact("address", "新村3排");
    let before = town.seq();
    let view = town.take(&home("前沟", "12000000003"));
    assert_eq!((counts(&view, "户"), clash_count(&view)), ((0, 0, 1), 0));
    assert_eq!((town.fact("address").as_str(), town.seq()), ("新村3排", before));
}

#[test]
fn an_edited_sheet_against_a_worker_s_value_is_a_clash_and_never_a_loss() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    town.set_fact("address", "新村3排");
    let check = town.run(&home("后沟", "12000000003"), false);
    assert_eq!(clash_count(&check), 1);
    let view = town.take(&home("后沟", "12000000003"));
    assert_eq!(clash_count(&view), 1);
    assert_eq!(town.clashes(), ["facts.address"]);
    // A third sheet does not decide it either, and does not add itself to what stands there.
    town.take(&home("东沟", "12000000003"));
    assert_eq!(town.clashes(), ["facts.address"]);
}

/// The sheet of this import stands on the last import, not on what the import before it happened to
/// lie upon: otherwise a phone that a worker mended would be covered by the third sheet.
#[test]
fn a_sheet_knows_nothing_of_what_workers_wrote_under_an_earlier_sheet() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    town.set_phone("12000000033");
    town.take(&home("后沟", "12000000003"));
    let view = town.take(&home("后沟", "12000000004"));
    assert_eq!(clash_count(&view), 1);
    assert_eq!(town.clashes(), [format!("members.{}.phone", town.member())]);
}

#[test]
fn two_who_say_the_same_do_not_clash() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    town.set_fact("address", "后沟");
    let view = town.take(&home("后沟", "12000000003"));
    assert_eq!((clash_count(&view), town.clashes()), (0, Vec::new()));
}

#[test]
fn a_member_is_found_by_the_name_of_the_last_sheet_though_a_worker_mended_it() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    let path = RegisterPath::of_item("members", &town.member(), "name");
    town.write(&[Edit::Set(path, Scalar::Text("张试叁".into()))]);
    town.take(&home("前沟", "12000000009"));
    let yidang_documents::Projection::Household(home) = project(&town.document()) else { panic!() };
    assert_eq!(home.members.len(), 1);
    assert_eq!(
        (home.members[0].text("name"), home.members[0].text("phone")),
        ("张试叁".into(), "12000000009".into())
    );
}

#[test]
fn a_member_whom_a_worker_wrote_down_is_not_written_twice() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    let text = |text: &str| Scalar::Text(text.into());
    town.write(&[Edit::AddItem(
        "members",
        vec![("name", text("高模五")), ("relation", text("妻"))],
    )]);
    let mut sheets = home("前沟", "12000000003");
    sheets[1].1.push(vec!["H1", "高模五", "配偶", "12000000005"]);
    let view = town.take(&sheets);
    assert_eq!(clash_count(&view), 1);
    let yidang_documents::Projection::Household(home) = project(&town.document()) else { panic!() };
    assert_eq!(home.members.len(), 2);
    let wife = home.members.iter().find(|member| member.text("name") == "高模五").unwrap();
    assert_eq!((wife.text("relation"), wife.text("phone")), ("妻".into(), "12000000005".into()));
}

#[test]
fn a_sheet_of_members_alone_finds_households_of_former_sheets() {
    let town = town();
    town.take(&home("前沟", "12000000003"));
    let sheet = ("成员", vec![MEMBERS.to_vec(), vec!["H1", "高模五", "妻", ""]]);
    let view = town.take(&[sheet]);
    assert_eq!((counts(&view, "户"), counts(&view, "家庭成员")), ((0, 0, 1), (1, 0, 0)));
    assert_eq!((town.households(), town.fact("address").as_str()), (1, "前沟"));
}

#[test]
fn one_sheet_of_people_makes_their_households() {
    let town = town();
    let header = vec!["网格编码", "户号", "户主姓名", "姓名", "关系", "现住址"];
    let sheet = (
        "人口",
        vec![
            header,
            vec![GRID_7, "H7", "冯例八", "冯例八", "户主", "前沟"],
            vec![GRID_7, "H7", "冯例八", "曹试九", "妻", "前沟"],
        ],
    );
    let view = town.take(&[sheet]);
    assert_eq!((counts(&view, "户"), counts(&view, "家庭成员")), ((1, 0, 0), (2, 0, 0)));
    assert_eq!(town.fact("head"), "冯例八");
}

/// A worker began it, or devices brought it back after a restore.
#[test]
fn a_household_that_is_there_is_not_made_twice() {
    let town = town();
    let register = town.app.register().unwrap();
    let now = town.app.clock().now();
    let data = crate::households::HouseholdData {
        grid: GRID_7.into(),
        household_no: "H1".into(),
        head: "张试三".into(),
        address: "新村3排".into(),
        ..Default::default()
    };
    let id = DocumentId::of_key("elsewhere");
    let begun = town.app.judging(&register, now, |_, judge| {
        crate::households::begin(judge, id, &data, "x").map_err(|e| Halt::Store(e.into()))
    });
    begun.unwrap();
    let view = town.take(&home("后沟", "12000000003"));
    assert_eq!((town.households(), counts(&view, "户")), (1, (0, 1, 0)));
    assert_eq!((town.clashes(), clash_count(&view)), (vec!["facts.address".to_owned()], 1));
    assert_eq!(town.fact("door_plate"), "1号");
}

#[test]
fn a_worker_keeps_their_name_in_the_register_when_they_change_grid_or_number() {
    let town = town();
    let header = || vec!["姓名", "联系电话", "网格编码"];
    let one = |phone, grid| vec![("网格员", vec![header(), vec!["曹试九九", phone, grid]])];
    town.take(&one("12000000021", GRID_7));
    let find = |town: &Town| -> UserId {
        let register = town.app.register().unwrap();
        let mut found = register.staff().filter(|person| person.name == "曹试九九");
        let user = found.next().unwrap().user.clone();
        assert!(found.next().is_none());
        user
    };
    let user = find(&town);
    assert!(user.as_str().starts_with("w-"));
    let view = town.take(&one("12000000021", GRID_8));
    assert_eq!((counts(&view, "网格员"), counts(&view, "任职")), ((0, 0, 1), (1, 0, 0)));
    let view = town.take(&one("12000000022", GRID_8));
    assert_eq!(counts(&view, "网格员"), (0, 1, 0));
    assert_eq!(find(&town), user);
}

#[test]
fn what_the_administrator_changed_stays_when_the_same_sheet_comes_again() {
    let town = town();
    let grid = || vec![("网格", vec![vec!["网格编码", "网格名称"], vec![GRID_7, "第七网格"]])];
    town.take(&grid());
    let mut unit = town.app.register().unwrap().tree().find(&GRID_7.into()).unwrap().clone();
    unit.name = "后沟网格".into();
    town.app.write(|db| db.put_unit(&unit).and_then(|()| db.touch_register())).unwrap();
    let view = town.take(&grid());
    assert_eq!(counts(&view, "网格"), (0, 0, 1));
    assert_eq!(town.app.register().unwrap().tree().name(&GRID_7.into()), "后沟网格");
}
