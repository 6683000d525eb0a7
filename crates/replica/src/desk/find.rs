//! (to be written)

use yidang_api::find::{DropView, FindQuestion, FindView, SaveView, SavedView, SavedViewsQuestion};
use yidang_api::{Fault, FaultCode};

use crate::device::Device;

pub fn find(_: &mut Device, _: &FindQuestion) -> Result<FindView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn views(_: &mut Device, _: &SavedViewsQuestion) -> Result<Vec<SavedView>, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn save_view(_: &mut Device, _: &SaveView) -> Result<(), Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn drop_view(_: &mut Device, _: &DropView) -> Result<(), Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
