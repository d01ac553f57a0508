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
CREATE UNIQUE INDEX `changes_document_id_unique` ON `changes` (`document_id`);