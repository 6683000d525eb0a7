//! (to be written)

use yidang_api::places::{
    GridsQuestion, GridsView, HandoverQuestion, HandoverView, MapQuestion, MapView,
    VisitMonthQuestion, VisitMonthView,
};
use yidang_api::{Fault, FaultCode};

use crate::device::Device;

pub fn month(_: &mut Device, _: &VisitMonthQuestion) -> Result<VisitMonthView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn grids(_: &mut Device, _: &GridsQuestion) -> Result<GridsView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn handover(_: &mut Device, _: &HandoverQuestion) -> Result<HandoverView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn map(_: &mut Device, _: &MapQuestion) -> Result<MapView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
