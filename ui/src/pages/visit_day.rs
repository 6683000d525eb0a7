//! 驻村坐诊: one day of one village, wholly on this device.

mod answer_sheet;
mod day;
mod day_sheets;
mod files;
mod register_sheet;
mod summary;
mod walk_ins;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use yidang_api::visit_day::{VisitDayQuestion, VisitDayView};
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};
use yidang_domain::rights::Act;

use self::answer_sheet::AnswerSheet;
use self::day::{Head, OtherDays};
use self::day_sheets::{CancelSheet, MoveSheet};
use self::files::{Files, SessionSheet};
use self::register_sheet::RegisterSheet;
use self::summary::SummarySheet;
use self::walk_ins::WalkIns;
use crate::components::{Dotted, FaultNote, Frame, Icon, Waiting};
use crate::door::{Answer, answer};
use crate::models::visit::ready_line;
use crate::words::{month_day, weekday_short};

/// Which sheet is open over the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sheeted {
    /// 登记来访
    Register,
    /// 答复
    Answer(ItemKey),
    /// 调解, for a file of the village.
    Session(DocumentId),
    /// 改期
    Move,
    /// 取消
    Cancel,
    /// 今日小结
    Summary,
}

/// The day on screen. Copy it freely.
#[derive(Clone, Copy)]
pub struct OpenDay {
    /// The answer, kept up to date.
    pub answer: Answer<VisitDayView>,
    /// The sheet that is open.
    pub sheet: RwSignal<Option<Sheeted>>,
    /// The day that was asked for, by its name; the next one where none was.
    asked: Memo<Option<String>>,
}

impl OpenDay {
    /// A part of the view that is drawn anew only when it changed.
    #[must_use]
    pub fn part<T>(
        self,
        read: impl Fn(&VisitDayView) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.answer.value.with(|view| view.as_ref().map(&read)))
    }

    /// Whether the day that was asked for is on screen, and not one before it.
    fn is_there(self) -> bool {
        let asked = self.asked.get();
        self.answer.value.with(|view| {
            view.as_ref().is_some_and(|view| asked.is_none_or(|name| name == view.nominal))
        })
    }

    /// Whether an entry of this kind may be written on this day.
    #[must_use]
    pub fn may(self, kind: EntryKind) -> bool {
        self.answer
            .value
            .with(|view| view.as_ref().is_some_and(|view| view.acts.contains(&Act::Add(kind))))
    }

    /// The view at this moment: what a sheet is opened on.
    #[must_use]
    pub fn now(self) -> Option<VisitDayView> {
        self.answer.value.get_untracked()
    }

    /// Closes whatever sheet is open.
    pub fn close_sheet(self) {
        let _ = self.sheet.try_set(None);
    }
}

/// The page.
#[component]
pub fn VisitDayPage() -> impl IntoView {
    let params = use_params_map();
    let get = move |name: &'static str| params.with(|params| params.get(name));
    let question = Memo::new(move |_| (get("village"), get("nominal")));
    let day = OpenDay {
        answer: answer(move || {
            let (village, nominal) = question.get();
            VisitDayQuestion { village: village.map(OrgCode), nominal }
        }),
        sheet: RwSignal::new(None),
        asked: Memo::new(move |_| get("nominal")),
    };
    let sub = day.part(|view| {
        let team = match view.team.len() {
            0 => String::new(),
            count => format!(" · {count} 人团队"),
        };
        format!("{} {} · {}{team}", month_day(view.on), weekday_short(view.on), view.place)
    });
    let sub = Signal::derive(move || sub.get().unwrap_or_default());
    view! {
        <Frame
            title="驻村坐诊"
            sub
            on="visit"
            back=true
            dock=move || view! { <Dock day /> }
        >
            <Body day />
        </Frame>
        <Sheets day />
    }
}

#[component]
fn Body(day: OpenDay) -> impl IntoView {
    let is_there = Memo::new(move |_| day.is_there());
    let fault = day.answer.fault;
    move || {
        if is_there.get() {
            return view! {
                <Head day />
                <WalkIns day />
                <Files day />
                <OtherDays day />
            }
            .into_any();
        }
        match fault.get() {
            Some(fault) => {
                let retry = Callback::new(move |()| day.answer.retry());
                view! { <FaultNote fault retry /> }.into_any()
            }
            None => view! { <Waiting rows=4 /> }.into_any(),
        }
    }
}

#[component]
fn Dock(day: OpenDay) -> impl IntoView {
    let line = day.part(ready_line);
    let unsent = day.part(|view| view.unsent > 0);
    let may = Memo::new(move |_| day.may(EntryKind::WalkIn));
    let cancelled = day.part(|view| view.cancelled);
    move || {
        let line = line.get()?;
        let icon = if unsent.get() == Some(true) { "disk" } else { "check-o" };
        let open = may.get() && cancelled.get() != Some(true);
        Some(view! {
            <div class="dock-note" role="status" data-test="visit-ready">
                <Icon name=icon class="s" />
                <span><Dotted text=line /></span>
            </div>
            <div class="dock wrap">
                <button
                    type="button"
                    class="btn big"
                    data-test="visit-summary"
                    on:click=move |_| day.sheet.set(Some(Sheeted::Summary))
                >
                    "今日小结"
                </button>
                {open
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="btn pri big wide"
                                data-test="visit-register"
                                on:click=move |_| day.sheet.set(Some(Sheeted::Register))
                            >
                                <Icon name="plus" />
                                "登记来访"
                            </button>
                        }
                    })}
            </div>
        })
    }
}

#[component]
fn Sheets(day: OpenDay) -> impl IntoView {
    move || {
        let sheet = day.sheet.get()?;
        // A sheet is made once, on the heads of that moment; later answers do not remake it.
        untrack(|| {
            Some(match sheet {
                Sheeted::Register => view! { <RegisterSheet day /> }.into_any(),
                Sheeted::Answer(key) => view! { <AnswerSheet day walk_in=key /> }.into_any(),
                Sheeted::Session(case) => view! { <SessionSheet day case /> }.into_any(),
                Sheeted::Move => view! { <MoveSheet day /> }.into_any(),
                Sheeted::Cancel => view! { <CancelSheet day /> }.into_any(),
                Sheeted::Summary => view! { <SummarySheet day /> }.into_any(),
            })
        })
    }
}
