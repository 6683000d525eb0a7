-- How many batches of a device ended the processes that read them, and since when nobody reads any.
CREATE TABLE crash (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    crashes INTEGER NOT NULL,
    suspended_at_ms INTEGER,
    PRIMARY KEY (county, certificate)
) STRICT, WITHOUT ROWID;
