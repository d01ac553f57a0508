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
ALTER TABLE `outbox` ADD `refusal` text;--> statement-breakpoint
CREATE INDEX `outbox_dead_letters` ON `outbox` (`element_type`,`element_id`) WHERE attempts >= 20;