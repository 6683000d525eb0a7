//! One import at a time, and how far it is.

use std::sync::{Mutex, MutexGuard, PoisonError};

use yidang_api::admin::ImportView;

/// Holds the state of the last import.
#[derive(Default)]
pub struct ImportDesk {
    view: Mutex<ImportView>,
}

impl ImportDesk {
    fn view(&self) -> MutexGuard<'_, ImportView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the import is.
    #[must_use]
    pub fn state(&self) -> ImportView {
        self.view().clone()
    }

    /// Begins an import of files of these names; none while another one runs.
    #[must_use]
    pub fn begin(&self, name: &str) -> Option<ImportView> {
        let mut view = self.view();
        if view.running {
            return None;
        }
        *view = ImportView { name: name.to_owned(), running: true, ..ImportView::default() };
        Some(view.clone())
    }

    /// Says how far it is.
    pub fn progress(&self, done: u32, of: u32) {
        let mut view = self.view();
        (view.done, view.of) = (done.max(view.done), of);
    }

    /// It ended like this.
    pub fn end(&self, end: ImportView) {
        *self.view() = ImportView { running: false, ..end };
    }
}
