CREATE TABLE `device_requests` (
	`device_code_hash` text PRIMARY KEY NOT NULL,
	`user_code_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`scopes` text NOT NULL,
	`audiences` text,
	`decision` text,
	`session_id` text,
	`interval_ms` integer NOT NULL,
	`asked_at` integer,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `device_requests_user_code_hash_unique` ON `device_requests` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `device_requests_by_expiry` ON `device_requests` (`expires_at`);--> statement-breakpoint
CREATE INDEX `device_requests_by_session` ON `device_requests` (`session_id`);--> statement-breakpoint
CREATE INDEX `device_requests_by_client` ON `device_requests` (`client_id`);