CREATE TABLE `documents` (
	`pk` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`element_type` text NOT NULL,
	`element_id` integer NOT NULL,
	`sequence_number` integer NOT NULL,
	`version_number` integer NOT NULL,
	`comment` text NOT NULL,
	`text` text NOT NULL,
	`script_id` integer,
	`service_name` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `documents_id_unique` ON `documents` (`id`);--> statement-breakpoint
CREATE INDEX `documents_by_sequence_number` ON `documents` (`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_element_type` ON `documents` ("element_type" COLLATE NOCASE,`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_script_id` ON `documents` (`script_id`,`sequence_number`,`id`);--> statement-breakpoint
CREATE INDEX `documents_by_element_id` ON `documents` (`element_id`);--> statement-breakpoint
CREATE INDEX `documents_by_updated_at` ON `documents` (`updated_at`);