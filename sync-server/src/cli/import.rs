//! `import`: spreadsheets and maps, from the terminal of the server.
#![expect(clippy::print_stdout, reason = "the command answers on the terminal")]

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yidang_api::admin::ImportView;
use yidang_api::import::{
    ImportLine, by_kind, count_words, left_words, or_blank, outcome_words, wrong_place,
};

use crate::app::{database, lock_directory, open};
use crate::import::sheet::MOST_BYTES;
use crate::import::{self, File};

/// What the command was asked to do.
pub(super) struct Wish {
    /// Directory of the database.
    pub data: PathBuf,
    /// Writes; otherwise it only says what would change.
    pub apply: bool,
    /// Where the list of bad rows goes.
    pub report: Option<PathBuf>,
    /// Where the list of everything that changes goes.
    pub changes: Option<PathBuf>,
    /// The files.
    pub files: Vec<PathBuf>,
}

/// Some rows are bad, or a file was refused: nothing was written.
const BAD_ROWS: u8 = 2;
/// Bad rows on the terminal; the report has all of them.
const MOST_PRINTED: usize = 40;

pub(super) fn import(wish: &Wish) -> Result<ExitCode> {
    if !database(&wish.data).exists() {
        bail!("{} 里没有数据库", wish.data.display());
    }
    let files = wish.files.iter().map(read).collect::<Result<Vec<File>>>()?;
    // Taken and given back: opening the county takes it again, and says less of why it cannot.
    drop(lock_directory(&wish.data).context(
        "服务器正在运行。请用管理员账号在“管理—导入”页面上传表格；或先停止服务器，再运行本命令",
    )?);
    let app = open(super::options(&wish.data)?)?;
    let progress = |done: u32, of: u32| {
        if of > 0 && done == of {
            tracing::info!(done, "all rows are written");
        }
    };
    let (view, lines) = if wish.changes.is_some() {
        import::run_whole(&app, &files, wish.apply, &progress)?
    } else {
        (import::run(&app, &files, wish.apply, &progress)?, Vec::new())
    };
    print(&view);
    if let Some(report) = &wish.report
        && !view.report_base64.is_empty()
    {
        let bytes = STANDARD.decode(&view.report_base64).context("the report")?;
        fs::write(report, bytes).with_context(|| report.display().to_string())?;
        println!("要改的行都在 {}", report.display());
    }
    if let Some(list) = &wish.changes
        && !lines.is_empty()
    {
        let bytes = import::changes_xlsx(&lines, view.applied).context("the list of changes")?;
        fs::write(list, bytes).with_context(|| list.display().to_string())?;
        println!("逐项列出的改动都在 {}", list.display());
    }
    let is_good = view.refused.is_empty() && view.wrong_total == 0;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::from(BAD_ROWS) })
}

fn read(path: &PathBuf) -> Result<File> {
    let size = fs::metadata(path).with_context(|| path.display().to_string())?.len();
    if size > MOST_BYTES as u64 {
        bail!("{}：文件超过20兆", path.display());
    }
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(File { name, bytes })
}

fn print(view: &ImportView) {
    if !view.refused.is_empty() {
        println!("{}：{}", view.name, view.refused);
        return;
    }
    for change in &view.changes {
        println!("{}", count_words(change));
    }
    for (kind, lines) in by_kind(&view.listed) {
        println!("{kind}");
        for line in lines {
            println!("  {}", line_words(line));
        }
    }
    for words in left_words(view) {
        println!("{words}");
    }
    for row in view.wrong.iter().take(MOST_PRINTED) {
        println!(
            "{} {}“{}”：{}。{}。",
            wrong_place(row),
            row.column,
            or_blank(&row.value),
            row.reason,
            row.cure
        );
    }
    println!("{}", outcome_words(view));
}

/// 新增 第7网格（张家滩镇 · 下盘石村） 网格类型：农村网格
fn line_words(line: &ImportLine) -> String {
    let place = if line.place.is_empty() { String::new() } else { format!("（{}）", line.place) };
    let words = format!("{} {}{place} {}", line.fate.label(), line.name, line.words());
    words.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use yidang_api::import::{ImportFate, ImportField};

    use super::*;

    #[test]
    fn a_change_is_printed_with_what_and_who_and_where_and_both_values() {
        let field = ImportField {
            label: "结束日期".into(),
            before: String::new(),
            after: "2026-12-31".into(),
        };
        let line = ImportLine {
            kind: "任职".into(),
            fate: ImportFate::Ended,
            name: "王样一".into(),
            place: "张家滩镇 · 下盘石村".into(),
            fields: vec![field],
        };
        assert_eq!(
            line_words(&line),
            "结束 王样一（张家滩镇 · 下盘石村） 结束日期：（空） → 2026-12-31"
        );
        let bare = ImportLine { place: String::new(), fields: Vec::new(), ..line };
        assert_eq!(line_words(&bare), "结束 王样一");
    }
}
