-- The first record that a certificate's holder wrote: whoever stood before it cannot know the name.
ALTER TABLE certificate ADD COLUMN first_batch_seq INTEGER;
