/** Networks that no call of an upstream may end in: the gateway refuses such targets, and its egress such connections. */

/**
 * Networks in which no upstream may be. workerd compares them with the address it is about to connect to, after a name is
 * resolved, and IPv4-mapped addresses as IPv4. A network that is denied must be at least as narrow as the one of workerd's
 * `private` that allows it: 0.0.0.0/8 does not deny 0.0.0.0, which `private` allows as 0.0.0.0/32. What IANA reserves, as
 * multicast is, workerd takes neither for public nor for private.
 */
export const NEVER_REACHED: readonly string[] = [
  // "This host": on Linux a connection to it is one to the loopback address.
  "0.0.0.0/8",
  "0.0.0.0/32",
  "::/128",
  // Link-local: cloud metadata above all (AWS, GCP, Azure, DigitalOcean, …).
  "169.254.0.0/16",
  "fe80::/10",
  // Metadata of AWS, GCP and Oracle Cloud over IPv6, of Alibaba Cloud, and Azure's platform.
  "fd00:ec2::/32",
  "fd20:ce::/32",
  "fd00:c1::a9fe:a9fe/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  // Ways to IPv4 addresses that would not be recognised: IPv4-compatible, 6to4, and NAT64 to link-local and loopback.
  "::/96",
  "2002::/16",
  "64:ff9b::a9fe:0/112",
  "64:ff9b::7f00:0/104",
  "64:ff9b:1::/48",
];
