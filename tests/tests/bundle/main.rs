//! A file leaves the house with everything that proves it, and whatever is done to it on the way has a name:
//! real bundles of real exchanges, and twelve kinds of tampering with them.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

mod tampering;
mod town;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;
use tempfile::TempDir;
use yidang_sync_protocol::{Bundle, Fingerprint, PaperHead};
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Options, app, county, open};
use yidang_verify::{Against, Anchor, OnPaper, Refusal, Report, Tampering, verify};

use town::{COUNTY, Phone, found};

/// What 李例二 at the township exports: a file that 王样一 opened and went on with, accepted by 李例二 and
/// numbered by the server. 王样一's phone was reported lost since.
struct Story {
    _folder: TempDir,
    /// The county's server.
    server: App,
    li: Phone,
    /// The bytes of the bundle.
    bytes: Vec<u8>,
    /// What the file is called.
    name: String,
}

impl Story {
    /// Tells it.
    fn told() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = found(&folder.path().join("server"))?;
        let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
        let case = wang.open_case("两家争一条地界埂")?;
        wang.visit(&case, "到地里看了，两家各说各的")?;
        wang.sync()?;
        let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
        li.settle()?;
        li.entry(&case, &json!({ "kind": "accepted" }))?;
        li.settle()?;
        wang.settle()?;
        wang.visit(&case, "又去了一趟，同意再量一次")?;
        wang.sync()?;
        let lost = server.store().read::<_, StoreError>(COUNTY, |db| {
            Ok(db.certificates(Some("u-wang"))?.into_iter().map(|row| row.id).next())
        })?;
        let lost = lost.context("no certificate")?;
        let now = server.clock().now();
        server.store().write::<_, StoreError>(COUNTY, |db| county::revoke(db, &lost, now))?;
        li.settle()?;
        let (name, bytes) = li.export(&case)?;
        Ok(Self { _folder: folder, server, li, bytes, name })
    }

    /// The bundle.
    fn bundle(&self) -> Result<Bundle> {
        Ok(Bundle::unpack(&self.bytes)?)
    }

    /// The bundle of another file of the same people.
    fn another(&self) -> Result<Bundle> {
        let case = self.li.open_case("借了窑洞不还")?;
        self.li.settle()?;
        Ok(Bundle::unpack(&self.li.export(&case)?.1)?)
    }
}

/// What is said of a bundle that is to be accepted.
fn accepted(bytes: &[u8], against: &Against) -> Result<Report> {
    verify(bytes, against).map_err(|no| anyhow!("{no:?}"))
}

#[test]
fn a_real_bundle_is_accepted_with_and_without_knowing_the_countys_key() -> Result<()> {
    let story = Story::told()?;
    let key = story.server.county().key;
    let plain = accepted(&story.bytes, &Against::default())?;
    ensure!(!plain.anchored && plain.to_string().contains("没有核对"), "{plain}");
    for anchor in [Anchor::Key(key), Anchor::Fingerprint(Fingerprint::of(&key))] {
        let against = Against { anchor: Some(anchor), paper: None };
        let report = accepted(&story.bytes, &against)?;
        ensure!(report.anchored && report.fingerprint == Fingerprint::of(&key), "{report}");
    }
    ensure!(plain.title.contains("两家争一条地界埂") && !plain.title.contains("待编号"), "{plain}");
    let number = story.name.strip_suffix(".yidang").context("another ending")?;
    ensure!(plain.title.contains(number), "{plain} is not {number}");
    ensure!(plain.attested_only == 0 && plain.changes >= 5, "{plain}");
    let writers: Vec<&str> = plain.writers.iter().map(|writer| writer.who.as_str()).collect();
    ensure!(writers.len() == 2, "the server is nobody: {writers:?}");
    let shut_out = plain.writers.iter().filter(|writer| writer.revoked_at.is_some()).count();
    ensure!(shut_out == 1, "the lost phone is told: {plain}");
    if let Some(path) = std::env::var_os("YIDANG_BUNDLE_OUT") {
        std::fs::write(path, &story.bytes)?;
    }
    Ok(())
}

#[test]
fn a_file_leaves_only_with_the_countys_word_on_all_of_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let case = wang.open_case("两家争一条地界埂")?;
    let not_proven = |phone: &Phone| {
        let no = phone.export(&case).err().map(|error| error.to_string()).unwrap_or_default();
        no.contains("not_proven")
    };
    ensure!(not_proven(&wang), "nothing of it was handed in");
    wang.sync()?;
    wang.export(&case)?;
    // 李例二's computer gets it whole; the signatures follow with later exchanges.
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    ensure!(not_proven(&li), "no signature of 王样一 is here");
    li.settle()?;
    let (_, bytes) = li.export(&case)?;
    let of_li = accepted(&bytes, &Against::default())?;
    let (_, bytes) = wang.export(&case)?;
    let of_wang = accepted(&bytes, &Against::default())?;
    ensure!(of_li.heads == of_wang.heads && of_li.exporter != of_wang.exporter);
    wang.visit(&case, "又去了一趟")?;
    ensure!(not_proven(&wang), "what was written since was not handed in");
    Ok(())
}

/// 王样一's work after the backup is gone from the server, and 李例二's computer held it only as a save: the
/// county's word stands for 王样一's signature, and the answer says so.
#[test]
fn what_only_the_countys_save_attests_is_told_apart() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let older = folder.path().join("older");
    std::fs::create_dir_all(&older)?;
    server.store().backup(&app::database(&older))?;
    let case = wang.open_case("备份以后的事")?;
    wang.sync()?;
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    li.visit(&case, "乡镇的人去看过")?;
    li.way.lead_to(&open(Options::new(&older))?);
    (0..3).try_for_each(|_| li.settle())?;
    let (_, bytes) = li.export(&case)?;
    let report = accepted(&bytes, &Against::default())?;
    ensure!(report.attested_only > 0 && report.attested_only < report.changes, "{report}");
    ensure!(report.to_string().contains("只有县级存档为证"), "{report}");
    Ok(())
}

#[test]
fn a_paper_is_known_again_when_the_file_has_grown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = found(&folder.path().join("server"))?;
    let wang = Phone::enrolled(&folder.path().join("wang"), &server, "u-wang")?;
    let case = wang.open_case("两家争一条地界埂")?;
    wang.sync()?;
    let early = wang.head(&case)?;
    // A computer that has the file as a save, and no signature in it, prints the same.
    let li = Phone::enrolled(&folder.path().join("li"), &server, "u-li")?;
    let of_li = li.head(&case)?;
    wang.visit(&case, "又去了一趟")?;
    let too_early = wang.head(&case)?;
    wang.visit(&case, "同意再量一次")?;
    wang.sync()?;
    let late = wang.head(&case)?;
    let another = wang.open_case("借了窑洞不还")?;
    wang.sync()?;
    let (_, bytes) = wang.export(&case)?;
    let on = |paper: PaperHead| {
        verify(&bytes, &Against { anchor: None, paper: Some(paper) }).map(|report| {
            let is_anchored = report.anchored;
            report.on_paper.filter(|_| is_anchored)
        })
    };
    ensure!(on(late) == Ok(Some(OnPaper::All)), "{:?}", on(late));
    for paper in [early, of_li] {
        let found = on(paper);
        ensure!(matches!(found, Ok(Some(OnPaper::Until { later: 2, .. }))), "{found:?}");
    }
    let is = |paper: PaperHead, named: Tampering| matches!(on(paper), Err(Refusal::Tampered(finding)) if finding.what == named);
    ensure!(is(too_early, Tampering::Paper), "what it showed was not at the county");
    ensure!(is(wang.head(&another)?, Tampering::Paper), "of another file");
    ensure!(is(PaperHead { heads: [0; 16], ..late }, Tampering::Paper), "of no state of it");
    let foreign = PaperHead { fingerprint: Fingerprint::of(&[7; 32]), ..late };
    ensure!(is(foreign, Tampering::CountyKey), "of another county");
    Ok(())
}
