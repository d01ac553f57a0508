-- The full-text index over what the worker makes of comment and text: tokens, folded as words are compared, with a space
-- between them. SQLite folds nothing more, and the index keeps no copy of them.
CREATE VIRTUAL TABLE document_tokens USING fts5(
	comment,
	text,
	content = '',
	contentless_delete = 1,
	tokenize = 'ascii',
	prefix = '2 3'
);
--> statement-breakpoint
-- Documents whose tokens are missing or out of date. The worker indexes a document in the transaction that stores it, and
-- takes it off this list; what stays is indexed by maintenance. A sequence number is never used again.
CREATE TABLE unindexed (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	pk INTEGER NOT NULL UNIQUE
) STRICT;
--> statement-breakpoint
INSERT INTO unindexed (pk) SELECT pk FROM documents ORDER BY pk;
--> statement-breakpoint
-- The version of the tokens in the index, and until when (seconds since the epoch) the index of the version before is kept,
-- for workers of that version that still serve; null when it is not.
CREATE TABLE text_index (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	version INTEGER NOT NULL,
	previous_until INTEGER
) STRICT;
--> statement-breakpoint
INSERT INTO text_index (id, version, previous_until)
SELECT 1, 1, CASE WHEN EXISTS (SELECT 1 FROM documents) THEN unixepoch() + 3600 END;
--> statement-breakpoint
CREATE TRIGGER unindexed_after_insert AFTER INSERT ON documents BEGIN
	INSERT INTO unindexed (pk) VALUES (new.pk);
END;
--> statement-breakpoint
CREATE TRIGGER unindexed_after_update AFTER UPDATE OF comment, text ON documents
WHEN old.comment IS NOT new.comment OR old.text IS NOT new.text BEGIN
	DELETE FROM unindexed WHERE pk = new.pk;
	INSERT INTO unindexed (pk) VALUES (new.pk);
END;
--> statement-breakpoint
CREATE TRIGGER unindexed_after_delete AFTER DELETE ON documents BEGIN
	DELETE FROM unindexed WHERE pk = old.pk;
	DELETE FROM document_tokens WHERE rowid = old.pk;
END;
--> statement-breakpoint
DROP TRIGGER documents_text_after_insert;
--> statement-breakpoint
DROP TRIGGER documents_text_after_delete;
--> statement-breakpoint
DROP TRIGGER documents_text_after_update;
--> statement-breakpoint
CREATE TRIGGER documents_text_after_insert AFTER INSERT ON documents
WHEN (SELECT previous_until FROM text_index) IS NOT NULL BEGIN
	INSERT INTO documents_text (rowid, comment, text) VALUES (new.pk, new.comment, new.text);
END;
--> statement-breakpoint
CREATE TRIGGER documents_text_after_delete AFTER DELETE ON documents
WHEN (SELECT previous_until FROM text_index) IS NOT NULL BEGIN
	INSERT INTO documents_text (documents_text, rowid, comment, text) VALUES ('delete', old.pk, old.comment, old.text);
END;
--> statement-breakpoint
CREATE TRIGGER documents_text_after_update AFTER UPDATE OF comment, text ON documents
WHEN (SELECT previous_until FROM text_index) IS NOT NULL
	AND (old.comment IS NOT new.comment OR old.text IS NOT new.text) BEGIN
	INSERT INTO documents_text (documents_text, rowid, comment, text) VALUES ('delete', old.pk, old.comment, old.text);
	INSERT INTO documents_text (rowid, comment, text) VALUES (new.pk, new.comment, new.text);
END;
