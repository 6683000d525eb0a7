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
    include_str!("step_8.sql"),
    include_str!("step_9.sql"),
    include_str!("step_10.sql"),
    include_str!("step_11.sql"),
    include_str!("step_12.sql"),
    include_str!("step_13.sql"),
    include_str!("step_14.sql"),
    include_str!("step_15.sql"),
];

/// Takes the steps that are missing, and says so after each.
pub(super) fn migrate(connection: &mut Connection, taken: impl Fn()) -> Result<(), StoreError> {
    for version in 1..STEPS.len() {
        if migrate_to(connection, version)? {
            taken();
        }
    }
    migrate_to(connection, STEPS.len()).map(drop)
}

/// Whether the database has every table of this version and none of a later one.
pub(super) fn is_newest(connection: &Connection) -> Result<bool, StoreError> {
    let taken: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(taken).is_ok_and(|taken| taken == STEPS.len()))
}

/// Takes the steps that are missing up to `version`; whether there was one.
fn migrate_to(connection: &mut Connection, version: usize) -> Result<bool, StoreError> {
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
    Ok(taken < version)
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

    /// What waited under the tables of before is received anew, in whatever it waited for.
    #[test]
    fn what_was_parked_before_lies_in_the_inbox_afterwards() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate_to(&mut connection, 7).unwrap();
        connection
            .execute_batch(
                "INSERT INTO parked VALUES ('610621', x'01', x'02', x'03', x'04', x'', 0, 7); \
                 INSERT INTO quarantine VALUES ('610621', x'05', x'02', x'03', 'fork', '', x'', 8);",
            )
            .unwrap();
        migrate(&mut connection, || ()).unwrap();
        let inbox = "SELECT id, bytes, at_ms, tries FROM inbox";
        let row: (Vec<u8>, Vec<u8>, i64, i64) = connection
            .query_row(inbox, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap();
        assert_eq!(row, (vec![1], vec![4], 7, 0));
        let count = |table: &str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("parked"), count("quarantine")), (0, 1));
    }
}
