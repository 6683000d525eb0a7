-- Changes that will never be in the log, with the batch that was refused and for what: whatever is built on one of
-- them is orphaned by that batch, in whatever order all of it comes.
CREATE TABLE refused_change (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    batch BLOB NOT NULL,
    rule TEXT NOT NULL,
    certificate BLOB NOT NULL,
    PRIMARY KEY (county, document, hash)
) STRICT;
CREATE INDEX refused_change_of_certificate ON refused_change (county, certificate);

-- Which change of the batch broke the rule, because of which other batch, under what rule of that one, and what a
-- person said about it. Of what was refused before nobody noted that: it is judged again when it comes again, except
-- what ended the server.
ALTER TABLE quarantine ADD COLUMN position INTEGER NOT NULL DEFAULT -1;
UPDATE quarantine SET position = 0 WHERE code = 'crashed';
ALTER TABLE quarantine ADD COLUMN because_of BLOB NOT NULL DEFAULT x'';
ALTER TABLE quarantine ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- What was parked before is judged again at the next start, and waits, if it still does, under the hashes it
-- waits for.
INSERT OR IGNORE INTO inbox (county, id, bytes, at_ms) SELECT county, id, bytes, at_ms FROM parked;
DROP TABLE parked;
CREATE TABLE parked (
    county TEXT NOT NULL,
    id BLOB NOT NULL,
    document BLOB NOT NULL,
    certificate BLOB NOT NULL,
    bytes BLOB NOT NULL,
    review INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX parked_of_document ON parked (county, document);
CREATE INDEX parked_of_certificate ON parked (county, certificate);
CREATE INDEX parked_by_time ON parked (county, at_ms);

CREATE TABLE parked_missing (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    batch BLOB NOT NULL,
    PRIMARY KEY (county, document, hash, batch),
    FOREIGN KEY (county, batch) REFERENCES parked (county, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_missing_of_batch ON parked_missing (county, batch);

-- Batches that a person admitted though the register does not know their authors.
CREATE TABLE admission (
    county TEXT NOT NULL,
    batch BLOB NOT NULL,
    user TEXT NOT NULL,
    certificate BLOB NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, batch)
) STRICT, WITHOUT ROWID;

-- Batches that came into the log after their devices had been told that they wait, with their places.
CREATE TABLE settled (
    county TEXT NOT NULL,
    batch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, batch)
) STRICT, WITHOUT ROWID;
