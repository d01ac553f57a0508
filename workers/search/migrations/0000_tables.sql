CREATE TABLE `builds` (
	`job_id` text PRIMARY KEY NOT NULL,
	`engine` text NOT NULL,
	`collection` text NOT NULL,
	`schema_version` text NOT NULL,
	`state` text NOT NULL,
	`copied` integer NOT NULL,
	`total` integer NOT NULL,
	`copied_pk` integer NOT NULL,
	`fed_seq` integer NOT NULL,
	`doubt_seq` integer,
	`doubted_at` integer,
	`failure` text,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`holder` text,
	`held_until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `builds_by_engine` ON `builds` (`engine`,`started_at`);--> statement-breakpoint
CREATE TABLE `changes` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`document_id` text NOT NULL,
	`changed_at` integer NOT NULL,
	`refusal` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `changes_document_id_unique` ON `changes` (`document_id`);--> statement-breakpoint
CREATE TABLE `documents` (
	`pk` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`sequence_number` integer NOT NULL,
	`version_number` integer NOT NULL,
	`comment` text NOT NULL,
	`text` text NOT NULL,
	`script_id` integer,
	`service_name` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `documents_id_unique` ON `documents` (`id`);--> statement-breakpoint
CREATE INDEX `documents_by_sequence_number` ON `documents` (`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_element_type` ON `documents` ("element_type" COLLATE NOCASE,`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_script_id` ON `documents` (`script_id`,`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_element_id` ON `documents` (`element_id`);--> statement-breakpoint
CREATE INDEX `documents_by_updated_at` ON `documents` (`updated_at`);
--> statement-breakpoint
-- The full-text index over documents. It keeps no copy of the text: FTS5 reads it from documents by rowid.
CREATE VIRTUAL TABLE documents_text USING fts5(
	comment,
	text,
	content = 'documents',
	content_rowid = 'pk',
	tokenize = "unicode61 remove_diacritics 2",
	prefix = '2 3'
);
--> statement-breakpoint
CREATE TRIGGER documents_text_after_insert AFTER INSERT ON documents BEGIN
	INSERT INTO documents_text (rowid, comment, text) VALUES (new.pk, new.comment, new.text);
END;
--> statement-breakpoint
CREATE TRIGGER documents_text_after_delete AFTER DELETE ON documents BEGIN
	INSERT INTO documents_text (documents_text, rowid, comment, text) VALUES ('delete', old.pk, old.comment, old.text);
END;
--> statement-breakpoint
CREATE TRIGGER documents_text_after_update AFTER UPDATE OF pk, comment, text ON documents
WHEN old.pk IS NOT new.pk OR old.comment IS NOT new.comment OR old.text IS NOT new.text BEGIN
	INSERT INTO documents_text (documents_text, rowid, comment, text) VALUES ('delete', old.pk, old.comment, old.text);
	INSERT INTO documents_text (rowid, comment, text) VALUES (new.pk, new.comment, new.text);
END;
--> statement-breakpoint
-- The words that documents have, each with its runs of three letters, to find what a misspelt word may have meant. A new
-- word waits for its trigrams until upkeep adds them, many at once: that costs a tenth.
CREATE TABLE words (
	id INTEGER PRIMARY KEY,
	word TEXT NOT NULL UNIQUE,
	has_trigrams INTEGER NOT NULL DEFAULT 0
) STRICT;
--> statement-breakpoint
CREATE INDEX words_without_trigrams ON words (id) WHERE has_trigrams = 0;
--> statement-breakpoint
CREATE TABLE word_trigrams (
	trigram TEXT NOT NULL,
	length INTEGER NOT NULL,
	word_id INTEGER NOT NULL,
	PRIMARY KEY (trigram, length, word_id)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Two spaces before the word and one behind it mark where it begins and ends.
CREATE TRIGGER words_after_delete AFTER DELETE ON words BEGIN
	DELETE FROM word_trigrams
	WHERE length = length(old.word) AND word_id = old.id AND trigram IN (
		WITH RECURSIVE starts (at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM starts WHERE at <= length(old.word))
		SELECT substr('  ' || old.word || ' ', at, 3) FROM starts
	);
END;
--> statement-breakpoint
-- The number of documents, kept so that it need not be counted.
CREATE TABLE documents_total (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	documents INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO documents_total (id, documents) VALUES (1, 0);
--> statement-breakpoint
CREATE TRIGGER documents_total_after_insert AFTER INSERT ON documents BEGIN
	UPDATE documents_total SET documents = documents + 1;
END;
--> statement-breakpoint
CREATE TRIGGER documents_total_after_delete AFTER DELETE ON documents BEGIN
	UPDATE documents_total SET documents = documents - 1;
END;
