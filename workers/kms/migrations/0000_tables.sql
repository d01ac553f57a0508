CREATE TABLE `erasures` (
	`user_id` text PRIMARY KEY NOT NULL,
	`erased_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `erasures_by_time` ON `erasures` (`erased_at`);--> statement-breakpoint
CREATE TABLE `known_addresses` (
	`user_id` text NOT NULL,
	`place` text NOT NULL,
	`used_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `place`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `known_addresses_by_use` ON `known_addresses` (`used_at`);--> statement-breakpoint
CREATE TABLE `password_attempts` (
	`counter` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`blocked_until` integer NOT NULL,
	`attempted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `password_attempts_by_time` ON `password_attempts` (`attempted_at`);--> statement-breakpoint
CREATE TABLE `rights_changes` (
	`holder` text PRIMARY KEY NOT NULL,
	`changed_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rights_changes_by_time` ON `rights_changes` (`changed_at`);--> statement-breakpoint
CREATE TABLE `roles` (
	`name` text PRIMARY KEY NOT NULL,
	`permissions` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`username_key` text NOT NULL,
	`username_skeleton` text NOT NULL,
	`sealed_email` text,
	`email_mac` text,
	`password_hash` text NOT NULL,
	`password_changed_at` integer,
	`roles` text NOT NULL,
	`created_at` integer NOT NULL,
	`locked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_key_unique` ON `users` (`username_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_skeleton_unique` ON `users` (`username_skeleton`);--> statement-breakpoint
CREATE INDEX `users_by_email` ON `users` (`email_mac`);--> statement-breakpoint
CREATE TABLE `audit_chain` (
	`id` integer PRIMARY KEY NOT NULL,
	`base_id` integer NOT NULL,
	`base_link` text NOT NULL,
	`base_at` integer NOT NULL,
	`head_id` integer NOT NULL,
	`head_link` text NOT NULL,
	`mac` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_checkpoints` (
	`entry_id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`jws` text NOT NULL,
	`public_jwk` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`uid` text NOT NULL,
	`at` integer NOT NULL,
	`action` text NOT NULL,
	`outcome` text NOT NULL,
	`actor` text,
	`acting_service` text,
	`target` text,
	`reason` text,
	`count` integer NOT NULL,
	`request_id` text,
	`address` text,
	`personal_of` text,
	`personal` text,
	`mac` text NOT NULL,
	`link` text,
	`seal` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `audit_entries_uid_unique` ON `audit_entries` (`uid`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_time` ON `audit_entries` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_actor` ON `audit_entries` (`actor`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_acting_service` ON `audit_entries` (`acting_service`,`id`) WHERE "audit_entries"."acting_service" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_entries_by_action` ON `audit_entries` (`action`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_target` ON `audit_entries` (`target`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_person` ON `audit_entries` (`personal_of`,`id`);--> statement-breakpoint
CREATE TABLE `audit_keys` (
	`subject` text PRIMARY KEY NOT NULL,
	`wrapped_key` text
);
--> statement-breakpoint
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
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`algorithm` text NOT NULL,
	`public_jwk` text NOT NULL,
	`wrapped_private_jwk` text NOT NULL,
	`created_at` integer NOT NULL,
	`activated_at` integer,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_current` ON `signing_keys` (`state`) WHERE "signing_keys"."state" = 'current';--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_next` ON `signing_keys` (`state`) WHERE "signing_keys"."state" = 'next';--> statement-breakpoint
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
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `transit_keys_by_creator` ON `transit_keys` (`created_by`);--> statement-breakpoint
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
CREATE INDEX `wrapped_secrets_by_kek` ON `wrapped_secrets` (`kek_version`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`service` text NOT NULL,
	`name` text,
	`key_hash` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`session_id` text NOT NULL,
	`disabled_at` integer,
	`disabled_reason` text,
	`allowed_addresses` text,
	`last_used_at` integer,
	`successor_id` text,
	FOREIGN KEY (`service`) REFERENCES `services`(`name`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `api_keys_by_service` ON `api_keys` (`service`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `api_keys_by_creation` ON `api_keys` (`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `services` (
	`name` text PRIMARY KEY NOT NULL,
	`scopes` text NOT NULL,
	`rotate_after_days` integer,
	`webhook_url` text,
	`webhook_secret` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`service` text NOT NULL,
	`type` text NOT NULL,
	`key_id` text NOT NULL,
	`payload` text NOT NULL,
	`created_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_attempt` ON `webhook_deliveries` (`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_by_service` ON `webhook_deliveries` (`service`);--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`issued_at` integer NOT NULL,
	`consumed_at` integer,
	`successor_hash` text,
	`handed_out_again_at` integer,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `refresh_tokens_by_session` ON `refresh_tokens` (`session_id`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_by_consumption` ON `refresh_tokens` (`consumed_at`);--> statement-breakpoint
CREATE TABLE `request_grants` (
	`token_id` text PRIMARY KEY NOT NULL,
	`session_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`session_id`) REFERENCES `sessions`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `request_grants_by_session` ON `request_grants` (`session_id`);--> statement-breakpoint
CREATE INDEX `request_grants_by_expiry` ON `request_grants` (`expires_at`);--> statement-breakpoint
CREATE TABLE `revocation_counter` (
	`id` integer PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `revocations` (
	`revoked_id` text PRIMARY KEY NOT NULL,
	`revoked_at` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `revocations_by_time` ON `revocations` (`revoked_at`);--> statement-breakpoint
CREATE INDEX `revocations_by_position` ON `revocations` (`position`,`revoked_id`,`revoked_at`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`used_at` integer NOT NULL,
	`ended_at` integer,
	`acr` text NOT NULL,
	`amr` text NOT NULL,
	`authenticated_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_by_use` ON `sessions` (`used_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_end` ON `sessions` (`ended_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_creation` ON `sessions` (`created_at`);
--> statement-breakpoint
-- A revocation's position grows in the order of commits, whatever sets or changes it.
INSERT INTO `revocation_counter` (`id`, `position`) VALUES (1, 0);
--> statement-breakpoint
CREATE TRIGGER `revocations_inserted` AFTER INSERT ON `revocations` BEGIN
	UPDATE `revocation_counter` SET `position` = `position` + 1;
	UPDATE `revocations` SET `position` = (SELECT `position` FROM `revocation_counter`) WHERE `revoked_id` = NEW.`revoked_id`;
END;
--> statement-breakpoint
CREATE TRIGGER `revocations_changed` AFTER UPDATE OF `revoked_at` ON `revocations` WHEN NEW.`revoked_at` <> OLD.`revoked_at` BEGIN
	UPDATE `revocation_counter` SET `position` = `position` + 1;
	UPDATE `revocations` SET `position` = (SELECT `position` FROM `revocation_counter`) WHERE `revoked_id` = NEW.`revoked_id`;
END;
--> statement-breakpoint
-- The roles of a new installation; `admin` is none of them, because it has every permission there is.
INSERT INTO `roles` (`name`, `permissions`) VALUES
	('editor', '["sequence:read","sequence:write","search:read","search:write"]'),
	('auditor', '["keys:read","audit:read"]'),
	('user', '["sequence:read","search:read"]');
