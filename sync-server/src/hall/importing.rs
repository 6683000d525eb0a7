//! (to be written)

use yidang_api::admin::{ImportSheet, ImportView};
use yidang_api::{Fault, FaultCode};

use super::Counter;

pub fn begin(_: &Counter<'_>, _: &ImportSheet) -> Result<ImportView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn state(_: &Counter<'_>) -> Result<ImportView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
