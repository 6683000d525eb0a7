-- How many starts began to judge a batch and did not come through: one that ends the process every time
-- goes to quarantine unjudged.
ALTER TABLE inbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
