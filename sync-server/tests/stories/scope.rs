//! Who gets which documents, and in how many pages.

use std::collections::BTreeMap;

use crate::restore::{backup, restore};
use crate::support::{
    ACCEPTED, Device, GRID_6, GRID_7, GRID_8, ORDINARY_DAY, TODAY, Town, VILLAGE, XIAYI_IN_LEICHI,
    XIAYI_IN_ZHANGJIATAN, accepted, close_asked, closed, noon, visit,
};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::{Assignment, Role};
use yidang_domain::reference::{TeamMember, VisitTeam};
use yidang_sync_server::register::RegisterData;

/// Sets the first assignment's end, or adds one.
fn assign(town: &Town, user: &str, org: &str, from: Date, to: Option<Date>) {
    let role = Role::GridWorker;
    let assignment = Assignment { user: user.into(), org: org.into(), role, from, to };
    let calendar = yidang_domain::calendar::yanchang_2026();
    let data = RegisterData { assignments: vec![assignment], calendar, ..RegisterData::default() };
    town.app.put_register(&data).unwrap();
}

/// 王样一's post ended with yesterday.
fn wang_leaves(town: &Town) {
    let from = town.app.register().unwrap().assignments_of(&"u-wang".into()).next().unwrap().from;
    assign(town, "u-wang", GRID_7, from, Some(date_after(ORDINARY_DAY, -1)));
}

#[tokio::test]
async fn a_worker_of_leichi_sees_nothing_of_zhangjiatan_though_both_have_a_xiayi() {
    let town = Town::new();
    let mut li = town.device("u-li").await;
    let mut he = town.device("u-he").await;
    let at = noon(TODAY);
    li.open_case(1, XIAYI_IN_ZHANGJIATAN, "张家滩下驿的事", at);
    li.open_case(2, GRID_7, "下盘石的事", at);
    li.sync(&town.app).await;
    let own = he.open_case(3, XIAYI_IN_LEICHI, "雷赤下驿的事", at);
    he.sync(&town.app).await;
    assert_eq!(he.documents.keys().copied().collect::<Vec<_>>(), [own]);
    let reference = he.reference.unwrap();
    assert!(!reference.units.iter().any(|unit| unit.name == "张家滩镇"));
    let mut hao = town.device("u-hao").await;
    hao.sync(&town.app).await;
    assert_eq!(hao.documents.len(), 3, "the county sees all");
}

#[tokio::test]
async fn a_new_device_hears_once_how_many_documents_lie_in_its_scope() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    for n in 1..=3 {
        li.open_case(n, GRID_7, "争一条地埂", at);
    }
    li.sync(&town.app).await;
    let mut he = town.device("u-he").await;
    he.open_case(4, XIAYI_IN_LEICHI, "雷赤的事", at);
    he.sync(&town.app).await;
    let mut cao = town.device("u-cao").await;
    cao.most_bytes = 1;
    let first = cao.round(&town.app).await;
    assert_eq!((first.in_scope, first.documents.len(), first.more), (3, 1, true));
    let second = cao.round(&town.app).await;
    assert_eq!((second.in_scope, second.documents.len()), (0, 1), "told once");
    cao.sync(&town.app).await;
    assert_eq!(cao.documents.len(), 3);
    assert_eq!(cao.round(&town.app).await.in_scope, 0);
}

#[tokio::test]
async fn a_grid_worker_reads_the_village_around_its_day_and_gives_it_back_after() {
    let town = Town::on(TODAY);
    let mut li = town.device("u-li").await;
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let next_door = li.open_case(1, GRID_8, "邻格的事", at);
    let own = li.open_case(2, GRID_7, "本格的事", at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.len(), 2);
    town.clock.advance_minutes(4 * 24 * 60);
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.keys().copied().collect::<Vec<_>>(), [own]);
    assert_eq!(wang.released, [next_door]);
    town.clock.advance_minutes(5 * 24 * 60);
    wang.sync(&town.app).await;
    assert!(wang.documents.contains_key(&next_door), "the next visit day brings it back");
}

/// 何演八 of 雷赤 brings what a colleague of 张家滩 wrote: it is taken, and he is told to keep nothing of it.
/// What a person brings whose scope changed while the server had lost it is let go the same way.
#[tokio::test]
async fn what_was_brought_from_elsewhere_is_not_kept() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    let matter = li.open_case(1, GRID_7, "争一条地埂", at);
    let mut he = town.device("u-he").await;
    he.sync(&town.app).await;
    let batch = li.set(matter, "facts.place", "后沟", at);
    let own = he.open_case(2, XIAYI_IN_LEICHI, "雷赤的事", at);
    let mut push = li.outbox.clone();
    push.extend(he.outbox.clone());
    assert!(push.contains(&batch));
    let reply = he.exchange(&town.app, &he.request(push)).await;
    let verdicts: Vec<i32> = reply.receipts.iter().map(|receipt| receipt.verdict).collect();
    assert!(verdicts.iter().all(|verdict| *verdict == ACCEPTED), "{verdicts:?}");
    assert_eq!(reply.released, [matter.as_bytes().to_vec()], "and not {own:?}");
}

#[tokio::test]
async fn visit_days_are_read_in_every_grid_of_the_village_and_households_in_their_own() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut gao = town.device("u-gao").await;
    let day =
        yidang_sync_server::kinds::visit_day_id(&VILLAGE.into(), "2026-11-20".parse().unwrap());
    gao.begin(DocumentKind::VisitDay, day, VILLAGE);
    gao.set(day, "plan.place", "村委会", at);
    gao.sync(&town.app).await;
    let mut wang = town.device("u-wang").await;
    let home = wang.begin(DocumentKind::Household, DocumentId::from_bytes([3; 16]), GRID_7);
    wang.set(home, "facts.head", "薛样一", at);
    wang.sync(&town.app).await;
    assert!(wang.documents.contains_key(&day));
    let mut zhang = town.device("u-zhang").await;
    zhang.sync(&town.app).await;
    assert_eq!(zhang.documents.keys().copied().collect::<Vec<_>>(), [day]);
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(
        li.documents.keys().copied().collect::<Vec<_>>(),
        [day],
        "no households at the town"
    );
}

#[tokio::test]
async fn a_file_that_moves_to_another_grid_leaves_one_device_and_comes_whole_to_the_other() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut zhang = town.device("u-zhang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "其实在第8网格", at);
    wang.sync(&town.app).await;
    zhang.sync(&town.app).await;
    li.sync(&town.app).await;
    li.set(id, "facts.grid", GRID_8, at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    zhang.sync(&town.app).await;
    assert_eq!(wang.released, [id]);
    assert_eq!(zhang.documents[&id].heads(), li.documents[&id].heads());
    li.set(id, "facts.grid", GRID_7, at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    zhang.sync(&town.app).await;
    assert_eq!(wang.documents[&id].heads(), li.documents[&id].heads());
    assert_eq!(zhang.released, [id]);
}

#[tokio::test]
async fn a_new_grid_comes_whole_page_by_page_and_an_old_one_is_given_back() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    let mut wang = town.device("u-wang").await;
    for n in 1..=6 {
        li.open_case(n, GRID_8, "第8网格的事", at);
    }
    let own = li.open_case(7, GRID_7, "本格的事", at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.len(), 1);
    assign(&town, "u-wang", GRID_8, ORDINARY_DAY, Some(date_after(ORDINARY_DAY, 10)));
    wang.most_bytes = 1;
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.len(), 7);
    assert!(wang.released.is_empty());
    town.clock.advance_minutes(11 * 24 * 60 + 24 * 60 * 10);
    wang.sync(&town.app).await;
    assert_eq!(wang.documents.keys().copied().collect::<Vec<_>>(), [own]);
    assert_eq!(wang.released.len(), 6);
}

/// Found by the simulated county (seed 101 of 14 devices and 8 days): her grid became another one while
/// pages of what had happened in the old one were still on their way, and nobody took those back.
#[tokio::test]
async fn a_grid_that_is_left_while_pages_are_on_their_way_is_given_back_whole() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    let mut wang = town.device("u-wang").await;
    let mut files: Vec<DocumentId> =
        (1..=3).map(|n| li.open_case(n, GRID_7, "旧网格的事", at)).collect();
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    for id in &files {
        li.add(*id, visit("两家都在"), at);
    }
    li.sync(&town.app).await;
    wang.most_bytes = 1;
    assert!(wang.round(&town.app).await.more, "the line breaks after one page");
    wang_leaves(&town);
    assign(&town, "u-wang", GRID_8, ORDINARY_DAY, None);
    wang.sync(&town.app).await;
    assert!(wang.documents.is_empty(), "nothing of the old grid stays");
    files.sort();
    wang.released.sort();
    assert_eq!(wang.released, files);
}

#[tokio::test]
async fn whoever_leaves_the_post_reads_nothing_any_more() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang_leaves(&town);
    wang.sync(&town.app).await;
    assert_eq!(wang.released, [id]);
    assert!(wang.documents.is_empty());
}

/// 王样一's post ended while she was away, and before she came again the server was restored: nobody knows any
/// more what she was told of, so she is told to keep nothing of the file that lies on her device.
#[tokio::test]
async fn whoever_left_before_a_restore_lets_go_of_what_they_held() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang_leaves(&town);
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let town = town.restarted(|data| restore(data, &copy));
    wang.give_back(&town.app, Vec::new()).await;
    assert_eq!(wang.released, [id]);
    assert!(wang.documents.is_empty());
}

/// Writes files of three grids, interleaved by a small random walk.
async fn busy_village(town: &Town, li: &mut Device, seed: u64) -> Vec<DocumentId> {
    let at = noon(ORDINARY_DAY);
    let mut walk = seed;
    let mut next = |most: usize| {
        walk = walk.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(walk >> 33).unwrap() % most
    };
    let mut files = Vec::new();
    for step in 0..60_u8 {
        if files.len() < 12 && next(3) == 0 || files.is_empty() {
            let grid = [GRID_6, GRID_7, GRID_8][next(3)];
            files.push(li.open_case(step, grid, "一件事", at));
        } else {
            let id = files[next(files.len())];
            li.add(id, visit(&format!("第{step}次")), at);
        }
        if next(4) == 0 {
            li.round(&town.app).await;
        }
    }
    li.sync(&town.app).await;
    files
}

fn same(a: &Device, b: &Device) {
    assert_eq!(
        a.documents.iter().map(|(id, document)| (id, document.heads())).collect::<BTreeMap<_, _>>(),
        b.documents.iter().map(|(id, document)| (id, document.heads())).collect::<BTreeMap<_, _>>()
    );
}

#[tokio::test]
async fn tiny_pages_bring_a_new_device_everything_exactly_once() {
    for (seed, most_bytes) in [(1, 1), (2, 700), (3, 3_000)] {
        let town = Town::on(ORDINARY_DAY);
        let mut li = town.device("u-li").await;
        busy_village(&town, &mut li, seed).await;
        let mut cao = town.device("u-cao").await;
        cao.most_bytes = most_bytes;
        let mut seen = BTreeMap::new();
        loop {
            let reply = cao.round(&town.app).await;
            for page in &reply.documents {
                *seen.entry(page.document.clone()).or_insert(0) += 1;
            }
            if !reply.more {
                break;
            }
        }
        same(&cao, &li);
        assert_eq!(seen.len(), li.documents.len());
        assert!(seen.values().all(|times| *times == 1), "seed {seed}: {seen:?}");
    }
}

#[tokio::test]
async fn tiny_pages_bring_a_known_device_every_batch_exactly_once() {
    for (seed, most_bytes) in [(4, 1), (5, 700), (6, 3_000)] {
        let town = Town::on(ORDINARY_DAY);
        let mut li = town.device("u-li").await;
        let mut cao = town.device("u-cao").await;
        cao.sync(&town.app).await;
        busy_village(&town, &mut li, seed).await;
        cao.most_bytes = most_bytes;
        let mut batches = 0;
        let mut pages = 0;
        loop {
            let reply = cao.round(&town.app).await;
            assert!(reply.documents.iter().all(|page| page.snapshot.is_empty()));
            batches += reply.documents.iter().map(|page| page.batches.len()).sum::<usize>();
            pages += 1;
            if !reply.more {
                break;
            }
        }
        same(&cao, &li);
        assert_eq!(batches, 60, "seed {seed}");
        assert!(pages > 1);
    }
}

#[tokio::test]
async fn pages_asked_for_twice_and_files_that_change_in_between_lose_nothing() {
    let town = Town::on(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    let files = busy_village(&town, &mut li, 7).await;
    let mut cao = town.device("u-cao").await;
    cao.most_bytes = 600;
    for round in 0..200 {
        // Every second answer is lost on the way.
        let lost = cao.exchange(&town.app, &cao.request(Vec::new())).await;
        assert!(!lost.heal);
        let reply = cao.round(&town.app).await;
        if round < 8 {
            li.add(files[round % files.len()], visit("途中又写"), noon(ORDINARY_DAY));
            li.round(&town.app).await;
        } else if !reply.more {
            break;
        }
    }
    li.sync(&town.app).await;
    cao.sync(&town.app).await;
    same(&cao, &li);
}

/// 李例二 closes a third of the files of the village; gives those that stay open.
async fn close_some(town: &Town, li: &mut Device, files: &[DocumentId]) -> Vec<DocumentId> {
    let at = noon(ORDINARY_DAY);
    let mut gao = town.device("u-gao").await;
    let (ended, open): (Vec<_>, Vec<_>) =
        files.iter().enumerate().partition(|(place, _)| place % 3 == 0);
    for (_, id) in &ended {
        li.add(**id, accepted(), at);
        li.add(**id, close_asked(), at);
    }
    li.sync(&town.app).await;
    gao.sync(&town.app).await;
    for (_, id) in &ended {
        gao.add(**id, closed(), at);
    }
    gao.sync(&town.app).await;
    li.sync(&town.app).await;
    open.into_iter().map(|(_, id)| *id).collect()
}

#[tokio::test]
async fn a_new_computer_gets_what_waits_for_somebody_before_what_is_closed() {
    for (seed, most_bytes) in [(11, 1), (12, 700), (13, 6_000)] {
        let town = Town::on(ORDINARY_DAY);
        let mut li = town.device("u-li").await;
        let files = busy_village(&town, &mut li, seed).await;
        let open = close_some(&town, &mut li, &files).await;
        let mut cao = town.device("u-cao").await;
        cao.most_bytes = most_bytes;
        let mut came = Vec::new();
        loop {
            let reply = cao.round(&town.app).await;
            came.extend(reply.documents.iter().map(|page| page.document.clone()));
            if !reply.more {
                break;
            }
        }
        same(&cao, &li);
        assert_eq!(came.len(), files.len(), "seed {seed}: each comes once");
        let first: Vec<_> = came.iter().take(open.len()).collect();
        assert!(open.iter().all(|id| first.contains(&&id.as_bytes().to_vec())), "seed {seed}");
        assert!(open.len() < files.len());
    }
}

#[tokio::test]
async fn a_file_that_is_closed_while_a_new_computer_fetches_comes_as_it_is_then() {
    let town = Town::on(ORDINARY_DAY);
    let mut li = town.device("u-li").await;
    let files = busy_village(&town, &mut li, 14).await;
    let mut cao = town.device("u-cao").await;
    cao.most_bytes = 1;
    for _ in 0..files.len() / 2 {
        assert!(cao.round(&town.app).await.more);
    }
    close_some(&town, &mut li, &files).await;
    cao.sync(&town.app).await;
    same(&cao, &li);
}

/// A file with more batches than a new device would take one by one, and its author.
async fn long_file(town: &Town) -> (Device, DocumentId) {
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(ORDINARY_DAY));
    wang.sync(&town.app).await;
    (wang, id)
}

fn write_much(device: &mut Device, id: DocumentId) {
    for n in 0..51 {
        device.add(id, visit(&format!("第{n}次")), noon(ORDINARY_DAY));
    }
}

#[tokio::test]
async fn a_new_device_gets_a_long_file_at_once() {
    let town = Town::on(ORDINARY_DAY);
    let (mut wang, id) = long_file(&town).await;
    write_much(&mut wang, id);
    wang.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    let reply = li.round(&town.app).await;
    assert!(!reply.documents[0].snapshot.is_empty() && reply.documents[0].batches.is_empty());
    same(&li, &wang);
}

/// It may have written into the file itself, so nothing may come in place of what it holds.
#[tokio::test]
async fn a_device_that_has_the_file_gets_every_batch_it_lacks_however_many() {
    let town = Town::on(ORDINARY_DAY);
    let (mut wang, id) = long_file(&town).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    write_much(&mut wang, id);
    wang.sync(&town.app).await;
    let reply = li.round(&town.app).await;
    let lacking = &reply.documents[0];
    assert!(lacking.snapshot.is_empty());
    assert_eq!(lacking.batches.len(), 51);
    same(&li, &wang);
}

#[tokio::test]
async fn a_device_that_lost_its_place_gets_batches_too() {
    let town = Town::on(ORDINARY_DAY);
    let (mut wang, id) = long_file(&town).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    write_much(&mut wang, id);
    wang.sync(&town.app).await;
    // As after a restore: it says what it holds and begins at the beginning.
    li.heal(&town.app, Vec::new()).await;
    assert_eq!(li.batches[&id].len(), 52);
    same(&li, &wang);
}

#[tokio::test]
async fn reference_data_come_once_and_again_when_they_change() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let first = wang.round(&town.app).await;
    assert!(!first.reference.is_empty());
    assert!(wang.round(&town.app).await.reference.is_empty());
    assign(&town, "u-wang", GRID_6, ORDINARY_DAY, None);
    let reply = wang.round(&town.app).await;
    assert_eq!(reply.reference_version, wang.reference.as_ref().unwrap().version);
    let orgs: Vec<OrgCode> =
        wang.reference.unwrap().assignments.into_iter().map(|a| a.org).collect();
    assert_eq!(orgs, [OrgCode::from(GRID_7), OrgCode::from(GRID_6)]);
}

#[tokio::test]
async fn certificates_of_authors_are_told_to_whoever_asks() {
    let town = Town::on(ORDINARY_DAY);
    let wang = town.device("u-wang").await;
    let li = town.device("u-li").await;
    let mut request = li.request(Vec::new());
    request.want_certificates = vec![wang.signed.id().to_vec(), vec![1; 16], vec![2]];
    assert_eq!(li.exchange(&town.app, &request).await.certificates, [wang.signed]);
}

#[tokio::test]
async fn a_new_device_gets_the_names_of_everybody_who_wrote_before_it_came() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut gao = town.device("u-gao").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(ORDINARY_DAY));
    wang.sync(&town.app).await;
    gao.sync(&town.app).await;
    gao.add(id, visit("到村里看了"), noon(ORDINARY_DAY));
    gao.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    let reply = li.round(&town.app).await;
    let names: Vec<String> =
        reply.certificates.iter().map(|signed| signed.open(&li.county_key).unwrap().name).collect();
    assert!(names.contains(&"王样一".to_owned()) && names.contains(&"高模五".to_owned()));
    assert!(li.round(&town.app).await.certificates.is_empty());
}

/// 刘演四 sits in 下盘石村 on the 20th and, where the day was put off, in 下驿 on the 25th. What he wrote
/// in the first without a signal comes in while he is a guest of the second.
#[tokio::test]
async fn what_a_guest_wrote_offline_is_taken_while_another_village_is_visited() {
    const XIAYI: &str = "610621103211";
    const DAY_MINUTES: i64 = 24 * 60;
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let member =
        TeamMember { user: "u-liu".into(), name: "刘演四".into(), duty: "组员".into() };
    let team = VisitTeam {
        village: XIAYI.into(),
        place: "村委会".into(),
        starts_at: "09:00".into(),
        members: vec![member],
    };
    let calendar = yidang_domain::calendar::yanchang_2026();
    let data = RegisterData { teams: vec![team], calendar, ..RegisterData::default() };
    town.app.put_register(&data).unwrap();
    let mut li = town.device("u-li").await;
    let id = li.open_case(1, GRID_7, "争一行梨树", at);
    let nominal = "2026-11-20".parse().unwrap();
    let day = yidang_sync_server::kinds::visit_day_id(&XIAYI.into(), nominal);
    li.begin(DocumentKind::VisitDay, day, XIAYI);
    let to = Date::constant(2026, 11, 25);
    li.add(day, Entry::DayMoved { to, reason: "下雪封路".into() }, at);
    assert!(li.sync(&town.app).await.iter().all(|receipt| receipt.verdict == ACCEPTED));

    town.clock.advance_minutes(5 * DAY_MINUTES);
    let mut liu = town.device("u-liu").await;
    liu.sync(&town.app).await;
    liu.add(id, visit("坐诊时谈了"), noon(TODAY));
    town.clock.advance_minutes(6 * DAY_MINUTES);
    let receipt = liu.sync(&town.app).await.pop().unwrap();
    assert_eq!((receipt.verdict, receipt.code.as_str()), (ACCEPTED, ""));
}
