-- A new word waits for its trigrams until upkeep gives them to it, many at once: that costs a tenth.
DROP TRIGGER words_after_insert;
--> statement-breakpoint
ALTER TABLE words ADD COLUMN has_trigrams INTEGER NOT NULL DEFAULT 0;
--> statement-breakpoint
UPDATE words SET has_trigrams = 1;
--> statement-breakpoint
CREATE INDEX words_without_trigrams ON words (id) WHERE has_trigrams = 0;
