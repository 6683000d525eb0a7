-- What is cut out of a document that goes on under another name after it was destroyed: a word or sentence a line.
-- Nothing where all of it is destroyed. The row goes with the document.
ALTER TABLE erasure ADD COLUMN without TEXT NOT NULL DEFAULT '';
