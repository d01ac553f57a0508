ALTER TABLE `scripts` ADD `tail` text DEFAULT '
' NOT NULL;--> statement-breakpoint
ALTER TABLE `versions` ADD `data` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `lead` text;--> statement-breakpoint
ALTER TABLE `versions` ADD `source` text;