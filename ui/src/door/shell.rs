//! Calls into the shell: the Tauri window where there is one, else the page's own `window.yidang`.

#[cfg(target_arch = "wasm32")]
pub use browser::{call, glimpse, may_update, now, on_news, origin};
#[cfg(not(target_arch = "wasm32"))]
pub use native::{call, glimpse, may_update, now, on_news, origin};

#[cfg(target_arch = "wasm32")]
mod browser {
    use std::cell::RefCell;
    use std::rc::Rc;

    use js_sys::{Function, JSON, Object, Promise, Reflect};
    use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use yidang_domain::civil::InstantMs;

    use crate::door::News;

    type Listener = Rc<dyn Fn(News)>;

    thread_local! {
        static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    }

    /// Puts the question `name` to the shell.
    pub async fn call(name: &str, json: &str) -> Result<String, String> {
        let promise = send(name, json).map_err(|error| text_of(&error))?;
        let reply = JsFuture::from(promise).await.map_err(|error| text_of(&error))?;
        reply.as_string().ok_or_else(|| "the shell answered with no text".to_owned())
    }

    /// What the shell answered when the page was open last, if it kept it. A window keeps nothing: its
    /// replica is there at once.
    pub async fn glimpse(name: &str, json: &str) -> Option<String> {
        if tauri("core").is_some() {
            return None;
        }
        let shell = get(&window(), "yidang")?;
        let glimpse = get(&shell, "glimpse")?.dyn_into::<Function>().ok()?;
        let promise = glimpse.call2(&shell, &name.into(), &json.into()).ok()?;
        JsFuture::from(Promise::resolve(&promise)).await.ok()?.as_string()
    }

    fn send(name: &str, json: &str) -> Result<Promise, JsValue> {
        let reply = if let Some(core) = tauri("core") {
            let args = Object::new();
            Reflect::set(&args, &"name".into(), &name.into())?;
            Reflect::set(&args, &"json".into(), &json.into())?;
            function(&core, "invoke")?.call2(&core, &"ask".into(), &args)?
        } else {
            let shell = get(&window(), "yidang").ok_or("the page has no shell")?;
            function(&shell, "ask")?.call2(&shell, &name.into(), &json.into())?
        };
        Ok(Promise::resolve(&reply))
    }

    /// Calls `listener` with everything the shell says of its own accord.
    pub fn on_news(listener: impl Fn(News) + 'static) {
        let first = LISTENERS.with_borrow_mut(|listeners| {
            listeners.push(Rc::new(listener));
            listeners.len() == 1
        });
        if first {
            // Without news a page still works: it asks again whenever it is opened.
            let _ = listen();
        }
    }

    fn listen() -> Result<(), JsValue> {
        if let Some(event) = tauri("event") {
            let heard = Closure::<dyn Fn(JsValue)>::new(|event: JsValue| {
                if let Some(payload) = get(&event, "payload") {
                    let detail = get(&payload, "detail").unwrap_or(JsValue::NULL);
                    tell(get(&payload, "kind").unwrap_or(payload), detail);
                }
            });
            function(&event, "listen")?.call2(&event, &"news".into(), heard.as_ref())?;
            heard.forget();
        } else if let Some(shell) = get(&window(), "yidang") {
            let heard = Closure::<dyn Fn(JsValue, JsValue)>::new(tell);
            Reflect::set(&shell, &"onnews".into(), heard.as_ref())?;
            heard.forget();
        }
        Ok(())
    }

    #[expect(clippy::needless_pass_by_value, reason = "called from JavaScript with values")]
    fn tell(kind: JsValue, detail: JsValue) {
        let Some(news) =
            kind.as_string().and_then(|kind| News::of(&kind, detail != JsValue::FALSE))
        else {
            return;
        };
        // A listener may add listeners, so the list is not held while they run.
        let listeners = LISTENERS.with_borrow(Clone::clone);
        for listener in listeners {
            listener(news);
        }
    }

    /// Tells the shell whether it may put a new version in place of this one.
    pub fn may_update(yes: bool) {
        if let Some(shell) = get(&window(), "yidang")
            && let Ok(told) = function(&shell, "mayUpdate")
        {
            let _ = told.call1(&shell, &yes.into());
        }
    }

    /// Where the page came from; empty in a window, which has no server of its own.
    #[must_use]
    pub fn origin() -> String {
        if tauri("core").is_some() {
            return String::new();
        }
        get(&window(), "location")
            .and_then(|location| get(&location, "origin"))
            .and_then(|origin| origin.as_string())
            .unwrap_or_default()
    }

    /// The instant the device's clock shows.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2^53")]
    pub fn now() -> InstantMs {
        InstantMs(js_sys::Date::now() as i64)
    }

    fn window() -> JsValue {
        js_sys::global().into()
    }

    fn tauri(part: &str) -> Option<JsValue> {
        get(&window(), "__TAURI__").and_then(|tauri| get(&tauri, part))
    }

    fn get(object: &JsValue, key: &str) -> Option<JsValue> {
        let value = Reflect::get(object, &key.into()).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }

    fn function(object: &JsValue, key: &str) -> Result<Function, JsValue> {
        Reflect::get(object, &key.into())?.dyn_into()
    }

    fn text_of(error: &JsValue) -> String {
        if let Some(text) = error.as_string() {
            return text;
        }
        if let Some(message) = get(error, "message").and_then(|message| message.as_string()) {
            return message;
        }
        JSON::stringify(error).map_or_else(|_| format!("{error:?}"), String::from)
    }
}

/// Natively there is no shell: models are tested, pages are only compiled.
#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::time::{SystemTime, UNIX_EPOCH};

    use yidang_domain::civil::InstantMs;

    use crate::door::News;

    /// Nobody answers.
    pub async fn call(_name: &str, _json: &str) -> Result<String, String> {
        Err("no shell outside a browser".to_owned())
    }

    /// Nothing was kept.
    pub async fn glimpse(_name: &str, _json: &str) -> Option<String> {
        None
    }

    /// Nobody speaks.
    pub fn on_news(_listener: impl Fn(News) + 'static) {}

    /// Nobody listens.
    pub const fn may_update(_yes: bool) {}

    /// Nowhere.
    #[must_use]
    pub const fn origin() -> String {
        String::new()
    }

    /// The instant the machine's clock shows.
    #[must_use]
    pub fn now() -> InstantMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        InstantMs(i64::try_from(since.as_millis()).unwrap_or(0))
    }
}
