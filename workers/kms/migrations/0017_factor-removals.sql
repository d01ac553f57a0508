CREATE TABLE `factor_removals` (
	`user_id` text PRIMARY KEY NOT NULL,
	`before` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
