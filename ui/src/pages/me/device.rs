//! What is on this device, one's posts, help, and who runs this.

use leptos::prelude::*;
use yidang_api::device::{DeviceQuestion, DeviceView, PostRow};

use crate::components::{FieldRow, Icon};
use crate::door::{Answer, answer};
use crate::models::own_device::{held_words, owner_lines, post_words, size_words};
use crate::words::moment;

/// Asks what is on this device; rows that stay away while there is no answer.
#[must_use]
pub fn use_device() -> Answer<DeviceView> {
    answer(DeviceQuestion::default)
}

/// 任职
#[component]
pub fn Posts(
    /// What is on this device.
    device: Answer<DeviceView>,
) -> impl IntoView {
    let posts = Memo::new(move |_| {
        device.value.with(|view| view.as_ref().map(|view| view.posts.clone()).unwrap_or_default())
    });
    let row = |post: PostRow| {
        let since = post_words(&post);
        view! {
            <div class="field" data-test="me-post">
                <span class="vl">{post.text}<small>{since}</small></span>
            </div>
        }
    };
    move || {
        let posts = posts.get();
        (!posts.is_empty()).then(|| {
            let rows = posts.into_iter().map(row).collect_view();
            view! { <div class="sec"><h2>"任职"</h2></div> <div class="cells">{rows}</div> }
        })
    }
}

/// Rows of 这台设备: what is held, what waits, how much room it takes.
#[component]
pub fn Held(
    /// What is on this device.
    device: Answer<DeviceView>,
) -> impl IntoView {
    move || {
        device.value.get().map(|view| {
            let waiting = match (view.unsent, view.drafts) {
                (0, 0) => "没有".to_owned(),
                (unsent, drafts) => format!("待上传 {unsent} 条，草稿 {drafts} 份"),
            };
            let (name, held) = (view.device_name.clone(), held_words(&view));
            let as_of = view.as_of.map_or_else(|| "还没有取全过".to_owned(), moment);
            view! {
                <FieldRow label="名称"><span data-test="me-device-name">{name}</span></FieldRow>
                <FieldRow label="有多少">
                    <span data-test="me-held">{held}</span>
                    <small>{format!("取全于 {as_of}")}</small>
                </FieldRow>
                <FieldRow label="只在本机">
                    <a class="inline-link" href="/sync" data-test="me-unsent">{waiting}</a>
                </FieldRow>
                <FieldRow label="占空间"><span data-test="me-bytes">{size_words(view.bytes)}</span></FieldRow>
            }
        })
    }
}

/// 帮助, 练习, 投诉与建议
#[component]
pub fn Ways() -> impl IntoView {
    let rows = [
        ("/help", "book", "帮助", "建档、没信号、冲突卡、坐诊", "me-help"),
        ("/practice", "pen", "练习", "编的例子，什么都不会存", "me-practice"),
        ("/visit/month", "cal", "坐诊月历", "这个月哪几天坐诊", "me-month"),
        ("/complaint", "msg", "投诉与建议", "交到县里", "me-complaint"),
    ]
    .map(|(href, icon, word, what, hook)| {
        view! {
            <a class="field" href=href data-test=hook>
                <Icon name=icon class="s"/>
                <span class="vl">{word}<small>{what}</small></span>
                <Icon name="right" class="chev s"/>
            </a>
        }
    });
    view! { <div class="sec"><h2>"帮助"</h2></div> <div class="cells">{rows.collect_view()}</div> }
}

/// Who runs this service, under which filing number, and whom to call, as the county's server says.
#[component]
pub fn Owner(
    /// What is on this device.
    device: Answer<DeviceView>,
    /// Version of the application.
    #[prop(into)]
    version: Signal<String>,
) -> impl IntoView {
    let lines = Memo::new(move |_| device.value.with(|view| owner_lines(view.as_ref())));
    let lines = move || lines.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    view! {
        <footer class="owner small t3" data-test="me-owner">
            {lines}
            <p>{move || format!("一档通 {}", version.get())}</p>
        </footer>
    }
}
