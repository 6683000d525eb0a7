-- Also of certificates that are not here, or not yet: a restored server must not learn them again.
CREATE TABLE IF NOT EXISTS revocation (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (county, certificate)
) STRICT;
