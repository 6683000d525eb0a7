//! 查人查户: people of one's whole unit, asked of the county's server with the reason why.

mod household;

use leptos::ev;
use leptos::prelude::*;
use yidang_api::household::{ConsultPeople, PeopleView, PersonRow};
use yidang_domain::ids::DocumentId;

use self::household::HouseholdSheet;
use crate::components::{Dotted, Empty, Icon, OfficeFrame, OnlineNote, Waiting};
use crate::models::people::{Asked, PURPOSES, has_more, missing};
use crate::pages::case_file::doing::Doing;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct People {
    text: RwSignal<String>,
    /// Why it is asked.
    purpose: RwSignal<String>,
    asked: RwSignal<Option<Asked>>,
    found: RwSignal<Option<PeopleView>>,
    doing: Doing,
    /// The household that is looked at, with the reason that was given for it.
    pub open: RwSignal<Option<(DocumentId, String)>>,
}

impl People {
    fn ask(self) {
        let asked = Asked::of(&self.text.get_untracked(), &self.purpose.get_untracked());
        self.asked.set(Some(asked.clone()));
        if missing(&asked).is_some() {
            return;
        }
        self.found.set(None);
        let Asked { text, purpose } = asked;
        self.doing.run(ConsultPeople { text, org: None, purpose }, move |found| {
            let _ = self.found.try_set(Some(found));
        });
    }

    /// The reason that was given with the list on screen.
    fn reason(self) -> String {
        self.asked.with_untracked(|asked| {
            asked.as_ref().map(|asked| asked.purpose.clone()).unwrap_or_default()
        })
    }
}

/// The page.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let people = People {
        text: RwSignal::new(String::new()),
        purpose: RwSignal::new(String::new()),
        asked: RwSignal::new(None),
        found: RwSignal::new(None),
        doing: Doing::new(),
        open: RwSignal::new(None),
    };
    let title = Signal::derive(|| "查人查户".to_owned());
    let sub = Signal::derive(|| "在线查看，不存本机".to_owned());
    view! {
        <OfficeFrame title sub on=Signal::derive(|| "people")>
            <Form people/>
            <Found people/>
        </OfficeFrame>
        {move || {
            people.open.get().map(|(id, purpose)| view! { <HouseholdSheet people id purpose/> })
        }}
    }
}

#[component]
fn Form(people: People) -> impl IntoView {
    let ask = move |event: ev::SubmitEvent| {
        event.prevent_default();
        people.ask();
    };
    let hint = move || people.asked.with(|asked| asked.as_ref().and_then(missing));
    let chips = PURPOSES
        .into_iter()
        .map(|words| {
            view! {
                <button
                    type="button"
                    class="chip line pick-chip"
                    on:click=move |_| people.purpose.set(words.to_owned())
                >
                    {words}
                </button>
            }
        })
        .collect_view();
    view! {
        <form class="card form" on:submit=ask>
            <div class="note quiet">
                <Icon name="eye"/>
                <div class="grow">"会记录谁在什么时候为什么查看。"</div>
            </div>
            <div class="pair">
                <label class="ask">
                    <span>"找谁：名字、首字母、电话尾号"</span>
                    <input type="search" autocomplete="off" data-test="people-text" bind:value=people.text/>
                </label>
                <label class="ask">
                    <span>"为什么查看"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength="200"
                        data-test="people-purpose"
                        bind:value=people.purpose
                    />
                </label>
            </div>
            <div class="row wrap">{chips}</div>
            <div aria-live="polite">
                {move || hint().map(|words| view! { <p class="hint" data-test="form-missing">{words}</p> })}
            </div>
            <div class="row">
                <button
                    type="submit"
                    class="btn pri"
                    data-test="people-ask"
                    disabled=move || people.doing.busy.get()
                >
                    <Icon name="search"/>
                    "查看"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Found(people: People) -> impl IntoView {
    let retry = Callback::new(move |()| people.ask());
    view! {
        {move || people.doing.fault.get().map(|fault| view! { <OnlineNote fault retry/> })}
        {move || match people.found.get() {
            Some(view) if view.rows.is_empty() => {
                view! {
                    <div class="card">
                        <Empty title="没有找到" next="辖区里没有对得上的，换个名字或电话尾号"/>
                    </div>
                }
                    .into_any()
            }
            Some(view) => view! { <Rows people view/> }.into_any(),
            None if people.doing.busy.get() => view! { <Waiting rows=4/> }.into_any(),
            None if people.doing.fault.with(Option::is_some) => ().into_any(),
            None => {
                view! {
                    <div class="card">
                        <Empty title="写明找谁、为什么" next="结果由县服务器回答，关掉这一页就没有了"/>
                    </div>
                }
                    .into_any()
            }
        }}
    }
}

#[component]
fn Rows(people: People, view: PeopleView) -> impl IntoView {
    let (listed, more) = (view.rows.len(), has_more(&view));
    let rows = view.rows.into_iter().map(|row| view! { <Row people row/> }).collect_view();
    view! {
        <p class="list-count small t3" role="status" data-test="people-total">
            {format!("列出 {listed} 人")}
        </p>
        <div class="cells flush">{rows}</div>
        {more
            .then(|| view! { <p class="list-count small t3">"对得上的不止这些，写得再细些"</p> })}
    }
}

#[component]
fn Row(people: People, row: PersonRow) -> impl IntoView {
    let PersonRow { household, name, relation, head, door_plate, address, place } = row;
    let who = if relation.is_empty() || relation == "户主" {
        relation
    } else {
        format!("{head}的{relation}")
    };
    let lines = [who, door_plate, address].into_iter().filter(|part| !part.is_empty());
    let line = lines.collect::<Vec<_>>().join(" · ");
    view! {
        <button
            type="button"
            class="cell"
            data-test="people-row"
            data-household=household.to_string()
            on:click=move |_| people.open.set(Some((household, people.reason())))
        >
            <span class="grow">
                <span class="tt">{name}</span>
                <span class="ds block"><Dotted text=line/></span>
                <span class="ds small t3 block"><Dotted text=place/></span>
            </span>
            <Icon name="right" class="chev s"/>
        </button>
    }
}
