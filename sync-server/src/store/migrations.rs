//! The tables, as numbered steps. A step that was released is never changed; a new one follows.

use rusqlite::Connection;

use super::StoreError;

/// Every step, in order; `user_version` counts those that were taken.
const STEPS: &[&str] = &[
    include_str!("step_1.sql"),
    include_str!("step_2.sql"),
    include_str!("step_3.sql"),
    include_str!("step_4.sql"),
    include_str!("step_5.sql"),
    include_str!("step_6.sql"),
    include_str!("step_7.sql"),
];

/// Takes the steps that are missing.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, STEPS.len())
}

fn migrate_to(connection: &mut Connection, version: usize) -> Result<(), StoreError> {
    let taken: usize = connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?
        .try_into()
        .unwrap_or(0);
    if taken > STEPS.len() {
        return Err(StoreError::Damaged("the database is of a later version".into()));
    }
    for (index, step) in STEPS.iter().enumerate().take(version).skip(taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.execute_batch(&format!("PRAGMA user_version = {}", index + 1))?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step that was released is never edited: databases of every version lie on servers.
    #[test]
    fn tables_of_every_version() {
        for version in 1..=STEPS.len() {
            let mut connection = Connection::open_in_memory().unwrap();
            migrate_to(&mut connection, version).unwrap();
            let mut statement = connection
                .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
                .unwrap();
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            let tables: Vec<String> = rows.map(Result::unwrap).collect();
            insta::assert_snapshot!(format!("tables-of-version-{version}"), tables.join("\n\n"));
        }
    }
}
