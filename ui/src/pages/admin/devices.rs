//! Devices of a person: since when, last heard of, and taking the right of one away.

use leptos::prelude::*;
use yidang_api::admin::{DeviceRow, LiftSuspension, RevokeDevice};

use super::send::SendBar;
use super::users::{Open, Users};
use crate::app::shared;
use crate::components::{Dotted, Empty, Icon, Sheet};
use crate::models::admin::device_words;
use crate::pages::case_file::doing::Doing;
use crate::pages::case_file::file::changed;
use crate::pages::case_file::sheet_parts::submit;

/// 设备
#[component]
pub fn Devices(
    /// The page.
    users: Users,
    /// Newest first.
    devices: Vec<DeviceRow>,
) -> impl IntoView {
    let none = devices.is_empty();
    let rows = devices.into_iter().map(|device| view! { <Row users device/> }).collect_view();
    view! {
        <section class="card">
            <div class="hd">
                <h2>"设备"</h2>
                <span class="t3 small">"最近联系只为找丢了的设备，不作考核"</span>
            </div>
            {none.then(|| view! { <Empty title="还没有设备" next="做一个激活码，在他的手机上输入"/> })}
            <ul class="plain-list">{rows}</ul>
            <p class="small inset-x">
                <a href="/admin/devices" data-test="to-troubles">"哪些设备同步不顺"</a>
            </p>
        </section>
    }
}

#[component]
fn Row(users: Users, device: DeviceRow) -> impl IntoView {
    let DeviceRow { name, certificate, revoked, suspended, .. } = device.clone();
    let lifted = device.clone();
    let words = device_words(&device);
    let tail: String = certificate.chars().take(8).collect();
    view! {
        <li class="cell flat-cell" data-test="admin-device">
            <span class="tile off"><Icon name="mobile"/></span>
            <span class="grow">
                <span class="tt">{name}</span>
                <span class="ds"><Dotted text=words/></span>
                <span class="ds small t3">{format!("证书 {tail}")}</span>
            </span>
            {(suspended && !revoked)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="btn slim"
                            data-test="admin-lift"
                            on:click=move |_| users.open.set(Some(Open::Lift(lifted.clone())))
                        >
                            "恢复接收"
                        </button>
                    }
                })}
            {if revoked {
                view! { <span class="chip off">"已停用"</span> }.into_any()
            } else {
                view! {
                    <button
                        type="button"
                        class="btn slim"
                        data-test="admin-revoke"
                        on:click=move |_| users.open.set(Some(Open::Revoke(device.clone())))
                    >
                        "停用"
                    </button>
                }
                    .into_any()
            }}
        </li>
    }
}

/// Asks once more before the right is taken away.
#[component]
pub fn RevokeSheet(
    /// The page.
    users: Users,
    /// Which.
    device: DeviceRow,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let DeviceRow { name, certificate, .. } = device;
    let save = Callback::new(move |()| {
        doing.run(RevokeDevice { certificate: certificate.clone() }, move |_| {
            users.close();
            changed(shared);
            shared.say("设备已停用");
        });
    });
    view! {
        <Sheet title="停用这台设备" on_close=move || users.close() hook="admin-revoke-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p>{format!("停用“{name}”后，它不能再收、也不能再交。")}</p>
                <p class="small t3">
                    "丢了、坏了、换人了才停用。没上传的留在那台设备上；停用以后不能恢复，只能重新发激活码。"
                </p>
                <SendBar doing words="停用" hook="admin-revoke-yes" takes_away=true/>
                <button type="button" class="btn full" on:click=move |_| users.close()>
                    "先不停用"
                </button>
            </form>
        </Sheet>
    }
}

/// Says what happened before anything of the device is read again.
#[component]
pub fn LiftSheet(
    /// The page.
    users: Users,
    /// Which.
    device: DeviceRow,
) -> impl IntoView {
    let (doing, shared) = (Doing::new(), shared());
    let DeviceRow { name, certificate, .. } = device;
    let save = Callback::new(move |()| {
        doing.run(LiftSuspension { certificate: certificate.clone() }, move |_| {
            users.close();
            changed(shared);
            shared.say("又收这台设备的了");
        });
    });
    view! {
        <Sheet title="恢复接收" on_close=move || users.close() hook="admin-lift-sheet">
            <form class="sheet-form" on:submit=move |event| submit(&event, save)>
                <p>{format!("“{name}”交来的两次弄坏了服务器上的检查，服务器不再看它写的。它还能收、能看，写的都留在那台设备上。")}</p>
                <p class="small t3">
                    "先问本人：应用是不是从县里给的地方装的、升级了没有。问清楚了再恢复；联网后它自己重新交。"
                </p>
                <SendBar doing words="恢复接收" hook="admin-lift-yes"/>
                <button type="button" class="btn full" on:click=move |_| users.close()>
                    "先不恢复"
                </button>
            </form>
        </Sheet>
    }
}
