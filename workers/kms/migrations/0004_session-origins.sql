ALTER TABLE `sessions` ADD `client_id` text DEFAULT 'fountain' NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `sealed_origin` text;