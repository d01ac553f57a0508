CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text,
	`destination_mac` text NOT NULL,
	`sealed` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer
);
--> statement-breakpoint
CREATE INDEX `mails_by_attempt` ON `mails` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `mails_by_destination` ON `mails` (`destination_mac`,`kind`,`created_at`);--> statement-breakpoint
CREATE INDEX `mails_by_user` ON `mails` (`user_id`);