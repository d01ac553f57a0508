CREATE TABLE `configuration` (
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`source` text NOT NULL,
	`claim` text,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`kind`, `name`),
	CONSTRAINT "configuration_source" CHECK("configuration"."source" IN ('api', 'file'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `configuration_claim_unique` ON `configuration` (`claim`);--> statement-breakpoint
CREATE TABLE `configuration_revision` (
	`id` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL,
	CONSTRAINT "configuration_revision_row" CHECK("configuration_revision"."id" = 1)
);
--> statement-breakpoint
INSERT INTO `configuration_revision` (`id`, `revision`) VALUES (1, 0);
--> statement-breakpoint
CREATE TRIGGER `configuration_inserted` AFTER INSERT ON `configuration` BEGIN
	UPDATE `configuration_revision` SET `revision` = `revision` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `configuration_updated` AFTER UPDATE ON `configuration` BEGIN
	UPDATE `configuration_revision` SET `revision` = `revision` + 1;
END;
--> statement-breakpoint
CREATE TRIGGER `configuration_deleted` AFTER DELETE ON `configuration` BEGIN
	UPDATE `configuration_revision` SET `revision` = `revision` + 1;
END;
