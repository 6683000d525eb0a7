//! Browsers hand nothing over: foreign bytes must not reach the engine in the worker that holds the
//! database, and a page listens on no network.

use std::sync::{Arc, Mutex};

use yidang_api::carry::{
    CarryChoice, CarryGive, CarryOpen, CarryPack, CarryPacked, CarryTake, CarryView,
};
use yidang_api::case_file::ExportedFile;
use yidang_api::{Fault, FaultCode};

use crate::device::Device;

/// Nothing is ever under way.
#[derive(Default)]
pub struct Occasion {}

fn never<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultCode::NotAllowed, "browsers hand nothing over"))
}

/// Nothing.
pub const fn choices(_: &mut Device) -> Result<Vec<CarryChoice>, Fault> {
    Ok(Vec::new())
}

/// Nothing is under way.
pub fn state(_: &Device) -> CarryView {
    CarryView::default()
}

/// Nothing is under way.
pub fn stop(_: &mut Device) -> CarryView {
    CarryView::default()
}

/// Not here.
pub fn give(_: &Arc<Mutex<Device>>, _: CarryGive) -> Result<CarryView, Fault> {
    never()
}

/// Not here.
pub fn take(_: &Arc<Mutex<Device>>, _: &CarryTake) -> Result<CarryView, Fault> {
    never()
}

/// Not here.
pub fn ask(_: &mut Device) -> Result<ExportedFile, Fault> {
    never()
}

/// Not here.
pub fn pack(_: &mut Device, _: &CarryPack) -> Result<CarryPacked, Fault> {
    never()
}

/// Not here.
pub fn open(_: &mut Device, _: &CarryOpen) -> Result<CarryView, Fault> {
    never()
}
