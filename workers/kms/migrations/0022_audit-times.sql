DROP INDEX `audit_entries_by_actor`;--> statement-breakpoint
DROP INDEX `audit_entries_by_acting_service`;--> statement-breakpoint
DROP INDEX `audit_entries_by_action`;--> statement-breakpoint
DROP INDEX `audit_entries_by_target`;--> statement-breakpoint
CREATE INDEX `audit_entries_by_actor` ON `audit_entries` (`actor`,`id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_acting_service` ON `audit_entries` (`acting_service`,`id`,`at`) WHERE "audit_entries"."acting_service" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_entries_by_action` ON `audit_entries` (`action`,`id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_entries_by_target` ON `audit_entries` (`target`,`id`,`at`);