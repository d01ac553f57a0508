CREATE TABLE `legal_consents` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`document` text NOT NULL,
	`version` text NOT NULL,
	`way` text NOT NULL,
	`given_at` integer NOT NULL,
	`withdrawn_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `legal_consents_by_user` ON `legal_consents` (`user_id`,`given_at`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `legal_consents_standing` ON `legal_consents` (`user_id`,`document`,`version`) WHERE withdrawn_at IS NULL;