//! What `boot-worker.js` offers to wasm, and small things every worker has.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;
use yidang_api::{Fault, FaultCode};

#[wasm_bindgen]
extern "C" {
    /// Tells every tab: `changed` or `sync`.
    #[wasm_bindgen(js_namespace = yidangHost)]
    pub fn news(kind: &str);

    /// Encrypts the secrets and writes them; settles only when the disk has them.
    #[wasm_bindgen(js_namespace = yidangHost, catch, js_name = keep)]
    async fn keep_bytes(secrets: Uint8Array) -> Result<JsValue, JsValue>;
}

/// Keeps the device's secrets.
pub async fn keep(secrets: &[u8]) -> Result<(), Fault> {
    match keep_bytes(Uint8Array::from(secrets)).await {
        Ok(_) => Ok(()),
        Err(refused) => Err(read_fault(&refused)),
    }
}

/// The worker's global scope.
pub fn scope() -> WorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Waits without holding up anybody else.
pub async fn pause(ms: u64) {
    let delay = i32::try_from(ms).unwrap_or(i32::MAX);
    let promise = Promise::new(&mut |resolve, _| {
        // Only a worker that is ending refuses a timer; then nobody waits any more.
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, delay);
    });
    let _ = JsFuture::from(promise).await;
}

/// A fault as the JSON in which it leaves wasm.
pub fn write_fault(fault: &Fault) -> JsValue {
    let json = serde_json::to_string(fault)
        .unwrap_or_else(|_| r#"{"code":"internal","detail":"unwritable fault"}"#.to_owned());
    JsValue::from_str(&json)
}

fn read_fault(value: &JsValue) -> Fault {
    let said = value.as_string().and_then(|json| serde_json::from_str(&json).ok());
    said.unwrap_or_else(|| Fault::new(FaultCode::Internal, describe(value)))
}

/// The words of a JavaScript error, for logs.
pub fn describe(value: &JsValue) -> String {
    match value.dyn_ref::<js_sys::Error>() {
        Some(error) => format!("{}: {}", error.name(), error.message()),
        None => value.as_string().unwrap_or_else(|| format!("{value:?}")),
    }
}
