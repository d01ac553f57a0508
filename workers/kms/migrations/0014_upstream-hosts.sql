CREATE TABLE `upstream_hosts` (
	`owner` text PRIMARY KEY NOT NULL,
	`host` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `upstream_hosts_by_host` ON `upstream_hosts` (`host`);