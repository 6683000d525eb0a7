//! (to be written)

use yidang_api::case_file::Saved;
use yidang_api::household::{
    AddHouseholdEntry, AddMember, GridQuestion, GridView, HouseholdQuestion, HouseholdSaved,
    HouseholdView, MergeHousehold, MoveHousehold, OpenHousehold, SetHouseholdFact, SetMemberField,
    SplitHousehold,
};
use yidang_api::{Fault, FaultCode};

use super::Answering;
use crate::device::Device;

pub fn grid(_: &mut Device, _: &GridQuestion) -> Result<GridView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn view(_: &mut Device, _: &HouseholdQuestion) -> Result<HouseholdView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn open(_: &mut Answering<'_>, _: &OpenHousehold) -> Result<HouseholdSaved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn set_fact(_: &mut Answering<'_>, _: &SetHouseholdFact) -> Result<Saved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn add_member(_: &mut Answering<'_>, _: &AddMember) -> Result<Saved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn set_member_field(_: &mut Answering<'_>, _: &SetMemberField) -> Result<Saved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn add_entry(_: &mut Answering<'_>, _: &AddHouseholdEntry) -> Result<Saved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn move_to(_: &mut Answering<'_>, _: &MoveHousehold) -> Result<Saved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn split(_: &mut Answering<'_>, _: &SplitHousehold) -> Result<HouseholdSaved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn merge(_: &mut Answering<'_>, _: &MergeHousehold) -> Result<HouseholdSaved, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
