//! (to be written)

use yidang_api::message::{MarkMessagesRead, MessagesQuestion, MessagesView};
use yidang_api::{Fault, FaultCode};

use crate::device::Device;

pub fn view(_: &mut Device, _: &MessagesQuestion) -> Result<MessagesView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn mark_read(_: &mut Device, _: &MarkMessagesRead) -> Result<(), Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
