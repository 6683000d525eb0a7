//! Adding a member, changing one field after the other, and saying that somebody is gone.

use leptos::prelude::*;
use leptos::task::spawn_local;
use yidang_api::household::{AddMember, MemberView, SetMemberField};
use yidang_domain::ids::ItemKey;

use super::open::OpenHome;
use super::parts::{Asked, Relation};
use crate::components::{FaultNote, Sheet};
use crate::door::{ask, today};
use crate::models::household_form::MemberForm;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::kept::Kept;
use crate::pages::case_file::party_sheet::mirror;
use crate::pages::case_file::sheet_parts::{RestoredNote, SaveBar, submit};

/// The fields, in the order of the form.
#[component]
fn Fields(form: Kept<MemberForm>) -> impl IntoView {
    let text = |place: fn(&mut MemberForm) -> &mut String| {
        let control = RwSignal::new(String::new());
        mirror(form, control, place);
        control
    };
    let name = text(|form| &mut form.name);
    let relation = text(|form| &mut form.relation);
    let birth_year = text(|form| &mut form.birth_year);
    let phone = text(|form| &mut form.phone);
    view! {
        <Asked label="姓名" field="name" value=name hook="member-name-input"/>
        <Relation value=relation/>
        <Asked label="出生年" field="birth_year" value=birth_year mode="numeric" hook="member-year"/>
        <Asked label="联系电话" field="phone" value=phone mode="tel" hook="member-phone-input"/>
    }
}

/// The sheet for a new member.
#[component]
pub fn NewMemberSheet(
    /// The household.
    home: OpenHome,
) -> impl IntoView {
    let Some((household, heads)) = home.opened_on() else { return ().into_any() };
    let doing = Doing::new();
    let form = Kept::open(format!("household-{household}-member"), MemberForm::default());
    let pressed = RwSignal::new(false);
    let heads = StoredValue::new(heads);
    let year = today().year();
    let save = Callback::new(move |()| {
        pressed.set(true);
        if form.value.with_untracked(|form| form.missing(year).is_some()) {
            return;
        }
        let member = form.value.with_untracked(MemberForm::member);
        let question = AddMember { household, member, heads: heads.get_value() };
        home.save(doing, question, move || form.finish());
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing(year)).filter(|_| pressed.get())
    });
    view! {
        <Sheet title="加一个人" on_close=move || home.close_sheet() hook="member-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <Fields form/>
                <SaveBar doing hook="member-save" words="保存" missing/>
            </form>
        </Sheet>
    }
    .into_any()
}

fn form_of(member: &MemberView) -> MemberForm {
    MemberForm {
        name: member.name.clone(),
        relation: member.relation.clone(),
        birth_year: member.birth_year.map(|year| year.to_string()).unwrap_or_default(),
        phone: member.phone.clone(),
    }
}

/// The fields that differ, with their new values.
fn differing(before: &MemberForm, now: &MemberForm) -> Vec<(&'static str, String)> {
    let now = now.member();
    let before = before.member();
    let year = |year: Option<i64>| year.map(|year| year.to_string()).unwrap_or_default();
    [
        ("name", before.name, now.name),
        ("relation", before.relation, now.relation),
        ("birth_year", year(before.birth_year), year(now.birth_year)),
        ("phone", before.phone, now.phone),
    ]
    .into_iter()
    .filter(|(_, before, now)| before != now)
    .map(|(field, _, now)| (field, now))
    .collect()
}

/// Writes one field after the other on the same heads: each is a register of its own, so none of
/// them gets in another one's way. The last one closes the sheet.
fn write_all(
    home: OpenHome,
    doing: Doing,
    before: Vec<SetMemberField>,
    last: SetMemberField,
    then: impl FnOnce() + 'static,
) {
    if doing.busy.get_untracked() {
        return;
    }
    doing.busy.set(true);
    doing.fault.set(None);
    spawn_local(async move {
        for question in before {
            if let Err(fault) = ask(&question).await {
                let _ = doing.busy.try_set(false);
                let _ = doing.fault.try_set(Some(fault));
                return;
            }
        }
        // Where the sheet was closed meanwhile, its draft stays and is offered again.
        if doing.busy.try_set(false).is_none() {
            home.save(doing, last, then);
        }
    });
}

/// The sheet for somebody who is written down already.
#[component]
pub fn MemberSheet(
    /// The household.
    home: OpenHome,
    /// Who.
    member: ItemKey,
) -> impl IntoView {
    let found = home.now().and_then(|view| view.members.into_iter().find(|one| one.key == member));
    let (Some((household, heads)), Some(found)) = (home.opened_on(), found) else {
        return ().into_any();
    };
    let doing = Doing::new();
    let start = form_of(&found);
    let form = Kept::open(format!("household-{household}-member/{member}"), start.clone());
    let pressed = RwSignal::new(false);
    let year = today().year();
    let set = StoredValue::new(SetMemberField {
        household,
        member,
        field: String::new(),
        value: String::new(),
        heads,
    });
    let one = move |field: &str, value: String| SetMemberField {
        field: field.to_owned(),
        value,
        ..set.get_value()
    };
    let start = StoredValue::new(start);
    let save = Callback::new(move |()| {
        pressed.set(true);
        if form.value.with_untracked(|form| form.missing(year).is_some()) {
            return;
        }
        let mut changes =
            form.value.with_untracked(|now| start.with_value(|before| differing(before, now)));
        let Some((field, value)) = changes.pop() else {
            form.finish();
            home.close_sheet();
            return;
        };
        let last = one(field, value);
        let before = changes.into_iter().map(|(field, value)| one(field, value)).collect();
        write_all(home, doing, before, last, move || form.finish());
    });
    let missing = Signal::derive(move || {
        form.value.with(|form| form.missing(year)).filter(|_| pressed.get())
    });
    view! {
        <Sheet title=format!("改{}", found.name) on_close=move || home.close_sheet() hook="member-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <RestoredNote kept=form/>
                <Fields form/>
                <SaveBar doing hook="member-save" words="保存" missing/>
            </form>
            <Gone home gone=found.gone one=Callback::new(move |(field, value): (&'static str, String)| one(field, value))/>
        </Sheet>
    }
    .into_any()
}

/// 已不在本户, 登记有误. Both can be taken back, nothing is deleted.
#[component]
fn Gone(
    home: OpenHome,
    gone: bool,
    one: Callback<(&'static str, String), SetMemberField>,
) -> impl IntoView {
    let doing = Doing::new();
    let button =
        move |field: &'static str, value: &'static str, word: &'static str, hook: &'static str| {
            view! {
                <button
                    type="button"
                    class="btn wide"
                    data-test=hook
                    disabled=move || doing.busy.get()
                    on:click=move |_| home.save(doing, one.run((field, value.to_owned())), || ())
                >
                    {word}
                </button>
            }
        };
    view! {
        <div class="sec"><h2>"不在这一户了"</h2></div>
        {move || doing.fault.get().map(|fault| view! { <FaultNote fault/> })}
        <div class="row wrap">
            {if gone {
                view! {
                    {button("left", "false", "还在本户", "member-back")}
                    {button("withdrawn", "false", "登记没错", "member-right")}
                }.into_any()
            } else {
                view! {
                    {button("left", "true", "已不在本户", "member-left")}
                    {button("withdrawn", "true", "登记有误", "member-withdrawn")}
                }.into_any()
            }}
        </div>
        <p class="small t3 aside">"写过的都留着，随时能改回来"</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_written() {
        let before = MemberForm {
            name: "王样一".into(),
            phone: "12000000001".into(),
            ..MemberForm::default()
        };
        let same = MemberForm { phone: "120 0000 0001".into(), ..before.clone() };
        assert!(differing(&before, &same).is_empty());
        let now = MemberForm { birth_year: "1968".into(), ..before.clone() };
        assert_eq!(differing(&before, &now), [("birth_year", "1968".to_owned())]);
    }
}
