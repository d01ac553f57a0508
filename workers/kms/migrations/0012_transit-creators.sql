ALTER TABLE `transit_keys` ADD `created_by` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `transit_keys_by_creator` ON `transit_keys` (`created_by`);