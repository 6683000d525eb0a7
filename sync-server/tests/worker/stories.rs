//! What happens around a worker that dies, told as stories.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use yidang_api::admin::{DeviceRow, LiftSuspension, UsersQuestion};
use yidang_domain::entry::EntryKind;
use yidang_sync_protocol::{Receipt, SignedBatch, Verdict};
use yidang_sync_server::store::StoreError;
use yidang_sync_server::worker::Reading;
use yidang_sync_server::{Options, open};

use crate::odd::{ALLOCATE, CIRCLE, NONSENSE, OVERFLOW, PANIC, SLOW};
use crate::support::{
    ACCEPTED, Device, GRID_7, GRID_8, ORDINARY_DAY, REFUSED, Town, kinds, noon, visit,
};

/// A story and its name.
pub type Story = (&'static str, fn());

macro_rules! all {
    ($($name:ident),+ $(,)?) => {
        /// Every story.
        pub const ALL: &[Story] = &[$((stringify!($name), $name)),+];
    };
}

all!(
    a_stack_that_overflows_ends_one_worker_and_blames_one_batch,
    eight_gigabytes_end_one_worker_and_blame_one_batch,
    a_batch_that_goes_round_in_circles_is_ended_while_others_are_answered,
    what_lay_beside_a_deadly_batch_is_taken,
    a_panic_of_the_engine_blames_one_batch,
    a_worker_that_says_nonsense_is_not_believed,
    a_worker_ended_by_somebody_elses_hand_blames_nobody,
    a_device_whose_batches_killed_twice_waits_for_the_administrator,
    a_server_without_its_worker_does_not_begin,
    the_worker_that_is_shipped_reads_what_the_app_writes,
    a_program_is_its_own_worker,
);

fn told(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(story);
}

/// The server starts this very program as its worker.
fn odd() -> Reading {
    Reading::Workers(std::env::current_exe().unwrap())
}

/// The same county whose foreign bytes are read there.
fn read_by(town: Town, reading: Reading) -> Town {
    let options = Options { reading, ..town.options() };
    let Town { directory, app, clock } = town;
    drop(app);
    let app = open(options).unwrap();
    Town { directory, app, clock }
}

fn odd_town() -> Town {
    read_by(Town::on(ORDINARY_DAY), odd())
}

async fn hand_in(town: &Town, device: &Device, batch: SignedBatch) -> Receipt {
    device.exchange(&town.app, &device.request(vec![batch])).await.receipts.remove(0)
}

fn quarantined(town: &Town, batch: &SignedBatch) -> Option<String> {
    let id = batch.id();
    town.app.store().read::<_, StoreError>("610621", |db| db.quarantined(&id)).unwrap()
}

/// 王样一 writes `words` into a file that everybody took before; gives the batch.
async fn wrote(town: &Town, wang: &mut Device, n: u8, words: &str) -> SignedBatch {
    let at = noon(ORDINARY_DAY);
    let id = wang.open_case(n, GRID_7, "争一行梨树", at);
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    wang.add(id, visit(words), at);
    wang.outbox.pop().unwrap()
}

/// 王样一 hands in something deadly. It is refused, kept unread, and neither she nor 李例二 is held up.
async fn is_blamed_alone(words: &str) {
    let town = odd_town();
    let (mut wang, mut li) = (town.device("u-wang").await, town.device("u-li").await);
    let deadly = wrote(&town, &mut wang, 1, words).await;
    let receipt = hand_in(&town, &wang, deadly.clone()).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "crashed"));
    assert_eq!(quarantined(&town, &deadly).as_deref(), Some("crashed"));
    assert!(town.app.metrics().unwrap().contains("\nyidang_guard_workers_lost_total 2\n"));
    // Nobody looks into it again, however often it comes.
    let again = hand_in(&town, &wang, deadly).await;
    assert_eq!((again.verdict, again.code.as_str()), (REFUSED, "crashed"));
    let id = li.open_case(2, GRID_8, "争一口井", noon(ORDINARY_DAY));
    wang.open_case(3, GRID_7, "另一件事", noon(ORDINARY_DAY));
    assert_eq!(li.sync(&town.app).await[0].verdict, ACCEPTED);
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
}

fn a_stack_that_overflows_ends_one_worker_and_blames_one_batch() {
    told(is_blamed_alone(OVERFLOW));
}

fn eight_gigabytes_end_one_worker_and_blame_one_batch() {
    told(is_blamed_alone(ALLOCATE));
}

/// Two workers go round for two seconds each; 李例二 comes meanwhile, and is answered first.
fn a_batch_that_goes_round_in_circles_is_ended_while_others_are_answered() {
    told(async {
        let town = odd_town();
        let (mut wang, mut li) = (town.device("u-wang").await, town.device("u-li").await);
        let deadly = wrote(&town, &mut wang, 1, CIRCLE).await;
        li.sync(&town.app).await;
        li.open_case(2, GRID_8, "争一口井", noon(ORDINARY_DAY));
        let answered = Mutex::new(Vec::new());
        let (receipt, receipts) = tokio::join!(
            async {
                let receipt = hand_in(&town, &wang, deadly).await;
                answered.lock().unwrap().push("王样一");
                receipt
            },
            async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                let receipts = li.sync(&town.app).await;
                answered.lock().unwrap().push("李例二");
                receipts
            },
        );
        assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "crashed"));
        assert_eq!(receipts[0].verdict, ACCEPTED);
        assert_eq!(answered.into_inner().unwrap(), ["李例二", "王样一"]);
    });
}

fn what_lay_beside_a_deadly_batch_is_taken() {
    told(async {
        let town = odd_town();
        let mut wang = town.device("u-wang").await;
        let deadly = wrote(&town, &mut wang, 1, OVERFLOW).await;
        wang.open_case(2, GRID_7, "另一件事", noon(ORDINARY_DAY));
        let id = wang.open_case(3, GRID_7, "又一件事", noon(ORDINARY_DAY));
        wang.add(id, visit("照常"), noon(ORDINARY_DAY));
        wang.outbox.insert(1, deadly);
        let verdicts: Vec<i32> = wang.sync(&town.app).await.iter().map(|r| r.verdict).collect();
        assert_eq!(verdicts, [ACCEPTED, REFUSED, ACCEPTED, ACCEPTED]);
    });
}

fn a_panic_of_the_engine_blames_one_batch() {
    told(async {
        let town = odd_town();
        let mut wang = town.device("u-wang").await;
        let bad = wrote(&town, &mut wang, 1, PANIC).await;
        let receipt = hand_in(&town, &wang, bad).await;
        assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "poisonous"));
        wang.open_case(2, GRID_7, "另一件事", noon(ORDINARY_DAY));
        assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    });
}

fn a_worker_that_says_nonsense_is_not_believed() {
    told(async {
        let town = odd_town();
        let mut wang = town.device("u-wang").await;
        let bad = wrote(&town, &mut wang, 1, NONSENSE).await;
        assert_eq!(hand_in(&town, &wang, bad).await.code, "crashed");
        wang.open_case(2, GRID_7, "另一件事", noon(ORDINARY_DAY));
        assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    });
}

/// Processes that this one started and that still run.
fn children() -> Vec<String> {
    let mine = std::process::id().to_string();
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        // Behind the name, which may hold anything: state, parent.
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let mut rest = rest.split_whitespace();
        let is_alive = rest.next().is_some_and(|state| state != "Z");
        if is_alive && rest.next() == Some(mine.as_str()) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// 王样一's visit is read slowly, and in the middle somebody kills the worker with -9.
fn a_worker_ended_by_somebody_elses_hand_blames_nobody() {
    if !Path::new("/proc/self/stat").exists() {
        return;
    }
    told(async {
        let town = odd_town();
        let mut wang = town.device("u-wang").await;
        let batch = wrote(&town, &mut wang, 1, SLOW).await;
        let before = children();
        assert!(!before.is_empty(), "a worker was started");
        let (receipt, ()) = tokio::join!(hand_in(&town, &wang, batch.clone()), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            for child in children() {
                std::process::Command::new("kill").args(["-9", &child]).status().unwrap();
            }
        });
        assert_eq!(receipt.verdict, ACCEPTED, "{}", receipt.code);
        assert_eq!(quarantined(&town, &batch), None);
        let after = children();
        assert!(after.iter().all(|child| !before.contains(child)), "{before:?} {after:?}");
    });
}

async fn device_of_wang(town: &Town, feng: &Device) -> DeviceRow {
    let question = UsersQuestion { text: "王样一".into(), org: None, offset: 0, limit: 10 };
    feng.ask(&town.app, &question).await.unwrap().rows.remove(0).devices.remove(0)
}

fn a_device_whose_batches_killed_twice_waits_for_the_administrator() {
    told(async {
        let town = odd_town();
        let feng = town.administrator().await;
        let mut wang = town.device("u-wang").await;
        let mut li = town.device("u-li").await;
        for n in [1, 2] {
            assert!(!device_of_wang(&town, &feng).await.suspended, "after {n}");
            let deadly = wrote(&town, &mut wang, n, OVERFLOW).await;
            assert_eq!(hand_in(&town, &wang, deadly).await.code, "crashed");
        }
        // Nothing of hers is read any more, by whatever way it comes. She still hears of everything.
        let id = wang.open_case(3, GRID_7, "不碍事的", noon(ORDINARY_DAY));
        let honest = wang.outbox.pop().unwrap();
        for courier in [&wang, &li] {
            let receipt = hand_in(&town, courier, honest.clone()).await;
            let verdict = (receipt.verdict, receipt.code.as_str());
            assert_eq!(verdict, (Verdict::Unknown as i32, "suspended"));
        }
        assert_eq!(quarantined(&town, &honest), None);
        let other = li.open_case(4, GRID_7, "李例二写的", noon(ORDINARY_DAY));
        li.sync(&town.app).await;
        wang.sync(&town.app).await;
        assert_eq!(kinds(&wang, other), [EntryKind::Found]);
        // Also after another start: it stands in the database.
        let town = read_by(town, odd());
        let device = device_of_wang(&town, &feng).await;
        assert!(device.suspended && !device.revoked);
        let lift = LiftSuspension { certificate: device.certificate };
        let (code, _) = li.refused(&town.app, &lift).await;
        assert_eq!(code, yidang_api::FaultCode::NotAllowed);
        feng.ask(&town.app, &lift).await.unwrap();
        assert!(!device_of_wang(&town, &feng).await.suspended);
        assert_eq!(hand_in(&town, &wang, honest).await.verdict, ACCEPTED);
        li.sync(&town.app).await;
        assert_eq!(kinds(&li, id), [EntryKind::Found]);
    });
}

fn a_server_without_its_worker_does_not_begin() {
    let mut town = Town::on(ORDINARY_DAY);
    for program in ["/nowhere/sync-server", "/bin/true"] {
        let reading = Reading::Workers(PathBuf::from(program));
        let options = Options { reading, ..town.options() };
        let Town { directory, app, clock } = town;
        drop(app);
        let told = format!("{:#}", open(options.clone()).err().unwrap());
        assert!(told.contains("the guard's worker does not answer"), "{told}");
        assert!(told.contains(program), "{told}");
        let app = open(Options { reading: Reading::Here, ..options }).unwrap();
        town = Town { directory, app, clock };
    }
}

fn the_worker_that_is_shipped_reads_what_the_app_writes() {
    told(async {
        let shipped = Reading::Workers(env!("CARGO_BIN_EXE_sync-server").into());
        let town = read_by(Town::on(ORDINARY_DAY), shipped);
        let mut wang = town.device("u-wang").await;
        let id = wang.open_case(1, GRID_7, "争一行梨树", noon(ORDINARY_DAY));
        for words in ["到地里看了", OVERFLOW, PANIC] {
            wang.add(id, visit(words), noon(ORDINARY_DAY));
        }
        let verdicts: Vec<i32> = wang.sync(&town.app).await.iter().map(|r| r.verdict).collect();
        assert_eq!(verdicts, [ACCEPTED; 4]);
        for garbage in [vec![], vec![0; 70], b"\x85\x6f\x4a\x83\0\0\0\0\x01\x00".to_vec()] {
            let header = wang.header(&wang.documents[&id]);
            let receipt = hand_in(&town, &wang, header.sign(vec![garbage], &wang.seed)).await;
            assert_eq!(receipt.verdict, REFUSED);
        }
    });
}

/// As every command of the program has it.
fn a_program_is_its_own_worker() {
    let reading = Reading::by_this_program().unwrap();
    told(async {
        let town = read_by(Town::on(ORDINARY_DAY), reading);
        let mut wang = town.device("u-wang").await;
        let deadly = wrote(&town, &mut wang, 1, OVERFLOW).await;
        assert_eq!(hand_in(&town, &wang, deadly).await.code, "crashed");
    });
}
