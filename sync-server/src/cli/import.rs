//! `import`: spreadsheets, from the terminal of the server.
#![expect(clippy::print_stdout, reason = "the command answers on the terminal")]

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yidang_api::admin::ImportView;

use crate::app::{Options, database, lock_directory, open};
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
    let app = open(Options::new(&wish.data))?;
    let view = import::run(&app, &files, wish.apply, &|done, of| {
        if of > 0 && done == of {
            tracing::info!(done, "all rows are written");
        }
    })?;
    print(&view);
    if let Some(report) = &wish.report
        && !view.report_base64.is_empty()
    {
        let bytes = STANDARD.decode(&view.report_base64).context("the report")?;
        fs::write(report, bytes).with_context(|| report.display().to_string())?;
        println!("需要改正的行已写入 {}", report.display());
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
        println!(
            "{}：新增{}，变更{}，不变{}，待核对{}",
            change.table, change.added, change.changed, change.same, change.clashes
        );
    }
    for row in view.wrong.iter().take(MOST_PRINTED) {
        println!(
            "“{}”第{}行 {}“{}”：{}。{}。",
            row.sheet, row.row, row.column, row.value, row.reason, row.cure
        );
    }
    if view.wrong_total > 0 {
        println!("共{}处需要改正，没有导入任何内容。", view.wrong_total);
    } else if view.applied {
        println!("已导入。");
    } else {
        println!("只检查，没有导入。");
    }
}
