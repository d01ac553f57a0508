CREATE TABLE `challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`use` text NOT NULL,
	`user_id` text NOT NULL,
	`session_id` text NOT NULL,
	`channel` text NOT NULL,
	`factor_id` text,
	`code_mac` text NOT NULL,
	`purpose` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_at` integer
);
--> statement-breakpoint
CREATE INDEX `challenges_by_user` ON `challenges` (`user_id`,`factor_id`);--> statement-breakpoint
CREATE INDEX `challenges_by_expiry` ON `challenges` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sends` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`destination_mac` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sends_by_user` ON `sends` (`user_id`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sends_by_destination` ON `sends` (`destination_mac`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sends_by_age` ON `sends` (`sent_at`);--> statement-breakpoint
ALTER TABLE `factors` ADD `destination_mac` text;