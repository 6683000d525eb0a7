-- The county is the first column of every key: it is the cell, also where many share a database.

CREATE TABLE county (
    county TEXT NOT NULL PRIMARY KEY,
    first_epoch BLOB NOT NULL,
    epoch BLOB NOT NULL,
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    seed BLOB NOT NULL,
    server_seed BLOB NOT NULL,
    server_certificate BLOB NOT NULL,
    incarnation INTEGER NOT NULL,
    healing INTEGER NOT NULL,
    demo INTEGER NOT NULL,
    register_version INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
    county TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (county, name)
) STRICT, WITHOUT ROWID;

-- Kinds: 1 signed batch, 2 signed certificate, 3 code used, 4 reference change, 5 revocation,
-- 6 restored from.
CREATE TABLE log (
    county TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    document BLOB NOT NULL,
    record BLOB NOT NULL,
    chain BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, seq)
) STRICT;
CREATE INDEX log_of_document ON log (county, document, seq) WHERE kind = 1;

CREATE TABLE checkpoint (
    county TEXT NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, seq)
) STRICT;

CREATE TABLE document (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    kind INTEGER NOT NULL,
    home TEXT NOT NULL,
    org TEXT NOT NULL,
    heads BLOB NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (county, document)
) STRICT;

CREATE TABLE change (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    actor BLOB NOT NULL,
    seq_of_actor INTEGER NOT NULL,
    log_seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (county, document, hash),
    FOREIGN KEY (county, document) REFERENCES document (county, document)
) STRICT;
CREATE UNIQUE INDEX change_in_order ON change (county, document, log_seq, position);

CREATE TABLE inbox (
    county TEXT NOT NULL,
    id BLOB NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;

CREATE TABLE parked (
    county TEXT NOT NULL,
    id BLOB NOT NULL,
    document BLOB NOT NULL,
    certificate BLOB NOT NULL,
    bytes BLOB NOT NULL,
    missing BLOB NOT NULL,
    review INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX parked_of_document ON parked (county, document);
CREATE INDEX parked_of_certificate ON parked (county, certificate);

CREATE TABLE quarantine (
    county TEXT NOT NULL,
    id BLOB NOT NULL,
    document BLOB NOT NULL,
    certificate BLOB NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    bytes BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX quarantine_of_certificate ON quarantine (county, certificate);

-- Which documents a unit reads. A document that moved away keeps its row as gone, so that devices
-- which held it are told.
CREATE TABLE scope_index (
    county TEXT NOT NULL,
    org TEXT NOT NULL,
    document BLOB NOT NULL,
    since_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    PRIMARY KEY (county, org, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX scope_by_seq ON scope_index (county, org, last_seq);
CREATE INDEX scope_of_document ON scope_index (county, document);

CREATE TABLE scope_known (
    county TEXT NOT NULL,
    hash INTEGER NOT NULL,
    keys TEXT NOT NULL,
    PRIMARY KEY (county, hash)
) STRICT;

CREATE TABLE case_row (
    county TEXT NOT NULL,
    document BLOB NOT NULL,
    org TEXT NOT NULL,
    stage TEXT NOT NULL,
    category TEXT NOT NULL,
    risk INTEGER NOT NULL,
    number TEXT NOT NULL,
    due_on TEXT NOT NULL,
    matter TEXT NOT NULL,
    round INTEGER NOT NULL,
    clashes INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, document)
) STRICT;
CREATE INDEX case_by_org ON case_row (county, org, stage);

CREATE TABLE number (
    county TEXT NOT NULL,
    committee TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (county, committee, year, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    county TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (county, user)
) STRICT;

CREATE TABLE assignment (
    county TEXT NOT NULL,
    user TEXT NOT NULL,
    org TEXT NOT NULL,
    role TEXT NOT NULL,
    from_on TEXT NOT NULL,
    to_on TEXT,
    given_at_seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (county, user, org, role, from_on),
    FOREIGN KEY (county, user) REFERENCES user (county, user)
) STRICT;

CREATE TABLE unit (
    county TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent TEXT,
    PRIMARY KEY (county, code)
) STRICT;

CREATE TABLE team (
    county TEXT NOT NULL,
    village TEXT NOT NULL,
    place TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    PRIMARY KEY (county, village)
) STRICT;

CREATE TABLE team_member (
    county TEXT NOT NULL,
    village TEXT NOT NULL,
    position INTEGER NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    duty TEXT NOT NULL,
    PRIMARY KEY (county, village, position),
    FOREIGN KEY (county, village) REFERENCES team (county, village)
) STRICT;

CREATE TABLE exception (
    county TEXT NOT NULL,
    position INTEGER NOT NULL,
    nominal TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (county, position)
) STRICT;

CREATE TABLE activation (
    county TEXT NOT NULL,
    code_id TEXT NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    user TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    used_by_key BLOB,
    used_by_nonce BLOB,
    certificate BLOB,
    PRIMARY KEY (county, code_id)
) STRICT;

CREATE TABLE certificate (
    county TEXT NOT NULL,
    id BLOB NOT NULL,
    user TEXT NOT NULL,
    device TEXT NOT NULL,
    bytes BLOB NOT NULL,
    seq INTEGER NOT NULL,
    revoked_seq INTEGER,
    seen_at_ms INTEGER NOT NULL,
    answered_epoch BLOB,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX certificate_of_user ON certificate (county, user);
