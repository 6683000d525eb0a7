//! What the county took once comes back with its own word for it, whoever brings it and whatever happened to
//! its author since.

use std::path::PathBuf;

use crate::restore::{backup, heads, healing, put_back, restore, sound, told, tool};
use crate::support::device::Placed;
use crate::support::{
    ACCEPTED, DUPLICATE, Device, GRID_7, REFUSED, TODAY, Town, accepted, kinds, noon, visit,
};
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{
    DocumentProofs, Leaf, PlacedBatch, Sheet, SignedBatch, SigningSeed, SyncRequest,
};

/// A county with a copy; afterwards 王样一 wrote in a file, and 李例二 at the township has it.
struct Story {
    town: Town,
    copy: PathBuf,
    wang: Device,
    li: Device,
    old: DocumentId,
    new: DocumentId,
}

async fn story() -> Story {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let old = wang.open_case(1, GRID_7, "备份以前的事", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    wang.add(old, visit("备份以后的走访"), at);
    let new = wang.open_case(2, GRID_7, "备份以后的事", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    Story { town, copy, wang, li, old, new }
}

impl Story {
    /// 王样一's phone is stolen and shut out; the thief writes on, and nobody takes it.
    async fn stolen(&mut self) -> SignedBatch {
        let data = self.town.directory.path().join("data").display().to_string();
        told(&tool(&["user", "revoke", "--data", &data, "--user", "u-wang"]));
        let batch = self.wang.add(self.old, visit("小偷写的"), noon(TODAY));
        assert_eq!(self.hand_in(&self.li.request(vec![batch.clone()])).await, [REFUSED]);
        batch
    }

    fn restored(mut self) -> Self {
        let copy = self.copy.clone();
        self.town = self.town.restarted(|data| restore(data, &copy));
        self
    }

    async fn hand_in(&self, request: &SyncRequest) -> Vec<i32> {
        let reply = self.li.exchange(&self.town.app, request).await;
        reply.receipts.iter().map(|receipt| receipt.verdict).collect()
    }

    /// 李例二 comes to the restored server and gives back what it holds.
    async fn given_back(&mut self) -> Vec<i32> {
        let app = self.town.app.clone();
        assert!(self.li.round(&app).await.heal);
        let given = self.li.give_back(&app, vec![self.wang.signed.clone()]).await;
        given.receipts.iter().map(|receipt| receipt.verdict).collect()
    }
}

#[tokio::test]
async fn work_accepted_before_the_theft_comes_back_and_what_the_thief_wrote_after_does_not() {
    let mut story = story().await;
    let (old, new) = (story.old, story.new);
    let thiefs = story.stolen().await;
    let before = [old, new].map(|id| heads(&story.town.app, id));
    let mut story = story.restored();
    assert_eq!(heads(&story.town.app, new), None);
    let verdicts = story.given_back().await;
    assert!(verdicts.contains(&ACCEPTED) && !verdicts.contains(&REFUSED), "{verdicts:?}");
    assert_eq!([old, new].map(|id| heads(&story.town.app, id)), before);
    // The same hands bring what the thief wrote.
    assert_eq!(story.hand_in(&story.li.showing(vec![thiefs])).await, [REFUSED]);
    assert_eq!([old, new].map(|id| heads(&story.town.app, id)), before);
    story.li.sync(&story.town.app).await;
    assert_eq!(kinds(&story.li, old), [EntryKind::Found, EntryKind::Visit]);
    sound(&story.town.app);
}

#[tokio::test]
async fn without_the_countys_word_nothing_of_a_revoked_device_comes_back() {
    let mut story = story().await;
    story.stolen().await;
    let mut story = story.restored();
    let app = story.town.app.clone();
    assert!(story.li.round(&app).await.heal);
    // A device of an older version has no places to show.
    let receipts = story.li.heal(&app, vec![story.wang.signed.clone()]).await;
    assert!(receipts.iter().any(|receipt| receipt.code == "revoked"), "{receipts:?}");
    assert_eq!(heads(&app, story.new), None);
}

#[tokio::test]
async fn what_was_refused_without_its_place_is_taken_with_it() {
    let mut story = story().await;
    story.stolen().await;
    let story = story.restored();
    let app = story.town.app.clone();
    // Nobody is waited for: whatever is refused from here on stays refused.
    app.finish_healing(&app.register().unwrap(), app.clock().now()).unwrap();
    let push = story.li.batches[&story.new].clone();
    let certificates = vec![story.wang.signed.clone()];
    let of_before = SyncRequest { cursor: None, certificates, ..story.li.request(push.clone()) };
    assert_eq!(story.hand_in(&of_before).await, [REFUSED]);
    assert_eq!(heads(&app, story.new), None);
    let shown = SyncRequest { cursor: None, ..story.li.showing(push) };
    assert_eq!(story.hand_in(&shown).await, [ACCEPTED]);
    assert!(heads(&app, story.new).is_some());
    sound(&app);
}

#[tokio::test]
async fn a_forged_place_is_nobodys() {
    let mut story = story().await;
    let thiefs = story.stolen().await;
    let story = story.restored();
    let true_place: &Placed = story.li.placed.values().next().unwrap();
    let epoch = true_place.epoch;
    let leaf = Leaf::Batch { epoch, seq: 99, batch: thiefs.id(), verdict: 2 };
    let sheet = Sheet::of(&[leaf]);
    let forged = |seq, placement| PlacedBatch { index: 0, epoch: epoch.to_vec(), seq, placement };
    let by = |seed: &SigningSeed| forged(99, sheet.placement(0, &sheet.sign(seed)));
    let of_another = forged(true_place.seq, Some(true_place.way.clone()));
    for placed in [by(&story.wang.seed), of_another, forged(99, None)] {
        let request = SyncRequest { placements: vec![placed], ..story.li.request(Vec::new()) };
        let request = SyncRequest {
            cursor: None,
            push: vec![thiefs.clone()],
            certificates: vec![story.wang.signed.clone()],
            ..request
        };
        assert_eq!(story.hand_in(&request).await, [REFUSED]);
    }
}

#[tokio::test]
async fn a_computer_that_had_only_snapshots_gives_them_back_and_the_proofs_follow() {
    let story = story().await;
    let (old, new) = (story.old, story.new);
    // 曹测七's computer is enrolled after everything: it gets files whole, without their batches.
    let mut cao = story.town.device("u-cao").await;
    cao.sync(&story.town.app).await;
    assert!(cao.batches.is_empty() && cao.saves.len() == 2);
    let before = [old, new].map(|id| heads(&story.town.app, id));
    let mut story = story.restored();
    let app = story.town.app.clone();
    assert!(cao.round(&app).await.heal);
    cao.give_back(&app, vec![story.wang.signed.clone()]).await;
    assert_eq!([old, new].map(|id| heads(&app, id)), before);
    sound(&app);
    // 李例二 lost their copy and gets the file as it was saved, without proofs so far.
    story.li.documents.remove(&new);
    assert!(story.li.round(&app).await.heal);
    let given = story.li.give_back(&app, vec![story.wang.signed.clone()]).await;
    assert_eq!(given.lacking, [new]);
    assert_eq!(kinds(&story.li, new), [EntryKind::Found]);
    assert!(proofs(&story.li, &app, new).await.batches.is_empty());
    // The author comes, with the batch.
    assert!(story.wang.round(&app).await.heal);
    let given = story.wang.give_back(&app, Vec::new()).await;
    assert!(given.receipts.iter().any(|receipt| receipt.verdict == ACCEPTED));
    let held = &story.wang.batches[&new];
    let proofs = proofs(&story.li, &app, new).await;
    assert_eq!(proofs.batches.len(), held.len());
    assert_eq!([old, new].map(|id| heads(&app, id)), before);
    sound(&app);
}

async fn proofs(device: &Device, app: &yidang_sync_server::App, id: DocumentId) -> DocumentProofs {
    let want_proofs = vec![id.as_bytes().to_vec()];
    let request = SyncRequest { want_proofs, ..device.request(Vec::new()) };
    let reply = device.exchange(app, &request).await;
    let epoch = reply.epoch(&device.county_key).unwrap();
    let proofs = reply.proofs[0].clone();
    let names: Vec<_> =
        device.batches.get(&id).into_iter().flatten().map(SignedBatch::id).collect();
    if names.len() == proofs.batches.len() && !names.is_empty() {
        let places = proofs.places(&device.county_key, epoch, &names).unwrap();
        assert_eq!(places.batches().count(), names.len());
    }
    proofs
}

#[tokio::test]
async fn a_receipt_a_page_and_a_proof_say_the_same_place_and_nothing_new_says_none() {
    let mut story = story().await;
    let app = story.town.app.clone();
    let batch = story.wang.batches[&story.new][0].id();
    let told = [&story.wang, &story.li].map(|device| device.placed[&batch].seq);
    assert_eq!(told[0], told[1]);
    let proof = proofs(&story.wang, &app, story.new).await;
    assert_eq!(proof.batches[0].seq, told[0]);
    let nothing = story.li.round(&app).await;
    assert!(nothing.placement.is_empty() && nothing.documents.is_empty());
    let foreign = proofs(&story.wang, &app, DocumentId::from_bytes([0x77; 16])).await;
    assert!(foreign.batches.is_empty(), "nobody asks for ever for what is not there");
}

#[tokio::test]
async fn after_a_restore_a_desktop_fetches_what_it_lacks_and_no_more() {
    let mut story = story().await;
    let at = noon(TODAY);
    for n in 10..40 {
        story.wang.open_case(n, GRID_7, "备份以前以后都在的事", at);
    }
    story.wang.sync(&story.town.app).await;
    story.li.sync(&story.town.app).await;
    // A file that 李例二's desktop never saw.
    let unseen = story.wang.open_case(50, GRID_7, "县里还没看到的事", at);
    story.wang.sync(&story.town.app).await;
    let mut story = story.restored();
    let app = story.town.app.clone();
    assert!(story.wang.round(&app).await.heal);
    let given = story.wang.give_back(&app, Vec::new()).await;
    let is_there = |verdict| verdict == ACCEPTED || verdict == DUPLICATE;
    assert!(given.receipts.iter().all(|receipt| is_there(receipt.verdict)));
    assert_eq!(given.lacking, [story.old], "the one file that is there and another one");

    assert!(story.li.round(&app).await.heal);
    let given = story.li.give_back(&app, Vec::new()).await;
    assert!(given.receipts.is_empty(), "the server holds all of it by now");
    assert_eq!(given.lacking, [unseen]);
    let one_file = story.wang.batches[&unseen].iter();
    let one_file: usize = one_file.map(prost::Message::encoded_len).sum();
    assert!(given.fetched < one_file + 200, "{} bytes", given.fetched);
    assert_eq!(kinds(&story.li, unseen), [EntryKind::Found]);
    assert!(story.li.round(&app).await.documents.is_empty());
    story.wang.sync(&app).await;
    story.li.sync(&app).await;
    assert!(!healing(&app));
}

#[tokio::test]
async fn two_files_with_one_number_end_with_two() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let mut cao = town.device("u-cao").await;
    let first = wang.open_case(1, GRID_7, "先编号的事", at);
    let second = wang.open_case(2, GRID_7, "后编号的事", at);
    for device in [&mut wang, &mut li, &mut cao] {
        device.sync(&town.app).await;
    }
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    li.add(first, accepted(), at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    assert_eq!(wang.texts(first)[2], "延张调〔2026〕1号");
    // Nobody says that an old copy was put in place, and the number is given again.
    let town = town.restarted(|data| put_back(data, &copy));
    let app = town.app.clone();
    cao.add(second, accepted(), at);
    cao.sync(&app).await;
    assert_eq!(cao.texts(second)[2], "延张调〔2026〕1号");
    for device in [&mut wang, &mut li, &mut cao] {
        device.round(&app).await;
        device.give_back(&app, Vec::new()).await;
        device.sync(&app).await;
    }
    assert!(!healing(&app), "everybody has answered");
    for device in [&mut wang, &mut li, &mut cao] {
        device.sync(&app).await;
        let last = |id| device.texts(id).last().cloned().unwrap();
        assert_eq!([last(second), last(first)], ["延张调〔2026〕1号", "延张调〔2026〕2号"]);
    }
    sound(&app);
}

#[tokio::test]
async fn what_is_asked_for_by_name_comes_whole_or_not_yet() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let ids = [1, 2].map(|n| wang.open_case(n, GRID_7, "争一行梨树", noon(TODAY)));
    wang.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    let new: Vec<_> = ids
        .map(|id| wang.add(id, crate::support::visit("又去看了一次"), noon(TODAY)))
        .into_iter()
        .collect();
    wang.outbox = new;
    wang.sync(&town.app).await;
    // 李例二's computer lost both files, and there is room for one.
    let want_documents = ids.iter().map(|id| id.as_bytes().to_vec()).collect();
    let request = SyncRequest { want_documents, most_bytes: 1, ..li.request(Vec::new()) };
    let reply = li.exchange(&town.app, &request).await;
    let came: Vec<usize> = reply.documents.iter().map(|page| page.batches.len()).collect();
    assert_eq!(came, [2], "one whole file, and nothing that stands on what is lacking");
}
