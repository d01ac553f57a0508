CREATE TABLE `internal_keys` (
	`name` text PRIMARY KEY NOT NULL,
	`kek_version` integer NOT NULL,
	`wrapped_key` text NOT NULL,
	FOREIGN KEY (`kek_version`) REFERENCES `key_encryption_keys`(`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `internal_keys_by_kek` ON `internal_keys` (`kek_version`);--> statement-breakpoint
CREATE TABLE `key_encryption_keys` (
	`version` integer PRIMARY KEY NOT NULL,
	`salt` text NOT NULL,
	`check_value` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `secret_versions` (
	`path` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	`kek_version` integer,
	`wrapped_key` text,
	`sealed` text,
	PRIMARY KEY(`path`, `version`),
	FOREIGN KEY (`kek_version`) REFERENCES `key_encryption_keys`(`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `secret_versions_by_kek` ON `secret_versions` (`kek_version`);--> statement-breakpoint
CREATE TABLE `transit_key_versions` (
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL,
	`kek_version` integer NOT NULL,
	`wrapped_key` text NOT NULL,
	PRIMARY KEY(`name`, `version`),
	FOREIGN KEY (`name`) REFERENCES `transit_keys`(`name`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`kek_version`) REFERENCES `key_encryption_keys`(`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `transit_key_versions_by_kek` ON `transit_key_versions` (`kek_version`);--> statement-breakpoint
CREATE TABLE `transit_keys` (
	`name` text PRIMARY KEY NOT NULL,
	`min_decryption_version` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `wrapped_secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_at` integer,
	`kek_version` integer,
	`wrapped_key` text,
	`sealed` text,
	FOREIGN KEY (`kek_version`) REFERENCES `key_encryption_keys`(`version`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `wrapped_secrets_token_hash_unique` ON `wrapped_secrets` (`token_hash`);--> statement-breakpoint
CREATE INDEX `wrapped_secrets_by_expiry` ON `wrapped_secrets` (`expires_at`);--> statement-breakpoint
CREATE INDEX `wrapped_secrets_by_kek` ON `wrapped_secrets` (`kek_version`);