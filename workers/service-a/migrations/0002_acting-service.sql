ALTER TABLE `scripts` ADD `acting_service` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `acting_service` text;