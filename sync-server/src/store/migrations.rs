//! The tables, as numbered steps. A step that was released is never changed; a new one follows.

use rusqlite::Connection;

use super::StoreError;

/// Every step, in order; `user_version` counts those that were taken.
const STEPS: &[&str] = &[include_str!("step_1.sql"), include_str!("step_2.sql")];

/// Takes the steps that are missing.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let taken: usize = connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?
        .try_into()
        .unwrap_or(0);
    if taken > STEPS.len() {
        return Err(StoreError::Damaged("the database is of a later version".into()));
    }
    for (index, step) in STEPS.iter().enumerate().skip(taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.execute_batch(&format!("PRAGMA user_version = {}", index + 1))?;
        transaction.commit()?;
    }
    Ok(())
}
