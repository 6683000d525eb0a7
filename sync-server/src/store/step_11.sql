-- Batches that somebody gave back together with the place where the county took them once; until they stand in
-- this log again.
CREATE TABLE placed (
    county TEXT NOT NULL,
    batch BLOB NOT NULL,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (county, batch)
) STRICT, WITHOUT ROWID;

-- What the county says itself and devices keep (log kind 7). Epoch and seq of its first writing name it for
-- ever, log_seq is where it stands in this log. About: who is told beside the offices, '' for everybody, '-'
-- for nobody.
CREATE TABLE record (
    county TEXT NOT NULL,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    subject BLOB NOT NULL,
    about TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    log_seq INTEGER NOT NULL,
    PRIMARY KEY (county, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX record_by_place ON record (county, log_seq);
CREATE INDEX record_of_subject ON record (county, kind, subject);

-- Documents that somebody gave back as the county saved them once (log kind 8): hardly ever any.
CREATE INDEX log_of_saves ON log (county, document, seq) WHERE kind = 8;
