CREATE TABLE `allowances` (
	`key` text NOT NULL,
	`window_start` integer NOT NULL,
	`window_end` integer NOT NULL,
	`taken` integer NOT NULL,
	`granted` integer NOT NULL,
	PRIMARY KEY(`key`, `window_start`),
	CONSTRAINT "allowances_taken" CHECK("allowances"."taken" >= 0)
);
--> statement-breakpoint
CREATE INDEX `allowances_window_end` ON `allowances` (`window_end`);