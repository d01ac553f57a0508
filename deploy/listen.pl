# Entry point of the workerd image: opens the public socket and becomes the program in its arguments, which inherits it. So
# all processes of workerd accept connections from one queue, and one that hangs or ends leaves it to the others. A shell cannot
# listen. No module is loaded, which takes numbers (of Linux) for names. A connection that is silent for 2 seconds is asked whether
# its other end is still there, as in runtime/workerd/listening.ts: workerd does not notice that Caddy just closed it.
#
#   listen.pl PORT DESCRIPTOR PROGRAM ARGUMENTS…
my ($port, $descriptor, @program) = @ARGV;

my %families = (
  10 => pack("S n N a16 N", 10, $port, 0, "\0" x 16, 0),    # AF_INET6, any address, IPv4 included
  2 => pack("S n a4 x8", 2, $port, "\0" x 4),               # AF_INET, where there is no IPv6
);
for my $family (10, 2) {
  socket(my $socket, $family, 1, 0) or next;                # SOCK_STREAM
  setsockopt($socket, 1, 2, pack("i", 1));                  # SOL_SOCKET, SO_REUSEADDR
  setsockopt($socket, 41, 26, pack("i", 0)) if $family == 10;    # IPPROTO_IPV6, IPV6_V6ONLY
  setsockopt($socket, 1, 9, pack("i", 1));                  # SO_KEEPALIVE
  setsockopt($socket, 6, $$_[0], pack("i", $$_[1])) for [4, 2], [5, 2], [6, 5];    # TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT
  bind($socket, $families{$family}) or next;
  listen($socket, 4096) or next;
  # F_DUPFD: unlike the original, the copy stays open. A text would be passed as a pointer.
  fcntl($socket, 0, 0 + $descriptor) == $descriptor or die "Fountain: descriptor $descriptor is in use\n";
  exec(@program) or die "Fountain: $program[0] cannot be run: $!\n";
}
die "Fountain: port $port cannot be listened on: $!\n";
