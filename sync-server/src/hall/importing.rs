//! Spreadsheets and maps from the administrator's screen: taken in the background, one import at a
//! time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yidang_api::admin::{ImportSheet, ImportView};
use yidang_api::import::{ImportFile, import_name};
use yidang_api::{Fault, FaultCode};

use crate::app::App;
use crate::import::sheet::{MOST_BYTES, Refused};
use crate::import::{self, File};

use super::Counter;

/// Begins an import and answers at once; [`state`] says how far it is.
pub fn begin(counter: &Counter<'_>, question: &ImportSheet) -> Result<ImportView, Fault> {
    counter.require_administrator()?;
    let files = files(question)?;
    let app = counter.app.clone();
    let begun = app
        .import()
        .begin(&name_of(&files))
        .ok_or_else(|| Fault::new(FaultCode::ServerBusy, "another import is running"))?;
    let apply = question.apply;
    let worker = app.clone();
    let spawned = std::thread::Builder::new()
        .name("import".into())
        .spawn(move || work(&worker, &files, apply));
    if let Err(error) = spawned {
        tracing::error!(%error, "an import did not begin");
        app.import().end(ImportView::default());
        return Err(Fault::new(FaultCode::Internal, "no thread for the import"));
    }
    Ok(begun)
}

/// The files of a question; an older window sends one beside the list.
fn files(question: &ImportSheet) -> Result<Vec<File>, Fault> {
    let alone = ImportFile { name: question.name.clone(), base64: question.base64.clone() };
    let alone = (!alone.name.is_empty()).then_some(&alone);
    let sent: Vec<&ImportFile> = question.files.iter().chain(alone).collect();
    if sent.is_empty() {
        return Err(Fault::invalid("files", "no file was sent"));
    }
    // Three bytes are four letters, and each file ends with up to three of them more.
    let letters = sent.iter().map(|file| file.base64.len()).sum::<usize>();
    if letters > MOST_BYTES / 3 * 4 + 8 * sent.len() {
        let refused = if sent.len() > 1 { Refused::TooLargeTogether } else { Refused::TooLarge };
        return Err(Fault::invalid("files", refused.to_string()));
    }
    let read = |file: &&ImportFile| -> Result<File, Fault> {
        let bytes = STANDARD
            .decode(file.base64.trim())
            .map_err(|_| Fault::invalid("files", "the file did not arrive whole"))?;
        Ok(File { name: file.name.clone(), bytes })
    };
    sent.iter().map(read).collect()
}

fn name_of(files: &[File]) -> String {
    import_name(files.iter().map(|file| file.name.as_str()))
}

/// How far the import is, and what it found.
pub fn state(counter: &Counter<'_>) -> Result<ImportView, Fault> {
    counter.require_administrator()?;
    Ok(counter.app.import().state())
}

/// Whatever happens, the desk is free again afterwards.
fn work(app: &App, files: &[File], apply: bool) {
    let desk = app.import();
    let run = || import::run(app, files, apply, &|done, of| desk.progress(done, of));
    let end = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(view)) => view,
        failed => {
            if let Ok(Err(error)) = failed {
                tracing::error!(%error, "an import failed");
            }
            let refused = "服务器处理时出错，没有导入任何内容。请稍后再试。".to_owned();
            ImportView { name: name_of(files), refused, ..ImportView::default() }
        }
    };
    desk.end(end);
}
