-- The words that documents have, each with its runs of three letters, to find what a misspelt word may have meant.
CREATE TABLE words (
	id INTEGER PRIMARY KEY,
	word TEXT NOT NULL UNIQUE
) STRICT;
--> statement-breakpoint
CREATE TABLE word_trigrams (
	trigram TEXT NOT NULL,
	length INTEGER NOT NULL,
	word_id INTEGER NOT NULL,
	PRIMARY KEY (trigram, length, word_id)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Two spaces before the word and one behind it mark where it begins and ends.
CREATE TRIGGER words_after_insert AFTER INSERT ON words BEGIN
	INSERT OR IGNORE INTO word_trigrams (trigram, length, word_id)
	WITH RECURSIVE starts (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM starts WHERE at <= length(new.word))
	SELECT substr('  ' || new.word || ' ', at, 3), length(new.word), new.id FROM starts;
END;
--> statement-breakpoint
CREATE TRIGGER words_after_delete AFTER DELETE ON words BEGIN
	DELETE FROM word_trigrams
	WHERE length = length(old.word) AND word_id = old.id AND trigram IN (
		WITH RECURSIVE starts (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM starts WHERE at <= length(old.word))
		SELECT substr('  ' || old.word || ' ', at, 3) FROM starts
	);
END;
--> statement-breakpoint
-- The words of the documents that are there already.
CREATE VIRTUAL TABLE documents_words USING fts5vocab('documents_text', 'row');
--> statement-breakpoint
INSERT INTO words (word) SELECT term FROM documents_words WHERE length(term) BETWEEN 2 AND 32;
--> statement-breakpoint
DROP TABLE documents_words;

--> statement-breakpoint
-- How many documents there are, so that nobody has to count them.
CREATE TABLE documents_total (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	documents INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO documents_total (id, documents) SELECT 1, count(*) FROM documents;
--> statement-breakpoint
CREATE TRIGGER documents_total_after_insert AFTER INSERT ON documents BEGIN
	UPDATE documents_total SET documents = documents + 1;
END;
--> statement-breakpoint
CREATE TRIGGER documents_total_after_delete AFTER DELETE ON documents BEGIN
	UPDATE documents_total SET documents = documents - 1;
END;
