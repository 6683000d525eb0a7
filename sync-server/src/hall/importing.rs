//! Spreadsheets from the administrator's screen: taken in the background, one at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use yidang_api::admin::{ImportSheet, ImportView};
use yidang_api::{Fault, FaultCode};

use crate::app::App;
use crate::import::sheet::{MOST_BYTES, Refused};
use crate::import::{self, File};

use super::Counter;

/// Begins an import and answers at once; [`state`] says how far it is.
pub fn begin(counter: &Counter<'_>, question: &ImportSheet) -> Result<ImportView, Fault> {
    counter.require_administrator()?;
    if question.base64.len() > MOST_BYTES / 3 * 4 + 8 {
        return Err(Fault::invalid("base64", Refused::TooLarge.to_string()));
    }
    let bytes = STANDARD
        .decode(question.base64.trim())
        .map_err(|_| Fault::invalid("base64", "the file did not arrive whole"))?;
    let file = File { name: question.name.clone(), bytes };
    let app = counter.app.clone();
    let begun = app
        .import()
        .begin(&file.name)
        .ok_or_else(|| Fault::new(FaultCode::ServerBusy, "another import is running"))?;
    let apply = question.apply;
    let worker = app.clone();
    let spawned =
        std::thread::Builder::new().name("import".into()).spawn(move || work(&worker, file, apply));
    if let Err(error) = spawned {
        tracing::error!(%error, "an import did not begin");
        app.import().end(ImportView::default());
        return Err(Fault::new(FaultCode::Internal, "no thread for the import"));
    }
    Ok(begun)
}

/// How far the import is, and what it found.
pub fn state(counter: &Counter<'_>) -> Result<ImportView, Fault> {
    counter.require_administrator()?;
    Ok(counter.app.import().state())
}

/// Whatever happens, the desk is free again afterwards.
fn work(app: &App, file: File, apply: bool) {
    let name = file.name.clone();
    let files = [file];
    let desk = app.import();
    let run = || import::run(app, &files, apply, &|done, of| desk.progress(done, of));
    let end = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(view)) => view,
        failed => {
            if let Ok(Err(error)) = failed {
                tracing::error!(%error, "an import failed");
            }
            let refused = "服务器处理时出错，没有导入任何内容。请稍后再试。".to_owned();
            ImportView { name, refused, ..ImportView::default() }
        }
    };
    desk.end(end);
}
