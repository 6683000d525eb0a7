//! Tables, by numbered steps that are never edited afterwards.

use rusqlite::Connection;

use super::StoreError;

/// Each step brings the schema one version further.
const STEPS: &[&str] = &["
CREATE TABLE state (
  name  TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) STRICT;

-- One row for each document on this device.
CREATE TABLE document (
  document BLOB PRIMARY KEY NOT NULL,  -- 16 bytes
  kind     TEXT NOT NULL,
  home     TEXT NOT NULL,
  snapshot BLOB,                       -- a save attested by the server, until it is split
  sealed   INTEGER NOT NULL DEFAULT 0  -- left the scope: kept out of lists
) STRICT;

-- Raw changes are the truth; everything else can be made from them.
CREATE TABLE change (
  document BLOB NOT NULL,
  hash     BLOB NOT NULL,              -- 32 bytes, compared on every read
  bytes    BLOB NOT NULL,
  PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;

-- Signed batches, own and others': a document travels with its proofs.
CREATE TABLE batch (
  batch     BLOB PRIMARY KEY NOT NULL, -- 16 bytes
  document  BLOB NOT NULL,
  position  INTEGER NOT NULL,          -- order of arrival
  header    BLOB NOT NULL,
  signature BLOB NOT NULL,
  hashes    BLOB NOT NULL,             -- hashes of its changes, in order
  push      INTEGER NOT NULL           -- 1: the server has yet to say that it holds it
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_document ON batch (document, position);
CREATE INDEX batch_to_push ON batch (position) WHERE push = 1;

-- Own changes that are not accepted yet, in the order in which they were made.
CREATE TABLE outbox (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  document BLOB NOT NULL,
  hash     BLOB NOT NULL UNIQUE,
  batch    BLOB,                       -- once it was signed
  title    TEXT NOT NULL,
  words    TEXT NOT NULL,              -- all that was typed, so that it is never lost to its author
  saved_at INTEGER NOT NULL,
  delivery INTEGER NOT NULL,           -- 0 saved, 1 received, 3 refused
  code     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE projection (
  document BLOB PRIMARY KEY NOT NULL,
  json     TEXT NOT NULL
) STRICT;

CREATE TABLE case_row (
  number_of INTEGER PRIMARY KEY,       -- row of the search index
  document  BLOB NOT NULL UNIQUE,
  grid      TEXT NOT NULL,
  village   TEXT NOT NULL,
  township  TEXT NOT NULL,
  category  TEXT NOT NULL,
  risk      INTEGER NOT NULL,
  stage     TEXT NOT NULL,
  answered  INTEGER NOT NULL,          -- sent back, and mended since
  clashes   INTEGER NOT NULL,
  late      INTEGER NOT NULL,
  due_on    TEXT,
  found_on  TEXT NOT NULL,
  closed_on TEXT,
  last_on   TEXT NOT NULL,
  last_at   INTEGER NOT NULL,
  sealed    INTEGER NOT NULL DEFAULT 0,
  row       TEXT NOT NULL              -- what a list shows, as JSON
) STRICT;
CREATE INDEX case_by_stage ON case_row (stage, last_at);
CREATE INDEX case_by_village ON case_row (village, stage);
CREATE INDEX case_by_last ON case_row (last_at);

CREATE VIRTUAL TABLE case_search USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'unicode61'
);

-- What this person last saw of a document. Never enters a document.
CREATE TABLE looked (
  document BLOB PRIMARY KEY NOT NULL,
  heads    TEXT NOT NULL,
  at       INTEGER NOT NULL,
  unseen   INTEGER NOT NULL
) STRICT;

-- What this person did, in their own terms, for repetition after a refusal and for doubled questions.
CREATE TABLE journal (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  ask      TEXT UNIQUE,                -- names a question, so that asking twice writes once
  name     TEXT NOT NULL,
  question TEXT NOT NULL,
  reply    TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

CREATE TABLE draft (
  form     TEXT PRIMARY KEY NOT NULL,
  content  TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

CREATE TABLE certificate (
  certificate BLOB PRIMARY KEY NOT NULL, -- 16 bytes
  bytes       BLOB NOT NULL,
  signature   BLOB NOT NULL
) STRICT;

-- Which certificate an actor belongs to.
CREATE TABLE actor (
  actor       BLOB PRIMARY KEY NOT NULL,
  certificate BLOB NOT NULL
) STRICT;

CREATE TABLE wanted_certificate (certificate BLOB PRIMARY KEY NOT NULL) STRICT;

CREATE TABLE checkpoint (
  seq   INTEGER NOT NULL,
  epoch BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT;

CREATE TABLE happened (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL
) STRICT;
", "
-- What the server attests of a snapshot: its hash, compared on every read, and its heads.
ALTER TABLE document ADD COLUMN snapshot_hash BLOB;
ALTER TABLE document ADD COLUMN snapshot_heads BLOB;
-- 0: every change is here with its signed batch, or never was a snapshot. 1: the proofs are still to
-- be asked for. 2: the server gave what it has, and it does not cover everything.
ALTER TABLE document ADD COLUMN proofs INTEGER NOT NULL DEFAULT 0;
CREATE INDEX document_to_prove ON document (proofs) WHERE proofs = 1;

CREATE INDEX outbox_by_batch ON outbox (batch);
-- The next position is the largest one and one.
CREATE INDEX batch_by_position ON batch (position);

-- Who found it, as the actor of the first entry: the name may come later than the words.
ALTER TABLE case_row ADD COLUMN finder BLOB;
-- The gist for lists, as JSON.
ALTER TABLE case_row ADD COLUMN brief TEXT;

-- Words are cut before they come here; telling letters from signs once more costs more than the rest.
DROP TABLE case_search;
CREATE VIRTUAL TABLE case_search USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'ascii'
);
-- The index is tidied between transactions (Write::tidy): within one, a merge makes whoever saves wait.
INSERT INTO case_search (case_search, rank) VALUES ('automerge', 0);
INSERT INTO case_search (case_search, rank) VALUES ('crisismerge', 64);

-- Only long files keep their rows; of the others they are made when somebody looks.
DELETE FROM projection;
INSERT INTO state (name, value) SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
CREATE TABLE household_row (
  number_of INTEGER PRIMARY KEY,       -- row of the search index
  document  BLOB NOT NULL UNIQUE,
  grid      TEXT NOT NULL,
  village   TEXT NOT NULL,
  township  TEXT NOT NULL,
  plate     TEXT NOT NULL,             -- the door plate in an order that numbers keep
  seen_on   TEXT,                      -- when somebody was last there
  has_needs INTEGER NOT NULL,
  gone      INTEGER NOT NULL,          -- joined another household
  row       TEXT NOT NULL              -- what a list shows, as JSON
) STRICT;
CREATE INDEX household_by_grid ON household_row (grid, plate);

-- Who lives in a household now.
CREATE TABLE member_row (
  household BLOB NOT NULL,
  position  INTEGER NOT NULL,
  name      TEXT NOT NULL,
  relation  TEXT NOT NULL,
  PRIMARY KEY (household, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_name ON member_row (name);

CREATE VIRTUAL TABLE household_search USING fts5(
  words, content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO household_search (household_search, rank) VALUES ('automerge', 0);
INSERT INTO household_search (household_search, rank) VALUES ('crisismerge', 64);

-- Whom a file is about, with the household where the party names one.
CREATE TABLE case_party (
  document  BLOB NOT NULL,
  position  INTEGER NOT NULL,
  name      TEXT NOT NULL,
  household BLOB,
  PRIMARY KEY (document, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_party_by_name ON case_party (name);
CREATE INDEX case_party_by_household ON case_party (household) WHERE household IS NOT NULL;
CREATE INDEX case_by_grid ON case_row (grid, stage);

-- What was said in entries is found apart from what the file states.
DROP TABLE case_search;
CREATE VIRTUAL TABLE case_search USING fts5(
  words, said, content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO case_search (case_search, rank) VALUES ('automerge', 0);
INSERT INTO case_search (case_search, rank) VALUES ('crisismerge', 64);

-- Entries of others in files that this person wrote in.
CREATE TABLE message (
  document BLOB NOT NULL,
  key      TEXT NOT NULL,              -- of the entry
  actor    BLOB NOT NULL,
  at       INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  label    TEXT NOT NULL,
  text     TEXT NOT NULL,
  seen     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (document, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_by_time ON message (at);
CREATE INDEX message_unseen ON message (document) WHERE seen = 0;

-- Selections under a name.
CREATE TABLE saved_view (
  name     TEXT PRIMARY KEY NOT NULL,
  list     TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

-- Complaints, kept until the county has them and afterwards.
CREATE TABLE complaint (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  about    TEXT NOT NULL,
  words    TEXT NOT NULL,
  contact  TEXT NOT NULL,
  at       INTEGER NOT NULL,
  number   INTEGER
) STRICT;

INSERT OR REPLACE INTO state (name, value)
  SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
-- Lists are read out of indexes that hold whatever they are selected and ordered by: a row is read
-- only where it is shown.
DROP INDEX case_by_last;
CREATE INDEX case_list ON case_row (sealed, last_at DESC, document, stage, answered, category, risk,
  grid, village, township, clashes, late, due_on, found_on, closed_on);
CREATE INDEX household_list ON household_row (gone, grid, plate, document, village, seen_on,
  has_needs);

-- What was said in a file, entry by entry, as JSON: shown where something in it is found.
CREATE TABLE case_told (
  number_of INTEGER PRIMARY KEY,
  entries   TEXT NOT NULL
) STRICT;

-- Initials stand in every length; sealed files and households that joined others are not found.
INSERT OR REPLACE INTO state (name, value)
  SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
-- The parts of a stage's words are words of their own.
INSERT OR REPLACE INTO state (name, value)
  SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
-- How many registers of a household need deciding; the few that have any are listed.
ALTER TABLE household_row ADD COLUMN clashes INTEGER NOT NULL DEFAULT 0;
CREATE INDEX household_clashing ON household_row (gone, grid, plate, document) WHERE clashes > 0;

-- Villages that are called alike stand in rows with their townships.
INSERT OR REPLACE INTO state (name, value)
  SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
-- Which household came of which: the entry that says so stands in the older one alone.
CREATE TABLE household_tie (
  document BLOB NOT NULL,              -- the household whose entry says so
  position INTEGER NOT NULL,
  other    BLOB NOT NULL,
  merged   INTEGER NOT NULL,           -- 1: it lives on in the other, 0: members left for the other
  tied_on  TEXT,
  PRIMARY KEY (document, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX household_tie_by_other ON household_tie (other);

INSERT OR REPLACE INTO state (name, value)
  SELECT 'reindex', x'01' WHERE EXISTS (SELECT 1 FROM document);
", "
-- As whom and where in the log its author stood when an own change was saved; NULL: by a version that
-- did not write it down. A batch claims nothing newer.
ALTER TABLE outbox ADD COLUMN actor BLOB;
ALTER TABLE outbox ADD COLUMN cursor_epoch BLOB;         -- first 8 bytes
ALTER TABLE outbox ADD COLUMN cursor_seq INTEGER;
ALTER TABLE outbox ADD COLUMN cursor_chain BLOB;         -- first 8 bytes
ALTER TABLE outbox ADD COLUMN reference INTEGER;
-- Names an action that touched several documents, with all of them, 16 bytes each.
ALTER TABLE outbox ADD COLUMN act BLOB;
ALTER TABLE outbox ADD COLUMN act_documents BLOB;
-- 1: signed in a batch of its own, because nobody said which change of a batch was refused.
ALTER TABLE outbox ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
-- What the server said of its batch. delivery 4: built on the refused batch in cause; 5: undone.
ALTER TABLE outbox ADD COLUMN place INTEGER NOT NULL DEFAULT 0; -- of the change that is to blame
ALTER TABLE outbox ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN cause BLOB;

-- What an action wrote: the change in the first of its documents, and its act where it has one.
ALTER TABLE journal ADD COLUMN document BLOB;
ALTER TABLE journal ADD COLUMN hash BLOB;
ALTER TABLE journal ADD COLUMN act BLOB;
CREATE INDEX journal_by_hash ON journal (hash) WHERE hash IS NOT NULL;

-- As whom this person wrote on this installation; the last one of a certificate is the present one.
CREATE TABLE incarnation (
  position    INTEGER PRIMARY KEY AUTOINCREMENT,
  actor       BLOB NOT NULL UNIQUE,
  certificate BLOB NOT NULL,
  number      INTEGER NOT NULL,
  began_at    INTEGER NOT NULL
) STRICT;

-- What the server did not take: out of the document, and here until its author is done with it.
CREATE TABLE rejected (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  document BLOB NOT NULL,
  kind     TEXT NOT NULL,
  hash     BLOB NOT NULL,
  bytes    BLOB NOT NULL,
  matter   TEXT NOT NULL,              -- what its document was called
  title    TEXT NOT NULL,
  words    TEXT NOT NULL,
  on_day   TEXT NOT NULL,              -- the business date
  saved_at INTEGER NOT NULL,
  code     TEXT NOT NULL,
  rule     TEXT NOT NULL,
  reason   TEXT NOT NULL,
  told_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX rejected_by_document ON rejected (document);

-- What keys and changes are called that were written again: forms may be open under the old names.
CREATE TABLE renamed (
  document BLOB NOT NULL,
  old      TEXT NOT NULL,
  new      TEXT NOT NULL,              -- separated by blanks
  PRIMARY KEY (document, old)
) STRICT, WITHOUT ROWID;
", "
-- What one answer of the county says of places: the hashes of its leaves and one signature over them.
CREATE TABLE sheet (
  sheet     INTEGER PRIMARY KEY,
  epoch     BLOB NOT NULL,
  leaves    BLOB NOT NULL,             -- 32 bytes each
  signature BLOB NOT NULL UNIQUE
) STRICT;
-- Where the county took a batch.
ALTER TABLE batch ADD COLUMN sheet INTEGER;
ALTER TABLE batch ADD COLUMN leaf INTEGER;
ALTER TABLE batch ADD COLUMN log_seq INTEGER;
-- Where it attested the snapshot.
ALTER TABLE document ADD COLUMN sheet INTEGER;
ALTER TABLE document ADD COLUMN leaf INTEGER;
-- The heads it has here, so that they are compared without reading it; none of older rows.
ALTER TABLE document ADD COLUMN heads BLOB;

-- What could not be proved is looked for without reading saves.
CREATE INDEX document_partly_proved ON document (proofs) WHERE proofs = 2;

-- Attested snapshots that were split before the batches came, as they were signed.
CREATE TABLE attested (
  document BLOB PRIMARY KEY NOT NULL,
  save     BLOB NOT NULL,
  sheet    INTEGER NOT NULL,
  leaf     INTEGER NOT NULL
) STRICT;
-- Documents that the server lost and of which a save is to be given back.
CREATE TABLE to_give (document BLOB PRIMARY KEY NOT NULL) STRICT;
-- Documents that have to be asked for.
CREATE TABLE wanted_document (document BLOB PRIMARY KEY NOT NULL) STRICT;

-- What the county said itself. Epoch and seq name it for ever.
CREATE TABLE record (
  epoch     BLOB NOT NULL,
  seq       INTEGER NOT NULL,
  bytes     BLOB NOT NULL,
  signature BLOB NOT NULL,
  push      INTEGER NOT NULL DEFAULT 0, -- 1: the server said that it lacks it
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

-- Places of what came before are told together with the proofs.
UPDATE document SET proofs = 1
  WHERE EXISTS (SELECT 1 FROM batch WHERE batch.document = document.document);
", "
-- Documents that the county destroyed: they are taken from nowhere.
CREATE TABLE tombstone (
  document BLOB PRIMARY KEY NOT NULL,
  basis    TEXT NOT NULL,              -- the order
  on_day   TEXT NOT NULL
) STRICT;
-- Of which document a line says what it is called; NULL: of none, or by a version that did not write it down.
ALTER TABLE happened ADD COLUMN document BLOB;
", "
-- How a batch came: 0 from the county or by one's own hand; 1 by hand from a colleague, and the county has
-- not said that it took it; 2 the county does not take it, and it is on its way out of its document.
ALTER TABLE batch ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX batch_held ON batch (document) WHERE held > 0;
", "
-- Which action over several documents a batch is a part of: the certificate of its author, and the name of the
-- action. NULL for one that is about its document alone; versions before wrote no others.
ALTER TABLE batch ADD COLUMN act BLOB;
CREATE INDEX batch_of_act ON batch (act, document) WHERE act IS NOT NULL;
CREATE INDEX batch_part ON batch (document) WHERE act IS NOT NULL;
", "
-- The document that goes on instead of one that was destroyed; NULL where none does.
ALTER TABLE tombstone ADD COLUMN successor BLOB;
"];

/// The version that this program writes.
pub const NEWEST: usize = STEPS.len();

/// The version of the schema of a database.
pub fn version(connection: &Connection) -> Result<usize, StoreError> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(0))
}

/// Brings the schema up to version `to`. A database of a later version is left alone.
pub fn migrate(connection: &mut Connection, to: usize) -> Result<(), StoreError> {
    let version = version(connection)?;
    if version > to {
        let number = |version| i64::try_from(version).unwrap_or(i64::MAX);
        return Err(StoreError::TooNew(number(version), number(to)));
    }
    for (index, step) in STEPS.iter().enumerate().take(to).skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", i64::try_from(index).unwrap_or(0) + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A step that was released is never edited: databases of version 1 lie on devices.
    #[test]
    fn tables_of_version_1() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 1).unwrap();
        insta::assert_snapshot!("tables-of-version-1", tables(&connection));
    }

    #[test]
    fn tables_of_version_2() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 2).unwrap();
        insta::assert_snapshot!("tables-of-version-2", tables(&connection));
    }

    #[test]
    fn tables_of_version_3() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 3).unwrap();
        insta::assert_snapshot!("tables-of-version-3", tables(&connection));
    }

    #[test]
    fn tables_of_version_4() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 4).unwrap();
        insta::assert_snapshot!("tables-of-version-4", tables(&connection));
    }

    #[test]
    fn tables_of_version_5() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 5).unwrap();
        insta::assert_snapshot!("tables-of-version-5", tables(&connection));
    }

    #[test]
    fn tables_of_version_6() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 6).unwrap();
        insta::assert_snapshot!("tables-of-version-6", tables(&connection));
    }

    #[test]
    fn tables_of_version_7() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 7).unwrap();
        insta::assert_snapshot!("tables-of-version-7", tables(&connection));
    }

    #[test]
    fn tables_of_version_8() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 8).unwrap();
        insta::assert_snapshot!("tables-of-version-8", tables(&connection));
    }

    #[test]
    fn tables_of_version_9() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 9).unwrap();
        insta::assert_snapshot!("tables-of-version-9", tables(&connection));
    }

    #[test]
    fn tables_of_version_10() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 10).unwrap();
        insta::assert_snapshot!("tables-of-version-10", tables(&connection));
    }

    #[test]
    fn tables_of_version_11() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 11).unwrap();
        insta::assert_snapshot!("tables-of-version-11", tables(&connection));
    }

    #[test]
    fn tables_of_version_12() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 12).unwrap();
        insta::assert_snapshot!("tables-of-version-12", tables(&connection));
    }

    #[test]
    fn tables_of_version_13() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, 13).unwrap();
        insta::assert_snapshot!("tables-of-version-13", tables(&connection));
    }

    fn tables(connection: &Connection) -> String {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
            .unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("\n\n")
    }

    #[test]
    fn a_database_of_a_later_version_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection, NEWEST), Err(StoreError::TooNew(99, _))));
    }
}
