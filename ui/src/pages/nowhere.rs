//! An address that leads nowhere.

use leptos::prelude::*;

use crate::app::use_title;
use crate::components::Empty;

/// Says so and leads home.
#[component]
pub fn NowherePage() -> impl IntoView {
    use_title(|| "没有这一页".to_owned());
    view! {
        <div class="app">
            <main class="main gap">
                <div class="card">
                    <Empty title="没有这一页" next="可能是旧链接。写过的都在">
                        <a href="/" class="btn soft" data-test="nowhere-home">"回今天"</a>
                    </Empty>
                </div>
            </main>
        </div>
    }
}
