//! 导入: which step an import has reached, and what may be done there.

use yidang_api::admin::ImportView;
use yidang_api::import::{ImportFile, changed_rows, import_name, outcome_words};

/// Files that are taken.
pub const ACCEPTED: &str = ".xlsx,.csv,.geojson,.json";
/// All files of an import together are no larger, in bytes: the server takes no more at once.
pub const LARGEST: f64 = 20.0 * 1024.0 * 1024.0;

/// The step an import has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing was imported yet.
    Choose,
    /// It is being checked.
    Checking,
    /// It is being written.
    Writing,
    /// A file is refused, and all files with it.
    Refused,
    /// Rows are to be mended first.
    Bad,
    /// Checked, without a bad row.
    Ready,
    /// Nothing in them is new.
    Same,
    /// It was written.
    Done,
}

/// The step of `view`.
#[must_use]
pub fn step(view: &ImportView) -> Step {
    match view {
        view if view.name.is_empty() => Step::Choose,
        view if view.running && view.applied => Step::Writing,
        view if view.running => Step::Checking,
        view if !view.refused.is_empty() => Step::Refused,
        view if view.wrong_total > 0 => Step::Bad,
        view if view.applied => Step::Done,
        view if changed_rows(&view.changes) == 0 => Step::Same,
        _ => Step::Ready,
    }
}

/// What a step is called.
#[must_use]
pub fn step_words(view: &ImportView) -> String {
    match step(view) {
        Step::Choose => "选表格文件".to_owned(),
        Step::Checking => format!("正在核对 {}", done_words(view)),
        Step::Writing => format!("正在导入 {}", done_words(view)),
        Step::Refused | Step::Bad | Step::Ready | Step::Same | Step::Done => outcome_words(view),
    }
}

fn done_words(view: &ImportView) -> String {
    if view.of == 0 { String::new() } else { format!("{} / {}", view.done.min(view.of), view.of) }
        .trim()
        .to_owned()
}

/// Whether 正式导入 may be pressed.
#[must_use]
pub fn may_apply(view: &ImportView) -> bool {
    step(view) == Step::Ready
}

/// Width of the bar that shows how far it is. It never goes back behind `before`.
#[must_use]
pub fn progress(view: &ImportView, before: u32) -> u32 {
    let thousands = u64::from(view.done.min(view.of)) * 100 / u64::from(view.of.max(1));
    u32::try_from(thousands).unwrap_or(100).max(before).min(100)
}

/// Whether these files are those that `view` speaks of, in whatever order they were chosen.
#[must_use]
pub fn is_of(files: &[ImportFile], view: &ImportView) -> bool {
    !files.is_empty() && import_name(files.iter().map(|file| file.name.as_str())) == view.name
}

/// What a file's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Neither a spreadsheet nor a map.
    Kind,
    /// The older format of spreadsheets.
    OldKind,
}

/// Whether a file of this name can be taken.
///
/// # Errors
///
/// Why it cannot.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("xlsx" | "csv" | "geojson" | "json") => Ok(()),
        Some("xls" | "et") => Err(NameFault::OldKind),
        _ => Err(NameFault::Kind),
    }
}

/// Why files cannot be taken, and the way on: name and size of each of them, in bytes.
///
/// # Errors
///
/// The words.
pub fn check_files(files: &[(String, f64)]) -> Result<(), String> {
    for (name, _) in files {
        let words = match check_name(name) {
            Ok(()) => continue,
            Err(NameFault::Kind) => "只收 .xlsx 和 .csv 表格，边界收 .geojson",
            Err(NameFault::OldKind) => "这是旧格式的表格，另存为 .xlsx 再选",
        };
        return Err(if files.len() > 1 { format!("{name}：{words}") } else { words.to_owned() });
    }
    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err("有两个文件同名，改一个名字再选".to_owned());
    }
    if files.iter().map(|(_, size)| size).sum::<f64>() <= LARGEST {
        return Ok(());
    }
    Err(if files.len() > 1 {
        "这些文件合起来超过 20 兆，分几次选：先选机构和网格".to_owned()
    } else {
        "文件超过 20 兆，分成几个再选".to_owned()
    })
}

/// The base64 of a `data:` address, as a browser reads a file; nothing where it is none.
#[must_use]
pub fn base64_of(address: &str) -> Option<&str> {
    let (head, data) = address.split_once(',')?;
    (head.starts_with("data:") && head.ends_with(";base64")).then_some(data)
}

/// Name of the list of bad rows: 要改的行-花名册.xlsx, or 要改的行-花名册等.xlsx of several files.
#[must_use]
pub fn report_name(name: &str) -> String {
    let (first, more) = name.split_once('、').map_or((name, ""), |(first, _)| (first, "等"));
    let stem = first.rsplit_once('.').map_or(first, |(stem, _)| stem);
    format!("要改的行-{stem}{more}.xlsx")
}

/// How many bad rows are not in the table on screen.
#[must_use]
pub fn wrong_left(view: &ImportView) -> u32 {
    view.wrong_total.saturating_sub(u32::try_from(view.wrong.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use yidang_api::admin::ImportChange;

    use super::*;

    fn view() -> ImportView {
        let change =
            ImportChange { table: "网格".into(), added: 2, changed: 1, same: 5, clashes: 0 };
        ImportView { name: "网格.xlsx".into(), changes: vec![change], ..ImportView::default() }
    }

    #[test]
    fn only_a_checked_file_without_bad_rows_may_be_written() {
        assert!(may_apply(&view()));
        let bad = ImportView { wrong_total: 1, ..view() };
        let running = ImportView { running: true, ..view() };
        let refused = ImportView { refused: "不是表格".into(), ..view() };
        let done = ImportView { applied: true, ..view() };
        let same = ImportView { changes: Vec::new(), ..view() };
        let none = ImportView::default();
        let views = [bad, running, refused, done, same, none];
        assert!(views.iter().all(|view| !may_apply(view)));
        assert_eq!(
            views.iter().map(step).collect::<Vec<_>>(),
            [Step::Bad, Step::Checking, Step::Refused, Step::Done, Step::Same, Step::Choose]
        );
    }

    #[test]
    fn progress_only_moves_forward_and_ends_at_the_end() {
        let at = |done, of| ImportView { running: true, done, of, ..view() };
        assert_eq!(progress(&at(50, 200), 0), 25);
        assert_eq!(progress(&at(10, 200), 25), 25);
        assert_eq!(progress(&at(300, 200), 0), 100);
        assert_eq!(progress(&at(0, 0), 0), 0);
        assert_eq!(step_words(&at(50, 200)), "正在核对 50 / 200");
        let writing = ImportView { applied: true, ..at(50, 200) };
        assert_eq!(step_words(&writing), "正在导入 50 / 200");
    }

    #[test]
    fn only_spreadsheets_are_taken() {
        assert_eq!(check_name("花名册.XLSX"), Ok(()));
        assert_eq!(check_name("花名册.csv"), Ok(()));
        assert_eq!(check_name("边界.geojson"), Ok(()));
        assert_eq!(check_name("花名册.xls"), Err(NameFault::OldKind));
        assert_eq!(check_name("照片.jpg"), Err(NameFault::Kind));
        assert_eq!(check_name("花名册"), Err(NameFault::Kind));
    }

    #[test]
    fn files_are_chosen_together_up_to_what_the_server_takes() {
        let of = |files: &[(&str, f64)]| {
            let files: Vec<(String, f64)> =
                files.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect();
            check_files(&files)
        };
        assert_eq!(of(&[("org.xlsx", 1.0), ("户.csv", 2.0)]), Ok(()));
        assert_eq!(of(&[("户.csv", LARGEST)]), Ok(()));
        let alone = of(&[("照片.jpg", 1.0)]).unwrap_err();
        assert!(alone.starts_with("只收"), "{alone}");
        let among = of(&[("户.csv", 1.0), ("户.xls", 1.0)]).unwrap_err();
        assert!(among.starts_with("户.xls：这是旧格式"), "{among}");
        let large = of(&[("a.csv", LARGEST), ("b.csv", 1.0)]).unwrap_err();
        assert!(large.contains("合起来"), "{large}");
        assert!(of(&[("a.csv", 1.0), ("a.csv", 1.0)]).unwrap_err().contains("同名"));
    }

    #[test]
    fn what_was_checked_is_what_may_be_written() {
        let file = |name: &str| ImportFile { name: name.into(), base64: String::new() };
        let view = ImportView { name: "a.csv、b.xlsx".into(), ..view() };
        assert!(is_of(&[file("b.xlsx"), file("a.csv")], &view));
        assert!(!is_of(&[file("b.xlsx")], &view) && !is_of(&[], &ImportView::default()));
    }

    #[test]
    fn a_file_is_cut_out_of_its_address() {
        assert_eq!(base64_of("data:text/csv;base64,QUI="), Some("QUI="));
        assert_eq!(base64_of("data:,AB"), None);
        assert_eq!(base64_of("QUI="), None);
        assert_eq!(report_name("花名册.v2.xlsx"), "要改的行-花名册.v2.xlsx");
        assert_eq!(report_name("a.xlsx、b.csv"), "要改的行-a等.xlsx");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        assert_eq!(wrong_left(&ImportView { wrong_total: 230, ..view() }), 230);
        assert_eq!(wrong_left(&view()), 0);
    }
}
