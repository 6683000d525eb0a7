//! What a store of the county promises, whatever it is made of: judging, pulling, healing, erasing and
//! checking rest on these stories and on nothing else that a store does
//! (docs/decisions/0032-a-store-is-what-its-stories-say.md).
//!
//! None of them knows what the store is: `stores.rs` lists those there are, and every story is told on
//! each. A store that is added is a line there. A method that no story calls and a table that nobody put
//! anything into fail in `complete.rs`, which reads the source.

#[cfg(test)]
mod samples;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod things;

#[cfg(test)]
mod acts;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod erased;
#[cfg(test)]
mod households;
#[cfg(test)]
mod log;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod people;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod register;
#[cfg(test)]
mod said;
#[cfg(test)]
mod scope;
#[cfg(test)]
mod values;
#[cfg(test)]
mod waiting;
#[cfg(test)]
mod whole;

#[cfg(test)]
mod complete;
