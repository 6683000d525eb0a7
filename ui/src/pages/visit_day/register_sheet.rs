//! 登记来访: who came, how many, what about, and the file it belongs to where one is open.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use yidang_api::visit_day::{RegisterWalkIn, VisitDayView};
use yidang_domain::ids::DocumentId;

use super::OpenDay;
use crate::app::shared;
use crate::components::Sheet;
use crate::pages::case_file::control::{Line, Words};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::words::who_words;

/// What stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    visitors: String,
    people: String,
    matter: String,
    case_file: String,
}

impl Default for Typed {
    fn default() -> Self {
        Self {
            visitors: String::new(),
            people: "1".to_owned(),
            matter: String::new(),
            case_file: String::new(),
        }
    }
}

impl Typed {
    fn missing(&self) -> Option<&'static str> {
        if self.visitors.trim().is_empty() {
            Some("谁来的还没写")
        } else if self.matter.trim().is_empty() {
            Some("为什么事还没写")
        } else if self.people().is_none() {
            Some("来了几个人，写个数")
        } else {
            None
        }
    }

    fn people(&self) -> Option<u32> {
        self.people.trim().parse().ok().filter(|people| *people > 0)
    }

    fn question(&self, day: &VisitDayView) -> Option<RegisterWalkIn> {
        if self.missing().is_some() {
            return None;
        }
        Some(RegisterWalkIn {
            village: day.village.clone(),
            nominal: day.nominal.clone(),
            visitors: self.visitors.trim().to_owned(),
            people: self.people()?,
            matter: self.matter.trim().to_owned(),
            case_file: self.case_file.parse::<DocumentId>().ok(),
        })
    }
}

/// The sheet.
#[component]
pub fn RegisterSheet(
    /// The day on screen.
    day: OpenDay,
) -> impl IntoView {
    let Some(now) = day.now() else {
        return ().into_any();
    };
    let (doing, shared) = (Doing::new(), shared());
    let typed = Kept::open(format!("walk-in/{}", now.id), Typed::default());
    let pressed = RwSignal::new(false);
    let opened = StoredValue::new(now);
    let save = Callback::new(move |()| {
        pressed.set(true);
        let question =
            opened.with_value(|day| typed.value.with_untracked(|typed| typed.question(day)));
        let Some(question) = question else { return };
        doing.run(question, move |_| {
            typed.finish();
            day.close_sheet();
            changed(shared);
            shared.say("已登记，已保存在本机");
        });
    });
    let missing =
        Signal::derive(move || typed.value.with(Typed::missing).filter(|_| pressed.get()));
    let text = |place: fn(&mut Typed) -> &mut String| {
        let control = RwSignal::new(String::new());
        mirror(typed, control, place);
        control
    };
    let visitors = text(|typed| &mut typed.visitors);
    let people = text(|typed| &mut typed.people);
    let matter = text(|typed| &mut typed.matter);
    let case_file = text(|typed| &mut typed.case_file);
    view! {
        <Sheet title="登记来访" on_close=move || day.close_sheet()>
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=typed />
                <Line label="谁来的" value=visitors kind="text" hook="walk-in-visitors" />
                <Line
                    label="来了几个人"
                    value=people
                    kind="text"
                    mode="numeric"
                    hook="walk-in-people"
                />
                <Words label="为什么事" value=matter hook="walk-in-matter" limit=200 />
                <Belongs day value=case_file />
                <SaveBar doing hook="walk-in-save" words="登记" missing />
            </form>
        </Sheet>
    }
    .into_any()
}

/// The open file it belongs to.
#[component]
fn Belongs(day: OpenDay, value: RwSignal<String>) -> impl IntoView {
    let open = day.now().map(|now| now.open).unwrap_or_default();
    if open.is_empty() {
        return ().into_any();
    }
    let options = open
        .into_iter()
        .map(|row| {
            let id = row.id.to_string();
            let mine = id.clone();
            view! {
                <option value=id selected=move || value.with(|value| *value == mine)>
                    {who_words(&row.parties)}
                    "，"
                    {row.matter}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="ask">
            <span>"属于哪一件（没有可以不选）"</span>
            <select
                data-test="walk-in-file"
                on:change=move |event| value.set(event_target_value(&event))
            >
                <option value="" selected=move || value.with(String::is_empty)>
                    "还没有档"
                </option>
                {options}
            </select>
        </label>
    }
    .into_any()
}
