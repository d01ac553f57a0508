CREATE TABLE `elements` (
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`sequence_number` integer NOT NULL,
	`version_number` integer NOT NULL,
	`script_id` integer,
	`section_id` integer,
	`position` integer,
	`markup` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`element_type`, `element_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `elements_sequence_number` ON `elements` (`sequence_number`);--> statement-breakpoint
CREATE INDEX `elements_type_sequence_number` ON `elements` (`element_type`,`sequence_number`);--> statement-breakpoint
CREATE INDEX `elements_script_sequence_number` ON `elements` (`script_id`,`sequence_number`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `outbox_lease` (
	`id` integer PRIMARY KEY NOT NULL,
	`holder` text,
	`expires_at` integer NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `scripts` (
	`id` integer PRIMARY KEY NOT NULL,
	`title_page` text NOT NULL,
	`counts` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `versions` (
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`version_number` integer NOT NULL,
	`text` text NOT NULL,
	`comment` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`element_type`, `element_id`, `version_number`)
);
