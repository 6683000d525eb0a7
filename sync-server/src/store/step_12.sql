-- Documents that were destroyed by order; a signed record of the log says so (log_seq). Nothing of them is taken
-- ever again.
CREATE TABLE tombstone (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    log_seq INTEGER NOT NULL,
    PRIMARY KEY (county, document)
) STRICT, WITHOUT ROWID;

-- Up to which tombstone a device has destroyed whatever it held.
CREATE TABLE erased_copy (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (county, certificate)
) STRICT, WITHOUT ROWID;

-- What an administrator asks to have destroyed, until another one confirms it.
CREATE TABLE erasure (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    basis TEXT NOT NULL,
    user TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, document)
) STRICT, WITHOUT ROWID;

-- SHA-256 of a record whose bytes were destroyed with their document: the chain is proved by it. None where the
-- bytes are here.
ALTER TABLE log ADD COLUMN record_hash BLOB;
