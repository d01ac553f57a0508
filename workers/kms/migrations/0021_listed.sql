DROP INDEX `links_by_purpose`;--> statement-breakpoint
CREATE INDEX `links_by_purpose` ON `links` (`purpose`,`id`);--> statement-breakpoint
DROP INDEX `api_keys_by_service`;--> statement-breakpoint
DROP INDEX `api_keys_by_creation`;--> statement-breakpoint
CREATE INDEX `api_keys_by_expiry` ON `api_keys` (`expires_at`,`id`,`service`,`revoked_at`,`disabled_at`,`disabled_reason`) WHERE "api_keys"."expires_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `api_keys_by_service` ON `api_keys` (`service`,`created_at`,`id`,`revoked_at`,`expires_at`,`disabled_at`,`disabled_reason`);--> statement-breakpoint
CREATE INDEX `api_keys_by_creation` ON `api_keys` (`created_at`,`id`,`revoked_at`,`expires_at`,`disabled_at`,`disabled_reason`);--> statement-breakpoint
CREATE INDEX `users_listed` ON `users` (`username_key`,`locked_at`,`roles`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_request` ON `audit_entries` (`request_id`,`id`);--> statement-breakpoint
CREATE INDEX `oauth_clients_listed` ON `oauth_clients` (`id`,`name`);