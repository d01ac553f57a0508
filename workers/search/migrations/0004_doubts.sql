ALTER TABLE `builds` ADD `doubt_seq` integer;--> statement-breakpoint
ALTER TABLE `builds` ADD `doubted_at` integer;