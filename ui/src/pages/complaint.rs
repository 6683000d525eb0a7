//! 投诉与建议: kept on this device until the county has it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use yidang_api::device::{Complain, ComplaintKind, ComplaintRow, ComplaintsQuestion};
use yidang_api::oversight::{ComplaintAnswer, ComplaintAnswersQuestion, Handled};

use crate::app::shared;
use crate::components::{Dotted, Empty, FaultNote, Frame, Icon, Waiting};
use crate::door::{Answer, answer, answer_to, today};
use crate::models::oversight::{answer_of, any_came, handled_by};
use crate::models::own_device::complaint_state;
use crate::pages::case_file::control::{Choice, Line, Words};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};
use crate::words::moment;

/// What stands in the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    about: String,
    words: String,
    contact: String,
}

const fn code(kind: ComplaintKind) -> &'static str {
    match kind {
        ComplaintKind::Privacy => "privacy",
        ComplaintKind::Burden => "burden",
        ComplaintKind::Usage => "usage",
        ComplaintKind::Other => "other",
    }
}

impl Typed {
    fn missing(&self) -> Option<&'static str> {
        self.words.trim().is_empty().then_some("写一句就行")
    }

    fn question(&self) -> Complain {
        let about = ComplaintKind::ALL.into_iter().find(|kind| code(*kind) == self.about);
        Complain {
            about: about.unwrap_or(ComplaintKind::Other),
            words: self.words.trim().to_owned(),
            contact: self.contact.trim().to_owned(),
        }
    }
}

/// The page.
#[component]
pub fn ComplaintPage() -> impl IntoView {
    let list = answer(ComplaintsQuestion::default);
    // What became of them the county's server says; it is asked once it has any.
    let came = Memo::new(move |_| {
        list.value.with(|rows| rows.as_ref().is_some_and(|rows| any_came(rows)))
    });
    let answers = answer_to(move || came.get().then(ComplaintAnswersQuestion::default));
    // Every complaint has a form of its own, so that the next one is kept as typed too.
    let round = RwSignal::new(0_u32);
    view! {
        <Frame title="投诉与建议" sub="交到县里，不经过镇上" on="me" back=true>
            {move || {
                round.track();
                view! { <Form round/> }
            }}
            <div class="sec">
                <h2>"交过的"</h2>
            </div>
            <Handed list answers/>
        </Frame>
    }
}

#[component]
fn Form(round: RwSignal<u32>) -> impl IntoView {
    let start = Typed { about: code(ComplaintKind::Usage).to_owned(), ..Typed::default() };
    let form = Kept::open("complaint".to_owned(), start);
    let (doing, shared) = (Doing::new(), shared());
    let pressed = RwSignal::new(false);
    let save = Callback::new(move |()| {
        pressed.set(true);
        if form.value.with_untracked(|typed| typed.missing().is_some()) {
            return;
        }
        doing.run(form.value.with_untracked(Typed::question), move |_| {
            form.finish();
            let _ = round.try_update(|round| *round = round.wrapping_add(1));
            changed(shared);
            shared.say("已保存在本机，有信号后自动交上去");
        });
    });
    let missing = Signal::derive(move || form.value.with(Typed::missing).filter(|_| pressed.get()));
    let text = |place: fn(&mut Typed) -> &mut String| {
        let control = RwSignal::new(String::new());
        mirror(form, control, place);
        control
    };
    let about = text(|typed| &mut typed.about);
    let words = text(|typed| &mut typed.words);
    let contact = text(|typed| &mut typed.contact);
    let kinds = ComplaintKind::ALL.map(|kind| (code(kind).to_owned(), kind.label())).to_vec();
    view! {
        <form class="card form" on:submit=move |event| submit(&event, save)>
            <RestoredNote kept=form/>
            <Choice label="关于什么" choices=kinds value=about/>
            <Words label="想说什么" value=words limit=1000 hook="complaint-words"/>
            <Line label="怎么回你（可以空着）" value=contact kind="text" hook="complaint-contact"/>
            <SaveBar doing hook="complaint-save" words="交上去" missing/>
        </form>
    }
}

#[component]
fn Handed(list: Answer<Vec<ComplaintRow>>, answers: Answer<Vec<ComplaintAnswer>>) -> impl IntoView {
    let offline = Memo::new(move |_| answers.fault.with(Option::is_some));
    move || {
        match (list.value.get(), list.fault.get()) {
        (Some(rows), _) if rows.is_empty() => view! {
            <div class="card"><Empty title="还没有交过" next="哪里不好用、哪里太费事，都可以说"/></div>
        }
        .into_any(),
        (Some(rows), _) => {
            let told = answers.value.get().unwrap_or_default();
            let row = |row: ComplaintRow| {
                let handled = answer_of(&row, &told);
                view! { <Row row handled/> }
            };
            let rows = rows.into_iter().map(row).collect_view();
            view! {
                <div class="cells flush" data-test="complaints">{rows}</div>
                <Show when=move || offline.get()>
                    <p class="small t3 inset-x" role="status" data-test="complaints-offline">
                        "怎么处理的要联网才看得到，有信号后再打开这一页"
                    </p>
                </Show>
            }
            .into_any()
        }
        (None, Some(fault)) => {
            let retry = Callback::new(move |()| list.retry());
            view! { <FaultNote fault retry/> }.into_any()
        }
        (None, None) => view! { <Waiting rows=2/> }.into_any(),
    }
    }
}

#[component]
fn Row(row: ComplaintRow, handled: Option<Handled>) -> impl IntoView {
    let (icon, tone) =
        if row.number.is_some() { ("cloud-ok", "sync done") } else { ("disk", "sync") };
    let state = complaint_state(&row);
    view! {
        <div class="cell" data-test="complaint">
            <span class="grow">
                <span class="row"><b>{row.about.label()}</b><time class="small t3 push">{moment(row.at)}</time></span>
                <div class="ds wrap-any">{row.words}</div>
                <span class=tone><Icon name=icon class="s"/>{state}</span>
                {handled.map(|handled| view! { <Told handled/> })}
            </span>
        </div>
    }
}

/// 怎么处理的, and who said so.
#[component]
fn Told(handled: Handled) -> impl IntoView {
    let by = handled_by(&handled, today());
    view! {
        <div class="wrap-any" data-test="complaint-handled">
            <b>"怎么处理的："</b>
            {handled.words}
            <div class="small t3"><Dotted text=by/></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sentence_is_enough() {
        let mut typed = Typed::default();
        assert!(typed.missing().is_some());
        typed.words = " 字太小 ".into();
        assert_eq!(typed.missing(), None);
        assert_eq!(typed.question().about, ComplaintKind::Other);
        assert_eq!(typed.question().words, "字太小");
    }
}
