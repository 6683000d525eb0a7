//! An activation code: made on a press, shown once, gone with its sheet.

use leptos::prelude::*;
use yidang_api::admin::{CodeView, MakeCode, UserRow};

use super::send::SendBar;
use super::users::Users;
use crate::app::shared;
use crate::components::{Icon, Sheet, copy};
use crate::door::today;
use crate::models::admin::{expiry_words, grouped};
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::sheet_parts::submit;

/// The sheet.
#[component]
pub fn CodeSheet(
    /// The page.
    users: Users,
    /// For whom.
    person: UserRow,
) -> impl IntoView {
    let doing = Doing::new();
    let code = RwSignal::new(None::<CodeView>);
    let UserRow { user, name, .. } = person;
    let make = Callback::new(move |()| {
        doing.run(MakeCode { user: user.clone() }, move |made| {
            // The sheet may be gone: the code then lapses unused.
            let _ = code.try_set(Some(made));
        });
    });
    view! {
        <Sheet title=format!("{name}的激活码") on_close=move || users.close() hook="admin-code-sheet">
            {move || match code.get() {
                Some(code) => view! { <Made code users/> }.into_any(),
                None => {
                    view! {
                        <form class="sheet-form" on:submit=move |event| submit(&event, make)>
                            <p>"激活码只显示一次，写在纸条上当面交给本人。"</p>
                            <p class="small t3">"72 小时内有效，用过就作废。"</p>
                            <SendBar doing words="做一个激活码" hook="admin-code-make"/>
                        </form>
                    }
                        .into_any()
                }
            }}
        </Sheet>
    }
}

#[component]
fn Made(code: CodeView, users: Users) -> impl IntoView {
    let shared = shared();
    let shown = grouped(&code.code);
    let copied = shown.clone();
    view! {
        <div class="sheet-form" role="status">
            <p class="big-code" data-test="admin-code-shown">{shown}</p>
            <p class="center t2">{expiry_words(&code, today())}</p>
            <p class="center small t3">"关掉以后看不到了，丢了就再做一个。"</p>
            <div class="save-bar">
                <button
                    type="button"
                    class="btn big wide"
                    data-test="admin-code-copy"
                    on:click=move |_| copy(shared, &copied, "这里不让复制，照着写在纸上")
                >
                    <Icon name="file"/>
                    "复制"
                </button>
                <button
                    type="button"
                    class="btn pri big wide"
                    data-test="admin-code-done"
                    on:click=move |_| users.close()
                >
                    "写好了"
                </button>
            </div>
        </div>
    }
}
