CREATE TABLE `request_grants` (
	`token_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `request_grants_by_session` ON `request_grants` (`session_id`);--> statement-breakpoint
CREATE INDEX `request_grants_by_expiry` ON `request_grants` (`expires_at`);