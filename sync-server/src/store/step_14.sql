-- What the county took and of which it undid values: of which changes, why, and what a person said about it.
CREATE TABLE undone (
    county TEXT NOT NULL,
    batch BLOB NOT NULL,
    changes BLOB NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (county, batch)
) STRICT;

-- Whether somebody who answers for a batch takes its entries alone.
ALTER TABLE admission ADD COLUMN undo INTEGER NOT NULL DEFAULT 0;
