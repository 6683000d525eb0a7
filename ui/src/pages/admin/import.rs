//! 导入: spreadsheets and maps are checked first, all chosen files together, and written only when
//! no row is bad.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{DragEvent, File, FileList, FileReader, HtmlInputElement, MouseEvent};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yidang_api::admin::{ImportSheet, ImportState, ImportView};
use yidang_api::import::ImportFile;
use yidang_api::{Fault, FaultCode};

use super::import_parts::Outcome;
use crate::app::shared;
use crate::components::{Icon, OnlineNote, keep_somewhere};
use crate::door::ask;
use crate::models::import::{ACCEPTED, base64_of, check_files, may_apply, progress};
use crate::pages::case_file::file::changed;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Import {
    /// How far it is, and what it found.
    pub view: RwSignal<ImportView>,
    /// How far the bar is; it never goes back.
    pub bar: RwSignal<u32>,
    /// Files are being sent.
    pub busy: RwSignal<bool>,
    /// The server is asked how far it is; that keeps nobody from choosing a file.
    pub asking: RwSignal<bool>,
    /// The files that are in this window, ready to be written.
    pub held: RwSignal<Vec<ImportFile>>,
    fault: RwSignal<Option<Fault>>,
    refused: RwSignal<Option<String>>,
}

impl Import {
    fn new() -> Self {
        Self {
            view: RwSignal::new(ImportView::default()),
            bar: RwSignal::new(0),
            busy: RwSignal::new(false),
            asking: RwSignal::new(false),
            held: RwSignal::new(Vec::new()),
            fault: RwSignal::new(None),
            refused: RwSignal::new(None),
        }
    }

    /// Takes an answer. A page that is gone takes none.
    fn take(self, reply: Result<ImportView, Fault>) {
        match reply {
            Ok(view) => {
                let _ = self.fault.try_set(None);
                let _ = self.bar.try_update(|bar| *bar = progress(&view, *bar));
                let _ = self.view.try_set(view);
            }
            Err(fault) => {
                let _ = self.fault.try_set(Some(fault));
            }
        }
    }

    /// Asks how far it is, unless a question is under way. What a file brings meanwhile is newer.
    fn poll(self) {
        let is_under_way = |signal: RwSignal<bool>| signal.try_get_untracked() != Some(false);
        if is_under_way(self.asking) || is_under_way(self.busy) {
            return;
        }
        self.asking.set(true);
        spawn_local(async move {
            let reply = ask(&ImportState {}).await;
            let _ = self.asking.try_set(false);
            if !is_under_way(self.busy) {
                self.take(reply);
            }
        });
    }

    /// Checks the files, or writes them.
    pub fn send(self, apply: bool) {
        let files = self.held.get_untracked();
        let may = !apply || self.view.with_untracked(may_apply);
        if files.is_empty() || self.busy.get_untracked() || !may {
            return;
        }
        self.busy.set(true);
        self.bar.set(0);
        self.fault.set(None);
        spawn_local(async move {
            let reply = ask(&ImportSheet { files, apply, ..ImportSheet::default() }).await;
            let _ = self.busy.try_set(false);
            self.take(reply);
        });
    }

    /// Whether other files cannot be chosen now.
    fn is_off(self) -> bool {
        self.busy.get() || self.view.with(|view| view.running)
    }

    /// Reads chosen files and has them checked together.
    fn choose(self, files: Vec<File>) {
        if files.is_empty() || untrack(|| self.is_off()) {
            return;
        }
        self.refused.set(None);
        let sizes: Vec<(String, f64)> =
            files.iter().map(|file| (file.name(), file.size())).collect();
        if let Err(words) = check_files(&sizes) {
            self.refused.set(Some(words));
            return;
        }
        let then = move |read: Result<Vec<ImportFile>, String>| match read {
            Ok(files) => {
                let _ = self.held.try_set(files);
                self.send(false);
            }
            Err(name) => {
                let _ = self.refused.try_set(Some(format!("{name} 没有读出来，再选一次")));
            }
        };
        read_all(files, Vec::new(), Box::new(then));
    }
}

/// The files of a list.
fn listed(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}

/// What is done once all files are read, or with the name of the one that could not be.
type Then = Box<dyn FnOnce(Result<Vec<ImportFile>, String>)>;

/// Reads files one after the other.
fn read_all(mut left: Vec<File>, mut done: Vec<ImportFile>, then: Then) {
    let Some(file) = left.pop() else { return then(Ok(done)) };
    let name = file.name();
    read(&file, move |text| {
        let base64 = text.as_deref().and_then(base64_of).map(str::to_owned);
        let Some(base64) = base64 else { return then(Err(name)) };
        done.push(ImportFile { name, base64 });
        read_all(left, done, then);
    });
}

/// Reads a file as a `data:` address; nothing where it cannot be read.
fn read(file: &File, then: impl FnOnce(Option<String>) + 'static) {
    let Ok(reader) = FileReader::new() else { return then(None) };
    let done = reader.clone();
    let ended = Closure::once_into_js(move || {
        then(done.result().ok().and_then(|text| text.as_string()));
    });
    reader.set_onloadend(Some(ended.unchecked_ref()));
    // Where reading is refused, `loadend` says so all the same or the choice is made again.
    let _ = reader.read_as_data_url(file);
}

/// The page.
#[component]
pub fn ImportPart() -> impl IntoView {
    let (import, shared) = (Import::new(), shared());
    import.poll();
    let running = Memo::new(move |_| import.view.with(|view| view.running));
    let ticking = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(handle) = ticking.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |before: Option<bool>| {
        stop();
        let now = running.get();
        if now {
            let tick = set_interval_with_handle(move || import.poll(), Duration::from_secs(1));
            ticking.set_value(tick.ok());
        } else if before == Some(true) {
            changed(shared);
        }
        now
    });
    on_cleanup(stop);
    Effect::new(move |_| {
        import.view.track();
        keep_somewhere();
    });
    let retry = Callback::new(move |()| {
        let asked_for_state = import.held.with_untracked(Vec::is_empty);
        if asked_for_state { import.poll() } else { import.send(false) }
    });
    view! {
        <Choose import/>
        <div aria-live="polite" class="stack">
            {move || {
                import.refused.get().map(|words| {
                    view! {
                        <div class="note soon" role="alert" data-test="import-refused-here">
                            <Icon name="warn"/>
                            <div class="grow">{words}</div>
                        </div>
                    }
                })
            }}
            {move || import.fault.get().map(|fault| {
                let quiet = running.get() && fault.code == FaultCode::NeedsNetwork;
                if quiet {
                    view! {
                        <div class="note off" role="status">
                            <Icon name="cloud-off"/>
                            <div class="grow">"需要网络。服务器接着办，有信号后接着显示。"</div>
                        </div>
                    }.into_any()
                } else {
                    view! { <OnlineNote fault retry/> }.into_any()
                }
            })}
        </div>
        <Outcome import/>
    }
}

/// Files are chosen with a button or dropped.
#[component]
fn Choose(import: Import) -> impl IntoView {
    let over = RwSignal::new(false);
    let picked = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        import.choose(listed(input.files()));
        // So that the same file can be chosen again once it was mended.
        input.set_value("");
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        import.choose(listed(event.data_transfer().and_then(|data| data.files())));
    };
    let off = move || import.is_off();
    // Not disabled: whoever chose by keyboard stays where they are while the files are checked.
    let pressed = move |event: MouseEvent| {
        if untrack(off) {
            event.prevent_default();
        }
    };
    view! {
        <section
            class="card drop"
            class:over=over
            data-test="import-drop"
            on:dragover=move |event: DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <div class="grow">
                <h2>"选表格"</h2>
                <p class="t2">
                    "机构、网格、网格员、任职、团队、坐诊队、户的花名册，.xlsx 或 .csv；边界用 .geojson。可以几个一起选，不分先后。"
                    "先核对，一行都不写；没有要改的行，再一起正式导入。"
                </p>
            </div>
            <label class="btn file-btn" class:is-off=off>
                <Icon name="file"/>
                "选文件"
                <input
                    type="file"
                    class="sr"
                    multiple=true
                    accept=ACCEPTED
                    aria-label="选要导入的表格"
                    aria-disabled=move || off().to_string()
                    data-test="import-file"
                    on:click=pressed
                    on:change=picked
                />
            </label>
            <span class="small t3">"也可以把文件拖到这里"</span>
        </section>
    }
}
