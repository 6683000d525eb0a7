//! The first exchange: what it costs, how far it is, and that nobody has to wait for it.

use leptos::prelude::*;

use crate::app::shared;
use crate::components::Icon;
use crate::models::own_device::{COST, COUNTED, FirstRun, come_words, first_run};

/// The card; absent once everything was fetched.
#[component]
pub fn FirstRunCard() -> impl IntoView {
    let shared = shared();
    let run = Memo::new(move |_| shared.sync.with(|sync| sync.as_ref().and_then(first_run)));
    move || run.get().map(|run| view! { <Card run/> })
}

#[component]
fn Card(run: FirstRun) -> impl IntoView {
    let (icon, title) = if run.paused {
        ("cloud-off", "首次下载停了一下，有信号后接着来")
    } else {
        ("dl", "首次下载")
    };
    let bar = run.progress.map(|(done, all)| {
        let done = done.min(all);
        let share = f64::from(done) / f64::from(all.max(1)) * 100.0;
        view! {
            <div
                class="prog"
                role="progressbar"
                aria-label="首次下载"
                aria-valuemin="0"
                aria-valuemax=all
                aria-valuenow=done
            >
                <i style:width=format!("{share:.1}%")></i>
            </div>
        }
    });
    let come = come_words(&run.come);
    view! {
        <section class="card roomy first-run" role="status" data-test="first-run">
            <div class="row">
                <Icon name=icon/>
                <b class="grow">{title}</b>
            </div>
            {bar}
            <p class="mid t2" data-test="first-run-come">{come}</p>
            <p class="small t3">"没办完的先到，到了的就能看、能接着记。断了接着来，不用守着。"</p>
            <p class="small t3">{COST}"。"{COUNTED}"。"</p>
        </section>
    }
}
