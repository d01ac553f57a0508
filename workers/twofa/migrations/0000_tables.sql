CREATE TABLE `attempts` (
	`user_id` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`locked_until` integer NOT NULL
);
--> statement-breakpoint
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
	`consumed_at` integer,
	`counter_before` integer
);
--> statement-breakpoint
CREATE INDEX `challenges_by_user` ON `challenges` (`user_id`,`factor_id`);--> statement-breakpoint
CREATE INDEX `challenges_by_expiry` ON `challenges` (`expires_at`);--> statement-breakpoint
CREATE TABLE `factors` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`type` text NOT NULL,
	`name` text NOT NULL,
	`sealed_secret` text NOT NULL,
	`destination_mac` text,
	`last_step` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`confirmed_at` integer,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE INDEX `factors_by_user` ON `factors` (`user_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `factors_unconfirmed` ON `factors` (`created_at`) WHERE "factors"."confirmed_at" IS NULL;--> statement-breakpoint
CREATE TABLE `passkeys` (
	`factor_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`public_key` text NOT NULL,
	`counter` integer NOT NULL,
	`transports` text NOT NULL,
	`aaguid` text NOT NULL,
	`is_backup_eligible` integer NOT NULL,
	`is_backed_up` integer NOT NULL,
	`disabled_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_by_credential` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE INDEX `passkeys_by_user` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` text NOT NULL,
	`mac` text NOT NULL,
	PRIMARY KEY(`user_id`, `mac`)
);
--> statement-breakpoint
CREATE TABLE `sends` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`destination_mac` text NOT NULL,
	`use` text NOT NULL,
	`sent_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sends_by_user` ON `sends` (`user_id`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sends_by_destination` ON `sends` (`destination_mac`,`sent_at`);--> statement-breakpoint
CREATE INDEX `sends_by_age` ON `sends` (`sent_at`);