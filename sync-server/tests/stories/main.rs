//! What happens between a county's devices and its server, told as stories: one process, a database
//! on the disk, requests through the router, no sockets.

#[cfg(test)]
mod support;

#[cfg(test)]
mod acts;
#[cfg(test)]
mod admin;
#[cfg(test)]
mod allowance;
#[cfg(test)]
mod checked;
#[cfg(test)]
mod consult;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod documented;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod erased;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod given_back;
#[cfg(test)]
mod grids;
#[cfg(test)]
mod import;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod oversight;
#[cfg(test)]
mod recall;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod reviews;
#[cfg(test)]
mod said;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod succeeded;
#[cfg(test)]
mod undone;
#[cfg(test)]
mod watched;
