//! Grids are split and joined while devices write without a network.

use yidang_api::FaultCode;
use yidang_api::admin::{GridChanged, MergeGrid, PutAssignment, SplitGrid, UnitsQuestion};
use yidang_documents::{Edit, Projection, RegisterPath, Scalar, project};
use yidang_domain::civil::date_after;
use yidang_domain::entry::Entry;
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::Role;
use yidang_sync_server::check;
use yidang_sync_server::store::StoreError;

use crate::support::ask::fresh_name;
use crate::support::{
    ACCEPTED, COUNTY, DUPLICATE, Device, GRID_6, GRID_7, GRID_8, ORDINARY_DAY, REFUSED, Town,
    VILLAGE, XIAYI_IN_LEICHI, XIAYI_IN_ZHANGJIATAN, noon, visit,
};

const GRID_9: &str = "6106211032032009";
const GRID_13: &str = "6106211032032013";

fn seen(words: &str) -> Entry {
    Entry::HouseholdSeen { words: words.into() }
}

/// Two households of grid 7: 薛样一 at 3-01 and 高试五 at 3-02.
fn two_households(wang: &mut Device) -> [DocumentId; 2] {
    let at = noon(ORDINARY_DAY);
    let xue = [("薛样一", "12000000041"), ("马例二", "")];
    let gao = [("高试五", ""), ("白测七", "")];
    [
        wang.open_household(3, GRID_7, "3-01", xue, at),
        wang.open_household(5, GRID_7, "3-02", gao, at),
    ]
}

/// 3-01 goes to a new grid, to 屈试七 who has had grid 9.
fn split() -> SplitGrid {
    SplitGrid {
        grid: GRID_7.into(),
        name: "第13网格".into(),
        households: vec!["3-01".into(), "9-99".into()],
        worker: Some("u-qu".into()),
    }
}

fn merge(grid: &str, into: &str) -> MergeGrid {
    MergeGrid { grid: grid.into(), into: into.into() }
}

fn fact(device: &Device, id: DocumentId, field: &str) -> String {
    match project(&device.documents[&id]) {
        Projection::Household(household) => household.fact(field),
        Projection::CaseFile(case) => case.fact(field),
        Projection::VisitDay(_) => String::new(),
    }
}

/// Everything in the database fits together.
fn sound(town: &Town) {
    let findings =
        town.app.store().read::<_, StoreError>(COUNTY, |db| check::check(db, COUNTY)).unwrap();
    assert!(findings.broken.is_empty(), "{:?}", findings.broken);
}

#[tokio::test]
async fn a_grid_is_split_while_wang_writes_into_a_household_that_moves() {
    let town = Town::on(ORDINARY_DAY);
    town.hire("u-qu", "屈试七", GRID_9, Role::GridWorker);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    let mut qu = town.device("u-qu").await;
    let [xue, gao] = two_households(&mut wang);
    let case = wang.open_case(1, GRID_7, "薛家门前堆柴", noon(ORDINARY_DAY));
    wang.sync(&town.app).await;
    qu.sync(&town.app).await;
    assert!(qu.documents.is_empty());

    wang.add(xue, seen("老人一人在家"), noon(ORDINARY_DAY));
    wang.set(xue, "facts.needs", "送药", noon(ORDINARY_DAY));
    let ask = fresh_name();
    let changed = feng.ask_as(&town.app, ask.clone(), &split()).await.unwrap();
    let expected =
        GridChanged { grid: GRID_13.into(), households: 1, files: 0, unknown: vec!["9-99".into()] };
    assert_eq!(changed, expected);
    let receipts = wang.sync(&town.app).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == ACCEPTED));
    qu.sync(&town.app).await;

    assert_eq!(wang.released, [xue]);
    assert!(wang.documents.contains_key(&gao) && wang.documents.contains_key(&case));
    assert_eq!(qu.documents.keys().copied().collect::<Vec<_>>(), [xue]);
    assert!(qu.texts(xue).contains(&"老人一人在家".to_owned()));
    assert_eq!(
        (fact(&qu, xue, "needs").as_str(), fact(&qu, xue, "grid").as_str()),
        ("送药", GRID_13)
    );
    let line = town.app.store().read::<_, StoreError>(COUNTY, |db| db.household(xue.as_bytes()));
    assert_eq!(line.unwrap().unwrap().org, GRID_13);
    // The new worker goes on where wang ended.
    qu.add(xue, seen("药送到了"), noon(ORDINARY_DAY));
    let receipts = qu.sync(&town.app).await;
    assert_eq!(receipts[0].verdict, ACCEPTED);

    // Her first answer was lost: asking again makes no second grid.
    assert_eq!(feng.ask_as(&town.app, ask, &split()).await.unwrap(), expected);
    let of_village = UnitsQuestion { parent: Some(VILLAGE.into()), text: String::new() };
    assert_eq!(feng.ask(&town.app, &of_village).await.unwrap().len(), 13);
    sound(&town);
}

#[tokio::test]
async fn a_split_that_cannot_be_changes_nothing() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    two_households(&mut wang);
    wang.sync(&town.app).await;
    let split = SplitGrid { worker: None, ..split() };
    for (question, field) in [
        (SplitGrid { grid: VILLAGE.into(), ..split.clone() }, "grid"),
        (SplitGrid { name: "第8网格".into(), ..split.clone() }, "name"),
        (SplitGrid { worker: Some("u-nobody".into()), ..split.clone() }, "worker"),
        (SplitGrid { households: vec!["9-99".into()], ..split.clone() }, "households"),
    ] {
        let no = feng.refused(&town.app, &question).await;
        assert_eq!(no, (FaultCode::Invalid, field.to_owned()));
    }
    let register = town.app.register().unwrap();
    assert!(register.tree().find(&GRID_13.into()).is_none());
}

/// He was two days without a network. Meanwhile his post ended and a household he held moved on.
#[tokio::test]
async fn wang_changes_grids_while_offline_and_nothing_he_wrote_is_lost() {
    let town = Town::on(date_after(ORDINARY_DAY, -2));
    town.hire("u-qu", "屈试七", GRID_9, Role::GridWorker);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    let mut liu = town.device("u-liu").await;
    let mut li = town.device("u-li").await;
    let mut qu = town.device("u-qu").await;
    let [xue, gao] = two_households(&mut wang);
    let case = wang.open_case(1, GRID_7, "争一行梨树", noon(date_after(ORDINARY_DAY, -2)));
    wang.sync(&town.app).await;
    let next_door = liu.open_case(2, GRID_6, "邻格的事", noon(date_after(ORDINARY_DAY, -2)));
    liu.sync(&town.app).await;

    town.clock.advance_minutes(2 * 24 * 60);
    let from = town.app.register().unwrap().assignments_of(&wang.user).next().unwrap().from;
    let post = |org: &str, from, to| PutAssignment {
        user: "u-wang".into(),
        org: org.into(),
        role: Role::GridWorker,
        from,
        to,
    };
    let yesterday = Some(date_after(ORDINARY_DAY, -1));
    feng.ask(&town.app, &post(GRID_7, from, yesterday)).await.unwrap();
    feng.ask(&town.app, &post(GRID_6, ORDINARY_DAY, None)).await.unwrap();
    feng.ask(&town.app, &split()).await.unwrap();
    wang.add(case, visit("两家都去过了"), noon(date_after(ORDINARY_DAY, -1)));
    wang.add(xue, seen("老人一人在家"), noon(date_after(ORDINARY_DAY, -1)));
    let new = wang.open_case(4, GRID_7, "羊进了地", noon(date_after(ORDINARY_DAY, -1)));
    let receipts = wang.sync(&town.app).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == ACCEPTED), "{receipts:?}");

    assert_eq!(wang.documents.keys().copied().collect::<Vec<_>>(), [next_door]);
    let mut released = wang.released.clone();
    released.sort();
    let mut expected = vec![xue, gao, case, new];
    expected.sort();
    assert_eq!(released, expected, "also the household that moved on meanwhile");
    li.sync(&town.app).await;
    assert!(li.texts(case).contains(&"两家都去过了".to_owned()));
    assert_eq!(fact(&li, new, "matter"), "羊进了地");
    qu.sync(&town.app).await;
    assert!(qu.texts(xue).contains(&"老人一人在家".to_owned()));
    sound(&town);
}

#[tokio::test]
async fn two_households_become_one_while_wang_writes_into_the_one_that_goes() {
    let town = Town::on(ORDINARY_DAY);
    town.hire("u-ma", "马例九", VILLAGE, Role::VillageCadre);
    let mut wang = town.device("u-wang").await;
    let mut ma = town.device("u-ma").await;
    let [xue, gao] = two_households(&mut wang);
    wang.sync(&town.app).await;
    ma.sync(&town.app).await;
    ma.add(
        xue,
        Entry::HouseholdMerged { into: gao, reason: "随子女生活".into() },
        noon(ORDINARY_DAY),
    );
    ma.sync(&town.app).await;
    wang.add(xue, seen("老人一人在家"), noon(ORDINARY_DAY));
    wang.set(xue, "facts.needs", "送药", noon(ORDINARY_DAY));
    let receipts = wang.sync(&town.app).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == ACCEPTED));
    ma.sync(&town.app).await;
    for device in [&wang, &ma] {
        let Projection::Household(household) = project(&device.documents[&xue]) else { panic!() };
        assert_eq!(household.merged_into(), Some(gao));
        assert_eq!(household.fact("needs"), "送药");
        assert!(device.texts(xue).contains(&"老人一人在家".to_owned()));
    }
    sound(&town);
}

#[tokio::test]
async fn a_grid_joins_another_and_whoever_works_there_gets_its_files_page_by_page() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut zhang = town.device("u-zhang").await;
    let households = two_households(&mut wang);
    let cases: Vec<DocumentId> = (1..=5).map(|n| wang.open_case(n, GRID_7, "一件事", at)).collect();
    wang.sync(&town.app).await;
    zhang.sync(&town.app).await;

    wang.add(households[0], seen("老人一人在家"), at);
    wang.add(cases[0], visit("两家都去过了"), at);
    let late = wang.open_case(6, GRID_7, "并格以后才送到的事", at);
    let changed = feng.ask(&town.app, &merge(GRID_7, GRID_8)).await.unwrap();
    assert_eq!((changed.grid, changed.households, changed.files), (GRID_8.into(), 2, 5));
    let receipts = wang.sync(&town.app).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == ACCEPTED), "{receipts:?}");
    // One document a page: none may fall between two pages.
    zhang.most_bytes = 1;
    zhang.sync(&town.app).await;
    let mut all = [households.to_vec(), cases.clone(), vec![late]].concat();
    all.sort();
    assert_eq!(zhang.documents.keys().copied().collect::<Vec<_>>(), all);
    assert!(zhang.texts(households[0]).contains(&"老人一人在家".to_owned()));
    assert!(zhang.texts(cases[0]).contains(&"两家都去过了".to_owned()));
    assert_eq!(fact(&zhang, households[0], "grid"), GRID_8);
    assert_eq!(fact(&zhang, cases[0], "grid"), GRID_7, "nobody wrote into the files");

    // Wang had no other grid and works in the joined one, tomorrow as well.
    assert!(wang.released.is_empty());
    town.clock.advance_minutes(24 * 60);
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.keys().copied().collect::<Vec<_>>(), all);
    let posts: Vec<OrgCode> =
        wang.reference.as_ref().unwrap().assignments.iter().map(|post| post.org.clone()).collect();
    assert_eq!(posts, [OrgCode::from(GRID_7), OrgCode::from(GRID_8)]);
    zhang.add(cases[1], visit("接着办"), noon(date_after(ORDINARY_DAY, 1)));
    assert_eq!(zhang.sync(&town.app).await[0].verdict, ACCEPTED);
    sound(&town);
}

#[tokio::test]
async fn grids_that_join_one_after_another_stay_within_the_county() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let mut wang = town.device("u-wang").await;
    let mut liu = town.device("u-liu").await;
    let case = wang.open_case(1, GRID_7, "争一行梨树", noon(ORDINARY_DAY));
    wang.sync(&town.app).await;
    liu.sync(&town.app).await;
    let chain = (7..=12).chain([1, 2, 6]).map(|n| format!("6106211032032{n:03}"));
    let chain: Vec<String> = chain.collect();
    for pair in chain.windows(2) {
        feng.ask(&town.app, &merge(&pair[0], &pair[1])).await.unwrap();
    }
    liu.sync(&town.app).await;
    assert!(liu.documents.contains_key(&case));
    let mut hao = town.device("u-hao").await;
    hao.sync(&town.app).await;
    assert!(hao.documents.contains_key(&case));
    let register = town.app.register().unwrap();
    assert_eq!(register.tree().chain(&GRID_7.into()).len(), 5);
    liu.add(case, visit("接着办"), noon(ORDINARY_DAY));
    assert_eq!(liu.sync(&town.app).await[0].verdict, ACCEPTED);
}

#[tokio::test]
async fn a_grid_that_ended_takes_nobody_and_joins_nothing() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    let app = &town.app;
    let invalid = |field: &str| (FaultCode::Invalid, field.to_owned());
    assert_eq!(feng.refused(app, &merge(GRID_7, GRID_7)).await, invalid("into"));
    assert_eq!(feng.refused(app, &merge(GRID_7, XIAYI_IN_ZHANGJIATAN)).await, invalid("into"));
    assert_eq!(feng.refused(app, &merge(GRID_7, VILLAGE)).await, invalid("into"));
    feng.ask(app, &merge(GRID_7, GRID_8)).await.unwrap();
    assert_eq!(feng.refused(app, &merge(GRID_7, GRID_6)).await, invalid("grid"));
    assert_eq!(feng.refused(app, &merge(GRID_6, GRID_7)).await, invalid("into"));
    let split = SplitGrid { worker: None, households: Vec::new(), ..split() };
    assert_eq!(feng.refused(app, &split).await, invalid("grid"));
    let post = PutAssignment {
        user: "u-liu".into(),
        org: GRID_7.into(),
        role: Role::GridWorker,
        from: ORDINARY_DAY,
        to: None,
    };
    assert_eq!(feng.refused(app, &post).await, invalid("org"));
    let of_grid = UnitsQuestion { parent: Some(GRID_8.into()), text: String::new() };
    let below = feng.ask(app, &of_grid).await.unwrap();
    assert_eq!((below[0].org.as_str(), below[0].closed_on), (GRID_7, Some(ORDINARY_DAY)));
}

/// Whoever has another grid keeps to that one.
#[tokio::test]
async fn a_worker_of_two_grids_keeps_the_other_one() {
    let town = Town::on(ORDINARY_DAY);
    let feng = town.administrator().await;
    town.hire("u-zhang", "张试三", GRID_9, Role::GridWorker);
    feng.ask(&town.app, &merge(GRID_8, GRID_7)).await.unwrap();
    let register = town.app.register().unwrap();
    let tomorrow = date_after(ORDINARY_DAY, 1);
    let zhang = "u-zhang".into();
    let grids: Vec<&str> = register
        .assignments_of(&zhang)
        .filter(|post| post.holds_on(tomorrow))
        .map(|post| post.org.as_str())
        .collect();
    assert_eq!(grids, [GRID_9]);
}

/// What 迁格 writes: the grid and the entry in one change.
fn move_to(device: &mut Device, id: DocumentId, grid: &str) {
    let path = RegisterPath::parse("facts.grid").unwrap();
    let entry = Entry::HouseholdMoved { to: grid.into(), reason: "随子女搬家".into() };
    let edits = [Edit::Set(path, Scalar::Text(grid.into())), Edit::AddEntry(entry)];
    device.write(id, &edits, noon(ORDINARY_DAY));
}

/// 薛样一's household moves from 下盘石村 to 下驿 of the same township while the worker there has no
/// network. 王样一 knows that grid by name alone; the household leaves his phone, whole.
#[tokio::test]
async fn a_household_that_moves_to_another_village_leaves_one_worker_and_comes_to_the_other() {
    let town = Town::on(ORDINARY_DAY);
    town.hire("u-bai", "白例九", XIAYI_IN_ZHANGJIATAN, Role::GridWorker);
    let mut wang = town.device("u-wang").await;
    let mut liu = town.device("u-liu").await;
    let mut bai = town.device("u-bai").await;
    let [xue, gao] = two_households(&mut wang);
    wang.add(xue, seen("老人一人在家"), noon(ORDINARY_DAY));
    for device in [&mut wang, &mut liu, &mut bai] {
        device.sync(&town.app).await;
    }
    assert!(bai.documents.is_empty() && liu.documents.is_empty());
    let reference = wang.reference.clone().unwrap();
    let xiayi = OrgCode::from(XIAYI_IN_ZHANGJIATAN);
    let village = reference.neighbours.iter().find(|near| near.name == "下驿村").unwrap();
    assert!(village.units().iter().any(|unit| unit.code == xiayi));
    assert!(!reference.units.iter().any(|unit| unit.code == xiayi), "by name alone");
    assert!(!reference.staff.iter().any(|person| person.name == "白例九"), "no people of theirs");

    move_to(&mut wang, xue, XIAYI_IN_ZHANGJIATAN);
    let receipts = wang.sync(&town.app).await;
    assert!(receipts.iter().all(|receipt| receipt.verdict == ACCEPTED), "{receipts:?}");
    wang.sync(&town.app).await;
    assert_eq!(wang.released, [xue]);
    assert_eq!(wang.documents.keys().copied().collect::<Vec<_>>(), [gao]);
    let line = town.app.store().read::<_, StoreError>(COUNTY, |db| db.household(xue.as_bytes()));
    let line = line.unwrap().unwrap();
    assert_eq!(line.org, XIAYI_IN_ZHANGJIATAN);

    // 白例九 has a signal again, and goes on where 王样一 ended. Nobody beside them ever held it.
    bai.sync(&town.app).await;
    assert_eq!(bai.documents.keys().copied().collect::<Vec<_>>(), [xue]);
    assert!(bai.texts(xue).contains(&"老人一人在家".to_owned()));
    assert_eq!(fact(&bai, xue, "grid"), XIAYI_IN_ZHANGJIATAN);
    bai.add(xue, seen("到新家看过"), noon(ORDINARY_DAY));
    assert_eq!(bai.sync(&town.app).await[0].verdict, ACCEPTED);
    liu.sync(&town.app).await;
    assert!(liu.documents.is_empty());
    sound(&town);
}

#[tokio::test]
async fn a_household_is_moved_to_no_other_township_and_its_grids_are_not_told() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let [xue, _] = two_households(&mut wang);
    wang.sync(&town.app).await;
    let leichi = OrgCode::from(XIAYI_IN_LEICHI);
    assert!(wang.reference.as_ref().unwrap().tree().find(&leichi).is_none());
    move_to(&mut wang, xue, XIAYI_IN_LEICHI);
    let receipt = wang.sync(&town.app).await.pop().unwrap();
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "out_of_reach"));
    let line = town.app.store().read::<_, StoreError>(COUNTY, |db| db.household(xue.as_bytes()));
    assert_eq!(line.unwrap().unwrap().org, GRID_7);
}

/// Found by the simulated county: written down and moved away in one afternoon, and the answer that said
/// so was lost. The household never was in his scope here, so nothing but a receipt can release it.
#[tokio::test]
async fn a_household_moved_away_leaves_the_phone_though_the_first_answer_was_lost() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    wang.sync(&town.app).await;
    let [xue, _] = two_households(&mut wang);
    move_to(&mut wang, xue, GRID_8);
    let request = wang.request(wang.outbox.clone());
    wang.exchange(&town.app, &request).await;
    let reply = wang.exchange(&town.app, &request).await;
    assert!(reply.receipts.iter().all(|receipt| receipt.verdict == DUPLICATE));
    assert_eq!(reply.released, [xue.as_bytes().to_vec()]);
}
