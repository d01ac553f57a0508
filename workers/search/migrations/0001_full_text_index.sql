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
