//! The next visit day of the village.

use leptos::prelude::*;
use yidang_api::today::NextVisit;

use crate::components::Icon;
use crate::models::query::escaped;
use crate::words::{month_day, weekday};

/// The card that leads to it.
#[component]
pub fn VisitCard(
    /// The day.
    visit: NextVisit,
) -> impl IntoView {
    let href = format!("/visit/{}/{}", escaped(visit.village.as_str()), escaped(&visit.nominal));
    let title = match visit.days {
        0 => "今天驻村坐诊".to_owned(),
        1 => "明天驻村坐诊".to_owned(),
        days => format!("{days} 天后驻村坐诊"),
    };
    let place = if visit.place.is_empty() { visit.village_name.clone() } else { visit.place };
    view! {
        <a class="visit-card" href=href data-test="today-visit">
            <div class="row">
                <span class="tt">{title}</span>
                {visit
                    .ready
                    .then(|| {
                        view! {
                            <span class="chip ok push">
                                <Icon name="check" class="xs"/>
                                "资料包已备好"
                            </span>
                        }
                    })}
            </div>
            <div class="facts">
                <span>{format!("{} {}", month_day(visit.on), weekday(visit.on))}</span>
                <span>{place}</span>
                <span>{format!("在办 {} 件", visit.open)}</span>
                {visit.reason.map(|reason| view! { <span class="t3">{reason}</span> })}
            </div>
        </a>
    }
}
