//! A destruction by order ends at every boundary between the database and what lies beside it, with the power and
//! without: a file is whole, or it is gone and goes on; never gone without going on, and never half.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::date_after;
use yidang_domain::ids::DocumentId;
use yidang_domain::org::{Assignment, Role, Staff};
use yidang_sync_server::erase::Order;
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::{App, Boundary, Clock, Options, Witness, open};

use crate::boundaries::{settled, texts};
use crate::check;
use crate::dice::Dice;
use crate::town::{self, COUNTY, Phone, Way, at};
use yidang_tests::disk::Disk;
use yidang_tests::image::Tape;

const SECRET: &str = "常试五的旧案底";
const KEPT: &str = "两家答应一起修水渠";

/// A boundary, with the files beside the database as they were then.
struct Mark {
    boundary: Boundary,
    at: usize,
    beside: Vec<(String, Vec<u8>)>,
}

type Marks = Arc<Mutex<Vec<Mark>>>;

/// The lists and batches beside the database, which no watched disk sees.
fn beside(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some((file.file_name().into_string().ok()?, file.path())))
        .filter(|(name, _)| {
            ["tombstones", "successor", "revo"].iter().any(|of| name.starts_with(of))
        })
        .filter_map(|(name, path)| Some((name, std::fs::read(path).ok()?)))
        .collect()
}

fn watched(folder: &Path, disk: &Disk, marks: &Marks) -> Result<App> {
    let (here, disk, marks) = (folder.to_owned(), disk.clone(), Arc::clone(marks));
    let witness = Witness::new(move |boundary| {
        let mark = Mark { boundary, at: disk.now(), beside: beside(&here) };
        marks.lock().unwrap_or_else(PoisonError::into_inner).push(mark);
    });
    open(Options { witness, ..Options::new(folder) })
}

fn hire_administrators(server: &App) -> Result<()> {
    let people = [("u-feng", "冯例八"), ("u-qian", "钱演四")];
    Ok(server.put_register(&RegisterData {
        users: people
            .map(|(user, name)| Staff {
                user: user.into(),
                name: name.into(),
                phone: String::new(),
            })
            .into(),
        assignments: people
            .map(|(user, _)| Assignment {
                user: user.into(),
                org: COUNTY.into(),
                role: Role::Administrator,
                from: date_after(Clock::system().today(), -100),
                to: None,
            })
            .into(),
        calendar: yanchang_2026(),
        ..RegisterData::default()
    })?)
}

fn order(document: DocumentId, without: Vec<String>) -> Order {
    let (by, second) = ("u-feng".into(), "u-qian".into());
    Order { document, without, basis: "延检〔2026〕5号".into(), by, second }
}

/// Two orders: the first cuts words out of a file, the second destroys what went on from it.
struct Told {
    _folder: TempDir,
    disk: Disk,
    marks: Vec<Mark>,
    way: Way,
    case: DocumentId,
    /// Events until the first order was carried out.
    first: usize,
}

fn told() -> Result<Told> {
    let folder = tempfile::tempdir()?;
    let disk = Disk::under(folder.path())?;
    let data = at(&folder, "server");
    town::found(&data)?;
    let marks = Marks::default();
    let server = watched(&data, &disk, &marks)?;
    hire_administrators(&server)?;
    let way = Way::new(Some(server.clone()), Some(disk.clone()));
    let wang = Phone::enrolled(&at(&folder, "wang"), &way, &server, "u-wang")?;
    let case = wang.open_case("为水渠吵起来")?;
    wang.visit(&case, &format!("邻居都知道{SECRET}"))?;
    wang.visit(&case, KEPT)?;
    wang.sync()?;
    let case: DocumentId = case.parse().map_err(|_| anyhow::anyhow!("no identifier: {case}"))?;
    let erased = server.erase(&order(case, vec![SECRET.into()]))?;
    let first = disk.now();
    let next = erased.successor.context("the file does not go on")?;
    server.erase(&order(next, Vec::new()))?;
    drop((wang, server));
    way.lead_to(None);
    let marks = std::mem::take(&mut *marks.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Told { _folder: folder, disk, marks, way, case, first })
}

fn is_in_any_file(folder: &Path, words: &str) -> Result<bool> {
    for file in std::fs::read_dir(folder)? {
        let bytes = std::fs::read(file?.path())?;
        if bytes.windows(words.len()).any(|part| part == words.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What must be there after the server ended at a boundary and started again.
fn look(told: &Told, mark: &Mark, folder: &TempDir) -> Result<()> {
    let data = at(folder, "server");
    for (name, bytes) in &mark.beside {
        std::fs::write(data.join(name), bytes)?;
    }
    let server = check::server(&data, &told.way.held(), 0)?;
    let is_ordered = mark.boundary != Boundary::GoesOnNoted;
    let is_second = mark.at >= told.first;
    let cut = "邻居都知道〔已删〕".to_owned();
    let expected = match (is_ordered, is_second) {
        (false, _) => Some(vec![format!("邻居都知道{SECRET}"), KEPT.to_owned()]),
        (true, false) => Some(vec![cut, KEPT.to_owned()]),
        (true, true) => None,
    };
    let here = texts(&server)?;
    ensure!(here.values().eq(&expected), "{here:?}");
    ensure!(is_ordered != here.contains_key(&told.case.to_string()), "{here:?}");
    ensure!(is_in_any_file(&data, SECRET)? != is_ordered, "{SECRET} in the files of the server");
    let is_kept_beside = beside(&data).iter().any(|(name, _)| name.starts_with("successor"));
    ensure!(is_kept_beside == (is_ordered && !is_second), "what lies beside the database");
    wang_reads(told, mark, folder, &server, expected.as_ref())
}

/// 王样一 comes with what her telephone held at that moment, and reads what the county has.
fn wang_reads(
    told: &Told,
    mark: &Mark,
    folder: &TempDir,
    server: &App,
    expected: Option<&Vec<String>>,
) -> Result<()> {
    let secrets = told.way.secrets_at(mark.at).context("no secrets")?;
    let way = Way::with_secrets(Some(server.clone()), secrets);
    let phone = Phone::start(&at(folder, "wang"), &way)?;
    settled(&phone)?;
    settled(&phone)?;
    let mut read: Vec<Vec<String>> = check::views(&phone)?.iter().map(check::words_of).collect();
    // A device shows the last one first.
    read.iter_mut().for_each(|words| words.reverse());
    ensure!(read.iter().eq(expected), "{read:?}");
    let once = texts(server)?;
    ensure!(once.values().eq(expected), "afterwards: {once:?}");
    Ok(())
}

#[test]
fn a_destruction_that_ends_at_a_boundary_is_whole_or_never_began() -> Result<()> {
    let mut dice = Dice::new();
    let told = told()?;
    let erasing = |mark: &&Mark| Boundary::ERASING.contains(&mark.boundary);
    let marks: Vec<&Mark> = told.marks.iter().filter(erasing).collect();
    // The second order makes nothing that goes on.
    ensure!(marks.len() == 2 * Boundary::ERASING.len() - 1, "{} boundaries", marks.len());
    let events = told.disk.events();
    let mut tape = Tape::of(&events);
    for mark in marks {
        tape.forward(mark.at);
        for (how, image) in
            [("process", tape.killed()), ("power", tape.cut(&mut |most| dice.below(most)))]
        {
            let folder = tempfile::tempdir()?;
            for part in ["wang", "server"] {
                image.restore(part, &folder.path().join(part))?;
            }
            look(&told, mark, &folder).with_context(|| {
                format!("the {how} ended at {:?}, event {}", mark.boundary, mark.at)
            })?;
        }
    }
    Ok(())
}
