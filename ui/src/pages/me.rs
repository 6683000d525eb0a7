//! 我的: who I am on this device, how it looks, what it keeps.

mod device;
mod leave;

use leptos::prelude::*;
use yidang_api::device::DeviceView;
use yidang_api::session::{Person, StorageState};

use self::device::{Held, Owner, Posts, Ways, use_device};
use self::leave::Leave;
use crate::app::shared;
use crate::components::{Avatar, Dotted, FieldRow, Frame, Icon, Segments, Tab, Waiting};
use crate::door::Answer;
use crate::models::look::Theme;

/// The page.
#[component]
pub fn MePage() -> impl IntoView {
    let shared = shared();
    let person = Memo::new(move |_| shared.person());
    view! {
        <Frame title="我的" on="me" tab=Tab::Me>
            {move || match person.get() {
                Some(person) => view! { <Whole person/> }.into_any(),
                None => view! { <Waiting/> }.into_any(),
            }}
        </Frame>
    }
}

#[component]
fn Whole(person: Person) -> impl IntoView {
    let (device, shared) = (use_device(), shared());
    let version = Signal::derive(move || {
        shared
            .session
            .with(|session| session.as_ref().map(|view| view.version.clone()))
            .unwrap_or_default()
    });
    view! {
        <Who person=person.clone()/>
        <Posts device/>
        <Looks/>
        <Ways/>
        <Device person device/>
        <Leave/>
        <Owner device version/>
    }
}

#[component]
fn Who(person: Person) -> impl IntoView {
    view! {
        <section class="card who" data-test="me-person" aria-label="登录的人">
            <Avatar name=person.name.clone() class="big"/>
            <div class="grow">
                <h2>{person.name}</h2>
                <div class="mid t2">{person.role.label()}</div>
                <div class="mid t3"><Dotted text=person.org_path.join(" · ")/></div>
            </div>
        </section>
    }
}

/// 长辈版 and theme. They take effect at once.
#[component]
fn Looks() -> impl IntoView {
    let look = shared().look;
    let sizes = vec![(false, "plain", "标准".to_owned()), (true, "care", "长辈版".to_owned())];
    let themes = Theme::ALL
        .into_iter()
        .map(|theme| (theme, theme.name(), theme.label().to_owned()))
        .collect();
    view! {
        <div class="sec"><h2>"显示"</h2></div>
        <div class="cells">
            <FieldRow label="字号">
                <Segments
                    label="字号"
                    options=sizes
                    value=look.care
                    on_pick=move |care| look.care.set(care)
                    hook="me-size"
                />
            </FieldRow>
            <FieldRow label="深浅">
                <Segments
                    label="深浅"
                    options=themes
                    value=look.theme
                    on_pick=move |theme| look.theme.set(theme)
                    hook="me-theme"
                />
            </FieldRow>
        </div>
    }
}

/// What this installation is and what it keeps.
#[component]
fn Device(person: Person, device: Answer<DeviceView>) -> impl IntoView {
    let shared = shared();
    let session = move || shared.session.get();
    let kept = move || {
        session().map(|session| match session.storage {
            StorageState::Kept => view! {
                <span data-test="me-storage">"会一直留着"<small>"写过的都在这台设备上，不会被清理"</small></span>
            }
            .into_any(),
            StorageState::MayBeCleared => view! {
                <span data-test="me-storage">
                    "空间不够时浏览器可能清理"
                    <small>"先同步。把本站装到桌面或加入收藏，浏览器就会留着"</small>
                </span>
            }
            .into_any(),
        })
    };
    let server = move || {
        let server = session().map(|session| session.server).filter(|server| !server.is_empty());
        server.unwrap_or_else(|| "还没有".to_owned())
    };
    let version = move || session().map(|session| session.version);
    view! {
        <div class="sec"><h2>"这台设备"</h2></div>
        <div class="cells">
            <FieldRow label="设备号">
                <span class="wrap-any" data-test="me-device">{person.device.to_string()}</span>
            </FieldRow>
            <FieldRow label="服务器">
                <span class="wrap-any" data-test="me-server">{server}</span>
            </FieldRow>
            <FieldRow label="存储">{kept}</FieldRow>
            <Held device/>
            <FieldRow label="版本">
                <span data-test="me-version">{version}</span>
            </FieldRow>
            <a class="field" href="/sync" data-test="me-sync">
                <span class="lb">"同步"</span>
                <span class="vl">"等待上传、需要你处理、记录"</span>
                <Icon name="right" class="chev s"/>
            </a>
            {move || {
                let carries = session().is_some_and(|session| session.carries);
                carries
                    .then(|| {
                        view! {
                            <a class="field" href="/carry" data-test="me-carry">
                                <span class="lb">"当面传档"</span>
                                <span class="vl">"没有网络，给同事或收同事的"</span>
                                <Icon name="right" class="chev s"/>
                            </a>
                        }
                    })
            }}
        </div>
    }
}
