//! (to be written)

use yidang_api::device::{Complain, ComplaintRow, ComplaintsQuestion, DeviceQuestion, DeviceView};
use yidang_api::{Fault, FaultCode};

use super::Answering;
use crate::device::Device;

pub fn device(_: &mut Device, _: &DeviceQuestion) -> Result<DeviceView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn complain(_: &mut Answering<'_>, _: &Complain) -> Result<ComplaintRow, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn complaints(_: &mut Device, _: &ComplaintsQuestion) -> Result<Vec<ComplaintRow>, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
