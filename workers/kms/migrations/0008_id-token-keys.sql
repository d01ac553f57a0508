DROP INDEX `signing_keys_one_current`;--> statement-breakpoint
DROP INDEX `signing_keys_one_next`;--> statement-breakpoint
ALTER TABLE `signing_keys` ADD `purpose` text DEFAULT 'access-token' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_current` ON `signing_keys` (`purpose`) WHERE "signing_keys"."state" = 'current';--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_one_next` ON `signing_keys` (`purpose`) WHERE "signing_keys"."state" = 'next';