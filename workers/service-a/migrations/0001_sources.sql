CREATE TABLE `sources` (
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`lead` text NOT NULL,
	`source` text,
	PRIMARY KEY(`element_type`, `element_id`)
);
--> statement-breakpoint
ALTER TABLE `scripts` ADD `tail` text DEFAULT '
' NOT NULL;--> statement-breakpoint
ALTER TABLE `versions` ADD `data` text;