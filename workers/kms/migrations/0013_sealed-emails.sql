ALTER TABLE `users` ADD `sealed_email` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_mac` text;--> statement-breakpoint
CREATE INDEX `users_by_email` ON `users` (`email_mac`);--> statement-breakpoint
ALTER TABLE `users` DROP COLUMN `email`;