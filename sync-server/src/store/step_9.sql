-- What hinders devices, as they last told it, and which version of the application they are. The present
-- state alone: what is over leaves nothing behind.
CREATE TABLE device_trouble (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    kind INTEGER NOT NULL,
    count INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (county, certificate, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE device_app (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    app INTEGER NOT NULL,
    PRIMARY KEY (county, certificate)
) STRICT, WITHOUT ROWID;
