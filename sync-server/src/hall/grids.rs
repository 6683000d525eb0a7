//! (to be written)

use yidang_api::admin::{GridChanged, MergeGrid, SplitGrid};
use yidang_api::{Fault, FaultCode};

use super::Counter;

pub fn split(_: &Counter<'_>, _: &SplitGrid) -> Result<GridChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn merge(_: &Counter<'_>, _: &MergeGrid) -> Result<GridChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
