CREATE TABLE `upstream_scopes` (
	`scope` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`description` text NOT NULL,
	`is_declared` integer NOT NULL
);
