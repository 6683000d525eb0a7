-- Words say where a household lies, and initials stand in every length, so that the index alone
-- answers; lines of households that are there are made anew when the server starts.
DROP TABLE household_search;
CREATE VIRTUAL TABLE household_search USING fts5(
    words, content = '', contentless_delete = 1, tokenize = 'ascii'
);

CREATE TABLE owed (
    county TEXT NOT NULL,
    PRIMARY KEY (county)
) STRICT, WITHOUT ROWID;
INSERT INTO owed SELECT DISTINCT county FROM household_row;
