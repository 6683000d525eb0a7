//! 帮助: short chapters inside the application; no network is needed.

use leptos::prelude::*;

use crate::components::{Frame, Icon};
use crate::models::help::{CHAPTERS, Chapter};

/// The page.
#[component]
pub fn HelpPage() -> impl IntoView {
    let chapters = || CHAPTERS.into_iter().map(|chapter| view! { <One chapter/> }).collect_view();
    view! {
        <Frame title="帮助" sub="没有网络也能看" on="me" back=true>
            <a class="note brand plain" href="/practice" data-test="help-practice">
                <Icon name="pen"/>
                <div class="grow"><b>"先练一练"</b><div class="mid t2">"用编的例子走一遍，什么都不会存"</div></div>
                <Icon name="right" class="s"/>
            </a>
            <div class="cells">{chapters()}</div>
            <p class="small t3 aside">"还是不会，找村上的指导员，或到“投诉与建议”里说"</p>
        </Frame>
    }
}

#[component]
fn One(chapter: Chapter) -> impl IntoView {
    let steps = chapter.steps.iter().map(|step| view! { <li>{*step}</li> }).collect_view();
    view! {
        <details class="level chapter" data-test=format!("help-{}", chapter.key)>
            <summary class="field">
                <Icon name=chapter.icon/>
                <span class="vl">{chapter.title}</span>
                <Icon name="down" class="chev s"/>
            </summary>
            <ol class="steps">{steps}</ol>
        </details>
    }
}
