-- What a grid is beside a unit, as JSON; units that ended keep their code.
ALTER TABLE unit ADD COLUMN traits TEXT;
ALTER TABLE unit ADD COLUMN closed_on TEXT;
ALTER TABLE user ADD COLUMN phone TEXT NOT NULL DEFAULT '';
CREATE INDEX assignment_of_org ON assignment (county, org);

CREATE TABLE grid_team (
    county TEXT NOT NULL,
    code TEXT NOT NULL,
    village TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (county, code)
) STRICT;

CREATE TABLE grid_team_member (
    county TEXT NOT NULL,
    code TEXT NOT NULL,
    position INTEGER NOT NULL,
    user TEXT NOT NULL,
    dedicated INTEGER NOT NULL,
    PRIMARY KEY (county, code, position),
    FOREIGN KEY (county, code) REFERENCES grid_team (county, code)
) STRICT;

-- Borders on the map: points as JSON.
CREATE TABLE outline (
    county TEXT NOT NULL,
    org TEXT NOT NULL,
    ring TEXT NOT NULL,
    PRIMARY KEY (county, org)
) STRICT;

-- Lines of households and of who lives there, for people of the whole unit; made from documents.
CREATE TABLE household_row (
    county TEXT NOT NULL,
    number_of INTEGER NOT NULL,
    document BLOB NOT NULL,
    org TEXT NOT NULL,
    village TEXT NOT NULL,
    township TEXT NOT NULL,
    head TEXT NOT NULL,
    door_plate TEXT NOT NULL,
    address TEXT NOT NULL,
    household_no TEXT NOT NULL,
    gone INTEGER NOT NULL,
    members TEXT NOT NULL,
    PRIMARY KEY (county, document)
) STRICT;
CREATE UNIQUE INDEX household_by_number ON household_row (number_of);
CREATE INDEX household_by_org ON household_row (county, org);
CREATE INDEX household_by_no ON household_row (county, household_no);

CREATE VIRTUAL TABLE household_search USING fts5(
    words, content = '', contentless_delete = 1, tokenize = 'ascii', detail = 'full'
);

-- What the last spreadsheet said of a thing, and where its document stood: the next one changes only
-- what it says differently, and what a worker changed meanwhile becomes a clash.
CREATE TABLE imported (
    county TEXT NOT NULL,
    thing TEXT NOT NULL,
    document BLOB NOT NULL,
    heads BLOB NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (county, thing)
) STRICT, WITHOUT ROWID;

-- Who looked at whom outside their own ring, when and what for.
CREATE TABLE consulted (
    county TEXT NOT NULL,
    position INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    user TEXT NOT NULL,
    certificate BLOB NOT NULL,
    question TEXT NOT NULL,
    purpose TEXT NOT NULL,
    document BLOB,
    PRIMARY KEY (county, position)
) STRICT;

-- Online questions that changed something, so that one that comes twice is done once.
CREATE TABLE asked (
    county TEXT NOT NULL,
    ask BLOB NOT NULL,
    reply TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, ask)
) STRICT;

CREATE TABLE complaint (
    county TEXT NOT NULL,
    number INTEGER NOT NULL,
    user TEXT NOT NULL,
    about TEXT NOT NULL,
    words TEXT NOT NULL,
    contact TEXT NOT NULL,
    written_at_ms INTEGER NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, number)
) STRICT;
