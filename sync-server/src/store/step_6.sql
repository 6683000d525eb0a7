-- What became of a complaint: said once, by whom and on which device.
CREATE TABLE complaint_answer (
    county TEXT NOT NULL,
    number INTEGER NOT NULL,
    words TEXT NOT NULL,
    user TEXT NOT NULL,
    certificate BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (county, number),
    FOREIGN KEY (county, number) REFERENCES complaint (county, number)
) STRICT;

-- What was decided about single visit days of single villages, as their documents say it: it moves the days on
-- which their teams read there.
CREATE TABLE village_day (
    county TEXT NOT NULL,
    village TEXT NOT NULL,
    nominal TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (county, village, nominal)
) STRICT;
