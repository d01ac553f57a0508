CREATE TABLE `key_usage` (
	`service` text NOT NULL,
	`hour` integer NOT NULL,
	`calls` integer NOT NULL,
	`refused` integer NOT NULL,
	`limited` integer NOT NULL,
	PRIMARY KEY(`service`, `hour`),
	FOREIGN KEY (`service`) REFERENCES `services`(`name`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `key_usage_by_hour` ON `key_usage` (`hour`);