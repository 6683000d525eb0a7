//! Handing files over without a network (当面传档): what was given from hand to hand reaches the county whoever
//! meets it first, and nobody's words are lost or doubled. Server and devices in one process; files go by file
//! or over this machine's own network.
#![expect(clippy::indexing_slicing, reason = "a field that JSON lacks reads as null")]

mod day;
mod hands;
mod refused;
mod town;
