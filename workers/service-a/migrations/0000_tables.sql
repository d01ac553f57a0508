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
CREATE TABLE `idempotency_keys` (
	`caller` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`outcome` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`caller`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_expires_at` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
CREATE TABLE `moves` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`old_sequence_number` integer NOT NULL,
	`moved_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `moves_element` ON `moves` (`element_type`,`element_id`,`id`);--> statement-breakpoint
CREATE INDEX `moves_moved_at` ON `moves` (`moved_at`);--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`refusal` text,
	`next_attempt_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `outbox_dead_letters` ON `outbox` (`element_type`,`element_id`) WHERE attempts >= 20;--> statement-breakpoint
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
	`acting_service` text,
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
	`acting_service` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`element_type`, `element_id`, `version_number`)
);
