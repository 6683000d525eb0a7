//! One request with `fetch`.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReferrerPolicy, Request, RequestCache, RequestCredentials,
    RequestInit, Response,
};
use yidang_replica::HttpReply;

use crate::host::scope;

/// Longer than any honest answer over a poor line; afterwards the line counts as dead.
const LIMIT_MS: i32 = 45_000;

/// Posts `body`, or gets if it is empty, and reads the whole answer, whatever its status.
pub async fn exchange(url: &str, body: &[u8]) -> Result<HttpReply, JsValue> {
    let limit = Limit::start()?;
    let request = request(url, body, &limit.signal())?;
    let response: Response =
        JsFuture::from(scope().fetch_with_request(&request)).await?.dyn_into()?;
    // Read under the same limit: a server may send the head at once and the body never.
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok(HttpReply {
        status: response.status(),
        body: Uint8Array::new(&bytes).to_vec(),
        retry_after_s: retry_after(&response),
    })
}

fn request(url: &str, body: &[u8], signal: &AbortSignal) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    if body.is_empty() {
        init.set_method("GET");
    } else {
        init.set_method("POST");
        init.set_body(&Uint8Array::from(body));
    }
    init.set_cache(RequestCache::NoStore);
    // What is sent proves by its signatures who sends it; cookies and addresses of pages have no
    // business here.
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(signal));
    let request = Request::new_with_str_and_init(url, &init)?;
    if !body.is_empty() {
        request.headers().set("content-type", "application/octet-stream")?;
    }
    Ok(request)
}

/// The seconds of `Retry-After`. Its other form, a date, would need the two clocks to agree.
fn retry_after(response: &Response) -> Option<u32> {
    response.headers().get("retry-after").ok()??.trim().parse().ok()
}

/// Aborts what carries its signal once the time is over; dropping it calls that off.
struct Limit {
    controller: AbortController,
    timer: i32,
    _alarm: Closure<dyn FnMut()>,
}

impl Limit {
    fn start() -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        let aborting = controller.clone();
        let alarm = Closure::once(move || aborting.abort());
        let callback = alarm.as_ref().unchecked_ref();
        let timer =
            scope().set_timeout_with_callback_and_timeout_and_arguments_0(callback, LIMIT_MS)?;
        Ok(Self { controller, timer, _alarm: alarm })
    }

    fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        scope().clear_timeout_with_handle(self.timer);
    }
}
