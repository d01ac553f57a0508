CREATE TABLE `revocation_counter` (
	`id` integer PRIMARY KEY NOT NULL,
	`position` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `revocations` ADD `position` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `revocations_by_position` ON `revocations` (`position`,`session_id`,`revoked_at`);--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `algorithm` text DEFAULT 'EdDSA' NOT NULL;--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `activated_at` integer;--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `ended_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_next` ON `signing_keys` (`state`) WHERE "signing_keys"."state" = 'next';--> statement-breakpoint
UPDATE `signing_keys` SET `activated_at` = `created_at` WHERE `state` = 'current';--> statement-breakpoint
INSERT INTO `revocation_counter` (`id`, `position`) SELECT 1, COALESCE(MAX(`rowid`), 0) FROM `revocations`;--> statement-breakpoint
UPDATE `revocations` SET `position` = `rowid`;--> statement-breakpoint
CREATE TRIGGER `revocations_inserted` AFTER INSERT ON `revocations` BEGIN
	UPDATE `revocation_counter` SET `position` = `position` + 1;
	UPDATE `revocations` SET `position` = (SELECT `position` FROM `revocation_counter`) WHERE `session_id` = NEW.`session_id`;
END;
--> statement-breakpoint
CREATE TRIGGER `revocations_changed` AFTER UPDATE OF `revoked_at` ON `revocations` WHEN NEW.`revoked_at` <> OLD.`revoked_at` BEGIN
	UPDATE `revocation_counter` SET `position` = `position` + 1;
	UPDATE `revocations` SET `position` = (SELECT `position` FROM `revocation_counter`) WHERE `session_id` = NEW.`session_id`;
END;
