//! 县级重录: what has to vanish vanishes, and the rest goes on in a file of its own.

use yidang_api::FaultCode;
use yidang_api::erasure::{AskErasure, SettleErasure};
use yidang_documents::{AgainError, Document, Projection, go_on, project};
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::org::Role;
use yidang_sync_protocol::RecordKind;
use yidang_sync_server::App;
use yidang_sync_server::erase::{EraseError, Erased, Order};
use yidang_sync_server::store::StoreError;

use crate::restore::{backup, healing, put_back, sound, told, tool};
use crate::support::{
    ACCEPTED, COUNTY, Device, GRID_7, REFUSED, TODAY, Town, accepted, close_asked, kinds, noon,
    visit,
};

const SECRET: &str = "常试五的旧案底";
const WORDS: &str = "去看了：常试五的旧案底，邻居都知道";

fn order(document: DocumentId) -> Order {
    let (by, second): (UserId, UserId) = ("u-feng".into(), "u-qian".into());
    Order {
        document, without: vec![SECRET.into()], basis: "延检〔2026〕5号".into(), by, second
    }
}

/// A county with two administrators, where 王样一 wrote a file and 李例二 accepted it.
async fn story() -> (Town, Device, Device, DocumentId) {
    let town = Town::new();
    town.hire("u-feng", "冯例八", COUNTY, Role::Administrator);
    town.hire("u-qian", "钱演四", COUNTY, Role::Administrator);
    let mut wang = town.device("u-wang").await;
    let case = wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    wang.add(case, visit(WORDS), noon(TODAY));
    wang.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    li.add(case, accepted(), noon(TODAY));
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    (town, wang, li, case)
}

fn erase(app: &App, case: DocumentId) -> DocumentId {
    let Erased { successor, is_scrubbed, .. } = app.erase(&order(case)).unwrap();
    assert!(is_scrubbed);
    successor.unwrap()
}

fn is_anywhere(town: &Town) -> bool {
    let files = std::fs::read_dir(town.directory.path().join("data")).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()))
}

fn number_of(document: &Document) -> Option<String> {
    match project(document) {
        Projection::CaseFile(case) => case.number,
        _ => None,
    }
}

#[tokio::test]
async fn the_file_goes_on_with_its_number_and_its_people_write_on() {
    let (town, mut wang, mut li, case) = story().await;
    let app = &town.app;
    let number = number_of(&wang.documents[&case]).unwrap();
    let next = erase(app, case);
    assert!(!is_anywhere(&town));
    for device in [&mut wang, &mut li] {
        device.sync(app).await;
        assert_eq!(number_of(&device.documents[&next]).as_ref(), Some(&number));
        let expected = [
            EntryKind::Found,
            EntryKind::Visit,
            EntryKind::Accepted,
            EntryKind::NumberIssued,
            EntryKind::Succeeds,
        ];
        let mut seen = kinds(device, next);
        seen.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(seen, expected, "{}", device.user);
    }
    wang.add(next, visit("接着去看了"), noon(TODAY));
    wang.add(next, close_asked(), noon(TODAY));
    assert!(wang.sync(app).await.iter().all(|receipt| receipt.verdict == ACCEPTED));
    li.sync(app).await;
    assert_eq!(li.documents[&next].heads(), wang.documents[&next].heads());
    // Nobody gets that number again, and the file gets no other.
    let other = wang.open_case(2, GRID_7, "另一件事", noon(TODAY));
    wang.sync(app).await;
    li.sync(app).await;
    li.add(other, accepted(), noon(TODAY));
    li.sync(app).await;
    wang.sync(app).await;
    assert_ne!(number_of(&wang.documents[&other]), Some(number));
    sound(app);
}

#[tokio::test]
async fn the_tombstone_names_what_goes_on_and_the_command_tells_it() {
    let (town, mut wang, _, case) = story().await;
    let app = &town.app;
    let next = erase(app, case);
    wang.sync(app).await;
    let named = wang.records.iter().find_map(|record| {
        let (_, record) = record.open(&wang.county_key).unwrap();
        (record.kind() == RecordKind::Tombstone).then(|| record.tombstone().unwrap().1.successor())
    });
    assert_eq!(named, Some(Some(*next.as_bytes())));
    let data = town.directory.path().join("data").display().to_string();
    let told = told(&tool(&["erased", "--data", &data]));
    assert!(told.contains(&format!("goes on as {next}")), "{told}");
}

#[tokio::test]
async fn nobody_but_the_county_records_again() {
    let (town, wang, li, case) = story().await;
    let app = &town.app;
    let old = wang.documents[&case].clone();
    let (cao, gao) = (town.device("u-cao").await, town.device("u-gao").await);
    let feng = town.device("u-feng").await;
    for device in [&wang, &li, &cao, &gao, &feng] {
        let id = DocumentId::from_bytes([9; 16]);
        let author = device.author(noon(TODAY));
        let (forged, changes) = go_on(&old, id, "没有依据", &[SECRET.into()], &author).unwrap();
        let changes = changes.into_iter().map(|change| change.bytes).collect();
        let batch = device.header(&forged).sign(changes, &device.seed);
        let reply = device.exchange(app, &device.request(vec![batch])).await;
        let said = &reply.receipts[0];
        assert_eq!((said.verdict, said.code.as_str()), (REFUSED, "not_allowed"), "{}", device.user);
    }
    assert!(app.store().read::<_, StoreError>(COUNTY, |db| db.documents()).unwrap().len() == 1);
}

#[tokio::test]
async fn a_restored_server_has_it_back_from_whoever_has_it() {
    let (town, mut wang, mut li, case) = story().await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let next = erase(&town.app, case);
    for device in [&mut wang, &mut li] {
        device.sync(&town.app).await;
    }
    wang.add(next, visit("接着去看了"), noon(TODAY));
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    let (number, heads) = (number_of(&wang.documents[&next]), wang.documents[&next].heads());
    let town = town.restarted(|data| put_back(data, &copy));
    assert!(!is_anywhere(&town) && healing(&town.app));
    assert!(wang.round(&town.app).await.heal);
    let given = wang.heal(&town.app, Vec::new()).await;
    assert!(given.iter().all(|receipt| receipt.verdict != REFUSED), "{given:?}");
    let row = town.app.store().read::<_, StoreError>(COUNTY, |db| db.document(next.as_bytes()));
    let mut here = row.unwrap().unwrap().heads;
    here.sort_unstable();
    let mut expected = heads;
    expected.sort_unstable();
    assert_eq!(here, expected, "the county's own record came back with what was built on it");
    assert!(!is_anywhere(&town));
    let mut li_too = town.device("u-li").await;
    li_too.sync(&town.app).await;
    assert_eq!(number_of(&li_too.documents[&next]), number);
    sound(&town.app);
}

#[tokio::test]
async fn a_copy_of_before_holds_it_though_nobody_had_fetched_it() {
    let (town, mut wang, mut li, case) = story().await;
    let number = number_of(&wang.documents[&case]);
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let next = erase(&town.app, case);
    let town = town.restarted(|data| put_back(data, &copy));
    assert!(!is_anywhere(&town) && healing(&town.app));
    for device in [&mut wang, &mut li] {
        assert!(device.round(&town.app).await.heal);
        device.heal(&town.app, Vec::new()).await;
        device.sync(&town.app).await;
    }
    for device in [&mut wang, &mut li] {
        device.sync(&town.app).await;
        assert_eq!(number_of(&device.documents[&next]), number, "{}", device.user);
    }
    sound(&town.app);
    // It is destroyed in its turn: nothing of it is left beside the database either.
    let beside = town.directory.path().join("data").join(format!("successor-{next}"));
    assert!(beside.exists());
    let whole = Order { without: Vec::new(), ..order(next) };
    town.app.erase(&whole).unwrap();
    assert!(!beside.exists());
}

#[tokio::test]
async fn what_was_not_sent_in_time_is_told_and_a_second_order_goes_on_from_the_first() {
    let (town, mut wang, _, case) = story().await;
    let app = &town.app;
    wang.add(case, visit("没赶上"), noon(TODAY));
    let next = erase(app, case);
    let receipts = wang.sync(app).await;
    assert!(receipts.iter().any(|receipt| receipt.code == "erased"), "{receipts:?}");
    wang.add(next, visit("第二处要删的话"), noon(TODAY));
    assert_eq!(wang.sync(app).await[0].verdict, ACCEPTED);
    let again = Order { without: vec!["第二处要删的话".into()], ..order(next) };
    let last = app.erase(&again).unwrap().successor.unwrap();
    wang.sync(app).await;
    let entries = project(&wang.documents[&last]).common().entries.clone();
    let goes_on = entries.iter().filter(|row| matches!(row.entry(), Some(Entry::Succeeds { .. })));
    assert_eq!(goes_on.count(), 2, "both orders are told");
    assert!(!wang.texts(last).iter().any(|text| text.contains("第二处")));
    wang.add(last, visit("还写"), noon(TODAY));
    assert_eq!(wang.sync(app).await[0].verdict, ACCEPTED);
    sound(app);
}

#[tokio::test]
async fn words_that_say_too_little_are_not_cut_and_two_administrators_see_them() {
    let (town, wang, _, case) = story().await;
    let app = &town.app;
    for without in [vec!["常".to_owned()], vec!["常试五 ".into()], vec!["两行\n字".into()]] {
        let refused = app.erase(&Order { without, ..order(case) }).unwrap_err();
        assert!(matches!(refused, EraseError::Without), "{refused:?}");
    }
    let slip = Order { without: vec!["常试六".into()], ..order(case) };
    let refused = app.erase(&slip).unwrap_err();
    assert!(matches!(refused, EraseError::Again(AgainError::NotThere)), "{refused:?}");
    assert!(is_anywhere(&town), "nothing happened");
    sound(app);
    let feng = town.device("u-feng").await;
    let asking = |without: &[&str]| AskErasure {
        document: case.to_string(),
        basis: "延检〔2026〕5号".into(),
        without: without.iter().map(|word| (*word).to_owned()).collect(),
    };
    assert_eq!(feng.refused(app, &asking(&["常"])).await.1, "without");
    let view = feng.ask(app, &asking(&[SECRET, " "])).await.unwrap();
    assert_eq!(view.waiting[0].without, [SECRET]);
    let qian = town.device("u-qian").await;
    assert_eq!(wang.refused(app, &SettleErasure { document: case, confirm: true }).await.0, {
        FaultCode::NotAllowed
    });
    let done = qian.ask(app, &SettleErasure { document: case, confirm: true }).await.unwrap();
    assert!(done.erased[0].successor.is_some() && done.waiting.is_empty(), "{done:?}");
    assert!(!is_anywhere(&town), "also not among what was asked for");
}

#[tokio::test]
async fn a_county_that_heals_records_nothing_again() {
    let (town, mut wang, _, case) = story().await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    wang.add(case, visit("备份以后"), noon(TODAY));
    wang.sync(&town.app).await;
    let town = town.restarted(|data| put_back(data, &copy));
    wang.round(&town.app).await;
    assert!(healing(&town.app));
    assert!(matches!(town.app.erase(&order(case)).unwrap_err(), EraseError::Healing));
    assert!(is_anywhere(&town), "and nothing was destroyed");
    sound(&town.app);
}
