//! What is told of an import thing by thing, several files at once, and maps.

use yidang_api::import::{ImportFate, ImportLine};
use yidang_domain::ids::OrgCode;
use yidang_domain::org::{Assignment, Role};

use super::*;

const VILLAGE: &str = "610621103203";

fn line<'a>(view: &'a ImportView, kind: &str, name: &str) -> &'a ImportLine {
    let found = view.listed.iter().find(|line| line.kind == kind && line.name == name);
    found.unwrap_or_else(|| panic!("no {kind} {name} in {:?}", view.listed))
}

#[test]
fn a_check_names_what_is_new_with_its_place_and_values() {
    let town = town();
    let view = town.run(&whole(), false);
    let grid = line(&view, "网格", "新格一");
    assert_eq!((grid.fate, grid.place.as_str()), (ImportFate::Added, "张家滩镇 · 下盘石村"));
    assert!(grid.words().contains("网格类型：农村网格"), "{}", grid.words());
    let posts: Vec<_> = view.listed.iter().filter(|line| line.kind == "任职").collect();
    assert_eq!(posts.len(), 3);
    assert!(posts.iter().any(|post| post.name == "王样一一" && post.words().contains("调解员")));
    let member = line(&view, "家庭成员", "高模五");
    assert_eq!(member.place, "张试三户 · 张家滩镇 · 下盘石村 · 新格一");
    assert!(member.words().contains("出生年：1963"), "{}", member.words());
    // Every count opens to its rows.
    let counted: u32 = view.changes.iter().map(|change| change.added + change.changed).sum();
    assert_eq!(usize::try_from(counted).unwrap(), view.listed.len());
}

#[test]
fn a_changed_value_is_told_old_and_new_and_the_same_is_not_told() {
    let town = town();
    town.take(&whole());
    let mut sheets = whole();
    sheets[4].1[1][2] = "下盘石村新村";
    let view = town.run(&sheets, false);
    let home = line(&view, "户", "张试三");
    assert_eq!((home.fate, view.listed.len()), (ImportFate::Changed, 1));
    assert_eq!(home.words(), "住址：下盘石村后沟（东） → 下盘石村新村");
}

#[test]
fn of_more_than_two_hundred_changes_the_rest_is_counted_and_the_whole_list_is_there() {
    let town = town();
    let names: Vec<String> = (1..=250).map(|at| format!("H{at}")).collect();
    let mut rows = vec![vec!["户号", "户主", "网格编码"]];
    rows.extend(names.iter().map(|name| vec![name.as_str(), "张试三", GRID_7]));
    let files = [file("户.xlsx", xlsx(&[("户", rows)]))];
    let view = run(&town.app, &files, false, &|_, _| {}).unwrap();
    assert_eq!(view.listed.len(), 200);
    assert_eq!(yidang_api::import::left_words(&view), ["户还有 50 项没有逐项列出：新增 50"]);
    let (same, lines) = run_whole(&town.app, &files, false, &|_, _| {}).unwrap();
    assert_eq!((same.listed.len(), lines.len()), (200, 250));
    let book = sheet::read("x.xlsx", &changes_xlsx(&lines, false).unwrap()).unwrap();
    // A title, a header, and two values for each household: its number and its grid.
    assert_eq!(book.sheets[0].rows.len(), 502);
}

#[test]
fn with_a_bad_row_nothing_is_listed() {
    let town = town();
    let mut sheets = whole();
    sheets[4].1.push(vec!["H003", "白测六", "前沟", "14号", "6106211032032777"]);
    assert_eq!(town.run(&sheets, false).listed, []);
}

/// The assignments of somebody in the village, as grid worker or as `role`.
fn posts(town: &Town, name: &str, role: Role) -> Vec<Assignment> {
    let register = town.app.register().unwrap();
    let user = register.staff().find(|person| person.name == name).unwrap().user.clone();
    register.assignments_of(&user).filter(|post| post.role == role).cloned().collect()
}

#[test]
fn days_of_an_assignment_stand_in_a_sheet_of_their_own() {
    let town = town();
    let workers = ("网格员", vec![vec!["姓名", "网格编码"], vec!["曹试九九", GRID_8]]);
    let terms = (
        "网格员任职",
        vec![
            vec!["姓名", "网格编码", "任职", "任职日期", "离岗日期"],
            vec!["曹试九九", GRID_8, "网格员", "2026-03-05", "2027年3月4日"],
        ],
    );
    town.take(&[workers.clone(), terms]);
    let found = posts(&town, "曹试九九", Role::GridWorker);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from, Date::constant(2026, 3, 5));
    assert_eq!(found[0].to, Some(Date::constant(2027, 3, 4)));
    // The sheet of workers alone says nothing of days, and takes none away.
    let view = town.take(&[workers]);
    assert_eq!(counts(&view, "任职"), (0, 0, 1));
    assert_eq!(posts(&town, "曹试九九", Role::GridWorker), found);
}

#[test]
fn whoever_began_without_a_day_ends_with_the_last_day_of_a_later_sheet() {
    let town = town();
    town.take(&[("网格员", vec![vec!["姓名", "网格编码"], vec!["曹试九九", GRID_8]])]);
    let terms = (
        "任职",
        vec![
            vec!["姓名", "网格编码", "岗位", "开始日期", "结束日期"],
            vec!["曹试九九", GRID_8, "网格员", "2026-03-05", "2026-12-31"],
        ],
    );
    let view = town.take(std::slice::from_ref(&terms));
    let last = Some(Date::constant(2026, 12, 31));
    let found = posts(&town, "曹试九九", Role::GridWorker);
    assert_eq!(found.iter().map(|post| post.to).collect::<Vec<_>>(), [last, last]);
    let ended = view.listed.iter().find(|line| line.fate == ImportFate::Ended).unwrap();
    assert_eq!(ended.words(), "结束日期：（空） → 2026-12-31");
    let before = town.seq();
    town.take(&[terms]);
    assert_eq!(town.seq(), before);
}

#[test]
fn a_last_day_before_the_first_one_in_another_row_is_told() {
    let town = town();
    let workers = (
        "网格员",
        vec![vec!["姓名", "网格编码", "开始日期"], vec!["曹试九九", GRID_8, "2026-03-05"]],
    );
    let terms = (
        "任职",
        vec![
            vec!["姓名", "网格编码", "任职", "结束日期"],
            vec!["曹试九九", GRID_8, "网格员", "2026-03-04"],
        ],
    );
    let view = town.run(&[workers, terms], true);
    assert_eq!((view.wrong_total, view.applied), (1, false));
    assert_eq!(view.wrong[0].reason, "结束日期早于开始日期");
}

/// The four files of a county, each of which builds on the one before it.
fn county() -> Vec<File> {
    let one = |name: &str, sheet: &str, rows: Vec<Vec<&str>>| file(name, xlsx(&[(sheet, rows)]));
    vec![
        one(
            "org.xlsx",
            "组织机构",
            vec![vec!["单位编码", "单位名称"], vec!["610621103299", "新盘石村"]],
        ),
        one(
            "grids.xlsx",
            "网格",
            vec![vec!["网格编码", "网格名称"], vec!["6106211032992001", "新一格"]],
        ),
        file("workers.csv", "姓名,网格编码\n曹试九九,6106211032992001\n".as_bytes().to_vec()),
        one(
            "households.xlsx",
            "户",
            vec![vec!["户号", "户主", "网格编码"], vec!["H1", "张试三", "6106211032992001"]],
        ),
    ]
}

#[test]
fn files_of_one_import_come_in_any_order() {
    let town = town();
    let mut files = county();
    let one = run(&town.app, &files, false, &|_, _| {}).unwrap();
    files.reverse();
    let other = run(&town.app, &files, false, &|_, _| {}).unwrap();
    assert_eq!(one.wrong, []);
    assert_eq!(one, other);
    assert_eq!(one.name, "grids.xlsx、households.xlsx、org.xlsx、workers.csv");
    let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert!(view.applied);
    assert_eq!((town.households(), counts(&view, "任职")), (1, (1, 0, 0)));
}

#[test]
fn a_bad_row_in_one_file_holds_all_files_back_and_names_its_file() {
    let town = town();
    let mut files = county();
    let rows = "姓名,网格编码\n曹试九九,6106211032992777\n";
    files[2] = file("workers.csv", rows.as_bytes().to_vec());
    let before = town.seq();
    let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert_eq!((view.wrong_total, view.applied, town.seq()), (1, false, before));
    assert_eq!(yidang_api::import::wrong_place(&view.wrong[0]), "workers.csv 第 2 行");
    // A file that cannot be read at all is named too.
    files[2] = file("workers.csv", Vec::new());
    let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert!(view.refused.starts_with("workers.csv：文件是空的"), "{}", view.refused);
    assert_eq!(town.households(), 0);
}

#[test]
fn a_parent_may_stand_in_another_file_and_so_may_a_contradiction() {
    let town = town();
    let units = |name: &str, rows: Vec<Vec<&str>>| {
        let all = [vec![vec!["单位编码", "单位名称"]], rows].concat();
        file(name, xlsx(&[("组织机构", all)]))
    };
    let village = units("1-村.xlsx", vec![vec!["610621199001", "新盘石村"]]);
    let township = units("2-镇.xlsx", vec![vec!["610621199", "新盘石镇"]]);
    let files = [village.clone(), township];
    let view = run(&town.app, &files, false, &|_, _| {}).unwrap();
    assert_eq!((counts(&view, "组织机构"), view.wrong), ((2, 0, 0), vec![]));
    let other = units("2-镇.xlsx", vec![vec!["610621199", "甲镇"], vec!["610621199001", "乙村"]]);
    let view = run(&town.app, &[village, other], false, &|_, _| {}).unwrap();
    assert_eq!(view.wrong_total, 1);
    assert_eq!(view.wrong[0].reason, "编码与“1-村.xlsx 组织机构”第2行重复，内容不同");
}

#[test]
fn codes_of_relation_and_sex_are_read_and_the_sex_is_kept_nowhere() {
    let town = town();
    let sheets = |sex: &'static str| {
        vec![
            (
                "户",
                vec![vec!["户号", "户主", "门牌", "网格编码"], vec!["H1", "张试三", "1号", GRID_7]],
            ),
            (
                "家庭成员",
                vec![
                    vec!["户号", "姓名", "与户主关系", "性别", "身份证号"],
                    vec!["H1", "张试三", "02", "1", "610699195803120016"],
                    vec!["H1", "高模五", "12妻", sex, "610699196311050028"],
                ],
            ),
        ]
    };
    let view = town.run(&sheets("男"), true);
    assert_eq!((view.wrong_total, view.applied), (1, false));
    assert_eq!((view.wrong[0].column.as_str(), view.wrong[0].row), ("性别", 3));
    assert_eq!(view.wrong[0].reason, "性别与身份证号不一致");
    let view = town.run(&sheets("3"), true);
    assert_eq!(view.wrong[0].reason, "性别不认识");
    // Unknown contradicts nothing.
    let view = town.take(&sheets("0"));
    assert!(line(&view, "家庭成员", "张试三").words().contains("与户主关系：户主"));
    assert!(line(&view, "家庭成员", "高模五").words().contains("与户主关系：妻"));
    let said = town.app.read(|db| db.all_imported()).unwrap();
    let text: String = said.into_iter().map(|(_, row)| row.said).collect();
    assert!(!text.contains("sex") && !text.contains('男'));
}

#[test]
fn a_visit_team_comes_out_of_its_sheet() {
    let town = town();
    let rows = || {
        vec![
            vec!["村编码", "坐诊地点", "坐诊时间", "姓名", "坐诊职责"],
            vec!["610621103205", "罗家村党群中心", "9点半", "王样一", "组长"],
            vec!["610621103205", "", "", "刘演四", "网格员"],
        ]
    };
    let sheet = || [("驻村坐诊团队", rows())];
    let view = town.take(&sheet());
    assert_eq!(counts(&view, "坐诊队"), (1, 0, 0));
    assert!(view.listed[0].words().contains("成员：王样一（组长）、刘演四（网格员）"));
    let team = |town: &Town| {
        let register = town.app.register().unwrap();
        register.teams().iter().find(|team| team.village.as_str() == "610621103205").cloned()
    };
    let found = team(&town).unwrap();
    assert_eq!((found.place.as_str(), found.starts_at.as_str()), ("罗家村党群中心", "09:30"));
    assert_eq!((found.members.len(), found.members[0].name.as_str()), (2, "王样一"));
    let before = town.seq();
    town.take(&sheet());
    assert_eq!(town.seq(), before);
    // A later sheet that names neither place nor time leaves both.
    let mut fewer = rows();
    fewer.truncate(2);
    fewer[1] = vec!["610621103205", "", "", "刘演四", "组长"];
    town.take(&[("坐诊队", fewer)]);
    let after = team(&town).unwrap();
    assert_eq!((after.place.as_str(), after.members.len()), ("罗家村党群中心", 1));
}

/// A map of these shapes: the property with the code, and the geometry.
fn map(shapes: &[(&str, &str, &str)]) -> Vec<u8> {
    let shape = |(key, code, geometry): &(&str, &str, &str)| {
        format!(
            r#"{{"type":"Feature","properties":{{"名称":"x","{key}":"{code}"}},"geometry":{geometry}}}"#
        )
    };
    let shapes: Vec<String> = shapes.iter().map(shape).collect();
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, shapes.join(",")).into_bytes()
}

const SQUARE: &str = r#"{"type":"Polygon","coordinates":
    [[[109.7,36.5],[109.8,36.5],[109.8,36.6],[109.7,36.6],[109.7,36.5]]]}"#;
/// A small area and a large one with a hole.
const ISLANDS: &str = r#"{"type":"MultiPolygon","coordinates":[
    [[[109.1,36.1],[109.2,36.1],[109.2,36.2],[109.1,36.1]]],
    [[[109.7,36.5],[109.9,36.5],[109.9,36.7],[109.7,36.7],[109.7,36.5]],
     [[109.75,36.55],[109.76,36.55],[109.76,36.56],[109.75,36.55]]]]}"#;

fn ring(town: &Town, code: &str) -> Vec<(i32, i32)> {
    let register = town.app.register().unwrap();
    let found = register.outlines().iter().find(|outline| outline.org.as_str() == code);
    found.map(|outline| outline.ring.clone()).unwrap_or_default()
}

#[test]
fn a_map_brings_the_borders_of_units_and_a_repeat_writes_nothing() {
    let town = town();
    let bytes = map(&[("网格编码", GRID_7, SQUARE), ("单位编码", VILLAGE, ISLANDS)]);
    let files = [file("边界.geojson", bytes)];
    let check = run(&town.app, &files, false, &|_, _| {}).unwrap();
    assert_eq!(check.wrong, [], "{}", check.refused);
    let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
    let (added, changed, same) = counts(&view, "轮廓");
    assert_eq!((added + changed, same, view.applied), (2, 0, true));
    let square = [(10_970_000, 3_650_000), (10_980_000, 3_650_000), (10_980_000, 3_660_000)];
    assert_eq!(ring(&town, GRID_7)[..3], square);
    // Of two areas the large one, without its hole.
    assert_eq!(ring(&town, VILLAGE).len(), 4);
    let village = view.listed.iter().find(|line| line.name == "下盘石村").unwrap();
    assert!(village.words().contains("图形有2块，只画最大的一块"), "{}", village.words());
    let before = town.seq();
    let again = run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert_eq!((counts(&again, "轮廓"), town.seq()), ((0, 0, 2), before));
}

#[test]
fn a_bad_shape_is_told_by_its_number_and_holds_the_map_back() {
    let metres = r#"{"type":"Polygon","coordinates":[[[1,2],[500000,2],[3,4000000],[1,2]]]}"#;
    let swapped = r#"{"type":"Polygon","coordinates":
        [[[36.5,109.7],[36.5,109.8],[36.6,109.8],[36.5,109.7]]]}"#;
    let open = r#"{"type":"Polygon","coordinates":[[[109.7,36.5],[109.8,36.5],[109.8,36.6]]]}"#;
    let point = r#"{"type":"Point","coordinates":[109.7,36.5]}"#;
    let odd = r#"{"type":"Polygon","coordinates":"x"}"#;
    let cases = [
        ("网格编码", GRID_8, metres, "坐标不是经度、纬度"),
        ("网格编码", GRID_8, swapped, "坐标不是经度、纬度"),
        ("网格编码", GRID_8, open, "边界没有闭合，或者不到三个角"),
        ("网格编码", GRID_8, odd, "边界没有闭合，或者不到三个角"),
        ("网格编码", GRID_8, point, "这个图形不是面"),
        ("网格编码", GRID_8, "null", "这个图形不是面"),
        ("网格编码", "6106211032032777", SQUARE, "没有这个网格"),
        ("单位编码", "610621777", SQUARE, "没有这个单位"),
        ("备注", "x", SQUARE, "这个图形没有单位编码"),
        ("网格编码", GRID_7, ISLANDS, "这个单位在第1个图形已有图形"),
    ];
    let town = town();
    let before = town.seq();
    for (key, code, geometry, reason) in cases {
        let bytes = map(&[("网格编码", GRID_7, SQUARE), (key, code, geometry)]);
        let view = run(&town.app, &[file("边界.geojson", bytes)], true, &|_, _| {}).unwrap();
        assert_eq!((view.wrong_total, view.applied), (1, false), "{reason} {view:?}");
        assert_eq!(view.wrong[0].reason, reason);
        assert!(!view.wrong[0].cure.is_empty());
        let place = yidang_api::import::wrong_place(&view.wrong[0]);
        assert_eq!(place, "边界.geojson 第 2 个图形");
    }
    assert_eq!(town.seq(), before);
}

#[test]
fn maps_that_cannot_be_read_are_refused_in_words() {
    let town = town();
    let cases: [(&[u8], &str); 6] = [
        (b"", "文件是空的"),
        (b"{", "地图文件读不出来"),
        (b"[1,2]", "地图文件读不出来"),
        (br#"{"type":"Feature","features":[]}"#, "地图文件读不出来"),
        (br#"{"type":"FeatureCollection","features":[]}"#, "地图文件里没有图形"),
        (br#"{"type":"FeatureCollection","features":[7]}"#, "地图文件读不出来"),
    ];
    for (bytes, words) in cases {
        let files = [file("边界.geojson", bytes.to_vec())];
        let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
        assert!(view.refused.starts_with(words), "{words}: {}", view.refused);
    }
    let deep = [b"{\"type\":".as_slice(), &vec![b'['; 100_000]].concat();
    let view = run(&town.app, &[file("x.json", deep)], true, &|_, _| {}).unwrap();
    assert!(view.refused.starts_with("地图文件读不出来"), "{}", view.refused);
}

/// A bit of each byte changed, one after the other.
#[test]
fn a_mutated_map_harms_nothing() {
    let good = map(&[("网格编码", GRID_7, SQUARE), ("单位编码", VILLAGE, ISLANDS)]);
    let register = crate::register::Register::new(crate::demo::register(TODAY).unwrap(), false);
    let places = places::Places::new(&register, TODAY);
    for at in 0..good.len() {
        for bit in [1, 16] {
            let mut bytes = good.clone();
            bytes[at] ^= bit;
            let Ok(read) = borders::read("x.json", &bytes) else { continue };
            let mut wrongs = Wrongs::default();
            for border in borders::borders(&[read], &places, &mut wrongs) {
                assert!(border.outline.ring.len() >= 3);
            }
        }
    }
}

/// A map and the sheet of the grids that it draws are one import.
#[test]
fn a_map_of_grids_that_come_with_it_is_taken() {
    let town = town();
    let code = "6106211032032991";
    let grids = ("网格", vec![vec!["网格编码", "网格名称"], vec![code, "新格一"]]);
    let files = [
        file("边界.geojson", map(&[("网格编码", code, SQUARE)])),
        file("网格.xlsx", xlsx(&[grids])),
    ];
    let view = run(&town.app, &files, true, &|_, _| {}).unwrap();
    assert!(view.applied, "{:?}", view.wrong);
    assert_eq!(ring(&town, code).len(), 4);
    let register = town.app.register().unwrap();
    assert!(register.tree().find(&OrgCode::from(code)).is_some());
}
