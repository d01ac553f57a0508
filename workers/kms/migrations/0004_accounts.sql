CREATE TABLE `known_addresses` (
	`user_id` text NOT NULL,
	`place` text NOT NULL,
	`used_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `place`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `known_addresses_by_use` ON `known_addresses` (`used_at`);--> statement-breakpoint
CREATE TABLE `password_attempts` (
	`counter` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`blocked_until` integer NOT NULL,
	`attempted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `password_attempts_by_time` ON `password_attempts` (`attempted_at`);--> statement-breakpoint
CREATE TABLE `rights_changes` (
	`holder` text PRIMARY KEY NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rights_changes_by_time` ON `rights_changes` (`changed_at`);--> statement-breakpoint
CREATE TABLE `roles` (
	`name` text PRIMARY KEY NOT NULL,
	`permissions` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `users` ADD `password_changed_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `locked_at` integer;