//! 分格并格: a grid is split or joined to its neighbour; what came of it stays on screen.

use leptos::prelude::*;
use yidang_api::Question;
use yidang_api::admin::{GridChanged, MergeGrid};
use yidang_domain::ids::UserId;
use yidang_domain::org::GridKind;

use super::pickers::{PersonPicker, UnitPicker};
use super::send::SendBar;
use crate::app::shared;
use crate::components::{Icon, Sheet};
use crate::models::admin::split_grid;
use crate::models::grids::grids_address;
use crate::pages::case_file::control::{Line, Words};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;
use yidang_api::places::GridFilter;

/// Which sheet is open.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Split,
    Merge,
}

/// What the sheets share.
#[derive(Clone, Copy)]
struct Changes {
    open: RwSignal<Option<Open>>,
    /// What was done, and what came of it.
    done: RwSignal<Vec<(&'static str, GridChanged)>>,
}

impl Changes {
    fn close(self) {
        self.open.set(None);
    }

    fn take(self, words: &'static str, changed: GridChanged) {
        self.close();
        self.done.update(|done| done.insert(0, (words, changed)));
    }
}

/// The page.
#[component]
pub fn GridsPart() -> impl IntoView {
    let changes = Changes { open: RwSignal::new(None), done: RwSignal::new(Vec::new()) };
    let kinds = GridKind::ALL.map(GridKind::label).join("、");
    view! {
        <div class="county-cols even">
            <section class="card roomy stack">
                <h2>"分一个网格"</h2>
                <p class="t2">"一部分户搬到新网格，写过的都留着。案件留在原来的网格，要换的由乡镇在案件里改地点所在的网格。"</p>
                <button
                    type="button"
                    class="btn"
                    data-test="admin-split"
                    on:click=move |_| changes.open.set(Some(Open::Split))
                >
                    <Icon name="plus"/>
                    "分格"
                </button>
            </section>
            <section class="card roomy stack">
                <h2>"并一个网格"</h2>
                <p class="t2">"一个网格并到同村的另一个。原来的编码留着，查得到。"</p>
                <button
                    type="button"
                    class="btn"
                    data-test="admin-merge"
                    on:click=move |_| changes.open.set(Some(Open::Merge))
                >
                    <Icon name="merge"/>
                    "并格"
                </button>
            </section>
        </div>
        <p class="small t3">
            {format!("网格分{kinds}。")}
            <a class="inline-link" href=grids_address(None, GridFilter::All, 0)>"看全部网格"</a>
        </p>
        <div aria-live="polite" class="stack">
            {move || {
                changes
                    .done
                    .get()
                    .into_iter()
                    .map(|(words, changed)| view! { <Outcome words changed/> })
                    .collect_view()
            }}
        </div>
        {move || {
            changes.open.get().map(|open| match open {
                Open::Split => view! { <SplitSheet changes/> }.into_any(),
                Open::Merge => view! { <MergeSheet changes/> }.into_any(),
            })
        }}
    }
}

/// What came of it; what was named and not found is listed.
#[component]
fn Outcome(words: &'static str, changed: GridChanged) -> impl IntoView {
    let GridChanged { grid, households, files, unknown } = changed;
    let missing = (!unknown.is_empty()).then(|| {
        view! {
            <div class="mid" data-test="admin-grid-unknown">
                {format!("没有找到 {} 户，留在原来的网格：{}", unknown.len(), unknown.join("、"))}
            </div>
        }
    });
    let class = if missing.is_some() { "note soon" } else { "note brand" };
    view! {
        <div class=class data-test="admin-grid-done">
            <Icon name="check"/>
            <div class="grow">
                <b>{words}</b>
                <div class="mid t2">
                    {format!("{households} 户、{files} 件未销号的到了 ")}
                    <a class="inline-link" href=grids_address(Some(&grid), GridFilter::All, 0)>
                        {grid.0.clone()}
                    </a>
                </div>
                {missing}
            </div>
        </div>
    }
}

/// What the button of a sheet does, and what it misses once it was pressed.
struct Sending {
    doing: Doing,
    missing: Signal<Option<String>>,
    save: Callback<()>,
}

fn sending<Q>(
    changes: Changes,
    done: &'static str,
    question: impl Fn() -> Result<Q, &'static str> + Copy + Send + Sync + 'static,
) -> Sending
where
    Q: Question<Reply = GridChanged> + 'static,
{
    let (doing, shared, pressed) = (Doing::new(), shared(), RwSignal::new(false));
    let missing =
        Signal::derive(move || question().err().filter(|_| pressed.get()).map(str::to_owned));
    let save = Callback::new(move |()| {
        pressed.set(true);
        let Ok(question) = untrack(question) else { return };
        doing.run(question, move |answer| {
            changes.take(done, answer);
            changed(shared);
        });
    });
    Sending { doing, missing, save }
}

#[component]
fn SplitSheet(changes: Changes) -> impl IntoView {
    let grid = RwSignal::new(None);
    let worker = RwSignal::new(None::<(UserId, String)>);
    let name = RwSignal::new(String::new());
    let households = RwSignal::new(String::new());
    let question = move || {
        split_grid(
            grid.with(|grid| grid.as_ref().map(|(org, _)| Clone::clone(org))),
            &name.get(),
            &households.get(),
            worker.get().map(|(user, _)| user),
        )
    };
    let Sending { doing, missing, save } = sending(changes, "已分格", question);
    view! {
        <Sheet title="分一个网格" on_close=move || changes.close() hook="admin-split-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <UnitPicker label="从哪个网格分" value=grid grids_only=true/>
                <Line label="新网格叫什么" value=name kind="text" hook="split-name"/>
                <Words
                    label="哪些户分过去（门牌或户号，一行一户）"
                    value=households
                    limit=20000
                    hook="split-households"
                />
                <PersonPicker label="谁管新网格" value=worker/>
                <SendBar doing words="分格" busy="正在分格" hook="split-save" missing/>
            </form>
        </Sheet>
    }
}

#[component]
fn MergeSheet(changes: Changes) -> impl IntoView {
    let grid = RwSignal::new(None);
    let into = RwSignal::new(None);
    let question = move || {
        let grid = grid.with(|grid| grid.as_ref().map(|(org, _)| Clone::clone(org)));
        let into = into.with(|into| into.as_ref().map(|(org, _)| Clone::clone(org)));
        match (grid, into) {
            (None, _) => Err("先选要结束的网格"),
            (_, None) => Err("并到哪个网格，还没选"),
            (Some(grid), Some(into)) if grid == into => Err("不能并到自己"),
            (Some(grid), Some(into)) => Ok(MergeGrid { grid, into }),
        }
    };
    let Sending { doing, missing, save } = sending(changes, "已并格", question);
    view! {
        <Sheet title="并一个网格" on_close=move || changes.close() hook="admin-merge-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <UnitPicker label="哪个网格结束" value=grid grids_only=true/>
                <UnitPicker label="并到哪个网格（同一个村）" value=into grids_only=true/>
                <SendBar doing words="并格" busy="正在并格" hook="merge-save" missing/>
            </form>
        </Sheet>
    }
}
