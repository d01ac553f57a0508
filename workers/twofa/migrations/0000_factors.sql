CREATE TABLE `attempts` (
	`user_id` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`locked_until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `factors` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`sealed_secret` text NOT NULL,
	`last_step` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE INDEX `factors_by_user` ON `factors` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `factors_unconfirmed` ON `factors` (`created_at`) WHERE "factors"."confirmed_at" IS NULL;--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` text NOT NULL,
	`mac` text NOT NULL,
	PRIMARY KEY(`user_id`, `mac`)
);
