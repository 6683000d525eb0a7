-- Actions over several documents. Parts that wait in the parking, each under its author and its action: an action
-- is taken when all of its parts are here.
CREATE TABLE act_part (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    act BLOB NOT NULL,
    document BLOB NOT NULL,
    batch BLOB NOT NULL,
    PRIMARY KEY (county, certificate, act, document, batch),
    FOREIGN KEY (county, batch) REFERENCES parked (county, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX act_part_of_batch ON act_part (county, batch);

-- Parts that are in the log: devices that read several documents of an action get them together.
CREATE TABLE act_taken (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    act BLOB NOT NULL,
    document BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (county, certificate, act, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX act_taken_of_document ON act_taken (county, document, seq);

-- Actions of which a part was refused, with that part and the rule it broke: whatever else comes of them is
-- refused as well.
CREATE TABLE act_refused (
    county TEXT NOT NULL,
    certificate BLOB NOT NULL,
    act BLOB NOT NULL,
    batch BLOB NOT NULL,
    rule TEXT NOT NULL,
    PRIMARY KEY (county, certificate, act)
) STRICT;
