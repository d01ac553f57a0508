CREATE TABLE `audit_chain` (
	`id` integer PRIMARY KEY NOT NULL,
	`base_id` integer NOT NULL,
	`base_link` text NOT NULL,
	`base_at` integer NOT NULL,
	`head_id` integer NOT NULL,
	`head_link` text NOT NULL,
	`mac` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_checkpoints` (
	`entry_id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`jws` text NOT NULL,
	`public_jwk` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`uid` text NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`outcome` text NOT NULL,
	`actor` text,
	`target` text,
	`reason` text,
	`count` integer NOT NULL,
	`request_id` text,
	`address` text,
	`personal_of` text,
	`personal` text,
	`mac` text NOT NULL,
	`link` text,
	`seal` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_entries_uid_unique` ON `audit_entries` (`uid`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_time` ON `audit_entries` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_actor` ON `audit_entries` (`actor`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_action` ON `audit_entries` (`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_target` ON `audit_entries` (`target`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_person` ON `audit_entries` (`personal_of`,`id`);--> statement-breakpoint
CREATE TABLE `audit_keys` (
	`subject` text PRIMARY KEY NOT NULL,
	`wrapped_key` text
);
